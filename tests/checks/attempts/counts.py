"""Attempts at what is counted: `count_parameters`, `identity_block_parameters`, `output_size`."""
# ruff: noqa: RET503

import math

import keras
import numpy as np
from keras import layers

from tests.checks.attempts.attempt import Attempt, collector

ATTEMPTS: list[Attempt] = []
_, wrong = collector(ATTEMPTS)

# count_parameters --------------------------------------------------------------------------


def sizes(weights):
    return sum(int(np.prod(each.shape)) for each in weights)


@wrong("count_parameters", "^a set cannot hold a Variable$")
def a_set_of_weights(model):
    return sizes(set(model.trainable_weights)), sizes(set(model.weights))


@wrong("count_parameters", "a key or as a member of a set")
def weights_as_keys(model):
    counts = {each: int(np.prod(each.shape)) for each in model.weights}
    return sum(counts[each] for each in model.trainable_weights), sum(counts.values())


@wrong("count_parameters", "same shape are counted only once")
def a_set_of_shapes(model):
    trained = {tuple(each.shape) for each in model.trainable_weights}
    every = {tuple(each.shape) for each in model.weights}
    return sum(map(math.prod, trained)), sum(map(math.prod, every))


@wrong("count_parameters", "both values are wrong")
def layers_are_counted(model):
    return len([each for each in model.layers if each.trainable]), len(model.layers)


@wrong("count_parameters", "^the backbone is left out")
def only_layers_that_are_no_models(model):
    parts = [each for each in model.layers if not isinstance(each, keras.Model)]
    return (
        sum(sizes(each.trainable_weights) for each in parts),
        sum(sizes(each.weights) for each in parts),
    )


@wrong("count_parameters", "^the first number is that of the untrainable parameters$")
def what_is_not_trained_first(model):
    return sizes(model.non_trainable_weights), sizes(model.weights)


@wrong("count_parameters", "counted twice in the total")
def the_trainable_added_once_more(model):
    return sizes(model.trainable_weights), sizes(model.weights) + sizes(model.trainable_weights)


@wrong("count_parameters", "backbone is left out · for the total only kernels and biases")
def layers_of_two_kinds(model):
    counted = [each for each in model.layers if isinstance(each, layers.Conv2D | layers.Dense)]
    return sizes(model.trainable_weights), sum(sizes(each.weights) for each in counted)


@wrong("count_parameters", "^both numbers are 0$")
def the_last_layer_only(model):
    return sizes(model.layers[-1].trainable_weights), sizes(model.layers[-1].weights)


@wrong("count_parameters", "^only the first tensor is counted$")
def returned_in_the_first_turn(model):
    for trained, every in zip(model.trainable_weights, model.weights, strict=False):
        return int(np.prod(trained.shape)), int(np.prod(every.shape))


@wrong("count_parameters", "first value is a sequence of 8 values")
def a_list_of_sizes(model):
    return (
        [int(np.prod(each.shape)) for each in model.trainable_weights],
        [int(np.prod(each.shape)) for each in model.weights],
    )


@wrong("count_parameters", "something that is not a function is called")
def a_list_is_called(model):
    return sizes(model.trainable_weights()), sizes(model.weights)


@wrong("count_parameters", "`\\w+` is None where a value is needed")
def counts_left_empty(model):
    trainable = None
    frozen = None
    return trainable, trainable + frozen


def with_weights(model):
    return [each for each in model.layers if each.weights]


@wrong("count_parameters", "^only the first weight of each layer is counted, and the first of the")
def the_first_weight_of_each_layer(model):
    trained = [each.trainable_weights[0] for each in model.layers if each.trainable_weights]
    return sizes(trained), sizes(each.weights[0] for each in with_weights(model))


@wrong("count_parameters", "^only the first weight of each layer is counted: biases, for example")
def the_first_weight_of_each_inner_layer(model):
    parts = [each for each in model._flatten_layers() if each.weights and not is_model(each)]
    trained = [each.trainable_weights[0] for each in parts if each.trainable_weights]
    return sizes(trained), sizes(each.weights[0] for each in parts)


def is_model(layer):
    return isinstance(layer, keras.Model)


@wrong("count_parameters", "^only the last weight of each layer is counted, and the last of the")
def the_last_weight_of_each_layer(model):
    trained = [each.trainable_weights[-1] for each in model.layers if each.trainable_weights]
    return sizes(trained), sizes(each.weights[-1] for each in with_weights(model))


