"""Batches are uint8, shuffled and shifted, and the same for the same seed."""

import numpy as np
import pytest

from resnet_course.batches import Batches, shifted


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
    assert [len(x) for x, _ in epoch_of(batches)] == [8] * 6 + [2]
    assert sorted(number for number, _ in seen) == list(range(50))
    assert all(hot.argmax() == number % 3 and hot.sum() == 1 for number, hot in seen)


def test_images_stay_uint8_and_are_not_copied_as_a_whole() -> None:
    images, labels = numbered()
    batches = Batches(images, labels, classes=3, batch_size=8, shift=1, seed=0)
    assert batches.images is images
    assert batches[0][0].dtype == np.uint8


def test_the_same_seed_gives_the_same_batches_in_whatever_order_they_are_asked_for() -> None:
    images, labels = numbered()
    first = Batches(images, labels, 3, 8, shift=1, seed=5)
    second = Batches(images, labels, 3, 8, shift=1, seed=5)
    backwards = [second[index] for index in reversed(range(len(second)))][::-1]
    for (x, y), (x_again, y_again) in zip(epoch_of(first), backwards, strict=True):
        assert np.array_equal(x, x_again)
        assert np.array_equal(y, y_again)


def test_epochs_and_seeds_differ() -> None:
    images, labels = numbered()
    batches = Batches(images, labels, 3, 50, seed=5)
    first = batches[0][0]
    batches.on_epoch_end()
    assert not np.array_equal(first, batches[0][0])
    assert not np.array_equal(first, Batches(images, labels, 3, 50, seed=6)[0][0])


def test_without_a_seed_images_come_in_order_and_unshifted() -> None:
    images, labels = numbered()
    x, _ = Batches(images, labels, 3, 50, shift=2)[0]
    assert np.array_equal(x, images)


def test_a_shift_moves_a_grey_image_over_black() -> None:
    images = np.zeros((400, 7, 9, 1), np.uint8)
    images[:, 3, 4] = 200
    moved = shifted(images, 2, np.random.default_rng(0))
    rows, columns = np.nonzero(moved[..., 0].any(axis=0))
    assert moved.shape == images.shape
    assert moved.dtype == np.uint8
    assert np.array_equal(moved.sum(axis=(1, 2, 3)), np.full(400, 200))
    assert set(zip(rows, columns, strict=True)) == {
        (r, c) for r in range(1, 6) for c in range(2, 7)
    }


def test_a_shift_of_a_colour_image_repeats_its_edge() -> None:
    images = np.full((50, 5, 5, 3), (10, 20, 30), np.uint8)
    assert np.array_equal(shifted(images, 2, np.random.default_rng(0)), images)


@pytest.mark.parametrize("most", [1, 3])
def test_a_shift_is_a_translation_by_whole_pixels(most: int) -> None:
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (20, 8, 8, 1), dtype=np.uint8)
    for image, moved in zip(images, shifted(images, most, rng), strict=True):
        padded = np.pad(image[..., 0], most)
        candidates = [
            padded[row : row + 8, column : column + 8]
            for row in range(2 * most + 1)
            for column in range(2 * most + 1)
        ]
        assert any(np.array_equal(moved[..., 0], candidate) for candidate in candidates)
