from tests.checks.blind.answer import right, wrong

import math
import statistics

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras import backend as K
from tensorflow.keras.layers import (
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Input,
    Lambda,
)
from tensorflow.keras.models import Model, Sequential
from tensorflow.keras.optimizers import Adam

MEANS_BGR = [103.939, 116.779, 123.68]

# ------------------------------------------------------------- digits_to_images


@right("digits_to_images")
def images_tf_image_resize(digits, size=224):
    x = tf.convert_to_tensor(digits)
    if len(x.shape) == 3:
        x = tf.expand_dims(x, -1)
    x = tf.cast(x, tf.float32)
    x = tf.image.grayscale_to_rgb(x)
    x = tf.image.resize(x, [size, size], method="bilinear")
    x = tf.reverse(x, axis=[-1])
    x = x - tf.constant(MEANS_BGR, dtype=tf.float32)
    return x.numpy()


@right("digits_to_images")
def images_preprocess_input_of_keras(digits, size=224):
    x = np.array(digits, dtype="float32")
    if x.ndim == 3:
        x = x[..., np.newaxis]
    x = np.concatenate([x, x, x], axis=-1)
    x = tf.image.resize(x, (size, size)).numpy()
    return tf.keras.applications.resnet50.preprocess_input(x)


@right("digits_to_images")
def images_resized_in_grey_then_broadcast(digits, size=224):
    grey = digits.reshape(*digits.shape[:3], 1).astype(np.float32)
    grey = np.asarray(ops.image.resize(grey, (size, size), interpolation="bilinear"))
    # grey minus three means gives three channels, in the order blue, green, red
    return grey - np.float32(MEANS_BGR)


@right("digits_to_images")
def images_numpy_bilinear_by_hand(digits, size=224):
    x = digits.astype(np.float32)
    if x.ndim == 4:
        x = x[:, :, :, 0]

    def along(a, axis):
        w = a.shape[axis]
        u = (np.arange(size) + 0.5) * w / size - 0.5
        low = np.floor(u).astype(int)
        shape = [1, 1, 1]
        shape[axis] = size
        weight = (u - low).astype(np.float32).reshape(shape)
        left = np.take(a, np.clip(low, 0, w - 1), axis=axis)
        right_ = np.take(a, np.clip(low + 1, 0, w - 1), axis=axis)
        return (1 - weight) * left + weight * right_

    x = along(along(x, 1), 2)
    return np.stack([x - np.float32(m) for m in MEANS_BGR], axis=-1)


@wrong("digits_to_images", "The pixels are divided by 255 before the means are subtracted")
def images_divided_by_255(digits, size=224):
    x = tf.cast(tf.reshape(digits, (*digits.shape[:3], 1)), tf.float32) / 255.0
    x = tf.image.resize(tf.image.grayscale_to_rgb(x), (size, size))
    x = x[..., ::-1] - tf.constant(MEANS_BGR)
    return x.numpy()


@wrong("digits_to_images", "The means stand in the order red, green, blue (and the channels are not reversed): the result is in RGB order instead of BGR")
def images_bgr_forgotten(digits, size=224):
    x = digits.reshape(*digits.shape[:3], 1).astype("float32")
    x = np.repeat(x, 3, axis=-1)
    x = tf.image.resize(x, (size, size)).numpy()
    return x - np.array([123.68, 116.779, 103.939], dtype="float32")


@wrong("digits_to_images", "The channels are reversed after the subtraction of the means, so that blue gets the mean of red and the other way round")
def images_reversed_after_subtraction(digits, size=224):
    grey = digits.reshape(*digits.shape[:3], 1).astype("float32")
    rgb = keras.ops.image.resize(np.repeat(grey, 3, axis=-1), (size, size))
    x = keras.ops.convert_to_numpy(rgb) - np.array(MEANS_BGR, dtype="float32")
    return x[..., ::-1]


@wrong("digits_to_images", "Resized as uint8 by keras.ops, before the conversion to float32: every value is rounded")
def images_resized_as_uint8(digits, size=224):
    grey = digits.reshape(*digits.shape[:3], 1)
    rgb = keras.ops.image.resize(np.repeat(grey, 3, axis=-1), (size, size))
    bgr = keras.ops.convert_to_numpy(rgb).astype("float32")[..., ::-1]
    return bgr - np.array(MEANS_BGR, dtype="float32")


