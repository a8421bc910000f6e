"""What a learner does in the page works: in a real browser, with the site that is built."""

import inspect
import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import checks
from resnet_course.desk.website import serving
from tests.checks.attempts.corpus import ATTEMPTS
from tests.test_lessons import nbgrader_api, scores
from tests.website.conftest import ROOT, OpenPage
from website.exercises import IN_JUPYTERLAB, Lesson, lessons, setup_cell
from website.offline import write_list

LESSONS = {lesson.name: lesson for lesson in lessons(ROOT)}
EXERCISES = [name for each in LESSONS.values() for name in each.solutions]
HERE = [name for name in EXERCISES if name not in IN_JUPYTERLAB]

#: So many attempts at each exercise; `benchmarks/website.py reports` compares more.
ATTEMPTS_EACH = 2

WITHOUT_THE_LAST_RELU = """\
def identity_block(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = layers.ReLU()(unit(X, F1, 1))
    Y = layers.ReLU()(unit(Y, F2, f))
    print("the shape is", Y.shape)
    return layers.Add()([X, unit(Y, F3, 1)])
"""

UNIT = """\
def unit(X, filters, size):
    return layers.BatchNormalization()(layers.Conv2D(filters, size, padding="same")(X))


def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
    return unit(X, filters, kernel_size)
"""

ENDLESS = (
    "def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):\n    while True: pass\n"
)

BLOCK = "lessons/02_identity_block/"


def solved(lesson: Lesson) -> Path:
    return ROOT / "solutions" / lesson.name / lesson.released.name


def exercise(page: Any, name: str) -> Any:
    return page.locator(f"#exercise-{name}")


def write(page: Any, name: str, source: str) -> None:
    exercise(page, name).locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(source)


def check(page: Any, name: str) -> str:
    """Press Check, wait for the verdict, and return the words beside the button."""
    place = exercise(page, name)
    checked = int(place.locator(".course-output").get_attribute("data-checks") or 0)
    place.locator(".course-check").click()
    place.locator(f'.course-output[data-checks="{checked + 1}"]').wait_for(state="attached")
    return str(place.locator(".course-status").inner_text())


def import_notebook(page: Any, path: Path) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator('.course-top input[type="file"]').set_input_files(path)
    page.locator(".course-top .course-note:visible").wait_for()


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=lambda each: each.name)
def test_every_solution_passes_and_every_stub_is_not_started(
    lesson: Lesson, open_page: OpenPage
) -> None:
    page = open_page(f"lessons/{lesson.name}/")
    names = [name for name in lesson.solutions if name not in IN_JUPYTERLAB]
    for name in names:
        assert check(page, name).startswith("✗ not right yet · 0 of ")
        assert "not started" in exercise(page, name).locator(".course-report").inner_text()
    import_notebook(page, solved(lesson))
    for name in names:
        assert re.match(r"✓ passed · (\d+) of \1 points", check(page, name))
    assert page.problems == []


def test_a_mistake_is_named_and_drawn_and_prints_and_helpers_count(open_page: OpenPage) -> None:
    page = open_page(BLOCK)
    write(page, "conv_bn", UNIT)
    write(page, "identity_block", WITHOUT_THE_LAST_RELU)
    assert check(page, "identity_block").startswith("✗ not right yet · 1.67 of 5 points")
    report = exercise(page, "identity_block").locator(".course-report")
    assert "The ReLU after the addition is missing" in report.inner_text()
    assert "the shape is" in report.inner_text()
    assert report.locator("svg").count() + report.locator("img").count() == 2


def test_what_a_cell_prints_and_raises_shows_as_in_a_notebook(open_page: OpenPage) -> None:
    page = open_page(BLOCK)
    write(page, "conv_bn", "print('so far')\nnumbers = [1, 2]\nnumbers[2]\n")
    assert check(page, "conv_bn").startswith("✗")
    place = exercise(page, "conv_bn")
    assert place.locator(".course-printed").inner_text() == "so far\n"
    said = place.locator(".course-error").inner_text()
    assert said.startswith("Traceback (most recent call last):\n")
    assert "line 3" in said
    assert "numbers[2]" in said
    assert said.strip().endswith("IndexError: list index out of range")
    assert "desk.py" not in said


def test_an_endless_loop_ends_and_the_next_check_works(open_page: OpenPage) -> None:
    page = open_page(f"{BLOCK}?limit=2")
    write(page, "conv_bn", UNIT)
    assert check(page, "conv_bn").startswith("✗ not right yet")
    write(page, "conv_bn", ENDLESS)
    assert check(page, "conv_bn").startswith("✗ not right yet · 0 of 2 points")
    said = exercise(page, "conv_bn").locator(".course-report").inner_text()
    assert "The function does not finish" in said
    assert "an answer within 2 seconds" in said
    write(page, "conv_bn", UNIT)
    assert check(page, "conv_bn").startswith("✗ not right yet")


