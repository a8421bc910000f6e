"""What a learner handed in, read: the notebook and the files beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from resnet_course.grading.handed_in.names import quoted
from resnet_course.grading.handed_in.notebook import SubmittedCell, read_cells
from resnet_course.grading.handed_in.reading import Unreadable, files_beside, find_notebook


@dataclass(frozen=True)
class Submission:
    """A notebook that was handed in, and the files beside it.

    Attributes:
        cells: The notebook's cells, in order.
        files: The files beside it, by their path in the folder.
        notes: What an instructor should know of it.
    """

    cells: Sequence[SubmittedCell]
    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: Sequence[str] = ()


def read_submission(folder: Path, notebook: str, own_files: Sequence[str] = ()) -> Submission:
    """Read what a learner handed in.

    Args:
        folder: The submission's folder.
        notebook: Name of the notebook that was asked for, without its suffix.
        own_files: Paths that belong to the lesson, and so are left out.

    Raises:
        Unreadable: If there is nothing that can be graded.
    """
    for path in (folder.parent, folder):
        if path.is_symlink() or not path.is_dir():
            raise Unreadable(
                f"The submission is not a folder: {quoted(path.name)} is "
                f"{'a link' if path.is_symlink() else 'a file'}. Put a folder with "
                f"{notebook}.ipynb in its place."
            )
    notes: list[str] = []
    path = find_notebook(folder, notebook)
    if path.name != f"{notebook}.ipynb":
        notes.append(f"The notebook was called {path.name!a}, not {notebook}.ipynb.")
    cells = read_cells(path)
    files = files_beside(folder, path, set(own_files), notes)
    return Submission(cells, files, notes)
