"""Attempts at lesson 5: images for a backbone, the two stages, and what they brought."""
# ruff: noqa: F402, F841

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from keras.applications.resnet import preprocess_input
from keras.layers import BatchNormalization, Dense, Dropout, Flatten, GlobalAveragePooling2D

from tests.checks.attempts.attempt import Attempt, collector

ATTEMPTS: list[Attempt] = []
right, wrong = collector(ATTEMPTS)
MEANS = np.array([103.939, 116.779, 123.68], dtype="float32")

# digits_to_images --------------------------------------------------------------------------


def grey(digits):
    return digits.reshape(*digits.shape[:3], 1).astype("float32")


def resized(images, size, **settings):
    return ops.convert_to_numpy(ops.image.resize(images, (size, size), **settings))


@right("digits_to_images")
def by_the_preprocessing_of_keras(digits, size=224):
    x = digits if digits.ndim == 4 else digits[..., np.newaxis]
    x = np.concatenate([x, x, x], axis=-1).astype(np.float32)
    x = tf.image.resize(x, [size, size]).numpy()
    return preprocess_input(x)


@right("digits_to_images")
def resized_before_repeated(digits, size=224):
    if digits.ndim == 3:
        digits = np.expand_dims(digits, -1)
    x = tf.image.resize(tf.cast(digits, tf.float32), (size, size), method="bilinear")
    x = tf.image.grayscale_to_rgb(x).numpy()[..., ::-1]
    return x - np.array([103.939, 116.779, 123.68], dtype=np.float32)


@right("digits_to_images")
def one_digit_after_the_other(digits, size=224):
    result = np.empty((len(digits), size, size, 3), dtype=np.float32)
    for index, digit in enumerate(digits):
        small = digit.reshape(1, digit.shape[0], digit.shape[1], 1).astype(np.float32)
        big = np.array(ops.image.resize(small, (size, size), interpolation="bilinear"))[0, ..., 0]
        for channel, mean in enumerate((103.939, 116.779, 123.68)):
            result[index, ..., channel] = big - mean
    return result


@wrong("digits_to_images", "mean|subtract")
def no_means(digits, size=224):
    return resized(np.repeat(grey(digits), 3, axis=-1), size)


@wrong("digits_to_images", "each other's mean")
def means_in_the_order_of_rgb(digits, size=224):
    return resized(np.repeat(grey(digits), 3, axis=-1), size) - MEANS[::-1]


@wrong("digits_to_images", "255|divid|scal")
def divided_by_255(digits, size=224):
    return resized(np.repeat(grey(digits) / 255.0, 3, axis=-1), size)


@wrong("digits_to_images", "255|divid|scal")
def divided_by_255_and_means_subtracted(digits, size=224):
    return resized(np.repeat(grey(digits) / 255.0, 3, axis=-1), size) - MEANS


@wrong("digits_to_images", "255|divid|scal")
def divided_by_255_at_the_end(digits, size=224):
    return (resized(np.repeat(grey(digits), 3, axis=-1), size) - MEANS) / np.float32(255.0)


@wrong("digits_to_images", "-1|−1|mode|tf|127|scal|divid")
def from_minus_one_to_one(digits, size=224):
    return resized(np.repeat(grey(digits), 3, axis=-1), size) / np.float32(127.5) - np.float32(1)


@wrong("digits_to_images", "deviation|divid|torch|scal|std")
def the_torch_mode(digits, size=224):
    x = resized(np.repeat(grey(digits) / 255.0, 3, axis=-1), size)
    mean = np.array([0.485, 0.456, 0.406], dtype="float32")
    std = np.array([0.229, 0.224, 0.225], dtype="float32")
    return (x - mean) / std


@wrong("digits_to_images", "float|integer|uint8|round|resiz|convert")
def resized_as_integers(digits, size=224):
    x = np.repeat(digits.reshape(*digits.shape[:3], 1), 3, axis=-1)
    return resized(x, size).astype("float32")[..., ::-1] - MEANS


@wrong("digits_to_images", "nearest|bilinear|interpol")
def nearest_neighbours(digits, size=224):
    x = np.repeat(grey(digits), 3, axis=-1)
    return resized(x, size, interpolation="nearest") - MEANS


@wrong("digits_to_images", "bicubic|cubic|bilinear|interpol")
def bicubic(digits, size=224):
    x = np.repeat(grey(digits), 3, axis=-1)
    return resized(x, size, interpolation="bicubic") - MEANS


@wrong("digits_to_images", "antialias")
def antialiased(digits, size=224):
    x = np.repeat(grey(digits), 3, axis=-1)
    return resized(x, size, antialias=True) - MEANS


@wrong("digits_to_images", "size|224|ignored|always")
def always_224(digits, size=224):
    return resized(np.repeat(grey(digits), 3, axis=-1), 224) - MEANS


@wrong(
    "digits_to_images",
    "given another one",
)
def only_without_a_channel_axis(digits, size=224):
    x = digits[..., np.newaxis].astype("float32")
    return resized(np.repeat(x, 3, axis=-1), size) - MEANS


@wrong(
    "digits_to_images",
    "axis|channel|dimension|shape|repeat",
)
def only_with_a_channel_axis(digits, size=224):
    x = np.repeat(digits.astype("float32"), 3, axis=-1)
    return resized(x, size) - MEANS


