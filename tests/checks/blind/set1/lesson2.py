from tests.checks.blind.answer import right, wrong

import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.initializers import glorot_uniform, he_normal
from tensorflow.keras.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    Lambda,
    ReLU,
    ZeroPadding2D,
)

# ---------------------------------------------------------------------- conv_bn


def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
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


@right("conv_bn")
def conv_bn_settings_in_a_dictionary(X, filters, kernel_size, name, strides=1, use_bias=True):
    settings = {
        "filters": filters,
        "kernel_size": (kernel_size, kernel_size),
        "strides": (strides, strides),
        "padding": "same",
        "use_bias": use_bias,
        "kernel_initializer": tf.keras.initializers.VarianceScaling(
            scale=2.0, mode="fan_in", distribution="truncated_normal"
        ),
        "name": "res" + name,
    }
    X = Conv2D(**settings)(X)
    X = BatchNormalization(axis=-1, epsilon=1.001e-5, name="bn" + name)(X)
    return X


@right("conv_bn")
def conv_bn_loop_over_two_layers(X, filters, kernel_size, name, strides=1, use_bias=True):
    conv = Conv2D(filters, kernel_size, strides, "same", use_bias=use_bias, kernel_initializer=he_normal(), name="res" + name)
    norm = BatchNormalization(3, epsilon=1.001e-5, name="bn" + name)
    for layer in (conv, norm):
        X = layer(X)
    return X


@right("conv_bn")
def conv_bn_names_by_percent(X, filters, kernel_size, name, strides=1, use_bias=True):
    conv_name = "res%s" % name
    bn_name = "bn%s" % name
    outputs = tf.keras.layers.Conv2D(
        filters=filters,
        kernel_size=kernel_size,
        strides=strides,
        padding="SAME",
        activation=None,
        use_bias=bool(use_bias),
        kernel_initializer=tf.keras.initializers.HeNormal(),
        name=conv_name,
    )(X)
    return tf.keras.layers.BatchNormalization(axis=len(X.shape) - 1, epsilon=1.001e-5, name=bn_name)(outputs)


