"""Attempts that hand layers and models of their own a mode, or leave it to the network."""

import functools

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from resnet_course.desk.solutions import reference_solution
from tests.checks.attempts.attempt import Attempt, collector

ATTEMPTS: list[Attempt] = []
right, wrong = collector(ATTEMPTS)

conv_bn = reference_solution("conv_bn")
identity_block = reference_solution("identity_block")


class Steps(layers.Layer):
    """The layers of an identity block, without its `call`."""

    def __init__(self, filters, f, **settings):
        super().__init__(**settings)
        F1, F2, F3 = filters
        self.convolutions = [
            layers.Conv2D(F1, 1),
            layers.Conv2D(F2, f, padding="same"),
            layers.Conv2D(F3, 1),
        ]
        self.normalisations = [layers.BatchNormalization() for _ in filters]

    def computed(self, X, **mode):
        Y = X
        for convolution, normalisation in zip(self.convolutions, self.normalisations, strict=True):
            Y = Y if Y is X else ops.relu(Y)
            Y = normalisation(convolution(Y), **mode)
        return ops.relu(Y + X)


class Block(Steps):
    def call(self, X, training=None):
        return self.computed(X, training=training)


class InferenceByDefault(Steps):
    def call(self, X, training=False):
        return self.computed(X, training=training)


class TrainingByDefault(Steps):
    def call(self, X, training=True):
        return self.computed(X, training=training)


class WithoutMode(Steps):
    def call(self, X):
        return self.computed(X)


class IntoTheContext(Steps):
    """Takes the mode and leaves it to Keras to hand it on."""

    def call(self, X, training=False):
        return self.computed(X)


class AnyArguments(Steps):
    def call(self, X, **others):
        return self.computed(X)


class BlockModel(keras.Model):
    def __init__(self, filters, f):
        super().__init__()
        self.block = InferenceByDefault(filters, f)

    def call(self, X, training=False):
        return self.block(X, training=training)


class TakesItsOwnCall(Steps):
    def __call__(self, X, training=False):
        return super().__call__(X, training=training)

    def call(self, X, training=None):
        return self.computed(X, training=training)


class Outer(layers.Layer):
    """A layer that calls another one."""

    def __init__(self, inner, **mode):
        super().__init__()
        self.inner, self.mode = inner, mode

    def call(self, X):
        return self.inner(X, **self.mode)


class HandsOn(Outer):
    def call(self, X, training=False):
        return self.inner(X, training=training)


class HandsOnWhatIsTrue(Outer):
    def call(self, X, training=None):
        return self.inner(X, training=bool(training))


class Wrapped(layers.Wrapper):
    def call(self, X, training=None):
        return self.layer(X, training=training)


class WrappedInInference(layers.Wrapper):
    def call(self, X):
        return self.layer(X, training=False)


def functional(shape, f, filters, name=None):
    """Return a model of the block's layers."""
    inputs = keras.Input(shape[1:])
    return keras.Model(inputs, Block(filters, f).computed(inputs), name=name)


def sequential(filters, f, name=None):
    """Return the main path as a sequential model."""
    steps = []
    for width, kernel in zip(filters, (1, f, 1), strict=True):
        steps += [layers.Conv2D(width, kernel, padding="same"), layers.BatchNormalization()]
        steps += [layers.ReLU()]
    return keras.Sequential(steps[:-1], name=name)


# A layer of one's own ----------------------------------------------------------------------

FALSE = r"The layer '\w+' is called with training=False, which fixes the mode"
INNER, OUTSIDE, PATH = (FALSE.replace(r"\w+", name) for name in ("inner2b", "outside2b", "path2b"))
TRUE = r"Batch normalisation is fixed to training mode"


def entered(kind, mode, cause, name):
    """Enter a block that is a layer of a class, called with a mode."""

    def identity_block(X, f, filters, stage, block):
        return kind(filters, f)(X, **mode)

    identity_block.__name__ = name
    wrong("identity_block", cause)(identity_block)


for kind in (Block, InferenceByDefault, WithoutMode, IntoTheContext, AnyArguments, BlockModel):
    words = kind.__name__.lower()
    entered(kind, {}, None, f"{words}_without_a_mode")
    entered(kind, {"training": None}, None, f"{words}_with_none")
    entered(kind, {"training": False}, FALSE, f"{words}_in_inference")
    entered(kind, {"training": True}, TRUE, f"{words}_in_training")
