"""Attempts at lesson 4: `stem`, `bottleneck_stage`, `ResNet50` and `mnist_resnet`."""
# ruff: noqa: RET503, RET504

from itertools import pairwise

import keras
import tensorflow as tf
from keras import layers, ops
from keras.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    MaxPooling2D,
    ReLU,
    ZeroPadding2D,
)

from resnet_course.blocks import basic_block, conv_bn, convolutional_block, identity_block
from resnet_course.resnet import block_names
from resnet_course.resnet import bottleneck_stage as given_stage
from resnet_course.resnet import stem as given_stem
from tests.checks.attempts.attempt import Attempt, collector

ATTEMPTS: list[Attempt] = []
right, wrong = collector(ATTEMPTS)
EPSILON = 1.001e-5


def norm(name="bn_conv1", **settings):
    return BatchNormalization(axis=3, epsilon=EPSILON, name=name, **settings)


def conv1(X, **settings):
    settings = {"strides": 2, "kernel_initializer": "he_normal", "name": "conv1"} | settings
    return Conv2D(settings.pop("filters", 64), settings.pop("kernel_size", 7), **settings)(X)


# stem --------------------------------------------------------------------------------------


@right("stem")
def tuples_and_activation_layers(X):
    X = ZeroPadding2D(padding=(3, 3), name="conv1_pad")(X)
    X = Conv2D(64, (7, 7), strides=(2, 2), padding="valid", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu", name="conv1_relu")(X)
    X = ZeroPadding2D(((1, 1), (1, 1)), name="pool1_pad")(X)
    return MaxPooling2D((3, 3), strides=(2, 2), name="pool1")(X)


@right("stem")
def a_list_of_steps(X):
    steps = [
        ZeroPadding2D(3, name="conv1_pad"),
        Conv2D(64, 7, 2, kernel_initializer="he_normal", name="conv1"),
        norm(),
        ReLU(name="conv1_relu"),
        ZeroPadding2D(1, name="pool1_pad"),
        layers.MaxPool2D(3, 2, name="pool1"),
    ]
    for step in steps:
        X = step(X)
    return X


@wrong("stem", "pool.*pad|pad.*pool|second")
def no_padding_before_the_pooling(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = ReLU(name="conv1_relu")(norm()(conv1(X)))
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "same.*pool|pool.*same|pool.*pad|pad.*pool")
def pooling_with_same_padding(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = ReLU(name="conv1_relu")(norm()(conv1(X)))
    return MaxPooling2D(3, strides=2, padding="same", name="pool1")(X)


@wrong("stem", "same.*conv|conv.*same|pad.*conv|conv.*pad")
def convolution_with_same_padding(X):
    X = ReLU(name="conv1_relu")(norm()(conv1(X, padding="same")))
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "pad")
def both_with_same_padding(X):
    X = ReLU(name="conv1_relu")(norm()(conv1(X, padding="same")))
    return MaxPooling2D(3, strides=2, padding="same", name="pool1")(X)


@wrong("stem", "pad")
def padding_twice(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = ReLU(name="conv1_relu")(norm()(conv1(X, padding="same")))
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, padding="same", name="pool1")(X)


@wrong("stem", "pad")
def no_padding_before_the_convolution(X):
    X = ReLU(name="conv1_relu")(norm()(conv1(X)))
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "pad")
def padding_of_two(X):
    X = ZeroPadding2D(2, name="conv1_pad")(X)
    X = ReLU(name="conv1_relu")(norm()(conv1(X)))
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "relu")
def no_relu(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = norm()(conv1(X))
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "normali")
def no_normalisation(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = ReLU(name="conv1_relu")(conv1(X))
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "before|order|relu.*normali|normali.*relu")
def relu_before_the_normalisation(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = norm()(ReLU(name="conv1_relu")(conv1(X)))
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "stride.*conv|conv.*stride")
def no_stride_in_the_convolution(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = ReLU(name="conv1_relu")(norm()(conv1(X, strides=1)))
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "stride.*pool|pool.*(stride|three|3)")
def no_strides_in_the_pooling(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = ReLU(name="conv1_relu")(norm()(conv1(X)))
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, name="pool1")(X)


