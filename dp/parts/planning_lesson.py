"""What the windows of both chapters of dynamic programming share; the buttons are the chapters' own."""

from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from dp.parts.convergence import check_discount, is_settled
from dp.parts.planning import Planner
from gridworld.greedy import greedy_policy
from gridworld.mdp import MDP
from gridworld.window.lesson import Lesson, Setting, Strip
from gridworld.window.snapshot import Snapshot
from gridworld.world import GridWorld

Floats = NDArray[np.float64]
P = TypeVar("P", bound=Planner)


class PlanningLesson(Lesson, Generic[P]):
    """A planner in the window. A step is a sweep, or whatever else the chapter calls one.

    plan: makes the planner of a model and a discount; agent: the planner; changes: the largest change of a value in
    each sweep so far; stable: whether there is nothing left to do until the map or the discount changes.
    """

    def __init__(
        self,
        title: str,
        world: GridWorld,
        plan: Callable[[MDP, float], P],
        discount: float,
        tolerance: float,
        seed: int = 0,
    ) -> None:
        super().__init__(title, world, seed)
        self._plan = plan
        self._tolerance = tolerance
        self._begin(plan(world.mdp(), discount))

    def _begin(self, agent: P) -> None:
        self.agent = agent
        self.changes: list[float] = []
        self.stable = False
        self._seen: tuple[Floats, float, Floats] | None = None

    # What is shown

    @property
    def discount(self) -> float:
        return self.agent.discount

    @property
    def done(self) -> bool:
        return self.stable

    @property
    def sweeps(self) -> int:
        """How many sweeps were made."""
        return len(self.changes)

    def snapshot(self) -> Snapshot:
        return Snapshot(values=self.agent.values, action_values=self.action_values(), policy=self.shown_policy())

    def shown_policy(self) -> Floats | None:
        """[S, A] the policy to draw and to walk along; None where there is none to speak of yet."""
        return self.agent.policy

    def action_values(self) -> Floats:
        """[S, A] the one-step backup of the values; worked out only when they or the discount have changed."""
        values, discount = self.agent.values, self.agent.discount
        if self._seen is None or self._seen[0] is not values or self._seen[1] != discount:
            self._seen = (values, discount, self.agent.mdp.action_values(values, discount))
        return self._seen[2]

    def greedy(self) -> Floats:
        """[S, A] the greedy policy of the values as far as they are known."""
        return greedy_policy(self.action_values(), 2 * self._tolerance if self.stable else 0.0)

    def status(self) -> list[tuple[str, str]]:
        last = f"{self.changes[-1]:.3g}" if self.changes else "none yet"
        return [("sweeps", f"{self.sweeps:,}"), ("largest change", last)]

    def strips(self) -> list[Strip]:
        # A change of 0 has no place on a logarithmic scale.
        shown = [max(change, self._tolerance) for change in self.changes]
        return [Strip("largest change of each sweep", {"change": shown}, logarithmic=True)]

    # What can be done

    def settings(self) -> list[Setting]:
        return [Setting("discount", lambda: self.agent.discount, self._set_discount, 0.0, 1.0)]

    def _set_discount(self, discount: float) -> None:
        check_discount(self.agent.mdp, discount, every_policy=True)
        self.agent.discount = discount
        self.go_on()

    def count_sweep(self, change: float) -> None:
        """Note that a sweep was made whose largest change was this."""
        self.changes.append(change)

    def is_settled(self) -> bool:
        """Whether the last sweep has left the values within the tolerance of where sweeping leads."""
        return bool(self.changes) and is_settled(
            self.changes[-1], self.agent.values, self.agent.discount, self._tolerance
        )

    def is_nearly_settled(self) -> bool:
        """Whether the last sweep moved no value by more than a thousandth of the largest: settled, to the eye."""
        return bool(self.changes) and self.changes[-1] <= 1e-3 * float(np.abs(self.agent.values).max())

    def play(self) -> None:
        """What a Run button presses: play to the end."""
        self.playing = True

    def go_on(self) -> None:
        """The world is another: there is something to do again, and a lesson that had come to its end resumes."""
        self.playing = self.playing or self.stable
        self.stable = False

    def reset(self) -> None:
        super().reset()
        self._begin(self._plan(self.world.mdp(), self.agent.discount))

    def edit(self, world: GridWorld) -> None:
        agent = self._plan(world.mdp(), self.agent.discount)
        self.carry_on(self.agent, agent)
        super().edit(world)
        self.agent = agent
        self.go_on()

    def carry_on(self, before: P, after: P) -> None:
        """Give the new map's planner what the old map's has found; cells without a future are worth 0."""
        ends = (self.world.where("wall") | self.world.where("terminal")).ravel()
        after.values = np.where(after.mdp.terminated.all(axis=(1, 2)), 0.0, np.where(ends, 0.0, before.values))
