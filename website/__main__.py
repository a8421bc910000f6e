"""The command that builds the site: `python -m website`, or `make site`."""

import argparse
import sys
from pathlib import Path

from resnet_course.errors import CourseError

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Build the site and say where it is."""
    parser = argparse.ArgumentParser(
        prog="python -m website",
        description="Build the course's website: lessons with an editor and a check at every "
        "exercise. Any file server can serve it.",
        epilog="example: python -m website --output build/site",
    )
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "site", metavar="FOLDER")
    parser.add_argument(
        "--without-figures",
        action="store_true",
        help="do not run the lessons' experiments: faster, and without figures",
    )
    options = parser.parse_args()
    try:
        from resnet_course.quiet import import_keras
        from website.build import build

        import_keras()
        build(ROOT, options.output, with_figures=not options.without_figures)
    except CourseError as error:
        print(f"website: {error}", file=sys.stderr)
        return 2
    print(f"The site is in {options.output}. To look at it: resnet-course site {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
