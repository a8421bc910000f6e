"""Training throughput of a network on this machine: in float32, and as `--precision auto` chooses.

    python benchmarks/throughput.py --model resnet18 --steps 20
    python benchmarks/throughput.py --pytorch /path/to/python --rounds 3

Images a second by the clock, after two steps that are not counted, on random images. With
--pytorch, an interpreter that has PyTorch, a plain PyTorch loop takes turns with ours.
"""

import argparse
import subprocess
import time
from pathlib import Path

import numpy as np

from resnet_course.data import DIGIT_NAMES, Dataset
from resnet_course.quiet import import_keras

PYTORCH = Path(__file__).with_name("throughput_pytorch.py")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="resnet18", help="network (default: resnet18)")
    parser.add_argument("--steps", type=int, default=20, help="default: 20")
    parser.add_argument("--batch-size", type=int, default=128, help="default: 128")
    parser.add_argument("--rounds", type=int, default=1, help="measure so often (default: 1)")
    parser.add_argument("--pytorch", metavar="PYTHON", help="an interpreter that has PyTorch")
    arguments = parser.parse_args()
    import_keras()
    size = arguments.steps, arguments.batch_size
    for _ in range(arguments.rounds):
        rates = {name: ours(arguments.model, *size, name) for name in ("float32", "auto")}
        if arguments.pytorch:
            rates["PyTorch"] = pytorch(arguments.pytorch, *size)
        base = rates.get("PyTorch", rates["float32"])
        for name, rate in rates.items():
            print(f"{name:<8} {rate:7.1f} images/s, ratio {rate / base:.2f}", flush=True)


def ours(model: str, steps: int, batch_size: int, precision: str) -> float:
    """Return the throughput of `training.fit`."""
    import keras

    from resnet_course import networks, training
    from resnet_course.recipes import RECIPES, recipe_with

    count = (steps + 2) * batch_size
    images = np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
    labels = np.arange(count) % 10
    dataset = Dataset("random", images, labels, images[:10], labels[:10], DIGIT_NAMES)
    settings = {"epochs": 1, "batch_size": batch_size, "precision": precision}
    recipe = recipe_with(RECIPES[model], settings)
    marks = []
    mark = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda step, logs: marks.append(time.perf_counter())
    )
    training.fit(networks.build(model, dataset, recipe), dataset, recipe, callbacks=[mark])
    return steps * batch_size / (marks[-1] - marks[1])


def pytorch(interpreter: str, steps: int, batch_size: int) -> float:
    """Return the throughput of a plain PyTorch loop, in an interpreter that has PyTorch."""
    command = [interpreter, str(PYTORCH), str(steps), str(batch_size)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
