"""The command `resnet-course grade`: its words, its progress, its table."""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnet_course.errors import CourseError

if TYPE_CHECKING:
    from resnet_course.grading.grade import Line

DESCRIPTION = """\
Grade what learners handed in for a lesson: run each submission in a sandbox, judge
outside of it, record scores in nbgrader's gradebook, write feedback pages. What has
not changed since the last run is not graded again. Run it in the folder that holds
nbgrader_config.py, solutions/ and submitted/."""

_LEAST_DATA = 256 * 2**20

EXAMPLES = """\
  resnet-course grade 02_identity_block
  resnet-course grade 02_identity_block --student ada --student ben --force
  resnet-course grade 02_identity_block --workers 4 --csv grades.csv --format canvas
"""


def add_grade(commands: Any) -> None:
    """Add `grade`."""
    parser = commands.add(
        "grade", run, "grade a class in a sandbox", description=DESCRIPTION, examples=EXAMPLES
    )
    parser.add_argument("lesson", metavar="LESSON", help="such as 02_identity_block")
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
    parser.add_argument("--force", action="store_true", help="grade what has not changed, too")
    parser.add_argument(
        "--experiments", action="store_true", help="run experiments and demonstrations, too"
    )
    _add_output(parser)
    _add_isolation(parser)


def _add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("scores for elsewhere")
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
        help="run submissions without a sandbox, with all that you may do yourself",
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
        help="address space of a submission, of which Keras takes 4 (default: 6, and of memory "
        "besides Keras what the lesson's answers need and as much again)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Grade a class, show how it went, and write what was asked for."""
    from resnet_course.grading import export
    from resnet_course.grading.grade import Options, grade
    from resnet_course.grading.server import Limits

    _check(arguments, export.FORMATS)
    data = os.environ.get("RESNET_COURSE_DATA")
    options = Options(
        students=arguments.student,
        workers=arguments.workers or min(2, os.cpu_count() or 1),
        force=arguments.force,
        trust=arguments.trust,
        sandbox=arguments.sandbox,
        image=arguments.image,
        experiments=arguments.experiments,
        limits=_limits(arguments, Limits()),
        data=Path(data) if data else None,
    )
    if options.trust:
        print("resnet-course: submissions run WITHOUT a sandbox (--trust).", file=sys.stderr)
    assignment, lines = grade(arguments.course, arguments.lesson, options, _show_progress)
    print("\n".join(table(list(assignment.graded), lines)))
    scores = {line.student: line.entries for line in lines if line.entries}
    late = {line.student: line.late for line in lines}
    if arguments.csv:
        problems = {line.student: " ".join(_problems(line)) for line in lines}
        export.write_csv(arguments.csv, assignment, scores, arguments.format, late, problems)
        print(f"wrote {arguments.csv}")
    if arguments.json:
        everybody = {line.student: line.entries for line in lines}
        export.write_json(arguments.json, assignment, everybody, _reasons(lines), late)
        print(f"wrote {arguments.json}")
    return 0


def _check(arguments: argparse.Namespace, formats: Sequence[str]) -> None:
    """Refuse words that fit nothing, before any work is done."""
    if sys.platform == "win32":
        raise CourseError("grading needs Linux or macOS: use WSL, or nbgrader's own autograde.")
    for name, known in (("format", formats), ("sandbox", ("bubblewrap", "podman", "docker"))):
        value = getattr(arguments, name)
        if value not in known:
            raise CourseError(f"--{name} must be one of {', '.join(known)}, not {value!r}.")
    if arguments.memory is not None and arguments.memory < 4:
        raise CourseError(
            f"--memory must be at least 4, which Keras needs, not {arguments.memory:g}."
        )


def _limits(arguments: argparse.Namespace, default: Any) -> Any:
    from dataclasses import replace

    if arguments.memory:
        space = int(arguments.memory * 2**30)
        default = replace(default, memory=space, data=max(_LEAST_DATA, space - 4 * 2**30))
    longer = 10 if arguments.experiments else 1
    return replace(
        default,
        seconds=arguments.seconds * longer,
        wall_seconds=3 * arguments.seconds * longer,
        processor_seconds=2 * arguments.seconds * longer,
    )


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


def table(names: Sequence[str], lines: Sequence["Line"]) -> list[str]:
    """Return the lines of a table: students, their points cell by cell, and what needs a person.

    Where being late cost points, two more columns say what the work got, and what was taken off.

    Args:
        names: nbgrader's names of the graded cells.
        lines: How the submissions fared.
    """
    titles = [name.removeprefix("check_") for name in names]
    penalised = any(line.late.penalty for line in lines)
    rows = [["student", "points", *["score", "late"] * penalised, *titles]]
    for line in lines:
        score = sum(entry.score for entry in line.entries.values())
        maximum = sum(entry.maximum for entry in line.entries.values())
        taken_off = f"{-round(line.late.penalty, 2):g}" if line.late.penalty else ""
        before = [f"{round(score, 2):g}", taken_off] * penalised
        cells = [_points(line.entries.get(name)) for name in names]
        points = f"{line.late.net(score):g}/{maximum:g}" if line.entries else "–"
        rows.append([printable(line.student), points, *before, *cells])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    text = [
        "  ".join(
            word.ljust(width) if column == 0 else word.rjust(width)
            for column, (word, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return [text[0], "─" * max(map(len, text)), *text[1:], "", *_summary(lines)]


def _points(entry: Any) -> str:
    if entry is None:
        return "–"
    waits = entry.waits and entry.automatic is None and entry.manual is None
    return "by hand" if waits else f"{round(entry.score, 2):g}"


def _summary(lines: Sequence["Line"]) -> list[str]:
    graded = [line for line in lines if line.marked]
    fresh = sum(line.fresh for line in graded)
    waiting = sum(any(entry.waits for entry in line.entries.values()) for line in lines)
    penalised = sum(line.fresh_penalty for line in lines)
    unchanged = len(graded) - fresh - penalised
    new_penalty = f"{penalised} with a new late penalty, " if penalised else ""
    words = [f"{fresh} graded now, {new_penalty}{unchanged} unchanged since the last run."]
    if waiting:
        words.append(f"{waiting} wait for a person in formgrader.")
    words += [
        f"needs attention: {printable(line.student)}: {printable(problem)}"
        for line in lines
        for problem in _problems(line)
    ]
    notes = [(line.student, note) for line in lines if line.marked for note in line.marked.notes]
    return [*words, *(f"note: {printable(student)}: {printable(note)}" for student, note in notes)]


def _problems(line: "Line") -> list[str]:
    """Return what needs a person's attention, in sentences."""
    return [each for each in (line.problem, *line.misplaced) if each]


def _reasons(lines: Sequence["Line"]) -> dict[str, dict[str, Any]]:
    return {
        line.student: {
            "problem": line.problem,
            "misplaced": list(line.misplaced),
            "processor_seconds": round(line.marked.processor_seconds, 2) if line.marked else 0.0,
            "notes": list(line.marked.notes) if line.marked else [],
            "reasons": {
                name: [mark.headline, *mark.notes]
                for name, mark in (line.marked.marks if line.marked else {}).items()
            },
        }
        for line in lines
    }


def printable(text: str) -> str:
    """Return text that a terminal shows and does not obey."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
