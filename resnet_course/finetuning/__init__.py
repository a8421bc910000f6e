"""Transfer in two stages: a pretrained backbone, a new head, then training at a low rate.

It stands on `training`, and uses `results` to read and write what it hands on.
"""
