"""What all layers of augmentation share: they change images while training, and only then."""

from typing import Any, ClassVar

import keras
from keras import KerasTensor, ops


class AugmentationLayer(keras.Layer):
    """Changes uint8 images at random while training; leaves them as they are in inference.

    A layer says in `SETTINGS` which of its arguments it keeps, and in `changed` what it does.
    """

    SETTINGS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, seed: int | None = None, **options: Any):
        """Set the source of the random numbers.

        Args:
            seed: Its seed. Taken from Keras's global one if not given.
            options: What every layer takes, such as its name.
        """
        super().__init__(**options)
        self.seed = seed
        self.draws = keras.random.SeedGenerator(seed)

    def call(self, images: KerasTensor, training: bool = False) -> KerasTensor:
        """Change images while training.

        Args:
            images: uint8 of shape `(batch, height, width, channels)`.
            training: Whether to change them.

        Returns:
            Images of the same shape and dtype.
        """
        if not training:
            return images
        return ops.cast(ops.clip(ops.round(self.changed(images)), 0, 255), "uint8")

    def changed(self, images: KerasTensor) -> KerasTensor:
        """Return images changed at random, as floats or uint8 of the same shape."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer."""
        names = (*self.SETTINGS, "seed")
        return super().get_config() | {name: getattr(self, name) for name in names}
