"""One submission is marked: what of it runs, what came of that, and the points and words for it.

It imports the lesson (`course`), the submission (`handed_in`), what runs it (`isolation`) and
readers of strangers' text (`untrusted`). It writes nothing.
"""
