"""Running a submission: experiments are left out, graded cells never are."""

from typing import Any

from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool, Unicode


class ExecuteSubmission(Execute):
    """nbgrader's `Execute`, with a say in which cells run.

    What decides is the cell's part in the grading, never a tag alone: tags travel with the
    submission, and nbclient would leave out any cell with the tag `skip-execution`, a test too.
    """

    experiment_tag = Unicode("experiment", help="The tag of the cells that experiment").tag(
        config=True
    )

    run_experiments = Bool(False, help="Whether to run experiments when grading").tag(config=True)

    def preprocess_cell(
        self, cell: Any, resources: dict[str, Any], index: int
    ) -> tuple[Any, dict[str, Any]]:
        """Run a cell, unless it is an experiment that counts for nothing."""
        tags = cell.metadata.get("tags", [])
        graded = is_grade(cell) or is_solution(cell)
        if self.experiment_tag in tags and not graded and not self.run_experiments:
            return cell, resources
        if graded:
            cell.metadata.pop("tags", None)
        return super().preprocess_cell(cell, resources, index)
