"""Where each cell lies on a picture, and which cell lies under a point."""

from __future__ import annotations

from dataclasses import dataclass

from gridworld.window.drawing.palette import pygame


@dataclass(frozen=True)
class GridArea:
    """left, top: pixels of the first cell's corner; cell: a cell's side in pixels; height, width: cells.

    A side is a whole number of pixels unless the map has more cells than there are pixels.
    """

    left: int
    top: int
    cell: float
    height: int
    width: int

    @classmethod
    def fit(cls, height: int, width: int, room: pygame.Rect) -> GridArea:
        """The largest square cells of a height x width map in the room, in its middle."""
        cell: float = min(room.width / width, room.height / height)
        if cell >= 1:
            cell = int(cell)
        left = room.left + int(room.width - cell * width) // 2
        top = room.top + int(room.height - cell * height) // 2
        return cls(left, top, max(cell, 1e-6), height, width)

    @property
    def rect(self) -> pygame.Rect:
        """The whole grid."""
        return pygame.Rect(self.left, self.top, round(self.cell * self.width), round(self.cell * self.height))

    def cell_rect(self, state: int) -> pygame.Rect:
        """A cell, lines included."""
        row, column = divmod(state, self.width)
        side = max(1, round(self.cell))
        return pygame.Rect(round(self.left + column * self.cell), round(self.top + row * self.cell), side, side)

    def middle(self, state: int) -> tuple[float, float]:
        """The middle of a cell."""
        row, column = divmod(state, self.width)
        return self.left + (column + 0.5) * self.cell, self.top + (row + 0.5) * self.cell

    def state_at(self, x: float, y: float) -> int | None:
        """The state under a point, None beside the grid."""
        column = (x - self.left) // self.cell
        row = (y - self.top) // self.cell
        if 0 <= row < self.height and 0 <= column < self.width:
            return int(row) * self.width + int(column)
        return None
