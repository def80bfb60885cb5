"""Two lessons side by side."""

from collections.abc import Callable
from typing import Any

from gridworld.window.lesson_view import LessonView
from gridworld.world import GridWorld
from tests.gridworld.window.hands import cell, click, place, press

import pygame
import pytest

Make = Callable[..., Any]


@pytest.fixture
def two(counting: Make) -> LessonView:
    return LessonView([counting("First"), counting("Second")])


def test_two_lessons_share_controls_settings_and_edits(two: LessonView) -> None:
    first, second = two.lessons
    names = [control.name for control in two.controls]
    assert names.count("Press") == names.count("Rate") == 1
    press(two, pygame.K_n)
    click(two, place(two, "Press"))
    press(two, pygame.K_RIGHTBRACKET, "]")
    click(two, cell(two, 24, lesson=1))
    press(two, pygame.K_SPACE)
    two.pass_time(1.0)
    for lesson in (first, second):
        assert (lesson.steps, lesson.pressed, lesson.rate) == (9, 1, pytest.approx(0.52))
        assert lesson.world.is_wall(24)


def test_a_button_that_only_one_lesson_is_ready_for_leaves_the_other_alone(two: LessonView) -> None:
    first, second = two.lessons
    second.unlocked = True
    press(two, pygame.K_l)
    assert (first.pressed, second.pressed) == (0, 1)


def test_wide_maps_lie_one_above_the_other_and_others_side_by_side(counting: Make) -> None:
    cliff = GridWorld.load("cliff")
    wide = LessonView([counting(world=cliff), counting(world=cliff)])
    square = LessonView([counting(), counting()])
    assert wide.areas[0][0].left == wide.areas[1][0].left
    assert square.areas[0][0].top == square.areas[1][0].top
    for view in (wide, square):
        assert not view.areas[0][0].colliderect(view.areas[1][0])


def test_the_same_colour_means_the_same_value_in_both(counting: Make) -> None:
    small, large = counting(), counting()
    large.values = 10 * large.values
    two = LessonView([small, large])
    colours = []
    for index in range(2):
        x, y = cell(two, 24, index)
        colours.append(two.picture.get_at((int(x - two.areas[index][1].cell * 0.4), int(y)))[:3])
    light, dark = (sum(colour) for colour in colours)
    assert light > dark + 50


def test_maps_of_different_size_are_edited_one_by_one(counting: Make) -> None:
    two = LessonView([counting(), counting(world=GridWorld.random(7, 0))])
    click(two, cell(two, 24, lesson=0))
    assert two.lessons[0].world.is_wall(24)
    assert two.lessons[1].world == GridWorld.random(7, 0)
