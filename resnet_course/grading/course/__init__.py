"""A course folder: its settings, its solved notebooks, and what nbgrader makes of them.

It imports no other room: nothing in it knows of submissions or marks.
"""
