"""Which rule tells images that a model was not trained on, and which of them.

    RESNET_COURSE_DATA=FOLDER python benchmarks/unfamiliar.py

Trains the custom network on some of MNIST for one epoch, and prints a table in Markdown: of each
kind of images, how many are called unlike the training images by the rule of `familiarity.py`; by
low confidence; by the distance with a full covariance; by the distance to the tenth nearest
training image. Every rule calls one per cent of the training images so. The first row has test
images, which should not be called so. Takes a minute.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PIL import Image

from resnet_course.data import sets
from resnet_course.data.dataset import Dataset
from resnet_course.quiet import import_keras
from resnet_course.training.recipes import default_recipe
from resnet_course.training.settings import TrainingSettings

#: Neighbours that the last rule looks at.
NEIGHBOURS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=6000, help="to train on (default: 6000)")
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    arguments = parser.parse_args()
    import_keras()
    from resnet_course.results import familiarity
    from resnet_course.training import loop
    from resnet_course.training.evaluation import probabilities

    mnist = sets.load("mnist").take(arguments.images, arguments.seed)
    recipe = replace(default_recipe("custom", "mnist"), epochs=1)
    run = loop.train(
        "custom", mnist, recipe, TrainingSettings(seed=arguments.seed, calibrate=False)
    )
    measured = familiarity.measure(run.model, mnist)
    assert measured is not None

    def seen(x: np.ndarray) -> np.ndarray:
        return familiarity.seen_by(run.model, x).astype(np.float64)

    features = seen(mnist.x_train)
    rules: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "this rule": lambda x: measured.is_unlike(run.model, x),
        "low confidence": with_threshold(
            lambda x: -probabilities(run.model, x).max(axis=1), mnist.x_train
        ),
        "full covariance": with_threshold(
            lambda x: full_covariance(features, mnist.y_train, seen(x)), mnist.x_train
        ),
        "nearest neighbours": with_threshold(
            lambda x: neighbours(features, seen(x), x is mnist.x_train), mnist.x_train
        ),
    }
    accuracy = run.evaluation.accuracy
    print(f"One epoch on {arguments.images:,} images, {accuracy:.1%} of the test images right.\n")
    print(f"| images | {' | '.join(rules)} |\n|---|{'---|' * len(rules)}")
    for name, x in kinds(mnist, arguments.seed).items():
        shares = (f"{rule(x).mean():.1%}" for rule in rules.values())
        print(f"| {name} | {' | '.join(shares)} |", flush=True)


def kinds(mnist: Dataset, seed: int) -> dict[str, np.ndarray]:
    """Return images of each kind, uint8 of shape `(images, 28, 28, 1)`."""
    from resnet_course.data.characters import distorted_characters

    rng = np.random.default_rng(seed)
    signs = [
        np.asarray(Image.fromarray(image).convert("L").resize((28, 28), Image.Resampling.BOX))
        for image in sets.load("signs").x_test
    ]
    return {
        "test images": mnist.x_test,
        "pixel noise": rng.integers(0, 256, (1000, 28, 28, 1), dtype=np.uint8),
        "hand signs, in grey": np.stack(signs)[..., None],
        "digits dark on light": 255 - mnist.x_test,
        "distorted letters": distorted_characters(1, 2000, seed).x_test,
        "digits upside down": mnist.x_test[:, ::-1, ::-1],
    }


def with_threshold(
    strangeness: Callable[[np.ndarray], np.ndarray], x_train: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """Return a rule: stranger than 99 per cent of the training images."""
    threshold = np.quantile(strangeness(x_train), 0.99)
    return lambda x: strangeness(x) > threshold


def full_covariance(features: np.ndarray, labels: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return Mahalanobis's distance to the nearest class's mean (Lee et al. 2018), squared."""
    means = np.stack([features[labels == label].mean(axis=0) for label in np.unique(labels)])
    inverse = np.linalg.pinv(np.cov((features - means[labels]).T))
    steps = seen[:, None] - means
    return np.einsum("icf,fg,icg->ic", steps, inverse, steps, optimize=True).min(axis=1)


def neighbours(features: np.ndarray, seen: np.ndarray, themselves: bool) -> np.ndarray:
    """Return the distance to the tenth nearest training image, not counting the image itself."""
    from sklearn.neighbors import NearestNeighbors

    found = NearestNeighbors(n_neighbors=NEIGHBOURS + themselves).fit(features)
    return found.kneighbors(seen)[0][:, -1]


if __name__ == "__main__":
    main()
