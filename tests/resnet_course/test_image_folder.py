"""One's own images become a data set, whatever their size and polarity."""

import weakref
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from resnet_course import data
from resnet_course.errors import CourseError
from resnet_course.image_folder import load_folder


def drawing(path: Path, shape: str, size: tuple[int, int], dark: bool) -> None:
    """Draw a ring or a bar."""
    image = Image.new("L", size, 255 if dark else 0)
    pen = ImageDraw.Draw(image)
    box = (size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2)
    ink = 0 if dark else 255
    if shape == "ring":
        pen.ellipse(box, outline=ink, width=4)
    else:
        pen.line((box[0], box[1], box[0], box[3]), fill=ink, width=4)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)


@pytest.fixture
def drawings(tmp_path: Path) -> Path:
    for shape in ("bar", "ring"):
        for number in range(10):
            size = (60 + 10 * number, 120 - 5 * number)
            drawing(tmp_path / "own" / shape / f"{number}.png", shape, size, number % 2 == 0)
    return tmp_path / "own"


def test_every_sub_folder_is_a_class_and_every_fifth_image_is_for_testing(drawings: Path) -> None:
    dataset = load_folder(drawings)
    assert dataset.class_names == ("bar", "ring")
    assert np.bincount(dataset.y_train).tolist() == [8, 8]
    assert np.bincount(dataset.y_test).tolist() == [2, 2]


def test_drawings_of_any_size_and_polarity_are_brought_to_one_form(drawings: Path) -> None:
    dataset = load_folder(drawings)
    assert dataset.image_shape == (28, 28, 1)
    assert dataset.x_train.dtype == np.uint8
    for image in (*dataset.x_train, *dataset.x_test):
        assert image[[0, -1]].max() == 0
        assert image.max() == 255
        rows, columns = np.nonzero(image[..., 0] > 80)
        assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 22


def test_shaded_drawings_are_brought_to_the_form_of_clean_ones(drawings: Path) -> None:
    clean = load_folder(drawings)
    for path in drawings.glob("*/*.png"):
        levels = np.asarray(Image.open(path)) / 255
        light = np.linspace(1, 0.5, levels.shape[1])
        shaded = levels * light if levels[0, 0] else np.maximum(levels, 0.4 * light)
        Image.fromarray(np.uint8(255 * shaded)).save(path)
    shaded = load_folder(drawings)
    for first, second in zip(clean.x_train, shaded.x_train, strict=True):
        assert np.corrcoef(first.reshape(-1), second.reshape(-1))[0, 1] > 0.97


def test_colour_images_are_cut_to_a_square_and_resized(tmp_path: Path) -> None:
    for name, colour in (("red", (200, 0, 0)), ("blue", (0, 0, 200))):
        (tmp_path / name).mkdir()
        for number in range(3):
            Image.new("RGB", (90, 50 + number), colour).save(tmp_path / name / f"{number}.jpg")
    dataset = load_folder(tmp_path)
    assert dataset.image_shape == (64, 64, 3)
    assert dataset.class_names == ("blue", "red")
    assert [image[0, 0].argmax() for image in dataset.x_test] == [2, 0]
    assert load_folder(tmp_path, pixels=20).image_shape == (20, 20, 3)


def test_folders_called_train_and_test_are_taken_as_such(drawings: Path) -> None:
    whole = drawings.parent / "split"
    for part in ("train", "test"):
        for shape in ("bar", "ring"):
            (whole / part / shape).mkdir(parents=True)
            for path in sorted((drawings / shape).iterdir())[:: 1 if part == "train" else 5]:
                (whole / part / shape / path.name).write_bytes(path.read_bytes())
    dataset = load_folder(whole)
    assert len(dataset.y_train) == 20
    assert len(dataset.y_test) == 4
    (whole / "test" / "ring").rename(whole / "test" / "circle")
    with pytest.raises(CourseError, match="must have the same sub-folders"):
        load_folder(whole)


def test_a_folder_is_a_data_set_by_its_path(drawings: Path) -> None:
    assert data.load(str(drawings)).class_names == ("bar", "ring")


def test_pictures_are_not_kept_in_memory_at_full_size(
    drawings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = []

    def read(path: Path) -> Image.Image:
        picture = Image.open(path).convert("L")
        pictures.append(weakref.ref(picture))
        assert sum(alive() is not None for alive in pictures) <= 2
        return picture

    monkeypatch.setattr("resnet_course.image_folder.read_picture", read)
    assert len(load_folder(drawings).x_train) == 16
    assert len(pictures) == 40


def test_a_folder_that_is_named_like_an_image_is_left_out(drawings: Path) -> None:
    (drawings / "bar" / "more.png").mkdir()
    assert len(load_folder(drawings).x_train) == 16


def test_a_folder_is_known_wherever_one_stands(drawings: Path, monkeypatch) -> None:
    monkeypatch.chdir(drawings.parent)
    assert load_folder(Path(drawings.name)).name == str(drawings)


def test_other_files_are_left_out(drawings: Path) -> None:
    (drawings / "bar" / "notes.txt").write_text("bars")
    (drawings / "bar" / ".hidden.png").write_text("")
    (drawings / "notes.txt").write_text("shapes")
    (drawings / ".cache").mkdir()
    assert len(load_folder(drawings).y_train) == 16


def test_what_cannot_be_used_is_named(drawings: Path, tmp_path: Path) -> None:
    def refused(folder: Path) -> str:
        with pytest.raises(CourseError) as caught:
            load_folder(folder)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    (tmp_path / "empty").mkdir()
    assert "a sub-folder of images for each class, two or more: it has none" in refused(
        tmp_path / "empty"
    )
    (tmp_path / "one" / "class").mkdir(parents=True)
    assert "it has 1" in refused(tmp_path / "one")
    (drawings / "third").mkdir()
    assert f"{drawings / 'third'} must hold 2 images or more" in refused(drawings)
    (drawings / "third" / "a.png").write_text("no image")
    (drawings / "third" / "b.png").write_text("no image")
    assert f"{drawings / 'third' / 'a.png'} is not an image" in refused(drawings)
    for name in "ab":
        Image.new("L", (9, 9)).save(drawings / "third" / f"{name}.png")
    assert "the picture is blank" in refused(drawings)
