"""The commands `train`, `evaluate` and `predict`."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from resnet_course.commands import options
from resnet_course.commands.parser import Commands
from resnet_course.errors import CourseError
from resnet_course.files import RESULT_FILE, make_folder, new_folder
from resnet_course.quiet import import_keras
from resnet_course.results.model_files import find_model
from resnet_course.results.unfinished import unfinished_run
from resnet_course.training.recipes import RECIPES, SMALLEST, default_recipe, recipe_with


def add_train(commands: Commands) -> None:
    """Add `train`."""
    parser = commands.add(
        "train",
        train,
        "train a network and save it",
        description="Train a network, measure it on the test images, and write the model, the "
        "result and\npictures to a folder. Every setting has a default that suits the network. "
        "The state is saved every\nhalf minute: an interrupted run continues with --resume.",
        examples="  resnet-course train custom --data mnist\n"
        "  resnet-course train custom --data mnist --thorough\n"
        "  resnet-course train custom --data mnist --labels 1000 --epochs 30\n"
        "  resnet-course train custom --data photos/ --resume\n"
        "  resnet-course train resnet18 --data mnist --epochs 2 --output runs/short\n"
        "  resnet-course train custom --data digits --validation 0.2 --learning-rate 0.003\n",
    )
    parser.add_argument(
        "model", metavar="MODEL", type=_no_command, help=f"one of {', '.join(RECIPES)}"
    )
    options.add_data(parser, "what to train on (default: digits)", "digits")
    options.add_run(parser, "folder to make (default: runs/MODEL-DATA)")
    options.add_sample(parser)
    options.add_watching(parser)
    options.add_calibration(parser)
    parser.add_argument(
        "--thorough",
        action="store_true",
        help="custom on mnist: begin with the settings that are most accurate in ten minutes of "
        "processor time",
    )
    options.add_settings(parser, depends_on="the network")


def _no_command(name: str) -> str:
    """Return the name of a network; refuse that of a command with options of its own."""
    if name == "transfer":
        raise argparse.ArgumentTypeError(
            "transfer is a command of its own, `resnet-course transfer`"
        )
    return name


def train(arguments: argparse.Namespace) -> int:
    """Train a network and save it."""
    given = options.settings(arguments)
    recipe_with(default_recipe(arguments.model, arguments.data, arguments.thorough), given)
    smallest = SMALLEST[arguments.model]
    if given.get("image_size", smallest) < smallest:
        raise CourseError(
            f"{arguments.model} needs images of {smallest} pixels or more a side: received "
            f"{given['image_size']}."
        )
    options.check(arguments)
    output = arguments.output or Path("runs", f"{arguments.model}-{Path(arguments.data).name}")
    if options.finished(output, arguments):
        return 0
    from resnet_course.training.fitting import fitted_recipe

    dataset = options.sample(arguments)
    seen = dataset.hold_out(arguments.validation) if arguments.validation else dataset
    recipe = fitted_recipe(arguments.model, seen, given, arguments.thorough)
    names = ("model", "data", "seed", "labels", "validation", "patience", "no_calibration")
    settings = {name: getattr(arguments, name) for name in names} | asdict(recipe)
    settings["digest of the images"] = dataset.digest()
    replaces = options.replaces(output, arguments)
    with unfinished_run(output, settings, arguments.resume, arguments.overwrite) as state:
        import_keras()
        from resnet_course.results import run_folder
        from resnet_course.training import loop

        run = loop.train(
            arguments.model,
            dataset,
            recipe,
            options.training_settings(arguments, state),
        )
        with new_folder(output, RESULT_FILE, replaces) as folder:
            run_folder.save(run, folder, settings)
            options.keep_logs(arguments, state, folder)
    print(run_folder.summary(run))
    print(f"saved in {output}")
    return 0


def add_evaluate(commands: Commands) -> None:
    """Add `evaluate`."""
    parser = commands.add(
        "evaluate",
        evaluate,
        "measure a trained model on a data set's test images",
        examples="  resnet-course evaluate runs/custom-mnist\n"
        "  resnet-course evaluate model.keras --data mnist --plots pictures\n",
    )
    add_model(parser)
    options.add_data(parser, "what to measure on (default: what the model was trained on)", None)
    parser.add_argument("--plots", metavar="FOLDER", type=Path, help="write pictures there")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def evaluate(arguments: argparse.Namespace) -> int:
    """Measure a trained model on a data set's test images."""
    find_model(arguments.model)
    if arguments.data is not None:
        options.check_data(arguments)
    if arguments.plots and arguments.plots.exists() and not arguments.plots.is_dir():
        raise CourseError(f"{arguments.plots} is a file: name a folder for the pictures.")
    import_keras()
    from resnet_course.results import run_folder
    from resnet_course.training import evaluation

    saved = run_folder.load(arguments.model)
    name = arguments.data or saved.data
    if name is None:
        raise CourseError(
            f"{saved.path} does not say what it was trained on: name the data set with --data."
        )
    dataset = options.load(name, arguments.data_folder)
    if saved.data is not None and saved.class_names != dataset.class_names:
        raise CourseError(
            f"the model tells {', '.join(saved.class_names)} apart, and the classes of "
            f"{dataset.name} are {', '.join(dataset.class_names)}: name data with the same classes."
        )
    measured = evaluation.evaluate(saved.model, dataset)
    if arguments.plots:
        make_folder(arguments.plots)
        for path in run_folder.save_pictures(measured, dataset.x_test, arguments.plots):
            print(f"wrote {path}", file=sys.stderr)
    print(json.dumps(measured.figures(), indent=1) if arguments.json else measured.report())
    return 0


