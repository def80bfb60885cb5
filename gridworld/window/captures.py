"""Screenshots, films and saved maps: where they go, and how large they may grow."""

from __future__ import annotations

import re
from pathlib import Path

from common.watch.recording import LiveRecorder
from gridworld.window.drawing.painter import to_array
from gridworld.window.drawing.palette import pygame

import numpy as np

FOLDER = Path("recordings")
FRAMES_PER_SECOND = 10
MOST_FRAMES = 300
"""A film started by a key stops by itself after half a minute."""
WIDEST_FRAME = 960


def fresh_path(title: str, suffix: str, folder: Path | None = None) -> Path:
    """A name in the recordings folder that no file has yet: the title's words and the next number."""
    folder = FOLDER if folder is None else folder
    folder.mkdir(parents=True, exist_ok=True)
    words = re.sub(r"[^\w]+", "-", title.lower()).strip("-")[:60] or "gridworld"
    number = 1
    while (path := folder / f"{words}-{number:03}{suffix}").exists():
        number += 1
    return path


def save_screenshot(surface: pygame.Surface, title: str) -> Path:
    """Write the picture as PNG; returns where. Raises OSError where the folder cannot be written."""
    path = fresh_path(title, ".png")
    pygame.image.save(surface, str(path))
    return path


class Film:
    """Takes a frame ten times a second of what the window shows, up to a bound, and plays at the pace that was seen.

    frames: how many there are so far; over: the bound is reached and the file written.
    """

    def __init__(self, path: Path, most_frames: int | None = MOST_FRAMES) -> None:
        """most_frames: None for a film without a bound. Raises UserError where the path cannot be written."""
        self.path = path
        self.frames = 0
        self.over = False
        self._recorder = LiveRecorder(path, frames_per_second=FRAMES_PER_SECOND)
        self._most = most_frames
        self._size: tuple[int, int] | None = None
        self._last: np.ndarray | None = None
        self._due = 0.0

    def pass_time(self, seconds: float, surface: pygame.Surface) -> None:
        """Take the picture as often as is due: at once if it is the first, then by the seconds since the last call.

        Where more than one is due the window was held up, and showed the picture before this one meanwhile.
        Wide pictures are shrunk, and a resized window keeps the film's size.
        """
        if self.over:
            return
        self._due = 1.0 if self._last is None else self._due + seconds * FRAMES_PER_SECOND
        due = int(self._due)
        self._due -= due
        if due == 0:
            return
        before, self._last = self._last, self._shrunk(surface)
        frames = [self._last if before is None else before] * (due - 1) + [self._last]
        room = len(frames) if self._most is None else self._most - self.frames
        for frame in frames[:room]:
            self._recorder.add(frame)
            self.frames += 1
        if self.frames == self._most:
            self.close()

    def _shrunk(self, surface: pygame.Surface) -> np.ndarray:
        if self._size is None:
            share = min(1.0, WIDEST_FRAME / surface.get_width())
            self._size = (round(surface.get_width() * share), round(surface.get_height() * share))
        if surface.get_size() != self._size:
            surface = pygame.transform.smoothscale(surface, self._size)
        return to_array(surface)

    def close(self) -> None:
        """Write the file."""
        if not self.over:
            self.over = True
            self._recorder.close()
