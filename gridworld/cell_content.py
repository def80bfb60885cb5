"""What stands in a cell: its colour, icon, arrows and numbers, and which of them there is room for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gridworld import marks
from gridworld.cell import Cell
from gridworld.grid_area import GridArea
from gridworld.lesson import Belief
from gridworld.palette import (
    GOAL,
    INK,
    LINES,
    MUTED,
    PAPER,
    TRAP,
    VISITED,
    WALL,
    Colour,
    ValueScale,
    mix,
    pygame,
    text,
    text_width,
)
from gridworld.world import GridWorld

if TYPE_CHECKING:
    from gridworld.painter import Layers


@dataclass(frozen=True)
class Look:
    """How a letter is drawn. fill: its background, None where the value's colour is; inside: whether arrows and
    numbers mean something there; shape: its icon, or empty; mark: words in its corner."""

    fill: Colour | None
    inside: bool
    shape: str
    colour: Colour | None
    mark: str


def look_of(letter: str, cell: Cell) -> Look:
    """The letter's own shape and colour, or ones that fit its rules."""
    if cell.wall:
        return Look(cell.rgb or WALL, False, cell.shape, cell.rgb, "")
    shape, colour, mark = cell.shape, cell.rgb, ""
    if cell.reward != 0:
        mark = f"{cell.reward:+g}"
    if cell.terminal:
        shape = shape or ("circle" if cell.reward >= 0 else "triangle")
        colour = colour or (GOAL if cell.reward >= 0 else TRAP)
        return Look(mix(PAPER, colour, 0.28), False, shape, colour, mark)
    if cell.goes_to is not None:
        colour = colour or TRAP
        return Look(mix(PAPER, colour, 0.45), False, shape or "cross", colour, mark)
    if cell.leaves_to is not None:
        return Look(None, True, shape, colour or GOAL, f"{letter} {cell.leave_reward:+g}")
    if letter == "S":
        return Look(None, True, shape, colour, "S")
    if cell.reward != 0:
        shape = shape or ("triangle" if cell.reward < 0 else "star")
        colour = colour or (TRAP if cell.reward < 0 else GOAL)
    return Look(None, True, shape, colour, mark)


class Looks:
    """A world's letters and how each is drawn."""

    def __init__(self, world: GridWorld) -> None:
        self.letters = world.letters
        self.by_letter = {letter: look_of(letter, cell) for letter, cell in world.cells.items()}
        self.by_state = [self.by_letter[letter] for letter in world.letters.ravel().tolist()]
        self.extra_starts = frozenset(world.starts) if len(world.starts) < world.n_states // 2 else frozenset()

    def corner(self, state: int) -> str:
        """The words in the cell's corner: its reward, or S on a start."""
        mark = self.by_state[state].mark
        return mark or ("S" if state in self.extra_starts else "")


class _Plan:
    """Sizes and places for cells of one size, in pixels from the cell's corner."""

    def __init__(self, side: int, layers: Layers, belief: Belief, scale: float) -> None:
        self.side = side
        self.quartered = layers.action_values and belief.action_values is not None
        self.line = max(1, round(side / 70))
        least = 9.5 * scale
        policy = layers.policy and belief.policy is not None
        values = belief.values if layers.values else None

        self.quarter_font = round(min(max(side * 0.135, least), 22 * scale))
        self.quarter_digits: int | None = None
        if self.quartered and layers.numbers:
            self.quarter_digits = _digits(belief.action_values, self.quarter_font, side * 0.39)

        self.value_digits: int | None = None
        self.value_font = 0
        if values is not None and layers.numbers:
            if self.quartered:
                self.value_font = round(min(max(side * 0.11, least), 18 * scale))
                if self.quarter_digits is not None and side > 8.2 * self.value_font:
                    self.value_digits = _digits(values, self.value_font, side * 0.27)
            else:
                share, limit = (0.2, 26) if policy else (0.25, 34)
                self.value_font = round(min(max(side * share, least), limit * scale))
                self.value_digits = _digits(values, self.value_font, side * 0.92)
            if side < 2.2 * self.value_font:
                self.value_digits = None

        below = self.value_digits is not None and policy and not self.quartered
        self.arrow_y = 0.41 * side if below else 0.5 * side
        self.arrow_length = side * (0.3 if below else 0.38)
        if self.quarter_digits is not None:
            self.arrow_length = side * 0.27
        self.arrows = policy and self.arrow_length >= 4.5
        self.value_y = 0.85 * side if below else 0.5 * side
        self.thickness = max(1, round(self.arrow_length * 0.11))
        self.head = max(3, round(self.arrow_length * 0.36))

        self.corner_font = round(min(max(side * 0.125, least), 16 * scale))
        self.corners = side >= (7.5 if self.quarter_digits is not None else 4.4) * self.corner_font
        # Beside an arrow the numbers of left and right step up out of its way.
        self.aside_y = side * (0.415 if self.arrows else 0.5)
        self.icon_radius = max(3, round(side * (0.25 if not self.quartered else 0.11)))


def _digits(numbers: np.ndarray | None, size: int, room: float) -> int | None:
    """How many decimals, two at most, of the widest numbers fit into the room; None where not even whole ones do."""
    if numbers is None:
        return None
    finite = numbers[np.isfinite(numbers)]
    extremes = (float(finite.min(initial=0.0)), float(finite.max(initial=0.0)))
    for digits in (2, 1, 0):
        if max(text_width(f"{number:.{digits}f}", size) for number in extremes) <= room:
            # A map of values below 1 in whole numbers would only say 0.
            return digits if digits or max(map(abs, extremes)) >= 10 else None
    return None


def number_text(number: float, digits: int) -> str:
    """The number with so many decimals, without a minus in front of a zero."""
    words = f"{number:.{digits}f}"
    return words.lstrip("-") if float(words) == 0 else words


def count_text(count: float) -> str:
    """A count in at most four letters: 950, 1.2k, 34k, 5M."""
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= unit:
            return f"{count / unit:.1f}{letter}" if count < 10 * unit else f"{count / unit:.0f}{letter}"
    return f"{count:.0f}"


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
    plan = _Plan(int(area.cell), layers, belief, scale)
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
    plan: _Plan,
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


def _icons(surface: pygame.Surface, plan: _Plan, corners: Corners, looks: Looks, layers: Layers) -> None:
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
    surface: pygame.Surface, plan: _Plan, corners: Corners, looks: Looks, belief: Belief, layers: Layers
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
    surface: pygame.Surface, plan: _Plan, corners: Corners, looks: Looks, action_values: list[list[float]]
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
    surface: pygame.Surface, plan: _Plan, corners: Corners, looks: Looks, values: np.ndarray, value_scale: ValueScale
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


def _arrows(surface: pygame.Surface, plan: _Plan, corners: Corners, looks: Looks, policy: list[list[float]]) -> None:
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
