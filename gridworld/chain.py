"""Fast sweeps over the Markov chain that an MDP becomes once every state's action is fixed."""

import numpy as np
from numpy.typing import NDArray

from gridworld.halves import odd_states
from gridworld.mdp import MDP

Floats = NDArray[np.float64]

BLOCK = 1 << 16
"""States whose arrays stay in the processor's cache together."""


class Chain:
    """The chain of a policy that takes one action a state, made for many sweeps to the same fixed point.

    A sweep here is cheaper than the backup of all actions, because it reads K next values of a state and not A * K, and
    it goes further. It works in place, on one half of the states and then on the other (see `gridworld/halves.py`), so
    values travel two moves a sweep. And where an action may leave the agent where it is, the value that this implies is
    solved for instead of iterated: v = r + w v + rest gives v = (r + rest) / (1 - w). Sweeps of states that bump
    into a wall would otherwise gain nothing from working in place.
    """

    def __init__(self, mdp: MDP, discount: float) -> None:
        self.mdp = mdp
        self.discount = discount
        self.actions = np.full(mdp.n_states, -1, dtype=np.int16)
        # The halves lie one behind the other, so that each is a slice: state s has the slot slots[s]. The last slot is
        # no state: outcomes that end the episode lead there, and its value is always 0.
        odd = odd_states(mdp)
        self.slots = np.empty(mdp.n_states + 1, dtype=np.intp)
        self.slots[:-1][~odd] = np.arange(mdp.n_states - odd.sum())
        self.slots[:-1][odd] = np.arange(mdp.n_states - odd.sum(), mdp.n_states)
        self.slots[-1] = mdp.n_states
        self.halves = ((0, mdp.n_states - int(odd.sum())), (mdp.n_states - int(odd.sum()), mdp.n_states))
        self.places = np.empty((mdp.n_outcomes, mdp.n_states), dtype=np.intp)
        self.weights = np.empty((mdp.n_outcomes, mdp.n_states))
        self.reward = np.empty(mdp.n_states)

    def follow(self, actions: NDArray[np.int16]) -> None:
        """Take these actions [S] from now on; only where they differ from before is there work to do."""
        mdp = self.mdp
        changed = np.flatnonzero(actions != self.actions)
        chosen = actions[changed]
        self.actions[changed] = chosen
        next_state = np.where(mdp.terminated[changed, chosen], mdp.n_states, mdp.next_state[changed, chosen]).T
        weights = self.discount * mdp.probability[changed, chosen].T
        own = next_state == changed
        rest = 1 - np.where(own, weights, 0.0).sum(axis=0)
        slots = self.slots[changed]
        self.places[:, slots] = self.slots[next_state]
        self.weights[:, slots] = np.where(own, 0.0, weights) / rest
        self.reward[slots] = mdp.expected_reward[changed, chosen] / rest

    def sweep(self, values: Floats, sweeps: int) -> Floats:
        """[S] the values [S] after this many sweeps of v(s) <- r(s) + discount * sum_{s'} p(s') v(s')."""
        current = np.zeros(len(values) + 1)
        current[self.slots[:-1]] = values
        found = np.empty((len(self.places), BLOCK))
        for _ in range(sweeps):
            for first, last in self.halves:
                for begin in range(first, last, BLOCK):
                    self._back_up(current, slice(begin, min(begin + BLOCK, last)), found)
        return current[self.slots[:-1]]

    def _back_up(self, current: Floats, block: slice, found: Floats) -> None:
        found = found[:, : block.stop - block.start]
        for places, weights, part in zip(self.places[:, block], self.weights[:, block], found, strict=True):
            np.take(current, places, out=part, mode="clip")
            np.multiply(part, weights, out=part)
        new = current[block]
        np.add(self.reward[block], found[0], out=new)
        for part in found[1:]:
            np.add(new, part, out=new)
