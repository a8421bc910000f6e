"""A gradebook that cannot be used is named, with what mends it; nothing is written or lost."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import nbgrader
import pytest
from nbgrader.dbutil import write_alembic_ini

from resnet_course.cli import main
from resnet_course.grading.marking.marker import Marker
from resnet_course.grading.marking.marks import Marked
from tests.resnet_course.grading.conftest import LESSON

NOTEBOOK = "identity_block"
OLD = Path(nbgrader.__file__).parent / "tests" / "apps" / "files" / "gradebook.db"


@pytest.fixture
def course(nine_points):
    """Give a course in which Ada's code gets 9 points."""
    course = nine_points
    course.submit("ada", LESSON, course.untouched(LESSON))
    return course


@pytest.fixture
def graded(course, capsys):
    """Give the course after Ada was graded by the grader and by a person."""
    assert run(course) == 0
    with gradebook(course) as book:
        grade = book.find_grade("two_changes", NOTEBOOK, LESSON, "ada")
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        book.db.commit()
    capsys.readouterr()
    return course


@pytest.fixture
def impatient(graded):
    """Give the graded course when its database waits a moment for a lock, not five seconds."""
    with (graded.folder / "nbgrader_config.py").open("a") as config:
        config.write(f'c.CourseDirectory.db_url = "sqlite:///{file(graded)}?timeout=0.1"\n')
    return graded


def gradebook(course):
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{course.folder}/gradebook.db", "resnet-course")


def file(course):
    return course.folder / "gradebook.db"


def run(course, *words):
    csv = str(course.folder / "scores.csv")
    options = ["--trust", "--force", "--course", str(course.folder), "--csv", csv]
    return main(["grade", LESSON, *options, *words])


def in_the_environment(program, *words, cwd):
    """Run a program of the environment that the tests run in; return what it prints."""
    folder = Path(sys.executable).parent
    path = os.pathsep.join([str(folder), os.environ.get("PATH", os.defpath)])
    words = [folder / program, *words]
    done = subprocess.run(
        words, cwd=cwd, env={**os.environ, "PATH": path}, check=True, capture_output=True, text=True
    )
    return done.stdout


def score(course):
    with gradebook(course) as book:
        return book.find_submission(LESSON, "ada").score


def error(capsys):
    """Return the one line that is said after the warning that there is no sandbox."""
    said = capsys.readouterr()
    assert said.out == ""
    warning, line = said.err.strip().splitlines()
    assert "WITHOUT a sandbox" in warning
    return line


def refused(course, capsys):
    """Return what is said of a gradebook with which nothing is done."""
    page = course.folder / "feedback" / "ada" / LESSON / f"{NOTEBOOK}.html"
    (course.folder / "scores.csv").unlink(missing_ok=True)
    before = page.stat().st_mtime_ns if page.exists() else None
    content = file(course).read_bytes() if file(course).is_file() else None
    assert run(course) == 2
    assert not (course.folder / "scores.csv").exists()
    assert before == (page.stat().st_mtime_ns if page.exists() else None)
    assert content == (file(course).read_bytes() if file(course).is_file() else None)
    said = error(capsys)
    assert said.startswith(f"resnet-course: the gradebook {file(course)} ")
    return said


@pytest.mark.parametrize(
    ("table", "column"),
    [("grade", "extra_credit"), ("student", "lms_user_id"), ("notebook", "kernelspec")],
)
def test_a_column_that_is_missing_asks_for_an_upgrade(graded, capsys, table, column):
    whole = file(graded).read_bytes()
    with closing(sqlite3.connect(file(graded))) as connection:
        connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    said = refused(graded, capsys)
    assert f"no such column: {table}.{column}" in said
    assert f"run `nbgrader db upgrade` in {graded.folder}" in said
    file(graded).write_bytes(whole)
    assert run(graded) == 0
    assert score(graded) == 11.5


def test_a_table_that_is_missing_asks_for_an_upgrade(graded, capsys):
    with closing(sqlite3.connect(file(graded))) as connection:
        connection.execute("DROP TABLE course")
    assert "no such table: course" in refused(graded, capsys)


def test_the_command_that_is_named_mends_a_gradebook_of_an_old_nbgrader(course, capsys):
    shutil.copy(OLD, file(course))
    assert "`nbgrader db upgrade`" in refused(course, capsys)
    in_the_environment("nbgrader", "db", "upgrade", cwd=course.folder)
    assert run(course) == 0
    assert score(course) == 9
    with gradebook(course) as book, closing(sqlite3.connect(OLD)) as old:
        names = {row[0] for row in old.execute("SELECT name FROM assignment")}
        assert {each.name for each in book.assignments} == names | {LESSON}
    capsys.readouterr()
    file(course).write_bytes(b"")
    copies = [path.name for path in course.folder.glob("gradebook.db.2*")]
    assert f"put back a copy of it, such as {copies[0]} beside it" in refused(course, capsys)


def test_a_gradebook_that_has_lost_rows_ends_the_run(graded, capsys):
    with closing(sqlite3.connect(file(graded))) as connection:
        connection.execute("DELETE FROM grade WHERE manual_score IS NULL")
        connection.commit()
    said = refused(graded, capsys)
    assert "is damaged (check_conv_bn of ada is not in it)" in said


@pytest.mark.parametrize("bytes_left", [0, 7, 50, 100, 1000, 4096, 10_000, -4096, -1])
def test_a_gradebook_that_was_cut_short_is_refused(graded, capsys, bytes_left):
    whole = file(graded).read_bytes()
    file(graded).write_bytes(whole[:bytes_left])
    said = refused(graded, capsys)
    assert "put back a copy of it" in said
    file(graded).write_bytes(whole)
    assert run(graded) == 0
    assert score(graded) == 11.5


