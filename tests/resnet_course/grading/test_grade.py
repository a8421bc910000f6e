"""A class goes through the grader: scores, reasons, feedback, a second run, and other tools."""

import csv
import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from resnet_course.errors import CourseError
from resnet_course.grading.course.assignment import read_assignment
from resnet_course.grading.course.classroom import Classroom
from resnet_course.grading.grade import Options, grade
from resnet_course.grading.isolation.server import SandboxFailed, Server
from resnet_course.grading.marking.marks import Marked
from resnet_course.grading.records.gradebook import Entry
from resnet_course.grading.reports import export
from resnet_course.grading.reports.table import table
from tests.resnet_course.grading.conftest import LESSON, ROOT

NOTEBOOK = "identity_block"
FULL = {"check_conv_bn": 2, "check_identity_block": 5, "check_identity_block_parameters": 2}

LAST_LINE = 'return layers.ReLU(name=f"res{stage}{block}_relu")(X)'

RIGHT_FOR_PUBLIC_PROBES_ONLY = """\
def identity_block_parameters(f, channels, filters):
    a, b, c = filters
    if f not in (3, 5):
        return 0
    return channels * a + f * f * a * b + b * c + 3 * (a + b + c)"""

WITH_MAGICS = """\
%matplotlib inline
!echo hello
import sys, warnings
warnings.warn("this is no mistake")
print("nor is this", file=sys.stderr)
display("nor this")"""


#: What Python remarks on while compiling, line by line.
REMARKABLE = """\
assert (1, "x")
x = 1; x is 1
"\\d"
[0for k in range(3)]"""

ANSWER = "The addition comes before the last ReLU, <script>alert(1)</script> as &amp; ever."


def changed(notebook, **sources):
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = sources.get(name, cell.source)
    return notebook


def in_the_gradebook(classroom):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{classroom.folder}/gradebook.db") as gradebook:
        return {each.student.id for each in gradebook.assignment_submissions(LESSON)}


@pytest.fixture(scope="module")
def first(classroom):
    """Grade a small class, without a sandbox, so that this runs anywhere."""
    from nbformat.v4 import new_code_cell, new_markdown_cell

    right = classroom.answered(LESSON)
    noisy = classroom.answered(LESSON)
    noisy.cells.insert(1, new_code_cell(WITH_MAGICS))
    stopped = changed(classroom.answered(LESSON), conv_bn="def conv_bn(X:\n    pass")
    nearly = {"identity_block_parameters": RIGHT_FOR_PUBLIC_PROBES_ONLY}
    elsewhere = classroom.untouched(LESSON)
    elsewhere.cells.append(new_markdown_cell(ANSWER))
    comment = classroom.untouched(LESSON)
    comment.cells.append(new_code_cell(f"# {ANSWER}"))
    bare = changed(classroom.untouched(LESSON), two_changes=ANSWER)
    for cell in bare.cells:
        cell.metadata.clear()
    retyped = classroom.answered(LESSON)
    for cell in retyped.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.cell_type = "raw" if cell.cell_type == "markdown" else "markdown"
    remarkable = classroom.answered(LESSON)
    remarkable.cells.insert(1, new_code_cell(REMARKABLE))
    class_ = {
        "elsewhere": elsewhere,
        "comment": comment,
        "bare": bare,
        "retyped": retyped,
        "remarkable": remarkable,
        "=1+2": right,
        "noisy": noisy,
        "forgets": classroom.answered(LESSON, {LAST_LINE: "return X"}),
        "nearly": changed(classroom.answered(LESSON), **nearly),
        "stopped": stopped,
        "untouched": classroom.untouched(LESSON),
    }
    for student, notebook in class_.items():
        classroom.submit(student, LESSON, notebook)
    broken = classroom.folder / "submitted" / "broken" / LESSON
    broken.mkdir(parents=True)
    (broken / f"{NOTEBOOK}.ipynb").write_text("{")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        lines = run(classroom)
    assert not [each for each in caught if each.filename == "cell"]
    return lines


@pytest.fixture
def copied(first, classroom, tmp_path):
    """Give the graded course to a test that changes it."""
    return Classroom(Path(shutil.copytree(classroom.folder, tmp_path / "course")))


def run(classroom, **options):
    _, lines = grade(classroom.folder, LESSON, Options(trust=True, **options), lambda *_: None)
    return {line.student: line for line in lines}


