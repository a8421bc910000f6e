"""What the page's Python does: it runs a learner's cells and checks the answer.

It runs under Pyodide, in a worker, where `checks.browser` stands in for what is missing. Every
check begins with a new namespace: the lesson's first cell, then the answers up to the one that is
checked, as in a notebook that was run from the top.
"""

import contextlib
import json
import linecache
import traceback
from dataclasses import replace
from typing import Any

import numpy as np

from checks import browser

browser.prepare()

import keras  # noqa: E402

import checks  # noqa: E402
from checks.catalogue import EXERCISES  # noqa: E402
from checks.evidence import Evidence, Record  # noqa: E402
from checks.judging.judge import judge  # noqa: E402
from checks.probing.guard import Printed  # noqa: E402

#: An answer that a check looks at from all sides, so that all that is imported late is there.
WARM_UP = """\
from keras import layers
def identity_block(X, f, filters, stage, block):
    return layers.ReLU()(layers.Conv2D(filters[2], 1)(X))
"""


def check(request: str) -> str:
    """Run a lesson's cells and check an answer.

    Args:
        request: JSON with `exercise`, `points` and `cells`, a list of `name` and `source`; the
            last cell is the answer.

    Returns:
        JSON with `printed`, `error` (what Python says where the answer's cell raises, else None),
        and of the check `html`, `text`, `passed`, `cause`, `earned` (points) and `maximum`.
    """
    asked = json.loads(request)
    *before, answer = asked["cells"]
    keras.backend.clear_session()
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for cell in before:
        with contextlib.redirect_stdout(Printed()):
            _run(cell, namespace)
    printed = Printed()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        error = _run(answer, namespace)
    said = {"printed": str(printed), "error": error}
    if error:
        return json.dumps({**said, "passed": False, "earned": 0, "maximum": asked["points"]})
    name = asked["exercise"]
    report = checks.run(name, namespace.get(name), points=asked["points"])
    return json.dumps({**said, **_shown(report)})


def out_of_time(request: str, seconds: float) -> str:
    """Return what a check says of an answer that had to be stopped, as `check` does.

    Args:
        request: As for `check`.
        seconds: How long it ran.
    """
    asked = json.loads(request)
    exercise = EXERCISES[asked["exercise"]]
    cases = exercise.cases(np.random.default_rng(0), False)
    late = Evidence(True, "function", cases=(Record("out of time", seconds=seconds),))
    report = replace(judge(exercise, cases, late), maximum=asked["points"])
    return json.dumps({"printed": "", "error": None, **_shown(report)})


def _shown(report: checks.Report) -> dict[str, Any]:
    return {
        "html": report._repr_html_(),
        "text": str(report),
        "passed": report.passed,
        "cause": report.cause,
        "earned": report.earned,
        "maximum": report.maximum,
    }


def warm_up() -> None:
    """Import what the first check would have to wait for."""
    cells = [{"name": "identity_block", "source": WARM_UP}]
    check(json.dumps({"exercise": "identity_block", "points": 1, "cells": cells}))


def _run(cell: dict[str, str], namespace: dict[str, Any]) -> str | None:
    """Run a cell; return what Python says where it raises."""
    file, source = f"<{cell['name']}>", cell["source"]
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    try:
        exec(compile(source, file, "exec", dont_inherit=True), namespace)
    except BaseException as error:
        own = error.__traceback__ and error.__traceback__.tb_next
        return "".join(traceback.format_exception(type(error), error, own))
    return None
