"""Attempts at blocks whose layers stand, or are joined, in another way: one slip or two."""

from keras import layers, ops
from keras.layers import Add, BatchNormalization, Conv2D, Dropout, ReLU

from tests.checks.attempts.attempt import Attempt, collector

ATTEMPTS: list[Attempt] = []
right, wrong = collector(ATTEMPTS)


def unit(X, filters, kernel, strides=1, **settings):
    X = Conv2D(filters, kernel, strides=strides, padding="same", **settings)(X)
    return BatchNormalization()(X)


def main_path(X, f, filters, s=1, **settings):
    F1, F2, F3 = filters
    X = ReLU()(unit(X, F1, 1, s, **settings))
    X = ReLU()(unit(X, F2, f, **settings))
    return unit(X, F3, 1, **settings)


# convolution, normalisation, ReLU ----------------------------------------------------------


@wrong("convolutional_block", "^every unit rectifies before it normalises, the shortcut's too$")
def activations_in_all_four_convolutions(X, f, filters, stage, block, s=2):
    shortcut = unit(X, filters[2], 1, s, activation="relu")
    for width, kernel, strides in zip(filters, (1, f, 1), (s, 1, 1), strict=True):
        X = unit(X, width, kernel, strides, activation="relu")
    return ReLU()(Add()([X, shortcut]))


@wrong("convolutional_block", "^every convolution has a ReLU of its own.*the shortcut's too$")
def activations_in_addition_to_the_relus(X, f, filters, stage, block, s=2):
    shortcut = unit(X, filters[2], 1, s, activation="relu")
    return ReLU()(main_path(X, f, filters, s, activation="relu") + shortcut)


@wrong("convolutional_block", "between the shortcut's convolution and its normalisation")
def an_activation_on_the_shortcut_only(X, f, filters, stage, block, s=2):
    return ReLU()(main_path(X, f, filters, s) + unit(X, filters[2], 1, s, activation="relu"))


@wrong("identity_block", "^every convolution has a ReLU of its own.*the last one too$")
def activations_and_relus(X, f, filters, stage, block):
    return ReLU()(main_path(X, f, filters, activation="relu") + X)


@wrong("basic_block", "^every unit rectifies before it normalises, the last one too$")
def activations_in_both_convolutions(X, filters, stage, block, s=1):
    shortcut = X
    if s != 1 or X.shape[-1] != filters:
        shortcut = unit(X, filters, 1, s)
    X = unit(unit(X, filters, 3, s, activation="relu"), filters, 3, activation="relu")
    return ReLU()(X + shortcut)


@wrong("basic_block", "^every unit rectifies before it normalises, the shortcut's too$")
def activations_everywhere(X, filters, stage, block, s=1):
    shortcut, settings = X, {"activation": "relu", "use_bias": False}
    if s != 1 or X.shape[-1] != filters:
        shortcut = unit(X, filters, 1, s, activation="relu")
    X = unit(unit(X, filters, 3, s, **settings), filters, 3, **settings)
    return ReLU()(X + shortcut)


@wrong("projection_shortcut", "^a ReLU stands between the shortcut's convolution and its norm")
def an_activation_in_the_convolution(X, filters, stage, block, s=2):
    return unit(X, filters, 1, s, activation="relu")


@wrong("identity_block", "^the batch normalisations come before the convolutions$")
def normalised_before_each_convolution(X, f, filters, stage, block):
    shortcut = X
    for number, (width, kernel) in enumerate(zip(filters, (1, f, 1), strict=True)):
        X = Conv2D(width, kernel, padding="same")(BatchNormalization()(X))
        X = ReLU()(X) if number < 2 else X
    return ReLU()(X + shortcut)


# two slips ---------------------------------------------------------------------------------


@wrong("identity_block", "^two things.*ReLU after the second.*missing.*normalisation too many")
def a_normalisation_too_many_and_a_relu_too_few(X, f, filters, stage, block):
    F1, F2, F3 = filters
    main = ReLU()(BatchNormalization()(unit(X, F1, 1)))
    return ReLU()(unit(unit(main, F2, f), F3, 1) + X)


