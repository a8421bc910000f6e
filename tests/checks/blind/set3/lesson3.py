from tests.checks.blind.answer import right, wrong

import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    MaxPooling2D,
    ZeroPadding2D,
)


def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                      kernel_initializer="he_normal", name=f"res{name}")(X)
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


def projection_shortcut(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s)


# ------------------------------------------------------------------------------ output_size


@right("output_size")
def s3_os_range_of_starts(size, kernel, stride, padding):
    last = size - 1 if padding == "same" else size - kernel
    return len(range(0, last + 1, stride))


@right("output_size")
def s3_os_whole_numbers_only(size, kernel, stride, padding):
    if padding == "valid":
        return (size - kernel) // stride + 1
    return (size + stride - 1) // stride


@wrong("output_size", "With 'valid' padding the +1 is missing: starts are counted as size - kernel, so the result is one too small where size - kernel is a multiple of the stride")
def s3_os_valid_without_one(size, kernel, stride, padding):
    starts = size if padding == "same" else size - kernel
    return math.ceil(starts / stride)


@wrong("output_size", "The quotient is rounded down instead of up: the last start is lost where the starts are no multiple of the stride")
def s3_os_rounded_down(size, kernel, stride, padding):
    if padding.lower() == "same":
        return size // stride
    else:
        return (size - kernel + 1) // stride


@wrong("output_size", "The textbook formula with p = (kernel - 1) / 2 pixels of padding is used for 'same', with integer division: "
       "for even kernels one row of padding is missing, so that the result is one too small (for the stride 1, for example)")
def s3_os_symmetrical_padding(size, kernel, stride, padding):
    p = (kernel - 1) // 2 if padding == "same" else 0
    return (size + 2 * p - kernel) // stride + 1


@wrong("output_size", "For 'valid', the +1 is added after rounding up instead of before: the result is one too large where size - kernel is no multiple of the stride")
def s3_os_ceil_plus_one(size, kernel, stride, padding):
    if padding == "same":
        return math.ceil(size / stride)
    if padding == "valid":
        return math.ceil((size - kernel) / stride) + 1


@wrong("output_size", "round takes the nearest whole number (a half to the even one) where the quotient has to be rounded up")
def s3_os_round(size, kernel, stride, padding):
    starts = {"same": size, "valid": size - kernel + 1}[padding]
    return int(round(starts / stride))


# ---------------------------------------------------------------------- projection_shortcut


@right("projection_shortcut")
def s3_prs_slice_then_dense_matrix(X, filters, stage, block, s=2):
    name = str(stage) + block + "_branch1"
    X = X[:, ::s, ::s, :]  # a kernel of one pixel sees nothing else
    X = Conv2D(filters, (1, 1), kernel_initializer="he_normal", name="res" + name)(X)
    return BatchNormalization(axis=3, epsilon=1.001e-5, name="bn" + name)(X)


@right("projection_shortcut")
def s3_prs_old_style_valid(X, filters, stage, block, s=2):
    X_shortcut = Conv2D(filters=filters, kernel_size=(1, 1), strides=(s, s), padding="valid",
                        name="res" + str(stage) + block + "_branch" + "1",
                        kernel_initializer=tf.keras.initializers.HeNormal(seed=0))(X)
    X_shortcut = BatchNormalization(axis=3, epsilon=1.001e-5,
                                    name="bn" + str(stage) + block + "_branch" + "1")(X_shortcut)
    return X_shortcut


@wrong("projection_shortcut", "The stride s stands where the kernel size belongs, and the stride stays at 1: an s x s kernel that does not shrink the maps")
def s3_prs_stride_as_kernel(X, filters, stage, block, s=2):
    return conv_bn(X, filters, s, f"{stage}{block}_branch1")


@wrong("projection_shortcut", "The size is reduced by max pooling before the convolution; the projection should take every s-th position, with the stride in the 1x1 convolution")
def s3_prs_max_pooled(X, filters, stage, block, s=2):
    X = MaxPooling2D(pool_size=s, strides=s, padding="same")(X)
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1")


