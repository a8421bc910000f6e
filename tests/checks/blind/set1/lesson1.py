from tests.checks.blind.answer import right, wrong

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from resnet_course.plain import GradientRecorder
from tensorflow.keras.layers import Activation, Add, BatchNormalization, Conv2D, Lambda, ReLU
from tensorflow.keras.models import Model


# ------------------------------------------------------------------ plain_stack


@right("plain_stack")
def plain_tf_relu_as_activation(X, depth, width):
    for i in range(depth):
        X = Conv2D(filters=width, kernel_size=(3, 3), strides=(1, 1), padding="same", activation=tf.nn.relu)(X)
    return X


@right("plain_stack")
def plain_sequential_called(X, depth, width):
    model = tf.keras.Sequential()
    for _ in range(depth):
        model.add(Conv2D(width, (3, 3), padding="same"))
        model.add(Activation("relu"))
    return model(X)


@right("plain_stack")
def plain_zero_padding_by_hand(X, depth, width):
    for _ in range(depth):
        X = layers.ZeroPadding2D(1)(X)
        X = layers.Conv2D(width, 3, padding="valid", kernel_initializer="glorot_uniform")(X)
        X = Lambda(lambda x: tf.nn.relu(x))(X)
    return X


@right("plain_stack")
def plain_recursive(X, depth, width):
    if depth == 0:
        return X
    X = ops.maximum(layers.Conv2D(width, 3, padding="same")(X), 0.0)
    return plain_recursive(X, depth - 1, width)


@wrong("plain_stack", "One ReLU only, after the last convolution: it stands behind the loop instead of in it")
def plain_relu_after_loop(X, depth, width):
    for _ in range(depth):
        X = Conv2D(width, (3, 3), padding="same")(X)
    X = Activation("relu")(X)
    return X


@wrong("plain_stack", "Loop starts at 1, so there is one convolution (with its ReLU) too few")
def plain_range_from_one(X, depth, width):
    for layer in range(1, depth):
        X = Conv2D(width, 3, padding="same")(X)
        X = Activation("relu")(X)
    return X


@wrong("plain_stack", "No padding='same' in the convolutions: the image loses two pixels of height and width with each, and where the stack is too deep for the image Keras raises an error")
def plain_padding_forgotten(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, (3, 3), activation="relu")(X)
    return X


@wrong("plain_stack", "The initialisation is He normal instead of Keras's default Glorot uniform")
def plain_he_normal(X, depth, width):
    for _ in range(depth):
        X = Conv2D(width, 3, padding="same", kernel_initializer=tf.keras.initializers.he_normal())(X)
        X = ReLU()(X)
    return X


@wrong("plain_stack", "Batch normalisation after every convolution, which this stack must not have")
def plain_conv_bn_relu_habit(X, depth, width):
    for i in range(depth):
        X = Conv2D(width, (3, 3), padding="same", name="conv" + str(i))(X)
        X = BatchNormalization(axis=3, name="bn_conv" + str(i))(X)
        X = Activation("relu")(X)
    return X


@wrong("plain_stack", "The result of each turn is stored in x while the convolution always reads the original X: the output is that of one convolution and one ReLU only, whatever depth is")
def plain_reads_input_each_turn(X, depth, width):
    for _ in range(depth):
        x = layers.Conv2D(width, 3, padding="same")(X)
        x = layers.ReLU()(x)
    return x


@wrong("plain_stack", "tf.nn.relu is called directly on the symbolic Keras tensor, which Keras 3 refuses (ValueError: a KerasTensor cannot be used as input to a TensorFlow function); a ReLU layer or keras.ops is needed")
def plain_tf_nn_relu_direct(X, depth, width):
    for _ in range(depth):
        X = tf.nn.relu(Conv2D(width, 3, padding="same")(X))
    return X


@wrong("plain_stack", "depth and width are mixed up: the loop runs width times and the convolutions have depth filters")
def plain_depth_width_swapped(X, depth, width):
    for _ in range(width):
        X = Conv2D(depth, 3, padding="same", activation="relu")(X)
    return X


