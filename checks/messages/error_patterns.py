"""What errors look like, and what to say of them: the first pattern that fits is meant."""

from checks.messages import (
    array_error_patterns,
    keras_error_patterns,
    python_error_patterns,
    tensorflow_error_patterns,
)
from checks.messages.patterns import Patterns

PATTERNS: Patterns = (
    *keras_error_patterns.PATTERNS,
    *tensorflow_error_patterns.PATTERNS,
    *python_error_patterns.PATTERNS,
    *array_error_patterns.PATTERNS,
)
