"""What can be transferred from, by name or by file, told before Keras is loaded."""

import io
import json
from pathlib import Path

import numpy as np

from resnet_course.choices import choose
from resnet_course.errors import CourseError
from resnet_course.results.model_files import find_model

#: Names of the networks that `pretrain` makes weights for.
EMBEDDED_NAMES = ("characters", "cifar10")

#: Every name of weights; a path is the other way to say what to transfer from.
NAMES = (*EMBEDDED_NAMES, "imagenet")

#: Name of the member of a weights file that says where the weights are from.
ABOUT = "about"


def check_weights(weights: str | Path, pixels: int = 224) -> None:
    """Refuse weights that cannot be transferred from, as far as their file tells.

    Args:
        weights: What to transfer from, see `backbones.backbone`.
        pixels: Height and width of the images that the ImageNet network sees.

    Raises:
        CourseError: If there are no such weights, their file holds none, or the images
            are too small or too large for the network.
    """
    path = Path(weights)
    if str(weights) == "imagenet":
        if not 32 <= pixels <= 4096:
            raise CourseError(
                f"the imagenet network takes images of 32 to 4096 pixels a side: received {pixels}."
            )
    elif str(weights) in NAMES:
        return
    elif not path.exists():
        raise CourseError(
            f"there are no weights {str(path)!r}: choose from {', '.join(NAMES)}, or name a .keras "
            "file or the folder of a run."
        )
    elif path.suffix == ".npz" and path.is_file():
        read_weights(path)
    else:
        find_model(path)


def read_weights(path: Path) -> tuple[str, bytes]:
    """Read a file that `pretrain` wrote.

    Args:
        path: The file, ending in `.npz`.

    Returns:
        The name of its network, one of `EMBEDDED_NAMES`, and the content of the file.

    Raises:
        CourseError: If it is damaged or of another kind.
    """
    content = path.read_bytes()
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            name = str(json.loads(str(archive[ABOUT]))["weights"])
    except Exception as error:
        raise CourseError(
            f"{path} is damaged, or was not written by `resnet-course pretrain`."
        ) from error
    return choose(name, EMBEDDED_NAMES, "embedded network"), content
