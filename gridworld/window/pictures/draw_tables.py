"""A table of states: cells in the colours of their numbers, with names at its sides and a colour bar beside it."""

from __future__ import annotations

from collections.abc import Sequence

from common.language import _
from gridworld.window.drawing.painter import legend_number
from gridworld.window.drawing.palette import INK, LINES, MUTED, Colour, ValueScale, pygame, text, text_width, wrap
from gridworld.window.panels.controls import BODY, SMALL, Easel
from gridworld.window.pictures.picture import Table
from gridworld.window.pictures.spots import TableSpots

import numpy as np

_LEGEND = 58
_SMALLEST_WORDS = 8
"""Points."""


def draw_table(easel: Easel, place: pygame.Rect, table: Table, *, numbers: bool = True) -> TableSpots:
    """Draw it into the place. numbers: whether the cells have their words."""
    size = easel.px(SMALL)
    pad, inner_width = easel.px(10), place.width - easel.px(20)
    title = wrap(_(table.title), easel.px(BODY), inner_width)
    above = easel.px(8) + round(1.3 * easel.px(BODY)) * len(title) + round(1.5 * size)
    aside = max((text_width(words, size) for words in table.rows), default=0) + easel.px(8)
    below, legend = round(2.9 * size), easel.px(_LEGEND if table.bar else 4)
    rows, columns = table.numbers.shape
    side = max(2, min((inner_width - aside - legend) // columns, (place.height - above - below) // rows))
    # The card is as high as what stands on it, in the middle of its place.
    height = min(place.height, above + rows * side + below)
    place = pygame.Rect(place.left, place.top + (place.height - height) // 2, place.width, height)
    easel.card(place)
    for number, words in enumerate(title):
        y = place.top + easel.px(8) + (number + 0.5) * round(1.3 * easel.px(BODY))
        easel.write(words, (place.left + pad, y), BODY, INK, inner_width)
    left = place.left + pad + aside + max(0, (inner_width - aside - legend - side * columns) // 2)
    top = place.top + above
    limits = table.limits or (float(table.numbers.min()), float(table.numbers.max()))
    _fill(easel, table, (left, top), side, limits)
    _write_sides(easel, table, (left, top), side)
    if numbers and table.words is not None:
        _write_words(easel, table.words, (left, top), side)
    if table.bar:
        _draw_bar(easel, pygame.Rect(left + columns * side + easel.px(12), top, easel.px(10), rows * side), limits)
    return TableSpots((left, top), side, table.states)


def colours(numbers: np.ndarray, limits: tuple[float, float]) -> list[Colour]:
    """Blue above and orange below a 0 within the limits; else white at the least and blue at the largest."""
    low, high = limits
    if low < 0 < high:
        return ValueScale(np.array([max(-low, high)])).colours(numbers)
    share = (numbers - low) / (high - low) if high > low else np.zeros_like(numbers)
    return ValueScale(np.array([1.0])).colours(share)


def _fill(easel: Easel, table: Table, corner: tuple[int, int], side: int, limits: tuple[float, float]) -> None:
    line = 1 if side >= easel.px(8) else 0
    rows, columns = table.numbers.shape
    pygame.draw.rect(easel.surface, LINES, pygame.Rect(corner, (columns * side, rows * side)).inflate(2, 2))
    fills = iter(colours(table.numbers, limits))
    for row in range(rows):
        for column in range(columns):
            place = (corner[0] + column * side, corner[1] + row * side, side - line, side - line)
            easel.surface.fill(next(fills), place)


def _write_sides(easel: Easel, table: Table, corner: tuple[int, int], side: int) -> None:
    size = easel.px(SMALL)
    rows, columns = table.numbers.shape
    left, top = corner
    bottom = top + rows * side
    easel.write(_(table.y), (left, top - 0.75 * size), SMALL, MUTED)
    lowest: float = bottom
    for row in reversed(range(rows)):
        y = top + (row + 0.5) * side
        if table.rows[row] and y <= lowest:
            easel.write(table.rows[row], (left - easel.px(5), y), SMALL, MUTED, anchor="midright")
            lowest = y - 1.1 * size
    free: float = 0
    for column in range(columns):
        words, x = table.columns[column], left + (column + 0.5) * side
        width = text_width(words, size)
        if words and x - width / 2 >= free:
            easel.write(words, (x, bottom + 0.8 * size), SMALL, MUTED, anchor="center")
            free = x + width / 2 + 0.4 * size
    easel.write(_(table.x), (left + columns * side / 2, bottom + 2 * size), SMALL, MUTED, anchor="center")


def _write_words(easel: Easel, words: Sequence[Sequence[str]], corner: tuple[int, int], side: int) -> None:
    every = {each for row in words for each in row}
    for points in range(SMALL, _SMALLEST_WORDS - 1, -1):
        pixels = easel.px(points)
        if max(text_width(each, pixels) for each in every) <= 0.88 * side and pixels <= 0.8 * side:
            break
    else:
        return
    written = []
    for row, across in enumerate(words):
        for column, each in enumerate(across):
            if each:
                surface = text(each, pixels)
                x = corner[0] + (column + 0.5) * side - surface.get_width() / 2
                y = corner[1] + (row + 0.5) * side - surface.get_height() / 2
                written.append((surface, (round(x), round(y))))
    easel.surface.fblits(written)


def _draw_bar(easel: Easel, bar: pygame.Rect, limits: tuple[float, float]) -> None:
    """The colour bar with the numbers at its ends and in its middle."""
    (low, high), size = limits, easel.px(SMALL)
    column = colours(np.linspace(high, low, bar.height), limits)
    for y, colour in enumerate(column):
        easel.surface.fill(colour, (bar.left, bar.top + y, bar.width, 1))
    pygame.draw.rect(easel.surface, LINES, bar, 1)
    if high > low:
        for share in (0.0, 0.5, 1.0) if bar.height > easel.px(40) else (0.0, 1.0):
            middle = bar.top + size / 2 + share * (bar.height - size)
            easel.write(legend_number(high + share * (low - high)), (bar.right + easel.px(5), middle), SMALL, MUTED)
