"""The former place of the letters: notebooks that were handed out with it keep working."""

from resnet_course.data.letters import rendered_letters

__all__ = ["rendered_letters"]
