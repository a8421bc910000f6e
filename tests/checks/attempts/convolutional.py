"""Attempts at lesson 3: `output_size`, `projection_shortcut` and the blocks that change shapes."""
# ruff: noqa: F821, F841, RET503, RET505

import math

import keras
import numpy as np
from keras import layers, ops
from keras.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dropout,
    MaxPooling2D,
    ReLU,
)

from resnet_course.blocks import conv_bn
from tests.checks.attempts.attempt import Attempt, collector

ATTEMPTS: list[Attempt] = []
right, wrong = collector(ATTEMPTS)

# output_size -------------------------------------------------------------------------------


@right("output_size")
def two_formulas(size, kernel, stride, padding):
    if padding == "same":
        return math.ceil(size / stride)
    return (size - kernel) // stride + 1


@right("output_size")
def a_count_of_the_starts(size, kernel, stride, padding):
    last = size - 1 if padding == "same" else size - kernel
    return len(range(0, last + 1, stride))


@right("output_size")
def negative_floors_and_numpy(size, kernel, stride, padding):
    starts = np.int64(size if padding.lower() == "same" else size - kernel + 1)
    return int(-(-starts // stride))


@wrong("output_size", "round|ceil|down|up")
def same_rounded_down(size, kernel, stride, padding):
    if padding == "same":
        return size // stride
    return (size - kernel) // stride + 1


@wrong("output_size", "round|up|down|ceil")
def valid_rounded_up(size, kernel, stride, padding):
    if padding == "same":
        return math.ceil(size / stride)
    return math.ceil((size - kernel) / stride) + 1


@wrong("output_size", "one|1|first|start")
def the_one_forgotten(size, kernel, stride, padding):
    if padding == "same":
        return math.ceil(size / stride)
    return (size - kernel) // stride


@wrong("output_size", "padding|valid")
def padding_ignored_valid(size, kernel, stride, padding):
    return (size - kernel) // stride + 1


@wrong("output_size", "padding|same|valid|kernel")
def padding_ignored_same(size, kernel, stride, padding):
    return math.ceil(size / stride)


@wrong("output_size", "swap|exchange|padding|same|valid|round")
def paddings_swapped(size, kernel, stride, padding):
    if padding == "valid":
        return math.ceil(size / stride)
    return (size - kernel) // stride + 1


@wrong("output_size", "stride")
def stride_ignored(size, kernel, stride, padding):
    if padding == "same":
        return size
    return size - kernel + 1


@wrong("output_size", "whole|int|float|round|fraction")
def no_rounding(size, kernel, stride, padding):
    if padding == "same":
        return size / stride
    return (size - kernel) / stride + 1


@wrong("output_size", "padding|kernel|half|even|round|same")
def same_as_half_a_kernel_on_each_side(size, kernel, stride, padding):
    p = kernel // 2 if padding == "same" else 0
    return (size + 2 * p - kernel) // stride + 1


@wrong("output_size", "padding|kernel|round|same|even")
def same_as_kernel_minus_one_halved(size, kernel, stride, padding):
    p = (kernel - 1) // 2 if padding == "same" else 0
    return (size - kernel + 2 * p) // stride + 1


@wrong("output_size", "same|stride|size")
def same_keeps_the_size(size, kernel, stride, padding):
    if padding == "same":
        return size
    return (size - kernel) // stride + 1


@wrong("output_size", "return|nothing|None|valid|padding")
def no_return_for_valid(size, kernel, stride, padding):
    if padding == "same":
        return math.ceil(size / stride)


@wrong("output_size", "order|bracket|parenthes|first|one|1|kernel")
def brackets_forgotten(size, kernel, stride, padding):
    if padding == "same":
        return math.ceil(size / stride)
    return size - kernel // stride + 1


@wrong("output_size", "same|compar|padding|capital|case|text|valid")
def compared_with_another_spelling(size, kernel, stride, padding):
    if padding == "SAME":
        return math.ceil(size / stride)
    return (size - kernel) // stride + 1


@wrong(
    "output_size",
    "padding|text|string|number|int|str|\\+|\\*",
)
def padding_taken_for_a_number(size, kernel, stride, padding):
    return (size - kernel + 2 * padding) // stride + 1


@wrong("output_size", "math|import|defin|name|ceil")
def ceil_without_its_module(size, kernel, stride, padding):
    if padding == "same":
        return ceil(size / stride)
    return (size - kernel) // stride + 1


@wrong("output_size", "round|half|even")
def rounded_to_the_nearest(size, kernel, stride, padding):
    if padding == "same":
        return round(size / stride)
    return round((size - kernel + 1) / stride)


# projection_shortcut -----------------------------------------------------------------------


@right("projection_shortcut")
def in_one_line(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s)


@right("projection_shortcut")
def spelt_out_with_valid_padding(X, filters, stage, block, s=2):
    X = Conv2D(filters, (1, 1), strides=(s, s), padding="valid",
               kernel_initializer="he_normal", name=f"res{stage}{block}_branch1")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{stage}{block}_branch1")(X)


@right("projection_shortcut")
def sliced_and_then_projected(X, filters, stage, block, s=2):
    X = X[:, ::s, ::s, :]
    X = Conv2D(filters, 1, name="res" + str(stage) + block + "_branch1")(X)
    return BatchNormalization(epsilon=1.001e-5, name="bn" + str(stage) + block + "_branch1")(X)


@right("projection_shortcut")
def a_dense_layer_for_every_pixel(X, filters, stage, block, s=2):
    X = layers.Dense(filters)(X[:, ::s, ::s])
    return BatchNormalization(epsilon=1.001e-5)(X)


@wrong("projection_shortcut", "stride|shape")
def stride_forgotten(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1")


@wrong("projection_shortcut", "stride|always|s\\b")
def stride_always_two(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=2)


@wrong("projection_shortcut", "default|\\bs\\b")
def default_stride_of_one(X, filters, stage, block, s=1):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s)


@wrong("projection_shortcut", "kernel")
def kernel_of_three(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 3, f"{stage}{block}_branch1", strides=s)


@wrong("projection_shortcut", "kernel")
def kernel_as_wide_as_the_stride(X, filters, stage, block, s=2):
    return conv_bn(X, filters, s, f"{stage}{block}_branch1", strides=s)


@wrong("projection_shortcut", "relu")
def a_relu_at_the_end(X, filters, stage, block, s=2):
    return ReLU()(conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s))


@wrong("projection_shortcut", "normali")
def no_normalisation(X, filters, stage, block, s=2):
    return Conv2D(filters, 1, strides=s, name=f"res{stage}{block}_branch1")(X)


@wrong("projection_shortcut", "filters|channels")
def channels_of_the_input(X, filters, stage, block, s=2):
    return conv_bn(X, X.shape[-1], 1, f"{stage}{block}_branch1", strides=s)


@wrong("projection_shortcut", "filters|channels|double")
def channels_doubled(X, filters, stage, block, s=2):
    return conv_bn(X, 2 * X.shape[-1], 1, f"{stage}{block}_branch1", strides=s)


@wrong("projection_shortcut", "pool|average")
def averaged_and_then_projected(X, filters, stage, block, s=2):
    X = AveragePooling2D(s)(X)
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1")


@wrong("projection_shortcut", "pool|max")
def pooled_and_then_projected(X, filters, stage, block, s=2):
    X = MaxPooling2D(s, padding="same")(X)
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1")


@wrong("projection_shortcut", "pool|convolution.*missing|project|channels|shape")
def pooled_only(X, filters, stage, block, s=2):
    return MaxPooling2D(1, strides=s)(X)


@wrong("projection_shortcut", "return|nothing|None")
def not_returned(X, filters, stage, block, s=2):
    shortcut = conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s)


