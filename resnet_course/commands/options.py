"""Options that several commands share."""

import argparse
import shutil
import sys
import warnings
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnet_course.choices import check_patience, check_seed, check_share
from resnet_course.errors import CourseError
from resnet_course.files import RESULT_FILE, refuse_to_overwrite
from resnet_course.results.unfinished import is_unfinished
from resnet_course.training.recipes import Recipe
from resnet_course.training.settings import TrainingSettings

if TYPE_CHECKING:
    from resnet_course.data.dataset import Dataset


def add_data(parser: argparse.ArgumentParser, meaning: str, default: str | None) -> None:
    """Add the options that name a data set and the folder with data sets."""
    parser.add_argument(
        "--data",
        metavar="NAME",
        default=default,
        help="digits, mnist, fashion_mnist, signs, signs10, cifar10, or a folder with a sub-folder "
        f"of images for each class: {meaning}",
    )
    add_data_folder(parser)


def add_data_folder(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the folder with data sets."""
    parser.add_argument(
        "--data-folder",
        metavar="FOLDER",
        type=Path,
        help="where data sets are (default: the folder that RESNET_COURSE_DATA names)",
    )


def add_run(parser: argparse.ArgumentParser, output: str) -> None:
    """Add the options of every training: where its output goes, how it is resumed, its seed.

    Args:
        parser: The command's parser.
        output: What the output is, and its default, in words.
    """
    kind = output.split()[0].upper()
    parser.add_argument("--output", metavar=kind, type=Path, help=output)
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--resume", action="store_true", help="continue an interrupted run, if there is one"
    )
    group.add_argument("--overwrite", action="store_true", help="replace an earlier run there")
    parser.add_argument("--seed", type=seed, metavar="N", default=0, help="default: 0")


def seed(word: str) -> int:
    """Return the seed that a word stands for."""
    try:
        return check_seed(int(word))
    except CourseError as error:
        raise argparse.ArgumentTypeError(str(error).rstrip(".")) from None


def add_sample(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which training images are trained on."""
    parser.add_argument(
        "--labels",
        type=int,
        metavar="N",
        help="train on N images, balanced over the classes as far as possible (default: all)",
    )
    parser.add_argument(
        "--validation",
        type=float,
        metavar="SHARE",
        default=0.0,
        help="hold out a share of the training images and measure on them, not on the test images",
    )


def add_calibration(parser: argparse.ArgumentParser) -> None:
    """Add the option that leaves probabilities as the training makes them."""
    parser.add_argument(
        "--no-calibration",
        action="store_true",
        help="leave probabilities as the training makes them: hold no images out for "
        "calibration, and do not train small data sets a second time",
    )


def add_watching(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a training is watched."""
    parser.add_argument(
        "--patience",
        type=int,
        metavar="EPOCHS",
        default=0,
        help="stop after this many epochs without a new lowest validation loss, and take the best "
        "weights (default: never)",
    )
    parser.add_argument(
        "--tensorboard", action="store_true", help="write logs for TensorBoard, in FOLDER/logs"
    )


def check(arguments: argparse.Namespace) -> None:
    """Refuse options of a training that cannot be right, before anything is loaded.

    Raises:
        CourseError: If one cannot.
    """
    check_patience(arguments.patience, arguments.validation)
    if arguments.validation:
        check_share(arguments.validation)
    if arguments.labels is not None and arguments.labels < 1:
        raise CourseError(f"{arguments.labels} training images cannot be taken: name 1 or more.")
    check_data(arguments)


def check_data(arguments: argparse.Namespace) -> None:
    """Refuse a data set that there is not, without loading any."""
    from resnet_course.data import sets

    sets.check_name(arguments.data, arguments.data_folder)


def keep_logs(arguments: argparse.Namespace, state: Path, folder: Path) -> None:
    """Copy the logs of a training, if there are any, from its state to its folder."""
    if arguments.tensorboard:
        shutil.copytree(state / "logs", folder / "logs")


def sample(arguments: argparse.Namespace) -> "Dataset":
    """Load the data set that the options name, with as many labels as they say."""
    dataset = load(arguments.data, arguments.data_folder)
    if dataset.validation is not None and not arguments.validation:
        count = len(dataset.validation[1])
        _note(f"{count:,} images for validation are not used: --validation does, with any share.")
    return dataset if arguments.labels is None else dataset.take(arguments.labels, arguments.seed)


def load(name: str, folder: Path | None) -> "Dataset":
    """Load a data set; say on standard error what was left out of a folder of images."""
    from resnet_course.data import sets
    from resnet_course.data.image_folder import LeftOutWarning

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        dataset = sets.load(name, folder)
    for warning in caught:
        if issubclass(warning.category, LeftOutWarning):
            _note(str(warning.message))
    return dataset


def _note(sentence: str) -> None:
    print(f"resnet-course: {sentence}", file=sys.stderr)


def add_settings(
    parser: argparse.ArgumentParser,
    depends_on: str,
    stage: str = "",
    concerning: Sequence[str] = ("steps", "images", "network"),
) -> None:
    """Add an option for every setting of a recipe.

    Args:
        parser: The command's parser.
        depends_on: What the default depends on, in words.
        stage: The stage of the training, where there are several.
        concerning: What the settings may be about, see `recipes.setting`.
    """
    of_stage = f" of the {stage}" if stage else ""
    group = parser.add_argument_group(f"settings{of_stage} (the default depends on {depends_on})")
    prefix = f"{stage}-" if stage else ""
    for item in fields(Recipe):
        described = item.metadata
        if described["concerns"] not in concerning:
            continue
        option = f"--{prefix}{item.name.replace('_', '-')}"
        if described["kind"] is bool:
            group.add_argument(option, action="store_true", default=None, help=described["meaning"])
            continue
        group.add_argument(
            option,
            type=described["kind"],
            metavar=described["kind"].__name__.upper(),
            help=": ".join(filter(None, [described["meaning"], " or ".join(described["choices"])])),
        )


def settings(arguments: argparse.Namespace, stage: str = "") -> dict[str, Any]:
    """Return the settings that were given, by their names in a recipe."""
    prefix = f"{stage}_" if stage else ""
    given = {item.name: getattr(arguments, f"{prefix}{item.name}", None) for item in fields(Recipe)}
    return {name: value for name, value in given.items() if value is not None}


def training_settings(arguments: argparse.Namespace, state: Path) -> TrainingSettings:
    """Return how a training is carried out, whose state is kept in a folder."""
    return TrainingSettings(
        arguments.seed,
        arguments.validation,
        progress=True,
        patience=arguments.patience,
        folder=state,
        logs=state / "logs" if arguments.tensorboard else None,
        calibrate=not arguments.no_calibration,
    )


def nothing_to_resume(output: Path, written_last: Path, arguments: argparse.Namespace) -> bool:
    """Return whether a run that is to be resumed is finished, and say so."""
    found = arguments.resume and written_last.is_file() and not is_unfinished(output)
    if found:
        print(f"{output} is finished: there is nothing to resume.")
    return found


def finished(output: Path, arguments: argparse.Namespace) -> bool:
    """Return whether there is nothing left to resume; refuse a folder that is not free."""
    if nothing_to_resume(output, output / RESULT_FILE, arguments):
        return True
    refuse_to_overwrite(output, RESULT_FILE, replaces(output, arguments))
    return False


def replaces(output: Path, arguments: argparse.Namespace) -> bool:
    """Return whether a run replaces an earlier one, having begun with --overwrite."""
    return arguments.overwrite or (arguments.resume and is_unfinished(output))
