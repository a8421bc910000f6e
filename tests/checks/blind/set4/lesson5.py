from tests.checks.blind.answer import right, wrong

import math
import statistics

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.layers import Dense, Dropout, GlobalAveragePooling2D, Lambda

# ---------------------------------------------------------------- digits_to_images


@wrong("digits_to_images", "np.resize is used, which fills the new shape with the old numbers in their order of storage; it does not interpolate images")
def s4_numpy_resize(digits, size=224):
    x = digits.reshape(*digits.shape[:3], 1).astype("float32")
    x = np.resize(x, (len(x), size, size, 1))
    x = np.repeat(x, 3, axis=-1)[..., ::-1]
    return x - np.array([103.939, 116.779, 123.68], dtype="float32")


@wrong("digits_to_images", "preprocess_input has already brought the channels into the order blue, green, red and subtracted the means; the last line reverses them again, so that the result is in the order red, green, blue (123.68 subtracted from the first channel)")
def s4_reversed_after_preprocessing(digits, size=224):
    x = digits.reshape(*digits.shape[:3], 1).astype("float32")
    x = tf.image.resize(tf.repeat(x, 3, axis=-1), (size, size)).numpy()
    x = tf.keras.applications.resnet50.preprocess_input(x)
    return x[..., ::-1]


@wrong("digits_to_images", "The means are subtracted in place from a uint8 array, which NumPy refuses with a casting error: the conversion to float32 is missing (and the values would be rounded by the resizing)")
def s4_in_place_on_uint8(digits, size=224):
    x = np.repeat(digits.reshape(*digits.shape[:3], 1), 3, axis=-1)
    x = ops.convert_to_numpy(keras.ops.image.resize(x, (size, size)))[..., ::-1].copy()
    x -= np.array([103.939, 116.779, 123.68], dtype="float32")
    return x


@wrong("digits_to_images", "The digits are set into the middle of a black image (or cropped) by resize_with_crop_or_pad instead of being enlarged bilinearly")
def s4_pads_instead_of_resizing(digits, size=224):
    x = tf.cast(digits.reshape(*digits.shape[:3], 1), tf.float32)
    x = tf.image.grayscale_to_rgb(x)
    x = tf.image.resize_with_crop_or_pad(x, size, size)
    return x.numpy()[..., ::-1] - np.array([103.939, 116.779, 123.68], dtype='float32')


@wrong("digits_to_images", "The resizing of TensorFlow 1 with align_corners=True puts the corner pixels on each other instead of using half-pixel centres")
def s4_align_corners(digits, size=224):
    x = digits.reshape(*digits.shape[:3], 1).astype("float32")
    x = tf.compat.v1.image.resize_bilinear(np.repeat(x, 3, axis=-1), (size, size), align_corners=True)
    return x.numpy()[..., ::-1] - np.array([103.939, 116.779, 123.68], dtype="float32")


@wrong("digits_to_images", "Resizes with antialiasing (antialias=True); this shows only when the images get smaller")
def s4_antialias(digits, size=224):
    x = tf.image.grayscale_to_rgb(tf.cast(digits.reshape(*digits.shape[:3], 1), tf.float32))
    x = tf.image.resize(x, [size, size], method='bilinear', antialias=True).numpy()
    return x[..., ::-1] - np.array([103.939, 116.779, 123.68], dtype='float32')


@wrong("digits_to_images", "The three grey channels are stacked along axis 1 (channels first), so that resizing takes the three channels for the height; the last axis is then the width of the digits, and subtracting three means raises a broadcasting error")
def s4_channels_first(digits, size=224):
    grey = digits.reshape(digits.shape[:3]).astype("float32")
    rgb = np.stack([grey, grey, grey], axis=1)
    rgb = ops.convert_to_numpy(keras.ops.image.resize(rgb, (size, size)))
    return rgb[..., ::-1] - np.array([103.939, 116.779, 123.68], dtype="float32")


