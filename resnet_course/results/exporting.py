"""Trained models as files for other programs: raw pixels in, probabilities out, nothing of ours."""

import contextlib
import importlib.util
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from resnet_course.errors import CourseError, reason
from resnet_course.files import new_file, new_folder, refuse_to_overwrite
from resnet_course.quiet import silent_stderr
from resnet_course.training.networks import one_to_one

#: A file that every TensorFlow SavedModel holds.
SAVED_MODEL = "saved_model.pb"


@dataclass(frozen=True)
class Format:
    """A format to write models in.

    Attributes:
        write: Writes a model to a path.
        suffix: How the path must end; empty for a folder.
        needs: Packages that must be installed to write it.
        backends: Backends of Keras that can write it; empty for any.
    """

    write: Callable[[keras.Model, Path], None]
    suffix: str = ""
    needs: tuple[str, ...] = ()
    backends: tuple[str, ...] = ("tensorflow",)

    @property
    def is_folder(self) -> bool:
        """Whether it is written as a folder."""
        return not self.suffix


FORMATS = {
    "keras": Format(lambda model, path: model.save(path), ".keras", backends=()),
    "savedmodel": Format(lambda model, path: model.export(path, verbose=False)),
    "tflite": Format(
        lambda model, path: model.export(path, format="litert", verbose=False), ".tflite"
    ),
    "onnx": Format(
        lambda model, path: model.export(path, format="onnx", verbose=False),
        ".onnx",
        needs=("onnx", "tf2onnx"),
    ),
}


def default_path(run: Path, name: str) -> Path:
    """Return where a model goes unless told otherwise: into the working directory.

    Args:
        run: The folder of a run, or a model's file.
        name: One of `FORMATS`.
    """
    stem = run.resolve().stem if run.is_file() else run.resolve().name
    return Path(f"{stem}{FORMATS[name].suffix or f'-{name}'}")


def check(name: str, path: Path, overwrite: bool = False) -> None:
    """Check that a model can be written in a format, before time is spent on it.

    Args:
        name: One of `FORMATS`.
        path: Where to.
        overwrite: Whether an earlier export there may be replaced.

    Raises:
        CourseError: If what it needs is missing, or the path is taken or has another format's name.
    """
    form = FORMATS[name]
    missing = [package for package in form.needs if importlib.util.find_spec(package) is None]
    if missing:
        raise CourseError(
            f"to write {name}, {' and '.join(missing)} must be installed: "
            f"pip install 'resnet-course[{name}]'."
        )
    if form.backends and keras.config.backend() not in form.backends:
        raise CourseError(
            f"{name} is written with Keras on {' or '.join(form.backends)}, and this is "
            f"{keras.config.backend()}: unset KERAS_BACKEND."
        )
    if form.is_folder:
        if path.is_file():
            raise CourseError(f"{path} is a file, and {name} is a folder: name a new one.")
        refuse_to_overwrite(path, SAVED_MODEL, overwrite, "SavedModel")
        return
    if path.suffix != form.suffix:
        raise CourseError(f"the file for {name} must end in {form.suffix}: received {path}.")
    if path.is_dir():
        raise CourseError(f"{path} is a folder, and {name} is a file: name a new one.")
    if path.exists() and not overwrite:
        raise CourseError(f"{path} exists: name another file, or add --overwrite to replace it.")


def export(model: keras.Model, name: str, path: Path, overwrite: bool = False) -> None:
    """Write a model in a format that needs nothing of this package to be read.

    Args:
        model: From uint8 images of shape `(images, height, width, channels)` to probabilities of
            shape `(images, classes)`.
        name: One of `FORMATS`.
        path: Where to. Nothing is left there if the writing fails.
        overwrite: Whether an earlier export there may be replaced.

    Raises:
        CourseError: If it cannot be written.
    """
    check(name, path, overwrite)
    form = FORMATS[name]
    bare = one_to_one(model)
    if name != "keras":
        # What other programs call is traced without saying in which mode.
        inputs = keras.Input(model.input_shape[1:], dtype="uint8", name="pixels")
        bare = keras.Model(inputs, bare(inputs, training=False), name=model.name)
        bare(np.zeros((1, *bare.input_shape[1:]), np.uint8))  # Keras exports what was called only
    place = (
        new_folder(path, SAVED_MODEL, overwrite, "SavedModel") if form.is_folder else new_file(path)
    )
    with place as aside:
        try:
            with silent_stderr(), contextlib.redirect_stderr(io.StringIO()):
                form.write(bare, aside)
        except (OSError, MemoryError):
            raise
        except Exception as error:
            raise CourseError(
                f"the model {model.name} cannot be written as {name} ({reason(error)}): choose "
                f"another format from {', '.join(FORMATS)}."
            ) from error
