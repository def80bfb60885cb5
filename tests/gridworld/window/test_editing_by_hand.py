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


def test_the_wheel_turns_a_reward(view: LessonView, monkeypatch: pytest.MonkeyPatch) -> None:
    view.handle(pygame.Event(pygame.MOUSEWHEEL, x=0, y=1))
    mouse(view, pygame.MOUSEMOTION, cell(view, 7))
    for notches in (2, 1):
        view.handle(pygame.Event(pygame.MOUSEWHEEL, x=0, y=notches))
    assert view.commands.message.startswith("this cell now has the reward -0.8")
    monkeypatch.setattr("gridworld.window.lesson_view.shift_is_down", lambda: True)
    mouse(view, pygame.MOUSEMOTION, cell(view, 11))
    view.handle(pygame.Event(pygame.MOUSEWHEEL, x=1, y=0))
    assert view.commands.message == "every T now has the reward -0.9"


def test_slip_and_step_reward_change_while_it_runs_and_reset_puts_them_back(view: LessonView) -> None:
    settings = {setting.label: setting for setting in view.commands.settings()}
    view.commands.change(settings["slip"], 0.25)
    view.commands.change(settings["step reward"], -0.04)
    assert (lesson(view).world.slip, lesson(view).world.step_reward) == (0.25, -0.04)
    assert lesson(view).world.mdp().n_outcomes == 3
    click(view, cell(view, 24))
    press(view, pygame.K_r)
    assert (lesson(view).world.slip, lesson(view).world.step_reward) == (0.0, 0.0)
    assert lesson(view).world.is_wall(24), "the map as it was edited"


def test_the_wheel_over_the_panel_scrolls_it_and_every_control_comes_in_sight(view: LessonView) -> None:
    names = {control.name for control in view.controls}
    view.resize((640, 480), 1.0)
    view.pass_time(0.0)
    seen = {control.name for control in view.controls}
    assert view.panel.hidden > 0
    mouse(view, pygame.MOUSEMOTION, view.panel.body.center)
    for _ in range(20):
        view.handle(pygame.Event(pygame.MOUSEWHEEL, x=0, y=-1))
        view.pass_time(0.0)
        seen |= {control.name for control in view.controls}
    assert seen == names
    assert lesson(view).world == GridWorld.load("course")


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