@wrong("stem", "average|mean")
def average_pooling(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = ReLU(name="conv1_relu")(norm()(conv1(X)))
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return AveragePooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "pool")
def no_pooling(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    return ReLU(name="conv1_relu")(norm()(conv1(X)))


@wrong("stem", "pool|2x2|2×2|window")
def pooling_of_two_by_two(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = ReLU(name="conv1_relu")(norm()(conv1(X)))
    return MaxPooling2D(2, strides=2, name="pool1")(X)


@wrong("stem", "kernel|3x3|3×3|7")
def a_kernel_of_three(X):
    X = ZeroPadding2D(1, name="conv1_pad")(X)
    X = ReLU(name="conv1_relu")(norm()(conv1(X, kernel_size=3)))
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "filters|channels|32")
def half_the_filters(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = ReLU(name="conv1_relu")(norm()(conv1(X, filters=32)))
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "axis")
def normalisation_over_axis_one(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = conv1(X)
    X = BatchNormalization(axis=1, epsilon=EPSILON, name="bn_conv1")(X)
    X = ZeroPadding2D(1, name="pool1_pad")(ReLU(name="conv1_relu")(X))
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "order|before|pad|pool.*relu|place")
def padding_before_the_normalisation(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = ZeroPadding2D(1, name="pool1_pad")(conv1(X))
    X = ReLU(name="conv1_relu")(norm()(X))
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "swap|exchange|pad")
def the_paddings_swapped(X):
    X = ZeroPadding2D(1, name="conv1_pad")(X)
    X = ReLU(name="conv1_relu")(norm()(conv1(X)))
    X = ZeroPadding2D(3, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "return|nothing|None")
def nothing_returned(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = ReLU(name="conv1_relu")(norm()(conv1(X)))
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    X = MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "pool|tensorflow|tf\\.nn")
def pooling_by_tensorflow(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = ReLU(name="conv1_relu")(norm()(conv1(X)))
    return tf.nn.max_pool2d(tf.pad(X, [[0, 0], [1, 1], [1, 1], [0, 0]]), 3, 2, "VALID")


@wrong("stem", "255|rescal|scal|divid|addition|normali|unknown")
def pixels_divided_first(X):
    X = layers.Rescaling(1 / 255)(X)
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = ReLU(name="conv1_relu")(norm()(conv1(X)))
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "stem|three|kernel|3x3|3×3|convolution")
def the_deep_stem_of_resnet_c(X):
    for filters, stride in ((32, 2), (32, 1), (64, 1)):
        X = Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(X)
        X = ReLU()(BatchNormalization()(X))
    return MaxPooling2D(3, strides=2, padding="same")(X)


# bottleneck_stage --------------------------------------------------------------------------


@right("bottleneck_stage")
def letters_from_chr(X, filters, stage, blocks, s=2):
    X = convolutional_block(X, 3, filters, stage, "a", s)
    for i in range(1, blocks):
        X = identity_block(X, 3, filters, stage, chr(ord("a") + i))
    return X


@right("bottleneck_stage")
def a_condition_in_the_loop(X, filters, stage, blocks, s=2):
    for i, name in enumerate(block_names(blocks)):
        if i == 0:
            X = convolutional_block(X, f=3, filters=filters, stage=stage, block=name, s=s)
        else:
            X = identity_block(X, f=3, filters=filters, stage=stage, block=name)
    return X


@wrong("bottleneck_stage", "one|block|too many|number")
def one_block_too_many(X, filters, stage, blocks, s=2):
    X = convolutional_block(X, 3, filters, stage, "first", s=s)
    for block in block_names(blocks):
        X = identity_block(X, 3, filters, stage, block)
    return X


@wrong("bottleneck_stage", "one|block|too few|missing|number")
def one_block_too_few(X, filters, stage, blocks, s=2):
    names = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, names[0], s=s)
    for block in names[2:]:
        X = identity_block(X, 3, filters, stage, block)
    return X


@wrong("bottleneck_stage", "stride|\\bs\\b")
def the_stride_not_passed_on(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first)
    for block in others:
        X = identity_block(X, 3, filters, stage, block)
    return X


