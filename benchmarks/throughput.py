"""Training throughput of a network on this machine: in float32, and as `--precision auto` chooses.

    python benchmarks/throughput.py --model resnet18 --steps 20
    python benchmarks/throughput.py --torch          # beside a plain PyTorch loop, if installed

Images a second by the clock, after two steps that are not counted, on random images.
"""

import argparse
import time

import numpy as np

from resnet_course.data import DIGIT_NAMES, Dataset
from resnet_course.quiet import import_keras


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="resnet18", help="network (default: resnet18)")
    parser.add_argument("--steps", type=int, default=20, help="default: 20")
    parser.add_argument("--batch-size", type=int, default=128, help="default: 128")
    parser.add_argument("--torch", action="store_true", help="compare with PyTorch's loop")
    arguments = parser.parse_args()
    import_keras()
    size = arguments.steps, arguments.batch_size
    for precision in ("float32", "auto"):
        rate = ours(arguments.model, *size, precision)
        print(f"{precision:<8} {rate:7.1f} images/s", flush=True)
    if arguments.torch:
        print(f"PyTorch  {plain_pytorch(*size):7.1f} images/s (its ResNet18, small stem)")


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


def plain_pytorch(steps: int, batch_size: int) -> float:
    """Return the throughput of the loop that PyTorch's tutorials show."""
    import torch
    from torchvision.models import resnet18

    network = resnet18(num_classes=10)
    network.conv1 = torch.nn.Conv2d(3, 64, 3, padding=1, bias=False)
    network.maxpool = torch.nn.Identity()
    optimiser = torch.optim.SGD(network.parameters(), 0.01, momentum=0.9, weight_decay=5e-4)
    x, y = torch.randn(batch_size, 3, 32, 32), torch.arange(batch_size) % 10
    for step in range(steps + 2):
        if step == 2:
            start = time.perf_counter()
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(network(x), y).backward()
        optimiser.step()
    return steps * batch_size / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
