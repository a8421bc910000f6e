from tests.checks.blind.answer import right, wrong

import string

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from resnet_course.resnet import block_names
from tensorflow.keras.layers import (Activation, Add, AveragePooling2D, BatchNormalization, Conv2D, Dense, Flatten,
                                     GlobalAveragePooling2D, GlobalMaxPooling2D, Input, Lambda, MaxPooling2D, ReLU,
                                     ZeroPadding2D)
from tensorflow.keras.models import Model

EPS = 1.001e-5


def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = layers.Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
                      kernel_initializer="he_normal", name=f"res{name}")(X)
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


def _bottleneck(X, shortcut, f, filters, stage, block, s):
    for unit, kernel, width, step in zip("abc", (1, f, 1), filters, (s, 1, 1)):
        X = conv_bn(X, width, kernel, f"{stage}{block}_branch2{unit}", step)
        if unit != "c":
            X = layers.ReLU()(X)
    X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


def identity_block(X, f, filters, stage, block):
    return _bottleneck(X, X, f, filters, stage, block, 1)


def convolutional_block(X, f, filters, stage, block, s=2):
    shortcut = conv_bn(X, filters[2], 1, f"{stage}{block}_branch1", s)
    return _bottleneck(X, shortcut, f, filters, stage, block, s)


def basic_block(X, filters, stage, block, s=1):
    shortcut = X
    if s != 1 or X.shape[-1] != filters:
        shortcut = conv_bn(X, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s, use_bias=False)
    X = layers.ReLU()(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


def stem(X):
    X = layers.ZeroPadding2D(3, name="conv1_pad")(X)
    X = layers.Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = layers.ReLU(name="conv1_relu")(X)
    X = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(X)


def bottleneck_stage(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    for block in others:
        X = identity_block(X, 3, filters, stage, block)
    return X


# ---------------------------------------------------------------- stem


@right("stem")
def stem_old_idiom(X):
    X = ZeroPadding2D((3, 3), name='conv1_pad')(X)
    X = Conv2D(64, (7, 7), strides=(2, 2), padding='valid', name='conv1', kernel_initializer='he_normal')(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name='bn_conv1')(X)
    X = Activation('relu', name='conv1_relu')(X)
    X = ZeroPadding2D((1, 1), name='pool1_pad')(X)
    X = MaxPooling2D((3, 3), strides=(2, 2), name='pool1')(X)
    return X


@right("stem")
def stem_tf_functions_in_lambda_layers(X):
    X = Lambda(lambda t: tf.pad(t, [[0, 0], [3, 3], [3, 3], [0, 0]]), name="conv1_pad")(X)
    X = Conv2D(64, 7, 2, kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(-1, epsilon=EPS, name="bn_conv1")(X)
    X = Lambda(lambda t: tf.nn.relu(t), name="conv1_relu")(X)
    X = Lambda(lambda t: tf.pad(t, tf.constant([[0, 0], [1, 1], [1, 1], [0, 0]])), name="pool1_pad")(X)
    return MaxPooling2D(pool_size=3, strides=2, padding="valid", name="pool1")(X)


@wrong("stem", "The pooling pads with padding='same' instead of one zero on each side: the shape is right, but for an even size every window lies one pixel further on; the layer pool1_pad is missing.")
def stem_pooling_same(X):
    X = ZeroPadding2D((3, 3), name='conv1_pad')(X)
    X = Conv2D(64, (7, 7), strides=(2, 2), name='conv1', kernel_initializer='he_normal')(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn_conv1')(X)
    X = Activation('relu', name='conv1_relu')(X)
    return MaxPooling2D((3, 3), strides=(2, 2), padding='same', name='pool1')(X)


@wrong("stem", "As in the specialisation, the second zero padding is left out: the pooling has one window less in each direction.")
def stem_of_the_specialisation(X):
    X = ZeroPadding2D((3, 3), name='conv1_pad')(X)
    X = Conv2D(64, (7, 7), strides=(2, 2), name='conv1', kernel_initializer='he_normal')(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn_conv1')(X)
    X = Activation('relu', name='conv1_relu')(X)
    X = MaxPooling2D((3, 3), strides=(2, 2), name='pool1')(X)
    return X


@wrong("stem", "The pooling has no strides and therefore moves by the width of its window, 3, instead of 2.")
def stem_pooling_stride_three(X):
    X = ZeroPadding2D(3, name='conv1_pad')(X)
    X = Conv2D(64, 7, strides=2, name='conv1', kernel_initializer='he_normal')(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn_conv1')(X)
    X = Activation('relu', name='conv1_relu')(X)
    X = ZeroPadding2D(1, name='pool1_pad')(X)
    return MaxPooling2D(3, name='pool1')(X)


@wrong("stem", "The convolution pads with 'same' although three zeros on each side are there already: the image is padded twice and comes out too large.")
def stem_padded_twice(X):
    X = ZeroPadding2D(3, name='conv1_pad')(X)
    X = Conv2D(64, 7, strides=2, padding='same', name='conv1', kernel_initializer='he_normal')(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn_conv1')(X)
    X = Activation('relu', name='conv1_relu')(X)
    X = ZeroPadding2D(1, name='pool1_pad')(X)
    return MaxPooling2D(3, strides=2, name='pool1')(X)


@wrong("stem", "tf.pad is called on a KerasTensor outside of a layer; Keras raises.")
def stem_tf_pad_on_symbolic_tensor(X):
    X = tf.pad(X, [[0, 0], [3, 3], [3, 3], [0, 0]], name='conv1_pad')
    X = Conv2D(64, 7, strides=2, name='conv1', kernel_initializer='he_normal')(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn_conv1')(X)
    X = Activation('relu', name='conv1_relu')(X)
    X = tf.pad(X, [[0, 0], [1, 1], [1, 1], [0, 0]], name='pool1_pad')
    return MaxPooling2D(3, strides=2, name='pool1')(X)


@wrong("stem", "The ReLU is missing: the normalised values go straight into padding and pooling.")
def stem_without_relu(X):
    for layer in (ZeroPadding2D(3, name='conv1_pad'),
                  Conv2D(64, 7, strides=2, name='conv1', kernel_initializer='he_normal'),
                  BatchNormalization(axis=3, epsilon=EPS, name='bn_conv1'),
                  ZeroPadding2D(1, name='pool1_pad'),
                  MaxPooling2D(3, strides=2, name='pool1')):
        X = layer(X)
    return X


@wrong("stem", "MaxPooling2D is called without a pool size but with a tensor as its first argument: the layer is never made, X is taken for the size of the window, and Keras raises.")
def stem_pooling_made_with_tensor(X):
    X = ZeroPadding2D(3, name='conv1_pad')(X)
    X = Conv2D(64, 7, strides=2, name='conv1', kernel_initializer='he_normal')(X)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn_conv1')(X)
    X = Activation('relu', name='conv1_relu')(X)
    X = ZeroPadding2D(1, name='pool1_pad')(X)
    return MaxPooling2D(X, strides=2, name='pool1')


# ---------------------------------------------------------------- bottleneck_stage


@right("bottleneck_stage")
def stage_chosen_block_by_block(X, filters, stage, blocks, s=2):
    for number, letter in enumerate(block_names(blocks)):
        if number == 0:
            X = convolutional_block(X, f=3, filters=filters, stage=stage, block=letter, s=s)
        else:
            X = identity_block(X, 3, filters, stage=stage, block=letter)
    return X


@right("bottleneck_stage")
def stage_with_while_and_closure(X, filters, stage, blocks, s=2):
    names = list(block_names(blocks))

    def add_one(tensor):
        return identity_block(tensor, 3, list(filters), stage, names.pop(0))

    X = convolutional_block(X, 3, list(filters), stage, names.pop(0), s)
    while names:
        X = add_one(X)
    return X


@wrong("bottleneck_stage", "There is one block too many: after the convolutional block come `blocks` identity blocks, though `blocks` includes the convolutional one.")
def stage_one_block_too_many(X, filters, stage, blocks, s=2):
    names = block_names(blocks + 1)
    X = convolutional_block(X, 3, filters, stage, names[0], s=s)
    for i in range(1, blocks + 1):
        X = identity_block(X, 3, filters, stage, names[i])
    return X


@wrong("bottleneck_stage", "The stride is not passed on to the convolutional block, which takes its default of 2 whatever s is.")
def stage_stride_not_passed(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, f=3, filters=filters, stage=stage, block=first)
    for name in others:
        X = identity_block(X, 3, filters, stage=stage, block=name)
    return X


@wrong("bottleneck_stage", "The identity blocks are given a stride, an argument that identity_block does not have; Python raises a TypeError.")
def stage_stride_for_identity_blocks(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    for name in others:
        X = identity_block(X, 3, filters, stage, name, s=1)
    return X


@wrong("bottleneck_stage", "The identity blocks all read the output of the convolutional block (start), not that of the block before: only the last of them is part of the result.")
def stage_identity_blocks_not_chained(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    start = convolutional_block(X, 3, filters, stage, first, s=s)
    X = start
    for name in others:
        X = identity_block(start, 3, filters, stage, name)
    return X


@wrong("bottleneck_stage", "The stage is made of identity blocks first and ends with the convolutional block: the first identity block gets a number of channels that is not F3, and its addition raises.")
def stage_convolutional_block_last(X, filters, stage, blocks, s=2):
    *others, last = block_names(blocks)
    for name in others:
        X = identity_block(X, 3, filters, stage, name)
    return convolutional_block(X, 3, filters, stage, last, s=s)


@wrong("bottleneck_stage", "Every block is a convolutional block (the later ones with stride 1): their shortcuts are projections instead of identities.")
def stage_all_convolutional(X, filters, stage, blocks, s=2):
    for i, name in enumerate(block_names(blocks)):
        X = convolutional_block(X, 3, filters, stage, name, s=s if i == 0 else 1)
    return X


@wrong("bottleneck_stage", "string.ascii_lowercase has 26 letters only: zip cuts a stage of more than 26 blocks (ResNet152 has 36) off; shorter stages are right.")
def stage_only_twenty_six_letters(X, filters, stage, blocks, s=2):
    for i, name in zip(range(blocks), string.ascii_lowercase):
        if i == 0:
            X = convolutional_block(X, 3, filters, stage, name, s=s)
        else:
            X = identity_block(X, 3, filters, stage, name)
    return X


# ---------------------------------------------------------------- ResNet50

TABLE = (((64, 64, 256), 3, 1), ((128, 128, 512), 4, 2), ((256, 256, 1024), 6, 2), ((512, 512, 2048), 3, 2))


@right("ResNet50")
def resnet_spelled_out_as_in_the_specialisation(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = stem(X_input)
    # Stage 2
    X = convolutional_block(X, f=3, filters=[64, 64, 256], stage=2, block='a', s=1)
    X = identity_block(X, 3, [64, 64, 256], stage=2, block='b')
    X = identity_block(X, 3, [64, 64, 256], stage=2, block='c')
    # Stage 3
    X = convolutional_block(X, f=3, filters=[128, 128, 512], stage=3, block='a', s=2)
    for letter in 'bcd':
        X = identity_block(X, 3, [128, 128, 512], stage=3, block=letter)
    # Stage 4
    X = convolutional_block(X, f=3, filters=[256, 256, 1024], stage=4, block='a', s=2)
    for letter in 'bcdef':
        X = identity_block(X, 3, [256, 256, 1024], stage=4, block=letter)
    # Stage 5
    X = convolutional_block(X, f=3, filters=[512, 512, 2048], stage=5, block='a', s=2)
    for letter in 'bc':
        X = identity_block(X, 3, [512, 512, 2048], stage=5, block=letter)
    X = GlobalAveragePooling2D(name='avg_pool')(X)
    X = Dense(classes, activation=tf.nn.softmax, name='fc' + str(classes))(X)
    return Model(inputs=X_input, outputs=X, name='ResNet50')


@right("ResNet50")
def resnet_widths_computed(input_shape=(64, 64, 3), classes=6):
    inputs = tf.keras.Input(shape=input_shape)
    X = stem(inputs)
    for i, blocks in enumerate([3, 4, 6, 3]):
        width = 64 * 2 ** i
        X = bottleneck_stage(X, (width, width, 4 * width), i + 2, blocks, s=min(i + 1, 2))
    X = Lambda(lambda t: tf.reduce_mean(t, axis=[1, 2]), name="avg_pool")(X)
    outputs = Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return tf.keras.Model(inputs, outputs, name="ResNet50")


@wrong("ResNet50", "Stage 2 has the stride 2 instead of 1: all feature maps from there on are half as high and wide.")
def resnet_stage_two_with_stride(input_shape=(64, 64, 3), classes=6):
    inputs = Input(input_shape)
    X = stem(inputs)
    for stage, (filters, blocks, _) in enumerate(TABLE, start=2):
        X = bottleneck_stage(X, filters, stage, blocks)
    X = GlobalAveragePooling2D(name='avg_pool')(X)
    outputs = Dense(classes, activation='softmax', name=f'fc{classes}')(X)
    return Model(inputs, outputs, name='ResNet50')


@wrong("ResNet50", "Instead of global average pooling the top averages over 2x2 windows and flattens: the same for 64x64 images, but more features for larger ones, and an error for 32x32.")
def resnet_average_pooling_two_by_two(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = stem(X_input)
    for stage, (filters, blocks, s) in enumerate(TABLE, start=2):
        X = bottleneck_stage(X, filters, stage, blocks, s)
    X = AveragePooling2D((2, 2), name='avg_pool')(X)
    X = Flatten()(X)
    X = Dense(classes, activation='softmax', name='fc' + str(classes))(X)
    return Model(inputs=X_input, outputs=X, name='ResNet50')


@wrong("ResNet50", "The dense layer has no softmax: the model returns logits.")
def resnet_logits(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = stem(X_input)
    for stage, (filters, blocks, s) in enumerate(TABLE, start=2):
        X = bottleneck_stage(X, filters, stage, blocks, s)
    X = GlobalAveragePooling2D(name='avg_pool')(X)
    X = Dense(classes, name='fc' + str(classes))(X)
    return Model(inputs=X_input, outputs=X, name='ResNet50')


@wrong("ResNet50", "Stage 4 has five blocks instead of six (one identity block is missing).")
def resnet_five_blocks_in_stage_four(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = stem(X_input)
    X = bottleneck_stage(X, [64, 64, 256], 2, 3, s=1)
    X = bottleneck_stage(X, [128, 128, 512], 3, 4)
    X = bottleneck_stage(X, [256, 256, 1024], 4, 5)
    X = bottleneck_stage(X, [512, 512, 2048], 5, 3)
    X = GlobalAveragePooling2D(name='avg_pool')(X)
    X = Dense(classes, activation='softmax', name='fc' + str(classes))(X)
    return Model(inputs=X_input, outputs=X, name='ResNet50')


@wrong("ResNet50", "The output tensor is returned, not a model: keras.Model(inputs, outputs) is missing.")
def resnet_returns_a_tensor(input_shape=(64, 64, 3), classes=6):
    X = stem(Input(input_shape))
    for stage, (filters, blocks, s) in enumerate(TABLE, start=2):
        X = bottleneck_stage(X, filters, stage, blocks, s)
    X = GlobalAveragePooling2D(name='avg_pool')(X)
    return Dense(classes, activation='softmax', name='fc' + str(classes))(X)


@wrong("ResNet50", "The stages are numbered 1 to 4 instead of 2 to 5, so all layers of the blocks have the wrong names (and the stride, asked for by the number 2, is 1 in the second stage and 2 in the first).")
def resnet_stages_from_one(input_shape=(64, 64, 3), classes=6):
    inputs = Input(input_shape)
    X = stem(inputs)
    for stage, (filters, blocks, _) in enumerate(TABLE, start=1):
        X = bottleneck_stage(X, filters, stage, blocks, s=1 if stage == 2 else 2)
    X = GlobalAveragePooling2D(name='avg_pool')(X)
    outputs = Dense(classes, activation='softmax', name=f'fc{classes}')(X)
    return Model(inputs, outputs, name='ResNet50')


@wrong("ResNet50", "All four stages are called stage=2 (copied line): layers of different stages have the same names, and keras.Model raises because names must be unique.")
def resnet_every_stage_called_two(input_shape=(64, 64, 3), classes=6):
    inputs = Input(input_shape)
    X = stem(inputs)
    X = bottleneck_stage(X, (64, 64, 256), stage=2, blocks=3, s=1)
    X = bottleneck_stage(X, (128, 128, 512), stage=2, blocks=4)
    X = bottleneck_stage(X, (256, 256, 1024), stage=2, blocks=6)
    X = bottleneck_stage(X, (512, 512, 2048), stage=2, blocks=3)
    X = GlobalAveragePooling2D(name='avg_pool')(X)
    outputs = Dense(classes, activation='softmax', name=f'fc{classes}')(X)
    return Model(inputs, outputs, name='ResNet50')


@wrong("ResNet50", "The number of classes is fixed at 6; the argument is ignored.")
def resnet_always_six_classes(input_shape=(64, 64, 3), classes=6):
    inputs = Input(input_shape)
    X = stem(inputs)
    for stage, (filters, blocks, s) in enumerate(TABLE, start=2):
        X = bottleneck_stage(X, filters, stage, blocks, s)
    X = GlobalAveragePooling2D(name='avg_pool')(X)
    outputs = Dense(6, activation='softmax', name='fc6')(X)
    return Model(inputs, outputs, name='ResNet50')


# ---------------------------------------------------------------- mnist_resnet


@right("mnist_resnet")
def mnist_softmax_as_a_lambda_layer(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(shape=input_shape)
    X = Conv2D(widths[0], (3, 3), padding='same', use_bias=False, kernel_initializer='he_normal', name='res_conv1')(X_input)
    X = BatchNormalization(axis=3, epsilon=EPS, name='bn_conv1')(X)
    X = Activation('relu')(X)
    X = MaxPooling2D((2, 2))(X)
    for i in range(len(widths)):
        X = basic_block(X, widths[i], i + 2, 'a', 1 if i == 0 else 2)
    X = Lambda(lambda t: tf.reduce_mean(t, [1, 2]))(X)
    X = Dense(classes)(X)
    X = Lambda(lambda x: tf.nn.softmax(x))(X)
    return Model(X_input, X)


@right("mnist_resnet")
def mnist_first_stage_before_the_loop(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    first, *rest = widths
    inputs = keras.Input(input_shape)
    X = ops.relu(conv_bn(inputs, first, 3, "_conv1", use_bias=False))
    X = layers.MaxPooling2D()(X)
    X = basic_block(X, first, 2, "a")
    for number, width in enumerate(rest, 3):
        X = basic_block(X, width, number, "a", s=2)
    X = layers.Dense(classes, "softmax")(ops.mean(X, axis=(1, 2)))
    return keras.Model(inputs, X)


@wrong("mnist_resnet", "The max pooling of the stem is missing: all feature maps are twice as high and wide.")
def mnist_without_pooling(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = Input(input_shape)
    X = Activation('relu')(conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False))
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = GlobalAveragePooling2D()(X)
    return Model(inputs, Dense(classes, activation='softmax')(X))


@wrong("mnist_resnet", "The first stage has the stride 2 too, so there is a projection in it and the feature maps are too small.")
def mnist_stride_two_everywhere(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = Input(input_shape)
    X = Activation('relu')(conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False))
    X = MaxPooling2D(2)(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=2)
    X = GlobalAveragePooling2D()(X)
    return Model(inputs, Dense(classes, activation='softmax')(X))


@wrong("mnist_resnet", "The convolution of the stem has a bias (conv_bn's default).")
def mnist_stem_with_bias(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = Input(input_shape)
    X = Activation('relu')(conv_bn(inputs, widths[0], 3, "_conv1"))
    X = MaxPooling2D((2, 2))(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = GlobalAveragePooling2D()(X)
    return Model(inputs, Dense(classes, activation='softmax')(X))


@wrong("mnist_resnet", "The three stages are written out for widths[0] to widths[2]: with four widths the last is ignored (and fewer than three raise an IndexError).")
def mnist_always_three_stages(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = Input(input_shape)
    X = Activation('relu')(conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False))
    X = MaxPooling2D((2, 2))(X)
    X = basic_block(X, widths[0], 2, "a", s=1)
    X = basic_block(X, widths[1], 3, "a", s=2)
    X = basic_block(X, widths[2], 4, "a", s=2)
    X = GlobalAveragePooling2D()(X)
    return Model(inputs, Dense(classes, activation='softmax')(X))


@wrong("mnist_resnet", "The feature maps are flattened before GlobalAveragePooling2D, which wants four axes and gets two; Keras raises.")
def mnist_pooling_after_flatten(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = Input(input_shape)
    X = Activation('relu')(conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False))
    X = MaxPooling2D((2, 2))(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = Flatten()(X)
    X = GlobalAveragePooling2D()(X)
    return Model(inputs, Dense(classes, activation='softmax')(X))


@wrong("mnist_resnet", "The dense layer stands on the feature maps without any pooling or flattening: the model returns probabilities for each position instead of each image.")
def mnist_dense_on_maps(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = Input(input_shape)
    X = Activation('relu')(conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False))
    X = MaxPooling2D((2, 2))(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    return Model(inputs, Dense(classes, activation='softmax')(X))


@wrong("mnist_resnet", "tf.reduce_mean is called on a KerasTensor outside of a layer; Keras raises.")
def mnist_tf_reduce_mean(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = Input(input_shape)
    X = Activation('relu')(conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False))
    X = MaxPooling2D((2, 2))(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = tf.reduce_mean(X, axis=[1, 2])
    return Model(inputs, Dense(classes, activation='softmax')(X))
