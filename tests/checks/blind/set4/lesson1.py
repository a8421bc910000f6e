from tests.checks.blind.answer import right, wrong

import functools

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tensorflow.keras.layers import Activation, Add, Conv2D, ReLU

# ---------------------------------------------------------------- plain_stack


@wrong("plain_stack", "The number of filters doubles with every convolution (width, 2 width, 4 width, ...) as in VGG; it should be `width` in all of them")
def s4_vgg_doubling(X, depth, width):
    for i in range(depth):
        X = Conv2D(width * 2**i, (3, 3), padding='same', activation='relu')(X)
    return X


@wrong("plain_stack", "`depth` counts convolutions and ReLUs together: only every second turn makes a convolution, so there are ceil(depth / 2) of them, and for an odd depth the last has no ReLU")
def s4_depth_counts_relus_too(X, depth, width):
    for i in range(depth):
        if i % 2 == 0:
            X = layers.Conv2D(width, 3, padding="same")(X)
        else:
            X = layers.ReLU()(X)
    return X


@wrong("plain_stack", "The ReLU comes before each convolution instead of after it: the input is rectified, and the last convolution has no ReLU")
def s4_pre_activation_stack(X, depth, width):
    for _ in range(depth):
        X = Activation('relu')(X)
        X = Conv2D(width, 3, padding='same')(X)
    return X


