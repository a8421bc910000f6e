"""Builds the course's website: lessons to read, with an editor and a check at every exercise.

`python -m website` writes it. `lessons` and `reference` make the pages, Sphinx (`conf.py`) the
site; `parts` finds what it is made of, `runtime` makes the Python that runs in the page, and `page`
holds the page's own scripts. Nothing in `checks` or `resnet_course` knows of it.
"""
