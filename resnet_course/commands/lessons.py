"""The commands about the course itself: `learn`, `demo`, `site`, `build` and `review`."""

import argparse
from pathlib import Path

from resnet_course.commands.parser import Commands
from resnet_course.quiet import import_keras


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
    from resnet_course.desk.learning import copy_lessons, start_jupyterlab

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
        "on the\nembedded digits, transfer a pretrained one to a few of them, grade three "
        "submissions with\nnbgrader, and write a page that shows it all. Run it in the root of the "
        "repository. Nothing is\ndownloaded.",
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
    from resnet_course.desk.demo import play

    page = play(arguments.output, course=Path())
    print(f"The whole course on one page: {page.resolve()}")
    return 0


def add_site(commands: Commands) -> None:
    """Add `site`."""
    parser = commands.add(
        "site",
        site,
        "show the course's website, which make site has built",
        description="Serve the built website to this computer alone, and open it in the browser.",
        examples="  resnet-course site\n  resnet-course site build/site --port 8000\n",
    )
    parser.add_argument(
        "folder",
        metavar="FOLDER",
        nargs="?",
        type=Path,
        default=Path("build", "site"),
        help="the built site (default: build/site)",
    )
    parser.add_argument("--port", type=int, default=0, help="the port (default: any free one)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")


def site(arguments: argparse.Namespace) -> int:
    """Serve the built website until Ctrl-C."""
    from resnet_course.desk.website import show

    show(arguments.folder, arguments.port, browser=not arguments.no_browser)
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


def add_review(commands: Commands) -> None:
    """Add `review`."""
    parser = commands.add(
        "review",
        review,
        "review the lessons of this repository: what needs fixing, and how",
        description="Look for what is wrong with lessons: stubs that pass, solutions that fail, "
        "exercises without\nhints, reports that name no heading, names used twice, notebooks that "
        "are not what the build\ngives. Each line says what to do. The exit code is 1 if there is "
        "a line.",
        examples="  resnet-course review\n  resnet-course review 02_identity_block\n",
    )
    parser.add_argument("lessons", metavar="LESSON", nargs="*", help="review these lessons only")


def review(arguments: argparse.Namespace) -> int:
    """Print what needs fixing in the lessons."""
    import_keras()
    from resnet_course.authoring.review import review

    problems = review(Path(), arguments.lessons)
    for problem in problems:
        print(problem)
    if not problems:
        print("There is nothing to fix.")
    return 1 if problems else 0
