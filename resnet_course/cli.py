"""The command line: parses words, calls the module that does the work, prints its errors.

A command is one `add_…` function, listed in `COMMANDS`. It adds its parser and sets `run`, a
function from the parsed arguments to the exit code. What is heavy (Keras, Matplotlib, nbgrader)
is imported when a command runs, so that help comes at once.
"""

import argparse
import difflib
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NoReturn

from resnet_course import __version__
from resnet_course.errors import CourseError
from resnet_course.files import make_folder, new_folder, refuse_to_overwrite
from resnet_course.grading.command import add_grade
from resnet_course.quiet import import_keras
from resnet_course.recipes import RECIPES, Recipe, default_recipe, recipe_with
from resnet_course.transfer_command import add_pretrain, add_transfer
from resnet_course.unfinished import unfinished_run

EXAMPLES = """\
examples:
  resnet-course train custom --data digits --output runs/digits
  resnet-course evaluate runs/digits
  resnet-course predict runs/digits seven.png

`resnet-course COMMAND --help` explains a command.
"""


LAYOUT: dict[str, Any] = {
    "formatter_class": argparse.RawDescriptionHelpFormatter,
    "allow_abbrev": False,
}


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Print `message` and where to find help, and exit with code 2."""
        self.exit(2, f"{self.prog}: {message.rstrip('.')}. See `{self.prog} --help`.\n")


@dataclass(frozen=True)
class Commands:
    """The commands of the program, each with its parser."""

    parsers: "argparse._SubParsersAction[Parser]"

    def add(
        self,
        name: str,
        run: Callable[[argparse.Namespace], int],
        summary: str,
        description: str = "",
        examples: str = "",
    ) -> Parser:
        """Add a command.

        Args:
            name: The word that asks for it.
            run: What it does, from the parsed arguments to the exit code.
            summary: One line for the overview.
            description: Explanation that its own help shows above the options.
            examples: Lines that its own help shows below the options.

        Returns:
            The command's parser, to add arguments to.
        """
        parser = self.parsers.add_parser(
            name,
            help=summary,
            description=description or summary,
            epilog=f"examples:\n{examples}" if examples else None,
            **LAYOUT,
        )
        parser.set_defaults(run=run)
        return parser

    def names(self) -> list[str]:
        """Return the words that ask for a command."""
        return list(self.parsers.choices)


def add_train(commands: Commands) -> None:
    """Add `train`."""
    parser = commands.add(
        "train",
        train,
        "train a network and save it",
        description="Train a network, measure it on the test images, and write the model, the "
        "result and\npictures to a folder. Every setting has a default that suits the network. "
        "The state is kept after\nevery step: a run that was interrupted goes on with --resume.",
        examples="  resnet-course train custom --data mnist\n"
        "  resnet-course train custom --data mnist --labels 1000 --epochs 30\n"
        "  resnet-course train custom --data photos/ --resume\n"
        "  resnet-course train resnet18 --data mnist --epochs 2 --output runs/short\n"
        "  resnet-course train custom --data digits --validation 0.2 --learning-rate 0.003\n",
    )
    parser.add_argument("model", metavar="MODEL", help=f"one of {', '.join(RECIPES)}, transfer")
    add_data(parser, "what to train on (default: digits)", "digits")
    parser.add_argument(
        "--output", metavar="FOLDER", type=Path, help="folder to make (default: runs/MODEL-DATA)"
    )
    add_going_on(parser)
    parser.add_argument("--seed", type=int, metavar="N", default=0, help="default: 0")
    add_labels(parser)
    parser.add_argument(
        "--validation",
        type=float,
        metavar="SHARE",
        default=0.0,
        help="hold out a share of the training images and measure on them, not on the test images",
    )
    parser.add_argument(
        "--patience",
        type=int,
        metavar="EPOCHS",
        default=0,
        help="stop after so many epochs without a new lowest validation loss, and take the best "
        "weights (default: never)",
    )
    parser.add_argument(
        "--tensorboard", action="store_true", help="write logs for TensorBoard, in FOLDER/logs"
    )
    settings = parser.add_argument_group("settings (the default depends on the network)")
    for item in fields(Recipe):
        described = item.metadata
        settings.add_argument(
            f"--{item.name.replace('_', '-')}",
            type=described["kind"],
            metavar=described["kind"].__name__.upper(),
            help=": ".join(filter(None, [described["meaning"], " or ".join(described["choices"])])),
        )


def train(arguments: argparse.Namespace) -> int:
    """Train a network and save it."""
    recipe = recipe_with(default_recipe(arguments.model, arguments.data), vars(arguments))
    output = arguments.output or Path("runs", f"{arguments.model}-{Path(arguments.data).name}")
    if finished(output, arguments):
        return 0
    from resnet_course import data

    dataset = data.load(arguments.data, arguments.data_folder)
    if arguments.labels:
        dataset = dataset.take(arguments.labels, arguments.seed)
    names = ("model", "data", "seed", "labels", "validation", "patience")
    settings = {name: getattr(arguments, name) for name in names} | asdict(recipe)
    with unfinished_run(output, settings, arguments.resume, arguments.overwrite) as state:
        import_keras()
        from resnet_course import runs, tensorboard, training

        run = training.train(
            arguments.model,
            dataset,
            recipe,
            arguments.seed,
            arguments.validation,
            progress=True,
            patience=arguments.patience,
            folder=state,
            callbacks=tensorboard.callbacks(state / "logs") if arguments.tensorboard else (),
        )
        with new_folder(output, runs.RESULT_FILE, arguments.overwrite) as folder:
            runs.save(run, folder)
            if arguments.tensorboard:
                shutil.copytree(state / "logs", folder / "logs")
    print(runs.summary(run))
    print(f"saved in {output}")
    return 0


def finished(output: Path, arguments: argparse.Namespace) -> bool:
    """Return whether there is nothing left to resume; refuse a folder that is not free."""
    if arguments.resume and (output / "result.json").is_file():
        print(f"{output} is finished: there is nothing to resume.")
        return True
    refuse_to_overwrite(output, "result.json", arguments.overwrite)
    return False


def add_going_on(parser: Parser) -> None:
    """Add the options that say what to do with an earlier run in the same folder."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--resume", action="store_true", help="go on with an interrupted run, if there is one"
    )
    group.add_argument("--overwrite", action="store_true", help="replace an earlier run there")


