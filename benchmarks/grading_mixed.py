"""What becomes of a class of every kind: who is named where, which scores, memory and time."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from resnet_course.grading.course.classroom import Classroom  # noqa: E402
from tests.resnet_course.grading.mixed_class import (  # noqa: E402
    LESSON,
    OF_TWO_HUNDRED,
    Outcome,
    make_mixed_class,
)


def grade_mixed(folder: Path, submissions: int, workers: int) -> None:
    """Grade a class of every kind with the command's own settings, and print what came of it."""
    classroom = Classroom.copied(ROOT, folder / "course", [LESSON])
    classroom.release(LESSON)
    numbers = {
        kind: max(1, round(number * submissions / 200)) for kind, number in OF_TWO_HUNDRED.items()
    }
    learners = make_mixed_class(classroom, numbers)
    print(f"{len(learners)} learners: {', '.join(f'{n} {kind}' for kind, n in numbers.items())}")
    begun = time.perf_counter()
    printed, peak = _graded(classroom.folder, workers)
    minutes = (time.perf_counter() - begun) / 60
    outcome = Outcome.read(classroom.folder, printed)
    for place, missing in outcome.missing(learners).items():
        kinds = dict(Counter(name.split("-")[0] for name in missing))
        print(
            f"by name in {place}: {len(learners) - len(missing)} of {len(learners)} {kinds or ''}"
        )
    print(f"the scores of nbgrader's export: {outcome.has_the_scores_of_the_export()}")
    print(f"{minutes:.1f} minutes, {workers} workers; at most {peak / 1e9:.2f} GB of memory in all")
    taken = {name: each["processor_seconds"] for name, each in outcome.json.items()}
    print("most processor time:")
    for name in sorted(taken, key=taken.__getitem__)[-5:]:
        print(f"  {taken[name]:5.1f} s: {name}")
    honest = sorted(second for name, second in taken.items() if name.startswith("right"))
    print(f"a right submission: {honest[len(honest) // 2]:.2f} s, at most {honest[-1]:.2f} s")


def _graded(course: Path, workers: int) -> tuple[str, float]:
    """Grade a class, and return what the command printed and the most memory that it held."""
    words = ["grade", LESSON, "--workers", str(workers)]
    words += ["--csv", "scores.csv", "--json", "scores.json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    table = course / "table.txt"
    with table.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "resnet_course", *words],
            cwd=course,
            env=environment,
            stdout=file,
        )
        peaks = [0.0]
        watching = threading.Thread(target=watch, args=[process, peaks])
        watching.start()
        if process.wait():
            raise SystemExit(f"it ended with code {process.returncode}")
        watching.join()
    return table.read_text(), peaks[0]


def watch(process: "subprocess.Popen[bytes]", peaks: list[float]) -> None:
    """Keep the most memory that a process and its descendants take, until it ends."""
    while process.poll() is None:
        peaks[0] = max(peaks[0], memory(process.pid))
        time.sleep(0.1)


def memory(process: int) -> float:
    """Return the memory of a process and its descendants in bytes, shared pages shared out."""
    total = 0.0
    pending = [process]
    while pending:
        each = pending.pop()
        try:
            text = Path(f"/proc/{each}/smaps_rollup").read_text()
            total += 1024 * int(text.split("\nPss:")[1].split()[0])
            children = Path(f"/proc/{each}/task").glob("*/children")
            pending += [int(child) for path in children for child in path.read_text().split()]
        except (OSError, IndexError, ValueError):
            continue
    return total
