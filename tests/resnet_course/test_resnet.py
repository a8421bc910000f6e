"""The networks against `keras.applications` and published parameter counts."""

from collections.abc import Callable, Iterator

import keras
import numpy as np
import pytest

from checks.probing.initial_weights import repeated_draws
from resnet_course.errors import CourseError
from resnet_course.keras_weights import copy_weights, load_keras_weights
from resnet_course.resnet import (
    ResNet18,
    ResNet34,
    ResNet50,
    ResNet101,
    ResNet152,
    block_names,
    mnist_resnet,
)

ANY_SIZE = (None, None, 3)


@pytest.fixture(scope="module", autouse=True)
def _initial_weights_at_little_cost() -> Iterator[None]:
    """Let networks begin with few random numbers again and again: `randomise` draws all anew."""
    with repeated_draws():
        yield


def randomise(model: keras.Model, seed: int) -> keras.Model:
    """Draw all weights anew, normalisation's too, so that every one of them counts."""
    generator = np.random.default_rng(seed)
    for layer in model.layers:
        weights = []
        for weight in layer.weights:
            if weight.name == "kernel":
                scale = np.sqrt(1 / np.prod(weight.shape[:-1]))
                weights.append(scale * generator.standard_normal(weight.shape, np.float32))
            elif weight.name in ("gamma", "moving_variance"):
                weights.append(generator.uniform(0.5, 1.5, weight.shape))
            else:
                weights.append(0.3 * generator.standard_normal(weight.shape))
        layer.set_weights(weights)
    return model


def official(name: str = "ResNet50", include_top: bool = False) -> keras.Model:
    """Return a network of `keras.applications` with random weights."""
    if include_top:
        return getattr(keras.applications, name)(weights=None)
    build = getattr(keras.applications, name)
    return build(weights=None, include_top=False, pooling="avg", input_shape=ANY_SIZE)