entered(TakesItsOwnCall, {}, None, "a_call_of_its_own")
entered(TakesItsOwnCall, {"training": True}, TRUE, "a_call_of_its_own_in_training")
entered(TrainingByDefault, {}, TRUE, "training_by_default")
entered(TrainingByDefault, {"training": None}, None, "training_by_default_taken_back")
entered(TrainingByDefault, {"training": False}, FALSE, "training_by_default_in_inference")
entered(Block, {"training": 0}, FALSE, "zero_for_inference")
entered(Block, {"training": np.True_}, TRUE, "a_truth_of_numpy")


@right("identity_block")
def none_by_its_place(X, f, filters, stage, block):
    return Block(filters, f)(X, None)


@wrong("identity_block", FALSE)
def a_partial_call_in_inference(X, f, filters, stage, block):
    return functools.partial(InferenceByDefault(filters, f), training=False)(X)


@wrong("identity_block", FALSE)
def settings_with_a_mode(X, f, filters, stage, block):
    settings = {"training": False}
    return InferenceByDefault(filters, f)(X, **settings)


@wrong("identity_block", r"(?i)training mode|training=True")
def normalisations_that_always_train(X, f, filters, stage, block):
    class AlwaysTrains(Steps):
        def call(self, X, training=None):
            return self.computed(X, training=True)

    return AlwaysTrains(filters, f)(X)


@wrong("identity_block", "3 batch normalisations are called with training=False")
def normalisations_that_never_train(X, f, filters, stage, block):
    class NeverTrains(Steps):
        def call(self, X):
            return self.computed(X, training=False)

    return NeverTrains(filters, f)(X)


@wrong("identity_block", "'bn2b' is called with training=False")
def one_normalisation_in_inference(X, f, filters, stage, block):
    Y = ops.relu(conv_bn(X, filters[0], 1, f"{stage}{block}_branch2a"))
    Y = layers.Conv2D(filters[1], f, padding="same")(Y)
    Y = ops.relu(layers.BatchNormalization(name="bn2b")(Y, training=False))
    return ops.relu(conv_bn(Y, filters[2], 1, f"{stage}{block}_branch2c") + X)


@wrong("identity_block", "3 batch normalisations are called with training=False")
def all_normalisations_in_inference(X, f, filters, stage, block):
    Y = X
    for width, kernel in zip(filters, (1, f, 1), strict=True):
        Y = layers.Conv2D(width, kernel, padding="same")(Y if Y is X else ops.relu(Y))
        Y = layers.BatchNormalization()(Y, training=False)
    return ops.relu(Y + X)


# Layers in layers --------------------------------------------------------------------------


@right("identity_block")
def a_layer_in_a_layer(X, f, filters, stage, block):
    return HandsOn(HandsOn(InferenceByDefault(filters, f)))(X)


@right("identity_block")
def a_layer_in_a_layer_without_a_mode(X, f, filters, stage, block):
    return Outer(Outer(InferenceByDefault(filters, f)))(X)


@right("identity_block")
def a_mode_that_becomes_true_or_false(X, f, filters, stage, block):
    return HandsOnWhatIsTrue(HandsOnWhatIsTrue(InferenceByDefault(filters, f)))(X)


@right("identity_block")
def each_mode_by_itself(X, f, filters, stage, block):
    class Both(Outer):
        def call(self, X, training=False):
            if training:
                return self.inner(X, training=True)
            return self.inner(X, training=False)

    return Both(Block(filters, f))(X)


@wrong("identity_block", "of the class Swapped computes one thing while training and another")
def each_mode_the_other_way_round(X, f, filters, stage, block):
    class Swapped(Outer):
        def call(self, X, training=False):
            return self.inner(X, training=not training)

    return Swapped(Block(filters, f))(X)


@wrong("identity_block", INNER)
def a_layer_in_a_layer_in_inference(X, f, filters, stage, block):
    return Outer(InferenceByDefault(filters, f, name=f"inner{stage}{block}"), training=False)(X)


@wrong("identity_block", TRUE)
def a_layer_in_a_layer_in_training(X, f, filters, stage, block):
    return Outer(InferenceByDefault(filters, f, name=f"inner{stage}{block}"), training=True)(X)