@wrong("count_parameters", "^two things: the backbone is left out · only kernels are counted$")
def kernels_of_the_outer_layers(model):
    parts = [each for each in model.layers if hasattr(each, "kernel")]
    return sizes(each.kernel for each in parts if each.trainable), sizes(
        each.kernel for each in parts
    )


@wrong("count_parameters", "^a layer without weights is asked for one of them$")
def a_weight_of_every_layer(model):
    return sizes(each.weights[0] for each in model.layers), sizes(model.weights)


@wrong("count_parameters", "^an InputLayer has no kernel$")
def a_kernel_of_every_layer(model):
    return sizes(each.kernel for each in model.layers), sizes(model.weights)


# identity_block_parameters -----------------------------------------------------------------


@wrong("identity_block_parameters", "all three kernels are counted as f, none as f × f")
def f_for_every_kernel(f, channels, filters):
    F1, F2, F3 = filters
    return f * channels * F1 + f * F1 * F2 + f * F2 * F3 + 3 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "counted on the shortcut, its kernel alone")
def a_bare_convolution_on_the_shortcut(f, channels, filters):
    F1, F2, F3 = filters
    kernels = channels * F1 + f * f * F1 * F2 + F2 * F3 + channels * F3
    return kernels + 3 * (F1 + F2 + F3)


@wrong("identity_block_parameters", "counted on the shortcut, without a normalisation")
def a_convolution_on_the_shortcut(f, channels, filters):
    F1, F2, F3 = filters
    kernels = channels * F1 + f * f * F1 * F2 + F2 * F3 + channels * F3
    return kernels + 3 * (F1 + F2 + F3) + F3


@wrong("identity_block_parameters", "^the result is 0.001 times the expected one$")
def in_thousands(f, channels, filters):
    F1, F2, F3 = filters
    return (channels * F1 + f * f * F1 * F2 + F2 * F3 + 3 * (F1 + F2 + F3)) / 1000


@wrong("identity_block_parameters", "^only the second and third units are counted$")
def the_first_unit_forgotten(f, channels, filters):
    F1, F2, F3 = filters
    return f * f * F1 * F2 + F2 * F3 + 3 * (F2 + F3)


@wrong("identity_block_parameters", "`[+]` does not work between a tuple and an int")
def a_tuple_for_a_number(f, channels, filters):
    return channels * filters + 3


@wrong("identity_block_parameters", "^the result is 1 more than expected$")
def one_too_many(f, channels, filters):
    F1, F2, F3 = filters
    return channels * F1 + f * f * F1 * F2 + F2 * F3 + 3 * (F1 + F2 + F3) + 1


@wrong("identity_block_parameters", "^the result is too large$")
def filters_multiplied_with_each_other(f, channels, filters):
    F1, F2, F3 = filters
    return f * f * channels * F1 * F2 * F3 + 3 * (F1 + F2 + F3)


# output_size -------------------------------------------------------------------------------


def right_size(size, kernel, stride, padding):
    return math.ceil((size if padding == "same" else size - kernel + 1) / stride)


@wrong("output_size", "^kernel and stride are swapped$")
def kernel_for_stride(size, kernel, stride, padding):
    return right_size(size, stride, kernel, padding)


@wrong("output_size", "^the stride is always 2$")
def always_every_second_pixel(size, kernel, stride, padding):
    return right_size(size, kernel, 2, padding)


@wrong("output_size", "transposed convolution")
def of_a_transposed_convolution(size, kernel, stride, padding):
    return size * stride if padding == "same" else (size - 1) * stride + kernel


@wrong("output_size", "rows times columns")
def all_pixels(size, kernel, stride, padding):
    return right_size(size, kernel, stride, padding) ** 2


@wrong("output_size", "rows and columns are returned")
def rows_and_columns(size, kernel, stride, padding):
    return (right_size(size, kernel, stride, padding),) * 2


@wrong("output_size", "^where it is wrong, the result is 0.5 more than expected$")
def half_a_pixel_too_many(size, kernel, stride, padding):
    return right_size(size, kernel, stride, padding) + 0.5 * (padding == "same")


@wrong("output_size", "^the numbers are wrong only for other strides")
def the_rest_added(size, kernel, stride, padding):
    if padding == "same":
        return size // stride + size % stride
    return right_size(size, kernel, stride, padding)


@wrong("output_size", "`[+]` does not work between an int and a string")
def the_padding_as_a_number(size, kernel, stride, padding):
    return (size - kernel + 2 * padding) // stride + 1


@wrong("output_size", "a string is converted to a number")
def a_text_converted(size, kernel, stride, padding):
    return (size - kernel + 2 * int(padding)) // stride + 1
