"""Sweeps in place: one half of the states first, then the other half, from the values that the first has just written.

On a grid the halves are the black and the white squares of a chessboard: all neighbours of a state are in the other
half, so a value travels two cells a sweep instead of one, and about half as many sweeps are needed (Gauss-Seidel in
red-black order). Backing up half the states at a time, instead of one state at a time, is what arrays can do fast.
"""

import numpy as np
from numpy.typing import NDArray

from gridworld.mdp import MDP

Floats = NDArray[np.float64]


class Part:
    """Some of an MDP's states, to be backed up together.

    states: [n] their numbers, or the slice of all of them.
    """

    def __init__(self, mdp: MDP, states: NDArray[np.intp] | slice) -> None:
        self.states = states
        self._backup = mdp.backup if isinstance(states, slice) else mdp.backup.part(states)
        self._action_values = np.empty(self._backup.expected_reward.shape)

    def action_values(self, values: Floats, discount: float) -> Floats:
        """[n, A] the one-step backup of these states alone, from the values [S]; the next call overwrites it."""
        self._backup.run(values, discount, self._action_values)
        return self._action_values.T


def whole(mdp: MDP) -> list[Part]:
    """All states as one part: what a sweep that is not in place backs up."""
    return [Part(mdp, slice(None))]


def halves(mdp: MDP) -> list[Part]:
    """The two halves of the states, or one where no state leads to another."""
    odd = odd_states(mdp)
    parts = (np.flatnonzero(~odd), np.flatnonzero(odd))
    return [Part(mdp, states) for states in parts if len(states)]


def odd_states(mdp: MDP) -> NDArray[np.bool_]:
    """[S] whether a state is an odd number of moves away from the first state of its part of the world.

    Where the world is a grid without jumps, that is the colour of its square on a chessboard.
    """
    followers = mdp.next_state.reshape(mdp.n_states, -1)
    odd = np.zeros(mdp.n_states, dtype=np.bool_)
    # States that only lead to themselves may be in either half: nothing is searched from there.
    new = (followers != np.arange(mdp.n_states)[:, None]).any(axis=1)
    seed = int(new.argmax())
    while new[seed]:
        frontier, colour = np.array([seed]), False
        while len(frontier):
            new[frontier] = False
            odd[frontier] = colour
            reached = followers[frontier].ravel()
            frontier, colour = np.unique(reached[new[reached]]), not colour
        seed += int(new[seed:].argmax())
    return odd