def add_predict(commands: Commands) -> None:
    """Add `predict`."""
    parser = commands.add(
        "predict",
        predict,
        "say what image files show, and how sure the model is",
        description="Say what image files show. Digits may be dark on light or light on dark, of "
        "any size,\nanywhere in the picture. A picture of the predictions is written as well.",
        examples="  resnet-course predict runs/custom-mnist seven.png three.jpg\n"
        "  resnet-course predict runs/custom-mnist *.png --plot answers.png --json\n",
    )
    add_model(parser)
    parser.add_argument(
        "images", metavar="IMAGE", type=existing, nargs="+", help="PNG or JPEG files"
    )
    parser.add_argument(
        "--plot",
        metavar="FILE",
        type=Path,
        default=Path("predictions.png"),
        help="picture to write (default: predictions.png)",
    )
    parser.add_argument("--no-plot", action="store_true", help="write no picture")
    parser.add_argument("--json", action="store_true", help="print the predictions as JSON")


def predict(arguments: argparse.Namespace) -> int:
    """Say what image files show, with confidence."""
    from resnet_course.results import picture

    find_model(arguments.model)
    if not arguments.no_plot:
        picture.check_format(arguments.plot)
        if arguments.plot.resolve() in [image.resolve() for image in arguments.images]:
            raise CourseError(
                f"the picture {arguments.plot} would replace an image of that name: name another "
                "with --plot, or add --no-plot."
            )
    import_keras()
    from resnet_course.results import prediction, run_folder

    saved = run_folder.load(arguments.model)
    said = prediction.predict(
        saved.model, arguments.images, saved.class_names, saved.framing, saved.familiarity
    )
    print(json.dumps(said.records(), indent=1) if arguments.json else "\n".join(said.lines()))
    for sentence in said.refused:
        print(f"resnet-course: {sentence}", file=sys.stderr)
    if not arguments.no_plot:
        picture.save(said.plot(), arguments.plot)
        print(f"wrote {arguments.plot}", file=sys.stderr)
    return 2 if said.refused else 0


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add the argument that names a trained model."""
    parser.add_argument(
        "model", metavar="MODEL", type=existing, help="a .keras file, or the folder of a run"
    )


def existing(word: str) -> Path:
    """Return the path that a word names, if there is something there."""
    path = Path(word)
    if not path.exists():
        raise argparse.ArgumentTypeError(f"there is no file or folder {word}")
    return path
