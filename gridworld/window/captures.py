"""Screenshots, films and saved maps: where they go, and how large they may grow."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from common.watch.recording import LiveRecorder, check_recordable
from gridworld.window.drawing.painter import to_array
from gridworld.window.drawing.palette import pygame

import numpy as np

FOLDER = Path("recordings")
FRAMES_PER_SECOND = 10
MOST_SECONDS = 30
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


class Pixels(NamedTuple):
    """A picture that nobody draws on any more: its bytes, its size and the order of their colours."""

    bytes: bytes
    size: tuple[int, int]
    order: Literal["BGRA", "RGB"]


def _pixels(surface: pygame.Surface) -> Pixels:
    """A copy of its pixels; as they lie in memory, which is ten times as quick, where that is an order known here."""
    size = surface.get_size()
    if surface.get_bytesize() == 4 and surface.get_pitch() == 4 * size[0] and surface.get_shifts()[:3] == (16, 8, 0):
        return Pixels(surface.get_buffer().raw, size, "BGRA")
    return Pixels(pygame.image.tobytes(surface, "RGB"), size, "RGB")


class Film:
    """Takes frames of what the window shows, up to a bound, and plays at the pace that was seen.

    frames: how many there are so far; over: the bound is reached and the file written.
    """

    def __init__(self, path: Path, most_seconds: float | None = MOST_SECONDS, rate: float = FRAMES_PER_SECOND) -> None:
        """most_seconds: None for a film without a bound; rate: frames a second.

        Raises UserError where the path cannot be written."""
        self.path, self._rate = check_recordable(path), rate
        self.frames = 0
        self.over = False
        self._recorder: LiveRecorder | None = None
        self._most = None if most_seconds is None else round(most_seconds * rate)
        self._size: tuple[int, int] | None = None
        self._last: Pixels | None = None
        self._due = 0.0

    def pass_time(self, seconds: float, surface: pygame.Surface) -> None:
        """Take the picture as often as is due: at once if it is the first, then by the seconds since the last call.

        Where more than one is due the window was held up, and showed the picture before this one meanwhile.
        Wide pictures are shrunk, and a resized window keeps the film's size, beside the window, which goes on. Its
        pixels are copied for that: a surface that one thread reads cannot be drawn on the screen by another.
        """
        if self.over:
            return
        self._due = 1.0 if self._last is None else self._due + seconds * self._rate
        due = int(self._due)
        self._due -= due
        if due == 0:
            return
        before, self._last = self._last, _pixels(surface)
        room = due if self._most is None else min(due, self._most - self.frames)
        if due > 1:
            self._add(before or self._last, min(due - 1, room))
        if room == due:
            self._add(self._last, 1)
        if self.frames == self._most:
            self.close()

    def _add(self, pixels: Pixels, times: int) -> None:
        if self._recorder is None:
            width, height = pixels.size
            share = min(1.0, WIDEST_FRAME / width)
            self._size = (round(width * share), round(height * share))
            self._recorder = LiveRecorder(self.path, self._rate, max(2, MOST_WAITING // len(pixels.bytes)))
        self._recorder.add(partial(self._shrunk, pixels), times)
        self.frames += times

    def _shrunk(self, pixels: Pixels) -> np.ndarray:
        assert self._size is not None
        surface = pygame.image.frombuffer(pixels.bytes, pixels.size, pixels.order)
        if pixels.size != self._size:
            surface = pygame.transform.smoothscale(surface, self._size)
        return to_array(surface)

    def close(self) -> None:
        """Write the file."""
        if not self.over:
            self.over = True
            self._last = None
            if self._recorder is not None:
                self._recorder.close()
