"""What is computed and never used is in the evidence, and in the report where that fails."""

import keras
import numpy as np
import pytest
from keras import layers

import checks
from checks.catalogue import EXERCISES
from checks.differences.unused import unused_in_words
from checks.evidence import Layer, Value
from checks.probing.probe import probe
from resnet_course import blocks
from resnet_course.blocks import convolutional_block, identity_block, projection_shortcut
from resnet_course.desk.solutions import reference_solution
from tests.checks.test_equivalents import main_path


def unused(exercise, function):
    cases = EXERCISES[exercise].cases(np.random.default_rng(0), False)
    return [record.value.unused for record in probe(function, cases).cases]


def why(report):
    return " ".join(result.why for result in report.results if result.status == "failed")


@pytest.mark.parametrize("exercise", ["identity_block", "plain_stack", "unfreeze", "mnist_resnet"])
def test_a_reference_solution_leaves_nothing_unused(exercise):
    assert not any(unused(exercise, reference_solution(exercise)))


def test_all_that_leads_nowhere_is_listed_in_its_order():
    def identity_block(X, f, filters, stage, block):
        lost = layers.Conv2D(3, 1, name=f"{block}_lost")(X)
        layers.ReLU(name=f"{block}_also")(lost)
        return layers.ReLU()(main_path(X, f, filters) + X)

    first, _, twice = unused("identity_block", identity_block)
    assert first == (Layer("Conv2D", "b_lost"), Layer("ReLU", "b_also"))
    assert [each.name for each in twice] == ["b_lost", "b_also", "c_lost", "c_also"]


def test_a_layer_of_an_earlier_call_is_not_unused():
    relu = layers.ReLU()

    def identity_block(X, f, filters, stage, block):
        return relu(main_path(X, f, filters) + X)

    assert not any(unused("identity_block", identity_block))


def test_a_wrong_answer_is_told_what_it_does_not_use():
    def identity_block(X, f, filters, stage, block):
        Y = main_path(X, f, filters)
        layers.Add(name=f"sum_{block}")([Y, X])
        return layers.ReLU()(Y)

    report = checks.run("identity_block", identity_block)
    assert report.cause == "ReLU 3 reads batch normalisation 3 instead of the addition"
    assert "Computed and never used: Add (layer 'sum_b')." in why(report)


def test_a_function_that_returns_an_earlier_output_is_told_which():
    def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
        X = layers.Conv2D(filters, kernel_size, strides, "same", use_bias=use_bias)(X)
        layers.BatchNormalization()(X)
        return X

    report = checks.run("conv_bn", conv_bn)
    right = "instead of the batch normalisation"
    assert report.cause == f"The function returns the output of the convolution {right}"
    assert report.hints[-1] == "Return the output of the batch normalisation."


def test_a_layer_that_was_made_and_never_called_is_not_only_missing():
    def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
        X = layers.Conv2D(filters, kernel_size, strides, "same", use_bias=use_bias)(X)
        layers.BatchNormalization()
        return X

    report = checks.run("conv_bn", conv_bn)
    assert report.cause == "A layer is made and never called: BatchNormalization"
    assert "layers.BatchNormalization(…)(X)" in report.hints[-1]


def test_what_a_failed_addition_should_have_read_is_named():
    def convolutional_block(X, f, filters, stage, block, s=2):
        projection_shortcut(X, filters[2], stage, block, s)
        main = blocks.conv_bn(X, filters[0], 1, f"{stage}{block}_a", strides=s)
        main = blocks.conv_bn(layers.ReLU()(main), filters[1], f, f"{stage}{block}_b")
        main = blocks.conv_bn(layers.ReLU()(main), filters[2], 1, f"{stage}{block}_c")
        return layers.ReLU()(layers.Add()([main, X]))

    assert checks.run("convolutional_block", convolutional_block).cause == (
        "The addition adds the input instead of the shortcut batch normalisation"
    )


