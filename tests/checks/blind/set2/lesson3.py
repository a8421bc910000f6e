from tests.checks.blind.answer import right, wrong

import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.initializers import he_normal
from tensorflow.keras.layers import (Activation, Add, AveragePooling2D, BatchNormalization, Conv2D, Lambda,
                                     MaxPooling2D, ReLU)

EPS = 1.001e-5


def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                      kernel_initializer="he_normal", name=f"res{name}")(X)
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


def projection_shortcut(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s)


# ---------------------------------------------------------------- output_size


@right("output_size")
def size_by_counting_a_range(size, kernel, stride, padding):
    last = size - 1 if padding == "same" else size - kernel
    return len(range(0, last + 1, stride))


@right("output_size")
def size_integer_formulas(size, kernel, stride, padding):
    if padding == "valid":
        return (size - kernel) // stride + 1
    return (size + stride - 1) // stride


@wrong("output_size", "\"same\" rounds down (size // stride); a last start is lost where the stride does not divide the size.")
def size_same_rounds_down(size, kernel, stride, padding):
    if padding == "same":
        return size // stride
    return math.ceil((size - kernel + 1) / stride)


@wrong("output_size", "For \"valid\" the 1 is missing: (size - kernel) // stride does not count the start at 0.")
def size_valid_without_plus_one(size, kernel, stride, padding):
    if padding == "same":
        return math.ceil(size / stride)
    return (size - kernel) // stride


@wrong("output_size", "The stride is ignored for \"same\": the size is returned unchanged, as if \"same\" always kept it.")
def size_same_means_same(size, kernel, stride, padding):
    if padding == "same":
        return size
    return (size - kernel) // stride + 1


@wrong("output_size", "The two paddings are exchanged.")
def size_paddings_exchanged(size, kernel, stride, padding):
    starts = size if padding == "valid" else size - kernel + 1
    return math.ceil(starts / stride)


@wrong("output_size", "The formula floor((n + 2p - k) / s) + 1 is used with p = kernel // 2 for \"same\", which is one too much for even kernels (with stride 1, for example); only odd kernels come out right.")
def size_padding_half_a_kernel(size, kernel, stride, padding):
    p = kernel // 2 if padding == "same" else 0
    return (size + 2 * p - kernel) // stride + 1


# ---------------------------------------------------------------- projection_shortcut


@right("projection_shortcut")
def projection_old_idiom(X, filters, stage, block, s=2):
    X_shortcut = Conv2D(filters=filters, kernel_size=(1, 1), strides=(s, s), padding='valid',
                        kernel_initializer=he_normal(), name='res' + str(stage) + block + '_branch1')(X)
    return BatchNormalization(axis=3, epsilon=1.001e-5, name='bn' + str(stage) + block + '_branch1')(X_shortcut)


@right("projection_shortcut")
def projection_of_a_strided_slice(X, filters, stage, block, s=2):
    return conv_bn(X[:, ::s, ::s, :], filters, 1, f"{stage}{block}_branch1")


@wrong("projection_shortcut", "A ReLU follows the normalisation; the shortcut is not to be rectified.")
def projection_rectified(X, filters, stage, block, s=2):
    X = conv_bn(X, filters, 1, str(stage) + block + "_branch1", strides=s)
    return Activation('relu')(X)


