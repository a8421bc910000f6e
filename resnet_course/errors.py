"""The one exception that stands for bad input, and what other exceptions say."""


class CourseError(Exception):
    """Something the user gave cannot be used.

    Its message is one clear sentence for people: what it is about, what was expected, what was
    received, and what to do. The command line prints it and exits with code 2.
    """


def reason(error: BaseException, most: int = 300) -> str:
    """Return an error's own words on one line, to be put into a sentence.

    Args:
        error: The error.
        most: Number of letters, at most.
    """
    words = " ".join(str(error).split())[:most].rstrip(". ")
    return words or type(error).__name__
