"""Value iteration: improve the values themselves, until no backup can.

    v(s) <- max_a  sum_{s', r} p(s', r | s, a) [ r + discount * v(s') ]

A sweep does this for every state. It is the Bellman optimality equation turned into an assignment, a contraction by the
discount: every sweep brings all values closer to the optimal ones, by that factor at least. The policy is read
off at the end.

Sutton & Barto (2018), section 4.4, equation 4.10.
    python dp/value_iteration.py                               watch it
    python dp/value_iteration.py --map cliff --headless        print values and policy
    python dp/value_iteration.py --env FrozenLake-v1 --discount 0.99
"""

from dataclasses import dataclass

import numpy as np

from common.options import launch
from dp.parts.convergence import check_discount, check_sweeps, check_tolerance, is_settled
from dp.parts.halves import halves, whole
from dp.parts.planning import run
from dp.parts.planning_lesson import PlanningLesson
from dp.parts.planning_options import PlanningOptions
from gridworld.greedy import greedy_policy
from gridworld.mdp import MDP
from gridworld.window.lesson import Button


@dataclass(frozen=True)
class Options(PlanningOptions):
    """Find the optimal values of a world by value iteration, and a policy that is greedy in them."""


class ValueIteration:
    """values: [S] state values, from 0 on; policy: [S, A] action probabilities, ties shared.

    in_place: back up one half of the states first and the other half from their new values, instead of all at once.
    Raises UserError for a discount outside [0, 1], and for a discount of 1 where values need not be finite.
    """

    def __init__(self, mdp: MDP, discount: float = 0.9, in_place: bool = False) -> None:
        check_discount(mdp, discount)
        self.mdp = mdp
        self.discount = discount
        self.values = np.zeros(mdp.n_states)
        self.accuracy = 0.0
        self._parts = halves(mdp) if in_place else whole(mdp)

    def sweep(self) -> float:
        """Back every state up once; return the largest change."""
        old, self.values = self.values, self.values.copy()
        for part in self._parts:
            action_values = part.action_values(self.values, self.discount)
            # v(s) <- max_a q(s, a)
            self.values[part.states] = action_values.max(axis=1)
        return float(np.abs(self.values - old).max())

    @property
    def policy(self) -> np.ndarray:
        """[S, A] greedy in the values; actions that are equal as far as the values are known share the probability."""
        # q(s, a) = sum_{s', r} p(s', r | s, a) [ r + discount * v(s') ]
        action_values = self.mdp.action_values(self.values, self.discount)
        # pi(s) = argmax_a q(s, a)
        return greedy_policy(action_values, margin=2 * self.accuracy)

    def solve(self, tolerance: float = 1e-8) -> int:
        """Sweep until no value is further than the tolerance from the optimal one; return the number of sweeps.

        Raises UserError for a tolerance that is not above 0.
        """
        check_tolerance(tolerance)
        sweeps, settled = 0, False
        while not settled:
            change = self.sweep()
            sweeps += 1
            settled = is_settled(change, self.values, self.discount, tolerance)
            check_sweeps(sweeps, change, self.discount)
        self.accuracy = tolerance
        return sweeps


class ValueIterationLesson(PlanningLesson[ValueIteration]):
    """The window: Sweep, Run, Policy, Move, in the order in which the idea is taught."""

    shows_policy = False

    def buttons(self) -> list[Button]:
        return [
            Button("Sweep", self.sweep, key="e"),
            Button("Run", self.play, lambda: not self.stable, "u"),
            Button("Policy", self.show_policy, lambda: self.sweeps > 0, "p"),
            Button("Move", self.move, lambda: self.shows_policy, "m"),
        ]

    def shown_policy(self) -> np.ndarray | None:
        return self.greedy() if self.shows_policy else None

    def sweep(self) -> None:
        self.count_sweep(self.agent.sweep())
        self.stable = self.is_settled()
        if self.stable:
            self.say(f"no value moves any more: optimal after {self.sweeps} sweeps")

    def advance(self, steps: int) -> None:
        for _ in range(steps):
            if not self.stable:
                self.sweep()

    def show_policy(self) -> None:
        self.shows_policy = True

    def finale(self) -> None:
        self.show_policy()
        super().finale()

    def reset(self) -> None:
        super().reset()
        self.shows_policy = False


def main(options: Options) -> None:
    def plan(mdp: MDP, discount: float = options.discount) -> ValueIteration:
        return ValueIteration(mdp, discount, options.in_place)

    run(options, plan, ValueIterationLesson, "Value iteration")


if __name__ == "__main__":
    launch(main, Options)
