"""Pictures of any size, polarity and format become images like the training data."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from resnet_course.data import sets
from resnet_course.errors import CourseError
from resnet_course.pictures import framing
from resnet_course.pictures.framing import Framing

SHAPE = (28, 28, 1)


def seven(size: tuple[int, int] = (300, 200), pen: int = 14, at: tuple[int, int] = (60, 40)):
    """Draw a dark seven on white, 60 pixels wide and 90 high, with its top left at `at`."""
    picture = Image.new("L", size, 255)
    x, y = at
    ImageDraw.Draw(picture).line([(x, y), (x + 60, y), (x + 20, y + 90)], fill=0, width=pen)
    return picture


def framed(picture: Image.Image, how: Framing | None = None) -> np.ndarray:
    return framing.frame(picture, SHAPE, how or Framing())


def alike(first: np.ndarray, second: np.ndarray) -> bool:
    return bool(np.corrcoef(first.reshape(-1), second.reshape(-1))[0, 1] > 0.97)


def inverted(picture: Image.Image) -> Image.Image:
    return picture.point(lambda level: 255 - level)


def transparent(picture: Image.Image, ink: str) -> Image.Image:
    drawn = Image.new("RGBA", picture.size, ink)
    drawn.putalpha(inverted(picture))
    return drawn


def test_the_framing_of_digits_is_measured() -> None:
    found = framing.measure(sets.load("digits").x_train)
    assert found is not None
    assert found.light_on_dark
    assert found.extent == 1.0


def test_photographs_have_no_framing() -> None:
    assert framing.measure(np.zeros((3, 64, 64, 3), np.uint8)) is None


def test_the_framing_of_blank_images_is_the_usual_one() -> None:
    assert framing.measure(np.zeros((3, 28, 28, 1), np.uint8)) == Framing()


def test_dark_on_light_training_images_are_recognised_as_such() -> None:
    found = framing.measure(255 - sets.load("digits").x_train)
    assert found is not None
    assert not found.light_on_dark


def test_real_mnist_is_framed_as_its_makers_say(mnist: sets.Dataset) -> None:
    found = framing.measure(mnist.x_train)
    assert found is not None
    assert found.light_on_dark
    assert found.extent == pytest.approx(20 / 28, abs=0.01)


def test_a_figure_gets_its_size_and_its_centre_of_mass_in_the_middle() -> None:
    image = framed(seven())
    rows, _ = np.nonzero(image[..., 0] > 0.3 * 255)
    assert image.shape == SHAPE
    assert image.dtype == np.uint8
    assert image.max() == 255
    assert rows.max() - rows.min() + 1 in (20, 21)
    mass = image[..., 0].astype(float)
    assert np.average(np.arange(28) + 0.5, weights=mass.sum(axis=1)) == pytest.approx(14, abs=0.3)
    assert np.average(np.arange(28) + 0.5, weights=mass.sum(axis=0)) == pytest.approx(14, abs=0.3)


@pytest.mark.parametrize(
    "picture",
    [
        seven(size=(900, 900), at=(700, 750)),
        seven(size=(84, 112), at=(10, 10)),
        seven().resize((1200, 800)),
        inverted(seven()),
        seven().convert("RGB"),
        seven().convert("P"),
        seven().convert("1"),
        seven().convert("CMYK").convert("RGB"),
        seven().point(lambda level: 120 + level // 4),
        seven().point(lambda level: 120 - level // 4),
        Image.merge("RGB", [seven().point(lambda _: 255), seven().point(lambda _: 255), seven()]),
    ],
)
def test_place_size_polarity_and_colour_do_not_matter(picture: Image.Image) -> None:
    flat = picture.convert("RGB") if picture.mode not in ("L", "RGB") else picture
    assert alike(framed(flat), framed(seven()))


@pytest.mark.parametrize("pen", [1, 3, 6])
def test_thin_strokes_are_thickened(pen: int) -> None:
    how = Framing(stroke=0.08)
    width = framing.stroke_width(
        np.kron(framed(seven(pen=pen), how)[..., 0] / 255, np.ones((8, 8)))
    )
    assert width / (8 * 28) == pytest.approx(0.08, abs=0.035)


def test_the_width_of_a_stroke_is_estimated() -> None:
    for width in (4, 10, 20):
        bar = np.zeros((300, 300), np.float32)
        bar[20:280, 100 : 100 + width] = 1
        picture = Image.fromarray(bar).rotate(30, Image.Resampling.BILINEAR)
        assert framing.stroke_width(np.asarray(picture)) == pytest.approx(width, rel=0.25)


def test_an_image_of_the_right_size_is_left_as_it_is_but_for_its_polarity() -> None:
    image = np.zeros((28, 28), np.uint8)
    image[5:9, 5:20] = 255
    image[9:20, 17:20] = 128
    for given in (image, 255 - image):
        assert np.array_equal(framed(Image.fromarray(given))[..., 0], image)


def test_a_model_that_learnt_dark_figures_gets_dark_figures() -> None:
    dark = framed(seven(), Framing(light_on_dark=False))
    assert np.array_equal(dark, 255 - framed(seven()))


def test_photographs_fill_the_frame() -> None:
    picture = Image.new("RGB", (300, 100), "red")
    picture.paste("blue", (100, 0, 200, 100))
    image = framing.frame(picture, (64, 64, 3), None)
    assert image.shape == (64, 64, 3)
    assert (image == (0, 0, 255)).all(axis=-1).mean() > 0.95


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_picture_is_refused(level: int) -> None:
    with pytest.raises(CourseError, match="blank"):
        framed(Image.new("L", (100, 100), level))


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".gif", ".webp", ".tif"])
def test_pictures_of_many_formats_are_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"seven{suffix}"
    seven().convert("RGB").save(path)
    assert alike(framed(framing.read_picture(path)), framed(seven()))


@pytest.mark.parametrize("ink", ["black", "white", "darkred", "lightyellow"])
def test_what_is_drawn_on_nothing_stays_visible(tmp_path: Path, ink: str) -> None:
    path = tmp_path / "seven.png"
    transparent(seven(), ink).save(path)
    assert alike(framed(framing.read_picture(path)), framed(seven()))


@pytest.mark.parametrize("times", [257, 16, 1])
def test_sixteen_bit_greys_of_any_range_are_read(tmp_path: Path, times: int) -> None:
    path = tmp_path / "seven.png"
    Image.fromarray(np.asarray(seven()).astype(np.uint16) * times).save(path)
    assert alike(framed(framing.read_picture(path)), framed(seven()))


def test_a_photograph_on_its_side_is_turned_upright(tmp_path: Path) -> None:
    path = tmp_path / "seven.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    seven().rotate(90, expand=True).save(path, exif=exif)
    assert alike(framed(framing.read_picture(path)), framed(seven()))


def missing(path: Path) -> None:
    assert not path.exists()


def folder(path: Path) -> None:
    path.mkdir()


def text(path: Path) -> None:
    path.write_text("seven")


def nothing(path: Path) -> None:
    path.touch()


def half(path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (90, 90), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:2000])


@pytest.mark.parametrize("write", [missing, folder, text, nothing, half])
def test_what_is_no_picture_is_named(tmp_path: Path, write) -> None:
    path = tmp_path / "seven.png"
    write(path)
    with pytest.raises(CourseError) as caught:
        framing.read_picture(path)
    assert str(path) in str(caught.value)


def test_an_enormous_picture_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    path = tmp_path / "seven.png"
    seven().save(path)
    with pytest.raises(CourseError, match="too large"):
        framing.read_picture(path)
