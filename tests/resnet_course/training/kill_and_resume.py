"""Train, be killed at a random moment, go on, until the end; print a digest of the result.

Usage: python kill_and_resume.py FOLDER KILLS SEED

Keras is imported once; each piece of the training is a process forked from this one.
"""

import hashlib
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras  # noqa: F401

from resnet_course.data import sets
from resnet_course.training import callbacks, loop
from resnet_course.training.recipes import Recipe
from resnet_course.training.settings import TrainingSettings

#: So that some of the short steps are written, and some are not.
callbacks.SECONDS_BETWEEN_STATES, callbacks.TIMES_WRITING = 0.05, 1.0

RECIPE = Recipe(epochs=2, batch_size=16, shift=1, rotation=5.0, image_size=8)


def train(folder: Path) -> None:
    run = loop.train(
        "custom",
        sets.load("digits").take(250),
        RECIPE,
        TrainingSettings(seed=4, validation=0.2, patience=9, folder=folder),
    )
    digest = hashlib.sha256(b"".join(weight.tobytes() for weight in run.model.get_weights()))
    result = {"weights": digest.hexdigest(), "curve": run.curve}
    (folder / "digest").write_text(json.dumps(result))


def main() -> None:
    folder, kills, chance = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    killed = 0
    while not (folder / "digest").exists():
        child = os.fork()
        if child == 0:
            train(folder)
            os._exit(0)
        if killed < kills:
            _wait_for_a_step(folder, child)
            time.sleep(chance.uniform(0, 0.3))
            os.kill(child, signal.SIGKILL)
            killed += 1
        status = os.waitpid(child, 0)[1]
        if status not in (0, signal.SIGKILL):
            sys.exit(f"a piece ended with status {status}")
    print(json.dumps({"killed": killed} | json.loads((folder / "digest").read_text())))


def _wait_for_a_step(folder: Path, child: int) -> None:
    """Wait until the process that was forked has written a state."""
    paths = [folder / "state-0", folder / "state-1"]
    before = [path.read_bytes() if path.exists() else b"" for path in paths]
    while before == [path.read_bytes() if path.exists() else b"" for path in paths]:
        if os.waitpid(child, os.WNOHANG) != (0, 0):
            sys.exit("a piece ended without a step")
        time.sleep(0.01)


if __name__ == "__main__":
    main()
