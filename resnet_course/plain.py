"""Plain and residual stacks of convolutions, and the gradients that reach them (lesson 1).

There is no batch normalisation here: these are the networks in which the problem of depth shows
bare. The blocks of real residual networks are in `resnet_course.blocks`.
"""

from collections.abc import Callable

import keras
import numpy as np
from keras import KerasTensor, layers, ops


def plain_stack(X: KerasTensor, depth: int, width: int) -> KerasTensor:
    """Stack convolutions, each followed by a ReLU.

    Every convolution has a 3x3 kernel, padding "same", a bias and Keras's own initialisation
    (Glorot uniform). There is no batch normalisation.

    Args:
        X: Feature maps of shape `(batch, height, width, channels)`, with any number of channels.
        depth: Number of convolutions, 1 or more.
        width: Number of filters of every convolution.

    Returns:
        Feature maps of shape `(batch, height, width, filters)`, where `filters` is the argument
        `width`.
    """
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
    return X


def residual_stack(X: KerasTensor, depth: int, width: int) -> KerasTensor:
    """Stack the convolutions of `plain_stack` with an identity shortcut around every two of them.

    Two convolutions make a block: convolution, ReLU, convolution, addition of the block's input,
    ReLU. The shortcuts have no weights: the stack has as many parameters as the plain one.

    Args:
        X: Feature maps of shape `(batch, height, width, channels)`. The number of channels must
            be the argument `width` already, so that the shortcuts fit.
        depth: Number of convolutions: even, 2 or more.
        width: Number of filters of every convolution.

    Returns:
        Feature maps of the same shape as `X`.

    Raises:
        ValueError: If `depth` is odd: one convolution would be left without a shortcut.

    Source: He et al. 2016, arXiv:1512.03385, equation 1 and figure 2.
    """
    if depth % 2:
        raise ValueError(f"Expected an even depth, two convolutions a block. Received: {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Add()([X, shortcut])
        X = layers.ReLU()(X)
    return X


def stacked_network(
    stack: Callable[[KerasTensor, int, int], KerasTensor],
    depth: int,
    width: int = 16,
    input_shape: tuple[int, int, int] = (8, 8, 1),
    classes: int = 10,
) -> keras.Model:
    """Build a classifier around a stack: a first convolution, the stack, and a softmax layer.

    Args:
        stack: `plain_stack` or `residual_stack`.
        depth: Number of convolutions of the stack. The network has one more, which brings the
            images to `width` channels.
        width: Number of filters of every convolution.
        input_shape: Height, width and channels of the images.
        classes: Number of classes.

    Returns:
        A model from images of shape `(batch, *input_shape)` to probabilities of shape
        `(batch, classes)`.
    """
    inputs = keras.Input(input_shape)
    X = stack(plain_stack(inputs, 1, width), depth, width)
    X = layers.GlobalAveragePooling2D()(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


class GradientRecorder(keras.optimizers.Optimizer):
    """An optimiser that does not optimise: its step puts the gradient in the variable's place.

    After one step of training, every variable holds the gradient of the loss with respect to what
    it held before. Constraints of variables must not be set: Keras would apply them to it.
    """

    def __init__(self) -> None:
        """Make the optimiser. Its learning rate means nothing."""
        super().__init__(learning_rate=1.0)

    def update_step(
        self, gradient: KerasTensor, variable: keras.Variable, learning_rate: KerasTensor
    ) -> None:
        """Put the gradient in the place of the variable; Keras calls this for each of them."""
        self.assign(variable, gradient)


def gradient_norms(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Measure how strong a training signal reaches each convolution.

    The loss is the cross-entropy between the model's softmax output and the labels, the mean over
    the batch. The model is left as it was.

    Args:
        model: A network that ends in a softmax. It need not be compiled; its convolutions are
            trainable.
        images: Batch of shape `(batch, height, width, channels)`.
        labels: Class of each image, integers of shape `(batch,)`.

    Returns:
        For every `Conv2D` layer of the model, by its name and in the order of the layers, the L2
        norm of the gradient of the loss with respect to the layer's kernel: the square root of
        the sum of the squares. Biases do not count.
    """
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(
        optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True
    )
    recorder.train_on_batch(images, labels)
    norms = {
        layer.name: float(np.linalg.norm(ops.convert_to_numpy(layer.kernel)))
        for layer in model.layers
        if isinstance(layer, layers.Conv2D)
    }
    model.set_weights(weights)
    return norms
