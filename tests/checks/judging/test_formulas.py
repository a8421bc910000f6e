"""Whether a formula gives the numbers that a function returned."""

from typing import Any

import numpy as np
import pytest

from checks.judging.formulas import Returned


def returned(*sizes: int, tolerance: float = 1e-4) -> Returned:
    """Return squares of 1, 2, …: so many of them in each call."""
    calls = [({"size": size}, np.arange(1.0, size + 1) ** 2) for size in sizes]
    return Returned(calls, tolerance)


def squares(size: int) -> Any:
    return np.arange(1.0, size + 1) ** 2


def test_a_formula_has_to_give_the_numbers_of_every_call():
    assert returned(3, 5, 40).is_given_by(squares)
    assert returned(3, 5, 40).is_given_by(lambda size: squares(size) * (1 + 1e-5))
    assert not returned(3, 5, 40).is_given_by(lambda size: np.arange(1.0, size + 1) ** 3)
    assert not returned(3, 5, 40).is_given_by(lambda size: squares(size) + (size == 40))
    assert not returned(3, 5, 40).is_given_by(lambda size: squares(size)[:, np.newaxis])
    assert not returned(3, 5, 40).is_given_by(lambda size: 1 / 0)


def test_a_formula_that_fails_at_the_smallest_array_is_not_computed_for_the_others():
    sizes = []

    def cubes(size):
        sizes.append(size)
        return np.arange(1.0, size + 1) ** 3

    assert not returned(40, 3, 1000).is_given_by(cubes)
    assert sizes == [3]


@pytest.mark.parametrize(("open_of_ten", "fits"), [(0, True), (3, True), (6, True), (8, False)])
def test_a_formula_may_leave_some_numbers_open(open_of_ten, fits):
    def partly(size):
        numbers = squares(size)
        numbers[: size * open_of_ten // 10] = np.nan
        return numbers

    assert returned(10, 20).is_given_by(partly) == fits


def test_what_a_formula_leaves_open_counts_in_the_mean_over_all_calls():
    def open_in_one_call(size):
        return np.full(size, np.nan) if size == 10 else squares(size)

    assert returned(10, 20, 30).is_given_by(open_in_one_call)
    assert not returned(10).is_given_by(open_in_one_call)


def test_numbers_that_are_all_the_same_say_nothing():
    assert returned(3).says_something()
    assert not Returned([({}, np.zeros(3)), ({}, np.ones(4))], 1e-4).says_something()
    assert Returned([({}, {"one": 0.0})], 1e-4).says_something()
