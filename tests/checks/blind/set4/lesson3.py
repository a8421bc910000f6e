import functools
import math

import keras
import numpy as np
import tensorflow as tf
from tests.checks.blind.answer import right, wrong
from keras import layers, ops
from tensorflow.keras.layers import (
    Activation, Add, AveragePooling2D, BatchNormalization, Conv1D, Conv2D, Dropout, Lambda,
    MaxPooling2D, ReLU, ZeroPadding2D,
)


# what an earlier lesson left in the notebook
def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)
    return BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


def projection_shortcut(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s)


# ------------------------------------------------------------------ output_size
@wrong("output_size", "For \"same\" with a stride other than 1 it falls through to the formula for \"valid\"; \"same\" is right for stride 1 only (or kernel 1)")
def s4_same_only_at_stride_one(size, kernel, stride, padding):
    if padding == "same" and stride == 1:
        return size
    return (size - kernel) // stride + 1


@wrong("output_size", "Python's round() in place of rounding up: it rounds to the nearest (halves to the even number), so that for example 5 starts with stride 2 give 2 and 4 starts with stride 3 give 1; exact where the division leaves no rest, or where the fraction is rounded up by chance")
def s4_round_to_nearest(size, kernel, stride, padding):
    starts = size if padding == "same" else size - kernel + 1
    return round(starts / stride)


@wrong("output_size", "PyTorch's formula with p = (kernel - 1) // 2 zeros on each side for \"same\": right for odd kernels, but for even kernels one zero is missing and the result is (size - 2) // stride + 1, one too few in some cases (always with stride 1). \"valid\" is right")
def s4_pytorch_formula_even_kernels(size, kernel, stride, padding):
    p = (kernel - 1) // 2 if padding == "same" else 0
    return (size + 2 * p - kernel) // stride + 1


@wrong("output_size", "The padding is compared with the upper-case \"SAME\" of tf.nn, which never equals \"same\": \"same\" is always computed as \"valid\"")
def s4_upper_case_same(size, kernel, stride, padding):
    if padding == "SAME":
        return math.ceil(size / stride)
    return math.ceil((size - kernel + 1) / stride)


@wrong("output_size", "The formulas of the transposed convolution: it multiplies by the stride, where a convolution divides. Wrong for every stride above 1, and for \"valid\" also with stride 1 (kernel above 1), where it adds kernel - 1 instead of subtracting it")
def s4_transposed_convolution(size, kernel, stride, padding):
    # Conv2DTranspose
    if padding.lower() == "same":
        return size * stride
    return size * stride + max(kernel - stride, 0)


@wrong("output_size", "The loop over the starts ends one too early for \"valid\": the last start size - kernel is excluded (range's end is not shifted by one), so one is missing whenever stride divides size - kernel; \"same\" is right")
def s4_range_excludes_last_start(size, kernel, stride, padding):
    last = size if padding == "same" else size - kernel
    return len(range(0, last, stride))


@wrong("output_size", "It lets Keras compute a Conv1D, but does not pass the stride on, so that the answer is that of stride 1")
def s4_asks_keras_forgets_stride(size, kernel, stride, padding):
    conv = Conv1D(1, kernel, padding=padding)
    return conv(np.zeros((1, size, 1), "float32")).shape[1]


@wrong("output_size", "Raises: the Input of the Conv1D has no channel axis (shape (size,)), so that the layer gets two dimensions where it needs three")
def s4_asks_keras_without_channels(size, kernel, stride, padding):
    inputs = keras.Input((size,))
    return Conv1D(1, kernel, strides=stride, padding=padding)(inputs).shape[1]


@right("output_size")
def s4_counts_a_real_pooling(size, kernel, stride, padding):
    row = tf.zeros([1, size, 1])
    pooled = tf.nn.max_pool1d(row, ksize=kernel, strides=stride, padding=padding.upper())
    return int(pooled.shape[1])


@right("output_size")
def s4_while_loop_over_starts(size, kernel, stride, padding):
    count, at = 0, 0
    while (at < size) if padding == "same" else (at + kernel <= size):
        count += 1
        at += stride
    return count


