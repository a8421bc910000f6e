"""Attempts at whole networks: the ResNet50 of the tutorials, stages, and the small network."""

import keras
from keras import layers
from keras.layers import BatchNormalization, Conv2D, Dense, ReLU

from resnet_course.blocks import basic_block
from resnet_course.resnet import bottleneck_stage
from tests.checks.attempts.attempt import Attempt, collector

ATTEMPTS: list[Attempt] = []
right, wrong = collector(ATTEMPTS)

TUTORIAL = "padding before the max pooling is missing, and the average pooling has a window of 2×2"
STAGES = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))


def of_the_tutorials(
    input_shape, classes, stages=STAGES, filters=64, padding=3, dropout=0, activation="softmax"
):
    """Build the network that many tutorials teach, with something else in it."""
    inputs = keras.Input(input_shape)
    X = Conv2D(filters, 7, strides=2)(layers.ZeroPadding2D(padding)(inputs))
    X = layers.MaxPooling2D(3, strides=2)(ReLU()(BatchNormalization()(X)))
    for number, (width, blocks, s) in enumerate(stages, start=2):
        X = bottleneck_stage(X, (width, width, 4 * width), number, blocks, s)
    X = layers.Flatten()(layers.AveragePooling2D(2)(X))
    X = layers.Dropout(dropout)(X) if dropout else X
    return keras.Model(inputs, Dense(classes, activation=activation)(X))


@wrong("ResNet50", f"^the {TUTORIAL}$")
def the_network_of_the_tutorials(input_shape=(64, 64, 3), classes=6):
    return of_the_tutorials(input_shape, classes)


@wrong("ResNet50", f"^two things: the {TUTORIAL} · stage 3 has 3 blocks, not 4$")
def of_the_tutorials_with_three_blocks_in_stage_3(input_shape=(64, 64, 3), classes=6):
    stages = (STAGES[0], (128, 3, 2), *STAGES[2:])
    return of_the_tutorials(input_shape, classes, stages)


@wrong("ResNet50", f"^two things: the {TUTORIAL} · .*filters than expected: 32 instead of 64$")
def of_the_tutorials_with_a_narrow_stem(input_shape=(64, 64, 3), classes=6):
    return of_the_tutorials(input_shape, classes, filters=32)


@wrong("ResNet50", f"^two things: the {TUTORIAL} · .*dropout too many")
def of_the_tutorials_with_dropout(input_shape=(64, 64, 3), classes=6):
    return of_the_tutorials(input_shape, classes, dropout=0.5)


@wrong("ResNet50", f"^two things: the {TUTORIAL} · stage 5 has 1024 channels instead of 2048$")
def of_the_tutorials_with_a_narrow_stage(input_shape=(64, 64, 3), classes=6):
    return of_the_tutorials(input_shape, classes, (*STAGES[:3], (256, 3, 2)))


@wrong("ResNet50", f"^two things: the {TUTORIAL} · .*another padding.*2 on each side instead of 3")
def of_the_tutorials_with_less_padding(input_shape=(64, 64, 3), classes=6):
    return of_the_tutorials(input_shape, classes, padding=2)


@wrong("ResNet50", f"^two things: the {TUTORIAL} · the classes have a sigmoid each$")
def of_the_tutorials_with_sigmoids(input_shape=(64, 64, 3), classes=6):
    return of_the_tutorials(input_shape, classes, activation="sigmoid")


def small(input_shape, classes, widths, stem, end=lambda X: X):
    inputs = keras.Input(input_shape)
    X = layers.MaxPooling2D(2)(stem(inputs))
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = layers.GlobalAveragePooling2D()(end(X))
    return keras.Model(inputs, Dense(classes, activation="softmax")(X))


@wrong("mnist_resnet", "^the ReLU of the stem comes before its batch normalisation$")
def rectified_before_it_is_normalised(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    def stem(X):
        return BatchNormalization()(Conv2D(widths[0], 3, padding="same", activation="relu")(X))

    return small(input_shape, classes, widths, stem)


@wrong("mnist_resnet", "one batch normalisation and one ReLU too many, after ReLU 2")
def normalised_before_the_top(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    def stem(X):
        X = Conv2D(widths[0], 3, padding="same", use_bias=False)(X)
        return ReLU()(BatchNormalization()(X))

    return small(input_shape, classes, widths, stem, end=lambda X: ReLU()(BatchNormalization()(X)))


def blocks_of_its_own(X, filters, blocks, s, last=False, activation=None):
    """Stack blocks, of which the first, or the last one too, projects and takes the stride."""

    def unit(X, width, kernel, strides=1):
        X = Conv2D(width, kernel, strides=strides, padding="same", activation=activation)(X)
        return BatchNormalization()(X)

    F1, F2, F3 = filters
    for number in range(blocks):
        strides = s if number == (blocks - 1 if last else 0) else 1
        projected = number == 0 or (last and number == blocks - 1)
        shortcut = unit(X, F3, 1, strides) if projected else X
        X = ReLU()(unit(ReLU()(unit(X, F1, 1, strides)), F2, 3))
        X = ReLU()(unit(X, F3, 1) + shortcut)
    return X


@wrong("bottleneck_stage", "^every convolution has a ReLU of its own, before its normalisation$")
def activations_in_every_convolution(X, filters, stage, blocks, s=2):
    return blocks_of_its_own(X, filters, blocks, s, activation="relu")


@wrong("bottleneck_stage", "^there is one convolution and one batch normalisation too many$")
def the_stride_in_the_last_block(X, filters, stage, blocks, s=2):
    return blocks_of_its_own(X, filters, blocks, s, last=True)
