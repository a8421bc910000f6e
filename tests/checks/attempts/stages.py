"""Attempts at the two stages of a transfer: what is frozen, and how the second is prepared."""

import keras
from keras import layers
from keras.layers import BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D

from tests.checks.attempts.attempt import Attempt, collector

ATTEMPTS: list[Attempt] = []
right, wrong = collector(ATTEMPTS)

LOSS = "sparse_categorical_crossentropy"


def compiled(model, learning_rate, loss=LOSS, optimiser=keras.optimizers.Adam):
    model.compile(optimiser(learning_rate), loss, metrics=["accuracy"])
    return model


def backbone_of(model):
    return next(each for each in model.layers if isinstance(each, keras.Model))


def thaw(model, but=()):
    """Thaw the layers inside of the backbone, whatever its own flag says."""
    for layer in backbone_of(model).layers:
        layer.trainable = not isinstance(layer, BatchNormalization) and layer.name not in but


@right("unfreeze")
def the_flag_of_the_backbone_left_as_it_was(model, learning_rate=1e-5):
    thaw(model)
    return compiled(model, learning_rate)


@wrong("unfreeze", "^the batch normalisations are unfrozen too$")
def the_flag_left_and_normalisations_thawed(model, learning_rate=1e-5):
    for layer in backbone_of(model).layers:
        layer.trainable = True
    return compiled(model, learning_rate)


@wrong("unfreeze", "^part of the model is frozen that should be trained: 271 train")
def the_first_layers_thawed(model, learning_rate=1e-5):
    for layer in backbone_of(model).layers[1:4]:
        layer.trainable = not isinstance(layer, BatchNormalization)
    return compiled(model, learning_rate)


@wrong("unfreeze", "^the hidden layer of the head is frozen$")
def the_hidden_layer_frozen(model, learning_rate=1e-5):
    thaw(model)
    next(each for each in model.layers if isinstance(each, Dense)).trainable = False
    return compiled(model, learning_rate)


@wrong("unfreeze", "^the output layer of the head is frozen$")
def the_output_layer_frozen(model, learning_rate=1e-5):
    thaw(model)
    [each for each in model.layers if isinstance(each, Dense)][-1].trainable = False
    return compiled(model, learning_rate)


@wrong("unfreeze", "^the learning rate is 1e-06 instead of 1e-05$")
def a_tenth_of_the_rate(model, learning_rate=1e-5):
    thaw(model)
    return compiled(model, learning_rate / 10)


@wrong("unfreeze", "^the optimiser is AdamW instead of Adam$")
def weights_that_decay(model, learning_rate=1e-5):
    thaw(model)
    return compiled(model, learning_rate, optimiser=keras.optimizers.AdamW)


@wrong("unfreeze", "^the loss is mse instead of sparse_categorical_crossentropy$")
def a_squared_error(model, learning_rate=1e-5):
    thaw(model)
    return compiled(model, learning_rate, "mse")


@wrong("unfreeze", "^the loss takes the probabilities for logits$")
def a_loss_of_logits(model, learning_rate=1e-5):
    thaw(model)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(model, learning_rate, loss)


@wrong("unfreeze", "^the backbone is returned, not the whole model$")
def the_backbone_for_the_model(model, learning_rate=1e-5):
    thaw(model)
    return compiled(backbone_of(model), learning_rate)


@wrong("unfreeze", "^only the backbone's batch normalisations are unfrozen$")
def convolutions_frozen(model, learning_rate=1e-5):
    for layer in backbone_of(model).layers:
        layer.trainable = not isinstance(layer, Conv2D)
    return compiled(model, learning_rate)


def with_a_head(backbone, classes, features=None):
    inputs = keras.Input(backbone.input_shape[1:])
    X = GlobalAveragePooling2D()((features or backbone)(inputs))
    X = Dense(128, activation="relu")(X)
    return keras.Model(inputs, Dense(classes, activation="softmax")(X))


@wrong("transfer_model", "^the head is missing: the model ends with the backbone$")
def no_head(backbone, classes=10):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    return keras.Model(inputs, backbone(inputs))


@wrong("transfer_model", "^part of the model is trained that should be frozen: [0-9]+ tr")
def the_first_convolution_trained(backbone, classes=10):
    for layer in backbone.layers:
        layer.trainable = layer is backbone.layers[1]
    return with_a_head(backbone, classes)


@wrong("transfer_model", "^the default of classes is not the one in the lesson$")
def a_thousand_classes_by_default(backbone, classes=1000):
    backbone.trainable = False
    return with_a_head(backbone, classes)


@wrong("transfer_model", "^the last layer of the backbone is left out$")
def a_backbone_without_its_end(backbone, classes=10):
    backbone.trainable = False
    features = keras.Model(backbone.input, backbone.layers[-2].output)
    return with_a_head(backbone, classes, features)


@wrong("transfer_model", "^only the output layer is trained, the rest of the head is frozen$")
def all_but_the_last_layer_frozen(backbone, classes=10):
    model = with_a_head(backbone, classes)
    for layer in model.layers[:-1]:
        layer.trainable = False
    return model


@wrong("transfer_model", "another number of units than expected: 256 instead of 128")
def a_wider_hidden_layer(backbone, classes=10):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = layers.GlobalAveragePooling2D()(backbone(inputs))
    X = Dense(256, activation="relu")(X)
    return keras.Model(inputs, Dense(classes, activation="softmax")(X))
