"""The window around a world that is no grid: its pictures in place of a map, with the same panel, keys and plots."""

from __future__ import annotations

from collections.abc import Sequence

from common.language import N_, titled
from gridworld.window.drawing.palette import pygame
from gridworld.window.lesson import Lesson
from gridworld.window.lesson_view import LessonView
from gridworld.window.panels.controls import Easel
from gridworld.window.panels.grid_pictures import write_heading
from gridworld.window.panels.help import Section
from gridworld.window.pictures.draw_charts import draw_chart
from gridworld.window.pictures.draw_diagrams import draw_diagram
from gridworld.window.pictures.draw_tables import draw_table
from gridworld.window.pictures.picture import Chart, Picture, Table
from gridworld.window.pictures.spots import Spots

_TITLE_HEIGHT = 34
_LEAST = (142, 100)
"""Points that a picture beside others needs, across and down."""


class PictureView(LessonView):
    """Lessons with pictures; two stand side by side. Pointing at a state reads it, in whichever picture it is."""

    hint = N_("Space plays, H helps.   Point at a state to read {it}.")
    help_section: Section = N_(("The pictures", (("point", "read a state in numbers"),)))

    def _pictures(self, easel: Easel, room: pygame.Rect) -> None:
        self._spots: list[tuple[Lesson, Spots]] = []
        width = room.width // len(self.lessons)
        for number, lesson in enumerate(self.lessons):
            place = pygame.Rect(room.left + number * width, room.top, width, room.height)
            if len(self.lessons) > 1:
                height = easel.px(_TITLE_HEIGHT)
                write_heading(easel, titled(lesson.title), place, height)
                place = pygame.Rect(place.left, place.top + height, width, place.height - height)
            self._draw(easel, place, lesson)

    def _draw(self, easel: Easel, room: pygame.Rect, lesson: Lesson) -> None:
        pictures = list(lesson.pictures())
        # A small window has room for the first of them only.
        while len(pictures) > 1 and not _has_room(easel, places(pictures, room, easel.px(10))):
            pictures.pop()
        for picture, place in zip(pictures, places(pictures, room, easel.px(10)), strict=True):
            spots: Spots | None = None
            if isinstance(picture, Table):
                spots = draw_table(easel, place, picture, numbers=self.commands.layers.numbers)
            elif isinstance(picture, Chart):
                spots = draw_chart(easel, place, picture)
            else:
                draw_diagram(easel, place, picture)
            if spots is None:
                continue
            self._spots.append((lesson, spots))
            if lesson.walk is not None:
                spots.follow(easel, lesson.walk.trail)

    def _cell_at(self, position: tuple[float, float] | None) -> tuple[Lesson, int] | None:
        return None

    def _pointed(self, position: tuple[float, float] | None) -> tuple[Lesson, int] | None:
        if position is None:
            return None
        for lesson, spots in self._spots:
            state = spots.state_at(*position)
            if state is not None:
                return lesson, state
        return None

    def _outline(self, easel: Easel, lesson: Lesson, state: int) -> None:
        for other, spots in self._spots:
            if other is lesson:
                spots.outline(easel, state)


class DiagramView(PictureView):
    """Lessons with too few states to point at."""

    hint = N_("Space plays, H helps.")
    help_section = N_(
        ("The pictures", (("arrows", "actions: blue above 0, orange below"), ("bars", "an action's value")))
    )


def _has_room(easel: Easel, rects: Sequence[pygame.Rect]) -> bool:
    return all(rect.width >= easel.px(_LEAST[0]) and rect.height >= easel.px(_LEAST[1]) for rect in rects)


def places(pictures: Sequence[Picture], room: pygame.Rect, gap: int) -> list[pygame.Rect]:
    """Where each goes: in the number of columns that leaves the smallest of them largest."""

    def grid(columns: int) -> list[pygame.Rect]:
        rows = -(-len(pictures) // columns)
        width, height = (room.width - gap * (columns + 1)) // columns, (room.height - gap * (rows + 1)) // rows
        return [
            pygame.Rect(
                room.left + gap + index % columns * (width + gap),
                room.top + gap + index // columns * (height + gap),
                width,
                height,
            )
            for index in range(len(pictures))
        ]

    def smallest(rects: list[pygame.Rect]) -> float:
        return min(min(rect.width / picture.aspect, rect.height) for picture, rect in zip(pictures, rects, strict=True))

    return max((grid(columns) for columns in range(1, len(pictures) + 1)), key=smallest)
