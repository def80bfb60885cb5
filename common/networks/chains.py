"""Networks of dense layers, told from the sizes of their arrays alone: one layer feeds the next that fits."""

import itertools
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

MOST_LAYERS = 12
"""whose order is searched for"""


class Layer(NamedTuple):
    """The arrays of a dense layer: kernel [inputs, outputs], and a bias [outputs] unless it has none."""

    arrays: tuple[np.ndarray, ...]

    @property
    def inputs(self) -> int:
        return int(self.arrays[0].shape[0])

    @property
    def outputs(self) -> int:
        return int(self.arrays[0].shape[1])


Chain = list[Layer]


def layers_of(weights: Sequence[np.ndarray]) -> list[Layer] | None:
    """The dense layers of arrays in their order; None where these are others."""
    layers: list[Layer] = []
    for array in weights:
        if array.ndim == 2:
            layers.append(Layer((array,)))
        elif layers and len(layers[-1].arrays) == 1 and array.shape == (layers[-1].outputs,):
            layers[-1] = Layer((*layers[-1].arrays, array))
        else:
            return None
    return layers or None


def chains_of(layers: Sequence[Layer], most: int) -> list[Chain] | None:
    """At most so many networks, which use every layer; None where the sizes fit no such reading.

    In turn: the layers as they stand, one network or several that read the same state; a trunk with heads, each of them
    one layer; a single network whose layers stand in another order, the order as it is where sizes leave a choice.
    """
    breaks = [
        index for index, (left, right) in enumerate(itertools.pairwise(layers), 1) if left.outputs != right.inputs
    ]
    runs = [list(layers[a:b]) for a, b in itertools.pairwise([0, *breaks, len(layers)])]
    if len(runs) <= most:
        if len({run[0].inputs for run in runs}) == 1 and _are_roles(runs):
            return runs
        first, *heads = runs
        trunk = first[:-1]
        if trunk and all(len(head) == 1 and head[0].inputs == trunk[-1].outputs for head in heads):
            return [first, *([*trunk, *head] for head in heads)]
    starts = dict.fromkeys(layer.inputs for layer in layers)
    found = (_through(list(layers), start) for start in starts) if len(layers) <= MOST_LAYERS else iter(())
    chain = next((chain for chain in found if chain is not None), None)
    return None if chain is None else [chain]


def _are_roles(chains: Sequence[Chain]) -> bool:
    """Whether all but one give a value for the state, or as many values as that one has actions."""
    outputs = sorted(chain[-1].outputs for chain in chains)
    return set(outputs[:-1]) <= {1, outputs[-1]}


def _through(layers: list[Layer], size: int) -> Chain | None:
    """All layers in an order in which each feeds the next, the first one fed with that many numbers."""
    if not layers:
        return []
    tried: set[int] = set()
    for index, layer in enumerate(layers):
        if layer.inputs == size and layer.outputs not in tried:
            tried.add(layer.outputs)
            rest = _through(layers[:index] + layers[index + 1 :], layer.outputs)
            if rest is not None:
                return [layer, *rest]
    return None


def described(chain: Chain, activation: str) -> str:
    """The chain as `model.to_json()` would describe it, the last layer linear."""
    layers: list[dict[str, Any]] = [{"class_name": "InputLayer", "config": {"batch_shape": [None, chain[0].inputs]}}]
    for layer in chain:
        config = {"units": layer.outputs, "activation": activation, "use_bias": len(layer.arrays) == 2}
        layers.append({"class_name": "Dense", "config": config})
    layers[-1]["config"]["activation"] = "linear"
    return json.dumps({"class_name": "Sequential", "config": {"layers": layers}})


def sizes_of(chain: Chain) -> str:
    """The sizes of a network to read: 4-24-24-2."""
    return "-".join(str(size) for size in [chain[0].inputs, *(layer.outputs for layer in chain)])
