"""The last update on the map: the entry that moved in yellow, what its target used in turquoise.

The yellow outline is broken where the action was an exploratory one. Entries that moved besides have a thin line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gridworld.actions import DIRECTIONS, STAY
from gridworld.window.drawing import marks
from gridworld.window.drawing.cell_plan import CellPlan
from gridworld.window.drawing.grid_area import GridArea
from gridworld.window.drawing.layers import Layers
from gridworld.window.drawing.palette import FLASH, FOLLOWING, INK, Colour, pygame
from gridworld.window.snapshot import Snapshot

_SMALLEST_CELL = 34
"""Pixels below which a cell is outlined, and its actions are not."""


def draw_update(
    surface: pygame.Surface,
    area: GridArea,
    moves: Sequence[int],
    snapshot: Snapshot,
    layers: Layers,
    scale: float,
) -> None:
    """Outline the cells of the snapshot's update, and where there are no action values draw its actions as arrows.

    moves: of each action.
    """
    for state in set(snapshot.planned):
        width = max(1, round(area.cell * 0.02))
        pygame.draw.rect(surface, FLASH, area.cell_rect(state).inflate(-4 * width, -4 * width), width)
    updated = snapshot.updated
    if updated is None:
        return
    following = updated.next_state
    if following is not None and following != updated.state:
        _outline(surface, area.cell_rect(following), FOLLOWING, area, scale)
    _outline(surface, area.cell_rect(updated.state), FLASH, area, scale, broken=updated.explored)
    plan = CellPlan(int(area.cell), layers, snapshot, scale)
    for cell, move, colour in _actions(area, moves, snapshot):
        if not _has_field(plan, move, moves):
            _arrow(surface, cell, move, colour, plan)


def mark_fields(
    surface: pygame.Surface,
    area: GridArea,
    moves: Sequence[int],
    snapshot: Snapshot,
    layers: Layers,
    scale: float,
) -> None:
    """Among action values, edge the fields of the update's actions; before the numbers, which stand on them."""
    plan = CellPlan(int(area.cell), layers, snapshot, scale)
    for cell, move, colour in _actions(area, moves, snapshot):
        if _has_field(plan, move, moves):
            king = len(moves) > 5
            shape = _block(cell, move) if king else _triangle(cell, move, max(2, plan.side // 24))
            pygame.draw.polygon(surface, INK, shape, plan.line * 2 + 3)
            pygame.draw.polygon(surface, colour, shape, plan.line * 2)


def _actions(area: GridArea, moves: Sequence[int], snapshot: Snapshot) -> Iterator[tuple[pygame.Rect, int, Colour]]:
    """(cell, move, colour) of what the target used and, over it, of the entry that moved."""
    updated = snapshot.updated
    if updated is None or area.cell < _SMALLEST_CELL:
        return
    if updated.next_state is not None:
        for action in updated.next_actions:
            yield area.cell_rect(updated.next_state), moves[action], FOLLOWING
    if updated.action is not None:
        yield area.cell_rect(updated.state), moves[updated.action], FLASH


def _has_field(plan: CellPlan, move: int, moves: Sequence[int]) -> bool:
    return plan.quartered and (len(moves) > 5 or move < STAY)


def _outline(
    surface: pygame.Surface, cell: pygame.Rect, colour: Colour, area: GridArea, scale: float, broken: bool = False
) -> None:
    width = max(2, round(area.cell * 0.035))
    pygame.draw.rect(surface, INK, cell.inflate(round(2 * scale), round(2 * scale)), width + round(2 * scale))
    if not broken:
        pygame.draw.rect(surface, colour, cell, width)
        return
    piece = max(2, round(cell.width / 9))
    for start in range(0, cell.width, 2 * piece):
        length = min(piece, cell.width - start)
        for y in (cell.top, cell.bottom - width):
            surface.fill(colour, (cell.left + start, y, length, width))
        for x in (cell.left, cell.right - width):
            surface.fill(colour, (x, cell.top + start, width, length))


def _arrow(surface: pygame.Surface, cell: pygame.Rect, move: int, colour: Colour, plan: CellPlan) -> None:
    """The move in the policy's place; a disc for staying."""
    x, y = cell.left + plan.side / 2, cell.top + plan.arrow_y
    more = max(2, plan.thickness)
    if move == STAY:
        marks.put(surface, marks.disc(max(3, round(plan.arrow_length * 0.4)), colour, INK, more), x, y)
        return
    length = max(6, round(plan.arrow_length))
    thick, head = max(3, 2 * plan.thickness), plan.head(length)
    for ink, wider in ((INK, more), (colour, 0)):
        sprite, corner = marks.arrow((x, y), move, length + wider // 2, thick + wider, head + wider, ink)
        surface.blit(sprite, corner, special_flags=pygame.BLEND_PREMULTIPLIED)


def _triangle(cell: pygame.Rect, move: int, inset: int) -> list[tuple[int, int]]:
    inner = cell.inflate(-2 * inset, -2 * inset)
    corners = [inner.topleft, (inner.right - 1, inner.top), (inner.right - 1, inner.bottom - 1), inner.bottomleft]
    first, second = ((0, 1), (3, 2), (0, 3), (1, 2))[move]
    return [corners[first], corners[second], inner.center]


def _block(cell: pygame.Rect, move: int) -> list[tuple[int, int]]:
    row, column = (1 + part for part in DIRECTIONS[move])
    third = cell.width // 3
    block = pygame.Rect(cell.left + column * third, cell.top + row * third, third, third)
    return [block.topleft, block.topright, block.bottomright, block.bottomleft]
