"""How a report reads: as text, as JSON and as HTML."""

import io
import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from types import SimpleNamespace

import pytest
from keras import layers

import checks
from checks.report import text
from checks.report.drawing import draw
from resnet_course import blocks


def without_the_last_relu(X, f, filters, stage, block):
    main = X
    for number, (width, kernel) in enumerate(zip(filters, (1, f, 1), strict=True)):
        main = layers.BatchNormalization()(layers.Conv2D(width, kernel, padding="same")(main))
        main = layers.ReLU()(main) if number < 2 else main
    return layers.Add(name=f"sum_{stage}{block}")([main, X])


@pytest.fixture(scope="module")
def report():
    return checks.run("identity_block", without_the_last_relu)


def test_the_text_names_the_mistake_and_fits_a_terminal(report):
    text = str(report)
    assert "The ReLU after the addition is missing" in text.splitlines()[0]
    assert "✗ wiring" in text
    assert "expected  ReLU after the addition" in text
    assert "(not run)" in text
    assert "✓ is a function, takes the arguments, runs" in text
    assert max(map(len, text.splitlines()[1:])) <= 88


def test_the_json_holds_everything(report):
    data = json.loads(json.dumps(report.to_dict()))
    assert data["cause"] == "The ReLU after the addition is missing"
    assert data["passed"] is False
    assert 0 < data["score"] < 1
    assert {result["status"] for result in data["results"]} == {"passed", "failed", "not run"}


def test_the_html_draws_both_networks_and_marks_the_difference_without_colour(report):
    html = report._repr_html_()
    assert html.count("<svg") == 2
    assert "stroke-dasharray" in html
    assert "▶" in html
    assert "the difference is here" in html
    ElementTree.fromstring(f"<body>{html}</body>")


def test_further_hints_are_there_for_those_who_ask(report):
    assert len(report.hints) == 3
    assert "More hints: checks.run('identity_block', identity_block).hints" in str(report)
    assert report._repr_html_().count(">Hint ") == 3


def test_learners_text_is_escaped_in_html():
    def identity_block(X, f, filters, stage, block):
        print("<script>alert(1)</script>")
        raise ValueError("<b>bold</b>")

    html = checks.run("identity_block", identity_block)._repr_html_()
    assert "<script>" not in html
    assert "<b>bold" not in html


def test_a_large_network_is_drawn_around_the_difference():
    from checks.graph import GraphBuilder

    builder = GraphBuilder()
    X = builder.input((8, 8, 2))
    for number in range(100):
        X = builder.add(f"layer {number}", "relu", X)
    picture = draw(builder.graph(X), frozenset({"layer 60"}), "many layers")
    assert "layer 60" in picture
    assert "layer 5," not in picture
    assert picture.count("<rect") < 30


def test_success_says_what_was_covered_and_what_grading_adds():
    text = str(checks.run("identity_block", blocks.identity_block))
    assert "all 12 checks passed" in text
    assert "Grading draws" in text


def test_a_check_raises_an_assertion_error_that_reads_as_the_report(report):
    with pytest.raises(AssertionError) as caught:
        checks.identity_block(without_the_last_relu)
    assert isinstance(caught.value, checks.CheckFailed)
    assert str(caught.value) == str(report)
    assert len(caught.value._render_traceback_()) == 1


def test_a_check_that_passes_prints_its_report(capsys):
    checks.identity_block(blocks.identity_block)
    assert "identity_block: all 12 checks passed" in capsys.readouterr().out


def test_exercises_are_listed():
    assert "identity_block" in dir(checks)
    assert checks.identity_block.__doc__.startswith("Check the exercise `identity_block`")


def test_points_come_with_their_reasons(report, capsys):
    earned = checks.identity_block(without_the_last_relu, points=9)
    shown = capsys.readouterr().out
    assert earned == checks.Points(3, 9)
    assert "3 of 9 points" in shown.splitlines()[0]
    assert "✓ convolutions, batch normalisations  · 2 points" in shown
    assert "✗ wiring  · 0 of 3 points" in shown


def test_points_show_as_the_plain_number_that_nbgrader_reads():
    points = checks.Points(10 / 3, 5)
    assert repr(points) == "3.33"
    assert "3.33 of 5 points" in points._repr_html_()


def test_the_points_of_all_results_add_up(report):
    assert sum(replace(report, maximum=5).worth(each) for each in report.results) == 5


@pytest.mark.parametrize("points", [0, -1, "5", True])
def test_points_that_are_no_points_are_refused(points):
    with pytest.raises(ValueError, match="Expected points above 0"):
        checks.run("identity_block", blocks.identity_block, points=points)


def test_grading_does_not_tell_its_probes(capsys):
    def identity_block(X, f, filters, stage, block):
        return blocks.identity_block(X, 3, filters, stage, block)

    checks.identity_block(identity_block, points=5, grading=True)
    shown = capsys.readouterr().out
    assert len(shown.splitlines()) == 1
    assert "failed: other kernel sizes" in shown
    assert "filters" not in shown


def test_colour_is_for_terminals_only(report, monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    terminal, file = SimpleNamespace(isatty=lambda: True), io.StringIO()
    assert text.colourful(terminal)
    assert not text.colourful(file)
    assert "\x1b[31m✗\x1b[0m wiring" in text.render(report, colour=True)
    assert "\x1b" not in str(report)


@pytest.mark.parametrize("variable", [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colour_can_be_switched_off(variable, monkeypatch):
    monkeypatch.setenv(*variable)
    assert not text.colourful(SimpleNamespace(isatty=lambda: True))


def test_pythons_own_message_is_folded_away_and_not_lost():
    def identity_block(X, f, filters, stage, block):
        return layers.Add()([X, X_shorcut])  # noqa: F821

    report = checks.run("identity_block", identity_block)
    assert "NameError: name 'X_shorcut' is not defined" in report.traceback
    assert "Traceback" not in str(report)
    assert "checks.run('identity_block', identity_block).traceback" in str(report)
    folded = report._repr_html_().split("Python's own message</summary>")[1].split("</details>")[0]
    assert "X_shorcut" in folded
