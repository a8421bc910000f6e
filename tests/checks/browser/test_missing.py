"""Checks run where a web page's Python runs: without compiled libraries but NumPy, and threads."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from website.exercises import lessons, setup_cell
from website.parts import PACKAGES

ROOT = Path(__file__).parents[3]

#: What no page has, hidden here from Python's finder of modules.
PAGE = """
import json, sys
from importlib.machinery import PathFinder

HIDDEN = {
    "IPython", "PIL", "certifi", "dmtree", "h5py", "jax", "jaxlib", "matplotlib", "ml_dtypes",
    "optree", "pandas", "psutil", "requests", "scipy", "sklearn", "tensorflow", "torch", "tree",
}
find = PathFinder.find_spec
PathFinder.find_spec = classmethod(
    lambda cls, name, *rest: None if name.split(".")[0] in HIDDEN else find(name, *rest)
)

from checks import browser
browser.prepare()
import checks
from checks.probing import guard
from resnet_course.desk.solutions import reference_solution
for cell in json.loads(sys.argv[1]):
    exec(cell, {})
guard.HAS_THREADS = False

def draws(*arguments, **named):
    import keras
    keras.layers.Conv2D(1, 1)(keras.ops.ones((1, 2, 2, 1)))

found = {name: checks.run(name, reference_solution(name)).cause for name in checks.exercise_names()}
names = sorted({name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names))
computed = checks.run("conv_bn", draws)
print(json.dumps({"causes": found, "modules": names, "computed": str(computed)}))
"""


@pytest.fixture(scope="module")
def page() -> dict:
    cells = json.dumps([setup_cell(lesson.notebook()) for lesson in lessons(ROOT)])
    command = [sys.executable, "-c", PAGE, cells]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_every_solution_passes_but_the_one_that_needs_gradients(page):
    causes = page["causes"]
    assert "train_on_batch not implemented for NumPy backend" in causes.pop("gradient_norms")
    assert causes == dict.fromkeys(causes)


def test_what_is_missing_says_so_when_it_is_used(page):
    assert "not implemented: this cannot be computed in a web page, only in" in page["computed"]
    assert "not started" not in page["computed"]


def test_the_page_brings_all_that_is_imported(page):
    stand_ins = {"PIL", "h5py", "jax", "matplotlib", "ml_dtypes", "optree", "scipy"}
    of_this_process = {"__main__", "__mp_main__", "_distutils_hack"}
    of_numpy = {name for name in page["modules"] if name.startswith(("cython", "_cython"))}
    rest = set(page["modules"]) - stand_ins - of_this_process - of_numpy
    assert rest <= {*PACKAGES, "numpy"}
