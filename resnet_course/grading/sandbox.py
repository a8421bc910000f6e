"""Where submissions run: in bubblewrap, in a container, or, for those who trust them, just so."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from resnet_course.errors import CourseError
from resnet_course.grading.library import CHECKS, COURSE
from resnet_course.grading.sandboxed import answers, confinement

#: One thread each: a submission's networks are small, and threads cost time to start.
ENVIRONMENT = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "KERAS_BACKEND": "tensorflow",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "",
}

_SYSTEM = ("/usr/lib", "/usr/lib64", "/lib", "/lib64")
_SERVER = Path("resnet_course", "grading", "sandboxed", "zygote.py")
_STAND_IN = _SERVER.with_name("hidden_module.py")
_ANSWERS = _SERVER.with_name("answers.py")

_ULIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=512:512")

#: Where no answers can lie, but what looks like files without end.
_PASSED_OVER = ("/proc", "/sys", "/dev")


@dataclass(frozen=True)
class Sandbox(ABC):
    """A way to start the server that runs submissions.

    Attributes:
        library: Folder of the modules that submissions may import.
        hidden: Files to hide behind `stand_in`, such as modules that answer the lesson.
        data: A folder with data sets that experiments may read.
        secrets: Folders that must not be seen, wherever they lie.
    """

    library: Path
    hidden: Sequence[Path] = ()
    data: Path | None = None
    secrets: Sequence[Path] = field(default=(), kw_only=True)

    #: Whether submissions are kept from this machine.
    isolates = True
    #: Whether the server can give each submission namespaces of its own.
    nests = False

    @abstractmethod
    def enter(self, name: str) -> list[str]:
        """Return the command that starts Python in the sandbox, without what Python is to run.

        Args:
            name: A name that no other sandbox has.
        """

    def command(self, settings: str, name: str) -> list[str]:
        """Return the command that starts the server.

        Args:
            settings: What to tell the server: the last word of the command.
            name: A name that no other server has.
        """
        return [*self.enter(name), f"{self.library_inside}/{_SERVER}", settings]

    def readable_answers(self, elsewhere: bool) -> list[str]:
        """Return the files and folders that answer a lesson and can be read in the sandbox.

        Args:
            elsewhere: Whether Keras answers the lesson, too, and not only this course.

        Raises:
            CourseError: If the sandbox does not work.
        """
        passed_over = [*_PASSED_OVER, self.library_inside, "/data"]
        settings = _search(["/"], elsewhere, passed_over, (self.library / _STAND_IN).read_text())
        name = f"resnet-course-{uuid.uuid4().hex}"
        words = [*self.enter(name), f"{self.library_inside}/{_ANSWERS}", settings]
        return _found(words, "the sandbox does not start")

    def covers(self) -> Iterator[tuple[Path, str]]:
        """Yield the files to hide, each with what to put in its place."""
        stand_in = str(self.library / _STAND_IN)
        for file in self.hidden:
            yield file, stand_in if file.suffix == ".py" else os.devnull

    def stop_command(self, name: str) -> list[str]:
        """Return the command that ends what outlives the server's process; none by default."""
        return []

    @property
    def library_inside(self) -> str:
        """Path of the library as the server sees it."""
        return "/library"


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


@dataclass(frozen=True)
class Container(Sandbox):
    """A container of podman or docker, a new one for every submission.

    The image holds the course's dependencies and not the course. See docs/grading.md.

    Attributes:
        runtime: "podman" or "docker".
        image: Name of the image.
        memory: Limit in bytes.
        lifetime: Seconds after which a container ends, should nobody be left to end it.
    """

    runtime: str = "podman"
    image: str = "resnet-course"
    memory: int = 6 * 2**30
    lifetime: int = 3600

    def enter(self, name: str) -> list[str]:
        """Return the command that starts Python in a container."""
        words = [self.runtime, "run", "--rm", "--interactive", "--name", name, "--network", "none"]
        words += ["--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges"]
        words += ["--ipc", "private", "--user", "65534:65534", "--workdir", "/tmp"]
        words += ["--pids-limit", "512", "--memory", str(self.memory)]
        words += _ULIMITS
        words += ["--tmpfs", "/tmp:rw,nosuid,nodev,size=64m,mode=1777"]
        words += ["--volume", f"{self.library}:{self.library_inside}:ro"]
        for file, cover in self.covers():
            words += ["--volume", f"{cover}:{file}:ro"]
        for secret in self.secrets:
            words += ["--tmpfs", f"{secret}:ro,size=4k"]
        if self.data:
            words += ["--volume", f"{self.data}:/data:ro", "--env", "RESNET_COURSE_DATA=/data"]
        for variable, value in ENVIRONMENT.items():
            words += ["--env", f"{variable}={value}"]
        # The first process of a container cannot be killed from within it.
        words += [self.image, "timeout", "--signal=KILL", str(self.lifetime)]
        return [*words, "python", "-I", "-B"]

    def stop_command(self, name: str) -> list[str]:
        """Return the command that ends the container, which then is removed."""
        return [self.runtime, "kill", "--signal", "KILL", name]


