"""Runs submissions in containers of podman or docker."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from resnet_course.errors import CourseError
from resnet_course.grading.isolation.sandbox import ENVIRONMENT, PASSED_OVER, Sandbox, found, search
from resnet_course.grading.isolation.sandboxed import answers

_ULIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=512:512")


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
    words += [Path(answers.__file__).read_text(), search(["/"], elsewhere, PASSED_OVER, "")]
    refused = f"{runtime} cannot run submissions in the image {image}"
    mend = "build the image as docs/grading.md says, or name another one with --image"
    shown = found(words, refused, mend)
    if elsewhere and not any("keras" in each for each in shown):
        raise CourseError(f"{refused} (it holds no Keras): {mend}.")
    return shown
