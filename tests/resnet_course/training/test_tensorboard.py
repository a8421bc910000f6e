"""Logs for TensorBoard are written by those who have it, and others are told what to install."""

from pathlib import Path

import keras
import pytest

from resnet_course.errors import CourseError
from resnet_course.training import tensorboard


def test_without_tensorboard_a_sentence_says_what_to_install(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tensorboard, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match="pip install tensorboard"):
        tensorboard.callbacks(tmp_path)


def test_with_tensorboard_logs_are_written_by_keras(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tensorboard, "find_spec", lambda name: "found")
    (callback,) = tensorboard.callbacks(tmp_path)
    assert isinstance(callback, keras.callbacks.TensorBoard)
    assert callback.log_dir == str(tmp_path)
