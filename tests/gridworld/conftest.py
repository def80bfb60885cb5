"""A lesson small enough to count on, for the tests of the window and its parts."""

from collections.abc import Callable

from common.errors import UserError
from gridworld.window.lesson import Button, Lesson, Setting, Strip
from gridworld.window.snapshot import Snapshot
from gridworld.world import GridWorld

import numpy as np
import pytest


class Counting(Lesson):
    """Counts what is done to it; its policy goes right everywhere, its action values are those of one backup."""

    def __init__(self, world: GridWorld, title: str = "Counting", last_step: int | None = None) -> None:
        super().__init__(title, world)
        self.steps = 0
        self.calls: list[int] = []
        self.pressed = 0
        self.unlocked = False
        self.refuses_edits = False
        self.rate = 0.5
        self.last_step = last_step
        self.values = np.linspace(-1, 1, world.n_states)
        self.policy = np.zeros((world.n_states, world.n_actions))
        self.policy[:, 3] = 1.0

    @property
    def discount(self) -> float:
        return 0.9

    @property
    def done(self) -> bool:
        return self.last_step is not None and self.steps >= self.last_step

    def snapshot(self) -> Snapshot:
        action_values = self.world.mdp().action_values(self.values, 0.9)
        none = np.zeros(self.world.n_states)
        return Snapshot(
            self.values,
            action_values,
            self.policy,
            np.arange(self.world.n_states),
            traces=none,
            path=(0, 1),
            weights=none,
        )

    def advance(self, steps: int) -> None:
        self.calls.append(steps)
        self.steps += steps

    def reset(self) -> None:
        super().reset()
        self.steps = 0

    def edit(self, world: GridWorld) -> None:
        if self.refuses_edits:
            raise UserError("this lesson keeps its map")
        super().edit(world)

    def status(self) -> list[tuple[str, str]]:
        return [("steps", str(self.steps)), ("last update", "0.10 + 0.5 × (0.30 - 0.10) = 0.20, and some more words")]

    def strips(self) -> list[Strip]:
        return [Strip("steps", {"steps": list(range(self.steps))})]

    def buttons(self) -> list[Button]:
        return [
            Button("Press", self._press, key="p"),
            Button("Locked", self._press, lambda: self.unlocked, "l"),
            Button("Move", self.move, key="m"),
        ]

    def settings(self) -> list[Setting]:
        return [
            Setting("Rate", lambda: self.rate, self._set_rate, 0.0, 1.0),
            Setting("Other", lambda: 3.0, lambda value: None, 0.0, 9.0, digits=0),
        ]

    def _press(self) -> None:
        self.pressed += 1

    def _set_rate(self, rate: float) -> None:
        if rate > 0.95:
            raise UserError("the rate must stay below 0.95")
        self.rate = rate


@pytest.fixture
def course() -> GridWorld:
    return GridWorld.load("course")


@pytest.fixture
def counting(course: GridWorld) -> Callable[..., Counting]:
    """Makes counting lessons on the course's map."""

    def make(title: str = "Counting", last_step: int | None = None, world: GridWorld | None = None) -> Counting:
        return Counting(course if world is None else world, title, last_step)

    return make
