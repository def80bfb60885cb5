"""The lessons' pictures in the window: where each goes, and on which common scale."""

from __future__ import annotations

from collections.abc import Sequence

from common.language import titled
from gridworld.window.commands import Commands
from gridworld.window.drawing.grid_area import GridArea
from gridworld.window.drawing.painter import grid_area, paint
from gridworld.window.drawing.palette import INK, ValueScale, pygame, text_width, wrap
from gridworld.window.lesson import Lesson
from gridworld.window.panels.controls import SMALL, Easel

_TITLE_HEIGHT = 34


def draw_grids(easel: Easel, room: pygame.Rect, commands: Commands) -> list[tuple[pygame.Rect, GridArea]]:
    """Draw every lesson's map into the room; returns each one's place, and its cells within that place.

    Two have their titles above them.
    """
    title_height = easel.px(_TITLE_HEIGHT) if len(commands.lessons) > 1 else 0
    limit = _common_limit(commands) if len(commands.lessons) > 1 else None
    areas = []
    for lesson, snapshot, place in zip(
        commands.lessons, commands.snapshots, places(commands.lessons, room, title_height), strict=True
    ):
        if title_height:
            write_heading(easel, titled(lesson.title), place, title_height)
        rect = pygame.Rect(place.left, place.top + title_height, place.width, place.height - title_height)
        part = easel.surface.subsurface(rect)
        paint(lesson.world, snapshot, commands.layers, rect.size, easel.scale, limit, part)
        areas.append((rect, grid_area(lesson.world, snapshot, rect.size, easel.scale)))
    return areas


def write_heading(easel: Easel, words: str, place: pygame.Rect, height: int) -> None:
    """A lesson's title above its picture: in one line, or in two smaller ones where it is long."""
    room = place.width - easel.px(28)
    left = place.left + easel.px(14)
    if text_width(words, easel.px(16), strong=True) <= room:
        easel.write(words, (left, place.top + height * 0.6), 16, INK, room, strong=True)
        return
    for number, line in enumerate(wrap(words, easel.px(SMALL), room)[:2]):
        easel.write(line, (left, place.top + height * (0.27 + 0.46 * number)), SMALL, INK, room)


def places(lessons: Sequence[Lesson], room: pygame.Rect, title_height: int) -> list[pygame.Rect]:
    """Where each lesson goes: side by side, or one above the other where that makes wide maps larger."""
    count = len(lessons)
    width, height = room.width // count, room.height // count
    beside = [pygame.Rect(room.left + index * width, room.top, width, room.height) for index in range(count)]
    above = [pygame.Rect(room.left, room.top + index * height, room.width, height) for index in range(count)]

    def smallest_cell(rects: list[pygame.Rect]) -> float:
        return min(
            min(rect.width / lesson.world.width, (rect.height - title_height) / lesson.world.height)
            for lesson, rect in zip(lessons, rects, strict=True)
        )

    return above if smallest_cell(above) > smallest_cell(beside) else beside


def _common_limit(commands: Commands) -> float:
    """The end of the value scale for all lessons: the same colour means the same value in each."""
    layers, snapshots = commands.layers, commands.snapshots
    values = [snapshot.values if layers.values else None for snapshot in snapshots]
    action_values = [snapshot.action_values if layers.action_values else None for snapshot in snapshots]
    return ValueScale(*values, *action_values).limit