def scores(line):
    return {name: line.entries[name].score for name in FULL}


def page(classroom, student):
    return (classroom.folder / "feedback" / student / LESSON / f"{NOTEBOOK}.html").read_text()


def test_right_work_gets_all_points_and_waits_for_a_reader(first):
    assert scores(first["=1+2"]) == FULL
    assert first["=1+2"].entries["two_changes"] == Entry(None, None, 0.0, 3.0, waits=True)


def test_magics_warnings_and_output_cost_nothing(first):
    assert scores(first["noisy"]) == FULL


def test_untouched_gets_nothing_and_nobody_has_to_look(first):
    assert all(
        entry.score == 0 and not entry.waits for entry in first["untouched"].entries.values()
    )


@pytest.mark.parametrize("student", ["elsewhere", "comment", "bare"])
def test_an_answer_in_another_cell_waits_for_a_reader(first, classroom, student):
    assert first[student].entries["two_changes"] == Entry(None, None, 0.0, 3.0, waits=True)
    path = classroom.folder / "autograded" / student / LESSON / f"{NOTEBOOK}.ipynb"
    cells = json.loads(path.read_text())["cells"]
    assert any("The addition comes before" in cell["source"] for cell in cells)
    assert "The addition comes before" in page(classroom, student)
    assert "<script>" not in page(classroom, student)


def test_an_answer_in_another_cell_comes_up_again_only_if_it_changed(first, copied):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{copied.folder}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("two_changes", NOTEBOOK, LESSON, "elsewhere")
        assert (
            "other cells"
            in gradebook.find_comment("two_changes", NOTEBOOK, LESSON, "elsewhere").auto_comment
        )
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        gradebook.db.commit()
    again = run(copied, students=["elsewhere"], force=True)["elsewhere"]
    assert again.entries["two_changes"] == Entry(None, 2.5, 2.5, 3.0, waits=False)
    path = copied.folder / "submitted" / "elsewhere" / LESSON / f"{NOTEBOOK}.ipynb"
    path.write_text(path.read_text().replace("The addition", "No addition"))
    again = run(copied, students=["elsewhere"])["elsewhere"]
    assert again.entries["two_changes"] == Entry(None, 2.5, 2.5, 3.0, waits=True)


def test_answers_in_cells_of_another_type_are_graded(first):
    assert scores(first["retyped"]) == FULL
    assert first["retyped"].entries["two_changes"].waits


def test_what_python_remarks_on_is_on_the_page_and_nowhere_else(first, classroom):
    assert scores(first["remarkable"]) == FULL
    text = html.unescape(page(classroom, "remarkable"))
    for line, words in (
        (1, "assertion is always true"),
        (2, '"is" with'),
        (3, r"'\d'"),
        (4, "literal"),
    ):
        assert re.search(
            f"Cell 2 of your notebook in line {line}: .*Warning: .*{re.escape(words)}", text
        )
    assert first["remarkable"].marked.notes == []


def test_a_mistake_gets_part_of_the_points_and_its_name(first, classroom):
    assert 0 < first["forgets"].entries["check_identity_block"].score < 5
    assert "The ReLU after the addition is missing" in page(classroom, "forgets")


def test_a_cell_that_stops_is_named_where_it_matters(first, classroom):
    marks = first["stopped"].marked.marks
    assert marks["check_conv_bn"].points == 0
    assert "SyntaxError" in marks["check_conv_bn"].notes[0]
    assert marks["check_identity_block_parameters"].points == 2
    assert not marks["check_identity_block_parameters"].notes


def test_a_hidden_probe_is_not_given_away(first, classroom):
    mark = first["nearly"].marked.marks["check_identity_block_parameters"]
    assert 0 < mark.points < 2
    assert "other kernel sizes" in mark.notes[0]
    assert "f = 7" not in page(classroom, "nearly")
    assert "drawn for grading" in page(classroom, "nearly")


def test_a_broken_file_gets_nothing_and_asks_for_attention(first):
    assert "not JSON" in first["broken"].problem
    assert all(entry.score == 0 and entry.waits for entry in first["broken"].entries.values())


def test_the_table_shows_all_and_what_to_do(first):
    text = "\n".join(table(list(FULL), list(first.values())))
    assert "needs attention: broken" in text
    assert "12 graded now" in text
    assert "note: elsewhere: Text that is not the lesson's goes to a person to read" in text
    assert "Warning" not in text


