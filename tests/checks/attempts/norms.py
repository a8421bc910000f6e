"""Attempts at `gradient_norms`: other norms, of other things."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from resnet_course.plain import GradientRecorder
from tests.checks.attempts.attempt import Attempt, collector

ATTEMPTS: list[Attempt] = []
_, wrong = collector(ATTEMPTS)

NAME = "gradient_norms"
CROSS_ENTROPY = "sparse_categorical_crossentropy"


def convolutions(model):
    return [each for each in model.layers if isinstance(each, layers.Conv2D)]


def gradients(model, images, labels, loss=CROSS_ENTROPY, steps=1, optimiser=None):
    """Return what one step or more leave in the kernels, and put the weights back."""
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(optimiser or GradientRecorder(), loss, run_eagerly=True)
    for _ in range(steps):
        recorder.train_on_batch(images, labels)
    found = {each.name: np.array(each.kernel) for each in convolutions(model)}
    model.set_weights(weights)
    return found


def measured(found, measure):
    return {name: float(measure(gradient)) for name, gradient in found.items()}


def norms(model, images, labels, **settings):
    return measured(gradients(model, images, labels, **settings), np.linalg.norm)


def enter_a_joined_norm(axes, join, pattern):
    def joined(model, images, labels):
        return measured(
            gradients(model, images, labels),
            lambda gradient: join(np.sqrt(np.sum(gradient**2, axis=axes))),
        )

    places = "_".join(map(str, np.ravel(axes)))
    joined.__name__ = f"the_{join.__name__}_of_norms_along_{places}".replace("-", "minus_")
    wrong(NAME, pattern)(joined)


enter_a_joined_norm(0, np.mean, "the mean of the norms along axis 0,")
enter_a_joined_norm(1, np.mean, "the mean of the norms along axis 1,")
enter_a_joined_norm(2, np.mean, "the mean of the norms along axis 2,")
enter_a_joined_norm(-1, np.mean, "the mean of the norms along axis 3,")
enter_a_joined_norm((1, 2), np.mean, "the mean of the norms along axes 1 and 2,")
enter_a_joined_norm((2, 3), np.mean, "the mean of the norms along axes 2 and 3,")
enter_a_joined_norm((1, 2, 3), np.mean, "the mean of the norms along axes 1, 2 and 3,")
enter_a_joined_norm((0, 1), np.mean, "the mean of the norms by pairs of channels,")
enter_a_joined_norm((0, 1, 2), np.mean, "the mean of the norms of the filters,")
enter_a_joined_norm(0, np.sum, "the sum of the norms along axis 0,")
enter_a_joined_norm(-1, np.max, "the largest of the norms along axis 3,")
enter_a_joined_norm(0, np.median, "the median of the norms along axis 0,")


@wrong(NAME, "an array for each layer, not a single number: the norms along axis 3")
def norms_along_the_last_axis(model, images, labels):
    found = gradients(model, images, labels)
    return {name: np.linalg.norm(gradient, axis=-1) for name, gradient in found.items()}


@wrong(NAME, "not a single number: a norm for each filter")
def norms_of_the_filters(model, images, labels):
    found = gradients(model, images, labels)
    return {name: np.sqrt((gradient**2).sum((0, 1, 2))) for name, gradient in found.items()}


@wrong(NAME, "^two steps are taken")
def two_steps(model, images, labels):
    return norms(model, images, labels, steps=2)


@wrong(NAME, "several batches")
def small_batches(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(GradientRecorder(), CROSS_ENTROPY, run_eagerly=True)
    recorder.fit(images, labels, epochs=1, shuffle=False, verbose=0)
    found = {each.name: float(np.linalg.norm(each.kernel)) for each in convolutions(model)}
    model.set_weights(weights)
    return found


@wrong(NAME, "^only the first 32 images")
def thirty_two_images(model, images, labels):
    return norms(model, images[:32], labels[:32])


def one_hot(model, labels):
    return keras.utils.to_categorical(labels, model.output_shape[-1])


@wrong(NAME, "binary cross-entropy")
def the_loss_for_two_classes(model, images, labels):
    return norms(model, images, one_hot(model, labels), loss="binary_crossentropy")


@wrong(NAME, "absolute error")
def the_absolute_error(model, images, labels):
    return norms(model, images, one_hot(model, labels), loss="mean_absolute_error")


@wrong(NAME, "model's own predictions")
def answers_for_labels(model, images, labels):
    return norms(model, images, model.predict(images, verbose=0).argmax(1))


@wrong(NAME, "divided by the largest of them")
def relative_to_the_largest(model, images, labels):
    found = norms(model, images, labels)
    return {name: norm / max(found.values()) for name, norm in found.items()}


@wrong(NAME, "divided by their sum")
def shares_of_the_sum(model, images, labels):
    found = norms(model, images, labels)
    return {name: norm / sum(found.values()) for name, norm in found.items()}


@wrong(NAME, "rounded to 2 decimal places")
def two_decimal_places(model, images, labels):
    return {name: round(norm, 2) for name, norm in norms(model, images, labels).items()}


@wrong(NAME, "a number where a dictionary is expected")
def the_sum_of_all(model, images, labels):
    return sum(norms(model, images, labels).values())


@wrong(NAME, "gradients are those of the outputs of the layers")
def gradients_of_the_outputs(model, images, labels):
    outputs = [each.output for each in convolutions(model)]
    whole = keras.Model(model.input, [*outputs, model.output])
    with tf.GradientTape() as tape:
        images = tf.constant(images)
        tape.watch(images)
        *maps, probabilities = whole(images)
        losses = keras.losses.sparse_categorical_crossentropy(labels, probabilities)
        loss = tf.reduce_mean(losses)
    found = tape.gradient(loss, maps)
    return {
        each.name: float(tf.norm(gradient))
        for each, gradient in zip(convolutions(model), found, strict=True)
    }


@wrong(NAME, "norms of kernel and bias are added")
def kernel_and_bias_added(model, images, labels):
    weights = model.get_weights()
    recorder = keras.Model(model.input, model.output)
    recorder.compile(GradientRecorder(), CROSS_ENTROPY, run_eagerly=True)
    recorder.train_on_batch(images, labels)
    found = {
        each.name: float(sum(np.linalg.norm(weight) for weight in each.get_weights()))
        for each in convolutions(model)
    }
    model.set_weights(weights)
    return found


@wrong(NAME, "in every entry: the result is 0.1 times")
def a_step_of_a_tenth(model, images, labels):
    before = {each.name: np.array(each.kernel) for each in convolutions(model)}
    after = gradients(model, images, labels, optimiser=keras.optimizers.SGD(0.1))
    return {name: float(np.linalg.norm(after[name] - before[name])) for name in before}


@wrong(NAME, "the difference that the gradient makes to the norm of the kernel")
def a_difference_of_norms(model, images, labels):
    before = {each.name: np.array(each.kernel) for each in convolutions(model)}
    after = gradients(model, images, labels, optimiser=keras.optimizers.SGD(1.0))
    return {
        name: float(abs(np.linalg.norm(after[name]) - np.linalg.norm(before[name])))
        for name in before
    }


@wrong(NAME, "every entry is wrong: they are too small")
def something_of_its_own(model, images, labels):
    found = gradients(model, images, labels)
    return measured(found, lambda gradient: np.linalg.norm(np.tanh(10 * gradient)) / 1e3)


def cross_entropy(labels, probabilities):
    return tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, probabilities))


def kernels(model):
    return [each.kernel for each in convolutions(model)]


def by_name(model, found):
    names = [each.name for each in convolutions(model)]
    return {name: float(tf.norm(gradient)) for name, gradient in zip(names, found, strict=True)}


UNRECORDED = "^the gradients are None: the tape has not recorded how the loss depends on the kern"


@wrong(NAME, UNRECORDED)
def predicted_before_the_tape(model, images, labels):
    probabilities = model(images)
    with tf.GradientTape() as tape:
        loss = cross_entropy(labels, probabilities)
    found = tape.gradient(loss, kernels(model))
    return {each.name: float(tf.norm(g)) for each, g in zip(convolutions(model), found)}  # noqa: B905


@wrong(NAME, UNRECORDED)
def predicted_in_numpy(model, images, labels):
    with tf.GradientTape() as tape:
        loss = cross_entropy(labels, model.predict(images, verbose=0))
    norms = {}
    for layer, gradient in zip(convolutions(model), tape.gradient(loss, kernels(model))):  # noqa: B905
        norms[layer.name] = float(np.sqrt(np.sum(gradient**2)))
    return norms


@wrong(NAME, UNRECORDED)
def a_loss_after_the_tape(model, images, labels):
    with tf.GradientTape() as tape:
        probabilities = model(images)
    gradient = tape.gradient(cross_entropy(labels, probabilities), convolutions(model)[0].kernel)
    return {convolutions(model)[0].name: np.linalg.norm(gradient.numpy())}


@wrong(NAME, "^a tape is asked for gradients twice$")
def one_tape_for_each_kernel(model, images, labels):
    with tf.GradientTape() as tape:
        loss = cross_entropy(labels, model(images))
    return by_name(model, [tape.gradient(loss, each) for each in kernels(model)])


@wrong(NAME, "^`tf.gradients` works only in TensorFlow 1$")
def gradients_of_tensorflow_one(model, images, labels):
    return by_name(model, tf.gradients(cross_entropy(labels, model(images)), kernels(model)))


@wrong(NAME, "^the gradient is taken with respect to layers, not to their kernels$")
def with_respect_to_layers(model, images, labels):
    with tf.GradientTape() as tape:
        loss = cross_entropy(labels, model(images))
    return by_name(model, tape.gradient(loss, convolutions(model)))


@wrong(NAME, "^the gradient is taken of an array, or with respect to arrays$")
def with_respect_to_copies(model, images, labels):
    with tf.GradientTape() as tape:
        loss = cross_entropy(labels, model(images))
    return by_name(model, tape.gradient(loss, [np.array(each) for each in kernels(model)]))


@wrong(NAME, "^the gradient is taken with respect to the symbolic outputs of layers$")
def with_respect_to_symbols(model, images, labels):
    with tf.GradientTape() as tape:
        loss = cross_entropy(labels, model(images))
    return by_name(model, tape.gradient(loss, [each.output for each in convolutions(model)]))


@wrong(NAME, "^the loss is a plain number")
def a_loss_of_python(model, images, labels):
    with tf.GradientTape() as tape:
        loss = float(cross_entropy(labels, model(images)))
    return by_name(model, tape.gradient(loss, kernels(model)))


@wrong(NAME, "^`np.linalg.norm` is told to take the norm of a matrix, and a kernel has four axes$")
def a_frobenius_norm(model, images, labels):
    return measured(gradients(model, images, labels), lambda each: np.linalg.norm(each, "fro"))


@wrong(NAME, "^the result is an empty dictionary$")
def gradients_that_are_none_left_out(model, images, labels):
    probabilities = model(images)
    with tf.GradientTape() as tape:
        loss = cross_entropy(labels, probabilities)
    found = tape.gradient(loss, kernels(model))
    return {f"{at}": float(tf.norm(each)) for at, each in enumerate(found) if each is not None}


@wrong(NAME, "^the model has no loss: it is not compiled$")
def the_loss_of_a_model_without_one(model, images, labels):
    with tf.GradientTape() as tape:
        loss = model.compute_loss(images, labels, model(images))
    return by_name(model, tape.gradient(loss, kernels(model)))


@wrong(NAME, "^`weights` is None where a value is needed$")
def what_set_weights_returns(model, images, labels):
    weights = model.set_weights(model.get_weights())
    return {each.name: float(np.linalg.norm(weights[0])) for each in convolutions(model)}
