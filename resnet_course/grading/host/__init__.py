"""What a machine has and lacks for grading, and what mends it: `resnet-course grade --check-host`.

It imports `isolation`, to try a sandbox out.
"""
