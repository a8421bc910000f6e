"""All exercises of the course, with the mistakes that learners make in them."""

from checks.catalogue import blocks
from checks.exercise import Exercise

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise for module in (blocks,) for exercise in module.EXERCISES
}
