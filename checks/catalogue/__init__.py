"""All exercises of the course, with the mistakes that learners make in them.

Here are the references, so nothing of it goes into the grader's sandbox. It describes exercises and
knows neither how a function is called nor how it is judged.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module

from checks.exercise import Exercise

#: The exercises in the order of the lessons. Each has a file of its name, in lower case.
NAMES = (
    "plain_stack",
    "residual_stack",
    "gradient_norms",
    "conv_bn",
    "identity_block",
    "identity_block_parameters",
    "output_size",
    "projection_shortcut",
    "convolutional_block",
    "basic_block",
    "stem",
    "bottleneck_stage",
    "ResNet50",
    "mnist_resnet",
    "digits_to_images",
    "transfer_model",
    "count_parameters",
    "unfreeze",
    "confidence",
    "compare_stages",
)


class _Exercises(Mapping[str, Exercise]):
    """The exercises by name. A file is imported when its exercise is asked for."""

    def __getitem__(self, name: str) -> Exercise:
        if name not in NAMES:
            raise KeyError(name)
        exercise: Exercise = import_module(f"checks.catalogue.{name.lower()}").EXERCISE
        return exercise

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


EXERCISES: Mapping[str, Exercise] = _Exercises()
