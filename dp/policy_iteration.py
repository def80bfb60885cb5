"""Policy iteration: find out what a policy is worth, make it greedy in that, and begin again.

    evaluate    v(s)  <- sum_a pi(a | s) sum_{s', r} p(s', r | s, a) [ r + discount * v(s') ]
    improve     pi(s) <- argmax_a        sum_{s', r} p(s', r | s, a) [ r + discount * v(s') ]

The first line is the Bellman expectation equation turned into an assignment, swept over all states until no value
moves. The second never makes the policy worse, and where it changes nothing any more the policy is optimal.

Sutton & Barto (2018), sections 4.1 to 4.3, equations 4.5 and 4.9.
    python dp/policy_iteration.py                              watch it
    python dp/policy_iteration.py --map windy --discount 1     on another map
    python dp/policy_iteration.py --size 300 --slip 0.2 --headless
"""

from dataclasses import dataclass

import numpy as np

from common.options import launch
from dp.parts.convergence import check_discount, check_tolerance
from dp.parts.halves import halves, whole
from dp.parts.modified_policy_iteration import modified_policy_iteration
from dp.parts.planning import run
from dp.parts.planning_lesson import PlanningLesson
from dp.parts.planning_options import PlanningOptions
from gridworld.greedy import greedy_policy
from gridworld.mdp import MDP
from gridworld.window.lesson import Button


@dataclass(frozen=True)
class Options(PlanningOptions):
    """Find the optimal policy of a world by policy iteration."""


class PolicyIteration:
    """values: [S] state values, from 0 on; policy: [S, A] action probabilities, at first all alike; ties are shared.

    in_place: evaluate one half of the states first and the other half from their new values, instead of all at once.
    Raises UserError for a discount outside [0, 1], and for a discount of 1 where values need not be finite.
    """

    def __init__(self, mdp: MDP, discount: float = 0.9, in_place: bool = False) -> None:
        check_discount(mdp, discount, every_policy=True)
        self.mdp = mdp
        self.discount = discount
        self.values = np.zeros(mdp.n_states)
        self.policy = np.full((mdp.n_states, mdp.n_actions), 1 / mdp.n_actions)
        self._parts = halves(mdp) if in_place else whole(mdp)

    def evaluate(self) -> float:
        """Back every state up once under the policy; return the largest change."""
        old, self.values = self.values, self.values.copy()
        for part in self._parts:
            action_values = part.action_values(self.values, self.discount)
            # v(s) <- sum_a pi(a | s) q(s, a)
            self.values[part.states] = (self.policy[part.states] * action_values).sum(axis=1)
        return float(np.abs(self.values - old).max())

    def improve(self) -> bool:
        """Make the policy greedy in the values, ties shared; return whether it changed."""
        # q(s, a) = sum_{s', r} p(s', r | s, a) [ r + discount * v(s') ]
        action_values = self.mdp.action_values(self.values, self.discount)
        # pi(s) <- argmax_a q(s, a)
        old, self.policy = self.policy, greedy_policy(action_values)
        return not np.array_equal(self.policy, old)

    def solve(self, tolerance: float = 1e-8) -> int:
        """Evaluate and improve in turn until the values are within the tolerance of the optimal ones.

        Improves after a few sweeps instead of waiting for the evaluation to settle, see `modified_policy_iteration`;
        the policy at the end shares the probability among actions that are equal as far as the values are known.
        Returns the number of sweeps. Raises UserError for a tolerance that is not above 0.
        """
        check_tolerance(tolerance)
        self.values, sweeps = modified_policy_iteration(self.mdp, self.discount, self.values, tolerance)
        action_values = self.mdp.action_values(self.values, self.discount)
        self.policy = greedy_policy(action_values, margin=2 * tolerance)
        return sweeps


class PolicyIterationLesson(PlanningLesson[PolicyIteration]):
    """The window: Evaluate, Improve, Run, Move, in the order in which the idea is taught."""

    improvements = 0
    sweeps_since = 0

    def buttons(self) -> list[Button]:
        return [
            Button("Evaluate", self.evaluate, key="e"),
            Button("Improve", self.improve, lambda: self.sweeps_since > 0, "i"),
            Button("Run", self.play, lambda: not self.stable, "u"),
            Button("Move", self.move, lambda: self.improvements > 0, "m"),
        ]

    def status(self) -> list[tuple[str, str]]:
        return [*super().status(), ("improvements", str(self.improvements))]

    def evaluate(self) -> None:
        self.count_sweep(self.agent.evaluate())
        self.sweeps_since += 1

    def improve(self) -> None:
        self.improvements += 1
        self.sweeps_since = 0
        self.stable = not self.agent.improve() and self.is_nearly_settled()
        if self.stable:
            self.say(f"nothing left to improve: optimal after {self.improvements} improvements")

    def advance(self, steps: int) -> None:
        """A step evaluates, or improves once further sweeps would hardly move a value."""
        for _ in range(steps):
            if self.sweeps_since and self.is_nearly_settled():
                self.improve()
            elif not self.stable:
                self.evaluate()

    def go_on(self) -> None:
        super().go_on()
        self.sweeps_since = 0

    def reset(self) -> None:
        super().reset()
        self.improvements = self.sweeps_since = 0

    def carry_on(self, before: PolicyIteration, after: PolicyIteration) -> None:
        super().carry_on(before, after)
        after.policy = before.policy


def main(options: Options) -> None:
    def plan(mdp: MDP, discount: float = options.discount) -> PolicyIteration:
        return PolicyIteration(mdp, discount, options.in_place)

    run(options, plan, PolicyIterationLesson, "Policy iteration")


if __name__ == "__main__":
    launch(main, Options)
