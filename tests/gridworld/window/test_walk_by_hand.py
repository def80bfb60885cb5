"""python -m gridworld: the map under one's own feet."""

import subprocess
import sys
from pathlib import Path

from gridworld.__main__ import Options, main
from gridworld.window.lesson_view import LessonView
from gridworld.window.walk_by_hand import WalkByHand
from gridworld.world import GridWorld

import pygame
import pytest

ARROWS = (pygame.K_UP, pygame.K_DOWN, pygame.K_LEFT, pygame.K_RIGHT)
UP, DOWN, LEFT, RIGHT = ARROWS


def walk(view: LessonView, *keys: int) -> None:
    for key in keys:
        view.handle(pygame.Event(pygame.KEYDOWN, key=key, unicode="", mod=0))
        view.pass_time(0.0)


def status(lesson: WalkByHand) -> dict[str, str]:
    return dict(lesson.status())


def test_the_arrow_keys_walk_and_the_rewards_add_up() -> None:
    lesson = WalkByHand(GridWorld.load("course"))
    view = LessonView([lesson])
    walk(view, RIGHT, RIGHT, DOWN)
    assert status(lesson)["last move"] == "down, reward -1"
    assert view.commands.message == "down: reward -1, return -1"
    walk(view, DOWN)
    assert status(lesson)["return"] == "0"
    assert "over after 4 moves" in view.commands.message
    walk(view, UP)
    assert len(lesson.rewards) == 4
    walk(view, pygame.K_r)
    assert status(lesson)["moves"] == "0"
    assert status(lesson)["episodes finished"] == "1"


def test_running_into_the_edge_stays_and_pays_the_bump() -> None:
    world = GridWorld("S . G", {"G": GridWorld.load("course").cells["G"]}, step_reward=-1.0, bump_reward=-2.0)
    lesson = WalkByHand(world)
    walk(LessonView([lesson]), LEFT)
    assert lesson.snapshot().agent == 0
    assert lesson.rewards == [-3.0]


def test_the_fifth_action_has_a_key_where_there_is_one() -> None:
    lesson = WalkByHand(GridWorld("S . G", {"G": GridWorld.load("course").cells["G"]}, stay=True))
    walk(LessonView([lesson]), pygame.K_PERIOD)
    assert (lesson.snapshot().agent, len(lesson.rewards)) == (0, 1)


def test_an_edit_under_the_agent_sends_it_back_to_the_start() -> None:
    lesson = WalkByHand(GridWorld.load("course"))
    lesson.act(3)
    lesson.edit(lesson.world.with_cell(24, "#"))
    assert lesson.snapshot().agent == 1
    lesson.edit(lesson.world.with_cell(1, "#"))
    assert (lesson.snapshot().agent, lesson.rewards) == (0, [])
    lesson.edit(lesson.world.with_start(20))
    assert lesson.snapshot().agent == 20


def test_headless_prints_the_map_and_draws_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(Options(map="cliff", headless=True, record=tmp_path / "cliff.png"))
    assert capsys.readouterr().out.splitlines()[3].startswith("S C C")
    assert pygame.image.load(tmp_path / "cliff.png").get_width() > 600


def test_an_unknown_map_is_one_line_and_status_2() -> None:
    command = [sys.executable, "-m", "gridworld", "--map", "nowhere", "--headless"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "course" in done.stderr
