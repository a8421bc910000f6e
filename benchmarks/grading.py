"""What grading costs and what it survives, beside stock nbgrader on the same submissions.

    python benchmarks/grading.py cost --submissions 40 --stock 3
    python benchmarks/grading.py class --submissions 1000 --workers 2
    python benchmarks/grading.py load --submissions 500 --busy 4
    python benchmarks/grading.py kills --submissions 40 --kills 20
    python benchmarks/grading.py mixed --submissions 200 --workers 2
    python benchmarks/grading.py memory --submissions 12 --workers 4

Each makes a class of lesson 2 in a new folder and prints what it measured. Times are by the clock:
run it on a machine that does nothing else, or trust the ratios only.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from grading_mixed import grade_mixed, memory, watch  # noqa: E402

from resnet_course.grading.course.classroom import Classroom  # noqa: E402
from tests.resnet_course.grading.mixed_class import LAST_LINE, LESSON, personal  # noqa: E402

#: What a class hands in: in twenty submissions, so many of each.
VARIANTS: Sequence[tuple[int, dict[str, str] | None]] = (
    (16, {}),
    (2, {LAST_LINE: "return X"}),
    (1, {'padding="same"': 'padding="valid"'}),
    (1, None),
)
RIGHT = ((1, {}),)


def make_class(
    folder: Path,
    number: int,
    variants: Sequence[tuple[int, dict[str, str] | None]],
    lesson: str = LESSON,
) -> None:
    """Make a course folder with so many submissions, different wherever something was answered."""
    classroom = Classroom.copied(ROOT, folder, [lesson])
    classroom.release(lesson)
    untouched = classroom.untouched(lesson)
    notebooks = [
        untouched if changes is None else classroom.answered(lesson, changes)
        for count, changes in variants
        for _ in range(count)
    ]
    for place in range(number):
        student = f"student-{place:04d}"
        notebook = deepcopy(notebooks[place % len(notebooks)])
        if lesson == LESSON and notebook != untouched:
            personal(notebook, student)
        classroom.submit(student, lesson, notebook)


def start(folder: Path, *words: str, lesson: str = LESSON) -> "subprocess.Popen[bytes]":
    """Start `resnet-course grade` in a course folder."""
    command = [sys.executable, "-m", "resnet_course", "grade", lesson, *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=folder, env=environment, **quiet)


def seconds(process: "subprocess.Popen[bytes]") -> float:
    """Wait for a process and return how long it took."""
    begin = time.perf_counter()
    if process.wait():
        raise SystemExit(f"it ended with code {process.returncode}")
    return time.perf_counter() - begin


def stock(folder: Path) -> "subprocess.Popen[bytes]":
    """Start stock nbgrader on all submissions."""
    command = [sys.executable, "-m", "nbgrader", "autograde", LESSON]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=folder, **quiet)


def scores(folder: Path) -> dict[tuple[str, str], tuple[float | None, bool]]:
    """Return every automatic score of a gradebook, without the times."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        return {
            (submission.student.id, grade.name): (grade.auto_score, grade.needs_manual_grade)
            for submission in gradebook.assignment_submissions(LESSON)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def cost(folder: Path, options: argparse.Namespace) -> None:
    """Compare what one more submission costs, with one worker."""
    more = options.submissions
    one, many = folder / "one", folder / "many"
    make_class(one, 1, RIGHT)
    make_class(many, 1 + more, RIGHT)
    first = seconds(start(one, "--workers", "1"))
    ours = (seconds(start(many, "--workers", "1")) - first) / more
    print(f"resnet-course grade: {first:.1f} s for the first, {ours:.3f} s for each of {more} more")
    alone_folder, stock_folder = folder / "stock-one", folder / "stock"
    make_class(alone_folder, 1, RIGHT)
    make_class(stock_folder, 1 + options.stock, RIGHT)
    alone = seconds(stock(alone_folder))
    theirs = (seconds(stock(stock_folder)) - alone) / options.stock
    print(f"nbgrader autograde:  {alone:.1f} s for the first, {theirs:.1f} s for each of", end=" ")
    print(f"{options.stock} more; ratio {theirs / ours:.1f}")
    same = {key: value for key, value in scores(many).items() if key in scores(stock_folder)}
    print(f"the same scores: {same == scores(stock_folder)}")


