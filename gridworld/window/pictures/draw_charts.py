"""A chart of states: lines, dots or bars over an axis, with numbers and names at both."""

from __future__ import annotations

from common.language import _
from gridworld.window.drawing.palette import INK, LINES, MUTED, PAPER, Colour, mix, pygame
from gridworld.window.lesson import Strip
from gridworld.window.panels.controls import SMALL, Easel
from gridworld.window.panels.plots import LINE_COLOURS, axis, draw_level, tick_text, write_title
from gridworld.window.pictures.picture import Chart
from gridworld.window.pictures.spots import ChartSpots

import numpy as np

Limits = tuple[float, float]


def draw_chart(easel: Easel, place: pygame.Rect, chart: Chart) -> ChartSpots | None:
    """Draw it into the place; where its states are, if x is the number of one."""
    easel.card(place)
    size = easel.px(SMALL)
    inner = place.inflate(-easel.px(20), -easel.px(12))
    names = [name for name in chart.lines if name]
    title = _(chart.title)
    if chart.level is not None:
        title = _("{title}; dashed: {name}", title=title, name=chart.level[0])
    top = write_title(easel, inner, title, names if len(chart.lines) > 1 else [])
    plot = pygame.Rect(inner.left + easel.px(48), round(top + 2 * size), inner.width - easel.px(56), 0)
    plot.height = inner.bottom - plot.top - round(2.9 * size)
    if plot.height < easel.px(16):
        return None
    easel.write(_(chart.y), (inner.left, top + 0.9 * size), SMALL, MUTED, inner.width)
    x_limits, x_ticks = _axis([x for x, _ in chart.lines.values()], chart.x_limits, plot.width // (5 * size))
    y_limits, y_ticks = _axis(
        [*(y for _, y in chart.lines.values()), *([np.array([chart.level[1]])] if chart.level else [])],
        chart.y_limits,
        plot.height // (2 * size),
    )
    _write_axes(easel, plot, chart, (x_limits, x_ticks), (y_limits, y_ticks))
    easel.surface.set_clip(plot.inflate(4, 4))
    for index, (x, y) in enumerate(chart.lines.values()):
        colour = LINE_COLOURS[index % len(LINE_COLOURS)]
        xs = plot.left + (x - x_limits[0]) / (x_limits[1] - x_limits[0]) * plot.width
        ys = plot.bottom - (y - y_limits[0]) / (y_limits[1] - y_limits[0]) * plot.height
        if chart.kind == "dots":
            _dots(easel, xs, ys, (plot.width / (x_limits[1] - x_limits[0]), plot.height / (y_limits[1] - y_limits[0])))
        elif chart.kind == "bars":
            zero = plot.bottom + y_limits[0] / (y_limits[1] - y_limits[0]) * plot.height
            share = index / len(chart.lines)
            _bars(easel, xs, ys, (zero, plot.width / (x_limits[1] - x_limits[0]), share, len(chart.lines)), colour)
        elif len(xs) > 1:
            _line(easel, xs, ys, colour)
    easel.surface.set_clip(None)
    return ChartSpots(plot, x_limits) if chart.by_state else None


def _axis(lines: list[np.ndarray], limits: Limits | None, most: int) -> tuple[Limits, list[float]]:
    """The ends of an axis and the numbers on it."""
    known = [line[np.isfinite(line)] for line in lines]
    known = [line for line in known if len(line)] or [np.array([0.0, 1.0])]
    if limits is not None:
        known = [np.array(limits)]
    low, high, ticks = axis(known, Strip("", {}), max(2, most))
    if limits is not None:
        low, high = limits
    return (low, high), [tick for tick in ticks if low <= tick <= high]


def _write_axes(
    easel: Easel, plot: pygame.Rect, chart: Chart, across: tuple[Limits, list[float]], up: tuple[Limits, list[float]]
) -> None:
    size, line = easel.px(SMALL), max(1, easel.px(1))
    (low, high), ticks = up
    for tick in ticks:
        y = round(plot.bottom - (tick - low) / (high - low) * plot.height)
        pygame.draw.line(easel.surface, mix(PAPER, LINES, 0.6), (plot.left, y), (plot.right, y), line)
        easel.write(tick_text(tick, ticks, False), (plot.left - easel.px(5), y), SMALL, MUTED, anchor="midright")
    if chart.level is not None:
        draw_level(easel, plot, round(plot.bottom - (chart.level[1] - low) / (high - low) * plot.height))
    (low, high), ticks = across
    for tick in ticks:
        x = round(plot.left + (tick - low) / (high - low) * plot.width)
        pygame.draw.line(easel.surface, LINES, (x, plot.bottom), (x, plot.bottom + easel.px(3)), line)
        easel.write(tick_text(tick, ticks, False), (x, plot.bottom + 1.1 * size), SMALL, MUTED, anchor="center")
    easel.write(_(chart.x), (plot.centerx, plot.bottom + 2.3 * size), SMALL, MUTED, anchor="center")
    pygame.draw.line(easel.surface, LINES, plot.bottomleft, plot.bottomright, line)
    pygame.draw.line(easel.surface, LINES, plot.topleft, plot.bottomleft, line)


def _line(easel: Easel, xs: np.ndarray, ys: np.ndarray, colour: Colour) -> None:
    for offset in np.arange(-0.5, easel.scale, 0.5).tolist():
        points = np.column_stack([xs, ys + offset]).tolist()
        pygame.draw.aalines(easel.surface, colour, False, points)


def _dots(easel: Easel, xs: np.ndarray, ys: np.ndarray, unit: tuple[float, float]) -> None:
    """Blocks that stay apart where there is room."""
    width, height = (max(2, round(0.7 * part)) for part in unit)
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        easel.surface.fill(INK, (round(x - width / 2), round(y - height / 2), width, height))


def _bars(easel: Easel, xs: np.ndarray, ys: np.ndarray, where: tuple[float, float, float, int], colour: Colour) -> None:
    """where: the height of 0, pixels to a unit, and which share of that the bars of this line have, among so many."""
    zero, unit, share, among = where
    width = max(1, round(0.8 * unit / among))
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        left = round(x + (share - 0.5) * 0.8 * unit)
        top, bottom = sorted((round(y), round(zero)))
        easel.surface.fill(colour, (left, top, width, max(1, bottom - top)))
