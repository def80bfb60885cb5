"""A card for each bandit learner: its arms in a row, what it thinks of each, how sure it is, how often it pulled."""

from __future__ import annotations

from collections.abc import Sequence

from common.language import _, titled
from gridworld.window.arms import ArmsLesson, ArmsPicture
from gridworld.window.drawing.palette import (
    AGENT,
    FLASH,
    GOAL,
    INK,
    LINES,
    MUTED,
    PAPER,
    POSITIVE,
    VISITED,
    mix,
    pygame,
    text_width,
)
from gridworld.window.panels.controls import ACCENT, SMALL, Easel

import numpy as np

_TITLE = 30
_COUNTS = 46
_ESTIMATE = ACCENT


def draw_cards(easel: Easel, room: pygame.Rect, lessons: Sequence[ArmsLesson]) -> list[list[pygame.Rect]]:
    """Draw every lesson's card; returns the columns of each lesson's arms, for the pointer."""
    pictures = [lesson.arms_picture() for lesson in lessons]
    scale = _range(pictures)
    columns = []
    for lesson, picture, place in zip(lessons, pictures, _places(easel, room, len(lessons)), strict=True):
        columns.append(_draw_card(easel, place, lesson, picture, scale))
    return columns


def _places(easel: Easel, room: pygame.Rect, count: int) -> list[pygame.Rect]:
    """Two in a row."""
    gap = easel.px(10)
    across = min(2, count)
    down = -(-count // across)
    width, height = (room.width - gap * (across + 1)) // across, (room.height - gap * (down + 1)) // down
    return [
        pygame.Rect(
            room.left + gap + (at % across) * (width + gap),
            room.top + gap + (at // across) * (height + gap),
            width,
            height,
        )
        for at in range(count)
    ]


def _range(pictures: Sequence[ArmsPicture]) -> tuple[float, float]:
    """The one scale of all cards: estimates, truths and last rewards, and intervals as far as they are moderate."""
    shown = [np.concatenate([p.values, p.values if p.means is None else p.means]) for p in pictures]
    shown += [np.array([p.last[1]]) for p in pictures if p.last is not None]
    numbers = np.concatenate(shown)
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return -1.6, 1.6
    middle = float(numbers.min() + numbers.max()) / 2
    half = max(1.0, float(numbers.max() - numbers.min()) / 2) + 0.6
    return middle - half, middle + half


def _draw_card(
    easel: Easel, place: pygame.Rect, lesson: ArmsLesson, picture: ArmsPicture, scale: tuple[float, float]
) -> list[pygame.Rect]:
    easel.card(place, border=ACCENT if lesson.by_hand else LINES)
    pad = easel.px(12)
    y = place.top + easel.px(_TITLE) * 0.55
    name = easel.write(titled(lesson.title), (place.left + pad, y), 16, INK, strong=True)
    words = _("click an arm, or press its number") if lesson.by_hand and not picture.pulls.any() else _(picture.note)
    if text_width(words, easel.px(SMALL)) <= place.right - name.right - 2 * pad:
        easel.write(words, (place.right - pad, y), SMALL, MUTED, anchor="midright")
    inner = pygame.Rect(place.left + pad + easel.px(26), place.top + easel.px(_TITLE), 0, 0)
    inner.width = place.right - pad - inner.left
    inner.height = place.bottom - inner.top - easel.px(_COUNTS)
    _axis(easel, inner, scale)
    count = len(picture.pulls)
    width = inner.width / count
    columns = []
    for arm in range(count):
        left, right = round(inner.left + arm * width), round(inner.left + (arm + 1) * width)
        column = pygame.Rect(left, inner.top, right - left, place.bottom - easel.px(4) - inner.top)
        columns.append(column)
        _draw_arm(easel, column, inner, picture, arm, scale, lesson.by_hand)
    return columns


def _height(inner: pygame.Rect, scale: tuple[float, float], value: float) -> int:
    low, high = scale
    return round(inner.bottom - (min(max(value, low), high) - low) / (high - low) * inner.height)


def _axis(easel: Easel, inner: pygame.Rect, scale: tuple[float, float]) -> None:
    step = 1 if scale[1] - scale[0] < 8 else 2 if scale[1] - scale[0] < 16 else max(5, int(scale[1] - scale[0]) // 5)
    for number in range(int(np.ceil(scale[0] / step)) * step, int(scale[1]) + 1, step):
        y = _height(inner, scale, number)
        colour = LINES if number else mix(LINES, INK, 0.35)
        pygame.draw.line(easel.surface, colour, (inner.left, y), (inner.right, y), max(1, easel.px(1)))
        easel.write(f"{number}", (inner.left - easel.px(6), y), SMALL, MUTED, anchor="midright")


def _draw_arm(
    easel: Easel,
    column: pygame.Rect,
    inner: pygame.Rect,
    picture: ArmsPicture,
    arm: int,
    scale: tuple[float, float],
    by_hand: bool,
) -> None:
    surface, middle = easel.surface, column.centerx
    over = easel.pointer is not None and column.collidepoint(easel.pointer)
    chosen = picture.last is not None and picture.last[0] == arm
    thin, bar = max(1, easel.px(1.5)), max(4, min(easel.px(22), round(column.width * 0.5)))
    shade = pygame.Rect(column.left + 1, inner.top, column.width - 2, inner.height)
    if chosen or (by_hand and over):
        colour = mix(PAPER, FLASH, 0.35) if chosen else mix(PAPER, ACCENT, 0.1)
        veil = pygame.Surface(shade.size, pygame.SRCALPHA)
        veil.fill((*colour, 150))
        surface.blit(veil, shade)
    value = float(picture.values[arm])
    if np.isfinite(value):
        top, bottom = (_height(inner, scale, float(end[arm])) for end in (picture.high, picture.low))
        interval = pygame.Rect(middle - bar // 2, top, bar, max(1, bottom - top))
        pygame.draw.rect(surface, mix(PAPER, POSITIVE, 0.45), interval, border_radius=easel.px(3))
        y = _height(inner, scale, value)
        pygame.draw.line(surface, _ESTIMATE, (middle - bar // 2, y), (middle + bar // 2, y), max(2, easel.px(3)))
    if picture.means is not None:
        y, is_best = _height(inner, scale, float(picture.means[arm])), arm == int(picture.means.argmax())
        size = easel.px(5)
        diamond = [(middle - size, y), (middle, y - size), (middle + size, y), (middle, y + size)]
        pygame.draw.polygon(surface, GOAL if is_best else INK, diamond)
        if is_best:
            pygame.draw.polygon(surface, GOAL, [(x + (x - middle), 2 * v - y) for x, v in diamond], thin)
    if picture.last is not None and chosen:
        y = _height(inner, scale, picture.last[1])
        pygame.draw.circle(surface, AGENT, (middle, y), easel.px(4))
    _counts(easel, column, inner, picture, arm, bar)


def _counts(easel: Easel, column: pygame.Rect, inner: pygame.Rect, picture: ArmsPicture, arm: int, bar: int) -> None:
    """The arm's number, how often it was pulled, and a bar for its share of the pulls or its probability."""
    probabilities = picture.probabilities
    share = (
        float(picture.pulls[arm] / max(1, picture.pulls.sum())) if probabilities is None else float(probabilities[arm])
    )
    y, full = inner.bottom + easel.px(8), column.width - easel.px(6)
    track = pygame.Rect(column.centerx - full // 2, y - easel.px(3), full, easel.px(5))
    pygame.draw.rect(easel.surface, mix(PAPER, LINES, 0.5), track)
    pygame.draw.rect(easel.surface, VISITED, (track.left, track.top, round(full * share), track.height))
    for words, below, colour in ((f"{arm + 1}", 13, INK), (f"{picture.pulls[arm]:,}", 28, MUTED)):
        if text_width(words, easel.px(SMALL), strong=True) <= column.width:
            easel.write(
                words, (column.centerx, y + easel.px(below)), SMALL, colour, anchor="center", strong=below == 13
            )
