"""Both stages of a transfer have recipes that suit the weights and the images."""

from dataclasses import replace

import numpy as np
import pytest

from resnet_course.data import sets
from resnet_course.data.characters import distorted_characters
from resnet_course.data.dataset import Dataset
from resnet_course.finetuning.stages import Stages, default_stages


@pytest.fixture(scope="module")
def drawings() -> Dataset:
    return distorted_characters(1000, 1, seed=0)


def stages(dataset: Dataset, images: int, weights: str = "characters") -> Stages:
    return default_stages(weights, dataset.take(images))


@pytest.mark.parametrize("weights", ["characters", "cifar10"])
def test_few_line_drawings_are_redrawn_the_oftener_the_fewer_they_are(
    drawings: Dataset, weights: str
) -> None:
    tuned = {images: stages(drawings, images, weights).tuning for images in (10, 100, 1000)}
    assert tuned[10].strokes > 0 < tuned[100].thickness
    assert 3 * tuned[100].repeats < tuned[10].repeats < 10 * tuned[100].repeats
    assert (tuned[1000].strokes, tuned[1000].thickness, tuned[1000].shift) == (0, 0, 2)


def test_few_images_of_another_kind_are_moved_as_they_are(drawings: Dataset) -> None:
    small = sets.load("digits")
    noise = np.random.default_rng(0).integers(0, 256, drawings.x_train.shape, dtype=np.uint8)
    for dataset, shift in ((small, 1), (replace(drawings, x_train=noise), 2)):
        tuning = stages(dataset, 100).tuning
        assert (tuning.strokes, tuning.thickness, tuning.shift) == (0, 0, shift)
        assert not stages(dataset, 100, "cifar10").statistics, "too few images to take them from"
        assert stages(dataset, 1000, "cifar10").statistics


def test_weights_far_from_drawings_learn_more_and_get_new_statistics(drawings: Dataset) -> None:
    near, far = (stages(drawings, 1000, weights) for weights in ("characters", "cifar10"))
    assert (near.statistics, far.statistics) == (False, True)
    assert (near.renewed, far.renewed) == (False, True)
    assert not stages(drawings, 100, "cifar10").renewed, "too few images to take them from"
    assert far.tuning.epochs > near.tuning.epochs
    for images in (10, 100, 1000):
        near, far = (stages(drawings, images, weights) for weights in ("characters", "cifar10"))
        assert far.tuning.learning_rate > near.tuning.learning_rate


def test_the_head_is_smoothed_only_with_enough_images(drawings: Dataset) -> None:
    smoothing = [stages(drawings, images).head.label_smoothing for images in (10, 200, 201)]
    assert smoothing == [0, 0, 0.1]


def test_imagenet_weights_get_the_head_and_the_low_rate_of_lesson_5(drawings: Dataset) -> None:
    for images in (10, 1000):
        found = stages(drawings, images, "imagenet")
        assert (found.hidden, found.statistics) == (128, False)
        assert (found.head.learning_rate, found.tuning.learning_rate) == (1e-3, 1e-5)
        assert found.head.schedule == found.tuning.schedule == "constant"
