"""Policy iteration in the window."""

from typing import Protocol

from common.language import plural
from dp.parts.planning import Planner
from dp.parts.planning_lesson import PlanningLesson
from gridworld.mdp import Floats
from gridworld.window.lesson import Button


class Improver(Planner, Protocol):
    """The agent of the chapter policy_iteration.py."""

    policy: Floats
    improvements: int
    linear_solves: int
    sweeps_of_policy: int
    settled: bool
    evaluated: bool
    stable: bool

    def evaluate(self) -> float:
        """Sweep once; return the largest change of a value."""

    def improve(self) -> bool:
        """Make the policy greedy; return whether that changed it."""


class PolicyIterationLesson(PlanningLesson[Improver]):
    """Evaluate, Improve, Run, Move, in the order in which the idea is taught; Run is what `solve` does."""

    name = "Policy iteration"
    changed: int | None = None
    """cells in which the last improvement changed the policy"""

    def buttons(self) -> list[Button]:
        return [
            Button("Evaluate", self.evaluate, key="e"),
            Button("Improve", self.improve, lambda: self.agent.settled or self.agent.sweeps_of_policy > 0, "i"),
            Button("Run", self.play, lambda: not self.done, "u"),
            Button("Move", self.move, lambda: self.agent.improvements > 0, "m"),
        ]

    @property
    def done(self) -> bool:
        return self.agent.stable

    def evaluate(self) -> None:
        self.note(self.agent.evaluate())

    def status(self) -> list[tuple[str, str]]:
        lines = super().status()
        return lines if self.changed is None else [*lines, ("last improvement", self.changed_states())]

    def improve(self) -> None:
        before = self.agent.policy
        self.agent.improve()
        self.changed = int((self.agent.policy != before).any(axis=1).sum())
        if self.agent.stable:
            self.say("nothing left to improve: the policy is stable, {verdict}", verdict=self.verdict())
        else:
            self.say("the improvement changed the policy in {cells}", cells=self.changed_states())

    def proceed(self) -> bool:
        if self.agent.evaluated:
            self.improve()
            return False
        self.evaluate()
        return True

    def reset(self) -> None:
        super().reset()
        self.changed = None

    def carry_on(self, before: Improver, after: Improver) -> None:
        super().carry_on(before, after)
        after.policy = before.policy
        after.improvements, after.linear_solves = before.improvements, before.linear_solves

    def changed_states(self) -> str:
        """In how many cells the last improvement changed the policy, in words."""
        count = self.changed or 0
        if self.on_map:
            return plural("{n:,} cell", "{n:,} cells", count)
        return plural("{n:,} state", "{n:,} states", count)
