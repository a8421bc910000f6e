"""A slim ResNet50: the published network at a quarter of its width, for small colour images."""

import keras
from keras import layers

from resnet_course.resnet import STAGE_WIDTHS, bottleneck_stage, small_stem, stages, with_top


def slim_resnet50(
    input_shape: tuple[int, int, int] = (32, 32, 3), classes: int = 10, divisor: int = 4
) -> keras.Model:
    """Build ResNet50 with a fraction of its filters, and a stem for small images.

    The stem is a 3x3 convolution, batch normalisation, ReLU and 2x2 max pooling. The sixteen
    bottleneck blocks are those of ResNet50.

    Args:
        input_shape: Height, width and channels of the images.
        classes: Number of classes.
        divisor: What every number of filters is divided by.

    Returns:
        A model from images of shape `(batch, *input_shape)` to probabilities of shape
        `(batch, classes)`.

    Source: He et al. 2016, arXiv:1512.03385, table 1; the stem after section 4.2.
    """
    inputs = keras.Input(input_shape)
    X = layers.MaxPooling2D(2, name="pool1")(small_stem(inputs, STAGE_WIDTHS[0] // divisor))
    for stage, width, blocks, s in stages(50):
        filters = (width // divisor, width // divisor, 4 * width // divisor)
        X = bottleneck_stage(X, filters, stage, blocks, s)
    return with_top(inputs, X, classes, "slim_resnet50")
