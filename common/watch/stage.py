"""The demo's window: the environment's own picture, the agent's numbers as bars, the critic's value over time.

Owns the event loop (gymnasium's human rendering ignores the close button). Without a display it draws the same pictures
for a film.
"""

import os
import time
from collections import deque
from types import TracebackType

from common.networks.acting import Decision
from common.watch.recording import Recorder, film_rate

import numpy as np

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

Colour = tuple[int, int, int]
BACKGROUND: Colour = (243, 245, 248)
PAPER: Colour = (255, 255, 255)
INK: Colour = (22, 32, 46)
MUTED: Colour = (98, 110, 126)
LINES: Colour = (205, 212, 221)
BAR: Colour = (164, 196, 226)
CHOSEN: Colour = (20, 102, 178)
VALUE_LINE: Colour = (196, 84, 20)

FRAME_WIDTH, FRAME_HEIGHT = 600, 400
PANEL_WIDTH, HEADER, FOOTER, STRIP = 280, 56, 32, 120
MARGIN = 16


class Stage:
    """A window (or, for a film without a display, a surface) on which episodes are played.

    Keys: Esc or the close button ends, Space pauses, Right steps while paused.
    """

    def __init__(
        self, title: str, names: list[str], frames_per_second: float, windowed: bool, recorder: Recorder | None
    ) -> None:
        self.title, self.names, self.rate = title, names, frames_per_second
        self.windowed, self.recorder = windowed, recorder
        self.paused = False
        self.values: deque[float] = deque(maxlen=500)
        self.span = (0.0, 0.0)
        self.surface: pygame.Surface | None = None
        self._episode = ""
        pygame.font.init()
        self._large, self._small = pygame.font.Font(None, 32), pygame.font.Font(None, 23)
        if windowed:
            pygame.display.init()
            pygame.display.set_caption(title)
            self._clock = pygame.time.Clock()

    def __enter__(self) -> "Stage":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.recorder is not None:
            self.recorder.close()
        if self.windowed:
            pygame.display.quit()

    def begin_episode(self, number: int, of: int | None) -> None:
        """Clear the strip, count on."""
        self._episode = f"episode {number}" + (f" of {of}" if of else "")
        self.values.clear()

    def show(
        self, frame: np.ndarray | None, decision: Decision, score: float, steps: int, hold_seconds: float = 0.0
    ) -> bool:
        """Draw one moment; returns False when the window was closed. Waits so long that films and eyes keep up.

        frame: the environment's picture, None where it draws none."""
        if decision.value is not None:
            self.values.append(decision.value)
        self._draw(frame, decision, score, steps)
        if self.recorder is not None and (steps * film_rate(self.rate) % self.rate == 0 or hold_seconds):
            picture = np.transpose(pygame.surfarray.array3d(self._surface()), (1, 0, 2))
            for _ in range(1 + int(hold_seconds * film_rate(self.rate))):
                self.recorder.add(picture)
        if not self.windowed:
            return True
        pygame.display.flip()
        self._clock.tick(self.rate)
        deadline = time.monotonic() + hold_seconds
        stay = self._handle_events()
        while stay and (self.paused or time.monotonic() < deadline):
            time.sleep(0.02)
            stay = self._handle_events()
            if self._step_once:
                self._step_once = False
                break
        return stay

    _step_once = False

    def _handle_events(self) -> bool:
        for event in pygame.event.get():
            if event.type == pygame.QUIT or (event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE):
                return False
            if event.type == pygame.KEYDOWN and event.key == pygame.K_SPACE:
                self.paused = not self.paused
            if event.type == pygame.KEYDOWN and event.key == pygame.K_RIGHT:
                self._step_once = self.paused
        return True

    # -- drawing

    def _surface(self) -> pygame.Surface:
        """What is drawn on: `_draw` makes it when it knows the size."""
        assert self.surface is not None
        return self.surface

    def _draw(self, frame: np.ndarray | None, decision: Decision, score: float, steps: int) -> None:
        strip = STRIP if decision.value is not None else 0
        size = (FRAME_WIDTH + PANEL_WIDTH + 3 * MARGIN, HEADER + FRAME_HEIGHT + strip + FOOTER + MARGIN // 2)
        if self.surface is None or self.surface.get_size() != size:
            self.surface = pygame.display.set_mode(size) if self.windowed else pygame.Surface(size)
        surface = self.surface
        surface.fill(BACKGROUND)
        self._text(self.title, (MARGIN, 18), self._large, INK)
        self._text(f"return {score:g}", (size[0] - MARGIN, 18), self._large, INK, right=True)
        self._draw_frame(frame, pygame.Rect(MARGIN, HEADER, FRAME_WIDTH, FRAME_HEIGHT))
        panel = pygame.Rect(2 * MARGIN + FRAME_WIDTH, HEADER, PANEL_WIDTH, FRAME_HEIGHT)
        self._draw_bars(decision, panel)
        if strip:
            area = pygame.Rect(MARGIN, HEADER + FRAME_HEIGHT + 10, size[0] - 2 * MARGIN, STRIP - 12)
            self._draw_strip(area)
        bottom = size[1] - FOOTER + 6
        self._text(f"{self._episode}   step {steps}", (MARGIN, bottom), self._small, MUTED)
        keys = "paused: Space goes on, Right steps" if self.paused else "Space pause   Esc close"
        self._text(keys, (size[0] - MARGIN, bottom), self._small, MUTED, right=True)

    def _draw_frame(self, frame: np.ndarray | None, area: pygame.Rect) -> None:
        surface = self._surface()
        pygame.draw.rect(surface, PAPER, area)
        pygame.draw.rect(surface, LINES, area, 1)
        if frame is None:
            self._text("this environment draws no picture", (area.left + 14, area.top + 14), self._small, MUTED)
            return
        picture = pygame.surfarray.make_surface(np.transpose(frame, (1, 0, 2)))
        scale = min(area.width / picture.get_width(), area.height / picture.get_height())
        if scale != 1:
            width, height = picture.get_size()
            picture = pygame.transform.smoothscale(picture, (round(width * scale), round(height * scale)))
        surface.blit(picture, picture.get_rect(center=area.center))
        pygame.draw.rect(surface, LINES, area, 1)

    def _draw_bars(self, decision: Decision, area: pygame.Rect) -> None:
        """One row a number: its name and the number on a line, the bar below; what is done is dark."""
        surface = self._surface()
        pygame.draw.rect(surface, PAPER, area)
        pygame.draw.rect(surface, LINES, area, 1)
        self._text(decision.title, (area.left + 14, area.top + 14), self._small, MUTED)
        numbers = np.asarray(decision.numbers, float).ravel()
        low, high = self._bar_span(decision.title, numbers)
        row = min(72, (area.height - 52) // max(len(numbers), 1))
        left, width = area.left + 14, area.width - 28
        for index, number in enumerate(numbers):
            top = area.top + 48 + index * row
            chosen = decision.title == "action" or (np.ndim(decision.action) == 0 and decision.action == index)
            colour = CHOSEN if chosen else BAR
            ink = INK if chosen else MUTED
            self._text(self.names[index] if index < len(self.names) else str(index), (left, top), self._small, ink)
            self._text(f"{number:.3f}", (left + width, top), self._small, ink, right=True)
            track = pygame.Rect(left, top + 20, width, min(20, row - 26))
            pygame.draw.rect(surface, BACKGROUND, track)
            ends = [left + width * (point - low) / (high - low) for point in (0.0, number)]
            pygame.draw.rect(
                surface, colour, (round(min(ends)), track.top, max(1, round(abs(ends[1] - ends[0]))), track.height)
            )

    def _bar_span(self, title: str, numbers: np.ndarray) -> tuple[float, float]:
        """Probabilities fill a bar from 0 to 1; other numbers share an axis with zero that grows as they do."""
        if title == "probabilities":
            return 0.0, 1.0
        self.span = (min(self.span[0], float(numbers.min())), max(self.span[1], float(numbers.max())))
        low, high = self.span
        return (low, high) if high > low else (low, low + 1.0)

    def _draw_strip(self, area: pygame.Rect) -> None:
        """The value over the episode's steps, newest at the right once the strip is full."""
        surface = self._surface()
        pygame.draw.rect(surface, PAPER, area)
        pygame.draw.rect(surface, LINES, area, 1)
        low, high = min(0.0, *self.values), max(*self.values, 0.0, 1e-6)
        self._text(f"value of the state  {self.values[-1]:.2f}", (area.left + 14, area.top + 8), self._small, MUTED)
        self._text(f"{high:.3g}", (area.right - 10, area.top + 8), self._small, MUTED, right=True)
        self._text(f"{low:.3g}", (area.right - 10, area.bottom - 22), self._small, MUTED, right=True)
        plot = pygame.Rect(area.left + 14, area.top + 28, area.width - 90, area.height - 38)
        points = [
            (plot.left + plot.width * index / 499, plot.bottom - plot.height * (value - low) / (high - low))
            for index, value in enumerate(self.values)
        ]
        if len(points) > 1:
            pygame.draw.aalines(surface, VALUE_LINE, False, points)
            pygame.draw.circle(surface, VALUE_LINE, points[-1], 3)

    def _text(
        self, text: str, at: tuple[int, int], font: pygame.font.Font, colour: Colour, *, right: bool = False
    ) -> None:
        surface = self._surface()
        picture = font.render(text, True, colour)
        surface.blit(picture, (at[0] - picture.get_width() if right else at[0], at[1]))
