"""Whatever lies below submitted/ is graded or named, with what to do about it."""

import os
import unicodedata
from pathlib import Path

import pytest

from resnet_course.grading.handed_in import reading
from resnet_course.grading.handed_in.misplaced import find_learners, find_misplaced

LESSON = "02_identity_block"
NOTEBOOKS = {
    LESSON: "identity_block",
    "03_convolutional_block": "convolutional_block",
    "04_resnet50": "resnet50",
}
RIGHT = f"{LESSON}/identity_block.ipynb"


@pytest.fixture
def submitted(tmp_path):
    """Give a folder of submissions in which Ada's is right."""
    put(tmp_path / "submitted", f"ada/{RIGHT}")
    return tmp_path / "submitted"


def put(submitted, name):
    path = submitted / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")


def found(submitted):
    return find_misplaced(submitted, LESSON, NOTEBOOKS)


@pytest.mark.parametrize(
    "path",
    [
        "ben/03_convolutional_block/convolutional_block.ipynb",
        f"ben/{LESSON}/helper.py",
        f"ben/{LESSON}/.ipynb_checkpoints/identity_block-checkpoint.ipynb",
        f"ada/{LESSON}/._identity_block.ipynb",
        ".DS_Store",
        "ada/.DS_Store",
        "ada/__MACOSX/02_identity_block/._identity_block.ipynb",
        "__MACOSX/ada/x.ipynb",
    ],
)
def test_what_is_in_its_place_or_nobodys_work_is_no_problem(submitted, path):
    put(submitted, path)
    assert found(submitted) == {}


@pytest.mark.parametrize(
    ("path", "name", "place"),
    [
        (f"ben/02_Identity_Block/{NOTEBOOKS[LESSON]}.ipynb", "ben", f"submitted/ben/{LESSON}/"),
        ("cem/02-identity-block/x.ipynb", "cem", f"submitted/cem/{LESSON}/"),
        ("cem/identity block/x.ipynb", "cem", f"submitted/cem/{LESSON}/"),
        ("cem/02_identiy_blok/x.ipynb", "cem", f"submitted/cem/{LESSON}/"),
        ("cem/02_identity_block (1)/x.ipynb", "cem", f"submitted/cem/{LESSON}/"),
        ("eva/identity_block.ipynb", "eva", f"submitted/eva/{LESSON}/"),
        ("eva/identity_block-Copy1.ipynb", "eva", f"submitted/eva/{LESSON}/"),
        ("eva/Untitled.ipynb", "eva", f"submitted/eva/{LESSON}/"),
        ("eva/04_resnet50", "eva", "submitted/eva/04_resnet50/resnet50.ipynb"),
        ("eva/resnet50.ipynb", "eva", "submitted/eva/04_resnet50/"),
        (f"{LESSON}/dan/identity_block.ipynb", "dan", f"submitted/dan/{LESSON}/"),
        ("2-Identity-Block/dan/identity_block.ipynb", "dan", f"submitted/dan/{LESSON}/"),
        (f"{LESSON}/identity_block.ipynb", "identity_block.ipynb", f"submitted/STUDENT/{LESSON}/"),
        (f"{LESSON}/{RIGHT}", LESSON, f"submitted/STUDENT/{LESSON}/"),
        ("identity_block.ipynb", "identity_block.ipynb", f"submitted/STUDENT/{LESSON}/"),
        ("class.zip", "class.zip", f"submitted/STUDENT/{RIGHT}"),
        (f"fay/{LESSON}.zip", "fay", f"submitted/fay/{RIGHT}"),
        (f"gil/homework/week 2/{RIGHT}", "gil", f"submitted/gil/{LESSON}/"),
        ("gil/notes/plan.txt", "gil", f"submitted/gil/{LESSON}/"),
    ],
)
def test_what_is_misplaced_is_named_with_its_place(submitted, path, name, place):
    put(submitted, path)
    ((student, (sentence,)),) = found(submitted).items()
    assert student == name
    assert sentence.startswith("submitted/" + path.split("/")[0])
    assert f" {place}" in sentence


def test_learners_are_those_who_have_a_folder_or_a_link(submitted):
    for path in (
        "ben/02_Identity_Block/identity_block.ipynb",
        "cem/identity_block.ipynb",
        f"{LESSON}/dan/identity_block.ipynb",
        f"{LESSON}/identity_block.ipynb",
        f"{LESSON}/{RIGHT}",
        "class.zip",
        "identity_block.ipynb",
        "__MACOSX/x.ipynb",
        ".hidden/x.ipynb",
        "x\x1b: A/y.ipynb",
    ):
        put(submitted, path)
    (submitted / "eva").mkdir()
    (submitted / "fay").symlink_to("nowhere")
    (submitted / "a.ipynb").symlink_to("nowhere")
    learners = {"ada", "ben", "cem", "dan", "eva", "fay", ascii("x\x1b: A")}
    assert find_learners(submitted, NOTEBOOKS) == learners
    assert find_learners(submitted / "nowhere", NOTEBOOKS) == set()


