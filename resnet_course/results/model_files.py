"""Files of models: recognised before Keras is loaded, explained where Keras cannot read them."""

import json
import re
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from resnet_course.errors import CourseError

MODEL_FILE = "model.keras"

#: What an HDF5 file begins with, the format of Keras's models before `.keras`.
HDF5 = b"\x89HDF\r\n\x1a\n"

#: Members that say what a model is built of, and which Keras wrote it.
CONFIG, METADATA = "config.json", "metadata.json"

#: Characters of one of Keras's explanations, at most.
LONGEST = 200


def find_model(path: Path) -> Path:
    """Return the file of a model, without reading more of it than its kind.

    Args:
        path: A `.keras` file, or the folder of a run.

    Raises:
        CourseError: If there is no such file, or it is not a Keras model.
    """
    file = path / MODEL_FILE if path.is_dir() else path
    if not file.exists():
        if (path / "saved_model.pb").exists():
            raise CourseError(
                f"{path} is a SavedModel of TensorFlow, which holds no layers: save the model "
                "itself, with model.save(), as a .keras file."
            )
        raise CourseError(
            f"there is no model {file}: train one, or name its .keras file or folder."
        )
    with file.open("rb") as content:
        begins = content.read(len(HDF5))
    if begins == HDF5:
        raise CourseError(f"{file} {_about_hdf5(file)}")
    if not zipfile.is_zipfile(file):
        raise CourseError(
            f"{file} is not a Keras model, or is cut short: name a complete .keras file."
        )
    with zipfile.ZipFile(file) as archive:
        if CONFIG not in archive.namelist():
            raise CourseError(
                f"{file} cannot be loaded as a Keras model, having no {CONFIG} in it: name a file "
                "that model.save() wrote."
            )
    if file.suffix != ".keras":
        raise CourseError(f"the name of {file} must end in .keras: rename it.")
    return file


def _about_hdf5(file: Path) -> str:
    import h5py

    try:
        with h5py.File(file) as content:
            whole = "model_config" in content.attrs
    except OSError:
        return "is a damaged HDF5 file: name a complete .keras file."
    if not whole:
        return (
            "holds weights only, and no model: load them into the model that they belong to, and "
            "save that as a .keras file."
        )
    named = file.with_suffix(".h5").name
    first = f"name it {named} and " if file.name != named else ""
    return (
        f"is a model in Keras's older format, HDF5: {first}convert it to the new one with "
        f"keras.models.load_model({named!r}, compile=False).save({file.stem + '.keras'!r})."
    )


def why_unread(file: Path, error: Exception) -> str:
    """Say in one sentence why Keras did not load a model.

    Args:
        file: The model's file, which `find_model` found.
        error: What Keras raised.

    Returns:
        What follows the file's name.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            damaged = archive.testzip()
            config = json.loads(archive.read(CONFIG))
            metadata = json.loads(archive.read(METADATA)) if not damaged else {}
        parts = list(_parts(config))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        damaged = str(file)
    if damaged:
        return "is a damaged Keras model: name an intact copy of it."
    foreign = [f"{kind} {name}" for kind, name, module in parts if not _is_of_keras(module)]
    if foreign:
        are = "are not Keras's" if len(set(foreign)) > 1 else "is not one of Keras's"
        return (
            f"has a {' and a '.join(dict.fromkeys(foreign))} that {are} own: save a model that is "
            "built of Keras's layers only."
        )
    if any(name == "Lambda" for _, name, _ in parts):
        return (
            "has a Lambda layer, and code from a file is not run here: save a model that is built "
            "of Keras's other layers only."
        )
    written, here = metadata.get("keras_version", "of an unknown version"), version("keras")
    if written != here:
        return (
            f"was saved by Keras {written}, and this is Keras {here}, which cannot read it "
            f"({_innermost(error)}): install that version, or build the model with this one."
        )
    return f"cannot be loaded as a Keras model ({_innermost(error)})."


def _parts(config: Any) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and module of everything that a model is built of."""
    if isinstance(config, dict):
        name, module = config.get("class_name"), config.get("module")
        if isinstance(name, str) and "module" in config:
            registered = str(config.get("registered_name") or "")
            package = registered.split(">")[0] if ">" in registered else str(module)
            if name == "function":  # whose module is that of the type, for a custom one
                yield "function", str(config.get("config")), package.replace("builtins", "own")
            else:
                yield "layer", name, package
        for value in config.values():
            yield from _parts(value)
    elif isinstance(config, list):
        for value in config:
            yield from _parts(value)


def _is_of_keras(module: str) -> bool:
    return module.split(".")[0] in ("keras", "resnet_course", "builtins", "tf_keras")


def _innermost(error: Exception) -> str:
    """Return the last of the explanations that Keras puts into one another, in few words."""
    words = " ".join(str(error).split()).rsplit("Exception encountered: ", 1)[-1]
    words = words.split(" Full object config")[0]
    if argument := re.search(r"keyword arguments? passed to (\w+): (\{.*\})", words):
        words = f"its layer {argument[1]} has settings that are not known: {argument[2]}"
    if unknown := re.match(r"Could not (?:deserialize|locate) (?:class )?'([\w.]+)'", words):
        words = f"{unknown[1]} is not known"
    return words.rstrip(".") if len(words) <= LONGEST else f"{words[:LONGEST].rsplit(' ', 1)[0]} …"