@wrong("digits_to_images", "channel|three|repeat|grey|shape")
def one_channel_only(digits, size=224):
    return resized(grey(digits), size) - np.float32(110.0)


@wrong("digits_to_images", "mean|own|image")
def the_mean_of_the_images_themselves(digits, size=224):
    x = resized(np.repeat(grey(digits), 3, axis=-1), size)
    return x - x.mean(axis=(0, 1, 2))


@wrong("digits_to_images", "add|sign|subtract|mean")
def means_added(digits, size=224):
    return resized(np.repeat(grey(digits), 3, axis=-1), size) + MEANS


@wrong("digits_to_images", "invert|255|white|black|mean")
def colours_inverted(digits, size=224):
    return resized(np.repeat(255.0 - grey(digits), 3, axis=-1), size) - MEANS


@wrong("digits_to_images", "unsigned integers|uint8")
def whole_numbers_to_the_end(digits, size=224):
    x = np.repeat(digits.reshape(*digits.shape[:3], 1), 3, axis=-1)
    x = resized(x, size)
    return (x - np.array([104, 117, 124], dtype=np.uint8)).astype("float32")


@wrong("digits_to_images", "change|given|must stay|in place|input|argument|modif|mutat")
def the_given_array_is_changed(digits, size=224):
    x = resized(np.repeat(grey(digits), 3, axis=-1), size) - MEANS
    digits[...] = 0
    return x


@wrong("digits_to_images", "twice|mean|blue|preprocess")
def preprocessed_twice(digits, size=224):
    x = resized(np.repeat(grey(digits), 3, axis=-1), size)
    return preprocess_input(x[..., ::-1] - MEANS)


@wrong("digits_to_images", "pad|resiz|zero|enlarg|bilinear")
def padded_instead_of_resized(digits, size=224):
    x = grey(digits)
    x = ops.convert_to_numpy(tf.image.resize_with_crop_or_pad(x, size, size))
    return np.repeat(x, 3, axis=-1) - MEANS


@wrong("digits_to_images", "mean|per image|deviation|standard|divid|scal")
def standardised_per_image(digits, size=224):
    x = resized(np.repeat(grey(digits), 3, axis=-1), size)
    return tf.image.per_image_standardization(x).numpy()


@wrong("digits_to_images", "mean|same|one|channel|blue")
def one_mean_for_all_channels(digits, size=224):
    return resized(np.repeat(grey(digits), 3, axis=-1), size) - np.float32(MEANS.mean())


@wrong("digits_to_images", "return|nothing|None")
def images_not_returned(digits, size=224):
    x = resized(np.repeat(grey(digits), 3, axis=-1), size)
    x -= MEANS


@wrong("digits_to_images", "means are not subtracted")
def channels_reversed_and_no_means(digits, size=224):
    x = ops.image.resize(np.repeat(grey(digits), 3, axis=-1), (size, size))
    return x[..., ::-1]


@wrong("digits_to_images", "default of size")
def another_default_size(digits, size=64):
    return resized(np.repeat(grey(digits), 3, axis=-1), size) - MEANS


# transfer_model ----------------------------------------------------------------------------


