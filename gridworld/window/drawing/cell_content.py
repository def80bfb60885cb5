"""What stands in the cells: colours, icons, arrows and numbers, drawn layer by layer."""

from __future__ import annotations

from collections.abc import Callable

from gridworld.actions import DIRECTIONS, STAY
from gridworld.window.drawing import marks
from gridworld.window.drawing.cell_plan import CellPlan, count_text, crossed, number_text, visit_shares
from gridworld.window.drawing.frames import draw_traces, draw_weights
from gridworld.window.drawing.grid_area import GridArea
from gridworld.window.drawing.layers import Layers
from gridworld.window.drawing.looks import Looks
from gridworld.window.drawing.palette import (
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
    text_width,
)
from gridworld.window.snapshot import Snapshot

import numpy as np

Place = tuple[float, float]

_NO_ICON = ("", "none")
# An action that is chosen less often has no arrow.
_LEAST_PROBABILITY = 0.004


class CellContent:
    """Draws the cells of one picture."""

    def __init__(
        self,
        surface: pygame.Surface,
        area: GridArea,
        looks: Looks,
        snapshot: Snapshot,
        layers: Layers,
        value_scale: ValueScale,
        scale: float,
    ) -> None:
        self._surface = surface
        self._looks = looks
        self._layers = layers
        self._value_scale = value_scale
        self._plan = CellPlan(int(area.cell), layers, snapshot, scale)
        side = self._plan.side
        self._corners = [
            (area.left + column * side, area.top + row * side)
            for row in range(area.height)
            for column in range(area.width)
        ]
        self._inside = [state for state, look in enumerate(looks.by_state) if look.inside]
        self._values = snapshot.values if layers.values else None
        self._action_values = snapshot.action_values if layers.action_values else None
        self._policy = snapshot.policy if layers.policy else None
        self._visits = snapshot.visits if layers.visits else None
        self._traces = snapshot.traces if layers.traces else None
        self._weights, self._ratios = snapshot.weights if layers.weights else None, snapshot.ratios
        # Numbers stand on a patch of their cell's colour where a trail may pass behind them.
        self._patched = crossed(snapshot, layers, area.width, len(looks.by_state))

    def draw(self, trail: Callable[[], None]) -> None:
        """Colours first, then the trail, then what must be read."""
        self._fill()
        trail()
        cells = self._surface, self._corners, self._inside, self._plan.side - self._plan.line
        if self._traces is not None:
            draw_traces(*cells, self._traces)
        if self._weights is not None:
            draw_weights(*cells, self._weights, self._ratios)
        self._draw_icons()
        if self._visits is not None:
            self._draw_visits(self._visits)
        if self._action_values is not None and self._plan.quarter_digits is not None:
            self._write_action_values(self._action_values, self._plan.quarter_digits)
        if self._values is not None and self._plan.value_digits is not None:
            self._write_values(self._values, self._plan.value_digits)
        if self._policy is not None and self._plan.arrows:
            self._draw_policy(self._policy)
        if self._plan.corners:
            self._write_corners()

    def _fill(self) -> None:
        surface, plan = self._surface, self._plan
        side = plan.side - plan.line
        colours: list[Colour] | None = None
        quarters: list[Colour] = []
        n_actions = 0
        if self._action_values is not None:
            quarters = self._value_scale.colours(self._action_values)
            n_actions = self._action_values.shape[1]
        elif self._values is not None:
            colours = self._value_scale.colours(self._values)
        elif self._visits is not None:
            colours = [mix(PAPER, VISITED, share) for share in visit_shares(self._visits).tolist()]
        for state, (left, top) in enumerate(self._corners):
            look = self._looks.by_state[state]
            if look.fill is not None:
                # Walls close up to a block; other cells keep the line between them.
                closed = plan.line if look.fill == WALL and not look.shape else 0
                surface.fill(look.fill, (left, top, side + closed, side + closed))
            elif quarters:
                fill = self._fill_quarters if n_actions < 6 else self._fill_blocks
                fill((left, top), side, quarters[state * n_actions : (state + 1) * n_actions])
            else:
                surface.fill(colours[state] if colours is not None else PAPER, (left, top, side, side))
        if quarters and n_actions < 6:
            cross = marks.diagonals(side, plan.line, LINES, 255)
            surface.fblits([(cross, self._corners[state]) for state in self._inside], pygame.BLEND_PREMULTIPLIED)
        if n_actions == 5:
            middle = pygame.Rect(0, 0, round(side * 0.34), round(side * 0.34))
            for state in self._inside:
                left, top = self._corners[state]
                middle.center = (left + side // 2, top + side // 2)
                surface.fill(LINES, middle.inflate(2, 2))
                surface.fill(quarters[state * n_actions + 4], middle)

    def _fill_quarters(self, corner: tuple[int, int], side: int, colours: list[Colour]) -> None:
        """Four triangles for up, down, left and right."""
        left, top = corner
        right, bottom = left + side - 1, top + side - 1
        middle = (left + side / 2, top + side / 2)
        polygon = pygame.draw.polygon
        polygon(self._surface, colours[0], ((left, top), (right, top), middle))
        polygon(self._surface, colours[1], ((left, bottom), (right, bottom), middle))
        polygon(self._surface, colours[2], ((left, top), (left, bottom), middle))
        polygon(self._surface, colours[3], ((right, top), (right, bottom), middle))

    def _fill_blocks(self, corner: tuple[int, int], side: int, colours: list[Colour]) -> None:
        """Nine blocks for the king's moves, each where its move leads; the middle is for staying, or empty."""
        left, top = corner
        edges = [round(side * third / 3) for third in range(4)]
        self._surface.fill(PAPER, (left, top, side, side))
        for move, colour in zip(self._looks.moves, colours, strict=True):
            row, column = (1 + part for part in DIRECTIONS[move])
            size = (edges[column + 1] - edges[column], edges[row + 1] - edges[row])
            self._surface.fill(colour, (left + edges[column], top + edges[row], *size))

    def _draw_icons(self) -> None:
        plan = self._plan
        for state, (left, top) in enumerate(self._corners):
            look = self._looks.by_state[state]
            if look.shape in _NO_ICON:
                continue
            colour = look.colour if look.colour is not None else MUTED
            if not look.inside:
                icon = marks.icon(look.shape, max(3, round(plan.side * 0.27)), colour)
                marks.put(self._surface, icon, left + plan.side * 0.5, top + plan.side * 0.52)
            elif plan.quartered:
                icon = marks.icon(look.shape, plan.icon_radius, colour)
                marks.put(self._surface, icon, left + plan.side * 0.86, top + plan.side * 0.15)
            else:
                fill = mix(colour, PAPER, 0.5) if plan.arrows or plan.value_digits is not None else colour
                icon = marks.icon(look.shape, plan.icon_radius, fill, mix(colour, INK, 0.25))
                marks.put(self._surface, icon, left + plan.side * 0.5, top + plan.icon_y)

    def _draw_visits(self, visits: np.ndarray) -> None:
        """A bar along the cell's top as long as the count's logarithm, and the count where it fits."""
        plan, side = self._plan, self._plan.side
        counts, shares = visits.tolist(), visit_shares(visits).tolist()
        is_background = self._values is None and self._action_values is None
        in_middle = is_background and not plan.middle_taken
        crowded = plan.quarter_digits is not None and len(self._looks.moves) > 5
        bar, ink = mix(VISITED, INK, 0.35), mix(VISITED, INK, 0.6)
        thickness = max(2, round(side * 0.035))
        written: list[tuple[pygame.Surface, Place]] = []
        for state in self._inside:
            if counts[state] == 0:
                continue
            left, top = self._corners[state]
            if not is_background:
                width = max(1, round((side - plan.line) * shares[state]))
                self._surface.fill(bar, (left, top, width, thickness))
            if not self._layers.numbers or not (in_middle or plan.corners) or crowded:
                continue
            words = text(count_text(counts[state]), plan.corner_font, INK if is_background else ink)
            width, height = words.get_size()
            if in_middle and width <= side * 0.92:
                written.append((words, (left + (side - width) // 2, top + (side - height) // 2)))
            elif not in_middle:
                y = side * 0.95 - height if plan.quartered else side * 0.06
                written.append((words, (left + side * 0.95 - width, top + y)))
        self._surface.fblits(written)

    def _write_action_values(self, action_values: np.ndarray, digits: int) -> None:
        """Each action's number in its triangle; up and down in the middle, the others at the sides."""
        plan, side, size = self._plan, self._plan.side, self._plan.quarter_font
        rows = action_values.tolist()
        near = size * 0.5 + side * 0.035
        heights = (near, side - near, plan.aside_y, plan.aside_y, plan.stay_y)
        colours = self._value_scale.colours(action_values) if self._patched else []
        written: list[tuple[pygame.Surface, Place]] = []
        for state in self._inside:
            left, top = self._corners[state]
            for action, number in enumerate(rows[state]):
                words = text(number_text(number, digits), size)
                width, height = words.get_size()
                x = (side - width) / 2
                if len(rows[state]) > 5:
                    down, right = DIRECTIONS[self._looks.moves[action]]
                    place = (left + x + right * side / 3, top + side / 2 + down * side / 3 - height / 2)
                else:
                    if action == 2:
                        x = side * 0.025
                    elif action == 3:
                        x = side * 0.975 - width - plan.line
                    place = (left + x, top + heights[action] - height / 2)
                if state in self._patched and (action != 4 or len(rows[state]) > 5):
                    self._surface.fill(colours[state * action_values.shape[1] + action], (*place, width, height))
                written.append((words, place))
        self._surface.fblits(written)

    def _write_values(self, values: np.ndarray, digits: int) -> None:
        """The state value: low in the middle, or on a label of its own colour among action values."""
        plan, side = self._plan, self._plan.side
        numbers = values.tolist()
        colours = self._value_scale.colours(values) if plan.quartered or self._patched else []
        written: list[tuple[pygame.Surface, Place]] = []
        for state in self._inside:
            left, top = self._corners[state]
            words = text(number_text(numbers[state], digits), plan.value_font)
            width, height = words.get_size()
            y = plan.value_y if self._looks.by_state[state].shape in _NO_ICON else plan.icon_value_y
            place: Place = (left + (side - width) // 2, top + round(y - height / 2))
            if plan.quartered:
                label = pygame.Rect(left, top, width + round(side * 0.05), height + round(side * 0.02))
                self._surface.fill(MUTED, label)
                self._surface.fill(colours[state], label.move(-plan.line, -plan.line).clip(label))
                place = words.get_rect(center=label.center).topleft
            elif state in self._patched:
                self._surface.fill(colours[state], words.get_rect(topleft=place))
            written.append((words, place))
        self._surface.fblits(written)

    def _draw_policy(self, policy: np.ndarray) -> None:
        """An arrow for each action that may be chosen, as long as it is likely; a disc for staying."""
        plan = self._plan
        rows = policy.tolist()
        origin = marks.disc(max(1, plan.thickness), INK)
        placed: list[tuple[pygame.Surface, Place]] = []
        for state in self._inside:
            left, top = self._corners[state]
            x, y = left + plan.side / 2, top + plan.arrow_y
            if self._looks.by_state[state].exits:
                continue
            placed.append(marks.centred(origin, x, y))
            for action, probability in zip(self._looks.moves, rows[state], strict=False):
                if not probability > _LEAST_PROBABILITY:
                    continue
                if action == STAY:
                    radius = max(2, round(plan.arrow_length * 0.3 * probability**0.5))
                    placed.append(marks.centred(marks.disc(radius, INK), x, y))
                else:
                    length = plan.arrow_pixels(probability)
                    placed.append(marks.arrow((x, y), action, length, plan.thickness, plan.head(length)))
        self._surface.fblits(placed, pygame.BLEND_PREMULTIPLIED)

    def _write_corners(self) -> None:
        """What entering the cell pays, or S on a start: above, or below where the value stands above."""
        plan, side = self._plan, self._plan.side
        for state, (left, top) in enumerate(self._corners):
            mark = self._looks.corner(state)
            if not mark:
                continue
            below = plan.quartered and self._looks.by_state[state].inside
            words = text(self._fitting(mark) if below else mark, plan.corner_font)
            y = side * 0.95 - words.get_height() if below else side * 0.06
            self._surface.blit(words, (left + side * 0.06, top + y))

    def _fitting(self, mark: str) -> str:
        """As much of the words as there is room for beside the number of down: all, the first of them, or none."""
        plan = self._plan
        room = plan.side * 0.92
        if self._action_values is not None and plan.quarter_digits is not None:
            numbers = (number_text(number, plan.quarter_digits) for number in self._action_values[:, 1].tolist())
            room = plan.side * 0.42 - max(text_width(number, plan.quarter_font) for number in set(numbers)) / 2
        words = (mark, mark.split(" ")[0]) if len(self._looks.moves) <= 5 else ()
        return next((each for each in words if text_width(each, plan.corner_font) <= room), "")
