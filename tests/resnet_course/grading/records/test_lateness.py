"""What leaves the grader is nbgrader's net score, also when what it depends on changes later."""

import csv
import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from resnet_course.errors import CourseError
from resnet_course.grading.course.assignment import read_assignment
from resnet_course.grading.course.folder import handed_in_at
from resnet_course.grading.grade import Options, grade
from resnet_course.grading.records.lateness import in_words
from resnet_course.grading.reports import export
from resnet_course.grading.reports.table import table
from tests.resnet_course.grading.conftest import LESSON, POINTS

NOTEBOOK = "identity_block"
DUE = datetime(2026, 1, 31, 12)

ZERO = 'c.LateSubmissionPlugin.penalty_method = "zero"\n'
TENTH_AN_HOUR = """
from nbgrader.plugins import LateSubmissionPlugin

class TenthAnHour(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score * 0.1 * (total_seconds_late // 3600)

c.AssignLatePenalties.plugin_class = TenthAnHour
"""
FIXED = """
from nbgrader.plugins import BasePlugin

class Fixed(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {answer}

c.AssignLatePenalties.plugin_class = Fixed
"""


@pytest.fixture
def course(nine_points):
    """Give a course in which Ada and Ben got 9 points, and Ada handed in 3 hours late."""
    course = nine_points
    for student in ("ada", "ben"):
        course.submit(student, LESSON, course.untouched(LESSON))
    stamp(course, "2026-01-31 15:00:00 UTC")
    with gradebook(course) as book:
        book.update_or_create_assignment(LESSON, duedate=DUE)
    return course


def gradebook(course):
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{course.folder}/gradebook.db", "resnet-course")


def stamp(course, text, student="ada"):
    (course.folder / "submitted" / student / LESSON / "timestamp.txt").write_text(text)


def configure(course, text):
    with (course.folder / "nbgrader_config.py").open("a") as file:
        file.write(text)


def run(course, **options):
    _, lines = grade(course.folder, LESSON, Options(trust=True, **options), lambda *_: None)
    return {line.student: line for line in lines}


def ours(course, lines, layout="plain"):
    assignment = read_assignment(course.folder, "solutions", LESSON)
    scores = {line.student: line.entries for line in lines.values()}
    late = {line.student: line.late for line in lines.values()}
    path = course.folder / "ours.csv"
    export.write_csv(path, assignment, scores, layout, late)
    with path.open() as file:
        return list(csv.DictReader(file))


def theirs(course):
    """Return what nbgrader's own plugin exports."""
    from nbgrader.plugins import CsvExportPlugin

    path = course.folder / "theirs.csv"
    with gradebook(course) as book:
        CsvExportPlugin(to=str(path)).export(book)
    with path.open() as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def nets(course, lines):
    """Return the net scores, which are nbgrader's."""
    known = theirs(course)
    for row in ours(course, lines):
        for name in ("raw_score", "late_submission_penalty", "score"):
            assert float(row[name]) == pytest.approx(float(known[row["student"]][name]), abs=0.005)
        assert float(row["maximum"]) == float(known[row["student"]]["max_score"])
    return {row["student"]: float(row["score"]) for row in ours(course, lines)}


def page(course, student="ada"):
    path = course.folder / "feedback" / student / LESSON / f"{NOTEBOOK}.html"
    return re.sub(r"\s+", " ", path.read_text())


@pytest.mark.parametrize(
    ("settings", "ada"),
    [
        ("", 9),
        (ZERO, 0),
        (TENTH_AN_HOUR, 6.3),
        (FIXED.format(answer="4"), 5),
        (FIXED.format(answer="None"), 9),
        (FIXED.format(answer="-3"), 9),
        (FIXED.format(answer="100"), 0),
        (FIXED.format(answer="float('inf')"), 0),
        (FIXED.format(answer="score / 3"), 6),
        (ZERO + "c.AssignLatePenalties.enabled = False\n", 9),
        (ZERO + "c.Autograde.autograde_preprocessors.remove(AssignLatePenalties)\n", 9),
    ],
)
def test_the_net_score_is_nbgraders(course, settings, ada):
    configure(course, settings)
    assert nets(course, run(course)) == {"ada": ada, "ben": 9}


def test_a_plugin_beside_the_configuration_is_found(course):
    (course.folder / "penalty_of_four.py").write_text(FIXED.format(answer="4").split("c.")[0])
    configure(course, 'c.AssignLatePenalties.plugin_class = "penalty_of_four.Fixed"\n')
    assert nets(course, run(course))["ada"] == 5


