"""One's own images become a data set, whatever their size and polarity."""

import warnings
import weakref
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from resnet_course.data import sets
from resnet_course.data.dataset import Dataset
from resnet_course.data.image_folder import LeftOutWarning, load_folder
from resnet_course.errors import CourseError
from resnet_course.pictures.image_formats import endings


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
    assert sets.load(str(drawings)).class_names == ("bar", "ring")


def test_pictures_are_not_kept_in_memory_at_full_size(
    drawings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = []

    def read(path: Path) -> Image.Image:
        picture = Image.open(path).convert("L")
        pictures.append(weakref.ref(picture))
        assert sum(alive() is not None for alive in pictures) <= 2
        return picture

    monkeypatch.setattr("resnet_course.data.image_folder.read_picture", read)
    assert len(load_folder(drawings).x_train) == 16
    assert len(pictures) == 40


def test_a_folder_that_is_named_like_an_image_is_left_out(drawings: Path) -> None:
    (drawings / "bar" / "more.png").mkdir()
    dataset, said = said_of(drawings)
    assert len(dataset.x_train) == 16
    assert "1 folder (bar/more.png)" in said


def test_a_folder_is_known_wherever_one_stands(drawings: Path, monkeypatch) -> None:
    monkeypatch.chdir(drawings.parent)
    assert load_folder(Path(drawings.name)).name == str(drawings)


def test_other_files_are_left_out(drawings: Path) -> None:
    (drawings / "bar" / "notes.txt").write_text("bars")
    (drawings / "bar" / ".hidden.png").write_text("")
    (drawings / "notes.txt").write_text("shapes")
    (drawings / ".cache").mkdir()
    dataset, said = said_of(drawings)
    assert len(dataset.y_train) == 16
    assert said == f"{drawings}: left out 2 files (bar/notes.txt, notes.txt)."


def said_of(folder: Path) -> tuple[Dataset, str]:
    """Load a folder; return what was said of it, too."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        dataset = load_folder(folder)
    (warning,) = [each for each in caught if each.category is LeftOutWarning]
    assert "\n" not in str(warning.message)
    return dataset, str(warning.message)


def refused(folder: Path) -> str:
    with pytest.raises(CourseError) as caught:
        load_folder(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def noise(path: Path, mode: str = "RGB", **options: object) -> Path:
    """Write a picture of noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    levels = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    Image.fromarray(levels).convert(mode).save(path, **options)
    return path


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for name in ("cat", "dog"):
        for number in range(5):
            noise(tmp_path / "photos" / name / f"{number}.png")
    return tmp_path / "photos"


def test_what_is_left_out_is_counted_and_named_on_one_line(photos: Path) -> None:
    (photos / "cat" / "notes.txt").write_text("cats")
    (photos / "cat" / "a.heic").write_bytes(b"")
    (photos / "readme.md").write_text("animals")
    noise(photos / "dog" / "more" / "a.png")
    dataset, said = said_of(photos)
    assert len(dataset.y_train) + len(dataset.y_test) == 10
    assert "3 files (cat/a.heic, cat/notes.txt, readme.md)" in said
    assert "1 folder (dog/more)" in said
    assert "Install pillow-heif to read .heic." in said


def test_many_files_of_a_kind_are_counted_by_their_endings(photos: Path) -> None:
    for number in range(12):
        (photos / "cat" / f"{number}.txt").write_text("cat")
    (photos / "cat" / "list").write_text("cats")
    assert "13 files (12 .txt, 1 without an ending)" in said_of(photos)[1]


def test_what_operating_systems_leave_behind_is_no_one_s_concern(photos: Path) -> None:
    for name in (".DS_Store", "cat/.DS_Store", "cat/Thumbs.db", "cat/._0.png", "desktop.ini"):
        (photos / name).write_bytes(b"x")
    (photos / "__MACOSX" / "cat").mkdir(parents=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert load_folder(photos).class_names == ("cat", "dog")


def test_damaged_images_are_left_out_and_all_are_named(photos: Path) -> None:
    whole = (photos / "cat" / "0.png").read_bytes()
    (photos / "cat" / "cut.png").write_bytes(whole[: len(whole) // 2])
    (photos / "cat" / "empty.jpg").write_bytes(b"")
    (photos / "dog" / "text.gif").write_text("no image")
    (photos / "dog" / "link.png").symlink_to("nowhere.png")
    dataset, said = said_of(photos)
    assert len(dataset.y_train) + len(dataset.y_test) == 10
    assert (
        "4 images that cannot be read (cat/cut.png, cat/empty.jpg, dog/link.png, dog/text.gif)"
        in said
    )


def test_blank_drawings_are_left_out_and_named(drawings: Path) -> None:
    Image.new("L", (50, 50), 255).save(drawings / "bar" / "blank.png")
    dataset, said = said_of(drawings)
    assert len(dataset.y_train) == 16
    assert said.endswith("left out 1 blank image (bar/blank.png).")


def test_images_of_every_kind_that_pillow_reads_are_taken(photos: Path) -> None:
    written = [".jfif", ".jpe", ".JPEG", ".webp", ".TIF", ".bmp", ".gif", ".ppm", ".tga", ".jp2"]
    written += [ending for ending in (".avif",) if ending in endings()]
    for ending in written:
        noise(photos / "cat" / f"x{ending}")
    dataset = load_folder(photos)
    assert len(dataset.y_train) + len(dataset.y_test) == 10 + len(written)
    assert not {".pdf", ".eps", ".mpg", ".h5"} & endings()


def test_pictures_of_unusual_kinds_are_taken(photos: Path) -> None:
    noise(photos / "cat" / "palette.png", "P")
    noise(photos / "cat" / "cmyk.jpg", "CMYK")
    noise(photos / "cat" / "transparent.png", "RGBA")
    deep = np.random.default_rng(0).integers(0, 65536, (40, 30), dtype=np.uint16)
    Image.fromarray(deep).save(photos / "dog" / "deep.png")
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "blue")]
    frames[0].save(photos / "dog" / "moving.gif", save_all=True, append_images=frames[1:])
    assert len(load_folder(photos).x_train) + len(load_folder(photos).x_test) == 15


def test_a_photograph_that_lies_on_its_side_is_put_upright(tmp_path: Path) -> None:
    lying = Image.new("RGB", (64, 64), "red")
    lying.paste("blue", (0, 0, 32, 64))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to see it upright
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number in range(2):
            lying.save(tmp_path / name / f"{number}.png", exif=exif)
    upright = load_folder(tmp_path).x_train[0]
    assert upright[5, 32].argmax() == 2
    assert upright[60, 32].argmax() == 0


def parted(folder: Path, *parts: str) -> Path:
    """Write a folder for each part, with two classes; the number of images tells the part."""
    for place, part in enumerate(parts):
        for name in ("cat", "dog"):
            for number in range(5 + place):
                noise(folder / part / name / f"{number}.png")
    return folder


@pytest.mark.parametrize(
    ("parts", "counts"),
    [
        (("train", "test"), (10, 0, 12)),
        (("Training", "Testing"), (10, 0, 12)),
        (("train", "val"), (10, 0, 12)),
        (("TRAIN", "VALID", "TEST"), (10, 12, 14)),
        (("train", "validation", "test"), (10, 12, 14)),
        (("train",), (8, 0, 2)),
    ],
)
def test_folders_for_the_parts_may_have_any_usual_name(
    tmp_path: Path, parts: tuple[str, ...], counts: tuple[int, int, int]
) -> None:
    dataset = load_folder(parted(tmp_path, *parts))
    validation = dataset.validation[1] if dataset.validation else []
    assert (len(dataset.y_train), len(validation), len(dataset.y_test)) == counts
    assert dataset.class_names == ("cat", "dog")


def test_images_for_validation_are_the_ones_that_are_held_out(tmp_path: Path) -> None:
    dataset = load_folder(parted(tmp_path, "train", "valid", "test"))
    split = dataset.hold_out(0.1)
    assert (len(split.y_train), len(split.y_test)) == (10, 12)
    assert split.validation is None
    without = load_folder(parted(tmp_path / "other", "train", "test"))
    assert dataset.digest() != without.digest()


def test_a_folder_beside_those_for_the_parts_is_named(tmp_path: Path) -> None:
    noise(parted(tmp_path, "train", "test") / "unlabelled" / "a.png")
    dataset, said = said_of(tmp_path)
    assert len(dataset.y_train) == 10
    assert "1 folder (unlabelled)" in said


def test_a_class_may_be_called_train(photos: Path) -> None:
    (photos / "cat").rename(photos / "train")
    assert load_folder(photos).class_names == ("dog", "train")
    noise(photos / "test" / "0.png")
    noise(photos / "test" / "1.png")
    assert load_folder(photos).class_names == ("dog", "test", "train")


def test_names_are_the_same_in_either_unicode_form(tmp_path: Path) -> None:
    for part, name in (("train", "caf\u00e9"), ("test", "cafe\u0301")):
        for each in (name, "zoo"):
            for number in range(2):
                noise(tmp_path / part / each / f"{number}.png")
    assert load_folder(tmp_path).class_names == ("caf\u00e9", "zoo")
    noise(tmp_path / "train" / "cafe\u0301" / "0.png")
    assert "two sub-folders that read caf\u00e9" in refused(tmp_path)


def test_a_folder_without_classes_is_refused(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "a sub-folder of images for each class, two or more: it has none" in refused(
        tmp_path / "empty"
    )
    (tmp_path / "one" / "class").mkdir(parents=True)
    assert "it has 1" in refused(tmp_path / "one")
    photos.rename(tmp_path / "one" / "class" / "photos")
    assert f"Did you mean {tmp_path / 'one'}" not in refused(tmp_path / "one")
    assert f"Did you mean {tmp_path / 'one' / 'class' / 'photos'}?" in refused(
        tmp_path / "one" / "class"
    )
    parted(tmp_path / "twice", "train", "Training")
    assert "has Training and train, which mean the same" in refused(tmp_path / "twice")
    noise(tmp_path / "flat" / "train" / "a.png")
    noise(tmp_path / "flat" / "test" / "a.png")
    assert f"{tmp_path / 'flat' / 'train'} must hold a sub-folder" in refused(tmp_path / "flat")


def test_classes_without_images_are_named(photos: Path) -> None:
    for name in ("ant", "cow"):
        (photos / name).mkdir()
    said = refused(photos)
    assert f"{photos / 'ant'} must hold 2 images or more" in said
    assert "it has none that can be used, and so must cow." in said
    for name in ("ant", "cow"):
        noise(photos / name / "0.png")
        (photos / name / "1.png").write_text("no image")
    said = refused(photos)
    assert "it has 1 that can be used, and so must cow." in said
    assert "2 images that cannot be read (ant/1.png, cow/1.png)" in said
