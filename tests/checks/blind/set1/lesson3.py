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
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Lambda,
    MaxPooling2D,
    ReLU,
)


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


def projection_shortcut(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s)


# ------------------------------------------------------------------ output_size


@right("output_size")
def size_textbook_formula(size, kernel, stride, padding):
    if padding == "same":
        return (size + stride - 1) // stride
    return (size - kernel) // stride + 1


@right("output_size")
def size_counts_with_range(size, kernel, stride, padding):
    last = size if padding.lower() == "same" else size - kernel + 1
    return len(range(0, last, stride))


@right("output_size")
def size_minus_floor_of_minus(size, kernel, stride, padding):
    starts = {"same": size, "valid": size - kernel + 1}[padding]
    return int(-(-starts // stride))


@right("output_size")
def size_lets_keras_compute_it(size, kernel, stride, padding):
    conv = tf.keras.layers.Conv2D(1, kernel, strides=stride, padding=padding)
    return conv.compute_output_shape((None, size, size, 1))[1]


@wrong("output_size", "'same' is rounded down instead of up")
def size_same_rounded_down(size, kernel, stride, padding):
    if padding == "same":
        return size // stride
    return (size - kernel) // stride + 1


@wrong("output_size", "The + 1 is missing for 'valid': the first start, 0, is not counted")
def size_plus_one_missing(size, kernel, stride, padding):
    if padding == "same":
        return math.ceil(size / stride)
    return (size - kernel) // stride


@wrong("output_size", "'valid' is rounded up before 1 is added, which is one too many wherever the stride does not divide size - kernel")
def size_valid_rounded_up(size, kernel, stride, padding):
    if padding == "same":
        return math.ceil(size / stride)
    return math.ceil((size - kernel) / stride) + 1


@wrong("output_size", "The formula with p = (kernel - 1) // 2 zeros on each side is used for 'same': one too few for an even kernel wherever the missing zero costs a start (such as stride 1); right for odd kernels")
def size_same_by_symmetric_padding(size, kernel, stride, padding):
    p = (kernel - 1) // 2 if padding == "same" else 0
    return (size + 2 * p - kernel) // stride + 1


@wrong("output_size", "A float is returned: the division is not rounded at all")
def size_true_division(size, kernel, stride, padding):
    if padding == "same":
        return size / stride
    return (size - kernel) / stride + 1


@wrong("output_size", "'same' returns the size that came in: the stride is ignored there")
def size_same_means_same(size, kernel, stride, padding):
    if padding == "same":
        return size
    return int((size - kernel) / stride) + 1


@wrong("output_size", "The two paddings are swapped: 'valid' gets the formula of 'same' and the other way round")
def size_paddings_swapped(size, kernel, stride, padding):
    if padding == "valid":
        starts = size
    else:
        starts = size - kernel + 1
    return math.ceil(starts / stride)


@wrong("output_size", "round() instead of rounding up: Python rounds halves to the even neighbour, so the result is one too small where the fraction is below one half, or is a half and gets rounded down")
def size_python_round(size, kernel, stride, padding):
    starts = size if padding == "same" else size - kernel + 1
    return round(starts / stride)


# ---------------------------------------------------------- projection_shortcut


@right("projection_shortcut")
def proj_layers_spelled_out(X, filters, stage, block, s=2):
    X_shortcut = Conv2D(
        filters=filters,
        kernel_size=(1, 1),
        strides=(s, s),
        padding="valid",
        name="res" + str(stage) + block + "_branch1",
        kernel_initializer=he_normal(),
    )(X)
    X_shortcut = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn" + str(stage) + block + "_branch1")(X_shortcut)
    return X_shortcut


@right("projection_shortcut")
def proj_strided_slice_first(X, filters, stage, block, s=2):
    X = X[:, ::s, ::s, :]
    return conv_bn(X, filters, 1, "{}{}_branch1".format(stage, block))


@right("projection_shortcut")
def proj_pooling_of_one_pixel_first(X, filters, stage, block, s=2):
    X = MaxPooling2D(pool_size=1, strides=s)(X)
    return conv_bn(X, filters=filters, kernel_size=(1, 1), name=str(stage) + block + "_branch1", strides=(1, 1))


@wrong("projection_shortcut", "A ReLU follows the batch normalisation; the projection must not be rectified")
def proj_rectified(X, filters, stage, block, s=2):
    X = conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s)
    return Activation("relu")(X)


@wrong("projection_shortcut", "The stride s is not passed on: the projection has stride 1")
def proj_stride_not_passed(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1")


@wrong("projection_shortcut", "The stride is fixed at 2, whatever s is")
def proj_stride_two_fixed(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=2)


@wrong("projection_shortcut", "The kernel is s x s instead of 1 x 1")
def proj_kernel_s(X, filters, stage, block, s=2):
    return conv_bn(X, filters, s, f"{stage}{block}_branch1", strides=s)


@wrong("projection_shortcut", "The batch normalisation is missing")
def proj_without_normalisation(X, filters, stage, block, s=2):
    return Conv2D(filters, (1, 1), strides=(s, s), name="res" + str(stage) + block + "_branch1", kernel_initializer="he_normal")(X)


@wrong("projection_shortcut", "Average pooling does the shrinking and the convolution has stride 1: it sees means of s x s windows instead of every s-th position")
def proj_average_pooling_first(X, filters, stage, block, s=2):
    if s > 1:
        X = AveragePooling2D(s, padding="same")(X)
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1")


@wrong("projection_shortcut", "The unit is called branch2 instead of branch1")
def proj_named_branch_two(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch2", strides=s)


@wrong("projection_shortcut", "The arguments of conv_bn stand in the wrong order, kernel size 1 before filters: one filter with a kernel of filters x filters")
def proj_arguments_in_wrong_order(X, filters, stage, block, s=2):
    return conv_bn(X, 1, filters, f"{stage}{block}_branch1", s)


@wrong("projection_shortcut", "conv_bn is called without the required argument name: TypeError")
def proj_name_argument_missing(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, strides=s)


@wrong("projection_shortcut", "conv_bn has no argument s, it is called strides: TypeError, unexpected keyword argument")
def proj_s_as_keyword(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1", s=s)


# ---------------------------------------------------------- convolutional_block


@right("convolutional_block")
def cb_old_idiom_written_out(X, f, filters, stage, block, s=2):
    conv_name_base = "res" + str(stage) + block + "_branch"
    bn_name_base = "bn" + str(stage) + block + "_branch"
    F1, F2, F3 = filters
    X_shortcut = X

    X = Conv2D(F1, (1, 1), strides=(s, s), name=conv_name_base + "2a", kernel_initializer=he_normal())(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name_base + "2a")(X)
    X = Activation("relu")(X)

    X = Conv2D(F2, (f, f), strides=(1, 1), padding="same", name=conv_name_base + "2b", kernel_initializer=he_normal())(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name_base + "2b")(X)
    X = Activation("relu")(X)

    X = Conv2D(F3, (1, 1), strides=(1, 1), name=conv_name_base + "2c", kernel_initializer=he_normal())(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name_base + "2c")(X)

    X_shortcut = Conv2D(F3, (1, 1), strides=(s, s), name=conv_name_base + "1", kernel_initializer=he_normal())(X_shortcut)
    X_shortcut = BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name_base + "1")(X_shortcut)

    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X


@right("convolutional_block")
def cb_input_thinned_out_once(X, f, filters, stage, block, s=2):
    # both paths read every s-th position only
    X = X[:, ::s, ::s]
    shortcut = projection_shortcut(X, filters[2], stage, block, s=1)
    for letter, kernel, width in zip("abc", (1, f, 1), filters):
        X = conv_bn(X, width, kernel, f"{stage}{block}_branch2{letter}")
        if letter != "c":
            X = ops.relu(X)
    return ops.relu(shortcut + X)


@right("convolutional_block")
def cb_closure_and_lambda_add(X, f, filters, stage, block, s=2):
    def unit(t, letter, n, k, stride=1, relu=True):
        t = conv_bn(t, n, k, f"{stage}{block}_branch2{letter}", stride)
        return Lambda(tf.nn.relu)(t) if relu else t

    F1, F2, F3 = filters
    main = unit(unit(unit(X, "a", F1, 1, s), "b", F2, f), "c", F3, 1, relu=False)
    short = projection_shortcut(X, F3, stage, block, s)
    return Lambda(lambda ab: tf.nn.relu(tf.add_n(ab)))([short, main])


@wrong("convolutional_block", "The projection reads X after the first unit and ReLU of the main path instead of the block's input, so the stride applies twice on the way to it and the addition raises an error for s > 1")
def cb_projection_made_too_late(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s)
    X = Activation("relu")(X)
    X_shortcut = projection_shortcut(X, F3, stage, block, s)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = Activation("relu")(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("convolutional_block", "The stride is missing in the first convolution of the main path; the shortcut has it, so height and width differ and the addition raises an error for s > 1")
def cb_main_path_without_stride(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = projection_shortcut(X, F3, stage, block, s)
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("convolutional_block", "projection_shortcut is called without s and so takes its default stride 2; only for s = 2 does this fit, for another s the addition raises an error")
def cb_projection_default_stride(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block)
    X = layers.ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s))
    X = layers.ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return layers.ReLU()(layers.Add()([X, shortcut]))


@wrong("convolutional_block", "The stride stands in the middle f x f convolution (v1.5) instead of in the first 1x1 convolution")
def cb_version_one_and_a_half(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = projection_shortcut(X, F3, stage, block, s)
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b", strides=s))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("convolutional_block", "The stride stands in the third convolution instead of in the first")
def cb_stride_in_the_last_convolution(X, f, filters, stage, block, s=2):
    X_shortcut = projection_shortcut(X, filters[2], stage, block, s)
    for letter, n, k, stride in zip("abc", filters, (1, f, 1), (1, 1, s)):
        X = conv_bn(X, n, k, f"{stage}{block}_branch2{letter}", strides=stride)
        if letter in "ab":
            X = Activation("relu")(X)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("convolutional_block", "Every unit of the main path has the stride s, not only the first: the main path gets too small for s > 1, and the addition raises an error, or, where the main path has shrunk to a single position, broadcasts it silently over the shortcut")
def cb_stride_in_every_unit(X, f, filters, stage, block, s=2):
    X_shortcut = projection_shortcut(X, filters[2], stage, block, s)
    for letter, n, k in zip("abc", filters, (1, f, 1)):
        X = conv_bn(X, n, k, f"{stage}{block}_branch2{letter}", strides=s)
        if letter != "c":
            X = tf.keras.layers.ReLU()(X)
    X = tf.keras.layers.Add()([X, X_shortcut])
    return tf.keras.layers.ReLU()(X)


@wrong("convolutional_block", "The projection has F1 instead of F3 filters; the channels of the two paths differ and the addition raises an error")
def cb_projection_with_f_one(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = projection_shortcut(X, F1, stage, block, s)
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("convolutional_block", "The projection is made, but the unprojected input is added: its shape does not fit and the addition raises an error")
def cb_projection_not_used(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = X
    projected = projection_shortcut(X, F3, stage, block, s)
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("convolutional_block", "The projection is rectified: a ReLU follows its batch normalisation")
def cb_projection_rectified(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = Activation("relu")(projection_shortcut(X, F3, stage, block, s))
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("convolutional_block", "The shortcut has no batch normalisation: it is a bare 1x1 convolution")
def cb_shortcut_without_batch_norm(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = Conv2D(F3, (1, 1), strides=(s, s), name="res" + str(stage) + block + "_branch1", kernel_initializer="he_normal")(X)
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("convolutional_block", "The shortcut is a max pooling with window and stride s followed by a projection with stride 1: it takes maxima instead of every s-th position")
def cb_pooled_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = MaxPooling2D(pool_size=(s, s), padding="same")(X)
    X_shortcut = projection_shortcut(X_shortcut, F3, stage, block, 1)
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("convolutional_block", "The ReLU after the second unit is missing")
def cb_second_relu_forgotten(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block, s)
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s)
    X = layers.ReLU()(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


@wrong("convolutional_block", "The default of s is 1 instead of 2")
def cb_default_stride_one(X, f, filters, stage, block, s=1):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block, s)
    X = layers.ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s))
    X = layers.ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return layers.ReLU()(layers.Add()([X, shortcut]))


@wrong("convolutional_block", "F1 and F2 are mixed up: the first convolution has F2 filters, the second F1")
def cb_f_one_and_f_two_swapped(X, f, filters, stage, block, s=2):
    F2, F1, F3 = filters
    X_shortcut = projection_shortcut(X, F3, stage, block, s)
    X = ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s))
    X = ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return ReLU()(Add()([X, X_shortcut]))


@wrong("convolutional_block", "The last ReLU stands on the main path before the addition instead of after it")
def cb_relu_before_the_addition(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = projection_shortcut(X, F3, stage, block, s)
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = Activation("relu")(conv_bn(X, F3, 1, f"{stage}{block}_branch2c"))
    X = Add()([X, X_shortcut])
    return X


@wrong("convolutional_block", "The middle convolution reads the output of the first unit before its ReLU: the ReLU is called but its result is bound to x while the next unit reads X")
def cb_small_x_and_capital_x(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = projection_shortcut(X, F3, stage, block, s)
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s)
    x = Activation("relu")(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = Activation("relu")(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("convolutional_block", "projection_shortcut gets its arguments in the wrong order (stage before the filters): it projects to as many channels as the stage's number, and the addition raises an error")
def cb_stage_given_as_filters(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = projection_shortcut(X, stage, F3, block, s)
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


# ------------------------------------------------------------------ basic_block


@right("basic_block")
def bb_condition_by_names(X, filters, stage, block, s=1):
    base = str(stage) + block + "_branch"
    same_size = s == 1
    same_channels = tf.keras.backend.int_shape(X)[3] == filters
    X_shortcut = X
    X = conv_bn(X, filters, 3, base + "2a", strides=s, use_bias=False)
    X = Activation("relu")(X)
    X = conv_bn(X, filters, 3, base + "2b", use_bias=False)
    if not (same_size and same_channels):
        X_shortcut = conv_bn(X_shortcut, filters, 1, base + "1", strides=s, use_bias=False)
    X = Add()([X_shortcut, X])
    return Activation("relu")(X)


class RectifiedSum(tf.keras.layers.Layer):
    def call(self, tensors):
        return tf.math.maximum(tf.add_n(tensors), 0.0)


@right("basic_block")
def bb_tuple_comparison_and_own_layer(X, filters, stage, block, s=1):
    project = (s, X.shape[-1]) != (1, filters)
    main = conv_bn(X, filters, (3, 3), f"{stage}{block}_branch2a", (s, s), False)
    main = Activation(tf.nn.relu)(main)
    main = conv_bn(main, filters, (3, 3), f"{stage}{block}_branch2b", (1, 1), False)
    shortcut = conv_bn(X, filters, (1, 1), f"{stage}{block}_branch1", (s, s), False) if project else X
    return RectifiedSum()([main, shortcut])


@right("basic_block")
def bb_spelled_out_without_conv_bn(X, filters, stage, block, s=1):
    def name(kind, branch):
        return f"{kind}{stage}{block}_branch{branch}"

    common = dict(padding="same", use_bias=False, kernel_initializer="he_normal")
    channels_in = X.shape[3]
    Y = Conv2D(filters, 3, strides=s, name=name("res", "2a"), **common)(X)
    Y = BatchNormalization(epsilon=1.001e-5, name=name("bn", "2a"))(Y)
    Y = Lambda(lambda t: tf.nn.relu(t))(Y)
    Y = Conv2D(filters, 3, name=name("res", "2b"), **common)(Y)
    Y = BatchNormalization(epsilon=1.001e-5, name=name("bn", "2b"))(Y)
    if s > 1 or channels_in != filters:
        X = Conv2D(filters, 1, strides=s, name=name("res", "1"), **common)(X)
        X = BatchNormalization(epsilon=1.001e-5, name=name("bn", "1"))(X)
    return ReLU()(Y + X)


@wrong("basic_block", "The two conditions are joined by and instead of or: with a stride but equal channels, or the other way round, the identity is used and the addition raises an error")
def bb_and_instead_of_or(X, filters, stage, block, s=1):
    X_shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    X = Activation("relu")(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 and X_shortcut.shape[-1] != filters:
        X_shortcut = conv_bn(X_shortcut, filters, 1, f"{stage}{block}_branch1", strides=s, use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("basic_block", "Only the stride is tested: where the channels change and the stride is 1, the shortcut stays the identity and the addition raises an error")
def bb_tests_stride_only(X, filters, stage, block, s=1):
    shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    X = layers.ReLU()(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s > 1:
        shortcut = conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", strides=s, use_bias=False)
    X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


@wrong("basic_block", "Only the channels are tested: with a stride and equal channels the shortcut stays the identity and the addition raises an error")
def bb_tests_channels_only(X, filters, stage, block, s=1):
    shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    X = layers.ReLU()(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", strides=s, use_bias=False)
    X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


@wrong("basic_block", "The condition looks at the channels of X after the two convolutions, which always are filters; a change of channels with stride 1 is not noticed and the addition raises an error")
def bb_condition_on_overwritten_tensor(X, filters, stage, block, s=1):
    X_shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    X = Activation("relu")(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or X.shape[-1] != filters:
        X_shortcut = conv_bn(X_shortcut, filters, 1, f"{stage}{block}_branch1", strides=s, use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("basic_block", "The shortcut is always a projection, also where the identity would fit")
def bb_projects_always(X, filters, stage, block, s=1):
    X_shortcut = conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s, use_bias=False)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    X = Activation("relu")(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("basic_block", "All convolutions have a bias: use_bias=False is missing everywhere")
def bb_with_biases(X, filters, stage, block, s=1):
    shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s)
    X = Activation("relu")(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b")
    if s != 1 or shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", strides=s)
    X = Add()([X, shortcut])
    return Activation("relu")(X)


@wrong("basic_block", "The projection has a bias because projection_shortcut of this lesson is used, which keeps conv_bn's default; the main path is right")
def bb_projection_shortcut_with_bias(X, filters, stage, block, s=1):
    shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    X = Activation("relu")(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or shortcut.shape[-1] != filters:
        shortcut = projection_shortcut(shortcut, filters, stage, block, s)
    X = Add()([X, shortcut])
    return Activation("relu")(X)


@wrong("basic_block", "The stride stands in the second convolution instead of in the first")
def bb_stride_in_second_convolution(X, filters, stage, block, s=1):
    shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", use_bias=False)
    X = Activation("relu")(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", strides=s, use_bias=False)
    if s != 1 or shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", strides=s, use_bias=False)
    X = Add()([X, shortcut])
    return Activation("relu")(X)


@wrong("basic_block", "The projection has no stride: with s > 1 height and width of the two paths differ and the addition raises an error")
def bb_projection_without_stride(X, filters, stage, block, s=1):
    X_shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    X = Activation("relu")(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or X_shortcut.shape[-1] != filters:
        X_shortcut = conv_bn(X_shortcut, filters, 1, f"{stage}{block}_branch1", use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("basic_block", "The projection has a 3x3 kernel instead of 1x1")
def bb_projection_three_by_three(X, filters, stage, block, s=1):
    shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    X = layers.ReLU()(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 3, f"{stage}{block}_branch1", strides=s, use_bias=False)
    X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


@wrong("basic_block", "X_shortcut.shape[-1].value is TensorFlow 1: the shape of a Keras tensor holds plain integers, which have no attribute value, so AttributeError (where s is 1; with s != 1 the or is decided before and all is right)")
def bb_shape_value_of_tensorflow_one(X, filters, stage, block, s=1):
    X_shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    X = Activation("relu")(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or X_shortcut.shape[-1].value != filters:
        X_shortcut = conv_bn(X_shortcut, filters, 1, f"{stage}{block}_branch1", strides=s, use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("basic_block", "Option A instead of B: every s-th position and missing channels filled with zeros, where a projection with weights is asked for")
def bb_zero_padded_identity(X, filters, stage, block, s=1):
    channels = X.shape[-1]
    X_shortcut = X
    if s != 1 or channels != filters:
        X_shortcut = Lambda(lambda t: tf.pad(t[:, ::s, ::s, :], [[0, 0], [0, 0], [0, 0], [0, max(0, filters - channels)]]))(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    X = Activation("relu")(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("basic_block", "The last unit is rectified before the addition, and there is no ReLU after it")
def bb_relu_in_the_loop(X, filters, stage, block, s=1):
    shortcut = X
    for letter, strides in (("a", s), ("b", 1)):
        X = conv_bn(X, filters, 3, f"{stage}{block}_branch2{letter}", strides=strides, use_bias=False)
        X = Activation("relu")(X)
    if s != 1 or shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", strides=s, use_bias=False)
    return Add()([X, shortcut])


@wrong("basic_block", "The second convolution reads the block's input (shortcut) instead of the rectified output of unit a, so unit a is not part of the result; with a stride the paths do not fit and the addition raises an error")
def bb_second_unit_reads_the_input(X, filters, stage, block, s=1):
    shortcut = X
    x = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    x = layers.ReLU()(x)
    x = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", strides=s, use_bias=False)
    return layers.ReLU()(layers.Add()([x, shortcut]))
