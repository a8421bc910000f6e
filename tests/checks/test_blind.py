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
    "s3_cbn_bias_initialised",
    "s3_idb_specialisation_copy",
    "s3_prs_wrong_names",
    "s3_bab_projection_with_bias",
    "s3_stage_letters_backwards",
    "s3_resnet50_stages_from_one",
    "s3_images_float64",
    "s3_confidence_where",
    "s4_glorot_but_normal",
    "s4_underscore_in_names",
    "s4_he_uniform",
    "s4_block_before_stage",
    "s4_names_swapped",
    "s4_bias_left_in_projection",
    "s4_result_in_float64",
}

#: No check builds a stage of so many blocks.
NOT_SEEN = {"stage_alphabet_ends", "stage_only_twenty_six_letters"}


def named(answer: Answer) -> str:
    return f"{answer.exercise}-{answer.function.__name__}"


#: Every so many of the wrong answers is tried. `benchmarks/blind.py` tries all.
EVERY = 8


def chosen() -> list[Answer]:
    """Return all right answers and some of the wrong ones, which are told apart in minutes."""
    everything = [answer for number in range(1, 5) for answer in answers(number)]
    right = [answer for answer in everything if answer.truth is None]
    return [*right, *[answer for answer in everything if answer.truth][::EVERY]]


@pytest.mark.parametrize("answer", chosen(), ids=named)
def test_an_answer_passes_if_it_is_right_and_only_then(answer: Answer) -> None:
    passes = answer.truth is None or answer.function.__name__ in FREE | NOT_SEEN
    report = checks.run(answer.exercise, answer.function, seconds=300)
    assert report.passed == passes, str(report)
    assert report.passed or report.cause
