"""All attempts: in the order of the lessons, then more numbers that slips give."""

from tests.checks.attempts import (
    convolutional,
    counts,
    digits,
    identity,
    in_tensorflow,
    norms,
    plain,
    resnet,
    shares,
    transfer,
    unfinished,
)
from tests.checks.attempts.attempt import Attempt

ATTEMPTS: list[Attempt] = [
    *plain.ATTEMPTS,
    *identity.ATTEMPTS,
    *convolutional.ATTEMPTS,
    *resnet.ATTEMPTS,
    *transfer.ATTEMPTS,
    *unfinished.ATTEMPTS,
    *digits.ATTEMPTS,
    *norms.ATTEMPTS,
    *counts.ATTEMPTS,
    *shares.ATTEMPTS,
    *in_tensorflow.ATTEMPTS,
]
