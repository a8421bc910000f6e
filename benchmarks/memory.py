"""Peak memory of a command, that of `train` on all images of MNIST unless another is given.

    RESNET_COURSE_DATA=FOLDER python benchmarks/memory.py
    RESNET_COURSE_DATA=FOLDER python benchmarks/memory.py train resnet18 --data digits --epochs 1

Runs the command once, in a process of its own, and prints the most memory that it held. Linux and
macOS only. Takes a minute with the command that is the default.
"""

import argparse
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

COMMAND = ("train", "custom", "--data", "mnist", "--epochs", "1")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", nargs=argparse.REMAINDER, help=f"default: {' '.join(COMMAND)}")
    command = parser.parse_args().command or COMMAND
    with TemporaryDirectory() as folder:
        output = str(Path(folder, "run"))
        subprocess.run(
            [sys.executable, "-m", "resnet_course", *command, "--output", output], check=True
        )
    unit = 1 if sys.platform == "darwin" else 1024
    peak = unit * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"peak memory: {peak / 2**20:,.0f} MiB, {peak / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