@wrong("identity_block", OUTSIDE)
def the_outer_layer_in_inference(X, f, filters, stage, block):
    outer = Outer(HandsOn(InferenceByDefault(filters, f)))
    outer.name = f"outside{stage}{block}"
    return outer(X, training=False)


@wrong("identity_block", TRUE)
def the_outer_layer_in_training(X, f, filters, stage, block):
    return HandsOnWhatIsTrue(HandsOn(Block(filters, f)))(X, training=True)


@right("identity_block")
def a_wrapped_layer(X, f, filters, stage, block):
    return Wrapped(InferenceByDefault(filters, f))(X)


@wrong("identity_block", FALSE)
def a_wrapped_layer_in_inference(X, f, filters, stage, block):
    return Wrapped(InferenceByDefault(filters, f))(X, training=False)


@wrong("identity_block", FALSE)
def a_wrapper_that_never_trains(X, f, filters, stage, block):
    return WrappedInInference(InferenceByDefault(filters, f))(X)


@wrong("identity_block", "is called with training=False")
def wrapped_normalisations_in_inference(X, f, filters, stage, block):
    Y = X
    for width, kernel in zip(filters, (1, f, 1), strict=True):
        Y = layers.Conv2D(width, kernel, padding="same")(Y if Y is X else ops.relu(Y))
        normalisation = layers.BatchNormalization()
        Y = (WrappedInInference if kernel == f else Wrapped)(normalisation)(Y)
    return ops.relu(Y + X)


@wrong("identity_block", "is called with training=False|are called with training=False")
def a_lambda_in_inference(X, f, filters, stage, block):
    own = Block(filters, f)
    return layers.Lambda(lambda t: own(t, training=False))(X)


@right("identity_block")
def own_layers_that_do_not_normalise_in_inference(X, f, filters, stage, block):
    class Rectified(layers.Layer):
        def call(self, X, training=False):
            return ops.relu(X)

    Y = Rectified()(conv_bn(X, filters[0], 1, f"{stage}{block}_branch2a"), training=False)
    Y = Rectified()(conv_bn(Y, filters[1], f, f"{stage}{block}_branch2b"), training=True)
    return Rectified()(conv_bn(Y, filters[2], 1, f"{stage}{block}_branch2c") + X, training=None)


@right("identity_block")
def several_tensors_and_a_mode(X, f, filters, stage, block):
    class Joined(layers.Layer):
        def call(self, *tensors, training=None):
            return ops.relu(ops.add(*tensors))

    return Joined()(sequential(filters, f)(X), X, training=False)


@wrong("identity_block", "^Two things: The ReLU after the addition is missing.*training=False")
def a_relu_too_few_and_a_model_in_inference(X, f, filters, stage, block):
    return sequential(filters, f, f"path{stage}{block}")(X, training=False) + X


@wrong("identity_block", "argument|dense")
def an_error_after_a_mode(X, f, filters, stage, block):
    Y = sequential(filters, f)(X, training=False)
    return layers.Add()([Y, layers.Conv2D(filters[0], 1)(X)], dense=True)


@wrong("identity_block", FALSE)
def own_layers_in_steps_of_tensorflow(X, f, filters, stage, block):
    class Around(Outer):
        def call(self, X, training=False):
            return tf.nn.relu(self.inner(tf.identity(X), training=training))

    return Around(InferenceByDefault(filters, f))(X, training=False)


@right("identity_block")
def own_layers_in_steps_of_tensorflow_without_a_mode(X, f, filters, stage, block):
    class Around(Outer):
        def call(self, X):
            return tf.nn.relu(self.inner(tf.identity(X)))

    return Around(InferenceByDefault(filters, f))(X)


@wrong("identity_block", "The layer 'own' is called with training=False")
def a_mode_in_steps_of_tensorflow(X, f, filters, stage, block):
    class Around(Outer):
        def call(self, X):
            return tf.nn.relu(self.inner(tf.identity(X), training=False))

    return Around(InferenceByDefault(filters, f, name="own"))(X)


