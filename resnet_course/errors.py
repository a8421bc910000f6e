"""The one exception that stands for bad input."""


class CourseError(Exception):
    """Something the user gave cannot be used.

    Its message is one clear sentence for people: what it is about, what was expected, what was
    received, and what to do. The command line prints it and exits with code 2.
    """