@right("output_size")
def s4_floor_with_total_padding(size, kernel, stride, padding):
    p = {"same": kernel - 1, "valid": 0}[padding]
    return (size + p - kernel) // stride + 1


# ------------------------------------------------------------------ projection_shortcut
@wrong("projection_shortcut", "Raises: the arguments of conv_bn are in the wrong order (stride where the name belongs, name where the stride belongs), so that Conv2D is given a string as strides")
def s4_stride_before_name(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, s, f"{stage}{block}_branch1")


@wrong("projection_shortcut", "The stride is (s, 1): only the height shrinks, the width stays")
def s4_stride_in_one_direction(X, filters, stage, block, s=2):
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=(s, 1))


@wrong("projection_shortcut", "The slices start at position s - 1, not 0, so that for s > 1 other positions are read than by the main path (and for sizes that s does not divide the result is smaller than ceil(size / s))")
def s4_slices_start_at_s_minus_one(X, filters, stage, block, s=2):
    X = X[:, s - 1::s, s - 1::s, :]
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1")


@wrong("projection_shortcut", "The projection has 4 * filters channels (the 'expansion' of PyTorch's Bottleneck), although filters is already the number to project to")
def s4_expansion_four(X, filters, stage, block, s=2):
    expansion = 4
    return conv_bn(X, filters * expansion, 1, f"{stage}{block}_branch1", strides=s)


@wrong("projection_shortcut", "Raises: groups=filters makes the convolution a grouped one, and the number of input channels is not divisible by that many groups (where it happens to be, each filter sees only a part of the channels)")
def s4_groups_equal_filters(X, filters, stage, block, s=2):
    X = Conv2D(filters, 1, strides=s, padding="same", groups=filters,
               kernel_initializer="he_normal", name=f"res{stage}{block}_branch1")(X)
    return BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{stage}{block}_branch1")(X)


@wrong("projection_shortcut", "The batch normalisation has scale=False, as in Inception: no gamma, fewer parameters; everything else is right")
def s4_bn_without_gamma(X, filters, stage, block, s=2):
    name = f"{stage}{block}_branch1"
    X = Conv2D(filters, (1, 1), strides=(s, s), padding="valid",
               kernel_initializer="he_normal", name="res" + name)(X)
    return BatchNormalization(axis=3, epsilon=1.001e-5, scale=False, name="bn" + name)(X)


@wrong("projection_shortcut", "The two names are swapped: the convolution is called \"bn…\" and the batch normalisation \"res…\"; it computes the right thing")
def s4_names_swapped(X, filters, stage, block, s=2):
    conv_name, bn_name = (p + f"{stage}{block}_branch1" for p in ("bn", "res"))
    X = Conv2D(filters, 1, strides=s, kernel_initializer="he_normal", name=conv_name)(X)
    return BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name)(X)


@wrong("projection_shortcut", "The batch normalisation is frozen (trainable=False): gamma and beta are not trained, and it uses its moving statistics (mean 0, variance 1) in training too, so that it never normalises the batch")
def s4_frozen_bn(X, filters, stage, block, s=2):
    name = f"{stage}{block}_branch1"
    X = Conv2D(filters, 1, strides=s, padding="same", kernel_initializer="he_normal",
               name="res" + name)(X)
    return BatchNormalization(axis=3, epsilon=1.001e-5, trainable=False, name="bn" + name)(X)


@wrong("projection_shortcut", "The convolution has activation='relu', so that a ReLU stands between the convolution and the batch normalisation; the shortcut must have none")
def s4_relu_hidden_in_conv(X, filters, stage, block, s=2):
    name = f"{stage}{block}_branch1"
    X = Conv2D(filters, (1, 1), (s, s), activation="relu", padding="same",
               kernel_initializer=keras.initializers.HeNormal(), name="res" + name)(X)
    return BatchNormalization(3, epsilon=1.001e-5, name="bn" + name)(X)


@wrong("projection_shortcut", "It returns the pair (input, projection) instead of the projected tensor")
def s4_returns_a_pair(X, filters, stage, block, s=2):
    shortcut = conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s)
    return X, shortcut


