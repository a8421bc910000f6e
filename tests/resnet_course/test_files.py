"""Files and folders appear whole or not at all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from resnet_course.errors import CourseError
from resnet_course.files import make_folder, new_file, new_folder

MARKER = "result.json"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def fill(opened, write: Callable[[Path], object], failure: type[BaseException]) -> None:
    with opened as aside:
        write(aside)
        raise failure


def earlier_run(folder: Path) -> Path:
    folder.mkdir()
    (folder / MARKER).write_text("{}")
    (folder / "old").touch()
    return folder


def test_a_file_takes_its_name_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "answer.txt"
    with new_file(path) as aside:
        aside.write_text("forty-two")
        assert not path.exists()
        assert aside.suffix == ".txt"
    assert path.read_text() == "forty-two"
    assert names(path.parent) == ["answer.txt"]


def test_a_file_that_fails_leaves_the_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "answer.txt"
    path.write_text("earlier")
    with pytest.raises(ValueError):
        fill(new_file(path), lambda aside: aside.write_text("half"), ValueError)
    assert path.read_text() == "earlier"
    assert names(tmp_path) == ["answer.txt"]


def test_a_folder_takes_its_name_when_it_is_complete(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "run"
    with new_folder(folder, MARKER) as aside:
        (aside / MARKER).write_text("{}")
        assert not folder.exists()
    assert names(folder) == [MARKER]
    assert names(folder.parent) == ["run"]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_folder_that_fails_leaves_nothing(tmp_path: Path, failure: type) -> None:
    with pytest.raises(failure):
        fill(new_folder(tmp_path / "run", MARKER), lambda aside: (aside / "half").touch(), failure)
    assert names(tmp_path) == []


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with new_folder(tmp_path / "run", MARKER) as aside:
        (aside / MARKER).touch()
    assert names(tmp_path / "run") == [MARKER]


def test_an_earlier_run_is_replaced_only_if_asked(tmp_path: Path) -> None:
    folder = earlier_run(tmp_path / "run")
    with pytest.raises(CourseError, match="--overwrite"), new_folder(folder, MARKER):
        pass
    assert names(folder) == ["old", MARKER]
    with new_folder(folder, MARKER, overwrite=True) as aside:
        (aside / MARKER).touch()
        assert names(folder) == ["old", MARKER]
    assert names(folder) == [MARKER]


def test_an_earlier_run_survives_a_failure_to_replace_it(tmp_path: Path) -> None:
    folder = earlier_run(tmp_path / "run")
    with pytest.raises(ValueError), new_folder(folder, MARKER, overwrite=True):
        raise ValueError
    assert names(folder) == ["old", MARKER]


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_is_no_run_is_never_replaced(tmp_path: Path, overwrite: bool) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "holiday.jpg").touch()
    (tmp_path / "letter").touch()
    for name in ("photos", "letter"):
        with (
            pytest.raises(CourseError, match="is not an earlier run"),
            new_folder(tmp_path / name, MARKER, overwrite),
        ):
            pass
    assert names(tmp_path) == ["letter", "photos"]


def test_a_folder_that_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(CourseError), new_folder(tmp_path / "run", MARKER):
        earlier_run(tmp_path / "run")
    assert names(tmp_path / "run") == ["old", MARKER]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "letter").touch()
    with pytest.raises(CourseError, match="letter/below cannot be created"):
        make_folder(tmp_path / "letter" / "below")
