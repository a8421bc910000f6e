"""A model that cannot be used is told from others in one true sentence."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from resnet_course.cli import main
from resnet_course.data import sets
from resnet_course.errors import CourseError
from resnet_course.results import run_folder


def model(*between: keras.Layer, units: int = 10, end: str = "softmax") -> keras.Model:
    inputs = keras.Input((8, 8, 1))
    X = layers.Flatten()(inputs)
    for layer in between:
        X = layer(X)
    return keras.Model(inputs, layers.Dense(units, end, name="last")(X))


def refused(path: Path) -> str:
    with pytest.raises(CourseError) as caught:
        run_folder.load(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith((".", "?"))
    return str(caught.value)


def edited(source: Path, change: Callable[[dict], None], keras_version: str) -> Path:
    """Write a model's file anew as another version of Keras might have written it."""
    path = source.with_name("edited.keras")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "config.json":
                config = json.loads(content)
                last = next(
                    each for each in config["config"]["layers"] if each["config"]["name"] == "last"
                )
                change(last)
                content = json.dumps(config).encode()
            if name == "metadata.json":
                content = json.dumps({"keras_version": keras_version}).encode()
            new.writestr(name, content)
    return path


def test_a_model_that_was_never_built_is_told_so(tmp_path: Path) -> None:
    unbuilt = keras.Sequential([layers.Flatten(), layers.Dense(10, "softmax")])
    unbuilt.save(tmp_path / "unbuilt.keras")
    assert "was saved before it was built" in refused(tmp_path / "unbuilt.keras")
    unbuilt(np.zeros((2, 8, 8, 1)))
    unbuilt.save(tmp_path / "built.keras")
    assert run_folder.load(tmp_path / "built.keras").model.output_shape[-1] == 10


@pytest.mark.filterwarnings("ignore:.*HDF5")
def test_older_formats_are_named_with_the_way_to_the_new_one(tmp_path: Path) -> None:
    model().save(tmp_path / "old.h5")
    said = refused(tmp_path / "old.h5")
    assert "old.h5 is a model in Keras's older format, HDF5: convert it" in said
    assert "load_model('old.h5', compile=False).save('old.keras')" in said
    shutil.copy(tmp_path / "old.h5", tmp_path / "renamed.keras")
    assert "HDF5: name it renamed.h5 and convert it" in refused(tmp_path / "renamed.keras")
    model().save_weights(tmp_path / "own.weights.h5")
    assert "holds weights only, and no model" in refused(tmp_path / "own.weights.h5")
    whole = (tmp_path / "old.h5").read_bytes()
    (tmp_path / "cut.h5").write_bytes(whole[: len(whole) // 2])
    assert "is a damaged HDF5 file" in refused(tmp_path / "cut.h5")
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"")
    assert "is a SavedModel of TensorFlow" in refused(tmp_path / "saved")


def test_a_layer_of_another_version_of_keras_is_named_with_both_versions(tmp_path: Path) -> None:
    model().save(tmp_path / "own.keras")

    def later_setting(layer: dict) -> None:
        layer["config"]["later"] = 3

    def later_class(layer: dict) -> None:
        layer["class_name"] = "LaterDense"

    said = refused(edited(tmp_path / "own.keras", later_setting, "9.9.0"))
    assert f"was saved by Keras 9.9.0, and this is Keras {keras.__version__}" in said
    assert "its layer Dense has settings that are not known: {'later': 3}" in said
    assert "LaterDense is not known" in refused(
        edited(tmp_path / "own.keras", later_class, "9.9.0")
    )
    here = keras.__version__
    said = refused(edited(tmp_path / "own.keras", later_setting, here))
    assert "cannot be loaded as a Keras model (its layer Dense has settings" in said

    def of_keras_2(layer: dict) -> None:
        layer["class_name"] = layer["registered_name"] = "TFOpLambda"
        layer["module"] = "keras.src.layers.core.tf_op_layer"

    said = refused(edited(tmp_path / "own.keras", of_keras_2, "2.15.0"))
    assert "was saved by Keras 2.15.0" in said
    assert "TFOpLambda is not known" in said


class Mine(layers.Layer):
    def call(self, X):
        return X


def twice(X):
    return 2 * X


def test_everything_that_is_not_keras_s_own_is_named_in_full(tmp_path: Path) -> None:
    path = tmp_path / "own.keras"
    model(Mine()).save(path)
    assert "has a layer Mine that is not one of Keras's own" in refused(path)
    model(layers.Dense(4, twice)).save(path)
    assert "has a function twice that is not one of Keras's own" in refused(path)
    model(Mine(), layers.Dense(4, twice)).save(path)
    assert "has a layer Mine and a function twice that are not Keras's own" in refused(path)

    def elsewhere(layer: dict) -> None:
        layer |= {"class_name": "Other", "module": "package.of.ours", "registered_name": "Other"}

    model().save(path)
    said = refused(edited(path, elsewhere, keras.__version__))
    assert "has a layer Other that is not one of Keras's own" in said
    model(layers.Lambda(lambda X: X)).save(path)
    assert "has a Lambda layer, and code from a file is not run" in refused(path)


def test_a_damaged_member_of_a_model_s_file_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "own.keras"
    model(layers.Dense(300)).save(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(bytes(content))
    assert "is a damaged Keras model" in refused(path)


def test_other_archives_are_no_models(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "weights.pth", "w") as archive:
        archive.writestr("archive/data.pkl", b"")
    assert "cannot be loaded as a Keras model, having no config.json" in refused(
        tmp_path / "weights.pth"
    )
    model().save(tmp_path / "own.keras")
    for name in ("own.zip", "own.KERAS", "own"):
        shutil.copy(tmp_path / "own.keras", tmp_path / name)
        assert f"the name of {tmp_path / name} must end in .keras" in refused(tmp_path / name)


def test_channels_that_come_first_are_named(tmp_path: Path) -> None:
    inputs = keras.Input((1, 8, 8))
    outputs = layers.Dense(10, "softmax")(layers.Flatten()(inputs))
    keras.Model(inputs, outputs).save(tmp_path / "own.keras")
    assert "The channels must come last" in refused(tmp_path / "own.keras")


@pytest.mark.parametrize("end", ["sigmoid", "softmax"])
def test_one_unit_for_two_classes_is_named_wherever_classes_are_told(
    end: str, tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    model(units=1, end=end).save("one.keras")
    digit = sets.load("digits").x_test[0, ..., 0]
    from PIL import Image

    Image.fromarray(digit).resize((40, 40)).save("digit.png")
    for words in (
        ["evaluate", "one.keras", "--data", "digits"],
        ["predict", "one.keras", "digit.png"],
    ):
        assert main(words) == 2
        said = capsys.readouterr().err
        assert "the model returns one number for each image, as with a sigmoid" in said
        assert said.count("\n") == 1