@right("transfer_model")
def layer_by_layer(backbone, classes=10):
    for layer in backbone.layers:
        layer.trainable = False
    backbone.trainable = False
    inputs = keras.Input(shape=backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    x = GlobalAveragePooling2D()(x)
    x = Dense(128)(x)
    x = layers.Activation("relu")(x)
    x = Dense(classes)(x)
    return keras.Model(inputs=inputs, outputs=layers.Softmax()(x))


@right("transfer_model")
def a_sequential_model(backbone, classes=10):
    backbone.trainable = False
    head = keras.Sequential(
        [
            GlobalAveragePooling2D(),
            Dense(128, activation="relu"),
            Dense(classes, activation="softmax"),
        ]
    )
    inputs = keras.Input(backbone.input_shape[1:])
    return keras.Model(inputs, head(backbone(inputs, training=False)))


@right("transfer_model")
def means_by_ops(backbone, classes=10):
    backbone.trainable = False
    inputs = layers.Input(backbone.input_shape[1:])
    features = ops.mean(backbone(inputs, training=False), axis=[1, 2])
    hidden = ops.relu(Dense(128)(features))
    return keras.Model(inputs, ops.softmax(Dense(classes)(hidden)))


def headed(backbone, classes, pool=GlobalAveragePooling2D, between=(), hidden=128, **settings):
    settings = {"activation": "relu", "last": "softmax", "training": False} | settings
    inputs = keras.Input(backbone.input_shape[1:])
    X = backbone(inputs, training=settings["training"])
    X = pool()(X)
    if hidden:
        X = Dense(hidden, activation=settings["activation"])(X)
    for layer in between:
        X = layer(X)
    return keras.Model(inputs, Dense(classes, activation=settings["last"])(X))


@wrong("transfer_model", "froz|freez|trainable")
def not_frozen(backbone, classes=10):
    return headed(backbone, classes)


@wrong("transfer_model", "froz|freez|trainable|head|everything")
def everything_frozen(backbone, classes=10):
    model = headed(backbone, classes)
    model.trainable = False
    return model


@wrong(
    "transfer_model",
    "froz|freez|trainable|last",
)
def the_last_layers_left_trainable(backbone, classes=10):
    for layer in backbone.layers[:-2]:
        layer.trainable = False
    return headed(backbone, classes)


@wrong("transfer_model", "froz|freez|trainable|normali|wrong way")
def only_the_normalisations_frozen(backbone, classes=10):
    for layer in backbone.layers:
        if isinstance(layer, BatchNormalization):
            layer.trainable = False
    return headed(backbone, classes)


@wrong("transfer_model", "flat|pool")
def flattened(backbone, classes=10):
    backbone.trainable = False
    return headed(backbone, classes, pool=Flatten)


@wrong("transfer_model", "max|pool")
def global_max_pooling(backbone, classes=10):
    backbone.trainable = False
    return headed(backbone, classes, pool=layers.GlobalMaxPooling2D)


@wrong("transfer_model", "units|64|128|hidden|dense")
def sixty_four_units(backbone, classes=10):
    backbone.trainable = False
    return headed(backbone, classes, hidden=64)


@wrong("transfer_model", "hidden|dense|128|missing")
def no_hidden_layer(backbone, classes=10):
    backbone.trainable = False
    return headed(backbone, classes, hidden=0)


@wrong("transfer_model", "relu")
def no_relu_in_the_hidden_layer(backbone, classes=10):
    backbone.trainable = False
    return headed(backbone, classes, activation=None)


@wrong("transfer_model", "softmax|logits")
def no_softmax(backbone, classes=10):
    backbone.trainable = False
    return headed(backbone, classes, last=None)


@wrong("transfer_model", "sigmoid|softmax")
def a_sigmoid(backbone, classes=10):
    backbone.trainable = False
    return headed(backbone, classes, last="sigmoid")


@wrong("transfer_model", "drop")
def dropout_in_the_head(backbone, classes=10):
    backbone.trainable = False
    return headed(backbone, classes, between=[Dropout(0.5)])


@wrong("transfer_model", "normali")
def normalisation_in_the_head(backbone, classes=10):
    backbone.trainable = False
    return headed(backbone, classes, between=[BatchNormalization()])


@wrong("transfer_model", "classes|ten|10")
def always_ten(backbone, classes=10):
    backbone.trainable = False
    return headed(backbone, 10)


@wrong("transfer_model", "pool|dense|position|shape")
def pooling_forgotten(backbone, classes=10):
    backbone.trainable = False
    return headed(backbone, classes, pool=lambda: layers.Activation("linear"))


@wrong(
    "transfer_model",
    "batch|shape|input|None|axis",
)
def the_batch_axis_in_the_input(backbone, classes=10):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape)
    X = GlobalAveragePooling2D()(backbone(inputs, training=False))
    X = Dense(128, activation="relu")(X)
    return keras.Model(inputs, Dense(classes, activation="softmax")(X))


@wrong("transfer_model", "input|shape|224|size")
def an_input_of_224_pixels(backbone, classes=10):
    backbone.trainable = False
    inputs = keras.Input((224, 224, 3))
    X = GlobalAveragePooling2D()(backbone(inputs, training=False))
    X = Dense(128, activation="relu")(X)
    return keras.Model(inputs, Dense(classes, activation="softmax")(X))


@wrong("transfer_model", "missing|backbone")
def another_backbone(backbone, classes=10):
    other = keras.Sequential([keras.Input(backbone.input_shape[1:]), layers.Conv2D(8, 3)])
    other.trainable = False
    return headed(other, classes)


@wrong("transfer_model", "return|nothing|None")
def no_model_returned(backbone, classes=10):
    backbone.trainable = False
    model = headed(backbone, classes)


@wrong("transfer_model", "model|tensor|return")
def the_outputs_returned(backbone, classes=10):
    backbone.trainable = False
    return headed(backbone, classes).outputs[0]


@wrong("transfer_model", "tanh|activation|relu")
def tanh_in_the_hidden_layer(backbone, classes=10):
    backbone.trainable = False
    return headed(backbone, classes, activation="tanh")


@wrong("transfer_model", "swap|order|dense|128|units|hidden|classes")
def the_dense_layers_swapped(backbone, classes=10):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = GlobalAveragePooling2D()(backbone(inputs, training=False))
    X = Dense(classes, activation="relu")(X)
    return keras.Model(inputs, Dense(128, activation="softmax")(X))


@wrong("transfer_model", "trainable|misspel|typo|froz|freez|attribute")
def a_misspelt_flag(backbone, classes=10):
    backbone.trainabel = False
    return headed(backbone, classes)


# count_parameters --------------------------------------------------------------------------


@right("count_parameters")
def by_the_method_of_keras(model):
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_variables)
    return trainable, model.count_params()


@right("count_parameters")
def sizes_of_arrays(model):
    trainable = 0
    for w in model.trainable_weights:
        trainable += w.numpy().size
    frozen = 0
    for w in model.non_trainable_weights:
        frozen += w.numpy().size
    return (trainable, trainable + frozen)


@wrong("count_parameters", "swap|order|exchange|first")
def the_total_first(model):
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    return model.count_params(), trainable


@wrong("count_parameters", "total|frozen|non-trainable|untrainable|second|all")
def frozen_instead_of_total(model):
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    frozen = sum(int(np.prod(w.shape)) for w in model.non_trainable_weights)
    return trainable, frozen