@wrong("digits_to_images", "The digits are converted to float64 and so are the means: the result is float64 instead of float32")
def s4_result_in_float64(digits, size=224):
    grey = digits.reshape(*digits.shape[:3], 1).astype("float32")
    rgb = keras.ops.image.resize(np.repeat(grey, 3, axis=-1), (size, size))
    bgr = ops.convert_to_numpy(rgb).astype(float)[..., ::-1]
    return bgr - np.array([103.939, 116.779, 123.68])


@wrong("digits_to_images", "The grey values are inverted (255 - x) first, which the lesson does not ask for")
def s4_black_on_white(digits, size=224):
    grey = 255.0 - digits.reshape(*digits.shape[:3], 1).astype("float32")
    rgb = keras.ops.image.resize(np.repeat(grey, 3, axis=-1), (size, size))
    return ops.convert_to_numpy(rgb)[..., ::-1] - np.array([103.939, 116.779, 123.68], dtype="float32")


@wrong("digits_to_images", "np.squeeze takes away the axis of the images too when there is a single image: the result then has no batch axis; for more than one image it is right")
def s4_squeeze_eats_the_batch(digits, size=224):
    grey = np.squeeze(digits)[..., np.newaxis].astype("float32")
    rgb = keras.ops.image.resize(np.repeat(grey, 3, axis=-1), (size, size))
    return ops.convert_to_numpy(rgb)[..., ::-1] - np.array([103.939, 116.779, 123.68], dtype="float32")


@right("digits_to_images")
def s4_means_before_resizing(digits, size=224):
    grey = np.reshape(digits, digits.shape[:3] + (1,)).astype(np.float32)
    bgr = grey - np.array([[[[103.939, 116.779, 123.68]]]], dtype=np.float32)
    return tf.image.resize(bgr, (size, size)).numpy()


@right("digits_to_images")
def s4_bilinear_by_matrices(digits, size=224):
    grey = digits.reshape(digits.shape[:3]).astype("float32")

    def weights(old):
        u = (np.arange(size) + 0.5) * old / size - 0.5
        low = np.floor(u).astype(int)
        a = (u - low).astype("float32")
        W = np.zeros((size, old), dtype="float32")
        rows = np.arange(size)
        np.add.at(W, (rows, np.clip(low, 0, old - 1)), 1 - a)
        np.add.at(W, (rows, np.clip(low + 1, 0, old - 1)), a)
        return W

    rows, columns = weights(grey.shape[1]), weights(grey.shape[2])
    large = np.einsum("ih,nhw,jw->nij", rows, grey, columns).astype("float32")
    means = (103.939, 116.779, 123.68)
    return np.stack([large - np.float32(m) for m in means], axis=-1)


# ---------------------------------------------------------------- transfer_model


@wrong("transfer_model", "The last ten layers of the backbone (all of a backbone that has ten or fewer) are left trainable; all of it should be frozen")
def s4_freezes_all_but_ten(backbone, classes=10):
    for layer in backbone.layers:
        layer.trainable = True
    for layer in backbone.layers[:-10]:
        layer.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = GlobalAveragePooling2D()(X)
    X = Dense(128, activation='relu')(X)
    outputs = Dense(classes, activation='softmax')(X)
    return tf.keras.Model(inputs, outputs)


@wrong("transfer_model", "A spelling mistake, `trainble`: Python sets a new attribute without effect, and the backbone stays trainable")
def s4_trainble(backbone, classes=10):
    backbone.trainble = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = layers.GlobalAveragePooling2D()(X)
    X = layers.Dense(128, activation="relu")(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs, outputs)


@wrong("transfer_model", "The dense layer of 128 units stands before the pooling: it is applied with its ReLU at every position, and its outputs are averaged, instead of the other way round")
def s4_hidden_layer_before_the_pooling(backbone, classes=10):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = layers.Dense(128, activation="relu")(X)
    X = layers.GlobalAveragePooling2D()(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs, outputs)


