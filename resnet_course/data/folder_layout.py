"""What is in a folder of images: its classes, their files, and what else lies there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from resnet_course.errors import CourseError
from resnet_course.files import one_form
from resnet_course.pictures.image_formats import PACKAGES, endings

#: What folders are called, in small letters, that hold one part of the images each.
PARTS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}

#: What operating systems and their archives leave behind, apart from names that begin with a dot.
LITTER = {"__macosx", "thumbs.db", "desktop.ini", "icon\r"}

#: Files that are named one by one, at most; more are counted by their endings.
FEW = 10


@dataclass
class LeftOut:
    """What is in a folder of images and not used.

    Attributes:
        folder: The folder.
        files: Files that are no images, or stand in no class.
        folders: Folders where images were expected.
        damaged: Images that cannot be read.
        blank: Drawings without ink.
    """

    folder: Path
    files: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    damaged: list[Path] = field(default_factory=list)
    blank: list[Path] = field(default_factory=list)

    def __str__(self) -> str:
        """Return counts and names on one line; an empty one if nothing was left out."""
        said = [
            self._counted(self.files, "file", "", by_ending=True),
            self._counted(self.folders, "folder"),
            self._counted(self.damaged, "image", " that cannot be read"),
            self._counted(self.blank, "blank image"),
        ]
        line = "; ".join(filter(None, said))
        found = sorted({path.suffix.lower() for path in self.files} & PACKAGES.keys())
        packages = " and ".join(sorted({PACKAGES[ending] for ending in found}))
        hint = f" Install {packages} to read {' and '.join(found)}." if found else ""
        return f"{self.folder}: left out {line}.{hint}" if line else ""

    def _counted(
        self, paths: Sequence[Path], kind: str, which: str = "", by_ending: bool = False
    ) -> str:
        if not paths:
            return ""
        names = sorted(path.relative_to(self.folder).as_posix() for path in paths)
        if by_ending and len(paths) > FEW:
            counts = Counter(path.suffix.lower() or "without an ending" for path in paths)
            names = [f"{count:,} {ending}" for ending, count in counts.most_common()]
        return f"{len(paths):,} {kind}{'s' * (len(paths) > 1)}{which} ({', '.join(names)})"


@dataclass
class Layout:
    """The image files of a folder.

    Attributes:
        names: The names of the classes, in their order.
        parts: For each part, `"train"`, `"validation"` or `"test"`, its files with their labels.
        folders: For each part, where it is.
        left_out: What is not used.
    """

    names: tuple[str, ...]
    parts: dict[str, list[tuple[Path, int]]]
    folders: dict[str, Path]
    left_out: LeftOut


def read_layout(folder: Path) -> Layout:
    """Find the images in a folder; none is opened.

    Args:
        folder: It has a sub-folder for each class, or folders such as `train`, `valid` and `test`,
            each with a sub-folder for each class.

    Returns:
        The files, in the order of their names.

    Raises:
        CourseError: If the folder is not laid out like this.
    """
    left_out = LeftOut(folder)
    folders = _parts(folder, left_out)
    names = tuple(_classes(folders["train"]))
    parts = {}
    for part, where in folders.items():
        classes = _classes(where)
        if tuple(classes) != names:
            raise CourseError(
                f"{where} must have the same sub-folders as {folders['train']}, one for each "
                f"class: {', '.join(names)}. It has {', '.join(classes)}."
            )
        left_out.files += [path for path in _visible(where) if not path.is_dir()]
        parts[part] = [
            (path, label)
            for label, name in enumerate(names)
            for path in _images(classes[name], left_out)
        ]
    return Layout(names, parts, folders, left_out)


def _parts(folder: Path, left_out: LeftOut) -> dict[str, Path]:
    """Return the folder of each part; where there are no parts, all of it is for training."""
    inside = [path for path in _visible(folder) if path.is_dir()]
    found: dict[str, Path] = {}
    for path in inside:
        part = PARTS.get(path.name.lower())
        if part in found:
            raise CourseError(
                f"{folder} has {found[part].name} and {path.name}, which mean the same: keep one."
            )
        if part:
            found[part] = path
    others = [path for path in inside if path not in found.values()]
    if "train" not in found or (others and not _is_a_part(found)):
        return {"train": folder}
    left_out.files += [path for path in _visible(folder) if not path.is_dir()]
    left_out.folders += others
    return {part: found[part] for part in ("train", "validation", "test") if part in found}


def _is_a_part(found: dict[str, Path]) -> bool:
    """Tell folders for training and testing from a class of trains."""
    inside = _visible(found["train"])
    return len(found) > 1 and bool(inside) and all(path.is_dir() for path in inside)


def _classes(folder: Path) -> dict[str, Path]:
    """Return the folder of each class, by name, in the order of the names."""
    inside = [path for path in _visible(folder) if path.is_dir()]
    classes = {one_form(path.name): path for path in inside}
    if len(classes) < len(inside):
        twice = [name for name, count in Counter(map(_name, inside)).items() if count > 1]
        raise CourseError(f"{folder} has two sub-folders that read {twice[0]}: rename one.")
    if len(classes) < 2:
        only = inside[0] if inside else None
        deeper = only and sum(path.is_dir() for path in _visible(only)) > 1
        raise CourseError(
            f"{folder} must hold a sub-folder of images for each class, two or more: it has "
            f"{len(classes) or 'none'}.{f' Did you mean {only}?' if deeper else ''}"
        )
    return classes


def _images(folder: Path, left_out: LeftOut) -> list[Path]:
    images, known = [], endings()
    for path in _visible(folder):
        if path.is_dir():
            left_out.folders.append(path)
        elif path.suffix.lower() in known:
            images.append(path)
        else:
            left_out.files.append(path)
    return images


def _visible(folder: Path) -> list[Path]:
    """Return what people put into a folder, in the order of the names."""
    inside = [
        path
        for path in folder.iterdir()
        if not path.name.startswith(".") and path.name.lower() not in LITTER
    ]
    return sorted(inside, key=_name)


def _name(path: Path) -> str:
    return one_form(path.name)
