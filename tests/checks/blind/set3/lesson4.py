from tests.checks.blind.answer import right, wrong

import functools

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from resnet_course.resnet import block_names
from tensorflow.keras.layers import (
    Activation, Add, AveragePooling2D, BatchNormalization, Conv2D, Dense, Flatten,
    GlobalAveragePooling2D, Input, Lambda, MaxPooling2D, ZeroPadding2D,
)
from tensorflow.keras.models import Model

EPS = 1.001e-5


# ---- helpers of lessons 2 and 3, written out -------------------------------------------------
def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                      kernel_initializer="he_normal", name=f"res{name}")(X)
    return layers.BatchNormalization(axis=3, epsilon=EPS, name=f"bn{name}")(X)


def identity_block(X, f, filters, stage, block):
    F1, F2, F3 = filters
    shortcut = X
    X = layers.ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a"))
    X = layers.ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return layers.ReLU()(layers.Add()([X, shortcut]))


def convolutional_block(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    shortcut = conv_bn(X, F3, 1, f"{stage}{block}_branch1", strides=s)
    X = layers.ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s))
    X = layers.ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
    return layers.ReLU()(layers.Add()([X, shortcut]))


def basic_block(X, filters, stage, block, s=1):
    shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    X = layers.ReLU()(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", strides=s,
                           use_bias=False)
    return layers.ReLU()(layers.Add()([X, shortcut]))


def stem(X):
    X = layers.ZeroPadding2D(3, name="conv1_pad")(X)
    X = layers.Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = layers.BatchNormalization(axis=3, epsilon=EPS, name="bn_conv1")(X)
    X = layers.ReLU(name="conv1_relu")(X)
    X = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(X)


