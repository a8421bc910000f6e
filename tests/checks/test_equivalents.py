"""Right answers in other words: every one of them passes, in the lesson and in grading.

The functions are what learners hand in: another spelling of a layer, another order, helpers,
loops, classes, nested models, another library for the numbers.
"""

import functools
import operator
from collections.abc import Callable

import keras
import numpy as np
import pytest
from keras import layers, ops

import checks

ANSWERS: list[tuple[str, str, Callable]] = []


def answers(exercise: str) -> Callable[[Callable], Callable]:
    """Enter a function as an answer to an exercise; its name says what is special about it."""

    def enter(function: Callable) -> Callable:
        ANSWERS.append((exercise, function.__name__, function))
        return function

    return enter


def unit(X, filters, kernel, strides=1, **settings):
    X = layers.Conv2D(filters, kernel, strides=strides, padding="same", **settings)(X)
    return layers.BatchNormalization()(X)


def main_path(X, f, filters, s=1):
    F1, F2, F3 = filters
    X = layers.ReLU()(unit(X, F1, 1, s))
    X = layers.ReLU()(unit(X, F2, f))
    return unit(X, F3, 1)


# The identity block ------------------------------------------------------------------------


@answers("identity_block")
def operators_instead_of_layers(X, f, filters, stage, block):
    return ops.relu(main_path(X, f, filters) + X)


@answers("identity_block")
def shortcut_first(X, f, filters, stage, block):
    return layers.ReLU()(layers.Add()([X, main_path(X, f, filters)]))


@answers("identity_block")
def the_function_add(X, f, filters, stage, block):
    return layers.Activation("relu")(layers.add([main_path(X, f, filters), X]))


@answers("identity_block")
def dense_layers_for_every_pixel(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = layers.ReLU()(layers.BatchNormalization()(layers.Dense(F1, use_bias=False)(X)))
    Y = layers.ReLU()(unit(Y, F2, f))
    return layers.ReLU()(layers.BatchNormalization()(layers.Dense(F3)(Y)) + X)


@answers("identity_block")
def the_op_add_and_the_activation_function(X, f, filters, stage, block):
    return keras.activations.relu(ops.add(main_path(X, f, filters), X))


@answers("identity_block")
def the_larger_of_the_sum_and_zero(X, f, filters, stage, block):
    return ops.maximum(main_path(X, f, filters) + X, 0.0)


@answers("identity_block")
def zero_first_and_as_a_whole_number(X, f, filters, stage, block):
    return ops.maximum(0, main_path(X, f, filters) + X)


@answers("identity_block")
def the_sum_where_it_is_positive(X, f, filters, stage, block):
    total = main_path(X, f, filters) + X
    return ops.where(total > 0, total, 0.0)


@answers("identity_block")
def the_shortcut_taken_away_twice(X, f, filters, stage, block):
    return ops.relu(main_path(X, f, filters) - (-X))


@answers("identity_block")
def a_relu_in_half_precision(X, f, filters, stage, block):
    total = ops.cast(main_path(X, f, filters) + X, "float16")
    return ops.cast(ops.relu(total), "float32")


@answers("identity_block")
def the_sum_of_a_list(X, f, filters, stage, block):
    return layers.ReLU()(sum([main_path(X, f, filters), X]))


@answers("identity_block")
def a_relu_without_a_limit(X, f, filters, stage, block):
    return layers.ReLU(max_value=None, negative_slope=0.0, threshold=0.0)(
        main_path(X, f, filters) + X
    )


@answers("identity_block")
def a_leaky_relu_that_does_not_leak(X, f, filters, stage, block):
    return layers.LeakyReLU(negative_slope=0.0)(main_path(X, f, filters) + X)


@answers("identity_block")
def twice_the_mean(X, f, filters, stage, block):
    return ops.relu(2 * layers.average([main_path(X, f, filters), X]))


@answers("identity_block")
def names_for_all_layers(X, f, filters, stage, block):
    shortcut = X
    for letter, width, kernel in zip("abc", filters, (1, f, 1), strict=True):
        name = f"{stage}{block}_branch2{letter}"
        X = layers.Conv2D(width, kernel, padding="same", name=f"res{name}")(X)
        X = layers.BatchNormalization(axis=3, name=f"bn{name}")(X)
        if letter != "c":
            X = layers.Activation("relu", name=f"relu{name}")(X)
    X = layers.Add(name=f"res{stage}{block}_add")([X, shortcut])
    return layers.Activation("relu", name=f"res{stage}{block}_out")(X)


@answers("identity_block")
def no_padding_where_the_kernel_is_one_pixel(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = layers.Conv2D(F1, (1, 1), strides=(1, 1), padding="valid", kernel_initializer="he_normal")(
        X
    )
    Y = layers.Activation("relu")(layers.BatchNormalization(axis=-1)(Y))
    Y = layers.Conv2D(filters=F2, kernel_size=(f, f), padding="SAME")(Y)
    Y = layers.Activation("relu")(layers.BatchNormalization(axis=3)(Y))
    Y = layers.Conv2D(F3, [1, 1], strides=[1, 1])(Y)
    return layers.Activation("relu")(layers.Add()([layers.BatchNormalization(axis=3)(Y), X]))


@answers("identity_block")
def no_bias_before_a_normalisation(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = layers.ReLU()(unit(X, F1, 1, use_bias=False))
    Y = layers.ReLU()(unit(Y, F2, f, use_bias=True))
    return layers.ReLU()(unit(Y, F3, 1, use_bias=False) + X)


@answers("identity_block")
def zeros_around_the_feature_maps_by_hand(X, f, filters, stage, block):
    F1, F2, F3 = filters
    before, after = (f - 1) // 2, f // 2
    Y = layers.ReLU()(unit(X, F1, 1))
    Y = layers.ZeroPadding2D(((before, after), (before, after)))(Y)
    Y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(F2, f)(Y)))
    return layers.ReLU()(unit(Y, F3, 1) + X)


@answers("identity_block")
def zeros_by_the_op_pad(X, f, filters, stage, block):
    F1, F2, F3 = filters
    pair = ((f - 1) // 2, f // 2)
    Y = ops.pad(layers.ReLU()(unit(X, F1, 1)), ((0, 0), pair, pair, (0, 0)))
    Y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(F2, f)(Y)))
    return layers.ReLU()(unit(Y, F3, 1) + X)


