from tests.checks.blind.answer import right, wrong

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.initializers import glorot_uniform, he_normal
from tensorflow.keras.layers import Activation, Add, BatchNormalization, Conv2D, ReLU


def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name="res" + name)(X)
    return BatchNormalization(axis=3, epsilon=1.001e-5, name="bn" + name)(X)


# ---------------------------------------------------------------------------------- conv_bn


@right("conv_bn")
def s3_cbn_variance_scaling(X, filters, kernel_size, name, strides=1, use_bias=True):
    he = tf.keras.initializers.VarianceScaling(scale=2.0, mode="fan_in", distribution="truncated_normal")
    conv = tf.keras.layers.Conv2D(
        filters=filters,
        kernel_size=(kernel_size, kernel_size),
        strides=(strides, strides),
        padding="same",
        use_bias=use_bias,
        kernel_initializer=he,
        name="res{}".format(name),
    )
    norm = tf.keras.layers.BatchNormalization(axis=-1, epsilon=0.00001001, name="bn{}".format(name))
    return norm(conv(X))


@right("conv_bn")
def s3_cbn_dictionary_and_loop(X, filters, kernel_size, name, strides=1, use_bias=True):
    settings = dict(padding="same", kernel_initializer=he_normal(seed=0), strides=strides)
    settings["use_bias"] = use_bias
    unit = [
        Conv2D(filters, kernel_size, name=f"res{name}", **settings),
        BatchNormalization(epsilon=1.001e-5, name=f"bn{name}"),
    ]
    for layer in unit:
        X = layer(X)
    return X


@wrong("conv_bn", "use_bias is not passed on: the convolution always has a bias")
def s3_cbn_bias_always(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", kernel_initializer="he_normal", name=f"res{name}")(X)
    return BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


@wrong("conv_bn", "The keyword of Conv2D is strides, not stride: Keras raises an error for the unknown argument")
def s3_cbn_stride_keyword(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(filters, kernel_size, stride=strides, padding="same", use_bias=use_bias,
                      kernel_initializer="he_normal", name=f"res{name}")(X)
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


@wrong("conv_bn", "The batch normalisation comes before the convolution, so it normalises the input's channels and not the convolution's")
def s3_cbn_norm_first(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)
    X = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                      kernel_initializer="he_normal", name=f"res{name}")(X)
    return X


@wrong("conv_bn", "The axis of the batch normalisation is 1, the height, instead of the channels' axis 3")
def s3_cbn_channels_first_axis(X, filters, kernel_size, name, strides=1, use_bias=True):
    bn_axis = 3 if keras.backend.image_data_format() == "channels_first" else 1
    X = Conv2D(filters, (kernel_size, kernel_size), strides=(strides, strides), padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name="res" + name)(X)
    X = BatchNormalization(axis=bn_axis, epsilon=1.001e-5, name="bn" + name)(X)
    return X


@wrong("conv_bn", "The small number 1.001e-5 is given to the batch normalisation as momentum instead of epsilon (which stays at 1e-3): "
       "the moving averages forget everything but the last batch")
def s3_cbn_momentum_for_epsilon(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                      kernel_initializer="he_normal", name=f"res{name}")(X)
    return layers.BatchNormalization(3, 1.001e-5, name=f"bn{name}")(X)


@wrong("conv_bn", "The batch-normalisation layer is returned, made but never called on the convolution's output; the answer is no tensor")
def s3_cbn_layer_returned(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                      kernel_initializer="he_normal", name=f"res{name}")(X)
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")


@wrong("conv_bn", "The initialiser he_normal is given to the bias instead of the kernel: the kernel starts with Glorot, the bias at random numbers instead of zeros")
def s3_cbn_bias_initialised(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               bias_initializer="he_normal", name=f"res{name}")(X)
    return BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


@wrong("conv_bn", "Batch normalisation is told training=True in the call: it uses the batch's statistics in prediction too")
def s3_cbn_training_true(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = tf.keras.layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                               kernel_initializer="he_normal", name=f"res{name}")(X)
    return tf.keras.layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X, training=True)


# --------------------------------------------------------------------------- identity_block


@right("identity_block")
def s3_idb_spelt_out_he_seeded(X, f, filters, stage, block):
    conv_name_base = "res" + str(stage) + block + "_branch"
    bn_name_base = "bn" + str(stage) + block + "_branch"
    F1, F2, F3 = filters
    X_shortcut = X

    X = Conv2D(filters=F1, kernel_size=(1, 1), strides=(1, 1), padding="valid",
               name=conv_name_base + "2a", kernel_initializer=he_normal(seed=0))(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name_base + "2a")(X)
    X = Activation("relu")(X)

    X = Conv2D(filters=F2, kernel_size=(f, f), strides=(1, 1), padding="same",
               name=conv_name_base + "2b", kernel_initializer=he_normal(seed=1))(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name_base + "2b")(X)
    X = Activation("relu")(X)

    X = Conv2D(filters=F3, kernel_size=(1, 1), strides=(1, 1), padding="valid",
               name=conv_name_base + "2c", kernel_initializer=he_normal(seed=2))(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name=bn_name_base + "2c")(X)

    X = Add()([X_shortcut, X])
    X = Activation("relu")(X)
    return X


