"""Reads the layers and functions of Keras that give tensors another form."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from checks.graph.keras_reading import Json, Reader, Step, channels_last, pair


def _reshape(config: Json, arguments: Json) -> list[Step] | None:
    """Read the layer, whose shape leaves out the batch axis, and the function's, which has it."""
    if "target_shape" in config:
        return [("reshape", {"target": tuple(config["target_shape"])})]
    batch, *target = config["newshape"]
    return [("reshape", {"target": tuple(target)})] if batch == -1 and -1 not in target else None


def _expand(config: Json, arguments: Json) -> list[Step] | None:
    """Read the function `keras.ops.expand_dims`, where the new axes are not the batch's."""
    shape = arguments["args"][0]["config"]["shape"]
    axes = config["axis"] if isinstance(config["axis"], Sequence) else [config["axis"]]
    rank = len(shape) + len(axes)
    return _with_new_axes({axis % rank for axis in axes}, shape)


def _with_new_axes(axes: Collection[int], shape: Sequence[Any]) -> list[Step] | None:
    """Return the reshaping that puts axes of length 1 into a shape, which begins with the batch."""
    if 0 in axes or None in shape[1:]:
        return None
    sizes = iter(shape[1:])
    target = tuple(1 if at in axes else next(sizes) for at in range(1, len(shape) + len(axes)))
    return [("reshape", {"target": target})]


def _squeeze(config: Json, arguments: Json) -> list[Step] | None:
    axis = config["axis"]
    axes = tuple(axis) if isinstance(axis, Sequence) else (axis,)
    return [("squeeze", {"axes": () if axis is None else axes})]


def _slice(config: Json, arguments: Json) -> list[Step] | None:
    """Read `X[:, ::2, ::2]` and other parts of images; all of the batch, and no axis less."""
    key = arguments["args"][1] if len(arguments["args"]) > 1 else arguments["kwargs"]["key"]
    shape = arguments["args"][0]["config"]["shape"]
    if isinstance(key, list) and None in key:
        return _new_axes_only(key, shape)
    parts = _bounds(key, shape)
    if parts is None or parts[0] != (None, None, 1):
        return None
    if len(parts) == 4 and parts[3][2] == 1 and all(each[:2] == (None, None) for each in parts):
        return [("subsample", {"strides": (parts[1][2], parts[2][2])})]
    return [("slice", {"bounds": tuple(parts[1:])})]


def _new_axes_only(key: list[Any], shape: Sequence[Any]) -> list[Step] | None:
    """Read `X[:, None, None, :]`, which takes every axis whole and adds others."""
    whole = [each for each in key if each is not None]
    parts = _bounds(whole, shape)
    if parts != [(None, None, 1)] * len(shape):
        return None
    ellipsis = next((at for at, each in enumerate(key) if _is_ellipsis(each)), len(key))
    left_out = len(shape) - len(whole) + any(map(_is_ellipsis, key))
    axes = [at + (left_out - 1) * (at > ellipsis) for at, each in enumerate(key) if each is None]
    return _with_new_axes(axes, shape)


def _is_ellipsis(part: Any) -> bool:
    return isinstance(part, Mapping) and part["class_name"] == "__ellipsis__"


def _bounds(key: Any, shape: Sequence[Any]) -> list[tuple[int | None, int | None, int]] | None:
    """Return start, stop and step for each axis; None where an axis is lost, new or turned."""
    classes = [each["class_name"] if isinstance(each, Mapping) else None for each in key]
    if any(each not in ("__slice__", "__ellipsis__") for each in classes):
        return None
    everything = {"config": {"start": None, "stop": None, "step": None}}
    at = classes.index("__ellipsis__") if "__ellipsis__" in classes else len(key)
    named = [each for each in key if each["class_name"] == "__slice__"]
    filled = [*named[:at], *[everything] * (len(shape) - len(named)), *named[at:]]
    parts = [
        (
            each["config"]["start"] or None,
            None if each["config"]["stop"] == size else each["config"]["stop"],
            each["config"]["step"] or 1,
        )
        for each, size in zip(filled, shape, strict=True)
    ]
    return parts if all(step > 0 for *_, step in parts) else None


def _crop(config: Json, arguments: Json) -> list[Step] | None:
    if not channels_last(config):
        return None
    rows, columns = map(pair, config["cropping"])
    bounds = [(before or None, -after or None, 1) for before, after in (rows, columns)]
    return [("slice", {"bounds": (*bounds, (None, None, 1))})]


