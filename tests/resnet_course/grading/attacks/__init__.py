"""Attacks on the grader: ways to get points that were not earned."""
