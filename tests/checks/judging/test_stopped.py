"""An answer that raises is judged by what it built: its cause, its points, and what is forged."""

import copy
import json
import re

import keras
import numpy as np
import pytest
from keras import layers, ops

import checks
from checks.catalogue import EXERCISES
from checks.encoding import Malformed
from checks.evidence import Evidence, read, written
from checks.judging.judge import judge
from checks.probing.probe import probe
from resnet_course import blocks, resnet
from resnet_course.desk.solutions import reference_solution


def unit(X, filters, kernel, strides=1):
    X = layers.Conv2D(filters, kernel, strides=strides, padding="same")(X)
    return layers.BatchNormalization(axis=3)(X)


def bottleneck(X, f, filters, strides=(1, 1, 1)):
    first, second, third = strides
    X = layers.ReLU()(unit(X, filters[0], 1, first))
    X = layers.ReLU()(unit(X, filters[1], f, second))
    return unit(X, filters[2], 1, third)


def statuses(report):
    return {result.name: result.status for result in report.results}


def earned(report):
    return {result.name for result in report.results if result.status == "passed" and result.points}


# Points -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", checks.exercise_names())
def test_who_raises_at_once_earns_nothing(exercise):
    def function(*args, **kwargs):
        raise ValueError("at once")

    assert checks.run(exercise, function).score == 0


def test_kinds_of_layers_that_are_all_there_are_earned():
    def identity_block(X, f, filters, stage, block):
        X = bottleneck(X, f, filters)
        raise RuntimeError

    report = checks.run("identity_block", identity_block)
    assert earned(report) == {"convolutions", "batch normalisations"}
    assert statuses(report)["activations"] == statuses(report)["wiring"] == "not run"
    assert statuses(report)["runs"] == "failed"


def test_a_kind_with_another_layer_than_expected_has_failed():
    def identity_block(X, f, filters, stage, block):
        return bottleneck(X, f, (*filters[:2], 2)) + X

    report = checks.run("identity_block", identity_block)
    assert statuses(report)["convolutions"] == "failed"
    assert earned(report) == {"batch normalisations"}


def test_the_call_that_failed_built_nothing():
    def identity_block(X, f, filters, stage, block):
        Y = bottleneck(X, f, filters, (1, 1, 2))
        return layers.ReLU()(layers.Add()([Y, X]))

    assert statuses(checks.run("identity_block", identity_block))["additions"] == "not run"


def test_layers_whose_results_are_lost_are_not_earned():
    def identity_block(X, f, filters, stage, block):
        for width, kernel in zip(filters, (1, f, 1), strict=True):
            layers.Conv2D(width, kernel, padding="same")(X)
        Y = layers.Conv2D(filters[0], 1)(X)
        return Y + X

    assert checks.run("identity_block", identity_block).score == 0


def test_two_open_paths_count_where_the_network_joins_two():
    def convolutional_block(X, f, filters, stage, block, s=2):
        Y, shortcut = bottleneck(X, f, filters, (s, 1, 1)), unit(X, filters[2], 1, s)
        return layers.ReLU()(layers.Add()([Y, path or shortcut]))  # noqa: F821

    report = checks.run("convolutional_block", convolutional_block)
    assert earned(report) == {"convolutions", "batch normalisations"}
    assert report.cause == "The name path is not defined"


def ends_with(end):
    def identity_block(X, f, filters, stage, block):
        return end(layers.ReLU()(bottleneck(X, f, filters) + X))

    return identity_block


def raises(X):
    raise ValueError


@pytest.mark.parametrize(
    "end", [raises, lambda X: None, lambda X: [X], layers.Flatten(), lambda X: ops.negative(X)]
)
def test_the_same_layers_earn_the_same_however_the_function_ends(end):
    report = checks.run("identity_block", ends_with(end))
    assert earned(report) == {"convolutions", "batch normalisations", "activations", "additions"}


def test_layers_of_a_model_that_was_given_are_not_earned():
    def transfer_model(backbone, classes):
        layers.Flatten()(backbone.output)
        raise ValueError

    def unfreeze(model, learning_rate):
        model(model.inputs)

    assert checks.run("transfer_model", transfer_model).score == 0
    assert checks.run("transfer_model", lambda backbone, classes: backbone).score == 0
    assert checks.run("unfreeze", unfreeze).score == 0