def _pad(config: Json, arguments: Json) -> list[Step] | None:
    """Read the function `keras.ops.pad`, where it puts numbers around images or zeros elsewhere."""
    pads = [tuple(pair) for pair in config["pad_width"]]
    mode, value = config["mode"], arguments["kwargs"].get("constant_values") or 0
    if len(pads) != 4 or pads[0] != (0, 0) or len(arguments["args"]) > 1:
        return None
    if mode in ("reflect", "symmetric") or (isinstance(value, int | float) and value):
        otherwise = {"pads": tuple(pads[1:]), "mode": mode, "value": value}
        return [("pad_otherwise", otherwise)]
    if mode != "constant" or value != 0:
        return None
    if pads[3] != (0, 0):
        return [("pad", {"pads": tuple(pads[1:])})]
    return [("zero_pad", {"pads": (pads[1], pads[2])})]


def _pad_images(config: Json, arguments: Json) -> list[Step] | None:
    rows = config["top_padding"], config["bottom_padding"]
    columns = config["left_padding"], config["right_padding"]
    unknown = None in (*rows, *columns) or not channels_last(config)
    return None if unknown else [("zero_pad", {"pads": (rows, columns)})]


def _zero_pad(config: Json, arguments: Json) -> list[Step] | None:
    if not channels_last(config):
        return None
    pads = tuple(pair(each) for each in config["padding"])
    return [("zero_pad", {"pads": pads})]


def _concatenate(config: Json, arguments: Json) -> list[Step]:
    return [("concatenate", {"axis": config["axis"]})]


def _resize(config: Json, arguments: Json) -> list[Step] | None:
    """Read a resizing that repeats pixels, or that leaves the size as it is."""
    rows, columns = arguments["args"][0]["config"]["shape"][1:3]
    height, width = config["size"]
    usual = not config["crop_to_aspect_ratio"] and not config["pad_to_aspect_ratio"]
    if not usual or not channels_last(config) or None in (rows, columns):
        return None
    if (height, width) == (rows, columns):
        return []
    whole = height % rows == width % columns == 0 and config["interpolation"] == "nearest"
    return [("upsample", {"size": (height // rows, width // columns)})] if whole else None


def _upsample(config: Json, arguments: Json) -> list[Step] | None:
    if config.get("interpolation") != "nearest" or not channels_last(config):
        return None
    return [("upsample", {"size": pair(config["size"])})]


def without_batch(layer: Json, arguments: Json) -> bool:
    """Return whether a layer gives a tensor without a batch axis only another form.

    That is one number for each channel, whose axes of length 1 say nothing.
    """
    if not is_of_keras(layer) or layer["class_name"] not in ("Reshape", "Squeeze", "ExpandDims"):
        return False
    shape = arguments["args"][0]["config"]["shape"] if arguments["args"] else [None]
    form = layer["config"].get("newshape") or [-1]
    alone = shape[0] is not None and all(size == 1 for size in shape[:-1])
    return alone and form[-1] in (-1, shape[-1]) and all(size == 1 for size in form[:-1])


def _permute(config: Json, arguments: Json) -> list[Step] | None:
    """Read the layer `Permute`, and functions that bring axes into another order."""
    if "dims" in config:
        return [("permute", {"dims": tuple(config["dims"])})]
    rank = len(arguments["args"][0]["config"]["shape"])
    if "axes" in config:
        order = [axis % rank for axis in config["axes"] or reversed(range(rank))]
    elif "source" in config:
        ends = [config[key] for key in ("source", "destination")]
        pairs = zip(*([end] if isinstance(end, int) else end for end in ends), strict=True)
        goal = {there % rank: at % rank for at, there in pairs}
        left = iter(axis for axis in range(rank) if axis not in goal.values())
        order = [goal[at] if at in goal else next(left) for at in range(rank)]
    else:
        first, second = (config[key] % rank for key in ("axis1", "axis2"))
        order = [{first: second, second: first}.get(axis, axis) for axis in range(rank)]
    return [("permute", {"dims": tuple(order[1:])})] if order[0] == 0 else None


def is_function_of_keras(layer: Json) -> bool:
    """Return whether what stands in the place of a layer is a function of `keras.ops`."""
    return is_of_keras(layer) and ".ops." in f"{layer['module']}."


def is_of_keras(layer: Json) -> bool:
    """Return whether a layer is one of Keras's own."""
    return str(layer.get("module", "")).partition(".")[0] == "keras"


FORMS: dict[str, Reader] = {
    "Resize": _resize,
    "ZeroPadding2D": _zero_pad,
    "Pad": _pad,
    "PadImages": _pad_images,
    "Cropping2D": _crop,
    "GetItem": _slice,
    "Reshape": _reshape,
    "ExpandDims": _expand,
    "Squeeze": _squeeze,
    **dict.fromkeys(("Permute", "Transpose", "Moveaxis", "Swapaxes"), _permute),
    "Concatenate": _concatenate,
    "UpSampling2D": _upsample,
}
