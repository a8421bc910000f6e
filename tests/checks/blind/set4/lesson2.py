from tests.checks.blind.answer import right, wrong

import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.layers import Activation, Add, BatchNormalization, Conv2D


def s4_unit(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                      kernel_initializer="he_normal", name=f"res{name}")(X)
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


# ---------------------------------------------------------------- conv_bn


@wrong("conv_bn", "The minus sign of the exponent is missing: epsilon is 100100 (1.001e5), which makes the normalised values some 300 times too small")
def s4_epsilon_without_minus(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                      kernel_initializer="he_normal", name=f"res{name}")(X)
    return layers.BatchNormalization(axis=3, epsilon=1.001e5, name=f"bn{name}")(X)


@wrong("conv_bn", "The second positional argument of BatchNormalization is the momentum: 1.001e-5 is set as momentum, and epsilon keeps Keras's default 0.001")
def s4_epsilon_lands_in_momentum(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides, 'same', use_bias=use_bias, kernel_initializer='he_normal', name='res' + name)(X)
    return BatchNormalization(3, 1.001e-5, name='bn' + name)(X)


@wrong("conv_bn", "use_bias is also passed on as the normalisation's `center`: without bias the normalisation loses its beta")
def s4_use_bias_also_for_beta(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                      kernel_initializer="he_normal", name=f"res{name}")(X)
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, center=use_bias, name=f"bn{name}")(X)


@wrong("conv_bn", "The names have an underscore after the prefix (res_2a_branch2b, bn_2a_branch2b), where the lesson asks for res2a_branch2b and bn2a_branch2b")
def s4_underscore_in_names(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                      kernel_initializer="he_normal", name="_".join(["res", name]))(X)
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="_".join(["bn", name]))(X)


@wrong("conv_bn", "`axis` is read as the axes over which to average, and a tuple is passed; Keras wants the one axis of the channels and raises an error")
def s4_axis_as_tuple(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                      kernel_initializer="he_normal", name=f"res{name}")(X)
    return layers.BatchNormalization(axis=(0, 1, 2), epsilon=1.001e-5, name=f"bn{name}")(X)


@wrong("conv_bn", "The argument is called kernel_initializer; `initializer` does not exist and Keras raises an error")
def s4_unknown_argument_initializer(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                      initializer="he_normal", name=f"res{name}")(X)
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


@wrong("conv_bn", "The normalisation has no gamma (scale=False)")
def s4_no_scale_because_relu_follows(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding='same', use_bias=use_bias,
               kernel_initializer='he_normal', name='res' + name)(X)
    return BatchNormalization(axis=3, epsilon=1.001e-5, scale=False, name='bn' + name)(X)


