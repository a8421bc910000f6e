"""What is drawn is told from light, paper, lines and marks, and what is in doubt is said."""

from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest
from PIL import Image

from resnet_course.errors import CourseError
from resnet_course.pictures import figures, framing
from resnet_course.pictures.figures import CUT, FAINT, SEVERAL
from resnet_course.pictures.framing import Framing
from tests.resnet_course.disturbances import KINDS, drawing, grey, paper
from tests.resnet_course.drawn_digits import APART, FORMS, ink

SHAPE = (28, 28, 1)

#: Kinds of pictures in which the figure is whole, and how alike it must be to the clean one.
WHOLE = {
    name: 0.85 if name in ("small picture", "photograph", "ruled, shaded, JPEG") else 0.9
    for name, kind in KINDS.items()
    if not kind.doubtful and name != "cut at the edge"
}


def prepared(picture: Image.Image) -> np.ndarray:
    return framing.prepare(picture, SHAPE, Framing()).image


def doubts(picture: Image.Image) -> tuple[str, ...]:
    return framing.prepare(picture, SHAPE, Framing()).doubts


def is_blank(picture: Image.Image) -> bool:
    """Return whether a picture is refused for being blank."""
    try:
        prepared(picture)
    except CourseError as error:
        return "blank" in str(error)
    return False


def likeness(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.corrcoef(first.reshape(-1), second.reshape(-1))[0, 1])


def strokes(digit: int, form: int = 0, seed: int = 0, **options) -> np.ndarray:
    """Draw a digit 130 pixels high in the middle of 260x240 pixels."""
    known = {"size": (260, 240), "height": 130, "pen": 0.08} | options
    return ink(np.random.default_rng(seed), FORMS[digit][form], **known)


def read(picture: Image.Image, folder) -> Image.Image:
    picture.save(folder / "picture.png")
    return framing.read_picture(folder / "picture.png")


@pytest.mark.parametrize("name", WHOLE)
def test_a_disturbed_picture_becomes_the_image_that_the_clean_one_becomes(name, tmp_path) -> None:
    small = {"sides": (160, 280)} if max(KINDS[name].sides) <= 900 else {"sides": (500, 700)}
    kind = KINDS[name] if name == "small picture" else replace(KINDS[name], **small)
    likenesses = []
    for number in range(4):
        rng = np.random.default_rng([crc32(name.encode()), number])
        drawn = drawing(rng, int(rng.integers(10)), kind)
        picture = read(kind.disturb(rng, drawn), tmp_path)
        likenesses.append(likeness(prepared(picture), prepared(grey(paper(drawn)))))
    assert sorted(likenesses)[1] > WHOLE[name], likenesses


@pytest.mark.parametrize("digit", APART)
def test_strokes_that_do_not_touch_are_all_kept(digit: int) -> None:
    drawn = ink(np.random.default_rng(digit), APART[digit], (260, 240), 130, 0.06)
    found = figures.find(grey(paper(drawn)))
    assert found is not None
    assert np.count_nonzero(found.ink > 0.5) == pytest.approx(
        np.count_nonzero(drawn > 0.5), rel=0.05
    )


@pytest.mark.parametrize("digit", range(10))
def test_strokes_that_are_broken_are_all_kept(digit: int) -> None:
    drawn = strokes(digit, pen=0.05, gaps=2, seed=3)
    found = figures.find(grey(paper(drawn)))
    assert found is not None
    assert np.count_nonzero(found.ink > 0.5) == pytest.approx(
        np.count_nonzero(drawn > 0.5), rel=0.05
    )


def test_a_digit_alone_on_its_paper_leaves_no_doubt() -> None:
    for digit, forms in enumerate(FORMS):
        for form in range(len(forms)):
            assert doubts(grey(paper(strokes(digit, form)))) == ()


