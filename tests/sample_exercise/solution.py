"""The reference solution: in the course, a function of a module of `resnet_course`."""

from keras import KerasTensor, layers


def pre_activation(X: KerasTensor, filters: int) -> KerasTensor:
    """Normalise, rectify, convolve: a unit whose activation comes first.

    After He et al. 2016, "Identity Mappings in Deep Residual Networks", figure 4 (e).

    Args:
        X: Images of shape (height, width, channels).
        filters: Number of channels to return.

    Returns:
        Images of shape (height, width, filters).
    """
    X = layers.BatchNormalization(axis=3)(X)
    X = layers.ReLU()(X)
    return layers.Conv2D(filters, 3, padding="same", use_bias=False)(X)
