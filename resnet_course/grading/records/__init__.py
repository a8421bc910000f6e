"""What is kept: marks in nbgrader's gradebook, the cost of being late, what is done already.

It imports the course's folder (`course`), what a mark is (`marking`) and what stands for a written
answer (`handed_in`), and tames what it writes (`untrusted`).
"""
