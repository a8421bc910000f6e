"""Pictures: images, learning curves, predictions with their confidence, confusion matrices.

Every function returns a figure that shows itself in a notebook and that `picture.save` writes to a
file. None touches the state of `matplotlib.pyplot`.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, PercentFormatter

from resnet_course.results.picture import Picture, new_picture

# Colours that people with any kind of colour vision can tell apart (Okabe and Ito 2008).
BLUE = "#0072B2"
ORANGE = "#D55E00"
GREY = "#9A9A9A"
PALE = "#ECECEC"
DARK = "#333333"

#: Predictions that a picture shows, at most.
MOST = 24

#: Classes that a prediction shows, at most.
BARS = 3

#: Characters of a class's name that are shown, at most.
LONGEST = 16

#: Accuracy above which errors are looked at instead.
NEARLY_RIGHT = 0.95

#: Points from which on a curve is a line without dots.
FEW_POINTS = 6


def images(images: np.ndarray, titles: Sequence[str] | None = None, columns: int = 8) -> Picture:
    """Show images in a grid.

    Args:
        images: Of shape `(images, height, width, channels)` or `(images, height, width)`, uint8,
            or floats, whose range from least to greatest is shown.
        titles: What to write above each.
        columns: Images a row, at most.
    """
    columns = min(columns, len(images))
    rows = math.ceil(len(images) / columns)
    figure = new_picture(1.15 * columns, (1.4 if titles else 1.15) * rows)
    for position, image in enumerate(images):
        axes = figure.add_subplot(rows, columns, position + 1)
        _show(axes, image)
        if titles is not None:
            axes.set_title(titles[position], fontsize=9, pad=3)
    return figure


def learning_curve(curve: Mapping[str, Sequence[float]]) -> Picture:
    """Show how loss and accuracy went while training.

    Args:
        curve: Equally long lists of `"epoch"`, `"loss"` and `"accuracy"` and, if there is a
            validation, `"validation_loss"` and `"validation_accuracy"`, a value an epoch.

    Returns:
        The figure. Where most of the accuracies are near 100 %, the share of errors is shown in
        their place, on a logarithmic axis.
    """
    figure = new_picture(8, 3.2)
    for position, name in enumerate(("loss", "accuracy"), start=1):
        axes = figure.add_subplot(1, 2, position)
        seen, validated = (np.asarray(curve.get(of + name, ())) for of in ("", "validation_"))
        errors = 1 - np.concatenate([seen, validated])
        if name == "accuracy" and np.median(seen) > NEARLY_RIGHT and errors.any():
            name = "errors"
            # A logarithmic axis has no place for no error at all: half of the least error is that.
            floor = errors[errors > 0].min() / 2
            seen, validated = np.maximum(1 - seen, floor), np.maximum(1 - validated, floor)
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.3g}%")
            axes.yaxis.set_minor_formatter(NullFormatter())
        points = "o-" if len(seen) < FEW_POINTS else "-"
        axes.plot(curve["epoch"], seen, points, color=BLUE, linewidth=1.5, label="training")
        if len(validated):
            epochs = range(1, len(validated) + 1)
            axes.plot(epochs, validated, "o--", color=ORANGE, label="validation", clip_on=False)
            axes.legend(frameon=False)
        axes.set(
            xlabel="epoch",
            title=name if len(validated) else f"training {name}",
            xlim=(0, math.ceil(curve["epoch"][-1])),
        )
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if name == "accuracy":
            axes.yaxis.set_major_formatter(PercentFormatter(1))
            axes.set_ylim(top=1.005)
        elif name == "loss":
            axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def predictions(
    images: np.ndarray,
    probabilities: np.ndarray,
    class_names: Sequence[str],
    names: Sequence[str] | None = None,
    labels: np.ndarray | None = None,
    columns: int = 3,
) -> Picture:
    """Show images, what a model takes them for, and how confident it is.

    Args:
        images: Of shape `(images, height, width, channels)`, uint8. The first 24 are shown.
        probabilities: What the model says, of shape `(images, classes)`.
        class_names: What each class is called.
        names: What to write above each image, such as its file's name.
        labels: The true labels, if known. Bars of wrong predictions are then orange and hatched.
        columns: Images a row, at most.
    """
    count = min(len(images), MOST)
    columns = min(columns, count)
    rows = math.ceil(count / columns)
    figure = new_picture(3.4 * columns, 1.5 * rows + (0.3 if len(images) > count else 0))
    grid = figure.add_gridspec(rows, 2 * columns, width_ratios=[1, 1.25] * columns)
    for position in range(count):
        row, column = divmod(position, columns)
        picture = figure.add_subplot(grid[row, 2 * column])
        _show(picture, images[position])
        bars = figure.add_subplot(grid[row, 2 * column + 1])
        truth = None if labels is None else int(labels[position])
        _confidence(bars, probabilities[position], class_names, truth)
        if names is not None:
            bars.set_title(_short(names[position]), fontsize=8, color=DARK, loc="left", pad=4)
    if len(images) > count:
        figure.supxlabel(f"the first {count} of {len(images)} images", fontsize=9)
    return figure


def confusion_matrix(counts: np.ndarray, class_names: Sequence[str]) -> Picture:
    """Show which classes are taken for which.

    Args:
        counts: How often a class (row) is taken for a class (column): `(classes, classes)`.
        class_names: What each class is called.

    Returns:
        The figure. Right answers are grey; the darker an error, the more often it was made.
    """
    classes = len(class_names)
    figure = new_picture(1.6 + 0.52 * classes, 1.4 + 0.52 * classes)
    axes = figure.add_subplot()
    errors = np.where(np.eye(classes, dtype=bool), 0, counts)
    most = max(errors.max(), 1)
    axes.imshow(np.ma.masked_equal(errors, 0), cmap="Oranges", vmin=-0.2 * most, vmax=1.8 * most)
    for row, column in np.ndindex(counts.shape):
        if row == column:
            axes.add_patch(_square(row, column))
        if counts[row, column]:
            bold = "bold" if row == column else "normal"
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", weight=bold)
    class_names = [_short(name, LONGEST) for name in class_names]
    long = max(map(len, class_names)) > 3
    axes.set_xticks(
        range(classes), class_names, rotation=45 if long else 0, ha="right" if long else "center"
    )
    axes.set_yticks(range(classes), class_names)
    right = np.trace(counts)
    axes.set(
        xlabel="predicted",
        ylabel="true",
        title=f"{right:,} of {counts.sum():,} right: {right / max(counts.sum(), 1):.2%}",
    )
    axes.set_xticks(np.arange(classes + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(classes + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=PALE)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    return figure


def calibration(
    sure: np.ndarray,
    right: np.ndarray,
    counts: np.ndarray,
    before: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None,
) -> Picture:
    """Show whether a model is right as often as it is sure: a reliability diagram.

    Args:
        sure: Mean confidence of each bin of `(bins,)`, not a number where the bin is empty.
        right: Share of right predictions in each bin, likewise.
        counts: Number of images in each bin.
        before: The same of the model without its temperature, if it has one.

    Returns:
        The figure. Points below the diagonal are of a model too sure of itself.

    Source: Guo et al. 2017, arXiv:1706.04599, figure 1.
    """
    figure = new_picture(4.4, 4.6)
    above, below = figure.subplots(2, 1, height_ratios=(3, 1), sharex=True)
    full = counts > 0
    error = np.average(np.abs(sure - right)[full], weights=counts[full])
    above.plot((0, 1), (0, 1), "--", color=GREY, label="perfectly calibrated")
    if before is not None:
        there = before[2] > 0
        above.plot(before[0][there], before[1][there], "s:", color=ORANGE, label="before")
    above.plot(sure[full], right[full], "o-", color=BLUE, label="this model", clip_on=False)
    above.set(ylabel="share right", ylim=(0, 1.02), title=f"calibration error {error:.2%}")
    above.legend(frameon=False)
    edges = np.linspace(0, 1, len(counts) + 1)
    below.bar(edges[:-1], counts, np.diff(edges), align="edge", color=GREY, edgecolor="white")
    below.set(xlabel="confidence", ylabel="images", yscale="log", xlim=(0, 1))
    for axes in (above, below):
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    above.xaxis.set_major_formatter(PercentFormatter(1))
    above.yaxis.set_major_formatter(PercentFormatter(1))
    return figure


def _show(axes: Axes, image: np.ndarray) -> None:
    if image.shape[-1] == 1:
        image = image[..., 0]
    least, most = (0, 255) if image.dtype == np.uint8 else (image.min(), image.max())
    axes.imshow(image, cmap="gray", interpolation="nearest", vmin=least, vmax=most)
    axes.set_axis_off()


def _confidence(
    axes: Axes, shares: np.ndarray, class_names: Sequence[str], truth: int | None
) -> None:
    """Draw the most probable classes as bars, the true one among them if it is known."""
    shown = list(np.argsort(-shares, kind="stable")[:BARS])
    if truth is not None and truth not in shown:
        shown[-1] = truth
    wrong = truth is not None and shown[0] != truth
    for place, label in enumerate(shown):
        best = place == 0
        axes.barh(place, 1, height=0.7, color=PALE)
        axes.barh(
            place,
            shares[label],
            height=0.7,
            color=(ORANGE if wrong else BLUE) if best else GREY,
            hatch="///" if best and wrong else None,
            edgecolor="white",
            linewidth=0,
        )
        axes.text(1.04, place, f"{shares[label]:.1%}", va="center", fontsize=8, color=DARK)
    names = [_short(class_names[label], LONGEST) for label in shown]
    ticks = [
        f"{name} ✓" if label == truth else name for name, label in zip(names, shown, strict=True)
    ]
    axes.set_yticks(range(len(shown)), ticks, fontsize=9)
    axes.set(xlim=(0, 1.5), ylim=(len(shown) - 0.4, -0.6), xticks=[])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _square(row: int, column: int) -> Rectangle:
    return Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=PALE, edgecolor="none")


def _short(name: str, most: int = 24) -> str:
    name = name.encode("utf-8", "replace").decode("utf-8")
    shown = name if len(name) <= most else f"{name[: most // 2 - 1]}…{name[-most // 2 :]}"
    return shown.replace("$", r"\$")
