from tests.checks.blind.answer import right, wrong

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.initializers import he_normal
from tensorflow.keras.layers import Activation, Add, BatchNormalization, Conv2D, Lambda, ReLU, ZeroPadding2D

EPS = 1.001e-5


def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
    """My answer to exercise 1."""
    X = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                      kernel_initializer="he_normal", name=f"res{name}")(X)
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


# ---------------------------------------------------------------- conv_bn


@right("conv_bn")
def conv_bn_old_idiom(X, filters, kernel_size, name, strides=1, use_bias=True):
    conv_name = 'res' + name
    bn_name = 'bn' + name
    X = Conv2D(filters=filters, kernel_size=(kernel_size, kernel_size), strides=(strides, strides),
               padding='same', use_bias=use_bias, kernel_initializer=he_normal(), name=conv_name)(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name)(X)
    return X


@right("conv_bn")
def conv_bn_settings_in_a_dictionary(X, filters, kernel_size, name, strides=1, use_bias=True):
    settings = {
        "filters": filters, "kernel_size": kernel_size, "strides": strides, "padding": "SAME",
        "use_bias": use_bias, "kernel_initializer": tf.keras.initializers.HeNormal(),
    }
    unit = [Conv2D(**settings, name="res%s" % name),
            BatchNormalization(axis=-1, epsilon=0.00001001, name="bn%s" % name)]
    for layer in unit:
        X = layer(X)
    return X


