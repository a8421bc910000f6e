from tests.checks.blind.answer import right, wrong

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.layers import (
    Activation, BatchNormalization, Dense, Flatten, GlobalAveragePooling2D, Input,
)
from tensorflow.keras.models import Model


# ---- digits_to_images ------------------------------------------------------------------------
@right("digits_to_images")
def s3_images_subtract_before_resizing(digits, size=224):
    # the weights of a bilinear mean sum to 1, so a constant may be subtracted first
    x = np.asarray(digits, dtype="float32")
    if x.ndim == 3:
        x = x[..., None]
    x = np.concatenate([x - 103.939, x - 116.779, x - 123.68], axis=-1).astype("float32")
    return np.array(tf.image.resize(x, [size, size]))


@right("digits_to_images")
def s3_images_grayscale_to_rgb(digits, size=224):
    x = tf.cast(tf.convert_to_tensor(digits), tf.float32)
    if len(x.shape) == 3:
        x = tf.expand_dims(x, -1)
    x = tf.image.grayscale_to_rgb(x)
    x = tf.image.resize(x, (size, size), method="bilinear")
    r, g, b = tf.unstack(x, axis=-1)
    return tf.stack([b - 103.939, g - 116.779, r - 123.68], axis=-1).numpy()


@wrong("digits_to_images", "The channel axis is always added, so digits that have one already get five axes and an error is raised; digits without one come out right")
def s3_images_always_expand(digits, size=224):
    x = tf.cast(tf.expand_dims(digits, axis=-1), tf.float32)
    x = tf.image.grayscale_to_rgb(x)
    x = tf.image.resize(x, (size, size))
    x = x[..., ::-1] - [103.939, 116.779, 123.68]
    return x.numpy()


@wrong("digits_to_images", "np.tile repeats the rows of pixels and not each pixel, so after the reshape the three channels are neighbouring pixels, scrambled; each pixel should be repeated three times")
def s3_images_tile_and_reshape(digits, size=224):
    n, h, w = digits.shape[:3]
    x = np.tile(digits.reshape(n, h, w), 3).reshape(n, h, w, 3).astype("float32")
    x = keras.ops.convert_to_numpy(keras.ops.image.resize(x, (size, size)))
    return x[..., ::-1] - np.array([103.939, 116.779, 123.68], dtype="float32")


@wrong("digits_to_images", "The resizing uses antialiasing, which changes the result when images are made smaller (enlarged ones are right)")
def s3_images_antialias(digits, size=224):
    grey = digits.reshape(*digits.shape[:3], 1).astype("float32")
    rgb = tf.image.resize(np.repeat(grey, 3, axis=-1), (size, size), antialias=True).numpy()
    return rgb[..., ::-1] - np.array([103.939, 116.779, 123.68], dtype="float32")


@wrong("digits_to_images", "The resizing is that of TensorFlow 1 without half-pixel centres, so every pixel is read from a shifted place")
def s3_images_tf1_resize(digits, size=224):
    grey = digits.reshape(*digits.shape[:3], 1).astype("float32")
    rgb = np.repeat(grey, 3, axis=-1)
    rgb = tf.compat.v1.image.resize_bilinear(rgb, (size, size)).numpy()
    return rgb[..., ::-1] - np.array([103.939, 116.779, 123.68], dtype="float32")


@wrong("digits_to_images", "The means are a float64 array, so the result is float64 and not float32; the values are right")
def s3_images_float64(digits, size=224):
    grey = digits.reshape(*digits.shape[:3], 1).astype("float32")
    rgb = keras.ops.image.resize(np.repeat(grey, 3, axis=-1), (size, size))
    mean = np.array([103.939, 116.779, 123.68])
    return keras.ops.convert_to_numpy(rgb)[..., ::-1] - mean


@wrong("digits_to_images", "preprocess_input is taken from resnet_v2, which scales to -1 to 1 and neither reverses the channels nor subtracts the means; ResNet50 needs the one of keras.applications.resnet")
def s3_images_resnet_v2_preprocessing(digits, size=224):
    grey = digits.reshape(*digits.shape[:3], 1).astype("float32")
    rgb = tf.image.resize(np.repeat(grey, 3, axis=-1), (size, size)).numpy()
    return keras.applications.resnet_v2.preprocess_input(rgb)


