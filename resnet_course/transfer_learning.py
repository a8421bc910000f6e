"""Transfer learning: from a trained backbone to digits, in two stages (lesson 5)."""

import keras
import numpy as np
from keras import layers


def digits_to_images(digits: np.ndarray, size: int = 224) -> np.ndarray:
    """Turn grey digits into what a ResNet50 with ImageNet weights was trained on.

    Repeat grey as red, green and blue, resize bilinearly in floating point (half-pixel centres,
    no antialiasing), bring the channels into the order blue, green, red, and subtract ImageNet's
    means 103.939, 116.779 and 123.68 from blue, green and red. Nothing is divided.

    Args:
        digits: Grey images, uint8 of shape `(images, height, width)` or
            `(images, height, width, 1)`.
        size: Height and width of the result, in pixels.

    Returns:
        Images, float32 of shape `(images, size, size, 3)`.

    Source: the "caffe" mode of `keras.applications.resnet.preprocess_input`.
    """
    grey = digits.reshape(*digits.shape[:3], 1).astype("float32")
    rgb = keras.ops.image.resize(np.repeat(grey, 3, axis=-1), (size, size))
    bgr = keras.ops.convert_to_numpy(rgb)[..., ::-1]
    return bgr - np.array([103.939, 116.779, 123.68], dtype="float32")


def transfer_model(backbone: keras.Model, classes: int = 10) -> keras.Model:
    """Freeze a backbone and put a new head on it.

    The head: global average pooling, a dense layer of 128 units with ReLU, and a dense layer with
    softmax. The backbone is called in inference mode, `training=False`.

    Args:
        backbone: A network from images to feature maps of shape
            `(batch, height, width, channels)`. All its weights become untrainable.
        classes: Number of classes.

    Returns:
        A model from images of the backbone's input shape to probabilities of shape
        `(batch, classes)`. Only the head is trainable.
    """
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    X = backbone(inputs, training=False)
    X = layers.GlobalAveragePooling2D(name="features")(X)
    X = layers.Dense(128, activation="relu", name="hidden")(X)
    outputs = layers.Dense(classes, activation="softmax", name="probabilities")(X)
    return keras.Model(inputs, outputs, name="transfer")


def unfreeze(model: keras.Model, learning_rate: float = 1e-5) -> keras.Model:
    """Prepare the second stage: train the backbone too, gently.

    Every layer becomes trainable except the batch normalisations, which stay frozen and so go on
    using the statistics that they were trained with. The model is then compiled anew, with
    Adam at the given rate, the loss "sparse_categorical_crossentropy" and the metric "accuracy".

    Args:
        model: A model as `transfer_model` returns it, trained or not.
        learning_rate: The rate of the second stage.

    Returns:
        The same model.
    """
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def confidence(probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what a model predicts, and how sure it says it is.

    Args:
        probabilities: What the model says, of shape `(images, classes)`.

    Returns:
        The most probable label of each image, integers of shape `(images,)`, and the probability
        that the model gives it, of shape `(images,)`.
    """
    return np.argmax(probabilities, axis=1), np.max(probabilities, axis=1)


def compare_stages(labels: np.ndarray, frozen: np.ndarray, tuned: np.ndarray) -> dict[str, float]:
    """Compare the two stages of a transfer on the same images.

    Args:
        labels: The true labels, integers of shape `(images,)`.
        frozen: Probabilities after the first stage, of shape `(images, classes)`.
        tuned: Probabilities after the second stage, of the same shape.

    Returns:
        `frozen_accuracy` and `tuned_accuracy`, shares between 0 and 1; `gain`, the second minus
        the first in percentage points; `confidence_right` and `confidence_wrong`, the mean
        confidence of the second stage where it is right and where it is wrong, not a number where
        there is no such image.
    """
    before, _ = confidence(frozen)
    after, sure = confidence(tuned)
    right = after == labels
    frozen_accuracy, tuned_accuracy = np.mean(before == labels), np.mean(right)
    return {
        "frozen_accuracy": float(frozen_accuracy),
        "tuned_accuracy": float(tuned_accuracy),
        "gain": float(100 * (tuned_accuracy - frozen_accuracy)),
        "confidence_right": float(np.mean(sure[right])) if right.any() else float("nan"),
        "confidence_wrong": float(np.mean(sure[~right])) if not right.all() else float("nan"),
    }


def count_parameters(model: keras.Model) -> tuple[int, int]:
    """Count the numbers that training changes, and all numbers that a model holds.

    Args:
        model: Any built model.

    Returns:
        The number of trainable parameters, and of all parameters: frozen ones and the moving
        statistics of batch normalisation included.
    """
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    total = sum(int(np.prod(weight.shape)) for weight in model.weights)
    return trainable, total
