from tests.checks.blind.answer import right, wrong

import string

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from resnet_course.resnet import block_names
from tensorflow.keras.initializers import glorot_uniform
from tensorflow.keras.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Input,
    Lambda,
    MaxPooling2D,
    ReLU,
    ZeroPadding2D,
)
from tensorflow.keras.models import Model

# ------------------------------------------------- answers of the earlier lessons


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


def _main_path(X, f, filters, stage, block, s):
    F1, F2, F3 = filters
    X = layers.ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", strides=s))
    X = layers.ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
    return conv_bn(X, F3, 1, f"{stage}{block}_branch2c")


def identity_block(X, f, filters, stage, block):
    return layers.ReLU()(layers.Add()([_main_path(X, f, filters, stage, block, 1), X]))


def convolutional_block(X, f, filters, stage, block, s=2):
    shortcut = conv_bn(X, filters[2], 1, f"{stage}{block}_branch1", strides=s)
    return layers.ReLU()(layers.Add()([_main_path(X, f, filters, stage, block, s), shortcut]))


def basic_block(X, filters, stage, block, s=1):
    shortcut = X
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2a", strides=s, use_bias=False)
    X = layers.ReLU()(X)
    X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b", use_bias=False)
    if s != 1 or shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", strides=s, use_bias=False)
    return layers.ReLU()(layers.Add()([X, shortcut]))


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


# ------------------------------------------------------------------------- stem


@right("stem")
def stem_in_old_idiom(X):
    X = ZeroPadding2D((3, 3), name="conv1_pad")(X)
    X = Conv2D(64, (7, 7), strides=(2, 2), padding="valid", kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu", name="conv1_relu")(X)
    X = ZeroPadding2D(((1, 1), (1, 1)), name="pool1_pad")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2), name="pool1")(X)
    return X


@right("stem")
def stem_pads_with_tf_in_lambdas(X):
    pad = lambda n: (lambda x: tf.pad(x, [[0, 0], [n, n], [n, n], [0, 0]]))
    X = Lambda(pad(3), name="conv1_pad")(X)
    X = Conv2D(64, 7, 2, kernel_initializer=tf.keras.initializers.he_normal(), name="conv1")(X)
    X = BatchNormalization(axis=-1, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation(tf.nn.relu, name="conv1_relu")(X)
    X = Lambda(pad(1), name="pool1_pad")(X)
    return tf.keras.layers.MaxPool2D(pool_size=3, strides=2, padding="valid", name="pool1")(X)


@right("stem")
def stem_sequential_list_in_a_loop(X):
    parts = [
        layers.ZeroPadding2D(padding=3, name="conv1_pad"),
        layers.Conv2D(filters=64, kernel_size=7, strides=2, kernel_initializer="he_normal", name="conv1"),
        layers.BatchNormalization(epsilon=1.001e-5, name="bn_conv1"),
        layers.ReLU(name="conv1_relu"),
        layers.ZeroPadding2D(padding=1, name="pool1_pad"),
        layers.MaxPooling2D(pool_size=3, strides=2, name="pool1"),
    ]
    for part in parts:
        X = part(X)
    return X


@right("stem")
def stem_rectifies_after_pooling(X):
    # max pooling and ReLU can change places: both only pick the larger number, and the padding is 0
    X = ZeroPadding2D((3, 3), name="conv1_pad")(X)
    X = Conv2D(64, (7, 7), strides=(2, 2), kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = ZeroPadding2D((1, 1), name="pool1_pad")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2), name="pool1")(X)
    return Activation("relu", name="conv1_relu")(X)