@wrong("projection_shortcut", "unchanged|input|identity|nothing")
def the_input_itself(X, filters, stage, block, s=2):
    return X


@wrong(
    "projection_shortcut",
    "add|sum|input|shape",
)
def already_added(X, filters, stage, block, s=2):
    Y = conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s)
    return Add()([Y, X[:, ::s, ::s, :1]])


@wrong("projection_shortcut", "two|twice|additional|more|second|too many|unit|convolution")
def two_units(X, filters, stage, block, s=2):
    X = conv_bn(X, filters, 1, f"{stage}{block}_branch1a", strides=s)
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1b")


@wrong(
    "projection_shortcut",
    "last of|filters|number|whole|tuple|list|integer|subscript|index",
)
def the_filters_taken_for_a_list(X, filters, stage, block, s=2):
    return conv_bn(X, filters[2], 1, f"{stage}{block}_branch1", strides=s)


@wrong("projection_shortcut", "name")
def a_name_without_the_block(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, "_branch1", strides=s)


@wrong("projection_shortcut", "dilat|stride")
def the_stride_as_dilation(X, filters, stage, block, s=2):
    X = Conv2D(filters, 1, dilation_rate=s, name=f"res{stage}{block}_branch1")(X)
    return BatchNormalization()(X)


@wrong("projection_shortcut", "stride|argument|keyword")
def the_stride_under_another_name(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1", s=s)


@wrong("projection_shortcut", "stride|rows|columns|direction|both|shape")
def stride_in_one_direction(X, filters, stage, block, s=2):
    X = Conv2D(filters, 1, strides=(s, 1), name=f"res{stage}{block}_branch1")(X)
    return BatchNormalization()(X)


# convolutional_block -----------------------------------------------------------------------


def unit(X, filters, kernel, strides=1):
    X = Conv2D(filters, kernel, strides=strides, padding="same")(X)
    return BatchNormalization(axis=3, epsilon=1.001e-5)(X)


@right("convolutional_block")
def the_course_on_residual_networks(X, f, filters, stage, block, s=2):
    conv_name_base = "res" + str(stage) + block + "_branch"
    bn_name_base = "bn" + str(stage) + block + "_branch"
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(F1, (1, 1), strides=(s, s), padding="valid", name=conv_name_base + "2a")(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2a")(X)
    X = Activation("relu")(X)
    X = Conv2D(F2, (f, f), strides=(1, 1), padding="same", name=conv_name_base + "2b")(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2b")(X)
    X = Activation("relu")(X)
    X = Conv2D(F3, (1, 1), strides=(1, 1), padding="valid", name=conv_name_base + "2c")(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2c")(X)
    X_shortcut = Conv2D(F3, (1, 1), strides=(s, s), name=conv_name_base + "1")(X_shortcut)
    X_shortcut = BatchNormalization(axis=3, name=bn_name_base + "1")(X_shortcut)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@right("convolutional_block")
def a_loop_over_the_units(X, f, filters, stage, block, s=2):
    out = X
    for i, (width, kernel, stride) in enumerate(zip(filters, (1, f, 1), (s, 1, 1), strict=True)):
        out = unit(out, width, kernel, stride)
        if i < 2:
            out = ops.relu(out)
    return ops.relu(out + unit(X, filters[-1], 1, s))


@right("convolutional_block")
def lists_and_slices(X, f, filters, stage, block, s=2):
    paths = [X, X]
    paths[0] = ReLU()(unit(paths[0], filters[0], 1, s))
    paths[0] = ReLU()(unit(paths[0], filters[1], f))
    paths[0] = unit(paths[0], filters[2], 1)
    paths[1] = unit(paths[1], filters[2], 1, s)
    return Activation(keras.activations.relu)(layers.add(paths))


@wrong("convolutional_block", "stride.*(3|middle|second|f x f|f×f)|1\\.5")
def the_stride_in_the_middle(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f, s))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "stride.*(third|last)")
def the_stride_in_the_last(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1, s), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "stride")
def no_stride_anywhere(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1)]))


