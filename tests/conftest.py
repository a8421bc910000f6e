"""What all tests share: a quiet backend, real data where it is available, and no network."""

import ctypes
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# TensorFlow's own allocator on processors keeps the most that was ever needed, half a gigabyte.
os.environ.setdefault("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "1")

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder with real data sets, or skip."""
    folder = os.environ.get("RESNET_COURSE_DATA")
    if not folder:
        pytest.skip("needs real data: set RESNET_COURSE_DATA to a folder that holds mnist.npz")
    return Path(folder)


@pytest.fixture(scope="session")
def _bfloat16() -> None:
    """Skip where this processor, or what oneDNN is told of it, convolves no bfloat16."""
    import tensorflow as tf

    images = tf.ones((1, 4, 4, 1), tf.bfloat16)
    try:
        tf.function(tf.nn.conv2d)(images, images[0, :2, :2, :, tf.newaxis], 1, "VALID")
    except tf.errors.OpError as error:
        pytest.skip(f"convolutions in bfloat16 do not run here: {type(error).__name__}")


@pytest.fixture(scope="session")
def mnist(real_data: Path):
    """Give real MNIST, or skip."""
    return _load("mnist", real_data)


@pytest.fixture(scope="session")
def signs(real_data: Path):
    """Give the hand signs for 0 to 5, or skip."""
    return _load("signs", real_data)


@pytest.fixture(scope="module", autouse=True)
def _memory_freed() -> Iterator[None]:
    """Let go of the models of a file when its tests are done, and give their memory back."""
    yield
    if "keras" in sys.modules:
        sys.modules["keras"].utils.clear_session()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)


@pytest.fixture(autouse=True)
def _graphs_freed() -> Iterator[None]:
    """Let go of the graphs of trainings: TensorFlow registers each custom gradient for ever.

    A gradient of its own, as some losses have, holds the graph, which is 8 MB for a small network.
    """
    yield
    ops = sys.modules.get("tensorflow.python.framework.ops")
    gradients = getattr(getattr(ops, "gradient_registry", None), "_registry", {})
    for name in [name for name in gradients if name.startswith("CustomGradient-")]:
        del gradients[name]


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse downloads: a test that wants one replaces it."""

    def refuse(*_, **__):
        raise AssertionError("a test asked for a download")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    monkeypatch.setattr("urllib.request.urlretrieve", refuse)


def _load(name: str, folder: Path):
    from resnet_course.data import sets

    file = folder / sets.SOURCES[name].file
    if not file.exists():
        pytest.skip(f"needs real data: RESNET_COURSE_DATA names a folder without {file.name}")
    return sets.load(name, folder)
