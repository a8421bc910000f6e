"""How long a check takes: as a learner feels it, and the judge alone in a fresh interpreter.

Usage: python benchmarks/check_speed.py [--runs 5]

Two figures for each exercise, both medians. "in a notebook" is `checks.run` on the reference
solution, in a process that has loaded Keras and run one check before. "judge alone" is a new
Python process that reads the evidence from a file and prints the report, start included; it
never loads Keras.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import checks
from checks.catalogue import EXERCISES
from checks.probing.probe import probe
from resnet_course.desk.solutions import reference_solution
from resnet_course.quiet import import_keras

JUDGE = """
import json, sys
import numpy as np
from checks.catalogue import EXERCISES
from checks.judging.judge import judge
exercise = EXERCISES[sys.argv[1]]
with open(sys.argv[2]) as file:
    evidence = json.load(file)
report = judge(exercise, exercise.cases(np.random.default_rng(0), False), evidence)
assert report.passed, str(report)
assert "keras" not in sys.modules
"""


def in_a_notebook(name: str, runs: int) -> float:
    """Return the median time of a whole check, in seconds."""
    solution = reference_solution(name)
    return _median(lambda: checks.run(name, solution), runs)


def judge_alone(name: str, runs: int, folder: Path) -> float:
    """Return the median time from evidence to report in a fresh interpreter, in seconds."""
    cases = EXERCISES[name].cases(np.random.default_rng(0), False)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(probe(reference_solution(name), cases)), encoding="utf-8")
    command = [sys.executable, "-c", JUDGE, name, str(path)]
    return _median(lambda: subprocess.run(command, check=True), runs)


def _median(action, runs: int) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="runs of each (default: 5)")
    runs = parser.parse_args().runs
    import_keras()
    checks.run("conv_bn", reference_solution("conv_bn"))
    print(f"{'exercise':<28}{'in a notebook':>15}{'judge alone':>15}")
    with tempfile.TemporaryDirectory() as folder:
        for name in checks.exercise_names():
            figures = in_a_notebook(name, runs), judge_alone(name, runs, Path(folder))
            print(f"{name:<28}{figures[0]:>13.2f} s{figures[1]:>13.2f} s", flush=True)


if __name__ == "__main__":
    main()