@dataclass(frozen=True)
class Unconfined(Sandbox):
    """No sandbox at all: for submissions that are trusted."""

    isolates = False

    def enter(self, name: str) -> list[str]:
        """Return the command that starts Python as an ordinary process."""
        return [sys.executable, "-I", "-B"]

    @property
    def library_inside(self) -> str:
        """Path of the library, which is the same for the server."""
        return str(self.library)


def works(kind: type[Bubblewrap] = Bubblewrap) -> str | None:
    """Return why bubblewrap does not work on this machine; None if it does."""
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed (the command bwrap)"
    words = ["bwrap", "--unshare-all", "--unshare-user", *_system_folders(), *_interpreter()]
    words += ["--proc", "/proc", sys.executable, "-I", "-S", "-c", "pass"]
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    reason = (done.stderr.strip().splitlines() or ["it gives no reason"])[-1]
    return f"bubblewrap does not work here ({reason})" if done.returncode else None


def choose(
    name: str,
    trust: bool,
    image: str,
    library: Path,
    hidden: bool,
    data: Path | None,
    secrets: Sequence[Path] = (),
) -> Sandbox:
    """Return the sandbox to run submissions in.

    Args:
        name: "bubblewrap", "podman" or "docker".
        trust: Whether to do without any.
        image: The container's image.
        library: Folder of the modules that submissions may import.
        hidden: Whether to hide the modules of other libraries that answer the lesson.
        data: A folder with data sets, or None.
        secrets: Folders that must not be seen, such as the course's.

    Raises:
        CourseError: If this sandbox is not to be had here and submissions are not trusted, or if
            answers can be read in it.
    """
    if trust:
        return Unconfined(library, (), data)
    if name == "bubblewrap" and (reason := works()) is not None:
        raise CourseError(
            f"submissions cannot be run apart from this machine: {reason}. Grade on Linux with "
            "bubblewrap, name a container runtime (--sandbox podman), or add --trust to run them "
            "with all that you may do yourself."
        )
    where: Sandbox
    if name == "bubblewrap":
        files, folders = _parted(answers.find([*map(str, visible_folders())], hidden, ()))
        where = Bubblewrap(library, files, data, secrets=[*secrets, *folders])
    else:
        files, folders = _parted(answers_in_image(name, image, hidden))
        where = Container(library, files, data, name, image, secrets=folders)
    left = where.readable_answers(hidden)
    if left:
        more = f", and so can {len(left) - 1} more" if len(left) > 1 else ""
        raise CourseError(
            f"{left[0]} answers a lesson and can be read in the sandbox{more}: remove it, or grade "
            "with a Python environment that holds nothing but the course's dependencies."
        )
    return where


def answers_in_image(runtime: str, image: str, elsewhere: bool) -> list[str]:
    """Return the files and folders in an image that answer a lesson.

    Args:
        runtime: "podman" or "docker".
        image: Name of the image.
        elsewhere: Whether Keras answers the lesson, too, and not only this course.

    Raises:
        CourseError: If there is no such runtime or image here, or no Keras in the image.
    """
    if shutil.which(runtime) is None:
        raise CourseError(f"the command {runtime} is not on the path: install {runtime}.")
    words = [runtime, "run", "--rm", "--network", "none", "--read-only", "--pull", "never"]
    words += [*_ULIMITS, image, "timeout", "300", "python", "-I", "-c"]
    words += [Path(answers.__file__).read_text(), _search(["/"], elsewhere, _PASSED_OVER, "")]
    refused = f"{runtime} cannot run submissions in the image {image}"
    found = _found(words, refused)
    if elsewhere and not any("keras" in each for each in found):
        raise CourseError(
            f"{refused} (it holds no Keras): build the image as docs/grading.md says, or name "
            "another one with --image."
        )
    return found


def _search(
    folders: Sequence[str], elsewhere: bool, passed_over: Sequence[str], stand_in: str
) -> str:
    """Return what to tell `sandboxed/answers.py`."""
    settings = {"folders": folders, "elsewhere": elsewhere, "passed_over": passed_over}
    return json.dumps({**settings, "stand_in": stand_in})


def _found(words: Sequence[str], refused: str) -> list[str]:
    """Return the paths that a command prints in JSON.

    Raises:
        CourseError: If it prints none. It begins as `refused` says, and ends with the reason.
    """
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode == 0:
        return list(json.loads(done.stdout))
    reason = (done.stderr.strip().splitlines() or [f"code {done.returncode}"])[-1][:300]
    raise CourseError(
        f"{refused} ({reason}): see what `resnet-course grade --check-host` says, or, for a "
        "container, build the image as docs/grading.md says, or name another one with --image."
    )


def _parted(paths: Iterable[str]) -> tuple[list[Path], list[Path]]:
    """Return which of some paths are files by their names, and which are folders."""
    every = [Path(each) for each in paths]
    folders = [each for each in every if each.name in ("resnet_course", "checks")]
    return [each for each in every if each not in folders], folders


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
