"""Layers of Keras that change images while a network trains: bent, drawn anew, recoloured.

They are layers and nothing else: they import nothing from the other rooms.
"""
