"""A figure that shows itself in a notebook and is written to a file whole or not at all."""

import io
import warnings
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from resnet_course.errors import CourseError
from resnet_course.files import new_file


class Picture(Figure):
    """A figure that shows itself as the result of a notebook's cell."""

    def savefig(self, *arguments: Any, **options: Any) -> None:
        """Write the figure; characters that the font lacks become boxes, without a warning."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            super().savefig(*arguments, **options)

    def _repr_png_(self) -> bytes:
        content = io.BytesIO()
        self.savefig(content, format="png")
        return content.getvalue()


def save(figure: Figure, path: Path) -> None:
    """Write a figure to a file, whole or not at all.

    Args:
        figure: The figure.
        path: Where to, with a suffix that says the format, such as `.png`.

    Raises:
        CourseError: If there is no format for the suffix.
    """
    check_format(path)
    with new_file(path) as aside:
        figure.savefig(aside)


def check_format(path: Path) -> None:
    """Check that there is a format for a file's suffix.

    Raises:
        CourseError: If there is none.
    """
    formats = Figure().canvas.get_supported_filetypes()
    if path.suffix.lower().lstrip(".") not in formats:
        raise CourseError(f"{path} cannot be drawn: its name must end in .png, .pdf or .svg.")


def new_picture(width: float, height: float) -> Picture:
    """Return an empty picture of some inches."""
    return Picture(figsize=(width, height), dpi=120, layout="constrained")
