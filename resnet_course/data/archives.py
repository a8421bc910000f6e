"""The files that data sets come in: read whole or not at all, and checked."""

import gzip
import math
import os
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from resnet_course.errors import CourseError, reason
from resnet_course.files import DAMAGED

#: Names of the arrays of a data set.
ARRAYS = ("x_train", "y_train", "x_test", "y_test")


def keras_cache() -> Path:
    """Return the folder in which Keras keeps the data sets that it downloads."""
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "datasets"


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """Read the four arrays of a data set from an `.npz` file. Pickled objects are refused.

    Args:
        path: The file.

    Returns:
        The arrays by name: x_train, y_train, x_test, y_test.

    Raises:
        CourseError: If the file is not a whole `.npz`, or lacks an array.
    """
    try:
        if not zipfile.is_zipfile(path):
            raise CourseError(f"{path} is not an .npz file, or is cut short: {_again(path)}")
        with np.load(path, allow_pickle=False) as archive:
            missing = [name for name in ARRAYS if name not in archive.files]
            if missing:
                raise CourseError(
                    f"{path} has no array {missing[0]!r} (it holds "
                    f"{', '.join(archive.files) or 'none'}): expected {', '.join(ARRAYS)}."
                )
            arrays = {name: archive[name] for name in ARRAYS}
    except DAMAGED as error:
        raise CourseError(f"{path} cannot be read ({reason(error)}): {_again(path)}") from error
    if not all(isinstance(array, np.ndarray) for array in arrays.values()):
        raise CourseError(f"{path} holds something other than arrays: {_again(path)}")
    return arrays


def read_idx(path: Path) -> np.ndarray:
    """Read a gzipped IDX file of unsigned bytes, the format that MNIST was published in.

    Args:
        path: The file.

    Returns:
        The array, uint8.

    Raises:
        CourseError: If the file is not a whole IDX file.

    Source: LeCun, Cortes and Burges, The MNIST database, "file formats".
    """
    try:
        content = gzip.decompress(path.read_bytes())
        zeros, code, dimensions = struct.unpack_from(">HBB", content)
        shape = struct.unpack_from(f">{dimensions}I", content, offset=4)
    except (OSError, EOFError, zlib.error, struct.error) as error:
        raise CourseError(f"{path} cannot be read ({reason(error)}): {_again(path)}") from error
    start = 4 + 4 * dimensions
    if zeros != 0 or code != 0x08 or len(content) != start + math.prod(shape):
        raise CourseError(f"{path} is not a complete IDX file of bytes: {_again(path)}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def check(
    arrays: Mapping[str, np.ndarray], image_shape: tuple[int, ...], labels: int, where: str
) -> None:
    """Check the arrays of a data set.

    Args:
        arrays: The arrays by name: x_train, y_train, x_test, y_test.
        image_shape: Shape that one image must have.
        labels: Number of classes. Labels must lie from 0 up to this, exclusive.
        where: Where the arrays are from, for the message.

    Raises:
        CourseError: If a dtype, a shape, a number of labels or a label is not as expected.
    """
    for part in ("train", "test"):
        x, y = arrays[f"x_{part}"], arrays[f"y_{part}"]
        if x.dtype != np.uint8 or x.shape[1:] != image_shape or len(x) == 0:
            raise CourseError(
                f"x_{part} in {where} must be uint8 images of shape (n, "
                f"{', '.join(map(str, image_shape))}): received {x.dtype} of shape {x.shape}."
            )
        if y.dtype.kind not in "iu" or y.shape != x.shape[:1]:
            raise CourseError(
                f"y_{part} in {where} must be {len(x)} integers, one per image: "
                f"received {y.dtype} of shape {y.shape}."
            )
        if y.min() < 0 or y.max() >= labels:
            raise CourseError(
                f"the labels y_{part} in {where} must be from 0 to {labels - 1}: "
                f"received {y.min()} to {y.max()}."
            )


def _again(path: Path) -> str:
    if keras_cache() in path.parents:
        return "delete it, and it is downloaded again."
    return "replace it with an intact copy."
