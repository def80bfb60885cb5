"""What stands under the grids: plots, the line that says what happened, and the sign of a running recording."""

from __future__ import annotations

from collections.abc import Sequence

from gridworld.window.drawing.palette import AGENT, INK, MUTED, PAPER, pygame, wrap
from gridworld.window.lesson import Lesson
from gridworld.window.panels.controls import BODY, SMALL, Easel
from gridworld.window.panels.plots import draw_strip, merged_strips

_MESSAGE_HEIGHT = 34
_LEAST_WIDTH = 210
"""Points that a plot is wide at least."""


def draw_message(easel: Easel, left: pygame.Rect, message: str, hint: str) -> None:
    """What was said last, or the hint, at the foot of the room, which gets smaller by it."""
    words, room = message or hint, left.width - easel.px(28)
    lines = wrap(words, easel.px(BODY), room)
    size = BODY if len(lines) == 1 else SMALL
    lines = wrap(words, easel.px(size), room)
    line = easel.px(1.3 * size)
    height = max(easel.px(_MESSAGE_HEIGHT), line * len(lines) + easel.px(10))
    left.height -= height
    top = left.bottom + easel.px(5) if len(lines) > 1 else left.bottom + height * 0.42 - line / 2
    for number, part in enumerate(lines):
        y = top + line * (number + 0.5)
        easel.write(part, (left.left + easel.px(14), y), size, INK if message else MUTED, room)


def draw_strips(easel: Easel, left: pygame.Rect, lessons: Sequence[Lesson]) -> None:
    """The lessons' plots at the foot of the room, which gets smaller by them; none where it is low."""
    strips = merged_strips([(lesson.title, lesson.strips()) for lesson in lessons])
    if not strips or left.height < easel.px(300):
        return
    height = min(max(round(left.height * 0.21), easel.px(112)), easel.px(220))
    left.height -= height
    gap = easel.px(12)
    # A narrow window has room for the first of them only.
    strips = strips[: max(1, left.width // easel.px(_LEAST_WIDTH))]
    width = (left.width - gap * (len(strips) + 1)) // len(strips)
    for index, strip in enumerate(strips):
        place = pygame.Rect(left.left + gap + index * (width + gap), left.bottom, width, height - easel.px(4))
        draw_strip(easel, place, strip)


def draw_recording_sign(surface: pygame.Surface, scale: float) -> None:
    """The red dot of a running recording; drawn on the window, not on the film."""
    radius = round(7 * scale)
    pygame.draw.circle(surface, PAPER, (round(18 * scale), round(18 * scale)), radius + round(3 * scale))
    pygame.draw.circle(surface, AGENT, (round(18 * scale), round(18 * scale)), radius)
