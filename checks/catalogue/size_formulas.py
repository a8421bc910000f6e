"""Lesson 3, `output_size`: the formulas that learners may write, with what is wrong with each."""

from itertools import product

from checks.variations import Slip

#: From how many pixels the starts are counted, as a learner may write it, and what is wrong.
_STARTS = {
    "size": "the kernel is left out",
    "size - kernel": "",
    "size - kernel + 1": "",
    "size + kernel - 1": "that is “full” padding",
    "size + kernel - 2": "that is “full” padding",
    "size + kernel": "the kernel is added",
    "size - kernel + 2": "",
    "size - kernel - 1": "",
    "size - 2 * (kernel // 2)": "kernel // 2 on either side is one too many for an even kernel",
    "size - kernel // 2": "half of the kernel is taken away on one side only",
    "size + 2 * (kernel // 2) - kernel": "there is kernel // 2 of padding on either side",
    "size + 2 * (kernel // 2)": (
        "there is kernel // 2 of padding on either side, and the kernel is left out"
    ),
    "size - 1": "",
    "size + 1": "",
    "size - 2": "a kernel of 3 is taken for granted",
}

_DIVISIONS = (
    "({}) // stride",
    "ceil(({}) / stride)",
    "round(({}) / stride)",
    "({}) / stride",
    "{}",
    "({}) * stride",
)

_ADDED = ("", " + 1", " - 1")

_ONE_TOO_MANY = "one too many where the stride divides the number of starts"


def _formula(starts: str, division: str, added: str) -> str:
    """Return a formula as it is written in Python."""
    return division.format(starts).replace("(size)", "size") + added


def _of_one(padding: str, starts: str, division: str, added: str) -> Slip:
    """Return a formula for one padding as a slip, with what is wrong where it begins to count."""
    formula, because = _formula(starts, division, added), _STARTS[starts]
    if starts == {"same": "size", "valid": "size - kernel + 1"}[padding]:
        because = _ONE_TOO_MANY if added == " + 1" else ""
    elif padding == "valid" and starts == "size - kernel" and not added:
        because = "the last start is not counted, the 1 is missing"
    return Slip(
        f"With padding “{padding}” the size is computed as {formula}"
        + f": {because}" * bool(because),
        {padding: formula},
        "Count the starts for the stride 1; of these, the first and then every stride-th one is "
        "left.",
    )


def _of_both(same: str, valid: str, because: str = "") -> Slip:
    return Slip(
        f"The size is computed as {same} with padding “same” and {valid} with “valid”{because}",
        {"same": same, "valid": valid},
        "Count the starts for the stride 1, divide by the stride, round up and add nothing.",
    )


#: Every formula for one padding, then every rounding that is wrong for both.
FORMULAS = (
    *(_of_one(*choice) for choice in product(("same", "valid"), _STARTS, _DIVISIONS, _ADDED)),
    *(
        _of_both(
            _formula("size", division, added),
            _formula(valid, division, added),
            f": {_ONE_TOO_MANY}" * ("//" in division and added == " + 1"),
        )
        for division, added, valid in product(
            _DIVISIONS, _ADDED, ("size - kernel + 1", "size - kernel")
        )
    ),
    *(
        _of_both(*(_formula(starts, "({}) // stride", " + 1") for starts in pair))
        for pair in product(_STARTS, repeat=2)
    ),
)
