"""Attempts at `digits_to_images`: pixels that come out of another preparation."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from keras.applications import mobilenet_v2
from keras.applications.resnet import preprocess_input
from PIL import Image

from tests.checks.attempts.attempt import Attempt, collector

ATTEMPTS: list[Attempt] = []
_, wrong = collector(ATTEMPTS)

NAME = "digits_to_images"
MEANS = np.array([103.939, 116.779, 123.68], dtype="float32")
TORCH = np.array([0.485, 0.456, 0.406], dtype="float32")


def grey(digits):
    return digits.reshape(digits.shape[:3]).astype("float32")


def rgb(digits):
    return np.repeat(grey(digits)[..., np.newaxis], 3, axis=-1)


def resized(images, size, **settings):
    return ops.convert_to_numpy(ops.image.resize(images, (size, size), **settings))


@wrong(NAME, "resized images are truncated to whole numbers.*means are not subtracted")
def bytes_without_means(digits, size=224):
    return resized(rgb(digits), size).astype("uint8")


@wrong(NAME, "^the resized images are truncated to whole numbers$")
def bytes_on_the_way(digits, size=224):
    return resized(rgb(digits), size).astype("uint8").astype("float32") - MEANS


@wrong(NAME, "^the resized images are rounded to whole numbers$")
def rounded_on_the_way(digits, size=224):
    return np.rint(resized(rgb(digits), size)) - MEANS


def by_pillow(digits, size, *method):
    images = [Image.fromarray(each).resize((size, size), *method) for each in digits]
    return np.stack([np.array(each) for each in images]).astype("float32")


@wrong(NAME, "bicubic.*antialiasing.*Pillow")
def pillow_with_its_defaults(digits, size=224):
    digits = digits.reshape(digits.shape[:3])
    return np.repeat(by_pillow(digits, size)[..., np.newaxis], 3, axis=-1) - MEANS


@wrong(NAME, "two things.*Pillow.*means are not subtracted")
def pillow_and_no_means(digits, size=224):
    digits = digits.reshape(digits.shape[:3])
    return np.repeat(by_pillow(digits, size)[..., np.newaxis], 3, axis=-1)


@wrong(NAME, "resized with antialiasing, and rounded.*Pillow")
def pillow_bilinear(digits, size=224):
    pixels = by_pillow(digits.reshape(digits.shape[:3]), size, Image.Resampling.BILINEAR)
    return np.repeat(pixels[..., np.newaxis], 3, axis=-1) - MEANS


@wrong(NAME, "Lanczos kernel and antialiasing.*Pillow")
def pillow_lanczos(digits, size=224):
    pixels = by_pillow(digits.reshape(digits.shape[:3]), size, Image.Resampling.LANCZOS)
    return np.repeat(pixels[..., np.newaxis], 3, axis=-1) - MEANS


@wrong(NAME, "^the columns of the digits are taken for channels$")
def all_digits_as_one_image(digits, size=224):
    return resized(grey(digits), size)


@wrong(NAME, "^the columns of the digits are taken for channels$")
def stacked_along_axis_one(digits, size=224):
    return resized(np.stack([grey(digits)] * 3, axis=1), size)


@wrong(NAME, "^the columns of the digits are taken for channels$")
def stacked_along_axis_one_minus_means(digits, size=224):
    return resized(np.stack([grey(digits)] * 3, axis=1), size) - MEANS


@wrong(NAME, "columns are taken for channels.*one below the other.*reshape")
def stacked_and_reshaped(digits, size=224):
    x = grey(digits)
    return resized(np.stack([x, x, x], axis=1).reshape(*x.shape, 3), size) - MEANS


@wrong(NAME, "columns are taken for channels.*side by side.*reshape")
def tiled_and_reshaped(digits, size=224):
    x = grey(digits)
    return resized(np.tile(x, (1, 1, 3)).reshape(*x.shape, 3), size) - MEANS


@wrong(NAME, "columns are taken for channels.*all images.*reshape")
def repeated_as_a_whole_and_reshaped(digits, size=224):
    x = grey(digits)
    return resized(np.concatenate([x, x, x]).reshape(*x.shape, 3), size) - MEANS


@wrong(NAME, "rows of the digits are broken")
def reshaped_on_its_side(digits, size=224):
    x = digits.reshape(len(digits), digits.shape[2], digits.shape[1])
    return resized(rgb(x), size) - MEANS


@wrong(NAME, "^rows and columns of the images are swapped$")
def transposed(digits, size=224):
    return resized(rgb(np.swapaxes(digits, 1, 2)), size) - MEANS


@wrong(NAME, "axes of the result are in another order")
def channels_first(digits, size=224):
    return (resized(rgb(digits), size) - MEANS).transpose(0, 3, 1, 2)


@wrong(NAME, "half precision")
def sixteen_bits(digits, size=224):
    return (resized(rgb(digits), size) - MEANS).astype("float16")


@wrong(NAME, "two things.*bicubic.*clipped")
def bicubic_and_clipped(digits, size=224):
    return np.clip(resized(rgb(digits), size, interpolation="bicubic"), 0, 255) - MEANS


@wrong(NAME, "bicubic interpolation and antialiasing$")
def bicubic_and_antialiased(digits, size=224):
    return resized(rgb(digits), size, interpolation="bicubic", antialias=True) - MEANS


@wrong(NAME, "Lanczos kernel of 3")
def lanczos_three(digits, size=224):
    return resized(rgb(digits), size, interpolation="lanczos3") - MEANS


@wrong(NAME, "Lanczos kernel of 5")
def lanczos_five(digits, size=224):
    return resized(rgb(digits), size, interpolation="lanczos5") - MEANS


@wrong(NAME, "by area")
def by_area(digits, size=224):
    return tf.image.resize(rgb(digits), (size, size), method="area").numpy() - MEANS


@wrong(NAME, "cropped to squares")
def cropped_to_the_aspect_ratio(digits, size=224):
    return resized(rgb(digits), size, crop_to_aspect_ratio=True) - MEANS


@wrong(NAME, "padded to squares")
def padded_to_the_aspect_ratio(digits, size=224):
    return resized(rgb(digits), size, pad_to_aspect_ratio=True) - MEANS


@wrong(NAME, "^each image is stretched to 0 … 1")
def stretched_one_by_one(digits, size=224):
    x = resized(rgb(digits), size)
    low, high = x.min((1, 2, 3), keepdims=True), x.max((1, 2, 3), keepdims=True)
    return (x - low) / (high - low)


@wrong(NAME, "^the images are stretched to 0 … 1")
def stretched_together(digits, size=224):
    x = resized(rgb(digits), size)
    return (x - x.min()) / (x.max() - x.min())


@wrong(NAME, "^the images are standardised")
def standardised_together(digits, size=224):
    x = resized(rgb(digits), size)
    return (x - x.mean()) / x.std()


@wrong(NAME, "PyTorch's weights, times 255, and red comes first")
def means_of_torch_in_their_order(digits, size=224):
    return resized(rgb(digits), size) - 255 * TORCH


@wrong(NAME, "PyTorch's weights, times 255$")
def means_of_torch_as_bgr(digits, size=224):
    return resized(rgb(digits), size) - 255 * TORCH[::-1]


@wrong(NAME, "PyTorch's deviations, and red comes first")
def divided_by_deviations(digits, size=224):
    return (resized(rgb(digits), size) - MEANS) / np.array([58.395, 57.12, 57.375], "float32")


@wrong(NAME, "scaled to −1 … 1")
def the_preparation_of_mobilenet(digits, size=224):
    return mobilenet_v2.preprocess_input(resized(rgb(digits), size))


@wrong(NAME, "divided by 255 before the means are subtracted")
def divided_and_prepared_by_keras(digits, size=224):
    return preprocess_input(resized(rgb(digits) / np.float32(255), size))


@wrong(NAME, "^the result is 0$")
def nothing_but_zeros(digits, size=224):
    return np.zeros((len(digits), size, size, 3), "float32")


@wrong(NAME, "^the result is truncated to whole numbers$")
def whole_numbers_at_the_end(digits, size=224):
    return (resized(rgb(digits), size) - MEANS).astype("int32")


@wrong(NAME, "means are 104, 117 and 123")
def rounded_means(digits, size=224):
    return resized(rgb(digits), size) - np.array([104, 117, 123], "float32")


@wrong(NAME, "from blue only")
def the_first_mean_only(digits, size=224):
    x = resized(rgb(digits), size).copy()
    x[..., 0] -= 103.939
    return x


@wrong(NAME, "from blue and green only")
def a_loop_that_ends_early(digits, size=224):
    x = resized(rgb(digits), size).copy()
    for channel in range(2):
        x[..., channel] -= MEANS[channel]
    return x


@wrong(NAME, "two things.*inverted.*means are not subtracted")
def inverted_and_no_means(digits, size=224):
    return 255 - resized(rgb(digits), size)


@wrong(NAME, "subtracted from the means")
def the_wrong_way_round(digits, size=224):
    return MEANS - resized(rgb(digits), size)


@wrong(NAME, "holds 1 image instead of 2")
def the_first_image_only(digits, size=224):
    return (resized(rgb(digits), size) - MEANS)[:1]


@wrong(NAME, "one channel, not three")
def one_channel_with_one_mean(digits, size=224):
    return resized(rgb(digits)[..., :1], size) - MEANS.mean()


@wrong(NAME, "no axis for the channels")
def no_channels(digits, size=224):
    return resized(rgb(digits), size)[..., 0] - MEANS.mean()


@wrong(NAME, "means are right.*resized in another way")
def smoothed_first(digits, size=224):
    x = rgb(digits)
    x = (x + np.roll(x, 1, axis=1) + np.roll(x, 1, axis=2)) / 3
    return resized(x, size) - MEANS


@wrong(NAME, "means are not subtracted: .*between 0 and 255")
def smoothed_and_no_means(digits, size=224):
    x = rgb(digits)
    return resized((x + np.roll(x, 1, axis=1) + np.roll(x, 1, axis=2)) / 3, size)


@wrong(NAME, r"shapes \(2,13,13,3\) and \(3,1,1\) cannot be combined")
def means_along_the_rows(digits, size=224):
    return resized(rgb(digits), size) - MEANS[:, np.newaxis, np.newaxis]


@wrong(NAME, "type float32 cannot be stored in an array of type uint8")
def subtracted_in_place_from_bytes(digits, size=224):
    x = resized(np.repeat(digits.reshape(*digits.shape[:3], 1), 3, axis=-1), size).copy()
    x -= MEANS
    return x


@wrong(NAME, "NumPy array has no attribute `numpy`")
def numpy_called_twice(digits, size=224):
    return resized(rgb(digits), size).numpy() - MEANS


@wrong(NAME, "TensorFlow tensor has no attribute `astype`")
def a_tensor_taken_for_an_array(digits, size=224):
    return tf.image.resize(rgb(digits), (size, size)).astype("float32") - MEANS


@wrong(NAME, "^the size to resize to is not a pair")
def a_number_for_the_size(digits, size=224):
    return ops.convert_to_numpy(ops.image.resize(rgb(digits), size)) - MEANS


@wrong(NAME, "axis 4 in an array of the rank 3")
def joined_along_an_axis_that_is_not_there(digits, size=224):
    return resized(np.concatenate([digits] * 3, axis=4), size) - MEANS


@wrong(NAME, "no module called cv2")
def another_library(digits, size=224):
    import cv2

    return np.stack([cv2.resize(each, (size, size)) for each in rgb(digits)]) - MEANS


@wrong(NAME, "`\\w+` is None where a value is needed")
def a_step_left_empty(digits, size=224):
    x = resized(rgb(digits), size)
    means = None
    return x - means


@wrong(NAME, "still there")
def the_line_of_the_stub_left_at_the_end(digits, size=224):
    """Prepare digits."""
    images = resized(rgb(digits), size) - MEANS
    images.mean()
    raise NotImplementedError()


@wrong(NAME, "^the exercise is not started$")
def nothing_but_the_stub(digits, size=224):
    """Prepare digits."""
    # YOUR CODE HERE
    raise NotImplementedError()


def a_step_of_its_own(digits):
    raise NotImplementedError()


@wrong(NAME, "`a_step_of_its_own`, which your function calls, is not started")
def a_helper_that_is_a_stub(digits, size=224):
    return resized(a_step_of_its_own(digits), size) - MEANS


class Doubled(keras.layers.Layer):
    """A layer without a `call`."""


@wrong(NAME, "your function calls is not implemented: Layer Doubled does not have a `call`")
def an_error_of_keras_of_the_same_class(digits, size=224):
    return Doubled()(rgb(digits))


@wrong(NAME, "^the digits are repeated along their width: they have no channel axis yet$")
def repeated_along_the_width(digits, size=224):
    return resized(np.repeat(digits.astype("float32"), 3, axis=-1), size) - MEANS


@wrong(NAME, "^the digits are repeated along their width: they have no channel axis yet$")
def repeated_along_the_width_in_tensorflow(digits, size=224):
    x = tf.concat([tf.cast(digits, "float32")] * 3, axis=-1)
    return tf.image.resize(x, (size, size)) - MEANS


@wrong(NAME, "^the digits are repeated along their width: they have no channel axis yet$")
def repeated_along_the_width_without_means(digits, size=224):
    return resized(np.tile(digits.astype("float32"), 3), size)


@wrong(NAME, "^digits without a channel axis are not given one$")
def joined_along_the_fourth_axis(digits, size=224):
    return resized(np.concatenate([digits] * 3, axis=3).astype("float32"), size) - MEANS


@wrong(NAME, "^digits without a channel axis are not given one$")
def tiled_along_the_fourth_axis(digits, size=224):
    return resized(tf.tile(tf.cast(digits, "float32"), [1, 1, 1, 3]), size) - MEANS


@wrong(NAME, "^digits without a channel axis are not given one$")
def turned_into_colour_by_tensorflow(digits, size=224):
    return resized(tf.image.grayscale_to_rgb(tf.cast(digits, "float32")), size) - MEANS


@wrong(NAME, "^digits that have a channel axis already are given another one$")
def stacked_into_five_axes(digits, size=224):
    x = np.stack([digits, digits, digits], axis=-1).astype("float32")
    return tf.image.resize(x, (size, size)).numpy() - MEANS


@wrong(NAME, "^digits that have a channel axis already are given another one$")
def an_axis_added_to_any_digits(digits, size=224):
    return resized(np.repeat(digits[..., np.newaxis].astype("float32"), 3, axis=-1), size) - MEANS


@wrong(NAME, "^each digit is resized without a channel axis$")
def resized_one_by_one(digits, size=224):
    return np.stack([tf.image.resize(each, (size, size)) for each in digits])


@wrong(NAME, "^the size to resize to is not a pair of height and width$")
def a_number_for_the_size_in_tensorflow(digits, size=224):
    return tf.image.resize(rgb(digits), size).numpy() - MEANS


@wrong(NAME, "^the digits are taken to be of 28×28 pixels, and these are of 9×11$")
def the_size_of_mnist_written_out(digits, size=224):
    return resized(np.repeat(digits.reshape(-1, 28, 28, 1), 3, axis=-1), size) - MEANS


@wrong(NAME, "^the digits are reshaped to the new size, not resized$")
def reshaped_to_the_new_size(digits, size=224):
    return np.repeat(digits.reshape(len(digits), size, size, 1), 3, axis=-1) - MEANS


@wrong(NAME, "^the new shape is filled with the same numbers over and over")
def resized_by_numpy(digits, size=224):
    return np.resize(digits, (len(digits), size, size, 3)) - MEANS


@wrong(NAME, "^the channels are reversed before there are three of them$")
def reversed_too_early(digits, size=224):
    return resized(rgb(digits)[..., :1], size)[..., [2, 1, 0]] - MEANS


@wrong(NAME, "^blue and red have each other's mean$")
def reversed_after_the_subtraction(digits, size=224):
    return (resized(rgb(digits), size) - MEANS)[..., ::-1]


@wrong(NAME, "^blue and red have each other's mean$")
def means_in_the_order_of_red_green_and_blue(digits, size=224):
    return resized(rgb(digits), size) - MEANS[::-1]


@wrong(NAME, "^the default of size is 64, not 224$")
def another_default(digits, size=64):
    return resized(rgb(digits), size) - MEANS


@wrong(NAME, "^only for a single image: the result is a single image, without an axis for the")
def an_axis_of_one_image_squeezed(digits, size=224):
    x = np.stack([np.squeeze(digits).astype("float32")] * 3, axis=-1)
    return resized(x, size) - MEANS


@wrong(NAME, "^the result is a single image, without an axis for the images$")
def one_image_of_a_batch(digits, size=224):
    return resized(rgb(digits)[0], size) - MEANS


@wrong(NAME, "^the function changes its argument digits$")
def reshaped_in_place(digits, size=224):
    if digits.ndim == 3:
        digits.shape = (*digits.shape, 1)
    return resized(np.repeat(digits.astype("float32"), 3, axis=-1), size) - MEANS
