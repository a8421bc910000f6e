"""Runs submissions in bubblewrap: namespaces of Linux, without a container's image."""

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from resnet_course.grading.isolation.library import CHECKS, COURSE
from resnet_course.grading.isolation.sandbox import ENVIRONMENT, Sandbox
from resnet_course.grading.isolation.sandboxed import confinement

_SYSTEM = ("/usr/lib", "/usr/lib64", "/lib", "/lib64")


@dataclass(frozen=True)
class Bubblewrap(Sandbox):
    """A sandbox of Linux: no network, and of the files only the interpreter, read-only."""

    nests = True

    def enter(self, name: str) -> list[str]:
        """Return the command that starts Python in bubblewrap."""
        words = ["bwrap", "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534"]
        words += ["--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
        for variable, value in ENVIRONMENT.items():
            words += ["--setenv", variable, value]
        words += ["--proc", "/proc", "--dir", "/dev/shm", "--tmpfs", "/tmp"]
        for device in confinement.DEVICES:
            words += ["--dev-bind", device, device]
        words += [*_system_folders(), *_interpreter(), *self._masks()]
        words += ["--ro-bind", str(self.library), self.library_inside]
        if self.data:
            words += ["--ro-bind", str(self.data), "/data", "--setenv", "RESNET_COURSE_DATA"]
            words += ["/data"]
        words += ["--remount-ro", "/", "--chdir", "/tmp"]
        return [*words, sys.executable, "-I", "-B"]

    def _masks(self) -> Iterator[str]:
        """Hide the course where it is installed, and the modules of others that answer a lesson."""
        installed = [
            site / name for site in _site_packages() for name in ("resnet_course", "checks")
        ]
        visible = visible_folders()
        for secret in dict.fromkeys([*installed, COURSE, CHECKS, *self.secrets]):
            if secret.is_dir() and any(secret.is_relative_to(path) for path in visible):
                yield from ("--tmpfs", str(secret), "--remount-ro", str(secret))
        for file, cover in self.covers():
            yield from ("--ro-bind", cover, str(file))


def works(kind: type[Bubblewrap] = Bubblewrap) -> str | None:
    """Return why bubblewrap does not work on this machine; None if it does."""
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed (the command bwrap)"
    words = ["bwrap", "--unshare-all", "--unshare-user", *_system_folders(), *_interpreter()]
    words += ["--proc", "/proc", sys.executable, "-I", "-S", "-c", "pass"]
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    reason = (done.stderr.strip().splitlines() or ["it gives no reason"])[-1]
    return f"bubblewrap does not work here ({reason})" if done.returncode else None


def visible_folders() -> list[Path]:
    """Return the folders of this machine that can be seen in bubblewrap, outermost ones only."""
    words = {Path(word) for word in (*_system_folders(), *_interpreter()) if word.startswith("/")}
    folders = [each for each in words if each.is_dir() and not each.is_symlink()]
    return sorted(each for each in folders if not any(other in each.parents for other in folders))


def _system_folders() -> Iterator[str]:
    for name in _SYSTEM:
        path = Path(name)
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), name)
        elif path.is_dir():
            yield from ("--ro-bind", name, name)
    yield from ("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache")


def _interpreter() -> Iterator[str]:
    """Bind the interpreter and the installed packages, and nothing else of their folders."""
    executable = Path(sys.executable)
    links = [executable]
    while links[-1].is_symlink():
        links.append(links[-1].parent / links[-1].readlink())
    folders = [Path(sysconfig.get_path("stdlib")), *_site_packages()]
    folders += [Path(sys.base_prefix, "lib")]
    files = [*dict.fromkeys(each.absolute() for each in links)]
    files += [Path(sys.prefix, "pyvenv.cfg")]
    bound: list[str] = list(_SYSTEM)
    for path in [*folders, *files]:
        if path.exists() and not any(path.is_relative_to(each) for each in bound):
            yield from ("--ro-bind", str(path), str(path))
            bound.append(str(path))


def _site_packages() -> list[Path]:
    return [Path(each) for each in dict.fromkeys(map(sysconfig.get_path, ("purelib", "platlib")))]
