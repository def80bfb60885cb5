"""Value iteration: improve the values themselves, until no backup can.

    v(s) <- max_a  sum_{s', r} p(s', r | s, a) [ r + discount * v(s') ]

A sweep does this for every state. It is the Bellman optimality equation turned into an assignment, a contraction by the
discount: every sweep brings all values closer to the optimal ones, by that factor at least. The policy is read
off at the end.

Sutton & Barto (2018), section 4.4, equation 4.10.
    python dp/value_iteration.py                               watch it
    python dp/value_iteration.py --map cliff --headless        print values and policy
    python dp/value_iteration.py --env FrozenLake-v1 --discount 0.99
    python dp/value_iteration.py --figure 4.3                  the gambler's problem
"""

from dp.parts.convergence import check_discount, is_settled, largest
from dp.parts.exact import improved
from dp.parts.greedy import greedy_policy
from dp.parts.planning import launch
from dp.parts.planning_options import ValueIterationOptions as Options
from dp.parts.textbook import gambler_figure, optimal_values_figure
from dp.parts.value_iteration_lesson import ValueIterationLesson
from gridworld.mdp import MDP, Floats

import numpy as np


class ValueIteration:
    """values: [S] state values, from 0 on; settled: whether they are within the tolerance of the optimal ones.

    Raises UserError for a discount of 1 where values need not be finite.
    """

    def __init__(self, mdp: MDP, options: Options | None = None) -> None:
        self.mdp, self.options = mdp, options or Options()
        self.discount = self.options.discount
        check_discount(mdp, self.discount)
        self.values = np.zeros(mdp.n_states)
        self.sweeps = 0
        self.settled = False

    def solve(self) -> None:
        """Sweep until no value is further than the tolerance from the optimal one."""
        while not self.settled:
            self.sweep()

    def sweep(self) -> float:
        """Back every state up once; return the largest change of a value."""
        old, self.values = self.values, self.values.copy()
        for states in self.options.sweep_order(self.mdp.n_states):
            action_values = self.mdp.action_values(self.values, self.discount, states)
            # v(s) <- max_a q(s, a)
            self.values[states] = action_values.max(axis=1)
        change = largest(self.values - old)
        self.sweeps += 1
        self.settled = is_settled(change, self.values, self.discount, self.options.tolerance)
        if self.settled and self.discount == 1:
            # Undiscounted, a small change does not promise that little is missing: a linear solve has the last word.
            self.values = improved(self.mdp, self.discount, self.values)
        return change

    @property
    def policy(self) -> Floats:
        """[S, A] greedy in the values; actions that are equal as far as the values are known share the probability."""
        # q(s, a) = sum_{s', r} p(s', r | s, a) [ r + discount * v(s') ]
        action_values = self.mdp.action_values(self.values, self.discount)
        known_to = self.options.tolerance if self.settled and self.discount < 1 else 0.0
        # pi(s) = argmax_a q(s, a)
        return greedy_policy(action_values, margin=2 * known_to)

    @property
    def counts(self) -> dict[str, int]:
        """What was done so far, and how often."""
        return {"sweep": self.sweeps}


FIGURES = [optimal_values_figure(ValueIteration), gambler_figure(ValueIteration)]

if __name__ == "__main__":
    launch(ValueIteration, Options, ValueIterationLesson, FIGURES)
