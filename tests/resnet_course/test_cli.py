"""The command line says what there is, does it, and answers bad input with one sentence."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from resnet_course.cli import COMMANDS, main
from resnet_course.data import sets
from resnet_course.results.unfinished import unfinished_run
from resnet_course.training import loop, recipes
from resnet_course.training.checkpoints import Checkpoints

TRAIN = ["train", "custom", "--epochs", "3", "--batch-size", "64"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "digits"
    assert main([*TRAIN, "--output", str(folder)]) == 0
    return folder


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(sets.FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.fixture
def sentence(capfd: pytest.CaptureFixture[str]):
    """Run words that must be refused; give the one sentence on standard error."""

    def refuse(*words: object) -> str:
        assert main([str(word) for word in words]) == 2
        written = capfd.readouterr()
        assert written.out == ""
        assert written.err.startswith("resnet-course")
        assert written.err.count("\n") == 1
        return written.err

    return refuse


def draw(path: Path, position: int, dark: bool = True) -> Path:
    """Write a test digit as a large picture on a larger sheet."""
    digit = Image.fromarray(sets.load("digits").x_test[position, ..., 0])
    sheet = Image.new("L", (400, 300), 0)
    sheet.paste(digit.resize((120, 160), Image.Resampling.BICUBIC), (30, 60))
    sheet.point(lambda level: 255 - level if dark else level).save(path)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_help_lists_every_command_and_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    overview = capsys.readouterr().out
    for add in COMMANDS:
        assert f"\n    {add.__name__.removeprefix('add_')} " in overview
    assert "examples:" in overview


def test_no_words_at_all_ask_for_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "usage: resnet-course" in capsys.readouterr().out


@pytest.mark.parametrize("add", COMMANDS)
def test_every_command_has_help(add, capsys: pytest.CaptureFixture[str]) -> None:
    command = add.__name__.removeprefix("add_")
    assert main([command, "--help"]) == 0
    assert f"usage: resnet-course {command}" in capsys.readouterr().out


def test_training_offers_every_setting_and_names_every_network_and_data_set(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["train", "--help"])
    overview = capsys.readouterr().out
    assert "--batch-norm-momentum" in overview
    assert all(name in overview for name in (*recipes.RECIPES, *sets.NAMES))


def test_help_does_not_wait_for_heavy_imports() -> None:
    code = (
        "import sys; from resnet_course.cli import main; main(['train', '--help']);"
        "heavy = {'keras', 'tensorflow', 'numpy', 'matplotlib', 'nbgrader', 'sklearn'};"
        "sys.exit(str(heavy & sys.modules.keys()) if heavy & sys.modules.keys() else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("resnet-course 0.")


def test_python_m_is_the_same_and_bad_input_exits_with_2(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "resnet_course", "evaluate", "nowhere"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        "resnet-course evaluate: argument MODEL: there is no file or folder nowhere. "
        "See `resnet-course evaluate --help`.\n"
    )


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["trian"], "no command 'trian'. Did you mean 'train'"),
        (["dance"], "no command 'dance'. There are "),
        (["--verbose"], "unrecognized arguments: --verbose"),
        (["train"], "required: MODEL"),
        (["transfer", "--data", "mnits", "--hidden", "9"], "did you mean mnist?"),
        (["train", "transfer", "--hidden", "9"], "transfer is a command of its own"),
        (["train", "--data", "transfer", "custom"], "no data set 'transfer'"),
        (["train", "resnet19"], "no model 'resnet19': did you mean resnet18?"),
        (["train", "custom", "--data", "mnits"], "no data set 'mnits': did you mean mnist?"),
        (["train", "custom", "--data", "signs"], "set RESNET_COURSE_DATA to the folder"),
        (["train", "custom", "--data", "mnist", "--data-folder", "no"], "data folder no does not"),
        (["train", "custom", "--epochs", "0"], "epochs must be at least 1"),
        (["train", "custom", "--epochs", "many"], "invalid int value: 'many'"),
        (["train", "custom", "--epoch", "1"], "unrecognized arguments: --epoch"),
        (["train", "custom", "--learning-rate", "nan"], "learning rate must be at least"),
        (["train", "custom", "--optimiser", "adam"], "did you mean adamw?"),
        (["train", "custom", "--optimiser", "SGD"], "did you mean sgd?"),
        (["train", "custom", "--seed", "-1"], "seed must be between"),
        (["train", "custom", "--seed", "-1", "--labels", "10"], "seed must be between"),
        (["transfer", "--seed", "-1"], "seed must be between"),
        (["pretrain", "characters", "--seed", "-1"], "seed must be between"),
        (["train", "custom", "--seed", "one"], "invalid seed value: 'one'"),
        (["train", "custom", "--validation", "1"], "must be between 0 and 1"),
        (
            ["train", "custom", "--validation", "0.1", "--labels", "10"],
            "leaves 10 of 10 to train on and 0 to validate on",
        ),
        (["transfer", "--validation", "0.1", "--labels", "10"], "and 0 to validate on"),
        (["train", "custom", "--validation", "0.99", "--labels", "10"], "leaves 0 of 10"),
        (["train", "custom", "--labels", "0"], "0 training images cannot be taken"),
        (["train", "custom", "--learning-rate", "inf"], "received inf"),
        (["train", "custom", "--image-size", "100000"], "between 1 and 4096"),
        (
            ["train", "custom", "--validation", "0.2", "--patience", "-1"],
            "patience must be 0 epochs or more",
        ),
        (["transfer", "--hidden", "-5"], "between 0 and 100000 units"),
        (["transfer", "--weights", "imagenet", "--image-size", "8"], "32 to 4096 pixels"),
        (["train", "resnet50", "--image-size", "16"], "32 pixels or more"),
        (["evaluate"], "required: MODEL"),
        (["evaluate", "nowhere"], "no file or folder nowhere"),
        (["predict", "."], "required: IMAGE"),
        (["predict", "nowhere", "a.png"], "no file or folder nowhere"),
        (["predict", ".", "a.png"], "no file or folder a.png"),
        (["evaluate", "."], "no model model.keras"),
    ],
)
def test_bad_words_get_one_sentence_and_leave_nothing(words, answer, sentence, tmp_path) -> None:
    assert answer in sentence(*words)
    assert names(tmp_path) in ([], ["runs"])
    assert not (tmp_path / "runs").exists() or names(tmp_path / "runs") == []


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["train", "custom", "--patience", "2"], "hold out a share of the training images"),
        (["train", "custom", "--validation", "1.5"], "must be between 0 and 1: received 1.5"),
        (["train", "custom", "--validation", "nan"], "must be between 0 and 1"),
        (["train", "custom", "--labels", "-3"], "-3 training images cannot be taken"),
        (["train", "custom", "--flip", "2"], "flip must be between 0 and 1"),
        (["train", "resnet50", "--image-size", "16"], "needs images of 32 pixels or more"),
        (["train", "custom", "--data", "mnits"], "did you mean mnist?"),
        (["train", "custom", "--data", "mnist", "--data-folder", "no"], "no does not exist"),
        (["transfer", "--weights", "foo.npz"], "there are no weights 'foo.npz'"),
        (["transfer", "--weights", "other.npz"], "was not written by `resnet-course pretrain`"),
        (["transfer", "--weights", "own.h5"], "HDF5"),
        (["transfer", "--weights", "text.keras"], "is not a Keras model"),
        (["transfer", "--weights", "imagenet", "--image-size", "8"], "32 to 4096 pixels"),
        (["transfer", "--patience", "2"], "hold out a share of the training images"),
        (["transfer", "--hidden", "-5"], "between 0 and 100000 units"),
        (["transfer", "--head-epochs", "0"], "epochs must be at least 1"),
        (["transfer", "--tuning-flip", "2"], "flip must be between 0 and 1"),
        (["pretrain", "caracters"], "did you mean characters?"),
        (["pretrain", "characters", "--epochs", "0"], "epochs must be at least 1"),
        (["evaluate", "text.keras"], "is not a Keras model"),
        (["evaluate", "empty.keras", "--data", "mnits"], "did you mean mnist?"),
        (["evaluate", "empty.keras", "--plots", "text.keras"], "text.keras is a file"),
        (["predict", "text.keras", "text.keras"], "is not a Keras model"),
        (
            ["predict", "empty.keras", "text.keras", "--plot", "a.doc"],
            "its name must end in .png",
        ),
    ],
)
def test_what_is_wrong_from_the_start_is_refused_before_anything_is_loaded(
    words: list[str], answer: str, sentence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*_: object) -> None:
        raise AssertionError("something was loaded")

    np.savez("other.npz", x=np.zeros(1))
    (tmp_path / "own.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    (tmp_path / "text.keras").write_text("no model")
    with zipfile.ZipFile("empty.keras", "w") as archive:
        archive.writestr("config.json", "{}")
    before = names(tmp_path)
    monkeypatch.setattr(sets, "load", load)
    for module in ("training", "transferring"):
        monkeypatch.setattr(f"resnet_course.commands.{module}.import_keras", load)
    assert answer in sentence(*words)
    assert names(tmp_path) == before


def test_training_leaves_a_run(run: Path) -> None:
    assert names(run) == [
        "calibration.png",
        "confusion_matrix.png",
        "familiarity.npz",
        "learning_curve.png",
        "model.keras",
        "most_confident_errors.png",
        "result.json",
    ]
    result = json.loads((run / "result.json").read_text())
    assert result["recipe"]["epochs"] == 3
    assert result["recipe"]["image_size"] == recipes.default_recipe("custom", "digits").image_size
    assert result["accuracy"] > 0.5


def test_a_thorough_training_of_other_images_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["train", "custom", "--data", "digits", "--thorough"]) == 2
    assert "thorough recipe is for custom on mnist" in capsys.readouterr().err


def test_training_shows_progress_and_says_where_the_run_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "custom", "--epochs", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("epoch 1/1")
    assert lines[-2].startswith("test accuracy")
    assert lines[-1] == f"saved in {Path('runs', 'custom-digits')}"
    assert (tmp_path / "runs" / "custom-digits" / "model.keras").exists()


def test_an_earlier_run_is_not_overwritten(run: Path, sentence) -> None:
    before = (run / "model.keras").read_bytes()
    assert "already holds a run" in sentence(*TRAIN, "--output", run)
    assert (run / "model.keras").read_bytes() == before


def test_a_run_that_is_interrupted_before_its_first_step_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("resnet_course.training.loop.train", interrupt)
    assert main([*TRAIN, "--output", "run"]) == 130
    assert capsys.readouterr().err == "\nresnet-course: interrupted.\n"
    assert names(tmp_path) == []


class Interrupt(keras.callbacks.Callback):
    """Presses Ctrl-C after some steps."""

    left = 0

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        Interrupt.left -= 1
        if Interrupt.left == 0:
            raise KeyboardInterrupt


def test_a_run_that_is_interrupted_goes_on_when_asked_to(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sentence,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(
        "resnet_course.training.tensorboard.callbacks", lambda folder: [Interrupt()]
    )
    monkeypatch.setattr("shutil.copytree", lambda *_: None)
    words = [*TRAIN, "--labels", "200", "--shift", "1", "--output", "run", "--tensorboard"]
    Interrupt.left = 3
    assert main(words) == 130
    assert "interrupted; what was done so far is in run.unfinished" in capfd.readouterr().err
    assert names(tmp_path) == ["run.unfinished"]
    assert "holds an unfinished run: add --resume" in sentence(*words)
    assert "has seed 0, and this one 1" in sentence(*words, "--resume", "--seed", "1")
    assert main([*words, "--resume"]) == 0
    assert names(tmp_path) == ["run"]
    resumed = json.loads((tmp_path / "run" / "result.json").read_text())
    assert main([*words, "--output", "whole"]) == 0
    whole = json.loads((tmp_path / "whole" / "result.json").read_text())
    assert resumed["curve"] == whole["curve"]
    assert resumed["accuracy"] == whole["accuracy"]
    capfd.readouterr()
    assert main([*words, "--resume"]) == 0
    assert capfd.readouterr().out == "run is finished: there is nothing to resume.\n"


def test_a_full_disk_keeps_what_is_done(tmp_path: Path, monkeypatch, capfd) -> None:
    real, steps = Checkpoints.write, []
    monkeypatch.setattr("resnet_course.training.callbacks.SECONDS_BETWEEN_STATES", 0.0)
    monkeypatch.setattr("resnet_course.training.callbacks.TIMES_WRITING", 0.0)

    def full(self, *arguments) -> None:
        steps.append(1)
        if len(steps) == 3:
            raise OSError(28, "No space left on device", "run.unfinished/state-0")
        real(self, *arguments)

    monkeypatch.setattr(Checkpoints, "write", full)
    words = [*TRAIN, "--labels", "200", "--output", "run"]
    assert main(words) == 2
    answer = capfd.readouterr().err
    assert "run.unfinished/state-0: No space left on device. Make room; what was done" in answer
    assert names(tmp_path) == ["run.unfinished"]
    assert main([*words, "--resume"]) == 0
    assert names(tmp_path) == ["run"]


def test_a_run_that_replaces_another_goes_on_when_asked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [*TRAIN, "--labels", "100", "--output", "run"]
    assert main([*words, "--seed", "1"]) == 0
    monkeypatch.setattr(
        "resnet_course.training.tensorboard.callbacks", lambda folder: [Interrupt()]
    )
    monkeypatch.setattr("shutil.copytree", lambda *_: None)
    Interrupt.left = 3
    assert main([*words, "--tensorboard", "--overwrite"]) == 130
    assert names(tmp_path) == ["run", "run.unfinished"]
    assert main([*words, "--tensorboard", "--resume"]) == 0
    assert names(tmp_path) == ["run"]
    assert json.loads((tmp_path / "run" / "result.json").read_text())["seed"] == 0


def test_a_state_without_its_settings_is_not_gone_on_with(tmp_path: Path, sentence) -> None:
    words = [*TRAIN, "--labels", "100", "--output", "run"]
    folder = tmp_path / "run.unfinished"
    folder.mkdir()
    for name in ("state-0", "state-1"):
        (folder / name).write_bytes(b"damaged")
    assert "settings.json beside it cannot be read" in sentence(*words)
    (folder / "settings.json").write_text("{")
    assert "settings.json beside it cannot be read" in sentence(*words, "--resume")
    assert main([*words, "--overwrite", "--epochs", "1"]) == 0


def test_an_unfinished_run_of_other_images_is_not_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sentence, capfd
) -> None:
    rng = np.random.default_rng(0)
    for place in range(20):
        (tmp_path / "photos" / "ab"[place % 2]).mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(rng.integers(0, 256, (40, 40, 3), dtype=np.uint8))
        picture.save(tmp_path / "photos" / "ab"[place % 2] / f"{place:02}.png")
    monkeypatch.setattr(
        "resnet_course.training.tensorboard.callbacks", lambda folder: [Interrupt()]
    )
    Interrupt.left = 3
    words = ["train", "custom", "--data", "photos", "--output", "run", "--batch-size", "4"]
    assert main([*words, "--tensorboard"]) == 130
    capfd.readouterr()
    (tmp_path / "photos" / "a").rename(tmp_path / "photos" / "c")
    assert "has digest of the images" in sentence(*words, "--resume", "--tensorboard")


def test_one_s_own_photographs_are_trained_on_as_they_need_and_a_result_at_chance_is_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    levels = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    for name in "ab":
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(30):  # what is the same in both classes cannot be told apart
            Image.fromarray(levels).save(tmp_path / "photos" / name / f"{number}.jfif", "JPEG")
    (tmp_path / "photos" / "a" / "damaged.png").write_text("no image")
    words = [
        "train",
        "custom",
        "--data",
        "photos",
        "--image-size",
        "8",
        "--class-weights",
        "--epochs",
        "1",
    ]
    assert main([*words, "--output", "run"]) == 0
    said = capfd.readouterr()
    assert said.err == (
        "resnet-course: photos: left out 1 image that cannot be read (a/damaged.png).\n"
    )
    assert said.out.splitlines()[-2].startswith("This is no better than chance: guessing would be")
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert result["at_chance"] is True
    assert result["recipe"]["class_weights"] is True
    assert result["recipe"]["batch_size"] == 32
    assert result["recipe"]["flip"] == 0.5
    assert main(["evaluate", "run"]) == 0
    said = capfd.readouterr()
    assert "This is no better than chance" in said.out
    assert "left out 1 image" in said.err


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 9 bytes"),
        type("ResourceExhaustedError", (Exception,), {})("OOM when allocating a tensor"),
    ],
)
def test_too_little_memory_gets_one_sentence_and_leaves_nothing(
    error: Exception, tmp_path: Path, monkeypatch, capfd
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(loop, "train", fail)
    assert main([*TRAIN, "--output", "run"]) == 2
    assert "needs more memory than there is" in capfd.readouterr().err
    assert names(tmp_path) == []


def test_an_error_of_the_program_keeps_its_traceback(monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(loop, "train", fail)
    with pytest.raises(RuntimeError, match="a mistake"):
        main([*TRAIN, "--output", "run"])


def test_the_settings_file_of_keras_does_not_turn_images_or_numbers_around(tmp_path: Path) -> None:
    (tmp_path / "keras").mkdir()
    strange = {"image_data_format": "channels_first", "floatx": "float16"}
    (tmp_path / "keras" / "keras.json").write_text(json.dumps(strange))
    program = (
        "from resnet_course.quiet import import_keras; import_keras(); from keras import config;"
        "print(config.image_data_format(), config.floatx())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.split() == ["channels_last", "float32"]


def test_a_run_goes_on_under_a_name_in_another_unicode_form(tmp_path: Path) -> None:
    begun = tmp_path / "run.unfinished"
    begun.mkdir()
    (begun / "settings.json").write_text(json.dumps({"data": "cafe\u0301"}))
    (begun / "state-0").write_bytes(b"begun")
    with unfinished_run(tmp_path / "run", {"data": "caf\u00e9"}, resume=True) as state:
        assert (state / "state-0").exists()


def test_two_runs_in_one_folder_are_refused(tmp_path: Path, sentence) -> None:
    with unfinished_run(Path("run"), {}):
        for words in (TRAIN, [*TRAIN, "--resume"], [*TRAIN, "--overwrite"]):
            assert "is training in run.unfinished" in sentence(*words, "--output", "run")


def test_a_full_disk_gets_one_sentence_and_leaves_nothing(
    run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def full(*_, **__):
        raise OSError(28, "No space left on device", "run/model.keras")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", full)
    assert main(["predict", str(run), str(draw(tmp_path / "seven.png", 0))]) == 2
    said = capfd.readouterr()
    assert "seven.png" in said.out, "the answer is told before it is drawn"
    assert said.err == "resnet-course: predictions.png: No space left on device.\n"
    assert names(tmp_path) == ["seven.png"]


def test_evaluation_agrees_with_the_run(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(run), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["accuracy"] == json.loads((run / "result.json").read_text())["accuracy"]
    assert np.sum(figures["confusion"]) == figures["images"] == 355


def test_evaluation_prints_a_report_and_draws(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evaluate", str(run / "model.keras"), "--data", "digits", "--plots", "pictures"]
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("accuracy ")
    assert "confusion_matrix.png" in names(tmp_path / "pictures")


def test_a_model_of_unknown_data_must_be_told_what_to_be_measured_on(
    run: Path, tmp_path: Path, sentence
) -> None:
    (tmp_path / "model.keras").write_bytes((run / "model.keras").read_bytes())
    assert "name the data set with --data" in sentence("evaluate", "model.keras")


def test_data_that_do_not_fit_the_model_are_refused(run: Path, tmp_path: Path, sentence) -> None:
    x, y = np.zeros((10, 28, 28), np.uint8), np.arange(10)
    np.savez(tmp_path / "mnist.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    answer = sentence("evaluate", run, "--data", "mnist", "--data-folder", tmp_path)
    assert "images of 8x8x1, and those of mnist are 28x28x1" in answer


def test_pictures_of_digits_are_recognised(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    positions = range(0, 355, 15)
    files = [draw(tmp_path / f"{p}.png", p, dark=p % 2 == 0) for p in positions]
    assert main(["predict", str(run), *map(str, files)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    truth = [str(sets.load("digits").y_test[p]) for p in positions]
    assert [line[0] for line in lines] == [str(file) for file in files]
    assert all(line[2].endswith("%") for line in lines)
    assert np.mean([line[1] == label for line, label in zip(lines, truth, strict=True)]) > 0.7
    with Image.open(tmp_path / "predictions.png") as plot:
        assert plot.format == "PNG"


def test_predictions_come_as_json_and_without_a_plot(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = draw(tmp_path / "digit.jpg", 3)
    assert main(["predict", str(run), str(file), "--json", "--no-plot"]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert record["image"] == str(file)
    assert sum(record["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert names(tmp_path) == ["digit.jpg"]


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
def test_a_file_name_that_is_no_text_does_no_harm(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = draw(tmp_path / "digit.png", 3).rename(tmp_path / "digit\udcff.png")
    assert main(["predict", str(run), str(file)]) == 0
    assert "digit\\udcff.png" in capsys.readouterr().out


def test_the_plot_goes_where_it_is_asked_for(run: Path, tmp_path: Path) -> None:
    file = draw(tmp_path / "digit.png", 3)
    assert main(["predict", str(run), str(file), "--plot", "answers/one.pdf"]) == 0
    assert (tmp_path / "answers" / "one.pdf").read_bytes().startswith(b"%PDF")


def test_the_picture_never_replaces_an_image(run: Path, tmp_path: Path, sentence) -> None:
    image = draw(tmp_path / "predictions.png", 0)
    before = image.read_bytes()
    assert "would replace an image of that name" in sentence("predict", run, image)
    assert image.read_bytes() == before


def test_other_classes_of_the_same_number_are_refused(run: Path, tmp_path: Path, sentence) -> None:
    (tmp_path / "moved").mkdir()
    result = json.loads((run / "result.json").read_text())
    result["class_names"][0] = "nought"
    (tmp_path / "moved" / "result.json").write_text(json.dumps(result))
    (tmp_path / "moved" / "model.keras").write_bytes((run / "model.keras").read_bytes())
    assert "name data with the same classes" in sentence("evaluate", "moved")


def test_a_result_of_another_model_is_refused(run: Path, tmp_path: Path, sentence) -> None:
    (tmp_path / "moved").mkdir()
    result = json.loads((run / "result.json").read_text()) | {"image_shape": [28, 28, 1]}
    (tmp_path / "moved" / "result.json").write_text(json.dumps(result))
    (tmp_path / "moved" / "model.keras").write_bytes((run / "model.keras").read_bytes())
    assert "does not belong to the model beside it" in sentence("evaluate", "moved")


def test_weights_that_become_no_numbers_are_refused(tmp_path: Path, capfd) -> None:
    words = [*TRAIN[:2], "--labels", "10", "--epochs", "1", "--learning-rate", "1e30"]
    assert main([*words, "--output", "run"]) == 2
    assert "lower the learning rate, which is 1e+30" in capfd.readouterr().err
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("weight", "activation", "answer"),
    [(np.nan, "softmax", "the model returns NaN"), (1, None, "Add a softmax at its end")],
)
def test_a_model_that_says_no_probabilities_is_refused(
    weight: float, activation: str | None, answer: str, tmp_path: Path, sentence
) -> None:
    inputs = keras.Input((8, 8, 1))
    X = keras.layers.Flatten()(inputs)
    model = keras.Model(inputs, keras.layers.Dense(10, activation)(X))
    model.set_weights([np.full_like(array, weight) for array in model.get_weights()])
    model.save("model.keras")
    assert answer in sentence("evaluate", "model.keras", "--data", "digits")
    assert answer in sentence("predict", "model.keras", draw(tmp_path / "seven.png", 0))


def test_what_a_run_was_asked_for_is_in_its_result(run: Path) -> None:
    asked = json.loads((run / "result.json").read_text())["settings"]
    assert (asked["data"], asked["labels"], asked["validation"]) == ("digits", None, 0)
    assert asked["digest of the images"] == sets.load("digits").digest()


def test_wrong_image_files_are_named(run: Path, tmp_path: Path, sentence) -> None:
    good = draw(tmp_path / "good.png", 3)
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "folder.png").mkdir()
    Image.new("L", (50, 50), 255).save(tmp_path / "blank.png")
    assert "there is no file or folder gone.png" in sentence("predict", run, good, "gone.png")
    assert "text.png is not an image" in sentence("predict", run, "text.png")
    assert "blank.png cannot be used" in sentence("predict", run, "blank.png")
    assert "folder.png is a folder" in sentence("predict", run, "folder.png")
    assert "its name must end in .png" in sentence("predict", run, good, "--plot", "answer.doc")
    assert names(tmp_path) == ["blank.png", "folder.png", "good.png", "text.png"]


def test_a_wrong_image_file_does_not_keep_others_from_being_predicted(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = draw(tmp_path / "good.png", 3)
    (tmp_path / "text.png").write_text("not a picture")
    assert main(["predict", str(run), str(good), "text.png", str(good)]) == 2
    said = capsys.readouterr()
    assert [line.split()[0] for line in said.out.splitlines()] == [str(good)] * 2
    assert said.err.splitlines() == [
        "resnet-course: text.png is not an image: name a PNG or JPEG file.",
        "wrote predictions.png",
    ]


def test_what_is_no_model_is_named(tmp_path: Path, sentence) -> None:
    (tmp_path / "model.keras").write_text("not a model")
    assert "model.keras is not a Keras model" in sentence("evaluate", "model.keras")
    assert "model.keras is not a Keras model" in sentence("predict", ".", "model.keras")


def test_real_mnist_goes_from_training_to_prediction(
    mnist: sets.Dataset,
    real_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from dataclasses import replace

    small = replace(mnist.take(3000), x_test=mnist.x_test[:500], y_test=mnist.y_test[:500])
    monkeypatch.setattr(sets, "load", lambda *_: small)
    assert main(["train", "custom", "--data", "mnist", "--epochs", "2", "--output", "run"]) == 0
    for position in range(8):
        Image.fromarray(255 - mnist.x_test[position, ..., 0]).save(tmp_path / f"{position}.png")
    capsys.readouterr()
    assert main(["predict", "run", *(f"{position}.png" for position in range(8))]) == 0
    said = [line.split()[1] for line in capsys.readouterr().out.splitlines()]
    assert np.mean(np.array(said, int) == mnist.y_test[:8]) >= 0.75
