"""Whole residual networks, all from one table (lesson 4).

The networks take float images that are already normalised and return class probabilities.
`resnet_course.training` puts the normalisation in front, so that what is saved takes raw pixels.
"""

import string
from collections.abc import Iterator, Sequence

import keras
from keras import KerasTensor, layers

from resnet_course.blocks import basic_block, conv_bn, convolutional_block, identity_block
from resnet_course.keras_weights import copy_weights as copy_weights
from resnet_course.keras_weights import load_keras_weights as load_keras_weights

#: Blocks in each of the four stages, by depth (He et al. 2016, arXiv:1512.03385, table 1).
BLOCKS_PER_STAGE = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
}

#: Filters of the first convolution of the blocks in each stage (same table).
STAGE_WIDTHS = (64, 128, 256, 512)


def stem(X: KerasTensor) -> KerasTensor:
    """Reduce images to a quarter of their size: the beginning of the ImageNet networks.

    Zero padding 3, 7x7 convolution with 64 filters and stride 2, batch normalisation, ReLU, zero
    padding 1, 3x3 max pooling with stride 2. Neither convolution nor pooling pads by itself.

    Args:
        X: Images of shape `(batch, height, width, channels)`.

    Returns:
        Feature maps of shape `(batch, ceil(height / 4), ceil(width / 4), 64)`.

    Source: He et al. 2016, arXiv:1512.03385, table 1; padding as in `keras.applications`.
    """
    X = layers.ZeroPadding2D(3, name="conv1_pad")(X)
    X = layers.Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = layers.ReLU(name="conv1_relu")(X)
    X = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(X)


def small_stem(X: KerasTensor, filters: int = 64) -> KerasTensor:
    """Begin a network for small images: one 3x3 convolution that keeps their size.

    Args:
        X: Images of shape `(batch, height, width, channels)`.
        filters: Number of filters.

    Returns:
        Feature maps of shape `(batch, height, width, filters)`.

    Source: He et al. 2016, arXiv:1512.03385, section 4.2.
    """
    X = conv_bn(X, filters, 3, "_conv1", use_bias=False)
    return layers.ReLU(name="conv1_relu")(X)


def bottleneck_stage(
    X: KerasTensor, filters: Sequence[int], stage: int, blocks: int, s: int = 2
) -> KerasTensor:
    """Stack one convolutional block and as many identity blocks as the stage needs.

    Args:
        X: Feature maps of shape `(batch, height, width, channels)`.
        filters: Numbers of filters `(F1, F2, F3)` of every block; the middle kernel is 3x3.
        stage: Number of the stage, for the names of the layers.
        blocks: Number of blocks, the convolutional one included.
        s: Stride of the convolutional block.

    Returns:
        Feature maps of shape `(batch, ceil(height / s), ceil(width / s), F3)`.

    Source: He et al. 2016, arXiv:1512.03385, table 1.
    """
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    for block in others:
        X = identity_block(X, 3, filters, stage, block)
    return X


def basic_stage(X: KerasTensor, filters: int, stage: int, blocks: int, s: int = 2) -> KerasTensor:
    """Stack basic blocks, the first of them with the stride.

    Args:
        X: Feature maps of shape `(batch, height, width, channels)`.
        filters: Number of filters of every convolution.
        stage: Number of the stage, for the names of the layers.
        blocks: Number of blocks.
        s: Stride of the first block.

    Returns:
        Feature maps of shape `(batch, ceil(height / s), ceil(width / s), filters)`.
    """
    for position, block in enumerate(block_names(blocks)):
        X = basic_block(X, filters, stage, block, s=s if position == 0 else 1)
    return X


def block_names(blocks: int) -> list[str]:
    """Return the names of the blocks of a stage: a, b, c … or, past the alphabet, a, b1, b2 …."""
    if blocks <= len(string.ascii_lowercase):
        return list(string.ascii_lowercase[:blocks])
    return ["a", *(f"b{number}" for number in range(1, blocks))]