@wrong("plain_stack", "One convolution layer is made before the loop and called depth times: all convolutions share one kernel and bias, and where the input has another number of channels than width the second call raises an error")
def plain_shared_layer(X, depth, width):
    conv = Conv2D(width, (3, 3), padding="same")
    relu = Activation("relu")
    for _ in range(depth):
        X = relu(conv(X))
    return X


@wrong("plain_stack", "return X stands inside the loop: the stack ends after the first convolution and ReLU")
def plain_return_in_loop(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        return X


@wrong("plain_stack", "use_bias=False: the convolutions have no bias, but the stack should have one in each")
def plain_no_bias(X, depth, width):
    for _ in range(depth):
        X = Conv2D(width, 3, padding="same", use_bias=False)(X)
        X = Activation("relu")(X)
    return X


# ---------------------------------------------------------------- residual_stack


class AddTwo(tf.keras.layers.Layer):
    def call(self, inputs):
        a, b = inputs
        return tf.add(a, b)


@right("residual_stack")
def residual_own_add_layer(X, depth, width):
    if depth % 2 != 0:
        raise ValueError("depth must be even, but got " + str(depth))
    for _ in range(depth // 2):
        X_shortcut = X
        X = Conv2D(width, (3, 3), padding="same")(X)
        X = Activation("relu")(X)
        X = Conv2D(width, (3, 3), padding="same")(X)
        X = AddTwo()([X_shortcut, X])
        X = Activation("relu")(X)
    return X


@right("residual_stack")
def residual_steps_of_two_and_plus(X, depth, width):
    if depth & 1:
        raise ValueError(f"Expected an even number of convolutions, received depth={depth}")
    for start in range(0, depth, 2):
        Y = Conv2D(width, 3, padding="same", activation=tf.nn.relu)(X)
        Y = Conv2D(width, 3, padding="same")(Y)
        X = tf.keras.layers.ReLU()(X + Y)
    return X


@right("residual_stack")
def residual_counts_convolutions(X, depth, width):
    blocks, rest = divmod(depth, 2)
    if rest:
        raise ValueError("Expected: depth even. Received: depth=%d" % depth)
    shortcut = X
    for i in range(1, depth + 1):
        X = layers.Conv2D(width, 3, padding="same")(X)
        if i % 2 == 0:
            X = layers.add([X, shortcut])
        X = layers.Activation("relu")(X)
        if i % 2 == 0:
            shortcut = X
    return X


@right("residual_stack")
def residual_lambda_add_and_relu(X, depth, width):
    def block(X):
        F = tf.keras.Sequential(
            [
                Conv2D(width, 3, padding="same"),
                Lambda(lambda t: tf.nn.relu(t)),
                Conv2D(width, 3, padding="same"),
            ]
        )
        return Lambda(lambda ab: tf.maximum(ab[0] + ab[1], 0.0))([X, F(X)])

    if depth % 2 == 1:
        raise ValueError(f"depth has to be even, received {depth}")
    for _ in range(depth // 2):
        X = block(X)
    return X


@wrong("residual_stack", "The shortcut is saved once before the loop, so every block adds the input of the whole stack instead of its own input")
def residual_shortcut_outside_loop(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth, received {depth}")
    X_shortcut = X
    for _ in range(depth // 2):
        X = Conv2D(width, 3, padding="same")(X)
        X = Activation("relu")(X)
        X = Conv2D(width, 3, padding="same")(X)
        X = Add()([X, X_shortcut])
        X = Activation("relu")(X)
    return X


@wrong("residual_stack", "The second ReLU stands before the addition and none after it")
def residual_relu_before_add(X, depth, width):
    if depth % 2 == 1:
        raise ValueError(f"depth must be even, received {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = layers.Add()([X, shortcut])
    return X


@wrong("residual_stack", "There is an additional ReLU before the addition (the second convolution has activation relu); the one after it is right")
def residual_three_relus(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        shortcut = X
        for _ in range(2):
            X = Conv2D(width, (3, 3), padding="same", activation=tf.nn.relu)(X)
        X = Add()([X, shortcut])
        X = Activation("relu")(X)
    return X


@wrong("residual_stack", "The loop runs depth times instead of depth / 2: twice as many blocks and convolutions as asked")
def residual_twice_as_deep(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Add()([X, shortcut])
        X = layers.ReLU()(X)
    return X


@wrong("residual_stack", "An odd depth raises no ValueError; it is rounded down silently")
def residual_odd_depth_accepted(X, depth, width):
    for _ in range(depth // 2):
        X_shortcut = X
        X = Conv2D(width, 3, padding="same")(X)
        X = Activation("relu")(X)
        X = Conv2D(width, 3, padding="same")(X)
        X = Add()([X, X_shortcut])
        X = Activation("relu")(X)
    return X


@wrong("residual_stack", "The ValueError for an odd depth is made but not raised (the word raise is missing), so odd depths pass silently")
def residual_raise_forgotten(X, depth, width):
    if depth % 2 != 0:
        ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Add()([X, shortcut])
        X = layers.ReLU()(X)
    return X


@wrong("residual_stack", "An odd depth raises an AssertionError instead of a ValueError")
def residual_assert_even(X, depth, width):
    assert depth % 2 == 0, f"Expected an even depth. Received: {depth}"
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Add()([X, shortcut])
        X = layers.ReLU()(X)
    return X


@wrong("residual_stack", "depth / 2 is a float and range() does not take it: TypeError for every even depth")
def residual_true_division(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth / 2):
        shortcut = X
        X = Conv2D(width, 3, padding="same")(X)
        X = ReLU()(X)
        X = Conv2D(width, 3, padding="same")(X)
        X = Add()([X, shortcut])
        X = ReLU()(X)
    return X


@wrong("residual_stack", "The shortcut is saved after the first convolution and ReLU, so it is not the block's input and goes around the second convolution only")
def residual_shortcut_too_late(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        X = Conv2D(width, (3, 3), padding="same")(X)
        X = Activation("relu")(X)
        X_shortcut = X
        X = Conv2D(width, (3, 3), padding="same")(X)
        X = Add()([X, X_shortcut])
        X = Activation("relu")(X)
    return X


@wrong("residual_stack", "The second convolution lacks padding='same', so height and width of the main path are two pixels smaller than those of the shortcut and the addition raises an error")
def residual_second_padding_missing(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        X_shortcut = X
        X = Conv2D(width, (3, 3), padding="same")(X)
        X = Activation("relu")(X)
        X = Conv2D(width, (3, 3))(X)
        X = Add()([X, X_shortcut])
        X = Activation("relu")(X)
    return X


@wrong("residual_stack", "Add() is called with two tensors as two arguments instead of one list of tensors: TypeError")
def residual_add_without_list(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Add()(X, shortcut)
        X = layers.ReLU()(X)
    return X


@wrong("residual_stack", "The shortcut is concatenated instead of added: the number of channels doubles with every block")
def residual_concatenated(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = Conv2D(width, 3, padding="same")(X)
        X = Activation("relu")(X)
        X = Conv2D(width, 3, padding="same")(X)
        X = tf.keras.layers.Concatenate()([X, shortcut])
        X = Activation("relu")(X)
    return X


@wrong("residual_stack", "The shortcut is a 1x1 convolution instead of the identity: it has weights, which the shortcuts here must not have")
def residual_projected_shortcut(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        X_shortcut = Conv2D(width, (1, 1))(X)
        X = Conv2D(width, (3, 3), padding="same")(X)
        X = Activation("relu")(X)
        X = Conv2D(width, (3, 3), padding="same")(X)
        X = Add()([X, X_shortcut])
        X = Activation("relu")(X)
    return X


@wrong("residual_stack", "The ReLU after the addition is missing in the blocks; there is one after the whole stack only")
def residual_final_relu_outside(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Add()([X, shortcut])
    return layers.ReLU()(X)


@wrong("residual_stack", "Average() instead of Add(): the block gives half of the sum of F(x) and x")
def residual_averaged(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Average()([X, shortcut])
        X = layers.ReLU()(X)
    return X


# ---------------------------------------------------------------- gradient_norms


@right("gradient_norms")
def norms_tape_over_kernels(model, images, labels):
    convs = [layer for layer in model.layers if isinstance(layer, tf.keras.layers.Conv2D)]
    before = model.get_weights()
    loss_fn = tf.keras.losses.SparseCategoricalCrossentropy()
    with tf.GradientTape() as tape:
        predictions = model(tf.cast(images, tf.float32), training=True)
        loss = loss_fn(labels, predictions)
    grads = tape.gradient(loss, [layer.kernel for layer in convs])
    model.set_weights(before)
    return {layer.name: float(tf.norm(g)) for layer, g in zip(convs, grads)}


@right("gradient_norms")
def norms_recorder_square_root_of_sum(model, images, labels):
    saved = [w.copy() for w in model.get_weights()]
    second = Model(inputs=model.input, outputs=model.output)
    second.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    second.train_on_batch(images, labels)
    norms = {}
    for layer in model.layers:
        if isinstance(layer, Conv2D):
            g = layer.get_weights()[0].astype("float64")
            norms[layer.name] = float(np.sqrt(np.sum(g**2)))
    model.set_weights(saved)
    return norms


@right("gradient_norms")
def norms_tape_global_norm(model, images, labels):
    result = {}
    weights = model.get_weights()
    with tf.GradientTape(persistent=True) as tape:
        p = model(images, training=True)
        nll = tf.keras.losses.sparse_categorical_crossentropy(labels, p)
        loss = tf.reduce_sum(nll) / tf.cast(tf.shape(nll)[0], nll.dtype)
    for layer in model.layers:
        if isinstance(layer, Conv2D):
            result[layer.name] = float(tf.linalg.global_norm([tape.gradient(loss, layer.kernel.value)]).numpy())
    del tape
    model.set_weights(weights)
    return result


@wrong("gradient_norms", "The weights are not put back: after the call the model's variables hold their gradients")
def norms_weights_not_restored(model, images, labels):
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    return {
        layer.name: float(np.linalg.norm(ops.convert_to_numpy(layer.kernel)))
        for layer in model.layers
        if isinstance(layer, layers.Conv2D)
    }


@wrong("gradient_norms", "The weights are put back before the norms are computed, so the function returns the norms of the kernels themselves, not of their gradients")
def norms_restored_too_early(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    model.set_weights(weights)
    norms = {}
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            norms[layer.name] = float(np.linalg.norm(ops.convert_to_numpy(layer.kernel)))
    return norms


@wrong("gradient_norms", "The given model itself is compiled with the recorder, so a compiled model loses its own optimiser (and loss and metrics); the numbers are right and the weights are restored")
def norms_compiles_the_given_model(model, images, labels):
    weights = model.get_weights()
    model.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    model.train_on_batch(images, labels)
    norms = {
        l.name: float(np.linalg.norm(ops.convert_to_numpy(l.kernel)))
        for l in model.layers
        if isinstance(l, layers.Conv2D)
    }
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "The loss is TensorFlow's sparse_softmax_cross_entropy_with_logits, which wants logits, but gets the probabilities of the model's softmax: a second softmax is applied, so all gradients are wrong")
def norms_softmax_applied_twice(model, images, labels):
    convs = [l for l in model.layers if isinstance(l, Conv2D)]
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=model(images)))
    grads = tape.gradient(loss, [l.kernel for l in convs])
    return {l.name: float(tf.norm(g)) for l, g in zip(convs, grads)}


@wrong("gradient_norms", "The per-image losses are summed over the batch instead of averaged: every norm is too large by the number of images")
def norms_summed_loss(model, images, labels):
    convs = [l for l in model.layers if isinstance(l, Conv2D)]
    with tf.GradientTape() as tape:
        p = model(images)
        loss = tf.reduce_sum(tf.keras.losses.sparse_categorical_crossentropy(labels, p))
    grads = tape.gradient(loss, [l.kernel for l in convs])
    return {l.name: float(tf.norm(g)) for l, g in zip(convs, grads)}


@wrong("gradient_norms", "The biases are included: the norm is taken over the gradient of kernel and bias together, but biases do not count")
def norms_with_biases(model, images, labels):
    norms = {}
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_mean(tf.keras.losses.sparse_categorical_crossentropy(labels, model(images)))
    for layer in model.layers:
        if "conv" in layer.__class__.__name__.lower():
            grads = tape.gradient(loss, layer.trainable_variables)
            norms[layer.name] = float(tf.linalg.global_norm(grads))
    return norms


@wrong("gradient_norms", "The loss is 'categorical_crossentropy', which wants one-hot labels; the integer labels make train_on_batch raise an error (shapes do not fit)")
def norms_categorical_loss(model, images, labels):
    weights = model.get_weights()
    recorder = Model(model.input, model.output)
    recorder.compile(optimizer=GradientRecorder(), loss="categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    norms = {l.name: float(np.linalg.norm(l.get_weights()[0])) for l in model.layers if isinstance(l, Conv2D)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "The square root is missing: the function returns the sum of squares, the square of the norm")
def norms_squared(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    norms = {}
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            norms[layer.name] = float(np.sum(np.square(ops.convert_to_numpy(layer.kernel))))
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "Root of the mean square instead of root of the sum of squares: every norm is too small by the root of the number of kernel weights")
def norms_rms(model, images, labels):
    kernels = {l.name: l.kernel for l in model.layers if isinstance(l, Conv2D)}
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.keras.losses.sparse_categorical_crossentropy(labels, model(images)))
    grads = tape.gradient(loss, list(kernels.values()))
    return {name: float(tf.sqrt(tf.reduce_mean(g**2))) for name, g in zip(kernels, grads)}


@wrong("gradient_norms", "All layers with a kernel are measured, so the Dense layer at the end is in the result as well")
def norms_dense_included(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    norms = {
        l.name: float(np.linalg.norm(ops.convert_to_numpy(l.kernel))) for l in model.layers if hasattr(l, "kernel")
    }
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "The forward pass runs before the tape is opened, so the tape has recorded nothing, the gradients are None and the norm raises an error")
def norms_forward_outside_tape(model, images, labels):
    convs = [l for l in model.layers if isinstance(l, Conv2D)]
    predictions = model(images)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.keras.losses.sparse_categorical_crossentropy(labels, predictions))
    grads = tape.gradient(loss, [l.kernel for l in convs])
    return {l.name: float(tf.norm(g)) for l, g in zip(convs, grads)}


@wrong("gradient_norms", "The prediction comes from model.predict, which returns a NumPy array, so the tape finds no way from the loss to the kernels; gradients are None and the norm raises an error")
def norms_tape_around_predict(model, images, labels):
    convs = [l for l in model.layers if isinstance(l, Conv2D)]
    with tf.GradientTape() as tape:
        p = model.predict(images, verbose=0)
        loss = tf.reduce_mean(tf.keras.losses.sparse_categorical_crossentropy(labels, p))
    grads = tape.gradient(loss, [l.kernel for l in convs])
    return {l.name: float(tf.norm(g)) for l, g in zip(convs, grads)}


@wrong("gradient_norms", "np.linalg.norm gets axis=(0, 1) and the mean is taken over the rest: the result is the mean of the norms of the 3x3 slices, not the norm of all the kernel's numbers")
def norms_mean_of_slices(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=GradientRecorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    norms = {}
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            norms[layer.name] = float(np.mean(np.linalg.norm(ops.convert_to_numpy(layer.kernel), axis=(0, 1))))
    model.set_weights(weights)
    return norms
