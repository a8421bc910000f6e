"""From a learner's function to the report, through the public interface."""

import keras
import pytest
from keras import layers, ops

import checks
from checks import Report
from resnet_course import blocks, plain
from resnet_course.desk.solutions import reference_solution


def failed(report: Report) -> list[str]:
    return [result.name for result in report.results if result.status == "failed"]


def not_run(report: Report) -> list[str]:
    return [result.name for result in report.results if result.status == "not run"]


def bottleneck(X, f, filters):
    for number, (width, kernel) in enumerate(zip(filters, (1, f, 1), strict=True)):
        X = layers.BatchNormalization()(layers.Conv2D(width, kernel, padding="same")(X))
        X = layers.ReLU()(X) if number < 2 else X
    return X


def test_a_right_answer_passes_with_the_full_score():
    report = checks.run("identity_block", blocks.identity_block)
    assert report.passed
    assert report.score == 1.0
    assert report.cause is None
    assert "Grading draws" in report.covered


def test_grading_draws_other_probes_than_the_learner_sees():
    def remember(seen):
        def identity_block(X, f, filters, stage, block):
            seen.append((X.shape, f, tuple(filters)))
            return blocks.identity_block(X, f, filters, stage, block)

        return identity_block

    own, again, graded = [], [], []
    checks.run("identity_block", remember(own))
    checks.run("identity_block", remember(again))
    checks.run("identity_block", remember(graded), grading=True)
    assert own == again
    assert len(graded) > len(own)
    assert graded[: len(own)] != own


def test_a_stub_scores_nothing_and_is_told_so():
    def identity_block(X, f, filters, stage, block):
        raise NotImplementedError()

    report = checks.run("identity_block", identity_block)
    assert (report.score, report.cause) == (0.0, "The exercise is not started")
    assert failed(report) == ["runs"]
    assert "wiring" in not_run(report)


def test_what_depends_on_a_failed_check_is_not_run():
    report = checks.run("identity_block", lambda X, f, filters, stage, block: X)
    assert failed(report)[-1] == "wiring"
    assert not_run(report) == ["other kernel sizes", "two blocks in one network"]


def test_a_block_that_does_nothing_scores_nothing():
    report = checks.run("identity_block", lambda X, f, filters, stage, block: X)
    assert report.score == 0


def test_the_layers_are_counted_kind_by_kind_wherever_they_stand():
    def identity_block(X, f, filters, stage, block):
        return bottleneck(X, f, filters) + X

    report = checks.run("identity_block", identity_block)
    results = {result.name: result for result in report.results}
    assert [name for name in results if results[name].status == "failed"] == [
        "activations",
        "wiring",
    ]
    assert results["convolutions"].status == results["additions"].status == "passed"
    assert (results["activations"].expected, results["activations"].received) == (
        "3 × ReLU",
        "2 × ReLU",
    )


def test_a_right_network_of_other_layers_has_all_of_them():
    def identity_block(X, f, filters, stage, block):
        return ops.maximum(bottleneck(X, f, filters) + X, 0.0)

    assert checks.run("identity_block", identity_block).passed


def test_an_argument_that_is_ignored_shows_only_where_it_matters():
    def identity_block(X, f, filters, stage, block):
        return ops.relu(bottleneck(X, 3, filters) + X)

    report = checks.run("identity_block", identity_block)
    assert failed(report) == ["other kernel sizes"]
    assert report.cause == "The kernel size f is ignored"
    assert report.score > 0.5


@pytest.mark.parametrize(
    ("handed_over", "received"),
    [(3, "int"), (None, "NoneType"), ("identity_block", "str"), (layers, "module")],
)
def test_what_is_not_a_function_is_named(handed_over, received):
    report = checks.run("identity_block", handed_over)
    assert report.score == 0
    assert received in report.results[0].received


def test_parameters_with_other_names_are_named_with_the_nearest():
    def identity_block(X, f, filters, stage, blok):
        return X

    report = checks.run("identity_block", identity_block)
    assert failed(report) == ["takes the arguments"]
    assert "Is `blok` meant to be `block`?" in report.results[1].hint


def test_parameters_that_the_lessons_hand_over_by_position_may_have_other_names():
    def identity_block(inputs, kernel, widths, *, stage, block):
        return ops.relu(bottleneck(inputs, kernel, widths) + inputs)

    report = checks.run("identity_block", identity_block)
    assert report.passed, str(report)


def test_a_parameter_that_the_lessons_hand_over_by_name_has_to_have_that_name():
    def convolutional_block(x, f, filters, stage, block, stride=2):
        return blocks.convolutional_block(x, f, filters, stage, block, stride)

    report = checks.run("convolutional_block", convolutional_block)
    assert failed(report) == ["takes the arguments"]
    assert "no parameter called s." in report.results[1].why
    assert "by name: `s=…`" in report.results[1].why


def test_parameters_that_are_left_out_are_named():
    report = checks.run("identity_block", lambda X, f, filters: X)
    assert report.cause == "The function has too few parameters"
    assert "stage and none called block" in report.results[1].why