@answers("identity_block")
def a_sequential_main_path(X, f, filters, stage, block):
    F1, F2, F3 = filters
    main = keras.Sequential(
        [
            layers.Conv2D(F1, 1),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(F2, f, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(F3, 1),
            layers.BatchNormalization(),
        ]
    )
    return layers.ReLU()(main(X) + X)


@answers("identity_block")
def a_model_inside_the_block(X, f, filters, stage, block):
    inputs = keras.Input(X.shape[1:])
    outputs = layers.ReLU()(layers.Add()([main_path(inputs, f, filters), inputs]))
    return keras.Model(inputs, outputs, name=f"block_{stage}{block}")(X)


@answers("identity_block")
def a_model_of_two_inputs_inside_the_block(X, f, filters, stage, block):
    a, b = keras.Input((None, None, filters[-1])), keras.Input((None, None, filters[-1]))
    join = keras.Model([a, b], layers.ReLU()(layers.Add()([a, b])))
    return join([main_path(X, f, filters), X])


@answers("identity_block")
def a_loop_over_a_table(X, f, filters, stage, block):
    table = [(filters[0], 1, "relu"), (filters[1], f, "relu"), (filters[2], 1, "linear")]
    Y = X
    for width, kernel, activation in table:
        Y = layers.Activation(activation)(unit(Y, width, kernel))
    return layers.Activation("relu")(Y + X)


@answers("identity_block")
def layers_made_before_they_are_called(X, f, filters, stage, block):
    steps = [
        layers.Conv2D(filters[0], 1),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Conv2D(filters[1], f, padding="same"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Conv2D(filters[2], 1),
        layers.BatchNormalization(),
        functools.partial(operator.add, X),
        layers.ReLU(),
    ]
    return functools.reduce(lambda value, step: step(value), steps, X)


@answers("identity_block")
def one_relu_layer_for_all_of_them(X, f, filters, stage, block):
    relu = layers.ReLU()
    Y = relu(unit(X, filters[0], 1))
    Y = relu(unit(Y, filters[1], f))
    return relu(unit(Y, filters[2], 1) + X)


@answers("identity_block")
def identities_in_between(X, f, filters, stage, block):
    Y = layers.Identity()(main_path(X, f, filters))
    return layers.Activation("linear")(layers.ReLU()(Y + layers.Identity()(X)))


@answers("identity_block")
def dropout_that_drops_nothing(X, f, filters, stage, block):
    return layers.ReLU()(layers.Dropout(0.0)(main_path(X, f, filters)) + X)


@answers("identity_block")
def a_normalisation_computed_and_not_used(X, f, filters, stage, block):
    layers.BatchNormalization()(X)
    return layers.ReLU()(main_path(X, f, filters) + X)


class Bottleneck(layers.Layer):
    """The block as a layer whose settings Keras can write down by itself."""

    def __init__(self, f, filters, **kwargs):
        super().__init__(**kwargs)
        self.convolutions = [
            layers.Conv2D(width, kernel, padding="same", name=f"conv_{number}")
            for number, (width, kernel) in enumerate(zip(filters, (1, f, 1), strict=True))
        ]
        self.normalisations = [layers.BatchNormalization(name=f"bn_{number}") for number in "012"]
        self.relu = layers.ReLU()

    def call(self, X, training=None):
        Y = X
        for number in range(3):
            Y = self.normalisations[number](self.convolutions[number](Y), training=training)
            Y = self.relu(Y) if number < 2 else Y
        return self.relu(Y + X)


@answers("identity_block")
def a_subclassed_layer(X, f, filters, stage, block):
    return Bottleneck(f, filters)(X)


class Unit(layers.Layer):
    """A layer whose settings Keras cannot write down: it is given a function."""

    def __init__(self, make):
        super().__init__()
        self.convolution, self.normalisation = make()

    def call(self, X):
        return self.normalisation(self.convolution(X))


class BlockOfUnits(keras.Model):
    def __init__(self, f, filters):
        super().__init__()
        self.units = [
            Unit(lambda width=width, kernel=kernel: (conv(width, kernel), norm()))
            for width, kernel in zip(filters, (1, f, 1), strict=True)
        ]

    def call(self, inputs):
        first, second, third = self.units
        return ops.relu(third(ops.relu(second(ops.relu(first(inputs))))) + inputs)


def conv(width, kernel):
    return layers.Conv2D(width, kernel, padding="same")


def norm():
    return layers.BatchNormalization()


@answers("identity_block")
def subclassed_layers_in_a_subclassed_model(X, f, filters, stage, block):
    return BlockOfUnits(f, filters)(X)


class FunctionalUnit(keras.Model):
    """A functional model as a class of its own."""

    def __init__(self, shape, width, kernel):
        inputs = keras.Input(shape)
        super().__init__(inputs, unit(inputs, width, kernel))


@answers("identity_block")
def functional_models_as_classes(X, f, filters, stage, block):
    Y = X
    for number, (width, kernel) in enumerate(zip(filters, (1, f, 1), strict=True)):
        Y = FunctionalUnit(Y.shape[1:], width, kernel)(Y)
        Y = ops.relu(Y) if number < 2 else Y
    return ops.relu(Y + X)


class UnitOfItsOwnCall(FunctionalUnit):
    """A functional model whose own `call` does more than its inputs and outputs say."""

    def call(self, inputs, training=None, mask=None):
        return ops.relu(super().call(inputs, training=training, mask=mask))


@answers("identity_block")
def functional_models_with_a_call_of_their_own(X, f, filters, stage, block):
    first = UnitOfItsOwnCall(X.shape[1:], filters[0], 1)(X)
    second = UnitOfItsOwnCall(first.shape[1:], filters[1], f)(first)
    return ops.relu(unit(second, filters[2], 1) + X)


@answers("plain_stack")
def rectified_by_the_absolute_value(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = (X + abs(X)) / 2
    return X


@answers("identity_block")
def lambda_layers(X, f, filters, stage, block):
    total = layers.Lambda(lambda pair: pair[0] + pair[1])([main_path(X, f, filters), X])
    return layers.Lambda(lambda value: ops.relu(value))(total)


@answers("identity_block")
def a_lambda_that_refuses_symbolic_tensors(X, f, filters, stage, block):
    def relu(values):
        if isinstance(values, keras.KerasTensor):
            raise TypeError("numbers are needed")
        return ops.relu(values)

    return layers.Lambda(relu, output_shape=lambda shape: shape)(main_path(X, f, filters) + X)


class Builder:
    def __init__(self, f, filters):
        self.f, self.filters = f, filters

    def __call__(self, X):
        return layers.ReLU()(main_path(X, self.f, self.filters) + X)


@answers("identity_block")
def a_class_that_is_not_a_layer(X, f, filters, stage, block):
    return Builder(f, filters)(X)


def decorated(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


ANSWERS.append(
    ("identity_block", "a_decorator_that_hides_the_parameters", decorated(shortcut_first))
)
ANSWERS.append(("identity_block", "a_partial", functools.partial(shortcut_first, stage=9)))


# The convolutional block -------------------------------------------------------------------


@answers("convolutional_block")
def strides_as_tuples(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Y = layers.Conv2D(F1, (1, 1), strides=(s, s))(X)
    Y = layers.ReLU()(layers.BatchNormalization()(Y))
    Y = layers.ReLU()(unit(Y, F2, (f, f)))
    Y = unit(Y, F3, (1, 1))
    shortcut = layers.Conv2D(F3, (1, 1), strides=(s, s), padding="valid")(X)
    return layers.ReLU()(layers.BatchNormalization()(shortcut) + Y)


@answers("convolutional_block")
def one_row_in_s_by_slices(X, f, filters, stage, block, s=2):
    smaller = X[:, ::s, ::s, :]
    shortcut = unit(smaller, filters[-1], 1)
    return layers.ReLU()(main_path(smaller, f, filters) + shortcut)


@answers("convolutional_block")
def one_row_in_s_by_pooling_one_pixel(X, f, filters, stage, block, s=2):
    smaller = layers.MaxPooling2D(1, strides=s)(X)
    return layers.ReLU()(main_path(X, f, filters, s) + unit(smaller, filters[-1], 1))


@answers("convolutional_block")
def the_shortcut_before_the_main_path(X, f, filters, stage, block, s=2):
    shortcut = unit(X, filters[-1], 1, s, use_bias=False)
    return ops.relu(shortcut + main_path(X, f, filters, s))


@answers("basic_block")
def a_projection_only_where_it_is_needed(X, filters, stage, block, s=1):
    needed = s > 1 or X.shape[-1] != filters
    shortcut = unit(X, filters, 1, s, use_bias=False) if needed else X
    Y = layers.ReLU()(unit(X, filters, 3, s, use_bias=False))
    return layers.ReLU()(layers.Add()([shortcut, unit(Y, filters, 3, use_bias=False)]))


@answers("projection_shortcut")
def a_projection_in_a_sequential_model(X, filters, stage, block, s=2):
    steps = [layers.Conv2D(filters, 1, strides=s), layers.BatchNormalization()]
    return keras.Sequential(steps)(X)


# Stacks ------------------------------------------------------------------------------------


@answers("conv_bn")
def the_unit_in_keywords(X, filters, kernel_size, name, strides=1, use_bias=True):
    convolution = layers.Conv2D(
        filters=filters,
        kernel_size=(kernel_size, kernel_size),
        strides=(strides, strides),
        padding="same",
        data_format="channels_last",
        use_bias=use_bias,
        bias_initializer="zeros",
    )
    return layers.BatchNormalization(axis=-1, momentum=0.9, epsilon=1e-5)(convolution(X))


@answers("plain_stack")
def activations_inside_the_convolutions(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
    return X


@answers("plain_stack")
def activations_given_as_functions(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation=keras.activations.relu)(X)
    return X


@answers("plain_stack")
def activations_of_ones_own(X, depth, width):
    def activation(values):
        return ops.maximum(values, 0)

    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation=activation)(X)
    return X


@answers("plain_stack")
def recursion_instead_of_a_loop(X, depth, width):
    if depth == 0:
        return X
    before = recursion_instead_of_a_loop(X, depth - 1, width)
    return ops.relu(layers.Conv2D(width, 3, padding="same")(before))


@answers("residual_stack")
def the_sum_inside_the_activation(X, depth, width):
    if depth % 2:
        raise ValueError("Expected an even depth.")
    for _ in range(0, depth, 2):
        Y = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = ops.relu(X + layers.Conv2D(width, 3, padding="same")(Y))
    return X


@answers("residual_stack")
def an_assertion_that_is_a_value_error(X, depth, width):
    class OddDepth(ValueError):
        pass

    if depth % 2 == 1:
        raise OddDepth(f"{depth} is odd")
    pairs = [(conv(width, 3), conv(width, 3)) for _ in range(depth // 2)]
    return functools.reduce(lambda Z, p: layers.ReLU()(p[1](layers.ReLU()(p[0](Z))) + Z), pairs, X)


# Whole networks ----------------------------------------------------------------------------


def classifier(inputs, X, classes):
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


def stem_of_ops(X):
    X = ops.pad(X, ((0, 0), (3, 3), (3, 3), (0, 0)))
    X = ops.relu(layers.BatchNormalization()(layers.Conv2D(64, 7, strides=2)(X)))
    X = ops.pad(X, [[0, 0], [1, 1], [1, 1], [0, 0]])
    return ops.max_pool(X, 3, strides=2, padding="valid")


answers("stem")(stem_of_ops)


@answers("stem")
def the_stem_as_a_model(X):
    steps = [
        layers.ZeroPadding2D((3, 3)),
        layers.Conv2D(64, (7, 7), strides=(2, 2)),
        layers.BatchNormalization(axis=3),
        layers.Activation("relu"),
        layers.ZeroPadding2D(padding=((1, 1), (1, 1))),
        layers.MaxPool2D((3, 3), strides=(2, 2)),
    ]
    return keras.Sequential(steps)(X)


STAGES = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))


@answers("ResNet50")
def a_table_and_operators(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem_of_ops(inputs)
    for width, blocks, s in STAGES:
        for number in range(blocks):
            filters, stride = (width, width, 4 * width), s if number == 0 else 1
            shortcut = unit(X, 4 * width, 1, stride) if number == 0 else X
            X = ops.maximum(main_path(X, 3, filters, stride) + shortcut, 0)
    return classifier(inputs, ops.mean(X, axis=(1, 2)), classes)


@answers("ResNet50")
def a_flat_mean_and_sums_of_lists(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    X = stem_of_ops(inputs)
    for width, blocks, s in STAGES:
        filters = (width, width, 4 * width)
        X = layers.ReLU()(sum([unit(X, 4 * width, 1, s), main_path(X, 3, filters, s)]))
        for _ in range(blocks - 1):
            X = layers.ReLU()(2 * layers.Average()([X, main_path(X, 3, filters)]))
    X = layers.Flatten()(layers.GlobalAveragePooling2D(keepdims=True)(X))
    return classifier(inputs, X, classes)


class SubclassedResNet50(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.stem = keras.Sequential(
            [
                layers.ZeroPadding2D(3),
                layers.Conv2D(64, 7, strides=2),
                layers.BatchNormalization(),
                layers.ReLU(),
                layers.ZeroPadding2D(1),
                layers.MaxPooling2D(3, 2),
            ]
        )
        self.blocks = [
            SubclassedBlock((width, width, 4 * width), s if number == 0 else 1, number == 0)
            for width, blocks, s in STAGES
            for number in range(blocks)
        ]
        self.pooling = layers.GlobalAveragePooling2D()
        self.top = layers.Dense(classes, activation="softmax")

    def call(self, X, training=None):
        X = self.stem(X, training=training)
        for block in self.blocks:
            X = block(X, training=training)
        return self.top(self.pooling(X))


class SubclassedBlock(layers.Layer):
    def __init__(self, filters, s, projects):
        super().__init__()
        self.convolutions = [
            layers.Conv2D(width, kernel, strides=stride, padding="same")
            for width, kernel, stride in zip(filters, (1, 3, 1), (s, 1, 1), strict=True)
        ]
        self.normalisations = [layers.BatchNormalization() for _ in range(3)]
        self.projection = (
            [layers.Conv2D(filters[-1], 1, strides=s), layers.BatchNormalization()]
            if projects
            else []
        )

    def call(self, X, training=None):
        Y = X
        for number, (convolution, normalisation) in enumerate(
            zip(self.convolutions, self.normalisations, strict=True)
        ):
            Y = normalisation(convolution(Y), training=training)
            Y = ops.relu(Y) if number < 2 else Y
        for layer in self.projection:
            X = layer(X)
        return ops.relu(X + Y)


@answers("ResNet50")
def a_subclassed_network(input_shape=(64, 64, 3), classes=6):
    return SubclassedResNet50(classes)


@answers("mnist_resnet")
def a_sequential_network_of_models(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    def block(shape, width, s):
        inputs = keras.Input(shape)
        outputs = a_projection_only_where_it_is_needed(inputs, width, 0, "", s)
        return keras.Model(inputs, outputs)

    network = keras.Sequential([keras.Input(input_shape)])
    for layer in (
        layers.Conv2D(widths[0], 3, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPooling2D(),
    ):
        network.add(layer)
    for number, width in enumerate(widths):
        network.add(block(network.output_shape[1:], width, 1 if number == 0 else 2))
    network.add(layers.GlobalAveragePooling2D())
    network.add(layers.Dense(classes))
    network.add(layers.Softmax())
    return network


class FunctionalNetwork(keras.Model):
    """A network as a class of its own that hands its inputs and outputs to Keras."""

    def __init__(self, input_shape, classes, widths):
        inputs = keras.Input(input_shape)
        X = layers.Conv2D(widths[0], 3, padding="same", use_bias=False)(inputs)
        X = layers.MaxPooling2D()(layers.ReLU()(layers.BatchNormalization()(X)))
        for number, width in enumerate(widths):
            s = 1 if number == 0 else 2
            X = a_projection_only_where_it_is_needed(X, width, 0, "", s)
        X = layers.GlobalAveragePooling2D()(X)
        super().__init__(inputs, layers.Dense(classes, activation="softmax")(X))


@answers("mnist_resnet")
def a_functional_network_as_a_class(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return FunctionalNetwork(input_shape, classes, widths)


# Transfer ----------------------------------------------------------------------------------


@answers("transfer_model")
def a_head_of_ops_on_a_frozen_backbone(backbone, classes=10):
    for layer in backbone.layers:
        layer.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = ops.mean(backbone(inputs, training=False), axis=[-3, -2])
    X = ops.relu(layers.Dense(128)(X))
    return keras.Model(inputs, ops.softmax(layers.Dense(classes)(X)))


@answers("transfer_model")
def a_sequential_head(backbone, classes=10):
    backbone.trainable = False
    head = keras.Sequential(
        [
            layers.GlobalAveragePooling2D(),
            layers.Dense(128, "relu"),
            layers.Dense(classes, "softmax"),
        ]
    )
    inputs = keras.Input(backbone.input_shape[1:])
    return keras.Model(inputs, head(backbone(inputs, training=False)))


@answers("unfreeze")
def unfreeze_layer_by_layer(model, learning_rate=1e-5):
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            for inner in layer.layers:
                inner.trainable = True
                if isinstance(inner, layers.BatchNormalization):
                    inner.trainable = False
        else:
            layer.trainable = True
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(),
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
    )
    return model


# Numbers -----------------------------------------------------------------------------------


@answers("output_size")
def whole_numbers_only(size, kernel, stride, padding):
    return -(-(size if padding == "same" else size - kernel + 1) // stride)


@answers("output_size")
def numpy_rounds_up(size, kernel, stride, padding):
    return np.ceil(np.array(size - (kernel - 1) * (padding == "valid")) / stride)


@answers("output_size")
def keras_counts(size, kernel, stride, padding):
    convolution = layers.Conv1D(1, kernel, strides=stride, padding=padding)
    return convolution.compute_output_shape((1, size, 1))[1]


@answers("identity_block_parameters")
def an_array_without_axes(f, channels, filters):
    F1, F2, F3 = (np.int32(each) for each in filters)
    return np.array((channels + 3) * F1 + (f * f * F1 + 3) * F2 + (F2 + 3) * F3)


@answers("identity_block_parameters")
def counted_on_a_real_block(f, channels, filters):
    X = keras.Input((8, 8, channels))
    model = keras.Model(X, shortcut_first(X, f, filters, 2, "b"))
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


@answers("gradient_norms")
def gradients_by_a_step_of_plain_descent(model, images, labels):
    weights = model.get_weights()
    twin = keras.Model(model.input, model.output)
    twin.compile(keras.optimizers.SGD(1.0), "sparse_categorical_crossentropy")
    before = {layer.name: np.array(layer.kernel) for layer in model.layers if _is_conv(layer)}
    twin.train_on_batch(images, labels)
    norms = {
        name: np.linalg.norm(kernel - np.array(model.get_layer(name).kernel))
        for name, kernel in before.items()
    }
    model.set_weights(weights)
    return norms


def _is_conv(layer):
    return isinstance(layer, layers.Conv2D)


@answers("digits_to_images")
def preprocessed_by_keras(digits, size=224):
    grey = np.reshape(digits, (*np.shape(digits)[:3], 1)).astype("float32")
    images = keras.ops.image.resize(np.concatenate([grey] * 3, -1), (size, size))
    images = np.array(keras.ops.convert_to_numpy(images))
    return keras.applications.resnet.preprocess_input(images)


@answers("digits_to_images")
def a_tensor_in_float64(digits, size=224):
    grey = np.asarray(digits, "float64").reshape(*digits.shape[:3], 1)
    resized = ops.image.resize(ops.convert_to_tensor(grey), (size, size))
    return ops.concatenate([resized - 103.939, resized - 116.779, resized - 123.68], axis=3)


@answers("count_parameters")
def counted_by_keras(model):
    trainable = sum(np.prod(variable.shape) for variable in model.trainable_variables)
    return [trainable, model.count_params()]


@answers("count_parameters")
def an_array_of_two_numbers(model):
    sizes = [[int(ops.size(w)) for w in ws] for ws in (model.trainable_weights, model.weights)]
    return np.array([sum(each) for each in sizes], dtype="float32")


@answers("confidence")
def labels_and_confidences_of_keras(probabilities):
    return ops.argmax(probabilities, axis=-1), ops.max(probabilities, axis=-1)


@answers("confidence")
def lists_filled_in_a_loop(probabilities):
    labels, sure = [], []
    for row in probabilities:
        labels.append(max(range(len(row)), key=row.__getitem__))
        sure.append(float(row[labels[-1]]))
    return [labels, sure]


@answers("confidence")
def narrow_numbers(probabilities):
    order = np.argsort(probabilities, axis=1)
    return order[:, -1].astype("uint8"), np.take_along_axis(
        probabilities.astype("float32"), order[:, -1:], 1
    )[:, 0]


@answers("compare_stages")
def arrays_without_axes_for_numbers(labels, frozen, tuned):
    before, after = (np.argmax(each, 1) == labels for each in (frozen, tuned))
    sure = np.max(tuned, 1)
    return {
        "confidence_wrong": np.array(sure[~after].mean()),
        "confidence_right": np.float32(sure[after].mean()),
        "gain": ops.convert_to_tensor(100 * (after.mean() - before.mean())),
        "tuned_accuracy": after.mean(),
        "frozen_accuracy": before.mean(),
    }


@pytest.mark.parametrize("grading", [False, True], ids=["lesson", "grading"])
@pytest.mark.parametrize(
    ("exercise", "function"),
    [
        pytest.param(exercise, function, id=f"{exercise}-{name}")
        for exercise, name, function in ANSWERS
    ],
)
def test_a_right_answer_in_other_words_passes(exercise, function, grading):
    report = checks.run(exercise, function, grading, seconds=300)
    assert report.passed, str(report)