def ResNet50(input_shape: tuple[int, int, int] = (64, 64, 3), classes: int = 6) -> keras.Model:
    """Build the 50-layer residual network.

    Args:
        input_shape: Height, width and channels of the images.
        classes: Number of classes.

    Returns:
        A model from images of shape `(batch, *input_shape)` to probabilities of shape
        `(batch, classes)`. Up to its top it equals `keras.applications.ResNet50`.

    Source: He et al. 2016, arXiv:1512.03385, table 1.
    """
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    X = bottleneck_stage(X, (64, 64, 256), stage=2, blocks=3, s=1)
    X = bottleneck_stage(X, (128, 128, 512), stage=3, blocks=4)
    X = bottleneck_stage(X, (256, 256, 1024), stage=4, blocks=6)
    X = bottleneck_stage(X, (512, 512, 2048), stage=5, blocks=3)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


def ResNet101(input_shape: tuple[int, int, int] = (64, 64, 3), classes: int = 6) -> keras.Model:
    """Build the 101-layer residual network; see `ResNet50`."""
    return _bottleneck_network(101, input_shape, classes)


def ResNet152(input_shape: tuple[int, int, int] = (64, 64, 3), classes: int = 6) -> keras.Model:
    """Build the 152-layer residual network; see `ResNet50`."""
    return _bottleneck_network(152, input_shape, classes)


def ResNet18(input_shape: tuple[int, int, int] = (32, 32, 3), classes: int = 10) -> keras.Model:
    """Build the 18-layer residual network of basic blocks, with the stem for small images.

    Args:
        input_shape: Height, width and channels of the images.
        classes: Number of classes.

    Returns:
        A model from images of shape `(batch, *input_shape)` to probabilities of shape
        `(batch, classes)`: 11,173,962 trainable parameters for the default arguments.

    Source: He et al. 2016, arXiv:1512.03385, table 1, with the stem of section 4.2.
    """
    return _basic_network(18, input_shape, classes)


def ResNet34(input_shape: tuple[int, int, int] = (32, 32, 3), classes: int = 10) -> keras.Model:
    """Build the 34-layer residual network of basic blocks; see `ResNet18`."""
    return _basic_network(34, input_shape, classes)


def mnist_resnet(
    input_shape: tuple[int, int, int] = (28, 28, 1),
    classes: int = 10,
    widths: Sequence[int] = (32, 64, 128),
) -> keras.Model:
    """Build the small custom network for MNIST: a pooling stem and one basic block a stage.

    The stem is a 3x3 convolution with as many filters as the first stage and no bias, batch
    normalisation, ReLU and 2x2 max pooling. Global average pooling and softmax make the top.

    Args:
        input_shape: Height, width and channels of the images.
        classes: Number of classes.
        widths: Filters of the stages. All but the first halve the size of the feature maps.

    Returns:
        A model from images of shape `(batch, *input_shape)` to probabilities of shape
        `(batch, classes)`: 309,418 parameters for the default arguments.
    """
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.ReLU(name="conv1_relu")(X)
    X = layers.MaxPooling2D(2, name="pool1")(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="mnist_resnet")


def _bottleneck_network(depth: int, input_shape: tuple[int, int, int], classes: int) -> keras.Model:
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    for stage, width, blocks, s in stages(depth):
        X = bottleneck_stage(X, (width, width, 4 * width), stage, blocks, s)
    return with_top(inputs, X, classes, f"ResNet{depth}")


def _basic_network(depth: int, input_shape: tuple[int, int, int], classes: int) -> keras.Model:
    inputs = keras.Input(input_shape)
    X = small_stem(inputs)
    for stage, width, blocks, s in stages(depth):
        X = basic_stage(X, width, stage, blocks, s)
    return with_top(inputs, X, classes, f"ResNet{depth}")


def stages(depth: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield number, width, blocks and stride of each stage of a network, by its depth."""
    for stage, (width, blocks) in enumerate(
        zip(STAGE_WIDTHS, BLOCKS_PER_STAGE[depth], strict=True), start=2
    ):
        yield stage, width, blocks, 1 if stage == 2 else 2


def with_top(inputs: KerasTensor, X: KerasTensor, classes: int, name: str) -> keras.Model:
    """End a network: global average pooling, then a dense layer with softmax.

    Args:
        inputs: What the network takes.
        X: Feature maps of shape `(batch, height, width, channels)`, computed from it.
        classes: Number of classes.
        name: Name of the network.

    Returns:
        A model from `inputs` to probabilities of shape `(batch, classes)`.
    """
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name=name)
