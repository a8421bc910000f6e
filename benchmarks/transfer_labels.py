"""Accuracy on MNIST against the number of labels: frozen, fine-tuned, and from scratch.

    python benchmarks/transfer_labels.py --weights characters --labels 10 100 1000
    python benchmarks/transfer_labels.py --weights cifar10 --labels 1000 --same-network
    python benchmarks/transfer_labels.py --labels 100 --validation --no-scratch --set bend=1.4

For every number of labels and every draw of them it prints the test accuracy of the frozen stage,
of the tuned network, and of a network from scratch with the same number of steps and the same
augmentation: the small custom network or, with --same-network, the backbone's own architecture
with new weights. Draws are balanced over the classes. CPU seconds are of training, over all cores.
With --validation nothing is said about the test images: held-out training images take their place.
With --set, the second stage and the training from scratch have other settings.
"""

import argparse
import statistics
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from resnet_course.data import sets
from resnet_course.quiet import import_keras
from resnet_course.training.recipes import Recipe, recipe_with
from resnet_course.training.settings import TrainingSettings

if TYPE_CHECKING:
    from resnet_course.finetuning.stages import Stages

#: Draws of the labels, by their number; three for others.
DRAWS = {10: 10}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", default="characters", help="default: characters")
    parser.add_argument("--labels", type=int, nargs="+", default=[10, 100, 1000, 10_000, 60_000])
    parser.add_argument("--draws", type=int, help="draws of the labels (default: 3, 10 for 10)")
    parser.add_argument("--same-network", action="store_true", help="scratch: the same network")
    parser.add_argument("--no-scratch", action="store_true", help="leave out the third column")
    parser.add_argument("--validation", action="store_true", help="measure on held-out images")
    parser.add_argument("--set", type=setting, nargs="+", default=[], metavar="NAME=VALUE")
    arguments = parser.parse_args()
    dataset = sets.load("mnist")
    if arguments.validation:
        dataset = dataset.hold_out(1 / 12)
    import_keras()
    print(f"{'labels':>7} {'draw':>4} {'frozen':>8} {'tuned':>8} {'scratch':>8}   CPU s of each")
    for labels in arguments.labels:
        draws = arguments.draws or DRAWS.get(labels, 3)
        rows = [measure(arguments, dataset, labels, seed) for seed in range(draws)]
        means = [statistics.mean(column) for column in zip(*rows, strict=True)]
        show(labels, "mean", means)


def measure(arguments: argparse.Namespace, dataset: sets.Dataset, labels: int, seed: int):
    """Return accuracies in per cent, then CPU seconds, of frozen, tuned and scratch."""
    from resnet_course.finetuning.two_stages import transfer

    drawn = dataset.take(min(labels, len(dataset.y_train)), seed)
    run = transfer(
        arguments.weights,
        drawn,
        stages_for(arguments, drawn),
        TrainingSettings(seed=seed, calibrate=False),
    )
    stages = [
        (100 * stage.evaluation.accuracy, stage.trace.cpu_seconds)
        for stage in (run.frozen, run.tuned)
    ]
    stages.append((float("nan"), 0.0) if arguments.no_scratch else scratch(arguments, drawn, seed))
    row = [accuracy for accuracy, _ in stages] + [seconds for _, seconds in stages]
    show(labels, str(seed), row)
    return row


def scratch(arguments: argparse.Namespace, drawn: sets.Dataset, seed: int) -> tuple[float, float]:
    """Train from scratch with the steps and augmentation of the second stage."""
    import keras

    from resnet_course.finetuning.backbones import EMBEDDED
    from resnet_course.training import loop, networks

    tuning = stages_for(arguments, drawn).tuning
    recipe = replace(tuning, learning_rate=0.003 if arguments.same_network else 0.01)
    keras.utils.set_random_seed(seed)
    network: str | keras.Model = "custom"
    if arguments.same_network:
        build, shape = EMBEDDED[arguments.weights]
        body = build(shape, drawn.classes)
        networks.set_batch_norm_momentum(body, recipe.batch_norm_momentum)
        network = networks.from_pixels(body, drawn)
    run = loop.train(network, drawn, recipe, TrainingSettings(seed=seed, calibrate=False))
    return 100 * run.evaluation.accuracy, run.cpu_seconds


def stages_for(arguments: argparse.Namespace, drawn: sets.Dataset) -> "Stages":
    """Return the default stages for a draw, the second with the settings that were given."""
    from resnet_course.finetuning.stages import default_stages

    stages = default_stages(arguments.weights, drawn)
    return replace(stages, tuning=recipe_with(stages.tuning, dict(arguments.set)))


def setting(word: str) -> tuple[str, Any]:
    """Return the name and value of a setting of a recipe, from a word like `bend=1.4`."""
    kinds = {item.name: item.metadata["kind"] for item in fields(Recipe)}
    name, _, value = word.partition("=")
    if name not in kinds:
        raise argparse.ArgumentTypeError(f"there is no setting {name!r}: {', '.join(kinds)}")
    return name, kinds[name](value)


def show(labels: int, draw: str, row: list[float]) -> None:
    accuracies = " ".join(f"{value:8.2f}" for value in row[:3])
    print(
        f"{labels:7} {draw:>4} {accuracies}   {' '.join(f'{s:.0f}' for s in row[3:])}", flush=True
    )


if __name__ == "__main__":
    main()
