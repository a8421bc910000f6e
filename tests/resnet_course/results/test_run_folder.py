"""A run on disk says everything that is needed to use it, and to repeat it."""

import json
import zipfile
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np
import pytest

from resnet_course.data import sets
from resnet_course.errors import CourseError
from resnet_course.pictures import framing
from resnet_course.pictures.framing import Framing
from resnet_course.results import run_folder
from resnet_course.training import networks
from resnet_course.training.loop import Run, train
from resnet_course.training.recipes import Recipe
from resnet_course.training.settings import TrainingSettings

RECIPE = Recipe(epochs=1, batch_size=32)


@pytest.fixture(scope="module")
def run() -> Run:
    digits = sets.load("digits").take(100)
    layers = [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    own = keras.Sequential(layers, name="own")
    return train(networks.from_pixels(own, digits), digits, RECIPE, TrainingSettings(seed=3))


@pytest.fixture(scope="module")
def folder(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run")
    run_folder.save(run, path)
    return path


def refused(path: Path) -> str:
    with pytest.raises(CourseError) as caught:
        run_folder.load(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def saved(tmp_path: Path, inputs: keras.KerasTensor, outputs: keras.KerasTensor) -> Path:
    path = tmp_path / "model.keras"
    keras.Model(inputs, outputs).save(path)
    return path


def test_a_run_leaves_model_result_and_pictures(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [
        "calibration.png",
        "confusion_matrix.png",
        "familiarity.npz",
        "learning_curve.png",
        "model.keras",
        "most_confident_errors.png",
        "result.json",
    ]


def test_the_result_says_how_to_repeat_the_run(folder: Path, run: Run) -> None:
    result = json.loads((folder / "result.json").read_text())
    assert result["model"] == "own"
    assert result["data"] == "digits"
    assert result["recipe"] == asdict(RECIPE)
    assert result["seed"] == 3
    assert result["training_images"] == 100
    assert result["accuracy"] == run.evaluation.accuracy
    assert result["curve"] == run.curve
    assert result["versions"]["keras"] == keras.__version__
    assert keras.config.backend() in result["versions"]
    assert result["cpu_seconds"] > 0
    assert result["wall_seconds"] > 0


def test_a_model_is_loaded_by_its_folder_or_its_file(folder: Path, run: Run) -> None:
    images = run.dataset.x_test
    for path in (folder, folder / "model.keras"):
        loaded = run_folder.load(path)
        assert loaded.data == "digits"
        assert loaded.class_names == run.dataset.class_names
        assert loaded.framing == framing.measure(run.dataset.x_train)
        assert np.array_equal(loaded.model.predict(images, verbose=0), run.evaluation.probabilities)


def test_a_model_without_a_result_gets_numbers_for_names(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "model.keras").write_bytes((folder / "model.keras").read_bytes())
    loaded = run_folder.load(tmp_path)
    assert loaded.data is None
    assert loaded.class_names == tuple("0123456789")
    assert loaded.framing == Framing()


RESULT = (
    '{"class_names": ["0","1","2","3","4","5","6","7","8","9"], "image_shape": [8, 8, 1],'
    ' "data": "digits", "framing": %s}'
)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"class_names": 5, "framing": null, "data": "digits"}',
        '{"class_names": ["a", "b"], "framing": null, "data": "digits"}',
        '{"class_names": ["0","1","2","3","4","5","6","7","8","9"], "framing": {"a": 1}}',
        RESULT % '{"light_on_dark": true, "extent": "x", "stroke": 0.1}',
        RESULT % '{"light_on_dark": true, "extent": 0, "stroke": 0.1}',
    ],
)
def test_a_result_that_does_not_belong_to_its_model_is_named(
    folder: Path, tmp_path: Path, content: str
) -> None:
    (tmp_path / "model.keras").write_bytes((folder / "model.keras").read_bytes())
    (tmp_path / "result.json").write_text(content)
    assert str(tmp_path / "result.json") in refused(tmp_path)


def test_class_names_are_read_in_one_unicode_form(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "model.keras").write_bytes((folder / "model.keras").read_bytes())
    result = json.loads((folder / "result.json").read_text())
    result["class_names"][0] = "cafe\u0301"
    (tmp_path / "result.json").write_text(json.dumps(result))
    assert run_folder.load(tmp_path).class_names[0] == "caf\u00e9"


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "nowhere") in refused(tmp_path / "nowhere")
    assert str(tmp_path / "model.keras") in refused(tmp_path)


