"""Operations that give tensors another form, and leave their numbers as they are."""

from collections.abc import Sequence

import numpy as np

from checks.graph.operation import Operation, Params, Shape, by, no_weights


def _parts(params: Params) -> tuple[slice, ...]:
    return tuple(slice(*bounds) for bounds in params["bounds"])


def _sliced_shape(params: Params, shapes: Sequence[Shape]) -> Shape:
    pairs = zip(_parts(params), shapes[0], strict=True)
    return tuple(len(range(*part.indices(size))) for part, size in pairs)


def _describe_slice(params: Params) -> str:
    def words(start: int | None, stop: int | None, step: int) -> str:
        ends = f"{'' if start is None else start}:{'' if stop is None else stop}"
        return ends if step == 1 else f"{ends}:{step}"

    *places, channels = params["bounds"]
    whole_pixels = channels == (None, None, 1) and all(step == 1 for *_, step in places)
    kind = "cropping" if whole_pixels and len(places) == 2 else "slice"
    return f"{kind} [:, {', '.join(words(*bounds) for bounds in params['bounds'])}]"


def _reshaped(params: Params, shapes: Sequence[Shape]) -> Shape:
    return np.broadcast_to(np.int8(0), shapes[0]).reshape(params["target"]).shape


def _squeezed(params: Params, shapes: Sequence[Shape]) -> Shape:
    rank = len(shapes[0]) + 1
    axes = {axis % rank for axis in params["axes"]} or set(range(1, rank))
    return tuple(size for at, size in enumerate(shapes[0], start=1) if at not in axes or size != 1)


def _concatenated_shape(params: Params, shapes: Sequence[Shape]) -> Shape:
    axis = params["axis"] - 1 if params["axis"] > 0 else params["axis"]
    shape = list(shapes[0])
    shape[axis] = sum(each[axis] for each in shapes)
    if len({tuple(np.delete(each, axis)) for each in shapes}) > 1:
        raise ValueError("only one axis may differ")
    return tuple(shape)


def _padded_shape(params: Params, shapes: Sequence[Shape]) -> Shape:
    return tuple(size + sum(pair) for size, pair in zip(shapes[0], params["pads"], strict=True))


def _mirrored_shape(params: Params, shapes: Sequence[Shape]) -> Shape:
    """Return the shape of what is padded, by a mirror no further than what it mirrors reaches."""
    short = {"reflect": 1, "symmetric": 0}.get(params["mode"])
    pairs = zip(shapes[0], params["pads"], strict=True)
    if short is not None and any(max(pad) > size - short for size, pad in pairs):
        raise ValueError(f"a mirror of {shapes[0]} does not reach {params['pads']} far")
    return _padded_shape(params, shapes)


FORMS: dict[str, Operation] = {
    "flatten": Operation(
        lambda p, w, x, t: x[0].reshape(len(x[0]), -1),
        lambda p, s: (int(np.prod(s[0])),),
        no_weights,
        lambda p: "Flatten",
    ),
    "reshape": Operation(
        lambda p, w, x, t: x[0].reshape(len(x[0]), *_reshaped(p, [x[0].shape[1:]])),
        lambda p, s: _reshaped(p, s),
        no_weights,
        lambda p: f"Reshape to {by(p['target'])}",
    ),
    "squeeze": Operation(
        lambda p, w, x, t: x[0].reshape(len(x[0]), *_squeezed(p, [x[0].shape[1:]])),
        lambda p, s: _squeezed(p, s),
        no_weights,
        lambda p: "squeeze",
    ),
    "permute": Operation(
        lambda p, w, x, t: x[0].transpose(0, *p["dims"]),
        lambda p, s: tuple(s[0][at - 1] for at in p["dims"]),
        no_weights,
        lambda p: f"Permute to {by(p['dims'])}",
    ),
    "subsample": Operation(
        lambda p, w, x, t: x[0][:, :: p["strides"][0], :: p["strides"][1]],
        lambda p, s: (-(-s[0][0] // p["strides"][0]), -(-s[0][1] // p["strides"][1]), s[0][2]),
        no_weights,
        lambda p: f"subsampling with the stride {by(p['strides'])}",
    ),
    "slice": Operation(
        lambda p, w, x, t: x[0][(slice(None), *_parts(p))],
        _sliced_shape,
        no_weights,
        _describe_slice,
    ),
    "pad": Operation(
        lambda p, w, x, t: np.pad(x[0], ((0, 0), *p["pads"])),
        _padded_shape,
        no_weights,
        lambda p: f"padding with zeros by {tuple(map(tuple, p['pads']))}",
    ),
    "pad_otherwise": Operation(
        lambda p, w, x, t: np.pad(
            x[0],
            ((0, 0), *p["pads"]),
            p["mode"],
            **({"constant_values": p["value"]} if p["mode"] == "constant" else {}),
        ),
        _mirrored_shape,
        no_weights,
        lambda p: (
            f"padding with the number {p['value']:g}"
            if p["mode"] == "constant"
            else f"padding in the mode “{p['mode']}”"
        ),
    ),
    "upsample": Operation(
        lambda p, w, x, t: x[0].repeat(p["size"][0], 1).repeat(p["size"][1], 2),
        lambda p, s: (s[0][0] * p["size"][0], s[0][1] * p["size"][1], s[0][2]),
        no_weights,
        lambda p: f"UpSampling2D {by(p['size'])}",
    ),
    "concatenate": Operation(
        lambda p, w, x, t: np.concatenate(x, p["axis"]),
        _concatenated_shape,
        no_weights,
        lambda p: "Concatenate",
    ),
}
