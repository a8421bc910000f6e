"""What a run leaves in its folder, and what is done with it: loading, predicting, plots, export.

It stands on `training` and knows nothing of transfer.
"""
