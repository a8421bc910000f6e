"""Batches are uint8, shuffled, and the same for the same seed."""

import numpy as np
import pytest

from resnet_course.training.batches import Batches, balancing_weights, bounds


def numbered(count: int = 50) -> tuple[np.ndarray, np.ndarray]:
    """Return images that show their own number in every pixel, and labels."""
    numbers = np.arange(count, dtype=np.uint8)
    return np.broadcast_to(numbers[:, None, None, None], (count, 4, 4, 1)), numbers.astype(int) % 3


def epoch_of(batches: Batches) -> list[tuple[np.ndarray, np.ndarray]]:
    return [batches[index] for index in range(len(batches))]


def test_every_image_comes_once_an_epoch_with_its_label() -> None:
    images, labels = numbered()
    batches = Batches(images, labels, classes=3, batch_size=8, seed=0)
    seen = [
        (image[0, 0, 0], hot) for x, y in epoch_of(batches) for image, hot in zip(x, y, strict=True)
    ]
    assert [len(x) for x, _ in epoch_of(batches)] == [7, 7, 7, 7, 7, 7, 8]
    assert sorted(number for number, _ in seen) == list(range(50))
    assert all(hot.argmax() == number % 3 and hot.sum() == 1 for number, hot in seen)


def test_images_that_are_repeated_come_as_often_as_asked_and_mixed() -> None:
    images, labels = numbered(10)
    batches = Batches(images, labels, classes=3, batch_size=8, seed=0, repeats=4)
    seen = np.concatenate([x[:, 0, 0, 0] for x, _ in epoch_of(batches)])
    assert len(batches) == 5
    assert np.array_equal(np.bincount(seen), np.full(10, 4))
    assert len(set(seen[:10])) < 10


def test_images_stay_uint8_and_are_not_copied_as_a_whole() -> None:
    images, labels = numbered()
    batches = Batches(images, labels, classes=3, batch_size=8, seed=0)
    assert batches.images is images
    assert batches[0][0].dtype == np.uint8


def test_the_same_seed_gives_the_same_batches_in_whatever_order_they_are_asked_for() -> None:
    images, labels = numbered()
    first = Batches(images, labels, 3, 8, seed=5)
    second = Batches(images, labels, 3, 8, seed=5)
    backwards = [second[index] for index in reversed(range(len(second)))][::-1]
    for (x, y), (x_again, y_again) in zip(epoch_of(first), backwards, strict=True):
        assert np.array_equal(x, x_again)
        assert np.array_equal(y, y_again)


def test_epochs_and_seeds_differ() -> None:
    images, labels = numbered()
    batches = Batches(images, labels, 3, 50, seed=5)
    first = batches[0][0]
    batches.go_to(1)
    assert not np.array_equal(first, batches[0][0])
    assert not np.array_equal(first, Batches(images, labels, 3, 50, seed=6)[0][0])


def test_without_a_seed_images_come_in_order() -> None:
    images, labels = numbered()
    x, _ = Batches(images, labels, 3, 50)[0]
    assert np.array_equal(x, images)


def test_the_rest_of_an_epoch_is_what_comes_last_in_it() -> None:
    images, labels = numbered()
    batches = Batches(images, labels, 3, 8, seed=5)
    batches.go_to(2)
    whole = epoch_of(batches)
    batches.go_to(2, 4)
    assert len(batches) == len(whole) - 4
    for (x, y), (x_again, y_again) in zip(whole[4:], epoch_of(batches), strict=True):
        assert np.array_equal(x, x_again)
        assert np.array_equal(y, y_again)


def test_balancing_weights_give_every_class_the_same_weight() -> None:
    labels = np.array([0] * 30 + [1] * 10 + [3] * 5)
    weights = balancing_weights(labels, 4)
    sums = [(labels == label).sum() * weights[label] for label in (0, 1, 3)]
    assert sums == pytest.approx([15, 15, 15])
    assert weights[2] == 0


def test_a_batch_brings_the_weights_of_its_images() -> None:
    labels = np.array([0, 1, 1, 1])
    batches = Batches(
        np.zeros((4, 2, 2, 1), np.uint8), labels, 2, 3, class_weights=np.array([3, 1])
    )
    assert [batches[at][2].tolist() for at in range(2)] == [[3, 1], [1, 1]]


@pytest.mark.parametrize("batch_size", [2, 3, 8, 128])
@pytest.mark.parametrize("images", [*range(2, 20), 127, 128, 129, 250, 251, 257, 1000])
def test_batches_are_equal_or_nearly_so_and_never_of_one_image(
    images: int, batch_size: int
) -> None:
    sizes = np.diff(bounds(images, batch_size))
    assert sizes.sum() == images
    assert 2 <= sizes.min() <= sizes.max() <= max(batch_size, 3)
    assert sizes.max() - sizes.min() <= 1
    full = -(-images // batch_size)
    assert len(sizes) == full or images // full < 2


def test_a_single_image_is_a_batch() -> None:
    assert bounds(1, 128).tolist() == [0, 1]
