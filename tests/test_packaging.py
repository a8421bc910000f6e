"""The files that install the project agree with each other."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

#: What the course runs on: (sys_platform, platform_machine).
PLATFORMS = [
    ("linux", "x86_64"),
    ("linux", "aarch64"),
    ("darwin", "arm64"),
    ("win32", "AMD64"),
]


def declared() -> list[Requirement]:
    """Return everything that pyproject.toml asks for, extras included."""
    extras = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
    return [Requirement(line) for line in [*PROJECT["dependencies"], *extras]]


def locked() -> list[tuple[str, Version, Marker | None, list[str]]]:
    """Return name, version, marker and hashes of every entry of the lock."""
    entries = []
    for entry in re.split(r"\n(?=\S)", LOCK):
        line, *hashes = re.sub(r"\\\n", "", entry).split("--hash=")
        requirement = Requirement(line.strip())
        (version,) = (each.version for each in requirement.specifier)
        entries.append((requirement.name, Version(version), requirement.marker, hashes))
    return entries


def environment(platform: tuple[str, str], python: str) -> dict[str, str]:
    sys_platform, machine = platform
    systems = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}
    return {
        "sys_platform": sys_platform,
        "platform_machine": machine,
        "platform_system": systems[sys_platform],
        "python_version": python,
        "python_full_version": f"{python}.0",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "os_name": "nt" if sys_platform == "win32" else "posix",
        "extra": "",
    }


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("platform", PLATFORMS, ids="-".join)
def test_the_lock_pins_every_requirement_on_every_platform(platform, python):
    where = environment(platform, python)
    pinned = {
        canonicalize_name(name): version
        for name, version, marker, _ in locked()
        if marker is None or marker.evaluate(where)
    }
    for requirement in declared():
        if requirement.marker is None or requirement.marker.evaluate(where):
            name = canonicalize_name(requirement.name)
            assert name in pinned, f"{name} is not in requirements.lock: run `make lock`"
            assert requirement.specifier.contains(pinned[name]), f"{name}: run `make lock`"


def test_every_entry_of_the_lock_has_hashes():
    assert all(hashes for *_, hashes in locked())


def test_the_lock_names_no_package_index():
    assert not re.search(r"https?:|file:|--index|--find-links|--trusted", LOCK)


def test_conda_gets_the_same_packages_as_pip():
    entries = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    by_pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    lines = [entry for entry in [*entries, *by_pip] if isinstance(entry, str)]
    listed = {
        canonicalize_name(requirement.name): requirement.specifier
        for requirement in (
            Requirement(line) for line in lines if not line.startswith("--") and line != "pip"
        )
    }
    assert listed.pop("python") == SpecifierSet(PROJECT["requires-python"])
    wanted = {
        canonicalize_name(requirement.name).removesuffix("-cpu"): requirement.specifier
        for requirement in map(Requirement, PROJECT["dependencies"])
    }
    assert listed.pop("pytest") == next(
        requirement.specifier for requirement in declared() if requirement.name == "pytest"
    )
    assert listed == wanted
    for name in ("tensorflow", "numpy", "matplotlib", "jupyter", "nbgrader"):
        assert name in listed


def test_help_comes_without_heavy_imports():
    code = (
        "import sys; from resnet_course.cli import main; main(['--help']); "
        "heavy = {'tensorflow', 'keras', 'matplotlib', 'nbgrader', 'sklearn', 'numpy'}; "
        "print(*heavy & set(sys.modules), file=sys.stderr, end='')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "learn" in done.stdout
