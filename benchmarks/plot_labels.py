"""Draw accuracy against labels from what `transfer_labels.py` printed.

    python benchmarks/plot_labels.py

One panel for each backbone, from its file in `benchmarks/results/`: the means over all draws, and
every draw as a dot. The small network from scratch, of the first file, is dashed in the second.
"""

import argparse
from collections import defaultdict
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from resnet_course.results.picture import Picture, save
from resnet_course.results.plots import BLUE, GREY, ORANGE

RESULTS = Path(__file__).parent / "results"

#: The files, with what the panel is called.
PANELS = {
    "labels_characters.txt": "pretrained on characters: 309k parameters",
    "labels_cifar10.txt": "pretrained on CIFAR-10: 1.5M parameters",
}

#: What the columns of a printed line are of, with their colours.
COLUMNS = {"frozen": GREY, "fine-tuned": BLUE, "the same from scratch": ORANGE}

#: Accuracies that have a line, in per cent.
TICKS = (30, 50, 70, 80, 90, 95, 98, 99, 99.5)

#: Accuracies in per cent, by number of labels, name of the draw, and column.
Table = dict[int, dict[str, dict[str, float]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path(__file__).parent.parent / "docs" / "images" / "labels.png"
    parser.add_argument("--output", type=Path, default=default, help=f"default: {default}")
    arguments = parser.parse_args()
    tables = [read(RESULTS / name) for name in PANELS]
    figure = Picture(figsize=(10, 4.2), layout="constrained", dpi=120)
    first = None
    for position, (table, title) in enumerate(zip(tables, PANELS.values(), strict=True), start=1):
        axes = figure.add_subplot(1, 2, position, sharey=first)
        first = first or axes
        draw(axes, table, title)
        if position > 1:
            small = "the small network from scratch"
            line(axes, tables[0], "the same from scratch", label=small, linestyle="--")
        axes.legend(frameon=False, loc="lower right", fontsize=9)
    save(figure, arguments.output)
    print(f"wrote {arguments.output}")


def read(path: Path) -> Table:
    """Return the table in a file, by number of labels and draw."""
    table: Table = defaultdict(dict)
    for text in path.read_text(encoding="utf-8").splitlines():
        words = text.split()
        if words and words[0].isdecimal():
            accuracies = map(float, words[2:5])
            table[int(words[0])][words[1]] = dict(zip(COLUMNS, accuracies, strict=True))
    return dict(sorted(table.items()))


def draw(axes: Axes, table: Table, title: str) -> None:
    """Draw a table: accuracy upwards, so that halving the errors is always the same step."""
    for name, colour in COLUMNS.items():
        line(axes, table, name, label=name)
        dots = [
            (labels, error(row[name]))
            for labels, rows in table.items()
            for draw, row in rows.items()
            if draw != "mean"
        ]
        axes.plot(*zip(*dots, strict=True), ".", color=colour, alpha=0.4, markersize=4)
    axes.set_title(title, loc="left", fontsize=10)
    axes.set_xscale("log")
    axes.set_xlabel("labelled digits")
    axes.xaxis.set_major_locator(FixedLocator(list(table)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda labels, _: f"{labels:,.0f}"))
    axes.set_yscale("log")
    axes.set_ylim(error(20), error(99.7))
    axes.yaxis.set_major_locator(FixedLocator([error(tick) for tick in TICKS]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 - value:g} %"))
    axes.grid(color="#E5E5E5", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)


def line(axes: Axes, table: Table, name: str, label: str, linestyle: str = "-") -> None:
    """Draw the means of one column."""
    means = [error(rows["mean"][name]) for rows in table.values()]
    axes.plot(list(table), means, linestyle, color=COLUMNS[name], linewidth=1.8, label=label)


def error(accuracy: float) -> float:
    """Return the errors that an accuracy leaves, both in per cent."""
    return 100 - accuracy


if __name__ == "__main__":
    main()
