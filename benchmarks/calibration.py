"""How sure models are of what they say, before and after their temperature.

    RESNET_COURSE_DATA=FOLDER python benchmarks/calibration.py --seeds 3

Prints a table in Markdown: of each run the accuracy on the test images, the mean confidence and
the calibration error as the training leaves them, the error with the temperature, and the
temperature, which is fitted on images that were not trained on. All in per cent but
the last. A seed takes about ten minutes on a core that is shared.
"""

import argparse
from collections.abc import Callable

from cells import cell

from resnet_course.data import sets
from resnet_course.quiet import import_keras
from resnet_course.training.evaluation import Evaluation
from resnet_course.training.settings import TrainingSettings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1, help="number of seeds (default: 1)")
    parser.add_argument("--only", nargs="+", default=list(RUNS), choices=RUNS, metavar="RUN")
    arguments = parser.parse_args()
    import_keras()
    print("| run | accuracy | confidence before | error before | error after | temperature |")
    print("|---|---|---|---|---|---|")
    for name in arguments.only:
        rows = [figures(RUNS[name](seed)) for seed in range(arguments.seeds)]
        digits = (2, 1, 2, 2, 3)
        columns = zip(zip(*rows, strict=True), digits, strict=True)
        cells = " | ".join(cell(list(values), places) for values, places in columns)
        print(f"| `{name}` | {cells} |", flush=True)


def trained(name: str) -> Callable[[int], Evaluation]:
    """Return a function that trains the custom network with a seed, and measures it."""

    def run(seed: int) -> Evaluation:
        from resnet_course.training import loop

        return loop.train(
            "custom", sets.load(name), settings=TrainingSettings(seed=seed)
        ).evaluation

    return run


def transferred(labels: int) -> Callable[[int], Evaluation]:
    """Return a function that transfers to a few digits with a seed, and measures the result."""

    def run(seed: int) -> Evaluation:
        from resnet_course.finetuning.two_stages import transfer

        few = sets.load("mnist").take(labels, seed)
        return transfer("characters", few, settings=TrainingSettings(seed=seed)).tuned.evaluation

    return run


#: The runs by their commands.
RUNS = {
    "train custom --data mnist": trained("mnist"),
    "train custom --data digits": trained("digits"),
    "transfer --data mnist --labels 1000": transferred(1000),
    "transfer --data mnist --labels 100": transferred(100),
}


def figures(measured: Evaluation) -> tuple[float, ...]:
    """Return what the table says of a run."""
    before = measured.under(1.0)
    return (
        100 * measured.accuracy,
        100 * float(before.confidence.mean()),
        100 * before.calibration_error,
        100 * measured.calibration_error,
        measured.temperature,
    )


if __name__ == "__main__":
    main()
