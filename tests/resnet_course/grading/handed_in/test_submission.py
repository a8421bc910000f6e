"""Submissions are read with care, and what cannot be graded says why."""

import json

import pytest

from resnet_course.errors import CourseError
from resnet_course.grading.handed_in import reading
from resnet_course.grading.handed_in.names import check_name, recorded_name
from resnet_course.grading.handed_in.reading import Unreadable, digest
from resnet_course.grading.handed_in.submission import read_submission

CELL = {"cell_type": "code", "id": "a", "source": ["x = 1\n", "y = 2"], "metadata": {}}


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "ada" / "lesson"
    folder.mkdir(parents=True)
    (folder / "lesson.ipynb").write_text(json.dumps({"cells": [CELL], "metadata": {}}))
    return folder


def test_cells_and_files_are_read(folder):
    (folder / "helper.py").write_text("z = 3")
    submission = read_submission(folder, "lesson")
    assert [cell.source for cell in submission.cells] == ["x = 1\ny = 2"]
    assert submission.files == {"helper.py": b"z = 3"}


def test_the_lessons_own_files_are_left_out(folder):
    (folder / "figure.svg").write_text("<svg/>")
    assert read_submission(folder, "lesson", ["figure.svg"]).files == {}


def test_a_notebook_by_another_name_is_taken_if_it_is_the_only_one(folder):
    (folder / "lesson.ipynb").rename(folder / "lesson (1).ipynb")
    submission = read_submission(folder, "lesson")
    assert len(submission.cells) == 1
    assert "lesson (1).ipynb" in submission.notes[0]


def test_a_byte_order_mark_does_no_harm(folder):
    text = (folder / "lesson.ipynb").read_text()
    (folder / "lesson.ipynb").write_text(text, encoding="utf-8-sig")
    assert len(read_submission(folder, "lesson").cells) == 1


def test_what_is_too_large_is_left_out_with_a_note(folder):
    with (folder / "large.bin").open("wb") as file:
        file.truncate(2**30)
    submission = read_submission(folder, "lesson")
    assert "large.bin" not in submission.files
    assert "large.bin" in submission.notes[0]


def test_a_missing_notebook_is_said(folder):
    (folder / "lesson.ipynb").unlink()
    with pytest.raises(Unreadable, match=r"lesson\.ipynb was not handed in"):
        read_submission(folder, "lesson")


@pytest.mark.parametrize(
    ("files", "held", "advice"),
    [
        ([], "no notebook, and no other file", "Put the notebook there as"),
        (["lesson.zip"], "no notebook, but 'lesson.zip'", "Put the notebook there as"),
        (["lesson.ipynb.txt"], "no notebook, but 'lesson.ipynb.txt'", "Put the notebook there as"),
        (["a.ipynb", "b.IPYNB"], "2 other notebooks: 'a.ipynb', 'b.IPYNB'", "the one that counts"),
        (["lesson/lesson.ipynb"], "there is 'lesson/lesson.ipynb' within it", "Move that to"),
        (["._lesson.ipynb"], "no notebook, and no other file", "Put the notebook there as"),
        ([".ipynb_checkpoints/lesson-checkpoint.ipynb"], "no other file", "Put the notebook there"),
    ],
)
def test_where_the_notebook_is_missing_it_is_said_what_is_there(folder, files, held, advice):
    (folder / "lesson.ipynb").unlink()
    for name in files:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("{}")
    with pytest.raises(Unreadable) as caught:
        read_submission(folder, "lesson")
    assert held in str(caught.value)
    assert advice in str(caught.value)
    assert str(caught.value).endswith("ada/lesson/lesson.ipynb.")


@pytest.mark.parametrize(
    "name", ["._lesson.ipynb", ".lesson.ipynb", ".ipynb_checkpoints/x.ipynb", "__MACOSX/x.ipynb"]
)
def test_hidden_notebooks_do_not_count(folder, name):
    (folder / "lesson.ipynb").rename(folder / "lesson (1).ipynb")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("{}")
    submission = read_submission(folder, "lesson")
    assert len(submission.cells) == 1
    assert submission.files == {}
    assert len(submission.notes) == 1


