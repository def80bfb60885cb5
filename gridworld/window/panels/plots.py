"""The strips under the grid: small line plots that grow while the lesson runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from common.language import _, titled
from gridworld.window.drawing.palette import INK, LINES, MUTED, PAPER, Colour, mix, pygame, text_width, wrap
from gridworld.window.lesson import Strip
from gridworld.window.panels.controls import SMALL, Easel
from gridworld.window.panels.ruler import Ruler, worth_a_break

import numpy as np

# Blue, orange, green, purple: told apart by colour-blind eyes as well.
LINE_COLOURS: tuple[Colour, ...] = ((28, 100, 172), (222, 108, 12), (0, 130, 92), (148, 78, 150))
_LONG = 20
"""Values from which on a line's first quarter does not decide the axis."""


def merged_strips(strips: Sequence[tuple[str, Sequence[Strip]]]) -> list[Strip]:
    """The strips of several titled lessons; those of one title share a plot, each line under its lesson's name."""
    merged: dict[str, Strip] = {}
    for lesson, own in strips:
        for strip in own:
            before = merged.get(strip.title)
            lines, at = ({}, {}) if before is None else (dict(before.lines), dict(before.at))
            for label, ys in strip.lines.items():
                name = _(label)
                if len(strips) > 1:
                    name = f"{titled(lesson)}: {name}" if len(strip.lines) > 1 else titled(lesson)
                    name = _("{name}, from {truth}", name=name, truth=_(strip.truth)) if strip.truth else name
                while name in lines:
                    name += "'"
                lines[name] = ys
                if label in strip.at:
                    at[name] = strip.at[label]
            logarithmic = strip.logarithmic or (before is not None and before.logarithmic)
            merged[strip.title] = replace(strip, lines=lines, at=at, logarithmic=logarithmic)
    return list(merged.values()) if len(strips) > 1 else [_alone(strip) for strip in merged.values()]


def _alone(strip: Strip) -> Strip:
    """A strip of the only lesson: its title says what its lines are compared with."""
    return (
        replace(strip, title=_("{title} from {truth}", title=_(strip.title), truth=_(strip.truth)), truth="")
        if strip.truth
        else strip
    )


