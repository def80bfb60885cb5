"""What is written around a board whose rows and columns count something: numbers, names and headings."""

from __future__ import annotations

from common.language import _
from gridworld.window.drawing.grid_area import GridArea
from gridworld.window.drawing.palette import INK, MUTED, pygame, text
from gridworld.window.snapshot import Sides

_LEFT, _ABOVE, _BELOW = 22, 42, 40
_SIZE = 12


def room_within_sides(room: pygame.Rect, scale: float) -> pygame.Rect:
    """What the words leave of the room."""
    left, above, below = (round(points * scale) for points in (_LEFT, _ABOVE, _BELOW))
    return pygame.Rect(room.left + left, room.top + above, max(1, room.width - left), room.height - above - below)


def draw_sides(surface: pygame.Surface, area: GridArea, sides: Sides, scale: float) -> None:
    """Write them; numbers that would touch the ones before are left out."""
    size, (left, top) = round(_SIZE * scale), area.rect.topleft
    bottom = area.rect.bottom

    def write(words: str, x: float, y: float, anchor: str = "center", colour: tuple[int, int, int] = MUTED) -> None:
        image = text(words, size, colour)
        surface.blit(image, image.get_rect(**{anchor: (round(x), round(y))}))

    write(_(sides.y), left, top - 0.8 * size, "midleft")
    lowest: float = bottom
    for row in reversed(range(area.height)):
        y = top + (row + 0.5) * area.cell
        if sides.rows[row] and y <= lowest:
            write(sides.rows[row], left - 5 * scale, y, "midright")
            lowest = y - 1.3 * size
    free = 0.0
    for column, words in enumerate(sides.columns):
        x, width = left + (column + 0.5) * area.cell, text(words, size, MUTED).get_width()
        if words and x - width / 2 >= free:
            write(words, x, bottom + 0.9 * size)
            free = x + width / 2 + 0.4 * size
    for first, columns, words in sides.headings:
        middle = left + (first + columns / 2) * area.cell
        write(_(words), middle, top - 2.4 * size, colour=INK)
        write(_(sides.x), middle, bottom + 2.3 * size)
