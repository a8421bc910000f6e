"""From evidence to a verdict: pure functions that need neither Keras nor the learner's code.

`judge` is the way in. It may import every room but `probing` and the catalogue.
"""