@wrong("digits_to_images", "resize_with_pad keeps the proportions and fills up with zeros, so digits that are not square are not stretched to the square as they should be; square ones are right")
def s3_images_resize_with_pad(digits, size=224):
    grey = digits.reshape(*digits.shape[:3], 1).astype("float32")
    rgb = tf.image.resize_with_pad(np.repeat(grey, 3, axis=-1), size, size).numpy()
    return rgb[..., ::-1] - np.array([103.939, 116.779, 123.68], dtype="float32")


@wrong("digits_to_images", "The channels are reversed after the means have been subtracted, so blue has lost the mean of red and the other way round: -123.68, -116.779, -103.939 in place of -103.939, -116.779, -123.68")
def s3_images_reverse_last(digits, size=224):
    grey = digits.reshape(*digits.shape[:3], 1).astype("float32")
    rgb = keras.ops.image.resize(np.repeat(grey, 3, axis=-1), (size, size))
    x = keras.ops.convert_to_numpy(rgb) - np.array([103.939, 116.779, 123.68], dtype="float32")
    return x[..., ::-1]


# ---- transfer_model --------------------------------------------------------------------------
@right("transfer_model")
def s3_transfer_freezes_in_a_loop(backbone, classes=10):
    for layer in backbone.layers:
        layer.trainable = False
    X_input = Input(backbone.input_shape[1:])
    X = backbone(X_input, training=False)
    X = GlobalAveragePooling2D()(X)
    X = Dense(128, activation=tf.nn.relu)(X)
    X = Dense(classes, activation=tf.nn.softmax)(X)
    return Model(X_input, X)


class _TfAverage(tf.keras.layers.Layer):
    def call(self, x):
        return tf.reduce_mean(x, axis=(1, 2))


@right("transfer_model")
def s3_transfer_own_average_and_separate_activations(backbone, classes=10):
    shape = backbone.input_shape[1:]
    inputs = tf.keras.Input(shape=shape)
    features = backbone(inputs, training=False)
    X = _TfAverage(name="pool")(features)
    X = tf.keras.layers.Dense(128)(X)
    X = tf.keras.layers.Activation("relu")(X)
    X = tf.keras.layers.Dense(classes)(X)
    X = tf.keras.layers.Softmax()(X)
    model = tf.keras.Model(inputs, X)
    backbone.trainable = False
    return model


@right("transfer_model")
def s3_transfer_sequential_head(backbone, classes=10):
    backbone.trainable = False
    head = keras.Sequential([
        layers.GlobalAveragePooling2D(),
        layers.Dense(128, activation="relu"),
        layers.Dense(classes, activation="softmax"),
    ])
    inputs = keras.Input(batch_shape=backbone.input_shape)
    return keras.Model(inputs, head(backbone(inputs, training=False)))


@wrong("transfer_model", "The backbone is cloned with clone_model, which makes new random weights: what it had learned is lost, and the given backbone itself is not frozen")
def s3_transfer_clones_backbone(backbone, classes=10):
    base = keras.models.clone_model(backbone)
    base.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = base(inputs, training=False)
    X = layers.GlobalAveragePooling2D()(X)
    X = layers.Dense(128, activation="relu")(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs, outputs)


@wrong("transfer_model", "The flag is misspelt (trainble), so nothing is frozen and the backbone stays trainable")
def s3_transfer_flag_misspelt(backbone, classes=10):
    backbone.trainble = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = layers.GlobalAveragePooling2D()(X)
    X = layers.Dense(128, activation="relu")(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs, outputs)


@wrong("transfer_model", "Raises an error: the Input gets the backbone's whole input_shape with its batch axis, so the backbone is called with a tensor of five axes")
def s3_transfer_input_with_batch_axis(backbone, classes=10):
    backbone.trainable = False
    inputs = keras.Input(shape=backbone.input_shape)
    X = backbone(inputs, training=False)
    X = layers.GlobalAveragePooling2D()(X)
    X = layers.Dense(128, activation="relu")(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs, outputs)


@wrong("transfer_model", "The last layer of the backbone is cut off (layers[-2].output), as if it still had a top; the features are those of the layer before")
def s3_transfer_cuts_last_layer(backbone, classes=10):
    body = Model(backbone.input, backbone.layers[-2].output)
    body.trainable = False
    backbone.trainable = False
    X_input = Input(backbone.input_shape[1:])
    X = body(X_input, training=False)
    X = GlobalAveragePooling2D()(X)
    X = Dense(128, activation="relu")(X)
    X = Dense(classes, activation="softmax")(X)
    return Model(X_input, X)