def test_a_file_that_is_no_whole_model_is_named(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    path.write_text("a model")
    assert "not a Keras model" in refused(path)
    path.write_bytes((folder / "model.keras").read_bytes()[:-200])
    assert "is cut short" in refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "something else")
    assert "cannot be loaded as a Keras model" in refused(path)
    path = tmp_path / "model.zip"
    path.write_bytes((folder / "model.keras").read_bytes())
    assert "model.zip must end in .keras" in refused(path)


def test_a_model_that_would_run_code_is_refused(tmp_path: Path) -> None:
    inputs = keras.Input((8, 8, 1))
    outputs = keras.layers.Lambda(lambda x: x)(keras.layers.Flatten()(inputs))
    assert "has a Lambda layer, and code" in refused(saved(tmp_path, inputs, outputs))


def test_a_model_with_a_layer_of_its_own_is_refused(tmp_path: Path) -> None:
    class Mine(keras.layers.Layer):
        def call(self, X):
            return X

    inputs = keras.Input((8, 8, 1))
    outputs = Mine()(keras.layers.Flatten()(inputs))
    assert "has a layer Mine that is not one of Keras's own" in refused(
        saved(tmp_path, inputs, outputs)
    )


@pytest.mark.parametrize("shape", [(64,), (None, None, 1), (8, 8, 2)])
def test_a_model_that_takes_no_images_is_refused(tmp_path: Path, shape) -> None:
    inputs = keras.Input(shape)
    pooled = inputs if len(shape) == 1 else keras.layers.GlobalAveragePooling2D()(inputs)
    path = saved(tmp_path, inputs, keras.layers.Dense(10, "softmax")(pooled))
    assert "must take grey or RGB images of a fixed size" in refused(path)


def test_a_model_with_several_outputs_is_refused(tmp_path: Path) -> None:
    inputs = keras.Input((8, 8, 1))
    flat = keras.layers.Flatten()(inputs)
    path = saved(tmp_path, inputs, [keras.layers.Dense(3)(flat), keras.layers.Dense(3)(flat)])
    assert "must take grey or RGB images" in refused(path)


def test_a_run_without_errors_has_no_picture_of_errors(run: Run, tmp_path: Path) -> None:
    measured = run.evaluation
    perfect = np.eye(10, dtype=np.float32)[measured.labels]
    written = run_folder.save_pictures(
        type(measured)(measured.labels, perfect, measured.class_names),
        run.dataset.x_test,
        tmp_path,
    )
    assert [path.name for path in written] == ["confusion_matrix.png", "calibration.png"]


def test_the_summary_says_accuracy_and_cost(run: Run) -> None:
    summary = run_folder.summary(run)
    assert summary.startswith(f"test accuracy {run.evaluation.accuracy:.2%}")
    assert "CPU seconds" in summary


def test_a_run_that_looked_for_its_best_epoch_names_it(tmp_path: Path) -> None:
    digits = sets.load("digits").take(100)
    layers = [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    model = networks.from_pixels(keras.Sequential(layers, name="own"), digits)
    run = train(
        model, digits, Recipe(epochs=3, batch_size=32), TrainingSettings(validation=0.2, patience=1)
    )
    losses = run.curve["validation_loss"]
    assert run.best_epoch == 1 + int(np.argmin(losses))
    assert run_folder.result(run)["best_epoch"] == run.best_epoch
    assert f"those of epoch {run.best_epoch} of {len(losses)}" in run_folder.summary(run)
