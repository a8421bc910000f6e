"""How weights are updated: optimisers with weight decay, and the learning rate over time."""

from typing import Any

import keras
from keras import KerasTensor, ops

from resnet_course.training.recipes import Recipe


class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that rises in a straight line to its peak and falls in another to zero.

    Source: Smith and Topin 2018, arXiv:1708.07120, without its last phase.
    """

    def __init__(self, peak: float, steps: int, warm_up: float = 0.2):
        """Set the peak and the length.

        Args:
            peak: The highest rate. The first step has a tenth of it.
            steps: Number of steps of the whole run.
            warm_up: Share of the steps before the peak.
        """
        self.peak = peak
        self.steps = steps
        self.warm_up = warm_up

    def __call__(self, step: int | KerasTensor) -> KerasTensor:
        """Return the rate of a step, counted from 0."""
        done = ops.cast(step, "float32")
        top = self.warm_up * self.steps
        rising = 0.1 + 0.9 * done / max(top, 1.0)
        falling = (self.steps - done) / (self.steps - top)
        return self.peak * ops.maximum(ops.where(done < top, rising, falling), 0.0)

    def get_config(self) -> dict[str, float]:
        """Return the arguments that make this schedule."""
        return {"peak": self.peak, "steps": self.steps, "warm_up": self.warm_up}


class SGDWithDecayedGradient(keras.optimizers.SGD):
    """Stochastic gradient descent with weight decay in the gradient, as published recipes have it.

    The `weight_decay` of Keras's own SGD is decoupled: it passes by the momentum.
    """

    def __init__(self, learning_rate: float | OneCycle, momentum: float, decay: float):
        """Set the rate, the momentum and the decay.

        Args:
            learning_rate: The rate.
            momentum: The momentum.
            decay: Each gradient grows by this times the weight.
        """
        super().__init__(learning_rate, momentum=momentum)
        self.decay = decay

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update one variable."""
        super().update_step(gradient + self.decay * variable, variable, learning_rate)


def optimiser(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    """Build the optimiser of a recipe.

    Args:
        recipe: The recipe.
        steps: Number of steps of the whole run.

    Returns:
        The optimiser. AdamW decays kernels only: neither gamma and beta nor biases.
    """
    rate: float | OneCycle = recipe.learning_rate
    if recipe.schedule == "one-cycle":
        rate = OneCycle(recipe.learning_rate, steps, recipe.warm_up)
    if recipe.optimiser == "sgd":
        return SGDWithDecayedGradient(rate, recipe.momentum, recipe.weight_decay)
    adamw = keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay)
    adamw.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    return adamw