@wrong("count_parameters", "tensors|number of|numbers|len|count")
def tensors_are_counted(model):
    return len(model.trainable_weights), len(model.weights)


@wrong("count_parameters", "sum|product|prod|length|multipl")
def lengths_are_added(model):
    trainable = sum(int(np.sum(w.shape)) for w in model.trainable_weights)
    return trainable, sum(int(np.sum(w.shape)) for w in model.weights)


@wrong("count_parameters", "trainable|total|one|tuple|pair|two")
def the_total_only(model):
    return model.count_params()


@wrong("count_parameters", "trainable|total|same|twice|froz")
def the_total_twice(model):
    return model.count_params(), model.count_params()


@wrong("count_parameters", "trainable|total|same|twice|froz|all")
def the_trainable_twice(model):
    n = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    return n, n


@wrong("count_parameters", "layer|nested|inside|flag|trainable|statistic|normali")
def by_the_flags_of_the_layers(model):
    trainable = sum(each.count_params() for each in model.layers if each.trainable)
    return trainable, model.count_params()


@wrong("count_parameters", "statistic|moving|normali|all|total|froz")
def moving_statistics_left_out(model):
    weights = [w for w in model.weights if "moving" not in w.path]
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    return trainable, sum(int(np.prod(w.shape)) for w in weights)


@wrong("count_parameters", "million|whole|float|unit|divid|scal|number")
def in_millions(model):
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    return trainable / 1e6, model.count_params() / 1e6


@wrong("count_parameters", "bias|kernel|vector|dimension|axes")
def kernels_only(model):
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights if len(w.shape) > 1)
    return trainable, sum(int(np.prod(w.shape)) for w in model.weights if len(w.shape) > 1)


@wrong("count_parameters", "dict|tuple|pair|two")
def a_dictionary(model):
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    return {"trainable": trainable, "total": model.count_params()}


@wrong("count_parameters", "print|return|nothing|None")
def the_summary_is_printed(model):
    model.summary()


@wrong("count_parameters", "text|string|str|number")
def counts_as_text(model):
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    return f"{trainable:,}", f"{model.count_params():,}"


# unfreeze ----------------------------------------------------------------------------------


def compiled(model, learning_rate, **settings):
    settings = {
        "optimizer": keras.optimizers.Adam(learning_rate),
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
    } | settings
    model.compile(**settings)
    return model


def set_flags(model, flag=True, normalisations=False):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = flag and (
                normalisations or not isinstance(layer, layers.BatchNormalization)
            )


@right("unfreeze")
def the_backbone_first(model, learning_rate=1e-5):
    for part in model.layers:
        part.trainable = True
        if isinstance(part, keras.Model):
            for layer in part.layers:
                layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    return model


@right("unfreeze")
def all_layers_by_recursion(model, learning_rate=1e-5):
    def visit(layer):
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
        elif hasattr(layer, "layers"):
            layer.trainable = True
            for inner in layer.layers:
                visit(inner)
        else:
            layer.trainable = True

    visit(model)
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(learning_rate), loss, metrics=["accuracy"])
    return model


@right("unfreeze")
def flattened_layers(model, learning_rate=1e-5):
    set_flags(model, True, True)
    for layer in model._flatten_layers():
        if type(layer).__name__ == "BatchNormalization":
            layer.trainable = False
    return compiled(model, learning_rate)


@wrong("unfreeze", "normali")
def normalisations_unfrozen_too(model, learning_rate=1e-5):
    set_flags(model, True, True)
    return compiled(model, learning_rate)


@wrong("unfreeze", "inside|nested|backbone|flag|trainable|froz|unfroz|unfreez")
def only_the_flag_of_the_model(model, learning_rate=1e-5):
    model.trainable = True
    return compiled(model, learning_rate)


@wrong("unfreeze", "inside|nested|backbone|flag|trainable|froz|unfroz|unfreez")
def one_level_only(model, learning_rate=1e-5):
    for layer in model.layers:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    return compiled(model, learning_rate)


@wrong("unfreeze", "compil")
def not_compiled(model, learning_rate=1e-5):
    set_flags(model)
    return model


@wrong("unfreeze", "rate")
def the_rate_ignored(model, learning_rate=1e-5):
    set_flags(model)
    return compiled(model, learning_rate, optimizer="adam")


@wrong("unfreeze", "rate")
def the_rate_hard_coded(model, learning_rate=1e-5):
    set_flags(model)
    return compiled(model, 1e-5)


@wrong("unfreeze", "rate|default")
def another_default_rate(model, learning_rate=1e-3):
    set_flags(model)
    return compiled(model, learning_rate)


@wrong("unfreeze", "loss")
def the_loss_for_one_hot_labels(model, learning_rate=1e-5):
    set_flags(model)
    return compiled(model, learning_rate, loss="categorical_crossentropy")


@wrong("unfreeze", "optimi[sz]er|sgd|adam")
def plain_descent(model, learning_rate=1e-5):
    set_flags(model)
    return compiled(model, learning_rate, optimizer=keras.optimizers.SGD(learning_rate))


