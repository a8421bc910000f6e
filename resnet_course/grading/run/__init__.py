"""One run over a class: what has changed is marked, several submissions at once, and written.

It imports what a run is made of: `course`, `handed_in`, `isolation`, `marking`, `records` and
`reports`.
"""
