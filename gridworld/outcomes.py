"""What an action leads to this time: drawing from p(s', r | s, a)."""

from collections.abc import Callable

from gridworld.mdp import MDP

import numpy as np

_BLOCK = 64


Outcome = tuple[int, float, bool, float]
"""(next state, reward, terminated, probability)"""


class Outcomes:
    """The outcomes of a model, as tuples, which answer a single question much faster than arrays do.

    certain: [S] for each state its actions, and each action's outcome where there is only one, else None; None for a
    state that nobody has asked for, whose row `look_up` makes. So a step costs the same on a map of any size.
    """

    def __init__(self, mdp: MDP) -> None:
        self._mdp = mdp
        self.certain: list[dict[int, Outcome | None] | None] = [None] * mdp.n_states
        self._ladders: dict[tuple[int, int], list[tuple[float, Outcome]]] = {}

    def draw(self, state: int, action: int, random: Callable[[], float]) -> Outcome:
        """An outcome by its probability. random: gives numbers in [0, 1); not asked where nothing is left to chance."""
        ladder = self._ladders.get((state, action))
        if ladder is None:
            outcome = (self.certain[state] or self.look_up(state))[action]
            if outcome is not None:
                return outcome
            ladder = self._ladders[state, action]
        drawn = random()
        for cumulative, outcome in ladder:
            if drawn < cumulative:
                return outcome
        return ladder[-1][1]  # probabilities that sum to a hair less than 1

    def look_up(self, state: int) -> dict[int, Outcome | None]:
        """The state's row of `certain`. Made for a block of states at a time."""
        first = state - state % _BLOCK
        block = slice(first, first + _BLOCK)
        mdp = self._mdp
        model = (mdp.next_state, mdp.reward, mdp.terminated, mdp.probability)
        for at, actions in enumerate(zip(*(part[block].tolist() for part in model), strict=True), start=first):
            row: dict[int, Outcome | None] = {}
            for action, columns in enumerate(zip(*actions, strict=True)):
                possible = [outcome for outcome in zip(*columns, strict=True) if outcome[3] > 0]
                row[action] = possible[0] if len(possible) == 1 else None
                if len(possible) > 1:
                    rungs = np.cumsum([outcome[3] for outcome in possible]).tolist()
                    self._ladders[at, action] = list(zip(rungs, possible, strict=True))
            self.certain[at] = row
        return self.certain[state] or {}