@wrong("projection_shortcut", "The batch normalisation behind the 1x1 convolution is missing")
def s3_prs_bare_convolution(X, filters, stage, block, s=2):
    return layers.Conv2D(filters, 1, strides=s, padding="same", kernel_initializer="he_normal",
                         name=f"res{stage}{block}_branch1")(X)


@wrong("projection_shortcut", "strides is passed twice (s by position and by keyword): Python raises a TypeError")
def s3_prs_strides_twice(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1", s, strides=s)


@wrong("projection_shortcut", "The unit is called branch2 instead of branch1, and 'res' is put in front of a name that conv_bn puts it in front of again")
def s3_prs_wrong_names(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, name="res" + str(stage) + block + "_branch2", strides=s)


@wrong("projection_shortcut", "The convolution keeps the number of channels of the input (X.shape[-1]); the argument filters is ignored")
def s3_prs_keeps_channels(X, filters, stage, block, s=2):
    n_C = X.shape[-1]
    return conv_bn(X, n_C, 1, f"{stage}{block}_branch1", strides=s)


# ---------------------------------------------------------------------- convolutional_block


@right("convolutional_block")
def s3_cvb_shrink_first_by_slicing(X, f, filters, stage, block, s=2):
    # Both paths step over the same positions: drop them once, in front.
    X = X[:, ::s, ::s]
    name = f"{stage}{block}_branch"
    main = X
    for letter, k, n in zip("abc", (1, f, 1), filters):
        main = conv_bn(main, n, k, name + "2" + letter)
        if letter in "ab":
            main = ops.relu(main)
    return ops.relu(conv_bn(X, filters[-1], 1, name + "1") + main)


@right("convolutional_block")
def s3_cvb_shortcut_made_last(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_input = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=(s, s))
    X = Activation("relu")(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = Activation("relu")(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X_shortcut = projection_shortcut(X_input, F3, stage, block, s)
    X = tf.keras.layers.Add()([X_shortcut, X])
    X = tf.keras.layers.Activation(tf.nn.relu)(X)
    return X


@right("convolutional_block")
def s3_cvb_spelt_out(X, f, filters, stage, block, s=2):
    conv_name, bn_name = f"res{stage}{block}_branch", f"bn{stage}{block}_branch"

    def conv(x, n, k, stride, which):
        x = Conv2D(n, (k, k), strides=(stride, stride), padding="same" if k > 1 else "valid",
                   kernel_initializer="he_normal", name=conv_name + which)(x)
        return BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name + which)(x)

    F1, F2, F3 = filters
    X_shortcut = X
    X = Activation("relu")(conv(X, F1, 1, s, "2a"))
    X = Activation("relu")(conv(X, F2, f, 1, "2b"))
    X = conv(X, F3, 1, 1, "2c")
    X_shortcut = conv(X_shortcut, F3, 1, s, "1")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("convolutional_block", "The stride stands in the middle f x f convolution (v1.5) instead of the first 1x1 convolution")
def s3_cvb_v15(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = projection_shortcut(X, F3, stage, block, s)
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b", strides=s))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return Activation("relu")(Add()([X, X_shortcut]))


@wrong("convolutional_block", "The projection reads the output of the main path's last unit instead of the block's input: the stride is applied twice on that path, "
       "and Keras raises an error at the addition (with s=1 the shapes fit, and the input's shortcut is lost)")
def s3_cvb_projection_of_main_path(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s)
    X = layers.ReLU()(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = layers.ReLU()(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X_shortcut = projection_shortcut(X, F3, stage, block, s)
    X = layers.Add()([X, X_shortcut])
    return layers.ReLU()(X)


@wrong("convolutional_block", "s is not handed to projection_shortcut, which uses its default 2: for any other stride the two paths do not fit, and Keras raises an error at the addition")
def s3_cvb_projection_default_stride(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block)
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s)
    X = layers.ReLU()(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = layers.ReLU()(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


@wrong("convolutional_block", "The shortcut is projected to F1 instead of F3 channels: the channels of the paths differ, and Keras raises an error at the addition")
def s3_cvb_shortcut_f1(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = conv_bn(X, F1, 1, f"{stage}{block}_branch1", s)
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("convolutional_block", "The two paths are concatenated instead of added: 2 * F3 channels come out")
def s3_cvb_concatenated(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block, s)
    X = layers.ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s))
    X = layers.ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Concatenate(axis=3)([X, shortcut])
    return layers.ReLU()(X)


@wrong("convolutional_block", "The pooling on the shortcut is made without a pool size, for which Keras raises an error; besides, a pooling does not belong there: "
       "the shortcut is a 1x1 convolution with stride s")
def s3_cvb_pooling_without_size(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = AveragePooling2D(strides=(s, s))(X)
    X_shortcut = conv_bn(X_shortcut, F3, 1, f"{stage}{block}_branch1")
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("convolutional_block", "The third unit of the main path is missing; the path ends with F2 channels, the projection with F3, and Keras raises an error at the addition")
def s3_cvb_no_third_unit(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block, s)
    for i, (k, n) in enumerate([(1, F1), (f, F2)]):
        X = conv_bn(X, n, k, f"{stage}{block}_branch2{'ab'[i]}", strides=s if i == 0 else 1)
        X = layers.ReLU()(X)
    X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


@wrong("convolutional_block", "The projection is followed by a ReLU before the addition: negative values of the shortcut are lost")
def s3_cvb_rectified_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = X
    X = tf.keras.layers.ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = tf.keras.layers.ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X_shortcut = conv_bn(X_shortcut, F3, 1, f"{stage}{block}_branch1", s)
    X_shortcut = tf.keras.layers.ReLU()(X_shortcut)
    X = tf.keras.layers.Add()([X, X_shortcut])
    return tf.keras.layers.ReLU()(X)


@wrong("convolutional_block", "The batch normalisation of unit b reads the output of unit a's ReLU (A) instead of unit b's convolution (B): the f x f convolution is not part of the network")
def s3_cvb_middle_conv_bypassed(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    n = f"{stage}{block}_branch2"
    shortcut = projection_shortcut(X, F3, stage, block, s)
    A = Activation("relu")(conv_bn(X, F1, 1, n + "a", strides=s))
    B = Conv2D(F2, f, padding="same", kernel_initializer="he_normal", name="res" + n + "b")(A)
    B = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn" + n + "b")(A)
    B = Activation("relu")(B)
    C = conv_bn(B, F3, 1, n + "c")
    return Activation("relu")(Add()([C, shortcut]))


@wrong("convolutional_block", "The stride of the main path is fixed at 2, whatever s is; where s is not 2, the projection does not fit and Keras raises an error at the addition")
def s3_cvb_two_hard_coded(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block, s=s)
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=2)
    X = layers.ReLU()(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = layers.ReLU()(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = layers.Add()([X, shortcut])
    X = layers.ReLU()(X)
    return X


@wrong("convolutional_block", "The middle convolution uses the kernel size 3 always; the argument f is ignored")
def s3_cvb_f_ignored(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = projection_shortcut(X, F3, stage, block, s)
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = Activation("relu")(conv_bn(X, F2, 3, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return Activation("relu")(Add()([X_shortcut, X]))


# ------------------------------------------------------------------------------ basic_block


@right("basic_block")
def s3_bab_tuple_comparison(X, filters, stage, block, s=1):
    base = f"{stage}{block}_branch"
    fits = (s, X.shape[-1]) == (1, filters)
    shortcut = X if fits else conv_bn(X, filters, 1, base + "1", s, False)
    X = Activation("relu")(conv_bn(X, filters, 3, base + "2a", s, False))
    X = conv_bn(X, filters, 3, base + "2b", 1, False)
    return Activation("relu")(tf.keras.layers.add([shortcut, X]))


@right("basic_block")
def s3_bab_not_and(X, filters, stage, block, s=1):
    inputs = X

    def unit(t, kernel, branch, stride):
        t = Conv2D(filters, (kernel, kernel), strides=(stride, stride), padding="same", use_bias=False,
                   kernel_initializer="he_normal", name="res{}{}_branch{}".format(stage, block, branch))(t)
        return BatchNormalization(epsilon=1.001e-5, name="bn{}{}_branch{}".format(stage, block, branch))(t)

    X = ops.maximum(unit(X, 3, "2a", s), 0)
    X = unit(X, 3, "2b", 1)
    if not (s == 1 and inputs.shape[3] == filters):
        inputs = unit(inputs, 1, "1", s)
    return ops.maximum(inputs + X, 0)


@wrong("basic_block", "The condition joins the two reasons with and instead of or: where only the stride or only the channels change the identity is added; "
       "the shapes do not fit and Keras raises an error")
def s3_bab_and_for_or(X, filters, stage, block, s=1):
    shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    X = layers.ReLU()(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 and shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", strides=s, use_bias=False)
    X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


@wrong("basic_block", "The channels are asked of X after the convolutions, where they always equal filters: only the stride decides about the projection, "
       "and with s=1 and other channels Keras raises an error at the addition")
def s3_bab_asks_overwritten_x(X, filters, stage, block, s=1):
    X_shortcut = X
    X = Activation("relu")(conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False))
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or X.shape[-1] != filters:
        X_shortcut = conv_bn(X_shortcut, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("basic_block", "The projection has a bias: use_bias=False is missing in it")
def s3_bab_projection_with_bias(X, filters, stage, block, s=1):
    X_shortcut = X
    if s != 1 or X.shape[-1] != filters:
        X_shortcut = projection_shortcut(X, filters, stage, block, s)
    X = Activation("relu")(conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False))
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("basic_block", "The shortcut is never a projection: it is shrunk by slicing and filled up with zero channels (option A of the paper)")
def s3_bab_option_a(X, filters, stage, block, s=1):
    channels = X.shape[-1]
    shortcut = X[:, ::s, ::s, :]
    if channels < filters:
        shortcut = layers.Lambda(lambda t: tf.pad(t, [[0, 0], [0, 0], [0, 0], [0, filters - channels]]))(shortcut)
    elif channels > filters:
        shortcut = shortcut[..., :filters]
    X = layers.ReLU()(conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, False))
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", 1, False)
    return layers.ReLU()(layers.Add()([X, shortcut]))


@wrong("basic_block", "The projection stands in every block, also where the stride is 1 and the channels fit; there the shortcut should be the identity")
def s3_bab_always_projects(X, filters, stage, block, s=1):
    name = str(stage) + block
    shortcut = conv_bn(X, filters, 1, name + "_branch1", strides=s, use_bias=False)
    X = conv_bn(X, filters, 3, name + "_branch2a", strides=s, use_bias=False)
    X = layers.Activation("relu")(X)
    X = conv_bn(X, filters, 3, name + "_branch2b", use_bias=False)
    X = layers.Add()([shortcut, X])
    return layers.Activation("relu")(X)


@wrong("basic_block", "Both 3x3 convolutions have the stride s: with s=2 the main path is shrunk twice, the shortcut once, and Keras raises an error at the addition")
def s3_bab_stride_in_both(X, filters, stage, block, s=1):
    shortcut = X
    for letter in "ab":
        X = conv_bn(X, filters, 3, f"{stage}{block}_branch2{letter}", strides=s, use_bias=False)
        if letter == "a":
            X = layers.ReLU()(X)
    if s > 1 or shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", strides=s, use_bias=False)
    return layers.ReLU()(layers.Add()([X, shortcut]))


@wrong("basic_block", "The channels are looked for on axis 1, which is the height: the projection is made or left out by the image's size "
       "(where it is left out although the channels change, Keras raises an error at the addition)")
def s3_bab_channels_on_axis_one(X, filters, stage, block, s=1):
    X_shortcut = X
    X = Activation("relu")(conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False))
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or X_shortcut.shape[1] != filters:
        X_shortcut = conv_bn(X_shortcut, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    return Activation("relu")(Add()([X, X_shortcut]))


@wrong("basic_block", "The zero padding by hand puts one row and column around the image, and the convolutions pad by 'same' in addition: the main path is too large (by two pixels with s=1, by one with s=2), and Keras raises an error at the addition")
def s3_bab_padded_twice(X, filters, stage, block, s=1):
    X_shortcut = X
    X = ZeroPadding2D((1, 1))(X)
    X = Activation("relu")(conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False))
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or X_shortcut.shape[-1] != filters:
        X_shortcut = conv_bn(X_shortcut, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)
