"""Where two networks or two values differ, in words.

What is said here follows from the two alone, not from any list of known mistakes. It imports only
`graph` and `encoding`.
"""
