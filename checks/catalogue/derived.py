"""Mistakes that follow from the roles of a reference's nodes, whatever the exercise."""

from collections.abc import Sequence
from typing import Any

from checks.mistakes import (
    Mistake,
    Mutation,
    Row,
    Rows,
    always,
    both,
    by_default,
    changed,
    ending_at,
    hinted,
    inserted_after,
    mistakes,
    replaced,
    where_they_fit,
    without,
)

BATCH_NORM = {"axis": 3, "epsilon": 1e-3, "center": True, "scale": True, "training": None}

NTH = {1: "first", 2: "second", 3: "third"}

#: Hints that several kinds of mistakes share.
ADDED = (
    "How are the two paths joined in the equation of the block?",
    "y = F(x) + x: number is added to number.",
    "Use `layers.Add()([X, shortcut])`.",
)
ORDER = (
    "In which order do convolution, normalisation and ReLU come?",
    "The statistics should be those of the convolution's output.",
)
PATHS = "Print the shapes of both paths before the addition."
START = "What does the name `X` stand for at the line that saves the shortcut?"
#: How layers are written.
_LAYERS = {
    "batch normalisation": "layers.BatchNormalization(axis=3, …)",
    "ReLU": "layers.ReLU()",
    "max pooling": "layers.MaxPooling2D(2)",
}


def in_words(role: str) -> str:
    """Return what a node is called in a sentence: "convolution 2" is "the second convolution"."""
    kind, _, number = role.rpartition(" ")
    if number.isdigit():
        return f"the {NTH[int(number)]} {kind}"
    if role.startswith(("shortcut ", "stem: ")):
        where, _, name = role.replace(": ", " ").partition(" ")
        return f"the {where}'s {name}"
    return role.strip("*") if "*" in role else f"the {role}"


def missing(role: str, after: str, explanation: str) -> Row:
    """Return the mistake of a layer that is missing, by its node and the one that it follows."""
    kind = role.rpartition(": ")[2].removeprefix("shortcut ").rstrip(" 123")
    return (
        without(role),
        explanation,
        f"What follows {in_words(after)}?",
        "Go through your layers in order: which of the layers in the lesson is missing?",
        f"Apply `{_LAYERS[kind]}` to the output of {in_words(after)}.",
    )


def ignored(explanation: str, last: str, **always_used: Any) -> Row:
    """Return the mistake of an argument that is ignored: a fixed value stands in its place."""
    (name,) = always_used
    return (always(**always_used), explanation, *unused(name), last)


def unused(name: str) -> tuple[str, str]:
    """Return the first two hints where an argument is never used."""
    return "Which parameter of the function is never used?", f"What should depend on `{name}`?"


def miscounted(mutation: Mutation, explanation: str, last: str) -> Row:
    """Return the mistake of too many turns of a loop, or too few, with its last hint."""
    return (
        mutation,
        explanation,
        "Count the layers of your network: how many of each kind should there be?",
        "How often does your loop run, and what does each turn add?",
        last,
    )


def returned(role: str, explanation: str, right: str) -> Row:
    """Return the mistake of a function that returns this node, and not what is right."""
    return (
        ending_at(role),
        explanation,
        "Which name follows `return`?",
        "What does that name stand for at the end of your function?",
        f"Return {right}.",
    )


def another_default(name: str, default: int, wrong: int) -> Rows:
    """Return the mistake of another default value of a parameter."""
    return {
        f"The default of {name} is {wrong}, not {default}": (
            by_default(**{name: wrong}),
            f"A call that leaves out `{name}` should use {default}, as in the lesson. Yours uses "
            f"{wrong}, so such calls build another network.",
            "Compare the first line of your function with that of the lesson.",
            f"What is `{name}` when a call leaves it out?",
            f"Write `{name}={default}` in the first line.",
        )
    }


def fixed_modes(*roles: str) -> Rows:
    """Return the mistakes of normalisations that are always in training mode."""
    rows: Rows = {
        f"{in_words(role)} is fixed to training mode": (
            changed(role, training=True),
            "With `training=True` in the code, a model that is called without a mode, as in "
            "`model(images)`, normalises with the statistics of the batch. The prediction for an "
            "image then depends on the other images of its batch.",
            "Is there an argument `training` in your code?",
            "Keras sets the mode by itself in `fit` and `predict`.",
            f"Call {'each ' if '*' in role else ''}{in_words(role)} with nothing but its input.",
        )
        for role in roles
    }
    return {title[0].upper() + title[1:]: row for title, row in rows.items()}


def rectified(where: str, after: str, between: str, explanation: str) -> Rows:
    """Return the mistakes of a ReLU in a unit that has none.

    Args:
        where: How the names of the unit's nodes begin: "" or "shortcut ".
        after: The title of one after the normalisation.
        between: The title of one after the convolution.
        explanation: What is wrong with the first.
    """
    convolution, normalisation = f"{where}convolution", f"{where}batch normalisation"
    return {
        after: (
            inserted_after(normalisation, "relu"),
            explanation,
            "How many layers should there be, and which is the last?",
            f"What follows {in_words(normalisation)}?",
            f"Return the output of {in_words(normalisation)} itself.",
        ),
        between: (
            inserted_after(convolution, "relu"),
            "The ReLU removes the negative values before their mean and variance are taken. The "
            "paper normalises right after the convolution.",
            "What stands between the two layers?",
            "Does the convolution have an activation?",
            f'Take `activation="relu"` out of {in_words(convolution)}.',
        ),
    }


