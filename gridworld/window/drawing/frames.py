"""What a learner remembers of a cell, drawn along its edges: traces and importance weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gridworld.window.drawing.palette import INK, PAPER, RATIO, TRACE, Colour, mix, pygame

import numpy as np

_LEAST_SHARE = 0.01
"""What is smaller beside the largest is not drawn."""

Corners = Sequence[tuple[int, int]]


def draw_traces(
    surface: pygame.Surface, corners: Corners, inside: Iterable[int], side: int, traces: np.ndarray
) -> None:
    """A frame in every cell that has a trace, the wider and the darker the larger it is beside the largest."""
    most = max(1.0, float(traces.max()))
    for state in inside:
        _frame(surface, corners[state], side, float(traces[state]) / most, TRACE)


def draw_weights(
    surface: pygame.Surface,
    corners: Corners,
    inside: Iterable[int],
    side: int,
    weights: np.ndarray,
    ratios: Mapping[int, float],
) -> None:
    """A bar along a cell's bottom as long as the logarithm of its weights' sum, and a frame where a return has just run
    back through with a ratio: as wide as that one's logarithm."""
    shares = np.log1p(weights) / np.log1p(max(1.0, float(weights.max())))
    most = np.log1p(max(1.0, *ratios.values())) if ratios else 1.0
    thickness = max(2, round(side * 0.05))
    for state in inside:
        left, top = corners[state]
        if state in ratios:
            _frame(surface, corners[state], side, float(np.log1p(ratios[state]) / most), RATIO)
        if weights[state] > 0:
            width = max(1, round(side * float(shares[state])))
            surface.fill(mix(RATIO, INK, 0.35), (left, top + side - thickness, width, thickness))


def _frame(surface: pygame.Surface, corner: tuple[int, int], side: int, share: float, colour: Colour) -> None:
    if share >= _LEAST_SHARE:
        width = max(2, round(side * 0.09 * share))
        pygame.draw.rect(surface, mix(PAPER, colour, 0.25 + 0.75 * share), (*corner, side, side), width)
