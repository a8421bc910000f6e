"""Layers of Keras that change images while a network trains: bent, redrawn, recoloured.

They are layers and nothing else. Of the other rooms they import only `pictures.measures`.
"""