@wrong("bottleneck_stage", "convolutional|project|every|only|shortcut")
def convolutional_blocks_only(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    for block in others:
        X = convolutional_block(X, 3, filters, stage, block, s=1)
    return X


@wrong("bottleneck_stage", "stride|every|convolutional|shape")
def convolutional_blocks_with_the_stride(X, filters, stage, blocks, s=2):
    for block in block_names(blocks):
        X = convolutional_block(X, 3, filters, stage, block, s=s)
    return X


@wrong("bottleneck_stage", "block|three|number|blocks")
def always_three_blocks(X, filters, stage, blocks, s=2):
    X = convolutional_block(X, 3, filters, stage, "a", s=s)
    X = identity_block(X, 3, filters, stage, "b")
    return identity_block(X, 3, filters, stage, "c")


@wrong("bottleneck_stage", "return|loop|number|block")
def return_inside_the_loop(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    for block in others:
        X = identity_block(X, 3, filters, stage, block)
        return X


@wrong("bottleneck_stage", "kernel|middle|3|\\bf\\b")
def middle_kernels_of_one(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 1, filters, stage, first, s=s)
    for block in others:
        X = identity_block(X, 1, filters, stage, block)
    return X


@wrong("bottleneck_stage", "kernel|middle|5|\\bf\\b")
def middle_kernels_of_five(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 5, filters, stage, first, s=s)
    for block in others:
        X = identity_block(X, 5, filters, stage, block)
    return X


@wrong("bottleneck_stage", "name")
def every_block_called_b(X, filters, stage, blocks, s=2):
    X = convolutional_block(X, 3, filters, stage, "a", s=s)
    for _ in range(blocks - 1):
        X = identity_block(X, 3, filters, stage, "b")
    return X


@wrong("bottleneck_stage", "name|stage|number")
def the_stage_always_two(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, 2, first, s=s)
    for block in others:
        X = identity_block(X, 3, filters, 2, block)
    return X


@wrong("bottleneck_stage", "used|assigned|last|return|block|overwrit|missing|result")
def the_results_are_not_kept(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    for block in others:
        identity_block(X, 3, filters, stage, block)
    return X


@wrong("bottleneck_stage", "every|same|first|input|block|used|missing|number")
def every_block_reads_the_first(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    Y = X
    for block in others:
        Y = identity_block(X, 3, filters, stage, block)
    return Y


@wrong("bottleneck_stage", "shape|identity|first|convolutional|channels|order")
def identity_blocks_first(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    for block in others:
        X = identity_block(X, 3, filters, stage, block)
    return convolutional_block(X, 3, filters, stage, first, s=s)


@wrong("bottleneck_stage", "return|nothing|None")
def no_return(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    for block in others:
        X = identity_block(X, 3, filters, stage, block)


@wrong("bottleneck_stage", "default|\\bs\\b|stride")
def another_default(X, filters, stage, blocks, s=1):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    for block in others:
        X = identity_block(X, 3, filters, stage, block)
    return X


@wrong("bottleneck_stage", "argument|\\bs\\b|identity_block|stride|keyword")
def a_stride_for_the_identity_block(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    for block in others:
        X = identity_block(X, 3, filters, stage, block, s=1)
    return X


@wrong(
    "bottleneck_stage",
    "argument of .convolutional_block",
)
def arguments_in_another_order(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, filters, 3, stage, first, s=s)
    for block in others:
        X = identity_block(X, filters, 3, stage, block)
    return X


@wrong("bottleneck_stage", "basic|two|convolution|kernel|block")
def basic_blocks(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = basic_block(X, filters[2], stage, first, s=s)
    for block in others:
        X = basic_block(X, filters[2], stage, block)
    return X


@wrong(
    "bottleneck_stage",
    "iter|int|number|loop|range",
)
def a_loop_over_the_number(X, filters, stage, blocks, s=2):
    X = convolutional_block(X, 3, filters, stage, "a", s=s)
    for block in blocks:
        X = identity_block(X, 3, filters, stage, block)
    return X


# ResNet50 ----------------------------------------------------------------------------------

PLAN = ((2, 64, 3, 1), (3, 128, 4, 2), (4, 256, 6, 2), (5, 512, 3, 2))


def network(
    input_shape, classes, plan=PLAN, stem=given_stem, pool=None, top=None, activation="softmax"
):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    for stage, width, blocks, s in plan:
        X = given_stage(X, (width, width, 4 * width), stage, blocks, s)
    X = (pool or GlobalAveragePooling2D(name="avg_pool"))(X)
    X = top(X) if top else X
    outputs = Dense(classes, activation=activation, name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


@right("ResNet50")
def block_by_block(input_shape=(64, 64, 3), classes=6):
    X_input = keras.Input(input_shape)
    X = given_stem(X_input)
    X = convolutional_block(X, 3, [64, 64, 256], stage=2, block="a", s=1)
    X = identity_block(X, 3, [64, 64, 256], stage=2, block="b")
    X = identity_block(X, 3, [64, 64, 256], stage=2, block="c")
    X = convolutional_block(X, f=3, filters=[128, 128, 512], stage=3, block="a", s=2)
    for letter in "bcd":
        X = identity_block(X, 3, [128, 128, 512], stage=3, block=letter)
    X = convolutional_block(X, f=3, filters=[256, 256, 1024], stage=4, block="a", s=2)
    for letter in "bcdef":
        X = identity_block(X, 3, [256, 256, 1024], stage=4, block=letter)
    X = convolutional_block(X, f=3, filters=[512, 512, 2048], stage=5, block="a", s=2)
    for letter in "bc":
        X = identity_block(X, 3, [512, 512, 2048], stage=5, block=letter)
    X = ops.mean(X, axis=(1, 2))
    X = Dense(classes, activation="softmax", name="fc" + str(classes))(X)
    return keras.Model(inputs=X_input, outputs=X, name="ResNet50")


@right("ResNet50")
def the_published_network_with_a_new_top(input_shape=(64, 64, 3), classes=6):
    body = keras.applications.ResNet50(
        weights=None, include_top=False, input_shape=input_shape, pooling="avg"
    )
    outputs = Dense(classes)(body.output)
    return keras.Model(body.input, layers.Softmax()(outputs))


@wrong("ResNet50", "stage 3|stage.*block|block.*stage|number of blocks|blocks")
def three_blocks_in_stage_3(input_shape=(64, 64, 3), classes=6):
    return network(input_shape, classes, ((2, 64, 3, 1), (3, 128, 3, 2), *PLAN[2:]))


@wrong("ResNet50", "stage 2.*stride|stride.*stage 2|stride")
def a_stride_of_two_in_stage_2(input_shape=(64, 64, 3), classes=6):
    return network(input_shape, classes, ((2, 64, 3, 2), *PLAN[1:]))


@wrong("ResNet50", "softmax|sigmoid|logits|activation")
def no_softmax(input_shape=(64, 64, 3), classes=6):
    return network(input_shape, classes, activation=None)


@wrong("ResNet50", "pool|flat")
def flattened(input_shape=(64, 64, 3), classes=6):
    return network(input_shape, classes, pool=Flatten())


@wrong("ResNet50", "2x2|2×2|pool|window|average")
def averaged_over_windows_of_two(input_shape=(64, 64, 3), classes=6):
    return network(input_shape, classes, pool=AveragePooling2D(2, name="avg_pool"), top=Flatten())


@wrong("ResNet50", "classes|six|6")
def always_six_classes(input_shape=(64, 64, 3), classes=6):
    return network(input_shape, 6)


@wrong("ResNet50", "input|64|shape")
def always_64_pixels(input_shape=(64, 64, 3), classes=6):
    return network((64, 64, 3), classes)


@wrong("ResNet50", "pad|pool")
def a_stem_without_the_second_padding(input_shape=(64, 64, 3), classes=6):
    return network(input_shape, classes, stem=no_padding_before_the_pooling)


@wrong("ResNet50", "model|return|tensor")
def the_outputs_returned(input_shape=(64, 64, 3), classes=6):
    return network(input_shape, classes).output


@wrong("ResNet50", "max|pool")
def global_max_pooling(input_shape=(64, 64, 3), classes=6):
    return network(input_shape, classes, pool=GlobalMaxPooling2D(name="avg_pool"))


@wrong("ResNet50", "dense|hidden|layer")
def a_hidden_dense_layer(input_shape=(64, 64, 3), classes=6):
    return network(input_shape, classes, top=Dense(256, activation="relu"))


@wrong("ResNet50", "stage 5|missing|stage")
def stage_5_forgotten(input_shape=(64, 64, 3), classes=6):
    return network(input_shape, classes, PLAN[:3])


@wrong("ResNet50", "two things.*softmax.*maximum|two things.*maximum.*softmax")
def two_mistakes_at_the_top(input_shape=(64, 64, 3), classes=6):
    pool = GlobalMaxPooling2D(name="avg_pool")
    return network(input_shape, classes, pool=pool, activation=None)


@wrong("ResNet50", "two things.*zero padding.*stage 2 has the stride 2")
def two_mistakes_far_from_each_other(input_shape=(64, 64, 3), classes=6):
    plan = ((2, 64, 3, 2), *PLAN[1:])
    return network(input_shape, classes, plan, stem=no_padding_before_the_pooling)


# mnist_resnet ------------------------------------------------------------------------------


def small(
    input_shape,
    classes,
    widths,
    first=lambda X, width: conv_bn(X, width, 3, "_conv1", use_bias=False),
    relu=True,
    pool=MaxPooling2D,
    strides=(1, 2, 2, 2, 2),
    top=GlobalAveragePooling2D,
    activation="softmax",
):
    inputs = keras.Input(input_shape)
    X = first(inputs, widths[0])
    X = ReLU()(X) if relu else X
    X = pool(2)(X) if pool else X
    for index, width in enumerate(widths):
        X = basic_block(X, width, index + 2, "a", s=strides[index])
    X = top(name="avg_pool")(X)
    return keras.Model(inputs, Dense(classes, activation=activation)(X))


@right("mnist_resnet")
def written_out(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = layers.Input(shape=input_shape)
    x = Conv2D(widths[0], (3, 3), padding="same", use_bias=False)(inputs)
    x = BatchNormalization(epsilon=1.001e-5)(x)
    x = Activation("relu")(x)
    x = MaxPooling2D()(x)
    s = 1
    for i, w in enumerate(widths):
        x = basic_block(x, w, i + 2, "a", s)
        s = 2
    x = GlobalAveragePooling2D()(x)
    return keras.models.Model(inputs=[inputs], outputs=[Dense(classes, "softmax")(x)])


@right("mnist_resnet")
def with_zip(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = ReLU()(conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False))
    X = MaxPooling2D(2, strides=2)(X)
    strides = [1] + [2] * (len(widths) - 1)
    for stage, (width, stride) in enumerate(zip(widths, strides, strict=True), 2):
        X = basic_block(X, width, stage, "a", s=stride)
    X = ops.mean(X, axis=[1, 2])
    return keras.Model(inputs, ops.softmax(Dense(classes)(X)))


@wrong("mnist_resnet", "relu")
def no_relu_in_the_stem(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return small(input_shape, classes, widths, relu=False)


@wrong("mnist_resnet", "pool")
def no_pooling_in_the_stem(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return small(input_shape, classes, widths, pool=None)


@wrong("mnist_resnet", "average|pool")
def average_pooling_in_the_stem(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return small(input_shape, classes, widths, pool=AveragePooling2D)


@wrong("mnist_resnet", "pool|window|3x3|3×3")
def a_wider_pooling(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    def pool(size):
        return MaxPooling2D(3, strides=2, padding="same")

    return small(input_shape, classes, widths, pool=pool)


@wrong("mnist_resnet", "stride.*first|first.*stride|stride|stage 2")
def a_stride_in_every_stage(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return small(input_shape, classes, widths, strides=(2, 2, 2, 2, 2))


@wrong("mnist_resnet", "stride")
def no_stride_in_any_stage(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return small(input_shape, classes, widths, strides=(1, 1, 1, 1, 1))


@wrong("mnist_resnet", "width|stages|filters")
def widths_ignored(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return small(input_shape, classes, (32, 64, 128))


@wrong("mnist_resnet", "width|stages|filters|three")
def three_stages_whatever_the_widths(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = ReLU()(conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False))
    X = MaxPooling2D(2)(X)
    X = basic_block(X, widths[0], 2, "a", s=1)
    X = basic_block(X, widths[1], 3, "a", s=2)
    X = basic_block(X, widths[2], 4, "a", s=2)
    return keras.Model(inputs, Dense(classes, activation="softmax")(GlobalAveragePooling2D()(X)))


@wrong("mnist_resnet", "classes|ten|10")
def always_ten_classes(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return small(input_shape, 10, widths)


@wrong("mnist_resnet", "input|shape|28")
def always_28_pixels(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return small((28, 28, 1), classes, widths)


@wrong("mnist_resnet", "flat|pool")
def flattened_top(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return small(input_shape, classes, widths, top=Flatten)


@wrong("mnist_resnet", "max|pool")
def max_pooling_at_the_top(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return small(input_shape, classes, widths, top=GlobalMaxPooling2D)


@wrong("mnist_resnet", "softmax|sigmoid|activation")
def a_sigmoid_at_the_top(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return small(input_shape, classes, widths, activation="sigmoid")


@wrong("mnist_resnet", "softmax|activation|logits")
def logits_at_the_top(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return small(input_shape, classes, widths, activation=None)


@wrong("mnist_resnet", "softmax|twice|two")
def softmax_twice(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    model = small(input_shape, classes, widths)
    return keras.Model(model.input, Activation("softmax")(model.output))


@wrong("mnist_resnet", "stem|7|kernel|pad")
def the_stem_of_resnet50(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = given_stem(inputs)
    for stage, width in enumerate(widths, 2):
        X = basic_block(X, width, stage, "a", s=1 if stage == 2 else 2)
    X = GlobalAveragePooling2D()(X)
    return keras.Model(inputs, Dense(classes, activation="softmax")(X))


@wrong("mnist_resnet", "two|blocks|number|block")
def two_blocks_in_every_stage(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = ReLU()(conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False))
    X = MaxPooling2D(2)(X)
    for stage, width in enumerate(widths, 2):
        X = basic_block(X, width, stage, "a", s=1 if stage == 2 else 2)
        X = basic_block(X, width, stage, "b")
    X = GlobalAveragePooling2D()(X)
    return keras.Model(inputs, Dense(classes, activation="softmax")(X))


@wrong("mnist_resnet", "255|rescal|scal|divid")
def pixels_divided_in_the_network(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    def first(X, width):
        return conv_bn(layers.Rescaling(1 / 255)(X), width, 3, "_conv1", use_bias=False)

    return small(input_shape, classes, widths, first)


@wrong("mnist_resnet", "drop")
def dropout_before_the_top(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = ReLU()(conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False))
    X = MaxPooling2D(2)(X)
    for stage, width in enumerate(widths, 2):
        X = basic_block(X, width, stage, "a", s=1 if stage == 2 else 2)
    X = layers.Dropout(0.5)(GlobalAveragePooling2D()(X))
    return keras.Model(inputs, Dense(classes, activation="softmax")(X))


@wrong("mnist_resnet", "model|return|tensor")
def the_output_tensor(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return small(input_shape, classes, widths).output


@wrong("mnist_resnet", "normali")
def no_normalisation_in_the_stem(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    def first(X, width):
        return Conv2D(width, 3, padding="same", use_bias=False)(X)

    return small(input_shape, classes, widths, first)


@wrong("mnist_resnet", "stem|convolution|width|filters|64")
def sixty_four_filters_in_the_stem(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    def first(X, width):
        return conv_bn(X, 64, 3, "_conv1", use_bias=False)

    return small(input_shape, classes, widths, first)


@wrong("mnist_resnet", "stride|stem|convolution")
def a_stride_in_the_stem(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    def first(X, width):
        return conv_bn(X, width, 3, "_conv1", strides=2, use_bias=False)

    return small(input_shape, classes, widths, first)


@wrong("mnist_resnet", "dense|hidden")
def a_hidden_layer_at_the_top(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    model = small(input_shape, classes, widths)
    X = Dense(128, activation="relu")(model.get_layer("avg_pool").output)
    return keras.Model(model.input, Dense(classes, activation="softmax")(X))


@wrong("stem", "different order: ZeroPadding2D 1 after the convolution")
def padded_right_after_the_convolution(X):
    X = ZeroPadding2D(1)(conv1(ZeroPadding2D(3)(X)))
    return MaxPooling2D(3, strides=2)(ReLU()(norm()(X)))


@wrong("stem", "max pooling has another stride than expected: 1×1 instead of 2×2")
def the_pooling_moves_by_one_pixel(X):
    X = ReLU()(norm()(conv1(ZeroPadding2D(3)(X))))
    return MaxPooling2D(3, strides=1)(ZeroPadding2D(1)(X))


@wrong("bottleneck_stage", "addition too many, of ReLU 3")
def a_shortcut_around_the_identity_blocks(X, filters, stage, blocks, s=2):
    X = convolutional_block(X, 3, filters, stage, "a", s)
    first = X
    for name in block_names(blocks)[1:]:
        X = identity_block(X, 3, filters, stage, name)
    return X + first


@wrong("bottleneck_stage", "guessed from the number of the stage")
def the_stage_decides(X, filters, stage, blocks, s=2):
    return given_stage(X, filters, stage, blocks, s=2 - (stage == 2))


@wrong("bottleneck_stage", "kernel size than expected: 2×2 instead of 3×3, and 2 have another str")
def kernel_and_stride_are_swapped(X, filters, stage, blocks, s=2):
    X = convolutional_block(X, s, filters, stage, "a", 3)
    for name in block_names(blocks)[1:]:
        X = identity_block(X, 3, filters, stage, name)
    return X


@wrong("bottleneck_stage", "stage 3 has 6 blocks instead of 3")
def twice_as_many_blocks(X, filters, stage, blocks, s=2):
    return given_stage(X, filters, stage, 2 * blocks, s)


@wrong("ResNet50", "^stage 3 is missing$")
def stage_3_is_thrown_away(input_shape=(64, 64, 3), classes=6):
    return network(input_shape, classes, plan=[each for each in PLAN if each[0] != 3])


@wrong("ResNet50", "^stage 4 has 5 blocks instead of 6, and stage 5 has 4 instead of 3$")
def a_block_in_the_wrong_stage(input_shape=(64, 64, 3), classes=6):
    plan = ((2, 64, 3, 1), (3, 128, 4, 2), (4, 256, 5, 2), (5, 512, 4, 2))
    return network(input_shape, classes, plan=plan)


@wrong("ResNet50", "^stage 2 .the first. has the stride 2 instead of 1, and stage 3 .the sec")
def the_second_row_for_the_first(input_shape=(64, 64, 3), classes=6):
    plan = ((2, 64, 3, 2), (3, 128, 4, 1), (4, 256, 6, 2), (5, 512, 3, 2))
    return network(input_shape, classes, plan=plan)


@wrong("mnist_resnet", "stride is decided by the width")
def halved_where_the_width_grows(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    strides = [1 + (after != before) for before, after in pairwise(widths)]
    return small(input_shape, classes, widths, strides=[1, *strides])


@wrong(
    "mnist_resnet",
    "^stage 2 .the first. has the stride 2 instead of 1, and stage 3 .the second. has 1",
)
def the_second_stage_keeps_the_size(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return small(input_shape, classes, widths, strides=(2, 1, 2, 2))


@wrong("mnist_resnet", "^stage 2 has 2 channels instead of 32, stage 3 has 3 instead of 64, and st")
def the_number_of_the_stage_as_its_width(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = ReLU()(conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False))
    X = MaxPooling2D()(X)
    for stage, width in enumerate(widths, 2):
        X = basic_block(X, stage, width, "a", 1 if stage == 2 else 2)
    X = GlobalAveragePooling2D()(X)
    return keras.Model(inputs, Dense(classes, "softmax")(X))


@wrong("mnist_resnet", "max pooling .* another stride than expected: 1×1 instead of 2×2")
def the_pooling_keeps_the_size(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return small(input_shape, classes, widths, pool=lambda size: MaxPooling2D(size, strides=1))


@wrong("mnist_resnet", r"convolution \(stem\) has another number of filters.*: 8 instead of 32")
def eight_filters_in_the_stem(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    def first(X, width):
        return conv_bn(X, 8, 3, "_conv1", use_bias=False)

    return small(input_shape, classes, widths, first)


@wrong("mnist_resnet", "takes images of 14×14×32 instead of 28×28×1")
def the_model_begins_after_the_stem(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    model = small(input_shape, classes, widths)
    at = next(each for each in model.layers if isinstance(each, MaxPooling2D)).output
    inputs = X = keras.Input(at.shape[1:])
    for index, width in enumerate(widths):
        X = basic_block(X, width, index + 2, "a", s=1 if index == 0 else 2)
    X = GlobalAveragePooling2D()(X)
    return keras.Model(inputs, Dense(classes, activation="softmax")(X))
