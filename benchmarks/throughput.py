"""Training throughput of a network on this machine, side by side.

    python benchmarks/throughput.py --model resnet18 --steps 20
    python benchmarks/throughput.py --pytorch /path/to/python --rounds 3

Images a second by the clock, after two steps that are not counted, on random images: with the
layers that Keras has, with the twin that `loop.fit` trains in float32, and with the twin in
what `--precision auto` chooses. With --pytorch, an interpreter that has
PyTorch, a plain PyTorch loop takes turns with ours, and ratios are to it.
"""

import argparse
import statistics
import subprocess
import time
from pathlib import Path

import numpy as np

from resnet_course.data.sets import DIGIT_NAMES, Dataset
from resnet_course.quiet import import_keras
from resnet_course.training.settings import TrainingSettings

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
    ratios: dict[str, list[float]] = {}
    for _ in range(arguments.rounds):
        rates = {"Keras's layers": ours(arguments.model, *size, "float32", kernel=False)}
        rates |= {name: ours(arguments.model, *size, name) for name in ("float32", "auto")}
        if arguments.pytorch:
            rates["PyTorch"] = pytorch(arguments.pytorch, *size)
        base = rates.get("PyTorch", rates["Keras's layers"])
        for name, rate in rates.items():
            ratios.setdefault(name, []).append(rate / base)
            print(f"{name:<14} {rate:7.1f} images/s, ratio {rate / base:.2f}", flush=True)
    if arguments.rounds > 1:
        for name, measured in ratios.items():
            print(f"{name:<14} median ratio {statistics.median(measured):.2f}")


def ours(model: str, steps: int, batch_size: int, precision: str, kernel: bool = True) -> float:
    """Return the throughput of `loop.fit`, with or without the layers of the twin."""
    import keras

    from resnet_course.acceleration import batch_norm, training_twin
    from resnet_course.training import loop, networks
    from resnet_course.training.recipes import RECIPES, recipe_with

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
    training_twin.has_kernel = batch_norm.has_kernel if kernel else lambda: False
    loop.fit(
        networks.build(model, dataset, recipe), dataset, recipe, TrainingSettings(callbacks=[mark])
    )
    return steps * batch_size / (marks[-1] - marks[1])


def pytorch(interpreter: str, steps: int, batch_size: int) -> float:
    """Return the throughput of a plain PyTorch loop, in an interpreter that has PyTorch."""
    command = [interpreter, str(PYTORCH), str(steps), str(batch_size)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
