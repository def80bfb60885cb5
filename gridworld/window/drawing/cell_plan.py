"""Where things go in a cell of a given size, and which of them there is room for."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

from gridworld.window.drawing.layers import Layers
from gridworld.window.drawing.palette import text_width
from gridworld.window.snapshot import Snapshot

import numpy as np


class CellPlan:
    """Sizes and places for cells of one size, in pixels from the cell's corner."""

    def __init__(self, side: int, layers: Layers, snapshot: Snapshot, scale: float) -> None:
        self.side = side
        self.quartered = layers.action_values and snapshot.action_values is not None
        self.line = max(1, round(side / 70))
        least = 9.5 * scale
        policy = layers.policy and snapshot.policy is not None
        values = snapshot.values if layers.values else None
        # Arrows and the agent have the middle; what is written steps aside.
        self.middle_taken = policy or (layers.agent and snapshot.agent is not None)

        self.quarter_font = round(min(max(side * 0.135, least), 22 * scale))
        self.quarter_digits: int | None = None
        if self.quartered and layers.numbers and side >= 6.1 * self.quarter_font:
            # King's moves have a third of the cell each.
            king = snapshot.action_values is not None and snapshot.action_values.shape[1] > 5
            self.quarter_digits = _digits(snapshot.action_values, self.quarter_font, side * (0.31 if king else 0.39))

        self.value_digits: int | None = None
        self.value_font = 0
        if values is not None and layers.numbers:
            if self.quartered:
                self.value_font = round(min(max(side * 0.11, least), 18 * scale))
                if self.quarter_digits is not None and side > 8.2 * self.value_font:
                    self.value_digits = _digits(values, self.value_font, side * 0.27)
            else:
                share, limit = (0.2, 26) if self.middle_taken else (0.25, 34)
                self.value_font = round(min(max(side * share, least), limit * scale))
                self.value_digits = _digits(values, self.value_font, side * 0.92)
            if side < 2.2 * self.value_font:
                self.value_digits = None

        below = self.value_digits is not None and self.middle_taken and not self.quartered
        self.arrow_y = 0.41 * side if below else 0.5 * side
        self.arrow_length = side * (0.3 if below else 0.38)
        if self.quarter_digits is not None:
            self.arrow_length = side * 0.27
        self.arrows = policy and self.arrow_length >= 4.5
        low = min(0.85 * side, side - self.line - 0.62 * self.value_font)
        self.value_y = low if below else 0.5 * side
        # An icon has the middle of its cell, and the value stands below it.
        has_value = self.value_digits is not None and not self.quartered
        self.icon_y, self.icon_value_y = (0.41 * side, low) if has_value else (self.arrow_y, self.value_y)
        self.thickness = max(1, round(self.arrow_length * 0.11))

        self.corner_font = round(min(max(side * 0.125, least), 16 * scale))
        self.corners = side >= (7.5 if self.quarter_digits is not None else 4.4) * self.corner_font
        # A fifth action's number stands between the arrows' origin and the number of down.
        self.stay_y = side * (0.6 if self.arrows else 0.5)
        # Beside an arrow the numbers of left and right step up out of its way.
        wing = 0.62 * self.head(round(self.arrow_length))
        self.aside_y = max(0.3 * side, 0.5 * side - 0.5 * self.quarter_font - wing) if self.arrows else 0.5 * side
        self.icon_radius = max(3, round(side * (0.25 if not self.quartered else 0.11)))

    def arrow_pixels(self, probability: float) -> int:
        """How long a policy's arrow is: from a third of the longest for an unlikely action to all of it."""
        return max(3, round(self.arrow_length * (0.34 + 0.66 * probability)))

    @staticmethod
    def head(length: int) -> int:
        """How much of an arrow is its head."""
        return max(3, round(length * 0.42))


def crossed(snapshot: Snapshot, layers: Layers, width: int, n_states: int) -> Collection[int]:
    """The states on whose numbers something is drawn: the update, and the ways. A way that jumps may cross any."""
    ways = [snapshot.trail if layers.agent else (), (snapshot.path or ()) if layers.path else ()]
    cells: set[int] = set()
    for before, after in (pair for way in ways for pair in pairwise(way)):
        if max(abs(before // width - after // width), abs(before % width - after % width)) > 1:
            return range(n_states)
        cells |= {before, after}
    if snapshot.updated is not None:
        updated = snapshot.updated
        cells |= {updated.state, updated.state if updated.next_state is None else updated.next_state}
    return cells


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
    return f"{number:z.{digits}f}"


def count_text(count: float) -> str:
    """A count in at most four letters: 950, 1.2k, 34k, 5M."""
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= unit:
            return f"{count / unit:.1f}{letter}" if count < 10 * unit else f"{count / unit:.0f}{letter}"
    return f"{count:.0f}"


def visit_shares(visits: np.ndarray) -> np.ndarray:
    """Each count's logarithm as a share of the largest one's: 0 for none, 1 for the most visited."""
    shares: np.ndarray = np.log1p(visits) / np.log1p(max(1, visits.max()))
    return shares