@wrong("convolutional_block", "stride|shape|size")
def no_stride_on_the_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1)]))


@wrong("convolutional_block", "stride|shape|size")
def no_stride_on_the_main_path(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "stride|always|ignored|\\bs\\b")
def the_stride_always_two(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, 2))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, 2)]))


@wrong("convolutional_block", "default|\\bs\\b")
def another_default_for_s(X, f, filters, stage, block, s=1):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "shortcut.*(main path|first|after|input)|main path|shape")
def the_projection_after_the_first_unit(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X = ReLU()(unit(X, F1, 1, s))
    shortcut = unit(X, F3, 1)
    X = ReLU()(unit(X, F2, f))
    return ReLU()(Add()([unit(X, F3, 1), shortcut]))


@wrong("convolutional_block", "shortcut|main path")
def the_projection_of_the_main_paths_end(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X = ReLU()(unit(X, F1, 1, s))
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    shortcut = unit(X, F3, 1)
    return ReLU()(Add()([X, shortcut]))


@wrong("convolutional_block", "shape|shortcut|project|identity")
def the_identity_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("convolutional_block", "normali.*shortcut|shortcut.*normali|projection.*normali")
def no_normalisation_on_the_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), Conv2D(F3, 1, strides=s)(X)]))


@wrong("convolutional_block", "relu.*(shortcut|projection)|(shortcut|projection).*(relu|rectif)")
def a_relu_on_the_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), ReLU()(unit(X, F3, 1, s))]))


