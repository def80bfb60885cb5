"""The optimal values of a large map, sooner: modified policy iteration with two shortcuts that no lesson needs.

A sweep between two improvements follows one action a state, so it reads the next values of that action, not of all.

An action that leaves the agent where it is, by a bump or a slip, is not repeated sweep by sweep. What comes of
repeating it is solved for: v = r + w v + rest gives v = (r + rest) / (1 - w), where w = discount * p(s | s, a).

Every backup is still a contraction by the discount, so the bound that ends value iteration ends this as well.
`benchmarks/dp.py` says what it is worth: most where the map is large and the discount close to 1.
"""

from typing import TYPE_CHECKING

from dp.parts.convergence import check_discount, is_settled, largest
from dp.parts.greedy import greedy_policy
from dp.parts.planning_options import PlanningOptions
from gridworld.mdp import MDP, Floats

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class Quick:
    """values: [S] state values; policy: [S, A], greedy in them, ties shared. For discounts below 1."""

    def __init__(self, mdp: MDP, options: PlanningOptions) -> None:
        check_discount(mdp, options.discount)
        self.mdp, self.discount, self.tolerance = mdp, options.discount, options.tolerance
        self.values = np.zeros(mdp.n_states)
        self.improvements = self.sweeps = 0

    def solve(self) -> None:
        """Improve and sweep until no value is further than the tolerance from the optimal one."""
        chain = _Chain(self.mdp, self.discount)
        # The further ahead the discount looks, the more sweeps an improvement is worth.
        sweeps_between = round(1 / np.sqrt(1 - self.discount))
        settled = False
        while not settled:
            before, self.values = self.values, chain.improve(self.values)
            self.improvements += 1
            settled = is_settled(largest(self.values - before), self.values, self.discount, self.tolerance)
            for _ in range(0 if settled else sweeps_between):
                self.values = chain.sweep(self.values)
                self.sweeps += 1

    @property
    def policy(self) -> Floats:
        """[S, A] greedy in the values; actions that are equal as far as the values are known share the probability."""
        return greedy_policy(self.mdp.action_values(self.values, self.discount), margin=2 * self.tolerance)

    @property
    def counts(self) -> dict[str, int]:
        """What was done so far, and how often."""
        return {"improvement": self.improvements, "sweep": self.sweeps}


class _Chain:
    """The Markov chain that an MDP becomes once every state's action is chosen; states do not lead to themselves.

    next_state, weights: [A, S, K] of all actions, weights with the discount in them; reward: [A, S].
    """

    def __init__(self, mdp: MDP, discount: float) -> None:
        self._states = np.arange(mdp.n_states)
        self._next_state = mdp.next_state.transpose(1, 0, 2)
        weights = np.where(mdp.terminated, 0.0, discount * mdp.probability).transpose(1, 0, 2)
        own = self._next_state == self._states[:, None]
        rest = 1 - np.where(own, weights, 0.0).sum(axis=2)
        self._weights = np.where(own, 0.0, weights) / rest[:, :, None]
        # An action that a state does not have is never the best one.
        self._reward = np.where(mdp.available, mdp.expected_reward, -np.inf).T / rest
        self._of_all_actions = _matrix(self._next_state, self._weights)
        # Of the chosen actions; made anew only where another action is chosen.
        self._actions = np.zeros(mdp.n_states, dtype=np.intp)
        self._transitions = _matrix(self._next_state[0], self._weights[0])
        self._chosen_reward = self._reward[0].copy()

    def improve(self, values: Floats) -> Floats:
        """[S] v(s) <- max_a q(s, a); a best action is followed from now on."""
        action_values = (self._of_all_actions @ values).reshape(self._reward.shape) + self._reward
        best: Floats = action_values.max(axis=0)
        states = np.flatnonzero(action_values[self._actions, self._states] < best)
        if states.size:
            self._actions[states] = chosen = action_values[:, states].argmax(axis=0)
            n_outcomes = self._weights.shape[2]
            self._transitions.indices.reshape(-1, n_outcomes)[states] = self._next_state[chosen, states]
            self._transitions.data.reshape(-1, n_outcomes)[states] = self._weights[chosen, states]
            self._chosen_reward[states] = self._reward[chosen, states]
        return best

    def sweep(self, values: Floats) -> Floats:
        """[S] v(s) <- q(s, a) for the action that is followed."""
        following: Floats = self._transitions @ values
        following += self._chosen_reward
        return following


def _matrix(columns: NDArray[np.int32], weights: Floats) -> "csr_array":
    """The matrix with these weights [..., n, K] in these columns of its n rows, or of as many as lie side by side."""
    from scipy.sparse import csr_array

    rows = np.arange(0, weights.size + 1, weights.shape[-1])
    return csr_array((weights.flatten(), columns.flatten(), rows), shape=(len(rows) - 1, weights.shape[-2]))
