from tests.checks.blind.answer import right, wrong

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras import Model
from tensorflow.keras.applications.resnet50 import preprocess_input
from tensorflow.keras.layers import (Activation, BatchNormalization, Dense, Flatten, GlobalAveragePooling2D, Input,
                                     Lambda)
from tensorflow.keras.optimizers import Adam

MEANS = [103.939, 116.779, 123.68]


# ---------------------------------------------------------------- digits_to_images


@right("digits_to_images")
def images_tf_resize_and_preprocess_input(digits, size=224):
    x = tf.cast(digits, tf.float32)
    if x.shape.ndims == 3:
        x = tf.expand_dims(x, -1)
    x = tf.image.resize(x, [size, size])
    x = tf.image.grayscale_to_rgb(x)
    return preprocess_input(x.numpy())


@right("digits_to_images")
def images_grey_minus_each_mean(digits, size=224):
    grey = np.asarray(digits, dtype="float32").reshape(digits.shape[0], digits.shape[1], digits.shape[2], 1)
    grey = ops.convert_to_numpy(ops.image.resize(grey, (size, size), interpolation="bilinear"))
    return np.concatenate([grey - np.float32(mean) for mean in MEANS], axis=-1)


@wrong("digits_to_images", "The pixels are divided by 255 before the means are subtracted; nothing is to be divided.")
def images_scaled_to_one(digits, size=224):
    x = digits.reshape(*digits.shape[:3], 1).astype('float32') / 255.0
    x = tf.image.grayscale_to_rgb(tf.image.resize(x, (size, size))).numpy()
    return x[..., ::-1] - np.array(MEANS, dtype='float32')


@wrong("digits_to_images", "The means are in the order red, green, blue: BGR is forgotten, and 123.68 is subtracted from the first channel instead of 103.939 (and the other way round in the third).")
def images_means_in_rgb_order(digits, size=224):
    x = tf.cast(digits.reshape(*digits.shape[:3], 1), tf.float32)
    x = tf.image.resize(tf.repeat(x, 3, axis=-1), (size, size))
    return (x - tf.constant([123.68, 116.779, 103.939])).numpy()


@wrong("digits_to_images", "The images are resized by nearest neighbour instead of bilinearly.")
def images_nearest_neighbour(digits, size=224):
    x = tf.cast(digits.reshape(*digits.shape[:3], 1), tf.float32)
    x = tf.image.resize(x, (size, size), method='nearest')
    x = np.repeat(x.numpy(), 3, axis=-1)
    return x[..., ::-1] - np.array(MEANS, dtype=np.float32)


@wrong("digits_to_images", "The images are resized with keras.ops.image.resize while they are still uint8, which rounds every value; float32 comes only afterwards.")
def images_resized_as_uint8(digits, size=224):
    x = np.repeat(digits.reshape(*digits.shape[:3], 1), 3, axis=-1)
    x = keras.ops.convert_to_numpy(keras.ops.image.resize(x, (size, size)))
    return x[..., ::-1].astype('float32') - np.array(MEANS, dtype='float32')


@wrong("digits_to_images", "A channel axis is always added, also to digits that have one already; those then have five axes, and the resizing raises.")
def images_always_one_more_axis(digits, size=224):
    x = digits[..., np.newaxis].astype('float32')
    x = tf.image.resize(x, (size, size))
    x = tf.image.grayscale_to_rgb(x)
    return preprocess_input(x.numpy())


@wrong("digits_to_images", "The resizing is antialiased (antialias=True), so images that are made smaller come out blurred; it should be without antialiasing.")
def images_antialiased(digits, size=224):
    x = tf.cast(digits.reshape(*digits.shape[:3], 1), tf.float32)
    x = tf.image.resize(x, (size, size), antialias=True)
    x = np.repeat(x.numpy(), 3, axis=-1)
    return x[..., ::-1] - np.array(MEANS, dtype=np.float32)


