"""The progress bar is drawn on a terminal and written once where there is none."""

import io

import pytest

from resnet_course.training import progress
from resnet_course.training.progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_in_a_file_there_is_one_line_a_stage() -> None:
    stream = io.StringIO()
    bar = ProgressBar("epoch 1/3", 50, stream)
    for step in range(1, 51):
        bar.update(step, f"loss {step}")
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().startswith("epoch 1/3 ")
    assert stream.getvalue().endswith("loss 50\n")


def test_on_a_terminal_the_line_fills_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_DRAWINGS", 0)
    stream = Terminal()
    bar = ProgressBar("epoch 1/3", 4, stream)
    for step in range(1, 5):
        bar.update(step, "a long note" if step < 4 else "short")
    drawings = stream.getvalue().split("\r")[1:]
    assert [line.count("█") for line in drawings] == [6, 12, 18, 24]
    assert "left" in drawings[0]
    assert "left" not in drawings[-1]
    assert len(drawings[-1].rstrip("\n")) >= len(drawings[-2].rstrip("\n"))


def test_a_terminal_is_not_drawn_on_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_DRAWINGS", 3600)
    stream = Terminal()
    bar = ProgressBar("epoch 1/3", 1000, stream)
    for step in range(1, 1001):
        bar.update(step)
    assert stream.getvalue().count("\r") == 2


def test_a_stream_without_the_characters_gets_plain_ones() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    ProgressBar("epoch 1/3", 2, stream).update(2, "done")
    stream.seek(0)
    assert "#" * progress.WIDTH in stream.read()
