"""What stands around a learner's notebook: copying and opening lessons, and the demonstration.

It may use every room but the commands.
"""
