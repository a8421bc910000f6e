"""Attempts at all exercises on networks that raise an error on the way, for different causes."""
# ruff: noqa: F821, F841, RUF059

import keras
from keras import ops
from keras.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    ReLU,
    ZeroPadding2D,
)

from resnet_course import blocks, resnet
from tests.checks.attempts.attempt import Attempt, collector

ATTEMPTS: list[Attempt] = []
right, wrong = collector(ATTEMPTS)


def unit(X, filters, kernel, strides=1, padding="same"):
    return BatchNormalization(axis=3)(Conv2D(filters, kernel, strides=strides, padding=padding)(X))


# conv_bn -----------------------------------------------------------------------------------


@wrong("conv_bn", "BatchNormalization is called on a layer, Conv2D")
def the_convolution_is_not_called(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias)
    return BatchNormalization(axis=3)(X)


@wrong("conv_bn", "batch normalisation has another axis")
def an_axis_that_is_not_there(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias)(X)
    return BatchNormalization(axis=4)(X)


@wrong("conv_bn", "name of a layer contains a slash")
def a_slash_in_the_name(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(
        filters, kernel_size, strides, padding="same", use_bias=use_bias, name="conv/" + name
    )(X)
    return BatchNormalization(axis=3, name="bn/" + name)(X)


@wrong("conv_bn", "name (\\w+) is not defined")
def the_wrong_name_at_the_end(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides, padding="same", use_bias=use_bias)(X)
    X = BatchNormalization(axis=3)(X)
    return x


@wrong("conv_bn", "NotImplementedError.*still there")
def the_line_of_the_stub_is_left(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides, padding="same", use_bias=use_bias)(X)
    X = BatchNormalization(axis=3)(X)
    raise NotImplementedError()


# identity_block ----------------------------------------------------------------------------


@wrong("identity_block", "convolution and a batch normalisation are missing after ReLU 2")
def the_third_unit_is_missing(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f))
    return ReLU()(Add()([X, shortcut]))


@wrong("identity_block", "filters are always 64, 64 and 256")
def the_filters_of_the_first_stage(X, f, filters, stage, block):
    shortcut = X
    X = ReLU()(unit(X, 64, 1))
    X = ReLU()(unit(X, 64, f))
    X = unit(X, 256, 1)
    return ReLU()(Add()([X, shortcut]))


@wrong("identity_block", "convolution 2 has another stride than expected: 2×2")
def strides_of_two_in_the_middle(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f, 2))
    X = unit(X, F3, 1)
    return ReLU()(Add()([X, shortcut]))


