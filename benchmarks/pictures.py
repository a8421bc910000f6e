"""How many digits in disturbed pictures are read right, and which errors come without a warning.

    resnet-course train custom --data mnist --epochs 1 --output FOLDER
    python benchmarks/pictures.py FOLDER

Draws digits with pens, and enlarges MNIST's test images where there are any, a third of the
pictures. Puts light, paper and marks on top (`tests/resnet_course/disturbances.py`) and has them
predicted from files. Of pictures that show no single digit, those with a warning count as right.
Prints a table in Markdown, a line a kind, and, on standard error, the files that are read wrong
without a warning. Takes five minutes on a core that is shared.
"""

import argparse
import sys
import zlib
from dataclasses import astuple, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from resnet_course.quiet import import_keras

import_keras()

from resnet_course.data import sets  # noqa: E402
from resnet_course.errors import CourseError  # noqa: E402
from resnet_course.results import run_folder  # noqa: E402
from resnet_course.results.prediction import Predictions, predict  # noqa: E402
from tests.resnet_course.disturbances import KINDS, drawing  # noqa: E402

#: One picture in so many is an enlarged image of MNIST.
MNIST_EVERY = 3


@dataclass(frozen=True)
class Score:
    """What became of the pictures of a kind.

    Attributes:
        pictures: How many there are.
        right: How many were read right, or have a warning if they show no single digit.
        silent: How many were read wrong without a warning.
        alarms: How many were read right with a warning.
    """

    pictures: int
    right: int
    silent: int
    alarms: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="folder of a run on MNIST")
    parser.add_argument("--pictures", type=int, default=30, help="of each kind (default: 30)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the drawings (default: 0)")
    parser.add_argument("--only", nargs="*", default=list(KINDS), choices=KINDS, help="kinds")
    parser.add_argument("--keep", type=Path, help="folder to keep the pictures in")
    arguments = parser.parse_args()
    saved = run_folder.load(arguments.model)
    print("| kind | right | wrong, no warning | right, with warning |\n|---|---|---|---|")
    scores = []
    with TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        for name in arguments.only:
            found = score(saved, name, write(folder, name, arguments.pictures, arguments.seed))
            scores.append(found)
            show(name, found)
    show("all", Score(*map(sum, zip(*map(astuple, scores), strict=True))))


def show(name: str, found: Score) -> None:
    """Print a line of the table."""
    print(
        f"| {name} | {found.right} of {found.pictures:,} | {found.silent} | {found.alarms} |",
        flush=True,
    )


def write(folder: Path, name: str, pictures: int, seed: int) -> dict[Path, int]:
    """Write pictures of a kind; return the digit of each file."""
    try:
        mnist = sets.load("mnist")
    except CourseError:
        mnist = None
    kind, digits = KINDS[name], {}
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(pictures):
        rng = np.random.default_rng([seed, zlib.crc32(name.encode()), number])
        digit, image = number % 10, None
        if mnist is not None and number % MNIST_EVERY == 0:
            image = rng.choice(mnist.x_test[mnist.y_test == digit])[..., 0]
        path = folder / f"{name.replace(' ', '_')}-{number:03}-{digit}.png"
        kind.disturb(rng, drawing(rng, digit, kind, image)).save(path)
        digits[path] = digit
    return digits


def score(saved: run_folder.SavedModel, name: str, digits: dict[Path, int]) -> Score:
    """Have pictures of a kind predicted, and count."""
    said = answers(saved, list(digits))
    doubtful = KINDS[name].doubtful
    warned = {path: path not in said or bool(said[path][1]) for path in digits}
    right = {
        path: warned[path] if doubtful else path in said and said[path][0] == str(digit)
        for path, digit in digits.items()
    }
    for path in digits:
        if not right[path] and not warned[path]:
            print(f"  {path.name}: {said[path][0]}", file=sys.stderr)
    return Score(
        len(digits),
        sum(right.values()),
        sum(not right[path] and not warned[path] for path in digits),
        0 if doubtful else sum(right[path] and warned[path] for path in digits),
    )


def answers(
    saved: run_folder.SavedModel, paths: list[Path]
) -> dict[Path, tuple[str, tuple[str, ...]]]:
    """Return label and warnings of every file that can be used."""
    try:
        said: Predictions = predict(
            saved.model, paths, saved.class_names, saved.framing, saved.familiarity
        )
    except CourseError:
        return {}
    return dict(zip(said.paths, zip(said.labels(), said.warnings(), strict=True), strict=True))


if __name__ == "__main__":
    main()