@wrong("conv_bn", "A ReLU follows the normalisation; the unit is convolution and batch normalisation and nothing else.")
def conv_bn_and_relu(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding='same', use_bias=use_bias,
               kernel_initializer='he_normal', name='res' + name)(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn' + name)(X)
    return Activation('relu')(X)


@wrong("conv_bn", "The padding is left at Keras's default \"valid\" instead of \"same\".")
def conv_bn_valid_padding(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, (kernel_size, kernel_size), strides=(strides, strides), use_bias=use_bias,
               kernel_initializer='he_normal', name='res' + name)(X)
    return BatchNormalization(axis=3, epsilon=EPS, name='bn' + name)(X)


@wrong("conv_bn", "The strides are fixed at (1, 1); the argument is ignored.")
def conv_bn_strides_fixed(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=(1, 1), padding='same', use_bias=use_bias,
               kernel_initializer='he_normal', name='res' + name)(X)
    return BatchNormalization(axis=3, epsilon=EPS, name='bn' + name)(X)


@wrong("conv_bn", "The batch normalisation is made but not called on the output; the result is that of the convolution alone.")
def conv_bn_normalisation_never_called(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding='same', use_bias=use_bias,
               kernel_initializer='he_normal', name='res' + name)(X)
    norm = BatchNormalization(axis=3, epsilon=EPS, name='bn' + name)
    return X


@wrong("conv_bn", "use_bias is not passed on: the convolution always has a bias.")
def conv_bn_bias_always(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding='same',
               kernel_initializer='he_normal', name='res' + name)(X)
    return BatchNormalization(axis=3, epsilon=EPS, name='bn' + name)(X)


@wrong("conv_bn", "The epsilon of the batch normalisation is Keras's default 0.001 instead of 1.001e-5.")
def conv_bn_default_epsilon(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding='same', use_bias=use_bias,
               kernel_initializer='he_normal', name='res' + name)(X)
    return BatchNormalization(axis=3, name='bn' + name)(X)


@wrong("conv_bn", "The normalisation works along axis=1 (the height) instead of axis 3, the channels.")
def conv_bn_axis_one(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding='same', use_bias=use_bias,
               kernel_initializer='he_normal', name='res' + name)(X)
    return BatchNormalization(axis=1, epsilon=EPS, name='bn' + name)(X)


@wrong("conv_bn", "The batch normalisation comes before the convolution, on the input.")
def conv_bn_normalises_first(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn' + name)(X)
    return Conv2D(filters, kernel_size, strides=strides, padding='same', use_bias=use_bias,
                  kernel_initializer='he_normal', name='res' + name)(X)


@wrong("conv_bn", "Conv2D is given X together with its settings, X as the first argument, as if it were a function: filters then is there twice, and Python raises a TypeError.")
def conv_bn_tensor_among_the_settings(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(X, filters=filters, kernel_size=kernel_size, strides=strides, padding='same',
               use_bias=use_bias, kernel_initializer='he_normal', name='res' + name)
    return BatchNormalization(axis=3, epsilon=EPS, name='bn' + name)(X)


@wrong("conv_bn", "The first parentheses of the convolution are never followed by (X): X becomes a layer, and BatchNormalization raises when it is called on a layer.")
def conv_bn_convolution_not_called(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding='same', use_bias=use_bias,
               kernel_initializer='he_normal', name='res' + name)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn' + name)(X)
    return X


@wrong("conv_bn", "The names are taken literally: 'resname' and 'bnname' without the f, whatever the argument is.")
def conv_bn_name_without_f(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding='same', use_bias=use_bias,
               kernel_initializer='he_normal', name="resname")(X)
    return BatchNormalization(axis=3, epsilon=EPS, name="bnname")(X)


# ---------------------------------------------------------------- identity_block


@right("identity_block")
def identity_old_idiom_of_the_specialisation(X, f, filters, stage, block):
    conv_name_base = 'res' + str(stage) + block + '_branch'
    bn_name_base = 'bn' + str(stage) + block + '_branch'
    F1, F2, F3 = filters
    X_shortcut = X
    # First component of main path
    X = Conv2D(filters=F1, kernel_size=(1, 1), strides=(1, 1), padding='valid', name=conv_name_base + '2a', kernel_initializer=he_normal())(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name_base + '2a')(X)
    X = Activation('relu')(X)
    # Second component of main path
    X = Conv2D(filters=F2, kernel_size=(f, f), strides=(1, 1), padding='same', name=conv_name_base + '2b', kernel_initializer=he_normal())(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name_base + '2b')(X)
    X = Activation('relu')(X)
    # Third component of main path
    X = Conv2D(filters=F3, kernel_size=(1, 1), strides=(1, 1), padding='valid', name=conv_name_base + '2c', kernel_initializer=he_normal())(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name_base + '2c')(X)
    # Final step
    X = Add()([X, X_shortcut])
    X = Activation('relu')(X)
    return X


@right("identity_block")
def identity_loop_and_operators(X, f, filters, stage, block):
    F = X
    for letter, kernel, width in zip("abc", (1, f, 1), filters):
        F = conv_bn(F, width, kernel, "%d%s_branch2%s" % (stage, block, letter))
        F = ops.relu(F) if letter != "c" else F
    return ops.relu(X + F)


@right("identity_block")
def identity_padded_by_hand(X, f, filters, stage, block):
    F1, F2, F3 = filters
    base = f"{stage}{block}_branch2"
    relu = lambda t: Lambda(lambda x: tf.nn.relu(x))(t)
    Y = relu(conv_bn(X, F1, 1, base + "a"))
    before, after = (f - 1) // 2, f // 2
    Y = ZeroPadding2D(((before, after), (before, after)))(Y)
    Y = Conv2D(F2, f, kernel_initializer="he_normal", name="res" + base + "b")(Y)
    Y = relu(BatchNormalization(axis=3, epsilon=EPS, name="bn" + base + "b")(Y))
    Y = conv_bn(Y, F3, 1, base + "c")
    return relu(Add()([X, Y]))


class Rectified(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def call(self, x, training=False):
        return tf.maximum(x, tf.cast(0, x.dtype))


@right("identity_block")
def identity_own_relu_layer(X, f, filters, stage, block):
    shortcut, (F1, F2, F3) = X, filters
    names = [f"{stage}{block}_branch2{unit}" for unit in "abc"]
    X = Rectified()(conv_bn(X, F1, 1, names[0]))
    X = Rectified()(conv_bn(X, F2, f, names[1]))
    X = conv_bn(X, F3, 1, names[2])
    return Rectified()(tf.keras.layers.add([shortcut, X]))


@wrong("identity_block", "The shortcut is saved only after the first unit and its ReLU: it has F1 channels and cannot be added to the F3 channels of the main path; Keras raises.")
def identity_shortcut_after_first_unit(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = Activation('relu')(X)
    X_shortcut = X
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = Activation('relu')(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("identity_block", "The third unit is missing: F2 channels of the main path meet the channels of the input, and the addition raises.")
def identity_two_units_only(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = Activation('relu')(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = Activation('relu')(X)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("identity_block", "A ReLU follows the third unit, before the addition, in addition to the one after it.")
def identity_relu_after_third_unit(X, f, filters, stage, block):
    X_shortcut = X
    for letter, kernel, width in zip(["a", "b", "c"], [1, f, 1], filters):
        X = conv_bn(X, width, kernel, str(stage) + block + "_branch2" + letter)
        X = Activation('relu')(X)
    X = Add()([X, X_shortcut])
    X = Activation('relu')(X)
    return X


@wrong("identity_block", "In the first two units the ReLU stands between convolution and batch normalisation instead of after the normalisation.")
def identity_relu_before_norm(X, f, filters, stage, block):
    base = str(stage) + block + '_branch2'
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(F1, (1, 1), activation='relu', kernel_initializer='he_normal', name='res' + base + 'a')(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn' + base + 'a')(X)
    X = Conv2D(F2, (f, f), padding='same', activation='relu', kernel_initializer='he_normal', name='res' + base + 'b')(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn' + base + 'b')(X)
    X = Conv2D(F3, (1, 1), kernel_initializer='he_normal', name='res' + base + 'c')(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn' + base + 'c')(X)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("identity_block", "The middle convolution has padding='valid', so for f > 1 the main path is smaller than the shortcut and the addition raises.")
def identity_middle_valid(X, f, filters, stage, block):
    base = str(stage) + block + '_branch2'
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(F1, (1, 1), padding='valid', kernel_initializer='he_normal', name='res' + base + 'a')(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn' + base + 'a')(X)
    X = Activation('relu')(X)
    X = Conv2D(F2, (f, f), padding='valid', kernel_initializer='he_normal', name='res' + base + 'b')(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn' + base + 'b')(X)
    X = Activation('relu')(X)
    X = Conv2D(F3, (1, 1), padding='valid', kernel_initializer='he_normal', name='res' + base + 'c')(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn' + base + 'c')(X)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("identity_block", "The main path is added to itself: Add()([X, X]) instead of the shortcut, which is saved but never used.")
def identity_adds_x_to_x(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Activation('relu')(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = Activation('relu')(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X])
    return Activation('relu')(X)


@wrong("identity_block", "There is no ReLU after the addition: the activation is applied but its result is put into another variable, and the sum itself is returned.")
def identity_returns_the_sum(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Activation('relu')(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = Activation('relu')(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X_shortcut, X])
    out = Activation('relu')(X)
    return X


@wrong("identity_block", "The kernel size f is ignored: the middle convolution is always 3x3.")
def identity_always_three_by_three(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = ReLU()(conv_bn(X, F2, 3, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return ReLU()(Add()([X, X_shortcut]))


@wrong("identity_block", "F1 and F2 are swapped.")
def identity_first_two_widths_swapped(X, f, filters, stage, block):
    F2, F1, F3 = filters
    X_shortcut = X
    X = ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return ReLU()(Add()([X, X_shortcut]))


@wrong("identity_block", "The shortcut is no identity: it goes through a 1x1 convolution with batch normalisation, as in the convolutional block.")
def identity_with_projection(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = conv_bn(X, F3, 1, f"{stage}{block}_branch1")
    X = ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return ReLU()(Add()([X, X_shortcut]))


@wrong("identity_block", "tf.add and tf.nn.relu are called on KerasTensors outside of a layer; Keras raises.")
def identity_tf_add_on_symbolic_tensors(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Activation('relu')(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = Activation('relu')(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = tf.add(X, X_shortcut)
    return tf.nn.relu(X)


@wrong("identity_block", "The two paths are averaged (layers.Average) instead of added.")
def identity_averages(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Activation('relu')(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = Activation('relu')(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = tf.keras.layers.Average()([X, X_shortcut])
    return Activation('relu')(X)


@wrong("identity_block", "The second unit reads the input again instead of the first unit's output (mixed x and X), so the first unit is not part of the result.")
def identity_second_unit_reads_the_input(X, f, filters, stage, block):
    F1, F2, F3 = filters
    x = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    x = Activation('relu')(x)
    x = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    x = Activation('relu')(x)
    x = conv_bn(x, F3, 1, f"{stage}{block}_branch2c")
    x = Add()([x, X])
    return Activation('relu')(x)


@wrong("identity_block", "The ReLU between the second and the third unit is missing.")
def identity_no_relu_after_second_unit(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = Activation('relu')(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)


# ---------------------------------------------------------------- identity_block_parameters


@right("identity_block_parameters")
def parameters_loop_over_units(f, channels, filters):
    total = 0
    for kernel, n in zip((1, f, 1), filters):
        total += kernel * kernel * channels * n + n     # convolution
        total += 2 * n                                  # gamma, beta
        channels = n
    return total


@right("identity_block_parameters")
def parameters_numpy_dot_product(f, channels, filters):
    n = np.array([channels, *filters])
    inputs, outputs = n[:-1], n[1:]
    return int(np.sum(np.array([1, f ** 2, 1]) * inputs * outputs) + 3 * outputs.sum())


@wrong("identity_block_parameters", "All four numbers of batch normalisation are counted: moving mean and variance are not trained and do not count.")
def parameters_with_moving_statistics(f, channels, filters):
    F1, F2, F3 = filters
    a = channels * F1 + F1 + 4 * F1
    b = f * f * F1 * F2 + F2 + 4 * F2
    c = F2 * F3 + F3 + 4 * F3
    return a + b + c


@wrong("identity_block_parameters", "gamma and beta of the batch normalisations are forgotten: only kernels and biases are counted.")
def parameters_without_gamma_and_beta(f, channels, filters):
    F1, F2, F3 = filters
    return (channels + 1) * F1 + (f * f * F1 + 1) * F2 + (F2 + 1) * F3


@wrong("identity_block_parameters", "The kernel of the middle convolution is counted with f instead of f * f.")
def parameters_f_not_squared(f, channels, filters):
    F1, F2, F3 = filters
    kernels = channels * F1 + f * F1 * F2 + F2 * F3
    return kernels + 3 * sum(filters)


@wrong("identity_block_parameters", "Every unit is given the channels of the block's input; units b and c read F1 and F2 channels.")
def parameters_channels_never_updated(f, channels, filters):
    return sum(k * k * channels * n + 3 * n for k, n in zip((1, f, 1), filters))


@wrong("identity_block_parameters", "The biases of the convolutions are missing: 2 instead of 3 numbers a filter are added.")
def parameters_without_biases(f, channels, filters):
    F1, F2, F3 = filters
    conv = 1 * 1 * channels * F1 + f * f * F1 * F2 + 1 * 1 * F2 * F3
    bn = 2 * (F1 + F2 + F3)
    return conv + bn