class ByHand(layers.Layer):
    """A batch normalisation in steps."""

    def build(self, shape):
        size = (shape[-1],)
        self.gamma = self.add_weight(shape=size, initializer="ones")
        self.beta = self.add_weight(shape=size, initializer="zeros")
        self.mean = self.add_weight(shape=size, initializer="zeros", trainable=False)
        self.variance = self.add_weight(shape=size, initializer="ones", trainable=False)

    def call(self, X, training=False):
        mean, variance = self.mean, self.variance
        if training:
            mean, variance = ops.mean(X, axis=(0, 1, 2)), ops.var(X, axis=(0, 1, 2))
            self.mean.assign(self.mean * 0.9 + mean * 0.1)
            self.variance.assign(self.variance * 0.9 + variance * 0.1)
        return self.gamma * (X - mean) / ops.sqrt(variance + 1e-5) + self.beta


def normalised_by_hand(X, f, filters, **mode):
    Y = X
    for width, kernel in zip(filters, (1, f, 1), strict=True):
        Y = layers.Conv2D(width, kernel, padding="same")(Y if Y is X else ops.relu(Y))
        Y = ByHand()(Y, **(mode if kernel == f else {}))
    return ops.relu(Y + X)


@right("identity_block")
def normalised_by_hand_without_a_mode(X, f, filters, stage, block):
    return normalised_by_hand(X, f, filters)


@wrong("identity_block", r"'by_hand' is called with training=False")
def normalised_by_hand_in_inference(X, f, filters, stage, block):
    return normalised_by_hand(X, f, filters, training=False)


@wrong("identity_block", r"training=True|training mode")
def normalised_by_hand_in_training(X, f, filters, stage, block):
    return normalised_by_hand(X, f, filters, training=True)


@wrong("identity_block", "another mode of training than expected")
def normalised_by_hand_with_one_mode(X, f, filters, stage, block):
    class WithoutTheBatch(ByHand):
        def call(self, X):
            return self.gamma * (X - self.mean) / ops.sqrt(self.variance + 1e-5) + self.beta

    Y = ops.relu(conv_bn(X, filters[0], 1, f"{stage}{block}_branch2a"))
    Y = ops.relu(WithoutTheBatch()(layers.Conv2D(filters[1], f, padding="same")(Y)))
    return ops.relu(conv_bn(Y, filters[2], 1, f"{stage}{block}_branch2c") + X)


@wrong("identity_block", "one thing while training and another afterwards")
def another_sum_while_training_in_training(X, f, filters, stage, block):
    class Sum(layers.Layer):
        def call(self, Y, X, training=False):
            return ops.relu(Y + X if training else Y + Y)

    return Sum()(sequential(filters, f)(X), X, training=True)


@wrong("identity_block", "dropout|Dropout")
def a_dropout_in_inference(X, f, filters, stage, block):
    Y = layers.Dropout(0.5)(sequential(filters, f)(X), training=False)
    return ops.relu(Y + X)


# Models ------------------------------------------------------------------------------------


@right("identity_block")
def a_model_without_a_mode(X, f, filters, stage, block):
    return functional(X.shape, f, filters)(X)


@right("identity_block")
def a_model_with_none(X, f, filters, stage, block):
    return functional(X.shape, f, filters)(X, training=None)


@wrong("identity_block", INNER)
def a_model_in_inference(X, f, filters, stage, block):
    return functional(X.shape, f, filters, f"inner{stage}{block}")(X, training=False)


@wrong("identity_block", TRUE)
def a_model_in_training(X, f, filters, stage, block):
    return functional(X.shape, f, filters)(X, training=True)


@right("identity_block")
def a_sequential_model_without_a_mode(X, f, filters, stage, block):
    return ops.relu(sequential(filters, f)(X) + X)


@wrong("identity_block", PATH)
def a_sequential_model_in_inference(X, f, filters, stage, block):
    return ops.relu(sequential(filters, f, f"path{stage}{block}")(X, training=False) + X)


@wrong("identity_block", TRUE)
def a_sequential_model_in_training(X, f, filters, stage, block):
    return ops.relu(sequential(filters, f)(X, training=True) + X)


@wrong("identity_block", OUTSIDE)
def a_model_in_a_model_in_inference(X, f, filters, stage, block):
    inputs = keras.Input(X.shape[1:])
    outer = keras.Model(
        inputs, functional(X.shape, f, filters)(inputs), name=f"outside{stage}{block}"
    )
    return outer(X, training=False)


@wrong("identity_block", INNER)
def a_model_in_inference_in_a_model(X, f, filters, stage, block):
    inputs = keras.Input(X.shape[1:])
    inner = functional(X.shape, f, filters, f"inner{stage}{block}")
    return keras.Model(inputs, inner(inputs, training=False), name=f"outside{stage}{block}")(X)