@wrong("digits_to_images", "The interpolation is nearest neighbour instead of bilinear")
def images_nearest(digits, size=224):
    x = tf.cast(digits.reshape(*digits.shape[:3], 1), tf.float32)
    x = tf.image.resize(tf.tile(x, [1, 1, 1, 3]), (size, size), method=tf.image.ResizeMethod.NEAREST_NEIGHBOR)
    return (x[..., ::-1] - MEANS_BGR).numpy()


@wrong("digits_to_images", "The old resize of TensorFlow 1 (tf.compat.v1.image.resize_bilinear) does not use half-pixel centres, so the pixels are sampled in the wrong places")
def images_resize_of_tensorflow_one(digits, size=224):
    x = tf.cast(digits.reshape(*digits.shape[:3], 1), tf.float32)
    x = tf.compat.v1.image.resize_bilinear(tf.concat([x, x, x], axis=-1), (size, size))
    return (x[..., ::-1] - tf.constant(MEANS_BGR)).numpy()


@wrong("digits_to_images", "The means are subtracted twice: once by preprocess_input and once more by hand")
def images_means_subtracted_twice(digits, size=224):
    x = digits.reshape(*digits.shape[:3], 1).astype("float32")
    x = tf.image.resize(np.repeat(x, 3, axis=-1), (size, size)).numpy()
    x = tf.keras.applications.resnet.preprocess_input(x)
    return x - np.array(MEANS_BGR, dtype="float32")


@wrong("digits_to_images", "The result is float64: the means are an array of Python floats, float64, and the subtraction takes that type; the values are right")
def images_float64(digits, size=224):
    grey = digits.reshape(*digits.shape[:3], 1).astype("float32")
    rgb = keras.ops.image.resize(np.repeat(grey, 3, axis=-1), (size, size))
    return keras.ops.convert_to_numpy(rgb)[..., ::-1] - np.array(MEANS_BGR)


@wrong("digits_to_images", "A TensorFlow tensor is returned instead of a NumPy array; the values are right")
def images_returns_a_tensor(digits, size=224):
    x = tf.cast(digits.reshape(*digits.shape[:3], 1), tf.float32)
    x = tf.image.resize(tf.image.grayscale_to_rgb(x), (size, size))
    return x[..., ::-1] - tf.constant(MEANS_BGR)


@wrong("digits_to_images", "Digits without a channel axis are not taken care of: repeating the last axis makes them three times as wide instead of giving three channels, and the resize or the subtraction then raises an error or gives a wrong shape; with a channel axis all is right")
def images_four_axes_only(digits, size=224):
    x = np.repeat(digits.astype("float32"), 3, axis=-1)
    x = tf.image.resize(x, (size, size)).numpy()
    return x[..., ::-1] - np.array(MEANS_BGR, dtype="float32")


@wrong("digits_to_images", "Digits with a channel axis get another one from np.stack, so the resize receives five axes and raises an error; without a channel axis all is right")
def images_stack_makes_five_axes(digits, size=224):
    x = np.stack([digits, digits, digits], axis=-1).astype("float32")
    x = tf.image.resize(x, (size, size)).numpy()
    return x[..., ::-1] - np.array(MEANS_BGR, dtype="float32")


@wrong("digits_to_images", "The size is given to the resize as one number instead of a pair: it raises an error")
def images_size_not_a_pair(digits, size=224):
    x = tf.cast(digits.reshape(*digits.shape[:3], 1), tf.float32)
    x = tf.image.resize(tf.image.grayscale_to_rgb(x), size)
    return (x[..., ::-1] - tf.constant(MEANS_BGR)).numpy()


@wrong("digits_to_images", "The array that is given is changed: its shape gets a channel axis in place (digits.shape = ...) where it has none; the result is right")
def images_reshapes_the_given_array(digits, size=224):
    if digits.ndim == 3:
        digits.shape = digits.shape + (1,)
    x = np.repeat(digits.astype("float32"), 3, axis=3)
    x = tf.image.resize(x, (size, size)).numpy()
    return x[..., ::-1] - np.array(MEANS_BGR, dtype="float32")


