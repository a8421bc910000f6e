"""Train the custom network on MNIST with several seeds; print accuracy and cost of each.

    python benchmarks/mnist_accuracy.py --seeds 3
    python benchmarks/mnist_accuracy.py --seeds 3 --thorough

The test images are looked at once a seed, after training. CPU seconds are those of training alone,
over all cores: they grow when other programs share the processor's caches and hyper-threads.
"""

import argparse
import statistics

from resnet_course.data import sets
from resnet_course.quiet import import_keras
from resnet_course.training.settings import TrainingSettings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="number of seeds (default: 3)")
    parser.add_argument("--model", default="custom", help="network to train (default: custom)")
    parser.add_argument("--data", default="mnist", help="data set (default: mnist)")
    parser.add_argument("--thorough", action="store_true", help="with the recipe for ten minutes")
    parser.add_argument("--no-calibration", action="store_true", help="train on every image")
    arguments = parser.parse_args()
    dataset = sets.load(arguments.data)
    import_keras()
    from resnet_course.training import loop
    from resnet_course.training.recipes import THOROUGH

    recipe = THOROUGH if arguments.thorough else None
    runs = []
    for seed in range(arguments.seeds):
        run = loop.train(
            arguments.model,
            dataset,
            recipe,
            TrainingSettings(seed=seed, progress=True, calibrate=not arguments.no_calibration),
        )
        runs.append((100 * run.evaluation.accuracy, run.cpu_seconds, run.wall_seconds))
        print("seed {}: {:.2f}%, {:.0f} CPU s, {:.0f} s by the clock".format(seed, *runs[-1]))
        print(f"  {run.evaluation.calibrations()}", flush=True)
    means = [statistics.mean(column) for column in zip(*runs, strict=True)]
    print("mean of {}: {:.2f}%, {:.0f} CPU s, {:.0f} s by the clock".format(len(runs), *means))


if __name__ == "__main__":
    main()
