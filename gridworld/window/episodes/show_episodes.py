"""Shows episodes in a window, or films what it would show."""

from __future__ import annotations

import sys
from pathlib import Path

from common.language import _
from common.watch.recording import Recorder, film_rate
from gridworld.window.drawing.painter import to_array
from gridworld.window.episodes.episode_lesson import EpisodeLesson
from gridworld.window.episodes.episode_view import EpisodeView
from gridworld.window.show import NoDisplayError, run_window

FILM_SIZE = (960, 640)
HELD_SECONDS = 0.7
"""How long a film stays at the end of an episode."""


def show_episodes(lesson: EpisodeLesson, record: Path | None = None) -> bool:
    """Play until the last episode is over or the window is closed, and film the window to `record`.

    Returns whether a window could be opened; nothing is played where it could not.
    """
    try:
        run_window([lesson], record, True, EpisodeView)
    except NoDisplayError as error:
        print(_("no window could be opened ({error}); going on without one", error=error), file=sys.stderr)
        return False
    return True


def film_episodes(lesson: EpisodeLesson, record: Path) -> None:
    """Play the episodes through without a window, and write what one would have shown (.gif, .mp4 or .png)."""
    rate = film_rate(lesson.frames_per_second)
    stride = round(lesson.frames_per_second / rate)
    view = EpisodeView([lesson], FILM_SIZE)
    with Recorder(record, frames_per_second=rate) as recorder:
        while not lesson.over:
            if lesson.steps % stride == 0 or lesson.ended:
                lesson.playing = True  # which its buttons show
                picture = to_array(view.draw())
                lesson.playing = False
                for _ in range(1 + (round(HELD_SECONDS * rate) if lesson.ended else 0)):
                    recorder.add(picture)
            lesson.advance(1)
