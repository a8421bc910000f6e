"""The precision to train with, and what training in bfloat16 leaves."""

from pathlib import Path

import pytest

from resnet_course.data import sets
from resnet_course.training import loop, precision
from resnet_course.training.precision import resolved
from resnet_course.training.recipes import Recipe

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


@pytest.mark.numerical
@pytest.mark.usefixtures("_bfloat16")
def test_a_model_trained_in_bfloat16_is_a_float32_model() -> None:
    run = loop.train("custom", sets.load("digits"), RECIPE)
    assert run.model.get_layer("mnist_resnet").get_layer("res_conv1").compute_dtype == "float32"
    assert run.evaluation.accuracy > 0.9
