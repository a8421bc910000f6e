"""The learning rate and the weight decay follow their formulas."""

import keras
import numpy as np
import pytest

from resnet_course.training.optimisers import OneCycle, optimiser
from resnet_course.training.recipes import Recipe

pytestmark = pytest.mark.numerical


def rates(schedule: OneCycle, steps: int) -> np.ndarray:
    return np.array([float(schedule(step)) for step in range(steps + 1)])


def test_one_cycle_rises_from_a_tenth_to_its_peak_and_falls_to_zero() -> None:
    rate = rates(OneCycle(0.5, steps=100, warm_up=0.2), 100)
    assert rate[0] == pytest.approx(0.05)
    assert rate[20] == pytest.approx(0.5)
    assert rate[60] == pytest.approx(0.25)
    assert rate[100] == pytest.approx(0.0, abs=1e-7)
    assert np.all(np.diff(rate[:21]) > 0)
    assert np.all(np.diff(rate[20:]) < 0)


def test_one_cycle_without_warm_up_starts_at_its_peak() -> None:
    assert rates(OneCycle(0.5, steps=10, warm_up=0.0), 10)[0] == pytest.approx(0.5)


def test_one_cycle_never_gets_negative() -> None:
    assert float(OneCycle(0.5, steps=10)(25)) == 0.0


def test_one_cycle_is_made_again_from_its_config() -> None:
    schedule = OneCycle(0.3, 50, 0.1)
    assert np.allclose(rates(OneCycle(**schedule.get_config()), 50), rates(schedule, 50))


def test_adamw_decays_kernels_and_nothing_else() -> None:
    model = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            keras.layers.Conv2D(3, 3, bias_initializer="ones"),
            keras.layers.BatchNormalization(beta_initializer="ones"),
        ]
    )
    before = {variable.path: variable.numpy() for variable in model.trainable_variables}
    recipe = Recipe(learning_rate=0.1, schedule="constant", weight_decay=0.5)
    zeros = [np.zeros(variable.shape, np.float32) for variable in model.trainable_variables]
    optimiser(recipe, steps=1).apply(
        [keras.ops.convert_to_tensor(zero) for zero in zeros], model.trainable_variables
    )
    for variable in model.trainable_variables:
        shrink = 1 - 0.1 * 0.5 if variable.name == "kernel" else 1.0
        assert np.allclose(variable.numpy(), shrink * before[variable.path]), variable.path


def test_sgd_decays_through_the_momentum() -> None:
    weight = keras.Variable([1.0, -2.0])
    recipe = Recipe(
        optimiser="sgd", schedule="constant", learning_rate=0.1, momentum=0.9, weight_decay=0.5
    )
    sgd = optimiser(recipe, steps=3)
    expected, velocity = np.array([1.0, -2.0]), np.zeros(2)
    for gradient in ([0.3, 0.1], [0.0, 0.0], [-0.2, 0.4]):
        sgd.apply([keras.ops.convert_to_tensor(gradient, "float32")], [weight])
        velocity = 0.9 * velocity + np.array(gradient) + 0.5 * expected
        expected = expected - 0.1 * velocity
        assert np.allclose(weight.numpy(), expected, atol=1e-6)
