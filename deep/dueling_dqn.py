"""Dueling DQN: one stream says what the state is worth, the other how much better each action is than the average.

    Q(s, a)  =  V(s)  +  A(s, a)  -  mean_a' A(s, a')

Without the mean, a number could move from V to A and back without changing Q, and neither would mean anything.
Wang et al. (2016), Dueling network architectures for deep reinforcement learning, equation 9.
    python deep/dueling_dqn.py
    python deep/dueling_dqn.py --demo
"""

from typing import Any

from deep.dqn import DQN, Options, train
from deep.parts.launch import launch
from deep.parts.lazy import keras


class DuelingDQN(DQN):
    """DQN with another network."""

    def network(self, inputs: int, actions: int) -> Any:
        """Q(s, .): states [n, inputs] -> action values [n, actions]."""
        state = features = keras.Input((inputs,))
        for size in self.options.hidden:
            features = keras.layers.Dense(size, "relu")(features)
        value = keras.layers.Dense(1)(features)
        advantage = keras.layers.Dense(actions)(features)
        # Q(s, a) = V(s) + A(s, a) - mean_a' A(s, a')
        return keras.Model(state, value + advantage - keras.ops.mean(advantage, axis=1, keepdims=True))


if __name__ == "__main__":
    launch("dueling_dqn", Options, DuelingDQN, train)
