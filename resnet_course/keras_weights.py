"""Weights of bottleneck networks in and out of `keras.applications`, by the role of each layer."""

import re
import string
import warnings
from pathlib import Path

import keras

from resnet_course.errors import CourseError

_OURS = re.compile(
    r"(?P<kind>res|bn)(?P<stage>[2-5])(?P<block>[a-z]\d*)_branch(?P<branch>1|2[abc])"
)
_THEIRS = re.compile(
    r"conv(?P<stage>[2-5])_block(?P<block>\d+)_(?P<branch>[0-3])_(?P<kind>conv|bn)"
)
_BRANCHES = {"0": "1", "1": "2a", "2": "2b", "3": "2c"}
_FIRST_LAYERS = {"conv1": "res", "conv1_conv": "res", "bn_conv1": "bn", "conv1_bn": "bn"}


def copy_weights(source: keras.Model, target: keras.Model) -> keras.Model:
    """Copy a bottleneck network's weights between our layout and that of `keras.applications`.

    Layers are matched by their role (stage, block, branch), never by their position: the two
    layouts list them in different orders. The classifier on top is left alone.

    Args:
        source: Network to read, ours or one of `keras.applications`, with or without its top.
        target: Network to write, likewise.

    Returns:
        `target`.

    Raises:
        ValueError: If the networks do not have the same convolutions, or weights of other shapes.
            `target` is then as it was.

    Example: `copy_weights(keras.applications.ResNet50(weights="imagenet"), ResNet50())`.
    """
    read, written = _layers_by_role(source), _layers_by_role(target)
    if not read or read.keys() != written.keys():
        different = sorted(read.keys() ^ written.keys())
        raise ValueError(
            f"Expected two bottleneck networks with the same layers. Received: {source.name!r} "
            f"with {len(read)} and {target.name!r} with {len(written)} convolutions and "
            f"normalisations; {len(different)} have no partner."
        )
    for role, layer in written.items():
        shapes = [[tuple(weight.shape) for weight in each.weights] for each in (read[role], layer)]
        if shapes[0] != shapes[1]:
            raise ValueError(
                f"Expected weights of the same shapes. Received: {read[role].name!r} of "
                f"{source.name!r} with {shapes[0]} for {layer.name!r} of {target.name!r} with "
                f"{shapes[1]}."
            )
    for role, layer in written.items():
        layer.set_weights(read[role].get_weights())
    return target


def load_keras_weights(model: keras.Model, source: keras.Model | Path | str) -> keras.Model:
    """Load the weights of a `keras.applications` ResNet into our network of the same depth.

    The official weights expect the preprocessing of `keras.applications.resnet`: channels in the
    order blue, green, red, each minus its mean over ImageNet, not scaled.

    Args:
        model: Our ResNet50, ResNet101 or ResNet152, for images with three channels.
        source: A model of `keras.applications`, or the path of a weights file of one without its
            top, such as the official `resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5`.

    Returns:
        `model`, with a classifier that is as it was.

    Raises:
        CourseError: If the file is missing or holds other weights. `model` is then as it was.
        ValueError: If the networks do not fit; see `copy_weights`.
    """
    if isinstance(source, keras.Model):
        return copy_weights(source, model)
    path = Path(source)
    if not path.is_file():
        raise CourseError(
            f"{path}: expected a file with weights of keras.applications. There is none; check "
            "the path."
        )
    depth = _depth(model)
    official = getattr(keras.applications, f"ResNet{depth}")(weights=None, include_top=False)
    try:
        with warnings.catch_warnings(action="error"):
            official.load_weights(path)
    except (ValueError, OSError, KeyError, UserWarning) as error:
        raise CourseError(
            f"{path}: expected weights of keras.applications.ResNet{depth} without its top, in a "
            f"file that ends with .h5. Keras says: {str(error).strip().splitlines()[0]}"
        ) from error
    return copy_weights(official, model)


def _depth(model: keras.Model) -> int:
    """Return what the number in the name counts: the main path's convolutions and the top."""
    main_path = [role for role in _layers_by_role(model) if role[0] == "res" and role[-1] != "1"]
    depth = len(main_path) + 1
    if depth not in (50, 101, 152):
        raise ValueError(
            f"Expected a ResNet50, ResNet101 or ResNet152. Received: {model.name!r} with "
            f"{depth - 1} convolutions on the main path."
        )
    return depth


def _layers_by_role(model: keras.Model) -> dict[tuple[str, int, int, str], keras.Layer]:
    """Return a network's convolutions and normalisations by (kind, stage, block, branch)."""
    roles = {}
    for layer in model.layers:
        if layer.name in _FIRST_LAYERS:
            roles[(_FIRST_LAYERS[layer.name], 1, 0, "")] = layer
        elif match := _OURS.fullmatch(layer.name):
            number = _block_number(match["block"])
            roles[(match["kind"], int(match["stage"]), number, match["branch"])] = layer
        elif match := _THEIRS.fullmatch(layer.name):
            kind = "res" if match["kind"] == "conv" else "bn"
            branch = _BRANCHES[match["branch"]]
            roles[(kind, int(match["stage"]), int(match["block"]) - 1, branch)] = layer
    return roles


def _block_number(block: str) -> int:
    return string.ascii_lowercase.index(block) if len(block) == 1 else int(block[1:])
