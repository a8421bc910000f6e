"""All attempts, in the order of the lessons."""

from tests.checks.attempts import convolutional, identity, in_tensorflow, plain, resnet, transfer
from tests.checks.attempts.attempt import Attempt

ATTEMPTS: list[Attempt] = [
    *plain.ATTEMPTS,
    *identity.ATTEMPTS,
    *convolutional.ATTEMPTS,
    *resnet.ATTEMPTS,
    *transfer.ATTEMPTS,
    *in_tensorflow.ATTEMPTS,
]
