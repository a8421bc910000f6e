"""Data sets come from where they should, and what is wrong with a file is said in one sentence."""

import gzip
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from resnet_course.data import sets
from resnet_course.errors import CourseError


@pytest.fixture(autouse=True)
def _empty_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(sets.FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "data"
    path.mkdir()
    return path


def arrays(train: int = 20, test: int = 10, shape: tuple[int, ...] = (28, 28), seed: int = 0):
    rng = np.random.default_rng(seed)
    return {
        "x_train": rng.integers(0, 256, (train, *shape), dtype=np.uint8),
        "y_train": (np.arange(train) % 10).astype(np.uint8),
        "x_test": rng.integers(0, 256, (test, *shape), dtype=np.uint8),
        "y_test": (np.arange(test) % 10).astype(np.uint8),
    }


def write_idx(path: Path, array: np.ndarray) -> None:
    header = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(header + array.tobytes()))


def write_fashion(cache: Path, content: dict[str, np.ndarray]) -> list[Path]:
    paths = [cache / file for file in sets.SOURCES["fashion_mnist"].cached]
    for path, name in zip(paths, sets.ARRAYS, strict=True):
        write_idx(path, content[name])
    return paths


def message_of(action) -> str:
    with pytest.raises(CourseError) as caught:
        action()
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith((".", "?"))
    return message


def test_digits_are_those_of_scikit_learn_stretched_to_bytes() -> None:
    from sklearn.datasets import load_digits

    digits = sets.load("digits")
    ours = np.concatenate([digits.x_train, digits.x_test])
    theirs = load_digits().images
    assert ours.dtype == np.uint8
    assert ours.shape == (1797, 8, 8, 1)
    assert ours.max() == 255
    back = sorted(map(tuple, np.rint(ours.reshape(1797, 64) * (16 / 255)).astype(int)))
    assert back == sorted(map(tuple, theirs.reshape(1797, 64).astype(int)))


def test_digits_are_split_evenly_over_the_classes_and_always_the_same_way() -> None:
    first, second = sets.load("digits"), sets.load("digits")
    counts = np.bincount(first.y_test)
    assert len(first.y_train) + len(first.y_test) == 1797
    assert counts.min() >= 34
    assert counts.max() <= 36
    assert np.array_equal(first.x_test, second.x_test)
    assert first.class_names == tuple("0123456789")


def test_a_data_set_is_read_from_the_data_folder(folder: Path) -> None:
    content = arrays()
    np.savez(folder / "mnist.npz", **content)
    mnist = sets.load("mnist", folder)
    assert mnist.x_train.shape == (20, 28, 28, 1)
    assert mnist.x_train.dtype == np.uint8
    assert np.array_equal(mnist.x_train[..., 0], content["x_train"])
    assert np.array_equal(mnist.y_test, content["y_test"])
    assert mnist.image_shape == (28, 28, 1)
    assert mnist.classes == 10


def test_the_environment_variable_names_the_data_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez_compressed(folder / "mnist.npz", **arrays(train=30))
    monkeypatch.setenv(sets.FOLDER_VARIABLE, str(folder))
    assert len(sets.load("mnist").y_train) == 30


def test_the_data_folder_comes_before_the_cache_of_keras(folder: Path) -> None:
    cache = sets.keras_cache()
    cache.mkdir(parents=True)
    np.savez(cache / "mnist.npz", **arrays(train=30))
    assert len(sets.load("mnist", folder).y_train) == 30
    np.savez(folder / "mnist.npz", **arrays(train=40))
    assert len(sets.load("mnist", folder).y_train) == 40


def test_fashion_mnist_is_read_from_the_four_files_of_keras() -> None:
    content = arrays()
    write_fashion(sets.keras_cache(), content)
    fashion = sets.load("fashion_mnist")
    assert np.array_equal(fashion.x_train[..., 0], content["x_train"])
    assert np.array_equal(fashion.y_test, content["y_test"])
    assert fashion.class_names[9] == "ankle boot"


def test_signs_has_six_classes_and_signs10_all(folder: Path) -> None:
    content = arrays(train=40, test=20, shape=(64, 64, 3))
    np.savez(folder / "signs.npz", **content)
    six, ten = sets.load("signs", folder), sets.load("signs10", folder)
    assert set(six.y_train) == set(range(6))
    assert six.classes == 6
    assert np.array_equal(six.x_test, content["x_test"][content["y_test"] < 6])
    assert len(ten.y_train) == 40
    assert ten.classes == 10


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"x_train": None}, "no array 'x_train'"),
        ({"x_train": np.zeros((20, 28, 28), np.float32)}, "received float32"),
        ({"x_train": np.zeros((20, 32, 32), np.uint8)}, "(20, 32, 32)"),
        ({"x_test": np.zeros((0, 28, 28), np.uint8), "y_test": np.zeros(0, int)}, "(0, 28, 28)"),
        ({"y_train": np.zeros(19, int)}, "must be 20 integers"),
        ({"y_train": np.zeros(20)}, "received float64"),
        ({"y_test": np.full(10, 10)}, "must be from 0 to 9: received 10 to 10"),
        ({"y_test": np.full(10, -1)}, "received -1 to -1"),
        ({"y_train": np.array([{}] * 20, dtype=object)}, "cannot be read"),
    ],
)
def test_wrong_arrays_are_named(folder: Path, changes: dict, words: str) -> None:
    content = {key: value for key, value in (arrays() | changes).items() if value is not None}
    np.savez(folder / "mnist.npz", **content)
    message = message_of(lambda: sets.load("mnist", folder))
    assert words in message
    assert str(folder / "mnist.npz") in message