@wrong("convolutional_block", "kernel.*(shortcut|projection)|(shortcut|projection).*kernel")
def a_wide_kernel_on_the_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 3, s)]))


@wrong("convolutional_block", "kernel.*(shortcut|projection)|(shortcut|projection).*kernel")
def f_on_the_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, f, s)]))


@wrong("convolutional_block", "filters|channels|shape|F1|F3")
def f1_on_the_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F1, 1, s)]))


@wrong("convolutional_block", "shortcut.*(missing|added)|no shortcut|addition")
def the_shortcut_forgotten(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(unit(Y, F3, 1))


@wrong("convolutional_block", "shortcut|added|used|addition")
def the_shortcut_made_and_not_added(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = unit(X, F3, 1, s)
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(unit(Y, F3, 1))


@wrong("convolutional_block", "relu.*before|before.*addition")
def relu_before_the_addition(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return Add()([ReLU()(unit(Y, F3, 1)), unit(X, F3, 1, s)])


@wrong("convolutional_block", "relu.*(after|addition|last|final).*missing|missing.*relu")
def no_relu_after_the_addition(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return Add()([unit(Y, F3, 1), unit(X, F3, 1, s)])


@wrong("convolutional_block", "relu")
def relus_after_every_unit(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    Y = ReLU()(unit(Y, F3, 1))
    return ReLU()(Add()([Y, unit(X, F3, 1, s)]))


@wrong("convolutional_block", "relu")
def no_relu_between_first_and_second(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = unit(X, F1, 1, s)
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "relu")
def no_relu_between_second_and_third(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = unit(Y, F2, f)
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "pool|max")
def a_pooled_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    shortcut = unit(MaxPooling2D(s, padding="same")(X), F3, 1)
    return ReLU()(Add()([unit(Y, F3, 1), shortcut]))


@wrong("convolutional_block", "pool|average")
def the_shortcut_of_resnet_d(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    shortcut = unit(AveragePooling2D(s, padding="same")(X), F3, 1)
    return ReLU()(Add()([unit(Y, F3, 1), shortcut]))


@wrong("convolutional_block", "concat")
def concatenated(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Concatenate()([unit(Y, F3, 1), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "kernel|\\bf\\b|middle")
def f_ignored(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, 3))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "kernel|\\bf\\b|everywhere|1x1|1×1")
def f_in_every_unit(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, f, s))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, f), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "filters|swap|exchange")
def filters_one_and_two_swapped(X, f, filters, stage, block, s=2):
    F2, F1, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "normali")
def no_normalisation_in_the_last_unit(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([Conv2D(F3, 1)(Y), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "normali")
def no_normalisation_anywhere(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = Conv2D(F1, 1, strides=s, activation="relu")(X)
    Y = Conv2D(F2, f, padding="same", activation="relu")(Y)
    return ReLU()(Add()([Conv2D(F3, 1)(Y), Conv2D(F3, 1, strides=s)(X)]))


@wrong("convolutional_block", "before|order|relu.*normali|normali.*relu")
def activations_before_the_normalisation(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = BatchNormalization()(Conv2D(F1, 1, strides=s, activation="relu")(X))
    Y = BatchNormalization()(Conv2D(F2, f, padding="same", activation="relu")(Y))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "training")
def training_mode_written_down(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(BatchNormalization()(Conv2D(F1, 1, strides=s)(X), training=True))
    Y = ReLU()(BatchNormalization()(Conv2D(F2, f, padding="same")(Y), training=True))
    Y = BatchNormalization()(Conv2D(F3, 1)(Y), training=True)
    Z = BatchNormalization()(Conv2D(F3, 1, strides=s)(X), training=True)
    return ReLU()(Add()([Y, Z]))


@wrong("convolutional_block", "padding|shape")
def padding_forgotten_in_the_middle(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(BatchNormalization()(Conv2D(F2, f)(Y)))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "stride|twice|shape")
def the_stride_twice(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f, s))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, s * s)]))


@wrong("convolutional_block", "name")
def a_name_used_twice(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    name = f"res{stage}{block}_branch2a"
    Y = ReLU()(BatchNormalization()(Conv2D(F1, 1, strides=s, name=name)(X)))
    Y = ReLU()(BatchNormalization()(Conv2D(F2, f, padding="same", name=name)(Y)))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "return|nothing|None")
def nothing_is_returned(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    Y = ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "return|shortcut|main path|used")
def the_shortcut_is_returned(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    shortcut = unit(X, F3, 1, s)
    Y = ReLU()(Add()([unit(Y, F3, 1), shortcut]))
    return shortcut


@wrong("convolutional_block", "drop")
def dropout_before_the_addition(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    Y = Dropout(0.3)(unit(Y, F3, 1))
    return ReLU()(Add()([Y, unit(X, F3, 1, s)]))


@wrong("convolutional_block", "squeeze|multipl|sigmoid|attention|excit|pool|dense")
def squeeze_and_excitation(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    Y = unit(Y, F3, 1)
    w = layers.GlobalAveragePooling2D(keepdims=True)(Y)
    w = layers.Dense(F3, activation="sigmoid")(layers.Dense(2, activation="relu")(w))
    return ReLU()(Add()([Y * w, unit(X, F3, 1, s)]))


@wrong("convolutional_block", "elu")
def elu_instead_of_relu(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = layers.ELU()(unit(X, F1, 1, s))
    Y = layers.ELU()(unit(Y, F2, f))
    return layers.ELU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, s)]))


@wrong("convolutional_block", "\\bs\\b|argument|parameter|signature")
def no_parameter_for_the_stride(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, 2))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, 2)]))


