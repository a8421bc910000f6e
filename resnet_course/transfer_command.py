"""The commands `transfer` and `pretrain`."""

import argparse
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from resnet_course.errors import CourseError
from resnet_course.files import new_folder, refuse_to_overwrite
from resnet_course.quiet import import_keras
from resnet_course.recipes import Recipe, recipe_with
from resnet_course.unfinished import unfinished_run

if TYPE_CHECKING:
    from resnet_course.cli import Commands, Parser

RESULT_FILE = "result.json"


def add_transfer(commands: "Commands") -> None:
    """Add `transfer`."""
    parser = commands.add(
        "transfer",
        transfer,
        "move a trained network to other images, in two stages",
        description="Move a trained network to other images: first a new head alone, on features "
        "that are computed\nonce, then everything, gently. The report compares both stages. The "
        "state is kept after every\nstep: a run that was interrupted goes on with --resume.",
        examples="  resnet-course transfer --data mnist --labels 100\n"
        "  resnet-course transfer --data mnist --weights backbone.npz\n"
        "  resnet-course transfer --data photos/ --weights imagenet --image-size 160\n"
        "  resnet-course transfer --data mnist --weights runs/custom-digits\n",
    )
    parser.add_argument(
        "--weights",
        metavar="NAME",
        default="characters",
        help="characters, which comes with the package; imagenet, which Keras downloads once; or a "
        ".keras file, an .npz file of `pretrain`, or the folder of a run (default: characters)",
    )
    add_common(parser, "runs/transfer-WEIGHTS-DATA")
    parser.add_argument(
        "--labels", type=int, metavar="N", help="train on N images, balanced (default: all)"
    )
    parser.add_argument(
        "--validation",
        type=float,
        metavar="SHARE",
        default=0.0,
        help="hold out a share of the training images and measure on them, not on the test images",
    )
    parser.add_argument(
        "--image-size",
        type=int,
        metavar="PIXELS",
        default=224,
        help="height and width of what the imagenet network sees (default: 224)",
    )
    parser.add_argument(
        "--cache",
        metavar="FOLDER",
        type=Path,
        help="where features are kept (default: the folder that RESNET_COURSE_CACHE names, else "
        "~/.cache/resnet-course)",
    )
    parser.add_argument("--no-cache", action="store_true", help="keep no features")
    parser.add_argument("--hidden", type=int, metavar="UNITS", help="dense layer in the head")
    for stage in ("head", "tuning"):
        group = parser.add_argument_group(
            f"settings of the {stage} (the default depends on the number of images)"
        )
        add_settings(group, f"{stage}-")


def transfer(arguments: argparse.Namespace) -> int:
    """Move a trained network to other images, and save it."""
    weights = Path(arguments.weights).stem or "weights"
    default = Path("runs", f"transfer-{weights}-{Path(arguments.data).name}")
    output = arguments.output or default
    if arguments.resume and (output / RESULT_FILE).is_file():
        print(f"{output} is finished: there is nothing to resume.")
        return 0
    refuse_to_overwrite(output, RESULT_FILE, arguments.overwrite)
    from resnet_course import data

    dataset = data.load(arguments.data, arguments.data_folder)
    if arguments.labels:
        dataset = dataset.take(arguments.labels, arguments.seed)
    import_keras()
    from resnet_course import transfer_report, transferring
    from resnet_course.features import default_folder

    stages = transferring.default_stages(arguments.weights, len(dataset.y_train))
    stages = replace(
        stages,
        head=recipe_with(stages.head, _settings(arguments, "head")),
        tuning=recipe_with(stages.tuning, _settings(arguments, "tuning")),
        hidden=stages.hidden if arguments.hidden is None else arguments.hidden,
    )
    names = ("weights", "data", "seed", "labels", "validation", "image_size")
    settings = {name: getattr(arguments, name) for name in names} | asdict(stages)
    with unfinished_run(output, settings, arguments.resume, arguments.overwrite) as state:
        run = transferring.transfer(
            arguments.weights,
            dataset,
            stages,
            arguments.seed,
            arguments.validation,
            arguments.image_size,
            progress=True,
            cache=None if arguments.no_cache else arguments.cache or default_folder(),
            folder=state,
        )
        with new_folder(output, RESULT_FILE, arguments.overwrite) as folder:
            transfer_report.save(run, folder)
    print(transfer_report.summary(run))
    print(f"saved in {output}")
    return 0


