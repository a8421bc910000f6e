"""Titles of mistakes that were made at once: the same mistake in several places is said once."""

import pytest

from checks.messages.titles import joined

KERNEL = "another kernel size than expected: 1×1 instead of 3×3"
FILTERS = "another number of filters than expected"

ONCE = {
    "Convolutions 1 and 3 are missing": ["Convolution 1 is missing", "Convolution 3 is missing"],
    f"Convolutions 1 and 2 have {KERNEL}": [
        f"Convolution 1 has {KERNEL}",
        f"Convolution 2 has {KERNEL}",
    ],
    f"Convolutions 1, 2 and 3 have {KERNEL}": [
        f"Convolution {number} has {KERNEL}" for number in (1, 2, 3)
    ],
    f"Convolutions 2 and 3 have {FILTERS}: 18 and 36 instead of 9": [
        f"Convolution 2 has {FILTERS}: 18 instead of 9",
        f"Convolution 3 has {FILTERS}: 36 instead of 9",
    ],
    f"Convolution 2 (blocks 1 and 2) has {KERNEL}": [
        f"Convolution 2 (block 1) has {KERNEL}",
        f"Convolution 2 (block 2) has {KERNEL}",
    ],
    "ReLU 1 (stage 2, blocks a and b) is missing": [
        "ReLU 1 (stage 2, block a) is missing",
        "ReLU 1 (stage 2, block b) is missing",
    ],
    "ReLU 1 (stages 2 and 3, block a) is missing": [
        "ReLU 1 (stage 2, block a) is missing",
        "ReLU 1 (stage 3, block a) is missing",
    ],
    "ReLU 1 (stage 2, block a, and stage 3, block b) is missing": [
        "ReLU 1 (stage 2, block a) is missing",
        "ReLU 1 (stage 3, block b) is missing",
    ],
    "The addition (blocks 1 and 2) adds the input instead of convolution 1 (blocks 1 and 2)": [
        f"The addition (block {number}) adds the input instead of convolution 1 (block {number})"
        for number in (1, 2)
    ],
    "The ReLUs after the first and the second convolution are missing": [
        "The ReLU after the first convolution is missing",
        "The ReLU after the second convolution is missing",
    ],
    "The kernels of the first and the third convolution are left out": [
        "The kernel of the first convolution is left out",
        "The kernel of the third convolution is left out",
    ],
    "The first and the third batch normalisation are fixed to training mode": [
        "The first batch normalisation is fixed to training mode",
        "The third batch normalisation is fixed to training mode",
    ],
    "There is a LeakyReLU in the place of ReLU 1 and of ReLU 2": [
        "There is a LeakyReLU in the place of ReLU 1",
        "There is a LeakyReLU in the place of ReLU 2",
    ],
    "The pooling and the convolution pad by themselves": [
        "The pooling pads by itself",
        "The convolution pads by itself",
    ],
    "Stages 3 and 4 have the stride 1, not 2": [
        "Stage 3 has the stride 1, not 2",
        "Stage 4 has the stride 1, not 2",
    ],
}


@pytest.mark.parametrize("title", ONCE)
def test_the_same_mistake_in_several_places_is_said_once(title):
    assert joined(ONCE[title]) == title


DIFFERENT = [
    ["The shortcut is normalised", "The shortcut is rectified"],
    ["The ReLU is missing", "The batch normalisation is missing"],
    ["Stage 2 has 2 blocks, not 3", "Stage 3 has 3 blocks, not 4"],
    [f"Convolution 1 has {KERNEL}", "Convolution 2 has another stride than expected"],
    [
        "Convolution 1 has another kernel size than expected: 3×3 instead of 1×1",
        "Convolution 2 has another kernel size than expected: 1×1 instead of 3×3",
    ],
    ["The padding is “valid”", "The stride is ignored"],
    ["The labels are counted from 1", "The confidences are counted from 1"],
]


@pytest.mark.parametrize("titles", DIFFERENT)
def test_different_mistakes_are_counted(titles):
    assert joined(titles) == f"Two things: {titles[0]} · {titles[1]}"


def test_of_three_mistakes_two_may_be_one():
    titles = ["ReLU 1 is missing", "The softmax is applied twice", "ReLU 2 is missing"]
    assert joined(titles) == "Two things: ReLUs 1 and 2 are missing · The softmax is applied twice"


def test_three_different_mistakes_are_counted():
    assert joined(["One is so", "That is it", "All are"]) == (
        "Three things: One is so · That is it · All are"
    )