@right("identity_block")
def s3_idb_relu_layer_reused_backwards_sum(X, f, filters, stage, block):
    relu = ReLU()
    kernels = {"a": 1, "b": f, "c": 1}
    F = X
    for (letter, k), n in zip(kernels.items(), filters):
        if letter != "a":
            F = relu(F)
        F = conv_bn(F, n, k, "{}{}_branch2{}".format(stage, block, letter))
    return relu(X + F)


@right("identity_block")
def s3_idb_lambda_add_max(X, f, filters, stage, block):
    def unit(t, i, k):
        return conv_bn(t, filters[i], k, f"{stage}{block}_branch2" + "abc"[i])

    main = unit(ops.relu(unit(ops.relu(unit(X, 0, 1)), 1, f)), 2, 1)
    out = tf.keras.layers.Lambda(lambda pair: tf.nn.relu(tf.add(pair[0], pair[1])))([main, X])
    return out


@wrong("identity_block", "The correction is added to itself, Add()([X, X]): the shortcut, though saved, is never used")
def s3_idb_adds_x_to_x(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = Activation("relu")(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = Activation("relu")(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X])
    X = Activation("relu")(X)
    return X


@wrong("identity_block", "The last ReLU is made and called, but its result is thrown away: the bare sum is returned")
def s3_idb_relu_result_dropped(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = Activation("relu")(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = Activation("relu")(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X, X_shortcut])
    Activation("relu")(X)
    return X


@wrong("identity_block", "The convolution of the middle unit has padding 'valid': its output is smaller than the shortcut, and Keras raises an error at the addition")
def s3_idb_valid_everywhere(X, f, filters, stage, block):
    F1, F2, F3 = filters
    base = str(stage) + block + "_branch2"
    X_shortcut = X
    for letter, k, n in (("a", 1, F1), ("b", f, F2), ("c", 1, F3)):
        X = Conv2D(n, (k, k), strides=(1, 1), padding="valid", kernel_initializer="he_normal", name="res" + base + letter)(X)
        X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn" + base + letter)(X)
        if letter != "c":
            X = Activation("relu")(X)
    X = tf.keras.layers.Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("identity_block", "The shortcut is rectified: a ReLU is applied to the input before it is added (and before unit a reads it), so it does not pass unchanged")
def s3_idb_relu_on_input(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X = layers.ReLU()(X)
    shortcut = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = layers.ReLU()(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = layers.ReLU()(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


@wrong("identity_block", "The f of the f-strings is missing: the layers are literally called 'res{stage}{block}_branch2a' and so on in every block")
def s3_idb_no_f_strings(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = conv_bn(X, F1, 1, "{stage}{block}_branch2a")
    X = layers.ReLU()(X)
    X = conv_bn(X, F2, f, "{stage}{block}_branch2b")
    X = layers.ReLU()(X)
    X = conv_bn(X, F3, 1, "{stage}{block}_branch2c")
    X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


@wrong("identity_block", "The third unit reads the output of unit a instead of that of unit b (y is overwritten, x is read): the middle unit is not part of the network")
def s3_idb_unit_c_reads_unit_a(X, f, filters, stage, block):
    F1, F2, F3 = filters
    name = f"{stage}{block}_branch2"
    x = tf.keras.layers.ReLU()(conv_bn(X, F1, 1, name + "a"))
    y = tf.keras.layers.ReLU()(conv_bn(x, F2, f, name + "b"))
    y = conv_bn(x, F3, 1, name + "c")
    y = tf.keras.layers.Add()([y, X])
    return tf.keras.layers.ReLU()(y)


@wrong("identity_block", "tf.add is called on symbolic KerasTensors: Keras raises an error; the addition needs layers.Add (or ops.add)")
def s3_idb_tf_add(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Activation("relu")(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = Activation("relu")(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = tf.add(X, X_shortcut)
    return Activation("relu")(X)


@wrong("identity_block", "The shortcut is saved after unit a: it has F1 channels, the main path F3, and Keras raises an error at the addition")
def s3_idb_shortcut_saved_late(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X_shortcut = X
    X = layers.ReLU()(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = layers.ReLU()(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = layers.Add()([X, X_shortcut])
    return layers.ReLU()(X)


@wrong("identity_block", "The filters are unpacked in the wrong order, F3 and F1 exchanged: the main path ends with F1 channels, which do not fit the shortcut, and Keras raises an error at the addition")
def s3_idb_unpacked_backwards(X, f, filters, stage, block):
    F3, F2, F1 = filters
    shortcut = X
    X = conv_bn(X, F1, 1, f"{stage}{block}_branch2a")
    X = layers.ReLU()(X)
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = layers.ReLU()(X)
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


@wrong("identity_block", "The units are batch normalisation, ReLU, convolution (pre-activation), and no ReLU follows the addition: the block of He et al. 2016b, not the one of the lesson")
def s3_idb_preactivation(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    for letter, k, n in zip("abc", (1, f, 1), (F1, F2, F3)):
        X = BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{stage}{block}_branch2{letter}")(X)
        X = Activation("relu")(X)
        X = Conv2D(n, k, padding="same", kernel_initializer="he_normal", name=f"res{stage}{block}_branch2{letter}")(X)
    return Add()([X, X_shortcut])


@wrong("identity_block", "The units' batch normalisation has Keras's epsilon of 1e-3 instead of 1.001e-5, and the kernels start with glorot_uniform instead of he_normal: the units are not those of conv_bn")
def s3_idb_specialisation_copy(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Conv2D(F1, (1, 1), padding="valid", kernel_initializer=glorot_uniform(seed=0), name=f"res{stage}{block}_branch2a")(X)
    X = BatchNormalization(axis=3, name=f"bn{stage}{block}_branch2a")(X)
    X = Activation("relu")(X)
    X = Conv2D(F2, (f, f), padding="same", kernel_initializer=glorot_uniform(seed=0), name=f"res{stage}{block}_branch2b")(X)
    X = BatchNormalization(axis=3, name=f"bn{stage}{block}_branch2b")(X)
    X = Activation("relu")(X)
    X = Conv2D(F3, (1, 1), padding="valid", kernel_initializer=glorot_uniform(seed=0), name=f"res{stage}{block}_branch2c")(X)
    X = BatchNormalization(axis=3, name=f"bn{stage}{block}_branch2c")(X)
    X = Add()([X, X_shortcut])
    return Activation("relu")(X)


@wrong("identity_block", "The ReLU between unit b and unit c is missing")
def s3_idb_one_relu_short(X, f, filters, stage, block):
    F1, F2, F3 = filters
    X_shortcut = X
    X = Activation(tf.nn.relu)(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = conv_bn(X, F2, f, f"{stage}{block}_branch2b")
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    X = Add()([X_shortcut, X])
    return Activation(tf.nn.relu)(X)


# --------------------------------------------------------------- identity_block_parameters


@right("identity_block_parameters")
def s3_ibp_walk_through_units(f, channels, filters):
    total, before = 0, channels
    for kernel, n in zip((1, f, 1), filters):
        weights = kernel ** 2 * before * n
        bias = gamma = beta = n
        total += weights + bias + gamma + beta
        before = n
    return total


@right("identity_block_parameters")
def s3_ibp_one_line_dot(f, channels, filters):
    a, b, c = (int(n) for n in filters)
    return int(np.dot([channels + 3, f * f * a + 3, b + 3], [a, b, c]))


@wrong("identity_block_parameters", "The moving mean and variance are counted as well: five numbers a filter besides the kernel (bias, gamma, beta, mean, variance) instead of three")
def s3_ibp_moving_too(f, channels, filters):
    F1, F2, F3 = filters
    conv = channels * F1 + F1 + f * f * F1 * F2 + F2 + F2 * F3 + F3
    bn = 4 * (F1 + F2 + F3)
    return conv + bn


@wrong("identity_block_parameters", "Every unit is taken to read the block's input: the kernels of unit b and c are counted with channels in place of F1 and F2")
def s3_ibp_channels_in_every_unit(f, channels, filters):
    return sum(k * k * channels * n + 3 * n for k, n in zip([1, f, 1], filters))


@wrong("identity_block_parameters", "The kernel of unit b is counted with f instead of f * f positions")
def s3_ibp_f_not_squared(f, channels, filters):
    F1, F2, F3 = filters
    a = channels * F1 + 3 * F1
    b = f * F1 * F2 + 3 * F2
    c = F2 * F3 + 3 * F3
    return a + b + c


@wrong("identity_block_parameters", "A bracket is set wrongly in unit b: (f * f + 3) * F1 * F2 counts 3 * F1 * F2 for bias, gamma and beta instead of 3 * F2")
def s3_ibp_bracket(f, channels, filters):
    F1, F2, F3 = filters
    return (channels + 3) * F1 + (f * f + 3) * F1 * F2 + (F2 + 3) * F3


@wrong("identity_block_parameters", "Batch normalisation is counted for units a and b only: gamma and beta of the last unit, 2 * F3, are missing")
def s3_ibp_last_norm_missing(f, channels, filters):
    F1, F2, F3 = filters
    convs = F1 * (channels + 1) + F2 * (F1 * f**2 + 1) + F3 * (F2 + 1)
    norms = 2 * F1 + 2 * F2
    return convs + norms
