"""An exported model says the same in a process that knows nothing of this project."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from resnet_course.cli import main
from resnet_course.data import sets
from resnet_course.results import exporting, run_folder

FORMATS = ["keras", "savedmodel", "tflite", "onnx"]
CAN_WRITE_ONNX = all(map(importlib.util.find_spec, ("onnx", "tf2onnx", "onnxruntime")))

pytestmark = pytest.mark.skipif(
    keras.config.backend() != "tensorflow", reason="written with the TensorFlow backend"
)

#: Reads every export in a folder and writes what it says about the images there.
READER = """
import sys
from pathlib import Path

sys.modules["resnet_course"] = sys.modules["checks"] = None
import numpy as np

folder = Path(sys.argv[1])
images = np.load(folder / "images.npy")
said = {}
for path in folder.iterdir():
    if path.suffix == ".keras":
        import keras

        model = keras.models.load_model(path)
        assert not isinstance(model.input, list) and not isinstance(model.output, list)
        said[path.name] = model.predict(images, verbose=0)
    elif path.is_dir():
        import tensorflow as tf

        loaded = tf.saved_model.load(path)
        said[path.name] = loaded.serve(images).numpy()
    elif path.suffix == ".tflite":
        import tensorflow as tf

        interpreter = tf.lite.Interpreter(str(path))
        (taken,), (given,) = interpreter.get_input_details(), interpreter.get_output_details()
        interpreter.resize_tensor_input(taken["index"], images.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(taken["index"], images)
        interpreter.invoke()
        said[path.name] = interpreter.get_tensor(given["index"])
    elif path.suffix == ".onnx":
        import onnxruntime

        session = onnxruntime.InferenceSession(str(path))
        (taken,) = session.get_inputs()
        (said[path.name],) = session.run(None, {taken.name: images})
np.savez(folder / "said.npz", **said)
"""


def small_weights(folder: Path) -> Path:
    """Write a network to transfer from, for RGB images of another size than those of digits."""
    keras.utils.set_random_seed(3)
    inputs = keras.Input((12, 12, 3))
    X = keras.layers.Conv2D(8, 3, activation="relu")(keras.layers.Rescaling(1 / 128)(inputs))
    X = keras.layers.Flatten()(keras.layers.MaxPooling2D(2)(keras.layers.BatchNormalization()(X)))
    path = folder / "small.keras"
    keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(X)).save(path)
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "trained"
    words = ["train", "custom", "--labels", "200", "--epochs", "2", "--output", str(folder)]
    assert main(words) == 0
    return folder


@pytest.fixture(scope="module")
def transferred(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "transferred"
    words = ["transfer", "--weights", str(small_weights(folder.parent)), "--labels", "100"]
    words += ["--no-cache", "--head-epochs", "3", "--tuning-epochs", "2"]
    assert main([*words, "--output", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("kind", ["trained", "transferred"])
def test_every_format_gives_the_same_probabilities_without_this_project(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch, capfd
) -> None:
    run = request.getfixturevalue(kind)
    capfd.readouterr()
    monkeypatch.chdir(tmp_path)
    images = sets.load("digits").x_test[:50]
    np.save("images.npy", images)
    written = [name for name in FORMATS if name != "onnx" or CAN_WRITE_ONNX]
    for name in written:
        assert main(["export", str(run), "--format", name]) == 0
        said = capfd.readouterr()
        assert said.out.startswith(f"wrote {exporting.default_path(run, name)}: from uint8 pixels")
        assert said.err == ""
    command = [sys.executable, "-c", READER, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    expected = run_folder.load(run).model.predict(images, verbose=0)
    with np.load("said.npz") as archive:
        assert len(archive.files) == len(written)
        for name in archive.files:
            np.testing.assert_allclose(archive[name], expected, atol=1e-5, err_msg=name)
            assert np.array_equal(archive[name].argmax(axis=1), expected.argmax(axis=1))


def test_a_saved_model_takes_and_gives_one_tensor(trained: Path, transferred: Path) -> None:
    for run in (trained, transferred):
        model = keras.models.load_model(run / "model.keras")
        assert not isinstance(model.input, list)
        assert not isinstance(model.output, list)


def test_a_model_of_lists_of_one_tensor_is_exported_all_the_same(tmp_path: Path) -> None:
    inputs = keras.Input((8, 8, 1), dtype="uint8")
    X = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(inputs))
    keras.Model([inputs], [keras.layers.Dense(3, "softmax")(X)]).save(tmp_path / "lists.keras")
    words = ["export", str(tmp_path / "lists.keras"), "--format", "keras"]
    assert main([*words, "--output", str(tmp_path / "out.keras")]) == 0
    assert not isinstance(keras.models.load_model(tmp_path / "out.keras").input, list)


@pytest.fixture
def sentence(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run words that must be refused and leave nothing; give the one sentence."""
    monkeypatch.chdir(tmp_path)

    def refuse(*words: object) -> str:
        before = sorted(tmp_path.rglob("*"))
        capfd.readouterr()
        assert main(["export", *map(str, words)]) == 2
        written = capfd.readouterr()
        assert written.out == ""
        assert written.err.count("\n") == 1
        assert sorted(tmp_path.rglob("*")) == before
        return written.err

    return refuse


def test_bad_words_get_one_sentence(trained: Path, tmp_path: Path, sentence) -> None:
    assert "there is no file or folder nowhere" in sentence("nowhere", "--format", "keras")
    assert "--format" in sentence(trained)
    assert "did you mean tflite?" in sentence(trained, "--format", "tflit")
    assert "there is no model" in sentence(tmp_path, "--format", "keras")
    (tmp_path / "no.keras").write_text("no model")
    assert "is not a Keras model" in sentence("no.keras", "--format", "onnx", "--output", "a.onnx")
    answer = sentence(trained, "--format", "tflite", "--output", "model.onnx")
    assert "the file for tflite must end in .tflite: received model.onnx" in answer


def test_what_is_there_is_not_replaced_unless_asked(
    trained: Path, tmp_path: Path, sentence
) -> None:
    for name, path in (("keras", "a.keras"), ("savedmodel", "a")):
        words = [str(trained), "--format", name, "--output", path]
        assert main(["export", *words]) == 0
        assert "--overwrite" in sentence(*words)
        assert main(["export", *words, "--overwrite"]) == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    for path in ("mine", trained):
        answer = sentence(trained, "--format", "savedmodel", "--output", path, "--overwrite")
        assert "is not an earlier SavedModel (it holds no saved_model.pb)" in answer
    answer = sentence(trained, "--format", "savedmodel", "--output", "a.keras", "--overwrite")
    assert "a.keras is a file" in answer
    (tmp_path / "b.tflite").mkdir()
    answer = sentence(trained, "--format", "tflite", "--output", "b.tflite", "--overwrite")
    assert "b.tflite is a folder" in answer
    model = trained / "model.keras"
    answer = sentence(trained, "--format", "keras", "--output", model, "--overwrite")
    assert "is the model itself" in answer


def test_a_missing_package_is_named_with_what_installs_it(
    trained: Path, sentence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    answer = sentence(trained, "--format", "onnx")
    assert "onnx and tf2onnx must be installed: pip install 'resnet-course[onnx]'" in answer


@pytest.mark.parametrize("name", FORMATS)
def test_a_writing_that_fails_leaves_nothing(
    name: str, trained: Path, sentence, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(model: keras.Model, path: Path) -> None:
        path.mkdir(exist_ok=True) if name == "savedmodel" else path.write_text("half")
        raise ValueError("an operation\nthat is not known")

    monkeypatch.setitem(
        exporting.FORMATS, name, exporting.Format(fail, exporting.FORMATS[name].suffix)
    )
    answer = sentence(trained, "--format", name)
    assert f"cannot be written as {name} (an operation that is not known): choose" in answer
