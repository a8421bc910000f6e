"""All attempts: in the order of the lessons, then more of them by what they are about."""

from tests.checks.attempts import (
    convolutional,
    counts,
    digits,
    identity,
    in_tensorflow,
    modes,
    networks,
    norms,
    plain,
    resnet,
    shares,
    stages,
    transfer,
    unfinished,
    wiring,
)
from tests.checks.attempts.attempt import Attempt

ATTEMPTS: list[Attempt] = [
    *plain.ATTEMPTS,
    *identity.ATTEMPTS,
    *convolutional.ATTEMPTS,
    *resnet.ATTEMPTS,
    *transfer.ATTEMPTS,
    *unfinished.ATTEMPTS,
    *wiring.ATTEMPTS,
    *networks.ATTEMPTS,
    *stages.ATTEMPTS,
    *digits.ATTEMPTS,
    *norms.ATTEMPTS,
    *counts.ATTEMPTS,
    *shares.ATTEMPTS,
    *in_tensorflow.ATTEMPTS,
    *modes.ATTEMPTS,
]
