"""nbgrader's settings for this course. Every `nbgrader` command in this folder reads them."""

import os
import shutil
import sys
from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    GetGrades,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
)

from resnet_course.grading.execute import ExecuteSubmission
from resnet_course.grading.rubric import RemoveRubrics

c = get_config()  # noqa: F821

# nbgrader calls the program `alembic` to begin a gradebook, and finds it on the path only.
if shutil.which("alembic") is None:
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

c.CourseDirectory.course_id = "resnet-course"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"

# Learners get the notebooks and the figures. What else an author keeps beside a lesson, above all
# the percent script with its answers, stays here. The names are exact: a learner's own files pass.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    *sorted(
        {
            path.name
            for path in Path(__file__).parent.glob("solutions/*/*")
            if path.name != "figures" and path.suffix != ".ipynb"
        }
    ),
]

c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}
c.ClearSolutions.text_stub = (
    "*Write your answer here: double-click this sentence and put yours in its place.*"
)

# The first cell imports TensorFlow, which takes longer than nbgrader's 30 s on a busy machine.
# A cell that runs into the limit is interrupted and loses its points; the others still run.
c.Execute.timeout = 180
c.Execute.interrupt_on_timeout = True
c.Execute.startup_timeout = 120
c.Execute.iopub_timeout = 60
c.Execute.error_on_timeout = {
    "ename": "CellTimeoutError",
    "evalue": "the cell ran into the time limit",
    "traceback": ["The cell ran into the time limit. Is there a loop in it that never ends?"],
}

# nbgrader gives no points for a graded cell that writes to stderr, be it a log line or a warning.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = (
    r"(?m)^WARNING|^[IWE]\d{4} |^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: |^.*Warning: "
)

c.Autograde.autograde_preprocessors = [
    ExecuteSubmission,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]

# A learner who deletes a graded cell gets no points for it, and no one has to look into it.
c.OverwriteCells.add_missing_cells = True
c.OverwriteCells.missing_cell_notification = (
    "This cell ({cell_id}) was missing from the submission. It was put back for grading.\n\n"
)

# `resnet-course grade` lays rubrics beside written answers; they are for graders only.
c.GenerateFeedback.preprocessors = [GetGrades, RemoveRubrics, CSSHTMLHeaderPreprocessor]

c.HTMLExporter.embed_images = True
