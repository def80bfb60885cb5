"""Screenshots, films and saved maps: where they go, and how large they may grow."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from common.watch.recording import LiveRecorder, check_recordable
from gridworld.window.drawing.painter import to_array
from gridworld.window.drawing.palette import pygame

import numpy as np

FOLDER = Path("recordings")
FRAMES_PER_SECOND = 10
MOST_FRAMES = 300
"""A film started by a key stops by itself after half a minute."""
WIDEST_FRAME = 960
MOST_WAITING = 200_000_000
"""Bytes of pictures that are kept until they are encoded."""


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
        self.path = check_recordable(path)
        self.frames = 0
        self.over = False
        self._recorder: LiveRecorder | None = None
        self._most = most_frames
        self._size: tuple[int, int] | None = None
        self._last: pygame.Surface | None = None
        self._due = 0.0

    def pass_time(self, seconds: float, surface: pygame.Surface) -> None:
        """Take the picture as often as is due: at once if it is the first, then by the seconds since the last call.

        Where more than one is due the window was held up, and showed the picture before this one meanwhile.
        Wide pictures are shrunk, and a resized window keeps the film's size. The surface is to stay as it is: it is
        shrunk and encoded beside the window, which goes on meanwhile.
        """
        if self.over:
            return
        self._due = 1.0 if self._last is None else self._due + seconds * FRAMES_PER_SECOND
        due = int(self._due)
        self._due -= due
        if due == 0:
            return
        before, self._last = self._last or surface, surface
        room = due if self._most is None else min(due, self._most - self.frames)
        if due > 1:
            self._add(before, min(due - 1, room))
        if room == due:
            self._add(surface, 1)
        if self.frames == self._most:
            self.close()

    def _add(self, surface: pygame.Surface, times: int) -> None:
        if self._recorder is None:
            share = min(1.0, WIDEST_FRAME / surface.get_width())
            self._size = (round(surface.get_width() * share), round(surface.get_height() * share))
            most = max(2, MOST_WAITING // (surface.get_pitch() * surface.get_height()))
            self._recorder = LiveRecorder(self.path, FRAMES_PER_SECOND, most)
        self._recorder.add(partial(self._shrunk, surface), times)
        self.frames += times

    def _shrunk(self, surface: pygame.Surface) -> np.ndarray:
        assert self._size is not None
        if surface.get_size() != self._size:
            surface = pygame.transform.smoothscale(surface, self._size)
        return to_array(surface)

    def close(self) -> None:
        """Write the file."""
        if not self.over:
            self.over = True
            self._last = None
            if self._recorder is not None:
                self._recorder.close()