def grade_class(folder: Path, options: argparse.Namespace) -> None:
    """Grade a large class, and watch time and memory on the way."""
    course = folder / "course"
    make_class(course, options.submissions, VARIANTS)
    process = start(course, "--workers", str(options.workers))
    begin = time.perf_counter()
    records = course / ".grading" / LESSON
    samples: list[tuple[int, float, float]] = []
    while process.poll() is None:
        done = len(list(records.glob("*.json"))) if records.is_dir() else 0
        samples.append((done, time.perf_counter() - begin, memory(process.pid)))
        time.sleep(1)
    total = time.perf_counter() - begin
    print(f"{options.submissions} submissions, {options.workers} workers: {total / 60:.1f} min")
    for low, high in ((0, 100), (options.submissions - 100, options.submissions)):
        inside = [each for each in samples if low < each[0] <= high]
        if len(inside) > 1 and inside[-1][0] > inside[0][0]:
            rate = (inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0])
            peak = max(each[2] for each in inside) / 2**20
            print(f"  number {low} to {high}: {rate:.3f} s each, at most {peak:.0f} MiB")
    values = list(scores(course).values())
    print(f"  {len(values)} scores, {sum(value is None for value, _ in values)} wait for a person")


def load(folder: Path, options: argparse.Namespace) -> None:
    """Grade right submissions while other processes keep the machine busy."""
    course = folder / "course"
    make_class(course, options.submissions, RIGHT)
    busy = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(options.busy)
    ]
    try:
        total = seconds(start(course, "--workers", str(options.workers)))
    finally:
        for process in busy:
            process.kill()
    full = {"check_conv_bn": 2, "check_identity_block": 5, "check_identity_block_parameters": 2}
    low = [
        key
        for key, (value, _) in scores(course).items()
        if key[1] in full and value != full[key[1]]
    ]
    print(
        f"{options.submissions} right submissions beside {options.busy} busy loops: "
        f"{total / 60:.1f} min, {len(low)} scored low"
    )


def kills(folder: Path, options: argparse.Namespace) -> None:
    """Kill the grader at random moments, finish, and compare with a run that was left alone."""
    calm, killed = folder / "calm", folder / "killed"
    make_class(calm, options.submissions, VARIANTS)
    make_class(killed, options.submissions, VARIANTS)
    whole = seconds(start(calm, "--workers", str(options.workers)))
    generator = random.Random(options.seed)
    done = []
    for _ in range(options.kills):
        process = start(killed, "--workers", str(options.workers))
        timer = threading.Timer(
            generator.uniform(0.1, 0.7) * whole, process.send_signal, [signal.SIGKILL]
        )
        timer.start()
        process.wait()
        timer.cancel()
        done.append(len(list((killed / ".grading" / LESSON).glob("*.json"))))
        if done[-1] == options.submissions:
            wipe(killed, generator, options.submissions)
    seconds(start(killed, "--workers", str(options.workers)))
    print(f"killed {options.kills} times, with {done} submissions done by then")
    print(f"same gradebook as a run left alone: {scores(killed) == scores(calm)}")


def wipe(folder: Path, generator: random.Random, number: int) -> None:
    """Forget some of the records, so that there is something to do for the next run."""
    for student in generator.sample(range(number), number // 2):
        (folder / ".grading" / LESSON / f"student-{student:04d}.json").unlink(missing_ok=True)


def mixed(folder: Path, options: argparse.Namespace) -> None:
    """Grade a class of every kind, and see that nobody is lost."""
    grade_mixed(folder, options.submissions, options.workers)


def memory_of_workers(folder: Path, options: argparse.Namespace) -> None:
    """Say what one worker, two and more take of memory while right submissions are graded."""
    for lesson in (LESSON, "04_resnet50"):
        make_class(folder / lesson, options.submissions, RIGHT, lesson)
        for workers in range(1, options.workers + 1):
            peaks = [0.0]
            words = ("--force", "--workers", str(workers))
            watch(start(folder / lesson, *words, lesson=lesson), peaks)
            print(f"{lesson}, {workers} at once: {peaks[0] / 2**30:.2f} GiB at most")


MEASUREMENTS: dict[str, Callable[[Path, argparse.Namespace], None]] = {
    "cost": cost,
    "class": grade_class,
    "load": load,
    "kills": kills,
    "mixed": mixed,
    "memory": memory_of_workers,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("measurement", choices=MEASUREMENTS)
    parser.add_argument("--submissions", type=int, default=40)
    parser.add_argument("--stock", type=int, default=3, help="submissions for stock nbgrader")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--busy", type=int, default=4, help="busy loops beside the grader")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        MEASUREMENTS[options.measurement](Path(folder), options)
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
