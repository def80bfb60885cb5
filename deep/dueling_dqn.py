"""Dueling DQN: one stream says what the state is worth, the other how much better each action is than the average.

    Q(s, a)  =  V(s)  +  A(s, a)  -  mean_a' A(s, a')

Without the mean, a number could move from V to A and back without changing Q, and neither would mean anything.
Wang et al. (2016), Dueling network architectures for deep reinforcement learning, equation 9.
    python deep/dueling_dqn.py
    python deep/dueling_dqn.py --demo
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from common.options import launch
from deep.dqn import DQNAgent, Options, main
from deep.parts.acting import ActingNetwork
from deep.parts.lazy import keras
from deep.parts.networks import dense, layer_shapes


class DuelingActing(ActingNetwork):
    """The two streams in NumPy."""

    def __call__(self, states: np.ndarray) -> np.ndarray:
        *trunk, (value_kernel, value_bias), (advantage_kernel, advantage_bias) = self.layers
        features = self.through(trunk, states)
        value = features @ value_kernel + value_bias
        advantage = features @ advantage_kernel + advantage_bias
        return value + advantage - advantage.mean(axis=-1, keepdims=True)


class DuelingDQNAgent(DQNAgent):
    """DQN with another network."""

    player = DuelingActing

    @staticmethod
    def shapes(inputs: int, *outputs: int, hidden: Sequence[int]) -> list[tuple[int, ...]]:
        return layer_shapes(inputs, 1, *outputs, hidden=hidden)

    def network(self, inputs: int, actions: int) -> Any:
        """Q(s, .) = V(s) + A(s, .) - mean A(s, .) as a Keras model."""
        drawn = self.options.initializer
        state = features = keras.Input((inputs,))
        for size in self.options.hidden:
            features = dense(size, self.generator, "relu", drawn)(features)
        value = dense(1, self.generator, None, drawn)(features)
        advantage = dense(actions, self.generator, None, drawn)(features)
        q = value + advantage - keras.ops.mean(advantage, axis=-1, keepdims=True)
        return keras.Model(state, q)


if __name__ == "__main__":
    launch(partial(main, chapter="dueling_dqn", agent_class=DuelingDQNAgent), Options)