@pytest.mark.parametrize("beside", [(0.25, 0), (0.35, 0), (0, 0.45)])
def test_two_digits_are_doubtful(beside: tuple[float, float]) -> None:
    for digit in range(10):
        both = [
            strokes(which, size=(400, 300), height=100, at=(x, y))
            for which, x, y in (
                (digit, 0.4, 0.3),
                (7 - digit // 3, 0.4 + beside[0], 0.3 + beside[1]),
            )
        ]
        assert SEVERAL in doubts(grey(paper(np.maximum(*both))))


def test_a_digit_that_is_cut_off_is_doubtful() -> None:
    for digit in (0, 2, 3, 6, 8):
        assert CUT in doubts(grey(paper(strokes(digit)[:, :125])))


def test_ink_that_is_hardly_seen_is_doubtful() -> None:
    assert FAINT in doubts(grey(paper(strokes(3), 0.6, 0.85)))


def test_a_page_number_is_left_out_without_a_doubt() -> None:
    number = strokes(4, height=22, at=(0.93, 0.93), pen=0.12)
    both = np.maximum(strokes(3), number)
    assert likeness(prepared(grey(paper(both))), prepared(grey(paper(strokes(3))))) > 0.99
    assert doubts(grey(paper(both))) == ()


@pytest.mark.parametrize("level", [0, 60, 128, 200])
@pytest.mark.parametrize("width", [1, 5, 20, 90])
def test_a_border_of_any_width_and_brightness_is_left_out(width: int, level: int) -> None:
    clean = grey(paper(strokes(5)))
    bordered = np.pad(np.asarray(clean), width, constant_values=level)
    assert likeness(prepared(Image.fromarray(bordered)), prepared(clean)) > 0.97


@pytest.mark.parametrize("turn", range(4))
def test_a_strip_that_the_figure_runs_into_is_taken_away(turn: int) -> None:
    levels = paper(strokes(8, at=(0.5, 0.3)))
    rest = prepared(grey(np.rot90(levels[10:], turn)))
    levels[:10] = 0.1
    assert likeness(prepared(grey(np.rot90(levels, turn))), rest) > 0.95


def test_light_ink_is_prepared_as_dark_ink_is() -> None:
    for digit in range(10):
        levels = paper(strokes(digit), 1, 0)
        assert likeness(prepared(grey(levels)), prepared(grey(1 - levels))) > 0.99


@pytest.mark.parametrize("way", KINDS)
def test_a_blank_page_is_refused_or_doubtful(way: str) -> None:
    if way in ("page number", "mark at an edge", "box around the digit", "two digits"):
        pytest.skip("something is drawn there")
    rng = np.random.default_rng(crc32(way.encode()))
    picture = KINDS[way].disturb(rng, np.zeros((200, 230)))
    assert is_blank(picture) or doubts(picture)


def on_a_table(levels: np.ndarray, turn: float, table: float) -> Image.Image:
    """Lay a sheet on a table, askew by degrees."""
    around = grey(np.pad(levels, 30, constant_values=table))
    return around.rotate(turn, Image.Resampling.BICUBIC, fillcolor=int(255 * table))


@pytest.mark.parametrize("size", [(200, 260), (300, 180), (420, 400)])
@pytest.mark.parametrize(("sheet", "table"), [(0.95, 0.2), (0.9, 0.5), (0.9, 0.35)])
def test_the_edge_of_a_blank_sheet_on_a_table_is_no_figure(sheet, table, size) -> None:
    for turn in (0, 1, 2.5, -2, -4, 6):
        assert is_blank(on_a_table(np.full(size, sheet), turn, table))


@pytest.mark.parametrize("width", [3, 12, 30])
def test_a_zero_with_corners_is_no_edge_of_a_sheet(width: int) -> None:
    zero = np.zeros((260, 240))
    zero[50:210, 60:180] = 1
    zero[50 + width : 210 - width, 60 + width : 180 - width] = 0
    found = figures.find(grey(paper(zero)))
    assert found is not None
    assert np.count_nonzero(found.ink > 0.5) == pytest.approx(zero.sum(), rel=0.1)


def test_a_digit_beside_an_empty_box_is_found() -> None:
    drawn = strokes(3, size=(420, 300), height=110, at=(0.8, 0.5))
    drawn[60:240, 40:220] = 0.7
    assert figures.find(grey(paper(drawn))) is not None


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 3), (9, 9), (27, 29), (3000, 5)])
def test_pictures_of_any_size_are_answered(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, size[::-1], dtype=np.uint8)
    for picture in (Image.fromarray(noise), Image.new("L", size, 255)):
        assert is_blank(picture) or prepared(picture).shape == SHAPE


def test_images_of_mnist_stay_as_they_are(mnist) -> None:
    for image in mnist.x_test[:200]:
        strongest = image.max()
        expected = np.rint(image.astype(np.float32) / strongest * 255).astype(np.uint8)
        for given in (image[..., 0], 255 - image[..., 0]):
            found = framing.prepare(Image.fromarray(given), SHAPE, Framing())
            assert np.array_equal(found.image, expected)
            assert found.doubts == ()
