"""The count by hand equals what Keras counts."""

import keras
import pytest

from resnet_course.blocks import identity_block, identity_block_parameters


@pytest.mark.parametrize(
    ("f", "filters"), [(3, (64, 64, 256)), (1, (2, 3, 5)), (5, (7, 4, 6)), (2, (1, 1, 1))]
)
def test_equals_the_trainable_weights_of_the_block_in_keras(f, filters):
    inputs = keras.Input((6, 7, filters[-1]))
    model = keras.Model(inputs, identity_block(inputs, f, filters, stage=2, block="b"))
    trainable = sum(weight.numpy().size for weight in model.trainable_weights)
    assert identity_block_parameters(f, filters[-1], filters) == trainable
