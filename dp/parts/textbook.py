"""The figures of the book's chapters 3 and 4: values on two grids, Jack's car rental, the gambler's problem."""

from collections.abc import Callable
from typing import Any

from common.figures import Drawn, Figure, Number, Panel
from common.runs.curves import Line
from dp.parts.exact import optimal_values, policy_values
from dp.parts.greedy import greedy_policy
from dp.parts.planning_options import PolicyIterationOptions, ValueIterationOptions
from dp.parts.policy_iteration_lesson import Improver
from dp.parts.problems import PLACES, car_rental_panel, moved_panel, nothing_moved, stakes_panel
from dp.parts.value_iteration_lesson import Sweeper
from gridworld.mdp import MDP
from gridworld.problems.car_rental import car_rental
from gridworld.problems.gambler import GOAL, gambler
from gridworld.world import GridWorld

import numpy as np
from numpy.typing import ArrayLike, NDArray

SWEEPS_DRAWN = (1, 2, 3)
SWEEPS_ON_THE_GRID = (0, 1, 2, 3, 10)
ARROWS = "\u2191\u2193\u2190\u2192"
PRINTED_3_2 = [3.3, 8.8, 4.4, 5.3, 1.5, 1.5, 3.0, 2.3, 1.9, 0.5, 0.1, 0.7, 0.7, 0.4, -0.4]
PRINTED_3_2 += [-1.0, -0.4, -0.4, -0.6, -1.2, -1.9, -1.3, -1.2, -1.4, -2.0]
PRINTED_3_5 = [22.0, 24.4, 22.0, 19.4, 17.5, 19.8, 22.0, 19.8, 17.8, 16.0, 17.8, 19.8, 17.8, 16.0, 14.4]
PRINTED_3_5 += [16.0, 17.8, 16.0, 14.4, 13.0, 14.4, 16.0, 14.4, 13.0, 11.7]
"""The values that the book prints in its Figures 3.2 and 3.5, row by row."""


def as_printed(values: NDArray[np.float64], printed: list[float]) -> Number:
    """Of how many cells the value, to one decimal, is the book's."""
    same = int((np.abs(values - printed) <= 0.05 + 1e-9).sum())
    return Number(f"of {len(printed)} cells, those whose value is the one printed there", same, digits=0)


def cells_panel(title: str, shape: tuple[int, int], values: ArrayLike, policy: ArrayLike | None = None) -> Panel:
    """The value of each cell in words, below it arrows for the actions that a policy takes."""
    texts = [f"{value:.1f}".replace("-0.0", "0.0") for value in np.ravel(values)]
    if policy is not None:
        taken = ["".join(arrow for arrow, p in zip(ARROWS, row, strict=True) if p) for row in np.asarray(policy)]
        texts = [f"{text}\n{arrows}" for text, arrows in zip(texts, taken, strict=True)]
    return Panel(title, "", "", matrix=np.ones(shape), texts=np.reshape(texts, shape).tolist(), limits=(0, 1))


def random_values_figure(planner: Callable[[MDP, Any], Improver]) -> Figure:
    """Figure 3.2, of Example 3.5: what the random policy is worth where two cells pay, A 10 and B 5."""

    def make(seed: int) -> Drawn:
        agent = planner(GridWorld.load("sutton-3-5").mdp(), PolicyIterationOptions(discount=0.9, exact=True))
        agent.evaluate()
        numbers = [
            as_printed(agent.values, PRINTED_3_2),
            Number("value of A, less than its 10", agent.values[1], "8.8", digits=1),
            Number("value of B, more than its 5", agent.values[3], "5.3", digits=1),
            Number("value of the lowest cell", agent.values.min(), "-2.0", digits=1),
        ]
        return Drawn([cells_panel("the random policy", (5, 5), agent.values)], numbers)

    return Figure("Figure 3.2", "the random policy on the grid of Example 3.5", make)


def sweeps_figure(planner: Callable[[MDP, Any], Improver]) -> Figure:
    """Figure 4.1: the random policy's values sweep by sweep, and the policy that is greedy on them."""

    def make(seed: int) -> Drawn:
        world = GridWorld.load("sutton-4-1")
        mdp, ends = world.mdp(), world.letters.ravel() == "G"
        agent = planner(mdp, PolicyIterationOptions(discount=1.0))
        best, panels, beside, optimal = optimal_values(mdp, 1.0), [], {}, []
        while not agent.settled:
            greedy = greedy_policy(mdp.action_values(agent.values, 1.0))
            optimal.append(np.allclose(policy_values(mdp, greedy, 1.0), best))
            if agent.sweeps in SWEEPS_ON_THE_GRID:
                beside[agent.sweeps] = agent.values[1]
                shown = np.where(ends[:, None], 0, greedy)
                panels.append(cells_panel(f"k = {agent.sweeps}", (4, 4), agent.values, shown))
            agent.evaluate()
        panels.append(cells_panel("in the end", (4, 4), agent.values, shown))
        numbers = [
            *(
                Number(f"k = {sweeps}: value beside the corner", beside[sweeps], book)
                for sweeps, book in ((1, "-1.0"), (2, "-1.7"), (3, "-2.4"), (10, "-6.1"))
            ),
            Number("in the end: value beside the corner", agent.values[1], "-14", digits=0),
            Number("in the end: value of the farthest cell", agent.values.min(), "-22", digits=0),
            Number(
                "k from which on the greedy policy is optimal",
                len(optimal) - optimal[::-1].index(False),
                "3",
                digits=0,
            ),
        ]
        return Drawn(panels, numbers)

    return Figure("Figure 4.1", "the random policy evaluated sweep by sweep, and the greedy policy", make)


def optimal_values_figure(planner: Callable[[MDP, Any], Sweeper]) -> Figure:
    """Figure 3.5, of Example 3.8: the optimal values of the same grid, and the actions that are optimal."""

    def make(seed: int) -> Drawn:
        agent = planner(GridWorld.load("sutton-3-5").mdp(), ValueIterationOptions(discount=0.9))
        while not agent.settled:
            agent.sweep()
        numbers = [
            as_printed(agent.values, PRINTED_3_5),
            Number("value of A, 10 / (1 - 0.9^5)", agent.values[1], "24.4", digits=2),
        ]
        return Drawn([cells_panel("optimal", (5, 5), agent.values, agent.policy)], numbers)

    return Figure("Figure 3.5", "the best there is on the grid of Example 3.8", make)


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