def test_what_learners_import_of_the_standard_library_is_there(open_page: OpenPage) -> None:
    page = open_page(BLOCK)
    names = "collections, dataclasses, datetime, decimal, fractions, functools, io, itertools, json"
    more = "logging, math, operator, pathlib, pickle, pprint, random, re, statistics, time, typing"
    write(page, "conv_bn", f"import {names}\nimport {more}\nprint(decimal.Decimal('0.1') * 3)\n")
    check(page, "conv_bn")
    assert exercise(page, "conv_bn").locator(".course-printed").inner_text() == "0.3\n"
    assert exercise(page, "conv_bn").locator(".course-error").count() == 0


def test_what_needs_gradients_is_left_to_jupyterlab(open_page: OpenPage) -> None:
    page = open_page("lessons/01_deep_network_problem/")
    place = exercise(page, "gradient_norms")
    assert "check it in JupyterLab" in place.locator(".course-note").inner_text()
    assert place.locator(".course-check").count() == 0


def test_answers_and_progress_stay(open_page: OpenPage, address: str) -> None:
    page = open_page("lessons/05_mnist_transfer/")
    import_notebook(page, solved(LESSONS["05_mnist_transfer"]))
    check(page, "confidence")
    page.locator("#question-colleagues_transfer textarea").fill("Too little, and too fast.")
    page.reload()
    assert "✓ confidence" in page.locator(".course-top").inner_text()
    assert "np.argmax" in exercise(page, "confidence").locator(".cm-content").inner_text()
    box = page.locator("#question-colleagues_transfer textarea")
    assert box.input_value() == "Too little, and too fast."
    page.goto(address)
    page.get_by_text("1 of 6 exercises").wait_for()


