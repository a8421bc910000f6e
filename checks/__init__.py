"""Checks that tell a learner what is wrong and why."""
