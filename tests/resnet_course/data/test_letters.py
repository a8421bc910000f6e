"""Rendered letters."""

import numpy as np

from resnet_course.data.letters import FONTS, rendered_letters
from resnet_course.data.sets import digits


def test_letters_look_like_the_digits_to_a_program():
    letters, labels = rendered_letters(50)
    assert letters.dtype == np.uint8
    assert letters.shape == (50, *digits().image_shape)
    assert labels.shape == (50,)
    assert labels.min() >= 0
    assert labels.max() < 52


def test_no_letter_is_blank_or_all_white():
    letters, _ = rendered_letters(400, characters="AliW")
    ink = letters.mean(axis=(1, 2, 3))
    assert ink.min() > 5
    assert ink.max() < 250


def test_a_seed_draws_the_same_letters_again_and_another_draws_others():
    letters, labels = rendered_letters(20, seed=1)
    again, again_labels = rendered_letters(20, seed=1)
    np.testing.assert_array_equal(letters, again)
    np.testing.assert_array_equal(labels, again_labels)
    assert not np.array_equal(letters, rendered_letters(20, seed=2)[0])


def test_classes_are_told_apart_by_their_ink():
    letters, labels = rendered_letters(300, characters="LT")
    top = letters[:, :2].mean(axis=(1, 2, 3)) / letters.mean(axis=(1, 2, 3))
    assert top[labels == 1].mean() > 1.5 * top[labels == 0].mean()


def test_letters_come_in_many_fonts():
    assert len(set(FONTS)) == len(FONTS) > 15
    letters, _ = rendered_letters(40, characters="a", size=16)
    assert letters.shape == (40, 16, 16, 1)
    assert len(np.unique(letters.reshape(40, -1), axis=0)) == 40
