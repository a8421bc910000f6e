"""The commands `transfer` and `pretrain`."""

import argparse
from dataclasses import asdict, replace
from pathlib import Path

from resnet_course.choices import choose
from resnet_course.commands import options
from resnet_course.commands.parser import Commands
from resnet_course.errors import CourseError
from resnet_course.files import RESULT_FILE, new_folder
from resnet_course.quiet import import_keras
from resnet_course.results.unfinished import unfinished_run
from resnet_course.training.recipes import Recipe, check_hidden, recipe_with
from resnet_course.training.settings import TrainingSettings


def add_transfer(commands: Commands) -> None:
    """Add `transfer`."""
    parser = commands.add(
        "transfer",
        transfer,
        "move a trained network to other images, in two stages",
        description="Move a trained network to other images: first a new head alone, on features "
        "that are computed\nonce, then everything, gently. The report compares both stages. The "
        "state is saved every half\nminute: an interrupted run continues with --resume.",
        examples="  resnet-course transfer --data mnist --labels 100\n"
        "  resnet-course transfer --data mnist --weights backbone.npz\n"
        "  resnet-course transfer --data photos/ --weights imagenet --image-size 160\n"
        "  resnet-course transfer --data mnist --weights runs/custom-digits\n",
    )
    parser.add_argument(
        "--weights",
        metavar="NAME",
        default="characters",
        help="characters or cifar10, which come with the package; imagenet, which Keras downloads "
        "once; or a .keras file, an .npz file of `pretrain`, or the folder of a run (default: "
        "characters)",
    )
    options.add_data(parser, "what to move it to (default: digits)", "digits")
    options.add_run(parser, "folder to make (default: runs/transfer-WEIGHTS-DATA)")
    options.add_sample(parser)
    options.add_watching(parser)
    options.add_calibration(parser)
    parser.add_argument(
        "--image-size",
        type=int,
        metavar="PIXELS",
        default=224,
        help="height and width of images for the imagenet network (default: 224)",
    )
    parser.add_argument(
        "--cache",
        metavar="FOLDER",
        type=Path,
        help="where features are kept (default: the folder that RESNET_COURSE_CACHE names, else "
        "~/.cache/resnet-course)",
    )
    parser.add_argument("--no-cache", action="store_true", help="keep no features")
    parser.add_argument(
        "--hidden", type=int, metavar="UNITS", help="units of a hidden dense layer in the head"
    )
    depends_on = "the weights and the images"
    options.add_settings(parser, depends_on, "head", concerning=("steps",))
    options.add_settings(parser, depends_on, "tuning", concerning=("steps", "images"))


def transfer(arguments: argparse.Namespace) -> int:
    """Move a trained network to other images, and save it."""
    from resnet_course.finetuning.weights_files import check_weights

    for stage in ("head", "tuning"):
        recipe_with(Recipe(), options.settings(arguments, stage))
    check_hidden(arguments.hidden or 0)
    check_weights(arguments.weights, arguments.image_size)
    options.check(arguments)
    weights = Path(arguments.weights).stem or "weights"
    default = Path("runs", f"transfer-{weights}-{Path(arguments.data).name}")
    output = arguments.output or default
    if options.finished(output, arguments):
        return 0
    dataset = options.sample(arguments)
    import_keras()
    from resnet_course.finetuning import report, two_stages
    from resnet_course.finetuning.features import default_folder
    from resnet_course.finetuning.stages import default_stages

    held_out = arguments.validation
    stages = default_stages(arguments.weights, dataset.hold_out(held_out) if held_out else dataset)
    stages = replace(
        stages,
        head=recipe_with(stages.head, options.settings(arguments, "head")),
        tuning=recipe_with(stages.tuning, options.settings(arguments, "tuning")),
        hidden=stages.hidden if arguments.hidden is None else arguments.hidden,
    )
    names = ("weights", "data", "seed", "labels", "validation", "patience", "image_size")
    settings = {name: getattr(arguments, name) for name in (*names, "no_calibration")}
    settings |= asdict(stages)
    settings["digest of the images"] = dataset.digest()
    replaces = options.replaces(output, arguments)
    with unfinished_run(output, settings, arguments.resume, arguments.overwrite) as state:
        run = two_stages.transfer(
            arguments.weights,
            dataset,
            stages,
            options.training_settings(arguments, state),
            arguments.image_size,
            None if arguments.no_cache else arguments.cache or default_folder(),
        )
        with new_folder(output, RESULT_FILE, replaces) as folder:
            report.save(run, folder, settings)
            options.keep_logs(arguments, state, folder)
    print(report.summary(run))
    print(f"saved in {output}")
    return 0


def add_pretrain(commands: Commands) -> None:
    """Add `pretrain`."""
    parser = commands.add(
        "pretrain",
        pretrain,
        "train a backbone from scratch, for transfer",
        description="Train a backbone from scratch and write its weights to a file that `transfer "
        "--weights` takes.\nThis is how the weights that come with the package were made. "
        "`characters` needs no data,\n`cifar10` needs cifar10.npz in the data folder.",
        examples="  resnet-course pretrain characters --output characters.npz\n"
        "  resnet-course pretrain cifar10 --output backbone.npz\n",
    )
    parser.add_argument("weights", metavar="NAME", help="characters or cifar10")
    options.add_data_folder(parser)
    options.add_run(parser, "file to write (default: NAME-backbone.npz)")
    options.add_settings(parser, depends_on="the network")


def pretrain(arguments: argparse.Namespace) -> int:
    """Train a backbone, and write its weights."""
    from resnet_course.finetuning.weights_files import EMBEDDED_NAMES

    choose(arguments.weights, EMBEDDED_NAMES, "backbone to pretrain")
    recipe_with(Recipe(), options.settings(arguments))
    output = arguments.output or Path(f"{arguments.weights}-backbone.npz")
    if output.suffix != ".npz":
        raise CourseError(f"the file of weights must end in .npz: received {output}.")
    if options.nothing_to_resume(output, output, arguments):
        return 0
    if output.exists() and not options.replaces(output, arguments):
        raise CourseError(f"{output} exists: name another file, or add --overwrite to replace it.")
    import_keras()
    from resnet_course.finetuning import pretraining
    from resnet_course.results import run_folder

    settings = options.settings(arguments)
    noted = {"weights": arguments.weights, "seed": arguments.seed} | settings
    with unfinished_run(output, noted, arguments.resume, arguments.overwrite) as state:
        run = pretraining.pretrain(
            arguments.weights,
            settings,
            TrainingSettings(arguments.seed, progress=True, folder=state),
            arguments.data_folder,
        )
        pretraining.save(run, arguments.weights, output)
    print(run_folder.summary(run))
    print(f"saved in {output}")
    return 0
