"""A few steps of several environments side by side, from which an on-policy agent learns once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.checkpoint import State, packed, unpacked

Array = NDArray[Any]


class Rollout:
    """length steps of n environments: states [T, N, inputs], actions [T, N, ...], all others [T, N].

    played is false where an environment only began its next episode: what was "done" there was ignored.
    """

    def __init__(self, length: int, count: int, inputs: int, action_shape: tuple[int, ...], action_type: Any) -> None:
        self.states = np.zeros((length, count, inputs), np.float32)
        self.actions = np.zeros((length, count, *action_shape), action_type)
        self.rewards = np.zeros((length, count), np.float32)
        self.terminated = np.zeros((length, count), bool)
        self.truncated = np.zeros((length, count), bool)
        self.played = np.zeros((length, count), bool)
        self.filled = 0

    @property
    def full(self) -> bool:
        """Whether all steps are in."""
        return self.filled == len(self.states)

    def add(
        self, states: Array, actions: Array, rewards: Array, terminated: Array, truncated: Array, restarted: Array
    ) -> None:
        """Append one step of all environments; a full rollout is overwritten from its beginning."""
        at = 0 if self.full else self.filled
        self.states[at], self.actions[at], self.rewards[at] = states, actions, rewards
        self.terminated[at], self.truncated[at], self.played[at] = terminated, truncated, ~restarted
        self.filled = at + 1

    def state(self) -> State:
        """Everything, as a flat dict of arrays."""
        return {name: packed(value) if name == "filled" else value.copy() for name, value in vars(self).items()}

    def restore(self, state: State) -> None:
        """Take over what `state` gave."""
        for name, value in vars(self).items():
            setattr(self, name, unpacked(state[name]) if name == "filled" else state[name].reshape(value.shape))