@wrong("transfer_model", "The softmax runs over axis 0, the images of the batch, instead of over the classes")
def s4_softmax_over_the_batch(backbone, classes=10):
    backbone.trainable = False
    inputs = tf.keras.Input(shape=backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = GlobalAveragePooling2D()(X)
    X = Dense(128, activation='relu')(X)
    X = Dense(classes)(X)
    outputs = Lambda(lambda z: tf.nn.softmax(z, axis=0))(X)
    return tf.keras.Model(inputs, outputs)


@wrong("transfer_model", "The whole model is frozen at the end, the head included; only the backbone should be")
def s4_freezes_the_head_too(backbone, classes=10):
    inputs = keras.Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = layers.GlobalAveragePooling2D()(X)
    X = layers.Dense(128, activation="relu")(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    model = keras.Model(inputs, outputs)
    model.trainable = False
    return model


@wrong("transfer_model", "The model is built on a clone of the backbone, which has new random weights: what the backbone has learned is lost (and the backbone that was given stays trainable)")
def s4_clone_of_the_backbone(backbone, classes=10):
    base = tf.keras.models.clone_model(backbone)
    base.trainable = False
    inputs = tf.keras.Input(shape=base.input_shape[1:])
    X = base(inputs, training=False)
    X = GlobalAveragePooling2D()(X)
    X = Dense(128, activation='relu')(X)
    return tf.keras.Model(inputs, Dense(classes, activation='softmax')(X))


@wrong("transfer_model", "The input is divided by 255 in a Rescaling layer in front of the backbone, which expects pixels that are not divided")
def s4_rescaling_in_front(backbone, classes=10):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = layers.Rescaling(1.0 / 255)(inputs)
    X = backbone(X, training=False)
    X = layers.GlobalAveragePooling2D()(X)
    X = layers.Dense(128, activation="relu")(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs, outputs)


@wrong("transfer_model", "Softmax is applied twice: as the activation of the last dense layer and again as a layer of its own")
def s4_double_softmax(backbone, classes=10):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = layers.GlobalAveragePooling2D()(X)
    X = layers.Dense(128, activation="relu")(X)
    X = layers.Dense(classes, activation="softmax")(X)
    outputs = layers.Softmax()(X)
    return keras.Model(inputs, outputs)


@wrong("transfer_model", "The dense layer is called on the layer GlobalAveragePooling2D() instead of on its output: the pooling is made but never called on X, and Keras raises an error")
def s4_pooling_not_called(backbone, classes=10):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = layers.GlobalAveragePooling2D()
    X = layers.Dense(128, activation="relu")(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs, outputs)


@wrong("transfer_model", "keras.Input gets only one number, the height (input_shape[1]), instead of height, width and channels: the backbone cannot be called on it and Keras raises an error")
def s4_only_the_height(backbone, classes=10):
    backbone.trainable = False
    inputs = keras.Input((backbone.input_shape[1],))
    X = backbone(inputs, training=False)
    X = layers.GlobalAveragePooling2D()(X)
    X = layers.Dense(128, activation="relu")(X)
    outputs = layers.Dense(classes, activation="softmax")(X)
    return keras.Model(inputs, outputs)


@right("transfer_model")
def s4_frozen_at_the_end(backbone, classes=10):
    inputs = tf.keras.layers.Input(shape=backbone.input.shape[1:])
    X = backbone(inputs, training=False)
    X = Lambda(lambda t: tf.reduce_mean(t, axis=[1, 2]))(X)
    X = Dense(128, activation=tf.nn.relu)(X)
    X = Dense(classes, activation=tf.nn.softmax)(X)
    backbone.trainable = False
    return tf.keras.models.Model(inputs=inputs, outputs=X)


@right("transfer_model")
def s4_head_as_sequential(backbone, classes=10):
    backbone.trainable = False
    for layer in backbone.layers:
        layer.trainable = False
    head = keras.Sequential([
        layers.GlobalAveragePooling2D(),
        layers.Dense(128),
        layers.ReLU(),
        layers.Dense(classes),
        layers.Softmax(),
    ], name="head")
    inputs = keras.Input(batch_shape=backbone.input_shape)
    return keras.Model(inputs, head(backbone(inputs, training=False)))


# ---------------------------------------------------------------- count_parameters


@wrong("count_parameters", "np.prod multiplies the values of each weight tensor instead of the lengths of its shape")
def s4_product_of_the_values(model):
    trainable = sum(int(np.prod(w.numpy())) for w in model.trainable_weights)
    total = sum(int(np.prod(w.numpy())) for w in model.weights)
    return trainable, total


@wrong("count_parameters", "The lengths of each shape are added up instead of multiplied")
def s4_sum_of_the_shape(model):
    return (sum(sum(w.shape) for w in model.trainable_weights), sum(sum(w.shape) for w in model.weights))


@wrong("count_parameters", "The second number is that of the frozen parameters only, not of all")
def s4_trainable_and_frozen(model):
    size = lambda ws: sum(int(np.prod(w.shape)) for w in ws)
    return size(model.trainable_weights), size(model.non_trainable_weights)


@wrong("count_parameters", "Whole layers are counted as trainable by their flag: the moving statistics of trainable batch normalisations, and everything frozen inside a nested model whose own flag is True, are counted as trainable")
def s4_whole_layers_by_flag(model):
    trainable = 0
    for layer in model.layers:
        if layer.trainable:
            trainable += layer.count_params()
    return trainable, model.count_params()


@wrong("count_parameters", "tf.size is applied to the whole list of weights, which TensorFlow cannot turn into one tensor (a list of Keras variables, and of different shapes at that): an error is raised; each weight has to be counted on its own")
def s4_size_of_the_list(model):
    return int(tf.size(model.trainable_weights)), int(tf.size(model.weights))


@right("count_parameters")
def s4_num_elements(model):
    trainable = sum(v.shape.num_elements() for v in model.trainable_variables)
    total = sum(v.shape.num_elements() for v in model.variables)
    return trainable, total


@wrong("count_parameters", "The numbers are returned in millions, as fractions rounded to one decimal, instead of as counts")
def s4_in_millions(model):
    trainable = sum(math.prod(w.shape) for w in model.trainable_weights)
    return round(trainable / 1e6, 1), round(model.count_params() / 1e6, 1)


@right("count_parameters")
def s4_sizes_of_arrays(model):
    trainable = sum(w.size for w in (ops.convert_to_numpy(v) for v in model.trainable_weights))
    return trainable, trainable + sum(ops.convert_to_numpy(v).size for v in model.non_trainable_weights)


@right("count_parameters")
def s4_tf_size(model):
    count = lambda variables: int(sum(tf.size(v.value).numpy() for v in variables))
    return count(model.trainable_variables), model.count_params()


# ---------------------------------------------------------------- unfreeze


@wrong("unfreeze", "Only the layers of the outer model are looked at for batch normalisation; those inside the backbone become trainable with it")
def s4_normalisations_only_on_top(model, learning_rate=1e-5):
    for layer in model.layers:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "The batch normalisations are frozen first, and then backbone.trainable = True makes them trainable again")
def s4_freezes_first_then_unfreezes(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in getattr(part, "layers", []):
            if isinstance(layer, tf.keras.layers.BatchNormalization):
                layer.trainable = False
    for part in model.layers:
        part.trainable = True
    model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=learning_rate),
                  loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


@wrong("unfreeze", "The loop variable is called `layers`, which hides the module: layers.BatchNormalization is looked up on a layer, and an AttributeError is raised")
def s4_loop_variable_layers(model, learning_rate=1e-5):
    for part in model.layers:
        part.trainable = True
        for layers in getattr(part, "layers", []):
            layers.trainable = not isinstance(layers, layers.BatchNormalization)
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "As in TensorFlow's tutorial only the layers of the backbone from number 100 on are made trainable: a backbone with fewer layers stays frozen altogether, a larger one in part")
def s4_fine_tune_at_100(model, learning_rate=1e-5):
    fine_tune_at = 100
    for part in model.layers:
        inner = getattr(part, "layers", [])
        if not inner:
            part.trainable = True
            continue
        part.trainable = True
        for i, layer in enumerate(inner):
            layer.trainable = i >= fine_tune_at and not isinstance(layer, layers.BatchNormalization)
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "Adam has no argument `lr` in Keras 3 (it is learning_rate), so an error is raised")
def s4_adam_lr(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
    model.compile(optimizer=tf.keras.optimizers.Adam(lr=learning_rate),
                  loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


@wrong("unfreeze", "The batch normalisations are trainable; only their momentum is set to 1, which keeps the stored statistics, but gamma and beta are trained and the statistics of the batch are used while training")
def s4_momentum_one(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = True
            if isinstance(layer, layers.BatchNormalization):
                layer.momentum = 1.0
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "The head is frozen when the backbone is unfrozen: its dense layers are not trained")
def s4_trains_the_backbone_only(model, learning_rate=1e-5):
    for part in model.layers:
        inner = getattr(part, "layers", None)
        part.trainable = inner is not None
        for layer in inner or []:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "What model.compile returns is returned, which is None, instead of the model")
def s4_returns_what_compile_returns(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
    return model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])


