"""How many wrong attempts are told their true cause, and how many right ones pass.

Run `python benchmarks/attempts.py [EXERCISE …]` in the root of the repository. With `--grading` the
probes of grading are drawn. The attempts are in `tests/checks/attempts`; what "true" means is
written there too, as a pattern beside each wrong attempt.
"""

import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from resnet_course.quiet import import_keras

import_keras()

import checks  # noqa: E402
from tests.checks.attempts.attempt import Attempt  # noqa: E402
from tests.checks.attempts.corpus import ATTEMPTS  # noqa: E402

OUTCOMES = ("named", "falsely named", "not named", "passed", "accepted", "refused")


def outcome(attempt: Attempt, grading: bool) -> str:
    """Return what became of an attempt: one of `OUTCOMES`."""
    report = checks.run(attempt.exercise, attempt.function, grading=grading)
    if attempt.cause is None:
        return "accepted" if report.passed else "refused"
    if report.passed:
        return "passed"
    if report.cause is None:
        return "not named"
    found = re.search(attempt.cause, report.cause, re.IGNORECASE)
    return "named" if found else "falsely named"


def line(name: str, counts: Counter[str]) -> str:
    """Return one row of the table."""
    return f"{name:28s}" + "".join(f"{counts[each]:>15d}" for each in OUTCOMES)


def main(arguments: list[str]) -> None:
    """Print a table with a row for each exercise, and the rates."""
    grading = "--grading" in arguments
    names = [each for each in arguments if each != "--grading"] or checks.exercise_names()
    print(f"{'':28s}" + "".join(f"{each:>15s}" for each in OUTCOMES))
    total: Counter[str] = Counter()
    for name in names:
        attempts = [each for each in ATTEMPTS if each.exercise == name]
        counts = Counter(outcome(each, grading) for each in attempts)
        total += counts
        print(line(name, counts), flush=True)
    print(line("all", total))
    wrong = sum(total[each] for each in OUTCOMES[:4])
    right = total["accepted"] + total["refused"]
    print(f"named: {total['named']} of {wrong} wrong attempts ({total['named'] / wrong:.1%})")
    print(f"accepted: {total['accepted']} of {right} right attempts")


if __name__ == "__main__":
    main(sys.argv[1:])