@pytest.mark.parametrize("is_link", [True, False])
def test_what_is_not_a_folder_is_said(folder, is_link):
    place = folder.parent / "other"
    place.symlink_to(folder) if is_link else place.write_text("{}")
    with pytest.raises(
        Unreadable, match=f"other is a {'link' if is_link else 'file'}. Put a folder"
    ):
        read_submission(place, "lesson")


def test_the_digest_tells_changes_and_nothing_else(folder):
    before = digest(folder)
    assert digest(folder) == before
    (folder / "helper.py").write_text("z = 3")
    assert digest(folder) != before


@pytest.mark.parametrize(
    "name", ["ada", "Ada Lovelace", "ada@example.org", "ада", "=1+2", "课" * 66]
)
def test_names_of_people_will_do(name):
    check_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../ben",
        "a/b",
        "-rf",
        ".hidden",
        "a\nb",
        "\x1b[2J",
        "x" * 129,
        "课" * 67,
        "\udcff",
    ],
)
def test_names_that_are_more_than_names_are_refused(name):
    with pytest.raises(CourseError, match="cannot be a student's name"):
        check_name(name)


def test_a_notebook_of_an_old_format_is_read(folder):
    cells = [
        {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "outputs": [{}], "metadata": {}},
        {"cell_type": "heading", "level": 2, "source": "Title", "metadata": {}},
        {"cell_type": "markdown", "source": "words", "metadata": {"nbgrader": {"grade_id": "q"}}},
    ]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}
    (folder / "lesson.ipynb").write_text(json.dumps(old))
    read = read_submission(folder, "lesson").cells
    assert [(cell.kind, cell.source) for cell in read] == [
        ("code", "x = 1\ny = 2"),
        ("markdown", "Title"),
        ("markdown", "words"),
    ]
    assert read[2].grade_id == "q"


@pytest.mark.parametrize("sheets", [7, None, [7], [{}], [{"cells": 7}], {"cells": []}])
def test_what_only_looks_like_an_old_notebook_is_refused(folder, sheets):
    (folder / "lesson.ipynb").write_text(json.dumps({"worksheets": sheets}))
    with pytest.raises(Unreadable, match="old format"):
        read_submission(folder, "lesson")


@pytest.mark.parametrize("name", [".hidden", "helper.py"])
def test_the_digest_tells_changes_beside_a_file_that_cannot_be_read(folder, monkeypatch, name):
    (folder / name).write_text("x")
    read = reading.read_file

    def refused(path, largest):
        if path.name == name:
            raise Unreadable("no file that can be read")
        return read(path, largest)

    monkeypatch.setattr(reading, "read_file", refused)
    before = digest(folder)
    (folder / "lesson.ipynb").write_text("{}")
    assert digest(folder) != before


def test_the_digest_reads_no_more_than_will_be_used(folder, monkeypatch):
    for number in range(20):
        with (folder / str(number)).open("wb") as file:
            file.truncate(10 * 2**20)
    sizes = []
    read = reading.read_file
    monkeypatch.setattr(
        reading, "read_file", lambda *given: sizes.append(len(read(*given))) or read(*given)
    )
    digest(folder)
    assert sum(sizes) <= 64 * 2**20


@pytest.mark.parametrize("linked", ["lesson", "student"])
def test_nothing_is_read_for_a_digest_at_the_end_of_a_link(folder, tmp_path, linked):
    lesson = tmp_path / "submitted" / "ada" / "lesson"
    link = lesson if linked == "lesson" else lesson.parent
    link.parent.mkdir(parents=True)
    link.symlink_to(folder if linked == "lesson" else folder.parent)
    with pytest.raises(Unreadable, match="a link"):
        digest(lesson)


@pytest.mark.parametrize("folder", ["<b>x", "a<", "x" * 200, "<" * 200])
def test_nobody_is_recorded_under_the_name_of_somebody_else(folder):
    name = recorded_name(folder)
    assert name not in (folder, folder.replace("<", "‹").replace(">", "›"))
    assert name == recorded_name(folder)
    assert len(name) < 60
    assert "<" not in name


def test_a_name_that_can_be_shown_is_recorded_as_it_is():
    assert recorded_name("-ada") == "-ada"
