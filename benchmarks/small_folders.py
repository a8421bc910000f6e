"""What `train` makes of few images: its settings as they are, and fitted to the images.

    RESNET_COURSE_DATA=FOLDER python benchmarks/small_folders.py --draws 3
    RESNET_COURSE_DATA=FOLDER python benchmarks/small_folders.py --only resnet18 rare

Prints tables in Markdown. Accuracies are of training images that were left out of the draw; the
test images are not looked at. "as it is" has the network's default recipe, "fitted" what
`fitting.py` makes of it, the column after that the same with photographs neither mirrored nor
recoloured. "rare" has 270 frogs and 20 cats, with and without `--class-weights`. CPU seconds are
those of the fitted training, over all cores. In all, a draw takes six CPU minutes, and `resnet18`
seven more.
"""

import argparse
from dataclasses import dataclass, replace

import numpy as np
from cells import cell

from resnet_course.data import sets
from resnet_course.data.dataset import Dataset
from resnet_course.quiet import import_keras
from resnet_course.training.fitting import fitted_recipe
from resnet_course.training.recipes import Recipe, default_recipe
from resnet_course.training.settings import TrainingSettings

#: Share of the training images that is measured on.
HELD_OUT = 0.2

#: Training images of a common and of a rare class.
RARE = {"frog": 270, "cat": 20}


@dataclass(frozen=True)
class Case:
    """A small set of images, and what is trained on it.

    Attributes:
        words: What it is.
        data: What it is drawn from.
        images: How many.
        classes: Names of its classes; all if there are none.
        network: What is trained.
    """

    words: str
    data: str
    images: int
    classes: tuple[str, ...] = ()
    network: str = "custom"


CASES = (
    Case("290 hand signs, 6 classes", "signs", 290),
    Case("290 of CIFAR-10, 3 classes", "cifar10", 290, ("airplane", "automobile", "bird")),
    Case("2,000 of CIFAR-10, 10 classes", "cifar10", 2000),
    Case("290 of MNIST", "mnist", 290),
    Case("100 of the embedded digits", "digits", 100),
    Case("290 hand signs, 6 classes", "signs", 290, network="resnet18"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=1, help="draws of the images (default: 1)")
    names = ("custom", "resnet18", "rare")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="tables")
    arguments = parser.parse_args()
    import_keras()
    chosen = [case for case in CASES if case.network in arguments.only]
    if chosen:
        print("| images | network | as it is | fitted | neither mirrored nor recoloured | CPU s |")
        print("|---|---|---|---|---|---|")
    for case in chosen:
        drawn = [draw(case, seed) for seed in range(arguments.draws)]
        rows = [compare(case, dataset, seed) for seed, dataset in enumerate(drawn)]
        cells = [cell(list(column)) for column in zip(*rows, strict=True)]
        print(f"| {case.words} | `{case.network}` | {' | '.join(cells)} |", flush=True)
    if "rare" in arguments.only:
        of = " and ".join(f"{images} {name}s" for name, images in RARE.items())
        found = " | ".join(f"{name}s found" for name in RARE)
        print(f"\n| {of} of CIFAR-10 | {found} |\n|---|{'---|' * len(RARE)}")
        for weighted in (False, True):
            rows = [recalls(weighted, seed) for seed in range(arguments.draws)]
            cells = [cell(list(column)) for column in zip(*rows, strict=True)]
            option = "`custom --class-weights`" if weighted else "`custom`"
            print(f"| {option} | {' | '.join(cells)} |", flush=True)


def draw(case: Case, seed: int) -> Dataset:
    """Draw a case's training images; images that were left out take the place of test images."""
    whole = sets.load(case.data)
    return of_classes(whole, case.classes or whole.class_names).take(case.images, seed)


def of_classes(dataset: Dataset, names: tuple[str, ...]) -> Dataset:
    """Keep some classes, and hold out images to measure on."""
    dataset = dataset.hold_out(HELD_OUT)
    labels = [dataset.class_names.index(name) for name in names]
    kept = [np.isin(y, labels) for y in (dataset.y_train, dataset.y_test)]
    return replace(
        dataset,
        x_train=dataset.x_train[kept[0]],
        y_train=renumbered(dataset.y_train[kept[0]], labels),
        x_test=dataset.x_test[kept[1]],
        y_test=renumbered(dataset.y_test[kept[1]], labels),
        class_names=names,
    )


def renumbered(y: np.ndarray, labels: list[int]) -> np.ndarray:
    """Return the position of each label among those that are kept."""
    return np.array([labels.index(label) for label in y])


def compare(case: Case, dataset: Dataset, seed: int) -> tuple[float | None, ...]:
    """Return three accuracies, see the docstring above, and the CPU seconds of the second."""
    fitted = fitted_recipe(case.network, dataset)
    plain = replace(fitted, flip=0.0, colour=0.0)
    before, _ = measure(case.network, dataset, default_recipe(case.network, dataset.name), seed)
    now, seconds = measure(case.network, dataset, fitted, seed)
    # Of drawings nothing is mirrored, and of the large network it takes long.
    differs = plain != fitted and case.network == "custom"
    without = measure(case.network, dataset, plain, seed)[0] if differs else None
    return before, now, without, seconds


def measure(network: str, dataset: Dataset, recipe: Recipe, seed: int) -> tuple[float, float]:
    """Return accuracy in per cent, and CPU seconds."""
    from resnet_course.training import loop

    run = loop.train(network, dataset, recipe, TrainingSettings(seed=seed, calibrate=False))
    return 100 * run.evaluation.accuracy, run.cpu_seconds


def recalls(weighted: bool, seed: int) -> tuple[float, ...]:
    """Return which share of either class is found, in per cent, where one of them is rare."""
    from resnet_course.training import loop

    dataset = of_classes(sets.load("cifar10"), tuple(RARE))
    rng = np.random.default_rng(seed)
    chosen = np.concatenate(
        [
            rng.permutation(np.flatnonzero(dataset.y_train == label))[:images]
            for label, images in enumerate(RARE.values())
        ]
    )
    few = replace(dataset, x_train=dataset.x_train[chosen], y_train=dataset.y_train[chosen])
    recipe = fitted_recipe("custom", few, {"class_weights": weighted})
    confusion = loop.train(
        "custom", few, recipe, TrainingSettings(seed=seed, calibrate=False)
    ).evaluation.confusion
    return tuple(100 * confusion.diagonal() / confusion.sum(axis=1))


if __name__ == "__main__":
    main()
