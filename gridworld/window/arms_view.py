"""The window around bandits: cards of arms in place of a map; a click or a digit pulls an arm by hand."""

from __future__ import annotations

from common.language import N_
from gridworld.window.arms import ArmsLesson
from gridworld.window.drawing.palette import pygame
from gridworld.window.keyboard import key_name
from gridworld.window.lesson import Lesson
from gridworld.window.lesson_view import LessonView
from gridworld.window.panels.arms_cards import draw_cards
from gridworld.window.panels.controls import Easel


class ArmsView(LessonView):
    """Lessons whose actions are arms. Every pull by hand lets each of the others make one step."""

    help_section = N_(("Arms", (("1 ... 9, 0", "pull that arm by hand"), ("click", "the same, on your card"))))
    hint = N_("Space plays, H helps.   Pull an arm of your card, or let the others play: all have the same arms.")

    def _pictures(self, easel: Easel, room: pygame.Rect) -> None:
        self._columns = draw_cards(easel, room, self._arms_lessons())

    def _arms_lessons(self) -> list[ArmsLesson]:
        return [lesson for lesson in self.lessons if isinstance(lesson, ArmsLesson)]

    def _cell_at(self, position: tuple[float, float] | None) -> tuple[Lesson, int] | None:
        return None

    def _key(self, event: pygame.Event) -> None:
        key = key_name(event)
        if self.commands.help_open or not key.isdigit():
            super()._key(event)
        elif not event.mod & (pygame.KMOD_CTRL | pygame.KMOD_META):
            self.pull((int(key) - 1) % 10)
        else:
            super()._key(event)

    def _press(self, position: tuple[float, float], right: bool) -> None:
        for lesson, columns in zip(self._arms_lessons(), self._columns, strict=True):
            for arm, column in enumerate(columns):
                if lesson.by_hand and not right and not self.commands.help_open and column.collidepoint(position):
                    self.pull(arm)
                    return
        super()._press(position, right)

    def pull(self, arm: int) -> None:
        """Pull an arm (from 0) by hand; the other lessons make one step each."""
        for lesson in self._arms_lessons():
            if not lesson.by_hand:
                lesson.advance(1)
            elif arm < len(lesson.arms_picture().pulls):
                lesson.pull(arm)
