"""How high a value stands in a plot whose axis may be broken: where the first values lie far beyond the later ones.

The axis is that of the later values. What is beyond it is drawn all the same, in a band of its own at the edge, on
another scale, which ends at the value farthest away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridworld.window.drawing.palette import pygame

import numpy as np


@dataclass(frozen=True)
class Ruler:
    """plot: where the lines are drawn. low, high: of its axis; least, most: of all values; band: pixels of a band."""

    plot: pygame.Rect
    low: float
    high: float
    least: float
    most: float
    band: int

    @property
    def below(self) -> int:
        """Pixels of the band below the axis, 0 where nothing is there."""
        return self.band if self.least < self.low - self._nothing else 0

    @property
    def above(self) -> int:
        """Pixels of the band above the axis, 0 where nothing is there."""
        return self.band if self.most > self.high + self._nothing else 0

    @property
    def _nothing(self) -> float:
        return 1e-9 * (self.high - self.low)

    def heights(self, values: np.ndarray) -> np.ndarray:
        """Pixels from the surface's top."""
        low, high = self.plot.bottom - self.below, self.plot.top + self.above
        marks = [(self.low, low), (self.high, high)]
        if self.below:
            marks.insert(0, (self.least, self.plot.bottom - 2))
        if self.above:
            marks.append((self.most, self.plot.top + 2))
        there: np.ndarray = np.interp(values, *np.array(marks).T)
        return there

    def bands(self) -> list[tuple[float, pygame.Rect]]:
        """The value farthest away and the place of each band that there is."""
        bands = []
        if self.below:
            bands.append((self.least, pygame.Rect(0, self.plot.bottom - self.below, 0, self.below)))
        if self.above:
            bands.append((self.most, pygame.Rect(0, self.plot.top, 0, self.above)))
        for _, rect in bands:
            rect.left, rect.width = self.plot.left, self.plot.width
        return bands


def worth_a_break(whole: Sequence[float], settled: Sequence[float]) -> bool:
    """Whether an axis for everything, (low, high), would flatten what the later values' axis shows."""
    return whole[1] - whole[0] > 3 * (settled[1] - settled[0])
