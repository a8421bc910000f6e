"""Data sets by name: where each comes from, checked before anything is done with it."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from resnet_course.choices import choose
from resnet_course.data.archives import ARRAYS, check, keras_cache, read_idx, read_npz
from resnet_course.data.dataset import Dataset, every_fifth
from resnet_course.data.image_folder import load_folder
from resnet_course.errors import CourseError, reason
from resnet_course.files import make_folder

#: The environment variable that names the folder with data sets.
FOLDER_VARIABLE = "RESNET_COURSE_DATA"

DIGIT_NAMES = tuple("0123456789")
FASHION_NAMES = (
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
CIFAR10_NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)


@dataclass(frozen=True)
class Source:
    """A data set that lives in files.

    Attributes:
        file: Its file in the data folder, an `.npz` of x_train, y_train, x_test and y_test.
        image_shape: Shape of one image in the file.
        class_names: What each label stands for.
        labels: Number of classes in the file. Images of later classes are left out.
        cached: Its files in Keras's cache, for those that Keras can download.
    """

    file: str
    image_shape: tuple[int, ...]
    class_names: tuple[str, ...]
    labels: int = 10
    cached: tuple[str, ...] = ()


SOURCES = {
    "mnist": Source("mnist.npz", (28, 28), DIGIT_NAMES, cached=("mnist.npz",)),
    "fashion_mnist": Source(
        "fashion_mnist.npz",
        (28, 28),
        FASHION_NAMES,
        cached=(
            "fashion-mnist/train-images-idx3-ubyte.gz",
            "fashion-mnist/train-labels-idx1-ubyte.gz",
            "fashion-mnist/t10k-images-idx3-ubyte.gz",
            "fashion-mnist/t10k-labels-idx1-ubyte.gz",
        ),
    ),
    "signs": Source("signs.npz", (64, 64, 3), DIGIT_NAMES[:6]),
    "signs10": Source("signs.npz", (64, 64, 3), DIGIT_NAMES),
    "cifar10": Source("cifar10.npz", (32, 32, 3), CIFAR10_NAMES),
}

#: Every name that `load` knows.
NAMES = ("digits", *SOURCES)

ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
SHA256 = {"mnist.npz": "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"}


def load(name: str, folder: Path | str | None = None) -> Dataset:
    """Load a data set.

    `digits` is always there. The others come from the data folder, else from Keras's cache, else,
    for `mnist` and `fashion_mnist`, from Keras's download, which fills that cache.

    Args:
        name: One of `NAMES`, or a folder of your own images, see `image_folder.load_folder`.
            `signs` has the classes 0 to 5, `signs10` has all ten.
        folder: The data folder. If not given, the one that RESNET_COURSE_DATA names.

    Returns:
        The data set.

    Raises:
        CourseError: If there is no such data set, or its file is missing, cut short or wrong.
    """
    check_name(name, folder)
    if name not in NAMES:
        return load_folder(Path(name))
    if name == "digits":
        return digits()
    source = SOURCES[name]
    folder = data_folder(folder)
    if folder is not None and (folder / source.file).exists():
        path = folder / source.file
        return _dataset(name, read_npz(path), path)
    cached = [keras_cache() / file for file in source.cached]
    if not cached:
        looked = f"is not in {folder}" if folder else "was not found"
        raise CourseError(
            f"{source.file} {looked}: set {FOLDER_VARIABLE} to the folder that holds it."
        )
    if not all(path.exists() for path in cached):
        _download_into_cache(name)
    return _dataset(name, _read_cached(cached), cached[0])


def check_name(name: str, folder: Path | str | None = None) -> None:
    """Refuse what `load` would refuse at once, without reading any data.

    Args:
        name: See `load`.
        folder: See `load`.

    Raises:
        CourseError: If there is no such data set, or no such data folder.
    """
    if name in NAMES or not Path(name).is_dir():
        choose(name, NAMES, "data set")
    if name in SOURCES:
        data_folder(folder)


def digits() -> Dataset:
    """Load scikit-learn's digits: 1,797 real handwritten digits of 8x8 pixels.

    Every fifth image of a class is a test image. The grey levels 0 to 16 become 0 to 255.

    Returns:
        The data set, with 1,442 images to train on and 355 to test on.

    Source: Alpaydin and Kaynak 1998, Optical Recognition of Handwritten Digits, UCI.
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    x = np.rint(bunch.images * (255 / 16)).astype(np.uint8)[..., np.newaxis]
    y = bunch.target.astype(np.int64)
    test = every_fifth(y)
    return Dataset("digits", x[~test], y[~test], x[test], y[test], DIGIT_NAMES)


def data_folder(folder: Path | str | None = None) -> Path | None:
    """Return the folder with data sets, or None if none is named.

    Args:
        folder: The folder. If not given, the one that RESNET_COURSE_DATA names.

    Raises:
        CourseError: If it does not exist.
    """
    named = folder or os.environ.get(FOLDER_VARIABLE)
    if not named:
        return None
    if not Path(named).is_dir():
        raise CourseError(
            f"the data folder {named} does not exist: name one that does, or unset "
            f"{FOLDER_VARIABLE}."
        )
    return Path(named)


def download(files: Sequence[str], folder: Path) -> None:
    """Download files of Keras's data sets.

    Args:
        files: Their names in Keras's cache.
        folder: Folder to put them in, under the same names.

    Raises:
        Exception: If Keras could not download one, or its hash is wrong.
    """
    import keras

    for file in files:
        path = Path(file)
        keras.utils.get_file(
            path.name,
            origin=ORIGIN + path.name,
            file_hash=SHA256.get(file),
            cache_dir=str(folder),
            cache_subdir=str(path.parent),
        )


def _download_into_cache(name: str) -> None:
    """Download a data set, check it, and only then move its files to Keras's cache."""
    source, cache = SOURCES[name], keras_cache()
    make_folder(cache)
    with tempfile.TemporaryDirectory(dir=cache, prefix=f".{name}-") as aside:
        files = [Path(aside) / file for file in source.cached]
        try:
            with contextlib.redirect_stdout(sys.stderr):
                download(source.cached, Path(aside))
            _dataset(name, _read_cached(files), files[0])
        except Exception as error:
            raise CourseError(
                f"{name} is neither in {FOLDER_VARIABLE} nor in {cache}, and could not be "
                f"downloaded ({reason(error)}): go online, or put {source.file} into a folder and "
                f"set {FOLDER_VARIABLE} to it."
            ) from error
        for aside_file, file in zip(files, source.cached, strict=True):
            make_folder((cache / file).parent)
            aside_file.replace(cache / file)


def _read_cached(paths: Sequence[Path]) -> dict[str, np.ndarray]:
    if len(paths) == 1:
        return read_npz(paths[0])
    return {name: read_idx(path) for name, path in zip(ARRAYS, paths, strict=True)}


def _dataset(name: str, arrays: Mapping[str, np.ndarray], path: Path) -> Dataset:
    source = SOURCES[name]
    check(arrays, source.image_shape, source.labels, str(path))
    parts: dict[str, Any] = {}
    for part in ("train", "test"):
        x, y = arrays[f"x_{part}"], arrays[f"y_{part}"].astype(np.int64)
        kept = y < len(source.class_names)
        if not kept.all():
            x, y = x[kept], y[kept]
        parts[f"x_{part}"] = x if x.ndim == 4 else x[..., np.newaxis]
        parts[f"y_{part}"] = y
    return Dataset(name, **parts, class_names=source.class_names)
