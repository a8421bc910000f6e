from tests.checks.blind.answer import right, wrong

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Activation, Add, BatchNormalization, Conv2D, Lambda, ReLU


class GradientRecorder(keras.optimizers.Optimizer):
    """As the lesson gives it."""

    def __init__(self):
        super().__init__(learning_rate=1.0)

    def update_step(self, gradient, variable, learning_rate):
        self.assign(variable, gradient)


# ---------------------------------------------------------------- plain_stack


@right("plain_stack")
def plain_activation_layer_old_idiom(X, depth, width):
    for i in range(depth):
        X = Conv2D(filters=width, kernel_size=(3, 3), strides=(1, 1), padding='same',
                   kernel_initializer='glorot_uniform', bias_initializer='zeros')(X)
        X = Activation('relu')(X)
    return X


@right("plain_stack")
def plain_relu_inside_the_convolution_layer(X, depth, width):
    for _ in range(depth):
        X = tf.keras.layers.Conv2D(width, 3, padding="SAME", activation=tf.nn.relu)(X)
    return X


@right("plain_stack")
def plain_recursive_with_maximum(X, depth, width):
    if depth == 0:
        return X
    X = ops.maximum(layers.Conv2D(width, [3, 3], padding="same")(X), 0.0)
    return plain_recursive_with_maximum(X, depth - 1, width)


@wrong("plain_stack", "tf.nn.relu is called directly on a KerasTensor, which Keras refuses with an error; it would have to be a layer or the activation of the convolution.")
def plain_tf_nn_relu_on_symbolic_tensor(X, depth, width):
    for _ in range(depth):
        X = tf.keras.layers.Conv2D(width, 3, padding="same")(X)
        X = tf.nn.relu(X)
    return X


@wrong("plain_stack", "The padding is given as the third positional argument, which is the strides; Keras raises because \"same\" is no stride.")
def plain_padding_as_third_positional_argument(X, depth, width):
    for _ in range(depth):
        X = Conv2D(width, 3, "same", activation="relu")(X)
    return X


@wrong("plain_stack", "ReLU(X) makes a layer with X as its first setting instead of making the layer and calling it on X: the second pair of parentheses is missing; Keras raises.")
def plain_relu_made_with_tensor(X, depth, width):
    for _ in range(depth):
        X = Conv2D(width, (3, 3), padding='same')(X)
        X = ReLU(X)
    return X


@wrong("plain_stack", "The last convolution has no ReLU behind it: the learner treats it as a linear output layer, but every convolution is to be followed by a ReLU.")
def plain_no_relu_after_the_last(X, depth, width):
    for i in range(depth):
        X = Conv2D(width, 3, padding='same')(X)
        if i != depth - 1:
            X = Activation('relu')(X)
    return X


@wrong("plain_stack", "Off by one: range(1, depth) makes one convolution too few (none for depth 1).")
def plain_range_from_one(X, depth, width):
    for layer in range(1, depth):
        X = Conv2D(width, (3, 3), padding='same', activation='relu')(X)
    return X


@wrong("plain_stack", "Batch normalisation stands between convolution and ReLU; the stack is to have none.")
def plain_with_batch_norm(X, depth, width):
    for i in range(depth):
        X = Conv2D(width, (3, 3), padding='same')(X)
        X = BatchNormalization(axis=3)(X)
        X = Activation('relu')(X)
    return X


@wrong("plain_stack", "The convolutions are initialised with he_normal instead of Keras's own Glorot uniform, which the docstring asks for.")
def plain_he_normal(X, depth, width):
    for i in range(depth):
        X = Conv2D(width, (3, 3), padding='same', kernel_initializer='he_normal')(X)
        X = Activation('relu')(X)
    return X


@wrong("plain_stack", "The number of filters doubles from layer to layer as in VGG; every convolution should have `width` filters.")
def plain_doubling_filters(X, depth, width):
    filters = width
    for _ in range(depth):
        X = tf.keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(X)
        filters *= 2
    return X


@wrong("plain_stack", "The result of each turn is stored in a new variable x, and every convolution reads the input X again: only the last convolution is connected, so the stack has depth 1.")
def plain_small_x_and_large_x(X, depth, width):
    for _ in range(depth):
        x = Conv2D(width, 3, padding='same')(X)
        x = Activation('relu')(x)
    return x


@wrong("plain_stack", "The convolutions have no bias (use_bias=False); every convolution should have one.")
def plain_without_bias(X, depth, width):
    relu = Lambda(lambda x: tf.nn.relu(x))
    for _ in range(depth):
        X = relu(Conv2D(width, 3, padding='same', use_bias=False)(X))
    return X


