"""A Keras network in NumPy: the same numbers in microseconds, made from Keras's own description of the network.

A call of a Keras model costs about a millisecond whatever its size; a 4-64-64-2 network in NumPy takes ten
microseconds. An agent acts at every environment step, so it acts with such a copy, and a demo needs no TensorFlow.
`model.to_json()` is the one description: there is no second list of layers that could differ from the first.
"""

import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from common.networks.layers import Layer, UnknownLayer, known_activation, layer_function, with_numbers

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Network:
    """A Sequential or functional Keras model of dense layers, activations, merges and scaling.

    description: what `model.to_json()` says, or the `model_config` of an older file, as JSON text.
    weights: as `model.get_weights()` lists them, a kernel [inputs, outputs], its bias [outputs], the next kernel ...
    Raises UnknownLayer for a model that holds anything else, ValueError for weights of other shapes.
    """

    def __init__(self, description: str, weights: Sequence[Array]) -> None:
        self._dense: list[_Dense] = []
        graph = _Graph(self._dense)
        self._inputs, self._outputs = graph.add_model(json.loads(description), "")
        self._steps, self._sizes = graph.steps, graph.sizes
        if len(self._inputs) != 1:
            raise UnknownLayer(f"a network with {len(self._inputs)} inputs")
        # A chain of layers, each fed by the one before it, needs no table of what was computed so far.
        written = [place for _, _, place in self._steps]
        read = [places for _, places, _ in self._steps]
        straight = read == [(place,) for place in [*self._inputs, *written[:-1]]] and self._outputs == written[-1:]
        self._chain = [layer for layer, _, _ in self._steps] if straight else None
        self.set(weights)

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """The shapes of the weights, in their order."""
        return [shape for dense in self._dense for shape in dense.shapes]

    def set(self, weights: Sequence[Array]) -> None:
        """Take over these arrays; they are kept, not copied. Raises ValueError for other shapes."""
        found = [array.shape for array in weights]
        if found != self.shapes:
            raise ValueError(f"the network has weights of the shapes {self.shapes}, not {found}")
        arrays = iter(weights)
        for dense in self._dense:
            dense.kernel = next(arrays)
            dense.bias = next(arrays) if dense.has_bias else None

    def __call__(self, states: Array) -> Any:
        """States [n, inputs] or [inputs] -> outputs [n, outputs] or [outputs]; a list for several outputs."""
        if self._chain is not None:
            for layer in self._chain:
                states = layer(states)
            return states
        values = {self._inputs[0]: states}
        for layer, places, place in self._steps:
            values[place] = layer(*[values[each] for each in places])
        outputs = [values[place] for place in self._outputs]
        return outputs if len(outputs) > 1 else outputs[0]

    @property
    def inputs(self) -> int:
        """How many numbers a state has."""
        return self._sizes[self._inputs[0]]

    @property
    def outputs(self) -> list[int]:
        """How many numbers each output has."""
        return [self._sizes[place] for place in self._outputs]


class _Dense:
    """activation(x @ kernel + bias)."""

    kernel: Array
    bias: Array | None

    def __init__(self, config: Mapping[str, Any], inputs: int) -> None:
        self.has_bias = bool(config.get("use_bias", True))
        units = int(config["units"])
        self.shapes: list[tuple[int, ...]] = [(inputs, units), (units,)][: 1 + self.has_bias]
        self._activation = known_activation(config.get("activation"))

    def __call__(self, x: Array) -> Array:
        x = np.dot(x, self.kernel)
        if self.bias is not None:
            x += self.bias
        return self._activation(x) if self._activation is not None else x


