"""Residual networks from first principles: the reference solutions and the course's tools.

`plain`, `blocks`, `resnet` and `transfer` are the course: what the lessons ask for, written out.
All other rooms are tools, and import each other downwards only: `cli`, `commands`, then `desk`,
`grading` and `authoring`, then `finetuning`, `results`, `training`, `data`, then the course.
"""

__version__ = "0.1.0"
