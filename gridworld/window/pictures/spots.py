"""Where the states of a picture lie on the surface: which one is under the pointer, and how one is pointed out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridworld.window.drawing import marks
from gridworld.window.drawing.palette import AGENT, INK, PAPER, mix, pygame
from gridworld.window.panels.controls import Easel

import numpy as np


@dataclass(frozen=True)
class TableSpots:
    """The cells of a table. corner: of the first one; side: of each, in pixels; states: [rows, columns]."""

    corner: tuple[int, int]
    side: int
    states: np.ndarray

    def state_at(self, x: float, y: float) -> int | None:
        """The state under a point; None where there is none."""
        column, row = (int((at - start) // self.side) for at, start in zip((x, y), self.corner, strict=True))
        rows, columns = self.states.shape
        if 0 <= row < rows and 0 <= column < columns and self.states[row, column] >= 0:
            return int(self.states[row, column])
        return None

    def outline(self, easel: Easel, state: int) -> None:
        """A frame around the state's cell."""
        for cell in self._cells(state):
            pygame.draw.rect(easel.surface, PAPER, cell.inflate(easel.px(4), easel.px(4)), easel.px(4))
            pygame.draw.rect(easel.surface, INK, cell.inflate(easel.px(3), easel.px(3)), max(1, easel.px(2)))

    def follow(self, easel: Easel, trail: Sequence[int]) -> None:
        """The agent's cell, and thin lines from the states that it came through."""
        places = [self._cells(state)[0].center for state in trail if self._cells(state)]
        if len(places) > 1:
            pygame.draw.aalines(easel.surface, AGENT, False, places)
        if places and self._cells(trail[-1]):
            marks.put(easel.surface, marks.agent(max(4, min(round(self.side * 0.3), easel.px(14)))), *places[-1])

    def _cells(self, state: int) -> list[pygame.Rect]:
        left, top = self.corner
        return [
            pygame.Rect(left + column * self.side, top + row * self.side, self.side, self.side)
            for row, column in np.argwhere(self.states == state).tolist()
        ]


@dataclass(frozen=True)
class ChartSpots:
    """States along an axis. plot: where; limits: the states at its ends; count: states that there are."""

    plot: pygame.Rect
    limits: tuple[float, float]

    def state_at(self, x: float, y: float) -> int | None:
        """The state nearest to a point in the plot."""
        if not self.plot.collidepoint(x, y):
            return None
        low, high = self.limits
        return round(low + (x - self.plot.left) / self.plot.width * (high - low))

    def outline(self, easel: Easel, state: int) -> None:
        """A line through the state."""
        x = self._x(state)
        pygame.draw.line(easel.surface, mix(PAPER, INK, 0.5), (x, self.plot.top), (x, self.plot.bottom), easel.px(1))

    def follow(self, easel: Easel, trail: Sequence[int]) -> None:
        """The agent at its state, below on the axis; small marks at those that it came through."""
        for state in trail[:-1]:
            marks.put(easel.surface, marks.disc(easel.px(2), AGENT), self._x(state), self.plot.bottom)
        if trail:
            marks.put(easel.surface, marks.agent(easel.px(5)), self._x(trail[-1]), self.plot.bottom)

    def _x(self, state: int) -> int:
        low, high = self.limits
        return round(self.plot.left + (state - low) / (high - low) * self.plot.width)


Spots = TableSpots | ChartSpots