def features(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Return what a network hands to its classifier."""
    body = keras.Model(model.inputs[0], model.get_layer("avg_pool").output)
    return keras.ops.convert_to_numpy(body(images, training=False))


def photographs(size: int, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return generator.standard_normal((2, size, size, 3), np.float32)


def normalisations_and_kernels(model: keras.Model) -> list[np.ndarray]:
    body = [layer for layer in model.layers if not isinstance(layer, keras.layers.Dense)]
    return [weight for layer in body for weight in layer.get_weights()]


@pytest.fixture(scope="module")
def keras_resnet50() -> keras.Model:
    return randomise(official(), seed=1)


@pytest.fixture(scope="module")
def our_resnet50() -> keras.Model:
    return ResNet50(ANY_SIZE)


@pytest.mark.numerical
@pytest.mark.parametrize("size", [64, 224])
def test_resnet50_has_the_features_of_keras_applications(
    our_resnet50: keras.Model, keras_resnet50: keras.Model, size: int
) -> None:
    copy_weights(keras_resnet50, our_resnet50)
    expected = features(keras_resnet50, photographs(size))
    assert np.abs(expected).max() > 0.1
    assert np.abs(features(our_resnet50, photographs(size)) - expected).max() < 1e-5


@pytest.mark.numerical
@pytest.mark.parametrize("size", [64, 224])
def test_weights_copy_back_into_keras_applications(our_resnet50: keras.Model, size: int) -> None:
    randomise(our_resnet50, seed=2)
    copied = copy_weights(our_resnet50, official())
    expected = features(our_resnet50, photographs(size))
    assert np.abs(expected).max() > 0.1
    assert np.abs(features(copied, photographs(size)) - expected).max() < 1e-5


@pytest.mark.numerical
@pytest.mark.parametrize("build", [ResNet101, ResNet152])
def test_deeper_networks_have_the_features_of_keras_applications(
    build: Callable[..., keras.Model],
) -> None:
    theirs = randomise(official(build.__name__), seed=3)
    ours = copy_weights(theirs, build(ANY_SIZE))
    expected = features(theirs, photographs(32))
    difference = np.abs(features(ours, photographs(32)) - expected).max()
    assert difference < 1e-5 * max(1.0, np.abs(expected).max())


def test_the_classifier_is_left_alone_when_weights_are_copied(
    our_resnet50: keras.Model, keras_resnet50: keras.Model
) -> None:
    before = our_resnet50.layers[-1].get_weights()
    copy_weights(keras_resnet50, our_resnet50)
    for old, new in zip(before, our_resnet50.layers[-1].get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def trainable(model: keras.Model) -> int:
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def test_resnet50_has_the_published_numbers_of_parameters(
    our_resnet50: keras.Model, keras_resnet50: keras.Model
) -> None:
    body = keras.Model(our_resnet50.inputs, our_resnet50.get_layer("avg_pool").output)
    assert body.count_params() == keras_resnet50.count_params() == 23_587_712
    assert trainable(body) == 23_534_592
    assert our_resnet50.count_params() == 23_600_006


def test_resnet50_with_a_thousand_classes_is_as_large_as_that_of_keras_applications() -> None:
    assert ResNet50((224, 224, 3), 1000).count_params() == 25_636_712


def test_resnet18_for_small_images_has_the_published_number_of_parameters() -> None:
    assert trainable(ResNet18((32, 32, 3), 10)) == 11_173_962


def test_resnet34_has_sixteen_basic_blocks() -> None:
    layers = ResNet34().layers
    assert sum(isinstance(layer, keras.layers.Add) for layer in layers) == 16
    main_path = [layer for layer in layers if "branch2" in layer.name or layer.name == "res_conv1"]
    assert sum(isinstance(layer, keras.layers.Conv2D) for layer in main_path) + 1 == 34


def test_the_network_for_mnist_has_309418_parameters() -> None:
    assert mnist_resnet().count_params() == 309_418
    assert mnist_resnet(widths=(16, 32, 64)).count_params() == 78_426


@pytest.mark.parametrize(
    ("build", "shape", "classes"),
    [(ResNet50, (40, 64, 1), 3), (ResNet18, (16, 24, 3), 4), (mnist_resnet, (8, 12, 2), 5)],
)
def test_outputs_are_probabilities(
    build: Callable[..., keras.Model], shape: tuple[int, int, int], classes: int
) -> None:
    model = build(shape, classes)
    images = np.random.default_rng(0).standard_normal((3, *shape), np.float32)
    probabilities = keras.ops.convert_to_numpy(model(images, training=False))
    assert probabilities.shape == (3, classes)
    assert probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-5)


def test_a_saved_network_predicts_the_same_after_loading(tmp_path) -> None:
    model = randomise(mnist_resnet(), seed=4)
    model.save(tmp_path / "digits.keras")
    loaded = keras.models.load_model(tmp_path / "digits.keras")
    images = np.random.default_rng(0).standard_normal((2, 28, 28, 1), np.float32)
    np.testing.assert_array_equal(
        loaded.predict(images, verbose=0), model.predict(images, verbose=0)
    )


def test_a_saved_resnet50_predicts_the_same_after_loading(
    our_resnet50: keras.Model, tmp_path
) -> None:
    our_resnet50.save(tmp_path / "resnet50.keras")
    loaded = keras.models.load_model(tmp_path / "resnet50.keras")
    images = photographs(64)
    np.testing.assert_array_equal(
        loaded.predict(images, verbose=0), our_resnet50.predict(images, verbose=0)
    )


@pytest.mark.parametrize("file", ["notop.weights.h5", "notop.h5"])
def test_weights_are_loaded_from_a_file_of_keras_applications(
    our_resnet50: keras.Model, keras_resnet50: keras.Model, tmp_path, file: str
) -> None:
    save = keras_resnet50.save_weights if ".weights." in file else keras_resnet50.save
    save(tmp_path / file)
    randomise(our_resnet50, seed=5)
    assert load_keras_weights(our_resnet50, tmp_path / file) is our_resnet50
    expected = features(keras_resnet50, photographs(64))
    np.testing.assert_array_equal(features(our_resnet50, photographs(64)), expected)


def test_weights_are_loaded_from_a_model_of_keras_applications(
    our_resnet50: keras.Model, keras_resnet50: keras.Model
) -> None:
    randomise(our_resnet50, seed=6)
    load_keras_weights(our_resnet50, keras_resnet50)
    expected = features(keras_resnet50, photographs(64))
    np.testing.assert_array_equal(features(our_resnet50, photographs(64)), expected)


def test_a_missing_weights_file_is_named(our_resnet50: keras.Model, tmp_path) -> None:
    with pytest.raises(CourseError, match=r"nowhere\.h5: expected a file with weights"):
        load_keras_weights(our_resnet50, tmp_path / "nowhere.h5")


@pytest.mark.parametrize("file", ["text.h5", "text.weights.h5", "text.txt"])
def test_a_file_that_holds_no_weights_is_refused(
    our_resnet50: keras.Model, tmp_path, file: str
) -> None:
    (tmp_path / file).write_text("not weights")
    before = normalisations_and_kernels(our_resnet50)
    with pytest.raises(CourseError, match=rf"{file}: expected weights of .*ResNet50"):
        load_keras_weights(our_resnet50, str(tmp_path / file))
    for old, new in zip(before, normalisations_and_kernels(our_resnet50), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("name", ["MobileNetV2", "ResNet50V2", "ResNet101"])
def test_weights_of_another_network_are_refused(
    our_resnet50: keras.Model, tmp_path, name: str
) -> None:
    official(name).save_weights(tmp_path / "other.weights.h5")
    with pytest.raises(CourseError, match=r"other\.weights\.h5: expected weights of .*ResNet50"):
        load_keras_weights(our_resnet50, tmp_path / "other.weights.h5")


def test_only_bottleneck_networks_take_weights_of_keras_applications(tmp_path) -> None:
    (tmp_path / "any.h5").touch()
    with pytest.raises(ValueError, match="Expected a ResNet50, ResNet101 or ResNet152"):
        load_keras_weights(mnist_resnet(), tmp_path / "any.h5")


def test_networks_of_different_depth_are_not_copied(our_resnet50: keras.Model) -> None:
    with pytest.raises(ValueError, match=r"'mnist_resnet' with .* have no partner"):
        copy_weights(our_resnet50, mnist_resnet())


def test_a_network_without_known_layers_is_not_copied() -> None:
    empty = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match="with 0 convolutions"):
        copy_weights(empty, empty)


def test_weights_of_other_shapes_are_refused_before_any_is_copied(
    our_resnet50: keras.Model,
) -> None:
    grey = ResNet50((32, 32, 1))
    before = normalisations_and_kernels(grey)
    with pytest.raises(ValueError, match=r"weights of the same shapes.*'conv1'"):
        copy_weights(our_resnet50, grey)
    for old, new in zip(before, normalisations_and_kernels(grey), strict=True):
        np.testing.assert_array_equal(old, new)


def test_blocks_are_named_by_letters_as_far_as_the_alphabet_goes() -> None:
    assert block_names(3) == ["a", "b", "c"]
    assert block_names(26)[-1] == "z"
    assert block_names(36)[:3] == ["a", "b1", "b2"]
    assert block_names(36)[-1] == "b35"
