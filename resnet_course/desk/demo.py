"""The course played through from end to end, on one page."""

import base64
import shutil
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import checks
from resnet_course.desk.solutions import reference_solution
from resnet_course.errors import CourseError
from resnet_course.files import new_folder
from resnet_course.quiet import import_keras
from resnet_course.training.settings import TrainingSettings

PAGE = "demo.html"

#: The lesson that the demonstration releases and grades, and the learners who hand it in.
LESSON = "02_identity_block"
LAST_LINE = 'return layers.ReLU(name=f"res{stage}{block}_relu")(X)'
LEARNERS: dict[str, dict[str, str] | None] = {
    "ada-right": {},
    "ben-forgets-a-relu": {LAST_LINE: "return X"},
    "cleo-untouched": None,
}

#: Share of the digits that the custom ResNet is not trained on, for its temperature.
HELD_OUT = 0.2

#: Labelled digits that the transfer has.
LABELS = 300


@dataclass(frozen=True)
class Verdict:
    """How the reference solution of one exercise fared."""

    lesson: str
    exercise: str
    passed: bool
    seconds: float


@dataclass(frozen=True)
class Graded:
    """One learner's submission after grading."""

    student: str
    points: float
    maximum: float
    by_hand: float
    cells: list[Any]
    feedback: str


def play(output: Path, course: Path) -> Path:
    """Play the course through and write a page that shows it.

    Every reference solution passes its checks; a deliberate mistake is diagnosed; the custom
    ResNet learns the embedded digits; a pretrained network moves to a few of them in two stages;
    a lesson is released, handed in three times, graded by nbgrader and answered with feedback.

    Args:
        output: Folder to write, replaced if it holds an earlier demonstration.
        course: Folder of the course, with `nbgrader_config.py` and `solutions/`.

    Returns:
        The page.

    Raises:
        CourseError: If a reference solution fails, or the folders do not fit.
    """
    with new_folder(output, marker=PAGE, overwrite=True) as folder:
        with _step("Checking the reference solution of every exercise"):
            import_keras()
            verdicts = check_reference_solutions()
        with _step("Diagnosing a deliberate mistake"):
            diagnosis = checks.run("identity_block", _without_the_last_relu())
            print(f"  {diagnosis.cause}")
        with _step("Training the custom ResNet on the embedded digits"):
            run = _train()
        with _step(f"Moving a network that knows letters to {LABELS} digits, in two stages"):
            transfer = _transfer()
        with _step(f"Releasing {LESSON}, grading three submissions with nbgrader"):
            graded = grade_three_learners(course, folder)
        page = _render(
            verdicts=verdicts, diagnosis=diagnosis, run=run, transfer=transfer, graded=graded
        )
        (folder / PAGE).write_text(page, encoding="utf-8")
    return output / PAGE


def check_reference_solutions() -> list[Verdict]:
    """Run every exercise's checks on its reference solution.

    Raises:
        CourseError: If one does not pass.
    """
    from checks.catalogue import EXERCISES

    verdicts = []
    for name, exercise in EXERCISES.items():
        start = time.perf_counter()
        report = checks.run(name, reference_solution(name))
        if not report.passed:
            raise CourseError(f"the reference solution of {name} fails its own check:\n{report}")
        seconds = time.perf_counter() - start
        verdicts.append(Verdict(exercise.lesson, name, report.passed, seconds))
        print(f"  ✓ {exercise.lesson}  {name}")
    return verdicts


def grade_three_learners(course: Path, folder: Path) -> list[Graded]:
    """Release a lesson, hand it in three times, grade it and write feedback.

    Args:
        course: Folder of the course.
        folder: Where to put the feedback pages.
    """
    from resnet_course.grading.course.classroom import Classroom

    with tempfile.TemporaryDirectory() as temporary:
        classroom = Classroom.copied(course, Path(temporary, "course"), [LESSON])
        classroom.release(LESSON)
        graded = []
        for student, changes in LEARNERS.items():
            if changes is None:
                notebook = classroom.untouched(LESSON)
            else:
                notebook = classroom.answered(LESSON, changes)
            classroom.submit(student, LESSON, notebook)
            classroom.autograde(LESSON, student)
            page = classroom.give_feedback(LESSON, student)
            shutil.copy(page, folder / f"feedback-{student}.html")
            graded.append(_graded(student, classroom.scores(LESSON, student)))
            print(f"  {student}: {graded[-1].points:g} of {graded[-1].maximum:g} points")
    return graded


def _graded(student: str, scores: list[Any]) -> Graded:
    automatic = [score for score in scores if not score.by_hand]
    return Graded(
        student,
        points=sum(score.points for score in automatic),
        maximum=sum(score.maximum for score in automatic),
        by_hand=sum(score.maximum for score in scores if score.by_hand),
        cells=automatic,
        feedback=f"feedback-{student}.html",
    )


def _without_the_last_relu() -> Callable[..., Any]:
    from resnet_course.blocks import conv_bn, layers

    def identity_block(X: Any, f: int, filters: Any, stage: int, block: str) -> Any:
        F1, F2, F3 = filters
        shortcut = X
        X = layers.ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
        X = layers.ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
        X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
        return layers.Add()([X, shortcut])

    return identity_block


def _train() -> Any:
    from resnet_course.data import sets
    from resnet_course.results import run_folder
    from resnet_course.training import evaluation, loop

    digits = sets.load("digits")
    # The temperature is fitted on the validation images, so that a single training will do.
    run = loop.train(
        "custom", digits, settings=TrainingSettings(validation=HELD_OUT, progress=True)
    )
    seen = replace(run.dataset, x_test=digits.x_test, y_test=digits.y_test)
    measured = evaluation.evaluate(run.model, seen)
    run = replace(run, dataset=seen, measured_on="test", evaluation=measured)
    print(f"  {run_folder.summary(run)}")
    return run


def _transfer() -> Any:
    from resnet_course.data import sets
    from resnet_course.finetuning import report, two_stages

    run = two_stages.transfer("characters", sets.load("digits").take(LABELS))
    print(textwrap.indent(report.summary(run), "  "))
    return run


@contextmanager
def _step(title: str) -> Iterator[None]:
    print(f"{title} …", flush=True)
    start = time.perf_counter()
    yield
    print(f"  {time.perf_counter() - start:.0f} s\n", flush=True)


def _render(run: Any, transfer: Any, **content: Any) -> str:
    from jinja2 import Environment

    from resnet_course.finetuning import report
    from resnet_course.results import plots, run_folder

    shown = slice(0, 12)
    pictures = {
        "curve": plots.learning_curve(run.curve),
        "predictions": plots.predictions(
            run.dataset.x_test[shown],
            run.evaluation.probabilities[shown],
            run.dataset.class_names,
            labels=run.evaluation.labels[shown],
        ),
        "tuning": plots.learning_curve(transfer.tuned.trace.curve),
        "confusion": plots.confusion_matrix(run.evaluation.confusion, run.dataset.class_names),
    }
    template = files("resnet_course").joinpath("demo.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True)
    return environment.from_string(template).render(
        run=run,
        summary=run_folder.summary(run),
        transfer=transfer,
        gain=transfer.comparison()["gain"],
        stages=report.table(transfer),
        versions=run_folder.versions(),
        pictures={name: _data_uri(picture) for name, picture in pictures.items()},
        lesson=LESSON,
        **content,
    )


def _data_uri(picture: Any) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture._repr_png_()).decode()}"
