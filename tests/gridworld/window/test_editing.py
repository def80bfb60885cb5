"""Editing goes to every lesson or to none, and never stops the window."""

from collections.abc import Callable
from typing import Any

from gridworld.window.editing import Pencil, edit, next_letter, turn_wheel, with_reward
from gridworld.world import GridWorld

import pytest

Make = Callable[..., Any]


def test_a_cell_cycles_through_floor_wall_trap_goal_and_back(course: GridWorld) -> None:
    world, state, letters = course, 24, ["."]
    for _ in range(4):
        letter = next_letter(world, state)
        world = world.with_cell(state, letter)
        letters.append(letter)
    assert letters == [".", "#", "T", "G", "."]
    assert next_letter(course, state, backwards=True) == "G"


def test_what_is_learned_carries_over_an_edit(counting: Make) -> None:
    lesson = counting()
    lesson.steps, values = 7, lesson.values.copy()
    Pencil([lesson], 24)
    assert lesson.world.is_wall(24)
    assert (lesson.steps, lesson.values.tolist()) == (7, values.tolist())


def test_a_refused_edit_leaves_every_lesson_as_it_was(counting: Make) -> None:
    first, second = counting(), counting()
    second.refuses_edits = True
    assert edit([first, second], lambda world: world.with_cell(24, "#")) == "this lesson keeps its map"
    assert not first.world.is_wall(24)
    assert not second.world.is_wall(24)


def test_the_last_goal_stays_and_the_reason_is_told(counting: Make) -> None:
    lesson = counting()
    pencil = Pencil([lesson], 12)
    assert "no goal" in pencil.message
    assert lesson.world.is_terminal(12)


def test_a_drag_paints_on_with_the_same_letter_around_the_start(counting: Make) -> None:
    lesson = counting()
    pencil = Pencil([lesson], 10)
    assert not pencil.drag(10)
    for state in (5, 0, 1):
        pencil.drag(state)
    pencil.lift()
    assert [str(letter) for letter in lesson.world.letters.ravel()[[10, 5, 0, 1]]] == ["#", "#", "S", "#"]
    assert pencil.message == ""


def test_the_start_is_dragged_and_a_click_says_so(counting: Make) -> None:
    lesson = counting()
    pencil = Pencil([lesson], 0)
    pencil.lift()
    assert pencil.message == "this is the start: drag it to move it"
    pencil = Pencil([lesson], 0)
    for state in (1, 2, 3):
        pencil.drag(state)
    pencil.lift()
    assert lesson.world.starts == (3,)
    assert pencil.message == ""


def test_a_start_dragged_onto_the_goal_is_refused(counting: Make) -> None:
    lesson = counting()
    pencil = Pencil([lesson], 0)
    pencil.drag(12)
    assert "start" in pencil.message
    assert lesson.world.starts == (0,)


def test_the_wheel_changes_what_one_cell_pays_and_with_shift_all_of_its_letter(counting: Make) -> None:
    lesson = counting()
    assert turn_wheel([lesson], 7, 1).startswith("this cell now has the reward -0.9")
    mdp = lesson.world.mdp()
    assert (mdp.reward[2, 1, 0], mdp.reward[10, 3, 0]) == (-0.9, -1.0), "the other trap is as it was"
    assert turn_wheel([lesson], 11, 1, alike=True) == "every T now has the reward -0.9"
    assert lesson.world.mdp().reward[10, 3, 0] == -0.9
    assert turn_wheel([lesson], 12, -1, alike=True) == "every G now has the reward 0.9"
    assert lesson.world.starts == (0,)


def test_floor_and_start_may_pay_and_floor_that_does_not_is_floor_again(counting: Make) -> None:
    lesson = counting()
    before = lesson.world
    turn_wheel([lesson], 3, -1)
    mdp = lesson.world.mdp()
    assert mdp.reward[2, 3, 0] == -0.1 and mdp.reward[3, 3, 0] == 0.0
    turn_wheel([lesson], 3, 1)
    assert lesson.world.letters.tolist() == before.letters.tolist()
    turn_wheel([lesson], 0, 1)
    assert lesson.world.starts == (0,) and lesson.world.mdp().reward[1, 2, 0] == 0.1
    assert GridWorld.from_toml(lesson.world.to_toml()) == lesson.world


def test_turning_on_and_on_uses_one_letter(counting: Make) -> None:
    lesson = counting()
    for _ in range(12):
        turn_wheel([lesson], 24, 1)
    assert lesson.world.mdp().reward[23, 3, 0] == pytest.approx(1.2)
    assert len(lesson.world.cells) <= len(GridWorld.load("course").cells) + 1


def test_a_cell_that_is_left_with_a_reward_changes_that_one() -> None:
    world = with_reward(GridWorld.load("sutton-3-5"), 1, 1)
    assert world.mdp().reward[1, 0, 0] == 11


def test_a_wall_has_no_reward_to_change_and_floor_none_for_all(counting: Make) -> None:
    lesson = counting()
    before = lesson.world
    assert "set the step reward instead" in turn_wheel([lesson], 0, 1, alike=True)
    assert lesson.world is before
    lesson.edit(before.with_cell(24, "#"))
    assert "a wall is never entered" in turn_wheel([lesson], 24, 1)
