"""Networks that would take NumPy hours are judged in no time, and said to be giants."""

import json

import keras
import pytest
from keras import layers

from checks.evidence import written
from checks.probing.probe import probe
from resnet_course.desk.solutions import reference_solution
from resnet_course.grading.marking.judging import Judge, Question, draw_cases


@pytest.fixture(scope="module")
def judge():
    judge = Judge()
    yield judge
    judge.close()


def up_and_down(Y):
    Y = layers.MaxPooling2D(50, 1, "same")(layers.UpSampling2D(200)(Y))
    return layers.AveragePooling2D(200)(Y)


def padded(Y):
    return layers.Cropping2D(30_000)(layers.ZeroPadding2D(30_000)(Y))


def wide_windows(Y):
    for _ in range(20):
        Y = layers.MaxPooling2D(2_001, 1, "same")(Y)
    return Y


def plain_steps_on_giants(Y):
    return layers.AveragePooling2D(3_000)(-layers.UpSampling2D(3_000)(-Y))


def many_channels(Y):
    wide = Y
    for _ in range(20):
        wide = layers.Concatenate()([wide, wide])
    return wide[..., : Y.shape[-1]]


def many_steps(Y):
    for _ in range(700):
        Y = -Y
    return Y


def the_same_layer_often(Y):
    conv = layers.Conv2D(Y.shape[-1], 1_001, padding="same")
    for _ in range(50):
        Y = conv(Y)
    return Y


@pytest.mark.parametrize(
    "giant",
    [
        up_and_down,
        padded,
        wide_windows,
        plain_steps_on_giants,
        many_channels,
        many_steps,
        the_same_layer_often,
    ],
)
def test_a_giant_is_compared_and_not_run(judge, giant):
    block = reference_solution("identity_block")
    cases = draw_cases("identity_block", 5)[:1]
    evidence = probe(lambda *args, **kwargs: giant(block(*args, **kwargs)), cases)
    assert evidence.cases[0].outcome == "returned"
    said = json.dumps(written(evidence)).encode()
    judge.begin()
    verdict = judge.judge(Question("identity_block", cases, said))
    assert verdict.score < 1
    assert "wiring" in verdict.failures
    if giant is not the_same_layer_often:  # of which the weights are others, too
        assert "far more work than the expected one" in verdict.html
    assert judge.total_seconds - judge._left < 2


def test_no_page_repeats_a_long_name_as_often_as_a_layer_has_inputs(judge):
    cases = draw_cases("identity_block", 5)[:1]
    block = reference_solution("identity_block")

    def nested(X, **kwargs):
        inputs = keras.Input(X.shape[1:])
        relu = layers.ReLU()(inputs)
        inner = keras.Model(inputs, layers.Add()([relu] * 300), name="x" * 100_000)
        return inner(block(X, **kwargs))

    evidence = probe(nested, cases)
    assert evidence.cases[0].outcome == "returned"
    said = json.dumps(written(evidence)).encode()
    judge.begin()
    verdict = judge.judge(Question("identity_block", cases, said))
    assert verdict is not None
    assert not verdict.passed
    assert len(verdict.html) < 2**20
