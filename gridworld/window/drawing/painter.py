"""Draws a world and what an agent makes of it.

`paint` is a function of its arguments alone: the same world, snapshot, layers and size give the same pixels. It needs
neither a display nor an event loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from gridworld.window.drawing import marks
from gridworld.window.drawing.cell_content import CellContent
from gridworld.window.drawing.cell_plan import visit_shares
from gridworld.window.drawing.grid_area import GridArea
from gridworld.window.drawing.layers import Layers
from gridworld.window.drawing.looks import Looks
from gridworld.window.drawing.palette import (
    AGENT,
    BACKGROUND,
    LINES,
    MUTED,
    PAPER,
    PATH,
    TRAP,
    VISITED,
    WALL,
    ValueScale,
    mix,
    pygame,
    text,
)
from gridworld.window.drawing.sides import draw_sides, room_within_sides
from gridworld.window.drawing.update_marks import draw_update, mark_fields
from gridworld.window.snapshot import Snapshot
from gridworld.world import GridWorld

import numpy as np

# Below this many pixels a cell is only a colour, and the whole map is drawn as one array.
SMALLEST_DETAILED_CELL = 9
LONGEST_TRAIL = 400


def paint(
    world: GridWorld,
    snapshot: Snapshot,
    layers: Layers,
    size: tuple[int, int],
    scale: float = 1.0,
    limit: float | None = None,
    surface: pygame.Surface | None = None,
) -> pygame.Surface:
    """The picture of a world, size (width, height) in pixels.

    scale: pixels to a point of text. limit: the value at the end of the colour scale; by default the largest shown.
    surface: one of that size to draw on; by default a new one.
    """
    surface = surface or pygame.Surface(size)
    surface.fill(BACKGROUND)
    area = grid_area(world, snapshot, size, scale)
    values = snapshot.values if layers.values else None
    action_values = snapshot.action_values if layers.action_values else None
    value_scale = ValueScale(values, action_values) if limit is None else ValueScale(np.array([limit]))
    looks = Looks(world)
    if area.cell < SMALLEST_DETAILED_CELL:
        _paint_small(surface, area, looks, snapshot, layers, value_scale)
        _trail(surface, area, snapshot, layers)
    else:
        pygame.draw.rect(surface, LINES, area.rect.inflate(2, 2))
        content = CellContent(surface, area, looks, snapshot, layers, value_scale, scale)

        def under_the_numbers() -> None:
            mark_fields(surface, area, world.moves, snapshot, layers, scale)
            _trail(surface, area, snapshot, layers)

        content.draw(under_the_numbers)
    draw_update(surface, area, world.moves, snapshot, layers, scale)
    _movers(surface, area, snapshot, layers)
    _wind(surface, area, world, scale)
    if snapshot.sides is not None and area.cell >= SMALLEST_DETAILED_CELL:
        draw_sides(surface, area, snapshot.sides, scale)
    if values is not None or action_values is not None:
        _legend(surface, area, value_scale, scale)
    return surface


def to_array(surface: pygame.Surface) -> np.ndarray:
    """uint8 [height, width, 3] copy of a surface's pixels."""
    width, height = surface.get_size()
    # Three times as quick as pygame.surfarray, whose arrays are [width, height].
    return np.frombuffer(bytearray(pygame.image.tobytes(surface, "RGB")), np.uint8).reshape(height, width, 3)


def grid_area(world: GridWorld, snapshot: Snapshot, size: tuple[int, int], scale: float = 1.0) -> GridArea:
    """Where `paint` puts the cells: room is kept for a legend where there is anything it could explain."""
    width, height = size
    margin = round((6 if min(size) < 300 * scale else 12) * scale)
    room = pygame.Rect(margin, margin, max(1, width - 2 * margin), max(1, height - 2 * margin))
    if (snapshot.values is not None or snapshot.action_values is not None) and min(size) >= 240 * scale:
        room.width -= round(_LEGEND_WIDTH * scale)
    if world.wind is not None and any(world.wind):
        room.height -= round(_WIND_HEIGHT * scale)
    if snapshot.sides is not None:
        area = GridArea.fit(world.height, world.width, room_within_sides(room, scale))
        if area.cell >= SMALLEST_DETAILED_CELL:
            return area
    return GridArea.fit(world.height, world.width, room)


_LEGEND_WIDTH = 66
_WIND_HEIGHT = 26


def _paint_small(
    surface: pygame.Surface, area: GridArea, looks: Looks, snapshot: Snapshot, layers: Layers, value_scale: ValueScale
) -> None:
    """One pixel a cell, enlarged: as quick for 300 x 300 cells as for 30 x 30."""
    shape = (area.height, area.width)
    colours = np.full((*shape, 3), PAPER, np.uint8)
    if layers.values and snapshot.values is not None:
        colours = value_scale.colour_array(snapshot.values.reshape(shape))
    elif layers.action_values and snapshot.action_values is not None:
        colours = value_scale.colour_array(snapshot.action_values.max(axis=1).reshape(shape))
    elif layers.visits and snapshot.visits is not None:
        paper = np.array(PAPER, float)
        colours = np.rint(
            paper + visit_shares(snapshot.visits).reshape(*shape, 1) * (np.array(VISITED) - paper)
        ).astype(np.uint8)
    for letter, look in looks.by_letter.items():
        if look.fill is not None:
            colours[looks.letters == letter] = look.colour if look.colour is not None else look.fill
    small = pygame.surfarray.make_surface(colours.swapaxes(0, 1))
    if area.cell >= 1:
        surface.blit(pygame.transform.scale(small, area.rect.size), area.rect)
    else:
        surface.blit(pygame.transform.smoothscale(small, area.rect.size), area.rect)


