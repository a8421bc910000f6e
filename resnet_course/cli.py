"""The command line: parses words, calls the module that does the work, prints its errors.

A command is one `add_…` function, listed in `COMMANDS`. It adds its parser and sets `run`, a
function from the parsed arguments to the exit code. What is heavy (Keras, Matplotlib, nbgrader)
is imported when a command runs, so that help comes at once.
"""

import argparse
import difflib
import io
import os
import sys
from collections.abc import Sequence

from resnet_course import __version__
from resnet_course.commands.exporting import add_export
from resnet_course.commands.grading import add_grade
from resnet_course.commands.lessons import add_build, add_demo, add_learn, add_review, add_site
from resnet_course.commands.parser import LAYOUT, Commands, Parser
from resnet_course.commands.training import add_evaluate, add_predict, add_train
from resnet_course.commands.transferring import add_pretrain, add_transfer
from resnet_course.errors import CourseError

EXAMPLES = """\
examples:
  resnet-course train custom --data digits --output runs/digits
  resnet-course evaluate runs/digits
  resnet-course predict runs/digits seven.png

`resnet-course COMMAND --help` explains a command.
"""

#: The commands in the order of the overview. To add one, write `add_…` and list it here.
COMMANDS = (
    add_learn,
    add_train,
    add_transfer,
    add_pretrain,
    add_evaluate,
    add_predict,
    add_export,
    add_grade,
    add_demo,
    add_site,
    add_build,
    add_review,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that the words ask for.

    Args:
        argv: The words after the program's name. Those of the process if not given.

    Returns:
        Exit code: 0 for success, 2 for bad input, 130 when interrupted; a command may return
        another, such as 1 for a check that failed.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        arguments = parse(sys.argv[1:] if argv is None else list(argv))
        return arguments.run(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    except CourseError as error:
        print(f"resnet-course: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        reason = " ".join(str(error.strerror or error).split())
        print(f"resnet-course: {error.filename or 'a file'}: {reason}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt as stop:
        print(f"\nresnet-course: interrupted{f'; {stop}' if stop.args else '.'}", file=sys.stderr)
        return 130
    except Exception as error:
        if not _is_out_of_memory(error):
            raise
        print(
            "resnet-course: this needs more memory than there is: take smaller images, a smaller "
            "batch or a smaller network.",
            file=sys.stderr,
        )
        return 2


def parse(words: list[str]) -> argparse.Namespace:
    """Parse the words of the command line.

    Args:
        words: The words after the program's name. None at all ask for help.

    Returns:
        The arguments, with `run`, the function to call with them.

    Raises:
        SystemExit: After printing help (code 0) or one sentence about a wrong word (code 2).
    """
    program = Parser(
        prog="resnet-course",
        description="Residual networks from first principles: lessons, grading and training.",
        epilog=EXAMPLES,
        **LAYOUT,
    )
    program.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = Commands(program.add_subparsers(metavar="COMMAND", title="commands"))
    for add in COMMANDS:
        add(commands)
    command = next((word for word in words if not word.startswith("-")), None)
    if command is not None and command not in commands.names():
        near = difflib.get_close_matches(command, commands.names(), n=1)
        hint = f"Did you mean {near[0]!r}" if near else f"There are {', '.join(commands.names())}"
        program.error(f"there is no command {command!r}. {hint}")
    return program.parse_args(words or ["--help"])


def _is_out_of_memory(error: Exception) -> bool:
    """Return whether an error of Python or of a backend of Keras says that memory is used up."""
    words = "OutOfMemory", "ResourceExhausted", "RESOURCE_EXHAUSTED"
    said = f"{type(error).__name__} {error}"
    return isinstance(error, MemoryError) or any(word in said for word in words)
