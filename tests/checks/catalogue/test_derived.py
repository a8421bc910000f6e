"""Mistakes that are derived from roles."""

import re

import pytest

from checks.catalogue import EXERCISES, derived
from checks.exercise import NetworkExercise

NETWORKS = [name for name in EXERCISES if isinstance(EXERCISES[name], NetworkExercise)]


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("convolution", "the convolution"),
        ("convolution 2", "the second convolution"),
        ("shortcut batch normalisation", "the shortcut's batch normalisation"),
        ("*batch normalisation*", "batch normalisation"),
        ("stem: batch normalisation", "the stem's batch normalisation"),
        ("ReLU", "the ReLU"),
    ],
)
def test_a_node_has_a_name_in_a_sentence(role, words):
    assert derived.in_words(role) == words


def test_a_title_begins_with_a_capital():
    (title,) = derived.fixed_modes("shortcut batch normalisation")
    assert title == "The shortcut's batch normalisation is fixed to training mode"


@pytest.mark.parametrize("name", NETWORKS)
def test_a_mistake_has_an_explanation_three_hints_and_a_section(name):
    for mistake in EXERCISES[name].mistakes:
        assert len(mistake.hints) == 3, mistake.title
        assert mistake.section.startswith("lesson "), mistake.title
        assert all(text.endswith((".", "?")) for text in (mistake.explanation, *mistake.hints))


@pytest.mark.parametrize("name", NETWORKS)
def test_words_fit_together_where_they_are_filled_in(name):
    for mistake in EXERCISES[name].mistakes:
        for text in (mistake.title, mistake.explanation, *mistake.hints):
            assert not re.search(r"^\s|\s$|  |the the|\{(?!stage|block)", text), text
