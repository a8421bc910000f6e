"""A data set from a folder of one's own images, one sub-folder a class."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from resnet_course.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.framing import Framing, frame, read_picture

#: Height and width that images are brought to, in pixels: drawings as in MNIST, and photographs.
DRAWING_PIXELS, PHOTOGRAPH_PIXELS = 28, 64

#: Endings of the names of image files. Other files are left out.
ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp")

#: One image in so many is a test image, where there are no folders `train` and `test`.
TEST_EVERY = 5


def load_folder(folder: Path, pixels: int | None = None) -> Dataset:
    """Load images from a folder with one sub-folder a class.

    The classes are named after the sub-folders, in the order of their names. If the folder holds
    nothing but the folders `train` and `test`, each has a sub-folder a class; otherwise every fifth
    image of a class, in the order of their names, is a test image.

    If all images are grey, they are taken for drawings, of any size and polarity: each is brought
    to the form of MNIST's digits, light on dark, the figure centred. Otherwise they are taken for
    photographs: the middle square of each, resized.

    Args:
        folder: The folder.
        pixels: Height and width to bring the images to. 28 for drawings and 64 for photographs,
            if not given.

    Returns:
        The data set.

    Raises:
        CourseError: If the folder is not made up like this, or an image is damaged or blank.
    """
    train, test, names = _files(folder)
    # Pictures are read again later: all of them at once could be larger than memory.
    grey = all(_is_grey(read_picture(path)) for path, _ in (*train, *test))
    side = pixels or (DRAWING_PIXELS if grey else PHOTOGRAPH_PIXELS)
    shape, framing = ((side, side, 1), Framing()) if grey else ((side, side, 3), None)

    def images(files: Sequence[tuple[Path, int]]) -> np.ndarray:
        return np.stack([_image(path, shape, framing) for path, _ in files])

    def labels(files: Sequence[tuple[Path, int]]) -> np.ndarray:
        return np.array([label for _, label in files], dtype=np.int64)

    return Dataset(
        str(folder.resolve()), images(train), labels(train), images(test), labels(test), names
    )


def _files(
    folder: Path,
) -> tuple[list[tuple[Path, int]], list[tuple[Path, int]], tuple[str, ...]]:
    """Return training files and test files with their labels, and the names of the classes."""
    parts = _sub_folders(folder)
    if [part.name for part in parts] == ["test", "train"]:
        names = _classes(parts[1])
        if _classes(parts[0]) != names:
            raise CourseError(
                f"{parts[0]} must have the same sub-folders as {parts[1]}, one a class: "
                f"{', '.join(names)}."
            )
        test, train = ([*_labelled(part, names, least=1)] for part in parts)
        return train, test, names
    names = _classes(folder)
    files = _labelled(folder, names, least=2)
    train, test = [], []
    for label in range(len(names)):
        members = [file for file in files if file[1] == label]
        chosen = members[TEST_EVERY - 1 :: TEST_EVERY] or members[-1:]
        test += chosen
        train += [file for file in members if file not in chosen]
    return train, test, names


def _classes(folder: Path) -> tuple[str, ...]:
    names = tuple(path.name for path in _sub_folders(folder))
    if len(names) < 2:
        raise CourseError(
            f"{folder} must hold a sub-folder of images for each class, two or more: it has "
            f"{len(names) or 'none'}."
        )
    return names


def _labelled(folder: Path, names: Sequence[str], least: int) -> list[tuple[Path, int]]:
    files = []
    for label, name in enumerate(names):
        members = sorted(
            path
            for path in (folder / name).iterdir()
            if path.suffix.lower() in ENDINGS and not path.name.startswith(".") and path.is_file()
        )
        if len(members) < least:
            raise CourseError(
                f"{folder / name} must hold {least} images or more, such as .png or .jpg files: "
                f"it has {len(members) or 'none'}."
            )
        files += [(path, label) for path in members]
    return files


def _sub_folders(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")
    )


def _is_grey(picture: Image.Image) -> bool:
    if picture.mode == "L":
        return True
    levels = np.asarray(picture).astype(np.int16)
    return bool(np.ptp(levels, axis=-1).max() <= 8)


def _image(path: Path, shape: tuple[int, int, int], framing: Framing | None) -> np.ndarray:
    picture = read_picture(path)
    try:
        return frame(picture, shape, framing)
    except CourseError as error:
        raise CourseError(f"{path} cannot be used: {error}") from error
