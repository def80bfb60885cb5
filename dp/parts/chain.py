"""Fast sweeps over the Markov chain that an MDP becomes once every state's action is fixed."""

import numpy as np
from numpy.typing import NDArray

from dp.parts.halves import odd_states
from gridworld.mdp import MDP

Floats = NDArray[np.float64]

BLOCK = 1 << 15
"""States swept together at most: their arrays stay in the processor's cache from one step to the next."""


class Chain:
    """The chain of a policy that takes one action a state, made for many sweeps to the same fixed point.

    A sweep here is cheaper than the backup of all actions, because it reads K next values of a state and not A * K, and
    skips states where every outcome ends the episode. And it goes further. It works in place, on one half of the states
    and then on the other (see `dp/parts/halves.py`), so values travel two moves a sweep. Where an action may leave the
    agent where it is, the value that this implies is solved for instead of iterated: v = r + w v + rest gives
    v = (r + rest) / (1 - w). States that bump into a wall would otherwise gain nothing from sweeps in place.
    """

    def __init__(self, mdp: MDP, discount: float) -> None:
        self.mdp = mdp
        self.discount = discount
        self.actions = np.full(mdp.n_states, -1, dtype=np.int16)
        odd, goes_on = odd_states(mdp), ~np.asarray(mdp.terminated.all(axis=(1, 2)))
        parts = [np.flatnonzero(goes_on & ~odd), np.flatnonzero(goes_on & odd), np.flatnonzero(~goes_on)]
        # The halves lie one behind the other, so that each is a slice: state s has the slot slots[s]. The last slot is
        # no state: outcomes that end the episode lead there, and its value is always 0.
        self.slots = np.empty(mdp.n_states + 1, dtype=np.intp)
        self.slots[np.concatenate([*parts, [mdp.n_states]])] = np.arange(mdp.n_states + 1)
        self._blocks = [
            _Block(mdp.n_outcomes, int(self.slots[part[begin]]), len(part[begin : begin + BLOCK]))
            for part in parts[:2]
            for begin in range(0, len(part), BLOCK)
        ]

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
        places, weights = self.slots[next_state], np.where(own, 0.0, weights) / rest
        reward = mdp.expected_reward[changed, chosen] / rest
        slots = self.slots[changed]
        for block in self._blocks:
            inside = (block.slots.start <= slots) & (slots < block.slots.stop)
            at = slots[inside] - block.slots.start
            block.places[:, at] = places[:, inside]
            block.weights[:, at] = weights[:, inside]
            block.reward[at] = reward[inside]

    def sweep(self, values: Floats, sweeps: int) -> Floats:
        """[S] the values [S] after this many sweeps of v(s) <- r(s) + discount * sum_{s'} p(s') v(s')."""
        current = np.zeros(len(values) + 1)
        current[self.slots[:-1]] = values
        for _ in range(sweeps):
            for block in self._blocks:
                # r(s) + discount * sum_{s'} p(s') v(s'), with the discount in the weights
                np.take(current, block.places, out=block.found, mode="clip")
                np.multiply(block.found, block.weights, out=block.found)
                new = current[block.slots]
                np.add(block.reward, block.found[0], out=new)
                for found in block.found[1:]:
                    np.add(new, found, out=new)
        return current[self.slots[:-1]]


class _Block:
    """A part of a half: its n slots, and for each of them places [K, n], weights [K, n] and reward [n]."""

    def __init__(self, n_outcomes: int, first: int, n_states: int) -> None:
        self.slots = slice(first, first + n_states)
        self.places = np.zeros((n_outcomes, n_states), dtype=np.intp)
        self.weights = np.zeros((n_outcomes, n_states))
        self.reward = np.zeros(n_states)
        self.found = np.empty((n_outcomes, n_states))
