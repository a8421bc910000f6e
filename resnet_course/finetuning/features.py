"""Features of a frozen backbone, computed once and kept on disk."""

import contextlib
import hashlib
import os
from pathlib import Path

import keras
import numpy as np

from resnet_course.errors import CourseError
from resnet_course.files import DAMAGED, new_file

#: The environment variable that names the folder of kept features.
FOLDER_VARIABLE = "RESNET_COURSE_CACHE"

IMAGES_A_BATCH = 250


def features(
    backbone: keras.Model,
    images: np.ndarray,
    folder: Path | None = None,
    twin: keras.Model | None = None,
) -> np.ndarray:
    """Return what a backbone says about images, from disk if it was asked before.

    A file is named after a digest of the backbone's architecture and weights, its preprocessing
    included, and of the images; so a change to any of them leads to new features. A damaged file
    counts as none, and a disk that cannot be written to only costs the time.

    Args:
        backbone: From uint8 images to features.
        images: uint8 of shape `(images, height, width, channels)`.
        folder: Where features are kept. Nothing is kept if not given.
        twin: A model that says the same in less time, such as `folding.folded(backbone)`.

    Returns:
        Features, float16 of shape `(images, features)`.
    """
    path = folder / f"features-{digest(backbone, images)}.npz" if folder is not None else None
    expected = (len(images), *backbone.output_shape[1:])
    if path is not None:
        kept = _read(path)
        if kept is not None and kept.shape == expected:
            return kept
    computed = np.empty(expected, np.float16)
    for start in range(0, len(images), IMAGES_A_BATCH):
        part = slice(start, start + IMAGES_A_BATCH)
        computed[part] = (twin or backbone).predict_on_batch(images[part])
    if path is not None:
        with contextlib.suppress(OSError, CourseError), new_file(path) as aside:
            np.savez(aside, features=computed)
    return computed


def digest(backbone: keras.Model, images: np.ndarray) -> str:
    """Return a name for a backbone, its preprocessing and images: equal only if all are."""
    total = hashlib.sha256()
    total.update(f"{keras.__version__} {keras.config.backend()} {images.shape}".encode())
    total.update(backbone.to_json().encode())
    for weight in backbone.weights:
        total.update(keras.ops.convert_to_numpy(weight.value).tobytes())
    total.update(np.ascontiguousarray(images).data)
    return total.hexdigest()[:24]


def default_folder() -> Path:
    """Return the folder of kept features: the one that is named, or the user's own."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else Path("~/.cache/resnet-course").expanduser()


def _read(path: Path) -> np.ndarray | None:
    try:
        with np.load(path, allow_pickle=False) as archive:
            kept = archive["features"]
    except DAMAGED:
        return None
    return kept if kept.dtype == np.float16 else None