@wrong("transfer_model", "A batch normalisation stands between the hidden and the last dense layer, which the head should not have; it brings 4 x 128 more parameters")
def s3_transfer_norm_in_head(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = GlobalAveragePooling2D()(X)
    X = Dense(128, activation="relu")(X)
    X = BatchNormalization()(X)
    X = Dense(classes, activation="softmax")(X)
    return Model(inputs, X)


@wrong("transfer_model", "All but the last ten layers of the backbone are frozen; those ten stay trainable, where all should be frozen")
def s3_transfer_leaves_ten_layers(backbone, classes=10):
    for layer in backbone.layers[:-10]:
        layer.trainable = False
    inputs = Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = GlobalAveragePooling2D()(X)
    X = Dense(128, activation="relu")(X)
    X = Dense(classes, activation="softmax")(X)
    return Model(inputs, X)


@wrong("transfer_model", "trainable = False is set on the finished model and not on the backbone, so the head is frozen as well and nothing can be trained")
def s3_transfer_freezes_the_whole(backbone, classes=10):
    inputs = keras.Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = layers.GlobalAveragePooling2D()(X)
    X = layers.Dense(128, activation="relu")(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    model = keras.Model(inputs, outputs)
    model.trainable = False
    return model


@wrong("transfer_model", "The last dense layer has a ReLU before its softmax, so negative scores are cut to 0")
def s3_transfer_relu_before_softmax(backbone, classes=10):
    backbone.trainable = False
    inputs = tf.keras.Input(backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    x = tf.keras.layers.GlobalAveragePooling2D()(x)
    for units in (128, classes):
        x = tf.keras.layers.Dense(units, activation="relu")(x)
    x = tf.keras.layers.Softmax()(x)
    return tf.keras.Model(inputs, x)


@wrong("transfer_model", "Raises an error: backbone.predict is called on the symbolic input; the backbone should be called like a layer")
def s3_transfer_predicts(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(backbone.input_shape[1:])
    X = backbone.predict(inputs)
    X = GlobalAveragePooling2D()(X)
    X = Dense(128, activation="relu")(X)
    X = Dense(classes, activation="softmax")(X)
    return Model(inputs, X)


# ---- count_parameters ------------------------------------------------------------------------
@right("count_parameters")
def s3_count_with_count_params(model):
    total = model.count_params()
    frozen = sum(int(tf.size(w)) for w in model.non_trainable_weights)
    return total - frozen, total


@right("count_parameters")
def s3_count_arrays(model):
    trainable = 0
    for v in model.trainable_variables:
        trainable += v.numpy().size
    return trainable, sum(array.size for array in model.get_weights())


@wrong("count_parameters", "A layer counts as a whole if its flag is set, so the moving statistics of trainable batch normalisations are counted as trainable, and the frozen weights of nested models whose own flag is set are too")
def s3_count_by_layer_flag(model):
    trainable = sum(layer.count_params() for layer in model.layers if layer.trainable)
    return trainable, model.count_params()


@wrong("count_parameters", "The second number is that of the non-trainable parameters alone, not of all parameters")
def s3_count_trainable_and_frozen(model):
    size = lambda ws: int(np.sum([keras.ops.size(w) for w in ws]))
    return size(model.trainable_weights), size(model.non_trainable_weights)


@wrong("count_parameters", "The lengths of each shape are added (np.sum) and not multiplied")
def s3_count_sums_the_shape(model):
    trainable = sum(int(np.sum(w.shape)) for w in model.trainable_weights)
    total = sum(int(np.sum(w.shape)) for w in model.weights)
    return trainable, total


@wrong("count_parameters", "Only kernels are counted: tensors of one axis, the biases and the numbers of the batch normalisations, are left out")
def s3_count_kernels_only(model):
    count = lambda ws: sum(int(np.prod(w.shape)) for w in ws if len(w.shape) > 1)
    return count(model.trainable_weights), count(model.weights)


# ---- unfreeze --------------------------------------------------------------------------------
def _set_flags(model):
    for layer in model.layers:
        layer.trainable = not isinstance(layer, tf.keras.layers.BatchNormalization)
        if hasattr(layer, "layers"):
            _set_flags(layer)


@right("unfreeze")
def s3_unfreeze_recursively(model, learning_rate=1e-5):
    _set_flags(model)
    model.compile(
        optimizer=tf.keras.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


@right("unfreeze")
def s3_unfreeze_all_then_refreeze_norms(model, learning_rate=1e-5):
    todo = list(model.layers)
    norms = []
    while todo:
        part = todo.pop()
        part.trainable = True
        if isinstance(part, layers.BatchNormalization):
            norms.append(part)
        todo += getattr(part, "layers", [])
    for norm in norms:
        norm.trainable = False
    model.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "Raises an error: Adam has no argument lr in Keras 3; it is called learning_rate")
def s3_unfreeze_lr(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, BatchNormalization)
    model.compile(optimizer=tf.keras.optimizers.Adam(lr=learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "The flag of a part is set after those of its layers: setting the backbone to trainable sets all layers in it, so the batch normalisations are trainable again")
def s3_unfreeze_outer_flag_last(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in getattr(part, "layers", []):
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
        part.trainable = not isinstance(part, layers.BatchNormalization)
    model.compile(keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "A model that is compiled already is not compiled anew, only its rate is changed: fit goes on training the head alone, with the loss and metrics of before; a model that was never compiled comes out right")
def s3_unfreeze_only_changes_the_rate(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
    if model.compiled:
        model.optimizer.learning_rate = learning_rate
    else:
        model.compile(keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "Batch normalisations are recognised by bn at the beginning of the layer's name; those with other names, such as Keras's default batch_normalization, become trainable")
def s3_unfreeze_norms_by_name(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not layer.name.startswith("bn")
    model.compile(tf.keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "The loss is categorical_crossentropy, which wants one-hot labels; the labels are integers, so it should be the sparse one")
def s3_unfreeze_one_hot_loss(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
    model.compile(
        optimizer=tf.keras.optimizers.Adam(learning_rate),
        loss=tf.keras.losses.CategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    return model


@wrong("unfreeze", "model.trainable = True changes nothing, because the flag is True already, and the loop covers only the outermost layers, freezing batch normalisations among them: the backbone stays frozen")
def s3_unfreeze_outer_flag_only(model, learning_rate=1e-5):
    model.trainable = True
    for layer in model.layers:
        if isinstance(layer, BatchNormalization):
            layer.trainable = False
    model.compile(tf.keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "The rate that is given is ignored: Adam always gets 1e-5")
def s3_unfreeze_fixed_rate(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
    model.compile(optimizer=keras.optimizers.Adam(1e-5), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# ---- confidence ------------------------------------------------------------------------------
@right("confidence")
def s3_confidence_top_k(probabilities):
    values, places = tf.math.top_k(probabilities, k=1)
    return tf.squeeze(places, axis=1).numpy(), tf.squeeze(values, axis=1).numpy()


@right("confidence")
def s3_confidence_indexes_rows(probabilities):
    labels = probabilities.argmax(-1)
    return labels, probabilities[np.arange(len(probabilities)), labels]


@wrong("confidence", "np.where finds every place with the row's largest value: where two classes share it, an image gets more than one label and the array is too long; without ties it is right")
def s3_confidence_where(probabilities):
    sure = probabilities.max(axis=1)
    labels = np.where(probabilities == sure[:, None])[1]
    return labels, sure


@wrong("confidence", "A softmax is applied to the probabilities, which are probabilities already; the labels are right, the confidences far too low")
def s3_confidence_softmax_again(probabilities):
    p = tf.nn.softmax(probabilities, axis=1).numpy()
    return p.argmax(axis=1), p.max(axis=1)


@wrong("confidence", "keepdims=True keeps the class axis: both arrays have the shape (images, 1) and not (images,)")
def s3_confidence_keepdims(probabilities):
    return (np.argmax(probabilities, axis=1, keepdims=True),
            np.max(probabilities, axis=1, keepdims=True))


@wrong("confidence", "The confidence is the distance between the largest and the second largest probability and not the largest itself")
def s3_confidence_margin(probabilities):
    ordered = np.sort(probabilities, axis=1)
    return np.argmax(probabilities, axis=1), ordered[:, -1] - ordered[:, -2]


# ---- compare_stages --------------------------------------------------------------------------
@right("compare_stages")
def s3_compare_weighted_sums(labels, frozen, tuned):
    n = len(labels)
    hits = [int((p.argmax(axis=1) == labels).sum()) for p in (frozen, tuned)]
    sure = tuned.max(axis=1)
    ok = tuned.argmax(axis=1) == labels
    nan = float("nan")
    return {
        "frozen_accuracy": hits[0] / n,
        "tuned_accuracy": hits[1] / n,
        "gain": 100 * (hits[1] - hits[0]) / n,
        "confidence_right": float(sure[ok].mean()) if hits[1] else nan,
        "confidence_wrong": float(sure[~ok].mean()) if hits[1] < n else nan,
    }


@right("compare_stages")
def s3_compare_with_tf_masks(labels, frozen, tuned):
    # the mean of nothing is 0/0 in TensorFlow, which is not a number
    acc = lambda p: float(np.mean(np.argmax(p, axis=-1) == labels))
    ok = tf.constant(np.argmax(tuned, -1) == labels)
    sure = tf.cast(tf.reduce_max(tuned, axis=-1), tf.float64)
    a, b = acc(frozen), acc(tuned)
    return dict(
        frozen_accuracy=a,
        tuned_accuracy=b,
        gain=(b - a) * 100,
        confidence_right=float(tf.reduce_mean(tf.boolean_mask(sure, ok))),
        confidence_wrong=float(tf.reduce_mean(tf.boolean_mask(sure, ~ok))),
    )


def _compare(labels, frozen, tuned):
    ok0, ok1 = frozen.argmax(1) == labels, tuned.argmax(1) == labels
    return ok0, ok1, tuned.max(1), lambda a: float(np.mean(a)) if len(a) else float("nan")


@wrong("compare_stages", "The gain is relative, in percent of the first accuracy, and not the difference in percentage points")
def s3_compare_relative_gain(labels, frozen, tuned):
    ok0, ok1, sure, mean = _compare(labels, frozen, tuned)
    return {
        "frozen_accuracy": mean(ok0), "tuned_accuracy": mean(ok1),
        "gain": 100 * (mean(ok1) - mean(ok0)) / mean(ok0),
        "confidence_right": mean(sure[ok1]), "confidence_wrong": mean(sure[~ok1]),
    }


@wrong("compare_stages", "The wrong answers are selected with the mask of the first stage: confidence_wrong is the second stage's confidence where the frozen model was wrong")
def s3_compare_masks_mixed(labels, frozen, tuned):
    ok0, ok1, sure, mean = _compare(labels, frozen, tuned)
    return {
        "frozen_accuracy": mean(ok0), "tuned_accuracy": mean(ok1),
        "gain": 100 * (mean(ok1) - mean(ok0)),
        "confidence_right": mean(sure[ok1]), "confidence_wrong": mean(sure[~ok0]),
    }


@wrong("compare_stages", "The masked confidences are summed and divided by the number of all images (mean of sure * mask), not by the number of those selected; also 0 and not NaN where there is none")
def s3_compare_mean_of_masked_product(labels, frozen, tuned):
    ok0, ok1, sure, mean = _compare(labels, frozen, tuned)
    return {
        "frozen_accuracy": mean(ok0), "tuned_accuracy": mean(ok1),
        "gain": 100 * (mean(ok1) - mean(ok0)),
        "confidence_right": mean(sure * ok1), "confidence_wrong": mean(sure * (1 - ok1)),
    }


@wrong("compare_stages", "The confidence is the probability of the true label and not the largest one: right for right answers, wrong for the wrong ones")
def s3_compare_probability_of_truth(labels, frozen, tuned):
    ok0, ok1, _, mean = _compare(labels, frozen, tuned)
    sure = tuned[np.arange(len(labels)), labels]
    return {
        "frozen_accuracy": mean(ok0), "tuned_accuracy": mean(ok1),
        "gain": 100 * (mean(ok1) - mean(ok0)),
        "confidence_right": mean(sure[ok1]), "confidence_wrong": mean(sure[~ok1]),
    }


@wrong("compare_stages", "Where there is no wrong (or no right) answer, the confidence is reported as 0.0 instead of not a number")
def s3_compare_zero_for_nothing(labels, frozen, tuned):
    ok0, ok1, sure, mean = _compare(labels, frozen, tuned)
    average = lambda a: float(np.sum(a) / max(len(a), 1))
    return {
        "frozen_accuracy": mean(ok0), "tuned_accuracy": mean(ok1),
        "gain": 100 * (mean(ok1) - mean(ok0)),
        "confidence_right": average(sure[ok1]), "confidence_wrong": average(sure[~ok1]),
    }