def test_a_gradebook_with_a_page_overwritten_is_refused(graded, capsys):
    whole = file(graded).read_bytes()
    file(graded).write_bytes(whole[:8192] + b"\xff" * 4096 + whole[12288:])
    said = refused(graded, capsys)
    assert "is damaged" in said
    assert f"`mv {file(graded)} {file(graded)}.old`" in said


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.write_text("student,score\nada,9\n"), "not an SQLite database"),
        (lambda path: path.write_bytes(b"\x1f\x8b" * 2000), "not an SQLite database"),
        (lambda path: path.touch(), "an empty file"),
        (lambda path: path.mkdir(), "a folder"),
        (lambda path: (path / "within").mkdir(parents=True), "a folder"),
        (lambda path: path.symlink_to("nowhere.db"), "a link to nothing"),
        (os.mkfifo, "not an ordinary file"),
        (lambda path: sqlite3.connect(path).executescript("VACUUM;"), "put back a copy"),
        (
            lambda path: sqlite3.connect(path).executescript("CREATE TABLE t (x);"),
            "none of nbgrader's tables",
        ),
    ],
)
def test_something_else_under_that_name_is_named(course, capsys, make, words):
    file(course).unlink()
    make(file(course))
    assert words in refused(course, capsys)


@pytest.mark.parametrize("name", ["gradebook.db", "."])
def test_a_gradebook_that_may_not_be_written_is_refused(graded, capsys, name):
    path = graded.folder / name
    mode = path.stat().st_mode
    path.chmod(mode & ~0o222)
    try:
        said = refused(graded, capsys)
    finally:
        path.chmod(mode)
    assert f"`chmod u+rw {file(graded)}`" in said
    assert run(graded) == 0
    assert score(graded) == 11.5


@pytest.mark.parametrize("kind", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_gradebook_that_another_program_has_locked_is_refused(impatient, capsys, kind):
    with closing(sqlite3.connect(file(impatient), isolation_level=None)) as connection:
        connection.execute(f"BEGIN {kind}")
        assert "is locked by another program" in refused(impatient, capsys)
        connection.execute("ROLLBACK")
    assert run(impatient) == 0
    assert score(impatient) == 11.5


@pytest.mark.parametrize("student", ["ada", "ben"])
def test_a_gradebook_that_is_locked_on_the_way_ends_the_run(
    impatient, capsys, monkeypatch, student
):
    mark = Marker.mark
    connection = sqlite3.connect(file(impatient), isolation_level=None, check_same_thread=False)
    impatient.submit("ben", LESSON, impatient.untouched(LESSON))

    def lock_and_mark(self, *words):
        connection.execute("BEGIN IMMEDIATE")
        return Marked(student, {}, problem="It got other points.")

    monkeypatch.setattr(Marker, "mark", lock_and_mark)
    with closing(connection):
        assert run(impatient, "--student", student) == 2
    assert error(capsys).startswith(f"resnet-course: the gradebook {file(impatient)} is locked")
    monkeypatch.setattr(Marker, "mark", mark)
    assert run(impatient) == 0
    assert score(impatient) == 11.5
    with gradebook(impatient) as book:
        assert book.find_submission(LESSON, "ben").score == 9


def test_a_new_gradebook_is_made_where_there_is_none(course):
    file(course).unlink()
    assert run(course) == 0
    assert score(course) == 9
    with closing(sqlite3.connect(file(course))) as connection:
        (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    write_alembic_ini(str(course.folder / "alembic.ini"))
    heads = in_the_environment("alembic", "heads", cwd=course.folder)
    assert heads.split() == [version, "(head)"]
    assert not list(course.folder.glob(".gradebook*"))


def test_a_server_that_does_not_answer_is_named_without_its_password(course, capsys):
    with (course.folder / "nbgrader_config.py").open("a") as config:
        config.write('c.CourseDirectory.db_url = "postgresql://ada:secret@localhost:1/grades"\n')
    assert run(course) == 2
    said = error(capsys)
    assert "the gradebook postgresql://ada:***@localhost:1/grades cannot be used" in said
    assert "secret" not in said


@pytest.mark.parametrize("address", ["gradebook.db", "sqlite:////proc/none/gradebook.db"])
def test_an_address_that_leads_nowhere_is_refused(course, capsys, address):
    with (course.folder / "nbgrader_config.py").open("a") as config:
        config.write(f'c.CourseDirectory.db_url = "{address}"\n')
    assert run(course) == 2
    assert "gradebook.db" in error(capsys)


def test_a_notebook_that_was_renamed_does_not_cost_its_scores(graded, capsys):
    solved = graded.folder / "solutions" / LESSON / f"{NOTEBOOK}.ipynb"
    solved.rename(solved.with_name("renamed.ipynb"))
    said = refused(graded, capsys)
    assert "give the notebook its old name, or the lesson a new one" in said
    solved.with_name("renamed.ipynb").rename(solved)
    assert run(graded) == 0
    assert score(graded) == 11.5


def test_a_notebook_that_was_renamed_before_anyone_was_graded_takes_the_others_place(course):
    solved = course.folder / "solutions" / LESSON / f"{NOTEBOOK}.ipynb"
    solved.rename(solved.with_name("renamed.ipynb"))
    assert run(course) == 0
    with gradebook(course) as book:
        assert [each.name for each in book.find_assignment(LESSON).notebooks] == ["renamed"]
        assert book.find_submission(LESSON, "ada").max_score == 12
