"""The figures of the book's chapter on dynamic programming whose worlds are no grid."""

from collections.abc import Callable
from typing import Any

from common.figures import Drawn, Figure, Number, Panel
from common.runs.curves import Line
from dp.parts.planning_options import PolicyIterationOptions, ValueIterationOptions
from dp.parts.policy_iteration_lesson import Improver
from dp.parts.problems import PLACES, car_rental_panel, moved_panel, nothing_moved, stakes_panel
from dp.parts.value_iteration_lesson import Sweeper
from gridworld.mdp import MDP
from gridworld.problems.car_rental import car_rental
from gridworld.problems.gambler import GOAL, gambler

import numpy as np

SWEEPS_DRAWN = (1, 2, 3)


def car_rental_figure(planner: Callable[[MDP, Any], Improver]) -> Figure:
    """Figure 4.2: the policies that policy iteration finds, from the one that moves no car, and the last one's values.

    The values of a policy are solved for: sweeping ends at the same ones, a thousand sweeps later.
    """

    def make(seed: int) -> Drawn:
        agent = planner(car_rental(), PolicyIterationOptions(discount=0.9, exact=True))
        agent.policy = nothing_moved()
        policies = [agent.policy]
        while not agent.stable:
            agent.evaluate()
            if agent.improve():
                policies.append(agent.policy)
        panels = [moved_panel(f"policy {number}", policy) for number, policy in enumerate(policies)]
        last = f"policy {len(policies) - 1}"
        panels.append(car_rental_panel(f"values of {last}", agent.values.reshape(PLACES, PLACES)))
        numbers = [
            Number("improvements until the policy is optimal", len(policies) - 1, "4", digits=0),
            Number("value without any car, the lowest", agent.values.min()),
            Number("value with twenty at each place, the highest", agent.values.max()),
        ]
        return Drawn(panels, numbers)

    return Figure("Figure 4.2", "Jack's car rental, cars moved overnight", make)


def gambler_figure(planner: Callable[[MDP, Any], Sweeper]) -> Figure:
    """Figure 4.3: the values after some sweeps of value iteration and in the end, and every stake that is best."""

    def make(seed: int) -> Drawn:
        agent = planner(gambler(0.4), ValueIterationOptions(discount=1.0))
        capital = np.arange(1, GOAL)
        lines = []
        while not agent.settled:
            agent.sweep()
            if agent.sweeps in SWEEPS_DRAWN:
                lines.append(Line(f"sweep {agent.sweeps}", capital, agent.values[1:GOAL]))
        lines.append(Line("in the end", capital, agent.values[1:GOAL]))
        ties = (agent.policy[1:GOAL] > 0).sum(axis=1)
        numbers = [
            Number("sweeps until no value moves", agent.sweeps, digits=0),
            *(Number(f"chance to win from {start}", agent.values[start]) for start in (25, 50, 75)),
            Number("capitals with more than one best stake", (ties > 1).sum(), digits=0),
        ]
        return Drawn([Panel("value estimates", "capital", "chance to win", lines), stakes_panel(agent.policy)], numbers)

    return Figure("Figure 4.3", "the gambler's problem, heads with probability 0.4", make)