@right("projection_shortcut")
def s4_pool_of_one_then_project(X, filters, stage, block, s=2):
    # a 1x1 pooling with a stride only picks
    X = MaxPooling2D(pool_size=1, strides=s)(X)
    return conv_bn(X, filters, 1, f"{stage}{block}_branch1")


@right("projection_shortcut")
def s4_valid_padding_for_1x1(X, filters, stage, block, s=2):
    tag = str(stage) + block + "_branch1"
    for layer in (
        tf.keras.layers.Conv2D(filters=filters, kernel_size=(1, 1), strides=(s, s), padding="valid",
                               kernel_initializer=tf.keras.initializers.he_normal(seed=0),
                               name="res" + tag),
        tf.keras.layers.BatchNormalization(axis=-1, epsilon=1.001e-5, name="bn" + tag),
    ):
        X = layer(X)
    return X


@right("projection_shortcut")
def s4_strided_slice_then_project(X, filters, stage, block, s=2):
    X = X[:, ::s, ::s, :]
    return conv_bn(X, filters, kernel_size=1, name="{}{}_branch1".format(stage, block))


# ------------------------------------------------------------------ convolutional_block
@wrong("convolutional_block", "The stride s is not passed on to the projection, which always takes its default 2: right for s=2, but for any other s the two paths do not fit and the addition raises (unless one of them is 1×1 and is stretched, or both sizes agree by chance)")
def s4_projection_keeps_default_stride(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = projection_shortcut(X, F3, stage, block)
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s)
    X = Activation("relu")(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = Activation("relu")(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("convolutional_block", "Subtract in place of Add: the shortcut is subtracted from the main path (residual = H(x) - x misread)")
def s4_subtracts_the_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block, s)
    X = layers.ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = layers.ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return layers.ReLU()(layers.Subtract()([X, shortcut]))


@wrong("convolutional_block", "Raises at the addition for s > 1: the first convolution has dilation_rate=s instead of strides=s, so that the main path does not shrink while the projection does (for s=1 it is right)")
def s4_dilation_for_stride(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block, s)
    X = Conv2D(F1, 1, dilation_rate=s, padding="same", kernel_initializer="he_normal",
               name=f"res{stage}{block}_branch2a")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{stage}{block}_branch2a")(X)
    X = layers.ReLU()(X)
    X = layers.ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return layers.ReLU()(X + shortcut)


@wrong("convolutional_block", "In the loop every unit reads the block's input x instead of the result X of the unit before; only unit c counts, it has stride 1, and for s > 1 the addition therefore raises because the main path has not shrunk (for s=1 units a and b are silently lost)")
def s4_loop_reads_small_x(x, f, filters, stage, block, s=2):
    X = x
    for letter, width, kernel, stride in zip("abc", filters, (1, f, 1), (s, 1, 1)):
        X = conv_bn(x, width, kernel, f"{stage}{block}_branch2{letter}", stride)
        if letter != "c":
            X = layers.ReLU()(X)
    X = layers.Add()([X, projection_shortcut(x, filters[-1], stage, block, s)])
    return layers.ReLU()(X)


@wrong("convolutional_block", "The filters are unpacked backwards (F3, F2, F1 = filters): the block widens first and ends with the first number of filters, in both paths")
def s4_unpacks_backwards(X, f, filters, stage, block, s=2):
    F3, F2, F1 = filters
    base = str(stage) + block
    X_shortcut = projection_shortcut(X, F3, stage, block, s)
    X = conv_bn(X, F1, 1, base + "_branch2a", strides=s)
    X = ReLU()(X)
    X = conv_bn(X, F2, f, base + "_branch2b")
    X = ReLU()(X)
    X = conv_bn(X, F3, 1, base + "_branch2c")
    return ReLU()(Add()([X_shortcut, X]))


@wrong("convolutional_block", "Raises: one BatchNormalization layer is made once and called after every convolution; it was built for F1 channels and does not fit the next width that differs (F3, or F2)")
def s4_one_bn_for_all(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    bn = BatchNormalization(axis=3, epsilon=1.001e-5)
    relu = Activation("relu")
    conv = lambda n, k, st, nm: Conv2D(n, k, strides=st, padding="same",
                                       kernel_initializer="he_normal",
                                       name=f"res{stage}{block}_{nm}")
    main = relu(bn(conv(F1, 1, s, "branch2a")(X)))
    main = relu(bn(conv(F2, f, 1, "branch2b")(main)))
    main = bn(conv(F3, 1, 1, "branch2c")(main))
    side = bn(conv(F3, 1, s, "branch1")(X))
    return relu(Add()([main, side]))


@wrong("convolutional_block", "Copy and paste: the third unit carries the name of the second (\"…branch2b\" twice, no \"…branch2c\"). The function itself runs, but Keras refuses to make a model of it because the names are not unique")
def s4_third_unit_named_2b(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block, s)
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s)
    X = layers.ReLU()(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = layers.ReLU()(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2b")
    return layers.ReLU()(layers.Add()([X, shortcut]))


@wrong("convolutional_block", "Raises for s > 1: in the middle convolution s was written as the third positional argument (strides), so that the main path has the stride twice and is smaller than the shortcut at the addition (unless it shrinks to 1×1, which Keras silently stretches over the shortcut); right for s=1")
def s4_stride_slipped_into_middle(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    init = "he_normal"
    n, b = f"res{stage}{block}_branch", f"bn{stage}{block}_branch"
    X_shortcut = X
    X = Conv2D(F1, 1, s, kernel_initializer=init, name=n + "2a")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=b + "2a")(X)
    X = Activation("relu")(X)
    X = Conv2D(F2, f, s, padding="same", kernel_initializer=init, name=n + "2b")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=b + "2b")(X)
    X = Activation("relu")(X)
    X = Conv2D(F3, 1, kernel_initializer=init, name=n + "2c")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=b + "2c")(X)
    X_shortcut = Conv2D(F3, 1, s, kernel_initializer=init, name=n + "1")(X_shortcut)
    X_shortcut = BatchNormalization(axis=3, epsilon=1.001e-5, name=b + "1")(X_shortcut)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("convolutional_block", "Raises: tf.nn.relu and tf.add are called directly on symbolic Keras tensors, which Keras 3 does not allow (they need a layer, a Lambda or keras.ops); the first tf.nn.relu stops it")
def s4_raw_tf_functions(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block, s)
    X = tf.nn.relu(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = tf.nn.relu(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return tf.nn.relu(tf.add(X, shortcut))


@wrong("convolutional_block", "Raises: Add is called with two arguments, Add()(X, shortcut), instead of one list of the two tensors")
def s4_add_without_list(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block, s)
    X = layers.ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = layers.ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = layers.Add()(X, shortcut)
    return layers.ReLU()(X)


@wrong("convolutional_block", "A stop_gradient around the shortcut: the values are right, but no gradient goes through the projection, whose weights (and everything before, along this path) are not trained")
def s4_stop_gradient_on_shortcut(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block, s)
    shortcut = ops.stop_gradient(shortcut)   # it must pass unchanged
    X = layers.ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = layers.ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return layers.ReLU()(layers.Add()([X, shortcut]))


@wrong("convolutional_block", "The main path is scaled by 0.1 before the addition (as in Inception-ResNet)")
def s4_scales_the_residual(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block, s)
    X = Activation(tf.nn.relu)(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = Activation(tf.nn.relu)(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Lambda(lambda t: t[0] * 0.1 + t[1])([X, shortcut])
    return Activation(tf.nn.relu)(X)


@wrong("convolutional_block", "The middle convolution is 'valid' behind a ZeroPadding2D of a fixed 1: this fits only f=3; for any other f the main path has another size than the shortcut and the addition raises (unless only 1×1 is left, which Keras silently stretches)")
def s4_padding_one_fixed(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block, s)
    X = layers.ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = ZeroPadding2D((1, 1))(X)
    X = Conv2D(F2, f, kernel_initializer="he_normal", name=f"res{stage}{block}_branch2b")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{stage}{block}_branch2b")(X)
    X = layers.ReLU()(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return layers.ReLU()(layers.Add()([X, shortcut]))


@wrong("convolutional_block", "A Dropout(0.3) stands behind the last batch normalisation of the main path: the same in inference, different in training")
def s4_dropout_on_main_path(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    X_shortcut = projection_shortcut(X, F3, stage, block, s)
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s)
    X = Activation("relu")(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = Activation("relu")(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Dropout(0.3)(X)
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X


@wrong("convolutional_block", "Squeeze and excitation between unit c and the addition: the main path is multiplied per channel with a learned sigmoid gate of two additional Dense layers")
def s4_squeeze_and_excitation(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = projection_shortcut(X, F3, stage, block, s)
    X = layers.ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    X = layers.ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    gate = layers.GlobalAveragePooling2D(keepdims=True)(X)
    gate = layers.Dense(max(F3 // 16, 1), activation="relu")(gate)
    gate = layers.Dense(F3, activation="sigmoid")(gate)
    X = layers.Multiply()([X, gate])
    return layers.ReLU()(layers.Add()([X, shortcut]))


@wrong("convolutional_block", "The last unit, too, is followed by a ReLU in the loop, before the addition, so that the main path can only add")
def s4_loop_rectifies_all_three(X, f, filters, stage, block, s=2):
    shortcut = projection_shortcut(X, filters[2], stage, block, s)
    cfg = {"a": (filters[0], 1, s), "b": (filters[1], f, 1), "c": (filters[2], 1, 1)}
    for u, (n, k, st) in cfg.items():
        X = conv_bn(X, n, k, f"{stage}{block}_branch2{u}", st)
        X = layers.ReLU()(X)
    return layers.ReLU()(layers.Add()([X, shortcut]))


class S4Merge(tf.keras.layers.Layer):
    """relu(a + b)"""

    def call(self, inputs):
        a, b = inputs
        return tf.nn.relu(tf.add(a, b))


@right("convolutional_block")
def s4_own_merging_layer(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    main = Activation(tf.nn.relu)(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s))
    main = Activation(tf.nn.relu)(conv_bn(main, F2, f, f"{stage}{block}_branch2b"))
    main = conv_bn(main, F3, 1, f"{stage}{block}_branch2c")
    return S4Merge()([projection_shortcut(X, F3, stage, block, s), main])


@right("convolutional_block")
def s4_hand_padded_middle(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    relu = layers.ReLU()           # no weights, may be used three times
    shortcut = projection_shortcut(X, F3, stage, block, s)
    X = relu(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
    before, after = (f - 1) // 2, f // 2
    X = ZeroPadding2D(((before, after), (before, after)))(X)
    X = Conv2D(F2, (f, f), kernel_initializer="he_normal", name=f"res{stage}{block}_branch2b")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{stage}{block}_branch2b")(X)
    X = conv_bn(relu(X), F3, 1, f"{stage}{block}_branch2c")
    return relu(shortcut + X)


@right("convolutional_block")
def s4_samples_once_for_both_paths(X, f, filters, stage, block, s=2):
    picked = layers.Lambda(lambda t: t[:, ::s, ::s])(X)
    F3 = filters[-1]
    Y = picked
    for u, width, k in zip("abc", filters, (1, f, 1)):
        Y = conv_bn(Y, width, k, f"{stage}{block}_branch2{u}")
        if u in "ab":
            Y = ops.maximum(Y, 0.0)
    Z = conv_bn(picked, F3, 1, f"{stage}{block}_branch1")
    return ops.relu(ops.add(Z, Y))


# ------------------------------------------------------------------ basic_block
@wrong("basic_block", "The condition looks at X after the main path has overwritten it; its channels always equal filters, so a change of channels with s=1 is not noticed, there is no projection, and the addition raises. With s != 1 it is right")
def s4_condition_on_overwritten_X(X, filters, stage, block, s=1):
    shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    X = layers.ReLU()(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or X.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    return layers.ReLU()(layers.Add()([X, shortcut]))


@wrong("basic_block", "The channels are looked up on axis 1 (the height) instead of the last: a projection is made whenever the height differs from filters, also where the identity would do; and where the height equals filters by chance and s=1, a needed projection is missing and the addition raises")
def s4_channels_on_axis_one(X, filters, stage, block, s=1):
    X_shortcut = X
    if s != 1 or X.shape[1] != filters:
        X_shortcut = conv_bn(X, filters, 1, f"{stage}{block}_branch1", s, False)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, False)
    X = Activation("relu")(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", 1, False)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("basic_block", "Raises: X.get_shape() of TensorFlow's tensors does not exist on Keras 3's symbolic tensors (X.shape does). The rest is right. With s != 1 the `or` is short-circuited and it works")
def s4_get_shape(X, filters, stage, block, s=1):
    X_shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, False)
    X = Activation("relu")(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", 1, False)
    if s != 1 or X_shortcut.get_shape().as_list()[-1] != filters:
        X_shortcut = conv_bn(X_shortcut, filters, 1, f"{stage}{block}_branch1", s, False)
    return Activation("relu")(Add()([X, X_shortcut]))


@wrong("basic_block", "`s != 1 | c != filters` uses the bitwise | , which binds tighter than the comparison: Python reads s != (1 | c) and (1 | c) != filters, which is true for all even filters and ordinary strides, so that a projection is made nearly always, also where the identity should stay")
def s4_bitwise_or_projects_always(X, filters, stage, block, s=1):
    x_in = X
    c = x_in.shape[-1]
    X = layers.ReLU()(conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False))
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 | c != filters:
        x_in = conv_bn(x_in, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    return layers.ReLU()(X + x_in)


@wrong("basic_block", "Only the projection has kept its bias (use_bias=False is missing there)")
def s4_bias_left_in_projection(X, filters, stage, block, s=1):
    shortcut = X
    for u, st in (("a", s), ("b", 1)):
        X = conv_bn(X, filters, 3, f"{stage}{block}_branch2{u}", st, use_bias=False)
        if u == "a":
            X = layers.ReLU()(X)
    if s != 1 or shortcut.shape[-1] != filters:
        shortcut = projection_shortcut(shortcut, filters, stage, block, s)
    return layers.ReLU()(layers.Add()([X, shortcut]))


@wrong("basic_block", "Unit b reads the block's input instead of the rectified output of unit a, which is thrown away: with s=1 unit a is silently missing from the network; with s > 1 unit b does not shrink and the addition raises")
def s4_unit_b_reads_input(X, filters, stage, block, s=1):
    A = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    A = layers.ReLU()(A)
    B = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    shortcut = X
    if s != 1 or X.shape[-1] != filters:
        shortcut = conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s, use_bias=False)
    return layers.ReLU()(layers.Add()([B, shortcut]))


@wrong("basic_block", "Option A in place of B: where the shape changes the shortcut takes every s-th position and fills missing channels with zeros, without a 1x1 convolution and batch normalisation (and with fewer filters than channels the addition raises)")
def s4_option_a_zero_channels(X, filters, stage, block, s=1):
    shortcut = X[:, ::s, ::s, :]
    missing = filters - X.shape[-1]
    if missing > 0:
        shortcut = ops.pad(shortcut, [[0, 0], [0, 0], [0, 0], [0, missing]])
    X = layers.ReLU()(conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False))
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    return layers.ReLU()(layers.Add()([X, shortcut]))


@wrong("basic_block", "Raises a TypeError: the names are made with stage + block, which adds an int and a str")
def s4_int_plus_str(X, filters, stage, block, s=1):
    base = stage + block + "_branch"
    shortcut = X
    X = layers.ReLU()(conv_bn(X, filters, 3, base + "2a", s, use_bias=False))
    X = conv_bn(X, filters, 3, base + "2b", use_bias=False)
    if s != 1 or shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, base + "1", s, use_bias=False)
    return layers.ReLU()(layers.Add()([X, shortcut]))


@wrong("basic_block", "Both ReLUs are capped at 6 (ReLU6 of MobileNet)")
def s4_relu_six(X, filters, stage, block, s=1):
    shortcut = X
    X = ReLU(6.0)(conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False))
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    return ReLU(6.0)(Add()([X, shortcut]))


@wrong("basic_block", "Raises for s > 1: the projection has no stride, so that it keeps height and width while the main path shrinks; with s=1 it is right")
def s4_projection_without_stride(X, filters, stage, block, s=1):
    X_shortcut = X
    channels = int(X.shape[-1])
    X = conv_bn(X, filters, (3, 3), f"{stage}{block}_branch2a", strides=(s, s), use_bias=False)
    X = Activation("relu")(X)
    X = conv_bn(X, filters, (3, 3), f"{stage}{block}_branch2b", strides=(1, 1), use_bias=False)
    if s != 1 or channels != filters:
        X_shortcut = conv_bn(X_shortcut, filters, (1, 1), f"{stage}{block}_branch1", use_bias=False)
    X = Add()([X_shortcut, X])
    return Activation("relu")(X)


@wrong("basic_block", "The last line makes a ReLU layer but does not call it: the function returns a layer instead of a tensor")
def s4_returns_a_layer(X, filters, stage, block, s=1):
    shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False)
    X = layers.ReLU()(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    X = layers.Add()([X, shortcut])
    return layers.ReLU()


@wrong("basic_block", "Unit a has stride 1 and a max pooling with window and step s stands behind its ReLU, where the convolution itself should have the stride; the same parameters, other values for s > 1 (and the size is rounded down where s does not divide it, so that the addition raises there)")
def s4_pools_instead_of_stride(X, filters, stage, block, s=1):
    shortcut = X
    X = layers.ReLU()(conv_bn(X, filters, 3, f"{stage}{block}_branch2a", use_bias=False))
    if s > 1:
        X = MaxPooling2D(s)(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    return layers.ReLU()(layers.Add()([X, shortcut]))


@right("basic_block")
def s4_tuple_comparison(X, filters, stage, block, s=1):
    unit = functools.partial(conv_bn, filters=filters, use_bias=False)
    same_shape = (s, X.shape[-1]) == (1, filters)
    skip = X if same_shape else unit(X, kernel_size=1, name=f"{stage}{block}_branch1", strides=s)
    out = unit(X, kernel_size=3, name=f"{stage}{block}_branch2a", strides=s)
    out = unit(ops.relu(out), kernel_size=3, name=f"{stage}{block}_branch2b")
    return ops.relu(skip + out)


@right("basic_block")
def s4_spelled_out_old_style(X, filters, stage, block, s=1):
    def conv(k, st, branch):
        return tf.keras.layers.Conv2D(filters, (k, k), strides=(st, st), padding="same", use_bias=False,
                                      kernel_initializer=tf.keras.initializers.he_normal(seed=0),
                                      name="res" + str(stage) + block + branch)

    def bn(branch):
        return tf.keras.layers.BatchNormalization(axis=3, epsilon=1.001e-5,
                                                  name="bn" + str(stage) + block + branch)

    X_shortcut = X
    if X_shortcut.shape[3] != filters:
        X_shortcut = bn("_branch1")(conv(1, s, "_branch1")(X_shortcut))
    elif s > 1:
        X_shortcut = bn("_branch1")(conv(1, s, "_branch1")(X_shortcut))
    X = bn("_branch2a")(conv(3, s, "_branch2a")(X))
    X = Lambda(lambda z: tf.nn.relu(z))(X)
    X = bn("_branch2b")(conv(3, 1, "_branch2b")(X))
    X = Lambda(lambda z: tf.add(z[0], z[1]))([X_shortcut, X])
    return tf.keras.layers.ReLU()(X)


@right("basic_block")
def s4_main_path_as_layer_list(X, filters, stage, block, s=1):
    shortcut = X
    if not (s == 1 and X.shape[-1] == filters):
        shortcut = conv_bn(X, filters, 1, f"{stage}{block}_branch1", strides=s, use_bias=False)
    steps = [
        lambda t: conv_bn(t, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False),
        Activation("relu"),
        lambda t: conv_bn(t, filters, 3, f"{stage}{block}_branch2b", use_bias=False),
        lambda t: sum([t, shortcut][1:], t),
        Activation("relu"),
    ]
    return functools.reduce(lambda t, step: step(t), steps, X)
