"""What runs inside the sandbox, beside hostile code: a server, the walls, the runner of cells.

It imports the standard library, Keras and the probing half of `checks`. Nothing that it says is
believed.
"""