def test_whoever_reads_a_score_sees_what_was_taken_off(course):
    configure(course, TENTH_AN_HOUR)
    lines = run(course)
    assert "<b>6.3 of 12 points</b>" in page(course)
    assert "Your work got 9 points. 2.7 points were taken off because you handed it in" in page(
        course
    )
    assert "in 3 hours late." in page(course)
    assert "taken off" not in page(course, "ben")
    head, _, ada, ben, *_ = table(list(POINTS), list(lines.values()))
    assert head.split()[:4] == ["student", "points", "score", "late"]
    assert ada.split()[:4] == ["ada", "6.3/12", "9", "-2.7"]
    assert ben.split()[:4] == ["ben", "9/12", "9", "2"]
    assert [row["score"] for row in (ours(course, lines))] == ["6.3", "9.0"]
    assert [row[LESSON] for row in ours(course, lines, "canvas")] == ["12.0", "6.3", "9.0"]
    moodle = ours(course, lines, "moodle")
    assert [row[LESSON] for row in moodle] == ["6.3", "9.0"]
    assert moodle[0]["feedback"].startswith("Taken off for being late: 2.7 of 9; Not graded yet")


def test_json_says_score_penalty_and_net_score(course, capsys):
    configure(course, ZERO)
    run(course)
    words = ["--course", str(course.folder), "--trust", "--json", str(course.folder / "out.json")]
    from resnet_course.cli import main

    assert main(["grade", LESSON, *words]) == 0
    ada = json.loads((course.folder / "out.json").read_text())["students"]["ada"]
    assert (ada["raw_score"], ada["late_submission_penalty"], ada["score"]) == (9, 9, 0)
    assert ada["seconds_late"] == 3 * 3600


def test_the_table_has_no_more_columns_where_nobody_lost_points(course):
    head = table(list(POINTS), list(run(course).values()))[0]
    assert head.split()[:3] == ["student", "points", "conv_bn"]


def test_a_due_date_that_moves_later_counts_without_grading_again(course):
    configure(course, TENTH_AN_HOUR)
    run(course)
    for hours, ada in ((1, 7.2), (4, 9), (0, 6.3)):
        with gradebook(course) as book:
            book.update_or_create_assignment(LESSON, duedate=DUE + timedelta(hours=hours))
        lines = run(course)
        assert nets(course, lines)["ada"] == ada
        assert not lines["ada"].fresh
        assert lines["ada"].fresh_penalty
        assert not lines["ben"].fresh_penalty
        assert f"<b>{ada:g} of 12 points</b>" in page(course)
    with gradebook(course) as book:
        book.find_assignment(LESSON).duedate = None
        book.db.commit()
    lines = run(course)
    assert nets(course, lines)["ada"] == 9
    assert "0 graded now, 1 with a new late penalty, 1 unchanged" in "\n".join(
        table(list(POINTS), list(lines.values()))
    )
    assert not run(course)["ada"].fresh_penalty


def test_an_extension_counts_and_one_without_a_due_date_does_no_harm(course):
    configure(course, TENTH_AN_HOUR)
    run(course)
    with gradebook(course) as book:
        book.grant_extension(LESSON, "ada", hours=2)
    assert nets(course, run(course))["ada"] == 8.1
    with gradebook(course) as book:
        book.find_assignment(LESSON).duedate = None
        book.db.commit()
    lines = run(course, force=True)
    assert lines["ada"].problem is None
    assert lines["ada"].late.net(9) == 9


def test_an_extension_that_was_granted_before_anything_was_graded_counts(course):
    configure(course, TENTH_AN_HOUR)
    (course.folder / "gradebook.db").unlink()
    with gradebook(course) as book:
        book.update_or_create_assignment(LESSON, duedate=DUE)
        book.update_or_create_student("ada")
        book.update_or_create_submission(LESSON, "ada")
        book.grant_extension(LESSON, "ada", hours=2)
    assert nets(course, run(course))["ada"] == 8.1


@pytest.mark.parametrize(
    ("text", "ada"),
    [
        ("2026-01-31 13:00:00 UTC", 8.1),
        ("2026-01-31 13:00:00.123456 UTC", 8.1),
        ("2026-01-31T14:00:00+01:00", 8.1),
        ("2026-01-31 08:00:00-05:00", 8.1),
        ("2026-01-31 17:30:00 Asia/Kolkata\n", 9),
        ("2026-01-31 12:00:00", 9),
        ("2026-01-31 11:00:00", 9),
    ],
)
def test_a_time_stamp_that_changes_counts_in_whatever_time_zone(course, text, ada):
    from nbgrader.utils import parse_utc

    configure(course, TENTH_AN_HOUR)
    run(course)
    stamp(course, text)
    lines = run(course)
    assert nets(course, lines)["ada"] == ada
    assert lines["ada"].late.seconds == max(0, (parse_utc(text.strip()) - DUE).total_seconds())


@pytest.mark.parametrize(
    "text", ["soon", "", "2026-13-45 99:00:00", "x" * 300, f" 12:00{'1' * 150}x"]
)
def test_a_time_stamp_that_is_none_is_named(course, text):
    stamp(course, text)
    lines = run(course)
    assert "timestamp.txt cannot be read as a time" in lines["ada"].problem
    assert lines["ben"].problem is None


def test_settings_that_change_later_count(course):
    assert nets(course, run(course))["ada"] == 9
    configure(course, ZERO)
    assert nets(course, run(course))["ada"] == 0
    configure(course, TENTH_AN_HOUR)
    assert nets(course, run(course))["ada"] == 6.3