def text_file(path: Path) -> None:
    path.write_text("not data at all\n")


def empty_file(path: Path) -> None:
    path.touch()


def truncated_archive(path: Path) -> None:
    np.savez(path, **arrays())
    path.write_bytes(path.read_bytes()[:-2000])


def damaged_archive(path: Path) -> None:
    np.savez_compressed(path, **arrays())
    content = bytearray(path.read_bytes())
    content[300:340] = bytes(40)
    path.write_bytes(content)


def single_array(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def other_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x_train.npy", "no array")
        for name in sets.ARRAYS[1:]:
            archive.writestr(f"{name}.npy", "none")


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    "write",
    [
        text_file,
        empty_file,
        truncated_archive,
        damaged_archive,
        single_array,
        other_archive,
        a_folder,
    ],
)
def test_a_file_that_is_no_whole_archive_is_named_with_what_to_do(folder: Path, write) -> None:
    write(folder / "mnist.npz")
    message = message_of(lambda: sets.load("mnist", folder))
    assert str(folder / "mnist.npz") in message
    assert "replace it with an intact copy" in message


def test_a_damaged_file_in_the_cache_says_that_deleting_it_downloads_it_again() -> None:
    sets.keras_cache().mkdir(parents=True)
    truncated_archive(sets.keras_cache() / "mnist.npz")
    assert "delete it, and it is downloaded again" in message_of(lambda: sets.load("mnist"))


@pytest.mark.parametrize("cut", [1, 40, 2000])
def test_a_gzipped_file_that_is_cut_short_is_named(cut: int) -> None:
    path = write_fashion(sets.keras_cache(), arrays())[0]
    path.write_bytes(path.read_bytes()[:-cut])
    assert str(path) in message_of(lambda: sets.load("fashion_mnist"))


def test_a_gzipped_file_with_fewer_images_than_it_claims_is_named() -> None:
    path = write_fashion(sets.keras_cache(), arrays())[0]
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-1]))
    assert "not a complete IDX file" in message_of(lambda: sets.load("fashion_mnist"))


def test_a_download_fills_the_cache_and_happens_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def download(files, target) -> None:
        asked.append(files)
        np.savez(target / files[0], **arrays(train=50))

    monkeypatch.setattr(sets, "download", download)
    assert len(sets.load("mnist").y_train) == 50
    assert len(sets.load("mnist").y_train) == 50
    assert asked == [("mnist.npz",)]
    assert [path.name for path in sets.keras_cache().iterdir()] == ["mnist.npz"]


def test_a_download_of_several_files_fills_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sets, "download", lambda files, to: write_fashion(to, arrays(train=60)))
    assert len(sets.load("fashion_mnist").y_train) == 60
    assert all(
        (sets.keras_cache() / file).exists() for file in sets.SOURCES["fashion_mnist"].cached
    )


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_a_download_that_is_cut_short_leaves_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(files, target) -> None:
        for file in files:
            (target / file).parent.mkdir(exist_ok=True)
            (target / file).write_bytes(b"PK\x03\x04 half")

    monkeypatch.setattr(sets, "download", download)
    message = message_of(lambda: sets.load(name))
    assert "could not be downloaded" in message
    assert sets.FOLDER_VARIABLE in message
    assert list(sets.keras_cache().iterdir()) == []


def test_without_a_network_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def download(files, target) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(sets, "download", download)
    message = message_of(lambda: sets.load("mnist"))
    assert "no route to host" in message
    assert "put mnist.npz into a folder" in message


def test_the_download_goes_through_keras_with_its_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    asked = []
    monkeypatch.setattr(
        keras.utils, "get_file", lambda name, **options: asked.append((name, options))
    )
    sets.download(("mnist.npz", "fashion-mnist/train-images-idx3-ubyte.gz"), tmp_path)
    assert [name for name, _ in asked] == ["mnist.npz", "train-images-idx3-ubyte.gz"]
    assert len(asked[0][1]["file_hash"]) == 64
    assert asked[1][1]["cache_subdir"] == "fashion-mnist"
    assert all(options["cache_dir"] == str(tmp_path) for _, options in asked)


def test_signs_that_are_nowhere_say_which_variable_to_set(folder: Path) -> None:
    assert sets.FOLDER_VARIABLE in message_of(lambda: sets.load("signs"))
    assert str(folder) in message_of(lambda: sets.load("signs", folder))


def test_a_data_folder_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sets.FOLDER_VARIABLE, "/nowhere/at/all")
    assert "/nowhere/at/all" in message_of(lambda: sets.load("mnist"))


@pytest.mark.parametrize(
    ("name", "hint"), [("mnits", "did you mean mnist?"), ("cats", "choose from digits, mnist")]
)
def test_an_unknown_data_set_gets_a_hint(name: str, hint: str) -> None:
    assert hint in message_of(lambda: sets.load(name))


def test_real_mnist_is_in_its_canonical_order(mnist: sets.Dataset) -> None:
    assert mnist.x_train.shape == (60000, 28, 28, 1)
    assert mnist.x_test.shape == (10000, 28, 28, 1)
    assert mnist.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.y_test[:5].tolist() == [7, 2, 1, 0, 4]


def test_real_signs_are_a_six_class_problem(signs: sets.Dataset) -> None:
    assert signs.image_shape == (64, 64, 3)
    assert signs.classes == 6
    assert set(signs.y_test) == set(range(6))