@wrong("digits_to_images", "The default size is 64 instead of 224")
def images_default_size_64(digits, size=64):
    x = tf.cast(digits.reshape(*digits.shape[:3], 1), tf.float32)
    x = tf.image.resize(tf.image.grayscale_to_rgb(x), (size, size))
    return (x[..., ::-1] - tf.constant(MEANS_BGR)).numpy()


# --------------------------------------------------------------- transfer_model


@right("transfer_model")
def transfer_freezes_layer_by_layer(backbone, classes=10):
    for layer in backbone.layers:
        layer.trainable = False
    backbone.trainable = False
    inputs = Input(shape=backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    x = Lambda(lambda t: tf.reduce_mean(t, axis=[1, 2]))(x)
    x = Dense(128, activation=tf.nn.relu)(x)
    outputs = Dense(classes, activation=tf.nn.softmax)(x)
    return Model(inputs=inputs, outputs=outputs)


@right("transfer_model")
def transfer_head_in_a_loop_frozen_last(backbone, classes=10):
    X_input = tf.keras.Input(shape=backbone.input.shape[1:])
    X = backbone(X_input, training=False)
    for layer in [
        GlobalAveragePooling2D(),
        Dense(units=128),
        tf.keras.layers.ReLU(),
        Dense(units=classes),
        tf.keras.layers.Softmax(),
    ]:
        X = layer(X)
    model = tf.keras.Model(X_input, X, name="transfer")
    backbone.trainable = False
    return model


@right("transfer_model")
def transfer_head_as_sequential(backbone, classes=10):
    backbone.trainable = False
    head = Sequential(
        [GlobalAveragePooling2D(), Dense(128, activation="relu"), Dense(classes, activation="softmax")], name="head"
    )
    inputs = keras.Input(tuple(backbone.input_shape)[1:])
    return keras.Model(inputs, head(backbone(inputs, training=False)))


@wrong("transfer_model", "The backbone is not frozen: all its weights stay trainable")
def transfer_not_frozen(backbone, classes=10):
    inputs = Input(backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    x = GlobalAveragePooling2D()(x)
    x = Dense(128, activation="relu")(x)
    outputs = Dense(classes, activation="softmax")(x)
    return Model(inputs, outputs)


@wrong("transfer_model", "The flag has a spelling mistake (trainabel), so nothing is frozen")
def transfer_flag_misspelled(backbone, classes=10):
    backbone.trainabel = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = layers.GlobalAveragePooling2D()(X)
    X = layers.Dense(128, activation="relu")(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs, outputs)


@wrong("transfer_model", "Only the batch normalisations of the backbone are frozen; its convolutions stay trainable")
def transfer_freezes_normalisations_only(backbone, classes=10):
    for layer in backbone.layers:
        layer.trainable = not isinstance(layer, BatchNormalization)
    inputs = Input(backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    x = GlobalAveragePooling2D()(x)
    x = Dense(128, activation="relu")(x)
    return Model(inputs, Dense(classes, activation="softmax")(x))


@wrong("transfer_model", "The whole model is frozen instead of the backbone alone: the head is not trainable either")
def transfer_everything_frozen(backbone, classes=10):
    inputs = Input(backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    x = GlobalAveragePooling2D()(x)
    x = Dense(128, activation="relu")(x)
    model = Model(inputs, Dense(classes, activation="softmax")(x))
    model.trainable = False
    return model


@wrong("transfer_model", "keras.Input gets the backbone's shape with the batch axis, so the images have five axes and the backbone raises an error")
def transfer_batch_axis_kept(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(backbone.input_shape)
    x = backbone(inputs, training=False)
    x = GlobalAveragePooling2D()(x)
    x = Dense(128, activation="relu")(x)
    return Model(inputs, Dense(classes, activation="softmax")(x))


@wrong("transfer_model", "The input shape is fixed at 224x224x3 instead of taken from the backbone: a backbone of another input shape raises an error")
def transfer_input_shape_fixed(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(shape=(224, 224, 3))
    x = backbone(inputs, training=False)
    x = GlobalAveragePooling2D()(x)
    x = Dense(128, activation="relu")(x)
    return Model(inputs, Dense(classes, activation="softmax")(x))


@wrong("transfer_model", "The features are flattened instead of averaged: the hidden layer has too many weights")
def transfer_flattens(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    x = Flatten()(x)
    x = Dense(128, activation="relu")(x)
    return Model(inputs, Dense(classes, activation="softmax")(x))


@wrong("transfer_model", "The hidden layer has 64 units instead of 128")
def transfer_sixty_four_units(backbone, classes=10):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = layers.GlobalAveragePooling2D()(X)
    X = layers.Dense(64, activation="relu")(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


@wrong("transfer_model", "The ReLU of the hidden layer is missing")
def transfer_hidden_layer_linear(backbone, classes=10):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = layers.GlobalAveragePooling2D()(X)
    X = layers.Dense(128)(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


@wrong("transfer_model", "The hidden layer is missing: the softmax layer follows the pooling")
def transfer_hidden_layer_missing(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(backbone.input_shape[1:])
    x = GlobalAveragePooling2D()(backbone(inputs, training=False))
    return Model(inputs, Dense(classes, activation="softmax")(x))


@wrong("transfer_model", "The last layer reads the pooled features (x) instead of the hidden layer (X), which is not part of the model")
def transfer_output_skips_the_hidden_layer(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    x = GlobalAveragePooling2D()(x)
    X = Dense(128, activation="relu")(x)
    outputs = Dense(classes, activation="softmax")(x)
    return Model(inputs, outputs)


@wrong("transfer_model", "A dropout of 0.2 stands in the head, which the docstring does not have")
def transfer_with_dropout(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    x = GlobalAveragePooling2D()(x)
    x = Dropout(0.2)(x)
    x = Dense(128, activation="relu")(x)
    return Model(inputs, Dense(classes, activation="softmax")(x))


@wrong("transfer_model", "Global max pooling instead of global average pooling")
def transfer_global_max(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    x = GlobalMaxPooling2D()(x)
    x = Dense(128, activation="relu")(x)
    return Model(inputs, Dense(classes, activation="softmax")(x))


@wrong("transfer_model", "tf.reduce_mean is called directly on the symbolic output of the backbone, which Keras 3 refuses with an error; a layer or keras.ops.mean is needed")
def transfer_reduce_mean_direct(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    x = tf.reduce_mean(x, axis=[1, 2])
    x = Dense(128, activation="relu")(x)
    return Model(inputs, Dense(classes, activation="softmax")(x))


@wrong("transfer_model", "The last layer has 10 units, whatever classes is")
def transfer_ten_classes_fixed(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    x = GlobalAveragePooling2D()(x)
    x = Dense(128, activation="relu")(x)
    return Model(inputs, Dense(10, activation="softmax")(x))


# ------------------------------------------------------------- count_parameters


@right("count_parameters")
def count_by_numpy_arrays(model):
    trainable = 0
    for v in model.trainable_variables:
        trainable += v.numpy().size
    return trainable, model.count_params()


@right("count_parameters")
def count_total_as_sum_of_both(model):
    sizes = lambda variables: int(sum(np.prod(tf.shape(v).numpy()) for v in variables))
    trainable = sizes(model.trainable_weights)
    return trainable, trainable + sizes(model.non_trainable_weights)


@right("count_parameters")
def count_with_math_prod(model):
    return tuple(sum(math.prod(w.shape) for w in weights) for weights in (model.trainable_weights, model.weights))


@wrong("count_parameters", "The two numbers are in the wrong order: all first, then the trainable ones")
def count_swapped(model):
    total = sum(int(np.prod(w.shape)) for w in model.weights)
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    return total, trainable


@wrong("count_parameters", "The second number counts the untrainable parameters only instead of all")
def count_non_trainable_second(model):
    trainable = int(np.sum([np.prod(v.shape) for v in model.trainable_weights]))
    non_trainable = int(np.sum([np.prod(v.shape) for v in model.non_trainable_weights]))
    return trainable, non_trainable


@wrong("count_parameters", "The tensors are counted, not the numbers in them")
def count_tensors(model):
    return len(model.trainable_weights), len(model.weights)


@wrong("count_parameters", "The lengths of the axes are added instead of multiplied")
def count_sum_of_axes(model):
    def size(w):
        return int(np.sum(w.shape))

    return sum(map(size, model.trainable_weights)), sum(map(size, model.weights))


@wrong("count_parameters", "The trainable number adds all parameters of every top-level layer whose flag trainable is set: moving statistics of batch normalisation are counted as trainable (and, in nested models, frozen layers inside)")
def count_by_layer_flags(model):
    trainable = sum(layer.count_params() for layer in model.layers if layer.trainable)
    return trainable, model.count_params()


@wrong("count_parameters", "Only the first weight of every top-level layer is counted (the kernel of a dense layer): biases and everything else are left out")
def count_first_weight_of_each_layer(model):
    trainable = sum(int(np.prod(l.trainable_weights[0].shape)) for l in model.layers if l.trainable_weights)
    total = sum(int(np.prod(l.weights[0].shape)) for l in model.layers if l.weights)
    return trainable, total


@wrong("count_parameters", "get_shape() is a method of TensorFlow variables; a Keras 3 variable has none: AttributeError")
def count_get_shape_as_list(model):
    count = lambda ws: int(np.sum([np.prod(w.get_shape().as_list()) for w in ws]))
    return count(model.trainable_weights), count(model.weights)


# --------------------------------------------------------------------- unfreeze


def _all_layers(part):
    yield part
    for inner in getattr(part, "layers", []):
        yield from _all_layers(inner)


@right("unfreeze")
def unfreeze_recursive_generator(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in _all_layers(part):
            layer.trainable = not isinstance(layer, tf.keras.layers.BatchNormalization)
    model.compile(optimizer=Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@right("unfreeze")
def unfreeze_two_passes(model, learning_rate=1e-5):
    def walk(m, flag, kind=object):
        for layer in m.layers:
            if isinstance(layer, kind):
                layer.trainable = flag
            if hasattr(layer, "layers"):
                walk(layer, flag, kind)

    walk(model, True)
    walk(model, False, BatchNormalization)
    model.compile(
        optimizer=tf.keras.optimizers.Adam(learning_rate=learning_rate),
        loss=tf.keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    return model


@wrong("unfreeze", "The batch normalisations become trainable as well")
def unfreeze_normalisations_too(model, learning_rate=1e-5):
    for layer in model.layers:
        layer.trainable = True
        for inner in getattr(layer, "layers", []):
            inner.trainable = True
    model.compile(optimizer=Adam(learning_rate=learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "model.trainable = True does nothing where the flag is True already (as it is after stage one), so the backbone stays frozen")
def unfreeze_flag_of_the_whole_model(model, learning_rate=1e-5):
    model.trainable = True
    model.compile(optimizer=Adam(learning_rate=learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "Only the last two layers of the backbone become trainable (fine-tuning of the top only): all layers before them are frozen again")
def unfreeze_last_layers_of_the_backbone(model, learning_rate=1e-5):
    for part in model.layers:
        part.trainable = True
        if hasattr(part, "layers"):
            for layer in part.layers[:-2]:
                layer.trainable = False
            for layer in part.layers[-2:]:
                layer.trainable = not isinstance(layer, BatchNormalization)
    model.compile(optimizer=Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "Only the top-level parts are looked at: setting the backbone's flag makes everything inside trainable, its batch normalisations included")
def unfreeze_top_level_only(model, learning_rate=1e-5):
    for layer in model.layers:
        layer.trainable = not isinstance(layer, BatchNormalization)
    model.compile(optimizer=Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "The model is not compiled anew")
def unfreeze_without_compile(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
    return model


@wrong("unfreeze", "The learning rate is ignored: Adam has its default, 0.001")
def unfreeze_adam_by_name(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "The argument of Adam is called learning_rate; lr is not recognised any more, and Keras raises an error")
def unfreeze_adam_lr(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, BatchNormalization)
    model.compile(optimizer=Adam(lr=learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "The backbone is looked up by the name 'resnet50', which only Keras's own ResNet50 has: for another backbone get_layer raises an error; with that name the function is right for a backbone of plain layers")
def unfreeze_get_layer_resnet50(model, learning_rate=1e-5):
    backbone = model.get_layer("resnet50")
    backbone.trainable = True
    for layer in backbone.layers:
        if isinstance(layer, BatchNormalization):
            layer.trainable = False
    model.compile(optimizer=Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "The test is the wrong way round: only the batch normalisations are trainable, all others are frozen, the head as well")
def unfreeze_condition_inverted(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in getattr(part, "layers", [part]):
            layer.trainable = isinstance(layer, BatchNormalization)
    model.compile(optimizer=Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "The loss is categorical_crossentropy instead of sparse_categorical_crossentropy: integer labels do not fit when the model is trained")
def unfreeze_categorical_loss(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, BatchNormalization)
    model.compile(optimizer=Adam(learning_rate), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "The optimiser is SGD instead of Adam")
def unfreeze_sgd(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, BatchNormalization)
    model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate, momentum=0.9), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "The return is missing: the function returns None instead of the model")
def unfreeze_returns_nothing(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, BatchNormalization)
    model.compile(optimizer=Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])


# ------------------------------------------------------------------- confidence


@right("confidence")
def conf_tensorflow_functions(probabilities):
    p = tf.convert_to_tensor(probabilities)
    return tf.argmax(p, axis=1).numpy(), tf.reduce_max(p, axis=1).numpy()


@right("confidence")
def conf_fancy_indexing(probabilities):
    labels = probabilities.argmax(-1)
    return labels, probabilities[np.arange(len(labels)), labels]


@right("confidence")
def conf_row_by_row(probabilities):
    labels, sure = [], []
    for row in probabilities:
        labels.append(int(np.argmax(row)))
        sure.append(row.max())
    return np.array(labels), np.array(sure)


@right("confidence")
def conf_top_k(probabilities):
    values, places = tf.math.top_k(probabilities, k=1)
    return tf.squeeze(places, axis=-1).numpy(), tf.squeeze(values, axis=-1).numpy()


@wrong("confidence", "Both functions go along axis 0, the images, instead of along the classes")
def conf_axis_zero(probabilities):
    return np.argmax(probabilities, axis=0), np.max(probabilities, axis=0)


@wrong("confidence", "np.max has no axis: one number for the whole batch instead of one for each image")
def conf_max_without_axis(probabilities):
    return np.argmax(probabilities, axis=1), np.max(probabilities)


@wrong("confidence", "The two results are returned in the wrong order: confidences first")
def conf_swapped(probabilities):
    labels = tf.argmax(probabilities, axis=-1).numpy()
    sure = tf.reduce_max(probabilities, axis=-1).numpy()
    return sure, labels


@wrong("confidence", "tf.argmax without an axis goes along axis 0, the images; the confidences are right")
def conf_tf_argmax_default_axis(probabilities):
    labels = tf.argmax(probabilities).numpy()
    return labels, tf.reduce_max(probabilities, axis=1).numpy()


@wrong("confidence", "The probabilities pass another softmax before the maximum is taken: the labels are right, the confidences far too small")
def conf_second_softmax(probabilities):
    p = tf.nn.softmax(probabilities, axis=-1).numpy()
    return np.argmax(p, axis=1), np.max(p, axis=1)


@wrong("confidence", "The confidence is the distance between the largest and the second largest probability instead of the largest probability")
def conf_margin(probabilities):
    ordered = np.sort(probabilities, axis=1)
    return np.argmax(probabilities, axis=1), ordered[:, -1] - ordered[:, -2]


@wrong("confidence", "The confidences keep the axis of the classes (keepdims): shape (images, 1) instead of (images,)")
def conf_keepdims(probabilities):
    return np.argmax(probabilities, axis=1), np.max(probabilities, axis=1, keepdims=True)


@wrong("confidence", "The confidences are in percent instead of probabilities between 0 and 1")
def conf_in_percent(probabilities):
    return np.argmax(probabilities, axis=1), 100 * np.max(probabilities, axis=1)


# --------------------------------------------------------------- compare_stages


@right("compare_stages")
def compare_with_masks(labels, frozen, tuned):
    before, after, sure = np.argmax(frozen, 1), np.argmax(tuned, 1), np.max(tuned, 1)
    right_ = after == labels
    mean = lambda a: float(a.mean()) if a.size else float("nan")
    a, b = float((before == labels).mean()), float(right_.mean())
    return {
        "frozen_accuracy": a,
        "tuned_accuracy": b,
        "gain": 100 * (b - a),
        "confidence_right": mean(sure[right_]),
        "confidence_wrong": mean(sure[~right_]),
    }


@right("compare_stages")
def compare_with_tensorflow(labels, frozen, tuned):
    labels = tf.cast(labels, tf.int64)
    f = tf.cast(tf.equal(tf.argmax(frozen, -1), labels), tf.float64)
    t = tf.cast(tf.equal(tf.argmax(tuned, -1), labels), tf.float64)
    sure = tf.cast(tf.reduce_max(tuned, -1), tf.float64)
    frozen_accuracy = tf.reduce_mean(f)
    tuned_accuracy = tf.reduce_mean(t)
    result = dict(
        frozen_accuracy=frozen_accuracy,
        tuned_accuracy=tuned_accuracy,
        gain=(tuned_accuracy - frozen_accuracy) * 100.0,
        confidence_right=tf.reduce_sum(sure * t) / tf.reduce_sum(t),
        confidence_wrong=tf.reduce_sum(sure * (1 - t)) / tf.reduce_sum(1 - t),
    )
    return {name: float(value) for name, value in result.items()}


@right("compare_stages")
def compare_with_lists(labels, frozen, tuned):
    n = len(labels)
    hits = sum(int(row.argmax() == label) for row, label in zip(frozen, labels))
    sure = {True: [], False: []}
    for row, label in zip(tuned, labels):
        sure[bool(row.argmax() == label)].append(float(row.max()))
    means = {k: sum(v) / len(v) if v else math.nan for k, v in sure.items()}
    return {
        "frozen_accuracy": hits / n,
        "tuned_accuracy": len(sure[True]) / n,
        "gain": 100 * (len(sure[True]) - hits) / n,
        "confidence_right": means[True],
        "confidence_wrong": means[False],
    }


def _mean(values):
    return float(np.mean(values)) if len(values) else float("nan")


@wrong("compare_stages", "The gain is a share instead of percentage points: the factor 100 is missing")
def compare_gain_as_share(labels, frozen, tuned):
    correct = tuned.argmax(1) == labels
    sure = tuned.max(1)
    a, b = np.mean(frozen.argmax(1) == labels), np.mean(correct)
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": b - a,
            "confidence_right": _mean(sure[correct]), "confidence_wrong": _mean(sure[~correct])}  # fmt: skip


@wrong("compare_stages", "The gain is relative: the percentage of the first accuracy instead of percentage points")
def compare_gain_relative(labels, frozen, tuned):
    correct = tuned.argmax(1) == labels
    sure = tuned.max(1)
    a, b = np.mean(frozen.argmax(1) == labels), np.mean(correct)
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": 100 * (b - a) / a,
            "confidence_right": _mean(sure[correct]), "confidence_wrong": _mean(sure[~correct])}  # fmt: skip


@wrong("compare_stages", "The gain has the wrong sign: the first accuracy minus the second")
def compare_gain_negative(labels, frozen, tuned):
    correct = tuned.argmax(1) == labels
    sure = tuned.max(1)
    a, b = np.mean(frozen.argmax(1) == labels), np.mean(correct)
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": 100 * (a - b),
            "confidence_right": _mean(sure[correct]), "confidence_wrong": _mean(sure[~correct])}  # fmt: skip


@wrong("compare_stages", "The accuracies are in percent instead of shares between 0 and 1; the gain is right")
def compare_accuracies_in_percent(labels, frozen, tuned):
    correct = tuned.argmax(1) == labels
    sure = tuned.max(1)
    a, b = 100 * np.mean(frozen.argmax(1) == labels), 100 * np.mean(correct)
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": b - a,
            "confidence_right": _mean(sure[correct]), "confidence_wrong": _mean(sure[~correct])}  # fmt: skip


@wrong("compare_stages", "The confidences are those of the first stage (frozen), selected by where the second is right or wrong, instead of the second stage's")
def compare_confidences_of_frozen(labels, frozen, tuned):
    correct = np.argmax(tuned, axis=1) == labels
    sure = np.max(frozen, axis=1)
    a, b = np.mean(frozen.argmax(1) == labels), np.mean(correct)
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": 100 * (b - a),
            "confidence_right": _mean(sure[correct]), "confidence_wrong": _mean(sure[~correct])}  # fmt: skip


@wrong("compare_stages", "The selection is made by where the first stage is right, not the second, for both confidences")
def compare_mask_of_frozen(labels, frozen, tuned):
    first = np.argmax(frozen, axis=1) == labels
    second = np.argmax(tuned, axis=1) == labels
    sure = np.max(tuned, axis=1)
    return {"frozen_accuracy": first.mean(), "tuned_accuracy": second.mean(), "gain": 100 * (second.mean() - first.mean()),
            "confidence_right": _mean(sure[first]), "confidence_wrong": _mean(sure[~first])}  # fmt: skip


@wrong("compare_stages", "Where there is nothing to average, 0.0 is returned instead of not a number")
def compare_zero_for_nothing(labels, frozen, tuned):
    correct = tf.equal(tf.argmax(tuned, 1), tf.cast(labels, tf.int64))
    sure = tf.reduce_max(tuned, axis=1)
    mean = lambda mask: float(np.nan_to_num(tf.reduce_mean(tf.boolean_mask(sure, mask)).numpy()))
    a = float(np.mean(frozen.argmax(1) == labels))
    b = float(np.mean(correct.numpy()))
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": 100 * (b - a),
            "confidence_right": mean(correct), "confidence_wrong": mean(~correct)}  # fmt: skip


@wrong("compare_stages", "statistics.mean raises an error (StatisticsError, no data points) where all answers are right or all wrong, instead of giving not a number")
def compare_statistics_mean(labels, frozen, tuned):
    correct = tuned.argmax(1) == labels
    sure = tuned.max(1)
    a, b = float(np.mean(frozen.argmax(1) == labels)), float(np.mean(correct))
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": 100 * (b - a),
            "confidence_right": statistics.mean(sure[correct].tolist()),
            "confidence_wrong": statistics.mean(sure[~correct].tolist())}  # fmt: skip


@wrong("compare_stages", "The mask is an integer array, so sure[right] takes the confidences at places 0 and 1, and ~right those at -1 and -2, instead of selecting the right and the wrong answers")
def compare_mask_of_integers(labels, frozen, tuned):
    correct = (tuned.argmax(1) == labels).astype(int)
    sure = tuned.max(1)
    a, b = np.mean(frozen.argmax(1) == labels), np.mean(correct)
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": 100 * (b - a),
            "confidence_right": _mean(sure[correct]), "confidence_wrong": _mean(sure[~correct])}  # fmt: skip


@wrong("compare_stages", "The mean confidence of the wrong answers is computed as 1 minus that of the right ones")
def compare_wrong_as_complement(labels, frozen, tuned):
    correct = tuned.argmax(1) == labels
    a, b = np.mean(frozen.argmax(1) == labels), np.mean(correct)
    sure_right = _mean(tuned.max(1)[correct])
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": 100 * (b - a),
            "confidence_right": sure_right, "confidence_wrong": 1 - sure_right}  # fmt: skip


@wrong("compare_stages", "The sums of the confidences are divided by the number of all images, not by the number of right (or wrong) ones")
def compare_divides_by_all_images(labels, frozen, tuned):
    correct = (tuned.argmax(1) == labels).astype(float)
    sure = tuned.max(1)
    a, b = np.mean(frozen.argmax(1) == labels), np.mean(correct)
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": 100 * (b - a),
            "confidence_right": np.mean(sure * correct), "confidence_wrong": np.mean(sure * (1 - correct))}  # fmt: skip


@wrong("compare_stages", "The confidence is the probability of the true label instead of the largest one, which is wrong for the wrong answers")
def compare_probability_of_the_truth(labels, frozen, tuned):
    p_true = tf.gather(tuned, labels, axis=1, batch_dims=1).numpy()
    correct = tuned.argmax(1) == labels
    a, b = np.mean(frozen.argmax(1) == labels), np.mean(correct)
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": 100 * (b - a),
            "confidence_right": _mean(p_true[correct]), "confidence_wrong": _mean(p_true[~correct])}  # fmt: skip


@wrong("compare_stages", "The labels are compared with the probabilities themselves; the argmax is missing and the shapes do not fit, so the comparison raises an error")
def compare_without_argmax(labels, frozen, tuned):
    correct = tuned == labels
    sure = tuned.max(1)
    a, b = np.mean(frozen == labels), np.mean(correct)
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": 100 * (b - a),
            "confidence_right": _mean(sure[correct]), "confidence_wrong": _mean(sure[~correct])}  # fmt: skip
