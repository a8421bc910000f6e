"""Grades a class: each submission in a sandbox, judged outside of it, into nbgrader's gradebook.

What runs inside the sandbox is in `sandboxed`. It knows lessons and `checks`, and no networks.
"""
