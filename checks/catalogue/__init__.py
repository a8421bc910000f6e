"""All exercises of the course, with the mistakes that learners make in them."""

from checks.catalogue import convolutional, gradients, identity, plain, resnet, transfer
from checks.exercise import Exercise

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise
    for module in (plain, gradients, identity, convolutional, resnet, transfer)
    for exercise in module.EXERCISES
}
