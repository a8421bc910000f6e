"""How often predictions would be right by chance."""

import numpy as np

#: Standard deviations above chance within which an accuracy may still be luck (one in twenty is).
LUCK = 1.645


def by_chance(confusion: np.ndarray) -> tuple[float, float]:
    """Return how accurate predictions would be if they had nothing to do with the images.

    Args:
        confusion: How often a class (row) is taken for a class (column): `(classes, classes)`.

    Returns:
        The mean and the standard deviation of the accuracy over all orders of the predictions:
        always saying one class is right as often as that class comes.

    Source: Cohen 1960, A coefficient of agreement for nominal scales; Fleiss, Cohen and Everitt
    1969, Large sample standard errors of kappa and weighted kappa, equation 8.
    """
    images = confusion.sum()
    true, said = confusion.sum(axis=1) / images, confusion.sum(axis=0) / images
    mean = float(np.sum(true * said))
    variance = mean + mean**2 - float(np.sum(true * said * (true + said)))
    return mean, float(np.sqrt(max(variance, 0.0) / images))
