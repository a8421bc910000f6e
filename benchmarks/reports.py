"""Every report that the checks write on the corpus of attempts, to compare two states of the code.

    python benchmarks/reports.py write before.json
    python benchmarks/reports.py compare before.json after.json

The corpus is all attempts of the tests and all answers of the blind sets, right and wrong ones.
Reports are those of the learner's own check, whose cases are always the same.
"""

import argparse
import difflib
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

#: A computer may be busy.
PATIENCE = 300.0


def reports(exercises: list[str]) -> dict[str, str]:
    """Return the reports on the corpus by the name of the attempt.

    Args:
        exercises: Names of exercises; all if there are none.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras

    import checks
    from tests.checks.attempts.corpus import ATTEMPTS
    from tests.checks.blind.answer import answers

    blind = [answer for number in range(1, 5) for answer in answers(number)]
    corpus = [
        (f"{each.exercise}-{each.function.__name__}", each.exercise, each.function)
        for each in [*ATTEMPTS, *blind]
        if not exercises or each.exercise in exercises
    ]
    found = {}
    for name, exercise, function in corpus:
        found[name] = str(checks.run(exercise, function, seconds=PATIENCE))
        keras.utils.clear_session(free_memory=False)
    return found


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return what differs between two states, each attempt by its name."""
    return [
        "\n".join(
            [
                f"## {name}",
                *difflib.unified_diff(
                    before.get(name, "").splitlines(),
                    after.get(name, "").splitlines(),
                    lineterm="",
                    n=0,
                ),
            ]
        )
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def main() -> None:
    """Write the reports to a file, or compare two such files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    write = commands.add_parser("write", help="write all reports to a file")
    write.add_argument("file", type=Path)
    write.add_argument("exercises", nargs="*", help="only the reports on these exercises")
    compare = commands.add_parser("compare", help="show what differs between two such files")
    compare.add_argument("before", type=Path)
    compare.add_argument("after", type=Path)
    words = parser.parse_args()
    if words.command == "write":
        found = reports(words.exercises)
        words.file.write_text(json.dumps(found, indent=1, sort_keys=True))
        print(f"{len(found):,} reports")
        return
    before, after = (json.loads(path.read_text()) for path in (words.before, words.after))
    found = differences(before, after)
    print("\n\n".join([*found, f"{len(found):,} of {len({*before, *after}):,} reports differ"]))


if __name__ == "__main__":
    main()
