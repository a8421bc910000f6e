"""Attempts at lesson 2: `conv_bn`, `identity_block` and `identity_block_parameters`."""
# ruff: noqa: E501, F821, F841, RUF059

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from keras.initializers import glorot_uniform
from keras.layers import (
    Activation,
    Add,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dropout,
    LayerNormalization,
    LeakyReLU,
    MaxPooling2D,
    ReLU,
)

from tests.checks.attempts.attempt import Attempt, collector

ATTEMPTS: list[Attempt] = []
right, wrong = collector(ATTEMPTS)
EPSILON = 1.001e-5

# conv_bn -----------------------------------------------------------------------------------


@right("conv_bn")
def named_steps(X, filters, kernel_size, name, strides=1, use_bias=True):
    conv = layers.Conv2D(
        filters,
        (kernel_size, kernel_size),
        strides=(strides, strides),
        padding="same",
        use_bias=use_bias,
        kernel_initializer=keras.initializers.HeNormal(),
        name="res" + name,
    )
    bn = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn" + name)
    return bn(conv(X))


@right("conv_bn")
def tf_keras_and_the_last_axis(X, filters, kernel_size, name, strides=1, use_bias=True):
    Y = tf.keras.layers.Conv2D(
        filters, kernel_size, strides, "same", use_bias=use_bias,
        kernel_initializer="he_normal", name=f"res{name}",
    )(X)  # fmt: skip
    return tf.keras.layers.BatchNormalization(axis=-1, epsilon=EPSILON, name=f"bn{name}")(Y)


@right("conv_bn")
def settings_in_dictionaries(X, filters, kernel_size, name, strides=1, use_bias=True):
    settings = {"padding": "same", "kernel_initializer": "he_normal", "use_bias": use_bias}
    X = Conv2D(filters, kernel_size, strides=strides, name=f"res{name}", **settings)(X)
    return BatchNormalization(3, epsilon=1.001e-5, name=f"bn{name}")(X)


@wrong("conv_bn", "relu")
def a_relu_at_the_end(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    X = BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)
    return Activation("relu")(X)


@wrong("conv_bn", "relu")
def a_relu_inside_the_convolution(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               activation="relu", kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "stride")
def strides_ignored(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "bias")
def use_bias_ignored(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same",
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "bias")
def bias_the_wrong_way_round(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=not use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "padding")
def valid_padding(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "normali.*missing|missing.*normali|no.*normali|without.*normali")
def no_normalisation(X, filters, kernel_size, name, strides=1, use_bias=True):
    return Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                  kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip


@wrong("conv_bn", "axis")
def normalisation_over_rows(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=1, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "before|order|first")
def normalisation_first(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)
    return Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                  kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip


@wrong("conv_bn", "momentum 1e-05")
def epsilon_in_the_place_of_the_momentum(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias)(X)
    return BatchNormalization(3, 1e-5, name=f"bn{name}")(X)


@wrong("identity_block", "momentum 1$")
def statistics_that_never_move(X, f, filters, stage, block):
    X_in = X
    for number, (width, kernel) in enumerate(zip(filters, (1, f, 1), strict=True)):
        X = Conv2D(width, kernel, padding="same")(X)
        X = BatchNormalization(momentum=1.0)(X)
        X = layers.ReLU()(X) if number < 2 else X
    return layers.ReLU()(X + X_in)


@right("conv_bn")
def another_momentum(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias)(X)
    return BatchNormalization(momentum=0.9)(X)


