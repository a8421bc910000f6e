"""What learners handed in: found, read within bounds, and put right where it lost its form.

It imports what the lesson asks for (`course`) and readers of strangers' text (`untrusted`), and
runs nothing.
"""