@wrong("conv_bn", "The padding is always one pixel on every side whatever the kernel: with a 1x1 kernel the image grows by two pixels, with 5x5 and larger it shrinks, and with stride 2 and a 3x3 kernel on an even size the kernels stand one pixel off padding \"same\"")
def s4_always_pads_one_pixel(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.ZeroPadding2D((1, 1))(X)
    X = layers.Conv2D(filters, kernel_size, strides=strides, padding="valid", use_bias=use_bias,
                      kernel_initializer="he_normal", name=f"res{name}")(X)
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


@wrong("conv_bn", "The batch normalisation is made with trainable=False: its gamma and beta are not trained, and it never uses or learns the statistics of the batches")
def s4_frozen_normalisation(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding='same', use_bias=use_bias,
               kernel_initializer='he_normal', name='res' + name)(X)
    return BatchNormalization(axis=3, epsilon=1.001e-5, trainable=False, name='bn' + name)(X)


@wrong("conv_bn", "The kernel gets He's uniform initialisation instead of he_normal")
def s4_he_uniform(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding='same', use_bias=use_bias,
               kernel_initializer=tf.keras.initializers.HeUniform(), name='res' + name)(X)
    return BatchNormalization(axis=3, epsilon=1.001e-5, name='bn' + name)(X)


@right("conv_bn")
def s4_variance_scaling_is_he(X, filters, kernel_size, name, strides=1, use_bias=True):
    he = tf.keras.initializers.VarianceScaling(scale=2.0, mode='fan_in', distribution='truncated_normal')
    X = tf.keras.layers.Conv2D(filters, (kernel_size, kernel_size), strides=(strides, strides), padding='SAME',
                               use_bias=use_bias, kernel_initializer=he, name='res' + name)(X)
    return tf.keras.layers.BatchNormalization(axis=-1, epsilon=0.00001001, name='bn' + name)(X)


@right("conv_bn")
def s4_settings_in_a_dictionary(X, filters, kernel_size, name, strides=1, use_bias=True):
    settings = dict(padding="same", kernel_initializer="HeNormal", activation=None)
    conv = Conv2D(filters, kernel_size, strides=strides, use_bias=use_bias, name="res%s" % name, **settings)
    bn = BatchNormalization(axis=3, epsilon=1001e-8, name="bn%s" % name)
    return bn(conv(X))


# ---------------------------------------------------------------- identity_block


@wrong("identity_block", "The kernel sizes are f, 1, f instead of 1, f, 1")
def s4_kernel_sizes_inside_out(X, f, filters, stage, block):
    X_shortcut = X
    for letter, size, F in zip('abc', (f, 1, f), filters):
        X = s4_unit(X, F, size, f'{stage}{block}_branch2{letter}')
        if letter != 'c':
            X = Activation('relu')(X)
    return Activation('relu')(Add()([X, X_shortcut]))


@wrong("identity_block", "Stage and block are swapped in the names: resa2_branch2a instead of res2a_branch2a")
def s4_block_before_stage(X, f, filters, stage, block):
    base = block + str(stage) + '_branch'
    F1, F2, F3 = filters
    X_shortcut = X
    X = Activation('relu')(s4_unit(X, F1, 1, base + '2a'))
    X = Activation('relu')(s4_unit(X, F2, f, base + '2b'))
    X = s4_unit(X, F3, 1, base + '2c')
    return Activation('relu')(Add()([X_shortcut, X]))


@wrong("identity_block", "filters is unpacked in the order F1, F3, F2: the middle unit gets the last number of filters and the last unit the middle one, so the channels do not fit the shortcut and the addition raises an error")
def s4_unpacks_in_wrong_order(X, f, filters, stage, block):
    F1, F3, F2 = filters
    shortcut = X
    X = s4_unit(X, F1, 1, f"{stage}{block}_branch2a")
    X = layers.ReLU()(X)
    X = s4_unit(X, F2, f, f"{stage}{block}_branch2b")
    X = layers.ReLU()(X)
    X = s4_unit(X, F3, 1, f"{stage}{block}_branch2c")
    X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


@wrong("identity_block", "The shortcut is saved after the first unit instead of before it: it has F1 channels, not F3, and the addition raises an error")
def s4_shortcut_saved_too_late(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X = s4_unit(X, F1, 1, f"{stage}{block}_branch2a")
    shortcut = X
    X = layers.ReLU()(X)
    X = s4_unit(X, F2, f, f"{stage}{block}_branch2b")
    X = layers.ReLU()(X)
    X = s4_unit(X, F3, 1, f"{stage}{block}_branch2c")
    X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


@wrong("identity_block", "The shortcut passes through a batch normalisation of its own; it should be the unchanged input")
def s4_normalised_shortcut(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = BatchNormalization(axis=3, epsilon=1.001e-5, name=f'bn{stage}{block}_branch1')(X)
    X = Activation('relu')(s4_unit(X, F1, 1, f'{stage}{block}_branch2a'))
    X = Activation('relu')(s4_unit(X, F2, f, f'{stage}{block}_branch2b'))
    X = s4_unit(X, F3, 1, f'{stage}{block}_branch2c')
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("identity_block", "There is a dropout of 0.3 after the middle unit, which the block does not have; it acts in training only")
def s4_wide_resnet_dropout(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = layers.ReLU()(s4_unit(X, F1, 1, f"{stage}{block}_branch2a"))
    X = layers.ReLU()(s4_unit(X, F2, f, f"{stage}{block}_branch2b"))
    X = layers.Dropout(0.3)(X)
    X = s4_unit(X, F3, 1, f"{stage}{block}_branch2c")
    return layers.ReLU()(layers.Add()([X, shortcut]))


@wrong("identity_block", "The last ReLU is applied to the shortcut before the addition instead of to the sum")
def s4_relu_on_the_shortcut(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = layers.ReLU()(X)
    X = layers.ReLU()(s4_unit(X, F1, 1, f"{stage}{block}_branch2a"))
    X = layers.ReLU()(s4_unit(X, F2, f, f"{stage}{block}_branch2b"))
    X = s4_unit(X, F3, 1, f"{stage}{block}_branch2c")
    return layers.Add()([X, shortcut])


@wrong("identity_block", "The result of the last ReLU is thrown away (it is not assigned), so the sum is returned without a ReLU")
def s4_last_relu_not_assigned(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = s4_unit(X, F1, 1, f'{stage}{block}_branch2a')
    X = Activation('relu')(X)
    X = s4_unit(X, F2, f, f'{stage}{block}_branch2b')
    X = Activation('relu')(X)
    X = s4_unit(X, F3, 1, f'{stage}{block}_branch2c')
    X = Add()([X, X_shortcut])
    Activation('relu')(X)
    return X


@wrong("identity_block", "tf.add is applied directly to KerasTensors, which Keras refuses with an error; the addition needs a layer, an operation of keras.ops or +")
def s4_tf_add_on_symbolic(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Activation('relu')(s4_unit(X, F1, 1, f'{stage}{block}_branch2a'))
    X = Activation('relu')(s4_unit(X, F2, f, f'{stage}{block}_branch2b'))
    X = s4_unit(X, F3, 1, f'{stage}{block}_branch2c')
    X = tf.add(X, X_shortcut)
    return Activation('relu')(X)


@wrong("identity_block", "f is used as the stride of the middle convolution (with a fixed 3x3 kernel) instead of as its kernel size: the main path gets smaller than the shortcut and the addition raises an error")
def s4_f_as_stride(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = layers.ReLU()(s4_unit(X, F1, 1, f"{stage}{block}_branch2a"))
    X = layers.ReLU()(s4_unit(X, F2, 3, f"{stage}{block}_branch2b", f))
    X = s4_unit(X, F3, 1, f"{stage}{block}_branch2c")
    return layers.ReLU()(layers.Add()([X, shortcut]))


@wrong("identity_block", "Pre-activation order: each unit is batch normalisation, ReLU, convolution instead of convolution, batch normalisation (ReLU), and there is no ReLU after the addition")
def s4_resnet_v2_order(X, f, filters, stage, block):
    X_shortcut = X
    for letter, size, F in zip('abc', (1, f, 1), filters):
        name = f'{stage}{block}_branch2{letter}'
        X = BatchNormalization(axis=3, epsilon=1.001e-5, name='bn' + name)(X)
        X = Activation('relu')(X)
        X = Conv2D(F, size, padding='same', kernel_initializer='he_normal', name='res' + name)(X)
    return Add()([X, X_shortcut])


@wrong("identity_block", "The larger of main path and shortcut is taken (Maximum) instead of their sum")
def s4_maximum_instead_of_sum(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = layers.ReLU()(s4_unit(X, F1, 1, f"{stage}{block}_branch2a"))
    X = layers.ReLU()(s4_unit(X, F2, f, f"{stage}{block}_branch2b"))
    X = s4_unit(X, F3, 1, f"{stage}{block}_branch2c")
    return layers.ReLU()(layers.Maximum()([X, shortcut]))


@wrong("identity_block", "The middle convolution has a kernel of f x 1 pixels instead of f x f")
def s4_kernel_f_by_one(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = layers.ReLU()(s4_unit(X, F1, 1, f"{stage}{block}_branch2a"))
    X = layers.ReLU()(s4_unit(X, F2, (f, 1), f"{stage}{block}_branch2b"))
    X = s4_unit(X, F3, 1, f"{stage}{block}_branch2c")
    return layers.ReLU()(layers.Add()([X, shortcut]))


class S4AddReLU(tf.keras.layers.Layer):
    def call(self, tensors):
        return tf.nn.relu(tf.add_n(tensors))


@right("identity_block")
def s4_own_add_relu_layer(X, f, filters, stage, block):
    X_input = X
    conv_name_base = 'res' + str(stage) + block + '_branch'
    bn_name_base = 'bn' + str(stage) + block + '_branch'
    for i, (letter, size) in enumerate([('2a', 1), ('2b', f), ('2c', 1)]):
        X = Conv2D(filters[i], (size, size), strides=(1, 1), padding='valid' if size == 1 else 'same',
                   kernel_initializer='he_normal', name=conv_name_base + letter)(X)
        X = BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name_base + letter)(X)
        if i < 2:
            X = tf.keras.layers.Lambda(lambda t: tf.nn.relu(t))(X)
    return S4AddReLU()([X_input, X])


@right("identity_block")
def s4_functions_inside_out(X, f, filters, stage, block):
    F1, F2, F3 = filters

    def unit(letter, F, size, tensor):
        return s4_unit(tensor, F, size, f"{stage}{block}_branch2{letter}")

    correction = unit("c", F3, 1, ops.relu(unit("b", F2, f, ops.relu(unit("a", F1, 1, X)))))
    return ops.maximum(X + correction, 0)


# ---------------------------------------------------------------- identity_block_parameters


@wrong("identity_block_parameters", "f * 2 is written where f * f is meant: the kernel of the middle unit is counted as 2 f F1 F2 instead of f f F1 F2 (right only for f = 2)")
def s4_f_times_two(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + 3 * F1 + f * 2 * F1 * F2 + 3 * F2 + F2 * F3 + 3 * F3


@wrong("identity_block_parameters", "f ^ 2 is the bitwise exclusive or in Python, not the square (and binds more weakly than *), so the kernel of the middle unit is counted wrongly")
def s4_caret_as_power(f, channels, filters):
    F1, F2, F3 = filters
    a = channels * F1 + 3 * F1
    b = (f ^ 2) * F1 * F2 + 3 * F2
    c = F2 * F3 + 3 * F3
    return a + b + c


@wrong("identity_block_parameters", "Every convolution is counted with a single bias instead of one bias a filter")
def s4_one_bias_a_layer(f, channels, filters):
    total, before = 0, channels
    for size, F in zip((1, f, 1), filters):
        total += size * size * before * F + 1 + 2 * F
        before = F
    return total


@wrong("identity_block_parameters", "`before` is never updated in the loop: every unit is counted as if its input had `channels` channels")
def s4_input_channels_not_updated(f, channels, filters):
    total = 0
    before = channels
    for size, n in zip([1, f, 1], filters):
        total += size**2 * before * n + n + 2 * n
    return total


@wrong("identity_block_parameters", "The shortcut is counted as a 1x1 convolution with batch normalisation; the identity shortcut has no parameters")
def s4_counts_a_projection(f, channels, filters):
    def unit(k, c, n):
        return k * k * c * n + 3 * n
    F1, F2, F3 = filters
    return unit(1, channels, F1) + unit(f, F1, F2) + unit(1, F2, F3) + unit(1, channels, F3)


@wrong("identity_block_parameters", "The result is only printed; there is no return, so the function gives None")
def s4_prints_the_number(f, channels, filters):
    F1, F2, F3 = filters
    n = channels * F1 + f * f * F1 * F2 + F2 * F3 + 3 * (F1 + F2 + F3)
    print("trainable:", n)


@wrong("identity_block_parameters", "The bias is put inside the parenthesis next to the input channels, k*k*(c+1)*n: the middle unit is counted with f*f biases a filter instead of one (right only for f = 1)")
def s4_bias_inside_the_parenthesis(f, channels, filters):
    F1, F2, F3 = filters
    return (channels + 1) * F1 + f * f * (F1 + 1) * F2 + (F2 + 1) * F3 + 2 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "filters is a tuple of numbers, but the code takes the lengths of its elements: len(F1) raises a TypeError")
def s4_len_of_a_number(f, channels, filters):
    F1, F2, F3 = filters
    kernels = channels * F1 + f**2 * F1 * F2 + F2 * F3
    others = sum(3 * len(F) for F in filters)
    return kernels + others


@right("identity_block_parameters")
def s4_pairs_of_widths(f, channels, filters):
    widths = [channels, *filters]
    areas = (1, f * f, 1)
    return sum((area * c + 3) * n for area, c, n in zip(areas, widths, widths[1:]))


@right("identity_block_parameters")
def s4_dot_product(f, channels, filters):
    n = np.array(filters, dtype=np.int64)
    fan_in = np.array([channels, f**2 * n[0], n[1]], dtype=np.int64)
    per_filter = fan_in + 1 + 4 - 2   # kernel, bias, the four of BN less the two that are measured
    return int(per_filter @ n)