def bottleneck_stage(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    for block in others:
        X = identity_block(X, 3, filters, stage, block)
    return X


# ---- stem ------------------------------------------------------------------------------------
@right("stem")
def s3_stem_pads_before_the_relu(X):
    # a zero stays a zero through the ReLU
    X = ZeroPadding2D((3, 3), name="conv1_pad")(X)
    X = Conv2D(64, (7, 7), strides=(2, 2), kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = ZeroPadding2D((1, 1), name="pool1_pad")(X)
    X = Activation("relu", name="conv1_relu")(X)
    return MaxPooling2D((3, 3), strides=(2, 2), name="pool1")(X)


class _TfPad(tf.keras.layers.Layer):
    def __init__(self, n, mode="CONSTANT", **kwargs):
        super().__init__(**kwargs)
        self.n, self.mode = n, mode

    def call(self, x):
        n = self.n
        return tf.pad(x, [[0, 0], [n, n], [n, n], [0, 0]], mode=self.mode)

    def compute_output_shape(self, shape):
        grow = lambda size: None if size is None else size + 2 * self.n
        return (shape[0], grow(shape[1]), grow(shape[2]), shape[3])


@right("stem")
def s3_stem_pads_with_own_tf_layer(X):
    plan = [
        _TfPad(3, name="conv1_pad"),
        tf.keras.layers.Conv2D(64, 7, 2, kernel_initializer=tf.keras.initializers.HeNormal(),
                               name="conv1"),
        tf.keras.layers.BatchNormalization(epsilon=1.001e-5, name="bn_conv1"),
        tf.keras.layers.Activation(tf.nn.relu, name="conv1_relu"),
        _TfPad(1, name="pool1_pad"),
        tf.keras.layers.MaxPool2D(3, 2, name="pool1"),
    ]
    for layer in plan:
        X = layer(X)
    return X


@wrong("stem", "The second zero padding stands before the batch normalisation, which turns the zeros into another constant and counts them in its statistics; it should come after the ReLU. With fresh moving statistics in inference mode the values still agree")
def s3_stem_pool_pad_before_bn(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu", name="conv1_relu")(X)
    X = MaxPooling2D(3, strides=2, name="pool1")(X)
    return X


@wrong("stem", "The first padding puts three zeros before but only two after the image; for even sizes the last zero is never read, but for odd sizes the last window, and with it a row and a column, is missing")
def s3_stem_pads_three_and_two(X):
    X = layers.ZeroPadding2D(((3, 2), (3, 2)), name="conv1_pad")(X)
    X = layers.Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = layers.ReLU(name="conv1_relu")(X)
    X = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "The epsilon of the batch normalisation is 1.001e5 instead of 1.001e-5 (minus sign lost), so that everything is divided by about 316")
def s3_stem_epsilon_without_minus(X):
    X = layers.ZeroPadding2D(3, name="conv1_pad")(X)
    X = layers.Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = layers.BatchNormalization(axis=3, epsilon=1.001e5, name="bn_conv1")(X)
    X = layers.ReLU(name="conv1_relu")(X)
    X = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "The ReLU clips at 6 (max_value=6) where a plain ReLU is asked for")
def s3_stem_relu6(X):
    X = tf.keras.layers.ZeroPadding2D((3, 3), name="conv1_pad")(X)
    X = tf.keras.layers.Conv2D(64, (7, 7), strides=(2, 2), kernel_initializer="he_normal", name="conv1")(X)
    X = tf.keras.layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = tf.keras.layers.ReLU(max_value=6.0, name="conv1_relu")(X)
    X = tf.keras.layers.ZeroPadding2D((1, 1), name="pool1_pad")(X)
    X = tf.keras.layers.MaxPooling2D((3, 3), strides=(2, 2), name="pool1")(X)
    return X


@wrong("stem", "The first padding mirrors the image (tf.pad in REFLECT mode) instead of adding zeros")
def s3_stem_reflects_the_border(X):
    X = _TfPad(3, mode="REFLECT", name="conv1_pad")(X)
    X = Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu", name="conv1_relu")(X)
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "tf.pad is applied directly to the symbolic KerasTensor, which Keras 3 refuses with an error; it has to be a layer (ZeroPadding2D) or stand inside one")
def s3_stem_tf_pad_on_symbolic(X):
    X = tf.pad(X, [[0, 0], [3, 3], [3, 3], [0, 0]], name="conv1_pad")
    X = Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu", name="conv1_relu")(X)
    X = tf.pad(X, [[0, 0], [1, 1], [1, 1], [0, 0]], name="pool1_pad")
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "Raises an error: the argument of the pooling is called strides, not stride")
def s3_stem_stride_keyword(X):
    X = layers.ZeroPadding2D(3, name="conv1_pad")(X)
    X = layers.Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = layers.ReLU(name="conv1_relu")(X)
    X = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, stride=2, name="pool1")(X)


@wrong("stem", "The ReLU reads the output of the convolution and not that of the batch normalisation, which is therefore not part of the result")
def s3_stem_relu_skips_the_norm(X):
    X = layers.ZeroPadding2D(3, name="conv1_pad")(X)
    X = layers.Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    normed = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = layers.ReLU(name="conv1_relu")(X)
    X = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "The convolution has dilation_rate=2 where strides=2 is meant, so it has stride 1 and a kernel spread over 13 pixels; the output is too large")
def s3_stem_dilates(X):
    X = layers.ZeroPadding2D(3, name="conv1_pad")(X)
    X = layers.Conv2D(64, 7, dilation_rate=2, kernel_initializer="he_normal", name="conv1")(X)
    X = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = layers.ReLU(name="conv1_relu")(X)
    X = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(X)


# ---- bottleneck_stage ------------------------------------------------------------------------
@right("bottleneck_stage")
def s3_stage_by_reduce(X, filters, stage, blocks, s=2):
    names = block_names(blocks)
    start = convolutional_block(X, 3, filters, stage, names[0], s)
    return functools.reduce(
        lambda T, b: identity_block(T, f=3, filters=filters, stage=stage, block=b), names[1:], start
    )