class _Graph:
    """Walks a description and lists its steps: a function, the places it reads, the place it writes."""

    def __init__(self, dense: list[_Dense]) -> None:
        self.dense = dense
        self.steps: list[tuple[Layer, tuple[int, ...], int]] = []
        self.sizes: dict[int, int] = {}
        self._numbers = itertools.count()

    def add_model(self, model: Mapping[str, Any], path: str, given: Sequence[int] = ()) -> tuple[list[int], list[int]]:
        """Add all layers of a model; returns the places of its inputs and its outputs."""
        kind, config = model.get("class_name"), model["config"]
        if kind == "Sequential":
            return self._add_sequential(config, given)
        if kind in ("Functional", "Model"):
            return self._add_functional(config, given)
        raise UnknownLayer(f"{path or 'the network'} is a {kind}")

    def _add_sequential(self, config: Any, given: Sequence[int]) -> tuple[list[int], list[int]]:
        layers = config["layers"] if isinstance(config, dict) else config
        inputs = list(given)
        place = inputs[0] if inputs else -1
        for layer in layers:
            if place < 0:
                place = self._place(_input_size(layer))
                inputs = [place]
            if layer["class_name"] != "InputLayer":
                place = self._add(layer, [place])[0]
        return inputs, [place]

    def _add_functional(self, config: Mapping[str, Any], given: Sequence[int]) -> tuple[list[int], list[int]]:
        places: dict[str, list[int]] = {}
        fed = iter(given)
        inputs = []
        for layer in config["layers"]:
            name = layer.get("name") or layer["config"]["name"]
            if layer["class_name"] == "InputLayer":
                place = next(fed, None)
                places[name] = [self._place(_input_size(layer)) if place is None else place]
                inputs += places[name]
                continue
            calls = list(_calls(layer.get("inbound_nodes", [])))
            if len(calls) > 1:
                raise UnknownLayer(f"the layer {name}, which is used {len(calls)} times")
            for arguments, options in calls:
                read = [places[each.layer][each.output] if isinstance(each, _Tensor) else each for each in arguments]
                places.setdefault(name, []).extend(self._add(layer, read, options))
        return inputs, [places[name][output] for name, output in _tensors(config["output_layers"])]

    def _add(self, layer: Mapping[str, Any], read: list[Any], options: Mapping[str, Any] | None = None) -> list[int]:
        """Add one call of one layer, or of a model inside the model; returns the places of its outputs."""
        kind, config = layer["class_name"], layer.get("config") or {}
        if kind in ("Sequential", "Functional", "Model"):
            return self.add_model(layer, kind, read)[1]
        places = [each for each in read if isinstance(each, int)]
        numbers = [each.value if isinstance(each, _Number) else None for each in read]
        if kind == "Dense":
            dense = _Dense(config, self.sizes[places[0]])
            self.dense.append(dense)
            return [self._step(dense, places, dense.shapes[0][1])]
        sizes = [self.sizes[place] for place in places]
        function, size = layer_function(kind, {**config, **(options or {})}, sizes)
        if any(number is not None for number in numbers):
            function = with_numbers(function, numbers)
        return [self._step(function, places, size)]

    def _step(self, function: Layer, places: Sequence[int], size: int) -> int:
        place = self._place(size)
        self.steps.append((function, tuple(places), place))
        return place

    def _place(self, size: int) -> int:
        place = next(self._numbers)
        self.sizes[place] = size
        return place


class _Tensor:
    """An output of a layer, as a description names it."""

    def __init__(self, layer: str, output: int) -> None:
        self.layer, self.output = layer, output


class _Number:
    """A constant among the arguments of an operation."""

    def __init__(self, value: float) -> None:
        self.value = value


def _calls(nodes: Any) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """The arguments of each call of a layer: {"args": ..., "kwargs": ...} in Keras 3, [[name, node, i, {}]] before."""
    for node in nodes:
        if isinstance(node, dict):
            options = {name: value for name, value in node["kwargs"].items() if not _is_tensor(value)}
            tensors = [value for value in node["kwargs"].values() if _is_tensor(value)]
            yield [_argument(each) for each in [*_flat(node["args"]), *tensors]], options
        else:
            listed = [node] if node and isinstance(node[0], str) else node
            yield [_Tensor(name, output) for name, _, output, *_ in listed], {}


def _flat(arguments: Any) -> Iterator[Any]:
    for each in arguments:
        if isinstance(each, list):
            yield from _flat(each)
        else:
            yield each


def _is_tensor(value: Any) -> bool:
    return isinstance(value, dict) and value.get("class_name") == "__keras_tensor__"


def _argument(value: Any) -> Any:
    if _is_tensor(value):
        name, _, output = value["config"]["keras_history"]
        return _Tensor(name, output)
    if isinstance(value, int | float) and math.isfinite(value):
        return _Number(float(value))
    raise UnknownLayer(f"an operation on {value}")


def _tensors(listed: Any) -> list[tuple[str, int]]:
    """[name, node, i] or a list of those."""
    several = listed if listed and isinstance(listed[0], list) else [listed]
    return [(name, output) for name, _, output in several]


def _input_size(layer: Mapping[str, Any]) -> int:
    config = layer["config"]
    shape = (
        config.get("batch_shape")
        or config.get("batch_input_shape")
        or (layer.get("build_config") or {}).get("input_shape")
    )
    if shape is None or len(shape) != 2 or not isinstance(shape[1], int):
        raise UnknownLayer(f"an input of the shape {shape}")
    return int(shape[1])
