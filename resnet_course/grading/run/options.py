"""What a person may choose about grading a class."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from resnet_course.grading.isolation.jobs import Limits


@dataclass(frozen=True)
class Options:
    """How to grade.

    Attributes:
        students: Names of those whose submissions to grade; all if there are none.
        workers: How many submissions to run at once.
        force: Whether to grade what has not changed, too.
        trust: Whether to run submissions without a sandbox.
        sandbox: "bubblewrap", "podman" or "docker".
        image: The container's image.
        experiments: Whether to run experiments, too.
        limits: What a submission may use.
        data: A folder with data sets for experiments.
    """

    students: Sequence[str] = ()
    workers: int = 1
    force: bool = False
    trust: bool = False
    sandbox: str = "bubblewrap"
    image: str = "resnet-course"
    experiments: bool = False
    limits: Limits = field(default_factory=Limits)
    data: Path | None = None
