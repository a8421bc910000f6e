"""Answers to all exercises, written from the lessons alone."""