# Cases ------------------------------------------------------------------------------------------


def test_an_error_in_one_other_case_leaves_the_rest():
    def convolutional_block(X, f, filters, stage, block, s=2):
        if s == 1 and block == "a":
            raise ValueError("no stride")
        return blocks.convolutional_block(X, f, filters, stage, block, s)

    report = checks.run("convolutional_block", convolutional_block)
    assert [name for name, status in statuses(report).items() if status != "passed"] == [
        "other strides"
    ]


def test_an_error_in_the_first_case_alone_leaves_the_rest():
    calls = []

    def identity_block(X, f, filters, stage, block):
        calls.append(f)
        if len(calls) == 1:
            raise ValueError("not yet")
        return blocks.identity_block(X, f, filters, stage, block)

    report = checks.run("identity_block", identity_block)
    assert earned(report) == {"other kernel sizes", "two blocks in one network"}


def test_numbers_that_fail_in_the_first_case_alone_keep_the_rest():
    right = reference_solution("output_size")

    def output_size(size, kernel, stride, padding):
        if padding == "same" and kernel == 3 and stride == 2:
            raise ValueError("not this one")
        return right(size, kernel, stride, padding)

    report = checks.run("output_size", output_size)
    assert {"padding “valid”", "other strides", "kernels of even size"} <= earned(report)
    assert "values" not in earned(report)


def test_an_answer_to_one_known_case_and_an_error_for_the_others_earn_nothing():
    def identity_block_parameters(f, channels, filters):
        return {(3, 256, (64, 64, 256)): 70400}[f, channels, tuple(filters)]

    assert checks.run("identity_block_parameters", identity_block_parameters).score == 0


def test_a_refusal_is_not_earned_by_refusing_everything():
    def residual_stack(X, depth, width):
        raise ValueError(f"odd: {depth}")

    assert checks.run("residual_stack", residual_stack).score == 0


# Causes -----------------------------------------------------------------------------------------


def test_a_mistake_of_the_catalogue_explains_an_error_with_its_hints():
    def convolutional_block(X, f, filters, stage, block, s=2):
        return ops.relu(bottleneck(X, f, filters, (s, s, 1)) + unit(X, filters[2], 1, s))

    report = checks.run("convolutional_block", convolutional_block)
    assert report.cause == "Two convolutions of the main path have the stride"
    assert report.hints
    assert "Tensors of the shapes" in next(
        each.why for each in report.results if each.status == "failed"
    )


def test_the_same_shapes_for_another_reason_are_not_told_the_known_one():
    def convolutional_block(X, f, filters, stage, block, s=2):
        F1, F2, F3 = filters
        return bottleneck(X, f, (F1, F2, F2), (s, 1, 1)) + unit(X, F3, 1, s)

    report = checks.run("convolutional_block", convolutional_block)
    assert report.cause.startswith("Convolution 3 has another number of filters than expected")


def test_two_mistakes_at_once_are_found_in_what_was_built():
    def convolutional_block(X, f, filters, stage, block, s=2):
        Y = bottleneck(X, f, filters, (s, 1, 1))
        return ops.relu(Y + layers.Conv2D(filters[2], 1)(X))

    assert checks.run("convolutional_block", convolutional_block).cause == (
        "Two things: Only one of the two paths has the stride · "
        "The shortcut has no batch normalisation"
    )


def test_an_error_of_pythons_own_stays_the_cause_and_the_difference_is_told_beside_it():
    def identity_block(X, f, filters, stage, block):
        Y = bottleneck(X, f, filters, (2, 1, 1))
        return Y + shortcut  # noqa: F821

    report = checks.run("identity_block", identity_block)
    assert report.cause == "The name shortcut is not defined"
    why = next(each.why for each in report.results if each.status == "failed")
    assert "what was built before that: convolution 1 has another stride" in why


def test_a_call_that_fails_by_itself_is_named():
    def identity_block(X, f, filters, stage, block):
        Y = bottleneck(X, f, filters)
        return layers.Reshape((7, 11, 13))(Y)

    report = checks.run("identity_block", identity_block)
    assert re.match("There is one Reshape|The call of Reshape failed: ValueError", report.cause)


