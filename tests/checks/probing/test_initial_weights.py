"""New layers get weights of the right distribution at little cost, and only during a check."""

import keras
import numpy as np
import pytest
from keras import layers

import checks
from checks.probing.initial_weights import BLOCK, repeated_draws

INITIALISERS = [
    keras.initializers.HeNormal(),
    keras.initializers.GlorotUniform(),
    keras.initializers.RandomNormal(mean=2.0, stddev=0.5),
    keras.initializers.TruncatedNormal(stddev=0.1),
]


def weights(initialiser: keras.initializers.Initializer, *shape: int) -> np.ndarray:
    return keras.ops.convert_to_numpy(initialiser.clone()(shape))


@pytest.mark.parametrize("initialiser", INITIALISERS, ids=lambda each: type(each).__name__)
def test_repeated_weights_have_the_distribution_that_was_asked_for(
    initialiser: keras.initializers.Initializer,
) -> None:
    drawn = weights(initialiser, 3, 3, 64, 64)
    with repeated_draws():
        repeated = weights(initialiser, 3, 3, 64, 64)
    assert repeated.shape == drawn.shape
    assert repeated.dtype == drawn.dtype
    assert abs(repeated.mean() - drawn.mean()) < 0.1 * drawn.std()
    assert np.isclose(repeated.std(), drawn.std(), rtol=0.05)


def test_only_layers_with_many_weights_repeat_them() -> None:
    with repeated_draws():
        small = weights(INITIALISERS[0], BLOCK)
        large = weights(INITIALISERS[0], 2, BLOCK)
    assert len(np.unique(small)) > 0.99 * BLOCK
    np.testing.assert_array_equal(large[0], large[1])


def test_weights_are_drawn_one_by_one_after_a_check() -> None:
    seen = []

    def identity_block(X, f, filters, stage, block):
        dense = layers.Dense(BLOCK)
        dense.build((None, 2))
        seen.append(dense.get_weights()[0])
        return X

    checks.run("identity_block", identity_block)
    np.testing.assert_array_equal(seen[0][0], seen[0][1])
    after = layers.Dense(BLOCK)
    after.build((None, 2))
    assert not np.array_equal(*after.get_weights()[0])
