"""Training in bfloat16 leaves a float32 model that says nearly the same."""

from pathlib import Path

import numpy as np
import pytest

from resnet_course import data, networks, precision, training
from resnet_course.precision import in_bfloat16, resolved
from resnet_course.recipes import Recipe

RECIPE = Recipe(epochs=4, batch_size=64, image_size=16, precision="bfloat16")


@pytest.mark.parametrize(
    ("flags", "expected"),
    [("fpu avx512f avx512_bf16", "bfloat16"), ("fpu avx2", "float32"), (None, "float32")],
)
def test_auto_is_bfloat16_where_the_processor_has_it(
    tmp_path: Path, monkeypatch, flags: str | None, expected: str
) -> None:
    path = tmp_path / "cpuinfo"
    if flags is not None:
        path.write_text(f"flags : {flags}\n")
    monkeypatch.setattr(precision, "PROCESSOR", path)
    assert resolved("auto") == expected
    assert resolved("float32") == "float32"


def test_the_copy_computes_in_bfloat16_and_says_nearly_the_same() -> None:
    digits = data.load("digits")
    model = networks.build("custom", digits, RECIPE)
    twin = in_bfloat16(model)
    body = twin.layers[-1]
    assert body.get_layer("res_conv1").compute_dtype == "bfloat16"
    assert body.get_layer("res_conv1").kernel.dtype == "float32"
    said = [each.predict(digits.x_test[:50], verbose=0) for each in (model, twin)]
    assert said[1].dtype == np.float32
    np.testing.assert_allclose(said[0], said[1], atol=0.05)
    assert not np.array_equal(said[0], said[1])


def test_a_model_trained_in_bfloat16_is_a_float32_model() -> None:
    run = training.train("custom", data.load("digits"), RECIPE)
    assert run.model.layers[-1].get_layer("res_conv1").compute_dtype == "float32"
    assert run.evaluation.accuracy > 0.9
