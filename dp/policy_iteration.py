"""Policy iteration: find out what a policy is worth, make it greedy in that, and begin again.

    evaluate    v(s)  <- sum_a pi(a | s) sum_{s', r} p(s', r | s, a) [ r + discount * v(s') ]
    improve     pi(s) <- argmax_a        sum_{s', r} p(s', r | s, a) [ r + discount * v(s') ]

The first line is the Bellman expectation equation turned into an assignment, swept over all states until no value
moves. The second never makes the policy worse, and where it changes nothing any more the policy is optimal.

Sutton & Barto (2018), sections 4.1 to 4.3, equations 4.5 and 4.9.
    python dp/policy_iteration.py                                      watch it
    python dp/policy_iteration.py --map windy --discount 1             on another map
    python dp/policy_iteration.py --size 100 --headless --exact        evaluate by linear solves
    python dp/policy_iteration.py --figure 4.2                         Jack's car rental
"""

from dp.parts.convergence import check_discount, is_settled, largest
from dp.parts.exact import policy_values
from dp.parts.greedy import expected, greedy_policy, is_better, uniform_policy
from dp.parts.planning import launch
from dp.parts.planning_options import PolicyIterationOptions as Options
from dp.parts.policy_iteration_lesson import PolicyIterationLesson
from dp.parts.textbook import car_rental_figure, random_values_figure, sweeps_figure
from gridworld.mdp import MDP, Floats

import numpy as np

MOST_SWEEPS = 1000
"""Of one policy: its evaluation ends with a linear solve then. A discount close to 1 would ask for millions."""


class PolicyIteration:
    """values: [S] state values, from 0 on; policy: [S, A] action probabilities, at first all alike; ties are shared.

    settled: whether sweeping on would move no value; evaluated: whether it is time to improve; stable: whether nothing
    is left to improve. Raises UserError for a discount of 1 where values need not be finite.
    """

    def __init__(self, mdp: MDP, options: Options | None = None) -> None:
        self.mdp, self.options = mdp, options or Options()
        self.discount = self.options.discount
        check_discount(mdp, self.discount, every_policy=True)
        self.values = np.zeros(mdp.n_states)
        self.policy = uniform_policy(mdp.available)
        self.improvements = self.sweeps = self.linear_solves = self.sweeps_of_policy = 0
        self.settled = self.evaluated = self.stable = False

    def solve(self) -> None:
        """Evaluate until the values are settled, improve, and begin again, until the policy is stable."""
        while not self.stable:
            while not self.evaluated:
                self.evaluate()
            self.improve()

    def evaluate(self) -> float:
        """Sweep once, or solve for the values where sweeps would be many; return the largest change of a value."""
        old, self.settled = self.values, True
        if self.options.exact or self.sweeps_of_policy >= MOST_SWEEPS:
            self.values = policy_values(self.mdp, self.policy, self.discount)
            self.linear_solves += 1
        else:
            self.values = self.sweep()
            self.settled = is_settled(largest(self.values - old), self.values, self.discount, self.accuracy)
            self.sweeps += 1
            self.sweeps_of_policy += 1
        self.evaluated = self.settled or self.sweeps_of_policy == self.options.sweeps_per_improvement
        return largest(self.values - old)

    def sweep(self) -> Floats:
        """[S] the values after every state was backed up once under the policy."""
        values = self.values.copy()
        for states in self.options.sweep_order(self.mdp.n_states):
            action_values = self.mdp.action_values(values, self.discount, states)
            # v(s) <- sum_a pi(a | s) q(s, a)
            values[states] = expected(self.policy[states], action_values)
        return values

    def improve(self) -> bool:
        """Make the policy greedy in the values wherever that is better; return whether it was better anywhere."""
        # q(s, a) = sum_{s', r} p(s', r | s, a) [ r + discount * v(s') ]
        action_values = self.mdp.action_values(self.values, self.discount)
        # pi(s) <- argmax_a q(s, a)
        greedy = greedy_policy(action_values, 2 * self.accuracy)
        better = is_better(greedy, self.policy, action_values, 2 * self.accuracy)
        self.stable = self.settled and not better.any()
        # An action is changed for a better one only, so policies of equal worth cannot take turns for ever; at the end
        # all that are equal share.
        self.policy = np.where(better[:, None] | self.stable, greedy, self.policy)
        self.improvements += 1
        self.sweeps_of_policy, self.evaluated = 0, False
        return bool(better.any())

    @property
    def accuracy(self) -> float:
        """How near a policy's values are known: what is missing may come back 1 / (1 - discount) times as large."""
        return self.options.tolerance * (1 - self.discount) / 5

    @property
    def counts(self) -> dict[str, int]:
        """What was done so far, and how often."""
        return {"improvement": self.improvements, "sweep": self.sweeps, "linear solve": self.linear_solves}


FIGURES = [figure(PolicyIteration) for figure in (random_values_figure, sweeps_figure, car_rental_figure)]

if __name__ == "__main__":
    launch(PolicyIteration, Options, PolicyIterationLesson, FIGURES)
