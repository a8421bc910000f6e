"""Compare recipes for the custom network on a validation split of MNIST's training images.

    python benchmarks/mnist_variants.py --seeds 2
    python benchmarks/mnist_variants.py --seeds 3 --only "crop 2, 2 epochs" "crop 3"

This is how the default recipe was chosen: a sixth of the training images is held out, and the test
images are not looked at. CPU seconds are those of training alone, over all cores.
"""

import argparse
import statistics
from dataclasses import replace

from resnet_course.choices import choose
from resnet_course.data import sets
from resnet_course.quiet import import_keras
from resnet_course.training.recipes import THOROUGH, Recipe
from resnet_course.training.settings import TrainingSettings

#: For ten minutes of processor time.
AFFINE = Recipe(crop=2, epochs=12, rotation=10.0, scale=0.1, weight_decay=0.05)

VARIANTS = {
    "no crop": Recipe(),
    "no crop, 2 epochs": Recipe(epochs=2),
    "crop 2": Recipe(crop=2),
    "crop 2, 2 epochs": Recipe(crop=2, epochs=2),
    "crop 2, 4 epochs": Recipe(crop=2, epochs=4),
    "crop 2, batch 64, 2 epochs": Recipe(crop=2, epochs=2, batch_size=64),
    "crop 2, batch 256": Recipe(crop=2, batch_size=256),
    "crop 2, shift 1, 2 epochs": Recipe(crop=2, shift=1, epochs=2),
    "crop 3": Recipe(crop=3),
    "crop 3, 2 epochs": Recipe(crop=3, epochs=2),
    "long, affine": AFFINE,
    "long, affine and bent": replace(AFFINE, bend=0.5),
    "long, redrawn, 7 epochs": replace(THOROUGH, epochs=7),
    "long, redrawn, 9 epochs": replace(THOROUGH, epochs=9),
    "long, redrawn, float32": replace(THOROUGH, precision="float32"),
    "long, redrawn": THOROUGH,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2, help="number of seeds (default: 2)")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", default=list(VARIANTS), help="compare these only"
    )
    arguments = parser.parse_args()
    for name in arguments.only:
        choose(name, VARIANTS, "variant")
    dataset = sets.load("mnist").hold_out(1 / 6)
    import_keras()
    from resnet_course.training import loop

    for name in arguments.only:
        runs = []
        for seed in range(arguments.seeds):
            run = loop.train(
                "custom", dataset, VARIANTS[name], TrainingSettings(seed=seed, calibrate=False)
            )
            runs.append((100 * run.evaluation.accuracy, run.cpu_seconds))
        accuracies, seconds = zip(*runs, strict=True)
        print(
            f"{name}: {statistics.mean(accuracies):.2f}% "
            f"({', '.join(f'{value:.2f}' for value in accuracies)}), "
            f"{statistics.mean(seconds):.0f} CPU s ({', '.join(f'{s:.0f}' for s in seconds)})",
            flush=True,
        )


if __name__ == "__main__":
    main()
