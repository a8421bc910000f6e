"""Lets checks run in a web page: Python compiled to WebAssembly, and Keras on its NumPy backend.

`prepare()` comes before the first import of Keras. There are no threads in a page (`guard.within`
does without), no libraries with compiled parts but NumPy, and no gradients. Everything else of
`checks` is the same. Nothing in here knows the rest of `checks`.
"""

from checks.browser.missing import prepare

__all__ = ["prepare"]
