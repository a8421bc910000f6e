from tests.checks.blind.answer import right, wrong

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.layers import Activation, Add, Conv2D


# What the lesson gives: one step of training puts the gradient in the place of the variable.
class GradientRecorder(keras.optimizers.Optimizer):
    def __init__(self):
        super().__init__(learning_rate=1.0)

    def update_step(self, gradient, variable, learning_rate):
        self.assign(variable, gradient)


# ------------------------------------------------------------------------------ plain_stack


@right("plain_stack")
def s3_ps_maximum_zero(X, depth, width):
    n = 0
    while n != depth:
        X = Conv2D(filters=width, kernel_size=(3, 3), strides=(1, 1), padding="same",
                   kernel_initializer="glorot_uniform", bias_initializer="zeros")(X)
        X = ops.maximum(X, 0.0)
        n += 1
    return X


@right("plain_stack")
def s3_ps_recursion_relu_in_conv(X, depth, width):
    if depth == 0:
        return X
    below = s3_ps_recursion_relu_in_conv(X, depth - 1, width)
    return tf.keras.layers.Conv2D(width, 3, padding="same", activation=tf.nn.relu)(below)


@wrong("plain_stack", "One convolution layer is made before the loop and called depth times: all share one kernel "
       "(and Keras raises an error in the second turn where the input has not width channels already)")
def s3_ps_layer_made_once(X, depth, width):
    conv = layers.Conv2D(width, 3, padding="same")
    relu = layers.ReLU()
    for _ in range(depth):
        X = relu(conv(X))
    return X


@wrong("plain_stack", "'same' stands third in Conv2D, where the strides belong: Keras raises an error; "
       "padding has to be passed by keyword")
def s3_ps_same_is_third_argument(X, depth, width):
    for i in range(depth):
        X = Conv2D(width, 3, "same")(X)
        X = Activation("relu")(X)
    return X


@wrong("plain_stack", "tf.nn.relu is called on a symbolic KerasTensor, for which Keras raises an error; "
       "it needs a layer (or keras.ops)")
def s3_ps_tf_relu_on_symbol(X, depth, width):
    for i in range(depth):
        X = tf.keras.layers.Conv2D(width, (3, 3), padding="same")(X)
        X = tf.nn.relu(X)
    return X


@wrong("plain_stack", "An additional 1x1 convolution in front brings the input to width channels: "
       "depth + 1 convolutions instead of depth")
def s3_ps_one_by_one_in_front(X, depth, width):
    if X.shape[-1] != width:
        X = layers.Conv2D(width, 1, padding="same")(X)
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
    return X


@wrong("plain_stack", "The convolution in the loop always reads the stack's input X, not the result of the turn before: "
       "only the last of the convolutions is connected to the output")
def s3_ps_small_x_and_big_x(X, depth, width):
    for _ in range(depth):
        x = layers.Conv2D(width, 3, padding="same")(X)
        x = layers.ReLU()(x)
    return x


