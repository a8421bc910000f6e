"""The command `resnet-course grade`: its words, its progress, its table."""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnet_course.errors import CourseError
from resnet_course.grading.reports.table import printable, reasons, table

if TYPE_CHECKING:
    from resnet_course.grading.isolation.jobs import Limits
    from resnet_course.grading.reports.line import Line

DESCRIPTION = """\
Grade what learners handed in for a lesson: run each submission in a sandbox, judge it outside,
record scores in nbgrader's gradebook, and write feedback pages. What has not changed since the
last run is not graded again. Run it in the folder that holds nbgrader_config.py, solutions/ and
submitted/."""

_LEAST_DATA = 256 * 2**20

EXAMPLES = """\
  resnet-course grade 02_identity_block
  resnet-course grade 02_identity_block --student ada --student ben --force
  resnet-course grade 02_identity_block --workers 4 --csv grades.csv --format canvas
  resnet-course grade --check-host --workers 4
"""


def add_grade(commands: Any) -> None:
    """Add `grade`."""
    parser = commands.add(
        "grade", run, "grade a class in a sandbox", description=DESCRIPTION, examples=EXAMPLES
    )
    parser.add_argument("lesson", metavar="LESSON", nargs="?", help="such as 02_identity_block")
    parser.add_argument(
        "--check-host",
        action="store_true",
        help="check whether this machine can grade, and grade nothing",
    )
    parser.add_argument(
        "--student",
        metavar="ID",
        action="append",
        default=[],
        help="only this one; may be repeated",
    )
    parser.add_argument(
        "--course", metavar="FOLDER", type=Path, default=Path(), help="default: the current folder"
    )
    parser.add_argument(
        "--workers", metavar="N", type=_positive(int), help="submissions at once (default: 2)"
    )
    parser.add_argument("--force", action="store_true", help="grade what has not changed as well")
    parser.add_argument(
        "--experiments", action="store_true", help="run experiments and demonstrations as well"
    )
    _add_output(parser)
    _add_isolation(parser)


def _add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("scores for other systems")
    group.add_argument("--csv", metavar="FILE", type=Path, help="write the scores as a table")
    group.add_argument(
        "--format", metavar="FORMAT", default="plain", help="plain, canvas or moodle (of --csv)"
    )
    group.add_argument("--json", metavar="FILE", type=Path, help="write scores and reasons as JSON")