@wrong("plain_stack", "The ReLU is a ReLU6: it cuts values off above 6 (max_value=6); a plain ReLU has no upper limit")
def s4_relu6_from_mobilenet(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU(max_value=6)(X)
    return X


@wrong("plain_stack", "The argument `width` is overwritten with the width of the image when X.shape is unpacked, so every convolution has as many filters as the image has columns")
def s4_unpacks_shape_over_width(X, depth, width):
    batch, height, width, channels = X.shape
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
    return X


@wrong("plain_stack", "After the first convolution one and the same layer is called again and again: the convolutions 2 to depth share their weights")
def s4_first_and_then_one_body_layer(X, depth, width):
    first = layers.Conv2D(width, 3, padding="same", activation="relu")
    body = layers.Conv2D(width, 3, padding="same", activation="relu")
    X = first(X)
    for _ in range(depth - 1):
        X = body(X)
    return X


@wrong("plain_stack", "All convolutions get the same name (it contains the width, not the index), so that Keras refuses to build a model of the result when depth is 2 or more")
def s4_same_name_every_turn(X, depth, width):
    for i in range(depth):
        X = Conv2D(width, 3, padding='same', name=f'conv_{width}')(X)
        X = ReLU(name=f'relu_{i}')(X)
    return X


@wrong("plain_stack", "The kernels are initialised with Glorot normal instead of Keras's own Glorot uniform")
def s4_glorot_but_normal(X, depth, width):
    for _ in range(depth):
        X = tf.keras.layers.Conv2D(width, (3, 3), padding='same', kernel_initializer=tf.keras.initializers.GlorotNormal())(X)
        X = tf.keras.layers.ReLU()(X)
    return X


@wrong("plain_stack", "tf.nn.relu is applied directly to a KerasTensor, which Keras refuses with an error; it needs a layer or an operation of keras.ops")
def s4_tf_nn_relu_on_symbolic(X, depth, width):
    for _ in range(depth):
        X = tf.keras.layers.Conv2D(width, 3, padding='same')(X)
        X = tf.nn.relu(X)
    return X


@wrong("plain_stack", "The Sequential model is returned itself; it is never called on X, so the result is a model and no tensor")
def s4_returns_the_sequential(X, depth, width):
    stack = keras.Sequential()
    for _ in range(depth):
        stack.add(layers.Conv2D(width, 3, padding="same", activation="relu"))
    return stack


@wrong("plain_stack", "The convolutions are dilated (dilation_rate 2**i): their kernels spread over more than 3x3 neighbouring pixels from the second on")
def s4_wavenet_dilation(X, depth, width):
    for i in range(depth):
        X = layers.Conv2D(width, 3, padding="same", dilation_rate=2**i, activation="relu")(X)
    return X


@wrong("plain_stack", "Separable convolutions (a depthwise 3x3 and a pointwise 1x1) are used instead of ordinary 3x3 convolutions")
def s4_separable(X, depth, width):
    for _ in range(depth):
        X = layers.SeparableConv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
    return X


@right("plain_stack")
def s4_recursive_plain(X, depth, width):
    if depth == 0:
        return X
    return layers.ReLU()(layers.Conv2D(width, 3, padding="same")(s4_recursive_plain(X, depth - 1, width)))


@right("plain_stack")
def s4_reduce_with_padding_by_hand(X, depth, width):
    def step(tensor, _):
        tensor = layers.ZeroPadding2D(1)(tensor)
        return Conv2D(width, (3, 3), activation=tf.nn.relu)(tensor)
    return functools.reduce(step, range(depth), X)


@right("plain_stack")
def s4_maximum_with_zero(X, depth, width):
    while depth > 0:
        X = Conv2D(filters=width, kernel_size=3, strides=1, padding='SAME', kernel_initializer='glorot_uniform')(X)
        X = ops.maximum(X, 0.0)
        depth -= 1
    return X


# ---------------------------------------------------------------- residual_stack


@wrong("residual_stack", "From the second block on the shortcut carries the previous sum before its ReLU, not the block's input (the sum after the ReLU)")
def s4_shortcut_before_the_relu(X, depth, width):
    if depth % 2 != 0:
        raise ValueError("Expected an even depth, got %d" % depth)
    X_shortcut = X
    for _ in range(depth // 2):
        X = Conv2D(width, 3, padding='same')(X)
        X = Activation('relu')(X)
        X = Conv2D(width, 3, padding='same')(X)
        X = Add()([X, X_shortcut])
        X_shortcut = X
        X = Activation('relu')(X)
    return X


@wrong("residual_stack", "An odd depth raises an AssertionError, not a ValueError")
def s4_assert_even(X, depth, width):
    assert depth % 2 == 0, f"depth must be even, received {depth}"
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(layers.Add()([X, shortcut]))
    return X


@wrong("residual_stack", "For an odd depth the ValueError is returned instead of raised")
def s4_returns_the_error(X, depth, width):
    if depth % 2:
        return ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Add()([X, shortcut])
        X = layers.ReLU()(X)
    return X


@wrong("residual_stack", "The test of the depth is upside down: it raises the ValueError for every even depth and accepts odd ones")
def s4_refuses_even(X, depth, width):
    if not depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Add()([X, shortcut])
        X = layers.ReLU()(X)
    return X


@wrong("residual_stack", "The loop starts at 2, range(2, depth, 2): there is one block too few (none at all for depth 2)")
def s4_range_from_two(X, depth, width):
    if depth % 2 == 1:
        raise ValueError("depth has to be even but is " + str(depth))
    for _ in range(2, depth, 2):
        shortcut = X
        X = Conv2D(width, 3, padding='same', activation='relu')(X)
        X = Conv2D(width, 3, padding='same')(X)
        X = Activation('relu')(Add()([shortcut, X]))
    return X


@wrong("residual_stack", "The block's input is subtracted from the output of the convolutions (F(x) - x) instead of added")
def s4_subtracts_the_input(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Subtract()([X, shortcut])
        X = layers.ReLU()(X)
    return X


@wrong("residual_stack", "The block's input is concatenated as in a DenseNet, not added: the number of channels grows by `width` with every block")
def s4_densenet_concatenation(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Concatenate(axis=-1)([X, shortcut])
        X = layers.ReLU()(X)
    return X


@wrong("residual_stack", "In each block the same convolution layer is called twice: both convolutions of a block share their weights, and the stack has half the parameters")
def s4_same_conv_twice_in_a_block(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    convs = [Conv2D(width, (3, 3), padding='same') for _ in range(depth)]
    for i in range(depth // 2):
        X_shortcut = X
        X = Activation('relu')(convs[i](X))
        X = convs[i](X)
        X = Activation('relu')(Add()([X, X_shortcut]))
    return X


@wrong("residual_stack", "The output of the convolutions is multiplied by 0.1 before the addition, as in Inception-ResNet; it should be added as it is")
def s4_inception_resnet_scaling(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same", activation="relu")(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(shortcut + 0.1 * X)
    return X


@wrong("residual_stack", "Add is given the tensors in its constructor, layers.Add([X, shortcut]), which raises an error: the layer must be made first and then called on the list")
def s4_tensors_into_the_constructor(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        shortcut = X
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.Add([X, shortcut])
        X = layers.ReLU()(X)
    return X


@wrong("residual_stack", "The second convolution of each block lacks padding=\"same\", so its output is two pixels smaller than the shortcut and the addition raises an error")
def s4_second_conv_without_padding(X, depth, width):
    if depth % 2:
        raise ValueError(f"Expected an even depth. Received: {depth}")
    for _ in range(depth // 2):
        X_shortcut = X
        X = Conv2D(width, 3, padding='same')(X)
        X = Activation('relu')(X)
        X = Conv2D(width, 3)(X)
        X = Add()([X, X_shortcut])
        X = Activation('relu')(X)
    return X


class S4Block(tf.keras.layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.first = tf.keras.layers.Conv2D(width, 3, padding='same', activation='relu')
        self.second = tf.keras.layers.Conv2D(width, 3, padding='same')

    def call(self, x):
        return tf.nn.relu(tf.add(x, self.second(self.first(x))))


@right("residual_stack")
def s4_own_block_layer(X, depth, width):
    blocks, rest = divmod(depth, 2)
    if rest:
        raise ValueError(f"depth: expected an even number, received {depth}")
    for _ in range(blocks):
        X = S4Block(width)(X)
    return X


@right("residual_stack")
def s4_all_turns_with_parity(X, depth, width):
    if depth & 1:
        raise ValueError(f"Expected an even depth, received {depth}")
    for i in range(depth):
        if i % 2 == 0:
            X_shortcut = X
        X = Conv2D(width, (3, 3), padding='same')(X)
        if i % 2 == 1:
            X = tf.keras.layers.add([X_shortcut, X])
        X = Activation('relu')(X)
    return X


@right("residual_stack")
def s4_projection_only_if_it_must(X, depth, width):
    for i in range(1, depth, 2):
        shortcut = X
        if shortcut.shape[-1] != width:  # never happens
            shortcut = layers.Conv2D(width, 1)(shortcut)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X)
        X = layers.Conv2D(width, 3, padding="same")(X)
        X = layers.ReLU()(X + shortcut)
    if depth % 2 == 1:
        raise ValueError(f"Expected: an even depth. Received: depth={depth}")
    return X


# ---------------------------------------------------------------- gradient_norms


class S4Recorder(keras.optimizers.Optimizer):
    def __init__(self):
        super().__init__(learning_rate=1.0)

    def update_step(self, gradient, variable, learning_rate):
        self.assign(variable, gradient)


@wrong("gradient_norms", "The norm is taken over kernel and bias of each convolution together; biases must not count")
def s4_global_norm_with_bias(model, images, labels):
    norms = {}
    with tf.GradientTape(persistent=True) as tape:
        p = model(tf.cast(images, tf.float32))
        loss = tf.reduce_mean(tf.keras.losses.sparse_categorical_crossentropy(labels, p))
    for layer in model.layers:
        if isinstance(layer, Conv2D):
            variables = [v.value for v in layer.trainable_weights]
            norms[layer.name] = float(tf.linalg.global_norm(tape.gradient(loss, variables)))
    return norms


@wrong("gradient_norms", "The root of the mean of the squares is returned instead of the root of their sum, so each norm is too small by the root of the kernel's size")
def s4_root_mean_square(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=S4Recorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    norms = {}
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            g = ops.convert_to_numpy(layer.kernel)
            norms[layer.name] = float(np.sqrt(np.mean(g**2)))
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "The softmax output is given to a loss that expects logits, so that softmax is applied twice and the gradients are those of another loss")
def s4_softmax_taken_for_logits(model, images, labels):
    kernels = {l.name: l.kernel for l in model.layers if isinstance(l, Conv2D)}
    with tf.GradientTape() as tape:
        logits = model(tf.cast(images, tf.float32))
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.cast(labels, tf.int32), logits=logits))
    grads = tape.gradient(loss, [k.value for k in kernels.values()])
    return {name: float(tf.norm(g)) for name, g in zip(kernels, grads)}


@wrong("gradient_norms", "The loss is summed over the batch instead of averaged, so every norm is too large by the number of images")
def s4_loss_summed_over_batch(model, images, labels):
    convs = [l for l in model.layers if isinstance(l, Conv2D)]
    with tf.GradientTape() as tape:
        p = model(tf.cast(images, tf.float32))
        loss = tf.reduce_sum(tf.keras.losses.sparse_categorical_crossentropy(labels, p))
    grads = tape.gradient(loss, [l.kernel.value for l in convs])
    return {l.name: float(tf.sqrt(tf.reduce_sum(tf.square(g)))) for l, g in zip(convs, grads)}


@wrong("gradient_norms", "The gradient is taken from the change of the weights in one step of SGD with rate 0.01, but the change is not divided by the rate: every norm is 100 times too small")
def s4_sgd_difference_not_divided(model, images, labels):
    weights = model.get_weights()
    convs = [l for l in model.layers if isinstance(l, layers.Conv2D)]
    before = [ops.convert_to_numpy(l.kernel) for l in convs]
    second = keras.Model(model.input, model.output)
    second.compile(keras.optimizers.SGD(0.01), "sparse_categorical_crossentropy", run_eagerly=True)
    second.train_on_batch(images, labels)
    norms = {l.name: float(np.linalg.norm(b - ops.convert_to_numpy(l.kernel))) for l, b in zip(convs, before)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "The gradient is taken from the change of the weights in a step of Adam with rate 1, whose first step has size 1 in almost every weight whatever the gradient is")
def s4_adam_difference(model, images, labels):
    weights = model.get_weights()
    convs = [l for l in model.layers if isinstance(l, layers.Conv2D)]
    before = [ops.convert_to_numpy(l.kernel) for l in convs]
    second = keras.Model(model.input, model.output)
    second.compile(keras.optimizers.Adam(1.0), "sparse_categorical_crossentropy", run_eagerly=True)
    second.train_on_batch(images, labels)
    norms = {l.name: float(np.linalg.norm(b - ops.convert_to_numpy(l.kernel))) for l, b in zip(convs, before)}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "The gradient is flattened to a matrix and np.linalg.norm(..., 2) gives its largest singular value (spectral norm), not the root of the sum of the squares")
def s4_spectral_norm(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=S4Recorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    norms = {}
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            g = ops.convert_to_numpy(layer.kernel)
            norms[layer.name] = float(np.linalg.norm(g.reshape(-1, g.shape[-1]), 2))
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "Every layer that has a kernel is measured, so the Dense layer is in the result besides the convolutions")
def s4_everything_with_a_kernel(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=S4Recorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    norms = {l.name: float(np.linalg.norm(ops.convert_to_numpy(l.kernel))) for l in model.layers if hasattr(l, "kernel")}
    model.set_weights(weights)
    return norms


@wrong("gradient_norms", "The copy of the model has new random weights (clone_model copies the layers only): the norms are those of another network")
def s4_clone_without_weights(model, images, labels):
    copy = keras.models.clone_model(model)
    copy.compile(optimizer=S4Recorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    copy.train_on_batch(images, labels)
    return {l.name: float(np.linalg.norm(ops.convert_to_numpy(l.kernel))) for l in copy.layers if isinstance(l, layers.Conv2D)}


@wrong("gradient_norms", "The gradients of all trainable weights (kernel, bias, kernel, bias, ...) are matched one by one with the convolutions alone: only the first gets the gradient of its kernel, every other one that of an earlier layer's bias or kernel")
def s4_zips_convolutions_with_all_weights(model, images, labels):
    with tf.GradientTape() as tape:
        p = model(tf.cast(images, tf.float32))
        loss = tf.reduce_mean(tf.keras.losses.sparse_categorical_crossentropy(labels, p))
    grads = tape.gradient(loss, [v.value for v in model.trainable_weights])
    convs = [layer for layer in model.layers if isinstance(layer, Conv2D)]
    return {layer.name: float(tf.norm(g)) for layer, g in zip(convs, grads)}


@wrong("gradient_norms", "The loss is categorical_crossentropy, which expects one-hot labels: with integer labels Keras raises an error about the shapes")
def s4_categorical_with_integers(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimizer=S4Recorder(), loss="categorical_crossentropy", run_eagerly=True)
    recorder.train_on_batch(images, labels)
    norms = {l.name: float(np.linalg.norm(ops.convert_to_numpy(l.kernel))) for l in model.layers if isinstance(l, layers.Conv2D)}
    model.set_weights(weights)
    return norms


@right("gradient_norms")
def s4_clone_with_weights(model, images, labels):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    copy.compile(optimizer=S4Recorder(), loss="sparse_categorical_crossentropy", run_eagerly=True)
    copy.train_on_batch(images, labels)
    return {l.name: float(np.linalg.norm(ops.convert_to_numpy(l.kernel))) for l in copy.layers if isinstance(l, layers.Conv2D)}


@right("gradient_norms")
def s4_tape_with_log_by_hand(model, images, labels):
    convs = [l for l in model.layers if isinstance(l, tf.keras.layers.Conv2D)]
    with tf.GradientTape() as tape:
        p = model(tf.convert_to_tensor(images, dtype=tf.float32))
        of_truth = tf.gather(p, tf.cast(labels, tf.int32), batch_dims=1)
        loss = -tf.reduce_mean(tf.math.log(of_truth))
    grads = tape.gradient(loss, [l.kernel.value for l in convs])
    return {l.name: float(tf.norm(tf.reshape(g, [-1]))) for l, g in zip(convs, grads)}
