"""Splits of a data set: balanced over the classes, and the test images left alone."""

from dataclasses import replace

import numpy as np
import pytest

from resnet_course.data import sets
from resnet_course.errors import CourseError


def test_holding_out_splits_every_class_and_leaves_the_test_images_out() -> None:
    digits = sets.load("digits")
    split = digits.hold_out(0.25, seed=3)
    together = np.concatenate([split.x_train, split.x_test]).reshape(-1, 64)
    assert sorted(map(tuple, together)) == sorted(map(tuple, digits.x_train.reshape(-1, 64)))
    shares = np.bincount(split.y_test) / np.bincount(digits.y_train)
    assert np.allclose(shares, 0.25, atol=0.01)
    assert not np.array_equal(split.x_test, digits.hold_out(0.25, seed=4).x_test)


def test_class_names_are_in_one_unicode_form() -> None:
    digits = sets.load("digits").take(10)
    apart, together = (
        replace(digits, class_names=(name, *digits.class_names[1:]))
        for name in ("cafe\u0301", "caf\u00e9")
    )
    assert apart.class_names == together.class_names
    assert apart.digest() == together.digest()


@pytest.mark.parametrize("images", [1, 10, 25, 100, 1442])
def test_taking_some_images_is_balanced_over_the_classes(images: int) -> None:
    digits = sets.load("digits")
    taken = digits.take(images)
    counts = np.bincount(taken.y_train, minlength=10)
    assert counts.sum() == images
    if images <= 1000:
        assert counts.max() - counts.min() <= 1
    assert np.array_equal(taken.x_test, digits.x_test)
    assert len(np.unique(taken.y_train[: min(images, 10)])) > 1 or images == 1


@pytest.mark.parametrize("images", [0, -1, 1443])
def test_taking_more_images_than_there_are_is_refused(images: int) -> None:
    with pytest.raises(CourseError, match=f"digits has 1442 training images: {images} cannot"):
        sets.load("digits").take(images)


@pytest.mark.parametrize("share", [-0.1, 1.0, 1.5, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(CourseError, match=f"must be between 0 and 1: received {share}"):
        sets.load("digits").hold_out(share)
