"""Images that are not like the training data are told from those that are."""

from pathlib import Path

import keras
import numpy as np
import pytest

from resnet_course.data import sets
from resnet_course.data.dataset import Dataset
from resnet_course.results import familiarity
from resnet_course.results.familiarity import Familiarity
from resnet_course.training.loop import Run, train
from resnet_course.training.recipes import Recipe


@pytest.fixture(scope="module")
def run() -> Run:
    return train("custom", sets.load("digits"), Recipe(epochs=4, batch_size=64, image_size=16))


@pytest.fixture(scope="module")
def known(run: Run) -> Familiarity:
    found = familiarity.measure(run.model, run.dataset)
    assert found is not None
    return found


def test_the_distance_is_to_the_nearest_mean_in_units_of_the_spread() -> None:
    means = np.array([[0.0, 0.0], [10.0, 0.0]])
    known = Familiarity(means, np.array([1.0, 2.0]), 1.0, 0.0)
    features = np.array([[0.0, 0.0], [10.0, 2.0], [1.0, 2.0]])
    assert known.distances(features) == pytest.approx([0, np.sqrt(0.5), 1])


def test_too_few_images_a_class_tell_nothing(run: Run) -> None:
    assert familiarity.measure(run.model, run.dataset.take(40)) is None


def test_with_few_images_a_class_most_others_like_them_raise_no_alarm(run: Run) -> None:
    found = familiarity.measure(run.model, run.dataset.take(60))
    assert found is not None
    assert found.false_alarms < 0.1


def test_few_images_like_the_training_images_raise_an_alarm(run: Run, known: Familiarity) -> None:
    alarms = known.is_unlike(run.model, run.dataset.x_test)
    assert known.false_alarms == pytest.approx(alarms.mean())
    assert alarms.mean() < 0.1
    assert known.is_unlike(run.model, run.dataset.x_train).mean() <= 0.02


def test_noise_and_stripes_do_not_look_like_digits(run: Run, known: Familiarity) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (100, 8, 8, 1), dtype=np.uint8)
    stripes = np.zeros((2, 8, 8, 1), np.uint8)
    stripes[0, ::2], stripes[1, :, ::2] = 255, 255
    assert known.is_unlike(run.model, noise).mean() > 0.7
    assert known.is_unlike(run.model, stripes).all()


def test_it_survives_on_disk(known: Familiarity, tmp_path: Path) -> None:
    known.save(tmp_path / "familiarity.npz")
    loaded = familiarity.load(tmp_path / "familiarity.npz")
    assert loaded is not None
    assert loaded.threshold == known.threshold
    assert loaded.false_alarms == known.false_alarms
    np.testing.assert_array_equal(loaded.means, known.means)
    (tmp_path / "familiarity.npz").write_bytes(b"cut short")
    assert familiarity.load(tmp_path / "familiarity.npz") is None


def test_a_model_that_ends_otherwise_has_none() -> None:
    images = np.zeros((4, 3, 3, 1), np.uint8)
    labels = np.array([0, 1, 0, 1])
    dataset = Dataset("own", images, labels, images, labels, ("a", "b"))
    inputs = keras.Input((3, 3, 1), dtype="uint8")
    flat = keras.layers.Flatten()(inputs)
    model = keras.Model(inputs, keras.layers.Softmax()(keras.layers.Rescaling(1.0)(flat)))
    assert familiarity.measure(model, dataset) is None
