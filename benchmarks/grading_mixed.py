"""What becomes of a class of every kind: who is named where, which scores, memory and time."""

import csv
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from nbgrader.api import Gradebook  # noqa: E402
from nbgrader.plugins import CsvExportPlugin  # noqa: E402

from resnet_course.grading.classroom import Classroom  # noqa: E402
from tests.resnet_course.grading.mixed_class import (  # noqa: E402
    LESSON,
    OF_TWO_HUNDRED,
    make_mixed_class,
)

TENTH_AN_HOUR = """
from nbgrader.plugins import LateSubmissionPlugin

class TenthAnHour(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score * 0.1 * (total_seconds_late // 3600)

c.AssignLatePenalties.plugin_class = TenthAnHour
"""


def grade_mixed(folder: Path, submissions: int, workers: int) -> None:
    """Grade a class of every kind with the command's own settings, and print what came of it."""
    classroom = Classroom.copied(ROOT, folder / "course", [LESSON])
    with (classroom.folder / "nbgrader_config.py").open("a") as file:
        file.write(TENTH_AN_HOUR)
    classroom.release(LESSON)
    numbers = {
        kind: max(1, round(number * submissions / 200)) for kind, number in OF_TWO_HUNDRED.items()
    }
    learners = make_mixed_class(classroom, numbers)
    print(f"{len(learners)} learners: {', '.join(f'{n} {kind}' for kind, n in numbers.items())}")
    graded = Graded(classroom.folder, workers)
    for place, names in graded.names().items():
        missing = [name for name in learners if name not in names]
        kinds = Counter(name.split("-")[0] for name in missing)
        print(f"by name in {place}: {len(learners) - len(missing)} of {len(learners)}", end=" ")
        print(f"(missing: {dict(kinds)})" if missing else "")
    print(f"the same net scores as nbgrader's export: {graded.same_scores()}")
    print(
        f"{graded.minutes:.1f} minutes with {workers} workers, {graded.processor:.0f} CPU s in all"
    )
    print(f"peak memory of all processes: {graded.memory / 1e9:.2f} GB")
    for student, seconds in graded.most_seconds(5):
        print(f"  {seconds:5.1f} CPU s: {student}")


class Graded:
    """A class that was graded, with what was measured on the way."""

    def __init__(self, course: Path, workers: int) -> None:
        words = ["grade", LESSON, "--workers", str(workers)]
        words += ["--csv", "scores.csv", "--json", "scores.json"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        begun, used = time.perf_counter(), _processor_seconds()
        self.course = course
        self.memory = 0.0
        with (course / "table.txt").open("w") as table:
            process = subprocess.Popen(
                [sys.executable, "-m", "resnet_course", *words],
                cwd=course,
                env=environment,
                stdout=table,
            )
            watch = threading.Thread(target=self._watch, args=[process])
            watch.start()
            if process.wait():
                raise SystemExit(f"it ended with code {process.returncode}")
            watch.join()
        self.minutes = (time.perf_counter() - begun) / 60
        self.processor = _processor_seconds() - used
        self.table = (course / "table.txt").read_text()
        self.json: dict[str, Any] = json.loads((course / "scores.json").read_text())["students"]
        with (course / "scores.csv").open() as file:
            self.csv = {row["student"]: row for row in csv.DictReader(file)}
        with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
            submissions = gradebook.assignment_submissions(LESSON)
            self.gradebook = {each.student.id for each in submissions}
            CsvExportPlugin(to=str(course / "theirs.csv")).export(gradebook)
        with (course / "theirs.csv").open() as file:
            self.theirs = {row["student_id"]: row for row in csv.DictReader(file)}

    def _watch(self, process: "subprocess.Popen[bytes]") -> None:
        while process.poll() is None:
            now = memory(process.pid)
            if now > self.memory:
                self.memory = now
            time.sleep(0.1)

    def names(self) -> Mapping[str, Any]:
        """Return who is named where."""
        rows = {line.split("  ")[0] for line in self.table.splitlines()}
        return {"table": rows, "CSV": self.csv, "JSON": self.json, "gradebook": self.gradebook}

    def same_scores(self) -> bool:
        """Return whether every net score of the CSV and the JSON is that of nbgrader's export."""
        return self.csv.keys() == self.theirs.keys() and all(
            abs(float(self.theirs[name]["score"]) - float(row["score"])) < 0.005
            and float(row["score"]) == self.json[name]["score"]
            for name, row in self.csv.items()
        )

    def most_seconds(self, number: int) -> list[tuple[str, float]]:
        """Return who took most processor time."""
        taken = [(name, each.get("processor_seconds", 0.0)) for name, each in self.json.items()]
        return sorted(taken, key=lambda pair: -pair[1])[:number]


def _processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


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
