"""Answers written without sight of the checks, each wrong one with what is wrong in words.

Nothing in them is ever changed to suit the checks. `benchmarks/blind.py` prints each title beside
the truth, for people to compare.
"""
