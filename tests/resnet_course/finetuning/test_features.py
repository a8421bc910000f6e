"""Features are computed once, and never taken from a stale or damaged file."""

from pathlib import Path

import keras
import numpy as np
import pytest

from resnet_course.finetuning.features import digest, features

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 6, 6, 1), dtype=np.uint8)


def backbone(seed: int = 0, scale: float = 1 / 255) -> keras.Model:
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((6, 6, 1), dtype="uint8", name="pixels")
    X = keras.layers.Rescaling(scale, name="scale")(inputs)
    X = keras.layers.Conv2D(5, 3, name="convolution")(X)
    return keras.Model(inputs, keras.layers.GlobalAveragePooling2D(name="mean")(X), name="small")


def kept(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def with_byte(content: bytes, mark: bytes, offset: int, value: int) -> bytes:
    """Change the byte so far behind a mark."""
    place = content.index(mark) + offset
    return content[:place] + bytes([value]) + content[place + 1 :]


@pytest.mark.numerical
def test_features_are_what_the_backbone_says(tmp_path: Path) -> None:
    found = features(backbone(), IMAGES, tmp_path)
    assert found.dtype == np.float16
    np.testing.assert_allclose(found, backbone().predict(IMAGES, verbose=0), atol=1e-3)


def test_the_second_time_the_backbone_is_not_asked(tmp_path: Path, monkeypatch) -> None:
    first = features(backbone(), IMAGES, tmp_path)
    model = backbone()
    monkeypatch.setattr(model, "predict_on_batch", None)
    np.testing.assert_array_equal(features(model, IMAGES, tmp_path), first)


def test_without_a_folder_nothing_is_kept(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    features(backbone(), IMAGES)
    assert kept(tmp_path) == []


def test_the_name_tells_weights_preprocessing_and_images_apart() -> None:
    other_images = IMAGES.copy()
    other_images[3, 2, 1] += 1
    names = [
        digest(backbone(), IMAGES),
        digest(backbone(seed=1), IMAGES),
        digest(backbone(scale=1 / 128), IMAGES),
        digest(backbone(), other_images),
        digest(backbone(), IMAGES[::-1]),
    ]
    assert len(set(names)) == 5
    assert digest(backbone(), IMAGES.copy()) == names[0]


@pytest.mark.parametrize(
    "damage", ["cut short", "another byte", "text", "other shape", "empty", "compression"]
)
def test_a_damaged_file_is_replaced(tmp_path: Path, damage: str) -> None:
    first = features(backbone(), IMAGES, tmp_path)
    path = kept(tmp_path)[0]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    if damage == "other shape":
        np.savez(path, features=first[:3])
    else:
        path.write_bytes(
            {
                "cut short": path.read_bytes()[:-40],
                "another byte": bytes(content),
                "text": b"features",
                "empty": b"",
                # The method of compression, in the central directory: one that no reader knows.
                "compression": with_byte(path.read_bytes(), b"PK\x01\x02", 10, 99),
            }[damage]
        )
    np.testing.assert_array_equal(features(backbone(), IMAGES, tmp_path), first)
    with np.load(path) as archive:
        np.testing.assert_array_equal(archive["features"], first)


def test_a_folder_that_cannot_be_written_to_only_costs_the_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = features(backbone(), IMAGES, tmp_path / "file" / "folder")
    np.testing.assert_array_equal(found, features(backbone(), IMAGES))