def thinned(ys: Sequence[float], most: int) -> tuple[np.ndarray, np.ndarray]:
    """At most about `most` of the points, evenly spaced, the first and the last among them: their places and values."""
    count = len(ys)
    stride = max(1, -(-count // (most - 1)))
    first = (count - 1) % stride if count else 0
    places, values = np.arange(first, count, stride), np.asarray(ys[first::stride], dtype=float)
    if first:
        places, values = np.insert(places, 0, 0), np.insert(values, 0, ys[0])
    return places, values


def recent_means(values: np.ndarray, most: int) -> np.ndarray:
    """At each place the mean of the value there and those before it, `most` of them at most."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    means: np.ndarray = (sums[ends] - sums[np.maximum(ends - most, 0)]) / np.minimum(ends, most)
    return means


def draw_strip(easel: Easel, rect: pygame.Rect, strip: Strip) -> None:
    """One plot: what it measures above, line names below that, numbers at both axes and what the lower one counts."""
    easel.card(rect)
    size = easel.px(SMALL)
    inner = rect.inflate(-easel.px(20), -easel.px(12))
    title = _("{title}, logarithmic", title=_(strip.title)) if strip.logarithmic else _(strip.title)
    if strip.level is not None:
        title = _("{title}; dashed: {name}", title=title, name=strip.level[0])
    top = write_title(easel, inner, title, [label for label in strip.lines if len(strip.lines) > 1])
    plot = pygame.Rect(inner.left + easel.px(48), round(top + 0.5 * size), inner.width - easel.px(52), 0)
    plot.height = inner.bottom - plot.top - round(1.5 * size)
    if plot.height < easel.px(16):
        return
    lines, whole = _transformed(strip, max(50, inner.width))
    line_width = max(1, easel.px(1))
    drawn = {label: line for label, line in lines.items() if len(line[1])}
    if not drawn:
        easel.write(_("nothing yet"), plot.center, SMALL, MUTED, anchor="center")
        return
    ruler, ticks = _ruler(easel, plot, [values for _, values in drawn.values()], whole, strip)
    _write_axis(easel, ruler, ticks, strip)
    if strip.level is not None:
        draw_level(easel, plot, round(float(ruler.heights(np.array(strip.level[1])))))
    pygame.draw.line(easel.surface, LINES, plot.bottomleft, plot.bottomright, line_width)
    pygame.draw.line(easel.surface, LINES, plot.topleft, plot.bottomleft, line_width)
    span = _span(strip)
    below = plot.bottom + round(0.85 * size)
    begin, end = plot.left, plot.right
    if span > 0:
        begin = easel.write(f"{strip.first:,}", (plot.left, below), SMALL, MUTED, anchor="midleft").right
    end = easel.write(f"{strip.first + span:,}", (plot.right, below), SMALL, MUTED, anchor="midright").left
    half = text_width(_(strip.x), size) / 2 + easel.px(4)
    middle = min(max(plot.centerx, begin + half), end - half)  # numbers on both sides keep their room
    easel.write(_(strip.x), (middle, below), SMALL, MUTED, anchor="center")
    easel.surface.set_clip(plot.inflate(2, 4))
    for index, label in enumerate(strip.lines):
        if label in drawn:
            _draw_line(easel, plot, drawn[label], ruler, span, LINE_COLOURS[index % len(LINE_COLOURS)])
    easel.surface.set_clip(None)


def _ruler(
    easel: Easel, plot: pygame.Rect, lines: Sequence[np.ndarray], whole: tuple[float, float], strip: Strip
) -> tuple[Ruler, list[float]]:
    """The axis and the numbers on it, for lines within a whole range (of all that they were thinned from). A low plot
    has no room for a break, and shows everything on one scale."""
    size = easel.px(SMALL)
    band = round(1.2 * size)
    most = max(2, plot.height // (2 * size))
    low, high, ticks = axis(lines, strip, most)
    least, largest = whole
    if (least < low or largest > high) and plot.height < 3 * band:
        low, high, ticks = axis([*lines, np.array(whole)], strip, most, broken=False)
    return Ruler(plot, low, high, min(least, low), max(largest, high), band), ticks


def _write_axis(easel: Easel, ruler: Ruler, ticks: Sequence[float], strip: Strip) -> None:
    """The numbers, each with a line across, and the bands of what lies beyond."""
    plot, size = ruler.plot, easel.px(SMALL)
    right, line_width = plot.left - easel.px(5), max(1, easel.px(1))
    free = plot.bottom - ruler.below
    for tick in ticks:
        y = round(float(ruler.heights(np.array(tick))))
        pygame.draw.line(easel.surface, mix(PAPER, LINES, 0.6), (plot.left, y), (plot.right, y), line_width)
        # a low plot has no room for every number
        if y <= free and (not ruler.above or y >= plot.top + ruler.above):
            easel.write(tick_text(tick, ticks, strip.logarithmic), (right, y), SMALL, MUTED, anchor="midright")
            free = y - round(1.2 * size)
    for number, (value, place) in enumerate(ruler.bands()):
        pygame.draw.rect(easel.surface, mix(PAPER, LINES, 0.45), place)
        farthest = f"{value:,.0f}" if 10 <= abs(value) < 1e5 else f"{value:.3g}"
        y = place.bottom if value < ruler.low else place.top + round(0.25 * size)
        easel.write(farthest, (right, y), SMALL, MUTED, anchor="midright")
        words = _("the first, on another scale")
        if number == 0 and text_width(words, size) < 0.7 * plot.width:
            easel.write(words, (plot.right - easel.px(4), place.centery), SMALL, MUTED, anchor="midright")


def draw_level(easel: Easel, plot: pygame.Rect, y: int) -> None:
    """A dashed line across a plot at a height."""
    for x in range(plot.left, plot.right, easel.px(10)):
        end = min(x + easel.px(5), plot.right)
        pygame.draw.line(easel.surface, MUTED, (x, y), (end, y), max(1, easel.px(1)))


def write_title(easel: Easel, inner: pygame.Rect, title: str, names: list[str]) -> float:
    """The title and, behind or below it, every line's name; returns where the next thing may begin."""
    size = easel.px(SMALL)
    y = inner.top + size / 2
    for words in wrap(title, size, inner.width):
        right = easel.write(words, (inner.left, y), SMALL, INK, inner.width).right
        y += 1.3 * size
    needed = sum(text_width(name, size) + easel.px(30) for name in names)
    if names and right + easel.px(14) + needed <= inner.right:
        y -= 1.3 * size
        x = inner.right - needed + easel.px(10)
    else:
        x = inner.left
    for index, name in enumerate(names):
        width = text_width(name, size) + easel.px(18)
        if x > inner.left and x + width > inner.right:
            x, y = inner.left, y + 1.3 * size
        colour = LINE_COLOURS[index % len(LINE_COLOURS)]
        pygame.draw.line(easel.surface, colour, (x, y), (x + easel.px(11), y), max(2, easel.px(3)))
        room = round(inner.right - x - easel.px(16))
        for number, words in enumerate(wrap(name, size, room)):
            y += 1.3 * size * (number > 0)
            easel.write(words, (x + easel.px(16), y), SMALL, INK, room)
        x += width + easel.px(12)
    return y + (1.3 * size if names else 0.0) - 0.5 * size


def _span(strip: Strip) -> int:
    """How far the lower axis goes beyond its first number."""
    ends = [places[-1] for places in strip.at.values() if len(places)]
    if strip.at:
        return round(max(ends, default=strip.first)) - strip.first
    return max(len(ys) for ys in strip.lines.values()) - 1


def _transformed(strip: Strip, most: int) -> tuple[dict[str, tuple[np.ndarray, np.ndarray]], tuple[float, float]]:
    """Each line's places and values, thinned; and the range of all that they were thinned from."""
    lines, ends = {}, []
    for label, ys in strip.lines.items():
        if strip.recent and len(ys):
            ys = recent_means(np.asarray(ys, dtype=float), strip.recent)  # type: ignore[assignment]
            ends += [float(end) for end in (np.min(ys), np.max(ys)) if np.isfinite(end)]
        places, values = thinned(ys, most)
        if label in strip.at:
            places = np.asarray(strip.at[label], dtype=float)[places] - strip.first
        sound = np.isfinite(values)
        if strip.logarithmic:
            sound &= values > 0
            values = np.log10(np.where(sound, values, 1.0))
        lines[label] = (places[sound], values[sound])
        ends += lines[label][1].tolist()
    return lines, (min(ends, default=0.0), max(ends, default=0.0))


def axis(
    lines: Sequence[np.ndarray], strip: Strip, most: int, *, broken: bool = True
) -> tuple[float, float, list[float]]:
    """(low, high, ticks) of the y axis, about `most` round numbers on it; logarithms where the strip has them.

    broken: the first quarter of a long line of means may lie beyond it, so that the rest can be told apart.
    """
    if strip.level is not None:
        lines = [*lines, np.array([strip.level[1]])]
    low, high = _range(lines)
    if broken and strip.recent:
        settled = _range([line[len(line) // 4 :] if len(line) >= _LONG else line for line in lines])
        if worth_a_break((low, high), settled):
            low, high = settled
    least = 1.0 if strip.logarithmic else 0.02 * max(abs(low), abs(high)) or 1.0
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    step = _round_step((high - low) / most, whole=strip.logarithmic)
    low, high = np.floor(low / step + 1e-9) * step, np.ceil(high / step - 1e-9) * step
    if strip.floor is not None:
        low = max(low, strip.floor)
    ticks = [float(tick) for tick in np.arange(low, high + step / 2, step)]
    return float(low), float(high), ticks


def _range(lines: Sequence[np.ndarray]) -> tuple[float, float]:
    everything = np.concatenate(lines)
    return float(everything.min()), float(everything.max())


def _round_step(least: float, whole: bool) -> float:
    """The smallest of 1, 2, 5, 10, 20, ... times a power of ten that is not below the number."""
    power = 10.0 ** np.floor(np.log10(least))
    step = next(float(times * power) for times in (1, 2, 5, 10) if times * power >= least * (1 - 1e-9))
    return max(1.0, step) if whole else step


def tick_text(tick: float, ticks: Sequence[float], logarithmic: bool) -> str:
    """A tick's number, with as many digits as tell it from its neighbours."""
    if logarithmic:
        return f"{10.0**tick:g}"
    step = ticks[1] - ticks[0] if len(ticks) > 1 else abs(tick) or 1.0
    digits = max(0, -int(np.floor(np.log10(step) + 1e-9)))
    largest = max(abs(number) for number in ticks)
    return f"{tick:z.{digits}f}" if digits < 5 and largest < 1e6 else f"{tick:z.3g}"


def _draw_line(
    easel: Easel,
    plot: pygame.Rect,
    line: tuple[np.ndarray, np.ndarray],
    ruler: Ruler,
    span: int,
    colour: Colour,
) -> None:
    places, values = line
    xs = plot.left + places / max(1, span) * (plot.width - 1)
    points = list(zip(xs.tolist(), ruler.heights(values).tolist(), strict=True))
    if len(points) == 1:
        pygame.draw.circle(easel.surface, colour, points[0], easel.px(3))
        return
    # Smooth lines are one pixel wide: several of them, half a pixel apart, make a thicker one.
    for offset in np.arange(-0.5, easel.scale, 0.5).tolist():
        pygame.draw.aalines(easel.surface, colour, False, [(x, y + offset) for x, y in points])
