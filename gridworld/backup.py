"""The one-step backup of a finite MDP, laid out for speed.

A backup is a few sums over very long arrays, so its time is the time to move memory: expected rewards are summed up
once, next states are kept action by action, and the work goes block by block of states that stay in the processor's
cache.
"""

import copy
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BLOCK = 1 << 15
"""States in a block."""


class Backup:
    """The backup's arrays, laid out action by action, in blocks of states that fit into the processor's cache.

    expected_reward: [A, S]. The next states of outcomes that terminate are replaced by the number S, a slot that always
    holds the value 0.
    """

    expected_reward: Floats

    def run(self, values: Floats, discount: float, action_values: Floats) -> None:
        """Write the backup of values [S] into action_values [A, S]."""
        raise NotImplementedError

    def part(self, states: NDArray[np.intp]) -> Self:
        """The backup of these states [n] alone: its `run` reads values [S] and writes action_values [A, n]."""
        part = copy.copy(self)
        part.expected_reward = np.ascontiguousarray(self.expected_reward[:, states])
        part._keep(states)
        return part

    def _keep(self, states: NDArray[np.intp]) -> None:
        raise NotImplementedError


class ListedOutcomes(Backup):
    """Any MDP: looks up the next values of all K outcomes and weighs each by its probability."""

    def __init__(
        self, next_state: NDArray[np.int32], probability: Floats, reward: Floats, terminated: NDArray[np.bool_]
    ) -> None:
        places = np.where(terminated, len(next_state), next_state).transpose(2, 1, 0)
        weights = probability.transpose(2, 1, 0)
        self.blocks = [
            (
                block,
                np.ascontiguousarray(places[:, :, block], dtype=np.intp),
                np.ascontiguousarray(weights[:, :, block]),
            )
            for block in _blocks(len(next_state))
        ]
        self.expected_reward = np.einsum("sak,sak->as", probability, reward)
        self.expected_reward.flags.writeable = False

    def run(self, values: Floats, discount: float, action_values: Floats) -> None:
        discounted = np.append(values * discount, 0.0)
        for block, places, weights in self.blocks:
            found = np.take(discounted, places, mode="clip")
            np.multiply(found, weights, out=found)
            total = action_values[:, block]
            np.add(self.expected_reward[:, block], found[0], out=total)
            for outcome in found[1:]:
                np.add(total, outcome, out=total)

    def _keep(self, states: NDArray[np.intp]) -> None:
        places = np.concatenate([places for _, places, _ in self.blocks], axis=2)[:, :, states]
        weights = np.concatenate([weights for _, _, weights in self.blocks], axis=2)[:, :, states]
        self.blocks = [(block, places[:, :, block], weights[:, :, block]) for block in _blocks(len(states))]


class MixedMoves(Backup):
    """An MDP made by `from_moves`: each move's next value is looked up once and shared by the actions.

    An action's value is a sum of terms, probability * (sum of moves). Moves of equal probability are added up first:
    the two sides of a slip then commute, and actions that mirror each other have exactly equal values.
    """

    def __init__(self, next_state: NDArray[Any], reward: Floats, terminated: NDArray[Any], mixture: Floats) -> None:
        places = np.where(terminated, len(next_state), next_state).T
        self.blocks = [
            (block, np.ascontiguousarray(places[:, block], dtype=np.intp)) for block in _blocks(len(next_state))
        ]
        sums = [
            [(p, *np.flatnonzero(row == p).tolist()) for p in sorted(set(row[row > 0].tolist()))] for row in mixture
        ]
        self.terms = list(dict.fromkeys(term for action in sums for term in action))
        self.terms_of_action = [[self.terms.index(term) for term in action] for action in sums]
        rewards, expected = np.ascontiguousarray(reward.T), np.zeros((len(mixture), len(next_state)))
        self._mix(rewards, np.zeros_like(expected), expected)
        self.expected_reward = expected
        self.expected_reward.flags.writeable = False

    def run(self, values: Floats, discount: float, action_values: Floats) -> None:
        discounted = np.append(values * discount, 0.0)
        for block, places in self.blocks:
            found = np.take(discounted, places, mode="clip")
            self._mix(found, self.expected_reward[:, block], action_values[:, block])

    def _keep(self, states: NDArray[np.intp]) -> None:
        places = np.concatenate([places for _, places in self.blocks], axis=1)[:, states]
        self.blocks = [(block, places[:, block]) for block in _blocks(len(states))]

    def _mix(self, moves: Floats, first: Floats, total: Floats) -> None:
        """total [A, n] = first [A, n] + the terms of the moves' numbers [M, n]."""
        weighed = []
        for probability, move, *others in self.terms:
            term = moves[move]
            for other in others:
                term = term + moves[other]
            weighed.append(term if probability == 1.0 else term * probability)
        for action, (leading, *rest) in enumerate(self.terms_of_action):
            np.add(first[action], weighed[leading], out=total[action])
            for term_index in rest:
                np.add(total[action], weighed[term_index], out=total[action])


def _blocks(n_states: int) -> list[slice]:
    return [slice(begin, begin + BLOCK) for begin in range(0, n_states, BLOCK)]