def test_each_folder_that_holds_a_notebook_is_sent_to_its_own_lesson(submitted):
    put(submitted, f"hal/course/{RIGHT}")
    put(submitted, "hal/course/04_resnet50/resnet50.ipynb")
    first, second = found(submitted)["hal"]
    assert f"submitted/hal/course/{LESSON} " in first
    assert f"submitted/hal/{LESSON}/" in first
    assert "submitted/hal/04_resnet50/" in second


def test_what_would_be_moved_onto_something_is_not_sent_there(submitted):
    put(submitted, "ada/02-identity-block/identity_block.ipynb")
    (sentence,) = found(submitted)["ada"]
    assert f"submitted/ada/{LESSON}/ is there, too" in sentence


@pytest.mark.parametrize("name", ["identity_block (1).ipynb", f"{RIGHT}", "old/x.IPYNB", "a.zip"])
def test_of_several_notebooks_the_others_are_named(submitted, name):
    put(submitted, f"ada/{LESSON}/{name}")
    (sentence,) = found(submitted)["ada"]
    assert f"submitted/ada/{LESSON}/{name} was" in sentence or "archive" in sentence
    assert f"submitted/ada/{RIGHT}" in sentence


@pytest.mark.parametrize("name", ["identity_block (1).ipynb", "identity_block-Copy1.ipynb"])
def test_a_single_notebook_of_another_name_is_the_one_that_is_graded(submitted, name):
    put(submitted, f"ben/{LESSON}/{name}")
    assert found(submitted) == {}


def test_empty_folders_are_named(submitted):
    (submitted / "fay").mkdir()
    (submitted / "gil" / "stuff").mkdir(parents=True)
    put(submitted, "hal/.DS_Store")
    (submitted / "03_convolutional_block").mkdir()
    sentences = found(submitted)
    assert set(sentences) == {"fay", "gil", "hal", "03_convolutional_block"}
    assert "submitted/fay is empty" in sentences["fay"][0]
    assert "submitted/gil/stuff " in sentences["gil"][0]


def test_links_are_named_and_not_followed(submitted):
    (submitted / "ben").symlink_to("nowhere")
    (submitted / "ada" / "old").symlink_to("/etc")
    (submitted / "ada" / LESSON / "data.txt").symlink_to("/etc/passwd")
    sentences = found(submitted)
    assert (
        "submitted/ben is a link, which is not followed: put what it leads to into "
        in (sentences["ben"][0])
    )
    assert [sentence.split(" is ")[0] for sentence in sentences["ada"]] == [
        f"submitted/ada/{LESSON}/data.txt",
        "submitted/ada/old",
    ]


def test_folders_that_cannot_be_read_are_named(submitted, monkeypatch):
    put(submitted, f"ben/{RIGHT}")
    put(submitted, "cem/old/x.ipynb")
    listed, walked = Path.iterdir, reading.walk

    def iterdir(path):
        if path == submitted / "ben":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    def walk(path):
        if path == submitted / "cem" / "old":
            raise PermissionError(13, "Permission denied")
        return walked(path)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    monkeypatch.setattr(reading, "walk", walk)
    sentences = found(submitted)
    assert "submitted/ben cannot be read (Permission denied)" in sentences["ben"][0]
    assert "submitted/cem/old cannot be read (Permission denied)" in sentences["cem"][0]


def test_names_that_look_the_same_are_named(submitted):
    forms = [unicodedata.normalize(form, "Zoë") for form in ("NFC", "NFD")]
    for name in forms:
        put(submitted, f"{name}/{RIGHT}")
    sentences = found(submitted)
    assert set(sentences) == set(forms)
    assert r"'Zoe\u0308' and 'Zo\xeb'" in sentences[forms[0]][0]


def test_a_lessons_name_in_another_unicode_form_is_known(tmp_path):
    lesson = unicodedata.normalize("NFC", "02_réseau")
    put(tmp_path / "submitted", f"ben/{unicodedata.normalize('NFD', lesson)}/x.ipynb")
    sentences = find_misplaced(tmp_path / "submitted", lesson, {lesson: "réseau"})
    assert f"submitted/ben/{lesson}/." in sentences["ben"][0]


def test_names_are_shown_without_obeying_them(submitted):
    put(submitted, "ben/\x1b[2J\n.ipynb")
    (submitted / os.fsdecode(b"b\xff")).mkdir()
    sentences = found(submitted)
    assert all(each.isprintable() for pair in sentences.items() for each in (pair[0], *pair[1]))
    assert len(sentences) == 2


def test_a_flood_of_files_is_counted(submitted):
    for number in range(30):
        put(submitted, f"ben/{number}.ipynb")
    assert len(found(submitted)["ben"]) == 21
    assert found(submitted)["ben"][-1] == "10 more are misplaced."
