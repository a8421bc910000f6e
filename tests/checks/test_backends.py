"""The same function gives the same report on every backend of Keras."""

import importlib.util
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@cache
def reports(backend: str) -> dict[str, dict]:
    """Return the reports that a fresh process on a backend gives, or skip."""
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "tests.checks.backend_reports"],
        cwd=ROOT,
        env={**os.environ, "KERAS_BACKEND": backend, "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["backend"] == backend
    return result["reports"]


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_reference_solutions_pass_and_wrong_answers_fail_on_every_backend(backend):
    from checks.catalogue import EXERCISES
    from tests.checks.backend_reports import RIGHT

    right = {*EXERCISES, *(function.__name__ for function in RIGHT)}
    for name, report in reports(backend).items():
        assert report["passed"] == (name in right), (name, report)


@pytest.mark.parametrize(
    ("one", "other"), [("tensorflow", "jax"), ("tensorflow", "torch"), ("jax", "torch")]
)
def test_two_backends_give_the_same_reports(one, other):
    ours, theirs = reports(one), reports(other)
    assert ours.keys() == theirs.keys()
    for name, report in ours.items():
        assert theirs[name] == report, name