@wrong("conv_bn", "layer ?normali")
def layer_normalisation(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return LayerNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "group ?normali")
def group_normalisation(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return layers.GroupNormalization(1, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "training")
def training_mode_baked_in(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X, training=True)


@wrong("conv_bn", "twice|two|second|additional|too many|normali")
def normalised_twice(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    X = BatchNormalization(axis=3, epsilon=EPSILON)(X)
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "gamma|scale|center|beta")
def normalisation_without_gamma_and_beta(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(
        axis=3, epsilon=EPSILON, scale=False, center=False, name=f"bn{name}"
    )(X)  # fmt: skip


@wrong("conv_bn", "convolution.*(return|missing|used)|return|used|overwrit|input|missing")
def the_convolution_is_thrown_away(X, filters, kernel_size, name, strides=1, use_bias=True):
    Y = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "convolution|normali.*(return|missing|used)|return|used")
def the_convolution_is_returned(X, filters, kernel_size, name, strides=1, use_bias=True):
    Y = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    Z = BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(Y)
    return Y


@wrong("conv_bn", "return|nothing|None")
def nothing_returned(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    X = BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "kernel")
def kernel_always_three(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, 3, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "swap|exchange|filters|kernel")
def filters_and_kernel_swapped(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(kernel_size, filters, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "filters")
def filters_hard_coded(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(64, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "name")
def both_layers_have_one_name(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=name)(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=name)(X)


@wrong("conv_bn", "depthwise")
def depthwise_convolution(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.DepthwiseConv2D(kernel_size, strides=strides, padding="same",
                               use_bias=use_bias, name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "dilat|stride")
def strides_taken_for_dilation(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, dilation_rate=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "bias|default|argument|parameter|signature")
def a_parameter_left_out(X, filters, kernel_size, name, strides=1):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same",
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "stride|default")
def another_default_for_the_strides(X, filters, kernel_size, name, strides=2, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


@wrong("conv_bn", "keyword|argument|stride")
def a_typo_in_a_keyword(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, stride=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=EPSILON, name=f"bn{name}")(X)


# identity_block ----------------------------------------------------------------------------


def unit(X, filters, kernel, strides=1):
    X = Conv2D(filters, kernel, strides=strides, padding="same")(X)
    return BatchNormalization(axis=3, epsilon=EPSILON)(X)


@right("identity_block")
def the_course_on_residual_networks(X, f, filters, stage, block):
    conv_name_base = "res" + str(stage) + block + "_branch"
    bn_name_base = "bn" + str(stage) + block + "_branch"
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(filters=F1, kernel_size=(1, 1), strides=(1, 1), padding="valid",
               name=conv_name_base + "2a", kernel_initializer=glorot_uniform(seed=0))(X)  # fmt: skip
    X = BatchNormalization(axis=3, name=bn_name_base + "2a")(X)
    X = Activation("relu")(X)
    X = Conv2D(filters=F2, kernel_size=(f, f), strides=(1, 1), padding="same",
               name=conv_name_base + "2b", kernel_initializer=glorot_uniform(seed=0))(X)  # fmt: skip
    X = BatchNormalization(axis=3, name=bn_name_base + "2b")(X)
    X = Activation("relu")(X)
    X = Conv2D(filters=F3, kernel_size=(1, 1), strides=(1, 1), padding="valid",
               name=conv_name_base + "2c", kernel_initializer=glorot_uniform(seed=0))(X)  # fmt: skip
    X = BatchNormalization(axis=3, name=bn_name_base + "2c")(X)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@right("identity_block")
def from_keras_applications(X, f, filters, stage, block):
    name = f"conv{stage}_block{block}"
    shortcut = X
    x = layers.Conv2D(filters[0], 1, name=name + "_1_conv")(X)
    x = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=name + "_1_bn")(x)
    x = layers.Activation("relu", name=name + "_1_relu")(x)
    x = layers.Conv2D(filters[1], f, padding="SAME", name=name + "_2_conv")(x)
    x = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=name + "_2_bn")(x)
    x = layers.Activation("relu", name=name + "_2_relu")(x)
    x = layers.Conv2D(filters[2], 1, name=name + "_3_conv")(x)
    x = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=name + "_3_bn")(x)
    x = layers.Add(name=name + "_add")([shortcut, x])
    return layers.Activation("relu", name=name + "_out")(x)


@right("identity_block")
def shadowed_names_and_other_parameters(x_in, f, filters, stage, block):
    x = ReLU()(unit(x_in, filters[0], 1))
    x = ReLU()(unit(x, filters[1], f))
    return ReLU()(unit(x, filters[2], 1) + x_in)


@wrong("identity_block", "relu.*(after|addition|last|final).*missing|missing.*relu")
def no_relu_after_the_addition(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    return Add()([X, shortcut])


@wrong("identity_block", "relu.*before|before.*addition")
def relu_before_the_addition(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f))
    X = ReLU()(unit(X, F3, 1))
    return Add()([X, shortcut])


@wrong("identity_block", "relu")
def relu_before_and_after_the_addition(X, f, filters, stage, block):
    shortcut = X
    for width, kernel in zip(filters, (1, f, 1), strict=True):
        X = ReLU()(unit(X, width, kernel))
    return ReLU()(Add()([X, shortcut]))


@wrong("identity_block", "relu")
def no_relu_in_the_first_unit(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = unit(X, F1, 1)
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    return ReLU()(Add()([X, shortcut]))


@wrong("identity_block", "relu")
def no_relu_in_the_second_unit(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = ReLU()(unit(X, F1, 1))
    X = unit(X, F2, f)
    X = unit(X, F3, 1)
    return ReLU()(Add()([X, shortcut]))


@wrong("identity_block", "relu")
def only_the_last_relu(X, f, filters, stage, block):
    F1, F2, F3 = filters
    return ReLU()(Add()([unit(unit(unit(X, F1, 1), F2, f), F3, 1), X]))


@wrong("identity_block", "relu")
def no_relu_anywhere(X, f, filters, stage, block):
    F1, F2, F3 = filters
    return Add()([unit(unit(unit(X, F1, 1), F2, f), F3, 1), X])


@wrong("identity_block", "shortcut.*(missing|added)|no shortcut|addition.*missing")
def no_shortcut(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    return ReLU()(X)


@wrong("identity_block", "shortcut|itself|main path")
def shortcut_saved_at_the_end(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    X_shortcut = X
    X = Add()([X, X_shortcut])
    return ReLU()(X)


@wrong("identity_block", "shortcut|shape|add")
def shortcut_after_the_first_unit(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X = ReLU()(unit(X, F1, 1))
    X_shortcut = X
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    return ReLU()(Add()([X, X_shortcut]))


@wrong("identity_block", "project|shortcut")
def a_projection_shortcut(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = unit(X, F3, 1)
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    return ReLU()(Add()([X, shortcut]))


@wrong("identity_block", "project|shortcut")
def a_convolution_on_the_shortcut(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = Conv2D(F3, 1)(X)
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    return ReLU()(Add()([X, shortcut]))


@wrong("identity_block", "normali.*shortcut|shortcut.*normali")
def a_normalised_shortcut(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = BatchNormalization(axis=3)(X)
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    return ReLU()(Add()([X, shortcut]))


@wrong("identity_block", "relu.*shortcut|shortcut.*relu|shortcut.*rectif")
def a_rectified_shortcut(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = Activation("relu")(X)
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    return ReLU()(Add()([X, shortcut]))


@wrong("identity_block", "concat")
def concatenation(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    Y = unit(Y, F3, 1)
    return ReLU()(Concatenate()([Y, X]))


@wrong("identity_block", "multipl")
def multiplication(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(layers.multiply([unit(Y, F3, 1), X]))


@wrong("identity_block", "subtract|minus|differ")
def subtraction(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(layers.Subtract()([unit(Y, F3, 1), X]))


@wrong("identity_block", "average|mean|half")
def average(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(layers.Average()([unit(Y, F3, 1), X]))


@wrong("identity_block", "maximum|largest|larger")
def maximum(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(layers.Maximum()([unit(Y, F3, 1), X]))


@wrong("identity_block", "normali")
def no_normalisation_at_all(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = Conv2D(F1, 1, activation="relu")(X)
    Y = Conv2D(F2, f, padding="same", activation="relu")(Y)
    Y = Conv2D(F3, 1)(Y)
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "normali")
def no_normalisation_in_the_last_unit(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    Y = Conv2D(F3, 1)(Y)
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "normali")
def no_normalisation_in_the_middle(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(Conv2D(F2, f, padding="same")(Y))
    Y = unit(Y, F3, 1)
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "before|relu.*normali|normali.*relu|order")
def relu_before_the_normalisation(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = BatchNormalization()(Conv2D(F1, 1, activation="relu")(X))
    Y = BatchNormalization()(Conv2D(F2, f, padding="same", activation="relu")(Y))
    Y = BatchNormalization()(Conv2D(F3, 1)(Y))
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "before|relu.*normali|normali.*relu|order|activation")
def activation_inside_every_convolution(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = BatchNormalization()(Conv2D(F1, 1, activation="relu")(X))
    Y = BatchNormalization()(Conv2D(F2, f, padding="same", activation="relu")(Y))
    Y = BatchNormalization()(Conv2D(F3, 1, activation="relu")(Y))
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "pre-?activation|before")
def preactivation(X, f, filters, stage, block):
    Y = X
    for width, kernel in zip(filters, (1, f, 1), strict=True):
        Y = ReLU()(BatchNormalization(axis=3)(Y))
        Y = Conv2D(width, kernel, padding="same")(Y)
    return Add()([Y, X])


@wrong("identity_block", "axis")
def normalisation_over_the_wrong_axis(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(BatchNormalization(axis=1)(Conv2D(F1, 1)(X)))
    Y = ReLU()(BatchNormalization(axis=1)(Conv2D(F2, f, padding="same")(Y)))
    Y = BatchNormalization(axis=1)(Conv2D(F3, 1)(Y))
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "training")
def normalisation_always_in_training(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(BatchNormalization()(Conv2D(F1, 1)(X), training=True))
    Y = ReLU()(BatchNormalization()(Conv2D(F2, f, padding="same")(Y), training=True))
    Y = BatchNormalization()(Conv2D(F3, 1)(Y), training=True)
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "layer ?normali")
def layer_normalisation_in_place(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(LayerNormalization()(Conv2D(F1, 1)(X)))
    Y = ReLU()(LayerNormalization()(Conv2D(F2, f, padding="same")(Y)))
    Y = LayerNormalization()(Conv2D(F3, 1)(Y))
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "group ?normali")
def group_normalisation_in_place(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(layers.GroupNormalization(1)(Conv2D(F1, 1)(X)))
    Y = ReLU()(layers.GroupNormalization(1)(Conv2D(F2, f, padding="same")(Y)))
    Y = layers.GroupNormalization(1)(Conv2D(F3, 1)(Y))
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "kernel|\\bf\\b|middle")
def f_ignored(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, 3))
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "kernel|\\bf\\b|everywhere|1x1|1×1|first|last")
def f_in_every_convolution(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, f))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, f), X]))


@wrong("identity_block", "kernel|\\bf\\b|first|middle")
def f_in_the_first_convolution(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, f))
    Y = ReLU()(unit(Y, F2, 1))
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "kernel|\\bf\\b|1x1|1×1|middle")
def a_kernel_of_one_in_the_middle(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, 1))
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "filters|swap|exchange")
def the_first_two_filters_swapped(X, f, filters, stage, block):
    F2, F1, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "filters|F1|F2")
def f1_twice(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F1, f))
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "filters|shape|channels")
def filters_reversed(X, f, filters, stage, block):
    F3, F2, F1 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "filters|channels")