@wrong("plain_stack", "The keyword is wrong: Conv2D calls it kernel_size, not size; the required kernel_size is missing and Python raises a TypeError.")
def plain_unknown_keyword(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(filters=width, size=3, padding="same")(X)
        X = layers.ReLU()(X)
    return X


# ---------------------------------------------------------------- residual_stack


@right("residual_stack")
def residual_old_idiom_x_shortcut(X, depth, width):
    if depth % 2 != 0:
        raise ValueError("depth must be even, got %d" % depth)
    for block in range(int(depth / 2)):
        X_shortcut = X
        X = Conv2D(filters=width, kernel_size=(3, 3), padding='same')(X)
        X = Activation('relu')(X)
        X = Conv2D(filters=width, kernel_size=(3, 3), padding='same')(X)
        X = tf.keras.layers.Add()([X_shortcut, X])
        X = Activation('relu')(X)
    return X


@right("residual_stack")
def residual_one_loop_over_convolutions(X, depth, width):
    if depth & 1:
        raise ValueError(f"Expected an even number of convolutions. Received: depth={depth}")
    saved = X
    for number in range(1, depth + 1):
        X = layers.Conv2D(width, 3, padding="same")(X)
        if number % 2 == 0:
            X = X + saved
        X = ops.relu(X)
        if number % 2 == 0:
            saved = X
    return X


class AddAndRectify(tf.keras.layers.Layer):
    def call(self, inputs):
        a, b = inputs
        return tf.nn.relu(tf.add(a, b))


@right("residual_stack")
def residual_own_merge_layer(X, depth, width):
    blocks, rest = divmod(depth, 2)
    if rest:
        raise ValueError("An even depth was expected, but depth is {}".format(depth))
    for _ in range(blocks):
        F = Conv2D(width, 3, padding='same', activation=tf.nn.relu)(X)
        F = Conv2D(width, 3, padding='same')(F)
        X = AddAndRectify()([F, X])
    return X


@wrong("residual_stack", "depth / 2 is a float, and range() raises a TypeError for it; it should be depth // 2.")
def residual_float_range(X, depth, width):
    if depth % 2 == 1:
        raise ValueError(f"depth must be even: {depth}")
    for i in range(depth / 2):
        X_shortcut = X
        X = Conv2D(width, (3, 3), padding='same')(X)
        X = Activation('relu')(X)
        X = Conv2D(width, (3, 3), padding='same')(X)
        X = Add()([X, X_shortcut])
        X = Activation('relu')(X)
    return X


@wrong("residual_stack", "The loop runs depth times with two convolutions each, so there are twice as many convolutions as asked.")
def residual_depth_blocks(X, depth, width):
    if depth % 2 == 1:
        raise ValueError(f"depth must be even: {depth}")
    for i in range(depth):
        X_shortcut = X
        X = Conv2D(width, (3, 3), padding='same')(X)
        X = Activation('relu')(X)
        X = Conv2D(width, (3, 3), padding='same')(X)
        X = Add()([X, X_shortcut])
        X = Activation('relu')(X)
    return X


@wrong("residual_stack", "The ReLU stands before the addition (activation of the second convolution) and none after it.")
def residual_relu_before_addition(X, depth, width):
    if depth % 2:
        raise ValueError("Expected an even depth. Received: %s" % depth)
    for _ in range(depth // 2):
        shortcut = X
        for _ in range(2):
            X = Conv2D(width, 3, padding='same', activation='relu')(X)
        X = Add()([X, shortcut])
    return X


@wrong("residual_stack", "The shortcut is saved once, before the loop: every block adds the input of the whole stack instead of its own input.")
def residual_shortcut_outside_loop(X, depth, width):
    if depth % 2:
        raise ValueError("Expected an even depth. Received: %s" % depth)
    X_shortcut = X
    for _ in range(depth // 2):
        X = Conv2D(width, 3, padding='same')(X)
        X = Activation('relu')(X)
        X = Conv2D(width, 3, padding='same')(X)
        X = tf.keras.layers.Add()([X, X_shortcut])
        X = Activation('relu')(X)
    return X


@wrong("residual_stack", "The ValueError for an odd depth is returned instead of raised.")
def residual_returns_the_error(X, depth, width):
    if depth % 2 == 1:
        return ValueError(f"depth must be even, received {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = Conv2D(width, 3, padding='same')(X)
        X = Activation('relu')(X)
        X = Conv2D(width, 3, padding='same')(X)
        X = Add()([X, shortcut])
        X = Activation('relu')(X)
    return X


@wrong("residual_stack", "An odd depth raises an AssertionError, not the ValueError that the docstring asks for.")
def residual_assert(X, depth, width):
    assert depth % 2 == 0, f"depth must be even, received {depth}"
    for _ in range(depth // 2):
        shortcut = X
        X = Conv2D(width, 3, padding='same', activation='relu')(X)
        X = Conv2D(width, 3, padding='same')(X)
        X = Activation('relu')(tf.keras.layers.add([X, shortcut]))
    return X


@wrong("residual_stack", "padding='same' is forgotten in both convolutions: the main path shrinks by four pixels and cannot be added to the shortcut; Keras raises.")
def residual_without_padding(X, depth, width):
    if depth % 2 == 1:
        raise ValueError(f"depth must be even, received {depth}")
    for _ in range(depth // 2):
        X_shortcut = X
        X = Conv2D(width, (3, 3))(X)
        X = Activation('relu')(X)
        X = Conv2D(width, (3, 3))(X)
        X = Add()([X, X_shortcut])
        X = Activation('relu')(X)
    return X


@wrong("residual_stack", "Add is called with two arguments instead of one list of two tensors; Keras raises.")
def residual_add_with_two_arguments(X, depth, width):
    if depth % 2 == 1:
        raise ValueError(f"depth must be even, received {depth}")
    for _ in range(depth // 2):
        X_shortcut = X
        X = Conv2D(width, (3, 3), padding="same")(X)
        X = Activation('relu')(X)
        X = Conv2D(width, (3, 3), padding="same")(X)
        X = Add()(X, X_shortcut)
        X = Activation('relu')(X)
    return X


@wrong("residual_stack", "The shortcut is saved after the first convolution and its ReLU, so it goes around the second convolution only and not around the block.")
def residual_shortcut_saved_late(X, depth, width):
    if depth % 2 == 1:
        raise ValueError(f"depth must be even, received {depth}")
    for _ in range(depth // 2):
        X = Conv2D(width, (3, 3), padding="same")(X)
        X = Activation('relu')(X)
        X_shortcut = X
        X = Conv2D(width, (3, 3), padding="same")(X)
        X = Add()([X, X_shortcut])
        X = Activation('relu')(X)
    return X


@wrong("residual_stack", "There is no ReLU between the two convolutions of a block, only the one after the addition.")
def residual_no_relu_between(X, depth, width):
    if depth % 2:
        raise ValueError("Expected an even depth. Received: %d" % depth)
    merge = AddAndRectify()
    for _ in range(depth // 2):
        conv1 = Conv2D(width, 3, padding="same")
        conv2 = Conv2D(width, 3, padding="same")
        X = merge([conv2(conv1(X)), X])
    return X


@wrong("residual_stack", "The return statement stands inside the loop: only the first block is built.")
def residual_return_in_loop(X, depth, width):
    if depth % 2:
        raise ValueError("Expected an even depth. Received: %d" % depth)
    for _ in range(depth // 2):
        shortcut = X
        X = Conv2D(width, 3, padding="same")(X)
        X = Activation('relu')(X)
        X = Conv2D(width, 3, padding="same")(X)
        X = Add()([X, shortcut])
        X = Activation('relu')(X)
        return X


# ---------------------------------------------------------------- gradient_norms


@right("gradient_norms")
def norms_with_gradient_tape(model, images, labels):
    weights = model.get_weights()
    convs = [layer for layer in model.layers if isinstance(layer, tf.keras.layers.Conv2D)]
    with tf.GradientTape() as tape:
        y = model(tf.cast(images, tf.float32), training=True)
        loss = tf.reduce_mean(tf.keras.losses.sparse_categorical_crossentropy(labels, y))
    grads = tape.gradient(loss, [c.kernel.value for c in convs])
    model.set_weights(weights)
    return {c.name: float(tf.sqrt(tf.reduce_sum(tf.square(g)))) for c, g in zip(convs, grads)}


@right("gradient_norms")
def norms_recorder_with_flattened_kernels(model, images, labels):
    before = model.get_weights()
    twin = keras.Model(model.input, model.output)
    twin.compile(optimizer=GradientRecorder(),
                 loss=keras.losses.SparseCategoricalCrossentropy(), run_eagerly=True)
    twin.train_on_batch(images, labels)
    result = {}
    for layer in model.layers:
        if isinstance(layer, Conv2D):
            g = layer.get_weights()[0].ravel().astype("float64")
            result[layer.name] = float(np.sqrt(g @ g))
    model.set_weights(before)
    return result


@wrong("gradient_norms", "The weights are put back before the norms are computed, so the numbers are the norms of the kernels, not of their gradients.")
def norms_after_restoring(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    model.set_weights(weights)
    return {layer.name: float(np.linalg.norm(ops.convert_to_numpy(layer.kernel)))
            for layer in model.layers if isinstance(layer, layers.Conv2D)}


@wrong("gradient_norms", "The loss is summed over the batch (tf.reduce_sum) where the mean is due: all norms are too large by the batch size.")
def norms_sum_of_losses(model, images, labels):
    convs = [layer for layer in model.layers if isinstance(layer, tf.keras.layers.Conv2D)]
    with tf.GradientTape() as tape:
        y = model(tf.cast(images, tf.float32))
        loss = tf.reduce_sum(tf.keras.losses.sparse_categorical_crossentropy(labels, y))
    grads = tape.gradient(loss, [c.kernel.value for c in convs])
    return {c.name: float(tf.norm(g)) for c, g in zip(convs, grads)}


@wrong("gradient_norms", "The bias gradient is counted: the norm is taken over all trainable weights of the layer, kernel and bias together.")
def norms_kernel_and_bias(model, images, labels):
    convs = [layer for layer in model.layers if isinstance(layer, Conv2D)]
    norms = {}
    for layer in convs:
        with tf.GradientTape() as tape:
            y = model(tf.cast(images, tf.float32))
            loss = tf.reduce_mean(tf.keras.losses.sparse_categorical_crossentropy(labels, y))
        grads = tape.gradient(loss, [w.value for w in layer.trainable_weights])
        norms[layer.name] = float(tf.linalg.global_norm(grads))
    return norms


@wrong("gradient_norms", "The loss takes the model's softmax output for logits (tf.nn.sparse_softmax_cross_entropy_with_logits) and applies a second softmax, so the gradients are those of another loss.")
def norms_from_logits(model, images, labels):
    convs = [layer for layer in model.layers if isinstance(layer, Conv2D)]
    with tf.GradientTape() as tape:
        y = model(tf.cast(images, tf.float32))
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=y))
    grads = tape.gradient(loss, [c.kernel.value for c in convs])
    return {c.name: float(np.linalg.norm(g.numpy().ravel())) for c, g in zip(convs, grads)}


@wrong("gradient_norms", "The result is the sum of the squares, without the square root.")
def norms_squared(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    norms = {}
    for layer in model.layers:
        if isinstance(layer, Conv2D):
            norms[layer.name] = float(tf.reduce_sum(tf.square(layer.kernel)))
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "The model's weights are never put back: after the call they hold the gradients.")
def norms_without_restoring(model, images, labels):
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    return {layer.name: float(np.linalg.norm(layer.get_weights()[0]))
            for layer in model.layers if isinstance(layer, Conv2D)}


@wrong("gradient_norms", "ops.norm without an axis is called on a kernel with four axes; Keras raises because it takes vectors and matrices only.")
def norms_ops_norm_on_kernel(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    try:
        return {layer.name: float(ops.norm(layer.kernel, ord=2))
                for layer in model.layers if isinstance(layer, Conv2D)}
    finally:
        model.set_weights(weights)


@wrong("gradient_norms", "The loss is \"categorical_crossentropy\", which wants one-hot labels; with integer labels of shape (batch,) Keras raises about the shapes.")
def norms_categorical_loss(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=GradientRecorder(), loss="categorical_crossentropy", run_eagerly=True)
    try:
        recorder.train_on_batch(images, labels)
        norms = {layer.name: float(np.linalg.norm(ops.convert_to_numpy(layer.kernel)))
                 for layer in model.layers if isinstance(layer, Conv2D)}
    finally:
        model.set_weights(weights)
    return norms


@wrong("gradient_norms", "The given model itself is compiled with the recorder: its own optimiser and loss are replaced, so the model is not left as it was.")
def norms_compile_the_model_itself(model, images, labels):
    weights = model.get_weights()
    model.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    model.train_on_batch(images, labels)
    norms = {layer.name: float(np.linalg.norm(ops.convert_to_numpy(layer.kernel)))
             for layer in model.layers if isinstance(layer, Conv2D)}
    model.set_weights(weights)
    return norms
