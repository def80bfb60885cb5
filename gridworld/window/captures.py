"""Screenshots, films and saved maps: where they go, and how large they may grow."""

from __future__ import annotations

import re
from pathlib import Path

from common.watch.recording import Recorder
from gridworld.window.drawing.painter import to_array
from gridworld.window.drawing.palette import pygame

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
    """Takes a frame ten times a second of what the window shows, up to a bound.

    over: the bound is reached and the file written.
    """

    def __init__(self, path: Path, most_frames: int | None = MOST_FRAMES) -> None:
        """most_frames: None for a film without a bound. Raises UserError where the path cannot be written."""
        self.path = path
        self._recorder = Recorder(path, frames_per_second=FRAMES_PER_SECOND)
        self._most = most_frames
        self._size: tuple[int, int] | None = None
        self._due = 1.0
        self.over = False

    @property
    def frames(self) -> int:
        """How many there are so far."""
        return self._recorder.frames

    def pass_time(self, seconds: float) -> bool:
        """Let time pass; whether the next frame is due."""
        self._due += seconds * FRAMES_PER_SECOND
        if self._due < 1.0:
            return False
        self._due = min(self._due - 1.0, 1.0)
        return True

    def add(self, surface: pygame.Surface) -> None:
        """Take the picture; wide ones are shrunk, and a resized window keeps the film's size."""
        if self.over:
            return
        if self._size is None:
            share = min(1.0, WIDEST_FRAME / surface.get_width())
            self._size = (round(surface.get_width() * share), round(surface.get_height() * share))
        if surface.get_size() != self._size:
            surface = pygame.transform.smoothscale(surface, self._size)
        self._recorder.add(to_array(surface))
        if self._most is not None and self.frames >= self._most:
            self.close()

    def close(self) -> None:
        """Write the file."""
        if not self.over:
            self.over = True
            self._recorder.close()
