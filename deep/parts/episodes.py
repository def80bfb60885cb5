"""Whole episodes of the current policy, from which an on-policy agent learns once."""

from typing import Any, NamedTuple

from common.runs.checkpoint import State
from common.runs.remember import recalled, remembered

import numpy as np
from numpy.typing import NDArray


class Episode(NamedTuple):
    """states [T, inputs], S_0 .. S_{T-1}; actions [T, ...], A_0 .. A_{T-1}; rewards [T], R_1 .. R_T.

    last_state: S_T, the observation in which the episode ended; terminated: whether the world ended it there (or it
    was only cut off by a time limit). more: what else was added with each step, [T, ...] by name.
    """

    states: NDArray[np.float32]
    actions: NDArray[Any]
    rewards: NDArray[np.float64]
    last_state: NDArray[np.float32]
    terminated: bool
    more: dict[str, NDArray[Any]]


class EpisodeMemory:
    """Collects transitions into episodes. `len` counts the episodes that have ended."""

    def __init__(self) -> None:
        self.ended: list[Episode] = []
        self._steps: list[tuple[Any, Any, float, dict[str, Any]]] = []

    def __len__(self) -> int:
        return len(self.ended)

    def add(
        self, state: Any, action: Any, reward: Any, next_state: Any, terminated: bool, truncated: bool, **more: Any
    ) -> None:
        """Append a transition, and by name whatever else a chapter needs; its end closes the episode."""
        self._steps.append((np.array(state, np.float32), action, float(reward), more))
        if terminated or truncated:
            states, actions, rewards, others = zip(*self._steps, strict=True)
            self.ended.append(
                Episode(
                    np.asarray(states),
                    np.asarray(actions),
                    np.asarray(rewards, np.float64),
                    np.array(next_state, np.float32),
                    bool(terminated),
                    {name: np.asarray([each[name] for each in others]) for name in more},
                )
            )
            self._steps = []

    def take(self) -> list[Episode]:
        """Hand over the episodes that have ended and forget them: the next policy needs episodes of its own."""
        episodes, self.ended = self.ended, []
        return episodes

    def state(self) -> State:
        """Everything remembered, as a flat dict of arrays."""
        return remembered([[tuple(episode) for episode in self.ended], self._steps])

    def restore(self, state: State) -> None:
        """Take over what `state` gave."""
        ended, self._steps = recalled(state)
        self.ended = [Episode(*episode) for episode in ended]
