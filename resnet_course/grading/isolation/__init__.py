"""Where submissions run: in a sandbox without network, other people's work or answers.

What runs inside of it, beside hostile code, is in `sandboxed`, and is copied there with the modules
that a lesson needs. This room imports bounds of what comes back (`untrusted`), and no lesson.
"""
