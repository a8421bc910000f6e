"""For authors of lessons: percent scripts to notebooks, what learners get, and a review of it.

It knows `checks` and the format of the lessons, and nothing of training or grading.
"""
