"""What the windows of both chapters of dynamic programming share; the buttons are the chapters' own."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from common.language import N_, _
from dp.parts.convergence import largest
from dp.parts.model import Model
from dp.parts.planning import Planner, effort, verdict
from dp.parts.planning_options import PlanningOptions
from dp.parts.problem_pictures import Shown, backup_rows
from gridworld.mdp import MDP, Floats
from gridworld.window.lesson import Lesson, Setting, Strip
from gridworld.window.pictures.picture import Picture
from gridworld.window.snapshot import Snapshot
from gridworld.window.walk import Walk
from gridworld.world import GridWorld

import numpy as np

P = TypeVar("P", bound=Planner)

SMALLEST_SHOWN = 1e-12
"""Of the changes that are drawn."""
SMALLEST_SEEN = 1e-3
"""A change of values that the eye can see, in proportion to the largest of them."""
COUNTS = {"sweep": N_("sweeps"), "improvement": N_("improvements"), "linear solve": N_("linear solves")}
"""What planners count, as the panel calls it."""
SWEEPS_KEPT = 3
"""Of a problem that is no grid: the book draws the values after so many, one line each."""
MOST_UNSEEN = 500
"""Sweeps that nobody could see, made in one step: a discount close to 1 needs so many that the window would freeze."""


class PlanningLesson(Lesson, Generic[P]):
    """A planner in the window. A step is a sweep, or whatever else the chapter calls one.

    name: the title over the grid. planner: makes the agent of a model and options; agent: what it made; changes: the
    largest change of a value in each sweep so far. Subclasses say when it is `done`: nothing is left to do until the
    map or the discount changes. model: one of the textbook's problems, which is shown in place of the world.
    """

    name = "Planning"

    def __init__(
        self,
        world: GridWorld,
        planner: Callable[[MDP, PlanningOptions], P],
        options: PlanningOptions,
        model: Model | None = None,
    ) -> None:
        super().__init__(self.name, world, options.seed)
        self._planner, self._options, self._model = planner, options, model
        self.problem = None if model is None or model.problem is None else model.problem.face
        self.on_map = self.problem is None
        self._begin(self._plan(self._mdp(), options.discount))

    def _mdp(self) -> MDP:
        return self.world.mdp() if self._model is None else self._model.mdp

    def _plan(self, mdp: MDP, discount: float) -> P:
        return self._planner(mdp, replace(self._options, discount=discount))

    def _begin(self, agent: P) -> None:
        self.agent = agent
        self.changes: list[float] = []
        self.early: list[Floats] = []
        self._seen: tuple[Floats, float, Floats] | None = None

    # What is shown

    @property
    def discount(self) -> float:
        return self.agent.discount

    @property
    def subtitle(self) -> str:
        mdp = self.agent.mdp
        if self._model is None:
            return super().subtitle
        return _("{name}, {count:,} states", name=self._model.name, count=mdp.n_states)

    def snapshot(self) -> Snapshot:
        if not self.on_map:
            return Snapshot(values=self.agent.values, policy=self.shown_policy())
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

    def pictures(self) -> Sequence[Picture]:
        if self.problem is None:
            return []
        after = _("after {effort}", effort=effort(self.agent)) if self.changes else _("at first")
        return self.problem.pictures(Shown(self.agent.values, self.shown_policy(), after, self.early, self.discount))

    def backup(self, state: int) -> list[str]:
        if self.problem is None:
            return super().backup(state)
        return backup_rows(self.problem, self.agent.mdp, self.agent.values, self.discount, state, self.shown_policy())

    def status(self) -> list[tuple[str, str]]:
        last = f"{self.changes[-1]:.3g}" if self.changes else _("none yet")
        counts = [(COUNTS[name], f"{times:,}") for name, times in self.agent.counts.items()]
        return [*counts, ("largest change", last)]

    def strips(self) -> list[Strip]:
        # A change of 0 has no place on a logarithmic scale.
        shown = [max(change, SMALLEST_SHOWN) for change in self.changes]
        return [Strip("largest change of a value", {"change": shown}, logarithmic=True, x="sweep")]

    # What can be done

    def settings(self) -> list[Setting]:
        return [Setting("discount", lambda: self.agent.discount, self._set_discount, 0.0, 1.0)]

    def _set_discount(self, discount: float) -> None:
        self._go_on_with(self._plan(self.agent.mdp, discount))

    def advance(self, steps: int) -> None:
        """A step does what `solve` does next; sweeps that move nothing to be seen are made together, in one step."""
        for _step in range(steps):
            for _sweep in range(MOST_UNSEEN):
                if self.done or not self.proceed() or self.changes[-1] > SMALLEST_SEEN * largest(self.agent.values):
                    break

    def note(self, change: float) -> None:
        """Remember a sweep's largest change; the first sweeps' values stay beside the later ones."""
        self.changes.append(change)
        if not self.on_map and len(self.changes) <= SWEEPS_KEPT:
            self.early.append(self.agent.values)

    def proceed(self) -> bool:
        """Do what `solve` does next; return whether it was a sweep."""
        raise NotImplementedError

    def verdict(self) -> str:
        """How good the values are, in words."""
        return verdict(self.agent, self._options.tolerance)

    def play(self) -> None:
        """What a Run button presses: play to the end."""
        self.playing = True

    def reset(self) -> None:
        super().reset()
        self._begin(self._plan(self._mdp(), self._options.discount))

    def move(self) -> None:
        """A walk along the policy; on a problem that is no grid through its states."""
        policy = self.shown_policy()
        if self.problem is None or policy is None:
            super().move()
            return
        start = int(self._walk_random.choice(self.problem.starts))
        self.walk = Walk(
            self.agent.mdp, policy.copy(), start, self._walk_random, self.discount, self.problem.most_moves
        )

    def edit(self, world: GridWorld) -> None:
        agent = self._plan(world.mdp(), self.agent.discount)
        super().edit(world)
        self._go_on_with(agent)

    def _go_on_with(self, agent: P) -> None:
        """The world or the discount is another: values carry on, and a lesson that had come to its end resumes."""
        self.playing = self.playing or self.done
        self.carry_on(self.agent, agent)
        self.agent = agent

    def carry_on(self, before: P, after: P) -> None:
        """Give the new planner what the old one has found; cells without a future are worth 0."""
        ends = (self.world.where("wall") | self.world.where("terminal")).ravel()
        after.sweeps = before.sweeps
        after.values = np.where(ends | after.mdp.terminated.all(axis=(1, 2)), 0.0, before.values)