@wrong("unfreeze", "The rate that was given is divided by 100 again before it is passed to Adam")
def s4_hundredth_once_more(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
    model.compile(optimizer=keras.optimizers.Adam(learning_rate / 100), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "['accuracy'] is given to compile as the third positional argument, which is loss_weights and not metrics: there is no metric, and fit raises an error")
def s4_metrics_land_in_loss_weights(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, 'layers', [])]:
            layer.trainable = not isinstance(layer, tf.keras.layers.BatchNormalization)
    model.compile(tf.keras.optimizers.Adam(learning_rate), 'sparse_categorical_crossentropy', ['accuracy'])
    return model


@right("unfreeze")
def s4_recursive_unfreeze(model, learning_rate=1e-5):
    def walk(layer):
        layer.trainable = not isinstance(layer, tf.keras.layers.BatchNormalization)
        for inner in getattr(layer, 'layers', ()):
            walk(inner)
    for layer in model.layers:
        walk(layer)
    adam = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(adam, 'sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


@right("unfreeze")
def s4_all_then_normalisations(model, learning_rate=1e-5):
    everything = []
    todo = list(model.layers)
    while todo:
        layer = todo.pop(0)
        everything.append(layer)
        todo += getattr(layer, "layers", [])
    for layer in everything:
        layer.trainable = True
    for layer in everything:
        if type(layer).__name__ == "BatchNormalization":
            layer.trainable = False
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"],
                  optimizer=keras.optimizers.Adam(learning_rate))
    return model