@wrong("identity_block", "^two things.*ReLU after the first.*missing.*too many, after the addit")
def a_normalised_sum_and_a_relu_too_few(X, f, filters, stage, block):
    F1, F2, F3 = filters
    main = unit(ReLU()(unit(unit(X, F1, 1), F2, f)), F3, 1)
    return ReLU()(BatchNormalization()(main + X))


@wrong("identity_block", "^two things.*ReLU after the addition.*too many, between the input and c")
def a_normalised_input_and_no_last_relu(X, f, filters, stage, block):
    return main_path(BatchNormalization()(X), f, filters) + X


@wrong("identity_block", "^there is a batch normalisation where a ReLU should be$")
def normalised_twice_for_a_relu(X, f, filters, stage, block):
    F1, F2, F3 = filters
    main = BatchNormalization()(unit(X, F1, 1))
    return ReLU()(unit(ReLU()(unit(main, F2, f)), F3, 1) + X)


@wrong("identity_block", "^there is a dropout where a ReLU should be$")
def a_dropout_for_a_relu(X, f, filters, stage, block):
    F1, F2, F3 = filters
    main = Dropout(0.3)(unit(ReLU()(unit(X, F1, 1)), F2, f))
    return ReLU()(unit(main, F3, 1) + X)


@wrong("identity_block", "^two things.*dropout too many.*ReLU.*missing|ReLU.*missing.*dropout")
def a_dropout_and_a_relu_too_few(X, f, filters, stage, block):
    F1, F2, F3 = filters
    main = unit(unit(X, F1, 1), F2, f)
    return ReLU()(Dropout(0.3)(unit(ReLU()(main), F3, 1)) + X)


@wrong("identity_block", "^two things.*ReLU after the first.*convolution 2 has another number of")
def other_filters_and_a_relu_too_few(X, f, filters, stage, block):
    F1, _, F3 = filters
    return ReLU()(unit(ReLU()(unit(unit(X, F1, 1), F1, f)), F3, 1) + X)


@wrong("stem", "^two things: the ReLU is missing.*filters than expected: 32 instead of 64$")
def half_the_filters_and_no_relu(X):
    X = Conv2D(32, 7, strides=2)(layers.ZeroPadding2D(3)(X))
    X = layers.ZeroPadding2D(1)(BatchNormalization()(X))
    return layers.MaxPooling2D(3, strides=2)(X)


@wrong("stem", "^two things: the pooling takes the mean.*kernel size than expected: 5×5")
def a_smaller_kernel_and_a_mean(X):
    X = Conv2D(64, 5, strides=2)(layers.ZeroPadding2D(3)(X))
    X = layers.ZeroPadding2D(1)(ReLU()(BatchNormalization()(X)))
    return layers.AveragePooling2D(3, strides=2)(X)


@wrong("projection_shortcut", "^two things: the shortcut has a ReLU.*kernel is too large$")
def a_wide_kernel_and_a_relu(X, filters, stage, block, s=2):
    return ReLU()(unit(X, filters, 3, s))


# what a layer reads ------------------------------------------------------------------------


@wrong("identity_block", "^batch normalisation 2 reads convolution 1 instead of convolution 2$")
def the_second_normalisation_of_the_first_convolution(X, f, filters, stage, block):
    F1, F2, F3 = filters
    first = Conv2D(F1, 1)(X)
    second = Conv2D(F2, f, padding="same")(ReLU()(BatchNormalization()(first)))  # noqa: F841
    main = ReLU()(BatchNormalization()(first))
    return ReLU()(unit(main, F3, 1) + X)


@wrong("identity_block", "^convolution 2 reads convolution 1 instead of ReLU 1$")
def the_second_convolution_of_the_first(X, f, filters, stage, block):
    F1, F2, F3 = filters
    first = Conv2D(F1, 1)(X)
    ReLU()(BatchNormalization()(first))
    return ReLU()(unit(ReLU()(unit(first, F2, f)), F3, 1) + X)


