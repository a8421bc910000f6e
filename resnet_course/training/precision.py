"""Training in half the bits where the processor multiplies them: bfloat16."""

from pathlib import Path

#: What Linux calls a processor's instructions that multiply bfloat16 numbers.
INSTRUCTIONS = ("avx512_bf16", "amx_bf16", "bf16")

PROCESSOR = Path("/proc/cpuinfo")


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
