"""Attempts at lesson 1: `plain_stack`, `residual_stack` and `gradient_norms`."""
# ruff: noqa: B007, F402, F821, F841, RET503, RET504, RUF059

from functools import reduce

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from resnet_course.plain import GradientRecorder
from tests.checks.attempts.attempt import Attempt, collector

ATTEMPTS: list[Attempt] = []
right, wrong = collector(ATTEMPTS)

# plain_stack -------------------------------------------------------------------------------


@right("plain_stack")
def tf_keras_and_tuples(X, depth, width):
    for i in range(1, depth + 1):
        X = tf.keras.layers.Conv2D(width, (3, 3), strides=(1, 1), padding="same")(X)
        X = tf.keras.layers.Activation("relu")(X)
    return X


@right("plain_stack")
def a_while_loop_that_counts_down(x, depth, width):
    while depth > 0:
        x = layers.Conv2D(filters=width, kernel_size=3, padding="SAME", activation="relu")(x)
        depth -= 1
    return x


@right("plain_stack")
def recursion(X, depth, width):
    if depth == 0:
        return X
    X = ops.relu(layers.Conv2D(width, 3, padding="same")(X))
    return recursion(X, depth - 1, width)


@right("plain_stack")
def a_sequential_model(X, depth, width):
    model = keras.Sequential()
    for _ in range(depth):
        model.add(layers.Conv2D(width, 3, padding="same"))
        model.add(layers.ReLU())
    return model(X)


@right("plain_stack")
def reduced_over_a_list_of_layers(X, depth, width):
    steps = [layers.Conv2D(width, 3, padding="same", activation="relu") for _ in range(depth)]
    return reduce(lambda value, layer: layer(value), steps, X)


@right("plain_stack")
def explicit_padding_before_a_valid_convolution(X, depth, width):
    for i in range(depth):
        X = layers.ZeroPadding2D(1)(X)
        X = layers.Conv2D(width, 3, name=f"conv_{i}")(X)
        X = layers.ReLU(name=f"relu_{i}")(X)
    return X


