"""Backbones turn raw images into features, whatever they were trained on and where they are."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from resnet_course.data import sets
from resnet_course.data.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.finetuning import backbones
from resnet_course.finetuning.backbones import backbone, from_weights, save_weights
from resnet_course.training import networks
from resnet_course.training.networks import without_classifier


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return sets.load("digits")


@pytest.fixture(scope="module")
def pretrained() -> keras.Model:
    """Give an untrained network with statistics of its own, ready for raw 28x28 pixels."""
    keras.utils.set_random_seed(0)
    images = np.random.default_rng(0).integers(0, 256, (40, 28, 28, 1), dtype=np.uint8)
    labels = np.arange(40) % 7
    source = Dataset("source", images, labels, images, labels, tuple("abcdefg"))
    network = backbones.EMBEDDED["characters"][0]((28, 28, 1), 7)
    for weight in network.weights:
        weight.assign(weight + 0.1)
    return networks.from_pixels(network, source)


@pytest.fixture(scope="module")
def file(pretrained: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "own.npz"
    save_weights(pretrained, "characters", path, {"weights": "characters"})
    return path


@pytest.mark.numerical
def test_weights_survive_on_disk_up_to_half_precision(pretrained: keras.Model, file: Path) -> None:
    images = np.random.default_rng(1).integers(0, 256, (5, 28, 28, 1), dtype=np.uint8)
    expected = without_classifier(pretrained).predict(images, verbose=0)
    found = from_weights("characters", file.read_bytes()).predict(
        images.astype(np.float32), verbose=0
    )
    np.testing.assert_allclose(found, expected, rtol=0.02, atol=0.02)


def test_a_file_of_weights_is_told_by_its_content(file: Path, digits: Dataset) -> None:
    model = backbone(file, digits)
    assert model.input_shape == (None, 8, 8, 1)
    assert model.output_shape == (None, 128)
    assert np.isfinite(model.predict(digits.x_test[:3], verbose=0)).all()


@pytest.mark.numerical
def test_colour_images_become_grey_for_a_grey_backbone(file: Path, digits: Dataset) -> None:
    colour = replace(digits, x_train=digits.x_train.repeat(3, -1))
    from_grey = backbone(file, digits).predict(digits.x_train[:3], verbose=0)
    from_colour = backbone(file, colour).predict(colour.x_train[:3], verbose=0)
    np.testing.assert_allclose(from_colour, from_grey, rtol=1e-3, atol=1e-3)


@pytest.mark.numerical
def test_a_model_of_ones_own_is_a_backbone_without_its_classifier(
    pretrained: keras.Model, tmp_path: Path, digits: Dataset
) -> None:
    pretrained.save(tmp_path / "model.keras")
    model = backbone(tmp_path / "model.keras", digits)
    assert model.output_shape == (None, 128)
    bigger = keras.ops.image.resize(digits.x_test[:3].astype(np.float32), (28, 28))
    expected = without_classifier(pretrained).predict(bigger, verbose=0)
    found = model.predict(digits.x_test[:3], verbose=0)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)
    called = keras.ops.convert_to_numpy(model(digits.x_test[:3]))
    np.testing.assert_allclose(called, found, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", backbones.shipped())
def test_the_weights_in_the_package_are_whole(name: str, digits: Dataset) -> None:
    model = backbone(name, digits)
    features = model.predict(digits.x_test[:20], verbose=0)
    assert np.isfinite(features).all()
    assert features.std(axis=0).max() > 0.01


def test_the_weights_in_the_package_take_four_megabytes_at_most() -> None:
    assert sum(len(backbones.embedded_file(name)) for name in backbones.shipped()) <= 4e6


@pytest.mark.numerical
def test_imagenet_weights_get_the_images_that_keras_prepares(monkeypatch, digits: Dataset) -> None:
    inputs = keras.Input((32, 32, 3))
    echo = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(inputs))
    monkeypatch.setattr(keras.applications, "ResNet50", lambda **_: echo)
    colour = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    found = backbone("imagenet", replace(digits, x_train=colour), 32).predict(colour, verbose=0)
    prepared = keras.applications.resnet.preprocess_input(colour.astype(np.float32))
    np.testing.assert_allclose(found, prepared.mean(axis=(1, 2)), rtol=1e-3, atol=1e-3)


@pytest.fixture
def keras_server(tmp_path: Path, monkeypatch) -> Path:
    """Let Keras download from a folder here, and keep what it gets in another."""
    served, kept = tmp_path / "served", tmp_path / "kept"
    served.mkdir()
    kept.mkdir()

    def copy(address: str, target: str, *_: object) -> None:
        shutil.copy(served / address.rsplit("/", 1)[-1], target)

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", copy)
    monkeypatch.setattr("keras.src.utils.file_utils.config.keras_home", lambda: str(kept))
    return served


@pytest.mark.numerical
def test_imagenet_weights_come_through_the_download_and_hash_of_keras(
    keras_server: Path, monkeypatch, digits: Dataset
) -> None:
    keras.utils.set_random_seed(1)
    network = keras.applications.ResNet50(weights=None, include_top=False, pooling="avg")
    file = keras_server / "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"
    network.save(keras_server / "model.h5")
    with h5py.File(keras_server / "model.h5") as model, h5py.File(file, "w") as weights:
        group = model["model_weights"]
        weights.attrs.update(group.attrs)
        for layer in group:
            group.copy(layer, weights)
    hashes = {"resnet50": ("", hashlib.md5(file.read_bytes()).hexdigest())}
    with pytest.raises(CourseError, match=r"could not be loaded .*corrupted"):
        backbone("imagenet", digits, 32)
    monkeypatch.setattr("keras.src.applications.resnet.WEIGHTS_HASHES", hashes)
    model = backbone("imagenet", digits, 32)
    images = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 1), dtype=np.uint8)
    large = keras.ops.image.resize(np.repeat(images, 3, axis=-1).astype("float32"), (32, 32))
    prepared = keras.applications.resnet.preprocess_input(keras.ops.convert_to_numpy(large))
    np.testing.assert_allclose(
        model.predict(images, verbose=0), network.predict(prepared, verbose=0), rtol=1e-3, atol=1e-4
    )


def test_weights_that_cannot_be_used_get_one_sentence(
    tmp_path: Path, file: Path, digits: Dataset, monkeypatch
) -> None:
    def refused(weights: str | Path) -> str:
        with pytest.raises(CourseError) as caught:
            backbone(weights, digits)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    assert "there are no weights 'nowhere': choose from characters, cifar10" in refused("nowhere")
    (tmp_path / "cut.npz").write_bytes(file.read_bytes()[:-50])
    assert "is damaged" in refused(tmp_path / "cut.npz")
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    assert "was not written by `resnet-course pretrain`" in refused(tmp_path / "other.npz")
    inputs = keras.Input((8, 8, 1))
    flat = keras.Model(inputs, keras.layers.Flatten()(inputs), name="flat")
    flat.save(tmp_path / "flat.keras")
    assert "ends in Flatten, not in a dense layer" in refused(tmp_path / "flat.keras")

    def offline(**_: object) -> None:
        raise OSError("URL fetch failure\non a line of its own.")

    monkeypatch.setattr(keras.applications, "ResNet50", offline)
    assert "could not be loaded (URL fetch failure on a line of its own)" in refused("imagenet")