@right("bottleneck_stage")
def s3_stage_written_out_in_old_layers(X, filters, stage, blocks, s=2):
    F1, F2, F3 = filters
    for i, name in enumerate(block_names(blocks)):
        base = str(stage) + name + "_branch"
        stride = (s, s) if i == 0 else (1, 1)
        X_shortcut = X
        X = Conv2D(F1, (1, 1), strides=stride, padding="valid", kernel_initializer="he_normal", name="res" + base + "2a")(X)
        X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn" + base + "2a")(X)
        X = Activation("relu")(X)
        X = Conv2D(F2, (3, 3), strides=(1, 1), padding="same", kernel_initializer="he_normal", name="res" + base + "2b")(X)
        X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn" + base + "2b")(X)
        X = Activation("relu")(X)
        X = Conv2D(F3, (1, 1), strides=(1, 1), padding="valid", kernel_initializer="he_normal", name="res" + base + "2c")(X)
        X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn" + base + "2c")(X)
        if i == 0:
            X_shortcut = Conv2D(F3, (1, 1), strides=stride, padding="valid", kernel_initializer="he_normal", name="res" + base + "1")(X_shortcut)
            X_shortcut = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn" + base + "1")(X_shortcut)
        X = Activation("relu")(Add()([X_shortcut, X]))
    return X


@wrong("bottleneck_stage", "zip with the three filters cuts the loop off after three identity blocks, so a stage of more than four blocks is too short")
def s3_stage_zip_with_filters(X, filters, stage, blocks, s=2):
    names = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, names[0], s=s)
    for block, _ in zip(names[1:], filters):
        X = identity_block(X, 3, filters, stage, block)
    return X


@wrong("bottleneck_stage", "The names of the identity blocks start again at a, where the convolutional block already is; the names occur twice and Keras refuses to build a model of it")
def s3_stage_two_blocks_called_a(X, filters, stage, blocks, s=2):
    X = convolutional_block(X, 3, filters, stage, "a", s=s)
    for block in block_names(blocks - 1):
        X = identity_block(X, 3, filters, stage, block)
    return X


@wrong("bottleneck_stage", "Every identity block reads the output of the convolutional block and not that of the one before it, so only the last identity block counts")
def s3_stage_all_read_the_first(X, filters, stage, blocks, s=2):
    first, *rest = block_names(blocks)
    x = convolutional_block(X, 3, filters, stage, first, s=s)
    out = x
    for b in rest:
        out = identity_block(x, 3, filters, stage, b)
    return out


@wrong("bottleneck_stage", "Raises a TypeError: the stride is passed to identity_block too, which has no such argument")
def s3_stage_stride_to_identity(X, filters, stage, blocks, s=2):
    names = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, names[0], s)
    for name in names[1:]:
        X = identity_block(X, 3, filters, stage, name, s)
    return X