@right("plain_stack")
def the_activation_twice(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = layers.ReLU()(X)
    return X


@wrong("plain_stack", "relu")
def no_relu_at_all(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
    return X


@wrong("plain_stack", "relu")
def one_relu_after_the_loop(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
    X = layers.ReLU()(X)
    return X


@wrong("plain_stack", "relu.*(last|end)|(last|end).*relu")
def no_relu_after_the_last(X, depth, width):
    for i in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        if i < depth - 1:
            X = layers.ReLU()(X)
    return X


@wrong("plain_stack", "before|order")
def relu_before_the_convolution(X, depth, width):
    for _ in range(depth):
        X = layers.ReLU()(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
    return X


@wrong("plain_stack", "padding")
def padding_forgotten(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3)(X)
        X = layers.ReLU()(X)
    return X


@wrong("plain_stack", "normali")
def batch_normalisation_out_of_habit(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.BatchNormalization()(X)
        X = layers.Activation("relu")(X)
    return X


@wrong("plain_stack", "one|fewer|depth|number|missing|too few")
def one_convolution_too_few(X, depth, width):
    for _ in range(1, depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
    return X


@wrong("plain_stack", "one|more|depth|number|too many")
def one_convolution_too_many(X, depth, width):
    X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
    return X


@wrong("plain_stack", "depth|number")
def depth_hard_coded(X, depth, width):
    X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
    X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
    X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
    X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
    return X


@wrong("plain_stack", "width|filters")
def width_hard_coded(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(8, 3, padding="same", activation="relu")(X)
    return X


@wrong("plain_stack", "width|filters|double")
def width_doubled_each_time(X, depth, width):
    for i in range(depth):
        X = layers.Conv2D(width * 2**i, 3, padding="same", activation="relu")(X)
    return X


@wrong("plain_stack", "swap|exchange|depth.*width|width.*depth|filters")
def depth_and_width_swapped(X, depth, width):
    for _ in range(width):
        X = layers.Conv2D(depth, 3, padding="same", activation="relu")(X)
    return X


@wrong("plain_stack", "only one .*return")
def return_inside_the_loop(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        return X


@wrong("plain_stack", "return|nothing|None")
def return_forgotten(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)


@wrong("plain_stack", "layer.*(call|applied|return)|not.*applied|instead of|called")
def layer_made_and_not_called(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")
        X = layers.ReLU()
    return X


@wrong("plain_stack", "only the last .*same input")
def every_turn_starts_from_the_input(X, depth, width):
    for _ in range(depth):
        Y = layers.Conv2D(width, 3, padding="same")(X)
        Y = layers.ReLU()(Y)
    return Y


@wrong("plain_stack", "one layer|shared")
def one_layer_for_all_turns(X, depth, width):
    X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
    conv = layers.Conv2D(width, 3, padding="same", activation="relu")
    for _ in range(depth - 1):
        X = conv(X)
    return X


@wrong("plain_stack", "kernel|1x1|1×1|size")
def kernel_of_one_pixel(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 1, padding="same", activation="relu")(X)
    return X


@wrong("plain_stack", "kernel|5|size")
def kernel_of_five_pixels(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, (5, 5), padding="same", activation="relu")(X)
    return X


@wrong("plain_stack", "stride")
def stride_two(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, strides=2, padding="same", activation="relu")(X)
    return X


@wrong("plain_stack", "bias")
def no_bias(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", use_bias=False)(X)
        X = layers.ReLU()(X)
    return X


@wrong("plain_stack", "tanh|activation")
def tanh_instead_of_relu(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation="tanh")(X)
    return X


@wrong("plain_stack", "sigmoid|activation")
def sigmoid_instead_of_relu(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Activation("sigmoid")(X)
    return X


@wrong("plain_stack", "leak")
def leaky_relu(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.LeakyReLU(0.1)(X)
    return X


@wrong("plain_stack", "gelu")
def gelu(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation="gelu")(X)
    return X


@wrong("plain_stack", "softmax|activation")
def softmax_instead_of_relu(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation="softmax")(X)
    return X


@wrong("plain_stack", "pool")
def pooling_after_each(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = layers.MaxPooling2D(2)(X)
    return X


@wrong("plain_stack", "drop")
def dropout_after_each(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = layers.Dropout(0.2)(X)
    return X


@wrong("plain_stack", "shortcut|add")
def a_shortcut_around_the_stack(X, depth, width):
    shortcut = layers.Conv2D(width, 1)(X)
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
    return layers.Add()([X, shortcut])


@wrong("plain_stack", "separable|depthwise")
def separable_convolutions(X, depth, width):
    for _ in range(depth):
        X = layers.SeparableConv2D(width, 3, padding="same", activation="relu")(X)
    return X


@wrong("plain_stack", "dense")
def dense_layers(X, depth, width):
    for _ in range(depth):
        X = layers.Dense(width, activation="relu")(X)
    return X


@wrong("plain_stack", "model|sequential")
def a_model_that_is_not_called(X, depth, width):
    model = keras.Sequential()
    for _ in range(depth):
        model.add(layers.Conv2D(width, 3, padding="same", activation="relu"))
    return model


@wrong("plain_stack", "tensorflow|tf\\.nn|keras")
def tf_nn_relu(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = tf.nn.relu(X)
    return X


@wrong("plain_stack", "numpy|np\\.")
def numpy_maximum(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = np.maximum(X, 0)
    return X


@wrong("plain_stack", "name")
def all_layers_named_alike(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation="relu", name="conv")(X)
    return X


@wrong("plain_stack", "Conv2D|name|defin|import")
def conv2d_without_its_module(X, depth, width):
    for _ in range(depth):
        X = Conv2D(width, 3, padding="same")(X)
        X = ReLU()(X)
    return X


@wrong("plain_stack", "stride|padding|argument|same")
def padding_in_the_place_of_strides(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, "same")(X)
        X = layers.ReLU()(X)
    return X


@wrong("plain_stack", "filters|kernel_size|argument")
def keyword_of_another_library(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(out_channels=width, kernel_size=3, padding="same")(X)
        X = layers.ReLU()(X)
    return X


@wrong("plain_stack", "started|not.*written|implement|stub|pass|nothing|return")
def not_started(X, depth, width):
    raise NotImplementedError()


@wrong("plain_stack", "depth|int|range|iter")
def loop_over_a_number(X, depth, width):
    for _ in depth:
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
    return X


@wrong("plain_stack", "activation|Relu")
def misspelt_activation(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation="reLu6x")(X)
    return X


@wrong("plain_stack", "relu|kernel|padding|bias|normali")
def two_mistakes_no_relu_and_no_bias(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", use_bias=False)(X)
    return X


# residual_stack ----------------------------------------------------------------------------


@right("residual_stack")
def operators_and_a_negated_test(X, depth, width):
    if depth % 2 != 0:
        raise ValueError("depth must be even")
    for _ in range(0, depth, 2):
        Y = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        Y = layers.Conv2D(width, 3, padding="same")(Y)
        X = keras.activations.relu(X + Y)
    return X


@right("residual_stack")
def a_helper_for_the_block(X, depth, width):
    def block(x):
        y = layers.Conv2D(width, (3, 3), padding="same")(x)
        y = layers.Activation("relu")(y)
        y = layers.Conv2D(width, (3, 3), padding="same")(y)
        return layers.Activation("relu")(layers.add([x, y]))

    if depth & 1:
        raise ValueError(f"odd depth {depth}")
    for _ in range(int(depth / 2)):
        X = block(X)
    return X


@right("residual_stack")
def one_loop_over_convolutions(X, depth, width):
    blocks, rest = divmod(depth, 2)
    if rest:
        raise ValueError("Expected an even depth, received " + str(depth))
    shortcut = X
    for i in range(1, depth + 1):
        X = layers.Conv2D(width, 3, padding="same")(X)
        if i % 2 == 0:
            X = layers.Add()([shortcut, X])
        X = layers.ReLU()(X)
        if i % 2 == 0:
            shortcut = X
    return X


def checked(depth):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")


def conv3(X, width):
    return layers.Conv2D(width, 3, padding="same")(X)


@wrong("residual_stack", "odd|ValueError|refus")
def odd_depths_are_not_refused(X, depth, width):
    for _ in range(depth // 2):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = conv3(X, width)
        X = layers.ReLU()(layers.Add()([X, shortcut]))
    return X


@wrong("residual_stack", "odd|ValueError|refus|assert")
def an_assertion_instead_of_a_value_error(X, depth, width):
    assert depth % 2 == 0, "depth must be even"
    for _ in range(depth // 2):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = layers.ReLU()(layers.Add()([conv3(X, width), shortcut]))
    return X


@wrong("residual_stack", "odd|ValueError|refus|return|print")
def a_message_instead_of_an_exception(X, depth, width):
    if depth % 2:
        print("Expected an even depth")
        return None
    for _ in range(depth // 2):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = layers.ReLU()(layers.Add()([conv3(X, width), shortcut]))
    return X


@wrong("residual_stack", "odd|ValueError|refus|even")
def even_depths_are_refused(X, depth, width):
    if depth % 2 == 0:
        raise ValueError("Expected an even depth")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = layers.ReLU()(layers.Add()([conv3(X, width), shortcut]))
    return X


@wrong("residual_stack", "odd|ValueError|TypeError|refus")
def a_type_error_for_an_odd_depth(X, depth, width):
    if depth % 2:
        raise TypeError("Expected an even depth")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = layers.ReLU()(layers.Add()([conv3(X, width), shortcut]))
    return X


@wrong("residual_stack", "twice|number|blocks|depth|double|too many")
def as_many_blocks_as_convolutions(X, depth, width):
    checked(depth)
    for _ in range(depth):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = layers.ReLU()(layers.Add()([conv3(X, width), shortcut]))
    return X


@wrong("residual_stack", "input of the whole stack")
def shortcut_saved_once_before_the_loop(X, depth, width):
    checked(depth)
    shortcut = X
    for _ in range(depth // 2):
        X = layers.ReLU()(conv3(X, width))
        X = layers.ReLU()(layers.Add()([conv3(X, width), shortcut]))
    return X


@wrong("residual_stack", "shortcut|addition")
def no_shortcut(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        X = layers.ReLU()(conv3(X, width))
        X = layers.ReLU()(conv3(X, width))
    return X


@wrong("residual_stack", "relu.*(after|addition|missing|last)|(after|addition|missing|last).*relu")
def no_relu_after_the_addition(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = layers.Add()([conv3(X, width), shortcut])
    return X


@wrong("residual_stack", "relu.*before|before.*addition")
def relu_before_the_addition(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = layers.ReLU()(conv3(X, width))
        X = layers.Add()([X, shortcut])
    return X


@wrong("residual_stack", "relu.*before|before.*addition|relu too many|additional relu|extra")
def relu_before_and_after_the_addition(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = layers.ReLU()(layers.Add()([X, shortcut]))
    return X


@wrong("residual_stack", "relu.*between|between.*relu|relu.*first|first relu|inner|middle|relu")
def no_relu_between(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        shortcut = X
        X = conv3(X, width)
        X = conv3(X, width)
        X = layers.ReLU()(layers.Add()([X, shortcut]))
    return X


@wrong("residual_stack", "shortcut.*(first|after|convolution)")
def shortcut_after_the_first_convolution(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        X = conv3(X, width)
        shortcut = X
        X = layers.ReLU()(X)
        X = conv3(X, width)
        X = layers.ReLU()(layers.Add()([X, shortcut]))
    return X


@wrong("residual_stack", "itself|shortcut|twice")
def the_sum_of_the_main_path_and_itself(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        X = layers.ReLU()(conv3(X, width))
        X = conv3(X, width)
        X = layers.ReLU()(layers.Add()([X, X]))
    return X


@wrong("residual_stack", "every|one convolution|each|around")
def a_shortcut_around_every_convolution(X, depth, width):
    checked(depth)
    for _ in range(depth):
        shortcut = X
        X = conv3(X, width)
        X = layers.ReLU()(layers.Add()([X, shortcut]))
    return X


@wrong("residual_stack", "concat")
def concatenation(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = conv3(X, width)
        X = layers.ReLU()(layers.Concatenate()([X, shortcut]))
    return X


@wrong("residual_stack", "multipl")
def multiplication(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = layers.ReLU()(layers.Multiply()([conv3(X, width), shortcut]))
    return X


@wrong("residual_stack", "subtract|minus|differ")
def subtraction(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = layers.ReLU()(conv3(X, width) - shortcut)
    return X


@wrong("residual_stack", "project|1x1|1×1|convolution.*shortcut|shortcut.*convolution")
def a_projection_as_shortcut(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        shortcut = layers.Conv2D(width, 1)(X)
        X = layers.ReLU()(conv3(X, width))
        X = layers.ReLU()(layers.Add()([conv3(X, width), shortcut]))
    return X


@wrong("residual_stack", "normali")
def batch_normalisation_in_the_block(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        shortcut = X
        X = layers.BatchNormalization()(conv3(X, width))
        X = layers.ReLU()(X)
        X = layers.BatchNormalization()(conv3(X, width))
        X = layers.ReLU()(layers.Add()([X, shortcut]))
    return X


@wrong("residual_stack", "pre-?activation|before")
def preactivation(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        shortcut = X
        X = conv3(layers.ReLU()(X), width)
        X = conv3(layers.ReLU()(X), width)
        X = layers.Add()([X, shortcut])
    return X


@wrong("residual_stack", "only one .*return")
def return_in_the_loop(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = layers.ReLU()(layers.Add()([conv3(X, width), shortcut]))
        return X


@wrong("residual_stack", "one list")
def add_without_a_list(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = layers.Add()(conv3(X, width), shortcut)
    return X


@wrong("residual_stack", "shortcut|defin|unbound|before|given a value|assigned")
def shortcut_used_before_it_is_set(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        X = layers.ReLU()(conv3(X, width))
        X = layers.Add()([conv3(X, width), shortcut])
        shortcut = X
        X = layers.ReLU()(X)
    return X


@wrong("residual_stack", "whole|float|integer|//|int")
def half_a_loop(X, depth, width):
    checked(depth)
    for _ in range(depth / 2):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = layers.Add()([conv3(X, width), shortcut])
        X = layers.ReLU()(X)
    return X


@wrong("residual_stack", "padding|shape")
def valid_padding(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        shortcut = X
        X = layers.ReLU()(layers.Conv2D(width, 3)(X))
        X = layers.Conv2D(width, 3)(X)
        X = layers.ReLU()(layers.Add()([X, shortcut]))
    return X


@wrong("residual_stack", "average|mean|half")
def the_average_of_both(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = layers.ReLU()(layers.Average()([conv3(X, width), shortcut]))
    return X


@wrong("residual_stack", "1x1|1×1|kernel|size")
def second_kernel_of_one_pixel(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        shortcut = X
        X = layers.ReLU()(conv3(X, width))
        X = layers.Conv2D(width, 1)(X)
        X = layers.ReLU()(layers.Add()([X, shortcut]))
    return X


@wrong("residual_stack", "shortcuts start before the last ReLU")
def the_sum_is_handed_on_as_the_shortcut(X, depth, width):
    if depth % 2:
        raise ValueError(f"{depth} is odd")
    skip = X
    for _ in range(depth // 2):
        Y = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        skip = layers.Conv2D(width, 3, padding="same")(Y) + skip
        X = ops.relu(skip)
    return X


@wrong("residual_stack", "only the last addition is followed by a ReLU")
def rectified_behind_the_loop(X, depth, width):
    if depth % 2:
        raise ValueError(f"{depth} is odd")
    for _ in range(depth // 2):
        Y = layers.ReLU()(layers.Conv2D(width, 3, padding="same")(X))
        X = layers.add([X, layers.Conv2D(width, 3, padding="same")(Y)])
    return layers.ReLU()(X)


@wrong("residual_stack", r"addition too many, of ReLU 2 \(block 2\) and the input")
def one_more_shortcut_around_everything(X, depth, width):
    if depth % 2:
        raise ValueError(f"{depth} is odd")
    start = X
    for _ in range(depth // 2):
        Y = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = ops.relu(X + layers.Conv2D(width, 3, padding="same")(Y))
    return X + start


@wrong("residual_stack", "an AssertionError, not a ValueError")
def an_odd_depth_meets_an_assertion(X, depth, width):
    assert depth % 2 == 0, "depth has to be even"
    for _ in range(depth // 2):
        Y = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = ops.relu(X + layers.Conv2D(width, 3, padding="same")(Y))
    return X


@wrong("plain_stack", "kernel size than expected: .* and another stride: 2×2 instead of 1×1")
def channels_first_and_a_stride(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 5, 2, padding="same", activation="relu")(X)
    return X


# gradient_norms ----------------------------------------------------------------------------


def convolutions(model):
    return [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]


def recorded(model, images, labels, loss="sparse_categorical_crossentropy"):
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=GradientRecorder(), loss=loss, run_eagerly=True)
    recorder.train_on_batch(images, labels)


@right("gradient_norms")
def a_gradient_tape(model, images, labels):
    with tf.GradientTape() as tape:
        predictions = model(images, training=False)
        loss = tf.reduce_mean(tf.keras.losses.sparse_categorical_crossentropy(labels, predictions))
    kernels = {layer.name: layer.kernel.value for layer in convolutions(model)}
    gradients = tape.gradient(loss, list(kernels.values()))
    return {name: float(tf.norm(g)) for name, g in zip(kernels, gradients, strict=True)}


@right("gradient_norms")
def sums_of_squares(model, images, labels):
    before = model.get_weights()
    recorded(model, images, labels)
    result = {}
    for layer in model.layers:
        if layer.__class__.__name__ == "Conv2D":
            g = np.array(layer.kernel)
            result[layer.name] = np.sqrt((g**2).sum())
    model.set_weights(before)
    return result


@right("gradient_norms")
def a_clone_takes_the_step(model, images, labels):
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    clone.compile(GradientRecorder(), "sparse_categorical_crossentropy")
    clone.train_on_batch(images, labels)
    return {
        layer.name: float(np.linalg.norm(layer.get_weights()[0].ravel()))
        for layer in clone.layers
        if isinstance(layer, keras.layers.Conv2D)
    }


@right("gradient_norms")
def differences_of_a_step_of_plain_descent(model, images, labels):
    weights = model.get_weights()
    before = {layer.name: np.array(layer.kernel) for layer in convolutions(model)}
    twin = keras.Model(model.inputs, model.outputs)
    twin.compile(keras.optimizers.SGD(1.0), "sparse_categorical_crossentropy")
    twin.train_on_batch(images, labels)
    norms = {
        layer.name: float(np.linalg.norm(before[layer.name] - np.array(layer.kernel)))
        for layer in convolutions(model)
    }
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "changes the weights of its argument model")
def weights_not_put_back(model, images, labels):
    recorded(model, images, labels)
    return {each.name: float(np.linalg.norm(each.kernel)) for each in convolutions(model)}


@wrong("gradient_norms", "kernels, not of their gradients")
def norms_of_the_weights(model, images, labels):
    return {
        each.name: float(np.linalg.norm(ops.convert_to_numpy(each.kernel)))
        for each in convolutions(model)
    }


@wrong("gradient_norms", "kernels, not of their gradients")
def norms_after_the_weights_are_back(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    model.set_weights(weights)
    return {each.name: float(np.linalg.norm(each.kernel)) for each in convolutions(model)}


@wrong("gradient_norms", "compile|optimi[sz]er")
def the_model_itself_is_compiled(model, images, labels):
    weights = model.get_weights()
    model.compile(
        optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True
    )
    model.train_on_batch(images, labels)
    norms = {each.name: float(np.linalg.norm(each.kernel)) for each in convolutions(model)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "square root|squared|root")
def the_root_is_missing(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = {each.name: float(np.sum(np.array(each.kernel) ** 2)) for each in convolutions(model)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "mean")
def the_root_of_the_mean(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = {
        each.name: float(np.sqrt(np.mean(np.array(each.kernel) ** 2)))
        for each in convolutions(model)
    }
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "absolute|L1|mean")
def the_sum_of_the_absolute_values(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = {each.name: float(np.abs(np.array(each.kernel)).sum()) for each in convolutions(model)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "absolute|mean")
def the_mean_of_the_absolute_values(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = {each.name: float(np.abs(np.array(each.kernel)).mean()) for each in convolutions(model)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "largest|maximum|max")
def the_largest_entry(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = {each.name: float(np.abs(np.array(each.kernel)).max()) for each in convolutions(model)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "bias")
def biases_count(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = {
        each.name: float(np.sqrt(sum(np.sum(w**2) for w in each.get_weights())))
        for each in convolutions(model)
    }
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "dense|other layers|all layers|only|convolution|too many|names")
def dense_layers_as_well(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = {
        each.name: float(np.linalg.norm(each.get_weights()[0]))
        for each in model.layers
        if each.weights
    }
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "list|dict|name")
def a_list_of_norms(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = [float(np.linalg.norm(each.kernel)) for each in convolutions(model)]
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "name|key|number|index")
def numbers_as_names(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = {
        index: float(np.linalg.norm(each.kernel)) for index, each in enumerate(convolutions(model))
    }
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "name|key")
def names_of_the_kernels(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = {each.kernel.path: float(np.linalg.norm(each.kernel)) for each in convolutions(model)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "sum|batch|mean")
def the_loss_summed_over_the_batch(model, images, labels):
    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(labels, model(images))
        loss = tf.reduce_sum(losses)
    kernels = {each.name: each.kernel.value for each in convolutions(model)}
    gradients = tape.gradient(loss, list(kernels.values()))
    return {name: float(tf.norm(g)) for name, g in zip(kernels, gradients, strict=True)}


@wrong("gradient_norms", "squared|loss|error")
def the_squared_error_as_loss(model, images, labels):
    weights = model.get_weights()
    one_hot = keras.utils.to_categorical(labels, model.output_shape[-1])
    recorded(model, images, one_hot, "mean_squared_error")
    norms = {each.name: float(np.linalg.norm(each.kernel)) for each in convolutions(model)}
    model.set_weights(weights)
    return norms


@wrong(
    "gradient_norms",
    "loss|label|one-hot|categorical|shape|sparse",
)
def the_loss_for_one_hot_labels(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels, "categorical_crossentropy")
    norms = {each.name: float(np.linalg.norm(each.kernel)) for each in convolutions(model)}
    model.set_weights(weights)
    return norms


@wrong(
    "gradient_norms",
    "norm|shape|axes|dimension|rank|vector|matri",
)
def keras_norm_of_four_axes(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = {each.name: float(ops.norm(each.kernel)) for each in convolutions(model)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "not a single number: a norm for each pair of channels")
def a_norm_for_each_filter(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = {
        each.name: np.linalg.norm(np.array(each.kernel), axis=(0, 1))
        for each in convolutions(model)
    }
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "first|image|batch|one")
def only_the_first_image(model, images, labels):
    weights = model.get_weights()
    recorded(model, images[:1], labels[:1])
    norms = {each.name: float(np.linalg.norm(each.kernel)) for each in convolutions(model)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "scale|255|images|divid")
def images_divided_by_255(model, images, labels):
    weights = model.get_weights()
    recorded(model, images / 255.0, labels)
    norms = {each.name: float(np.linalg.norm(each.kernel)) for each in convolutions(model)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "reverse order")
def layers_from_the_end(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = {each.name: float(np.linalg.norm(each.kernel)) for each in convolutions(model)[::-1]}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "return|nothing|None")
def norms_are_printed(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    for each in convolutions(model):
        print(each.name, np.linalg.norm(each.kernel))
    model.set_weights(weights)


@wrong("gradient_norms", "Conv2D|last|first|one|missing|return|each|only")
def only_the_first_convolution(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = {}
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            norms[layer.name] = float(np.linalg.norm(layer.kernel))
            break
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "optimi[sz]er|gradient|step|Adam|recorder")
def differences_of_a_step_of_adam(model, images, labels):
    weights = model.get_weights()
    before = {each.name: np.array(each.kernel) for each in convolutions(model)}
    twin = keras.Model(model.input, model.output)
    twin.compile(keras.optimizers.Adam(), "sparse_categorical_crossentropy", run_eagerly=True)
    twin.train_on_batch(images, labels)
    norms = {
        each.name: float(np.linalg.norm(before[each.name] - np.array(each.kernel)))
        for each in convolutions(model)
    }
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "compile")
def compile_forgotten(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.train_on_batch(images, labels)
    norms = {each.name: float(np.linalg.norm(each.kernel)) for each in convolutions(model)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "kernels, not of their gradients")
def the_step_is_forgotten(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(GradientRecorder(), "sparse_categorical_crossentropy")
    norms = {each.name: float(np.linalg.norm(each.kernel)) for each in convolutions(model)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "name|layers")
def the_loop_variable_hides_layers(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = {}
    for layers in model.layers:
        if isinstance(layers, layers.Conv2D):
            norms[layers.name] = float(np.linalg.norm(layers.kernel))
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "singular value")
def the_matrix_norm_of_the_kernel(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    rows = {each.name: np.array(each.kernel) for each in convolutions(model)}
    model.set_weights(weights)
    return {
        name: float(np.linalg.norm(kernel.reshape(-1, kernel.shape[-1]), 2))
        for name, kernel in rows.items()
    }


@wrong("gradient_norms", "single images")
def the_mean_over_images_of_the_norm(model, images, labels):
    kernels = [each.kernel for each in convolutions(model)]
    norms = []
    for image, label in zip(images, labels, strict=True):
        with tf.GradientTape() as tape:
            loss = -tf.math.log(model(image[np.newaxis])[0, int(label)])
        found = tape.gradient(loss, [kernel.value for kernel in kernels])
        norms.append([float(tf.norm(each)) for each in found])
    means = np.mean(norms, axis=0).tolist()
    return dict(zip((each.name for each in convolutions(model)), means, strict=True))


@wrong("gradient_norms", "several batches")
def batches_of_the_default_size(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.inputs, model.outputs)
    recorder.compile(GradientRecorder(), "sparse_categorical_crossentropy", run_eagerly=True)
    recorder.fit(images, labels, verbose=0)
    norms = {each.name: float(np.linalg.norm(each.kernel)) for each in convolutions(model)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "deviation")
def the_deviation_of_the_gradient(model, images, labels):
    weights = model.get_weights()
    recorded(model, images, labels)
    norms = {each.name: float(np.std(np.array(each.kernel))) for each in convolutions(model)}
    model.set_weights(weights)
    return norms
