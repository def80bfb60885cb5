"""The words that a window draws, each with its place: none cut off, none over others, none left in English."""

import re
from pathlib import Path
from typing import Any

from common import language
from gridworld.window.drawing import cell_content, painter, sides
from gridworld.window.lesson_view import LessonView
from gridworld.window.panels import controls
from gridworld.window.pictures import draw_tables

import pygame
import pytest

DEEP = [path.stem for path in (Path(__file__).parents[1] / "deep").glob("[a-z]*.py")]
NAMES = re.compile(
    r"\b(cliff|course|bandit|gambler|car-rental|blackjack|Blackjack-v1|Taxi-v4|gridworld|Space|Shift|Ctrl|Tab|rho)\b"
    rf"|[A-Z]\w+-v\d|[\w-]+\.weights\.h5|\b({'|'.join(DEEP)})\b"
)
"""Words that stay as they are in every language."""
SIZES = {(640, 480): 1.0, (1216, 792): 1.0, (2560, 1440): 2.0}
ARROWS = {"up": pygame.K_UP, "down": pygame.K_DOWN, "left": pygame.K_LEFT, "right": pygame.K_RIGHT}


class Drawn:
    """The words that were drawn, each with its place; those that were cut off."""

    def __init__(self) -> None:
        self.words: list[tuple[str, pygame.Rect, pygame.Surface]] = []
        self.cut: list[str] = []
        self.surfaces: dict[int, tuple[str, pygame.Surface]] = {}

    def put(self, surface: pygame.Surface, source: pygame.Surface, place: Any) -> None:
        if id(source) not in self.surfaces:
            return
        words = self.surfaces[id(source)][0]
        rect = source.get_bounding_rect().move(tuple(place)[:2])
        if surface.get_clip().contains(rect) and words.strip():
            self.words.append((words, rect, surface))


def recorded(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """From now on what is drawn is recorded."""
    record = Drawn()
    plain = pygame.Surface

    class Surface(plain):  # type: ignore[misc, valid-type]
        def blit(self, source: pygame.Surface, place: Any, *rest: Any, **named: Any) -> Any:
            record.put(self, source, place)
            return super().blit(source, place, *rest, **named)

        def fblits(self, blits: Any, *rest: Any) -> None:
            blits = list(blits)
            for source, place in blits:
                record.put(self, source, place)
            super().fblits(blits, *rest)

    def remember(words: str, *arguments: Any, **named: Any) -> pygame.Surface:
        surface = original(words, *arguments, **named)
        record.surfaces[id(surface)] = (words, surface)
        return surface

    def shorten(words: str, *arguments: Any, **named: Any) -> str:
        short = shortened(words, *arguments, **named)
        if short != words:
            record.cut.append(words)
        return short

    original, shortened = painter.text, controls.shorten
    monkeypatch.setattr(controls, "shorten", shorten)
    for module in (cell_content, painter, sides, controls, draw_tables):
        monkeypatch.setattr(module, "text", remember)
    monkeypatch.setattr(pygame, "Surface", Surface)
    return record


def check(drawn: Drawn, view: LessonView, where: str, *, covered: bool = False) -> None:
    drawn.words.clear()
    drawn.cut.clear()
    view.picture = view.draw()
    assert not drawn.cut, f"{where}: cut off: {drawn.cut}"
    if language.current() == "ko":
        english = {words for words, _, _ in drawn.words if re.search(r"[a-z]{3,}", NAMES.sub("", words))}
        assert english == set(), f"{where}: not in Korean"
    if not covered:
        check_overlap(drawn, where)


def check_overlap(drawn: Drawn, where: str) -> None:
    for surface in {id(surface): surface for _, _, surface in drawn.words}.values():
        here = [(words, rect) for words, rect, its in drawn.words if its is surface]
        rects = [rect for _, rect in here]
        for index, (words, rect) in enumerate(here):
            other = rect.collidelist(rects[index + 1 :])
            assert other < 0, f"{where}: {words!r} {rect} over {here[index + 1 + other]!r}"