@wrong("bottleneck_stage", "stage is passed as the kernel size of the identity blocks, so their middle kernel is as large as the number of the stage (right only in stage 3)")
def s3_stage_number_as_kernel(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    for block in others:
        X = identity_block(X, stage, filters, stage, block)
    return X


@wrong("bottleneck_stage", "The argument s is ignored: the stride is 1 in stage 2 and 2 in every other stage, whatever was asked for")
def s3_stage_stride_from_number(X, filters, stage, blocks, s=2):
    stride = 1 if stage == 2 else 2
    for i, b in enumerate(block_names(blocks)):
        if i == 0:
            X = convolutional_block(X, 3, filters, stage, b, s=stride)
        else:
            X = identity_block(X, 3, filters, stage, b)
    return X


@wrong("bottleneck_stage", "Raises an error: the filters are doubled before every identity block, so its main path has twice the channels of its shortcut and they cannot be added")
def s3_stage_doubles_filters(X, filters, stage, blocks, s=2):
    X = convolutional_block(X, 3, filters, stage, "a", s=s)
    for block in block_names(blocks)[1:]:
        filters = [2 * f for f in filters]
        X = identity_block(X, 3, filters, stage, block)
    return X


@wrong("bottleneck_stage", "All blocks are convolutional blocks (the later ones with stride 1), with a projection in each shortcut; all but the first should be identity blocks")
def s3_stage_projects_everywhere(X, filters, stage, blocks, s=2):
    for block in block_names(blocks):
        X = convolutional_block(X, 3, filters, stage, block, s=s)
        s = 1
    return X


@wrong("bottleneck_stage", "The names are handed out from the end: the convolutional block gets the last letter and the last identity block gets a, so official weights do not fit")
def s3_stage_letters_backwards(X, filters, stage, blocks, s=2):
    names = list(block_names(blocks))
    X = convolutional_block(X, 3, filters, stage, names.pop(), s=s)
    while names:
        X = identity_block(X, 3, filters, stage, names.pop())
    return X


@wrong("bottleneck_stage", "In the convolutional block, written out here, the stride stands in the 3x3 convolution (v1.5) and not in the first 1x1 convolution")
def s3_stage_v15(X, filters, stage, blocks, s=2):
    F1, F2, F3 = filters
    a, *rest = block_names(blocks)
    n = f"{stage}{a}_branch"
    shortcut = conv_bn(X, F3, 1, n + "1", strides=s)
    X = Activation("relu")(conv_bn(X, F1, 1, n + "2a"))
    X = Activation("relu")(conv_bn(X, F2, 3, n + "2b", strides=s))
    X = conv_bn(X, F3, 1, n + "2c")
    X = Activation("relu")(Add()([X, shortcut]))
    for b in rest:
        X = identity_block(X, 3, filters, stage, b)
    return X


# ---- ResNet50 --------------------------------------------------------------------------------
@right("ResNet50")
def s3_resnet50_from_a_dictionary(input_shape=(64, 64, 3), classes=6):
    settings = {2: (64, 3, 1), 3: (128, 4, 2), 4: (256, 6, 2), 5: (512, 3, 2)}
    X_input = Input(input_shape)
    X = stem(X_input)
    for number, (width, depth, stride) in settings.items():
        X = bottleneck_stage(X, [width, width, 4 * width], number, depth, stride)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes))(X)
    return Model(inputs=X_input, outputs=X, name="ResNet50")


class _MeanOverPositions(tf.keras.layers.Layer):
    def call(self, x):
        return tf.reduce_mean(x, axis=[1, 2])


@right("ResNet50")
def s3_resnet50_tf_mean_and_tf_softmax(input_shape=(64, 64, 3), classes=6):
    X_input = tf.keras.Input(shape=input_shape)
    X = stem(X_input)
    sizes = ([64, 64, 256], [128, 128, 512], [256, 256, 1024], [512, 512, 2048])
    for i in range(4):
        X = bottleneck_stage(X, sizes[i], stage=i + 2, blocks=[3, 4, 6, 3][i], s=min(i + 1, 2))
    X = _MeanOverPositions(name="avg_pool")(X)
    outputs = tf.keras.layers.Dense(classes, activation=tf.nn.softmax, name=f"fc{classes}")(X)
    return tf.keras.Model(X_input, outputs, name="ResNet50")