# ---------------------------------------------------------------- confidence


@wrong("confidence", "np.argsort sorts in ascending order, so its first column is the least probable class, not the most probable one; the confidence is right")
def s4_argsort_first_column(probabilities):
    labels = np.argsort(probabilities, axis=1)[:, 0]
    return labels, np.max(probabilities, axis=1)


@wrong("confidence", "The confidence is the margin, the largest probability minus the second largest, instead of the largest")
def s4_margin(probabilities):
    ordered = np.sort(probabilities, axis=1)
    return np.argmax(probabilities, axis=1), ordered[:, -1] - ordered[:, -2]


@wrong("confidence", "probabilities[:, labels] picks the columns of all labels for every image: the second result is a matrix (images, images) instead of one number an image")
def s4_column_indexing(probabilities):
    labels = probabilities.argmax(axis=1)
    return labels, probabilities[:, labels]


@wrong("confidence", "Softmax is applied to the probabilities again, so that the confidence is too low; the labels are right")
def s4_softmax_again(probabilities):
    p = tf.nn.softmax(probabilities, axis=-1).numpy()
    return p.argmax(axis=-1), p.max(axis=-1)


@wrong("confidence", "The label is set to -1 where the largest probability is below 0.5; the most probable class is asked for in any case")
def s4_unsure_below_one_half(probabilities):
    c = probabilities.max(axis=1)
    return np.where(c >= 0.5, probabilities.argmax(axis=1), -1), c


