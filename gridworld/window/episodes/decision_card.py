"""The numbers behind an action: a bar for each that there is to choose from, or a gauge for each part of a vector."""

from __future__ import annotations

from collections.abc import Sequence

from common.language import _
from common.networks.acting import Decision
from gridworld.window.drawing.palette import (
    AGENT,
    INK,
    LINES,
    MUTED,
    NEGATIVE,
    PAPER,
    POSITIVE,
    mix,
    pygame,
    text_width,
)
from gridworld.window.panels.controls import ACCENT, BODY, SMALL, Easel
from gridworld.window.panels.pen import Pen

import numpy as np

_SIZE = 13
_ROW = 22
_NOTE = 17
_NUMBER = 58
"""Points for a number."""


class Bars:
    """Draws the bars of one lesson after another; their axis grows with the numbers and is never smaller again."""

    def __init__(self) -> None:
        self._low, self._high = 0.0, 0.0

    def draw(self, pen: Pen, names: Sequence[str], decision: Decision, notes: Sequence[str]) -> None:
        """A row for each action: its name, its bar and its number; what is done is dark. notes: lines below."""
        numbers = np.asarray(decision.numbers, float).ravel()
        low, high = self._span(decision.title, numbers)
        _heading(pen, _(decision.title))
        easel = pen.easel
        size = easel.px(_SIZE)
        labels = [_(names[index]) if index < len(names) else str(index) for index in range(len(numbers))]
        first = min(max(text_width(label, size) for label in labels), round(0.42 * pen.width))
        for index, (label, number) in enumerate(zip(labels, numbers.tolist(), strict=True)):
            place = pen.cells(1, _ROW, gap=1)[0]
            chosen = decision.action == index
            colour = (AGENT if decision.explored else ACCENT) if chosen else mix(PAPER, POSITIVE, 0.45)
            ink = INK if chosen else MUTED
            easel.write(label, (place.left, place.centery), _SIZE, ink, first)
            easel.write(number_text(number), (place.right, place.centery), _SIZE, ink, anchor="midright")
            left = place.left + first + easel.px(10)
            track = pygame.Rect(left, 0, place.right - easel.px(_NUMBER) - left, easel.px(13))
            track.centery = place.centery
            _bar(easel, track, [(point - low) / (high - low) for point in (0.0, number)], colour)
        _notes(pen, notes)

    def _span(self, title: str, numbers: np.ndarray) -> tuple[float, float]:
        """Probabilities fill a bar from 0 to 1; other numbers share an axis with zero."""
        if title == "probabilities":
            return 0.0, 1.0
        sound = numbers[np.isfinite(numbers)]
        self._low = min(self._low, float(sound.min(initial=0.0)))
        self._high = max(self._high, float(sound.max(initial=0.0)))
        return (self._low, self._high) if self._high > self._low else (self._low, self._low + 1.0)


def draw_gauges(
    pen: Pen,
    names: Sequence[str],
    bounds: tuple[np.ndarray, np.ndarray],
    decision: Decision,
    notes: Sequence[str],
) -> None:
    """A gauge between the bounds for each part of the action: what the policy says, how widely it draws, what is done.

    What lies between the policy's number and what is done is noise: the orange piece.
    """
    done = np.asarray(decision.action, float).ravel()
    greedy = np.asarray(decision.numbers, float).ravel()
    easel = pen.easel
    for index, (low, high) in enumerate(zip(*(bound.ravel().tolist() for bound in bounds), strict=True)):
        name = _(names[index]) if index < len(names) else str(index)
        _heading(pen, _("{name}, from {low:g} to {high:g}", name=name, low=low, high=high))
        track = pen.cells(1, 20, gap=2)[0].inflate(-easel.px(14), -easel.px(6))

        def at(number: float, track: pygame.Rect = track, low: float = low, high: float = high) -> int:
            return round(track.left + track.width * (min(max(number, low), high) - low) / (high - low))

        pygame.draw.rect(easel.surface, mix(PAPER, LINES, 0.5), track, border_radius=easel.px(3))
        if decision.deviation is not None:
            spread = float(np.ravel(decision.deviation)[index])
            left, right = at(greedy[index] - spread), at(greedy[index] + spread)
            band = pygame.Rect(left, track.top, max(1, right - left), track.height)
            pygame.draw.rect(easel.surface, mix(PAPER, POSITIVE, 0.55), band)
        left, right = sorted((at(greedy[index]), at(done[index])))
        if right > left:
            pygame.draw.rect(easel.surface, NEGATIVE, pygame.Rect(left, track.top, right - left, track.height))
        if low < 0 < high:
            pygame.draw.line(easel.surface, MUTED, (at(0.0), track.top), (at(0.0), track.bottom - 1))
        mark = pygame.Rect(0, 0, max(2, easel.px(4)), track.height + easel.px(4))
        mark.center = (at(greedy[index]), track.centery)
        pygame.draw.rect(easel.surface, ACCENT, mark)
        pygame.draw.circle(easel.surface, PAPER, (at(done[index]), track.centery), easel.px(6))
        pygame.draw.circle(easel.surface, AGENT, (at(done[index]), track.centery), easel.px(5))
        _row(pen, _("policy"), number_text(float(greedy[index])) + _spread(decision, index), ACCENT)
        if done[index] != greedy[index]:
            _row(pen, _("noise"), f"{float(done[index] - greedy[index]):+.3f}", mix(NEGATIVE, INK, 0.3))
        _row(pen, _("taken"), number_text(float(done[index])), AGENT)
    _notes(pen, notes)


def _spread(decision: Decision, index: int) -> str:
    return "" if decision.deviation is None else f" ± {float(np.ravel(decision.deviation)[index]):.3f}"


def _heading(pen: Pen, words: str) -> None:
    pen.lines(words, BODY, ACCENT, strong=True)
    pen.down(3)


def _row(pen: Pen, label: str, value: str, colour: tuple[int, int, int]) -> None:
    place = pen.cells(1, 19, gap=0)[0]
    pen.easel.write(label, (place.left, place.centery), _SIZE, MUTED)
    pen.easel.write(value, (place.right, place.centery), _SIZE, colour, anchor="midright")


def _notes(pen: Pen, notes: Sequence[str]) -> None:
    for note in notes:
        place = pen.cells(1, _NOTE, gap=0)[0]
        pen.easel.write(note, (place.left, place.centery), SMALL, MUTED, place.width)
    pen.rule()


def _bar(easel: Easel, track: pygame.Rect, ends: list[float], colour: tuple[int, int, int]) -> None:
    """A bar between two shares of the track's width."""
    pygame.draw.rect(easel.surface, mix(PAPER, LINES, 0.4), track, border_radius=easel.px(2))
    left, right = (track.left + track.width * share for share in sorted(ends))
    bar = pygame.Rect(round(left), track.top, max(1, round(right - left)), track.height)
    pygame.draw.rect(easel.surface, colour, bar, border_radius=easel.px(2))


def number_text(number: float) -> str:
    """Six letters or so: as many decimals as a column of them has room for."""
    return f"{number:.3f}" if abs(number) < 100 else f"{number:.1f}" if abs(number) < 1e5 else f"{number:.3g}"
