"""All attempts, in the order of the lessons."""

from tests.checks.attempts import convolutional, identity, plain, resnet, transfer, unfinished
from tests.checks.attempts.attempt import Attempt

ATTEMPTS: list[Attempt] = [
    *plain.ATTEMPTS,
    *identity.ATTEMPTS,
    *convolutional.ATTEMPTS,
    *resnet.ATTEMPTS,
    *transfer.ATTEMPTS,
    *unfinished.ATTEMPTS,
]
