"""Training in half the bits where the processor multiplies them: bfloat16."""

from pathlib import Path

import keras
from keras import layers

#: What Linux calls a processor's instructions that multiply bfloat16 numbers.
INSTRUCTIONS = ("avx512_bf16", "amx_bf16", "bf16")

PROCESSOR = Path("/proc/cpuinfo")

#: Layers that stay in float32: they see pixels or make probabilities.
EXACT = (layers.InputLayer, layers.Rescaling, layers.Resizing, layers.Cropping2D, layers.Dense)


def resolved(precision: str) -> str:
    """Return the precision to train with.

    Args:
        precision: `"float32"`, `"bfloat16"`, or `"auto"` for bfloat16 where the processor has
            instructions for it. That is known on Linux only; elsewhere `"auto"` is float32.
    """
    if precision != "auto":
        return precision
    known = PROCESSOR.read_text(encoding="utf-8").split() if PROCESSOR.exists() else []
    return "bfloat16" if any(name in known for name in INSTRUCTIONS) else "float32"


def in_bfloat16(model: keras.Model) -> keras.Model:
    """Copy a model so that it computes in bfloat16, with weights in float32.

    Args:
        model: A functional model. Its dense layers, and what prepares pixels, stay in float32.

    Returns:
        A model with the same layers, and copies of the weights in the same order.
    """

    def copy(layer: keras.Layer) -> keras.Layer:
        config = layer.get_config()
        if not isinstance(layer, EXACT):
            config["dtype"] = "mixed_bfloat16"
        return layer.__class__.from_config(config)

    twin = keras.models.clone_model(model, clone_function=copy, recursive=True)
    twin.set_weights(model.get_weights())
    return twin
