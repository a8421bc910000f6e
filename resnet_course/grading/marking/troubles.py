"""What went wrong in the cells of a submission, and what Python remarked on, in sentences."""

from checks.encoding import Malformed
from resnet_course.grading.handed_in.notebook import cell_name
from resnet_course.grading.isolation.jobs import Ending, Ran
from resnet_course.grading.marking.plan import Plan
from resnet_course.grading.untrusted.evidence import Remark, read_cell
from resnet_course.grading.untrusted.harmless import plain

_MOST_WARNINGS = 50

_ENDINGS = {
    "died": "ended the process that ran it",
    "out of time": "did not come to an end in time",
    "too much output": "gave more output than is allowed",
}


def troubles(plan: Plan, ran: Ran, until: int) -> list[str]:
    """Say what went wrong in the cells before a check, and in the check itself."""
    found = []
    for number in sorted(plan.cells):
        if number < until and (trouble := _trouble(number, ran)):
            found.append(trouble)
    ending: Ending | None = ran.endings.get(until)
    if ending:
        found.append(f"Calling the function {_ENDINGS[ending]}.")
    return found


def warnings(plan: Plan, ran: Ran) -> list[str]:
    """Say what Python remarked on while compiling the cells."""
    said = [each for number in sorted(plan.cells) for each in _warnings(number, ran)]
    return said[:_MOST_WARNINGS]


def _warnings(number: int, ran: Ran) -> list[str]:
    try:
        result = read_cell(ran.results.get(number, b""))
    except Malformed:
        return []
    name = cell_name(number).capitalize()
    return [
        plain(f"{name}{_line(each)}: {each.type}: {_words(each.message)}")
        for each in result.warnings
    ]


def _trouble(number: int, ran: Ran) -> str:
    name = cell_name(number).capitalize()
    if number in ran.endings:
        return f"{name} {_ENDINGS[ran.endings[number]]}. It was left out."
    try:
        result = read_cell(ran.results.get(number, b""))
    except Malformed:
        return f"{name} was not run to its end."
    if result.outcome == "out of time":
        return f"{name} {_ENDINGS['out of time']}."
    if error := result.error:
        said = f"{error.type}: {_words(error.message)}".removesuffix(": ")
        return plain(f"{name} stopped{_line(error)}: {said}")
    return ""


def _line(remark: Remark) -> str:
    return f" in line {remark.line}" if remark.line else ""


def _words(message: str) -> str:
    return " ".join(message.split())
