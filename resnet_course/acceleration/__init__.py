"""The same numbers in less time: layers and networks that take the place of Keras's own.

Each is measured by a benchmark and compared with what it replaces by a test. It imports nothing
from the other rooms, so that any of it can be left out.
"""
