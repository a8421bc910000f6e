"""Data sets: images as uint8, labels as integers, checked before anything is done with them."""

import contextlib
import gzip
import math
import os
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from resnet_course.choices import choose
from resnet_course.errors import CourseError
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


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and labels to train on and to test on.

    Attributes:
        name: Name that `load` knows it by.
        x_train: Images, uint8 of shape `(images, height, width, channels)`.
        y_train: Labels, int64 of shape `(images,)`, from 0 up.
        x_test: Images to test on, likewise.
        y_test: Their labels, likewise.
        class_names: What each label stands for.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of the images."""
        height, width, channels = self.x_train.shape[1:]
        return height, width, channels

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.class_names)

    def hold_out(self, fraction: float = 0.1, seed: int = 0) -> "Dataset":
        """Split the training images into a part to train on and a part to validate on.

        Choose settings on such a split, so that the test set stays unseen until the end.

        Args:
            fraction: Share of every class that is held out, between 0 and 1.
            seed: Seed of the draw.

        Returns:
            A data set whose test images are the held-out ones; the real test set is left out.
        """
        rng = np.random.default_rng(seed)
        held_out = np.zeros(len(self.y_train), dtype=bool)
        for label in np.unique(self.y_train):
            members = rng.permutation(np.flatnonzero(self.y_train == label))
            held_out[members[: round(fraction * len(members))]] = True
        return replace(
            self,
            x_train=self.x_train[~held_out],
            y_train=self.y_train[~held_out],
            x_test=self.x_train[held_out],
            y_test=self.y_train[held_out],
        )

    def take(self, images: int, seed: int = 0) -> "Dataset":
        """Keep some of the training images, the same number of every class or nearly so.

        Args:
            images: Number of training images to keep.
            seed: Seed of the draw.

        Returns:
            A data set with fewer training images, in random order, and the same test images.

        Raises:
            CourseError: If there are not that many.
        """
        if not 0 < images <= len(self.y_train):
            raise CourseError(
                f"{self.name} has {len(self.y_train)} training images: {images} cannot be taken."
            )
        order = np.random.default_rng(seed).permutation(len(self.y_train))
        labels = self.y_train[order]
        rank = np.empty(len(labels), dtype=int)
        for label in np.unique(labels):
            rank[labels == label] = np.arange(np.count_nonzero(labels == label))
        kept = order[np.sort(np.argsort(rank, kind="stable")[:images])]
        return replace(self, x_train=self.x_train[kept], y_train=self.y_train[kept])


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

ARRAYS = ("x_train", "y_train", "x_test", "y_test")
ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
SHA256 = {"mnist.npz": "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"}


def load(name: str, folder: Path | str | None = None) -> Dataset:
    """Load a data set.

    `digits` is always there. The others come from the data folder, else from Keras's cache, else,
    for `mnist` and `fashion_mnist`, from Keras's download, which fills that cache.

    Args:
        name: One of `NAMES`, or a folder of one's own images, see `image_folder.load_folder`.
            `signs` has the classes 0 to 5, `signs10` has all ten.
        folder: The data folder. If not given, the one that RESNET_COURSE_DATA names.

    Returns:
        The data set.

    Raises:
        CourseError: If there is no such data set, or its file is missing, cut short or wrong.
    """
    if name not in NAMES and Path(name).is_dir():
        from resnet_course.image_folder import load_folder

        return load_folder(Path(name))
    choose(name, NAMES, "data set")
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
    test = np.zeros(len(y), dtype=bool)
    for label in range(10):
        test[np.flatnonzero(y == label)[4::5]] = True
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
    except (OSError, ValueError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        raise CourseError(f"{path} cannot be read ({_reason(error)}): {_again(path)}") from error
    if not all(isinstance(array, np.ndarray) for array in arrays.values()):
        raise CourseError(f"{path} holds something else than arrays: {_again(path)}")
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
        raise CourseError(f"{path} cannot be read ({_reason(error)}): {_again(path)}") from error
    start = 4 + 4 * dimensions
    if zeros != 0 or code != 0x08 or len(content) != start + math.prod(shape):
        raise CourseError(f"{path} is not a whole IDX file of bytes: {_again(path)}")
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
                f"y_{part} in {where} must be {len(x)} integers, one an image: "
                f"received {y.dtype} of shape {y.shape}."
            )
        if y.min() < 0 or y.max() >= labels:
            raise CourseError(
                f"the labels y_{part} in {where} must lie from 0 to {labels - 1}: "
                f"received {y.min()} to {y.max()}."
            )


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
                f"downloaded ({_reason(error)}): go online, or put {source.file} into a folder and "
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
    parts = {}
    for part in ("train", "test"):
        x, y = arrays[f"x_{part}"], arrays[f"y_{part}"].astype(np.int64)
        kept = y < len(source.class_names)
        if not kept.all():
            x, y = x[kept], y[kept]
        parts[f"x_{part}"] = x if x.ndim == 4 else x[..., np.newaxis]
        parts[f"y_{part}"] = y
    return Dataset(name, **parts, class_names=source.class_names)


def _again(path: Path) -> str:
    if keras_cache() in path.parents:
        return "delete it, and it is downloaded again."
    return "put a whole copy in its place."


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
