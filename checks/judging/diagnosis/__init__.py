"""Finds the mistake that explains what a learner built: one of the catalogue, or two at once.

`diagnose` is the way in. It is part of `judging`, and imports what that may.
"""
