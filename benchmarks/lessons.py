"""Repeat the lessons' experiments over several seeds; print the figures that the lessons quote.

    python benchmarks/lessons.py 1 --seeds 8
    python benchmarks/lessons.py 1 --seeds 3 --stacks he
    python benchmarks/lessons.py 1 --seeds 3 --stacks batch_norm
    python benchmarks/lessons.py 3 --seeds 5
    python benchmarks/lessons.py 4 --seeds 4
    python benchmarks/lessons.py 5 --seeds 3

What runs is the code of the solved notebook itself, with another seed in it.
"""

import argparse
import contextlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt

SOLUTIONS = Path(__file__).parent.parent / "solutions"
SEED = "set_random_seed(0)"
CONVOLUTION = 'layers.Conv2D(width, 3, padding="same")(X)'

#: What becomes of the convolutions in the stacks of lesson 1.
STACKS = {
    "glorot": CONVOLUTION,
    "he": 'layers.Conv2D(width, 3, padding="same", kernel_initializer="he_normal")(X)',
    "batch_norm": f"layers.BatchNormalization()({CONVOLUTION})",
}


def code_cells(lesson: str) -> list[str]:
    """Return the code of a solved lesson, cell by cell, without checks and plots."""
    notebook = next((SOLUTIONS / lesson).glob("*.ipynb"))
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [each for each in sources if "checks.run" not in each and not each.startswith("checks.")]


def played(lesson: str, changes: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run a lesson, with parts of its code replaced, and return its variables."""
    variables: dict[str, Any] = {}
    cells = code_cells(lesson)
    for old, new in (changes or {}).items():
        if not any(old in cell for cell in cells):
            raise SystemExit(f"{lesson} no longer contains {old!r}: mend benchmarks/lessons.py.")
        cells = [cell.replace(old, new) for cell in cells]
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            exec(compile(cell, lesson, "exec"), variables)
            plt.close("all")
    return variables


def span(name: str, values: Sequence[float], form: str = ".1f") -> None:
    """Print all values of one figure, from the least to the largest."""
    print(f"  {name:44s}" + "  ".join(format(value, form) for value in sorted(values)))


def lesson_1(seeds: range, stacks: str) -> None:
    """Print gradients, losses and training accuracies of the four networks, over seeds."""
    changes = {CONVOLUTION: STACKS[stacks]} if stacks != "glorot" else {}
    cell = '"accuracy": accuracy}'
    changes[cell] = '"accuracy": accuracy, "model": model}'
    lesson = played("01_deep_network_problem", changes)
    names = [(kind, depth) for depth in (4, 20) for kind in ("plain", "residual")]
    rounds = [
        {
            (kind, depth): lesson["measure_and_train"](lesson[f"{kind}_stack"], depth, seed)
            for kind, depth in names
        }
        for seed in seeds
    ]
    for name in names:
        results = [each[name] for each in rounds]
        print(f"{name[0]}, depth {name[1]}")
        span("gradient of the first convolution", [r["gradients"][0] for r in results], ".2g")
        span("gradient of the last convolution", [r["gradients"][-1] for r in results], ".2g")
        span("training loss, fourth epoch", [r["losses"][-1] for r in results], ".2f")
        hits = [r["model"].history.history["accuracy"][-1] for r in results]
        span("right on training images, fourth epoch, %", [100 * hit for hit in hits])
    first = [
        [each[kind, depth]["gradients"][0] for each in rounds]
        for kind, depth in (("plain", 4), ("plain", 20), ("residual", 20))
    ]
    span("first gradient, plain: depth 4 / depth 20", _ratios(first[0], first[1]), ".0f")
    span("first gradient, depth 20: residual / plain", _ratios(first[2], first[1]), ".0f")
    better = sum(
        each["plain", 4]["losses"][-1] < each["residual", 4]["losses"][-1] for each in rounds
    )
    print(f"  depth 4: the plain network has the lower loss in {better} of {len(rounds)}")


def _ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    return [a / b for a, b in zip(above, below, strict=True)]


def lesson_3(seeds: range) -> None:
    """Print the errors of the three blocks, over seeds."""
    rounds = list(_each_seed("03_convolutional_block", "measured", seeds))
    for name in rounds[0]:
        span(f"{name}: wrong test digits, %", [each[name]["errors"] for each in rounds])
        span(f"{name}: pixels with influence, %", [each[name]["pixels"] for each in rounds])


def lesson_4(seeds: range) -> None:
    """Print the accuracy of the four sizes, over seeds."""
    rounds = list(_each_seed("04_resnet50", "accuracy", seeds))
    for widths in rounds[0]:
        span(f"widths {widths}: right test digits, %", [each[widths] for each in rounds])


def lesson_5(seeds: range) -> None:
    """Print how transfer compares in five draws for each letter network."""
    rounds: list[dict[str, tuple[float, float]]] = []
    for seed in seeds:
        changes = {SEED: SEED.replace("0", str(seed)), "seed in range(3)]": "seed in range(5)]"}
        lesson = played("05_mnist_transfer", changes | {"[place] * 3": "[place] * 5"})
        labels = lesson["data"].y_test
        for outputs in lesson["rounds"]:
            compared = {
                name: lesson["compare_stages"](labels, output, output)
                for name, output in outputs.items()
            }
            rounds.append(
                {
                    name: (100 * each["tuned_accuracy"], 100 * each["confidence_wrong"])
                    for name, each in compared.items()
                }
            )
    for name in rounds[0]:
        span(f"{name}: right test digits, %", [each[name][0] for each in rounds])
        span(f"{name}: mean confidence where wrong, %", [each[name][1] for each in rounds])
    for better, worse in (
        ("fine-tuned", "frozen"),
        ("fine-tuned", "from scratch"),
        ("frozen", "from scratch"),
    ):
        gains = [each[better][0] - each[worse][0] for each in rounds]
        wins = sum(gain > 0 for gain in gains)
        span(f"{better} over {worse}, points", gains)
        print(f"  {better} is better than {worse} in {wins} of {len(gains)}")


def _each_seed(lesson: str, result: str, seeds: range) -> Iterator[Any]:
    for seed in seeds:
        yield played(lesson, {SEED: SEED.replace("0", str(seed))})[result]


LESSONS: dict[int, Callable[..., None]] = {1: lesson_1, 3: lesson_3, 4: lesson_4, 5: lesson_5}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lesson", type=int, choices=LESSONS, help="number of the lesson")
    parser.add_argument("--seeds", type=int, default=3, help="number of seeds (default: 3)")
    parser.add_argument(
        "--stacks", choices=STACKS, default="glorot", help="of lesson 1 (default: glorot)"
    )
    arguments = parser.parse_args()
    matplotlib.use("Agg")
    options = {"stacks": arguments.stacks} if arguments.lesson == 1 else {}
    LESSONS[arguments.lesson](range(arguments.seeds), **options)


if __name__ == "__main__":
    main()