@right("identity_block")
def own_layers_in_a_sequential_model(X, f, filters, stage, block):
    return keras.Sequential([InferenceByDefault(filters, f)], name=f"path{stage}{block}")(X)


@wrong("identity_block", PATH)
def own_layers_in_a_sequential_model_in_inference(X, f, filters, stage, block):
    return keras.Sequential([InferenceByDefault(filters, f)], name=f"path{stage}{block}")(
        X, training=False
    )


@right("identity_block")
def own_layers_in_a_model(X, f, filters, stage, block):
    inputs = keras.Input(X.shape[1:])
    return keras.Model(inputs, InferenceByDefault(filters, f)(inputs))(X)


@wrong("identity_block", FALSE)
def own_layers_in_inference_in_a_model(X, f, filters, stage, block):
    inputs = keras.Input(X.shape[1:])
    return keras.Model(inputs, InferenceByDefault(filters, f)(inputs, training=False))(X)


@right("identity_block")
def a_model_of_own_layers_that_is_called_anew(X, f, filters, stage, block):
    inputs = keras.Input(X.shape[1:])
    model = keras.Model(inputs, InferenceByDefault(filters, f)(inputs))
    return keras.models.clone_model(model, clone_function=lambda layer: layer)(X)


class Rectified(keras.Model):
    """A functional model with a `call` that does more."""

    def call(self, inputs, training=None, mask=None):
        return ops.relu(super().call(inputs, training=training, mask=mask))


def rectified(X, f, filters, **mode):
    inputs = keras.Input(X.shape[1:])
    inner = keras.Model(inputs, InferenceByDefault(filters, f)(inputs))
    return Rectified(inputs, inner(inputs))(X, **mode)


@right("identity_block")
def a_functional_model_with_a_call_of_its_own(X, f, filters, stage, block):
    return rectified(X, f, filters)


@wrong("identity_block", FALSE)
def a_functional_model_with_a_call_of_its_own_in_inference(X, f, filters, stage, block):
    return rectified(X, f, filters, training=False)


@wrong("identity_block", "called with training=False")
def the_graph_of_a_model_in_inference(X, f, filters, stage, block):
    return functional(X.shape, f, filters).call(X, training=False)


@wrong("bottleneck_stage", "The layer 'second' is called with training=True")
def one_block_in_training(X, filters, stage, blocks, s=2):
    block = reference_solution("convolutional_block")
    X = block(X, 3, filters, stage, "a", s)
    for number in range(1, blocks):
        last = number == blocks - 1
        own = InferenceByDefault(filters, 3, name="second" if last else None)
        X = own(X, training=True) if last else own(X)
    return X


@right("bottleneck_stage")
def own_blocks_without_a_mode(X, filters, stage, blocks, s=2):
    X = reference_solution("convolutional_block")(X, 3, filters, stage, "a", s)
    for _ in range(1, blocks):
        X = InferenceByDefault(filters, 3)(X)
    return X


@wrong("bottleneck_stage", "2 layers are called with training=False|called with training=False")
def own_blocks_in_inference(X, filters, stage, blocks, s=2):
    X = reference_solution("convolutional_block")(X, 3, filters, stage, "a", s)
    for _ in range(1, blocks):
        X = InferenceByDefault(filters, 3)(X, training=False)
    return X


# Whole networks ----------------------------------------------------------------------------


class Digits(keras.Model):
    """The network for digits as a class, with a body that it calls."""

    def __init__(self, body, **mode):
        super().__init__()
        self.body, self.mode = body, mode

    def call(self, X, training=False):
        return self.body(X, **({"training": training} | self.mode))