def add_pretrain(commands: "Commands") -> None:
    """Add `pretrain`."""
    parser = commands.add(
        "pretrain",
        pretrain,
        "train a backbone from scratch, for transfer",
        description="Train a backbone from scratch and write its weights to a file that `transfer "
        "--weights` takes.\n`characters` needs no data, and is how the weights that come with the "
        "package were made;\n`cifar10` needs cifar10.npz in the data folder.",
        examples="  resnet-course pretrain characters --output characters.npz\n"
        "  resnet-course pretrain cifar10 --epochs 14 --output backbone.npz\n",
    )
    parser.add_argument("weights", metavar="NAME", help="characters or cifar10")
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="file to write (default: NAME-backbone.npz)"
    )
    parser.add_argument(
        "--data-folder",
        metavar="FOLDER",
        type=Path,
        help="where data sets are (default: the folder that RESNET_COURSE_DATA names)",
    )
    parser.add_argument("--seed", type=int, metavar="N", default=0, help="default: 0")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--resume", action="store_true", help="go on with an interrupted run")
    group.add_argument("--overwrite", action="store_true", help="replace the file")
    add_settings(parser.add_argument_group("settings (the default depends on the network)"))


def pretrain(arguments: argparse.Namespace) -> int:
    """Train a backbone, and write its weights."""
    output = arguments.output or Path(f"{arguments.weights}-backbone.npz")
    if output.suffix != ".npz":
        raise CourseError(f"{output} must end in .npz.")
    if output.exists() and not arguments.overwrite:
        raise CourseError(f"{output} exists: name another file, or add --overwrite to replace it.")
    import_keras()
    from resnet_course import pretraining, runs

    settings = _settings(arguments)
    noted = {"weights": arguments.weights, "seed": arguments.seed} | settings
    with unfinished_run(output, noted, arguments.resume, arguments.overwrite) as state:
        run = pretraining.pretrain(
            arguments.weights,
            settings,
            arguments.seed,
            arguments.data_folder,
            progress=True,
            folder=state,
        )
        pretraining.save(run, arguments.weights, output)
    print(runs.summary(run))
    print(f"saved in {output}")
    return 0


def add_common(parser: "Parser", default_output: str) -> None:
    """Add the options that every training has."""
    parser.add_argument(
        "--data",
        metavar="NAME",
        default="digits",
        help="a data set, or a folder with a sub-folder of images for each class (default: digits)",
    )
    parser.add_argument(
        "--data-folder",
        metavar="FOLDER",
        type=Path,
        help="where data sets are (default: the folder that RESNET_COURSE_DATA names)",
    )
    parser.add_argument(
        "--output", metavar="FOLDER", type=Path, help=f"folder to make (default: {default_output})"
    )
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--resume", action="store_true", help="go on with an interrupted run, if there is one"
    )
    group.add_argument("--overwrite", action="store_true", help="replace an earlier run there")
    parser.add_argument("--seed", type=int, metavar="N", default=0, help="default: 0")


def add_settings(group: "argparse._ArgumentGroup", prefix: str = "") -> None:
    """Add an option for every setting of a recipe."""
    for item in fields(Recipe):
        described = item.metadata
        group.add_argument(
            f"--{prefix}{item.name.replace('_', '-')}",
            type=described["kind"],
            metavar=described["kind"].__name__.upper(),
            help=": ".join(filter(None, [described["meaning"], " or ".join(described["choices"])])),
        )


def _settings(arguments: argparse.Namespace, stage: str = "") -> dict[str, object]:
    """Return the settings that were given, by their names in a recipe."""
    prefix = f"{stage}_" if stage else ""
    given = {item.name: getattr(arguments, f"{prefix}{item.name}") for item in fields(Recipe)}
    return {name: value for name, value in given.items() if value is not None}
