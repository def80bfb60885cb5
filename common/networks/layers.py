"""What the layers without weights compute, in NumPy, by the names that Keras gives them."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from common.networks.activations import ACTIVATIONS, activation

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Layer = Callable[..., Array]


class UnknownLayer(Exception):
    """A layer, or a way to connect layers, that is not known here. The message names it."""


def layer_function(kind: str, config: Mapping[str, Any], sizes: Sequence[int]) -> tuple[Layer, int]:
    """What a layer without weights computes, and how many numbers come out. Raises UnknownLayer."""
    lower = kind.lower()
    if lower in _ARITHMETIC:
        return _ARITHMETIC[lower], max(sizes)
    if lower == "average" and sizes:
        return lambda *parts: sum(parts[1:], parts[0]) / len(parts), max(sizes)
    if lower == "concatenate" and config.get("axis", -1) in (-1, 1):
        return lambda *parts: np.concatenate(parts, axis=-1), sum(sizes)
    if lower in ("mean", "max", "sum") and config.get("axis") in (-1, 1, [-1], [1]) and config.get("keepdims"):
        reduce = getattr(np, lower)
        return lambda x: reduce(x, axis=-1, keepdims=True), 1
    if lower == "rescaling":
        scale, offset = (np.asarray(config.get(name, default), np.float32) for name, default in _RESCALING)
        return lambda x: x * scale + offset, sizes[0]
    if lower == "activation":
        return known_activation(config.get("activation")) or _same, sizes[0]
    if lower in ("leakyrelu", "leaky_relu"):
        slope = np.float32(config.get("negative_slope", config.get("alpha", 0.3)))
        return lambda x: np.where(x >= 0, x, slope * x), sizes[0]
    changed = {name for name, usual in _USUAL.items() if config.get(name, usual) not in (usual, None)}
    if lower in ACTIVATIONS and not changed:
        return ACTIVATIONS[lower], sizes[0]
    if lower in ("flatten", "identity"):
        return _same, sizes[0]
    raise UnknownLayer(f"a layer of the kind {kind}")


_RESCALING = (("scale", 1.0), ("offset", 0.0))
_USUAL = {"max_value": None, "threshold": 0.0, "negative_slope": 0.0, "alpha": 1.0}
"""what an activation layer, ReLU or ELU, can be told; only as it is by itself is it the function of its name"""

_ARITHMETIC: dict[str, Layer] = {
    "add": lambda *parts: sum(parts[1:], parts[0]),
    "subtract": lambda left, right: left - right,
    "multiply": lambda *parts: math.prod(parts[1:], start=parts[0]),
    "truedivide": lambda left, right: left / right,
    "divide": lambda left, right: left / right,
    "negative": lambda x: -x,
    "maximum": lambda *parts: np.maximum.reduce(np.broadcast_arrays(*parts)),
    "minimum": lambda *parts: np.minimum.reduce(np.broadcast_arrays(*parts)),
}


def with_numbers(function: Layer, numbers: Sequence[float | None]) -> Layer:
    """The function with these constants in their places and its arrays in the others."""
    constants = [None if number is None else np.float32(number) for number in numbers]

    def call(*arrays: Array) -> Array:
        fed = iter(arrays)
        return function(*[next(fed) if constant is None else constant for constant in constants])

    return call


def _same(x: Array) -> Array:
    return x


def known_activation(named: Any) -> Callable[[Array], Array] | None:
    """The function of an activation's name; None for the linear one. Raises UnknownLayer."""
    function = activation(named)
    if function is None:
        raise UnknownLayer(f"the activation {named}")
    return None if function is ACTIVATIONS["linear"] else function