@right("mnist_resnet")
def a_network_as_a_class(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return Digits(reference_solution("mnist_resnet")(input_shape, classes, widths))


@right("mnist_resnet")
def a_class_that_was_called_in_inference(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    model = Digits(reference_solution("mnist_resnet")(input_shape, classes, widths))
    model(keras.Input(input_shape), training=False)
    model(np.zeros((1, *input_shape), "float32"), training=False)
    return model


@wrong("mnist_resnet", "called with training=False")
def a_class_whose_body_never_trains(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return Digits(reference_solution("mnist_resnet")(input_shape, classes, widths), training=False)


@wrong("mnist_resnet", "training mode|called with training=True")
def a_class_whose_body_always_trains(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    return Digits(reference_solution("mnist_resnet")(input_shape, classes, widths), training=True)


@wrong("mnist_resnet", "called with training=False")
def a_model_around_a_class_in_inference(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    body = Digits(reference_solution("mnist_resnet")(input_shape, classes, widths))
    return keras.Model(inputs, body(inputs, training=False))


def resnet(shape, top, blocks=lambda stage, number: {}):
    """Return a ResNet-50 with bottlenecks that are layers, each called with a mode or none."""
    inputs = keras.Input(shape)
    X = reference_solution("stem")(inputs)
    for stage, (width, number_of_blocks) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        filters = width, width, 4 * width
        s = 1 if stage == 0 else 2
        X = reference_solution("convolutional_block")(X, 3, filters, stage + 2, "a", s)
        for number in range(1, number_of_blocks):
            own = InferenceByDefault(filters, 3, name=f"block{stage}{number}")
            X = own(X, **blocks(stage, number))
    X = layers.GlobalAveragePooling2D()(X)
    return keras.Model(inputs, layers.Dense(top, activation="softmax")(X))


@right("ResNet50")
def bottlenecks_without_a_mode(input_shape=(64, 64, 3), classes=6):
    return resnet(input_shape, classes)


@wrong("ResNet50", "The layer 'block12' is called with training=True, which fixes the mode")
def one_bottleneck_in_training(input_shape=(64, 64, 3), classes=6):
    return resnet(input_shape, classes, lambda *at: {"training": True} if at == (1, 2) else {})


# A backbone --------------------------------------------------------------------------------


class Backbone(layers.Layer):
    """A layer that hands a backbone a mode."""

    def __init__(self, backbone, **mode):
        super().__init__()
        self.backbone, self.mode = backbone, mode

    def call(self, X, training=None):
        return self.backbone(X, **({"training": training} | self.mode))


def headed(backbone, classes, features):
    """Return a model with a head, on the features of a frozen backbone."""
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = layers.GlobalAveragePooling2D()(features(inputs))
    X = layers.Dense(128, activation="relu")(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


@right("transfer_model")
def a_backbone_without_a_mode(backbone, classes=10):
    return headed(backbone, classes, backbone)


@right("transfer_model")
def a_backbone_with_none(backbone, classes=10):
    return headed(backbone, classes, functools.partial(backbone, training=None))


@right("transfer_model")
def a_backbone_in_a_layer_in_inference(backbone, classes=10):
    return headed(backbone, classes, Backbone(backbone, training=False))


@right("transfer_model")
def a_layer_with_a_backbone_in_inference(backbone, classes=10):
    return headed(backbone, classes, functools.partial(Backbone(backbone), training=False))


@right("transfer_model")
def a_backbone_in_inference_and_means_by_ops(backbone, classes=10):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = ops.sum(backbone(inputs, training=False), axis=(1, 2))
    X = layers.Dense(128)(X / (backbone.output_shape[1] * backbone.output_shape[2]))
    X = layers.Dense(classes, activation="softmax")(ops.maximum(X, 0))
    return keras.Model(inputs, X)


@right("transfer_model")
def the_layers_of_a_backbone_in_inference(backbone, classes=10):
    def features(X):
        for layer in backbone.layers[1:]:
            X = layer(X, training=False)
        return X

    return headed(backbone, classes, features)


@wrong("transfer_model", "The layer 'functional' is called with training=True|backbone.*training")
def a_backbone_in_training(backbone, classes=10):
    return headed(backbone, classes, functools.partial(backbone, training=True))


@wrong("transfer_model", "called with training=True")
def a_backbone_in_a_layer_in_training(backbone, classes=10):
    return headed(backbone, classes, Backbone(backbone, training=True))


@wrong("transfer_model", "flattened instead of averaged")
def a_backbone_in_inference_without_a_pooling(backbone, classes=10):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = layers.Flatten()(backbone(inputs, training=False))
    X = layers.Dense(128, activation="relu")(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


@wrong("transfer_model", "froz|freez|trainable")
def a_backbone_in_inference_that_is_not_frozen(backbone, classes=10):
    model = headed(backbone, classes, functools.partial(backbone, training=False))
    backbone.trainable = True
    return model