@wrong("plain_stack", "The slope of the activation is not 0 below 0: a leaky ReLU stands in place of the ReLU")
def s3_ps_leaky(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.LeakyReLU()(X)
    return X


@wrong("plain_stack", "The ReLU is applied once after the loop instead of after every convolution")
def s3_ps_relu_behind_the_loop(X, depth, width):
    for _ in range(depth):
        X = Conv2D(width, kernel_size=3, padding="same")(X)
    return Activation("relu")(X)


@wrong("plain_stack", "Number of filters and kernel size are swapped: 3 filters of width x width pixels")
def s3_ps_kernel_is_width(X, depth, width):
    for _ in range(depth):
        X = Conv2D(3, width, padding="same", activation="relu")(X)
    return X


# --------------------------------------------------------------------------- residual_stack


class s3_TwoConvs(layers.Layer):
    """conv - relu - conv, plus the input, relu."""

    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.conv1 = layers.Conv2D(width, 3, padding="same")
        self.conv2 = layers.Conv2D(width, 3, padding="same")

    def build(self, shape):
        self.conv1.build(shape)
        self.conv2.build(self.conv1.compute_output_shape(shape))
        self.built = True

    def call(self, inputs):
        x = tf.nn.relu(self.conv1(inputs))
        x = self.conv2(x)
        return tf.nn.relu(tf.add(x, inputs))


@right("residual_stack")
def s3_rs_step_two_operator(X, depth, width):
    blocks, rest = divmod(depth, 2)
    if rest != 0:
        raise ValueError("depth should be even, received " + str(depth))
    for _ in range(0, depth, 2):
        first = Conv2D(width, 3, padding="same", activation="relu")
        second = Conv2D(width, 3, padding="same")
        X = ops.relu(X + second(first(X)))
    return X


@right("residual_stack")
def s3_rs_flag_every_second(X, depth, width):
    if depth & 1:
        raise ValueError(f"I need an even number of convolutions but got {depth}.")
    for i in range(1, depth + 1):
        if i % 2 == 1:
            X_shortcut = X
        X = tf.keras.layers.Conv2D(width, (3, 3), padding="same")(X)
        if i % 2 == 0:
            X = tf.keras.layers.Add()([X_shortcut, X])
        X = tf.keras.layers.Activation("relu")(X)
    return X


@right("residual_stack")
def s3_rs_own_layer(X, depth, width):
    if depth % 2 != 0:
        raise ValueError("Expected: even depth. Received: %d" % depth)
    for _ in range(depth // 2):
        X = s3_TwoConvs(width)(X)
    return X


@wrong("residual_stack", "The shortcut is saved once before the loop: every block adds the input of the whole stack "
       "instead of its own input")
def s3_rs_shortcut_before_loop(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    X_shortcut = X
    for _ in range(depth // 2):
        X = Conv2D(width, 3, padding="same")(X)
        X = Activation("relu")(X)
        X = Conv2D(width, 3, padding="same")(X)
        X = Add()([X, X_shortcut])
        X = Activation("relu")(X)
    return X


@wrong("residual_stack", "depth / 2 is a float, and range raises a TypeError; it has to be the integer division depth // 2")
def s3_rs_float_range(X, depth, width):
    if depth % 2 == 1:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth / 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Add()([X, shortcut])
        X = layers.ReLU()(X)
    return X


@wrong("residual_stack", "For an odd depth the ValueError is returned, not raised")
def s3_rs_error_returned(X, depth, width):
    if depth % 2 != 0:
        return ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Add()([X, shortcut])
        X = layers.ReLU()(X)
    return X


@wrong("residual_stack", "For an odd depth an assert raises an AssertionError instead of the ValueError asked for")
def s3_rs_assert(X, depth, width):
    assert depth % 2 == 0, f"Expected an even depth. Received: {depth}"
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(layers.Add()([X, shortcut]))
    return X


@wrong("residual_stack", "The shortcut starts behind the first convolution and its ReLU, not at the block's input: "
       "it goes around one convolution only")
def s3_rs_shortcut_after_first_conv(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Add()([X, shortcut])
        X = layers.ReLU()(X)
    return X


@wrong("residual_stack", "Add is called with two arguments instead of one list of two tensors, and Keras raises an error")
def s3_rs_add_without_list(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        X_shortcut = X
        X = Conv2D(width, 3, padding="same")(X)
        X = Activation("relu")(X)
        X = Conv2D(width, 3, padding="same")(X)
        X = Add()(X, X_shortcut)
        X = Activation("relu")(X)
    return X


@wrong("residual_stack", "The second convolution has a ReLU of its own before the addition (activation='relu'); "
       "the correction can no longer be negative")
def s3_rs_relu_in_both_convs(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    conv = lambda: Conv2D(width, 3, padding="same", activation=tf.nn.relu)  # noqa: E731
    for _ in range(depth // 2):
        shortcut = X
        X = conv()(X)
        X = conv()(X)
        X = Add()([X, shortcut])
        X = Activation(tf.nn.relu)(X)
    return X


@wrong("residual_stack", "Input and correction are averaged, not added: the sum is halved in every block")
def s3_rs_average(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Average()([X, shortcut])
        X = layers.ReLU()(X)
    return X


@wrong("residual_stack", "Two faults: the loop runs depth times, with two convolutions in each turn, so there are twice as many "
       "convolutions as asked for; and an odd depth raises no ValueError")
def s3_rs_depth_blocks_unchecked(X, depth, width):
    for _ in range(depth):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Add()([X, shortcut])
        X = layers.ReLU()(X)
    return X


# --------------------------------------------------------------------------- gradient_norms


@right("gradient_norms")
def s3_gn_tape_over_kernels(model, images, labels):
    before = model.get_weights()
    convs = [layer for layer in model.layers if isinstance(layer, Conv2D)]
    with tf.GradientTape() as tape:
        p = model(tf.cast(images, tf.float32), training=True)
        loss = tf.reduce_mean(tf.keras.losses.sparse_categorical_crossentropy(labels, p))
    grads = tape.gradient(loss, [conv.kernel.value for conv in convs])
    model.set_weights(before)
    return {conv.name: float(tf.sqrt(tf.reduce_sum(tf.square(g)))) for conv, g in zip(convs, grads)}


@right("gradient_norms")
def s3_gn_recorder_one_hot(model, images, labels):
    saved = [w.copy() for w in model.get_weights()]
    classes = model.output.shape[-1]
    second = keras.Model(inputs=model.input, outputs=model.output)
    second.compile(optimizer=GradientRecorder(), loss="categorical_crossentropy", run_eagerly=True)
    second.train_on_batch(images, np.eye(classes)[labels])
    result = {}
    for layer in second.layers:
        if isinstance(layer, layers.Conv2D):
            g = layer.get_weights()[0]
            result[layer.name] = float(np.linalg.norm(g.reshape(-1)))
    model.set_weights(saved)
    return result


@wrong("gradient_norms", "The norms are computed after the weights have been put back: they are the norms of the kernels, not of the gradients")
def s3_gn_weights_back_too_early(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    model.set_weights(weights)
    return {
        layer.name: float(np.linalg.norm(ops.convert_to_numpy(layer.kernel)))
        for layer in model.layers
        if isinstance(layer, layers.Conv2D)
    }


@wrong("gradient_norms", "ops.norm raises an error for a kernel of four axes; it takes vectors and matrices only (the kernel has to be flattened first)")
def s3_gn_ops_norm(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    norms = {la.name: float(ops.norm(la.kernel)) for la in model.layers if isinstance(la, layers.Conv2D)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "The model's probabilities are handed to a loss that expects logits: a second softmax is applied to the softmax output, and the gradients are those of another loss")
def s3_gn_probabilities_as_logits(model, images, labels):
    out = {}
    convs = [la for la in model.layers if isinstance(la, Conv2D)]
    with tf.GradientTape() as tape:
        logits = model(tf.cast(images, tf.float32))
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
    grads = tape.gradient(loss, [la.trainable_weights[0].value for la in convs])
    for la, g in zip(convs, grads):
        out[la.name] = float(np.sqrt(np.sum(g.numpy() ** 2)))
    return out


@wrong("gradient_norms", "The loss is not averaged but summed over the batch: all norms are too large by the factor of the batch's size")
def s3_gn_summed_over_batch(model, images, labels):
    convs = [la for la in model.layers if isinstance(la, layers.Conv2D)]
    with tf.GradientTape() as tape:
        probs = model(tf.convert_to_tensor(images, tf.float32))
        loss = tf.keras.losses.sparse_categorical_crossentropy(tf.convert_to_tensor(labels), probs)
    # the tape sums over the elements of loss
    grads = tape.gradient(loss, [la.kernel.value for la in convs])
    return {la.name: float(tf.norm(tf.reshape(g, [-1]))) for la, g in zip(convs, grads)}


@wrong("gradient_norms", "The norm is taken over kernel and bias together; biases must not count")
def s3_gn_bias_too(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    norms = {}
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            norms[layer.name] = float(np.sqrt(sum(np.sum(w**2) for w in layer.get_weights())))
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "The caller's own model is compiled with the recorder: its optimiser, its loss and its metrics are lost, the model is not left as it was")
def s3_gn_compiles_the_model_itself(model, images, labels):
    weights = model.get_weights()
    model.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    model.train_on_batch(images, labels)
    norms = {
        layer.name: float(np.linalg.norm(ops.convert_to_numpy(layer.kernel)))
        for layer in model.layers
        if isinstance(layer, layers.Conv2D)
    }
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "The integer labels are given to the loss 'categorical_crossentropy', which wants one-hot rows: Keras raises an error about the shapes; the loss has to be the sparse one")
def s3_gn_not_sparse(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(GradientRecorder(), "categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    norms = {
        layer.name: float(np.linalg.norm(layer.get_weights()[0]))
        for layer in model.layers
        if isinstance(layer, Conv2D)
    }
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "The gradient is averaged in place of summed: the root of the mean square of the kernel's gradient, not the L2 norm")
def s3_gn_root_mean_square(model, images, labels):
    names, kernels = [], []
    for layer in model.layers:
        if "Conv2D" == layer.__class__.__name__:
            names.append(layer.name)
            kernels.append(layer.kernel.value)
    with tf.GradientTape() as tape:
        y = model(images)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, y))
    return {n: float(tf.sqrt(tf.reduce_mean(g**2))) for n, g in zip(names, tape.gradient(loss, kernels))}
