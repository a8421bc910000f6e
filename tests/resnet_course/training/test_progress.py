"""The progress bar is drawn on a terminal and written once where there is none."""

import io

import pytest

from resnet_course.training import progress
from resnet_course.training.progress import ProgressBar

#: What hides a terminal's cursor and what shows it, and what begins another drawing of a line.
HIDE, SHOW, AGAIN = "\x1b[?25l", "\x1b[?25h", "\x1b[2K"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _settings_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def test_in_a_file_there_is_one_line_a_stage() -> None:
    stream = io.StringIO()
    bar = ProgressBar("epoch 1/3", 50, stream)
    for step in range(1, 51):
        bar.update(step, f"loss {step}")
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().startswith("epoch 1/3 ")
    assert stream.getvalue().endswith("loss 50\n")
    assert "\x1b" not in stream.getvalue()


def test_on_a_terminal_the_line_fills_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_DRAWINGS", 0)
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    bar = ProgressBar("epoch 1/3", 4, stream)
    for step in range(1, 5):
        bar.update(step, "a long note" if step < 4 else "short")
    empty, *drawings = stream.getvalue().split(AGAIN)
    assert "━" not in empty
    assert [line.count("━") for line in drawings[:4]] == [6, 12, 18, 24]
    assert all("a long note" in line for line in drawings[:3])
    assert "short" in drawings[-1]
    assert stream.getvalue().count("\n") == 1


def test_a_terminal_is_not_drawn_on_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_DRAWINGS", 3600)
    stream = Terminal()
    bar = ProgressBar("epoch 1/3", 1000, stream)
    for step in range(1, 1001):
        bar.update(step)
    assert stream.getvalue().count(AGAIN) <= 3


def test_an_interruption_leaves_the_cursor_visible() -> None:
    stream = Terminal()
    ProgressBar("epoch 1/3", 1000, stream).update(1, "loss 2.3")
    assert stream.getvalue().rfind(SHOW) > stream.getvalue().rfind(HIDE)


def test_a_narrow_terminal_shortens_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    stream = io.StringIO()
    ProgressBar("epoch 1/3", 1, stream).update(1, "loss 0.123  accuracy 95.1%")
    assert len(stream.getvalue().rstrip()) <= 50
    assert "accuracy 95.1%" in stream.getvalue()


def test_a_stream_without_the_characters_gets_plain_ones() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    ProgressBar("epoch 1/3", 2, stream).update(2, "done")
    stream.seek(0)
    assert "-" * progress.WIDTH in stream.read()
