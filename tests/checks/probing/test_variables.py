"""What is written down of the variables of a function that raised."""

import sys

import numpy as np

from checks.probing.variables import held, set_to_none


class Secretive:
    """An object that does not say what shape it has."""

    @property
    def shape(self):
        raise RuntimeError("not for you")


def test_variables_are_written_down_by_type_and_shape():
    def function():
        nothing = None
        numbers = np.zeros((2, 9, 33))
        some, all_there = [1.0, None], [1.0]
        by_name = {"a": None}
        secretive = Secretive()
        return sys._getframe(), nothing, numbers, some, all_there, by_name, secretive

    frame = function()[0]
    assert held([frame]) == {
        "nothing": "None",
        "numbers": "ndarray of the shape (2, 9, 33)",
        "some": "list of 2 with None",
        "all_there": "list of 1",
        "by_name": "dict of 1 with None",
        "secretive": "Secretive",
    }


def test_the_variables_of_the_innermost_frame_count():
    def inner(value):
        return sys._getframe()

    def outer(value):
        return sys._getframe(), inner(1)

    frames = outer("a")
    assert held(frames)["value"] == "int 1"
    assert held(frames[:1])["value"] == "str"


def test_variables_that_a_line_sets_to_none_are_told_from_others():
    def function(x, names):
        means = None
        first = second = None
        x.result = None
        names["a"] = None
        result = x.append(means)
        return [first, second, result, None]

    assert set_to_none([function.__code__]) == ("first", "means", "second")
