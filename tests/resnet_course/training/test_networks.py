"""Every network takes raw pixels of every data set that it can learn."""

import keras
import numpy as np
import pytest

from resnet_course.data.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.training import networks
from resnet_course.training.recipes import RECIPES, Recipe, default_recipe


def dataset(shape: tuple[int, int, int], classes: int = 10, name: str = "made up") -> Dataset:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (40, *shape), dtype=np.uint8) // 3
    y = np.arange(40) % classes
    return Dataset(name, x, y, x[:10], y[:10], tuple(map(str, range(classes))))


def body(model: keras.Model) -> keras.Model:
    return model.layers[-1]


def test_there_is_a_recipe_for_every_network() -> None:
    assert networks.NETWORKS.keys() == RECIPES.keys()


@pytest.mark.parametrize(
    ("name", "shape", "input_shape"),
    [
        ("custom", (28, 28, 1), (28, 28, 1)),
        ("custom", (64, 64, 3), (64, 64, 3)),
        ("resnet18", (28, 28, 1), (32, 32, 3)),
        ("resnet50", (28, 28, 1), (64, 64, 3)),
    ],
)
def test_the_network_gets_the_size_and_the_channels_it_needs(name, shape, input_shape) -> None:
    model = networks.build(name, dataset(shape), RECIPES[name])
    assert model.input.dtype == "uint8"
    assert model.input_shape == (None, *shape)
    assert model.output_shape == (None, 10)
    assert body(model).input_shape == (None, *input_shape)


def test_resnet18_on_grey_images_has_the_published_number_of_parameters() -> None:
    model = networks.build("resnet18", dataset((28, 28, 1)), RECIPES["resnet18"])
    assert sum(np.prod(variable.shape) for variable in model.trainable_variables) == 11_173_962


@pytest.mark.numerical
def test_pixels_are_normalised_over_the_training_images() -> None:
    made_up = dataset((28, 28, 1))
    model = networks.build("custom", made_up, Recipe())
    normalised = keras.Model(model.input, model.get_layer("normalise").output)
    pixels = normalised.predict(made_up.x_train, verbose=0)
    assert pixels.mean() == pytest.approx(0, abs=1e-4)
    assert pixels.std() == pytest.approx(1, abs=1e-4)


def test_images_without_any_contrast_can_be_normalised() -> None:
    layer = networks.normalisation(np.full((3, 4, 4, 1), 7, np.uint8))
    assert np.allclose(layer(np.full((1, 4, 4, 1), 7, np.uint8)), 0)


def test_batch_normalisation_gets_the_momentum_of_the_recipe() -> None:
    model = networks.build("custom", dataset((28, 28, 1)), Recipe(batch_norm_momentum=0.8))
    momenta = {
        layer.momentum
        for layer in body(model).layers
        if isinstance(layer, keras.layers.BatchNormalization)
    }
    assert momenta == {0.8}


def test_a_saved_model_loads_with_plain_keras_and_takes_raw_pixels(tmp_path) -> None:
    made_up = dataset((8, 8, 1))
    model = networks.build("custom", made_up, default_recipe("custom", "digits"))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    assert np.array_equal(
        loaded.predict(made_up.x_test, verbose=0), model.predict(made_up.x_test, verbose=0)
    )


def test_a_network_that_resizes_is_called_in_inference_mode_unless_told_otherwise() -> None:
    made_up = dataset((8, 8, 1))
    model = networks.build("custom", made_up, default_recipe("custom", "digits"))
    model.get_layer("resize")
    expected = model.predict(made_up.x_test, verbose=0)
    said = keras.ops.convert_to_numpy(model(made_up.x_test))
    np.testing.assert_allclose(said, expected, atol=1e-6)
    in_training = keras.ops.convert_to_numpy(model(made_up.x_test, training=True))
    assert np.abs(in_training - expected).max() > 1e-3


def test_a_crop_cuts_every_side_before_the_network_sees_the_image() -> None:
    made_up = dataset((28, 28, 1))
    model = networks.build("custom", made_up, Recipe(crop=2))
    assert model.input_shape == (None, 28, 28, 1)
    assert body(model).input_shape == (None, 24, 24, 1)
    framed = made_up.x_test.copy()
    framed[:, :2], framed[:, -2:], framed[:, :, :2], framed[:, :, -2:] = 9, 9, 9, 9
    assert np.array_equal(
        model.predict(made_up.x_test, verbose=0), model.predict(framed, verbose=0)
    )
    resized = networks.build("resnet18", made_up, Recipe(crop=2, image_size=32))
    assert body(resized).input_shape == (None, 32, 32, 3)


@pytest.mark.parametrize("crop", [11, 14, 20])
def test_a_crop_that_leaves_too_little_is_refused(crop) -> None:
    with pytest.raises(CourseError, match="custom needs images of 8 pixels or more a side"):
        networks.build("custom", dataset((28, 28, 1)), Recipe(crop=crop))


def test_images_that_are_too_small_are_refused() -> None:
    with pytest.raises(CourseError, match="resnet50 needs images of 32 pixels or more a side"):
        networks.build("resnet50", dataset((28, 28, 1)), Recipe())


def test_an_unknown_network_is_refused() -> None:
    with pytest.raises(CourseError, match="no model 'vgg'"):
        networks.build("vgg", dataset((28, 28, 1)), Recipe())


def test_a_network_of_ones_own_is_put_behind_what_the_images_need() -> None:
    own = keras.Sequential(
        [keras.Input((16, 16, 3)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")],
        name="own",
    )
    model = networks.from_pixels(own, dataset((28, 28, 1)))
    assert model.name == "own"
    assert model.input_shape == (None, 28, 28, 1)
    assert model.output_shape == (None, 10)


def test_a_network_for_grey_images_refuses_colour() -> None:
    with pytest.raises(CourseError, match="takes images with 1 channels"):
        networks.from_pixels(networks.resnet.mnist_resnet(), dataset((28, 28, 3)))
