"""The building blocks of residual networks (lessons 2 and 3).

Layers are named as in the network definitions that He et al. published: ``res2a_branch2a`` is the
first convolution on the main path of block ``a`` in stage 2, ``bn2a_branch2a`` its batch
normalisation, and ``branch1`` the projection shortcut.
"""

import math
from collections.abc import Sequence

from keras import KerasTensor, layers


def conv_bn(
    X: KerasTensor,
    filters: int,
    kernel_size: int,
    name: str,
    strides: int = 1,
    use_bias: bool = True,
) -> KerasTensor:
    """Convolve, then normalise the batch: the unit that every residual block is made of.

    Args:
        X: Feature maps of shape `(batch, height, width, channels)`.
        filters: Number of filters of the convolution.
        kernel_size: Height and width of the kernel. The padding is "same".
        name: Where the unit stands, such as `"2a_branch2b"`. The convolution is called
            `"res" + name`, the batch normalisation `"bn" + name`.
        strides: Step of the convolution in both directions.
        use_bias: Whether the convolution adds a bias. The normalisation right after it removes
            any constant, so a bias changes nothing but the number of parameters.

    Returns:
        Feature maps of shape `(batch, ceil(height / strides), ceil(width / strides), filters)`.

    Source: Ioffe and Szegedy 2015, arXiv:1502.03167, section 3.2; He initialisation from
    He et al. 2015, arXiv:1502.01852, equation 10.
    """
    X = layers.Conv2D(
        filters,
        kernel_size,
        strides=strides,
        padding="same",
        use_bias=use_bias,
        kernel_initializer="he_normal",
        name=f"res{name}",
    )(X)
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


def basic_block(X: KerasTensor, filters: int, stage: int, block: str, s: int = 1) -> KerasTensor:
    """Add two 3x3 convolutions to their input: the block of ResNet18 and ResNet34.

    The shortcut is the identity where the shapes allow it; else a projection, a 1x1 convolution
    with the same stride, followed by batch normalisation. No convolution has a bias.

    Args:
        X: Feature maps of shape `(batch, height, width, channels)`.
        filters: Number of filters of both convolutions.
        stage: Number of the stage, for the names of the layers.
        block: Letter of the block within its stage, for the names of the layers.
        s: Stride of the first convolution and of the projection.

    Returns:
        Feature maps of shape `(batch, ceil(height / s), ceil(width / s), filters)`.

    Source: He et al. 2016, arXiv:1512.03385, figure 5 left; options A to C in section 4.1, of
    which this is B.
    """
    name = f"{stage}{block}_branch"
    shortcut = X
    X = conv_bn(X, filters, 3, f"{name}2a", strides=s, use_bias=False)
    X = layers.ReLU(name=f"res{name}2a_relu")(X)
    X = conv_bn(X, filters, 3, f"{name}2b", use_bias=False)
    if s != 1 or shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, f"{name}1", strides=s, use_bias=False)
    X = layers.Add(name=f"res{stage}{block}")([X, shortcut])
    return layers.ReLU(name=f"res{stage}{block}_relu")(X)


def identity_block(
    X: KerasTensor, f: int, filters: Sequence[int], stage: int, block: str
) -> KerasTensor:
    """Add a three-convolution bottleneck to its input, which passes unchanged.

    Args:
        X: Feature maps of shape `(batch, height, width, channels)`, where `channels` equals
            the last of `filters`.
        f: Height and width of the kernel of the middle convolution.
        filters: Numbers of filters `(F1, F2, F3)` of the 1x1, the f x f and the 1x1 convolution.
        stage: Number of the stage, for the names of the layers.
        block: Letter of the block within its stage, for the names of the layers.

    Returns:
        Feature maps of the same shape as `X`.

    Source: He et al. 2016, arXiv:1512.03385, equation 1 and figure 5 right.
    """
    F1, F2, F3 = filters
    name = f"{stage}{block}_branch2"
    shortcut = X
    X = conv_bn(X, F1, 1, f"{name}a")
    X = layers.ReLU(name=f"res{name}a_relu")(X)
    X = conv_bn(X, F2, f, f"{name}b")
    X = layers.ReLU(name=f"res{name}b_relu")(X)
    X = conv_bn(X, F3, 1, f"{name}c")
    X = layers.Add(name=f"res{stage}{block}")([X, shortcut])
    return layers.ReLU(name=f"res{stage}{block}_relu")(X)