@wrong("convolutional_block", "project|identity|shape|shortcut|only|channels")
def a_projection_only_where_the_shapes_differ(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    needed = s != 1 or X.shape[-1] != F3
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, s) if needed else X]))


@wrong("convolutional_block", "stride|relu|normali")
def two_mistakes_stride_in_the_middle_and_bare_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f, s))
    return ReLU()(Add()([unit(Y, F3, 1), Conv2D(F3, 1, strides=s)(X)]))


@wrong("convolutional_block", "relu")
def two_mistakes_relu_on_the_shortcut_and_none_at_the_end(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return Add()([unit(Y, F3, 1), ReLU()(unit(X, F3, 1, s))])


@wrong(
    "convolutional_block",
    "interpol|resiz|shortcut|project|unknown",
)
def a_resized_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    Y = unit(Y, F3, 1)
    small = layers.Resizing(Y.shape[1], Y.shape[2])(X)
    return ReLU()(Add()([Y, unit(small, F3, 1)]))


# basic_block -------------------------------------------------------------------------------


def bare(X, filters, kernel=3, s=1):
    X = Conv2D(filters, kernel, strides=s, padding="same", use_bias=False)(X)
    return BatchNormalization(epsilon=1.001e-5)(X)


@right("basic_block")
def as_torchvision_writes_it(X, filters, stage, block, s=1):
    identity = X
    out = bare(X, filters, 3, s)
    out = ReLU()(out)
    out = bare(out, filters, 3)
    downsample = s != 1 or identity.shape[-1] != filters
    if downsample:
        identity = bare(identity, filters, 1, s)
    out += identity
    return ReLU()(out)


@right("basic_block")
def with_the_given_helpers(X, filters, stage, block, s=1):
    name = f"{stage}{block}_branch"
    Y = conv_bn(X, filters, 3, name + "2a", strides=s, use_bias=False)
    Y = Activation("relu")(Y)
    Y = conv_bn(Y, filters, 3, name + "2b", use_bias=False)
    if (s, X.shape[-1]) == (1, filters):
        return Activation("relu")(Add()([Y, X]))
    else:
        X = conv_bn(X, filters, 1, name + "1", strides=s, use_bias=False)
        return Activation("relu")(Add()([Y, X]))


@right("basic_block")
def a_test_of_the_whole_shape(X, filters, stage, block, s=1):
    Y = ReLU()(bare(X, filters, 3, s))
    Y = bare(Y, filters)
    shortcut = X if tuple(X.shape) == tuple(Y.shape) else bare(X, filters, 1, s)
    return ReLU()(layers.add([shortcut, Y]))


@wrong("basic_block", "stride|channels|and|condition|shape")
def only_the_stride_is_tested(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    shortcut = bare(X, filters, 1, s) if s != 1 else X
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "stride|channels|condition|shape")
def only_the_channels_are_tested(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    shortcut = bare(X, filters, 1, s) if X.shape[-1] != filters else X
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "and|both|or|stride|channels|shape|condition")
def and_instead_of_or(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    shortcut = bare(X, filters, 1, s) if s != 1 and X.shape[-1] != filters else X
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "project|always|identity")
def always_a_projection(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    return ReLU()(Add()([Y, bare(X, filters, 1, s)]))


@wrong("basic_block", "project|shape|shortcut|never|identity")
def never_a_projection(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    return ReLU()(Add()([Y, X]))


@wrong("basic_block", "stride")
def the_stride_in_the_second_convolution(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3)), filters, 3, s)
    shortcut = bare(X, filters, 1, s) if s != 1 or X.shape[-1] != filters else X
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "stride|shape|twice|both")
def the_stride_in_both_convolutions(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters, 3, s)
    shortcut = bare(X, filters, 1, s) if s != 1 or X.shape[-1] != filters else X
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "relu")
def basic_without_the_last_relu(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    shortcut = bare(X, filters, 1, s) if s != 1 or X.shape[-1] != filters else X
    return Add()([Y, shortcut])


@wrong("basic_block", "relu.*before|before.*addition")
def basic_with_the_relu_before_the_addition(X, filters, stage, block, s=1):
    Y = ReLU()(bare(ReLU()(bare(X, filters, 3, s)), filters))
    shortcut = bare(X, filters, 1, s) if s != 1 or X.shape[-1] != filters else X
    return Add()([Y, shortcut])


@wrong("basic_block", "relu")
def basic_without_the_inner_relu(X, filters, stage, block, s=1):
    Y = bare(bare(X, filters, 3, s), filters)
    shortcut = bare(X, filters, 1, s) if s != 1 or X.shape[-1] != filters else X
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "relu.*(shortcut|projection)|(shortcut|projection).*(relu|rectif)")
def basic_with_a_relu_on_the_projection(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    shortcut = ReLU()(bare(X, filters, 1, s)) if s != 1 or X.shape[-1] != filters else X
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "shape|shortcut|input|first|channels|main path|project|condition|overwr")
def the_channels_of_the_main_path_are_compared(X, filters, stage, block, s=1):
    shortcut = X
    X = ReLU()(bare(X, filters, 3, s))
    X = bare(X, filters)
    if s != 1 or X.shape[-1] != filters:
        shortcut = bare(shortcut, filters, 1, s)
    return ReLU()(Add()([X, shortcut]))


