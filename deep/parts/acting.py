"""The copy of a network that acts: the same numbers in NumPy.

A call of a Keras model costs milliseconds of overhead, whatever its size; a 4-64-64-2 network in NumPy takes ten
microseconds. An agent takes an environment step with every call, so it acts with this copy and refreshes it after
each burst of learning.
"""

from collections.abc import Sequence

import numpy as np

from common.demo import Thought


class ActingNetwork:
    """Dense ReLU layers with a linear last one; for value networks, whose outputs are action values.

    weights: kernel [inputs, outputs] and bias [outputs] of every layer, as keras.Model.get_weights() lists them.
    """

    def __init__(self, weights: Sequence[np.ndarray]) -> None:
        self.set(weights)

    def set(self, weights: Sequence[np.ndarray]) -> None:
        """Take over new weights."""
        self.layers = list(zip(weights[::2], weights[1::2], strict=True))

    def __call__(self, states: np.ndarray) -> np.ndarray:
        """states [n, inputs] or [inputs] -> outputs [n, outputs] or [outputs]."""
        *hidden, (kernel, bias) = self.layers
        return self.through(hidden, states) @ kernel + bias

    @staticmethod
    def through(layers: Sequence[tuple[np.ndarray, np.ndarray]], states: np.ndarray) -> np.ndarray:
        """Dense ReLU layers, one after the other."""
        for kernel, bias in layers:
            states = np.maximum(states @ kernel + bias, 0.0)
        return states

    def greedy(self, states: np.ndarray) -> np.ndarray:
        """The actions [n] with the highest values."""
        return self(states).argmax(axis=-1)

    def thought(self, state: np.ndarray) -> Thought:
        """What a demo shows: the greedy action and the value of each."""
        values = self(state)
        return Thought(int(values.argmax()), "action values", values)