def output_size(size: int, kernel: int, stride: int, padding: str) -> int:
    """Count the rows, or the columns, that come out of a convolution.

    Args:
        size: Number of rows, or columns, that go in.
        kernel: Height, or width, of the kernel; at most `size` where the padding is "valid".
        stride: Step of the convolution.
        padding: "same" for as many zeros around the image as let the kernel start at every pixel,
            "valid" for none.

    Returns:
        The number of positions at which the kernel is laid.

    Source: Dumoulin and Visin 2016, arXiv:1603.07285, section 2.
    """
    starts = size if padding == "same" else size - kernel + 1
    return math.ceil(starts / stride)


def projection_shortcut(
    X: KerasTensor, filters: int, stage: int, block: str, s: int = 2
) -> KerasTensor:
    """Bring the input of a block to the shape of its main path's output.

    Args:
        X: Feature maps of shape `(batch, height, width, channels)`.
        filters: Number of channels to project to.
        stage: Number of the stage, for the names of the layers.
        block: Letter of the block within its stage, for the names of the layers.
        s: Stride of the 1x1 convolution.

    Returns:
        Feature maps of shape `(batch, ceil(height / s), ceil(width / s), filters)`, normalised
        and not rectified.

    Source: He et al. 2016, arXiv:1512.03385, equation 2, the matrix W_s.
    """
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s)


def convolutional_block(
    X: KerasTensor, f: int, filters: Sequence[int], stage: int, block: str, s: int = 2
) -> KerasTensor:
    """Add a three-convolution bottleneck to a projection of its input.

    Args:
        X: Feature maps of shape `(batch, height, width, channels)`.
        f: Height and width of the kernel of the middle convolution.
        filters: Numbers of filters `(F1, F2, F3)` of the 1x1, the f x f and the 1x1 convolution.
        stage: Number of the stage, for the names of the layers.
        block: Letter of the block within its stage, for the names of the layers.
        s: Stride of the first 1x1 convolution and of the projection.

    Returns:
        Feature maps of shape `(batch, ceil(height / s), ceil(width / s), F3)`.

    Source: He et al. 2016, arXiv:1512.03385, equation 2 and table 1. The stride stands in the
    first 1x1 convolution, as in the network definitions that the authors published; later
    variants ("v1.5") move it to the f x f convolution.
    """
    F1, F2, F3 = filters
    name = f"{stage}{block}_branch2"
    shortcut = projection_shortcut(X, F3, stage, block, s)
    X = conv_bn(X, F1, 1, f"{name}a", strides=s)
    X = layers.ReLU(name=f"res{name}a_relu")(X)
    X = conv_bn(X, F2, f, f"{name}b")
    X = layers.ReLU(name=f"res{name}b_relu")(X)
    X = conv_bn(X, F3, 1, f"{name}c")
    X = layers.Add(name=f"res{stage}{block}")([X, shortcut])
    return layers.ReLU(name=f"res{stage}{block}_relu")(X)


def identity_block_parameters(f: int, channels: int, filters: Sequence[int]) -> int:
    """Count the parameters of an identity block that training changes.

    A convolution has one kernel and one bias a filter; batch normalisation has a gamma and a beta
    a channel. Its moving mean and moving variance are updated, not trained: they do not count.

    Args:
        f: Height and width of the kernel of the middle convolution.
        channels: Number of channels of the input.
        filters: Numbers of filters `(F1, F2, F3)` of the 1x1, the f x f and the 1x1 convolution.

    Returns:
        Number of trainable parameters.

    Source: He et al. 2016, arXiv:1512.03385, figure 5 right; Ioffe and Szegedy 2015,
    arXiv:1502.03167, algorithm 1, for gamma and beta.
    """
    parameters = 0
    inputs = channels
    for size, outputs in zip((1, f, 1), filters, strict=True):
        kernel = size * size * inputs * outputs
        bias = gamma = beta = outputs
        parameters += kernel + bias + gamma + beta
        inputs = outputs
    return parameters