@wrong("basic_block", "kernel|1x1|1×1|3x3|3×3|size")
def a_projection_of_three_pixels(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    shortcut = bare(X, filters, 3, s) if s != 1 or X.shape[-1] != filters else X
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "normali")
def a_projection_without_normalisation(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    shortcut = X
    if s != 1 or X.shape[-1] != filters:
        shortcut = Conv2D(filters, 1, strides=s, use_bias=False)(X)
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "normali")
def no_normalisation_of_the_second_convolution(X, filters, stage, block, s=1):
    Y = ReLU()(bare(X, filters, 3, s))
    Y = Conv2D(filters, 3, padding="same", use_bias=False)(Y)
    shortcut = bare(X, filters, 1, s) if s != 1 or X.shape[-1] != filters else X
    return ReLU()(Add()([Y, shortcut]))


@wrong(
    "basic_block",
    "pool|pad|zero|option A|project",
)
def option_a_with_zeros(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    shortcut = X[:, ::s, ::s, :]
    if X.shape[-1] < filters:
        shortcut = ops.pad(shortcut, [[0, 0], [0, 0], [0, 0], [0, filters - X.shape[-1]]])
    return ReLU()(Add()([Y, shortcut[..., :filters]]))


@wrong("basic_block", "kernel|1x1|1×1|3x3|3×3|size")
def kernels_of_one_pixel(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 1, s)), filters, 1)
    shortcut = bare(X, filters, 1, s) if s != 1 or X.shape[-1] != filters else X
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "third|three|bottleneck|convolution|unit|kernel")
def a_bottleneck_instead(X, filters, stage, block, s=1):
    Y = ReLU()(bare(X, filters // 2, 1, s))
    Y = ReLU()(bare(Y, filters // 2, 3))
    Y = bare(Y, filters, 1)
    shortcut = bare(X, filters, 1, s) if s != 1 or X.shape[-1] != filters else X
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "shortcut|addition")
def no_shortcut_at_all(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    return ReLU()(Y)


@wrong("basic_block", "drop")
def dropout_between_as_in_wide_networks(X, filters, stage, block, s=1):
    Y = Dropout(0.3)(ReLU()(bare(X, filters, 3, s)))
    Y = bare(Y, filters)
    shortcut = bare(X, filters, 1, s) if s != 1 or X.shape[-1] != filters else X
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "default|\\bs\\b")
def another_default_for_the_stride(X, filters, stage, block, s=2):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    shortcut = bare(X, filters, 1, s) if s != 1 or X.shape[-1] != filters else X
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "order|pre-?activat")
def preactivation_basic(X, filters, stage, block, s=1):
    Y = ReLU()(BatchNormalization()(X))
    shortcut = X
    if s != 1 or X.shape[-1] != filters:
        shortcut = Conv2D(filters, 1, strides=s, use_bias=False)(Y)
    Y = Conv2D(filters, 3, strides=s, padding="same", use_bias=False)(Y)
    Y = ReLU()(BatchNormalization()(Y))
    Y = Conv2D(filters, 3, padding="same", use_bias=False)(Y)
    return Add()([Y, shortcut])


@wrong("basic_block", "==|compar|condition|project|shape|wrong way|identity")
def the_condition_the_wrong_way_round(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    shortcut = X if s != 1 or X.shape[-1] != filters else bare(X, filters, 1, s)
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "shortcut convolution reads batch normalisation 2 instead of the input")
def the_projection_reads_the_main_path(X, filters, stage, block, s=1):
    shortcut = X
    X = ReLU()(bare(X, filters, 3, s))
    X = bare(X, filters)
    if s > 1 or shortcut.shape[-1] != filters:
        shortcut = bare(X, filters, 1)
    return ReLU()(Add()([X, shortcut]))


@wrong("basic_block", "too many, after batch normalisation 2")
def a_third_unit(X, filters, stage, block, s=1):
    Y = ReLU()(bare(X, filters, 3, s))
    Y = ReLU()(bare(Y, filters))
    Y = bare(Y, filters)
    shortcut = X if s == 1 and X.shape[-1] == filters else bare(X, filters, 1, s)
    return ReLU()(Add()([Y, shortcut]))


@wrong("basic_block", "stride is not 1 and the channels change")
def both_have_to_differ(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    if s != 1 and X.shape[-1] != filters:
        X = bare(X, filters, 1, s)
    return ReLU()(Add()([Y, X]))


@wrong("basic_block", "not projected where the channels get fewer")
def projected_where_there_are_more_filters(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    if s != 1 or filters > X.shape[-1]:
        X = bare(X, filters, 1, s)
    return ReLU()(Add()([Y, X]))


@wrong("basic_block", "projection has the stride 2, whatever s says")
def the_projection_always_halves(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    if s != 1 or filters != X.shape[-1]:
        X = bare(X, filters, 1, 2)
    return ReLU()(Add()([Y, X]))


@wrong("convolutional_block", "projection has the stride 2, whatever s says")
def the_shortcut_always_halves(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, s))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), unit(X, F3, 1, 2)]))


