"""How fast a lesson plays: so many steps a second, up to as fast as it goes without holding up the window."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from common.language import _
from gridworld.window.lesson import Lesson

RATES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 250.0, 1000.0, 5000.0, 25000.0, math.inf)
"""Steps a second; the last is as fast as it goes."""

DEFAULT_LEVEL = 3
FRAME_BUDGET = 0.025
"""Seconds of a frame that advancing may take; what is due beyond that is dropped, so the window never lags behind."""
LARGEST_CHUNK = 1 << 20
WALK_RATE = 8.0
LONGEST_WALK = 10.0
"""Seconds a walk may take on screen; a longer one makes several moves a frame."""


class Playback:
    """Turns the time that passes into lesson steps.

    rates: steps a second to choose from; level: index into them. measured: steps a second lately, None before the
    first. clock: seconds, for tests. natural: a pace to begin with, which takes the place of the rates next to it.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter, natural: float | None = None) -> None:
        self.rates: tuple[float, ...] = RATES
        self.level = DEFAULT_LEVEL
        if natural is not None:
            others = [rate for rate in RATES if not 0.75 < rate / natural < 1.34]
            self.rates = tuple(sorted([*others, natural]))
            self.level = self.rates.index(natural)
        self.measured: float | None = None
        self._clock = clock
        self._due = 0.0
        self._walk_due = 0.0
        self._chunk = 1

    @property
    def rate(self) -> float:
        """Steps a second wanted now."""
        return self.rates[self.level]

    @property
    def is_fastest(self) -> bool:
        """Whether the rate is as fast as it goes."""
        return self.level == len(self.rates) - 1

    @property
    def label(self) -> str:
        """The speed in words."""
        if math.isinf(self.rate):
            return _("max") if self.measured is None else _("max: {rate}", rate=rate_text(self.measured))
        return rate_text(self.rate)

    def faster(self) -> None:
        """The next higher rate."""
        self.level = min(self.level + 1, len(self.rates) - 1)
        self._due = 0.0

    def slower(self) -> None:
        """The next lower rate."""
        self.level = max(self.level - 1, 0)
        self._due = 0.0

    def play(self, lessons: Sequence[Lesson], seconds: float) -> bool:
        """Advance the lessons that are playing by what the seconds passed ask for; whether anything moved.

        Every lesson makes the same number of steps. At least one step is made when one is due, however long it takes.
        """
        playing = [lesson for lesson in lessons if lesson.playing]
        if not playing:
            self._due = 0.0
            return False
        steps = LARGEST_CHUNK
        if not math.isinf(self.rate):
            self._due = min(self._due + seconds * self.rate, max(1.0, self.rate))
            steps = int(self._due)
            self._due -= steps
        if steps < 1:
            return False
        made, start = self._advance(playing, steps), self._clock()
        if made < steps:
            self._due = 0.0
        if seconds > 0:
            rate = made / max(seconds, self._clock() - start, 1e-6)
            self.measured = rate if self.measured is None else 0.8 * self.measured + 0.2 * rate
        return True

    def _advance(self, lessons: list[Lesson], steps: int) -> int:
        """Advance in chunks that double while they are quick, until the steps or the frame's time are used up."""
        made = 0
        begin = self._clock()
        while made < steps:
            chunk = min(self._chunk, steps - made)
            before = self._clock()
            step_together(lessons, chunk)
            made += chunk
            now = self._clock()
            if now - before < FRAME_BUDGET / 8:
                self._chunk = min(2 * self._chunk, LARGEST_CHUNK)
            elif now - before > FRAME_BUDGET / 2:
                self._chunk = max(1, self._chunk // 2)
            if now - begin > FRAME_BUDGET or not any(lesson.playing for lesson in lessons):
                break
        return made

    def walk(self, lessons: Sequence[Lesson], seconds: float) -> bool:
        """Move the lessons' walks on; whether any moved."""
        walks = [lesson.walk for lesson in lessons if lesson.walk is not None and not lesson.walk.over]
        if not walks:
            self._walk_due = 0.0
            return False
        rate = max(WALK_RATE, min(self.rate, 60.0), *(walk.bound / LONGEST_WALK for walk in walks))
        self._walk_due = min(self._walk_due + seconds * rate, max(1.0, rate / 4))
        moves = int(self._walk_due)
        self._walk_due -= moves
        if moves:
            for lesson in lessons:
                lesson.advance_walk(moves)
        return moves > 0


def step_together(lessons: Sequence[Lesson], steps: int) -> None:
    """Advance the lessons by so many steps each; a single step waits for those that still show their last one."""
    behind = [lesson for lesson in lessons if lesson.pending]
    for lesson in behind if behind and steps == 1 else lessons:
        step(lesson, steps)


def step(lesson: Lesson, steps: int) -> None:
    """Advance one lesson; a walk that has ended makes way, and playing ends where nothing is left."""
    if lesson.walk is not None and lesson.walk.over:
        lesson.walk = None
    if not lesson.done:
        lesson.advance(steps)
    if lesson.done:
        lesson.playing = False


def rate_text(rate: float) -> str:
    """Steps a second in a few letters."""
    if rate >= 1e6:
        return f"{rate / 1e6:.1f}M/s"
    if rate >= 1e4:
        return f"{rate / 1e3:.0f}k/s"
    return f"{rate:.0f}/s"