@wrong("stem", "The second zero padding (before the pooling) is missing")
def stem_of_the_specialisation(X):
    X = ZeroPadding2D((3, 3), name="conv1_pad")(X)
    X = Conv2D(64, (7, 7), strides=(2, 2), kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu", name="conv1_relu")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2), name="pool1")(X)
    return X


@wrong("stem", "The pooling has padding 'same' instead of one zero on each side before it: for even sizes every window lies one pixel further on")
def stem_pooling_same(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu", name="conv1_relu")(X)
    return MaxPooling2D(3, strides=2, padding="same", name="pool1")(X)


@wrong("stem", "The convolution has padding 'same' instead of three zeros on each side before it: for even sizes two before and three after")
def stem_convolution_same(X):
    X = Conv2D(64, (7, 7), strides=2, padding="same", kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu", name="conv1_relu")(X)
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "The convolution pads twice: zero padding 3 and padding='same' in the convolution as well, so the feature maps get too large")
def stem_convolution_padded_twice(X):
    X = layers.ZeroPadding2D(3, name="conv1_pad")(X)
    X = layers.Conv2D(64, 7, strides=2, padding="same", kernel_initializer="he_normal", name="conv1")(X)
    X = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = layers.ReLU(name="conv1_relu")(X)
    X = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "The pooling has no strides and so moves by its window, 3, instead of 2")
def stem_pooling_strides_forgotten(X):
    X = layers.ZeroPadding2D(3, name="conv1_pad")(X)
    X = layers.Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = layers.ReLU(name="conv1_relu")(X)
    X = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, name="pool1")(X)


@wrong("stem", "The stride of the convolution is missing: the image is only halved, by the pooling")
def stem_convolution_stride_forgotten(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = Conv2D(64, 7, kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu", name="conv1_relu")(X)
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "Average pooling instead of max pooling")
def stem_average_pooling(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu", name="conv1_relu")(X)
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return AveragePooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "The epsilon of the batch normalisation is Keras's default, 0.001, instead of 1.001e-5")
def stem_default_epsilon(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, name="bn_conv1")(X)
    X = Activation("relu", name="conv1_relu")(X)
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "The ReLU is missing")
def stem_relu_missing(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "The batch normalisation comes after the ReLU (the convolution has activation='relu'), and no ReLU follows it")
def stem_relu_before_normalisation(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = Conv2D(64, 7, strides=2, activation=tf.nn.relu, kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "tf.pad is called directly on a symbolic Keras tensor, which Keras 3 refuses with an error; ZeroPadding2D or keras.ops.pad is needed")
def stem_tf_pad_direct(X):
    X = tf.pad(X, [[0, 0], [3, 3], [3, 3], [0, 0]])
    X = Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu", name="conv1_relu")(X)
    X = tf.pad(X, [[0, 0], [1, 1], [1, 1], [0, 0]])
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "The padding argument of Conv2D is a number as in PyTorch (padding=3); Keras wants 'valid' or 'same' and raises an error")
def stem_padding_as_in_pytorch(X):
    X = Conv2D(64, 7, strides=2, padding=3, kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = ReLU(name="conv1_relu")(X)
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "The names of convolution and normalisation are 'conv' and 'bn' instead of 'conv1' and 'bn_conv1', so the official weights find no place")
def stem_free_names(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn")(X)
    X = ReLU(name="conv1_relu")(X)
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


# ------------------------------------------------------------- bottleneck_stage


@right("bottleneck_stage")
def stage_choice_inside_the_loop(X, filters, stage, blocks, s=2):
    for i, letter in enumerate(block_names(blocks)):
        if i == 0:
            X = convolutional_block(X, f=3, filters=filters, stage=stage, block=letter, s=s)
        else:
            X = identity_block(X, f=3, filters=filters, stage=stage, block=letter)
    return X


@right("bottleneck_stage")
def stage_own_loops_over_units(X, filters, stage, blocks, s=2):
    for number, block in enumerate(block_names(blocks)):
        X_shortcut = X
        base = str(stage) + block + "_branch"
        if number == 0:
            X_shortcut = conv_bn(X, filters[2], 1, base + "1", strides=s)
        strides = [s if number == 0 else 1, 1, 1]
        for part, n, k, stride in zip(["2a", "2b", "2c"], filters, [1, 3, 1], strides):
            X = conv_bn(X, n, k, base + part, strides=stride)
            if part != "2c":
                X = Activation("relu")(X)
        X = Lambda(lambda ab: tf.add(ab[0], ab[1]))([X, X_shortcut])
        X = Lambda(lambda t: tf.nn.relu(t))(X)
    return X


@right("bottleneck_stage")
def stage_list_of_closures(X, filters, stage, blocks, s=2):
    names = list(block_names(blocks))
    steps = [lambda t: convolutional_block(t, 3, filters, stage, names[0], s)]
    steps += [lambda t, name=name: identity_block(t, 3, filters, stage, name) for name in names[1:]]
    for step in steps:
        X = step(X)
    return X


@wrong("bottleneck_stage", "One identity block too many: blocks are stacked after the convolutional one although blocks includes it")
def stage_one_block_too_many(X, filters, stage, blocks, s=2):
    X = convolutional_block(X, f=3, filters=filters, stage=stage, block="a", s=s)
    for i in range(blocks):
        X = identity_block(X, 3, filters, stage=stage, block=block_names(blocks + 1)[i + 1])
    return X


@wrong("bottleneck_stage", "One identity block too few: the slice leaves the last name out")
def stage_one_block_too_few(X, filters, stage, blocks, s=2):
    names = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, names[0], s=s)
    for name in names[1:-1]:
        X = identity_block(X, 3, filters, stage, name)
    return X


