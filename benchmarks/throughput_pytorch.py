"""Training throughput of ResNet18 for small images in a plain PyTorch loop, to compare with ours.

    python benchmarks/throughput_pytorch.py 20 128

Needs PyTorch and nothing of this package. Prints images a second by the clock, after two steps
that are not counted, on random images: the loop that PyTorch's own tutorials show.
"""

import sys
import time

import torch
from torch import nn


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut, projected where the shape changes."""

    def __init__(self, channels: int, filters: int, stride: int) -> None:
        """Make the layers."""
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(filters),
            nn.ReLU(inplace=True),
            nn.Conv2d(filters, filters, 3, padding=1, bias=False),
            nn.BatchNorm2d(filters),
        )
        self.shortcut = nn.Sequential()
        if stride != 1 or channels != filters:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the rectified sum of both paths."""
        return torch.relu(self.main(x) + self.shortcut(x))


def resnet18(classes: int = 10) -> nn.Module:
    """Return the network with the stem for small images, 11,173,962 parameters."""
    layers: list[nn.Module] = [nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64)]
    layers.append(nn.ReLU(inplace=True))
    channels = 64
    for filters, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        layers += [BasicBlock(channels, filters, stride), BasicBlock(filters, filters, 1)]
        channels = filters
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes)]
    return nn.Sequential(*layers)


def throughput(steps: int, batch_size: int) -> float:
    """Return how many images a second are trained on."""
    network = resnet18().train()
    optimiser = torch.optim.SGD(network.parameters(), 0.01, momentum=0.9, weight_decay=5e-4)
    x, y = torch.randn(batch_size, 3, 32, 32), torch.arange(batch_size) % 10
    start = time.perf_counter()
    for step in range(steps + 2):
        if step == 2:
            start = time.perf_counter()
        optimiser.zero_grad()
        nn.functional.cross_entropy(network(x), y).backward()
        optimiser.step()
    return steps * batch_size / (time.perf_counter() - start)


if __name__ == "__main__":
    print(throughput(int(sys.argv[1]), int(sys.argv[2])))