def _trail(surface: pygame.Surface, area: GridArea, snapshot: Snapshot, layers: Layers) -> None:
    """The way behind the agent, the older the fainter; jumps are thin lines. Over it the greedy path, a dotted line."""
    if layers.path and snapshot.path is not None:
        _path(surface, area, snapshot.path)
    trail = list(snapshot.trail[-LONGEST_TRAIL:])
    if not layers.agent or len(trail) < 2:
        return
    thickness = max(2, round(area.cell * 0.07))
    for index in range(1, len(trail)):
        before, after = trail[index - 1], trail[index]
        if before == after:
            continue
        (x, y), (next_x, next_y) = area.middle(before), area.middle(after)
        rows, columns = abs(after // area.width - before // area.width), abs(after % area.width - before % area.width)
        if rows + columns == 1:
            recent = 1 - (len(trail) - index) / len(trail)
            alpha = 32 * (2 + round(4 * recent))
            length = round(area.cell) + thickness
            sizes = (length, thickness) if columns else (thickness, length)
            marks.put(surface, marks.bar(*sizes, AGENT, alpha), (x + next_x) / 2, (y + next_y) / 2)
        else:
            pygame.draw.aaline(surface, AGENT, (x, y), (next_x, next_y))


def _path(surface: pygame.Surface, area: GridArea, path: Sequence[int]) -> None:
    """Dots from each state to the next, a larger one where it ends."""
    radius = max(1, round(area.cell * 0.05))
    for before, after in pairwise(path):
        (x, y), (next_x, next_y) = area.middle(before), area.middle(after)
        for share in (0.0, 0.25, 0.5, 0.75):
            dot = marks.disc(radius, PATH, PAPER, max(1, radius // 2))
            marks.put(surface, dot, x + share * (next_x - x), y + share * (next_y - y))
    if path:
        marks.put(surface, marks.disc(2 * radius, PATH, PAPER, max(1, radius // 2)), *area.middle(path[-1]))


def _movers(surface: pygame.Surface, area: GridArea, snapshot: Snapshot, layers: Layers) -> None:
    """Obstacles, and the agent over them."""
    for row, column in snapshot.obstacles:
        x, y = area.middle(row * area.width + column)
        marks.put(surface, marks.icon("triangle", max(3, round(area.cell * 0.34)), TRAP), x, y)
    if layers.agent and snapshot.agent is not None:
        x, y = area.middle(snapshot.agent)
        marks.put(surface, marks.agent(max(4, round(area.cell * 0.19))), x, y)


def _wind(surface: pygame.Surface, area: GridArea, world: GridWorld, scale: float) -> None:
    """Under each column, how far it is blown and where to."""
    if world.wind is None or not any(world.wind):
        return
    size = round(min(14 * scale, max(8, area.cell * 0.4)))
    y = area.rect.bottom + round(_WIND_HEIGHT * scale / 2) + 1
    if world.wind[0] == 0 and area.cell >= 3 * size:
        surface.blit(text("wind", size, MUTED), (area.left, round(y - size * 0.6)))
    for column, blow in enumerate(world.wind):
        x = area.left + (column + 0.5) * area.cell
        if blow == 0:
            continue
        length = max(4, round(size * 0.55))
        words = text(str(abs(blow)), size, MUTED)
        total = words.get_width() + size
        tail = (x - total / 2 + size * 0.4, y + (length if blow > 0 else -length))
        arrow = marks.arrow(tail, 0 if blow > 0 else 1, 2 * length, max(1, size // 7), length, MUTED)
        surface.blit(*arrow, special_flags=pygame.BLEND_PREMULTIPLIED)
        surface.blit(words, (round(x + total / 2 - words.get_width()), round(y - words.get_height() / 2)))


def _legend(surface: pygame.Surface, area: GridArea, value_scale: ValueScale, scale: float) -> None:
    """The colour bar right of the grid, with its numbers."""
    left = area.rect.right + round(12 * scale)
    width = round(14 * scale)
    if left + width + round(20 * scale) > surface.get_width():
        return
    height = max(round(80 * scale), min(area.rect.height, round(300 * scale)))
    bar = pygame.Rect(left, area.rect.centery - height // 2, width, height)
    bar.clamp_ip(surface.get_rect())
    levels = np.linspace(value_scale.limit, -value_scale.limit, bar.height)
    column = value_scale.colour_array(levels)
    gradient = pygame.surfarray.make_surface(np.repeat(column[None], bar.width, axis=0))
    surface.blit(gradient, bar)
    pygame.draw.rect(surface, mix(LINES, WALL, 0.3), bar, max(1, round(scale)))
    size = round(12 * scale)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        value = value_scale.limit * (1 - 2 * share)
        y = bar.top + share * (bar.height - 1)
        pygame.draw.line(surface, MUTED, (bar.right, y), (bar.right + round(3 * scale), y), max(1, round(scale)))
        words = text(legend_number(value), size)
        top = min(max(y - words.get_height() / 2, bar.top - size / 2), bar.bottom)
        surface.blit(words, (bar.right + round(6 * scale), round(top)))


def legend_number(value: float) -> str:
    """A number of at most about six letters."""
    magnitude = abs(value)
    if magnitude >= 1e5:
        return f"{value:.0e}"
    if 0 < magnitude < 0.01:
        return f"{value:.1g}"
    return f"{value:.0f}" if magnitude >= 100 else f"{value:.1f}" if magnitude >= 10 else f"{value:.2f}"