@wrong("bottleneck_stage", "The stride s is not passed on to the convolutional block, which takes its default 2")
def stage_stride_not_passed(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first)
    for block in others:
        X = identity_block(X, 3, filters, stage, block)
    return X


@wrong("bottleneck_stage", "Every block is convolutional (a projection in each), the later ones with stride 1; identity blocks are asked for after the first")
def stage_convolutional_blocks_only(X, filters, stage, blocks, s=2):
    for i, block in enumerate(block_names(blocks)):
        X = convolutional_block(X, 3, filters, stage, block, s=s if i == 0 else 1)
    return X


@wrong("bottleneck_stage", "Every identity block reads the output of the convolutional block (X), and only the last one's result is returned: the blocks in between are not part of the network")
def stage_blocks_not_chained(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    x = X
    for block in others:
        x = identity_block(X, 3, filters, stage, block)
    return x


@wrong("bottleneck_stage", "return X is indented into the loop: only the convolutional and one identity block are built (and None is returned for one block)")
def stage_return_in_the_loop(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    for block in others:
        X = identity_block(X, 3, filters, stage, block)
        return X


@wrong("bottleneck_stage", "All identity blocks have the name 'b': layer names repeat, and Keras refuses to build a model from three or more blocks")
def stage_all_others_named_b(X, filters, stage, blocks, s=2):
    X = convolutional_block(X, 3, filters, stage, "a", s=s)
    for _ in range(blocks - 1):
        X = identity_block(X, 3, filters, stage, "b")
    return X


@wrong("bottleneck_stage", "An identity block stands first: where the number of channels changes (64 to 256, say) its addition raises an error; the convolutional block would have to come first")
def stage_identity_block_first(X, filters, stage, blocks, s=2):
    *others, last = block_names(blocks)
    for block in others:
        X = identity_block(X, 3, filters, stage, block)
    return convolutional_block(X, 3, filters, stage, last, s=s)


@wrong("bottleneck_stage", "identity_block is called with s, which it does not have: TypeError, unexpected keyword argument")
def stage_stride_for_identity_blocks(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    for block in others:
        X = identity_block(X, 3, filters, stage, block, s=1)
    return X


@wrong("bottleneck_stage", "The middle kernel is filters[1] instead of 3: f was taken for the number of filters")
def stage_filters_as_kernel(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, filters[1], filters, stage, first, s=s)
    for block in others:
        X = identity_block(X, filters[1], filters, stage, block)
    return X


@wrong("bottleneck_stage", "The names come from the alphabet: a stage of more than 26 blocks (ResNet152 has 36) raises an IndexError")
def stage_alphabet_ends(X, filters, stage, blocks, s=2):
    letters = string.ascii_lowercase
    X = convolutional_block(X, 3, filters, stage, letters[0], s=s)
    for i in range(1, blocks):
        X = identity_block(X, 3, filters, stage, letters[i])
    return X


# --------------------------------------------------------------------- ResNet50


@right("ResNet50")
def resnet_old_idiom_block_by_block(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = ZeroPadding2D((3, 3), name="conv1_pad")(X_input)
    X = Conv2D(64, (7, 7), strides=(2, 2), name="conv1", kernel_initializer="he_normal")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu", name="conv1_relu")(X)
    X = ZeroPadding2D((1, 1), name="pool1_pad")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2), name="pool1")(X)

    X = convolutional_block(X, f=3, filters=[64, 64, 256], stage=2, block="a", s=1)
    X = identity_block(X, 3, [64, 64, 256], stage=2, block="b")
    X = identity_block(X, 3, [64, 64, 256], stage=2, block="c")

    X = convolutional_block(X, f=3, filters=[128, 128, 512], stage=3, block="a", s=2)
    for b in "bcd":
        X = identity_block(X, 3, [128, 128, 512], stage=3, block=b)

    X = convolutional_block(X, f=3, filters=[256, 256, 1024], stage=4, block="a", s=2)
    for b in "bcdef":
        X = identity_block(X, 3, [256, 256, 1024], stage=4, block=b)

    X = convolutional_block(X, f=3, filters=[512, 512, 2048], stage=5, block="a", s=2)
    X = identity_block(X, 3, [512, 512, 2048], stage=5, block="b")
    X = identity_block(X, 3, [512, 512, 2048], stage=5, block="c")

    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes), kernel_initializer=glorot_uniform())(X)
    return Model(inputs=X_input, outputs=X, name="ResNet50")


