import functools

import keras
import tensorflow as tf
from tests.checks.blind.answer import right, wrong
from keras import layers, ops
from resnet_course.resnet import block_names
from tensorflow.keras.layers import (
    Activation, Add, AveragePooling2D, BatchNormalization, Conv2D, Dense, Dropout, Flatten,
    GlobalAveragePooling2D, Input, Lambda, MaxPooling2D, ReLU, ZeroPadding2D,
)
from tensorflow.keras.models import Model


# what the first cell of the lesson imports
def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = Conv2D(filters, kernel_size, strides=strides, padding="same", use_bias=use_bias,
               kernel_initializer="he_normal", name=f"res{name}")(X)
    return BatchNormalization(axis=3, epsilon=1.001e-5, name=f"bn{name}")(X)


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
        shortcut = conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", s, use_bias=False)
    return layers.ReLU()(layers.Add()([X, shortcut]))


# the learner's own, right, from exercises 1 and 2
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


# ------------------------------------------------------------------ stem
@wrong("stem", "The pooling's zeros are added right after the convolution, before batch normalisation and ReLU: the border is then normalised like pixels (beta - gamma*mean/sigma, not 0, may win in the maximum) and it enters the batch statistics")
def s4_pool_padding_before_bn(X):
    X = ZeroPadding2D((3, 3), name="conv1_pad")(X)
    X = Conv2D(64, (7, 7), strides=(2, 2), kernel_initializer="he_normal", name="conv1")(X)
    X = ZeroPadding2D((1, 1), name="pool1_pad")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu", name="conv1_relu")(X)
    return MaxPooling2D((3, 3), strides=(2, 2), name="pool1")(X)


@wrong("stem", "Raises: the pooling is written as in PyTorch, MaxPool(3, 2, 1); the third positional argument of Keras is padding ('valid' or 'same'), not a number of zeros; there is no pool1_pad layer either")
def s4_pytorch_pool_arguments(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = Conv2D(64, 7, 2, kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = ReLU(name="conv1_relu")(X)
    return MaxPooling2D(3, 2, 1, name="pool1")(X)


@wrong("stem", "Raises: Conv2D knows no argument `stride` (it is `strides`)")
def s4_stride_without_s(X):
    X = layers.ZeroPadding2D(3, name="conv1_pad")(X)
    X = layers.Conv2D(64, kernel_size=7, stride=2, kernel_initializer="he_normal", name="conv1")(X)
    X = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = layers.ReLU(name="conv1_relu")(X)
    X = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "Raises: the name is passed to ReLU as its first positional argument, which is max_value, a number")
def s4_relu_name_positional(X):
    X = layers.ZeroPadding2D(3, name="conv1_pad")(X)
    X = layers.Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = layers.ReLU("conv1_relu")(X)
    X = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "The result of the second zero padding goes into another variable that the pooling never reads: the pooling works without the padding and leaves one row and column fewer")
def s4_padded_tensor_unused(X):
    X = layers.ZeroPadding2D(3, name="conv1_pad")(X)
    X = layers.Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = layers.ReLU(name="conv1_relu")(X)
    P = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "The padding of the convolution is uneven, two before and three after (as \"same\" does for even sizes), not three on each side: the shapes of even images are right, every window lies one pixel further on; for odd sizes the convolution's output is one smaller")
def s4_two_before_three_after(X):
    X = ZeroPadding2D(((2, 3), (2, 3)), name="conv1_pad")(X)
    X = Conv2D(64, (7, 7), strides=(2, 2), kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation("relu", name="conv1_relu")(X)
    X = ZeroPadding2D(((1, 1), (1, 1)), name="pool1_pad")(X)
    return MaxPooling2D((3, 3), (2, 2), name="pool1")(X)


@wrong("stem", "A slip: epsilon=1.001e5 (the minus sign of the exponent is missing), so that the normalised values are nearly zero")
def s4_epsilon_minus_lost(X):
    X = layers.ZeroPadding2D(3, name="conv1_pad")(X)
    X = layers.Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = layers.BatchNormalization(axis=3, epsilon=1.001e5, name="bn_conv1")(X)
    X = layers.ReLU(name="conv1_relu")(X)
    X = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "A Rescaling(1/255) stands in front of the six layers; the stem should not scale its images")
