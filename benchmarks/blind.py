"""What reports say of answers that were written without sight of the checks.

Run `python benchmarks/blind.py 4`, for one of the sets 1 to 4 in `tests/checks/blind`, in the root
of the repository. It prints the title of each wrong answer's report beside what is wrong with
it, and how many right answers pass. Whether a title is true, a person decides.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from resnet_course.quiet import import_keras

import_keras()

import checks  # noqa: E402
from tests.checks.blind.answer import answers  # noqa: E402


def main(number: int) -> None:
    """Print what becomes of every answer of a set, and the counts."""
    accepted = refused = right = 0
    found = answers(number)
    for answer in found:
        report = checks.run(answer.exercise, answer.function)
        right += answer.truth is None
        accepted += answer.truth is None and report.passed
        refused += answer.truth is not None and not report.passed
        if answer.truth is not None or not report.passed:
            print(f"{answer.exercise} · {answer.function.__name__}")
            print(f"    truth: {answer.truth or 'right'}")
            print(f"    title: {report.cause or 'passed'} ({report.score:.2f})", flush=True)
    print(f"accepted: {accepted} of {right} right answers")
    print(f"refused: {refused} of {len(found) - right} wrong answers")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] in (["1"], ["2"], ["3"], ["4"]) else sys.exit(__doc__))
