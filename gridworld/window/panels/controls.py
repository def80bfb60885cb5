"""What the pointer can press: buttons, switches and sliders, each drawn and remembered with its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from common.language import _
from gridworld.window.drawing import marks
from gridworld.window.drawing.palette import INK, LINES, MUTED, PAPER, Colour, mix, pygame, shorten, text, text_width

ACCENT: Colour = (28, 100, 172)
BODY = 14
SMALL = 12


@dataclass(frozen=True)
class Control:
    """A place that can be pressed.

    name: its label, in English. press: what a click does. drag: for sliders, told the pointer's share of the way from
    left to right while the mouse is held. enabled: a locked control ignores both.
    """

    name: str
    rect: pygame.Rect
    press: Callable[[], None]
    drag: Callable[[float], None] | None = None
    enabled: bool = True

    def share(self, x: float) -> float:
        """Where x lies between the control's left (0) and right (1), within them."""
        return min(max((x - self.rect.left) / max(1, self.rect.width), 0.0), 1.0)


class Easel:
    """A surface to draw controls on; collects them. scale: pixels to a point; pointer: where the mouse is."""

    def __init__(self, surface: pygame.Surface, scale: float, pointer: tuple[float, float] | None) -> None:
        self.surface = surface
        self.scale = scale
        self.pointer = pointer
        self.controls: list[Control] = []

    def px(self, points: float) -> int:
        """Points as whole pixels."""
        return round(points * self.scale)

    def write(
        self,
        words: str,
        place: tuple[float, float],
        size: float = BODY,
        colour: Colour = INK,
        room: float | None = None,
        anchor: str = "midleft",
        strong: bool = False,
    ) -> pygame.Rect:
        """Write one line at a place, shortened to the room in pixels; returns where it stands."""
        pixels = self.px(size)
        if room is not None:
            words = shorten(words, pixels, int(room), strong)
        words_surface = text(words, pixels, colour, strong)
        rect = words_surface.get_rect(**{anchor: (round(place[0]), round(place[1]))})
        self.surface.blit(words_surface, rect)
        return rect

    def card(self, rect: pygame.Rect, colour: Colour = PAPER, border: Colour = LINES, radius: float = 8) -> None:
        """A rounded rectangle with a thin border."""
        corner = min(self.px(radius), min(rect.size) // 2)
        marks.put_card(self.surface, rect, colour, border, corner, self._line)

    def button(
        self,
        label: str,
        rect: pygame.Rect,
        press: Callable[[], None],
        *,
        key: str = "",
        enabled: bool = True,
        filled: bool = False,
    ) -> None:
        """A button with its key in the corner of the eye; locked ones are pale."""
        words = _(label)
        colour, border, ink = mix(PAPER, LINES, 0.22), LINES, INK
        if filled and enabled:
            colour, border, ink = ACCENT, ACCENT, PAPER
        if not enabled:
            colour, ink, border = PAPER, mix(PAPER, MUTED, 0.55), mix(PAPER, LINES, 0.7)
        elif self._is_over(rect):
            colour = mix(colour, INK, 0.12)
        self.card(rect, colour, border, radius=6)
        hint = mix(ink, colour, 0.45)
        pad = self.px(9)
        around = text_width(key, self.px(SMALL)) + 2.4 * pad
        # A label is a little smaller rather than without its key.
        sizes = [size for size in range(BODY, SMALL - 1, -1) if text_width(words, self.px(size)) + around <= rect.width]
        if key and sizes:
            key_width = self.write(key, (rect.right - pad, rect.centery), SMALL, hint, anchor="midright").width + pad
            self.write(words, (rect.left + pad, rect.centery), sizes[0], ink, rect.width - pad - key_width)
        else:
            self.write(words, rect.center, BODY, ink, rect.width - self.px(6), anchor="center")
        self.controls.append(Control(label, rect, press, enabled=enabled))

    def switch(
        self, label: str, rect: pygame.Rect, press: Callable[[], None], *, key: str, on: bool, enabled: bool = True
    ) -> None:
        """A box that is ticked or not, its label and its key."""
        ink = INK if enabled else mix(PAPER, MUTED, 0.55)
        side = self.px(16)
        box = pygame.Rect(rect.left, rect.centery - side // 2, side, side)
        fill = ACCENT if on and enabled else PAPER
        if enabled and self._is_over(rect):
            fill = mix(fill, INK, 0.12)
        self.card(box, fill, ACCENT if enabled else LINES, radius=4)
        if on:
            tick = PAPER if enabled else mix(PAPER, MUTED, 0.55)
            points = [(0.22, 0.52), (0.43, 0.74), (0.8, 0.28)]
            corners = [(box.left + x * side, box.top + y * side) for x, y in points]
            pygame.draw.lines(self.surface, tick, False, corners, max(2, self.px(2)))
        key_rect = self.write(key, (box.right + self.px(7), rect.centery), SMALL, mix(ink, PAPER, 0.45))
        left = key_rect.right + self.px(6)
        self.write(_(label), (left, rect.centery), BODY, ink, rect.right - left)
        self.controls.append(Control(label, rect, press, enabled=enabled))

    def slider(
        self,
        label: str,
        rect: pygame.Rect,
        share: float,
        value: str,
        drag: Callable[[float], None],
        *,
        label_width: int,
        selected: bool = False,
        enabled: bool = True,
    ) -> None:
        """A label, a track with a knob and a number; share is the knob's place from 0 to 1. Pale without effect."""
        pale = mix(PAPER, MUTED, 0.55)
        accent, ink = (ACCENT, INK) if enabled else (pale, pale)
        self.write(_(label), (rect.left, rect.centery), BODY, accent if selected else ink, label_width)
        self.write(value, (rect.right, rect.centery), BODY, ink, anchor="midright")
        knob = self.px(7)
        left = rect.left + label_width + self.px(4)
        track = pygame.Rect(left + knob, 0, rect.right - self.px(52) - left - 2 * knob, self.px(4))
        track.centery = rect.centery
        done = track.copy()
        done.width = round(track.width * share)
        pygame.draw.rect(self.surface, LINES, track, border_radius=self.px(2))
        pygame.draw.rect(self.surface, accent, done, border_radius=self.px(2))
        grip = track.inflate(0, rect.height - track.height)
        size = knob + (self.px(1) if enabled and (selected or self._is_over(grip)) else 0)
        marks.put(self.surface, marks.disc(size, accent, PAPER, self.px(2)), done.right, track.centery)
        self.controls.append(Control(label, grip, lambda: None, drag=drag, enabled=enabled))

    @property
    def _line(self) -> int:
        return max(1, self.px(1))

    def _is_over(self, rect: pygame.Rect) -> bool:
        return self.pointer is not None and rect.collidepoint(self.pointer)
