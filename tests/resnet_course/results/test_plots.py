"""Pictures show what they are given, and touch no global state."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from resnet_course.errors import CourseError
from resnet_course.results import picture, plots

NAMES = ("cat", "dog", "cow", "a hen")


def images(count: int, channels: int = 1) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (count, 8, 8, channels), dtype=np.uint8)


def probabilities(count: int) -> np.ndarray:
    return np.random.default_rng(0).dirichlet([0.3] * 4, count)


def curve(validated: bool = False) -> dict[str, list[float]]:
    points = {"epoch": [0.5, 1.0, 1.5, 2.0], "loss": [2, 1.5, 1, 0.5], "accuracy": [0, 0.3, 0.6, 1]}
    if validated:
        points |= {"validation_loss": [1.4, 0.6], "validation_accuracy": [0.4, 0.9]}
    return points


def texts(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def tick_names(axes) -> list[str]:
    return [label.get_text() for label in axes.get_yticklabels()]


@pytest.mark.parametrize(
    "figure",
    [
        plots.images(images(11), titles=[str(number) for number in range(11)]),
        plots.images(images(3, channels=3)),
        plots.images(np.random.default_rng(0).normal(size=(2, 5, 5))),
        plots.learning_curve(curve()),
        plots.learning_curve(curve(validated=True)),
        plots.predictions(images(30), probabilities(30), NAMES),
        plots.predictions(images(1), probabilities(1), NAMES, names=["one.png"]),
        plots.confusion_matrix(np.array([[3, 1], [0, 4]]), ("cat", "a very long name")),
        plots.confusion_matrix(np.zeros((3, 3), int), ("a", "b", "c")),
    ],
)
def test_every_picture_is_written_as_png_and_shows_itself_in_a_notebook(
    figure: Figure, tmp_path: Path
) -> None:
    picture.save(figure, tmp_path / "picture.png")
    with Image.open(tmp_path / "picture.png") as written:
        assert written.format == "PNG"
        assert min(written.size) > 100
    assert figure._repr_png_().startswith(b"\x89PNG")
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"]


def test_images_are_shown_from_black_to_white_each_with_its_title() -> None:
    figure = plots.images(images(5) // 2, titles=list("abcde"), columns=3)
    shown = [axes.images[0] for axes in figure.axes]
    assert [axes.get_title() for axes in figure.axes] == list("abcde")
    assert all(image.get_clim() == (0, 255) for image in shown)
    assert np.array_equal(shown[2].get_array(), images(5)[2, ..., 0] // 2)


def test_a_learning_curve_shows_loss_and_accuracy_over_the_epochs() -> None:
    loss, accuracy = plots.learning_curve(curve(validated=True)).axes
    assert loss.lines[0].get_ydata().tolist() == curve()["loss"]
    assert accuracy.lines[0].get_xdata().tolist() == curve()["epoch"]
    assert accuracy.lines[1].get_ydata().tolist() == [0.4, 0.9]
    assert accuracy.lines[1].get_xdata().tolist() == [1, 2]


def near_perfect(*accuracies: float) -> dict[str, list[float]]:
    return {"epoch": [1, 2, 3], "loss": [1, 0.5, 0.2], "accuracy": list(accuracies)}


def test_accuracies_near_perfect_are_shown_as_errors_on_a_logarithmic_axis(tmp_path: Path) -> None:
    points = near_perfect(0.9, 0.98, 1.0)
    points |= {"validation_loss": [1, 1, 1], "validation_accuracy": [0.98, 0.99, 0.996]}
    figure = plots.learning_curve(points)
    axes = figure.axes[1]
    assert axes.get_yscale() == "log"
    assert axes.get_title() == "errors"
    assert axes.lines[0].get_ydata() == pytest.approx([0.1, 0.02, 0.002])
    assert axes.lines[1].get_ydata() == pytest.approx([0.02, 0.01, 0.004])
    picture.save(figure, tmp_path / "curve.png")
    assert "1%" in tick_names(axes)
    assert plots.learning_curve(near_perfect(0.9, 0.97, 0.99)).axes[1].get_title() == (
        "training errors"
    )


@pytest.mark.parametrize("accuracies", [(0.5, 0.9, 0.99), (1.0, 1.0, 1.0)])
def test_other_accuracies_stay_accuracies(accuracies: tuple[float, ...]) -> None:
    axes = plots.learning_curve(near_perfect(*accuracies)).axes[1]
    assert axes.get_yscale() == "linear"
    assert axes.lines[0].get_ydata() == pytest.approx(accuracies)


def test_calibration_shows_the_model_without_its_temperature_too() -> None:
    bins = np.array([0.6, 0.9]), np.array([0.7, 1.0]), np.array([10, 20])
    before = np.array([np.nan, 0.8]), np.array([np.nan, 0.9]), np.array([0, 30])
    above = plots.calibration(*bins, before).axes[0]
    lines = {line.get_label(): line.get_xdata().tolist() for line in above.lines}
    assert lines["before"] == [0.8]
    assert lines["this model"] == [0.6, 0.9]
    assert "before" not in [line.get_label() for line in plots.calibration(*bins).axes[0].lines]


def test_a_prediction_shows_its_classes_by_confidence() -> None:
    shares = np.array([[0.1, 0.6, 0.05, 0.25]])
    bars = plots.predictions(images(1), shares, NAMES, names=["hound.png"]).axes[1]
    assert tick_names(bars) == ["dog", "a hen", "cat"]
    assert texts(bars) == ["60.0%", "25.0%", "10.0%"]
    assert bars.get_title(loc="left") == "hound.png"


def test_a_wrong_prediction_is_marked_beside_the_true_class() -> None:
    shares = np.array([[0.1, 0.6, 0.05, 0.25]])
    bars = plots.predictions(images(1), shares, NAMES, labels=np.array([2])).axes[1]
    assert tick_names(bars) == ["dog", "a hen", "cow ✓"]
    assert bars.patches[1].get_hatch()
    right = plots.predictions(images(1), shares, NAMES, labels=np.array([1])).axes[1]
    assert not any(patch.get_hatch() for patch in right.patches)


def test_a_picture_of_many_predictions_says_how_many_it_leaves_out() -> None:
    figure = plots.predictions(images(30), probabilities(30), NAMES)
    assert len(figure.axes) == 2 * 24
    assert figure.get_supxlabel() == "the first 24 of 30 images"


def test_a_confusion_matrix_shows_every_count() -> None:
    axes = plots.confusion_matrix(np.array([[30, 1], [0, 9]]), ("cat", "dog")).axes[0]
    assert texts(axes) == ["30", "1", "9"]
    assert axes.get_title() == "39 of 40 right: 97.50%"
    assert axes.get_xlabel() == "predicted"


@pytest.mark.parametrize("name", [r"a$\frac$b", "cost $5", "x" * 60])
@pytest.mark.filterwarnings("error")
def test_a_class_may_have_any_name(name: str, tmp_path: Path) -> None:
    classes = (name, *NAMES[1:])
    matrix = plots.confusion_matrix(np.eye(4, dtype=int), classes)
    said = plots.predictions(images(2), probabilities(2), classes, labels=np.array([0, 0]))
    for figure in (matrix, said):
        picture.save(figure, tmp_path / "picture.png")


def test_a_curve_of_one_point_shows_it() -> None:
    short = {"epoch": [1.0], "loss": [2.0], "accuracy": [0.5]}
    lines = [axes.lines[0] for axes in plots.learning_curve(short).axes]
    assert [line.get_marker() for line in lines] == ["o", "o"]


@pytest.mark.parametrize("name", ["answer.docx", "answer", "answer.xyz"])
def test_a_format_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CourseError, match=r"its name must end in \.png"):
        picture.save(plots.images(images(1)), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_drawing_leaves_pyplot_alone() -> None:
    code = (
        "import sys, numpy as np; from resnet_course.results import plots;"
        "plots.learning_curve({'epoch': [1], 'loss': [1], 'accuracy': [1]})._repr_png_();"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", ["two\udcff.png", "a$b$c.png", "数字.png", "x" * 100])
@pytest.mark.filterwarnings("error")
def test_a_file_may_have_any_name(name: str) -> None:
    figure = plots.predictions(images(1), probabilities(1), NAMES, names=[name])
    assert figure._repr_png_().startswith(b"\x89PNG")