def add_labels(parser: Parser) -> None:
    """Add the option that says how many labelled images to train on."""
    parser.add_argument(
        "--labels",
        type=int,
        metavar="N",
        help="train on N images, the same number of every class or nearly so (default: all)",
    )


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
    add_data(parser, "what to measure on (default: what the model was trained on)", None)
    parser.add_argument("--plots", metavar="FOLDER", type=Path, help="write pictures there")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def evaluate(arguments: argparse.Namespace) -> int:
    """Measure a trained model on a data set's test images."""
    import_keras()
    from resnet_course import data, evaluation, runs

    saved = runs.load(arguments.model)
    name = arguments.data or saved.data
    if name is None:
        raise CourseError(
            f"{saved.path} does not say what it was trained on: name the data set with --data."
        )
    dataset = data.load(name, arguments.data_folder)
    measured = evaluation.evaluate(saved.model, dataset)
    if arguments.plots:
        make_folder(arguments.plots)
        for path in runs.save_pictures(measured, dataset.x_test, arguments.plots):
            print(f"wrote {path}", file=sys.stderr)
    print(json.dumps(measured.figures(), indent=1) if arguments.json else measured.report())
    return 0


def add_predict(commands: Commands) -> None:
    """Add `predict`."""
    parser = commands.add(
        "predict",
        predict,
        "say what image files show, with confidence",
        description="Say what image files show. Digits may be dark on light or light on dark, of "
        "any size,\nanywhere in the picture. A picture of the predictions is written, too.",
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
    import_keras()
    from resnet_course import plots, prediction, runs

    saved = runs.load(arguments.model)
    said = prediction.predict(
        saved.model, arguments.images, saved.class_names, saved.framing, saved.familiarity
    )
    if not arguments.no_plot:
        plots.save(said.plot(), arguments.plot)
        print(f"wrote {arguments.plot}", file=sys.stderr)
    print(json.dumps(said.records(), indent=1) if arguments.json else "\n".join(said.lines()))
    return 0


def add_model(parser: Parser) -> None:
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


def add_data(parser: Parser, meaning: str, default: str | None) -> None:
    """Add the options that name a data set and the folder with data sets."""
    parser.add_argument(
        "--data",
        metavar="NAME",
        default=default,
        help="digits, mnist, fashion_mnist, signs, signs10, cifar10, or a folder with a sub-folder "
        f"of images for each class: {meaning}",
    )
    parser.add_argument(
        "--data-folder",
        metavar="FOLDER",
        type=Path,
        help="where data sets are (default: the folder that RESNET_COURSE_DATA names)",
    )


def add_learn(commands: Commands) -> None:
    """Add `learn`."""
    parser = commands.add(
        "learn",
        learn,
        "copy the lessons to your own folder and open them in JupyterLab",
        description="Copy the lessons to a folder of your own and open them in JupyterLab. "
        "Run it again at any time: what you changed stays as you left it.",
        examples="  resnet-course learn ~/resnet-course\n",
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="your own folder")
    parser.add_argument("--copy-only", action="store_true", help="do not start JupyterLab")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")


def learn(arguments: argparse.Namespace) -> int:
    """Copy the lessons to the learner's folder and open them in JupyterLab."""
    from resnet_course.learning import copy_lessons, start_jupyterlab

    for sentence in copy_lessons(arguments.folder):
        print(sentence)
    if arguments.copy_only:
        return 0
    return start_jupyterlab(arguments.folder, browser=not arguments.no_browser)


def add_demo(commands: Commands) -> None:
    """Add `demo`."""
    parser = commands.add(
        "demo",
        demo,
        "play the whole course through and write one page that shows it",
        description="Check every reference solution, diagnose a mistake, train the custom network "
        "on the\nembedded digits, grade three submissions with nbgrader, and write a page that "
        "shows it all.\nRun it in the root of the repository. Nothing is downloaded.",
    )
    parser.add_argument(
        "--output",
        metavar="FOLDER",
        type=Path,
        default=Path("build", "demo"),
        help="folder to write (default: build/demo)",
    )


def demo(arguments: argparse.Namespace) -> int:
    """Play the whole course through and write one page that shows it."""
    from resnet_course.demo import play

    page = play(arguments.output, course=Path())
    print(f"The whole course on one page: {page.resolve()}")
    return 0


def add_build(commands: Commands) -> None:
    """Add `build`."""
    parser = commands.add(
        "build",
        build,
        "for authors: make the notebooks from the percent scripts",
        description="Make the notebooks in solutions/ and lessons/ from the percent scripts and "
        "the reference solutions. Run it in the root of the repository.",
        examples="  resnet-course build\n  resnet-course build 02_identity_block\n",
    )
    parser.add_argument("lessons", metavar="LESSON", nargs="*", help="build these lessons only")


def build(arguments: argparse.Namespace) -> int:
    """Make the notebooks of the course in the working directory."""
    from resnet_course.authoring.build import build

    for path in build(Path(), arguments.lessons):
        print(f"wrote {path}")
    print("The notebooks are up to date.")
    return 0


#: The commands in the order of the overview. To add one, write `add_…` and list it here.
def add_review(commands: Commands) -> None:
    """Add `review`."""
    parser = commands.add(
        "review",
        review,
        "review the lessons of this repository: what is to be mended, and how",
        description="Look for what is wrong with lessons: stubs that pass, solutions that fail, "
        "exercises without\nhints, reports that name no heading, names used twice, notebooks that "
        "are not what the build\ngives. Each line says what to do. The exit code is 1 if there is "
        "a line.",
        examples="  resnet-course review\n  resnet-course review 02_identity_block\n",
    )
    parser.add_argument("lessons", metavar="LESSON", nargs="*", help="review these lessons only")


def review(arguments: argparse.Namespace) -> int:
    """Print what is to be mended in the lessons."""
    import_keras()
    from resnet_course.authoring.review import review

    problems = review(Path(), arguments.lessons)
    for problem in problems:
        print(problem)
    if not problems:
        print("There is nothing to mend.")
    return 1 if problems else 0


COMMANDS = (
    add_learn,
    add_train,
    add_transfer,
    add_pretrain,
    add_evaluate,
    add_predict,
    add_grade,
    add_demo,
    add_build,
    add_review,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that the words ask for.

    Args:
        argv: The words after the program's name. Those of the process if not given.

    Returns:
        Exit code: 0 for success, 2 for bad input, 130 when interrupted; a command may return
        another, such as 1 for a check that failed.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        arguments = parse(sys.argv[1:] if argv is None else list(argv))
        return arguments.run(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    except CourseError as error:
        print(f"resnet-course: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        reason = " ".join(str(error.strerror or error).split())
        print(f"resnet-course: {error.filename or 'a file'}: {reason}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt as stop:
        print(f"\nresnet-course: interrupted{f'; {stop}' if stop.args else '.'}", file=sys.stderr)
        return 130


def parse(words: list[str]) -> argparse.Namespace:
    """Parse the words of the command line.

    Args:
        words: The words after the program's name. None at all ask for help.

    Returns:
        The arguments, with `run`, the function to call with them.

    Raises:
        SystemExit: After printing help (code 0) or one sentence about a wrong word (code 2).
    """
    program = Parser(
        prog="resnet-course",
        description="Residual networks from first principles: lessons, grading and training.",
        epilog=EXAMPLES,
        **LAYOUT,
    )
    program.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = Commands(program.add_subparsers(metavar="COMMAND", title="commands"))
    for add in COMMANDS:
        add(commands)
    if words[:2] == ["train", "transfer"]:
        words = words[1:]
    command = next((word for word in words if not word.startswith("-")), None)
    if command is not None and command not in commands.names():
        near = difflib.get_close_matches(command, commands.names(), n=1)
        hint = f"Did you mean {near[0]!r}" if near else f"There are {', '.join(commands.names())}"
        program.error(f"there is no command {command!r}. {hint}")
    return program.parse_args(words or ["--help"])