def unpadded(title: str, role: str, explanation: str) -> Rows:
    """Return the mistake of convolutions without padding, which make images smaller."""
    which = "every convolution" if "*" in role else in_words(role)
    return {
        title: (
            changed(role, padding="valid"),
            explanation,
            "Compare the output's height and width with the input's.",
            "Which padding keeps the size where the stride is 1?",
            f'Give {which} `padding="same"`.',
        )
    }


def one_turn(
    section: str, part: str, once: Mutation, how: str, titles: tuple[str, str] | None = None
) -> tuple[Mistake, ...]:
    """Return the mistakes of a loop of which one turn counts.

    Args:
        section: Where the lesson explains it.
        part: What a turn adds, such as "block".
        once: Builds the network of one turn.
        how: What to write in the loop.
        titles: Where the other turns are lost, and where there are none, if not the usual ones.
    """
    lost, never = titles or (
        f"Only the last {part} counts: every turn of the loop reads the same input",
        f"There is only one {part}: a `return` in the loop, or no loop at all",
    )
    hints = (
        f"Which tensor does the second {part} read, and where does the function return?",
        f"In every turn of the loop the {part} reads the result of the turn before.",
        f"{how}, and `return X` after the loop.",
    )
    unread = (
        f"The {part}s all read the same tensor instead of one another, so the result of the last "
        "one is returned and the others are computed for nothing."
    )
    alone = f"The function builds a single {part}, however many are asked for."
    return (
        *mistakes(section, {lost: (once, unread, *hints)}, loses=True),
        *mistakes(section, {never: (once, alone, *hints)}),
    )


def not_added(paths: str, addition: str) -> Rows:
    """Return the mistakes of paths that are not added; with `paths` the titles begin."""
    return {
        f"{paths} are concatenated": (
            replaced(addition, "concatenate", axis=-1),
            "Concatenation puts the channels of the two paths side by side, so there are twice as "
            "many and nothing is added. A residual block adds the two paths, number to number.",
            *ADDED,
        ),
        f"{paths} are multiplied": (
            replaced(addition, "multiply"),
            "A product is large only where both paths are, and where one of them is 0 the other "
            "gets no gradient. A residual block adds the two paths, so the shortcut always "
            "passes.",
            *ADDED,
        ),
    }


def relus_at_the_addition(last: str, relu: str, unit: str) -> Rows:
    """Return the mistakes of a block's last ReLU, which follows the addition.

    Args:
        last: The last node of the main path.
        relu: The node of the ReLU.
        unit: What the main path ends with: "third unit".
    """
    grows = (
        "The main path is rectified before it is added, so it can only add to the shortcut, never "
        "subtract from it, and the signal grows from block to block."
    )
    return hinted(
        {
            "The ReLU after the addition is missing": (
                without(relu),
                "The block returns the sum as it is. In the paper every block ends with a ReLU "
                "after the addition, so that there is a nonlinear function between one block and "
                "the next.",
                "Apply `layers.ReLU()` to the sum and return the result.",
            ),
            "A ReLU stands before the addition": (
                both(inserted_after(last, "relu"), without(relu)),
                grows,
                "Move the last ReLU, so that it follows the addition.",
            ),
            "There is one ReLU too many: before the addition as well as after it": (
                inserted_after(last, "relu"),
                grows,
                f"Take out the ReLU between the {unit} and the addition.",
            ),
        },
        "How many ReLUs does the block have in the picture, and where?",
        f"The {unit} has no ReLU; there is one after the addition.",
    )


def rectified_first(
    instead: str,
    besides: str,
    convolutions: Sequence[str],
    relus: Sequence[str],
    biases: Sequence[bool] = (True,),
) -> Rows:
    """Return the mistakes of convolutions that have a ReLU before the normalisation.

    Args:
        instead: The title where those of the block are missing.
        besides: The title where they are there too.
        convolutions: The nodes of the convolutions.
        relus: The nodes of the ReLUs after the normalisations.
        biases: Whether those of the main path have a bias, which counts before a ReLU: one or both.
    """
    rectified = [inserted_after(role, "relu") for role in convolutions]
    of_the_main_path = [role for role in convolutions if not role.startswith("shortcut")]
    ways = [
        where_they_fit(*(changed(role, use_bias=bias) for role in of_the_main_path), *rectified)
        for bias in biases
    ]
    explanation = (
        "The paper normalises right after the convolution and rectifies only then; the last unit "
        "of the main path and the shortcut have no ReLU."
    )
    return hinted(
        {
            instead: (tuple(where_they_fit(without(*relus), way) for way in ways), explanation),
            besides: (
                tuple(ways),
                f"These ReLUs come in addition to those of the block. {explanation}",
            ),
        },
        ORDER[0],
        'A convolution with `activation="relu"` rectifies before the normalisation.',
        "Take the activations out of the convolutions; apply `layers.ReLU()` after every "
        "normalisation of the main path but the last.",
    )
