"""What the site is made of besides the course: where it is, and that it is the right file."""

import hashlib
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from resnet_course.errors import CourseError

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
PYODIDE = MODULES / "pyodide"

#: NumPy for Pyodide 0.27.7. No package registry has it; Pyodide's lock names this very hash.
NUMPY = "numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl"
NUMPY_SHA256 = "ebb61241d962b98b21597d7ce43b67668a6d5bab3acec4fbe958657320d7cd08"
NUMPY_ADDRESS = f"https://cdn.jsdelivr.net/pyodide/v0.27.7/full/{NUMPY}"

#: The packages of Python that the page brings, besides NumPy.
PACKAGES = ("absl", "checks", "keras", "namex", "packaging", "resnet_course", "rich")


def install() -> None:
    """Install the parts that npm has, as `package-lock.json` pins them.

    Raises:
        CourseError: If Node.js is missing, or npm cannot install them.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise CourseError(
                f"{program} is not installed, and the site is built with it: install Node.js 20 or "
                "newer with npm (on Debian and Ubuntu: apt-get install nodejs npm)."
            )
    stamp = MODULES / ".installed"
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    run(
        ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], "npm cannot install the parts"
    )
    stamp.write_text(wanted)


def numpy_place() -> Path:
    """Return where NumPy's wheel for Pyodide belongs."""
    data = Path(os.environ.get("RESNET_COURSE_DATA", HERE.parent / "data"))
    return data / "pyodide" / NUMPY


def numpy_wheel() -> Path:
    """Return NumPy's wheel for Pyodide.

    Raises:
        CourseError: If it is nowhere, or another file bears its name.
    """
    wheel = numpy_place()
    if not wheel.is_file():
        raise CourseError(
            f"{wheel} is missing: download {NUMPY_ADDRESS} (SHA-256 {NUMPY_SHA256}) and put it "
            "there. RESNET_COURSE_DATA names the data folder."
        )
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != NUMPY_SHA256:
        raise CourseError(
            f"{wheel} has the SHA-256 {found}, not {NUMPY_SHA256}: delete it and download "
            f"{NUMPY_ADDRESS}."
        )
    return wheel


def packages() -> dict[str, Path]:
    """Return the folders of the packages of Python that the page brings."""
    found = {}
    for name in PACKAGES:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise CourseError(f"The package {name} is not installed: run make setup.")
        found[name] = Path(spec.origin).parent
    return found


def run(command: list[str], problem: str) -> None:
    """Run a program of Node.js.

    Args:
        command: Program and arguments.
        problem: What to say if it fails.

    Raises:
        CourseError: If it fails, with the end of what it said.
    """
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-2_000:]
        raise CourseError(f"{problem}: {said or f'exit code {done.returncode}'}")
