"""Augmentation for photographs: mirrored at random, and lit and coloured otherwise."""

from typing import Any

import keras
from keras import KerasTensor, ops

from resnet_course.augmentation.layer import AugmentationLayer

#: How much each of red, green and blue adds to the brightness of a pixel (ITU-R BT.601).
BRIGHTNESS = (0.299, 0.587, 0.114)


@keras.saving.register_keras_serializable("resnet_course")
class Recolouring(AugmentationLayer):
    """Mirrors images and changes their colours at random while training.

    Brightness, contrast and saturation change by a factor each (Krizhevsky, Sutskever and Hinton
    2012, section 4.1, and Szegedy et al. 2015, arXiv:1409.4842, section 6, do much the same).
    """

    SETTINGS = ("flip", "colour")

    def __init__(
        self, flip: float = 0.0, colour: float = 0.0, seed: int | None = None, **options: Any
    ):
        """Set how far images may change.

        Args:
            flip: Share of the images that is mirrored, left to right.
            colour: Largest change of each factor, as a share: 0.2 for 80 % to 120 %.
            seed: Seed of the draws. From Keras's global one if not given.
            options: What every layer takes, such as its name.
        """
        super().__init__(seed, **options)
        self.flip = flip
        self.colour = colour

    def changed(self, images: KerasTensor) -> KerasTensor:
        """Return grey or RGB images mirrored and recoloured."""
        drawn = keras.random.uniform((4, ops.shape(images)[0], 1, 1, 1), seed=self.draws)
        images = ops.where(drawn[0] < self.flip, ops.flip(images, axis=2), images)
        if not self.colour:
            return images
        factors = 1 + self.colour * (2 * drawn - 1)
        X = ops.cast(images, "float32") * factors[1]
        mean = ops.mean(X, axis=(1, 2, 3), keepdims=True)
        X = mean + factors[2] * (X - mean)
        if images.shape[-1] == 3:
            grey = ops.sum(X * ops.array(BRIGHTNESS), axis=-1, keepdims=True)
            X = grey + factors[3] * (X - grey)
        return X