def test_what_is_lost_tells_a_broken_chain_from_a_loop_that_ends_early():
    def unchained(X, filters, stage, blocks, s=2):
        X = Y = convolutional_block(X, 3, filters, stage, "a", s)
        for block in "bcdefghijklmnopqrstuvwxyz"[: blocks - 1]:
            Y = identity_block(X, 3, filters, stage, block)
        return Y

    def too_short(X, filters, stage, blocks, s=2):
        X = convolutional_block(X, 3, filters, stage, "a", s)
        return identity_block(X, 3, filters, stage, "b") if blocks > 1 else X

    chain = checks.run("bottleneck_stage", unchained).cause
    assert chain.startswith("Every identity block reads the output of the convolutional block")
    loop = checks.run("bottleneck_stage", too_short).cause
    assert loop == "Only one identity block is part of the stage"


def test_what_is_missing_and_was_computed_is_not_called_missing_alone():
    def mnist_resnet(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
        inputs = keras.Input(input_shape)
        X = blocks.conv_bn(inputs, widths[0], 3, "1", use_bias=False)
        X = layers.MaxPooling2D(2)(layers.ReLU()(X))
        for stage, width in enumerate(widths, start=2):
            Y = blocks.basic_block(X, width, stage, "a", 1 if stage == 2 else 2)
        Y = layers.GlobalAveragePooling2D()(Y)
        return keras.Model(inputs, layers.Dense(classes, activation="softmax")(Y))

    report = checks.run("mnist_resnet", mnist_resnet)
    assert report.cause == "Stages 2 and 3 are missing (computed, but not used)"


def test_a_loop_whose_turns_all_read_the_input_is_told_from_one_that_ends_early():
    def unchained(X, depth, width):
        for _ in range(depth):
            Y = layers.ReLU()(layers.Conv2D(width, 3, padding="same")(X))
        return Y

    def too_short(X, depth, width):
        for _ in range(depth):
            return layers.ReLU()(layers.Conv2D(width, 3, padding="same")(X))
        return X

    chain, loop = (checks.run("plain_stack", each) for each in (unchained, too_short))
    assert chain.cause == (
        "Only the last convolution counts: every turn of the loop reads the same input"
    )
    assert loop.cause == "There is only one convolution: a `return` in the loop, or no loop at all"


def test_a_right_answer_may_compute_more_than_it_uses():
    def identity_block(X, f, filters, stage, block):
        layers.BatchNormalization()(X)
        return layers.ReLU()(main_path(X, f, filters) + X)

    assert checks.run("identity_block", identity_block).passed


def test_a_long_list_is_cut_short():
    many = Value("tensor", unused=tuple(Layer("ReLU", f"r{number}") for number in range(5)))
    assert unused_in_words(many).endswith("ReLU (layer 'r2') and 2 more.")
    assert unused_in_words(Value("tensor")) == ""


def test_a_frozen_layer_is_named_where_nothing_should_be_frozen():
    def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
        X = layers.Conv2D(filters, kernel_size, strides=strides, padding="same")(X)
        return layers.BatchNormalization(trainable=False, name=f"bn{name}")(X)

    report = checks.run("conv_bn", conv_bn)
    assert report.cause == "A layer is frozen"
    assert "bn2a_branch2a" in str(report)


def test_layers_without_weights_cannot_be_frozen():
    def identity_block(X, f, filters, stage, block):
        return layers.ReLU(trainable=False)(main_path(X, f, filters) + X)

    assert checks.run("identity_block", identity_block).passed


def test_a_tensor_that_does_not_come_from_the_input_is_called_that():
    def plain_stack(X, depth, width):
        other = keras.Input(X.shape[1:])
        return layers.ReLU()(layers.Conv2D(width, 3, padding="same")(other))

    report = checks.run("plain_stack", plain_stack)
    assert report.score == 0
    assert "does not come from the input alone" in str(report)
