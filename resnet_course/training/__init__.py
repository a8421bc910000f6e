"""Trains a network from a recipe: batches, optimisers, callbacks, states, evaluation.

It knows data sets and networks, and nothing of run folders, commands or transfer.
"""
