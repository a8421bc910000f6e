"""What holds for every lesson: it is current, complete, solvable, and gives nothing away.

The lessons are found by looking, so that a new one is held to the same.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from resnet_course.authoring.build import course_files, lesson_scripts, stray_files
from resnet_course.authoring.review import review
from resnet_course.authoring.script import ScriptCell, read_script
from resnet_course.authoring.solution import read_solution

ROOT = Path(__file__).parents[1]
SCRIPTS = {script.parent.name: script for script in lesson_scripts(ROOT)}
pytestmark = pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning")
every_lesson = pytest.mark.parametrize("lesson", SCRIPTS)


def solved(lesson: str) -> Path:
    return SCRIPTS[lesson].with_suffix(".ipynb")


def released(lesson: str) -> Path:
    return ROOT / "lessons" / lesson / f"{SCRIPTS[lesson].stem}.ipynb"


def script_cells(lesson: str, role: str) -> list[ScriptCell]:
    return [cell for cell in read_script(SCRIPTS[lesson]) if cell.role == role]


def sources(notebook: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(notebook.read_text())["cells"]]


def prose(lesson: str) -> str:
    cells = script_cells(lesson, "plain")
    return "\n".join(cell.source for cell in cells if cell.kind == "markdown")


@every_lesson
def test_there_is_nothing_to_mend(lesson):
    assert list(map(str, review(ROOT, [lesson]))) == []


def test_nothing_else_lies_among_the_notebooks():
    assert stray_files(ROOT, course_files(ROOT)) == []


@every_lesson
def test_learners_get_no_answer(lesson):
    text = released(lesson).read_text()
    for delimiter in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "grading=True"):
        assert delimiter not in text
    cells = sources(released(lesson))
    for exercise in script_cells(lesson, "exercise"):
        body = read_solution(exercise.name).body.strip()
        assert not any(body in cell for cell in cells)
    for question in script_cells(lesson, "question"):
        for paragraph in question.source.split("\n\n"):
            assert not any(paragraph in cell for cell in cells)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a course folder with all solved notebooks, and none of our gradebooks."""
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "solutions", course / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    return course


@pytest.fixture(scope="module", params=SCRIPTS)
def graded(course: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    """Give a lesson's graded notebooks: solved, with experiments, and untouched."""
    lesson = request.param
    api = nbgrader_api(course)
    assert api.generate_assignment(lesson)["success"]
    submissions = {"solved": solved(lesson), "untouched": released(lesson)}
    notebooks = {}
    for student, notebook in submissions.items():
        submission = course / "submitted" / student / lesson
        shutil.copytree(released(lesson).parent, submission)
        shutil.copy(notebook, submission)
        api = nbgrader_api(course, run_experiments=student == "solved")
        outcome = api.autograde(lesson, student)
        assert outcome["success"], outcome.get("log")
        path = course / "autograded" / student / lesson / notebook.name
        notebooks[student] = json.loads(path.read_text())
    return notebooks


def nbgrader_api(course: Path, run_experiments: bool = False) -> Any:
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    config.CourseDirectory.root = str(course)
    config.ExecuteSubmission.run_experiments = run_experiments
    return NbGraderAPI(config=config)


def scores(notebook: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Return score and points of every automatically graded cell of an autograded notebook."""
    from nbformat import from_dict
    from nbgrader.utils import determine_grade, is_grade

    cells = [from_dict(cell) for cell in notebook["cells"]]
    for cell in cells:
        cell.source = "".join(cell.source)
    return {
        cell.metadata.nbgrader.grade_id: determine_grade(cell)
        for cell in cells
        if is_grade(cell) and cell.cell_type == "code"
    }


def errors(notebook: dict[str, Any], graded_only: bool = False) -> list[str]:
    return [
        output.get("ename", "stderr")
        for cell in notebook["cells"]
        if not graded_only or cell["metadata"].get("nbgrader", {}).get("grade")
        for output in cell.get("outputs", ())
        if output["output_type"] == "error" or output.get("name") == "stderr"
    ]


def test_the_solved_notebook_runs_from_top_to_bottom_for_full_marks(graded):
    marks = scores(graded["solved"])
    assert len(marks) >= 3
    assert all(score == points for score, points in marks.values()), marks
    assert errors(graded["solved"]) == []
    run = [cell for cell in graded["solved"]["cells"] if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in run)


def test_the_untouched_lesson_earns_nothing_in_any_graded_cell(graded):
    marks = scores(graded["untouched"])
    assert marks.keys() == scores(graded["solved"]).keys()
    assert all(score == 0 for score, _ in marks.values()), marks
    assert errors(graded["untouched"], graded_only=True) == []


def _tags(cell: ScriptCell) -> list[str]:
    return cell.markers.get("tags", [])