def test_a_stub_that_was_left_under_the_answer_is_told_so():
    def plain_stack(X, depth, width):
        for _ in range(depth):
            X = layers.ReLU()(layers.Conv2D(width, 3, padding="same")(X))
        raise NotImplementedError

    assert checks.run("plain_stack", plain_stack).cause == (
        "The line `raise NotImplementedError()` is still there"
    )


def test_what_was_built_of_a_large_network_is_compared_block_by_block():
    def ResNet50(input_shape, classes):
        inputs = keras.Input(input_shape)
        X = resnet.bottleneck_stage(resnet.stem(inputs), (64, 64, 256), 2, 3, 1)
        X = blocks.convolutional_block(X, 3, (128, 128, 512), 3, "a", 2)
        return keras.Model(inputs, blocks.identity_block(X, 3, (128, 128, 256), 3, "b"))

    report = checks.run("ResNet50", ResNet50)
    assert report.cause == (
        "Convolution 3 (stage 3, block b) has another number of filters than expected: 256 "
        "instead of 512"
    )


def test_the_picture_shows_what_was_built_and_where_it_stopped():
    def identity_block(X, f, filters, stage, block):
        return layers.Add(name="sum")([bottleneck(X, f, filters, (1, 2, 1)), X])

    report = checks.run("identity_block", identity_block)
    page = report._repr_html_()
    assert "Your network, up to the error" in page
    assert "Add – stopped here" in page
    assert len(report.comparison.received_marks) == 1
    assert report.comparison.expected_marks == {"convolution 2"}


def test_layers_on_the_input_are_counted_with_the_names_of_the_variables():
    def convolutional_block(images, f, filters, stage, block, s=2):
        Y = layers.Conv2D(filters[0], 1, strides=s)(images)
        Y = layers.BatchNormalization()(images)
        Y = layers.ReLU()(images)
        Y = layers.Conv2D(filters[2], 1)(images)
        return Y + unit(images, filters[2], 1, s)

    assert checks.run("convolutional_block", convolutional_block).cause == (
        "5 layers read the input, `images`, and not `Y`, what the layer before them computed"
    )


@pytest.mark.parametrize(
    "function",
    [ops.relu, lambda X: layers.ReLU()(X), lambda X: layers.Add()([X, X])],
)
def test_a_layer_in_the_place_of_a_tensor_is_named(function):
    def plain_stack(X, depth, width):
        return function(layers.Conv2D(width, 3))

    assert "called on a layer, Conv2D" in checks.run("plain_stack", plain_stack).cause