def the_last_filters_from_the_input_and_f2_hard_coded(X, f, filters, stage, block):
    Y = ReLU()(unit(X, filters[0], 1))
    Y = ReLU()(unit(Y, 64, f))
    return ReLU()(Add()([unit(Y, X.shape[-1], 1), X]))


@wrong("identity_block", "padding|shape")
def padding_forgotten(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(BatchNormalization()(Conv2D(F1, 1)(X)))
    Y = ReLU()(BatchNormalization()(Conv2D(F2, f)(Y)))
    Y = BatchNormalization()(Conv2D(F3, 1)(Y))
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "padding|crop")
def valid_padding_and_a_cropped_shortcut(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(BatchNormalization()(Conv2D(F1, 1)(X)))
    Y = ReLU()(BatchNormalization()(Conv2D(F2, f)(Y)))
    Y = BatchNormalization()(Conv2D(F3, 1)(Y))
    return ReLU()(Add()([Y, layers.Cropping2D((f - 1) // 2)(X)]))


@wrong("identity_block", "stride|shape")
def a_stride_of_two(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1, 2))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "unit|convolution.*missing|missing.*convolution|middle|layer")
def the_middle_unit_forgotten(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "unit|convolution|too many|layer|additional|more")
def one_more_unit_in_the_middle(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "drop")
def dropout_in_the_middle(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    Y = Dropout(0.5)(Y)
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "gelu")
def gelu_everywhere(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = Activation("gelu")(unit(X, F1, 1))
    Y = Activation("gelu")(unit(Y, F2, f))
    return Activation("gelu")(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "leak")
def leaky_relu_everywhere(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = LeakyReLU()(unit(X, F1, 1))
    Y = LeakyReLU()(unit(Y, F2, f))
    return LeakyReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "\\belu")
def elu_everywhere(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = layers.ELU()(unit(X, F1, 1))
    Y = layers.ELU()(unit(Y, F2, f))
    return layers.ELU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "silu|swish")
def swish_everywhere(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = Activation("swish")(unit(X, F1, 1))
    Y = Activation("swish")(unit(Y, F2, f))
    return Activation("swish")(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "relu6|6|limit|relu")
def relu_with_a_limit(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU(6.0)(unit(X, F1, 1))
    Y = ReLU(6.0)(unit(Y, F2, f))
    return ReLU(6.0)(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "sigmoid")
def sigmoid_at_the_end(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return Activation("sigmoid")(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "softmax")
def softmax_at_the_end(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return Activation("softmax")(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "tanh")
def tanh_everywhere(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = Activation("tanh")(unit(X, F1, 1))
    Y = Activation("tanh")(unit(Y, F2, f))
    return Activation("tanh")(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "separable|depthwise")
def a_depthwise_convolution_in_the_middle(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = layers.DepthwiseConv2D(f, padding="same")(Y)
    Y = ReLU()(BatchNormalization()(Y))
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "group")
def a_grouped_convolution(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = Conv2D(F2, f, padding="same", groups=2)(Y)
    Y = ReLU()(BatchNormalization()(Y))
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "dilat")
def a_dilated_convolution(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = Conv2D(F2, f, padding="same", dilation_rate=2)(Y)
    Y = ReLU()(BatchNormalization()(Y))
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "pool")
def a_pooling_of_stride_one(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    Y = MaxPooling2D(3, strides=1, padding="same")(Y)
    return ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "normali.*addition|addition.*normali|after")
def normalisation_after_the_addition(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    Y = Add()([Conv2D(F3, 1)(Y), X])
    return ReLU()(BatchNormalization()(Y))


@wrong("identity_block", "half|scal|weight|shortcut|multipl")
def a_halved_shortcut(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(unit(Y, F3, 1) + 0.5 * X)


@wrong("identity_block", "scal|weight|multipl|0\\.1|factor")
def a_scaled_residual(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(0.1 * unit(Y, F3, 1) + X)


@wrong("identity_block", "twice|two|shortcut")
def the_shortcut_added_twice(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    Y = Add()([unit(Y, F3, 1), X])
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "return|used|relu|shortcut|sum")
def the_wrong_variable_is_returned(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    Y = Add()([X, X_shortcut])
    Y = ReLU()(Y)
    return X


@wrong("identity_block", "input|unchanged|nothing|return")
def the_input_is_returned(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    Y = ReLU()(Add()([unit(Y, F3, 1), X]))
    return X


@wrong("identity_block", "return|nothing|None")
def nothing_is_returned(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    Y = ReLU()(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "tensor|model|return")
def a_model_is_returned(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    Y = ReLU()(Add()([unit(Y, F3, 1), X]))
    return keras.Model(X, Y)


@wrong("identity_block", "tuple|two|pair|more than one|tensor")
def two_values_are_returned(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), X])), X


@wrong("identity_block", "ReLU is made with a tensor")
def the_last_relu_is_not_called(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    Y = Add()([unit(Y, F3, 1), X])
    return ReLU(Y)


@wrong("identity_block", "tensorflow|tf\\.nn|keras")
def a_function_of_tensorflow(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = tf.nn.relu(unit(X, F1, 1))
    Y = tf.nn.relu(unit(Y, F2, f))
    return tf.nn.relu(unit(Y, F3, 1) + X)


@wrong("identity_block", "list|argument|Add")
def add_with_two_arguments(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()(unit(Y, F3, 1), X))


@wrong("identity_block", "list|called|Add|argument")
def add_as_a_function_with_a_capital(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add([unit(Y, F3, 1), X]))


@wrong("identity_block", "name")
def fixed_names(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = Conv2D(F1, 1, name="conv_a")(X)
    Y = ReLU()(BatchNormalization(name="bn_a")(Y))
    Y = Conv2D(F2, f, padding="same", name="conv_b")(Y)
    Y = ReLU()(BatchNormalization(name="bn_b")(Y))
    Y = Conv2D(F3, 1, name="conv_c")(Y)
    Y = BatchNormalization(name="bn_c")(Y)
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "name")
def names_without_the_block(X, f, filters, stage, block):
    base = f"res{stage}_branch2"
    Y = X
    for letter, width, kernel in zip("abc", filters, (1, f, 1), strict=True):
        Y = Conv2D(width, kernel, padding="same", name=base + letter)(Y)
        Y = BatchNormalization(axis=3)(Y)
        Y = ReLU()(Y) if letter != "c" else Y
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "argument|parameter|signature|training")
def another_signature(X, f, filters, training=True, initializer="glorot_uniform"):
    F1, F2, F3 = filters
    Y = ReLU()(BatchNormalization()(Conv2D(F1, 1)(X), training=training))
    Y = ReLU()(BatchNormalization()(Conv2D(F2, f, padding="same")(Y), training=training))
    Y = BatchNormalization()(Conv2D(F3, 1)(Y), training=training)
    return ReLU()(Add()([Y, X]))


@wrong(
    "identity_block",
    "unpack|filters|three|values",
)
def unpacked_into_two(X, f, filters, stage, block):
    F1, F2 = filters
    Y = ReLU()(unit(X, F1, 1))
    return ReLU()(Add()([unit(Y, F2, f), X]))


@wrong("identity_block", "X_shortcut|name|defin|value|assigned")
def a_misspelt_variable(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = ReLU()(unit(X, F1, 1))
    X = ReLU()(unit(X, F2, f))
    X = unit(X, F3, 1)
    return ReLU()(Add()([X, X_shorcut]))


@wrong("identity_block", "string|number|str|name|\\+|text|type")
def a_name_from_a_number(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = Conv2D(F1, 1, name="res" + stage + block)(X)
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "relu|normali|shortcut")
def two_mistakes_no_normalisation_and_no_last_relu(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = Conv2D(F1, 1, activation="relu")(X)
    Y = Conv2D(F2, f, padding="same", activation="relu")(Y)
    return Add()([Conv2D(F3, 1)(Y), X])


@wrong("identity_block", "relu|shortcut|project")
def two_mistakes_projection_and_no_last_relu(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return Add()([unit(Y, F3, 1), unit(X, F3, 1)])


@wrong("identity_block", "relu|kernel|\\bf\\b")
def two_mistakes_f_ignored_and_relu_before_the_addition(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, 3))
    return Add()([ReLU()(unit(Y, F3, 1)), X])


@wrong("identity_block", "basic|convolution|two|kernel|bottleneck|3x3|3×3|unit")
def the_basic_block(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, f))
    Y = unit(Y, F3, f)
    return ReLU()(Add()([Y, X]))


@wrong("identity_block", "share their weights")
def one_normalisation_for_two_units(X, f, filters, stage, block):
    F1, F2, F3 = filters
    relu = ReLU()
    Y = relu(unit(X, F1, 1))
    conv = Conv2D(F1, f, padding="same")
    norm = BatchNormalization()
    Y = relu(norm(conv(Y)))
    Y = relu(norm(conv(Y)))
    return relu(Add()([unit(Y, F3, 1), X]))


@wrong("identity_block", "stop|gradient|shortcut")
def no_gradient_through_the_shortcut(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = ReLU()(unit(X, F1, 1))
    Y = ReLU()(unit(Y, F2, f))
    return ReLU()(Add()([unit(Y, F3, 1), ops.stop_gradient(X)]))


# identity_block_parameters -----------------------------------------------------------------


@right("identity_block_parameters")
def unit_by_unit(f, channels, filters):
    F1, F2, F3 = filters
    conv1 = 1 * 1 * channels * F1 + F1
    conv2 = f * f * F1 * F2 + F2
    conv3 = 1 * 1 * F2 * F3 + F3
    bn = 2 * (F1 + F2 + F3)
    return conv1 + conv2 + conv3 + bn


@right("identity_block_parameters")
def in_a_loop(f, channels, filters):
    total = 0
    for kernel, width in zip([1, f, 1], filters, strict=True):
        total += kernel**2 * channels * width + 3 * width
        channels = width
    return total


@right("identity_block_parameters")
def with_numpy(f, channels, filters):
    inputs = np.array([channels, *filters[:2]])
    kernels = np.array([1, f, 1]) ** 2
    return int((kernels * inputs * np.array(filters)).sum() + 3 * np.sum(filters))


@wrong("identity_block_parameters", "bias")
def no_biases(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + f * f * F1 * F2 + F2 * F3 + 2 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "normali|gamma|beta")
def no_gamma_and_beta(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + f * f * F1 * F2 + F2 * F3 + F1 + F2 + F3


@wrong("identity_block_parameters", "moving|mean|statistic|variance|trained")
def moving_statistics_count(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + f * f * F1 * F2 + F2 * F3 + 5 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "square|f|kernel")
def f_not_squared(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + f * F1 * F2 + F2 * F3 + 3 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "f|kernel|every|1x1|1×1|everywhere")
def f_everywhere(f, channels, filters):
    F1, F2, F3 = filters
    return f * f * (channels * F1 + F1 * F2 + F2 * F3) + 3 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "bias|gamma|beta|normali|kernels|only")
def kernels_only(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + f * f * F1 * F2 + F2 * F3


@wrong("identity_block_parameters", "input|channels|every")
def the_channels_of_the_input_everywhere(f, channels, filters):
    F1, F2, F3 = filters
    return channels * (F1 + f * f * F2 + F3) + 3 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "input|channels")
def filters_without_input_channels(f, channels, filters):
    F1, F2, F3 = filters
    return F1 + f * f * F2 + F3 + 3 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "projection|shortcut")
def a_projection_counts(f, channels, filters):
    F1, F2, F3 = filters
    main = channels * F1 + f * f * F1 * F2 + F2 * F3 + 3 * (F1 + F2 + F3)
    return main + channels * F3 + 3 * F3


@wrong("identity_block_parameters", "gamma|beta|one")
def only_gamma(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + f * f * F1 * F2 + F2 * F3 + 2 * F1 + 2 * F2 + 2 * F3


@wrong("identity_block_parameters", "f|3|kernel|hard|fixed")
def three_instead_of_f(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + 9 * F1 * F2 + F2 * F3 + 3 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "last|third|unit|missing|forgot")
def the_last_unit_forgotten(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + 3 * F1 + f * f * F1 * F2 + 3 * F2


@wrong("identity_block_parameters", "input|channels|third|last|F1|F2|unit")
def the_third_unit_reads_f1(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + f * f * F1 * F2 + F1 * F3 + 3 * (F1 + F2 + F3)


@wrong(
    "identity_block_parameters",
    "1e-06 times",
)
def a_float(f, channels, filters):
    F1, F2, F3 = filters
    return float(channels * F1 + f * f * F1 * F2 + F2 * F3 + 3 * (F1 + F2 + F3)) / 1e6


@wrong("identity_block_parameters", "return|nothing|None")
def printed_only(f, channels, filters):
    F1, F2, F3 = filters
    print(channels * F1 + f * f * F1 * F2 + F2 * F3 + 3 * (F1 + F2 + F3))


@wrong("identity_block_parameters", "bias|convolution|once|each")
def one_bias_in_all(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + 1 + f * f * F1 * F2 + 1 + F2 * F3 + 1 + 2 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "normali|third|last|gamma|unit")
def no_normalisation_in_the_last_unit_counts(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + f * f * F1 * F2 + F2 * F3 + 3 * (F1 + F2) + F3


@wrong(
    "identity_block_parameters",
    "number|hard|argument|same|always|constant",
)
def the_answer_for_one_block(f, channels, filters):
    return 70400


@wrong("identity_block_parameters", "list|tuple|number|each|sum")
def a_count_for_each_unit(f, channels, filters):
    F1, F2, F3 = filters
    return [channels * F1 + 3 * F1, f * f * F1 * F2 + 3 * F2, F2 * F3 + 3 * F3]


@wrong("identity_block", "^convolution 2 reads the input instead of ReLU 1")
def the_second_unit_reads_the_input(X, f, filters, stage, block):
    F1, F2, F3 = filters
    first = ReLU()(BatchNormalization()(Conv2D(F1, 1)(X)))
    second = ReLU()(BatchNormalization()(Conv2D(F2, f, padding="same")(X)))
    third = BatchNormalization()(Conv2D(F3, 1)(second))
    return ReLU()(Add()([third, X]))


@wrong("conv_bn", "no beta")
def use_bias_for_the_normalisation(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same")(X)
    return BatchNormalization(axis=3, center=use_bias)(X)


@wrong("identity_block_parameters", r"\^")
def a_caret_for_a_power(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + (f ^ 2) * F1 * F2 + F2 * F3 + 3 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "first unit")
def returned_in_the_first_turn(f, channels, filters):
    total, before = 0, channels
    for kernel, after in zip((1, f, 1), filters, strict=True):
        total += kernel * kernel * before * after + 3 * after
        if total:
            return total
    return total


@wrong("identity_block_parameters", "third convolution is not multiplied by its filters")
def the_last_filters_forgotten(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + f * f * F1 * F2 + F2 + 3 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "first and second unit")
def brackets_around_the_wrong_terms(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + f**2 * F1 * F2 + F2 * F3 + F1 + F2 + 3 * F3


@wrong("identity_block_parameters", "first convolution.*F1")
def the_first_reads_what_it_writes(f, channels, filters):
    F1, F2, F3 = filters
    return F1 * F1 + f**2 * F1 * F2 + F2 * F3 + 3 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "beyond the end|The index `")
def counted_from_one(f, channels, filters):
    return channels * filters[1] + f * f * filters[1] * filters[2] + filters[2] * filters[3]