def _add_isolation(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("isolation and limits")
    group.add_argument(
        "--trust",
        action="store_true",
        help="run submissions without a sandbox, with all your permissions",
    )
    group.add_argument(
        "--sandbox",
        metavar="KIND",
        default="bubblewrap",
        help="bubblewrap (default), podman or docker",
    )
    group.add_argument(
        "--image", metavar="NAME", default="resnet-course", help="image of the container"
    )
    group.add_argument(
        "--seconds",
        metavar="S",
        type=_positive(float),
        default=20.0,
        help="processor time of a cell, and of the calls of a function (default: 20)",
    )
    group.add_argument(
        "--memory",
        metavar="GIB",
        type=_positive(float),
        help="address space of a submission, of which Keras takes 4 (default: 6, and besides "
        "Keras only about twice the memory that the lesson's own answers need)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Grade a class, or say whether this machine can."""
    from resnet_course.grading.reports import export

    _check(arguments, export.FORMATS)
    return _check_host(arguments) if arguments.check_host else _grade(arguments)


def _grade(arguments: argparse.Namespace) -> int:
    """Grade a class, show how it went, and write what was asked for."""
    from resnet_course.grading.grade import Options, grade
    from resnet_course.grading.reports import export

    data = os.environ.get("RESNET_COURSE_DATA")
    options = Options(
        students=arguments.student,
        workers=_workers(arguments),
        force=arguments.force,
        trust=arguments.trust,
        sandbox=arguments.sandbox,
        image=arguments.image,
        experiments=arguments.experiments,
        limits=_limits(arguments),
        data=Path(data) if data else None,
    )
    if options.trust:
        print("resnet-course: submissions run WITHOUT a sandbox (--trust).", file=sys.stderr)
    assignment, lines = grade(arguments.course, arguments.lesson, options, _show_progress)
    print("\n".join(table(list(assignment.graded), lines)))
    scores = {line.student: line.entries for line in lines if line.entries}
    late = {line.student: line.late for line in lines}
    if arguments.csv:
        attention = {line.student: " ".join(line.problems) for line in lines}
        export.write_csv(arguments.csv, assignment, scores, arguments.format, late, attention)
        print(f"wrote {arguments.csv}")
    if arguments.json:
        everybody = {line.student: line.entries for line in lines}
        export.write_json(arguments.json, assignment, everybody, reasons(lines), late)
        print(f"wrote {arguments.json}")
    return 0


def _check_host(arguments: argparse.Namespace) -> int:
    """Show what this machine has and lacks for grading; return 2 if it cannot grade."""
    from resnet_course.grading.host.trial import Wanted, check_host

    wanted = Wanted(
        arguments.sandbox,
        arguments.image,
        _workers(arguments),
        arguments.course,
        _limits(arguments),
    )
    states = []
    for finding in check_host(wanted):
        print(f"{finding.state:5}  {finding.thing:10}  {printable(finding.words)}", flush=True)
        if finding.mend:
            print(f"{'':19}mend it: {printable(finding.mend)}", flush=True)
        states.append(finding.state)
    if "unfit" in states:
        raise CourseError("this machine cannot grade yet: fix what is unfit, and check again.")
    weak = states.count("weak")
    better = f"; {weak} of {len(states)} could be better" if weak else ""
    print(f"\nThis machine can grade{better}.")
    return 0


def _workers(arguments: argparse.Namespace) -> int:
    return arguments.workers or min(2, os.cpu_count() or 1)


def _check(arguments: argparse.Namespace, formats: Sequence[str]) -> None:
    """Refuse words that fit nothing, before any work is done."""
    if sys.platform == "win32":
        raise CourseError("grading needs Linux or macOS: use WSL, or nbgrader's own autograde.")
    for name, known in (("format", formats), ("sandbox", ("bubblewrap", "podman", "docker"))):
        value = getattr(arguments, name)
        if value not in known:
            raise CourseError(f"--{name} must be one of {', '.join(known)}, not {value!r}.")
    if not arguments.lesson and not arguments.check_host:
        raise CourseError(
            "no lesson is named: say which to grade, such as 02_identity_block, or --check-host."
        )
    if arguments.check_host and arguments.trust:
        raise CourseError("--check-host tests the sandbox, which --trust does not use.")
    if arguments.memory is not None and arguments.memory < 4:
        raise CourseError(
            f"--memory must be at least 4, which Keras needs, not {arguments.memory:g}."
        )


def _limits(arguments: argparse.Namespace) -> "Limits":
    from resnet_course.grading.isolation.jobs import Limits

    longer = 10 if arguments.experiments else 1
    limits = Limits(
        seconds=arguments.seconds * longer,
        wall_seconds=3 * arguments.seconds * longer,
        processor_seconds=2 * arguments.seconds * longer,
    )
    if not arguments.memory:
        return limits
    space = int(arguments.memory * 2**30)
    return replace(limits, memory=space, data=max(_LEAST_DATA, space - 4 * 2**30))


def _positive(kind: type) -> Any:
    def number(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = 0
        if not 0 < value < 1_000_000:
            raise argparse.ArgumentTypeError(f"expected a number above 0, received {text!r}")
        return value

    return number


def _show_progress(done: int, number: int, line: "Line") -> None:
    """Show how far it is, in one line of the terminal."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        words = f"{done}/{number}  {printable(line.student)}"
        end = "\r" if done < number else "\r" + " " * width + "\r"
        print(words[:width].ljust(width), end=end, file=sys.stderr, flush=True)
    elif done == number or done % 50 == 0:
        print(f"{done} of {number} submissions", file=sys.stderr, flush=True)
