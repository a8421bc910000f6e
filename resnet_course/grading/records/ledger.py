"""What was graded, so that a second run does only what changed.

A record is written after the gradebook, and believed only where the gradebook still says the same:
a run that is killed in between grades that submission again, and gets the same.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import checks
from resnet_course import __version__, grading
from resnet_course.files import make_folder, new_file
from resnet_course.grading.marking.marks import Mark, Marked
from resnet_course.grading.records.lateness import Penalty


@dataclass(frozen=True)
class Record:
    """What is kept of a graded submission.

    Attributes:
        fingerprint: Stands for everything that the marks depend on.
        marked: The marks.
        answers: Digests of the written answers by nbgrader's name.
        penalty: What being late cost, as nbgrader's plugin said.
    """

    fingerprint: str
    marked: Marked
    answers: Mapping[str, str]
    penalty: Penalty


def judge_digest() -> str:
    """Return a digest of the code that decides on marks."""
    total = hashlib.sha256(__version__.encode())
    for package in (checks, grading):
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            total.update(path.read_bytes())
    return total.hexdigest()


def fingerprint(*words: str) -> str:
    """Return what stands for everything that the marks depend on."""
    return hashlib.sha256("\0".join(words).encode()).hexdigest()


def secret(folder: Path) -> bytes:
    """Return what the probes of a course are drawn from; it is made when it is not there.

    Args:
        folder: Folder of the grader's records.
    """
    path = folder / "secret"
    make_folder(folder)
    if not path.exists():
        aside = folder / f".secret.{os.getpid()}"
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        aside.replace(path)
    return path.read_bytes()


def digests(sources: Mapping[str, str]) -> dict[str, str]:
    """Return a digest of each text."""
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in sources.items()}


def read_record(path: Path) -> Record | None:
    """Read a record; None if there is none that can be read."""
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        marks = {name: Mark(**mark) for name, mark in content["marked"]["marks"].items()}
        marked = Marked(**{**content["marked"], "marks": marks})
        penalty = Penalty(**content["penalty"])
        return Record(content["fingerprint"], marked, content["answers"], penalty)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_record(path: Path, record: Record) -> None:
    """Write a record, whole or not at all."""
    with new_file(path) as aside:
        kept = replace(record, marked=record.marked.without_cells())
        aside.write_text(json.dumps(asdict(kept)), encoding="utf-8")


def measured_once(path: Path, fingerprint: str, measure: Callable[[], int]) -> int:
    """Return a number that was measured before under the same fingerprint, or else measure it.

    Args:
        path: The file that keeps it.
        fingerprint: Stands for everything that it depends on.
        measure: Measures it.
    """
    with suppress(OSError, ValueError):
        written, number = path.read_text().split()
        if written == fingerprint:
            return int(number)
    measured = measure()
    with new_file(path) as aside:
        aside.write_text(f"{fingerprint} {measured}\n")
    return measured