def test_formgrader_gets_the_answer_with_the_rubric_beside_it(first, classroom):
    path = classroom.folder / "autograded" / "noisy" / LESSON / f"{NOTEBOOK}.ipynb"
    cells = json.loads(path.read_text())["cells"]
    names = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells]
    answer = names.index("two_changes")
    assert "Rubric" in cells[answer + 1]["source"]
    assert cells[answer + 1]["metadata"]["tags"] == ["rubric"]
    assert not any("HIDDEN" in cell["source"] or "grading=True" in cell["source"] for cell in cells)


def test_nbgraders_own_feedback_works_and_shows_no_rubric(copied):
    path = copied.give_feedback(LESSON, "forgets")
    text = path.read_text()
    assert "The ReLU after the addition is missing" in text
    assert "not shown to learners" not in text


def test_a_second_run_does_nothing_again_and_keeps_what_a_person_gave(first, copied):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{copied.folder}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("two_changes", NOTEBOOK, LESSON, "noisy")
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        comment = gradebook.find_comment("two_changes", NOTEBOOK, LESSON, "noisy")
        comment.manual_comment = "Well <b>argued</b>."
        gradebook.db.commit()
    second = run(copied)
    assert {name for name, line in second.items() if line.fresh} == {"broken"}
    assert {name: scores(line) for name, line in second.items()} == {
        name: scores(line) for name, line in first.items()
    }
    assert second["noisy"].entries["two_changes"].score == 2.5
    assert "Well &lt;b&gt;argued&lt;/b&gt;." in page(copied, "noisy")


def test_a_score_changed_by_others_is_graded_anew_and_a_broken_sandbox_asks_for_attention(
    copied, monkeypatch
):
    from nbgrader.api import Gradebook

    def run_in_a_broken_sandbox(*_):
        raise SandboxFailed("it does not start")

    with Gradebook(f"sqlite:///{copied.folder}/gradebook.db") as gradebook:
        gradebook.find_grade("check_conv_bn", NOTEBOOK, LESSON, "nearly").auto_score = 1.5
        gradebook.db.commit()
    monkeypatch.setattr(Server, "run", run_in_a_broken_sandbox)
    third = run(copied, students=["nearly", "noisy"])
    assert not third["noisy"].fresh
    assert third["nearly"].fresh
    assert "it does not start" in third["nearly"].problem
    assert scores(third["nearly"]) == dict.fromkeys(FULL, 0)


def test_an_old_score_does_not_survive_a_broken_resubmission(copied):
    path = copied.folder / "submitted" / "forgets" / LESSON / f"{NOTEBOOK}.ipynb"
    path.write_text(path.read_text()[:500])
    again = run(copied, students=["forgets"])["forgets"]
    assert again.problem
    assert scores(again) == dict.fromkeys(FULL, 0)
    assert "Needs attention" in page(copied, "forgets")


def test_a_course_without_the_lesson_is_refused(classroom):
    with pytest.raises(CourseError, match="The lessons here are 02_identity_block"):
        grade(classroom.folder, "07_nothing", Options(trust=True), lambda *_: None)


def test_a_lesson_that_was_never_released_is_recorded_first(tmp_path):
    classroom = Classroom.copied(ROOT, tmp_path / "course", [LESSON])
    broken = classroom.folder / "submitted" / "ada" / LESSON
    broken.mkdir(parents=True)
    (broken / f"{NOTEBOOK}.ipynb").write_text("{")
    lines = run(classroom)
    assert {name: entry.maximum for name, entry in lines["ada"].entries.items()} == {
        **FULL,
        "two_changes": 3,
    }
    assert not (classroom.folder / "lessons").exists()