class ResNetModel(tf.keras.Model):
    def __init__(self, input_shape, classes):
        inputs = tf.keras.Input(shape=input_shape)
        X = stem(inputs)
        plan = {2: (64, 3, 1), 3: (128, 4, 2), 4: (256, 6, 2), 5: (512, 3, 2)}
        for stage, (width, blocks, stride) in plan.items():
            X = bottleneck_stage(X, (width, width, 4 * width), stage, blocks, stride)
        X = GlobalAveragePooling2D(name="avg_pool")(X)
        outputs = Dense(classes, activation=tf.nn.softmax, name=f"fc{classes}")(X)
        super().__init__(inputs=inputs, outputs=outputs, name="ResNet50")


@right("ResNet50")
def resnet_functional_subclass(input_shape=(64, 64, 3), classes=6):
    return ResNetModel(input_shape, classes)


@right("ResNet50")
def resnet_powers_of_two_and_reduce_mean(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(shape=input_shape)
    X = stem(inputs)
    for k, blocks in enumerate([3, 4, 6, 3]):
        n = 64 * 2**k
        X = bottleneck_stage(X, [n, n, n * 4], stage=k + 2, blocks=blocks, s=2 if k else 1)
    X = Lambda(lambda t: tf.reduce_mean(t, axis=[1, 2]), name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, X, name="ResNet50")


def _body(inputs, plan=((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))):
    X = stem(inputs)
    for stage, (n, blocks, s) in enumerate(plan, start=2):
        X = bottleneck_stage(X, (n, n, 4 * n), stage, blocks, s)
    return X


@wrong("ResNet50", "Stage 2 has the stride 2 (the default of bottleneck_stage) instead of 1")
def resnet_stage_two_strided(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    X = bottleneck_stage(X, (64, 64, 256), stage=2, blocks=3)
    X = bottleneck_stage(X, (128, 128, 512), stage=3, blocks=4)
    X = bottleneck_stage(X, (256, 256, 1024), stage=4, blocks=6)
    X = bottleneck_stage(X, (512, 512, 2048), stage=5, blocks=3)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


@wrong("ResNet50", "All stages have the stride 1: nothing is halved after the stem")
def resnet_no_stage_strided(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    for stage, (n, blocks) in enumerate(zip((64, 128, 256, 512), (3, 4, 6, 3)), start=2):
        X = bottleneck_stage(X, (n, n, 4 * n), stage, blocks, s=1)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


@wrong("ResNet50", "Stage 4 has 5 blocks instead of 6")
def resnet_five_blocks_in_stage_four(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = _body(X_input, ((64, 3, 1), (128, 4, 2), (256, 5, 2), (512, 3, 2)))
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes))(X)
    return Model(inputs=X_input, outputs=X, name="ResNet50")


@wrong("ResNet50", "The numbers of blocks of stages 3 and 4 are swapped: 3, 6, 4, 3 instead of 3, 4, 6, 3")
def resnet_block_counts_swapped(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = _body(X_input, ((64, 3, 1), (128, 6, 2), (256, 4, 2), (512, 3, 2)))
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes))(X)
    return Model(inputs=X_input, outputs=X, name="ResNet50")


@wrong("ResNet50", "The softmax of the last layer is missing: the outputs are no probabilities")
def resnet_logits(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = _body(X_input)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, name="fc" + str(classes))(X)
    return Model(inputs=X_input, outputs=X, name="ResNet50")


@wrong("ResNet50", "Average pooling over windows of 2x2 and flattening instead of global average pooling: the same for images of 64x64, but for larger ones too many weights in the last layer (or some positions left out), and an error for 32x32")
def resnet_average_two_by_two_and_flatten(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = _body(X_input)
    X = AveragePooling2D((2, 2), name="avg_pool")(X)
    X = Flatten()(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes), kernel_initializer=glorot_uniform(seed=0))(X)
    return Model(inputs=X_input, outputs=X, name="ResNet50")


@wrong("ResNet50", "The feature maps are flattened without any average pooling: four times as many weights in the last layer for images of 64x64 (for 32x32, where one position is left, there is no difference)")
def resnet_flatten_only(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = Flatten(name="avg_pool")(_body(X_input))
    X = Dense(classes, activation="softmax", name="fc" + str(classes))(X)
    return Model(X_input, X, name="ResNet50")


@wrong("ResNet50", "The number of classes is fixed at 6; the argument classes is ignored")
def resnet_six_classes_fixed(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = GlobalAveragePooling2D(name="avg_pool")(_body(X_input))
    X = Dense(6, activation="softmax", name="fc6")(X)
    return Model(X_input, X, name="ResNet50")


@wrong("ResNet50", "The shape of the input is fixed at 64x64x3; the argument input_shape is ignored")
def resnet_input_shape_fixed(input_shape=(64, 64, 3), classes=6):
    X_input = Input((64, 64, 3))
    X = GlobalAveragePooling2D(name="avg_pool")(_body(X_input))
    X = Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return Model(X_input, X, name="ResNet50")


@wrong("ResNet50", "The activation of the last layer is sigmoid instead of softmax: the outputs do not add up to 1")
def resnet_sigmoid(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = GlobalAveragePooling2D(name="avg_pool")(_body(X_input))
    X = Dense(classes, activation=tf.nn.sigmoid, name=f"fc{classes}")(X)
    return Model(X_input, X, name="ResNet50")


@wrong("ResNet50", "Stages 3 and 4 both have the stage number 3 (copied line): the layer names repeat, and keras.Model raises an error")
def resnet_stage_number_copied(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    X = bottleneck_stage(X, (64, 64, 256), stage=2, blocks=3, s=1)
    X = bottleneck_stage(X, (128, 128, 512), stage=3, blocks=4)
    X = bottleneck_stage(X, (256, 256, 1024), stage=3, blocks=6)
    X = bottleneck_stage(X, (512, 512, 2048), stage=5, blocks=3)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


@wrong("ResNet50", "The shape is given to Input as separate numbers (Input(*input_shape)) instead of one tuple: the first number, 64, is taken for the shape, and Keras raises an error")
def resnet_input_unpacked(input_shape=(64, 64, 3), classes=6):
    X_input = Input(*input_shape)
    X = GlobalAveragePooling2D(name="avg_pool")(_body(X_input))
    X = Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return Model(X_input, X, name="ResNet50")


@wrong("ResNet50", "The input has a batch axis too many, Input((None,) + input_shape): the first layer gets a tensor of five axes and raises an error")
def resnet_batch_axis_in_input(input_shape=(64, 64, 3), classes=6):
    X_input = tf.keras.Input((None,) + tuple(input_shape))
    X = GlobalAveragePooling2D(name="avg_pool")(_body(X_input))
    X = Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return Model(X_input, X, name="ResNet50")


@wrong("ResNet50", "The outputs are returned instead of a model")
def resnet_returns_the_tensor(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = GlobalAveragePooling2D(name="avg_pool")(_body(X_input))
    X = Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return X


@wrong("ResNet50", "A dropout of 0.5 stands before the last layer, which ResNet50 does not have: outputs differ while training")
def resnet_with_dropout(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = GlobalAveragePooling2D(name="avg_pool")(_body(X_input))
    X = Dropout(0.5)(X)
    X = Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return Model(X_input, X, name="ResNet50")


@wrong("ResNet50", "The last stage ends with 1024 instead of 2048 filters (512, 512, 1024)")
def resnet_last_stage_half_as_wide(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    X = bottleneck_stage(X, (64, 64, 256), stage=2, blocks=3, s=1)
    X = bottleneck_stage(X, (128, 128, 512), stage=3, blocks=4)
    X = bottleneck_stage(X, (256, 256, 1024), stage=4, blocks=6)
    X = bottleneck_stage(X, (512, 512, 1024), stage=5, blocks=3)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


# ----------------------------------------------------------------- mnist_resnet


@right("mnist_resnet")
def mnist_old_idiom(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(input_shape)
    X = Conv2D(widths[0], (3, 3), strides=(1, 1), padding="same", use_bias=False, kernel_initializer="he_normal", name="res_conv1")(X_input)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu")(X)
    X = MaxPooling2D((2, 2), strides=(2, 2))(X)
    stage = 2
    for w in widths:
        X = basic_block(X, w, stage=stage, block="a", s=1 if stage == 2 else 2)
        stage += 1
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes)(X)
    X = Lambda(lambda x: tf.nn.softmax(x))(X)
    return Model(inputs=X_input, outputs=X)


@right("mnist_resnet")
def mnist_stem_filters_and_ops(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    first, *rest = widths
    inputs = tf.keras.Input(shape=input_shape)
    X = conv_bn(inputs, first, 3, "_conv1", use_bias=False)
    X = ops.max_pool(ops.relu(X), 2)
    X = basic_block(X, first, 2, "a")
    for i, w in enumerate(rest):
        X = basic_block(X, w, 3 + i, "a", 2)
    X = ops.mean(X, axis=(1, 2))
    outputs = Dense(classes, activation=tf.nn.softmax)(X)
    return tf.keras.Model(inputs, outputs)


@right("mnist_resnet")
def mnist_functional_subclass(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    class Small(tf.keras.Model):
        def __init__(self):
            inputs = Input(shape=tuple(input_shape))
            X = conv_bn(inputs, widths[0], (3, 3), "_conv1", use_bias=False)
            X = MaxPooling2D()(X)
            X = ReLU()(X)
            strides = [1] + [2] * (len(widths) - 1)
            for stage, (n, s) in enumerate(zip(widths, strides), 2):
                X = basic_block(X, n, stage, "a", s=s)
            X = GlobalAveragePooling2D(name="avg_pool")(X)
            super().__init__(inputs, Dense(classes, activation="softmax", name="fc")(X), name="mnist")

    return Small()


def _small(inputs, widths, use_bias=False):
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=use_bias)
    X = Activation("relu")(X)
    X = MaxPooling2D((2, 2))(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    return X


@wrong("mnist_resnet", "The convolution of the stem has a bias (use_bias=False is missing): 32 parameters too many")
def mnist_stem_with_bias(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = _small(inputs, widths, use_bias=True)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    return keras.Model(inputs, Dense(classes, activation="softmax", name="fc")(X))


@wrong("mnist_resnet", "The pooling of the stem is missing")
def mnist_pooling_missing(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = Activation("relu")(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    return keras.Model(inputs, Dense(classes, activation="softmax", name="fc")(X))


@wrong("mnist_resnet", "The pooling is made but not called on X, so the stem does not pool")
def mnist_pooling_not_called(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(input_shape)
    X = conv_bn(X_input, widths[0], 3, "_conv1", use_bias=False)
    X = Activation("relu")(X)
    MaxPooling2D(pool_size=(2, 2))
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name="fc")(X)
    return Model(X_input, X)


@wrong("mnist_resnet", "The ReLU of the stem is missing")
def mnist_stem_not_rectified(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.MaxPooling2D(2)(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


@wrong("mnist_resnet", "The first stage has the stride 2 as well, instead of 1")
def mnist_first_stage_strided(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.ReLU()(X)
    X = layers.MaxPooling2D(2)(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


@wrong("mnist_resnet", "The stages are numbered from 0 while the condition asks for stage 2: the third stage has stride 1 and the first two stride 2; the numbers in the names are wrong, too")
def mnist_enumerate_from_zero(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.ReLU()(X)
    X = layers.MaxPooling2D(2)(X)
    for stage, filters in enumerate(widths):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


@wrong("mnist_resnet", "The widths are fixed at 32, 64 and 128; the argument widths is ignored")
def mnist_widths_ignored(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(input_shape)
    X = conv_bn(X_input, 32, 3, "_conv1", use_bias=False)
    X = Activation("relu")(X)
    X = MaxPooling2D((2, 2))(X)
    X = basic_block(X, 32, 2, "a", s=1)
    X = basic_block(X, 64, 3, "a", s=2)
    X = basic_block(X, 128, 4, "a", s=2)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name="fc")(X)
    return Model(inputs=X_input, outputs=X)


@wrong("mnist_resnet", "Global max pooling instead of global average pooling")
def mnist_global_max(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = GlobalMaxPooling2D(name="avg_pool")(_small(inputs, widths))
    return keras.Model(inputs, Dense(classes, activation="softmax", name="fc")(X))


@wrong("mnist_resnet", "The feature maps are flattened instead of averaged: too many weights in the last layer, and they depend on the size of the image")
def mnist_flattened(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(input_shape)
    X = Flatten()(_small(X_input, widths))
    X = Dense(classes, activation="softmax", name="fc")(X)
    return Model(X_input, X)


@wrong("mnist_resnet", "The average pooling is missing altogether: the dense layer works on every position, and the output has four axes instead of two")
def mnist_dense_on_feature_maps(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(input_shape)
    X = _small(X_input, widths)
    X = Dense(classes, activation="softmax", name="fc")(X)
    return Model(X_input, X)


@wrong("mnist_resnet", "The softmax is taken along axis 0, the batch, instead of along the classes: every column adds up to 1")
def mnist_softmax_over_the_batch(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(input_shape)
    X = GlobalAveragePooling2D(name="avg_pool")(_small(X_input, widths))
    X = Dense(classes)(X)
    X = Lambda(lambda x: tf.nn.softmax(x, axis=0))(X)
    return Model(X_input, X)


@wrong("mnist_resnet", "All blocks have the same stage number 2 in their names: layer names repeat, and keras.Model raises an error")
def mnist_equal_stage_numbers(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.MaxPooling2D(2)(layers.ReLU()(X))
    for i, filters in enumerate(widths):
        X = basic_block(X, filters, 2, "a", s=1 if i == 0 else 2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


@wrong("mnist_resnet", "The top of ResNet50 from old tutorials: average pooling over 7x7 windows without global pooling, but the feature maps are 4x4 only, and Keras raises an error (output size would be zero or negative)")
def mnist_pooling_seven_by_seven(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(input_shape)
    X = AveragePooling2D((7, 7), name="avg_pool")(_small(X_input, widths))
    X = Flatten()(X)
    X = Dense(classes, activation="softmax", name="fc")(X)
    return Model(X_input, X)


@wrong("mnist_resnet", "The stem of ResNet50 (7x7 convolution with 64 filters and stride 2, 3x3 max pooling, bias) stands in front instead of the small one")
def mnist_with_imagenet_stem(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(input_shape)
    X = stem(X_input)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name="fc")(X)
    return Model(X_input, X)
