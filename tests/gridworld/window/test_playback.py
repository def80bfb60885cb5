"""Time becomes steps: as many as asked for, never so many that the window stands still."""

import math
from collections.abc import Callable
from typing import Any

from gridworld.window.playback import FRAME_BUDGET, RATES, Playback

import pytest

Make = Callable[..., Any]


class Clock:
    """A clock that only advances when a lesson works."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def at_rate(rate: float, clock: Clock | None = None) -> Playback:
    playback = Playback(clock or Clock())
    playback.level = RATES.index(rate)
    return playback


def slow(lesson: Any, clock: Clock, seconds_per_step: float) -> Any:
    """The lesson, with the clock going on while it works."""
    advance = lesson.advance

    def working(steps: int) -> None:
        advance(steps)
        clock.now += steps * seconds_per_step

    lesson.advance = working
    lesson.playing = True
    return lesson


@pytest.mark.parametrize("rate", [1.0, 8.0, 60.0, 1000.0])
def test_a_second_of_frames_makes_as_many_steps_as_the_rate_says(rate: float, counting: Make) -> None:
    lesson, playback = counting(), at_rate(rate)
    lesson.playing = True
    for _ in range(64):
        playback.play([lesson], 1 / 64)
    assert lesson.steps == pytest.approx(rate, abs=1)


def test_nothing_moves_while_paused(counting: Make) -> None:
    lesson = counting()
    assert not at_rate(60.0).play([lesson], 10.0)
    assert lesson.steps == 0


def test_as_fast_as_it_goes_grows_its_chunks_until_the_frame_is_full(counting: Make) -> None:
    clock = Clock()
    lesson = slow(counting(), clock, 1e-6)
    playback = at_rate(math.inf, clock)
    for _ in range(20):
        before = clock.now
        playback.play([lesson], 1 / 60)
        assert clock.now - before < 2 * FRAME_BUDGET
    assert lesson.calls[0] == 1
    assert max(lesson.calls) > 1000
    assert lesson.steps > 20 * 0.8 * FRAME_BUDGET / 1e-6


def test_a_slow_step_costs_speed_but_not_the_window(counting: Make) -> None:
    clock = Clock()
    lesson = slow(counting(), clock, 0.1)
    playback = at_rate(1000.0, clock)
    for _ in range(10):
        before = lesson.steps
        playback.play([lesson], 0.1)
        assert lesson.steps - before == 1


def test_what_could_not_be_done_in_time_is_not_caught_up_with(counting: Make) -> None:
    clock = Clock()
    lesson = slow(counting(), clock, 0.01)
    playback = at_rate(1000.0, clock)
    playback.play([lesson], 1.0)
    begun = lesson.steps
    playback.play([lesson], 0.0)
    assert lesson.steps == begun


def test_playing_ends_with_the_lesson(counting: Make) -> None:
    lesson = counting(last_step=5)
    lesson.playing = True
    playback = at_rate(1000.0)
    playback.play([lesson], 1.0)
    assert not lesson.playing
    assert not playback.play([lesson], 1.0)


def test_two_lessons_keep_step(counting: Make) -> None:
    first, second = counting(), counting()
    first.playing = second.playing = True
    playback = at_rate(math.inf)
    playback.play([first, second], 1 / 60)
    assert first.steps == second.steps > 0


def test_the_rate_goes_from_one_a_second_to_as_fast_as_it_goes() -> None:
    playback = Playback()
    for _ in RATES:
        playback.slower()
    assert (playback.rate, playback.label) == (1.0, "1/s")
    for _ in RATES:
        playback.faster()
    assert playback.is_fastest
    assert playback.label == "max"


def test_a_walk_is_shown_move_by_move_and_takes_seconds_at_most(counting: Make) -> None:
    lesson = counting()
    lesson.move()
    playback = at_rate(1.0)
    moves = 0
    while not lesson.walk.over:
        playback.walk([lesson], 0.125)
        moves += 1
    assert moves == 5
    assert not playback.walk([lesson], 1.0)
