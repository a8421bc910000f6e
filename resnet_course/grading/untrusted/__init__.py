"""What strangers wrote, read within bounds and made harmless before anybody sees it.

JSON that would take too much memory, evidence out of a sandbox, and text of learners for pages and
terminals. It imports no other room.
"""
