"""`transfer` and `pretrain` from the command line."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from resnet_course.cli import main
from resnet_course.data import sets
from resnet_course.data.characters import distorted_characters
from resnet_course.finetuning import pretraining
from resnet_course.training.recipes import Recipe

QUICK = ["--head-epochs", "3", "--tuning-epochs", "2", "--cache", "cache"]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(sets.FOLDER_VARIABLE, raising=False)


@pytest.fixture
def weights(tmp_path: Path) -> str:
    keras.utils.set_random_seed(3)
    inputs = keras.Input((8, 8, 1))
    X = keras.layers.Conv2D(16, 3, activation="relu")(keras.layers.Rescaling(1 / 128)(inputs))
    X = keras.layers.Flatten()(keras.layers.MaxPooling2D(2)(X))
    keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(X)).save("small.keras")
    return "small.keras"


def test_a_transfer_is_trained_reported_and_saved(
    weights: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["transfer", "--weights", weights, "--labels", "100", *QUICK]
    assert main(words) == 0
    table = capsys.readouterr().out
    assert "frozen  fine-tuned" in table
    assert "saved in runs/transfer-small-digits" in table
    result = json.loads(Path("runs/transfer-small-digits/result.json").read_text())
    assert result["training_images"] == 100
    assert result["stages"]["tuning"]["epochs"] == 2
    assert main(["evaluate", "runs/transfer-small-digits"]) == 0
    assert f"accuracy {result['accuracy']:.2%}" in capsys.readouterr().out
    assert main([*words, "--resume"]) == 0
    assert "finished: there is nothing to resume" in capsys.readouterr().out
    assert main(words) == 2
    assert "already holds a run" in capsys.readouterr().err


def test_transfer_is_one_of_the_models_that_are_trained(weights: str) -> None:
    words = ["transfer", "--weights", weights, "--labels", "50", *QUICK]
    assert main([*words, "--output", "run", "--validation", "0.2"]) == 0
    assert json.loads(Path("run/result.json").read_text())["measured_on"] == "validation"


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--weights", "nowhere"], "there are no weights 'nowhere'"),
        (["--data", "mnits"], "did you mean mnist?"),
        (["--labels", "9999"], "9999 cannot be taken"),
        (["--tuning-epochs", "0"], "epochs must be at least 1"),
        (["--patience", "2"], "hold out a share of the training images"),
    ],
)
def test_bad_words_get_one_sentence_and_leave_nothing(
    words: list[str], answer: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["transfer", *words]) == 2
    assert answer in capsys.readouterr().err
    left = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert left == []


def test_pretrained_weights_can_be_transferred_from(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = pretraining.Pretraining(
        lambda seed, folder: distorted_characters(300, test_images=100, seed=seed),
        Recipe(epochs=2, batch_size=32),
    )
    monkeypatch.setitem(pretraining.PRETRAININGS, "characters", brief)
    assert main(["pretrain", "characters", "--epochs", "1", "--output", "own.npz"]) == 0
    assert sorted(path.name for path in Path().iterdir()) == ["own.npz"]
    with np.load("own.npz") as archive:
        about = json.loads(str(archive["about"]))
    assert about["recipe"]["epochs"] == 1
    assert main(["pretrain", "characters", "--output", "own.npz"]) == 2
    assert "own.npz exists" in capsys.readouterr().err
    assert main(["transfer", "--weights", "own.npz", "--labels", "50", *QUICK]) == 0


def test_the_same_seed_draws_the_same_characters() -> None:
    first, again, other = (distorted_characters(40, 10, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.x_train, again.x_train)
    np.testing.assert_array_equal(first.y_test, again.y_test)
    assert not np.array_equal(first.x_train, other.x_train)


def test_characters_are_framed_as_mnist_frames_digits() -> None:
    dataset = distorted_characters(300, 1)
    assert dataset.x_train.shape == (300, 28, 28, 1)
    assert not set("0123456789") & set(dataset.class_names)
    inked = dataset.x_train[..., 0] > 0
    tall = inked.any(axis=2).sum(axis=1)
    wide = inked.any(axis=1).sum(axis=1)
    assert np.maximum(tall, wide).max() <= 20
    assert np.median(np.maximum(tall, wide)) >= 19
    weights = dataset.x_train[..., 0].astype(float)
    rows = (weights.sum(axis=2) * np.arange(28)).sum(axis=1) / weights.sum(axis=(1, 2))
    assert np.abs(np.median(rows) - 13.5) < 1


def test_settings_that_a_stage_does_not_have_are_no_options(
    weights: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for option in ("--head-shift", "--tuning-crop", "--tuning-image-size"):
        assert main(["transfer", "--weights", weights, option, "2"]) == 2
        assert f"unrecognized arguments: {option} 2" in capsys.readouterr().err


def test_the_recipe_suits_the_images_that_are_left_when_some_are_held_out(weights: str) -> None:
    words = ["transfer", "--weights", weights, "--labels", "60", "--validation", "0.5", *QUICK]
    assert main([*words, "--output", "run"]) == 0
    result = json.loads(Path("run/result.json").read_text())
    assert result["training_images"] == 30
    assert result["stages"]["tuning"]["learning_rate"] == 1e-5
