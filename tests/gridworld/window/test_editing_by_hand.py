"""Pointing at cells, and changing the map under a lesson."""

from pathlib import Path

from gridworld.window.drawing.painter import to_array
from gridworld.window.lesson_view import LessonView
from gridworld.world import GridWorld
from tests.gridworld.window.hands import cell, click, lesson, mouse, place, press

import numpy as np
import pygame
import pytest

pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


def test_hovering_reads_the_backup_and_leaving_clears_it(view: LessonView) -> None:
    plain = to_array(view.picture)
    mouse(view, pygame.MOUSEMOTION, cell(view, 6))
    hovered = to_array(view.picture)
    panel = slice(view.size[0] - 300, None)
    assert not np.array_equal(plain[:, panel], hovered[:, panel])
    view.handle(pygame.Event(pygame.WINDOWLEAVE))
    view.pass_time(0.0)
    assert np.array_equal(plain, to_array(view.picture))


def test_a_click_cycles_a_cell_forwards_and_the_right_button_backwards(view: LessonView) -> None:
    letters = []
    for _ in range(4):
        click(view, cell(view, 24))
        letters.append(str(lesson(view).world.letters[4, 4]))
    assert letters == ["#", "T", "G", "."]
    click(view, cell(view, 24), button=3)
    assert lesson(view).world.is_terminal(24)


def test_the_start_is_dragged(view: LessonView) -> None:
    mouse(view, pygame.MOUSEBUTTONDOWN, cell(view, 0))
    mouse(view, pygame.MOUSEMOTION, cell(view, 8))
    mouse(view, pygame.MOUSEMOTION, cell(view, 23))
    mouse(view, pygame.MOUSEBUTTONUP, cell(view, 23))
    mouse(view, pygame.MOUSEMOTION, cell(view, 4))
    assert lesson(view).world.starts == (23,)


def test_the_wheel_turns_a_reward(view: LessonView) -> None:
    view.handle(pygame.Event(pygame.MOUSEWHEEL, x=0, y=1))
    mouse(view, pygame.MOUSEMOTION, cell(view, 7))
    for notches in (2, 1):
        view.handle(pygame.Event(pygame.MOUSEWHEEL, x=0, y=notches))
    assert view.commands.message == "every T now has the reward -0.8"


def test_an_edit_that_cannot_be_is_a_message(view: LessonView) -> None:
    click(view, cell(view, 12))
    assert "no goal" in view.commands.message
    lesson(view).refuses_edits = True
    click(view, cell(view, 24))
    assert view.commands.message == "this lesson keeps its map"


def test_editing_goes_on_while_the_lesson_plays(view: LessonView) -> None:
    press(view, pygame.K_SPACE)
    view.pass_time(0.5)
    click(view, cell(view, 24))
    view.pass_time(0.5)
    assert lesson(view).steps == 8
    assert lesson(view).playing


def test_the_edited_map_is_saved_and_loads_again(view: LessonView) -> None:
    click(view, cell(view, 24))
    press(view, pygame.K_w)
    click(view, place(view, "Save"))
    saved = sorted(Path("recordings").glob("*.toml"))
    assert [path.name for path in saved] == ["course-001.toml", "course-002.toml"]
    assert str(saved[1]) in view.commands.message
    assert GridWorld.load(saved[0]) == lesson(view).world