@wrong("projection_shortcut", "The stride is not passed on, so the convolution has the stride 1 whatever s is.")
def projection_without_stride(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1")


@wrong("projection_shortcut", "The positional arguments are in the wrong order: the kernel size 1 and the filters are exchanged, which gives one filter with a huge kernel.")
def projection_filters_and_kernel_exchanged(X, filters, stage, block, s=2):
    return conv_bn(X, 1, filters, f"{stage}{block}_branch1", strides=s)


@wrong("projection_shortcut", "The batch normalisation after the 1x1 convolution is missing.")
def projection_without_batch_norm(X, filters, stage, block, s=2):
    return Conv2D(filters, (1, 1), strides=(s, s), kernel_initializer='he_normal',
                  name=f"res{stage}{block}_branch1")(X)


@wrong("projection_shortcut", "The keyword is wrong: conv_bn calls it strides, not stride; Python raises a TypeError.")
def projection_wrong_keyword(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1", stride=s)


@wrong("projection_shortcut", "The size is changed by a max pooling with window s in front of a 1x1 convolution with stride 1; the projection should read every s-th position, not the largest of a window.")
def projection_after_max_pooling(X, filters, stage, block, s=2):
    X = MaxPooling2D(pool_size=(s, s), padding='same')(X)
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1")


# ---------------------------------------------------------------- convolutional_block


@right("convolutional_block")
def convolutional_old_idiom_of_the_specialisation(X, f, filters, stage, block, s=2):
    conv_name_base = 'res' + str(stage) + block + '_branch'
    bn_name_base = 'bn' + str(stage) + block + '_branch'
    F1, F2, F3 = filters
    X_shortcut = X
    ##### MAIN PATH #####
    X = Conv2D(F1, (1, 1), strides=(s, s), padding='valid', name=conv_name_base + '2a', kernel_initializer=he_normal())(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name=bn_name_base + '2a')(X)
    X = Activation('relu')(X)
    X = Conv2D(F2, (f, f), strides=(1, 1), padding='same', name=conv_name_base + '2b', kernel_initializer=he_normal())(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name=bn_name_base + '2b')(X)
    X = Activation('relu')(X)
    X = Conv2D(F3, (1, 1), strides=(1, 1), padding='valid', name=conv_name_base + '2c', kernel_initializer=he_normal())(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name=bn_name_base + '2c')(X)
    ##### SHORTCUT PATH ####
    X_shortcut = Conv2D(F3, (1, 1), strides=(s, s), padding='valid', name=conv_name_base + '1', kernel_initializer=he_normal())(X_shortcut)
    X_shortcut = BatchNormalization(axis=3, epsilon=EPS, name=bn_name_base + '1')(X_shortcut)
    X = Add()([X, X_shortcut])
    X = Activation('relu')(X)
    return X


@right("convolutional_block")
def convolutional_loop_over_units(X, f, filters, stage, block, s=2):
    base = f"{stage}{block}_branch"
    main = X
    for unit, kernel, width, step in zip("abc", (1, f, 1), filters, (s, 1, 1)):
        if unit != "a":
            main = ops.relu(main)
        main = conv_bn(main, width, kernel, base + "2" + unit, step)
    return ops.maximum(ops.add(projection_shortcut(X, filters[-1], stage, block, s), main), 0)


class Sum(tf.keras.layers.Layer):
    def call(self, tensors):
        return tf.math.add_n(tensors)


@right("convolutional_block")
def convolutional_slice_before_both_paths(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    seen = Lambda(lambda t: t[:, ::s, ::s, :])(X)
    relu = lambda t: Activation(tf.nn.relu)(t)
    X = relu(conv_bn(seen, F1, 1, f"{stage}{block}_branch2a"))
    X = relu(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return relu(Sum()([conv_bn(seen, F3, 1, f"{stage}{block}_branch1"), X]))


@wrong("convolutional_block", "The shortcut's projection lacks the stride, so its feature maps stay larger than those of the main path, and the addition raises for s > 1.")
def convolutional_projection_without_stride(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = conv_bn(X, F3, 1, f"{stage}{block}_branch1")
    X = Activation('relu')(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s))
    X = Activation('relu')(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("convolutional_block", "The stride stands in the middle f x f convolution (ResNet v1.5) instead of the first 1x1 convolution.")
def convolutional_version_one_five(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = projection_shortcut(X, F3, stage, block, s)
    X = Activation('relu')(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = Activation('relu')(conv_bn(X, F2, f, f"{stage}{block}_branch2b", strides=s))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("convolutional_block", "The main path has the stride twice, in the first and in the middle convolution; it is smaller than the shortcut and the addition raises for s > 1.")
def convolutional_stride_twice(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = projection_shortcut(X, F3, stage, block, s)
    X = Activation('relu')(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = Activation('relu')(conv_bn(X, F2, f, f"{stage}{block}_branch2b", s))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("convolutional_block", "The projection reads X after the first unit, which has the stride already, instead of the block's input; with its own stride the shortcut becomes too small and the addition raises for s > 1.")
def convolutional_projection_of_first_unit(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s)
    X = Activation('relu')(X)
    X_shortcut = conv_bn(X, F3, 1, f"{stage}{block}_branch1", s)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = Activation('relu')(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("convolutional_block", "The shortcut is projected to F1 channels instead of F3; the addition raises.")
def convolutional_projection_to_first_width(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = projection_shortcut(X, F1, stage, block, s)
    for name, k, n, step in (('2a', 1, F1, s), ('2b', f, F2, 1), ('2c', 1, F3, 1)):
        X = conv_bn(X, n, k, str(stage) + block + '_branch' + name, step)
        if name != '2c':
            X = Activation('relu')(X)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("convolutional_block", "The projection is computed, but its result is put into a variable that is never used: the unprojected input is added, and Keras raises because the shapes differ.")
def convolutional_projection_not_used(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = X
    shortcut = projection_shortcut(X, F3, stage, block, s)
    X = Activation('relu')(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = Activation('relu')(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("convolutional_block", "The projection shortcut is rectified before the addition.")
def convolutional_shortcut_rectified(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = Activation('relu')(projection_shortcut(X, F3, stage, block, s))
    X = Activation('relu')(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = Activation('relu')(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("convolutional_block", "The stride is fixed at (2, 2) in both paths; s is ignored, which is wrong for s=1 in stage 2.")
def convolutional_stride_always_two(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = conv_bn(X, F3, 1, f"{stage}{block}_branch1", strides=(2, 2))
    X = Activation('relu')(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=(2, 2)))
    X = Activation('relu')(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("convolutional_block", "The last ReLU stands in front of the addition, on the main path, and there is none after the addition.")
def convolutional_relu_then_add(X, f, filters, stage, block, s=2):
    shortcut = projection_shortcut(X, filters[2], stage, block, s)
    for unit, k, n, step in zip("abc", (1, f, 1), filters, (s, 1, 1)):
        X = conv_bn(X, n, k, f"{stage}{block}_branch2{unit}", step)
        X = Lambda(lambda x: tf.nn.relu(x))(X)
    return Add()([X, shortcut])


@wrong("convolutional_block", "The batch normalisation of the shortcut is missing: the projection is a convolution only.")
def convolutional_shortcut_without_norm(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = Conv2D(F3, (1, 1), strides=(s, s), kernel_initializer='he_normal', name=f'res{stage}{block}_branch1')(X)
    X = Activation('relu')(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = Activation('relu')(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("convolutional_block", "The default of the stride is s=1 instead of 2.")
def convolutional_default_stride_one(X, f, filters, stage, block, s=1):
    F1, F2, F3 = filters
    X_shortcut = projection_shortcut(X, F3, stage, block, s)
    X = Activation('relu')(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = Activation('relu')(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("convolutional_block", "The stride stands in the last 1x1 convolution of the main path instead of the first; the shapes fit all the same.")
def convolutional_stride_in_the_last(X, f, filters, stage, block, s=2):
    shortcut = projection_shortcut(X, filters[2], stage, block, s)
    for unit, k, n, step in zip("abc", (1, f, 1), filters, (1, 1, s)):
        X = conv_bn(X, n, k, f"{stage}{block}_branch2{unit}", step)
        X = X if unit == "c" else Activation('relu')(X)
    return Activation('relu')(Add()([X, shortcut]))


# ---------------------------------------------------------------- basic_block


@right("basic_block")
def basic_old_idiom_with_downsample_flag(X, filters, stage, block, s=1):
    name = str(stage) + block + '_branch'
    X_shortcut = X
    in_channels = keras.backend.int_shape(X)[-1] if hasattr(keras.backend, 'int_shape') else X.shape[3]
    downsample = not (s == 1 and in_channels == filters)
    X = Conv2D(filters, (3, 3), strides=(s, s), padding='same', use_bias=False, kernel_initializer='he_normal', name='res' + name + '2a')(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn' + name + '2a')(X)
    X = Activation('relu')(X)
    X = Conv2D(filters, (3, 3), strides=(1, 1), padding='same', use_bias=False, kernel_initializer='he_normal', name='res' + name + '2b')(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn' + name + '2b')(X)
    if downsample:
        X_shortcut = Conv2D(filters, (1, 1), strides=(s, s), use_bias=False, kernel_initializer='he_normal', name='res' + name + '1')(X_shortcut)
        X_shortcut = BatchNormalization(axis=3, epsilon=EPS, name='bn' + name + '1')(X_shortcut)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@right("basic_block")
def basic_shapes_compared_after_main_path(X, filters, stage, block, s=1):
    unit = lambda tensor, kernel, branch, step: conv_bn(
        tensor, filters, kernel, f"{stage}{block}_branch{branch}", step, use_bias=False)
    F = unit(ops.relu(unit(X, 3, "2a", s)), 3, "2b", 1)
    must_project = s > 1 or X.shape[-1] != F.shape[-1]
    return ops.relu(F + (unit(X, 1, "1", s) if must_project else X))


@wrong("basic_block", "Only the stride decides on the projection: with stride 1 and other channels the identity does not fit, and the addition raises.")
def basic_condition_stride_only(X, filters, stage, block, s=1):
    X_shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False)
    X = Activation('relu')(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1:
        X_shortcut = conv_bn(X_shortcut, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("basic_block", "The channels are compared after X was overwritten by the main path: X.shape[-1] always equals filters, so with stride 1 and other channels there is no projection and the addition raises.")
def basic_channels_of_the_wrong_tensor(X, filters, stage, block, s=1):
    X_shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False)
    X = Activation('relu')(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or X.shape[-1] != filters:
        X_shortcut = conv_bn(X_shortcut, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("basic_block", "The two conditions are joined by `and` instead of `or`: where only one of them holds, there is no projection and the addition raises.")
def basic_condition_and(X, filters, stage, block, s=1):
    X_shortcut = X
    if s != 1 and X.shape[-1] != filters:
        X_shortcut = conv_bn(X, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False)
    X = Activation('relu')(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("basic_block", "The projection is always there, also where the identity would fit.")
def basic_always_projects(X, filters, stage, block, s=1):
    X_shortcut = conv_bn(X, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False)
    X = Activation('relu')(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("basic_block", "The projection has a bias; no convolution of this block should have one.")
def basic_bias_in_projection(X, filters, stage, block, s=1):
    X_shortcut = X
    if s != 1 or X.shape[-1] != filters:
        X_shortcut = conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False)
    X = Activation('relu')(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("basic_block", "Both 3x3 convolutions have the stride s; for s > 1 the main path is too small and the addition raises.")
def basic_stride_in_both(X, filters, stage, block, s=1):
    X_shortcut = X
    if s != 1 or X.shape[-1] != filters:
        X_shortcut = conv_bn(X, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    for unit in ("2a", "2b"):
        X = conv_bn(X, filters, 3, f"{stage}{block}_branch{unit}", s, use_bias=False)
        if unit == "2a":
            X = Activation('relu')(X)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("basic_block", "The channel axis is taken to be axis 1 (X.shape[1] is the height): the test compares the height with the filters, so it projects where the identity fits, or does not where it must.")
def basic_wrong_channel_axis(X, filters, stage, block, s=1):
    X_shortcut = X
    if s != 1 or X.shape[1] != filters:
        X_shortcut = conv_bn(X, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False)
    X = Activation('relu')(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("basic_block", "Option A instead of B: the shortcut is every s-th position with zeros for the missing channels, no projection.")
def basic_zero_padded_shortcut(X, filters, stage, block, s=1):
    missing = filters - X.shape[-1]
    X_shortcut = Lambda(lambda t: tf.pad(t[:, ::s, ::s, :], [[0, 0], [0, 0], [0, 0], [0, missing]]))(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False)
    X = Activation('relu')(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("basic_block", "The projection has a 3x3 kernel instead of 1x1.")
def basic_projection_three_by_three(X, filters, stage, block, s=1):
    X_shortcut = X
    if s != 1 or X.shape[-1] != filters:
        X_shortcut = conv_bn(X, filters, 3, f"{stage}{block}_branch1", s, use_bias=False)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False)
    X = Activation('relu')(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("basic_block", "There is a ReLU after the second unit, before the addition, besides the one after it.")
def basic_relu_before_the_addition_too(X, filters, stage, block, s=1):
    X_shortcut = X
    if s != 1 or X.shape[-1] != filters:
        X_shortcut = conv_bn(X, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False)
    X = ReLU()(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    X = ReLU()(X)
    X = Add()([X, X_shortcut])
    return ReLU()(X)
