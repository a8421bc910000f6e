"""Convolution over small maps, as one matrix product for each position in the window.

Over a map of a few pixels, a processor's convolution is slow: each weight is fetched from memory
for every image and used a few times, and much of what it multiplies is padding. A product for each
position in the window takes all images of a batch together and leaves the padding out.
"""

from collections.abc import Iterator
from typing import Any

import keras
from keras import KerasTensor, layers, ops

#: Weights for each pixel of a map, from which products are as fast or faster.
WEIGHTS_PER_PIXEL = 30_000


class SmallMapConv2D(layers.Conv2D):
    """Keras's convolution, as matrix products where maps are small; the same but for rounding."""

    def convolution_op(self, inputs: KerasTensor, kernel: Any) -> KerasTensor:
        """Convolve.

        Args:
            inputs: Feature maps of shape `(batch, height, width, channels)`.
            kernel: Weights of shape `(rows, columns, channels, filters)`.

        Returns:
            Feature maps of shape `(batch, height, width, filters)`, of the dtype of the inputs.
        """
        if not self.is_faster_as_products(inputs.shape):
            return super().convolution_op(inputs, kernel)
        # A custom gradient is of tensors, so the variable is read here.
        return _convolve(inputs, ops.copy(kernel))

    def is_faster_as_products(self, shape: tuple[int | None, ...]) -> bool:
        """Return whether a map of this shape is small, and convolved as products can."""
        rows, columns, channels = shape[1:]
        if rows is None or columns is None or self.data_format != "channels_last":
            return False
        weights = self.kernel_size[0] * self.kernel_size[1] * channels * self.filters
        return (
            weights >= WEIGHTS_PER_PIXEL * rows * columns
            and self.padding == "same"
            and self.groups == 1
            and all(length % 2 for length in self.kernel_size)
            and set(self.strides) == set(self.dilation_rate) == {1}
        )


def measured_here() -> bool:
    """Return whether this trains on what `WEIGHTS_PER_PIXEL` was measured on: no accelerator."""
    return not keras.distribution.list_devices("gpu")


@ops.custom_gradient
def _convolve(x: KerasTensor, kernel: KerasTensor) -> tuple[KerasTensor, Any]:
    """Convolve with stride 1 and padding that keeps the size, and say how gradients go back."""

    def gradients(*args: Any, upstream: Any = None) -> tuple[KerasTensor, KerasTensor]:
        if upstream is None:
            (upstream,) = args
        turned = ops.transpose(ops.flip(kernel, (0, 1)), (0, 1, 3, 2))
        return _products(upstream, turned), _kernel_gradient(x, upstream, kernel.shape)

    return _products(x, kernel), gradients


def _products(x: KerasTensor, kernel: KerasTensor) -> KerasTensor:
    """Sum over the window: the part of `x` that its position sees, times the weights there."""
    (height, width, channels), filters = x.shape[1:], kernel.shape[-1]
    total = 0
    for i, out_rows, in_rows in _overlaps(height, kernel.shape[0]):
        for j, out_columns, in_columns in _overlaps(width, kernel.shape[1]):
            seen = x[:, in_rows, in_columns]
            product = ops.matmul(ops.reshape(seen, (-1, channels)), kernel[i, j])
            product = ops.reshape(product, (-1, *seen.shape[1:3], filters))
            around = [
                (part.start, size - part.stop)
                for part, size in ((out_rows, height), (out_columns, width))
            ]
            total += ops.pad(product, ((0, 0), *around, (0, 0)))
    return total


def _kernel_gradient(x: KerasTensor, upstream: KerasTensor, shape: tuple[int, ...]) -> KerasTensor:
    """Return the gradient of the kernel: 0 at positions that see nothing but padding."""
    rows, columns, channels, filters = shape
    zero = ops.zeros((channels, filters), x.dtype)
    found = {(i, j): zero for i in range(rows) for j in range(columns)}
    for i, out_rows, in_rows in _overlaps(x.shape[1], rows):
        for j, out_columns, in_columns in _overlaps(x.shape[2], columns):
            seen = ops.reshape(x[:, in_rows, in_columns], (-1, channels))
            sent = ops.reshape(upstream[:, out_rows, out_columns], (-1, filters))
            found[i, j] = ops.matmul(ops.transpose(seen), sent)
    return ops.reshape(ops.stack(list(found.values())), shape)


def _overlaps(size: int, window: int) -> Iterator[tuple[int, slice, slice]]:
    """Yield each position in a window, and which outputs see which inputs through it."""
    for position in range(window):
        shift = position - window // 2
        first, last = max(0, -shift), size - max(0, shift)
        if first < last:
            yield position, slice(first, last), slice(first + shift, last + shift)
