"""The window around an agent that plays: keys, bars, gauges, pictures of any shape."""

from pathlib import Path
from typing import Any

from common.networks.acting import Decision
from gridworld.window.drawing.painter import to_array
from gridworld.window.drawing.palette import AGENT, NEGATIVE
from gridworld.window.episodes.episode_lesson import EpisodeLesson
from gridworld.window.episodes.episode_view import EpisodeView
from gridworld.window.episodes.show_episodes import film_episodes
from gridworld.window.panels.controls import ACCENT
from tests.gridworld.window.hands import click, place, press

import imageio.v3 as imageio
import numpy as np
import pygame
import pytest

PROBABILITIES = Decision(1, "probabilities", np.array([0.25, 0.75]))


class Playing(EpisodeLesson):
    """Episodes of so many steps, one picture for all."""

    def __init__(self, decision: Decision = PROBABILITIES, shape: tuple[int, ...] = (40, 60, 3), **more: Any) -> None:
        super().__init__("playing", ["left", "right"], **more)
        self.now, self.frame = decision, np.full(shape, 200, np.uint8)
        self.made, self.news, self.asked = 0, False, 0

    @property
    def decision(self) -> Decision:
        return self.now

    def picture(self) -> np.ndarray | None:
        self.asked += 1
        return self.frame

    def take_news(self) -> bool:
        news, self.news = self.news, False
        return news

    def advance(self, steps: int) -> None:
        self.made += steps
        self.steps += steps
        self.over, self.ended = self.ended, self.steps >= 9

    def reset(self) -> None:
        super().reset()
        self.steps = 0


def view_of(*arguments: Any, size: tuple[int, int] = (900, 640), **more: Any) -> Any:
    return EpisodeView([Playing(*arguments, **more)], size)


def test_the_keys_are_those_of_every_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    view = view_of()
    press(view, pygame.K_SPACE)
    assert view.lesson.playing
    press(view, pygame.K_SPACE)
    assert not view.lesson.playing
    press(view, pygame.K_n)
    press(view, pygame.K_RIGHT)
    assert view.lesson.made == 2
    rate = view.commands.playback.rate
    press(view, pygame.K_PLUS, "+")
    assert view.commands.playback.rate > rate
    press(view, pygame.K_MINUS, "-")
    assert view.commands.playback.rate == rate
    press(view, pygame.K_h)
    assert view.commands.help_open
    press(view, pygame.K_RIGHT)
    assert not view.commands.help_open and view.lesson.made == 2, "any key closes the help and does no more"
    press(view, pygame.K_s)
    press(view, pygame.K_g)
    view.pass_time(0.2)
    press(view, pygame.K_g)
    assert {path.name for path in Path("recordings").iterdir()} == {"playing-001.png", "playing-001.gif"}
    press(view, pygame.K_r)
    assert view.lesson.steps == 0
    press(view, pygame.K_ESCAPE)
    assert not view.commands.running


def test_buttons_do_what_the_keys_do() -> None:
    view = view_of()
    click(view, place(view, "Step"))
    click(view, place(view, "Play"))
    assert view.lesson.made == 1 and view.lesson.playing


def test_it_plays_at_the_environments_own_pace_and_closes_behind_the_last_episode() -> None:
    view = view_of(frames_per_second=50.0)
    assert view.commands.playback.rate == 50 and view.commands.film_rate == 25
    press(view, pygame.K_SPACE)
    view.pass_time(0.1)
    assert view.lesson.made == 5
    for _ in range(2):
        view.pass_time(0.1)
    assert view.lesson.over and not view.commands.running


def test_news_are_drawn_though_nothing_plays() -> None:
    view = view_of()
    assert not view.pass_time(0.1)
    view.lesson.news = True
    assert view.pass_time(0.1) and not view.pass_time(0.1)


def test_the_environment_is_asked_for_a_picture_once_a_step() -> None:
    view = view_of()
    for _ in range(3):
        view.draw()
    assert view.lesson.asked == 1
    press(view, pygame.K_n)
    assert view.lesson.asked == 2


@pytest.mark.parametrize("shape", [(100, 300, 3), (900, 300, 3), (400, 600, 3)])
def test_frames_of_any_shape_fit_and_keep_it(shape: tuple[int, ...]) -> None:
    view = view_of(PROBABILITIES, shape)
    grey = (np.abs(to_array(view.picture)[:, : view.size[0] - 340].astype(int) - 200) < 3).all(axis=2)
    rows, columns = np.flatnonzero(grey.any(axis=1)), np.flatnonzero(grey.any(axis=0))
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert width / height == pytest.approx(shape[1] / shape[0], rel=0.02)
    assert max(width / 900, height / 640) > 0.4


def coloured(view: Any, colour: tuple[int, int, int], least: int = 13) -> np.ndarray:
    """Columns of the panel with at least so many pixels of a colour, below its buttons."""
    panel = (to_array(view.picture)[view.panel.body.top :, view.size[0] - 330 :] == colour).all(axis=2)
    return np.flatnonzero(panel.sum(axis=0) >= least)


def test_a_bar_is_as_long_as_its_probability() -> None:
    lengths = [
        len(coloured(view_of(Decision(1, "probabilities", np.array([1 - share, share]))), ACCENT))
        for share in (0.2, 0.4, 0.8)
    ]
    assert np.array(lengths) / lengths[0] == pytest.approx([1, 2, 4], rel=0.06)


def test_values_of_both_signs_stand_on_one_axis_with_zero() -> None:
    below = coloured(view_of(Decision(0, "action values", np.array([-3.0, 1.0]))), ACCENT)
    above = coloured(view_of(Decision(1, "action values", np.array([-3.0, 1.0]))), ACCENT)
    assert len(below) / len(above) == pytest.approx(3, rel=0.06) and abs(below[-1] - above[0]) <= 4


def test_an_exploratory_move_has_a_colour_of_its_own() -> None:
    assert len(coloured(view_of(Decision(0, "action values", np.array([1.0, 2.0]), explored=True)), AGENT)) > 20
    assert len(coloured(view_of(Decision(0, "action values", np.array([1.0, 2.0]))), AGENT)) == 0


BOUNDS = np.array([-2.0]), np.array([2.0])


@pytest.mark.parametrize("noise", [0.0, 0.4, 0.8, -0.8])
def test_noise_is_the_piece_between_the_policy_and_what_is_done(noise: float) -> None:
    view = view_of(Decision(np.array([0.5 + noise]), "action", np.array([0.5])), bounds=BOUNDS)
    columns = coloured(view, NEGATIVE, 8)
    if noise == 0:
        assert len(columns) == 0
        return
    whole = view.panel.body.width - 60  # of 4, from bound to bound, about
    assert len(columns) == pytest.approx(abs(noise) / 4 * whole, abs=12)


def test_an_action_beyond_the_bounds_is_drawn_at_the_bound() -> None:
    deviation = np.array([3.0])
    view_of(Decision(np.array([9.0]), "action", np.array([-7.0]), None, deviation), bounds=BOUNDS)


def test_a_film_has_every_step_and_stays_at_the_end(tmp_path: Path) -> None:
    film_episodes(Playing(frames_per_second=10.0), tmp_path / "film.gif")
    frames = imageio.improps(tmp_path / "film.gif", index=None).n_images
    lengths = [imageio.immeta(tmp_path / "film.gif", index=index)["duration"] for index in range(frames)]
    assert sum(lengths) == pytest.approx(1000 * (10 / 10 + 0.7)), "ten states, and 0.7 seconds"
