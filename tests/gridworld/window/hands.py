"""A user's hands on a window: keys, the mouse, and where things are."""

from typing import Any

from gridworld.window.lesson_view import LessonView

import pygame


def press(view: LessonView, key: int, typed: str = "", mod: int = 0) -> None:
    view.handle(pygame.Event(pygame.KEYDOWN, key=key, unicode=typed, mod=mod))
    view.pass_time(0.0)


def mouse(view: LessonView, kind: int, position: tuple[float, float], button: int = 1) -> None:
    view.handle(pygame.Event(kind, pos=position, button=button))
    view.pass_time(0.0)


def click(view: LessonView, position: tuple[float, float], button: int = 1) -> None:
    mouse(view, pygame.MOUSEBUTTONDOWN, position, button)
    mouse(view, pygame.MOUSEBUTTONUP, position, button)


def place(view: LessonView, name: str) -> tuple[int, int]:
    return next(control.rect.center for control in view.controls if control.name == name)


def cell(view: LessonView, state: int, lesson: int = 0) -> tuple[float, float]:
    rect, area = view.areas[lesson]
    x, y = area.middle(state)
    return rect.left + x, rect.top + y


def lesson(view: LessonView) -> Any:
    return view.lessons[0]
