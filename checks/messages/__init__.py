"""What the messages of Python, Keras and TensorFlow mean for a learner, in plain words.

It knows errors only by their text, and imports nothing but `graph`.
"""