@wrong("identity_block", "3 convolutions have another stride than expected: 2×2")
def strides_of_two_everywhere(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = ReLU()(unit(X, F1, 1, 2))
    X = ReLU()(unit(X, F2, f, 2))
    X = unit(X, F3, 1, 2)
    return ReLU()(Add()([X, shortcut]))


@wrong("identity_block", "convolution 3 has another number of filters")
def f2_in_the_last_convolution(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F2, 1)
    return ReLU()(Add()([X, shortcut]))


@wrong("identity_block", "convolution 3 has another number of filters")
def f1_in_the_last_convolution(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    Y = unit(Y, F1, 1)
    return ReLU()(Y + X)


@wrong("identity_block", "filters are taken in reversed order")
def filters_from_last_to_first(X, f, filters, stage, block):
    F3, F2, F1 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "shortcut starts after the first unit")
def the_shortcut_is_saved_too_late(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X = unit(X, F1, 1)
    X = ReLU()(X)
    X_shortcut = X
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    return ReLU()(Add()([X, X_shortcut]))


@wrong("identity_block", "Activation is called on a layer, BatchNormalization")
def a_normalisation_is_not_called(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = Conv2D(F1, 1)(X)
    X = BatchNormalization(axis=3)
    X = Activation("relu")(X)
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    return ReLU()(Add()([X, shortcut]))


@wrong("identity_block", "never called: Conv2D")
def the_last_convolution_is_not_called(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f))
    third = Conv2D(F3, 1)
    X = BatchNormalization(axis=3)(X)
    return ReLU()(Add()([X, shortcut]))


@wrong("identity_block", "max pooling too many, after the input")
def a_pooled_shortcut(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = MaxPooling2D(2)(X)
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    return ReLU()(Add()([X, shortcut]))


@wrong("identity_block", "Flatten")
def flattened_before_the_sum(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    Y = Flatten()(unit(Y, F3, 1))
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "8 layers read the input, `X`, and not `x`")
def every_layer_reads_the_input(X, f, filters, stage, block):
    F1, F2, F3 = filters
    x = Conv2D(F1, 1)(X)
    x = BatchNormalization(axis=3)(X)
    x = ReLU()(X)
    x = Conv2D(F2, f, padding="same")(X)
    x = BatchNormalization(axis=3)(X)
    x = ReLU()(X)
    x = Conv2D(F2, 1)(X)
    return ReLU()(Add()([x, X]))


@wrong("identity_block", "name X_shortcut is not defined")
def the_shortcut_was_never_saved(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    X = Add()([X, X_shortcut])
    return ReLU()(X)


@wrong("identity_block", "ReLU is called on nothing")
def a_helper_that_returns_nothing(X, f, filters, stage, block):
    def helper(X, filters, kernel):
        BatchNormalization(axis=3)(Conv2D(filters, kernel, padding="same")(X))

    Y = helper(X, filters[0], 1)
    Y = ReLU()(Y)
    Y = helper(Y, filters[1], f)
    return ReLU()(Add()([Y, X]))


# projection_shortcut -----------------------------------------------------------------------


@wrong("projection_shortcut", "batch normalisation has another axis")
def normalised_over_axis_five(X, filters, stage, block, s=2):
    X = Conv2D(filters, 1, strides=s)(X)
    return BatchNormalization(axis=5)(X)


@wrong("projection_shortcut", "no entry 1")
def strides_from_a_table(X, filters, stage, block, s=2):
    strides = {2: (2, 2), 3: (3, 3)}
    X = Conv2D(filters, 1, strides=strides[s])(X)
    return BatchNormalization(axis=3)(X)


@wrong("projection_shortcut", "BatchNormalization is called on a layer, Conv2D")
def only_the_normalisation_is_called(X, filters, stage, block, s=2):
    convolution = Conv2D(filters, 1, strides=s)
    return BatchNormalization(axis=3)(convolution)


# convolutional_block -----------------------------------------------------------------------


@wrong("convolutional_block", "convolution 3 has another number of filters")
def the_main_path_ends_with_f2(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    Y = unit(Y, F2, 1)
    return ReLU()(Add()([Y, unit(X, F3, 1, s)]))


@wrong("convolutional_block", "convolution 3 has another number of filters")
def the_main_path_ends_with_f1(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    Y = unit(Y, F1, 1)
    return ReLU()(Add()([Y, unit(X, F3, 1, s)]))


@wrong("convolutional_block", "convolution, a batch normalisation and a ReLU are missing")
def two_units_on_the_main_path(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = unit(Y, F2, f)
    return ReLU()(Add()([Y, unit(X, F3, 1, s)]))


@wrong("convolutional_block", "shortcut is pooled")
def a_max_pooled_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    Y = unit(Y, F3, 1)
    return ReLU()(Add()([Y, MaxPooling2D(s)(X)]))


@wrong("convolutional_block", "shortcut is pooled")
def an_average_pooled_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = AveragePooling2D(s, padding="same")(X)
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    Y = unit(Y, F3, 1)
    return ReLU()(Add()([Y, shortcut]))


@wrong("convolutional_block", "layers read the input, `X`, and not `x`")
def every_layer_of_the_block_reads_the_input(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = BatchNormalization(axis=3)(Conv2D(F3, 1, strides=s)(X))
    x = Conv2D(F1, 1, strides=s)(X)
    x = BatchNormalization(axis=3)(X)
    x = ReLU()(X)
    x = Conv2D(F2, f, padding="same")(X)
    x = BatchNormalization(axis=3)(X)
    x = ReLU()(X)
    x = Conv2D(F3, 1)(X)
    x = BatchNormalization(axis=3)(X)
    return ReLU()(Add()([x, shortcut]))


@wrong("convolutional_block", "convolutions have another stride")
def the_stride_in_the_last_two(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f, s))
    Y = unit(Y, F3, 1, s)
    return ReLU()(Add()([Y, unit(X, F3, 1, s)]))


@wrong("convolutional_block", "shortcut convolution has another kernel size")
def a_wide_projection_without_padding(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    Y = unit(Y, F3, 1)
    return ReLU()(Add()([Y, unit(X, F3, 3, s, "valid")]))


@wrong("convolutional_block", "BatchNormalization is called on a layer, Conv2D")
def the_projection_is_not_called(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = X
    X = ReLU()(unit(X, F1, 1, s))
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    shortcut = Conv2D(F3, 1, strides=s)
    shortcut = BatchNormalization(axis=3)(shortcut)
    return ReLU()(Add()([X, shortcut]))


@wrong("convolutional_block", "^`stride` is not an argument of `?\\w+`?")
def the_projection_with_stride_in_the_singular(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = X
    X = ReLU()(unit(X, F1, 1, s))
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    shortcut = Conv2D(F3, 1, stride=s)(shortcut)
    shortcut = BatchNormalization(axis=3)(shortcut)
    return ReLU()(Add()([X, shortcut]))


@wrong("convolutional_block", "divided by zero")
def an_error_where_s_is_one(X, f, filters, stage, block, s=2):
    half = 2 // (s - 1)
    return blocks.convolutional_block(X, f, filters, stage, block, s)


@wrong("convolutional_block", "middle convolution has no padding")
def no_padding_in_the_middle(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f, 1, "valid"))
    Y = unit(Y, F3, 1)
    return ReLU()(Add()([Y, unit(X, F3, 1, s)]))


# basic_block -------------------------------------------------------------------------------


@wrong("basic_block", "padding")
def the_first_convolution_without_padding(X, filters, stage, block, s=1):
    shortcut = X
    X = ReLU()(BatchNormalization()(Conv2D(filters, 3, strides=s, use_bias=False)(X)))
    X = BatchNormalization()(Conv2D(filters, 3, padding="same", use_bias=False)(X))
    if s != 1 or shortcut.shape[-1] != filters:
        shortcut = unit(shortcut, filters, 1, s)
    return ReLU()(Add()([X, shortcut]))


@wrong("basic_block", "pool")
def pooled_where_the_stride_is_two(X, filters, stage, block, s=1):
    shortcut = X
    Y = ReLU()(BatchNormalization()(Conv2D(filters, 3, s, padding="same", use_bias=False)(X)))
    Y = BatchNormalization()(Conv2D(filters, 3, padding="same", use_bias=False)(Y))
    if s != 1:
        shortcut = MaxPooling2D(s)(shortcut)
    elif X.shape[-1] != filters:
        shortcut = unit(shortcut, filters, 1)
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "filters")
def four_times_the_filters_at_the_end(X, filters, stage, block, s=1):
    shortcut = X
    Y = ReLU()(BatchNormalization()(Conv2D(filters, 3, s, padding="same", use_bias=False)(X)))
    Y = BatchNormalization()(Conv2D(4 * filters, 3, padding="same", use_bias=False)(Y))
    if s != 1 or X.shape[-1] != filters:
        shortcut = unit(shortcut, filters, 1, s)
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "stride")
def always_strided(X, filters, stage, block, s=1):
    shortcut = X
    Y = ReLU()(BatchNormalization()(Conv2D(filters, 3, 2, padding="same", use_bias=False)(X)))
    Y = BatchNormalization()(Conv2D(filters, 3, padding="same", use_bias=False)(Y))
    if s != 1 or X.shape[-1] != filters:
        shortcut = unit(shortcut, filters, 1, s)
    return ReLU()(Add()([Y, shortcut]))


# plain_stack and residual_stack -----------------------------------------------------------


@wrong("plain_stack", "One Conv2D is called in several places")
def one_layer_for_all(X, depth, width):
    convolution = Conv2D(width, 3, padding="same")
    for _ in range(depth):
        X = ReLU()(convolution(X))
    return X


@wrong("plain_stack", "Flatten")
def flattened_after_each(X, depth, width):
    for _ in range(depth):
        X = ReLU()(Conv2D(width, 3, padding="same")(X))
        X = Flatten()(X)
    return X


@wrong("plain_stack", "max poolings too many")
def pooled_after_each(X, depth, width):
    for _ in range(depth):
        X = ReLU()(Conv2D(width, 3, padding="same")(X))
        X = MaxPooling2D(3)(X)
    return X


@wrong("plain_stack", "called on a layer, Conv2D")
def the_layer_itself_rectified(X, depth, width):
    for _ in range(depth):
        X = ops.relu(Conv2D(width, 3, padding="same"))
    return X


@wrong("residual_stack", "filters")
def twice_the_width_in_each_block(X, depth, width):
    if depth % 2:
        raise ValueError("Expected an even depth.")
    for _ in range(depth // 2):
        shortcut = X
        X = ReLU()(Conv2D(2 * width, 3, padding="same")(X))
        X = Conv2D(2 * width, 3, padding="same")(X)
        X = ReLU()(Add()([X, shortcut]))
    return X


@wrong("residual_stack", "stride")
def a_stride_in_each_block(X, depth, width):
    if depth % 2:
        raise ValueError("Expected an even depth.")
    for _ in range(depth // 2):
        shortcut = X
        X = ReLU()(Conv2D(width, 3, strides=2, padding="same")(X))
        X = Conv2D(width, 3, padding="same")(X)
        X = ReLU()(Add()([X, shortcut]))
    return X


@wrong("residual_stack", "pool")
def pooled_at_the_end_of_each_block(X, depth, width):
    if depth % 2:
        raise ValueError("Expected an even depth.")
    for _ in range(depth // 2):
        shortcut = X
        X = ReLU()(Conv2D(width, 3, padding="same")(X))
        X = Conv2D(width, 3, padding="same")(X)
        X = MaxPooling2D(2)(X)
        X = ReLU()(Add()([X, shortcut]))
    return X


# stem --------------------------------------------------------------------------------------


@wrong("stem", "Conv2D is called on a layer, ZeroPadding2D")
def the_padding_is_not_called(X):
    X = ZeroPadding2D(3)
    X = Conv2D(64, 7, strides=2)(X)
    X = BatchNormalization(axis=3)(X)
    X = ReLU()(X)
    return MaxPooling2D(3, strides=2)(ZeroPadding2D(1)(X))


@wrong("stem", "Flatten")
def flattened_before_the_pooling(X):
    X = Conv2D(64, 7, strides=2)(ZeroPadding2D(3)(X))
    X = ReLU()(BatchNormalization(axis=3)(X))
    X = Flatten()(X)
    return MaxPooling2D(3, strides=2)(X)


@wrong("stem", "AveragePooling2D .*pool_size")
def a_pooling_without_its_size(X):
    X = Conv2D(64, 7, strides=2)(ZeroPadding2D(3)(X))
    X = ReLU()(BatchNormalization(axis=3)(X))
    X = ZeroPadding2D(1)(X)
    return AveragePooling2D()(X)


# bottleneck_stage --------------------------------------------------------------------------


@wrong("bottleneck_stage", "begins with an identity block")
def identity_blocks_only(X, filters, stage, blocks, s=2):
    for number in range(blocks):
        X = identity_block(X, 3, filters, stage, "abcdefghijklmnopqrstuvwxyz12345"[number])
    return X


identity_block = blocks.identity_block


@wrong("bottleneck_stage", "\\(stage 3, block b\\) has another number of filters")
def other_filters_in_the_identity_blocks(X, filters, stage, blocks, s=2):
    X = convolutional_block(X, 3, filters, stage, "a", s)
    for number in range(1, blocks):
        X = identity_block(X, 3, filters[::-1], stage, f"b{number}")
    return X


convolutional_block = blocks.convolutional_block


@wrong("bottleneck_stage", "list index out of range|beyond the end|The index `")
def letters_for_three_blocks(X, filters, stage, blocks, s=2):
    letters = ["a", "b", "c"]
    X = convolutional_block(X, 3, filters, stage, letters[0], s)
    for number in range(1, blocks):
        X = identity_block(X, 3, filters, stage, letters[number])
    return X


# ResNet50 and mnist_resnet -----------------------------------------------------------------


def four_stages(X, until=5):
    X = resnet.stem(X)
    X = resnet.bottleneck_stage(X, (64, 64, 256), 2, 3, 1)
    X = resnet.bottleneck_stage(X, (128, 128, 512), 3, 4, 2)
    X = resnet.bottleneck_stage(X, (256, 256, 1024), 4, 6, 2)
    return resnet.bottleneck_stage(X, (512, 512, 2048), 5, 3, 2)


@wrong("ResNet50", "AveragePooling2D .*pool_size")
def an_average_pooling_without_a_size(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = four_stages(inputs)
    X = AveragePooling2D()(X)
    X = Flatten()(X)
    return keras.Model(inputs, Dense(classes, activation="softmax")(X))


@wrong("ResNet50", "convolution and a batch normalisation are missing after")
def stage_3_of_identity_blocks(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = resnet.stem(inputs)
    X = resnet.bottleneck_stage(X, (64, 64, 256), 2, 3, 1)
    for letter in "abcd":
        X = identity_block(X, 3, (128, 128, 512), 3, letter)
    return keras.Model(inputs, X)


@wrong("ResNet50", "convolution 3 \\(stage 2, block b\\) has another number of filters")
def other_filters_in_block_b(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = resnet.stem(inputs)
    X = convolutional_block(X, 3, (64, 64, 256), 2, "a", 1)
    X = identity_block(X, 3, (64, 64, 128), 2, "b")
    return keras.Model(inputs, X)


@wrong("ResNet50", "average pooling in the place of the global average pooling")
def an_average_over_seven_pixels(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = AveragePooling2D(7)(four_stages(inputs))
    return keras.Model(inputs, Dense(classes, activation="softmax")(Flatten()(X)))


@wrong("mnist_resnet", "Flatten")
def flattened_and_then_averaged(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = Conv2D(widths[0], 3, padding="same", use_bias=False)(inputs)
    X = MaxPooling2D(2)(ReLU()(BatchNormalization()(X)))
    for stage, filters in enumerate(widths, start=2):
        X = blocks.basic_block(X, filters, stage, "a", 1 if stage == 2 else 2)
    X = GlobalAveragePooling2D()(Flatten()(X))
    return keras.Model(inputs, Dense(classes, activation="softmax")(X))


@wrong("mnist_resnet", "beyond the end|The index `")
def the_width_of_the_next_stage(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = Conv2D(widths[0], 3, padding="same", use_bias=False)(inputs)
    X = MaxPooling2D(2)(ReLU()(BatchNormalization()(X)))
    for number in range(len(widths)):
        X = blocks.basic_block(X, widths[number + 1], number + 2, "a", 2 if number else 1)
    X = GlobalAveragePooling2D()(X)
    return keras.Model(inputs, Dense(classes, activation="softmax")(X))


@wrong("mnist_resnet", "Dense.* layer, GlobalAveragePooling2D")
def the_global_pooling_is_not_called(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = Conv2D(widths[0], 3, padding="same", use_bias=False)(inputs)
    X = MaxPooling2D(2)(ReLU()(BatchNormalization()(X)))
    for stage, filters in enumerate(widths, start=2):
        X = blocks.basic_block(X, filters, stage, "a", 1 if stage == 2 else 2)
    X = GlobalAveragePooling2D()
    return keras.Model(inputs, Dense(classes, activation="softmax")(X))


# transfer_model and unfreeze ---------------------------------------------------------------


@wrong("transfer_model", "called on a model")
def the_head_on_the_model_itself(backbone, classes=10):
    backbone.trainable = False
    X = Dense(128, activation="relu")(backbone)
    return keras.Model(backbone.input, Dense(classes, activation="softmax")(X))


@wrong("transfer_model", "name inputs is not defined")
def inputs_that_are_not_there(backbone, classes=10):
    backbone.trainable = False
    X = Dense(128, activation="relu")(backbone.output)
    outputs = Dense(classes, activation="softmax")(X)
    return keras.Model(inputs, outputs)


@wrong("transfer_model", "pool")
def the_features_pooled_twice(backbone, classes=10):
    backbone.trainable = False
    X = GlobalAveragePooling2D()(GlobalAveragePooling2D()(backbone.output))
    X = Dense(128, activation="relu")(X)
    outputs = Dense(classes, activation="softmax")(X)
    return keras.Model(backbone.input, outputs)


@wrong("unfreeze", "bool.*list|not iterable")
def the_switch_taken_for_the_layers(model, learning_rate=1e-5):
    for layer in model.trainable:
        layer.trainable = True
    model.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy")
    return model
