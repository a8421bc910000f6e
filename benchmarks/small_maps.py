"""Convolution over small maps: Keras's own against one matrix product for each position.

    python benchmarks/small_maps.py
    python benchmarks/small_maps.py --precision bfloat16 --batch-size 32

Milliseconds of a 3x3 convolution with its gradients, the best of eight, on TensorFlow. The rule
in `resnet_course.acceleration.small_maps` takes the products from 30,000 weights for each pixel of
the map on.
"""

import argparse
import time
from collections.abc import Callable

from resnet_course.quiet import import_keras

#: Side of the map and channels in and out.
SHAPES = [(side, width) for side in (1, 2, 4, 8) for width in (64, 128, 256, 512)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--batch-size", type=int, default=128, help="default: 128")
    arguments = parser.parse_args()
    import_keras()
    from keras import layers

    from resnet_course.acceleration.small_maps import SmallMapConv2D

    class Products(SmallMapConv2D):
        def is_faster_as_products(self, shape: tuple[int | None, ...]) -> bool:
            return True

    print("side channels weights/pixel   own ms  products ms  ratio")
    for side, width in SHAPES:
        shape = (arguments.batch_size, side, side, width)
        own, products = (
            milliseconds(step(kind(width, 3, padding="same"), shape, arguments.precision))
            for kind in (layers.Conv2D, Products)
        )
        weights = 9 * width * width // side**2
        print(
            f"{side:4} {width:8} {weights:13,} {own:8.1f} {products:12.1f} {own / products:6.2f}",
            flush=True,
        )


def step(layer, shape: tuple[int, ...], precision: str) -> Callable[[], object]:
    """Return a function that convolves random maps and takes both gradients."""
    import tensorflow as tf
    from keras import ops

    x = tf.cast(tf.random.normal(shape), precision)
    kernel = tf.cast(tf.random.normal((3, 3, shape[-1], shape[-1])), precision)
    upstream = ops.ones_like(x)

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            tape.watch([x, kernel])
            outputs = layer.convolution_op(x, kernel)
        return tape.gradient(outputs, [x, kernel], upstream)

    return run


def milliseconds(run: Callable[[], object]) -> float:
    """Return the shortest of eight times, after two that are not counted."""
    times = []
    for _ in range(10):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return 1000 * min(times[2:])


if __name__ == "__main__":
    main()
