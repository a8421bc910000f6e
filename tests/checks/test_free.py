"""What the documentation says that a check leaves free is what the code leaves free."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from keras import layers

from checks.catalogue import EXERCISES
from checks.exercise import NetworkExercise
from checks.graph.canonical import ALWAYS_FREE
from checks.graph.equivalence import equivalent
from checks.graph.keras_layers import steps_of

PAGE = Path(__file__).parents[2] / "docs" / "checks.md"

#: What the reader of layers leaves to others: `trainable` is judged by what training changes.
APART = {"trainable"}

#: What two networks may differ in and a result of its own refuses: weights that never change.
REFUSED = {"learns", "updated"}

#: What says where a node or a setting comes from, and is no setting itself.
ORIGINS = {"told_by", "implied"}

NETWORKS = [each for each in EXERCISES.values() if isinstance(each, NetworkExercise)]

#: The layers of the course, as its lessons make them.
COURSE = [
    layers.Conv2D(4, 3, padding="same"),
    layers.BatchNormalization(axis=3),
    layers.ReLU(),
    layers.Activation("relu"),
    layers.Add(),
    layers.ZeroPadding2D(1),
    layers.MaxPooling2D(2),
    layers.GlobalAveragePooling2D(),
    layers.Dense(3, activation="softmax"),
    layers.Softmax(),
]


def listed() -> list[str]:
    """Return the settings that the page lists as free."""
    text = PAGE.read_text(encoding="utf-8").partition("Free in every exercise")[2]
    return re.findall(r"^- `([\w*]+)`", text.partition("\n\nLayers that")[0], re.MULTILINE)


class Watched(dict[str, Any]):
    """The configuration of a layer, which remembers what was read of it."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.read.add(key)
        return super().get(key, default)


def ignored(layer: layers.Layer) -> set[str]:
    """Return the settings of a layer that a check never reads."""
    config = Watched(layer.get_config())
    described = {
        "module": "keras.layers",
        "class_name": type(layer).__name__,
        "config": config,
    }
    assert steps_of(described, {"args": [], "kwargs": {}}) is not None
    return set(config) - config.read - APART


def free_in_the_code() -> set[str]:
    of_exercises = set.union(*(set(exercise.free) for exercise in NETWORKS))
    always = ALWAYS_FREE - REFUSED - ORIGINS
    return set.union(*map(ignored, COURSE)) | of_exercises | always | {"use_bias"}


def test_everything_that_is_free_is_listed() -> None:
    unlisted = {
        setting
        for setting in free_in_the_code()
        if not any(fnmatchcase(setting, pattern) for pattern in listed())
    }
    assert not unlisted


def test_everything_that_is_listed_is_free() -> None:
    assert listed()
    for pattern in listed():
        assert any(fnmatchcase(setting, pattern) for setting in free_in_the_code()), pattern


def test_every_exercise_leaves_the_same_free() -> None:
    assert {exercise.free for exercise in NETWORKS} == {frozenset({"epsilon"})}


def test_only_a_backbone_may_be_called_in_inference_mode() -> None:
    in_inference = {exercise.name for exercise in NETWORKS if exercise.in_inference}
    assert in_inference == {"transfer_model", "unfreeze"}


def without_lost_biases(exercise: NetworkExercise) -> Iterator[tuple[Any, Any]]:
    """Yield references with the biases of normalised convolutions switched, and as they are."""
    for case in exercise.cases(np.random.default_rng(0), False)[:2]:
        if case.raises is None:
            graph = exercise.expected(case)
            readers = graph.readers()
            lost = {
                node.name
                for node in graph.nodes.values()
                if node.operation == "conv2d"
                and readers[node.name]
                and all(graph.nodes[name].operation == "batch_norm" for name in readers[node.name])
            }
            nodes = (
                replace(node, params={**node.params, "use_bias": not node.params["use_bias"]})
                if node.name in lost
                else node
                for node in graph.nodes.values()
            )
            if lost:
                yield graph.rebuilt(nodes), graph


SMALL = [each for each in NETWORKS if each.name != "ResNet50"]


@pytest.mark.parametrize("exercise", SMALL, ids=lambda each: each.name)
def test_a_bias_right_before_a_normalisation_is_free(exercise: NetworkExercise) -> None:
    for switched, as_it_is in without_lost_biases(exercise):
        assert equivalent(as_it_is, switched, exercise.free)


def test_another_way_to_normalise_is_not_free() -> None:
    layer = layers.BatchNormalization(axis=3, renorm=True)
    described = {
        "module": "keras.layers",
        "class_name": "BatchNormalization",
        "config": layer.get_config(),
    }
    assert steps_of(described, {"args": [], "kwargs": {}}) is None