@wrong("conv_bn", "The kernels are initialised by glorot_uniform instead of he_normal")
def conv_bn_glorot_seed_zero(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(
        filters,
        (kernel_size, kernel_size),
        strides=(strides, strides),
        padding="same",
        use_bias=use_bias,
        name="res" + name,
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn" + name)(X)
    return X


@wrong("conv_bn", "The batch normalisation has Keras's default epsilon, 0.001, instead of 1.001e-5")
def conv_bn_default_epsilon(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(
        filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
        kernel_initializer="he_normal", name="res" + name,
    )(X)  # fmt: skip
    return BatchNormalization(axis=3, name="bn" + name)(X)


@wrong("conv_bn", "A ReLU follows the batch normalisation; the unit must not have one")
def conv_bn_relu_at_the_end(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(
        filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
        kernel_initializer="he_normal", name="res" + name,
    )(X)  # fmt: skip
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn" + name)(X)
    return Lambda(lambda x: tf.nn.relu(x))(X)


@wrong("conv_bn", "The strides are not passed on: the convolution always has stride 1")
def conv_bn_strides_ignored(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(
        filters, kernel_size, padding="same", use_bias=use_bias, kernel_initializer="he_normal", name=f"res{name}"
    )(X)
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


@wrong("conv_bn", "use_bias is not passed on: the convolution always has a bias")
def conv_bn_bias_ignored(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(
        filters, kernel_size, strides=strides, padding="same", kernel_initializer="he_normal", name=f"res{name}"
    )(X)
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


@wrong("conv_bn", "The padding is 'valid' instead of 'same'")
def conv_bn_valid_as_in_the_old_course(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(
        filters=filters,
        kernel_size=kernel_size,
        strides=(strides, strides),
        padding="valid",
        use_bias=use_bias,
        kernel_initializer="he_normal",
        name="res" + name,
    )(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn" + name)(X)
    return X


@wrong("conv_bn", "The batch normalisation is applied to the original input X instead of to the output of the convolution, which is lost")
def conv_bn_normalises_the_input(X, filters, kernel_size, name, strides=1, use_bias=True):
    x = Conv2D(
        filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
        kernel_initializer="he_normal", name="res" + name,
    )(X)  # fmt: skip
    x = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn" + name)(X)
    return x


@wrong("conv_bn", "The batch normalisation works on axis 1, the height, instead of the channels, axis 3")
def conv_bn_axis_one_channels_first(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(
        filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
        kernel_initializer="he_normal", name="res" + name,
    )(X)  # fmt: skip
    return BatchNormalization(axis=1, epsilon=1.001e-5, name="bn" + name)(X)


@wrong("conv_bn", "The argument of Conv2D is called strides, not stride: Keras raises an error about an unrecognised keyword argument")
def conv_bn_stride_keyword(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(
        filters, kernel_size, stride=strides, padding="same", use_bias=use_bias,
        kernel_initializer="he_normal", name=f"res{name}",
    )(X)  # fmt: skip
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


@wrong("conv_bn", "Returns the output of the convolution: the batch normalisation is called but its result is not used")
def conv_bn_result_of_bn_dropped(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(
        filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
        kernel_initializer="he_normal", name="res" + name,
    )(X)  # fmt: skip
    BatchNormalization(axis=3, epsilon=1.001e-5, name="bn" + name)(X)
    return X


@wrong("conv_bn", "The two names are wrong: an underscore is inserted, 'res_...' and 'bn_...' instead of 'res...' and 'bn...'")
def conv_bn_underscore_in_names(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(
        filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
        kernel_initializer="he_normal", name="res_" + name,
    )(X)  # fmt: skip
    return BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_" + name)(X)


@wrong("conv_bn", "tf.nn.batch_normalization is called directly on the symbolic Keras tensor (with tf.nn.moments), which Keras 3 refuses with an error; besides, such a normalisation would have no gamma, beta and moving statistics")
def conv_bn_tf_nn_batch_normalization(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(
        filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
        kernel_initializer="he_normal", name="res" + name,
    )(X)  # fmt: skip
    mean, variance = tf.nn.moments(X, axes=[0, 1, 2])
    return tf.nn.batch_normalization(X, mean, variance, 0.0, 1.0, 1.001e-5, name="bn" + name)


# --------------------------------------------------------------- identity_block


@right("identity_block")
def idb_old_idiom_of_the_specialisation(X, f, filters, stage, block):
    conv_name_base = "res" + str(stage) + block + "_branch"
    bn_name_base = "bn" + str(stage) + block + "_branch"
    F1, F2, F3 = filters
    X_shortcut = X

    X = Conv2D(filters=F1, kernel_size=(1, 1), strides=(1, 1), padding="valid", name=conv_name_base + "2a", kernel_initializer="he_normal")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name_base + "2a")(X)
    X = Activation("relu")(X)

    X = Conv2D(filters=F2, kernel_size=(f, f), strides=(1, 1), padding="same", name=conv_name_base + "2b", kernel_initializer="he_normal")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name_base + "2b")(X)
    X = Activation("relu")(X)

    X = Conv2D(filters=F3, kernel_size=(1, 1), strides=(1, 1), padding="valid", name=conv_name_base + "2c", kernel_initializer="he_normal")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name_base + "2c")(X)

    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X


@right("identity_block")
def idb_loop_relu_before_units_b_and_c(X, f, filters, stage, block):
    F = X
    for i, (letter, kernel, n) in enumerate(zip("abc", [1, f, 1], filters)):
        if i > 0:
            F = Lambda(lambda x: tf.nn.relu(x))(F)
        F = conv_bn(F, n, kernel, "%d%s_branch2%s" % (stage, block, letter))
    return tf.keras.layers.ReLU()(X + F)


class ResidualSum(tf.keras.layers.Layer):
    """Adds two tensors and rectifies the sum."""

    def call(self, inputs):
        main, shortcut = inputs
        return tf.nn.relu(tf.add(main, shortcut))


@right("identity_block")
def idb_own_layer_for_sum_and_relu(X, f, filters, stage, block):
    F1, F2, F3 = filters
    base = f"{stage}{block}_branch2"
    Y = conv_bn(X, F1, 1, base + "a")
    Y = Activation(tf.nn.relu)(Y)
    Y = conv_bn(Y, F2, f, base + "b")
    Y = Activation(tf.nn.relu)(Y)
    Y = conv_bn(Y, F3, 1, base + "c")
    return ResidualSum()([Y, X])


@right("identity_block")
def idb_padding_by_hand(X, f, filters, stage, block):
    F1, F2, F3 = filters
    before, after = (f - 1) // 2, f // 2
    X_shortcut = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = Activation("relu")(X)
    X = ZeroPadding2D(((before, after), (before, after)))(X)
    X = Conv2D(F2, f, kernel_initializer="he_normal", name=f"res{stage}{block}_branch2b")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{stage}{block}_branch2b")(X)
    X = Activation("relu")(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X_shortcut, X])
    return Activation("relu")(X)


@right("identity_block")
def idb_identity_layer_on_the_shortcut(X, f, filters, stage, block):
    shortcut = layers.Identity()(X)
    name = "".join([str(stage), block, "_branch2"])
    X = ops.relu(conv_bn(X, filters[0], (1, 1), name + "a"))
    X = ops.relu(conv_bn(X, filters[1], (f, f), name + "b"))
    X = conv_bn(X, filters[-1], (1, 1), name + "c")
    X = ops.add(shortcut, X)
    return ops.maximum(X, 0)


@right("identity_block")
def idb_subtracts_the_negative(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    relu = tf.keras.layers.ReLU
    X = relu()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = relu()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = tf.keras.layers.Subtract()([X, Lambda(lambda t: -t)(X_shortcut)])
    return tf.keras.layers.Activation("relu")(X)


@wrong("identity_block", "In every unit the ReLU stands before the batch normalisation (convolution, ReLU, normalisation) because the convolutions have activation='relu'; this gives the last unit a ReLU as well, which it must not have, and between normalisation and next convolution there is none")
def idb_relu_inside_the_convolutions(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    for part, n, k in (("a", F1, 1), ("b", F2, f), ("c", F3, 1)):
        X = Conv2D(n, k, padding="same", activation="relu", kernel_initializer="he_normal", name=f"res{stage}{block}_branch2{part}")(X)
        X = BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{stage}{block}_branch2{part}")(X)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("identity_block", "In the second unit ReLU and batch normalisation have changed places: the ReLU comes before the normalisation")
def idb_second_relu_before_norm(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = Activation("relu")(X)
    X = Conv2D(F2, (f, f), padding="same", kernel_initializer="he_normal", name=f"res{stage}{block}_branch2b")(X)
    X = Activation("relu")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{stage}{block}_branch2b")(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X


@wrong("identity_block", "The last unit has a ReLU of its own before the addition; the ReLU after the addition is there as well")
def idb_relu_on_the_last_unit_too(X, f, filters, stage, block):
    shortcut = X
    for letter, kernel, width in zip("abc", (1, f, 1), filters):
        X = conv_bn(X, width, kernel, f"{stage}{block}_branch2{letter}")
        X = layers.ReLU()(X)
    X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


@wrong("identity_block", "The ReLU after the addition is missing")
def idb_final_relu_missing(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = Activation("relu")(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = Activation("relu")(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return X


@wrong("identity_block", "The final ReLU is applied to the last unit's output X, not to the sum: the result of the addition is stored under another name and never used, so the block has no shortcut")
def idb_sum_never_used(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = ReLU()(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = ReLU()(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X_add = Add()([X, X_shortcut])
    X = ReLU()(X)
    return X


@wrong("identity_block", "The shortcut is taken after the first unit and its ReLU, so it has F1 instead of F3 channels and the addition raises an error (unless F1 equals F3, where the wrong tensor is added)")
def idb_shortcut_saved_after_first_unit(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = Activation("relu")(X)
    X_shortcut = X
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = Activation("relu")(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("identity_block", "The middle unit has kernel size 1 instead of f, which is never used")
def idb_f_ignored(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = Activation("relu")(conv_bn(X, F2, 1, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("identity_block", "The kernel size of the middle unit is fixed at 3; the argument f is ignored")
def idb_three_hard_coded(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = Activation("relu")(conv_bn(X, F2, 3, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("identity_block", "The third unit is missing; the main path ends with F2 channels, the shortcut has F3, and the addition raises an error")
def idb_third_unit_missing(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = Activation("relu")(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X


@wrong("identity_block", "The second unit has F1 filters instead of F2 (the line was copied); where F1 equals F2 nobody notices")
def idb_first_filters_twice(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = layers.ReLU()(X)
    X = conv_bn(X, F1, f, f"{stage}{block}_branch2b")
    X = layers.ReLU()(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = layers.Add()([X, X_shortcut])
    return layers.ReLU()(X)


@wrong("identity_block", "The middle convolution has padding 'valid', so its output is f - 1 pixels smaller and the addition raises an error for f greater than 1")
def idb_middle_convolution_valid(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = Activation("relu")(X)
    X = Conv2D(F2, (f, f), padding="valid", kernel_initializer="he_normal", name=f"res{stage}{block}_branch2b")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{stage}{block}_branch2b")(X)
    X = Activation("relu")(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("identity_block", "tf.add and tf.nn.relu are called directly on symbolic Keras tensors, which Keras 3 refuses with an error; layers (Add, ReLU) or keras.ops are needed")
def idb_tf_functions_on_symbolic_tensors(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return tf.nn.relu(tf.add(X, X_shortcut))


@wrong("identity_block", "All three units get the same name, so the names do not end in 2a, 2b and 2c, and Keras refuses to build a model with equal layer names")
def idb_three_times_branch2a(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = Activation("relu")(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2a")
    X = Activation("relu")(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2a")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("identity_block", "The stage is missing in the names of the units ('a_branch2a' instead of '2a_branch2a'), so blocks of different stages get equal names")
def idb_stage_missing_in_names(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Activation("relu")(conv_bn(X, F1, 1, block + "_branch2a"))
    X = Activation("relu")(conv_bn(X, F2, f, block + "_branch2b"))
    X = conv_bn(X, F3, 1, block + "_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("identity_block", "The number stage is added to the text block with +: TypeError, unsupported operand types; str(stage) is needed")
def idb_int_plus_str(X, f, filters, stage, block):
    base = stage + block + "_branch2"
    F1, F2, F3 = filters
    X_shortcut = X
    X = Activation("relu")(conv_bn(X, F1, 1, base + "a"))
    X = Activation("relu")(conv_bn(X, F2, f, base + "b"))
    X = conv_bn(X, F3, 1, base + "c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("identity_block", "The shortcut passes a 1x1 convolution with batch normalisation (a projection) instead of going through unchanged")
def idb_projects_its_shortcut(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = conv_bn(X, F3, 1, f"{stage}{block}_branch1")
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("identity_block", "The input is rectified before it is saved as the shortcut (and before the first unit), so negative values of the input are lost on both paths")
def idb_rectifies_the_input_first(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X = Activation("relu")(X)
    X_shortcut = X
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("identity_block", "The ReLU between the first and the second unit is made but never called, so unit b reads the unrectified output of unit a")
def idb_relu_made_not_called(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    Activation("relu")
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = Activation("relu")(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X


@wrong("identity_block", "The two paths are multiplied instead of added")
def idb_multiplied(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = tf.keras.layers.Multiply()([X, X_shortcut])
    return ReLU()(X)


@wrong("identity_block", "The addition adds X to itself (Add()([X, X])): the output of the main path is doubled and the shortcut is not used")
def idb_adds_main_path_to_itself(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = layers.ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = layers.ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = layers.Add()([X, X])
    return layers.ReLU()(X)


@wrong("identity_block", "The layers are spelled out with glorot_uniform instead of he_normal and with the default epsilon 0.001 instead of 1.001e-5, in all three units; structure and names are right")
def idb_copied_from_the_specialisation(X, f, filters, stage, block):
    conv_name_base = "res" + str(stage) + block + "_branch"
    bn_name_base = "bn" + str(stage) + block + "_branch"
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(filters=F1, kernel_size=(1, 1), strides=(1, 1), padding="valid", name=conv_name_base + "2a", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2a")(X)
    X = Activation("relu")(X)
    X = Conv2D(filters=F2, kernel_size=(f, f), strides=(1, 1), padding="same", name=conv_name_base + "2b", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2b")(X)
    X = Activation("relu")(X)
    X = Conv2D(filters=F3, kernel_size=(1, 1), strides=(1, 1), padding="valid", name=conv_name_base + "2c", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2c")(X)
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X


@wrong("identity_block", "The return is missing: the function returns None")
def idb_return_missing(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)


class MainPath(tf.keras.layers.Layer):
    def call(self, x):
        return tf.where(x > 0, x, 0.1 * x)


@wrong("identity_block", "The rectification between the units is a leaky one (slope 0.1 below zero) instead of a ReLU, twice")
def idb_own_leaky_layer(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = MainPath()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = MainPath()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


# ---------------------------------------------------- identity_block_parameters


@right("identity_block_parameters")
def params_sum_over_units(f, channels, filters):
    total = 0
    c_in = channels
    for k, c_out in zip((1, f, 1), filters):
        total += (k**2 * c_in + 3) * c_out
        c_in = c_out
    return total


@right("identity_block_parameters")
def params_by_numpy_dot(f, channels, filters):
    F = np.array(filters, dtype=np.int64)
    c_in = np.array([channels, F[0], F[1]], dtype=np.int64)
    k2 = np.array([1, f * f, 1])
    return int(np.sum(k2 * c_in * F) + 3 * np.sum(F))


@right("identity_block_parameters")
def params_kernels_biases_gammas_betas(f, channels, filters):
    F1, F2, F3 = filters
    kernels = channels * F1 + F1 * F2 * f**2 + F2 * F3
    biases = gammas = betas = sum(filters)
    return kernels + biases + gammas + betas


@wrong("identity_block_parameters", "Moving mean and variance are counted too: 5 instead of 3 numbers a filter besides the kernel")
def params_moving_statistics_counted(f, channels, filters):
    F1, F2, F3 = filters
    kernels = channels * F1 + f * f * F1 * F2 + F2 * F3
    return kernels + 5 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "The biases of the convolutions are missing: 2 instead of 3 numbers a filter besides the kernel")
def params_biases_forgotten(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + f * f * F1 * F2 + F2 * F3 + 2 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "The middle kernel is counted with f instead of f squared weights for each pair of channels")
def params_f_not_squared(f, channels, filters):
    F1, F2, F3 = filters
    a = channels * F1 + 3 * F1
    b = f * F1 * F2 + 3 * F2
    c = F2 * F3 + 3 * F3
    return a + b + c


@wrong("identity_block_parameters", "Every unit is counted with the block's input channels; the second and the third unit have F1 and F2 input channels")
def params_same_channels_in_all_units(f, channels, filters):
    total = 0
    for k, n in zip([1, f, 1], filters):
        total += k * k * channels * n + n + 2 * n
    return total


@wrong("identity_block_parameters", "Only the kernels are counted: biases, gammas and betas are missing")
def params_kernels_only(f, channels, filters):
    F1, F2, F3 = filters
    return 1 * 1 * channels * F1 + f * f * F1 * F2 + 1 * 1 * F2 * F3


@wrong("identity_block_parameters", "Biases, gammas and betas are counted once for the last unit only; those of the first two units are missing")
def params_extras_of_last_unit_only(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + f**2 * F1 * F2 + F2 * F3 + 3 * F3


@wrong("identity_block_parameters", "The block's own layers are counted with the weights of a projection (channels times F3 and its 3 F3) which an identity block does not have")
def params_with_projection(f, channels, filters):
    F1, F2, F3 = filters
    main = channels * F1 + 3 * F1 + f * f * F1 * F2 + 3 * F2 + F2 * F3 + 3 * F3
    shortcut = channels * F3 + 3 * F3
    return main + shortcut
