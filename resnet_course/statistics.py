"""Statistics of batch normalisations, taken anew after a training."""

import keras
import numpy as np

from resnet_course.networks import normalisations

#: Images a batch whose statistics are averaged, and images in all, at most.
IMAGES_A_BATCH, MOST_IMAGES = 250, 2000


def renew_statistics(model: keras.Model, images: np.ndarray) -> None:
    """Take the statistics that batch normalisations use in inference from images as they are.

    While training, they follow images that augmentation has changed, and weights that still move.
    In a deep network small differences add up from layer to layer.

    Args:
        model: A trained model. Its frozen normalisations stay as they are.
        images: What it takes, of shape `(images, height, width, channels)`. About two thousand of
            them, spread evenly, are looked at.

    Source: Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 2, steps 8 to 12; Wu and Johnson
    2021, arXiv:2105.07576, section 3.
    """
    found = [layer for layer in normalisations(model) if layer.trainable]
    if not found:
        return
    momenta = [layer.momentum for layer in found]
    sample = images[:: max(1, len(images) // MOST_IMAGES)]
    for number, start in enumerate(range(0, len(sample), IMAGES_A_BATCH)):
        for layer in found:
            layer.momentum = number / (number + 1)  # the mean of all batches so far
        model(keras.ops.convert_to_tensor(sample[start : start + IMAGES_A_BATCH]), training=True)
    for layer, momentum in zip(found, momenta, strict=True):
        layer.momentum = momentum