@wrong("confidence", "The maximum is taken of the labels that argmax has returned, which have one axis only: axis=1 does not exist there and NumPy raises an AxisError")
def s4_maximum_of_the_labels(probabilities):
    labels = np.argmax(probabilities, axis=1)
    sure = np.max(labels, axis=1)
    return labels, sure


@wrong("confidence", "keepdims=True leaves an axis of length 1: both results have the shape (images, 1) instead of (images,)")
def s4_keepdims(probabilities):
    return np.argmax(probabilities, axis=1, keepdims=True), np.max(probabilities, axis=1, keepdims=True)


@right("confidence")
def s4_top_k(probabilities):
    values, indices = tf.math.top_k(probabilities, k=1)
    return indices.numpy()[:, 0], values.numpy()[:, 0]


@right("confidence")
def s4_rows_in_a_comprehension(probabilities):
    labels = np.array([int(np.argmax(row)) for row in probabilities])
    return labels, probabilities[np.arange(len(probabilities)), labels]


# ---------------------------------------------------------------- compare_stages


@wrong("compare_stages", "The mask is an array of integers, not of booleans, and so is used as an index: sure[right] picks the first (0) and second (1) image over and over, sure[~right] the last (-1) and the last but one (-2), so that neither confidence is a mean over the right or the wrong answers")
def s4_integer_mask(labels, frozen, tuned):
    predicted = tuned.argmax(axis=1)
    sure = tuned.max(axis=1)
    right_ones = (predicted == labels).astype(int)
    a = np.mean(frozen.argmax(axis=1) == labels)
    b = np.mean(right_ones)
    return {"frozen_accuracy": float(a), "tuned_accuracy": float(b), "gain": float(100 * (b - a)),
            "confidence_right": float(sure[right_ones].mean()), "confidence_wrong": float(sure[~right_ones].mean())}


@wrong("compare_stages", "The confidences of the second stage are split by where the first stage (frozen) is right and wrong, not the second")
def s4_mask_of_the_first_stage(labels, frozen, tuned):
    hit = np.argmax(frozen, axis=1) == labels
    hit2 = np.argmax(tuned, axis=1) == labels
    c = np.max(tuned, axis=1)
    mean = lambda v: float(np.mean(v)) if len(v) else float("nan")
    return {"frozen_accuracy": float(np.mean(hit)), "tuned_accuracy": float(np.mean(hit2)),
            "gain": float(100 * (np.mean(hit2) - np.mean(hit))),
            "confidence_right": mean(c[hit]), "confidence_wrong": mean(c[~hit])}


@wrong("compare_stages", "The gain is the share of errors that have gone, in percent, instead of the difference of the accuracies in percentage points (and a division by zero where the first stage makes no error)")
def s4_gain_as_fewer_errors(labels, frozen, tuned):
    a = float(np.mean(frozen.argmax(1) == labels))
    hit = tuned.argmax(1) == labels
    b = float(np.mean(hit))
    c = tuned.max(1)
    mean = lambda v: float(v.mean()) if v.size else float("nan")
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": 100 * ((1 - a) - (1 - b)) / (1 - a),
            "confidence_right": mean(c[hit]), "confidence_wrong": mean(c[~hit])}


@wrong("compare_stages", "Where the second stage is wrong, the probability of the true label is averaged instead of the confidence, the probability of the label that it predicts")
def s4_probability_of_the_true_label(labels, frozen, tuned):
    a = float(np.mean(frozen.argmax(1) == labels))
    hit = tuned.argmax(1) == labels
    b = float(np.mean(hit))
    p = tuned[np.arange(len(labels)), labels]
    mean = lambda v: float(v.mean()) if v.size else float("nan")
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": 100 * (b - a),
            "confidence_right": mean(p[hit]), "confidence_wrong": mean(p[~hit])}


