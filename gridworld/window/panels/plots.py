"""The strips under the grid: small line plots that grow while the lesson runs."""

from __future__ import annotations

from collections.abc import Sequence

from gridworld.window.drawing.painter import legend_number
from gridworld.window.drawing.palette import INK, LINES, MUTED, PAPER, Colour, mix, pygame, text_width
from gridworld.window.lesson import Strip
from gridworld.window.panels.controls import SMALL, Easel

import numpy as np

# Blue, orange, green, purple: told apart by colour-blind eyes as well.
LINE_COLOURS: tuple[Colour, ...] = ((28, 100, 172), (222, 108, 12), (0, 130, 92), (148, 78, 150))
_FEWEST_TO_SMOOTH = 40


def merged_strips(strips: Sequence[tuple[str, Sequence[Strip]]]) -> list[Strip]:
    """The strips of several titled lessons; those of one title share a plot, each line under its lesson's name."""
    merged: dict[str, dict[str, Sequence[float]]] = {}
    logarithmic: dict[str, bool] = {}
    for lesson, own in strips:
        for strip in own:
            lines = merged.setdefault(strip.title, {})
            logarithmic[strip.title] = logarithmic.get(strip.title, False) or strip.logarithmic
            for label, ys in strip.lines.items():
                name = label if len(strips) == 1 else lesson if len(strip.lines) == 1 else f"{lesson}: {label}"
                while name in lines:
                    name += "'"
                lines[name] = ys
    return [Strip(title, lines, logarithmic[title]) for title, lines in merged.items()]


def thinned(ys: Sequence[float], most: int) -> tuple[np.ndarray, np.ndarray]:
    """At most about `most` of the points, evenly spaced and the last among them: their places and values."""
    count = len(ys)
    stride = max(1, -(-count // most))
    first = (count - 1) % stride if count else 0
    values = np.asarray(ys[first::stride], dtype=float)
    return np.arange(first, count, stride), values


def smoothed(values: np.ndarray) -> np.ndarray:
    """The mean of each value and its neighbours, the window a twentieth of the whole."""
    half = max(1, len(values) // 40)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(len(values))
    low, high = np.maximum(at - half, 0), np.minimum(at + half + 1, len(values))
    return (sums[high] - sums[low]) / (high - low)


def draw_strip(easel: Easel, rect: pygame.Rect, strip: Strip) -> None:
    """One plot: its title and line names above, the range left, the number of points right below."""
    easel.card(rect)
    size = easel.px(SMALL)
    inner = rect.inflate(-easel.px(20), -easel.px(12))
    room = inner.width * (0.5 if len(strip.lines) > 1 else 1.0)
    title = easel.write(strip.title, (inner.left, inner.top + size / 2), SMALL, INK, room)
    lines = _transformed(strip, max(50, inner.width))
    if len(strip.lines) > 1:
        _line_names(easel, inner, title.right + easel.px(14), list(strip.lines))
    gutter = easel.px(48)
    plot = pygame.Rect(inner.left + gutter, inner.top + round(1.8 * size), inner.width - gutter, 0)
    plot.height = inner.bottom - plot.top - round(1.2 * size)
    if plot.height < easel.px(20):
        return
    pygame.draw.line(easel.surface, LINES, plot.bottomleft, plot.bottomright, max(1, easel.px(1)))
    pygame.draw.line(easel.surface, LINES, plot.topleft, plot.bottomleft, max(1, easel.px(1)))
    drawn = {label: line for label, line in lines.items() if len(line[1])}
    if not drawn:
        easel.write("nothing yet", plot.center, SMALL, MUTED, anchor="center")
        return
    low, high = _range([values for _, values in drawn.values()])
    shown = (10.0**low, 10.0**high) if strip.logarithmic else (low, high)
    for number, y in zip(shown, (plot.bottom, plot.top), strict=True):
        easel.write(legend_number(number), (plot.left - easel.px(5), y), SMALL, MUTED, anchor="midright")
    longest = max(len(ys) for ys in strip.lines.values())
    easel.write(f"{longest:,}", (plot.right, inner.bottom + size * 0.1), SMALL, MUTED, anchor="bottomright")
    easel.surface.set_clip(plot.inflate(2, 4))
    for index, label in enumerate(strip.lines):
        if label in drawn:
            # Returns are noisy and want smoothing; what is drawn by its logarithm falls by itself.
            colour = LINE_COLOURS[index % len(LINE_COLOURS)]
            _draw_line(easel, plot, drawn[label], (low, high), longest, colour, smooth=not strip.logarithmic)
    easel.surface.set_clip(None)


def _transformed(strip: Strip, most: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    lines = {}
    for label, ys in strip.lines.items():
        places, values = thinned(ys, most)
        sound = np.isfinite(values)
        if strip.logarithmic:
            sound &= values > 0
            values = np.log10(np.where(sound, values, 1.0))
        lines[label] = (places[sound], values[sound])
    return lines


def _range(lines: Sequence[np.ndarray]) -> tuple[float, float]:
    """The y axis: from lowest to highest, a few outliers of long lines left out."""
    everything = np.concatenate(lines)
    low, high = float(everything.min()), float(everything.max())
    if len(everything) > 100:
        low = float(np.percentile(everything, 2))
    if high - low < 1e-9:
        return low - 0.5, high + 0.5
    return low, high


def _draw_line(
    easel: Easel,
    plot: pygame.Rect,
    line: tuple[np.ndarray, np.ndarray],
    limits: tuple[float, float],
    longest: int,
    colour: Colour,
    *,
    smooth: bool,
) -> None:
    places, values = line
    low, high = limits
    xs = plot.left + places / max(1, longest - 1) * (plot.width - 1)

    def points(ys: np.ndarray) -> list[tuple[float, float]]:
        heights = plot.bottom - (ys - low) / (high - low) * plot.height
        return list(zip(xs.tolist(), np.clip(heights, plot.top - 999, plot.bottom + 999).tolist(), strict=True))

    if len(values) == 1:
        pygame.draw.circle(easel.surface, colour, points(values)[0], easel.px(3))
        return
    strong = points(values)
    if smooth and len(values) >= _FEWEST_TO_SMOOTH:
        pygame.draw.aalines(easel.surface, mix(PAPER, colour, 0.3), False, strong)
        strong = points(smoothed(values))
    # Smooth lines are one pixel wide: several of them, half a pixel apart, make a thicker one.
    for offset in np.arange(-0.5, easel.scale, 0.5).tolist():
        pygame.draw.aalines(easel.surface, colour, False, [(x, y + offset) for x, y in strong])


def _line_names(easel: Easel, inner: pygame.Rect, left: int, labels: list[str]) -> None:
    size = easel.px(SMALL)
    y = inner.top + size / 2
    x = inner.right
    for index, label in reversed(list(enumerate(labels))):
        width = text_width(label, size)
        if x - width - easel.px(18) < left:
            return
        easel.write(label, (x, y), SMALL, INK, anchor="midright")
        colour = LINE_COLOURS[index % len(LINE_COLOURS)]
        pygame.draw.line(
            easel.surface, colour, (x - width - easel.px(16), y), (x - width - easel.px(5), y), max(2, easel.px(3))
        )
        x -= width + easel.px(28)