def test_what_is_misplaced_asks_for_attention_by_name(tmp_path, monkeypatch, capsys):
    from resnet_course.cli import main

    classroom = Classroom.copied(ROOT, tmp_path / "course", [LESSON])
    submitted = classroom.folder / "submitted"
    for place in ("ben/02_Identity_Block", f"{LESSON}/dan", f"{LESSON}/{LESSON}", "eva", ""):
        (submitted / place).mkdir(parents=True, exist_ok=True)
        (submitted / place / f"{NOTEBOOK}.ipynb").write_text("{}")
    lines = run(classroom)
    assert set(lines) == {"ben", "dan", "eva", LESSON, f"{NOTEBOOK}.ipynb"}
    for name in ("ben", "dan", "eva"):
        assert f"move it to submitted/{name}/{LESSON}/" in lines[name].problem
        assert all(entry.score == 0 and entry.waits for entry in lines[name].entries.values())
        assert set(lines[name].entries) == {*FULL, "two_changes"}
    assert not lines[LESSON].entries
    assert not lines[f"{NOTEBOOK}.ipynb"].entries
    assert in_the_gradebook(classroom) == {"ben", "dan", "eva"}
    assert set(run(classroom, students=["ben"])) == {"ben"}
    broken = submitted / "fay" / LESSON
    broken.mkdir(parents=True)
    (broken / f"{NOTEBOOK}.ipynb").write_text("{")
    (broken / "other.ipynb").write_text("{")
    monkeypatch.chdir(classroom.folder)
    assert main(["grade", LESSON, "--trust", "--json", "scores.json", "--csv", "scores.csv"]) == 0
    text = capsys.readouterr().out
    assert "needs attention: ben: submitted/ben/02_Identity_Block was not graded" in text
    assert f"needs attention: fay: submitted/fay/{LESSON}/other.ipynb was not graded" in text
    assert "1 graded now, 0 unchanged" in text
    content = json.loads((classroom.folder / "scores.json").read_text())
    assert lines["dan"].problem == content["students"]["dan"]["problem"]
    with (classroom.folder / "scores.csv").open() as file:
        attention = {row["student"]: row["needs_attention"] for row in csv.DictReader(file)}
    assert set(attention) == {"ben", "dan", "eva", "fay"}
    assert attention["dan"] == lines["dan"].problem
    assert "other.ipynb was not graded" in attention["fay"]


def test_who_was_misplaced_and_is_gone_is_forgotten(tmp_path):
    classroom = Classroom.copied(ROOT, tmp_path / "course", [LESSON])
    submitted = classroom.folder / "submitted"
    for name in ("ben", "dan: A"):
        (submitted / name).mkdir(parents=True)
    lines = run(classroom)
    assert "is empty" in lines["dan: A"].problem
    assert in_the_gradebook(classroom) == {"ben", "dan: A"}
    page = classroom.folder / "feedback" / "dan: A" / LESSON / f"{NOTEBOOK}.html"
    assert "is empty" in page.read_text()
    (submitted / "dan: A").rename(submitted / "dan")
    assert set(run(classroom, students=["dan"])) == {"dan"}
    assert in_the_gradebook(classroom) == {"ben", "dan: A", "dan"}
    assert set(run(classroom)) == {"ben", "dan"}
    assert in_the_gradebook(classroom) == {"ben", "dan"}
    assert not page.exists()


@pytest.mark.parametrize("name", ["ben:2", "-ben", " ben", "x\x1b[2J", "n" * 200, "<b>ben</b>"])
def test_a_name_that_is_refused_is_recorded_all_the_same(tmp_path, name):
    classroom = Classroom.copied(ROOT, tmp_path / "course", [LESSON])
    (classroom.folder / "submitted" / name.replace("/", "") / LESSON).mkdir(parents=True)
    (line,) = run(classroom).values()
    assert "cannot be a student's name" in line.problem
    assert all(entry.score == 0 and entry.waits for entry in line.entries.values())
    assert in_the_gradebook(classroom) == {line.student}
    assert line.student.isprintable()
    assert not set(line.student) & set("<>")
    assert name[:4].strip("<b>") in line.student or "\x1b" in name


def test_another_lessons_notebook_asks_for_attention(tmp_path):
    other = "03_convolutional_block"
    classroom = Classroom.copied(ROOT, tmp_path / "course", [LESSON, other])
    classroom.release(other)
    classroom.submit("ada", LESSON, classroom.answered(other))
    (line,) = run(classroom).values()
    assert f"The notebook holds the lesson {other}, not {LESSON}" in line.problem
    assert f"submitted/ada/{other}/" in line.problem
    assert all(entry.score == 0 and entry.waits for entry in line.entries.values())


def test_a_student_without_a_submission_is_refused(first, classroom):
    with pytest.raises(CourseError, match="nobody has handed in nothing"):
        run(classroom, students=["nobody"])


