"""Data sets: where they come from, what is checked, and folders of your own pictures.

It knows nothing of networks. It imports `pictures` for what an image file holds.
"""

from resnet_course.data.dataset import Dataset
from resnet_course.data.image_folder import load_folder
from resnet_course.data.letters import rendered_letters
from resnet_course.data.sets import digits, load

__all__ = ["Dataset", "digits", "load", "load_folder", "rendered_letters"]
