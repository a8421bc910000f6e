"""Batch normalisation in one kernel, where the backend has one.

Keras computes it from a dozen elementary operations, forward and backward, each of which reads and
writes whole feature maps. TensorFlow has a kernel for all of it, which Keras 3 does not call. This
is the one module that names TensorFlow.
"""

from typing import Any

import keras
from keras import KerasTensor, layers, ops


class FusedBatchNormalization(layers.BatchNormalization):
    """Keras's batch normalisation, trained in TensorFlow's kernel; the same numbers, faster.

    In inference, when frozen, with a mask or on other backends it is Keras's own.
    """

    def call(
        self, inputs: KerasTensor, training: bool | None = None, mask: Any = None
    ) -> KerasTensor:
        """Normalise, and take note of the statistics while training.

        Args:
            inputs: Feature maps of shape `(batch, height, width, channels)`, in float32 or
                bfloat16.
            training: Whether to normalise by the statistics of this batch.
            mask: What Keras's own takes.

        Returns:
            Feature maps of the same shape and dtype. Statistics are computed in float32.
        """
        if not (training and self.trainable) or mask is not None or not self.is_fusible():
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf

        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=ops.convert_to_tensor(self.gamma),
            offset=ops.convert_to_tensor(self.beta),
            mean=tf.zeros([0]),
            variance=tf.zeros([0]),
            epsilon=self.epsilon,
        )
        # The kernel divides by n - 1, Keras and the paper's training statistics by n.
        count = ops.cast(ops.size(inputs) // inputs.shape[-1], "float32")
        variance = variance * ((count - 1) / count)
        for moving, new in ((self.moving_mean, mean), (self.moving_variance, variance)):
            kept = moving * self.momentum
            moving.assign(kept + ops.stop_gradient(new) * (1 - self.momentum))
        return outputs

    def is_fusible(self) -> bool:
        """Return whether the kernel does all that this layer's configuration asks for."""
        return (
            has_kernel()
            and self.variable_dtype == "float32"
            and self.input_spec.ndim == 4
            and self.axis in (3, -1)
            and self.scale
            and self.center
            and not self.renorm
            and not self.synchronized
        )


def has_kernel() -> bool:
    """Return whether the backend has a kernel for batch normalisation that Keras leaves idle."""
    return bool(keras.config.backend() == "tensorflow")
