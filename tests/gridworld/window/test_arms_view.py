"""The window around bandits: an arm pulled by hand, the others' step, the truth, and keys that maps alone have."""

from pathlib import Path

from gridworld.window.arms_view import ArmsView
from gridworld.window.show import play_to_file
from tabular.bandit import LEARNERS, Options, train
from tabular.parts.bandits.lesson import HandLesson, LearnerLesson
from tests.gridworld.window.hands import click, place, press

import numpy as np
import pygame
import pytest


def lessons(**settings: float) -> list[HandLesson | LearnerLesson]:
    options = Options(pulls=50, **settings)  # type: ignore[arg-type]
    return [HandLesson(options), *(LearnerLesson(title, kind, train, options) for title, kind in LEARNERS.items())]


@pytest.fixture
def view() -> ArmsView:
    return ArmsView(lessons())


def pulled(view: ArmsView) -> list[int]:
    return [int(lesson.arms_picture().pulls.sum()) for lesson in view._arms_lessons()]


def test_a_digit_or_a_click_pulls_an_arm_and_each_of_the_others_one(view: ArmsView) -> None:
    press(view, pygame.K_7, "7")
    press(view, pygame.K_0, "0")
    click(view, view._columns[0][2].center)
    hand = view._arms_lessons()[0]
    assert hand.arms_picture().pulls.tolist() == [0, 0, 1, 0, 0, 0, 1, 0, 0, 1]
    assert pulled(view) == [3, 3, 3, 3] and "arm 3 paid" in view.commands.message
    click(view, view._columns[1][2].center)
    click(view, view._columns[0][2].center, button=3)
    assert pulled(view) == [3, 3, 3, 3], "the others' cards are not for the hand"


def test_all_have_the_same_arms_and_r_and_o_begin_again(view: ArmsView) -> None:
    means = [lesson.env.means for lesson in view.lessons]
    assert all((each == means[0]).all() for each in means)
    press(view, pygame.K_1, "1")
    press(view, pygame.K_r, "r")
    assert pulled(view) == [0, 0, 0, 0] and (view.lessons[2].env.means == means[0]).all()
    press(view, pygame.K_o, "o")
    again = [lesson.env.means for lesson in view.lessons]
    assert (again[0] != means[0]).all() and all((each == again[0]).all() for each in again)


def test_the_truth_is_hidden_until_t(view: ArmsView) -> None:
    hand = view._arms_lessons()[0]
    assert hand.arms_picture().means is None and len(hand.strips()) == 1
    press(view, pygame.K_1, "1")
    press(view, pygame.K_t, "t")
    assert (hand.arms_picture().means == view.lessons[0].env.means).all() and len(hand.strips()) == 2
    assert hand.status() == [("1 pulls", f"mean {hand.rewards[0]:.3f},  best arm 0 %")]


def test_play_and_sliders_are_the_learners_own(view: ArmsView) -> None:
    click(view, place(view, "Play"))
    for _ in range(100):
        view.pass_time(0.2)
    assert pulled(view) == [0, 50, 50, 50] and not view.commands.playing
    assert [setting.label for setting in view.commands.settings()] == [
        "epsilon",
        "step size, 0 is 1 / n",
        "UCB: confidence",
        "gradient: step size",
    ]
    view.commands.change(view.commands.settings()[1], 0.5)
    assert view.lessons[1].agent.options.step_size == view.lessons[2].agent.options.step_size == 0.5


def test_what_is_drawn_is_what_the_learner_knows(view: ArmsView) -> None:
    epsilon_greedy, ucb, gradient = view._arms_lessons()[1:]
    for _ in range(20):
        view.pull(0)
    picture = ucb.arms_picture()
    assert (picture.high - picture.values)[picture.pulls > 0] == pytest.approx(
        [bonus for bonus in view.lessons[2].agent.bonuses() if np.isfinite(bonus)]
    )
    assert gradient.arms_picture().probabilities == pytest.approx(view.lessons[3].agent.policy())
    known = epsilon_greedy.arms_picture()
    assert known.values[known.pulls > 0] == pytest.approx(np.array(view.lessons[1].agent.values)[known.pulls > 0])
    assert np.isnan(known.values[known.pulls == 0]).all()
    optimist = lessons(initial_value=5.0)[1]
    assert (optimist.arms_picture().values == 5).all(), "an optimist's values are there before any pull"
    drawn = ArmsView(lessons(initial_value=5.0, mean=-3.0))
    drawn.pull(2)
    assert drawn.draw().get_size() == drawn.size


def test_keys_of_maps_do_nothing_and_help_does_not_name_them(
    view: ArmsView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    press(view, pygame.K_w, "w")
    assert list(tmp_path.iterdir()) == []
    names = {control.name for control in view.controls}
    assert "Save" not in names and "Policy" not in names and {"Truth", "New arms", "Help", "Picture"} <= names
    press(view, pygame.K_h, "h")
    press(view, pygame.K_1, "1")
    assert not view.commands.help_open and pulled(view)[0] == 0


def test_small_windows_and_two_arms_are_drawn() -> None:
    for size in ((640, 480), (2400, 1500)):
        view = ArmsView(lessons(arms=2), size)
        view.pull(1)
        view.pull(5)
        assert view.draw().get_size() == size and pulled(view)[0] == 1


def test_a_film_shows_the_learners_play(tmp_path: Path) -> None:
    shown = lessons()
    play_to_file(shown, tmp_path / "b.png", 30, ArmsView)
    assert (tmp_path / "b.png").exists() and [len(each.rewards) for each in shown] == [0, 30, 30, 30]