def s4_rescales_images(X):
    X = layers.Rescaling(1.0 / 255)(X)
    X = layers.ZeroPadding2D(3, name="conv1_pad")(X)
    X = layers.Conv2D(64, 7, strides=2, kernel_initializer="he_normal", name="conv1")(X)
    X = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = layers.ReLU(name="conv1_relu")(X)
    X = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "Three 3x3 convolutions (32, 32 and 64 filters, the first with stride 2, each with normalisation and ReLU), the 'deep stem' of ResNet-C/D, in place of one 7x7 convolution")
def s4_deep_stem(X):
    X = layers.ZeroPadding2D(1, name="conv1_pad")(X)
    for i, (n, st) in enumerate([(32, 2), (32, 1), (64, 1)]):
        tag = "" if i == 2 else f"_{i}"
        X = layers.Conv2D(n, 3, strides=st, padding="valid" if i == 0 else "same",
                          kernel_initializer="he_normal", name="conv1" + tag)(X)
        X = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1" + tag)(X)
        X = layers.ReLU(name="conv1_relu" + tag)(X)
    X = layers.ZeroPadding2D(1, name="pool1_pad")(X)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(X)


@wrong("stem", "Raises: the convolution is told data_format='channels_first' although the images are channels-last, so that it takes the colours for the width, and its 7x7 kernel does not fit into 3 (or 1) columns")
def s4_channels_first_conv(X):
    X = ZeroPadding2D(3, name="conv1_pad")(X)
    X = Conv2D(64, 7, strides=2, data_format="channels_first", kernel_initializer="he_normal",
               name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = ReLU(name="conv1_relu")(X)
    X = ZeroPadding2D(1, name="pool1_pad")(X)
    return MaxPooling2D(3, strides=2, name="pool1")(X)


@right("stem")
def s4_pads_before_relu(X):
    # relu(0) = 0, the order of these two makes no difference
    X = ZeroPadding2D((3, 3), name="conv1_pad")(X)
    X = Conv2D(64, (7, 7), strides=(2, 2), kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=3, epsilon=1.001e-5, name="bn_conv1")(X)
    X = ZeroPadding2D((1, 1), name="pool1_pad")(X)
    X = Activation("relu", name="conv1_relu")(X)
    return MaxPooling2D((3, 3), strides=(2, 2), name="pool1")(X)


@right("stem")
def s4_pads_with_tf_in_lambdas(X):
    X = Lambda(lambda t: tf.pad(t, [[0, 0], [3, 3], [3, 3], [0, 0]]), name="conv1_pad")(X)
    X = Conv2D(64, 7, strides=2, padding="valid", kernel_initializer="he_normal", name="conv1")(X)
    X = BatchNormalization(axis=-1, epsilon=1.001e-5, name="bn_conv1")(X)
    X = Activation(tf.nn.relu, name="conv1_relu")(X)
    X = Lambda(lambda t: tf.pad(t, [[0, 0], [1, 1], [1, 1], [0, 0]]), name="pool1_pad")(X)
    return Lambda(lambda t: tf.nn.max_pool2d(t, 3, 2, "VALID"), name="pool1")(X)


@right("stem")
def s4_list_of_layers(X):
    for layer in [
        layers.ZeroPadding2D(((3, 3), (3, 3)), name="conv1_pad"),
        layers.Conv2D(64, 7, 2, kernel_initializer=keras.initializers.HeNormal(seed=0), name="conv1"),
        layers.BatchNormalization(epsilon=1.001e-5, name="bn_conv1"),
        layers.ReLU(name="conv1_relu"),
        layers.ZeroPadding2D(name="pool1_pad"),      # 1 is the default
        layers.MaxPooling2D(pool_size=3, strides=2, name="pool1"),
    ]:
        X = layer(X)
    return X


# ------------------------------------------------------------------ bottleneck_stage
@wrong("bottleneck_stage", "map() is lazy and its result is never consumed: no identity block is ever built, the stage consists of the convolutional block alone (and even if consumed, each step would read the same X)")
def s4_lazy_map_never_runs(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    map(lambda block: identity_block(X, 3, filters, stage, block), others)
    return X


@wrong("bottleneck_stage", "Raises an UnboundLocalError: the inner function assigns to X, which makes X local to it, and reads it before (nonlocal X is missing). With blocks=1 it works")
def s4_closure_without_nonlocal(X, filters, stage, blocks, s=2):
    names = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, names[0], s=s)

    def extend(block):
        X = identity_block(X, 3, filters, stage, block)

    for n in names[1:]:
        extend(n)
    return X


@wrong("bottleneck_stage", "zip() stops at the shorter list: with [convolutional_block, identity_block] there are never more than two blocks, whatever `blocks` says (right for 1 and 2)")
def s4_zip_truncates(X, filters, stage, blocks, s=2):
    for name, make in zip(block_names(blocks), [convolutional_block, identity_block]):
        if make is convolutional_block:
            X = make(X, 3, filters, stage, name, s=s)
        else:
            X = make(X, 3, filters, stage, name)
    return X


@wrong("bottleneck_stage", "After each identity block its input is added once more, though the block contains the addition already")
def s4_adds_input_again(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    for block in others:
        X_shortcut = X
        X = identity_block(X, 3, filters, stage, block)
        X = Add()([X, X_shortcut])
    return X


@wrong("bottleneck_stage", "Raises: kernel size and filters are swapped in the call of identity_block (filters where f belongs, 3 where filters belongs), so that 3 cannot be unpacked into three numbers. With blocks=1 it works")
def s4_f_and_filters_swapped(X, filters, stage, blocks, s=2):
    names = iter(block_names(blocks))
    X = convolutional_block(X, 3, filters, stage, next(names), s)
    for block in names:
        X = identity_block(X, filters, 3, stage, block)
    return X


@wrong("bottleneck_stage", "Raises: the identity blocks are built first and the convolutional block last; the input has not yet F3 channels, so that the addition of the first identity block does not fit (where it has, no error: then the order alone is wrong; with blocks=1 it is right)")
def s4_convolutional_block_last(X, filters, stage, blocks, s=2):
    *others, last = block_names(blocks)
    for block in others:
        X = identity_block(X, 3, filters, stage, block)
    return convolutional_block(X, 3, filters, stage, last, s=s)


@wrong("bottleneck_stage", "The identity blocks are counted from the string \"bcdefgh\"[:blocks], one too many: with the convolutional block the stage has blocks + 1 blocks (and at most 8)")
def s4_string_slice_one_too_many(X, filters, stage, blocks, s=2):
    X = convolutional_block(X, 3, filters, stage, "a", s=s)
    for block in "bcdefgh"[:blocks]:
        X = identity_block(X, 3, filters, stage, block)
    return X


@wrong("bottleneck_stage", "The argument s is ignored: the stride is decided by the number of the stage (1 in stage 2, otherwise 2)")
def s4_stride_from_stage_number(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    s = 1 if stage == 2 else 2
    X = convolutional_block(X, 3, filters, stage, first, s=s)
    for block in others:
        X = identity_block(X, 3, filters, stage, block)
    return X


@wrong("bottleneck_stage", "The middle kernel is f=1 in the identity blocks (copied from the first 1x1); only the convolutional block has 3x3")
def s4_identity_blocks_one_by_one(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    X = convolutional_block(X, f=3, filters=filters, stage=stage, block=first, s=s)
    for block in others:
        X = identity_block(X, f=1, filters=filters, stage=stage, block=block)
    return X


@wrong("bottleneck_stage", "The outputs of all blocks are collected and their average returned, in place of the output of the last block")
def s4_averages_all_blocks(X, filters, stage, blocks, s=2):
    outs = []
    for i, block in enumerate(block_names(blocks)):
        X = identity_block(X, 3, filters, stage, block) if i else convolutional_block(
            X, 3, filters, stage, block, s=s)
        outs.append(X)
    return layers.Average()(outs) if len(outs) > 1 else outs[0]


@right("bottleneck_stage")
def s4_functools_reduce(X, filters, stage, blocks, s=2):
    first, *others = block_names(blocks)
    return functools.reduce(
        lambda T, block: identity_block(T, 3, filters, stage, block),
        others,
        convolutional_block(X, 3, filters, stage, first, s),
    )


@right("bottleneck_stage")
def s4_recursive_stage(X, filters, stage, blocks, s=2):
    def build(n):
        name = block_names(blocks)[n]
        if n == 0:
            return convolutional_block(X, 3, filters, stage, name, s=s)
        return identity_block(build(n - 1), 3, filters, stage, name)

    return build(blocks - 1)


@right("bottleneck_stage")
def s4_nonlocal_closure(X, filters, stage, blocks, s=2):
    todo = list(block_names(blocks))

    def step():
        nonlocal X
        X = identity_block(X, 3, tuple(filters), stage, todo.pop(0))

    X = convolutional_block(X, 3, tuple(filters), stage, todo.pop(0), s=s)
    while todo:
        step()
    return X


# ------------------------------------------------------------------ ResNet50
@wrong("ResNet50", "The result of the stem is dropped: stage 2 is given `inputs`, so that the stem is not part of the model at all and all stages work at four times the height and width, beginning with the image's 3 channels")
def s4_stem_result_dropped(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    stem(inputs)
    X = bottleneck_stage(inputs, (64, 64, 256), stage=2, blocks=3, s=1)
    X = bottleneck_stage(X, (128, 128, 512), stage=3, blocks=4)
    X = bottleneck_stage(X, (256, 256, 1024), stage=4, blocks=6)
    X = bottleneck_stage(X, (512, 512, 2048), stage=5, blocks=3)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


@wrong("ResNet50", "The image is padded with three zeros before the stem (as the specialisation's notebook does), although the stem pads by itself: six zeros on each side, so that all windows lie elsewhere and the feature maps are larger")
def s4_pads_twice(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = ZeroPadding2D((3, 3))(X_input)
    X = stem(X)
    for stage, F, n, s in [(2, 64, 3, 1), (3, 128, 4, 2), (4, 256, 6, 2), (5, 512, 3, 2)]:
        X = bottleneck_stage(X, [F, F, 4 * F], stage, n, s)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes))(X)
    return Model(inputs=X_input, outputs=X, name="ResNet50")


@wrong("ResNet50", "The softmax is taken along axis 0, over the images of the batch, not over the classes: a row does not sum to 1 (and with one image everything is 1)")
def s4_softmax_over_batch(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = stem(X_input)
    X = bottleneck_stage(X, [64, 64, 256], 2, 3, 1)
    X = bottleneck_stage(X, [128, 128, 512], 3, 4, 2)
    X = bottleneck_stage(X, [256, 256, 1024], 4, 6, 2)
    X = bottleneck_stage(X, [512, 512, 2048], 5, 3, 2)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, name=f"fc{classes}")(X)
    X = Lambda(lambda a: tf.nn.softmax(a, axis=0))(X)
    return Model(X_input, X, name="ResNet50")


@wrong("ResNet50", "The softmax is applied twice: once as the Dense layer's activation and once more as a layer, which flattens the probabilities")
def s4_softmax_twice(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    X = bottleneck_stage(X, (64, 64, 256), 2, 3, s=1)
    X = bottleneck_stage(X, (128, 128, 512), 3, 4)
    X = bottleneck_stage(X, (256, 256, 1024), 4, 6)
    X = bottleneck_stage(X, (512, 512, 2048), 5, 3)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    X = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, layers.Softmax()(X), name="ResNet50")


@wrong("ResNet50", "The pooling has keepdims=True, so that the output has the shape (batch, 1, 1, classes) instead of (batch, classes)")
def s4_pool_keeps_dims(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    X = bottleneck_stage(X, (64, 64, 256), 2, 3, s=1)
    X = bottleneck_stage(X, (128, 128, 512), 3, 4)
    X = bottleneck_stage(X, (256, 256, 1024), 4, 6)
    X = bottleneck_stage(X, (512, 512, 2048), 5, 3)
    X = layers.GlobalAveragePooling2D(keepdims=True, name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


@wrong("ResNet50", "Raises: keras.Input(*input_shape) unpacks the shape into three positional arguments, so that the first, a number, is taken for the shape")
def s4_input_unpacked(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(*input_shape)
    X = stem(inputs)
    X = bottleneck_stage(X, (64, 64, 256), 2, 3, s=1)
    X = bottleneck_stage(X, (128, 128, 512), 3, 4)
    X = bottleneck_stage(X, (256, 256, 1024), 4, 6)
    X = bottleneck_stage(X, (512, 512, 2048), 5, 3)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


@wrong("ResNet50", "Raises: the batch axis was added to keras.Input's shape, (None, height, width, channels), which makes a tensor of five dimensions that ZeroPadding2D refuses")
def s4_placeholder_with_batch_axis(input_shape=(64, 64, 3), classes=6):
    X_input = Input(shape=(None,) + tuple(input_shape))
    X = stem(X_input)
    for stage, F, n, s in ((2, 64, 3, 1), (3, 128, 4, 2), (4, 256, 6, 2), (5, 512, 3, 2)):
        X = bottleneck_stage(X, (F, F, 4 * F), stage, n, s)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return Model(X_input, X, name="ResNet50")


@wrong("ResNet50", "In the loop the filters are doubled before they are used: the stages have 128, 256, 512 and 1024 (last 4096), twice the table")
def s4_doubles_too_early(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    F = 64
    for stage, blocks in zip(range(2, 6), (3, 4, 6, 3)):
        F *= 2
        X = bottleneck_stage(X, (F, F, 4 * F), stage, blocks, s=1 if stage == 2 else 2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


@wrong("ResNet50", "Stages 3 and 4 have their numbers of blocks exchanged: 3, 6, 4, 3 instead of 3, 4, 6, 3")
def s4_block_counts_exchanged(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    X = bottleneck_stage(X, (64, 64, 256), stage=2, blocks=3, s=1)
    X = bottleneck_stage(X, (128, 128, 512), stage=3, blocks=6)
    X = bottleneck_stage(X, (256, 256, 1024), stage=4, blocks=4)
    X = bottleneck_stage(X, (512, 512, 2048), stage=5, blocks=3)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


@wrong("ResNet50", "The mean is taken over the axes 2 and 3 (width and channels) instead of 1 and 2: one number a row is left, and the Dense layer sees the height (2 for 64×64) in place of 2048 features")
def s4_mean_over_wrong_axes(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = stem(X_input)
    for stage, F, n, s in ((2, 64, 3, 1), (3, 128, 4, 2), (4, 256, 6, 2), (5, 512, 3, 2)):
        X = bottleneck_stage(X, (F, F, 4 * F), stage, n, s)
    X = Lambda(lambda t: tf.reduce_mean(t, axis=[2, 3]), name="avg_pool")(X)
    X = Dense(classes, activation=tf.nn.softmax, name=f"fc{classes}")(X)
    return Model(X_input, X, name="ResNet50")


@wrong("ResNet50", "model.compile() returns nothing, and its result is what the function returns: None instead of the model")
def s4_returns_compile(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    X = bottleneck_stage(X, (64, 64, 256), 2, 3, s=1)
    X = bottleneck_stage(X, (128, 128, 512), 3, 4)
    X = bottleneck_stage(X, (256, 256, 1024), 4, 6)
    X = bottleneck_stage(X, (512, 512, 2048), 5, 3)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    model = keras.Model(inputs, outputs, name="ResNet50")
    return model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])


@wrong("ResNet50", "input_shape is ignored: the input is always 64×64×3 (classes is used); right for the default image size only")
def s4_input_shape_hard_coded(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input((64, 64, 3))
    X = stem(inputs)
    for stage, F, n in ((2, 64, 3), (3, 128, 4), (4, 256, 6), (5, 512, 3)):
        X = bottleneck_stage(X, (F, F, 4 * F), stage, n, min(2, stage - 1))
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


@right("ResNet50")
def s4_computed_table(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    for i, blocks in enumerate((3, 4, 6, 3)):
        F = 64 << i
        X = bottleneck_stage(X, (F, F, F << 2), stage=i + 2, blocks=blocks, s=1 + (i > 0))
    features = layers.GlobalAveragePooling2D()(X)
    probabilities = layers.Dense(classes, activation=keras.activations.softmax, name=f"fc{classes}")
    return keras.Model(inputs, probabilities(features), name="ResNet50")


@right("ResNet50")
def s4_old_style_with_lambda_top(input_shape=(64, 64, 3), classes=6):
    X_input = Input(shape=input_shape)
    X = stem(X_input)
    config = {2: ([64, 64, 256], 3, 1), 3: ([128, 128, 512], 4, 2),
              4: ([256, 256, 1024], 6, 2), 5: ([512, 512, 2048], 3, 2)}
    for stage, (filters, blocks, s) in config.items():
        X = bottleneck_stage(X, filters, stage, blocks, s)
    X = Lambda(lambda t: tf.reduce_mean(t, axis=[1, 2]), name="avg_pool")(X)
    X = Dense(classes, activation=tf.nn.softmax, name="fc" + str(classes))(X)
    return Model(inputs=X_input, outputs=X, name="ResNet50")


@right("ResNet50")
def s4_pools_over_the_whole_map(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem(inputs)
    X = bottleneck_stage(X, (64, 64, 256), stage=2, blocks=3, s=1)
    X = bottleneck_stage(X, (128, 128, 512), stage=3, blocks=4)
    X = bottleneck_stage(X, (256, 256, 1024), stage=4, blocks=6)
    X = bottleneck_stage(X, (512, 512, 2048), stage=5, blocks=3)
    X = AveragePooling2D(pool_size=(X.shape[1], X.shape[2]), name="avg_pool")(X)
    X = Flatten()(X)
    outputs = Dense(classes, "softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs, name="ResNet50")


# ------------------------------------------------------------------ mnist_resnet
@wrong("mnist_resnet", "enumerate counts from 0, but the condition for the stride is still stage == 2: the first two stages have stride 2 and the third stride 1 (and the layers are named 0a, 1a, 2a); the number of parameters grows, because the first block now has a projection")
def s4_enumerate_from_zero(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.ReLU()(X)
    X = layers.MaxPooling2D(2)(X)
    for stage, filters in enumerate(widths):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs)


@wrong("mnist_resnet", "The stride is chosen by filters == widths[0] instead of by the stage: right for increasing widths, but where a later stage has the same width as the first, it gets stride 1 (and so does not halve)")
def s4_stride_by_width(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.MaxPooling2D(2)(layers.ReLU()(X))
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if filters == widths[0] else 2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs)


@wrong("mnist_resnet", "The dense layer with softmax comes before the global average pooling: probabilities of every position are averaged, where the softmax of the averaged features is asked for; the number of parameters is the same (and the values where the last maps are 1×1)")
def s4_dense_before_pooling(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.ReLU()(X)
    X = layers.MaxPooling2D(2)(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    outputs = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    return keras.Model(inputs, outputs)


@wrong("mnist_resnet", "The pooling of the stem is that of ResNet50, 3x3 with stride 2 and padding same, in place of 2x2; same shapes for even sizes, same parameters, other values")
def s4_three_by_three_pool(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(input_shape)
    X = conv_bn(X_input, widths[0], 3, "_conv1", use_bias=False)
    X = Activation("relu")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2), padding="same")(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes))(X)
    return Model(X_input, X)


@wrong("mnist_resnet", "The three stages are written out with widths[0], widths[1] and widths[2]: right for three widths, but further widths are ignored, and fewer than three raise an IndexError")
def s4_always_three_stages(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(input_shape)
    X = conv_bn(X_input, widths[0], 3, "_conv1", use_bias=False)
    X = Activation("relu")(X)
    X = MaxPooling2D((2, 2))(X)
    X = basic_block(X, widths[0], 2, "a", s=1)
    X = basic_block(X, widths[1], 3, "a", s=2)
    X = basic_block(X, widths[2], 4, "a", s=2)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes))(X)
    return Model(X_input, X)


@wrong("mnist_resnet", "The stem has 32 filters whatever widths says: with another first width the stem has the wrong number of filters, and stage 2 gets a projection")
def s4_stem_always_32(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, 32, 3, "_conv1", use_bias=False)
    X = layers.ReLU()(X)
    X = layers.MaxPooling2D(2)(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs)


@wrong("mnist_resnet", "Raises: keras.Input is given input_shape[:2], without the channels, so that the convolution gets a tensor of three dimensions where it needs four")
def s4_input_without_channels(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape[:2])      # grey images
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.ReLU()(X)
    X = layers.MaxPooling2D(2)(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs)


@wrong("mnist_resnet", "The loop starts at widths[1:], so that the first stage, the basic block with w1 filters and stride 1, is missing; the others are numbered from 2 one too low, so that the first of them (w2) gets stride 1 instead of 2")
def s4_first_stage_skipped(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.ReLU()(X)
    X = layers.MaxPooling2D(2)(X)
    for stage, filters in enumerate(widths[1:], start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs)


@wrong("mnist_resnet", "The images are divided by 255 inside the model, a layer that the specification does not have")
def s4_divides_by_255(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(input_shape)
    X = Lambda(lambda t: tf.cast(t, tf.float32) / 255.0)(X_input)
    X = conv_bn(X, widths[0], 3, "_conv1", use_bias=False)
    X = Activation("relu")(X)
    X = MaxPooling2D((2, 2))(X)
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
    X = GlobalAveragePooling2D(name="avg_pool")(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes))(X)
    return Model(X_input, X)


@wrong("mnist_resnet", "The model has a list of outputs: the feature maps of every stage and the probabilities, instead of the probabilities alone")
def s4_returns_all_stages(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.MaxPooling2D(2)(layers.ReLU()(X))
    outputs = []
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=1 if stage == 2 else 2)
        outputs.append(X)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs.append(layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X))
    return keras.Model(inputs, outputs)


@wrong("mnist_resnet", "Raises: the stages' strides come from a list of three, s[stage], indexed with the stage numbers 2, 3, 4 and not from 0: stage 2 takes the third entry (2 instead of 1), and stage 3 is an IndexError")
def s4_stride_list_index_error(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    strides = [1, 2, 2]
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.MaxPooling2D(2)(layers.ReLU()(X))
    for stage, filters in enumerate(widths, start=2):
        X = basic_block(X, filters, stage, "a", s=strides[stage])
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(X)
    return keras.Model(inputs, outputs)


@right("mnist_resnet")
def s4_pools_before_relu(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    # the maximum and the ReLU may change places
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.MaxPooling2D(2)(X)
    X = layers.ReLU()(X)
    X = basic_block(X, widths[0], 2, "a")
    for i in range(1, len(widths)):
        X = basic_block(X, widths[i], i + 2, "a", s=2)
    X = layers.GlobalAveragePooling2D(name="avg_pool")(X)
    X = layers.Dense(classes, name=f"fc{classes}")(X)
    return keras.Model(inputs, layers.Activation("softmax")(X))


@right("mnist_resnet")
def s4_tf_lambdas_and_halving_list(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    X_input = Input(shape=input_shape)
    X = conv_bn(X_input, widths[0], (3, 3), "_conv1", use_bias=False)
    X = Activation(tf.nn.relu)(X)
    X = Lambda(lambda t: tf.nn.max_pool2d(t, ksize=2, strides=2, padding="VALID"))(X)
    strides = [1] + [2] * (len(widths) - 1)
    for stage, (filters, s) in enumerate(zip(widths, strides), start=2):
        X = basic_block(X, filters, stage, "a", s)
    X = Lambda(lambda t: tf.reduce_mean(t, [1, 2]), name="avg_pool")(X)
    X = Dense(classes, activation=tf.nn.softmax, name="fc" + str(classes))(X)
    return Model(inputs=X_input, outputs=X, name="mnist_resnet")


@right("mnist_resnet")
def s4_ops_top_and_reduce(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    start = ops.max_pool(ops.relu(conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)), 2)
    X = functools.reduce(
        lambda T, job: basic_block(T, job[1], job[0], "a", s=min(2, job[0] - 1)),
        enumerate(widths, 2),
        start,
    )
    X = ops.mean(X, axis=[1, 2])
    return keras.Model(inputs, layers.Dense(classes, "softmax", name=f"fc{classes}")(X))
