"""The course played through."""

import re
from pathlib import Path

import pytest

from resnet_course.cli import main
from resnet_course.data import sets
from resnet_course.desk import demo
from resnet_course.errors import CourseError

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    return demo.play(tmp_path_factory.mktemp("demo") / "out", course=ROOT)


def test_the_page_stands_alone_but_for_the_feedback(page):
    html = page.read_text(encoding="utf-8")
    assert not re.search(r"(src|href)=\"https?:", html)
    linked = re.findall(r'href="([^"]+)"', html)
    assert len(linked) == 3
    assert all((page.parent / name).is_file() for name in linked)


def test_the_page_shows_every_exercise_the_diagnosis_and_the_pictures(page):
    import checks

    html = page.read_text(encoding="utf-8")
    assert all(f"<code>{name}</code>" in html for name in checks.exercise_names())
    assert "The ReLU after the addition is missing" in html
    assert html.count("data:image/png;base64,") == 4
    assert html.count("<svg") == 2


def test_the_network_learns_the_digits(page):
    accuracy = re.search(r"([\d.]+)% on the test images", page.read_text(encoding="utf-8"))
    assert accuracy is not None
    assert float(accuracy[1]) >= 97


def test_the_network_is_calibrated_on_images_of_which_none_is_trained_on_or_tested(page):
    html, digits = page.read_text(encoding="utf-8"), sets.load("digits")
    assert f"{len(digits.hold_out(demo.HELD_OUT).y_train):,} training images" in html
    error = r"in ([\d,]+) images\), calibration error ([\d.]+)% \(([\d.]+)% before its temperature"
    found = re.search(error, html)
    assert found is not None
    assert int(found[1]) == len(digits.y_test)
    assert float(found[2]) < 0.5 * float(found[3])


def test_the_transfer_gains_in_its_second_stage(page):
    html = page.read_text(encoding="utf-8")
    gain = re.search(r"<strong>([+-][\d.]+) points</strong>", html)
    assert gain is not None
    assert float(gain[1]) > 1
    row = re.search(r"test accuracy</td><td[^>]*>([\d.]+)%</td><td[^>]*>([\d.]+)%", html)
    assert row is not None
    assert float(row[1]) > 80
    assert float(row[2]) > 90


def test_right_wrong_and_untouched_submissions_get_what_they_deserve(page):
    html = page.read_text(encoding="utf-8")
    rows = re.findall(r"<tr><td>(\w+)-[\w-]+</td>.*?<strong>([\d.]+) / ([\d.]+)", html)
    points = {student: float(given) for student, given, _ in rows}
    assert points["ada"] == float(rows[0][2])
    assert points["cleo"] == 0
    assert 0 < points["ben"] < points["ada"]


def test_the_wrong_learner_reads_the_cause_in_the_feedback(page):
    feedback = (page.parent / "feedback-ben-forgets-a-relu.html").read_text(encoding="utf-8")
    assert "The ReLU after the addition is missing" in feedback


def test_a_folder_that_is_no_course_is_refused(tmp_path):
    with pytest.raises(CourseError, match="is not a course folder"):
        demo.grade_three_learners(tmp_path, tmp_path)


def test_the_command_refuses_a_folder_with_other_things_in_it(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("years of work")
    assert main(["demo", "--output", str(tmp_path)]) == 2
    assert "is not an earlier run" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