@wrong("compare_stages", "The labels are treated as one-hot: np.argmax(labels, axis=1) on integers of shape (images,) raises an AxisError")
def s4_labels_as_one_hot(labels, frozen, tuned):
    y = np.argmax(labels, axis=1)
    a = np.mean(np.argmax(frozen, axis=1) == y)
    hit = np.argmax(tuned, axis=1) == y
    b = np.mean(hit)
    c = np.max(tuned, axis=1)
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": 100 * (b - a),
            "confidence_right": c[hit].mean(), "confidence_wrong": c[~hit].mean()}


@wrong("compare_stages", "statistics.mean raises a StatisticsError for an empty selection (no right or no wrong answer), where not-a-number is asked for; otherwise right")
def s4_statistics_mean(labels, frozen, tuned):
    a = statistics.mean(float(k) for k in np.argmax(frozen, axis=1) == labels)
    hit = np.argmax(tuned, axis=1) == labels
    b = statistics.mean(float(k) for k in hit)
    c = np.max(tuned, axis=1).astype(float)
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": (b - a) * 100,
            "confidence_right": statistics.mean(c[hit].tolist()), "confidence_wrong": statistics.mean(c[~hit].tolist())}


@wrong("compare_stages", "confidence_right and confidence_wrong are divided by the number of all images instead of the number of right or wrong ones (and are 0, not not-a-number, for an empty selection)")
def s4_mean_over_all_images(labels, frozen, tuned):
    a = float(np.mean(frozen.argmax(1) == labels))
    hit = tuned.argmax(1) == labels
    b = float(np.mean(hit))
    c = tuned.max(1)
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": 100 * (b - a),
            "confidence_right": float(np.mean(c * hit)), "confidence_wrong": float(np.mean(c * ~hit))}


@wrong("compare_stages", "gain is the difference of the shares (such as 0.04); it is not multiplied by 100 to give percentage points")
def s4_gain_as_share(labels, frozen, tuned):
    y = tf.cast(labels, tf.int64)
    a = float(tf.reduce_mean(tf.cast(tf.argmax(frozen, axis=1) == y, tf.float64)))
    hit = tf.argmax(tuned, axis=1) == y
    b = float(tf.reduce_mean(tf.cast(hit, tf.float64)))
    c = tf.reduce_max(tuned, axis=1)
    return {"frozen_accuracy": a, "tuned_accuracy": b, "gain": b - a,
            "confidence_right": float(tf.reduce_mean(c[hit])), "confidence_wrong": float(tf.reduce_mean(c[~hit]))}


@right("compare_stages")
def s4_tf_boolean_mask(labels, frozen, tuned):
    y = tf.cast(labels, tf.int64)
    hit1 = tf.equal(tf.argmax(frozen, axis=-1), y)
    hit2 = tf.equal(tf.argmax(tuned, axis=-1), y)
    acc1, acc2 = (tf.reduce_mean(tf.cast(h, tf.float64)).numpy() for h in (hit1, hit2))
    c = tf.reduce_max(tf.cast(tuned, tf.float64), axis=-1)
    # the mean of nothing is nan in TensorFlow
    return {
        "confidence_wrong": float(tf.reduce_mean(tf.boolean_mask(c, tf.logical_not(hit2)))),
        "confidence_right": float(tf.reduce_mean(tf.boolean_mask(c, hit2))),
        "gain": float(acc2 * 100 - acc1 * 100),
        "tuned_accuracy": float(acc2),
        "frozen_accuracy": float(acc1),
    }


@right("compare_stages")
def s4_python_loop(labels, frozen, tuned):
    n = len(labels)
    before, sure_right, sure_wrong = 0, [], []
    for label, p, q in zip(labels, frozen, tuned):
        before += int(p.argmax() == label)
        (sure_right if q.argmax() == label else sure_wrong).append(float(q.max()))
    average = lambda numbers: sum(numbers) / len(numbers) if numbers else math.nan
    return dict(frozen_accuracy=before / n, tuned_accuracy=len(sure_right) / n,
                gain=100 * (len(sure_right) - before) / n,
                confidence_right=average(sure_right), confidence_wrong=average(sure_wrong))