@wrong("convolutional_block", "convolution 1 reads the shortcut batch normalisation")
def the_main_path_starts_at_the_projection(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X = unit(X, F3, 1, s)
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("projection_shortcut", "filters and the kernel size are swapped")
def kernel_size_before_filters(X, filters, stage, block, s=2):
    X = Conv2D(1, filters, strides=s, padding="same")(X)
    return BatchNormalization(epsilon=1.001e-5)(X)


@wrong("projection_shortcut", "in place of the stride of the shortcut convolution")
def every_sth_pixel_but_the_first(X, filters, stage, block, s=2):
    return unit(X[:, s - 1 :: s, s - 1 :: s], filters, 1)


@wrong("projection_shortcut", "MaxPooling2D 3×3.* in place of the stride")
def pooled_by_the_maximum(X, filters, stage, block, s=2):
    X = layers.MaxPooling2D(3, strides=s, padding="same")(X) if s > 1 else X
    return unit(X, filters, 1)


@wrong("output_size", "one too many")
def cut_and_one_added(size, kernel, stride, padding):
    starts = size if padding == "same" else size - kernel + 1
    return starts // stride + 1


@wrong("output_size", "even kernel")
def half_a_kernel_on_either_side_taken_away(size, kernel, stride, padding):
    length = size if padding == "same" else size - (kernel // 2) * 2
    return math.ceil(length / stride)


@wrong("output_size", "the 1 is missing")
def the_difference_rounded_up(size, kernel, stride, padding):
    return math.ceil((size if padding == "same" else size - kernel) / stride)


@wrong("output_size", "full")
def zeros_all_around(size, kernel, stride, padding):
    zeros = kernel - 1 if padding == "same" else 0
    return (size + 2 * zeros - kernel) // stride + 1


@wrong("basic_block", "height is compared")
def rows_for_channels(X, filters, stage, block, s=1):
    Y = bare(ReLU()(bare(X, filters, 3, s)), filters)
    _, channels, *_ = X.shape
    if s != 1 or channels != filters:
        X = bare(X, filters, 1, s)
    return ReLU()(Add()([Y, X]))
