"""Whole episodes of the current policy, from which an on-policy agent learns once."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from common.checkpoint import State, packed, unpacked


class Episode(NamedTuple):
    """states [T, inputs], S_0 .. S_{T-1}; actions [T], A_0 .. A_{T-1}; rewards [T], R_1 .. R_T.

    last_state: S_T, the observation in which the episode ended; terminated: whether the world ended it there (or it
    was only cut off by a time limit).
    """

    states: NDArray[np.float32]
    actions: NDArray[np.int64]
    rewards: NDArray[np.float64]
    last_state: NDArray[np.float32]
    terminated: bool


class EpisodeMemory:
    """Collects transitions into episodes. `len` counts the episodes that have ended."""

    def __init__(self) -> None:
        self.ended: list[Episode] = []
        self._steps: list[tuple[Any, Any, float]] = []

    def __len__(self) -> int:
        return len(self.ended)

    def add(self, state: Any, action: Any, reward: Any, next_state: Any, terminated: bool, truncated: bool) -> None:
        """Append a transition; `terminated` or `truncated` closes the episode."""
        self._steps.append((state, action, float(reward)))
        if terminated or truncated:
            states, actions, rewards = zip(*self._steps, strict=True)
            self.ended.append(
                Episode(
                    np.asarray(states, np.float32),
                    np.asarray(actions, np.int64),
                    np.asarray(rewards, np.float64),
                    np.asarray(next_state, np.float32),
                    bool(terminated),
                )
            )
            self._steps = []

    def take(self) -> list[Episode]:
        """Hand over the episodes that have ended and forget them: the next policy needs episodes of its own."""
        episodes, self.ended = self.ended, []
        return episodes

    def state(self) -> State:
        """Everything remembered, as a flat dict of arrays."""
        state: State = {"unfinished": packed(bool(self._steps))}
        episodes = self.ended.copy()
        if self._steps:
            states, actions, rewards = map(np.asarray, zip(*self._steps, strict=True))
            episodes.append(Episode(states, actions, rewards, states[-1], False))
        for index, episode in enumerate(episodes):
            state |= {f"{index}/{name}": np.asarray(value) for name, value in episode._asdict().items()}
        return state

    def restore(self, state: State) -> None:
        """Take over what `state` gave."""
        count = len({name.split("/")[0] for name in state}) - 1
        episodes = []
        for index in range(count):
            states, actions, rewards, last_state, terminated = (state[f"{index}/{name}"] for name in Episode._fields)
            episodes.append(Episode(states, actions, rewards, last_state, bool(terminated)))
        running = episodes.pop() if unpacked(state["unfinished"]) else None
        self.ended = episodes
        self._steps = (
            [] if running is None else list(zip(running.states, running.actions, running.rewards, strict=True))
        )
