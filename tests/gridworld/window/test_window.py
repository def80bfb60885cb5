"""The window, driven by the events that a user's hands would cause; no display is needed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from common.errors import UserError
from gridworld.window.commands import LAYERS
from gridworld.window.drawing.painter import to_array
from gridworld.window.lesson_view import LessonView
from gridworld.window.show import in_pixels
from gridworld.world import GridWorld
from tests.gridworld.window.hands import click, lesson, mouse, place, press

import numpy as np
import pygame
import pytest

Make = Callable[..., Any]


# Playing


def test_space_plays_and_pauses(view: LessonView) -> None:
    press(view, pygame.K_SPACE)
    assert view.busy
    view.pass_time(1.0)
    assert lesson(view).steps == 8
    press(view, pygame.K_SPACE)
    assert not view.busy
    view.pass_time(1.0)
    assert lesson(view).steps == 8


def test_play_and_step_by_the_mouse(view: LessonView) -> None:
    click(view, place(view, "Step"))
    assert lesson(view).steps == 1
    click(view, place(view, "Play"))
    assert lesson(view).playing
    click(view, place(view, "Step"))
    assert (lesson(view).steps, lesson(view).playing) == (2, False)


def test_n_makes_one_step_and_r_begins_again(view: LessonView) -> None:
    press(view, pygame.K_n)
    press(view, pygame.K_n)
    assert lesson(view).steps == 2
    press(view, pygame.K_r)
    assert lesson(view).steps == 0
    press(view, pygame.K_n)
    click(view, place(view, "Reset"))
    assert lesson(view).steps == 0


def test_play_is_locked_once_nothing_is_left(counting: Make) -> None:
    view = LessonView([counting(last_step=1)])
    press(view, pygame.K_n)
    click(view, place(view, "Play"))
    click(view, place(view, "Step"))
    press(view, pygame.K_SPACE)
    assert not lesson(view).playing
    assert lesson(view).steps == 1
    assert "press R" in view.commands.message


@pytest.mark.parametrize(("key", "typed"), [(pygame.K_EQUALS, "+"), (pygame.K_KP_PLUS, "+"), (pygame.K_EQUALS, "=")])
def test_plus_and_minus_change_the_speed(view: LessonView, key: int, typed: str) -> None:
    playback = view.commands.playback
    before = playback.rate
    press(view, key, typed)
    assert playback.rate > before
    press(view, pygame.K_MINUS, "-")
    assert playback.rate == before
    click(view, place(view, "+"))
    assert playback.rate > before
    click(view, place(view, "-"))
    assert playback.rate == before


# The lesson's own controls


def test_a_button_by_mouse_and_by_key(view: LessonView) -> None:
    click(view, place(view, "Press"))
    press(view, pygame.K_p)
    assert lesson(view).pressed == 2


def test_a_locked_button_is_deaf_until_it_is_ready(view: LessonView) -> None:
    click(view, place(view, "Locked"))
    press(view, pygame.K_l)
    assert lesson(view).pressed == 0
    lesson(view).unlocked = True
    view.draw()
    view.picture = view.draw()
    click(view, place(view, "Locked"))
    press(view, pygame.K_l)
    assert lesson(view).pressed == 2


def test_the_right_button_presses_no_control(view: LessonView) -> None:
    click(view, place(view, "Press"), button=3)
    assert lesson(view).pressed == 0


def test_move_walks_and_says_that_the_policy_loops(view: LessonView) -> None:
    press(view, pygame.K_m)
    assert view.busy
    seen = []
    for _ in range(40):
        view.pass_time(0.125)
        seen.append(lesson(view).shown().agent)
    assert not view.busy
    assert seen[:5] == [1, 2, 3, 4, 4]
    assert view.commands.message == "the policy loops: stopped after 5 moves"
    press(view, pygame.K_n)
    assert lesson(view).shown().agent is None


def test_a_slider_is_dragged_and_stays_within_its_bounds(view: LessonView) -> None:
    track = next(control.rect for control in view.controls if control.name == "Rate")
    mouse(view, pygame.MOUSEBUTTONDOWN, (track.left + track.width // 4, track.centery))
    assert lesson(view).rate == pytest.approx(0.25, abs=0.02)
    mouse(view, pygame.MOUSEMOTION, (track.left + track.width * 0.7, track.centery + 200))
    assert lesson(view).rate == pytest.approx(0.7, abs=0.02)
    mouse(view, pygame.MOUSEMOTION, (track.left - 500, track.centery))
    assert lesson(view).rate == 0.0
    mouse(view, pygame.MOUSEBUTTONUP, (track.left - 500, track.centery))
    mouse(view, pygame.MOUSEMOTION, (track.right, track.centery))
    assert lesson(view).rate == 0.0


def test_the_keyboard_moves_the_selected_slider(view: LessonView) -> None:
    press(view, pygame.K_RIGHTBRACKET, "]")
    assert lesson(view).rate == pytest.approx(0.52)
    press(view, pygame.K_LEFTBRACKET, "[")
    press(view, pygame.K_TAB)
    press(view, pygame.K_RIGHTBRACKET, "]")
    assert lesson(view).rate == pytest.approx(0.5)
    assert view.commands.message == "Other is 3"


def test_a_refused_setting_is_a_message(view: LessonView) -> None:
    track = next(control.rect for control in view.controls if control.name == "Rate")
    click(view, (track.right - 1, track.centery))
    assert view.commands.message == "the rate must stay below 0.95"
    assert lesson(view).rate == 0.5


def test_a_lesson_that_cannot_go_on_says_so_and_pauses(view: LessonView) -> None:
    def refuse(steps: int) -> None:
        raise UserError("the values do not converge")

    lesson(view).advance = refuse
    for key in (pygame.K_n, pygame.K_SPACE):
        view.commands.message = ""
        press(view, key)
        view.pass_time(1.0)
        assert view.commands.message == "the values do not converge"
        assert not lesson(view).playing


# Layers and help


@pytest.mark.parametrize("switch", LAYERS, ids=lambda each: each.field)
def test_every_layer_by_key_and_by_mouse(view: LessonView, switch: Any) -> None:
    before = view.commands.layers
    press(view, ord(switch.key))
    assert view.commands.layers == replace(before, **{switch.field: not getattr(before, switch.field)})
    click(view, place(view, switch.label))
    assert view.commands.layers == before


def test_a_layer_without_anything_to_show_is_locked(course: GridWorld) -> None:
    from gridworld.window.lesson import Lesson

    view = LessonView([Lesson("Empty", course)])
    before = view.commands.layers
    click(view, place(view, "State values"))
    press(view, pygame.K_4)
    assert view.commands.layers == before


def test_help_opens_over_everything_and_any_key_or_click_closes_it(view: LessonView) -> None:
    plain = to_array(view.picture)
    press(view, pygame.K_h)
    assert not np.array_equal(plain, to_array(view.picture))
    press(view, pygame.K_p)
    assert (view.commands.help_open, lesson(view).pressed) == (False, 0)
    click(view, place(view, "Help"))
    assert view.commands.help_open
    click(view, place(view, "Press"))
    assert (view.commands.help_open, lesson(view).pressed) == (False, 0)
    press(view, pygame.K_h)
    press(view, pygame.K_ESCAPE)
    assert (view.commands.help_open, view.commands.running) == (False, True)


# The window as such


@pytest.mark.parametrize("event", [pygame.QUIT, pygame.WINDOWCLOSE])
def test_closing_and_escape_end_it(view: LessonView, counting: Make, event: int) -> None:
    view.handle(pygame.Event(event))
    assert not view.commands.running
    other = LessonView([counting()])
    press(other, pygame.K_ESCAPE)
    assert not other.commands.running


@pytest.mark.parametrize("size", [(640, 480), (700, 1200), (1900, 600), (2480, 1720)])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_any_size_keeps_every_control_within_reach(view: LessonView, size: tuple[int, int], scale: float) -> None:
    names = {control.name for control in view.controls}
    view.resize((round(size[0] * scale), round(size[1] * scale)), scale)
    assert view.pass_time(0.0)
    assert view.picture.get_size() == view.size
    seen = set()
    mouse(view, pygame.MOUSEMOTION, view.panel.body.center)
    for _ in range(20):
        seen |= {control.name for control in view.controls}
        bounds = view.picture.get_rect()
        assert all(bounds.contains(control.rect) for control in view.controls)
        for index, control in enumerate(view.controls):
            for other in view.controls[index + 1 :]:
                assert not control.rect.colliderect(other.rect), (control.name, other.name)
        if seen == names:
            break
        view.handle(pygame.Event(pygame.MOUSEWHEEL, x=0, y=-1))
        view.pass_time(0.0)
    assert seen == names


def test_nothing_is_drawn_again_while_nothing_happens(view: LessonView) -> None:
    view.pass_time(0.1)
    assert not view.pass_time(0.1)


def test_ctrl_plus_enlarges_the_text_alone(view: LessonView) -> None:
    before = view.controls[0].rect.height
    view.resize((1600, 1600), 1.0)
    press(view, pygame.K_EQUALS, "+", pygame.KMOD_LCTRL)
    press(view, pygame.K_EQUALS, "+", pygame.KMOD_LCTRL)
    assert view.controls[0].rect.height > before
    press(view, pygame.K_0, "0", pygame.KMOD_LCTRL)
    assert view.controls[0].rect.height == before


def test_events_of_a_high_resolution_display_are_told_in_pixels() -> None:
    event = pygame.Event(pygame.MOUSEMOTION, pos=(10, 20), rel=(0, 0), buttons=(0, 0, 0))
    assert in_pixels(event, 2.0).pos == (20, 40)
    key = pygame.Event(pygame.KEYDOWN, key=pygame.K_a)
    assert in_pixels(key, 2.0) is key
