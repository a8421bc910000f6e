"""From an image file to a network's input: finding the figure on the paper, cutting, scaling.

It works on arrays of pixels and knows neither data sets nor networks.
"""
