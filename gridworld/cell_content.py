"""What stands in a cell: its colour, icon, arrows and numbers, and which of them there is room for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from gridworld import marks
from gridworld.cell_plan import CellPlan, count_text, number_text
from gridworld.grid_area import GridArea
from gridworld.lesson import Belief
from gridworld.looks import Looks
from gridworld.palette import (
    INK,
    LINES,
    MUTED,
    PAPER,
    VISITED,
    WALL,
    Colour,
    ValueScale,
    mix,
    pygame,
    text,
)

if TYPE_CHECKING:
    from gridworld.painter import Layers


def paint_cells(
    surface: pygame.Surface,
    area: GridArea,
    looks: Looks,
    belief: Belief,
    layers: Layers,
    value_scale: ValueScale,
    scale: float,
    trail: Callable[[], None],
) -> None:
    """Draw every cell: colours first, then the trail, then what must be read."""
    plan = CellPlan(int(area.cell), layers, belief, scale)
    corners = [
        (area.left + column * plan.side, area.top + row * plan.side)
        for row in range(area.height)
        for column in range(area.width)
    ]
    _fills(surface, plan, corners, looks, belief, layers, value_scale)
    trail()
    _icons(surface, plan, corners, looks, layers)
    if layers.visits and belief.visits is not None:
        _visits(surface, plan, corners, looks, belief, layers)
    if plan.quarter_digits is not None and belief.action_values is not None:
        _quarter_numbers(surface, plan, corners, looks, belief.action_values.tolist())
    if plan.value_digits is not None and belief.values is not None:
        _value_numbers(surface, plan, corners, looks, belief.values, value_scale)
    if plan.arrows and belief.policy is not None:
        _arrows(surface, plan, corners, looks, belief.policy.tolist())
    if plan.corners:
        for state, (left, top) in enumerate(corners):
            words = looks.corner(state)
            if words and (not plan.quartered or not looks.by_state[state].inside):
                surface.blit(text(words, plan.corner_font), (left + plan.side * 0.07, top + plan.side * 0.06))
            elif words:
                words_surface = text(words, plan.corner_font)
                surface.blit(
                    words_surface, (left + plan.side * 0.05, top + plan.side * 0.95 - words_surface.get_height())
                )


Corners = list[tuple[int, int]]


def _fills(
    surface: pygame.Surface,
    plan: CellPlan,
    corners: Corners,
    looks: Looks,
    belief: Belief,
    layers: Layers,
    value_scale: ValueScale,
) -> None:
    side, line = plan.side, plan.line
    colours: list[Colour] | None = None
    if plan.quartered and belief.action_values is not None:
        quarters = value_scale.colours(belief.action_values)
        n_actions = belief.action_values.shape[1]
        cross = marks.diagonals(side - line, max(1, line), LINES, 255)
    elif layers.values and belief.values is not None:
        colours = value_scale.colours(belief.values)
    elif layers.visits and belief.visits is not None:
        shares = (np.log1p(belief.visits) / np.log1p(max(1, belief.visits.max()))).tolist()
        colours = [mix(PAPER, VISITED, share) for share in shares]
    for state, (left, top) in enumerate(corners):
        look = looks.by_state[state]
        rect = (left, top, side - line, side - line)
        if look.fill is not None:
            # Walls close up to a block; other cells keep the line between them.
            surface.fill(look.fill, rect if look.shape or look.fill != WALL else (left, top, side, side))
        elif plan.quartered:
            _quarters(surface, rect, quarters[state * n_actions : (state + 1) * n_actions])
            surface.blit(cross, (left, top), special_flags=pygame.BLEND_PREMULTIPLIED)
        else:
            surface.fill(colours[state] if colours is not None else PAPER, rect)


def _quarters(surface: pygame.Surface, rect: tuple[int, int, int, int], colours: list[Colour]) -> None:
    left, top, width, height = rect
    right, bottom = left + width - 1, top + height - 1
    middle = (left + width / 2, top + height / 2)
    edges = (
        ((left, top), (right, top)),
        ((left, bottom), (right, bottom)),
        ((left, top), (left, bottom)),
        ((right, top), (right, bottom)),
    )
    for colour, (start, stop) in zip(colours, edges, strict=False):
        pygame.draw.polygon(surface, colour, (start, stop, middle))
    if len(colours) > 4:
        size = round(width * 0.3)
        stay = pygame.Rect(0, 0, size, size)
        stay.center = (round(middle[0]), round(middle[1]))
        pygame.draw.rect(surface, LINES, stay.inflate(2, 2))
        pygame.draw.rect(surface, colours[4], stay)


def _icons(surface: pygame.Surface, plan: CellPlan, corners: Corners, looks: Looks, layers: Layers) -> None:
    side = plan.side
    for state, (left, top) in enumerate(corners):
        look = looks.by_state[state]
        if look.shape in ("", "none"):
            continue
        colour = look.colour if look.colour is not None else MUTED
        if not look.inside:
            icon = marks.icon(look.shape, max(3, round(side * 0.27)), colour)
            marks.put(surface, icon, left + side * 0.5, top + side * 0.52)
        elif plan.quartered:
            marks.put(surface, marks.icon(look.shape, plan.icon_radius, colour), left + side * 0.86, top + side * 0.15)
        else:
            fill = mix(colour, PAPER, 0.5) if plan.arrows else colour
            icon = marks.icon(look.shape, plan.icon_radius, fill, mix(colour, INK, 0.25))
            marks.put(surface, icon, left + side * 0.5, top + plan.arrow_y)


def _visits(
    surface: pygame.Surface, plan: CellPlan, corners: Corners, looks: Looks, belief: Belief, layers: Layers
) -> None:
    """A bar along the cell's top as long as the count's logarithm, and the count where it fits."""
    assert belief.visits is not None
    side = plan.side
    counts = belief.visits.tolist()
    shares = (np.log1p(belief.visits) / np.log1p(max(1, belief.visits.max()))).tolist()
    filled = not plan.quartered and not (layers.values and belief.values is not None)
    colour = mix(VISITED, INK, 0.35)
    thickness = max(2, round(side * 0.035))
    with_policy = plan.arrows and not plan.quartered
    for state, (left, top) in enumerate(corners):
        if not looks.by_state[state].inside or counts[state] == 0:
            continue
        if not filled:
            surface.fill(colour, (left, top, max(1, round((side - plan.line) * shares[state])), thickness))
        if not layers.numbers:
            continue
        if filled and not with_policy:
            words = text(count_text(counts[state]), plan.corner_font)
            if words.get_width() <= side * 0.92:
                surface.blit(words, (left + (side - words.get_width()) // 2, top + (side - words.get_height()) // 2))
        elif plan.corners:
            words = text(count_text(counts[state]), plan.corner_font, mix(VISITED, INK, 0.6))
            x = left + side * 0.95 - words.get_width()
            y = top + (side * 0.95 - words.get_height() if plan.quartered else side * 0.06)
            surface.blit(words, (x, y))


def _quarter_numbers(
    surface: pygame.Surface, plan: CellPlan, corners: Corners, looks: Looks, action_values: list[list[float]]
) -> None:
    side, digits = plan.side, plan.quarter_digits
    assert digits is not None
    near = plan.quarter_font * 0.5 + side * 0.035
    for state, (left, top) in enumerate(corners):
        if not looks.by_state[state].inside:
            continue
        for action, number in enumerate(action_values[state]):
            words = text(number_text(number, digits), plan.quarter_font)
            width, height = words.get_size()
            if action == 0:
                x, y = side / 2 - width / 2, near - height / 2
            elif action == 1:
                x, y = side / 2 - width / 2, side - near - height / 2
            elif action == 2:
                x, y = side * 0.025, plan.aside_y - height / 2
            elif action == 3:
                x, y = side * 0.975 - width - plan.line, plan.aside_y - height / 2
            else:
                x, y = side / 2 - width / 2, side / 2 - height / 2
            surface.blit(words, (left + x, top + y))


def _value_numbers(
    surface: pygame.Surface, plan: CellPlan, corners: Corners, looks: Looks, values: np.ndarray, value_scale: ValueScale
) -> None:
    """The state value: low in the middle, or on a label of its own colour among action values."""
    side, digits = plan.side, plan.value_digits
    assert digits is not None
    colours = value_scale.colours(values) if plan.quartered else []
    for state, (left, top) in enumerate(corners):
        if not looks.by_state[state].inside:
            continue
        words = text(number_text(float(values[state]), digits), plan.value_font)
        width, height = words.get_size()
        if plan.quartered:
            label = pygame.Rect(left, top, width + round(side * 0.05), height + round(side * 0.02))
            pygame.draw.rect(surface, colours[state], label, border_bottom_right_radius=round(side * 0.05))
            pygame.draw.rect(surface, WALL, label, plan.line, border_bottom_right_radius=round(side * 0.05))
            surface.blit(words, words.get_rect(center=label.center))
        else:
            surface.blit(words, (left + (side - width) // 2, top + round(plan.value_y - height / 2)))


def _arrows(surface: pygame.Surface, plan: CellPlan, corners: Corners, looks: Looks, policy: list[list[float]]) -> None:
    origin = marks.disc(max(1, plan.thickness), INK)
    for state, (left, top) in enumerate(corners):
        if not looks.by_state[state].inside:
            continue
        x, y = left + plan.side / 2, top + plan.arrow_y
        marks.put(surface, origin, x, y)
        for action, probability in enumerate(policy[state]):
            if not probability > 0.004:
                continue
            if action == 4:
                marks.put(surface, marks.disc(max(2, round(plan.arrow_length * 0.3 * probability**0.5)), INK), x, y)
                continue
            length = max(plan.head, round(plan.arrow_length * (0.3 + 0.7 * probability)))
            marks.put_arrow(surface, (x, y), action, length, plan.thickness, plan.head)