def test_numbers_are_handed_over_by_position_to_other_names():
    report = checks.run(
        "output_size",
        lambda n, k, stride, mode: -(-(n if mode == "same" else n - k + 1) // stride),
    )
    assert report.passed, str(report)


@pytest.mark.parametrize("result", [None, 7, "X", [1, 2]])
def test_a_function_that_returns_no_tensor_is_told_what_it_returns(result):
    report = checks.run("identity_block", lambda X, f, filters, stage, block: result)
    assert failed(report) == ["returns the right kind"]
    assert report.score == 0


def test_shapes_that_cannot_be_added_are_explained_with_the_own_line():
    def identity_block(X, f, filters, stage, block):
        main = layers.Conv2D(filters[0], 1)(X)
        return layers.Add()([main, X])

    report = checks.run("identity_block", identity_block)
    assert report.cause == (
        "2 convolutions, 3 batch normalisations and 2 ReLUs are missing, the first after "
        "convolution 1"
    )
    why = next(result.why for result in report.results if result.status == "failed")
    assert "return layers.Add()([main, X])" in why


def test_names_that_collide_are_found_by_a_second_call():
    def identity_block(X, f, filters, stage, block):
        return layers.ReLU(name="the_last_one")(bottleneck(X, f, filters) + X)

    report = checks.run("identity_block", identity_block)
    assert failed(report) == ["two blocks in one network"]
    assert report.cause == "The names of layers do not depend on `block`"


def test_a_layer_that_is_not_known_is_named():
    def identity_block(X, f, filters, stage, block):
        return layers.ReLU()(layers.LayerNormalization()(bottleneck(X, f, filters)) + X)

    report = checks.run("identity_block", identity_block)
    assert not report.passed
    assert "LayerNormalization" in str(report)


def test_a_loop_without_end_is_stopped():
    def identity_block(X, f, filters, stage, block):
        while True:
            pass

    report = checks.run("identity_block", identity_block, seconds=0.3)
    assert report.cause == "The function does not finish"
    assert report.score == 0


def test_what_the_function_prints_is_in_the_report():
    def identity_block(X, f, filters, stage, block):
        print("shape", X.shape)
        return blocks.identity_block(X, f, filters, stage, block)

    report = checks.run("identity_block", identity_block)
    assert report.passed
    assert report.printed.startswith("shape (None, ")


def test_leaving_the_interpreter_is_an_error_like_others():
    def identity_block(X, f, filters, stage, block):
        raise SystemExit(3)

    cause = checks.run("identity_block", identity_block).cause
    assert cause == "Your function raised SystemExit: 3"


def test_an_exercise_that_does_not_exist_is_refused_with_the_list():
    with pytest.raises(ValueError, match=r"Expected one of .*identity_block.*Received: 'resnet'"):
        checks.run("resnet", blocks.identity_block)
    with pytest.raises(AttributeError, match="no check called 'resnet'"):
        checks.resnet(blocks.identity_block)


def test_a_number_that_is_wrong_is_shown_beside_the_right_one():
    report = checks.run("identity_block_parameters", lambda f, channels, filters: 12)
    assert failed(report) == ["values"]
    result = next(result for result in report.results if result.status == "failed")
    assert result.received == "12"
    assert result.expected.split()[0].isdigit()


def test_a_layer_that_was_not_called_is_told_from_a_tensor():
    report = checks.run("identity_block", lambda X, f, filters, stage, block: layers.ReLU())
    assert report.cause == (
        "The function returns a layer, ReLU, instead of what the layer computes"
    )


def test_a_model_in_the_place_of_a_tensor_is_named():
    def identity_block(X, f, filters, stage, block):
        return keras.Model(X, blocks.identity_block(X, f, filters, stage, block))

    report = checks.run("identity_block", identity_block)
    assert report.cause == "The function returns a Keras model where a Keras tensor is expected"


def test_one_layer_for_two_places_is_named_with_its_name():
    def basic_block(X, filters, stage, block, s=1):
        twice = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"twice{block}")
        Y = ops.relu(layers.BatchNormalization()(twice(X)))
        return ops.relu(layers.BatchNormalization()(twice(Y)) + X)

    report = checks.run("basic_block", basic_block)
    assert report.cause is not None
    assert report.cause.startswith(
        "One layer is used in two places, which share its weights: 'twiceb', Conv2D"
    )
    assert "Make a separate layer for each place" in str(report)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (None, "An odd depth is accepted instead of refused with a ValueError"),
        (ValueError(), "The ValueError for an odd depth has no message"),
        (TypeError("odd"), "An odd depth raises a TypeError, not a ValueError"),
    ],
)
def test_arguments_that_are_not_refused_in_the_right_way_are_told_how(error, cause):
    def residual_stack(X, depth, width):
        if depth % 2 and error:
            raise error
        return plain.residual_stack(X, depth - depth % 2, width)

    report = checks.run("residual_stack", residual_stack)
    assert failed(report) == ["refuses an odd depth"]
    assert report.cause == cause


def test_an_exception_that_is_returned_is_not_raised():
    def residual_stack(X, depth, width):
        if depth % 2:
            return ValueError("depth is odd")
        return plain.residual_stack(X, depth, width)

    report = checks.run("residual_stack", residual_stack)
    assert report.cause == "The ValueError for an odd depth is returned, not raised"


def test_metrics_in_the_place_of_loss_weights_are_told():
    def unfreeze(model, learning_rate=1e-5):
        model = reference_solution("unfreeze")(model, learning_rate)
        loss = "sparse_categorical_crossentropy"
        model.compile(keras.optimizers.Adam(learning_rate), loss, ["accuracy"])
        return model

    report = checks.run("unfreeze", unfreeze)
    assert report.cause == (
        "The loss is sparse_categorical_crossentropy, weighted by accuracy instead of "
        "sparse_categorical_crossentropy"
    )


@pytest.mark.parametrize(
    ("epsilon", "passes"),
    [(0, True), (0.01, True), (1.001e5, False), (-1.0, False), (float("nan"), False)],
)
def test_an_epsilon_is_free_as_long_as_it_is_small_and_a_number(epsilon, passes):
    def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
        X = layers.Conv2D(filters, kernel_size, strides, "same", use_bias=use_bias)(X)
        return layers.BatchNormalization(epsilon=epsilon)(X)

    report = checks.run("conv_bn", conv_bn)
    assert report.passed == passes
    assert passes or report.cause == f"A batch normalisation has the epsilon {epsilon:g}"
