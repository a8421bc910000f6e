"""Image files are predicted in order, each with its label and confidence."""

from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from resnet_course.errors import CourseError
from resnet_course.pictures.figures import CUT
from resnet_course.pictures.framing import Framing
from resnet_course.results.prediction import UNLIKE, Predictions, predict

NAMES = ("left", "right")


@pytest.fixture(scope="module")
def model() -> keras.Model:
    """Build a model that says which half of an image is lighter."""
    inputs = keras.Input((8, 8, 1), dtype="uint8")
    X = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(inputs))
    dense = keras.layers.Dense(2, "softmax")
    built = keras.Model(inputs, dense(X))
    sides = np.zeros((8, 8, 2), np.float32)
    sides[:, :4, 0] = sides[:, 4:, 1] = 1
    dense.set_weights([sides.reshape(64, 2), np.zeros(2)])
    return built


def write(path: Path, side: str) -> Path:
    image = np.zeros((8, 8), np.uint8)
    image[2:6, 1:3] = 255
    Image.fromarray(image if side == "left" else image[:, ::-1]).save(path)
    return path


@pytest.fixture
def said(model: keras.Model, tmp_path: Path) -> Predictions:
    paths = [write(tmp_path / "a.png", "left"), write(tmp_path / "longer.png", "right")]
    return predict(model, paths, NAMES, Framing())


def test_every_image_gets_its_label(said: Predictions) -> None:
    assert said.labels() == ["left", "right"]
    assert said.probabilities.sum(axis=1) == pytest.approx([1, 1])
    assert said.images.dtype == np.uint8


def test_there_is_a_line_an_image_in_columns(said: Predictions) -> None:
    first, second = said.lines()
    assert first.split()[0].endswith("a.png")
    assert first.split()[1:] == ["left", "100.0%"]
    assert first.index("left") == second.index("right")


def test_records_are_plain_data(said: Predictions) -> None:
    record = said.records()[1]
    assert record["label"] == "right"
    assert record["confidence"] == record["probabilities"]["right"]
    assert set(record["probabilities"]) == set(NAMES)


def test_what_is_in_doubt_is_said_on_the_line_of_its_picture(
    model: keras.Model, tmp_path: Path
) -> None:
    sure = write(tmp_path / "a.png", "left")
    cut = np.full((90, 100), 255, np.uint8)
    cut[20:70, :50] = 0
    cut[30:60, 10:40] = 255
    path = tmp_path / "cut.png"
    Image.fromarray(cut).save(path)
    said = predict(model, [sure, path], NAMES, Framing())
    first, second = said.lines()
    assert "in doubt" not in first
    assert second.endswith(f"%  in doubt: {CUT}")
    assert [record["warnings"] for record in said.records()] == [[], [CUT]]


def test_a_prediction_of_little_confidence_names_the_next_class() -> None:
    shares = np.array([[0.6, 0.3, 0.1], [0.9, 0.06, 0.04]])
    said = Predictions(
        (Path("a.png"), Path("b.png")),
        np.zeros((2, 8, 8, 1), np.uint8),
        shares,
        ("cat", "dog", "fox"),
        np.array([False, True]),
        ((), ()),
    )
    assert said.warnings() == [("it could also be dog (30%)",), (UNLIKE,)]


def test_the_plot_names_the_files(said: Predictions) -> None:
    titles = [axes.get_title(loc="left") for axes in said.plot().axes]
    assert titles == ["", "a.png", "", "longer.png"]


def test_a_blank_image_is_named(model: keras.Model, tmp_path: Path) -> None:
    path = tmp_path / "empty.png"
    Image.new("L", (50, 50), 255).save(path)
    with pytest.raises(CourseError, match=r"empty\.png .* blank"):
        predict(model, [path], NAMES, Framing())
