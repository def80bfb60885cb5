"""Value iteration in the window."""

from typing import Protocol

from dp.parts.planning import Planner
from dp.parts.planning_lesson import PlanningLesson
from gridworld.mdp import Floats
from gridworld.window.lesson import Button


class Sweeper(Planner, Protocol):
    """The agent of the chapter value_iteration.py."""

    settled: bool

    def sweep(self) -> float:
        """Back every state up once; return the largest change of a value."""


class ValueIterationLesson(PlanningLesson[Sweeper]):
    """Sweep, Run, Policy, Move, in the order in which the idea is taught; Run is what `solve` does."""

    name = "Value iteration"
    shows_policy = False
    _read_off: tuple[Floats, Floats] | None = None
    """values, and the policy that was read off them"""

    def buttons(self) -> list[Button]:
        return [
            Button("Sweep", self.sweep, key="e"),
            Button("Run", self.play, lambda: not self.done, "u"),
            Button("Policy", self.show_policy, lambda: self.agent.sweeps > 0, "p"),
            Button("Move", self.move, lambda: self.shows_policy, "m"),
        ]

    @property
    def done(self) -> bool:
        return self.agent.settled

    def shown_policy(self) -> Floats | None:
        if not self.shows_policy:
            return None
        if self._read_off is None or self._read_off[0] is not self.agent.values:
            self._read_off = self.agent.values, self.agent.policy
        return self._read_off[1]

    def sweep(self) -> None:
        self.note(self.agent.sweep())
        if self.done:
            self.say("no backup moves a value any more: {verdict}", verdict=self.verdict())

    def proceed(self) -> bool:
        self.sweep()
        return True

    def show_policy(self) -> None:
        self.shows_policy = True

    def finale(self) -> None:
        self.show_policy()
        super().finale()

    def reset(self) -> None:
        super().reset()
        self.shows_policy = False
