"""A training that is killed goes on as if nothing had happened; states are whole or not there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from resnet_course.data import sets
from resnet_course.data.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.training import callbacks, loop, networks
from resnet_course.training.checkpoints import Checkpoints
from resnet_course.training.loop import Run
from resnet_course.training.recipes import Recipe
from resnet_course.training.settings import TrainingSettings


class Interrupted(Exception):
    """Stands for the end of a process."""


class Interrupt(keras.callbacks.Callback):
    """Ends a training after some steps."""

    def __init__(self, steps: int):
        super().__init__()
        self.left = steps

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if self.left == 0:
            raise Interrupted
        self.left -= 1


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return sets.load("digits").take(120)


def trained(digits: Dataset, folder: Path | None = None, steps: int = 99, epochs: int = 2) -> Run:
    keras.utils.set_random_seed(0)
    layers = [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dropout(0.2, seed=1)]
    body = keras.Sequential([*layers, keras.layers.Dense(10, "softmax")], name="own")
    return loop.train(
        networks.from_pixels(body, digits),
        digits,
        Recipe(epochs=epochs, batch_size=32, shift=1, learning_rate=0.1),
        TrainingSettings(validation=0.2, patience=1, folder=folder, callbacks=[Interrupt(steps)]),
    )


@pytest.fixture(scope="module")
def undisturbed(digits: Dataset) -> Run:
    return trained(digits)


@pytest.fixture
def _every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a state written after every step."""
    monkeypatch.setattr(callbacks, "SECONDS_BETWEEN_STATES", 0.0)
    monkeypatch.setattr(callbacks, "TIMES_WRITING", 0.0)


