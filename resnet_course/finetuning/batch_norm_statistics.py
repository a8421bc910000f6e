"""Statistics of batch normalisations, computed again after a training."""

import math

import keras
import numpy as np

from resnet_course.training.networks import normalisations

#: Images a batch whose statistics are averaged, and images in all, at most.
IMAGES_A_BATCH, MOST_IMAGES = 250, 2000


def renew_statistics(model: keras.Model, images: np.ndarray) -> None:
    """Compute the statistics that batch normalisations use in inference from unchanged images.

    While training, they follow images that augmentation has changed, and weights that still move.
    In a deep network small differences add up from layer to layer.

    Args:
        model: A trained model. Its frozen normalisations stay as they are.
        images: What it takes, of shape `(images, height, width, channels)`, in any order. One to
            two thousand of them, spread evenly, are looked at, or all if there are fewer. A single
            image changes nothing: it has no variance.

    Source: Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 2, steps 8 to 12; Wu and Johnson
    2021, arXiv:2105.07576, section 3.
    """
    found = [layer for layer in normalisations(model) if layer.trainable]
    if not found or len(images) < 2:
        return
    momenta = [layer.momentum for layer in found]
    sample = images[:: math.ceil(len(images) / MOST_IMAGES)]
    batches = math.ceil(len(sample) / IMAGES_A_BATCH)
    seen = 0
    for first in range(batches):
        # Images may come sorted by class: every batch takes some from everywhere.
        batch = sample[first::batches]
        seen += len(batch)
        for layer in found:
            layer.momentum = 1 - len(batch) / seen  # the mean of all images so far
        model(keras.ops.convert_to_tensor(batch), training=True)
    for layer, momentum in zip(found, momenta, strict=True):
        layer.momentum = momentum