@right("ResNet50")
def s3_resnet50_mean_in_two_steps(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    X = bottleneck_stage(X, (64, 64, 256), 2, 3, s=1)
    X = bottleneck_stage(X, (128, 128, 512), 3, 4)
    X = bottleneck_stage(X, (256, 256, 1024), 4, 6)
    X = bottleneck_stage(X, (512, 512, 2048), 5, 3)
    X = ops.mean(ops.mean(X, axis=1), axis=1)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


def _body(inputs):
    X = stem(inputs)
    X = bottleneck_stage(X, (64, 64, 256), 2, 3, s=1)
    X = bottleneck_stage(X, (128, 128, 512), 3, 4)
    X = bottleneck_stage(X, (256, 256, 1024), 4, 6)
    return bottleneck_stage(X, (512, 512, 2048), 5, 3)


@wrong("ResNet50", "The dense layer with softmax is applied at every position and the probabilities are averaged afterwards; the features should be averaged first. Shape and parameters are right")
def s3_resnet50_averages_probabilities(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = _body(inputs)
    X = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    outputs = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


@wrong("ResNet50", "The softmax runs over the batch (axis 0) and not over the classes, so rows do not sum to 1")
def s3_resnet50_softmax_over_batch(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = _body(X_input)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, name="fc" + str(classes))(X)
    X = Lambda(lambda t: tf.nn.softmax(t, axis=0))(X)
    return Model(inputs=X_input, outputs=X, name="ResNet50")


@wrong("ResNet50", "The numbers of blocks of stages 3 and 4 are swapped: 3, 6, 4, 3 instead of 3, 4, 6, 3")
def s3_resnet50_four_and_six_swapped(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    widths = (64, 128, 256, 512)
    for stage, w, n in zip(range(2, 6), widths, (3, 6, 4, 3)):
        X = bottleneck_stage(X, (w, w, 4 * w), stage, n, s=1 if stage == 2 else 2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


@wrong("ResNet50", "The stride is computed as stage // 2, which gives 1 for stage 3 as well, so stage 3 does not halve the feature maps (stages 4 and 5 are right)")
def s3_resnet50_stride_by_integer_division(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = stem(X_input)
    for stage, n in ((2, 3), (3, 4), (4, 6), (5, 3)):
        F = 64 * 2 ** (stage - 2)
        X = bottleneck_stage(X, [F, F, F * 4], stage, n, s=stage // 2)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes))(X)
    return Model(inputs=X_input, outputs=X, name="ResNet50")


@wrong("ResNet50", "The third number of filters grows linearly, 256, 512, 768, 1024, instead of doubling: stages 4 and 5 are too narrow at the end of their blocks")
def s3_resnet50_linear_widths(input_shape=(64, 64, 3), classes=6):
    inputs = tf.keras.Input(input_shape)
    X = stem(inputs)
    for i, n in enumerate([3, 4, 6, 3], 1):
        F = 64 * 2 ** (i - 1)
        X = bottleneck_stage(X, (F, F, 256 * i), i + 1, n, s=1 if i == 1 else 2)
    X = tf.keras.layers.GlobalAveragePooling2D(name="avg_pool")(X)
    X = tf.keras.layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return tf.keras.Model(inputs, X, name="ResNet50")


@wrong("ResNet50", "The result of stage 5 is stored in x but the top reads X, the output of stage 4; stage 5 is not part of the network")
def s3_resnet50_small_x(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    X = bottleneck_stage(X, (64, 64, 256), stage=2, blocks=3, s=1)
    X = bottleneck_stage(X, (128, 128, 512), stage=3, blocks=4, s=2)
    X = bottleneck_stage(X, (256, 256, 1024), stage=4, blocks=6, s=2)
    x = bottleneck_stage(X, (512, 512, 2048), stage=5, blocks=3, s=2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


@wrong("ResNet50", "The model is made with X, the overwritten tensor after the pooling, as its input, and not with the images; it consists of the dense layer alone")
def s3_resnet50_model_begins_at_the_features(input_shape=(64, 64, 3), classes=6):
    X = keras.Input(input_shape)
    X = _body(X)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(X, outputs, name="ResNet50")


@wrong("ResNet50", "Raises an error: the tensor is passed to the constructor of GlobalAveragePooling2D and the layer is never called, GlobalAveragePooling2D(X) instead of GlobalAveragePooling2D()(X)")
def s3_resnet50_pooling_not_called(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = _body(X_input)
    X = GlobalAveragePooling2D(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes))(X)
    return Model(X_input, X, name="ResNet50")


@wrong("ResNet50", "The stages are numbered 1 to 4 and not 2 to 5 in the names of the layers, so weights of the published network do not fit by name; the computation is right")
def s3_resnet50_stages_from_one(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    rows = [((64, 64, 256), 3, 1), ((128, 128, 512), 4, 2), ((256, 256, 1024), 6, 2), ((512, 512, 2048), 3, 2)]
    for stage, (filters, blocks, s) in enumerate(rows, start=1):
        X = bottleneck_stage(X, filters, stage, blocks, s)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


@wrong("ResNet50", "Softmax twice: the dense layer has it as activation and a second one is applied to the probabilities, which makes them nearly equal")
def s3_resnet50_softmax_twice(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = _body(X_input)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes))(X)
    X = Activation("softmax")(X)
    return Model(inputs=X_input, outputs=X, name="ResNet50")


@wrong("ResNet50", "The stem, written out, pools without the zero padding of 1 before it; the maps of the stem are 15x15 and not 16x16 for images of 64x64")
def s3_resnet50_course_stem(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = ZeroPadding2D((3, 3))(X_input)
    X = Conv2D(64, (7, 7), strides=(2, 2), name="conv1", kernel_initializer="he_normal")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2))(X)
    X = convolutional_block(X, f=3, filters=[64, 64, 256], stage=2, block="a", s=1)
    X = identity_block(X, 3, [64, 64, 256], stage=2, block="b")
    X = identity_block(X, 3, [64, 64, 256], stage=2, block="c")
    X = bottleneck_stage(X, [128, 128, 512], 3, 4)
    X = bottleneck_stage(X, [256, 256, 1024], 4, 6)
    X = bottleneck_stage(X, [512, 512, 2048], 5, 3)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes))(X)
    return Model(inputs=X_input, outputs=X, name="ResNet50")


# ---- mnist_resnet ----------------------------------------------------------------------------
@right("mnist_resnet")
def s3_mnist_pools_before_relu(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    # max and ReLU may change places, both are monotone
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.MaxPool2D()(X)
    X = layers.ReLU()(X)
    s = 1
    for k in range(len(widths)):
        X = basic_block(X, widths[k], k + 2, "a", s=s)
        s = 2
    X = layers.GlobalAvgPool2D(name="avg_pool")(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


@right("mnist_resnet")
def s3_mnist_old_idioms_written_out(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(input_shape)
    X = Conv2D(widths[0], (3, 3), padding="same", use_bias=False, kernel_initializer="he_normal", name="res_conv1")(X_input)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu")(X)
    X = MaxPooling2D((2, 2), strides=(2, 2))(X)
    for i, w in enumerate(widths):
        s = 2 if i else 1
        X_shortcut = X
        X = Conv2D(w, 3, strides=s, padding="same", use_bias=False, kernel_initializer="he_normal", name=f"res{i + 2}a_branch2a")(X)
        X = BatchNormalization(epsilon=1.001e-5, name=f"bn{i + 2}a_branch2a")(X)
        X = Activation(tf.nn.relu)(X)
        X = Conv2D(w, 3, padding="same", use_bias=False, kernel_initializer="he_normal", name=f"res{i + 2}a_branch2b")(X)
        X = BatchNormalization(epsilon=1.001e-5, name=f"bn{i + 2}a_branch2b")(X)
        if i > 0:
            X_shortcut = Conv2D(w, 1, strides=s, padding="valid", use_bias=False, kernel_initializer="he_normal", name=f"res{i + 2}a_branch1")(X_shortcut)
            X_shortcut = BatchNormalization(epsilon=1.001e-5, name=f"bn{i + 2}a_branch1")(X_shortcut)
        X = tf.keras.layers.Add()([X_shortcut, X])
        X = Activation("relu")(X)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name="fc")(X)
    return Model(inputs=X_input, outputs=X)


@wrong("mnist_resnet", "The stem pools before the batch normalisation: in training its statistics are those of the maxima, and where gamma is negative the result is another one too. With fresh weights in inference mode nothing differs")
def s3_mnist_pools_before_bn(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = layers.Conv2D(widths[0], 3, padding="same", use_bias=False, kernel_initializer="he_normal", name="res_conv1")(inputs)
    X = layers.MaxPooling2D(2)(X)
    X = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = layers.ReLU()(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs, outputs)


@wrong("mnist_resnet", "The pooling of the stem has windows of 3x3 with stride 2 and padding same, not 2x2; shapes and parameters are right")
def s3_mnist_overlapping_pooling(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(input_shape)
    X = conv_bn(X_input, widths[0], 3, "_conv1", use_bias=False)
    X = Activation("relu")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2), padding="same")(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax")(X)
    return Model(X_input, X)


@wrong("mnist_resnet", "Only stage 3 has the stride 2; stage 4 and every later stage have stride 1")
def s3_mnist_only_third_stage_strides(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = layers.ReLU()(conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False))
    X = layers.MaxPooling2D(2)(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=2 if stage == 3 else 1)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


@wrong("mnist_resnet", "The last layer has log_softmax: it returns logarithms of probabilities and not probabilities")
def s3_mnist_log_softmax(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = tf.keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = tf.keras.layers.ReLU()(X)
    X = tf.keras.layers.MaxPool2D(2)(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = tf.keras.layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = tf.keras.layers.Dense(classes, activation=tf.nn.log_softmax)(X)
    return tf.keras.Model(inputs, outputs)


@wrong("mnist_resnet", "Exactly three widths are unpacked, so any other number of stages raises an error; with three it is right")
def s3_mnist_three_widths_only(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    w1, w2, w3 = widths
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, w1, 3, "_conv1", use_bias=False)
    X = layers.MaxPooling2D(2)(layers.ReLU()(X))
    X = basic_block(X, w1, 2, "a", s=1)
    X = basic_block(X, w2, 3, "a", s=2)
    X = basic_block(X, w3, 4, "a", s=2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


@wrong("mnist_resnet", "A dropout of 0.5 stands before the dense layer, which the plan does not have; in inference mode it does nothing, in training it changes the output")
def s3_mnist_extra_dropout(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.ReLU()(X)
    X = layers.MaxPooling2D(2)(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    X = layers.Dropout(0.5)(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs, outputs)


@wrong("mnist_resnet", "The images are divided by 255 inside the network (Rescaling), which the plan does not ask for")
def s3_mnist_rescales(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = layers.Rescaling(1.0 / 255)(inputs)
    X = conv_bn(X, widths[0], 3, "_conv1", use_bias=False)
    X = layers.ReLU()(X)
    X = layers.MaxPooling2D(2)(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


@wrong("mnist_resnet", "Raises an error: the shape given to Input includes the batch axis (None in front), so the convolution gets a tensor of five axes")
def s3_mnist_batch_axis_in_input(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(shape=(None, *input_shape))
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.ReLU()(X)
    X = layers.MaxPooling2D(2)(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


@wrong("mnist_resnet", "Raises an IndexError: the widths are indexed with the number of the stage, which starts at 2, instead of stage - 2")
def s3_mnist_index_is_stage(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(input_shape)
    X = conv_bn(X_input, widths[0], 3, "_conv1", use_bias=False)
    X = MaxPooling2D(2)(Activation("relu")(X))
    for stage in range(2, 2 + len(widths)):
        X = basic_block(X, widths[stage], stage, "a", s=1 if stage == 2 else 2)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax")(X)
    return Model(X_input, X)


@wrong("mnist_resnet", "The result of each block is stored in Y but every block reads X, the output of the stem; only the last stage is part of the network")
def s3_mnist_stages_in_parallel(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.ReLU()(X)
    X = layers.MaxPooling2D(2)(X)
    for stage, filters in enumerate(widths, start=2):
        Y = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    Y = layers.GlobalAveragePooling2D(name="avg_pool")(Y)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(Y))
