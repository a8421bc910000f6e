"""What the frozen stage costs: features computed once, against fitting through the backbone.

    python benchmarks/frozen_stage.py --epochs 1 5 20 --images 5000

Both train the same head on the same images for the same epochs, without augmentation. "once"
computes the features, without a cache on disk, and fits the head on them; "through" fits the
whole model with its backbone frozen. CPU seconds over all cores, side by side in one run; a
first epoch of each, which compiles, is not counted.
"""

import argparse
import time

import numpy as np

from resnet_course.data import sets
from resnet_course.quiet import import_keras


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", default="characters", help="default: characters")
    parser.add_argument("--epochs", type=int, nargs="+", default=[1, 5, 20])
    parser.add_argument("--images", type=int, default=5000, help="default: 5000")
    arguments = parser.parse_args()
    images = sets.load("mnist").take(arguments.images)
    import_keras()
    print(f"{'epochs':>6} {'once':>8} {'through':>9} {'ratio':>7} {'ratio / E':>10}")
    for epochs in arguments.epochs:
        once, through = (cost(epochs) for cost in costs(arguments.weights, images))
        ratio = through / once
        print(
            f"{epochs:6} {once:6.1f} s {through:7.1f} s {ratio:7.2f} {ratio / epochs:10.2f}",
            flush=True,
        )


def costs(weights: str, images: sets.Dataset):
    """Return functions from a number of epochs to CPU seconds: features once, and through."""
    import keras

    from resnet_course.acceleration.folding import folded
    from resnet_course.finetuning.backbones import backbone
    from resnet_course.finetuning.features import features
    from resnet_course.finetuning.head import HEAD_STEPS_PER_CALL, with_head

    source = backbone(weights, images)
    source.trainable = False
    twin = folded(source)
    model = with_head(source, images.classes, hidden=0)
    head = keras.Sequential([keras.Input(source.output_shape[1:]), model.layers[-1]])

    def fit(part: keras.Model, x: np.ndarray, epochs: int) -> None:
        part.fit(x, images.y_train, batch_size=128, epochs=epochs, verbose=0)

    def once(epochs: int) -> float:
        start = time.process_time()
        fit(head, features(source, images.x_train, twin=twin).astype(np.float32), epochs)
        return time.process_time() - start

    def through(epochs: int) -> float:
        start = time.process_time()
        fit(model, images.x_train, epochs)
        return time.process_time() - start

    for part, steps in ((model, 1), (head, HEAD_STEPS_PER_CALL)):
        part.compile("adam", "sparse_categorical_crossentropy", steps_per_execution=steps)
    for cost in (once, through):
        cost(1)
    return once, through


if __name__ == "__main__":
    main()
