"""An agent's attributes as a state and back: numbers, text, arrays, and lists, tuples, deques and dicts of them."""

from collections import deque
from typing import Any

from common.runs.checkpoint import State, packed, unpacked, with_prefix, without_prefix

import numpy as np


def remembered(value: Any) -> State:
    """The value as a flat dict of arrays. Raises TypeError, naming the type, for one that it cannot hold."""
    arrays: list[np.ndarray] = []
    return {"value": packed(_shape(value, arrays))} | with_prefix(
        "array", {str(index): array for index, array in enumerate(arrays)}
    )


def recalled(state: State) -> Any:
    """What `remembered` was given."""
    return _value(unpacked(state["value"]), without_prefix("array", state))


def _shape(value: Any, arrays: list[np.ndarray]) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "fiub":
        arrays.append(np.array(value))
        return {"array": len(arrays) - 1}
    if isinstance(value, list | tuple):
        return {type(value).__name__: [_shape(each, arrays) for each in value]}
    if isinstance(value, deque):
        return {"deque": [_shape(each, arrays) for each in value], "longest": value.maxlen}
    if isinstance(value, dict):
        return {"dict": [[_shape(name, arrays), _shape(each, arrays)] for name, each in value.items()]}
    raise TypeError(type(value).__name__)


def _value(shape: Any, arrays: State) -> Any:
    if not isinstance(shape, dict):
        return shape
    if "array" in shape:
        array = arrays[str(shape["array"])]
        return array if array.ndim else array[()]
    if "dict" in shape:
        return {_value(name, arrays): _value(each, arrays) for name, each in shape["dict"]}
    kind, parts = next(iter(shape.items()))
    values = [_value(each, arrays) for each in parts]
    return deque(values, shape["longest"]) if kind == "deque" else tuple(values) if kind == "tuple" else values