@pytest.mark.parametrize("seconds", [0.0, 30.0])
@pytest.mark.parametrize("steps", [0, 2, 3, 5])
def test_an_interrupted_training_goes_on_to_the_same_end(
    digits: Dataset,
    undisturbed: Run,
    tmp_path: Path,
    steps: int,
    seconds: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(callbacks, "SECONDS_BETWEEN_STATES", seconds)
    monkeypatch.setattr(callbacks, "TIMES_WRITING", 0.0)
    with pytest.raises(Interrupted):
        trained(digits, tmp_path, steps)
    run = trained(digits, tmp_path)
    assert run.curve == undisturbed.curve
    for weight, expected in zip(
        run.model.get_weights(), undisturbed.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(weight, expected)
    assert run.cpu_seconds > 0


def test_a_training_that_is_done_is_not_done_again(digits: Dataset, tmp_path: Path) -> None:
    first = trained(digits, tmp_path)
    again = trained(digits, tmp_path, steps=0)
    assert again.curve == first.curve
    np.testing.assert_array_equal(again.evaluation.probabilities, first.evaluation.probabilities)


class Watch:
    """A clock that goes on by some seconds a step, and by others while a state is written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, a_step: float, writing: float):
        self.now, self.written, self.a_step = 0.0, [], a_step
        write = Checkpoints.write

        def slowly(checkpoints: Checkpoints, facts: dict, *others: object) -> None:
            self.written.append((facts["recorder"]["epoch"], facts["recorder"]["step"]))
            self.now += writing
            write(checkpoints, facts, *others)

        monkeypatch.setattr(Checkpoints, "write", slowly)
        monkeypatch.setattr(callbacks.time, "monotonic", lambda: self.now)

    def callback(self) -> keras.callbacks.Callback:
        def go_on(batch: int, logs: dict | None = None) -> None:
            self.now += self.a_step

        return keras.callbacks.LambdaCallback(on_train_batch_begin=go_on)


@pytest.mark.parametrize(
    ("a_step", "writing", "expected"),
    [
        (0.1, 0.01, [(0, 1), (3, 0)]),
        (11, 0.01, [(0, 1), (1, 0), (1, 3), (2, 2), (3, 0)]),
        (40, 0.01, [(0, 1), (0, 2), (0, 3), (1, 0), (1, 1), (1, 2), (1, 3), (2, 0), (2, 1)]),
        (10, 4, [(0, 1), (2, 1), (3, 0)]),
    ],
)
def test_a_state_is_written_twice_a_minute_and_seldom_where_that_takes_long(
    digits: Dataset, tmp_path: Path, monkeypatch, a_step: float, writing: float, expected: list
) -> None:
    watch = Watch(monkeypatch, a_step, writing)
    layers = [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    model = networks.from_pixels(keras.Sequential(layers, name="own"), digits)
    recipe = Recipe(epochs=3, batch_size=32, shift=0)
    loop.fit(model, digits, recipe, TrainingSettings(folder=tmp_path, callbacks=[watch.callback()]))
    assert watch.written[: len(expected)] == expected
    assert watch.written[-1] == (3, 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork, which Windows lacks")
def test_kills_at_random_moments_change_nothing(tmp_path: Path) -> None:
    script = Path(__file__).with_name("kill_and_resume.py")
    results = []
    for kills in (0, 3):
        folder = tmp_path / str(kills)
        folder.mkdir()
        words = [sys.executable, str(script), str(folder), str(kills), "1"]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=600)
        assert done.returncode == 0, done.stderr
        results.append(json.loads(done.stdout))
    assert [result.pop("killed") for result in results] == [0, 3]
    assert results[0] == results[1]


def variables(value: float) -> list[keras.Variable]:
    whole = keras.Variable(int(value), dtype="int64", trainable=False)
    return [keras.Variable(np.full((2, 3), value, np.float32)), whole]


def test_the_newest_state_comes_back(tmp_path: Path) -> None:
    states = Checkpoints(tmp_path)
    for step in (1, 2, 3):
        states.write({"step": step}, variables(step))
    target = variables(0)
    assert Checkpoints(tmp_path).read(target) == {"step": 3}
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(target[0]), np.full((2, 3), 3.0))
    assert int(target[1]) == 3


@pytest.mark.parametrize("damage", [b"", b"something else", b"x" * 1000])
def test_a_torn_file_leaves_the_state_before(tmp_path: Path, damage: bytes) -> None:
    states = Checkpoints(tmp_path)
    for step in (1, 2):
        states.write({"step": step}, variables(step))
    newest = states.paths[int(np.argmax(states.numbers))]
    content = newest.read_bytes()
    newest.write_bytes(damage + content[len(damage) :] if len(damage) < 1000 else damage)
    if not damage:
        newest.write_bytes(content[:-1])
    assert Checkpoints(tmp_path).read(variables(0)) == {"step": 1}


def test_without_a_whole_state_nothing_comes_back(tmp_path: Path) -> None:
    assert Checkpoints(tmp_path).read(variables(0)) is None
    assert not Checkpoints(tmp_path).hold_a_state()


def test_two_damaged_states_are_named(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    for path in checkpoints.paths:
        path.write_bytes(b"damaged")
    with pytest.raises(CourseError, match=r"both states in .* are damaged"):
        Checkpoints(tmp_path).hold_a_state()


def test_the_state_of_another_model_is_refused(tmp_path: Path) -> None:
    Checkpoints(tmp_path).write({}, variables(1))
    with pytest.raises(CourseError, match=r"another model: 32 bytes.*has 48.*--overwrite"):
        Checkpoints(tmp_path).read(variables(1)[:1] * 2)


@pytest.mark.usefixtures("_every_step")
def test_steps_that_are_taken_together_come_to_the_same_end(
    digits: Dataset, tmp_path: Path
) -> None:
    def fitted(steps_per_call: int, folder: Path | None = None, steps: int = 99) -> np.ndarray:
        keras.utils.set_random_seed(0)
        layers = [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
        model = networks.from_pixels(keras.Sequential(layers, name="own"), digits)
        recipe = Recipe(epochs=3, batch_size=16, shift=1)
        stop = [Interrupt(steps)]
        loop.fit(
            model,
            digits,
            recipe,
            TrainingSettings(folder=folder, callbacks=stop),
            steps_per_call=steps_per_call,
        )
        return model.layers[-1].get_weights()[0]

    alone = fitted(1)
    np.testing.assert_array_equal(fitted(3), alone)
    with pytest.raises(Interrupted):
        fitted(3, tmp_path, steps=4)
    np.testing.assert_array_equal(fitted(3, tmp_path), alone)