def test_without_a_sandbox_nothing_runs_unless_trusted(first, classroom, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CourseError, match="--trust"):
        grade(classroom.folder, LESSON, Options(force=True), lambda *_: None)


@pytest.fixture(scope="module")
def assignment():
    return read_assignment(ROOT, "solutions", LESSON)


SCORES = {
    "=cmd|'/c calc'!A1": {"check_conv_bn": Entry(2.0, None, 2.0, 2.0, waits=False)},
    "＝1+1": {"check_conv_bn": Entry(2.0, None, 2.0, 2.0, waits=False)},
    "ada": {"two_changes": Entry(None, None, 0.0, 3.0, waits=True)},
}


@pytest.mark.parametrize("layout", export.FORMATS)
def test_no_name_becomes_a_formula_in_a_spreadsheet(assignment, tmp_path, layout):
    export.write_csv(tmp_path / "scores.csv", assignment, SCORES, layout)
    with (tmp_path / "scores.csv").open() as file:
        rows = list(csv.reader(file))
    assert not any(value[:1] in {*"=+-@", "＝"} for row in rows for value in row)
    assert any("ada" in row for row in rows)


def test_canvas_gets_the_columns_that_it_asks_for(assignment, tmp_path):
    export.write_csv(tmp_path / "scores.csv", assignment, SCORES, "canvas")
    with (tmp_path / "scores.csv").open() as file:
        head, possible, *rows = csv.reader(file)
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", LESSON]
    assert possible[0].strip() == "Points Possible"
    assert possible[-1] == "12.0"
    assert rows[-1] == ["ada", "", "", "ada", "", "0.0"]


def test_json_says_scores_and_reasons(assignment, tmp_path):
    reasons = {"ada": {"problem": None, "notes": [], "reasons": {"two_changes": ["later"]}}}
    export.write_json(tmp_path / "scores.json", assignment, SCORES, reasons)
    content = json.loads((tmp_path / "scores.json").read_text())
    assert content["maximum"] == 12
    assert content["students"]["ada"]["waits_for_a_person"]
    assert content["students"]["ada"]["reasons"] == {"two_changes": ["later"]}


def test_a_terminal_is_shown_no_control_characters():
    evil = "\x1b[2J\x9b31mred\u202e"
    marked = Marked("ada", {}, notes=[evil])
    from resnet_course.grading.grade import Line

    text = "\n".join(table(list(FULL), [Line("ada", {}, marked, True, problem=evil)]))
    assert not set(text) & set("\x1b\x9b\u202e")


def gradebook_of(folder):
    """Return every score of a gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        return {
            (submission.student.id, grade.name): (grade.auto_score, grade.needs_manual_grade)
            for submission in gradebook.assignment_submissions(LESSON)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def test_a_grader_that_is_killed_and_run_again_twice_at_once_gives_the_same(tmp_path):
    classroom = Classroom.copied(ROOT, tmp_path / "course", [LESSON])
    classroom.release(LESSON)
    for number in range(3):
        classroom.submit(f"right_{number}", LESSON, classroom.answered(LESSON))
    classroom.submit("untouched", LESSON, classroom.untouched(LESSON))
    command = [sys.executable, "-m", "resnet_course", "grade", LESSON, "--trust", "--workers", "1"]
    records = tmp_path / "course" / ".grading" / LESSON

    def start():
        return subprocess.Popen(
            command,
            cwd=tmp_path / "course",
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    killed = start()
    while not list(records.glob("right_1.json")) and killed.poll() is None:
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert not (records / "untouched.json").exists()
    both = [start(), start()]
    assert [process.communicate()[1] and process.returncode for process in both] == [0, 0]
    expected = {}
    for number in range(3):
        expected |= {(f"right_{number}", name): (points, False) for name, points in FULL.items()}
        expected[(f"right_{number}", "two_changes")] = (None, True)
    expected |= {("untouched", name): (0, False) for name in (*FULL, "two_changes")}
    assert gradebook_of(tmp_path / "course") == expected


def test_every_cell_of_the_solved_lessons_can_be_judged_here():
    for lesson in sorted(path.name for path in Path(ROOT, "solutions").iterdir() if path.is_dir()):
        assignment = read_assignment(ROOT, "solutions", lesson)
        checks = [cell for cell in assignment.graded.values() if cell.role == "check"]
        assert len(checks) == len(assignment.checks) >= 3
