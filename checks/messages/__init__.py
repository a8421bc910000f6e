"""What the messages of Python, Keras and TensorFlow mean for a learner, in plain words.

It knows errors only by their text, and puts titles together by their words. It imports nothing but
`evidence` and `graph`.
"""