def change(course, name, **values):
    with gradebook(course) as book:
        found = book.find_grade(name, NOTEBOOK, LESSON, "ada")
        for key, value in values.items():
            setattr(found, key, value)
        book.db.commit()


def test_a_persons_points_and_extra_credit_count_before_the_penalty(course):
    configure(course, TENTH_AN_HOUR)
    run(course)
    change(course, "two_changes", manual_score=1.0, extra_credit=0.5, needs_manual_grade=False)
    change(course, "check_conv_bn", extra_credit=1.5)
    assert nets(course, run(course))["ada"] == 8.4
    assert "0.5 points of these are extra credit" in page(course)
    assert "1.5 points of these are extra credit" in page(course)


def test_no_net_score_is_below_zero(course):
    configure(course, FIXED.format(answer="4"))
    run(course)
    change(course, "two_changes", manual_score=-20.0, needs_manual_grade=False)
    assert nets(course, run(course))["ada"] == 0
    with gradebook(course) as book:
        book.find_assignment(LESSON).duedate = None
        book.db.commit()
    assert nets(course, run(course))["ada"] == 0
    assert "<b>0 of 12 points</b>" in page(course)


def test_a_penalty_that_a_person_lifted_stays_until_something_changes(course):
    configure(course, ZERO)
    run(course)
    with gradebook(course) as book:
        book.find_submission_notebook(NOTEBOOK, LESSON, "ada").late_submission_penalty = 2.0
        book.db.commit()
    assert nets(course, run(course))["ada"] == 7
    stamp(course, "2026-01-31 16:00:00 UTC")
    assert nets(course, run(course))["ada"] == 0


def test_points_that_the_instructor_changes_count(course):
    configure(course, ZERO)
    run(course)
    path = course.folder / "solutions" / LESSON / f"{NOTEBOOK}.ipynb"
    content = json.loads(path.read_text())
    for cell in content["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "two_changes":
            cell["metadata"]["nbgrader"]["points"] = 8
    path.write_text(json.dumps(content))
    lines = run(course)
    assert nets(course, lines) == {"ada": 0, "ben": 9}
    assert "<b>9 of 17 points</b>" in page(course, "ben")


def test_the_same_as_nbgraders_own_preprocessor(course):
    """nbgrader assigns the penalty anew, from the same gradebook, to the same effect."""
    from nbformat.v4 import new_notebook
    from nbgrader.preprocessors import AssignLatePenalties

    from resnet_course.configuration import load_configuration

    configure(course, TENTH_AN_HOUR)
    before = nets(course, run(course))
    resources = {
        "notebook": NOTEBOOK,
        "assignment": LESSON,
        "student": "ada",
        "db_url": f"sqlite:///{course.folder}/gradebook.db",
    }
    step = AssignLatePenalties(config=load_configuration(course.folder))
    step.preprocess(new_notebook(), {"nbgrader": resources})
    assert float(theirs(course)["ada"]["score"]) == pytest.approx(before["ada"])


@pytest.mark.parametrize("answer", ["1 / 0", "'four'", "float('nan')", "[]"])
def test_a_plugin_that_fails_is_named_and_keeps_nobody_from_being_graded(course, answer):
    configure(course, FIXED.format(answer=answer))
    lines = run(course)
    assert "3 hours late, but the plugin Fixed could not say" in lines["ada"].problem
    assert lines["ada"].late.net(9) == 9
    assert lines["ben"].problem is None
    assert "the plugin Fixed" in run(course)["ada"].problem
    configure(course, FIXED.format(answer="4"))
    assert nets(course, run(course))["ada"] == 5


@pytest.mark.parametrize(
    "settings",
    [
        'c.LateSubmissionPlugin.penalty_method = "half"\n',
        'c.AssignLatePenalties.plugin_class = "nowhere.Plugin"\n',
        "c.AssignLatePenalties.plugin_class = int\n",
    ],
)
def test_settings_that_name_no_plugin_are_refused_before_anything_is_graded(course, settings):
    configure(course, settings)
    with pytest.raises(CourseError, match="plugin for late submissions cannot be made"):
        run(course)
    assert not (course.folder / "feedback").exists()


def test_a_time_in_words():
    words = {
        0.5: "less than a minute",
        60: "1 minute",
        3599: "59 minutes",
        3660: "1 hour and 1 minute",
        86_400: "1 day",
        90_000: "1 day and 1 hour",
        86_400 + 120: "1 day",
        604_800 * 3 + 86_400 * 2: "3 weeks and 2 days",
    }
    assert {seconds: in_words(seconds) for seconds in words} == words


def test_the_due_date_of_these_tests_has_no_time_zone_as_in_the_gradebook(course):
    with gradebook(course) as book:
        book.update_or_create_assignment(LESSON, duedate=DUE.replace(tzinfo=UTC).isoformat())
        assert book.find_assignment(LESSON).duedate == DUE


def test_a_folder_that_cannot_be_looked_into_tells_no_time(tmp_path):
    # Root may look into all folders; a name that is too long keeps it out as well.
    assert handed_in_at(tmp_path / ("x" * 300)) is None
