"""Grades a class: each submission in a sandbox, judged outside of it, into nbgrader's gradebook.

`grade` goes through a class. Its rooms: `course` is what the instructor wrote, `handed_in` what
learners did; in `isolation` it runs, in `marking` it gets its points; `records` keeps them, and
`reports` shows them; `run` has all of them work together. `untrusted` tames what strangers wrote,
and `host` tries a machine out. `execute` and `rubric` are plugins of nbgrader's, named in
nbgrader_config.py. The grader knows lessons and `checks`, and no networks.
"""
