"""Calls a learner's function where it lives and writes down what it did, as plain data.

Only this half of a check needs Keras, and only this half goes into the grader's sandbox: it must
import nothing but `graph`, `case` and `encoding`, and never the catalogue, which holds the answers.
"""
