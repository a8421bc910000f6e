"""How a training is carried out, whatever its recipe."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from resnet_course.files import made_folder

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class TrainingSettings:
    """How a training is carried out, whatever its recipe.

    Attributes:
        seed: Seed of the weights, the order and the augmentation. The same seed gives the same
            result on the same machine.
        validation: Share of the training images that are held out. If there is one, the run is
            measured on them, after every epoch too, and the test images are not looked at.
        progress: Whether to say what is trained, and draw a progress bar, on standard output.
        patience: Epochs without a new lowest validation loss, after which training stops and the
            best weights are taken. 0 for never.
        folder: A folder that exists, for the state of the training, every half minute. If there is
            a state of the same training, it is resumed from there, to the same result, bit for
            bit.
        logs: Folder for logs of TensorBoard.
        callbacks: More of Keras's callbacks.
        calibrate: Whether probabilities are made as sure as they are right, see `calibration`.
            That spares a few of many training images, and trains on few of them a second time.
    """

    seed: int = 0
    validation: float = 0.0
    progress: bool = False
    patience: int = 0
    folder: Path | None = None
    logs: Path | None = None
    callbacks: Sequence["keras.callbacks.Callback"] = ()
    calibrate: bool = True

    @property
    def measured_on(self) -> str:
        """Which images the result is measured on: `"validation"` or `"test"`."""
        return "validation" if self.validation else "test"

    def in_part(self, name: str) -> "TrainingSettings":
        """Return the same for a part of the training, which has folders of its own."""
        return replace(
            self,
            folder=self.folder and made_folder(self.folder / name),
            logs=self.logs and self.logs / name,
        )

    def again(self) -> "TrainingSettings":
        """Return how a second training goes, for the temperature only."""
        settings = replace(self, validation=0.0, patience=0, logs=None, callbacks=())
        return settings.in_part("calibration")


DEFAULT = TrainingSettings()
