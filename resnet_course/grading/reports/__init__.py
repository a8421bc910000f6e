"""What people see: the learner's page, formgrader's notebook, tables for terminal and export.

It imports the lesson (`course`), the submission (`handed_in`), its marks (`marking`) and what is
kept of them (`records`), and tames what learners wrote (`untrusted`).
"""