@wrong("digits_to_images", "The result is float64: the means are a float64 array (no dtype), and the difference takes it over.")
def images_float64(digits, size=224):
    x = digits.reshape(*digits.shape[:3], 1).astype('float32')
    x = keras.ops.image.resize(np.repeat(x, 3, axis=-1), (size, size))
    return keras.ops.convert_to_numpy(x)[..., ::-1] - np.array([103.939, 116.779, 123.68])


# ---------------------------------------------------------------- transfer_model


@right("transfer_model")
def transfer_freezes_layer_by_layer(backbone, classes=10):
    for layer in backbone.layers:
        layer.trainable = False
    inputs = Input(shape=backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    x = GlobalAveragePooling2D()(x)
    x = Dense(128, activation='relu')(x)
    predictions = Dense(classes, activation='softmax')(x)
    return Model(inputs=inputs, outputs=predictions)


class MeanOverPositions(tf.keras.layers.Layer):
    def call(self, x):
        return tf.reduce_mean(x, axis=[1, 2])


@right("transfer_model")
def transfer_own_pooling_and_tf_activations(backbone, classes=10):
    backbone.trainable = False
    height, width, channels = backbone.input_shape[1:]
    X_input = tf.keras.Input((height, width, channels))
    X = backbone(X_input, training=False)
    X = MeanOverPositions()(X)
    X = Dense(128, activation=tf.nn.relu)(X)
    X = Dense(classes)(X)
    X = Lambda(lambda x: tf.nn.softmax(x))(X)
    return tf.keras.Model(X_input, X)


@wrong("transfer_model", "The backbone is not frozen: training=False alone does not make its weights untrainable.")
def transfer_not_frozen(backbone, classes=10):
    inputs = Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = GlobalAveragePooling2D()(X)
    X = Dense(128, activation='relu')(X)
    return Model(inputs, Dense(classes, activation='softmax')(X))


@wrong("transfer_model", "The attribute is misspelled (trainble): Python takes it without a word, and the backbone stays trainable.")
def transfer_misspelled_flag(backbone, classes=10):
    backbone.trainble = False
    inputs = Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = GlobalAveragePooling2D()(X)
    X = Dense(128, activation='relu')(X)
    return Model(inputs, Dense(classes, activation='softmax')(X))


@wrong("transfer_model", "The shape of the input includes the batch axis (backbone.input_shape instead of backbone.input_shape[1:]): the input has five axes and the backbone raises.")
def transfer_shape_with_batch(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(shape=backbone.input_shape)
    X = backbone(inputs, training=False)
    X = GlobalAveragePooling2D()(X)
    X = Dense(128, activation='relu')(X)
    return Model(inputs, Dense(classes, activation='softmax')(X))


@wrong("transfer_model", "The feature maps are flattened instead of averaged over all positions.")
def transfer_flatten(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = Flatten()(X)
    X = Dense(128, activation='relu')(X)
    return Model(inputs, Dense(classes, activation='softmax')(X))


@wrong("transfer_model", "The hidden dense layer of 128 units is missing.")
def transfer_without_hidden_layer(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = GlobalAveragePooling2D()(X)
    return Model(inputs, Dense(classes, activation=tf.nn.softmax)(X))


@wrong("transfer_model", "The flag is set on the finished model instead of the backbone: the head is frozen too and nothing is left to train.")
def transfer_everything_frozen(backbone, classes=10):
    inputs = Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = GlobalAveragePooling2D()(X)
    X = Dense(128, activation='relu')(X)
    model = Model(inputs, Dense(classes, activation='softmax')(X))
    model.trainable = False
    return model


@wrong("transfer_model", "The hidden layer has no ReLU: its activation is left at linear.")
def transfer_linear_hidden_layer(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = GlobalAveragePooling2D()(X)
    X = Dense(128)(X)
    return Model(inputs, Dense(classes, activation='softmax')(X))


@wrong("transfer_model", "The last layer, with softmax, reads the pooled features instead of the hidden layer (X and x mixed): the hidden layer of 128 units is made and called but not part of the model.")
def transfer_head_reads_wrong_tensor(backbone, classes=10):
    backbone.trainable = False
    inputs = Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = GlobalAveragePooling2D()(X)
    x = Dense(128, activation='relu')(X)
    outputs = Dense(classes, activation='softmax')(X)
    return Model(inputs, outputs)


# ---------------------------------------------------------------- count_parameters


@right("count_parameters")
def count_total_minus_frozen(model):
    size = lambda weights: sum(int(tf.reduce_prod(tf.constant(w.shape, dtype=tf.int64)))
                               for w in weights if len(w.shape)) + sum(len(w.shape) == 0 for w in weights)
    total = model.count_params()
    return total - size(model.non_trainable_weights), total


@right("count_parameters")
def count_numpy_sizes(model):
    trainable = int(np.sum([np.prod(v.shape) for v in model.trainable_variables]))
    everything = sum(array.size for array in model.get_weights())
    return trainable, everything


@wrong("count_parameters", "The tensors are counted, not the numbers in them.")
def count_tensors(model):
    return len(model.trainable_weights), len(model.weights)


@wrong("count_parameters", "The second number is that of the untrainable parameters instead of all parameters.")
def count_trainable_and_untrainable(model):
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    frozen = sum(int(np.prod(w.shape)) for w in model.non_trainable_weights)
    return trainable, frozen


@wrong("count_parameters", "The lengths of a shape are added (np.sum) instead of multiplied.")
def count_sum_of_lengths(model):
    return (sum(int(np.sum(w.shape)) for w in model.trainable_weights),
            sum(int(np.sum(w.shape)) for w in model.weights))


@wrong("count_parameters", "Trainable are counted all parameters of layers whose flag is set: the moving statistics of a trainable batch normalisation are included, and frozen layers inside a nested model too where its own flag is set.")
def count_layers_with_the_flag(model):
    trainable = sum(layer.count_params() for layer in model.layers if layer.trainable)
    return trainable, model.count_params()


@wrong("count_parameters", "The two numbers are returned in the wrong order: all parameters first.")
def count_in_wrong_order(model):
    trainable = int(sum(tf.size(w.value).numpy() for w in model.trainable_weights))
    return model.count_params(), trainable


# ---------------------------------------------------------------- unfreeze


@right("unfreeze")
def unfreeze_recursive_helper(model, learning_rate=1e-5):
    def walk(layer):
        layer.trainable = not isinstance(layer, tf.keras.layers.BatchNormalization)
        for inner in getattr(layer, 'layers', ()):
            walk(inner)

    for part in model.layers:
        walk(part)
    model.compile(optimizer=Adam(learning_rate=learning_rate),
                  loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


@right("unfreeze")
def unfreeze_all_then_freeze_normalisations(model, learning_rate=1e-5):
    backbones = [part for part in model.layers if hasattr(part, 'layers')]
    for part in model.layers:
        part.trainable = True
    for layer in sum((list(backbone.layers) for backbone in backbones), []):
        if isinstance(layer, BatchNormalization):
            layer.trainable = False
    model.compile(tf.keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@wrong("unfreeze", "The metric is given as compile's third positional argument, which is loss_weights: the model has no metric \"accuracy\", and \"accuracy\" stands where a weight of the loss belongs (the first step of training raises).")
def unfreeze_metrics_by_position(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, BatchNormalization)
    model.compile(Adam(learning_rate), "sparse_categorical_crossentropy", ["accuracy"])
    return model


@wrong("unfreeze", "The batch normalisations are made trainable as well.")
def unfreeze_normalisations_too(model, learning_rate=1e-5):
    for part in model.layers:
        part.trainable = True
    model.compile(optimizer=Adam(learning_rate), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


@wrong("unfreeze", "The order is wrong: the normalisations are frozen first, and then the flag of the backbone is set, which makes all layers inside trainable again.")
def unfreeze_backbone_flag_last(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in getattr(part, "layers", []):
            if isinstance(layer, BatchNormalization):
                layer.trainable = False
        part.trainable = True
    model.compile(optimizer=Adam(learning_rate), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


@wrong("unfreeze", "The model is not compiled anew.")
def unfreeze_without_compile(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
    return model


@wrong("unfreeze", "The learning rate is ignored: optimizer='adam' has the default 0.001.")
def unfreeze_adam_by_name(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, BatchNormalization)
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


@wrong("unfreeze", "The old argument name lr is used for Adam; Keras 3 does not know it and raises.")
def unfreeze_adam_lr(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, BatchNormalization)
    model.compile(optimizer=Adam(lr=learning_rate), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


@wrong("unfreeze", "Only model.trainable = True is set, which does nothing because the flag is True already: the backbone stays frozen.")
def unfreeze_flag_of_the_model(model, learning_rate=1e-5):
    model.trainable = True
    model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


@wrong("unfreeze", "The return statement is missing: the function returns None.")
def unfreeze_returns_nothing(model, learning_rate=1e-5):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, BatchNormalization)
    model.compile(optimizer=Adam(learning_rate), loss='sparse_categorical_crossentropy', metrics=['accuracy'])


# ---------------------------------------------------------------- confidence


@right("confidence")
def confidence_with_tensorflow(probabilities):
    labels = tf.argmax(probabilities, axis=-1)
    return labels.numpy(), tf.reduce_max(probabilities, axis=-1).numpy()


@right("confidence")
def confidence_by_indexing(probabilities):
    labels = probabilities.argmax(1)
    return labels, probabilities[np.arange(len(labels)), labels]


@wrong("confidence", "The maximum is taken along axis 0, along the images instead of the classes.")
def confidence_along_images(probabilities):
    return tf.argmax(probabilities, axis=0).numpy(), tf.reduce_max(probabilities, axis=0).numpy()


@wrong("confidence", "No axis is given: one label and one number for the whole batch, the label an index into the flattened array.")
def confidence_of_the_whole_batch(probabilities):
    return np.argmax(probabilities), np.max(probabilities)


@wrong("confidence", "The confidence is given in percent; it should be the probability itself.")
def confidence_in_percent(probabilities):
    return np.argmax(probabilities, axis=1), 100 * np.max(probabilities, axis=1)


@wrong("confidence", "A softmax is applied to the probabilities, which are softmax outputs already; the labels are right, the confidences far too small.")
def confidence_second_softmax(probabilities):
    p = tf.nn.softmax(probabilities).numpy()
    return np.argmax(p, axis=1), np.max(p, axis=1)


# ---------------------------------------------------------------- compare_stages


@right("compare_stages")
def compare_with_tensorflow_means(labels, frozen, tuned):
    labels = tf.cast(labels, tf.int64)
    hits = lambda p: tf.equal(tf.argmax(p, axis=1), labels)
    share = lambda p: float(tf.reduce_mean(tf.cast(hits(p), tf.float64)))
    sure = tf.reduce_max(tuned, axis=1)
    result = {"frozen_accuracy": share(frozen), "tuned_accuracy": share(tuned)}
    result["gain"] = 100 * (result["tuned_accuracy"] - result["frozen_accuracy"])
    result["confidence_right"] = float(tf.reduce_mean(tf.boolean_mask(sure, hits(tuned))))
    result["confidence_wrong"] = float(tf.reduce_mean(tf.boolean_mask(sure, ~hits(tuned))))
    return result


@right("compare_stages")
def compare_with_counts(labels, frozen, tuned):
    n = len(labels)
    correct = tuned.argmax(axis=1) == labels
    old, new = int((frozen.argmax(axis=1) == labels).sum()), int(correct.sum())
    sure = tuned.max(axis=1)
    return {
        "frozen_accuracy": old / n,
        "tuned_accuracy": new / n,
        "gain": (new - old) / n * 100,
        "confidence_right": float(sure[correct].sum() / new) if new else float("nan"),
        "confidence_wrong": float(sure[~correct].sum() / (n - new)) if new < n else float("nan"),
    }


def _means(sure, correct):
    mean = lambda selection: float(np.mean(selection)) if len(selection) else float("nan")
    return mean(sure[correct]), mean(sure[~correct])


@wrong("compare_stages", "The gain is the difference of the shares, a fraction, instead of percentage points: it is too small by a factor of 100.")
def compare_gain_as_fraction(labels, frozen, tuned):
    before = float(np.mean(np.argmax(frozen, axis=1) == labels))
    correct = np.argmax(tuned, axis=1) == labels
    sure_right, sure_wrong = _means(np.max(tuned, axis=1), correct)
    return {"frozen_accuracy": before, "tuned_accuracy": float(correct.mean()),
            "gain": float(correct.mean()) - before,
            "confidence_right": sure_right, "confidence_wrong": sure_wrong}


@wrong("compare_stages", "The gain is relative to the first accuracy (percent more right answers) instead of the difference in percentage points.")
def compare_relative_gain(labels, frozen, tuned):
    before = float(np.mean(np.argmax(frozen, axis=1) == labels))
    correct = np.argmax(tuned, axis=1) == labels
    after = float(correct.mean())
    sure_right, sure_wrong = _means(np.max(tuned, axis=1), correct)
    return {"frozen_accuracy": before, "tuned_accuracy": after, "gain": 100 * (after - before) / before,
            "confidence_right": sure_right, "confidence_wrong": sure_wrong}


@wrong("compare_stages", "The confidences are those of the first stage (frozen); they should be those of the second, tuned.")
def compare_confidences_of_first_stage(labels, frozen, tuned):
    before = float(np.mean(np.argmax(frozen, axis=1) == labels))
    correct = np.argmax(tuned, axis=1) == labels
    sure_right, sure_wrong = _means(np.max(frozen, axis=1), correct)
    return {"frozen_accuracy": before, "tuned_accuracy": float(correct.mean()),
            "gain": 100 * (float(correct.mean()) - before),
            "confidence_right": sure_right, "confidence_wrong": sure_wrong}


@wrong("compare_stages", "Sums instead of selections: the confidences are multiplied by the mask and averaged over all images, so the images of the other kind count as 0 (and an empty selection gives 0 instead of not a number).")
def compare_masked_mean_over_all(labels, frozen, tuned):
    before = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(frozen, 1), labels), tf.float32))
    mask = tf.cast(tf.equal(tf.argmax(tuned, 1), labels), tuned.dtype)
    after = tf.reduce_mean(tf.cast(mask, tf.float32))
    sure = tf.reduce_max(tuned, axis=1)
    return {"frozen_accuracy": float(before), "tuned_accuracy": float(after),
            "gain": 100 * float(after - before),
            "confidence_right": float(tf.reduce_mean(sure * mask)),
            "confidence_wrong": float(tf.reduce_mean(sure * (1 - mask)))}


@wrong("compare_stages", "Where no answer is wrong (or none right) the mean confidence is given as 0.0 instead of not a number.")
def compare_zero_for_empty(labels, frozen, tuned):
    before = float(np.mean(np.argmax(frozen, axis=1) == labels))
    correct = np.argmax(tuned, axis=1) == labels
    sure = np.max(tuned, axis=1)
    return {"frozen_accuracy": before, "tuned_accuracy": float(correct.mean()),
            "gain": 100 * (float(correct.mean()) - before),
            "confidence_right": float(sure[correct].mean()) if correct.any() else 0.0,
            "confidence_wrong": float(sure[~correct].mean()) if not correct.all() else 0.0}


@wrong("compare_stages", "For the wrong answers the probability of the true label is averaged, not the confidence in the answer that was given (the largest probability).")
def compare_probability_of_true_label(labels, frozen, tuned):
    before = float(np.mean(np.argmax(frozen, axis=1) == labels))
    correct = np.argmax(tuned, axis=1) == labels
    sure_right, sure_wrong = _means(tuned[np.arange(len(labels)), labels], correct)
    return {"frozen_accuracy": before, "tuned_accuracy": float(correct.mean()),
            "gain": 100 * (float(correct.mean()) - before),
            "confidence_right": sure_right, "confidence_wrong": sure_wrong}