def test_the_exported_notebook_is_graded_as_the_page_said(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(BLOCK)
    write(page, "conv_bn", UNIT.replace("layers.Conv2D(", "layers.SeparableConv2D("))
    solution = next(
        "".join(cell["source"])
        for cell in json.loads(solved(LESSONS["02_identity_block"]).read_text())["cells"]
        if cell["id"] == "identity-block-parameters"
    )
    write(page, "identity_block_parameters", solution)
    write(page, "identity_block", UNIT + WITHOUT_THE_LAST_RELU)
    shown = {name: check(page, name) for name in LESSONS["02_identity_block"].solutions}
    with page.expect_download() as download:
        page.get_by_text("Export as a notebook").click()
    course = tmp_path / "course"
    submission = course / "submitted" / "ann" / "02_identity_block"
    submission.mkdir(parents=True)
    exported = submission / download.value.suggested_filename
    download.value.save_as(exported)
    released = json.loads(LESSONS["02_identity_block"].released.read_text())
    now = json.loads(exported.read_text())
    assert {**now, "cells": None} == {**released, "cells": None}
    differing = [
        cell["id"]
        for cell, other in zip(now["cells"], released["cells"], strict=True)
        if cell != other
    ]
    assert differing == ["conv-bn", "identity-block", "identity-block-parameters"]
    shutil.copytree(ROOT / "solutions", course / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    points = graded_by_nbgrader(course, "02_identity_block", "ann")
    for name, said in shown.items():
        earned = float(re.search(r"· ([\d.]+) of", said)[1])  # type: ignore[index]
        assert points[f"check_{name}"] == pytest.approx(earned, abs=0.01), name


def graded_by_nbgrader(course: Path, lesson: str, student: str) -> dict[str, float]:
    """Grade a submission with stock nbgrader; return the points of each check."""
    api = nbgrader_api(course)
    assert api.generate_assignment(lesson)["success"]
    outcome = api.autograde(lesson, student)
    assert outcome["success"], outcome.get("log")
    (notebook,) = (course / "autograded" / student / lesson).glob("*.ipynb")
    graded = scores(json.loads(notebook.read_text()))
    return {name: score for name, (score, _) in graded.items()}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("no JSON", "This file is not a notebook. Choose"),
        ("[1, 2]", "it has no cells"),
        ('{"cells": []}', "no answers to this lesson"),
    ],
)
def test_a_file_that_is_no_notebook_of_the_lesson_changes_nothing(
    content: str, sentence: str, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(BLOCK)
    write(page, "conv_bn", UNIT)
    file = tmp_path / "notebook.ipynb"
    file.write_text(content)
    import_notebook(page, file)
    assert sentence in page.locator(".course-top .course-note").inner_text()
    assert "def unit" in exercise(page, "conv_bn").locator(".cm-content").inner_text()


def test_a_site_that_was_built_again_takes_the_place_of_the_one_that_was_kept(
    chromium: Any, site: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    page = chromium.new_context().new_page()
    with serving(copy) as address:
        page.goto(address)
        page.evaluate("navigator.serviceWorker.ready")
        worker, start = copy / "service_worker.js", copy / "index.html"
        versions = page.evaluate("caches.keys()")
        start.write_text(start.read_text().replace("Begin with lesson 1", "Begin here"))
        new = write_list(copy)
        worker.write_text(worker.read_text().replace(versions[0], new))
        page.evaluate("navigator.serviceWorker.ready.then((each) => each.update())")
        page.evaluate(
            """async (wanted) => {
                const kept = async () => `${await caches.keys()}`;
                while (await kept() !== wanted) await new Promise(requestAnimationFrame);
            }""",
            new,
        )
        page.reload()
        page.get_by_text("Begin here").wait_for()
        page.context.set_offline(True)
        page.reload()
        page.get_by_text("Begin here").wait_for()
    page.context.close()
    assert len(versions) == 1
    assert versions[0] != new


def test_the_whole_site_works_without_a_network_and_asks_nobody_else(
    open_page: OpenPage, address: str
) -> None:
    page = open_page()
    hosts = set()
    page.context.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.evaluate("navigator.serviceWorker.ready")
    page.goto(f"{address}{BLOCK}")
    page.get_by_text("Python is ready.").wait_for()
    page.context.set_offline(True)
    page.goto(f"{address}lessons/04_resnet50/")
    assert check(page, "stem").startswith("✗ not right yet")
    page.goto(f"{address}mistakes.html")
    assert "Mistakes that the checks name" in page.title()
    assert hosts <= {urlsplit(address).netloc, ""}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "where", ["", BLOCK, "mistakes.html", "reference.html", "docs/grading.html", "search.html"]
)
def test_pages_are_accessible_and_fit(
    where: str, width: int, scheme: str, open_page: OpenPage
) -> None:
    page = open_page(where, width=width, scheme=scheme)
    if where == BLOCK:
        write(page, "identity_block", UNIT + WITHOUT_THE_LAST_RELU)
        check(page, "identity_block")
    page.add_script_tag(path=ROOT / "website" / "node_modules" / "axe-core" / "axe.min.js")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        (each["id"], [node["html"][:200] for node in each["nodes"][:5]])
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_is_enough(open_page: OpenPage) -> None:
    page = open_page(BLOCK)
    write(page, "conv_bn", UNIT)
    page.keyboard.press("ControlOrMeta+Enter")
    exercise(page, "conv_bn").locator(".course-report div").first.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Check"


def natively(name: str, cells: list[dict[str, str]]) -> checks.Report:
    """Check an answer here, as the page does there."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells:
        exec(compile(cell["source"], f"<{cell['name']}>", "exec"), namespace)
    return checks.run(name, namespace[name], points=10)


def requests(each: int) -> list[tuple[str, dict[str, Any]]]:
    """Return some attempts at every exercise as what a page asks its worker."""
    found = []
    for lesson in LESSONS.values():
        setup = {"name": "setup", "source": setup_cell(lesson.notebook())}
        for name in lesson.solutions:
            if name in IN_JUPYTERLAB:
                continue
            sources = [
                (attempt.function.__name__, source_of(attempt.function))
                for attempt in ATTEMPTS
                if attempt.exercise == name and source_of(attempt.function)
            ]
            alone = [pair for pair in sources if not re.search(r"\btf\b|tensorflow", pair[1])]
            for function, source in alone[:each]:
                answer = {"name": name, "source": f"{source}\n{name} = {function}\n"}
                request = {"exercise": name, "points": 10, "cells": [setup, answer]}
                found.append((f"{name}-{function}", request))
    return found


def source_of(function: Any) -> str:
    """Return the text of an attempt without its decorator; nothing if it is no function."""
    if not inspect.isfunction(function):
        return ""
    text = inspect.getsource(function)
    return text[text.index("def ") :] if re.search(r"^def ", text, re.MULTILINE) else ""


def asked(page: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Ask a worker of the page's own, which is kept from call to call."""
    answer = page.evaluate(
        """async (request) => {
            window.kept ??= new Worker("_static/course/python/worker.js", {type: "module"});
            return new Promise((resolve, reject) => {
                window.kept.onmessage = ({data}) => {
                    if (data.kind === "checked") resolve(data.reply);
                    if (data.kind === "failed" || data.kind === "broken") reject(data.message);
                };
                window.kept.postMessage({kind: "check", request});
            });
        }""",
        request,
    )
    assert isinstance(answer, dict)
    return answer


def comparable(cause: str | None) -> str | None:
    """Return a title without the numbers that Keras gives to layers."""
    return cause and re.sub(r"_\d+", "", cause)


def test_attempts_get_the_same_verdict_title_and_points_as_natively(open_page: OpenPage) -> None:
    page = open_page("mistakes.html")
    differing = []
    attempts = requests(ATTEMPTS_EACH)
    assert len(attempts) == ATTEMPTS_EACH * len(HERE)
    for name, request in attempts:
        here, there = natively(request["exercise"], request["cells"]), asked(page, request)
        one = (here.passed, comparable(here.cause), here.earned)
        other = (there["passed"], comparable(there["cause"]), there["earned"])
        if one != other:
            differing.append((name, one, other))
    assert differing == []
