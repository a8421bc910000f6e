"""All exercises of the course, with the mistakes that learners make in them.

Here are the references, so nothing of it goes into the grader's sandbox. It describes exercises and
knows neither how a function is called nor how it is judged.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module

from checks.exercise import Exercise

#: Where each exercise is, in the order of the lessons.
MODULES = {
    "plain_stack": "plain",
    "residual_stack": "plain",
    "gradient_norms": "gradients",
    "conv_bn": "identity",
    "identity_block": "identity",
    "identity_block_parameters": "identity",
    "output_size": "convolutional",
    "projection_shortcut": "convolutional",
    "convolutional_block": "convolutional",
    "basic_block": "convolutional",
    "stem": "resnet",
    "bottleneck_stage": "resnet",
    "ResNet50": "resnet",
    "mnist_resnet": "resnet",
    "digits_to_images": "digits",
    "transfer_model": "transfer",
    "count_parameters": "transfer",
    "unfreeze": "transfer",
    "confidence": "transfer",
    "compare_stages": "transfer",
}


class _Exercises(Mapping[str, Exercise]):
    """The exercises by name. A module is imported when one of its exercises is asked for."""

    def __getitem__(self, name: str) -> Exercise:
        module = import_module(f"checks.catalogue.{MODULES[name]}")
        return next(exercise for exercise in module.EXERCISES if exercise.name == name)

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


EXERCISES: Mapping[str, Exercise] = _Exercises()
