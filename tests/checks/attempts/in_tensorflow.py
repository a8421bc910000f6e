"""Attempts that compute with TensorFlow inside of layers, or with weights of a layer's own."""

import functools

import keras
import tensorflow as tf
from keras import layers, ops

from resnet_course.desk.solutions import reference_solution
from tests.checks.attempts.attempt import Attempt, collector

ATTEMPTS: list[Attempt] = []
right, wrong = collector(ATTEMPTS)

conv_bn = reference_solution("conv_bn")
identity_block = reference_solution("identity_block")
convolutional_block = reference_solution("convolutional_block")
basic_block = reference_solution("basic_block")


class Calls(layers.Layer):
    """Calls a function."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, *tensors):
        return self.function(*tensors)


class OwnConvolution(layers.Layer):
    def __init__(self, filters, kernel, strides=1, padding="SAME", bias=True, activation=None):
        super().__init__()
        self.filters, self.size, self.strides = filters, kernel, strides
        self.padding, self.bias, self.activation = padding, bias, activation

    def build(self, shape):
        size = (self.size, self.size, shape[-1], self.filters)
        self.kernel = self.add_weight(shape=size, initializer="he_normal", name="kernel")
        if self.bias:
            self.offset = self.add_weight(shape=(self.filters,), initializer="zeros")

    def call(self, X):
        X = tf.nn.conv2d(X, self.kernel, strides=self.strides, padding=self.padding)
        X = tf.nn.bias_add(X, self.offset) if self.bias else X
        return self.activation(X) if self.activation else X


class OwnConvolutionOfKeras(OwnConvolution):
    def call(self, X):
        X = ops.conv(X, self.kernel, strides=self.strides, padding=self.padding.lower())
        return X + self.offset


class OwnDense(layers.Layer):
    def __init__(self, units, activation=tf.identity):
        super().__init__()
        self.units, self.activation = units, activation

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), initializer="glorot_uniform")
        self.b = self.add_weight(shape=(1, self.units), initializer="zeros")

    def call(self, X):
        return self.activation(tf.matmul(X, self.w) + self.b)


class OwnNormalisation(layers.Layer):
    """A batch normalisation by hand."""

    def build(self, shape):
        size = (shape[-1],)
        self.gamma = self.add_weight(shape=size, initializer="ones")
        self.beta = self.add_weight(shape=size, initializer="zeros")
        self.mean = self.add_weight(shape=size, initializer="zeros", trainable=False)
        self.variance = self.add_weight(shape=size, initializer="ones", trainable=False)

    def collected(self, X):
        mean, variance = tf.nn.moments(X, axes=[0, 1, 2])
        self.mean.assign(0.99 * self.mean + 0.01 * mean)
        self.variance.assign(0.99 * self.variance + 0.01 * variance)
        return mean, variance

    def call(self, X, training=False):
        mean, variance = self.collected(X) if training else (self.mean, self.variance)
        return tf.nn.batch_normalization(X, mean, variance, self.beta, self.gamma, 1e-3)


class StepByStep(OwnNormalisation):
    def call(self, X, training=None):
        if training:
            mean, variance = ops.mean(X, axis=(0, 1, 2)), ops.var(X, axis=(0, 1, 2))
            self.mean.assign(self.mean * 0.9 + mean * 0.1)
            self.variance.assign(self.variance * 0.9 + variance * 0.1)
        else:
            mean, variance = self.mean, self.variance
        return self.gamma * (X - mean) / ops.sqrt(variance + 1e-5) + self.beta


class AlwaysOfTheBatch(OwnNormalisation):
    def call(self, X):
        mean, variance = self.collected(X)
        return tf.nn.batch_normalization(X, mean, variance, self.beta, self.gamma, 1e-3)


class NeverOfTheBatch(OwnNormalisation):
    def call(self, X):
        return tf.nn.batch_normalization(X, self.mean, self.variance, self.beta, self.gamma, 1e-3)


class CollectsNothing(OwnNormalisation):
    def collected(self, X):
        return tf.nn.moments(X, axes=[0, 1, 2])


class WithoutVariance(OwnNormalisation):
    def call(self, X, training=False):
        mean, _ = self.collected(X) if training else (self.mean, self.variance)
        return (X - mean) * self.gamma + self.beta


class SameConvolution(layers.Conv2D):
    def __init__(self, filters, kernel, strides=1, **settings):
        super().__init__(filters, kernel, strides=strides, padding="same", **settings)


class RectifiedConvolution(SameConvolution):
    def call(self, X):
        return tf.nn.relu(super().call(X))


class RectifiedSum(layers.Layer):
    def call(self, tensors):
        return tf.nn.relu(tf.add_n(tensors))


class Decorated(layers.Layer):
    @tf.function
    def call(self, tensors):
        one, other = tensors
        return tf.math.maximum(tf.math.add(one, other), tf.constant(0.0))


class Bottleneck(keras.Model):
    """A residual block, as it is written for TensorFlow alone."""

    def __init__(self, filters, f=3, s=1, project=False, activation=tf.nn.relu, joined=tf.add):
        super().__init__()
        F1, F2, F3 = filters
        self.convolutions = [
            layers.Conv2D(F1, 1, strides=s),
            layers.Conv2D(F2, f, padding="same"),
            layers.Conv2D(F3, 1),
        ]
        self.normalisations = [layers.BatchNormalization() for _ in filters]
        self.projection = layers.Conv2D(F3, 1, strides=s) if project else None
        self.projected = layers.BatchNormalization() if project else None
        self.activation, self.joined = activation, joined

    def call(self, X, training=False):
        Y = X
        for number in range(3):
            Y = self.normalisations[number](self.convolutions[number](Y), training=training)
            Y = self.activation(Y) if number < 2 else Y
        if self.projection is not None:
            X = self.projected(self.projection(X), training=training)
        return tf.nn.relu(self.joined(Y, X))


def units(X, f, filters, normalisation=layers.BatchNormalization, convolution=SameConvolution):
    F1, F2, F3 = filters
    X = tf.keras.layers.ReLU()(normalisation()(convolution(F1, 1)(X)))
    X = tf.keras.layers.ReLU()(normalisation()(convolution(F2, f)(X)))
    return normalisation()(convolution(F3, 1)(X))


# Stacks ------------------------------------------------------------------------------------


@right("plain_stack")
def activations_of_tensorflow(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation=tf.nn.relu)(X)
    return X


@right("plain_stack")
def a_layer_as_activation(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation=layers.ReLU())(X)
    return X


@right("plain_stack")
def convolutions_by_hand(X, depth, width):
    for _ in range(depth):
        X = OwnConvolution(width, 3, activation=tf.nn.relu)(X)
    return X


@right("plain_stack")
def a_layer_that_extends_a_convolution(X, depth, width):
    for _ in range(depth):
        X = RectifiedConvolution(width, 3)(X)
    return X


@right("plain_stack")
def an_activation_by_hand(X, depth, width):
    def rectified(values):
        return values * tf.cast(values > 0, tf.float32)

    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation=rectified)(X)
    return X


@right("plain_stack")
def zeros_by_tf_pad(X, depth, width):
    pad = layers.Lambda(lambda t: tf.pad(t, [[0, 0], [1, 1], [1, 1], [0, 0]]))
    for _ in range(depth):
        X = layers.Conv2D(width, 3, activation=lambda t: tf.maximum(t, 0.0))(pad(X))
    return X


@wrong("plain_stack", "LeakyReLU")
def a_leaky_relu_of_tensorflow(X, depth, width):
    leaky = functools.partial(tf.nn.leaky_relu, alpha=0.2)
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation=leaky)(X)
    return X


@wrong("plain_stack", "ELU")
def an_elu_of_tensorflow(X, depth, width):
    for _ in range(depth):
        X = layers.Activation(tf.nn.elu)(layers.Conv2D(width, 3, padding="same")(X))
    return X


@wrong("plain_stack", "SiLU")
def a_silu_of_tensorflow(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation=tf.nn.silu)(X)
    return X


@wrong("plain_stack", "ReLUs? (is|are) missing")
def no_activation_but_tf_identity(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation=tf.identity)(X)
    return X


@wrong("plain_stack", "bias")
def convolutions_by_hand_without_a_bias(X, depth, width):
    for _ in range(depth):
        X = OwnConvolution(width, 3, bias=False, activation=tf.nn.relu)(X)
    return X


@wrong("plain_stack", "padding|window is larger than the image")
def convolutions_by_hand_with_valid_padding(X, depth, width):
    for _ in range(depth):
        X = OwnConvolution(width, 3, padding="VALID", activation=tf.nn.relu)(X)
    return X


@wrong("plain_stack", "weights that training does not change")
def kernels_that_keras_does_not_know(X, depth, width):
    class Convolution(layers.Layer):
        def build(self, shape):
            kernel = tf.random.normal((3, 3, shape[-1], width))
            self.kernels = tf.Variable(kernel)
            self.biases = tf.Variable(tf.zeros((width,)))

        def call(self, X):
            return tf.nn.relu(tf.nn.conv2d(X, self.kernels, 1, "SAME") + self.biases)

    for _ in range(depth):
        X = Convolution()(X)
    return X


@wrong("plain_stack", "cannot see into the layer '.*' of the class Convolution")
def numbers_from_numpy(X, depth, width):
    class Convolution(layers.Layer):
        def build(self, shape):
            self.inner = layers.Conv2D(width, 3, padding="same")

        def call(self, X):
            Y = self.inner(X)
            rectified = tf.numpy_function(lambda values: values.clip(0), [Y], tf.float32)
            return tf.ensure_shape(rectified, Y.shape)

    for _ in range(depth):
        X = Convolution()(X)
    return X


def checked(depth):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")


@right("residual_stack")
def sums_rectified_by_tensorflow(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        Y = layers.Conv2D(width, 3, padding="same", activation=tf.nn.relu)(X)
        X = RectifiedSum()([X, layers.Conv2D(width, 3, padding="same")(Y)])
    return X


@right("residual_stack")
def a_block_that_builds_itself(X, depth, width):
    class Block(layers.Layer):
        def build(self, shape):
            self.first = layers.Conv2D(width, 3, padding="same", activation="relu")
            self.second = OwnConvolutionOfKeras(width, 3)

        def call(self, X):
            return tf.nn.relu(X + self.second(self.first(X)))

    checked(depth)
    for _ in range(depth // 2):
        X = Block()(X)
    return X


@wrong("residual_stack", "shortcut")
def a_shortcut_that_is_not_added(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        Y = layers.Conv2D(width, 3, padding="same", activation=tf.nn.relu)(X)
        Y = layers.Conv2D(width, 3, padding="same")(Y)
        X = Calls(lambda one, other: tf.nn.relu(one))(Y, X)
    return X


@wrong("residual_stack", "multipl|product")
def a_product_of_tensorflow(X, depth, width):
    checked(depth)
    for _ in range(depth // 2):
        Y = layers.Conv2D(width, 3, padding="same", activation=tf.nn.relu)(X)
        Y = layers.Conv2D(width, 3, padding="same")(Y)
        X = Calls(lambda one, other: tf.nn.relu(tf.multiply(one, other)))(Y, X)
    return X


# Units -------------------------------------------------------------------------------------


@right("conv_bn")
def a_convolution_by_hand(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = OwnConvolution(filters, kernel_size, strides, bias=use_bias)(X)
    return layers.BatchNormalization()(X)


@right("conv_bn")
def a_normalisation_by_hand(X, filters, kernel_size, name, strides=1, use_bias=True):
    X = SameConvolution(filters, kernel_size, strides, use_bias=use_bias)(X)
    return OwnNormalisation()(X)


@right("conv_bn")
def both_in_a_sequential_model(X, filters, kernel_size, name, strides=1, use_bias=True):
    class Unit(layers.Layer):
        def __init__(self):
            super().__init__()
            convolution = SameConvolution(filters, kernel_size, strides, use_bias=use_bias)
            self.steps = tf.keras.Sequential([convolution, layers.BatchNormalization()])

        def call(self, X, training=False):
            return tf.identity(self.steps(X, training=training))

    return Unit()(X)


@wrong("conv_bn", "training mode")
def a_normalisation_by_the_batch_alone(X, filters, kernel_size, name, strides=1, use_bias=True):
    return AlwaysOfTheBatch()(SameConvolution(filters, kernel_size, strides)(X))


@wrong("conv_bn", "training")
def a_normalisation_by_given_statistics(X, filters, kernel_size, name, strides=1, use_bias=True):
    return NeverOfTheBatch()(SameConvolution(filters, kernel_size, strides)(X))


@wrong("conv_bn", "never change")
def statistics_that_nobody_collects(X, filters, kernel_size, name, strides=1, use_bias=True):
    return CollectsNothing()(SameConvolution(filters, kernel_size, strides)(X))


@wrong("conv_bn", "WithoutVariance takes statistics of the batch and is not a batch norm")
def a_normalisation_that_only_shifts(X, filters, kernel_size, name, strides=1, use_bias=True):
    return WithoutVariance()(SameConvolution(filters, kernel_size, strides)(X))


@wrong("conv_bn", "ReLU")
def rectified_by_tensorflow(X, filters, kernel_size, name, strides=1, use_bias=True):
    return Calls(tf.nn.relu)(conv_bn(X, filters, kernel_size, name, strides, use_bias))


# The identity block ------------------------------------------------------------------------


@right("identity_block")
def a_lambda_of_a_pair(X, f, filters, stage, block):
    return layers.Lambda(lambda t: tf.nn.relu(t[0] + t[1]))([units(X, f, filters), X])


@right("identity_block")
def the_layer_function_add(X, f, filters, stage, block):
    return tf.keras.layers.Activation(tf.nn.relu)(tf.keras.layers.add([units(X, f, filters), X]))


@right("identity_block")
def a_decorated_call(X, f, filters, stage, block):
    return Decorated()([units(X, f, filters), X])


@right("identity_block")
def a_subclassed_block(X, f, filters, stage, block):
    return Bottleneck(filters, f)(X)


@right("identity_block")
def a_sum_over_a_stack(X, f, filters, stage, block):
    add = Calls(lambda one, other: tf.reduce_sum([one, other], axis=0))
    return layers.Lambda(tf.nn.relu)(add(units(X, f, filters), X))


@right("identity_block")
def the_positive_part(X, f, filters, stage, block):
    positive = Calls(lambda t: tf.where(tf.greater_equal(t, 0.0), t, tf.zeros_like(t)))
    return positive(layers.Add()([units(X, f, filters), X]))


@right("identity_block")
def the_larger_of_the_sum_and_zeros(X, f, filters, stage, block):
    larger = Calls(lambda t: tf.maximum(t, tf.zeros_like(t)))
    return larger(layers.Add()([units(X, f, filters), X]))


@right("identity_block")
def half_of_the_sum_and_its_size(X, f, filters, stage, block):
    half = Calls(lambda t: (t + tf.sqrt(tf.square(t))) * 0.5)
    return half(layers.Add()([units(X, f, filters), X]))


@right("identity_block")
def normalised_step_by_step(X, f, filters, stage, block):
    return ops.relu(units(X, f, filters, StepByStep) + X)


@right("identity_block")
def all_by_hand(X, f, filters, stage, block):
    Y = units(X, f, filters, OwnNormalisation, OwnConvolution)
    return layers.Activation(tf.keras.activations.relu)(Y + X)


@right("identity_block")
def all_by_hand_in_keras(X, f, filters, stage, block):
    Y = units(X, f, filters, convolution=OwnConvolutionOfKeras)
    return keras.activations.get("relu")(Y + X)


@right("identity_block")
def dense_layers_by_hand(X, f, filters, stage, block):
    F1, F2, F3 = filters
    norm = layers.BatchNormalization
    Y = layers.ReLU()(norm()(OwnDense(F1)(X)))
    Y = layers.ReLU()(norm()(SameConvolution(F2, f)(Y)))
    return layers.ReLU()(norm()(OwnDense(F3)(Y)) + X)


@right("identity_block")
def products_by_tensordot(X, f, filters, stage, block):
    class Pixelwise(OwnDense):
        def call(self, X):
            return tf.tensordot(X, self.w, axes=[[3], [0]]) + self.b

    class ByEinsum(OwnDense):
        def call(self, X):
            return tf.einsum("nhwc,cf->nhwf", X, self.w) + self.b

    F1, F2, F3 = filters
    norm = layers.BatchNormalization
    Y = layers.ReLU()(norm()(Pixelwise(F1)(X)))
    Y = layers.ReLU()(norm()(SameConvolution(F2, f)(Y)))
    return layers.ReLU()(norm()(ByEinsum(F3)(Y)) + X)


@right("identity_block")
def a_layer_around_another(X, f, filters, stage, block):
    class Rectified(layers.Wrapper):
        def call(self, X):
            return tf.nn.relu(self.layer(X))

    Y = X
    for width, kernel in zip(filters, (1, f, 1), strict=True):
        Y = SameConvolution(width, kernel)(Y)
        norm = layers.BatchNormalization()
        Y = (norm if kernel == 1 and Y.shape[-1] == filters[2] else Rectified(norm))(Y)
    return RectifiedSum()([Y, X])


@right("identity_block")
def a_module_with_layers(X, f, filters, stage, block):
    class Main(tf.Module):
        def __init__(self):
            super().__init__()
            self.steps = [layers.Conv2D(filters[0], 1), layers.BatchNormalization()]
            self.more = [SameConvolution(filters[1], f), layers.BatchNormalization()]
            self.last = [layers.Conv2D(filters[2], 1), layers.BatchNormalization()]

    class Block(layers.Layer):
        def __init__(self):
            super().__init__()
            main = Main()
            self.steps, self.more, self.last = main.steps, main.more, main.last

        def call(self, X, training=None):
            Y = X
            for steps in (self.steps, self.more):
                Y = tf.nn.relu(steps[1](steps[0](Y), training=training))
            return tf.nn.relu(self.last[1](self.last[0](Y), training=training) + X)

    return Block()(X)


@wrong("identity_block", "ReLU after the addition")
def a_sum_that_is_not_rectified(X, f, filters, stage, block):
    return layers.Lambda(lambda t: tf.add(t[0], t[1]))([units(X, f, filters), X])


@wrong("identity_block", "ReLU after the (first|second) convolution|ReLUs")
def a_subclassed_block_without_relus(X, f, filters, stage, block):
    return Bottleneck(filters, f, activation=tf.identity)(X)


@wrong("identity_block", "shortcut")
def a_subclassed_block_without_a_shortcut(X, f, filters, stage, block):
    return Bottleneck(filters, f, joined=lambda Y, X: Y)(X)


@wrong("identity_block", "concatenat")
def a_block_that_concatenates(X, f, filters, stage, block):
    join = Calls(lambda Y, X: tf.nn.relu(tf.concat([Y, X], axis=-1)))
    return join(units(X, f, filters), X)


@wrong("identity_block", "subtract")
def a_block_that_subtracts(X, f, filters, stage, block):
    return Bottleneck(filters, f, joined=tf.subtract)(X)


@wrong("identity_block", "ReLU up to 6|clipped")
def a_relu6_of_tensorflow(X, f, filters, stage, block):
    return layers.Activation(tf.nn.relu6)(units(X, f, filters) + X)


@wrong("identity_block", "sigmoid")
def a_sigmoid_of_tensorflow(X, f, filters, stage, block):
    return layers.Activation(tf.sigmoid)(units(X, f, filters) + X)


@wrong("identity_block", "square")
def a_square_of_tensorflow(X, f, filters, stage, block):
    return Calls(tf.square)(units(X, f, filters) + X)


@wrong("identity_block", "stop_gradient")
def a_shortcut_without_a_gradient(X, f, filters, stage, block):
    return Calls(lambda Y, X: tf.nn.relu(Y + tf.stop_gradient(X)))(units(X, f, filters), X)


@wrong("identity_block", "one thing while training and another afterwards")
def another_sum_while_training(X, f, filters, stage, block):
    class Sum(layers.Layer):
        def call(self, Y, X, training=False):
            return tf.nn.relu(Y + X if training else Y + Y)

    return Sum()(units(X, f, filters), X)


@wrong("identity_block", "one thing while training and another afterwards")
def rectified_only_while_training(X, f, filters, stage, block):
    class Sum(layers.Layer):
        def call(self, Y, X, training=None):
            return tf.nn.relu(Y + X) if training else Y + X

    return Sum()(units(X, f, filters), X)


@wrong("identity_block", "cannot see into the layer '.*' of the class Drops")
def a_dropout_of_tensorflow(X, f, filters, stage, block):
    class Drops(layers.Layer):
        def call(self, X):
            return tf.nn.dropout(X, 0.2)

    return layers.ReLU()(Drops()(units(X, f, filters)) + X)


@wrong("identity_block", "cannot see into the layer '.*' of the class Sorts")
def a_function_that_is_not_known(X, f, filters, stage, block):
    class Sorts(layers.Layer):
        def call(self, X):
            return tf.sort(X)

    return layers.ReLU()(Sorts()(units(X, f, filters)) + X)


@wrong("identity_block", "cannot see into the layer '.*' of the class Loops")
def a_loop_of_tensorflow(X, f, filters, stage, block):
    class Loops(layers.Layer):
        def call(self, X):
            return tf.while_loop(lambda t: tf.reduce_sum(t) < 0, lambda t: [t + 1], [X])[0]

    return layers.ReLU()(Loops()(units(X, f, filters)) + X)


@wrong("identity_block", "used in two places")
def one_convolution_by_hand_for_two_places(X, f, filters, stage, block):
    class Twice(layers.Layer):
        def __init__(self):
            super().__init__()
            self.first = OwnConvolution(filters[0], 1)
            self.again = OwnConvolution(filters[0], 1)

        def call(self, X):
            return self.again(self.again(self.first(X)))

    return units(Twice()(X), f, filters) + X


@wrong("identity_block", "A layer has weights that training does not change")
def a_module_with_weights(X, f, filters, stage, block):
    class Linear(tf.Module):
        def __init__(self, before):
            super().__init__()
            self.w = tf.Variable(tf.random.normal((before, filters[0])))

        def __call__(self, X):
            return tf.matmul(X, self.w)

    class First(layers.Layer):
        def build(self, shape):
            self.linear = Linear(shape[-1])

        def call(self, X):
            return self.linear(X)

    norm = layers.BatchNormalization
    Y = layers.ReLU()(norm()(First()(X)))
    Y = layers.ReLU()(norm()(SameConvolution(filters[1], f)(Y)))
    return layers.ReLU()(norm()(SameConvolution(filters[2], 1)(Y)) + X)


# The convolutional block -------------------------------------------------------------------


@right("projection_shortcut")
def a_slice_of_tensorflow(X, filters, stage, block, s=2):
    X = Calls(lambda t: tf.strided_slice(t, [0] * 4, [0] * 4, [1, s, s, 1], end_mask=15))(X)
    return conv_bn(X, filters, 1, f"{stage}{block}")


@right("projection_shortcut")
def a_projection_by_hand(X, filters, stage, block, s=2):
    return StepByStep()(OwnConvolution(filters, 1, s, "VALID")(X))


@wrong("projection_shortcut", "pool")
def a_pooling_of_tensorflow(X, filters, stage, block, s=2):
    X = Calls(lambda t: tf.nn.max_pool2d(t, s, s, "SAME"))(X)
    return conv_bn(X, filters, 1, f"{stage}{block}")


@wrong("projection_shortcut", "kernel")
def a_wide_projection_by_hand(X, filters, stage, block, s=2):
    return layers.BatchNormalization()(OwnConvolution(filters, 3, s)(X))


@right("convolutional_block")
def a_subclassed_block_with_a_projection(X, f, filters, stage, block, s=2):
    return Bottleneck(filters, f, s, project=True)(X)


@right("convolutional_block")
def both_paths_in_a_lambda(X, f, filters, stage, block, s=2):
    name = f"{stage}{block}_branch"
    Y = layers.Activation(tf.nn.relu)(conv_bn(X, filters[0], 1, name + "2a", strides=s))
    Y = layers.Activation(tf.nn.relu)(conv_bn(Y, filters[1], f, name + "2b"))
    Y = conv_bn(Y, filters[2], 1, name + "2c")
    shortcut = conv_bn(X, filters[2], 1, name + "1", strides=s)
    return layers.Lambda(lambda pair: tf.nn.relu(tf.math.add_n(pair)))([shortcut, Y])


@wrong("convolutional_block", "shortcut.*normalis|normalis.*shortcut|batch normalisation")
def a_projection_that_is_not_normalised(X, f, filters, stage, block, s=2):
    Y = units(X[:, ::s, ::s], f, filters)
    return RectifiedSum()([Y, OwnConvolution(filters[2], 1, s, "VALID")(X)])


class Basic(layers.Layer):
    def __init__(self, filters, s, project, activation=tf.nn.relu):
        super().__init__()
        self.first = SameConvolution(filters, 3, s, use_bias=False)
        self.second = SameConvolution(filters, 3, use_bias=False)
        self.norms = [layers.BatchNormalization() for _ in range(2)]
        self.downsample = None
        if project:
            projection = SameConvolution(filters, 1, s, use_bias=False)
            self.downsample = keras.Sequential([projection, layers.BatchNormalization()])
        self.activation = activation

    def call(self, X, training=False):
        Y = self.activation(self.norms[0](self.first(X), training=training))
        Y = self.norms[1](self.second(Y), training=training)
        if self.downsample is not None:
            X = self.downsample(X, training=training)
        return tf.nn.relu(tf.add(Y, X))


@right("basic_block")
def a_basic_block_as_a_layer(X, filters, stage, block, s=1):
    return Basic(filters, s, s != 1 or X.shape[-1] != filters)(X)


@right("basic_block")
def a_rectified_sum(X, filters, stage, block, s=1):
    name = f"{stage}{block}_branch"
    Y = conv_bn(X, filters, 3, name + "2a", s, use_bias=False)
    Y = conv_bn(Calls(tf.nn.relu)(Y), filters, 3, name + "2b", use_bias=False)
    if s != 1 or X.shape[-1] != filters:
        X = conv_bn(X, filters, 1, name + "1", s, use_bias=False)
    return RectifiedSum()([Y, X])


@wrong("basic_block", "ReLU")
def a_basic_block_without_the_first_relu(X, filters, stage, block, s=1):
    return Basic(filters, s, s != 1 or X.shape[-1] != filters, tf.identity)(X)


@wrong("basic_block", "tanh")
def a_basic_block_with_a_tanh(X, filters, stage, block, s=1):
    return Basic(filters, s, s != 1 or X.shape[-1] != filters, tf.tanh)(X)


# Whole networks ----------------------------------------------------------------------------


def own_stem(X, norm=layers.BatchNormalization, pads=((3, 3), (1, 1)), relu=tf.nn.relu):
    def padded(pair):
        return layers.Lambda(lambda t: tf.pad(t, [[0, 0], pair, pair, [0, 0]]))

    X = layers.Conv2D(64, 7, strides=2)(padded(pads[0])(X))
    X = padded(pads[1])(layers.Activation(relu)(norm()(X)))
    return layers.Lambda(lambda t: tf.nn.max_pool2d(t, ksize=3, strides=2, padding="VALID"))(X)


@right("stem")
def a_stem_of_tensorflow(X):
    return own_stem(X)


@right("stem")
def a_stem_with_explicit_padding(X):
    X = OwnConvolution(64, 7, 2, [[0, 0], [3, 3], [3, 3], [0, 0]])(X)
    X = layers.ReLU()(OwnNormalisation()(X))
    X = layers.ZeroPadding2D(1)(X)
    return Calls(lambda t: tf.nn.max_pool(t, [1, 3, 3, 1], [1, 2, 2, 1], "VALID"))(X)


@wrong("stem", "pool")
def a_stem_that_pads_by_itself(X):
    X = layers.Activation(tf.nn.relu)(layers.BatchNormalization()(own_conv1(X)))
    return layers.Lambda(lambda t: tf.nn.max_pool2d(t, 3, 2, "SAME"))(X)


def own_conv1(X):
    pad = layers.Lambda(lambda t: tf.pad(t, [[0, 0], [3, 3], [3, 3], [0, 0]]))
    return layers.Conv2D(64, 7, strides=2)(pad(X))


@wrong("stem", "average|mean")
def a_stem_that_averages(X):
    X = layers.Activation(tf.nn.relu)(layers.BatchNormalization()(own_conv1(X)))
    X = layers.ZeroPadding2D(1)(X)
    return layers.Lambda(lambda t: tf.nn.avg_pool2d(t, 3, 2, "VALID"))(X)


@wrong("stem", "ReLU")
def a_stem_without_a_relu(X):
    return own_stem(X, relu=tf.identity)


@right("bottleneck_stage")
def a_stage_of_models(X, filters, stage, blocks, s=2):
    X = Bottleneck(filters, 3, s, project=True)(X)
    for _ in range(blocks - 1):
        X = Bottleneck(filters)(X)
    return X


@right("bottleneck_stage")
def a_stage_in_one_layer(X, filters, stage, blocks, s=2):
    class Stage(layers.Layer):
        def __init__(self):
            super().__init__()
            first = Bottleneck(filters, 3, s, project=True)
            self.blocks = [first, *(Bottleneck(filters) for _ in range(blocks - 1))]

        def call(self, X, training=False):
            for block in self.blocks:
                X = block(X, training=training)
            return tf.identity(X)

    return Stage()(X)


@wrong("bottleneck_stage", "shortcut|2 additions are missing")
def a_stage_of_models_without_shortcuts(X, filters, stage, blocks, s=2):
    X = Bottleneck(filters, 3, s, project=True)(X)
    for _ in range(blocks - 1):
        X = Bottleneck(filters, joined=lambda Y, X: Y)(X)
    return X


@wrong("bottleneck_stage", "block")
def a_stage_with_a_model_too_many(X, filters, stage, blocks, s=2):
    X = Bottleneck(filters, 3, s, project=True)(X)
    for _ in range(blocks):
        X = Bottleneck(filters)(X)
    return X


STAGES = (((64, 64, 256), 3), ((128, 128, 512), 4), ((256, 256, 1024), 6), ((512, 512, 2048), 3))


class WholeResNet(keras.Model):
    """ResNet-50 as it is written for TensorFlow alone."""

    def __init__(self, classes, top=tf.nn.softmax, last=tf.nn.relu):
        super().__init__()
        self.conv1, self.bn1 = layers.Conv2D(64, 7, strides=2), layers.BatchNormalization()
        self.blocks = [
            Bottleneck(filters, 3, (1 if stage == 0 else 2) if number == 0 else 1, number == 0)
            for stage, (filters, blocks) in enumerate(STAGES)
            for number in range(blocks)
        ]
        self.fc, self.top, self.last = layers.Dense(classes), top, last

    def call(self, X, training=False):
        X = tf.pad(X, [[0, 0], [3, 3], [3, 3], [0, 0]])
        X = self.last(self.bn1(self.conv1(X), training=training))
        X = tf.pad(X, [[0, 0], [1, 1], [1, 1], [0, 0]])
        X = tf.nn.max_pool2d(X, 3, 2, "VALID")
        for block in self.blocks:
            X = block(X, training=training)
        return self.top(self.fc(tf.reduce_mean(X, axis=[1, 2])))


@right("ResNet50")
def a_whole_network_of_tensorflow(input_shape=(64, 64, 3), classes=6):
    return WholeResNet(classes)


@wrong("ResNet50", "softmax")
def a_whole_network_without_a_softmax(input_shape=(64, 64, 3), classes=6):
    return WholeResNet(classes, top=tf.identity)


@wrong("ResNet50", "ReLU")
def a_whole_network_without_the_first_relu(input_shape=(64, 64, 3), classes=6):
    return WholeResNet(classes, last=tf.identity)


@wrong("ResNet50", "cannot see into the layer '.*' of the class Shuffles")
def a_whole_network_with_something_unknown(input_shape=(64, 64, 3), classes=6):
    class Shuffles(layers.Layer):
        def call(self, X):
            return tf.random.shuffle(X)

    inputs = keras.Input(input_shape)
    X = own_stem(inputs)
    for stage, (filters, blocks) in enumerate(STAGES):
        for number in range(blocks):
            X = Bottleneck(filters, 3, 2 if stage and not number else 1, number == 0)(X)
    X = Shuffles()(layers.Lambda(lambda t: tf.reduce_mean(t, [1, 2]))(X))
    return keras.Model(inputs, layers.Dense(classes, activation=tf.nn.softmax)(X))


def digits_network(input_shape, classes, widths, top=tf.nn.softmax, pool=tf.nn.max_pool2d):
    inputs = keras.Input(input_shape)
    X = conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)
    X = layers.Activation(tf.nn.relu)(X)
    X = layers.Lambda(lambda t: pool(t, 2, 2, "VALID"))(X)
    for number, width in enumerate(widths):
        s = 1 if number == 0 else 2
        X = Basic(width, s, s != 1 or X.shape[-1] != width)(X)
    X = layers.Lambda(lambda t: tf.reduce_mean(t, axis=(1, 2)))(X)
    return keras.Model(inputs, layers.Dense(classes, activation=top)(X))


@right("mnist_resnet")
def a_digits_network_of_tensorflow(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return digits_network(input_shape, classes, widths)


@right("mnist_resnet")
def a_head_by_hand(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    body = digits_network(input_shape, classes, widths)
    outputs = OwnDense(classes, tf.nn.softmax)(body.layers[-2].output)
    return keras.Model(body.inputs, outputs)


@wrong("mnist_resnet", "sigmoid")
def a_sigmoid_on_top(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return digits_network(input_shape, classes, widths, top=tf.nn.sigmoid)


@wrong("mnist_resnet", "average|max")
def a_digits_network_that_averages(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return digits_network(input_shape, classes, widths, pool=tf.nn.avg_pool2d)


def head(backbone, classes, pooled, hidden, top, training=False):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = pooled(backbone(inputs, training=training))
    return keras.Model(inputs, top(hidden(X)))


@right("transfer_model")
def a_head_of_tensorflow(backbone, classes=10):
    return head(
        backbone,
        classes,
        layers.Lambda(lambda t: tf.reduce_mean(t, [1, 2])),
        layers.Dense(128, activation=tf.nn.relu),
        layers.Dense(classes, activation=tf.nn.softmax),
    )


@right("transfer_model")
def a_head_of_dense_layers_by_hand(backbone, classes=10):
    return head(
        backbone,
        classes,
        layers.GlobalAveragePooling2D(),
        OwnDense(128, tf.nn.relu),
        OwnDense(classes, lambda t: tf.exp(t) / tf.reduce_sum(tf.exp(t), -1, keepdims=True)),
    )


@right("transfer_model")
def a_subclassed_transfer_model(backbone, classes=10):
    class Transfer(keras.Model):
        def __init__(self):
            super().__init__()
            self.backbone = backbone
            self.hidden = layers.Dense(128)
            self.top = layers.Dense(classes)

        def call(self, X):
            X = tf.reduce_mean(self.backbone(X, training=False), axis=[1, 2])
            return tf.nn.softmax(self.top(tf.nn.relu(self.hidden(X))))

    backbone.trainable = False
    model = Transfer()
    model(keras.Input(backbone.input_shape[1:]))
    return model


@wrong("transfer_model", "softmax")
def a_top_without_a_softmax(backbone, classes=10):
    return head(
        backbone,
        classes,
        layers.Lambda(lambda t: tf.reduce_mean(t, [1, 2])),
        layers.Dense(128, activation=tf.nn.relu),
        layers.Dense(classes, activation=tf.identity),
    )


@wrong("transfer_model", "max|average")
def the_largest_features(backbone, classes=10):
    return head(
        backbone,
        classes,
        layers.Lambda(lambda t: tf.reduce_max(t, [1, 2])),
        layers.Dense(128, activation=tf.nn.relu),
        layers.Dense(classes, activation=tf.nn.softmax),
    )


@wrong("transfer_model", "cannot see into the layer '.*' of the class Chooses")
def a_head_with_something_unknown(backbone, classes=10):
    class Chooses(layers.Layer):
        def call(self, X):
            return tf.one_hot(tf.argmax(X, -1), X.shape[-1])

    return head(
        backbone,
        classes,
        layers.GlobalAveragePooling2D(),
        layers.Dense(128, activation=tf.nn.relu),
        keras.Sequential([layers.Dense(classes), Chooses()]),
    )


@right("unfreeze")
def unfrozen_with_the_rate_of_tensorflow(model, learning_rate=1e-5):
    for layer in model.layers:
        if isinstance(layer, tf.keras.Model):
            layer.trainable = True
            for inner in layer.layers:
                if isinstance(inner, tf.keras.layers.BatchNormalization):
                    inner.trainable = False
    model.compile(
        optimizer=tf.keras.optimizers.Adam(learning_rate),
        loss=tf.keras.losses.SparseCategoricalCrossentropy(),
    )
    return model