@pytest.mark.parametrize(
    ("shape", "title"),
    [
        (lambda given: (None, *given), "The shape given to `keras.Input` has a batch axis"),
        (lambda given: (56, 56, 3), "The network takes images of 56×56×3 instead of 28×28×1"),
    ],
)
def test_an_input_of_another_shape_is_named_where_a_later_layer_fails(shape, title):
    def mnist_resnet(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
        inputs = keras.Input(shape(input_shape))
        X = layers.Conv2D(widths[0], 3, padding="same", use_bias=False)(inputs)
        return layers.Reshape((7, 7, 7))(layers.MaxPooling2D()(X))

    assert checks.run("mnist_resnet", mnist_resnet).cause.startswith(title)


def test_a_tensor_among_the_settings_is_named_whatever_python_says():
    def stem(X):
        return layers.MaxPooling2D(X, strides=2)

    def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
        return layers.Conv2D(X, filters=filters, kernel_size=kernel_size)

    for function, layer in ((stem, "MaxPooling2D"), (conv_bn, "Conv2D")):
        report = checks.run(function.__name__, function)
        assert report.cause == f"{layer} is made with a tensor in the place of a setting"


def test_names_that_collide_are_told_apart_by_what_they_lack():
    def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
        X = layers.Conv2D(filters, kernel_size, strides, "same", use_bias=use_bias)(X)
        return layers.BatchNormalization(name="bn")(X)

    def identity_block(X, f, filters, stage, block):
        Y = layers.ReLU(name=f"{stage}{block}_relu")(bottleneck(X, f, filters))
        return layers.ReLU(name=f"{stage}{block}_relu")(Y + X)

    def mnist_resnet(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
        X = inputs = keras.Input(input_shape)
        for width in widths:
            X = blocks.basic_block(X, width, 2, "a")
        return keras.Model(inputs, X)

    titles = {
        conv_bn: "The names of layers do not depend on `name`",
        identity_block: 'Several layers of one block have the same name, "2b_relu"',
        mnist_resnet: 'Two blocks give their layers the same name, "',
    }
    for function, title in titles.items():
        assert checks.run(function.__name__, function).cause.startswith(title)


def test_a_layer_that_is_called_again_on_other_channels_is_named():
    def plain_stack(X, depth, width):
        convolution = layers.Conv2D(width, 3, padding="same")
        for _ in range(depth):
            X = layers.ReLU()(convolution(X))
        return X

    assert checks.run("plain_stack", plain_stack).cause == (
        "One Conv2D is called in several places, and its weights fit only the first"
    )


def test_a_pooling_too_large_is_said_to_stand_in_the_place_of_another():
    def mnist_resnet(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
        model = resnet.mnist_resnet(input_shape, classes, widths)
        last = model.layers[-3].output
        return layers.Dense(classes)(layers.Flatten()(layers.AveragePooling2D(7)(last)))

    assert checks.run("mnist_resnet", mnist_resnet).cause == (
        "There is an average pooling in the place of the global average pooling"
    )


# What is forged ---------------------------------------------------------------------------------


def evidence_of(exercise, function):
    cases = EXERCISES[exercise].cases(np.random.default_rng(0), False)
    return cases, json.loads(json.dumps(written(probe(function, cases))))


def judged(exercise, cases, evidence):
    """Judge evidence as grading does; None if it has another form than it should."""
    try:
        return judge(EXERCISES[exercise], cases, read(Evidence, evidence))
    except Malformed:
        return None


def without_network(exercise):
    """Return evidence of the right networks, each said to be what was built before an error."""
    cases, evidence = evidence_of(exercise, reference_solution(exercise))
    for record in evidence["cases"]:
        graph = record.pop("value", {}).get("graph")
        record |= {"outcome": "raised", "error": {"type": "E"}, "built": {"graph": graph}}
    return cases, evidence


@pytest.mark.parametrize("exercise", ["identity_block", "conv_bn", "transfer_model", "unfreeze"])
def test_a_whole_network_that_is_said_to_be_unfinished_earns_its_layers_alone(exercise):
    cases, evidence = without_network(exercise)
    report = judged(exercise, cases, evidence)
    assert not report.passed
    assert earned(report).isdisjoint({"wiring", "output shape", "trainable parameters"})
    assert not earned(report) & {case.covers for case in cases}


def changes(data, generator):
    """Yield copies of JSON data, in each of which one part is another thing."""
    for other in (None, 0, -1, "", "the call that failed", [], {}, [[]], 1e300, True):
        changed = copy.deepcopy(data)
        place = changed
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = keys[int(generator.integers(len(keys)))]
            if not isinstance(place[key], dict | list) or generator.random() < 0.2:
                place[key] = other
                break
            place = place[key]
        yield changed


@pytest.mark.parametrize("seed", range(12))
def test_evidence_that_was_tampered_with_never_earns_more_nor_passes(seed):
    def convolutional_block(X, f, filters, stage, block, s=2):
        return bottleneck(X, f, filters, (s, 1, 1)) + unit(X, filters[2], 1)

    exercise = "convolutional_block"
    cases, evidence = evidence_of(exercise, convolutional_block)
    honest = judged(exercise, cases, evidence)
    assert honest.score > 0
    generator = np.random.default_rng(seed)
    built = evidence["cases"][0]["built"]
    for changed in changes(built, generator):
        evidence["cases"][0]["built"] = changed
        if (report := judged(exercise, cases, evidence)) is not None:
            assert not report.passed
            assert report.score <= honest.score
            assert isinstance(str(report) + report._repr_html_(), str)


@pytest.mark.parametrize(
    "built",
    [
        None,
        {},
        {"graph": None},
        {"graph": {}},
        {"graph": {"config": {"layers": [], "input_layers": [], "output_layers": []}}},
    ],
)
def test_what_cannot_be_read_was_not_built(built):
    cases, evidence = without_network("identity_block")
    for record in evidence["cases"]:
        record["built"] = built
    report = judged("identity_block", cases, evidence)
    assert report.score == 0
    assert report.cause