@wrong("identity_block", "^convolution 3 reads ReLU 1 instead of ReLU 2$")
def the_second_unit_leads_nowhere(X, f, filters, stage, block):
    F1, F2, F3 = filters
    first = ReLU()(unit(X, F1, 1))
    ReLU()(unit(first, F2, f))
    return ReLU()(unit(first, F3, 1) + X)


@wrong("identity_block", "^a convolution, a batch normalisation and a ReLU are missing")
def the_second_unit_is_not_there(X, f, filters, stage, block):
    F1, _, F3 = filters
    return ReLU()(unit(ReLU()(unit(X, F1, 1)), F3, 1) + X)


@wrong("identity_block", "^the ReLUs after the first and the second convolution are missing$")
def relus_that_are_not_kept(X, f, filters, stage, block):
    F1, F2, F3 = filters
    main = unit(X, F1, 1)
    ReLU()(main)
    main = unit(main, F2, f)
    ReLU()(main)
    return ReLU()(unit(main, F3, 1) + X)


@wrong("conv_bn", "^the argument use_bias is ignored: there is never a bias$")
def never_a_bias(X, filters, kernel_size, name, strides=1, use_bias=True):
    return unit(X, filters, kernel_size, strides, use_bias=False)


@wrong("conv_bn", "^the convolution lacks its bias$")
def a_bias_for_pointwise_kernels_only(X, filters, kernel_size, name, strides=1, use_bias=True):
    return unit(X, filters, kernel_size, strides, use_bias=kernel_size == 1)


# stacks ------------------------------------------------------------------------------------


@wrong("plain_stack", "^only the last convolution is followed by a ReLU$")
def the_relu_behind_the_loop(X, depth, width):
    for _ in range(depth):
        X = Conv2D(width, 3, padding="same")(X)
    return ReLU()(X)


@wrong("plain_stack", "^a ReLU is missing after convolution 1$")
def no_relu_after_the_first(X, depth, width):
    for number in range(depth):
        X = Conv2D(width, 3, padding="same", activation="relu" if number else None)(X)
    return X


@wrong("plain_stack", "^there are always 10 convolutions, whatever depth says$")
def ten_layers(X, depth, width):
    for _ in range(10):
        X = ReLU()(Conv2D(width, 3, padding="same")(X))
    return X


@wrong("plain_stack", "^there are always 2 convolutions, whatever depth says$")
def only_the_last_turn_counts(X, depth, width):
    X = Y = ReLU()(Conv2D(width, 3, padding="same")(X))
    for _ in range(max(1, depth - 1)):
        Y = ReLU()(Conv2D(width, 3, padding="same")(X))
    return Y


@wrong("plain_stack", "batch normalisations too many, the first after ReLU 1")
def normalised_after_each_relu(X, depth, width):
    for _ in range(depth):
        X = BatchNormalization()(ReLU()(Conv2D(width, 3, padding="same")(X)))
    return X


def even(depth):
    if depth % 2:
        raise ValueError(f"{depth} is odd")
    return depth // 2


@wrong("residual_stack", r"an addition is missing: that of convolution 2 \(block 1\) and the input")
def no_shortcut_in_the_first_block(X, depth, width):
    for number in range(even(depth)):
        shortcut = X
        X = ReLU()(Conv2D(width, 3, padding="same")(X))
        X = Conv2D(width, 3, padding="same")(X)
        X = ReLU()(X + shortcut if number else X)
    return X


@wrong("residual_stack", r"a ReLU is missing after the addition \(block 2\)")
def no_relu_at_the_very_end(X, depth, width):
    blocks = even(depth)
    for number in range(blocks):
        shortcut = X
        X = Conv2D(width, 3, padding="same")(ReLU()(Conv2D(width, 3, padding="same")(X)))
        X = X + shortcut if number == blocks - 1 else ops.relu(X + shortcut)
    return X


@wrong("residual_stack", "average.* (in the place of|where).* addition")
def averaged_paths(X, depth, width):
    for _ in range(even(depth)):
        main = Conv2D(width, 3, padding="same")(ReLU()(Conv2D(width, 3, padding="same")(X)))
        X = ReLU()(layers.Average()([main, X]))
    return X