@wrong(
    "unfreeze",
    "optimi[sz]er|rmsprop|adam",
)
def rmsprop(model, learning_rate=1e-5):
    set_flags(model)
    return compiled(model, learning_rate, optimizer=keras.optimizers.RMSprop(learning_rate))


@wrong("unfreeze", "head|froz|trainable|dense|wrong way")
def the_head_frozen(model, learning_rate=1e-5):
    set_flags(model)
    model.layers[-1].trainable = False
    model.layers[-2].trainable = False
    return compiled(model, learning_rate)


@wrong("unfreeze", "last|half|part|some|froz|trainable|first|backbone")
def only_the_last_layers_of_the_backbone(model, learning_rate=1e-5):
    set_flags(model)
    backbone = model.layers[1]
    for layer in backbone.layers[: len(backbone.layers) // 2]:
        layer.trainable = False
    return compiled(model, learning_rate)


@wrong("unfreeze", "wrong way|normali|revers|opposite|invert|only")
def only_normalisations_unfrozen(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in getattr(part, "layers", []):
            layer.trainable = isinstance(layer, layers.BatchNormalization)
    return compiled(model, learning_rate)


@wrong("unfreeze", "froz|nothing|trainable|backbone|unfroz|unfreez")
def compiled_only(model, learning_rate=1e-5):
    return compiled(model, learning_rate)


@wrong("unfreeze", "return|nothing|None")
def the_model_is_not_returned(model, learning_rate=1e-5):
    set_flags(model)
    compiled(model, learning_rate)


@wrong("unfreeze", "another model is prepared")
def a_clone(model, learning_rate=1e-5):
    copy = keras.models.clone_model(model)
    set_flags(copy)
    return compiled(copy, learning_rate)


@wrong(
    "unfreeze",
    "argument|keyword|lr|learning_rate",
)
def lr_as_in_old_versions(model, learning_rate=1e-5):
    set_flags(model)
    return compiled(model, learning_rate, optimizer=keras.optimizers.Adam(lr=learning_rate))


@wrong(
    "unfreeze",
    "layers|local|shadow|variable|name|value|assigned",
)
def the_loop_variable_is_called_layers(model, learning_rate=1e-5):
    for part in model.layers:
        for layers in [part, *getattr(part, "layers", [])]:
            layers.trainable = not isinstance(layers, layers.BatchNormalization)
    return compiled(model, learning_rate)


@wrong("unfreeze", "history|fit|train|return|model")
def the_history_is_returned(model, learning_rate=1e-5):
    set_flags(model)
    return compiled(model, learning_rate).summary()


@wrong("unfreeze", "normali|rate|loss|compil")
def two_mistakes_normalisations_and_rate(model, learning_rate=1e-5):
    set_flags(model, True, True)
    return compiled(model, learning_rate, optimizer="adam")


# confidence --------------------------------------------------------------------------------


@right("confidence")
def by_indexing(probabilities):
    labels = probabilities.argmax(axis=1)
    return labels, probabilities[np.arange(len(labels)), labels]


@right("confidence")
def the_last_of_the_sorted(probabilities):
    return np.argsort(probabilities)[:, -1], np.sort(probabilities, axis=-1)[:, -1]


@right("confidence")
def in_a_loop(probabilities):
    labels, sure = [], []
    for row in probabilities:
        k = int(np.argmax(row))
        labels.append(k)
        sure.append(row[k])
    return np.array(labels), np.array(sure)


@wrong("confidence", "axis|images|column")
def along_the_images(probabilities):
    return np.argmax(probabilities, axis=0), np.max(probabilities, axis=0)


@wrong("confidence", "axis|all|whole|one")
def over_everything(probabilities):
    return np.argmax(probabilities), np.max(probabilities)


@wrong("confidence", "swap|order|first")
def confidence_first(probabilities):
    return np.max(probabilities, axis=1), np.argmax(probabilities, axis=1)


@wrong("confidence", "mean|average|largest|max")
def the_mean_of_each_row(probabilities):
    return np.argmax(probabilities, axis=1), np.mean(probabilities, axis=1)


@wrong("confidence", "smallest|least|min")
def the_least_probable(probabilities):
    return np.argmin(probabilities, axis=1), np.min(probabilities, axis=1)


@wrong("confidence", "softmax|twice")
def softmax_once_more(probabilities):
    e = np.exp(probabilities - probabilities.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p.argmax(axis=1), p.max(axis=1)


@wrong("confidence", "percent|100")
def in_percent(probabilities):
    return np.argmax(probabilities, axis=1), 100 * np.max(probabilities, axis=1)


@wrong("confidence", "keepdims|axis|shape")
def axes_kept(probabilities):
    return (
        np.argmax(probabilities, axis=1, keepdims=True),
        np.max(probabilities, axis=1, keepdims=True),
    )


@wrong("confidence", "one|1|start|count|zero|0")
def labels_from_one(probabilities):
    return np.argmax(probabilities, axis=1) + 1, np.max(probabilities, axis=1)


@wrong("confidence", "only|label|one|two|pair|tuple|confidence")
def labels_only(probabilities):
    return np.argmax(probabilities, axis=1)


@wrong("confidence", "differ|second|margin|gap")
def the_margin_to_the_second(probabilities):
    ordered = np.sort(probabilities, axis=1)
    return np.argmax(probabilities, axis=1), ordered[:, -1] - ordered[:, -2]


@wrong("confidence", "entropy|largest|max|probab")
def one_minus_the_entropy(probabilities):
    entropy = -np.sum(probabilities * np.log(probabilities + 1e-12), axis=1)
    return np.argmax(probabilities, axis=1), 1 - entropy / np.log(probabilities.shape[1])


@wrong("confidence", "round|digit|decimal|precise|exact")
def rounded(probabilities):
    return np.argmax(probabilities, axis=1), np.round(np.max(probabilities, axis=1), 1)


@wrong("confidence", "not one for each image")
def the_first_image_only(probabilities):
    return np.argmax(probabilities[0]), np.max(probabilities[0])


@wrong("confidence", "dict|tuple|pair|two")
def a_dictionary_of_both(probabilities):
    return {
        "label": np.argmax(probabilities, axis=1),
        "confidence": np.max(probabilities, axis=1),
    }


@wrong("confidence", "first value|label")
def probabilities_above_one_half(probabilities):
    labels = np.array([np.flatnonzero(np.append(row > 0.5, True))[0] for row in probabilities])
    return labels, np.max(probabilities, axis=1)


@wrong("confidence", "pair|image|tuple|two|list|shape")
def a_pair_for_each_image(probabilities):
    return [(int(np.argmax(row)), float(np.max(row))) for row in probabilities]


@wrong("confidence", "return|nothing|None|print")
def both_printed(probabilities):
    print(np.argmax(probabilities, axis=1), np.max(probabilities, axis=1))


# compare_stages ----------------------------------------------------------------------------


def compared(labels, frozen, tuned):
    before, after = frozen.argmax(axis=1) == labels, tuned.argmax(axis=1) == labels
    sure = tuned.max(axis=1)
    return {
        "frozen_accuracy": float(before.mean()),
        "tuned_accuracy": float(after.mean()),
        "gain": 100 * float(after.mean() - before.mean()),
        "confidence_right": float(sure[after].mean()) if after.any() else float("nan"),
        "confidence_wrong": float(sure[~after].mean()) if (~after).any() else float("nan"),
    }


@right("compare_stages")
def sums_and_counts(labels, frozen, tuned):
    n = len(labels)
    pairs = zip(frozen, labels, strict=True)
    right_before = sum(int(np.argmax(row)) == label for row, label in pairs)
    pairs = [(np.argmax(r) == label, np.max(r)) for r, label in zip(tuned, labels, strict=True)]
    rights = [c for ok, c in pairs if ok]
    wrongs = [c for ok, c in pairs if not ok]
    nan = float("nan")
    return {
        "frozen_accuracy": right_before / n,
        "tuned_accuracy": len(rights) / n,
        "gain": (len(rights) - right_before) / n * 100,
        "confidence_right": sum(rights) / len(rights) if rights else nan,
        "confidence_wrong": sum(wrongs) / len(wrongs) if wrongs else nan,
    }


@right("compare_stages")
def in_another_order_as_arrays(labels, frozen, tuned):
    result = compared(labels, frozen, tuned)
    return {key: np.float64(result[key]) for key in reversed(list(result))}


@wrong("compare_stages", "percent|points|100|share")
def the_gain_as_a_share(labels, frozen, tuned):
    result = compared(labels, frozen, tuned)
    return result | {"gain": result["gain"] / 100}


@wrong("compare_stages", "percent|share|100|accurac")
def accuracies_in_percent(labels, frozen, tuned):
    result = compared(labels, frozen, tuned)
    return result | {
        "frozen_accuracy": 100 * result["frozen_accuracy"],
        "tuned_accuracy": 100 * result["tuned_accuracy"],
    }


@wrong("compare_stages", "relative|points|ratio|divid|percent")
def the_relative_gain(labels, frozen, tuned):
    result = compared(labels, frozen, tuned)
    return result | {
        "gain": 100
        * (result["tuned_accuracy"] - result["frozen_accuracy"])
        / max(result["frozen_accuracy"], 1e-9)
    }


@wrong("compare_stages", "error|relative|points|fewer")
def the_share_of_errors_saved(labels, frozen, tuned):
    result = compared(labels, frozen, tuned)
    before, after = 1 - result["frozen_accuracy"], 1 - result["tuned_accuracy"]
    return result | {"gain": 100 * (before - after) / max(before, 1e-9)}


@wrong("compare_stages", "sign|minus|order|wrong way|swap|first")
def the_gain_the_wrong_way_round(labels, frozen, tuned):
    result = compared(labels, frozen, tuned)
    return result | {"gain": -result["gain"]}


@wrong("compare_stages", "frozen|first stage|tuned|confiden")
def the_confidences_of_the_frozen_stage(labels, frozen, tuned):
    sure, after = frozen.max(axis=1), frozen.argmax(axis=1) == labels
    nan = float("nan")
    return compared(labels, frozen, tuned) | {
        "confidence_right": sure[after].mean() if after.any() else nan,
        "confidence_wrong": sure[~after].mean() if (~after).any() else nan,
    }


@wrong("compare_stages", "swap|exchange|right.*wrong|confiden")
def right_and_wrong_swapped(labels, frozen, tuned):
    result = compared(labels, frozen, tuned)
    return result | {
        "confidence_right": result["confidence_wrong"],
        "confidence_wrong": result["confidence_right"],
    }


@wrong("compare_stages", "swap|exchange|stages|frozen|order")
def stages_swapped(labels, frozen, tuned):
    return compared(labels, tuned, frozen)


@wrong(
    "compare_stages",
    "nan|not a number|empty|no such|nothing|zero|0",
)
def zero_where_there_is_nothing(labels, frozen, tuned):
    result = compared(labels, frozen, tuned)
    return {key: 0.0 if np.isnan(value) else value for key, value in result.items()}


@wrong(
    "compare_stages",
    "None where there is nothing",
)
def none_where_there_is_nothing(labels, frozen, tuned):
    result = compared(labels, frozen, tuned)
    return {key: None if np.isnan(value) else value for key, value in result.items()}


@wrong(
    "compare_stages",
    "empty|zero|division|nothing|nan|not a number",
)
def a_division_by_the_number_of_wrong_ones(labels, frozen, tuned):
    after = tuned.argmax(axis=1) == labels
    sure = tuned.max(axis=1)
    return compared(labels, frozen, tuned) | {
        "confidence_right": sum(sure[after].tolist()) / sum(after.tolist()),
        "confidence_wrong": sum(sure[~after].tolist()) / sum((~after).tolist()),
    }


@wrong("compare_stages", "all|mean|right|wrong|confiden")
def the_mean_confidence_of_all(labels, frozen, tuned):
    sure = float(tuned.max(axis=1).mean())
    return compared(labels, frozen, tuned) | {"confidence_right": sure, "confidence_wrong": sure}


@wrong("compare_stages", "true|label|probab|confiden")
def the_probability_of_the_true_class(labels, frozen, tuned):
    after = tuned.argmax(axis=1) == labels
    sure = tuned[np.arange(len(labels)), labels]
    nan = float("nan")
    return compared(labels, frozen, tuned) | {
        "confidence_right": sure[after].mean() if after.any() else nan,
        "confidence_wrong": sure[~after].mean() if (~after).any() else nan,
    }


@wrong("compare_stages", "missing|gain|key|name")
def the_gain_forgotten(labels, frozen, tuned):
    result = compared(labels, frozen, tuned)
    del result["gain"]
    return result


@wrong("compare_stages", "no entry 'frozen_accuracy'")
def other_names(labels, frozen, tuned):
    result = compared(labels, frozen, tuned)
    return {key.replace("_accuracy", "_acc"): value for key, value in result.items()}


@wrong("compare_stages", "tuple|dict|name")
def a_tuple_of_five(labels, frozen, tuned):
    return tuple(compared(labels, frozen, tuned).values())


@wrong("compare_stages", "count|number|share|mean|divid|accurac")
def right_answers_counted(labels, frozen, tuned):
    return compared(labels, frozen, tuned) | {
        "frozen_accuracy": int((frozen.argmax(axis=1) == labels).sum()),
        "tuned_accuracy": int((tuned.argmax(axis=1) == labels).sum()),
    }


@wrong("compare_stages", "frozen_accuracy.*tuned_accuracy")
def labels_along_the_wrong_axis(labels, frozen, tuned):
    before = frozen.argmax(axis=0)
    after = tuned.argmax(axis=0)
    return compared(labels, frozen, tuned) | {
        "frozen_accuracy": float(np.mean(before == labels[: len(before)])),
        "tuned_accuracy": float(np.mean(after == labels[: len(after)])),
    }


@wrong("compare_stages", "round")
def rounded_numbers(labels, frozen, tuned):
    return {key: round(value, 1) for key, value in compared(labels, frozen, tuned).items()}


@wrong("compare_stages", "confidence_wrong|one minus|1|wrong|confiden")
def one_minus_the_confidence(labels, frozen, tuned):
    result = compared(labels, frozen, tuned)
    return result | {"confidence_wrong": 1 - result["confidence_right"]}


@wrong("compare_stages", "right|median|mean|confiden")
def medians(labels, frozen, tuned):
    after = tuned.argmax(axis=1) == labels
    sure = tuned.max(axis=1)
    nan = float("nan")
    return compared(labels, frozen, tuned) | {
        "confidence_right": float(np.median(sure[after])) if after.any() else nan,
        "confidence_wrong": float(np.median(sure[~after])) if (~after).any() else nan,
    }


@wrong("compare_stages", "return|print|nothing|None")
def only_printed(labels, frozen, tuned):
    for key, value in compared(labels, frozen, tuned).items():
        print(f"{key}: {value:.2f}")


@right("digits_to_images")
def means_in_double_precision(digits, size=224):
    means = np.array([103.939, 116.779, 123.68])
    return resized(np.repeat(grey(digits), 3, axis=-1), size) - means


@wrong("digits_to_images", "mirrored|columns")
def columns_reversed(digits, size=224):
    return resized(np.repeat(grey(digits), 3, axis=-1), size)[:, :, ::-1] - MEANS


@wrong("digits_to_images", "half-pixel")
def read_at_multiples_of_the_ratio(digits, size=224):
    x = grey(digits)[..., 0]
    for axis in (1, 2):
        length = x.shape[axis]
        places = np.arange(size) * length / size
        low = places.astype(int)
        share = (places - low).reshape([-1 if axis == each else 1 for each in range(3)])
        high = np.minimum(low + 1, length - 1)
        x = (1 - share) * x.take(low, axis) + share * x.take(high, axis)
    return (x[..., np.newaxis] - MEANS).astype("float32")


@wrong("digits_to_images", "unsigned integers")
def subtracted_as_bytes(digits, size=224):
    x = np.repeat(digits.reshape(*digits.shape[:3], 1), 3, axis=-1)
    return resized((x - MEANS.astype("uint8")).astype("float32"), size)


@wrong("digits_to_images", "PyTorch.*nearest|nearest.*PyTorch")
def two_slips_at_once(digits, size=224):
    x = resized(np.repeat(grey(digits), 3, axis=-1), size, interpolation="nearest")
    deviations = np.array([0.229, 0.224, 0.225], dtype="float32")
    return (x / np.float32(255) - np.array([0.485, 0.456, 0.406], "float32")) / deviations


@wrong("transfer_model", "learned|new")
def a_backbone_from_its_configuration(backbone, classes=10):
    fresh = keras.Model.from_config(backbone.get_config())
    fresh.trainable = False
    return headed(fresh, classes)


@right("transfer_model")
def a_copy_with_its_weights(backbone, classes=10):
    copy = keras.models.clone_model(backbone)
    copy.set_weights(backbone.get_weights())
    copy.trainable = False
    return headed(copy, classes)


@wrong("transfer_model", "last layers")
def only_the_first_ten_layers_frozen(backbone, classes=10):
    for layer in backbone.layers[:10]:
        layer.trainable = False
    return headed(backbone, classes)


@wrong("unfreeze", "last layers")
def only_the_last_ten_layers_thawed(model, learning_rate=1e-5):
    backbone = next(part for part in model.layers if isinstance(part, keras.Model))
    backbone.trainable = True
    for at, layer in enumerate(backbone.layers):
        late = at >= len(backbone.layers) - 10
        layer.trainable = late and not isinstance(layer, BatchNormalization)
    model.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy")
    return model


@wrong("unfreeze", "other way round")
def only_what_normalises(model, learning_rate=1e-5):
    for part in model.layers:
        part.trainable = True
    for part in model.layers:
        for layer in getattr(part, "layers", [part]):
            layer.trainable = isinstance(layer, BatchNormalization)
    model.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy")
    return model


@wrong("count_parameters", "zero")
def what_is_not_zero(model):
    trained = sum(np.count_nonzero(np.array(each)) for each in model.trainable_weights)
    return int(trained), int(sum(np.count_nonzero(each) for each in model.get_weights()))


@wrong("count_parameters", "first axis")
def the_lengths_of_the_tensors(model):
    trained = [each.numpy() for each in model.trainable_weights]
    return sum(map(len, trained)), sum(map(len, model.get_weights()))


@wrong("count_parameters", "short name|overwrite")
def counted_by_name(model):
    def count(weights):
        return sum({each.name: int(np.prod(each.shape)) for each in weights}.values())

    return count(model.trainable_weights), count(model.weights)


@wrong("confidence", "labels are of the type float|type float")
def labels_as_floats(probabilities):
    return probabilities.argmax(1).astype("float32"), probabilities.max(1)


@wrong("confidence", "0.5")
def the_first_above_one_half(probabilities):
    return (probabilities >= 0.5).argmax(axis=1), probabilities.max(axis=1)


@wrong("confidence", "sort")
def the_place_after_sorting(probabilities):
    ordered = np.sort(probabilities, axis=1)
    return ordered.argmax(axis=1), ordered[:, -1]


@wrong("compare_stages", "labels and confidences are swapped")
def unpacked_the_other_way(labels, frozen, tuned):
    before, after, sure = frozen.max(1), tuned.max(1), tuned.argmax(1)
    right = after == labels
    return compared(labels, frozen, tuned) | {
        "frozen_accuracy": float(np.mean(before == labels)),
        "tuned_accuracy": float(np.mean(right)),
        "gain": 100 * float(np.mean(right) - np.mean(before == labels)),
        "confidence_right": float(sure[right].mean()) if right.any() else float("nan"),
        "confidence_wrong": float(sure[~right].mean()) if (~right).any() else float("nan"),
    }


@wrong("compare_stages", "frozen stage was right")
def the_mask_of_the_first_stage(labels, frozen, tuned):
    right, sure = frozen.argmax(1) == labels, tuned.max(1)
    return compared(labels, frozen, tuned) | {
        "confidence_right": float(sure[right].mean()) if right.any() else float("nan"),
        "confidence_wrong": float(sure[~right].mean()) if (~right).any() else float("nan"),
    }


@wrong("compare_stages", "agree")
def where_the_stages_agree(labels, frozen, tuned):
    alike, sure = frozen.argmax(1) == tuned.argmax(1), tuned.max(1)
    return compared(labels, frozen, tuned) | {
        "confidence_right": float(sure[alike].mean()) if alike.any() else float("nan"),
        "confidence_wrong": float(sure[~alike].mean()) if (~alike).any() else float("nan"),
    }


@wrong("compare_stages", "true or false")
def not_of_a_whole_mask(labels, frozen, tuned):
    right, sure = tuned.argmax(1) == labels, tuned.max(1)
    return compared(labels, frozen, tuned) | {"confidence_wrong": float(sure[not right].mean())}
