"""Answers that were written without sight of the checks: right ones pass, wrong ones do not."""

import pytest

import checks
from tests.checks.blind.answer import Answer, answers

#: What is wrong with these is only what the checks leave free, see docs/checks.md.
FREE = {
    "plain_he_normal",
    "conv_bn_glorot_seed_zero",
    "conv_bn_default_epsilon",
    "conv_bn_underscore_in_names",
    "idb_stage_missing_in_names",
    "idb_copied_from_the_specialisation",
    "proj_named_branch_two",
    "bb_with_biases",
    "bb_projection_shortcut_with_bias",
    "stem_default_epsilon",
    "stem_free_names",
    "mnist_stem_with_bias",
    "images_float64",
    "images_returns_a_tensor",
    "basic_bias_in_projection",
}

#: No check builds a stage of so many blocks.
NOT_SEEN = {"stage_alphabet_ends", "stage_only_twenty_six_letters"}


def named(answer: Answer) -> str:
    return f"{answer.exercise}-{answer.function.__name__}"


@pytest.mark.parametrize("answer", [*answers(1), *answers(2)], ids=named)
def test_an_answer_passes_if_it_is_right_and_only_then(answer: Answer) -> None:
    passes = answer.truth is None or answer.function.__name__ in FREE | NOT_SEEN
    report = checks.run(answer.exercise, answer.function, seconds=300)
    assert report.passed == passes, str(report)
    assert report.passed or report.cause
