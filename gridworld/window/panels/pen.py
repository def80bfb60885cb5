"""Where the next line of the panel goes."""

from __future__ import annotations

from dataclasses import dataclass

from gridworld.window.drawing.palette import LINES, Colour, pygame, wrap
from gridworld.window.panels.controls import Easel

_GAP = 7


@dataclass
class Pen:
    """Where the next line of the panel goes."""

    easel: Easel
    left: int
    width: int
    y: int
    bottom: int

    @property
    def room(self) -> int:
        """Pixels left below."""
        return self.bottom - self.y

    def down(self, points: float) -> None:
        """Leave some room free."""
        self.y += self.easel.px(points)

    def lines(self, words: str, size: float, colour: Colour, *, strong: bool = False) -> None:
        """Write the words, in as many lines as they need; moves below them."""
        # Bold letters are wider than the plain ones that are measured.
        room = round(self.width * (0.88 if strong else 1.0))
        line = self.easel.px(1.3 * size)
        for part in wrap(words, self.easel.px(size), room):
            self.easel.write(part, (self.left, self.y + line / 2), size, colour, self.width, strong=strong)
            self.y += line

    def cells(self, count: int, height: float, gap: float = _GAP) -> list[pygame.Rect]:
        """A row of equally wide places; moves below it."""
        space = self.easel.px(gap)
        width = (self.width - (count - 1) * space) / count
        row = [
            pygame.Rect(round(self.left + index * (width + space)), self.y, round(width), self.easel.px(height))
            for index in range(count)
        ]
        self.y += self.easel.px(height + gap)
        return row

    def rule(self) -> None:
        """A thin line across."""
        self.down(3)
        line = max(1, self.easel.px(1))
        pygame.draw.line(self.easel.surface, LINES, (self.left, self.y), (self.left + self.width, self.y), line)
        self.down(9)
