"""A data set from a folder of your own images, with a sub-folder for each class."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from resnet_course.data.dataset import Dataset, every_fifth
from resnet_course.data.folder_layout import Layout, read_layout
from resnet_course.errors import CourseError
from resnet_course.pictures.framing import Framing, frame, read_picture
from resnet_course.pictures.photographs import is_grey
from resnet_course.quiet import silent_stderr

#: Height and width that images are brought to, in pixels: drawings as in MNIST, and photographs.
DRAWING_PIXELS, PHOTOGRAPH_PIXELS = 28, 64

#: Images, uint8 of shape `(images, height, width, channels)`, and labels, int64.
Arrays = tuple[np.ndarray, np.ndarray]


class LeftOutWarning(UserWarning):
    """Says what is in a folder of images and is not used."""


def load_folder(folder: Path, pixels: int | None = None) -> Dataset:
    """Load images from a folder with one sub-folder a class.

    The classes are named after the sub-folders, in the order of their names. The folder may have
    one folder for each part instead, `train`, `valid` and `test` or the like, each with a
    sub-folder a class. Where there is no `test`, `valid` is for testing; where there is neither,
    every fifth image of a class is, in the order of their names.

    If all images are grey, they are taken for drawings, of any size and polarity: each is brought
    to the form of MNIST's digits, light on dark, the figure centred. Otherwise they are taken for
    photographs: the middle square of each, resized.

    What is no image, lies deeper, is damaged or blank is left out, with one `LeftOutWarning`.

    Args:
        folder: The folder.
        pixels: Height and width to bring the images to. 28 for drawings and 64 for photographs,
            if not given.

    Returns:
        The data set.

    Raises:
        CourseError: If the folder is not laid out like this, or too few images can be used.
    """
    layout = read_layout(folder)
    with silent_stderr():  # to which libraries write about damaged files
        # Pictures are read again later: all of them at once could be larger than memory.
        greys = [_is_grey(layout, part) for part in layout.parts]
        side = pixels or (DRAWING_PIXELS if all(greys) else PHOTOGRAPH_PIXELS)
        shape, framing = ((side, side, 1), Framing()) if all(greys) else ((side, side, 3), None)
        framed = {part: _framed(layout, part, shape, framing) for part in layout.parts}
    if said := str(layout.left_out):
        warnings.warn(said, LeftOutWarning, stacklevel=2)
    train, validation, test = framed["train"], framed.get("validation"), framed.get("test")
    if test is None:
        train, test = (train, validation) if validation else _split(train)
        validation = None
    return Dataset(
        name=str(folder.resolve()),
        x_train=train[0],
        y_train=train[1],
        x_test=test[0],
        y_test=test[1],
        class_names=layout.names,
        validation=validation,
    )


def _is_grey(layout: Layout, part: str) -> bool:
    """Return whether all pictures of a part are grey; take those out that cannot be read."""
    grey, readable = True, []
    for path, label in layout.parts[part]:
        try:
            picture = read_picture(path)
            grey &= picture.mode == "L" or is_grey(np.asarray(picture))
            readable.append((path, label))
        except CourseError:
            layout.left_out.damaged.append(path)
    layout.parts[part] = readable
    _check_counts(layout, part, [label for _, label in readable])
    return grey


def _framed(
    layout: Layout, part: str, shape: tuple[int, int, int], framing: Framing | None
) -> Arrays:
    """Return the images of a part, all but blank ones, and their labels."""
    images, labels = [], []
    for path, label in layout.parts[part]:
        try:
            images.append(frame(read_picture(path), shape, framing))
            labels.append(label)
        except CourseError:
            layout.left_out.blank.append(path)
    _check_counts(layout, part, labels)
    return np.stack(images), np.array(labels, dtype=np.int64)


def _check_counts(layout: Layout, part: str, labels: Sequence[int]) -> None:
    """Refuse a folder in which a class has too few images that can be used."""
    least = 2 if len(layout.parts) == 1 else 1
    counts = [labels.count(label) for label in range(len(layout.names))]
    few = [label for label, count in enumerate(counts) if count < least]
    if not few:
        return
    where = layout.folders[part]
    also = ", ".join(layout.names[label] for label in few[1:])
    raise CourseError(
        f"{where / layout.names[few[0]]} must hold {least} images or more, such as .png or .jpg "
        f"files: it has {counts[few[0]] or 'none'} that can be used"
        f"{f', and so must {also}' if also else ''}. {layout.left_out}".strip()
    )


def _split(images: Arrays) -> tuple[Arrays, Arrays]:
    x, y = images
    test = every_fifth(y)
    return (x[~test], y[~test]), (x[test], y[test])
