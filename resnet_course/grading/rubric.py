"""Keeps rubrics out of the feedback that nbgrader's own command writes."""

from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor


class RemoveRubrics(NbGraderPreprocessor):
    """Leaves out the cells that `resnet-course grade` adds for graders."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Leave out the cells with the tag."""
        from resnet_course.grading.reports.formgrader import RUBRIC_TAG

        nb.cells = [cell for cell in nb.cells if RUBRIC_TAG not in cell.metadata.get("tags", [])]
        return nb, resources
