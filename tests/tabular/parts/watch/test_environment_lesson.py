"""Environments without a map of ours: which state and which action the picture shows where."""

from pathlib import Path
from typing import Any

from common.errors import UserError
from gridworld.actions import DIRECTIONS
from gridworld.env import MDPEnv
from gridworld.mdp import MDP
from gridworld.problems.blackjack import state_of
from gridworld.problems.racetrack import ACCELERATIONS
from gridworld.task import Task
from gridworld.window.lesson_view import LessonView
from tabular import monte_carlo_off_policy_control, q_learning
from tabular.parts.experiment import Experiment
from tabular.parts.method import Method
from tabular.parts.trial import Trial
from tabular.parts.watch.boards import board
from tabular.parts.watch.environment_lesson import EnvironmentLesson
from tests.drawn_words import Drawn, check
from tests.gridworld.window.hands import cell, click, press

import gymnasium
import numpy as np
import pygame
import pytest

TREADMILL = MDP([[[0]]], [[[1.0]]], [[[1.0]]], [[[False]]], [1.0])
"""One state that leads to itself for ever and pays 1 a step."""
BOARDS = ["FrozenLake-v1", "CliffWalking-v1", "Taxi-v4", "Blackjack-v1", "gridworld:SuttonBlackjack-v0"]


def lesson_of(env: str, chapter: Any = q_learning, env_args: tuple[str, ...] = (), **options: Any) -> EnvironmentLesson:
    task = Task("course", env, env_args=env_args)

    def make(method: Method, env: Any) -> Trial:
        return Trial(method.agent(env, 0), env, method.train, 0)

    drawn = board(task.gymnasium_environment())
    assert drawn is not None
    method = chapter.method(chapter.Options(step_size=0.5, **options))
    return EnvironmentLesson(task, drawn, method, make, episodes=5000, max_steps=task.max_steps)


@pytest.mark.parametrize("env", BOARDS[:3])
def test_a_move_of_the_picture_leads_where_its_action_leads(env: str) -> None:
    """Wherever an action is certain to bring the agent to another cell, it is the one that the arrow points at."""
    lesson, checked = lesson_of(env), 0
    drawn, mdp = lesson._board, lesson._task.mdp
    assert mdp is not None
    aside = 2 if env == "Taxi-v4" else 1
    steps = (-drawn.world.width, drawn.world.width, -aside, aside)
    states = drawn.states(0)
    for at, state in enumerate(states.tolist()):
        for step, action in zip(steps, drawn.moves, strict=True):
            if state < 0 or mdp.terminated[state].all():
                continue
            # FrozenLake slips to both sides: what was meant is the middle one of its three outcomes.
            reached = int(mdp.next_state[state, action, 1 if mdp.n_outcomes == 3 else 0])
            fell = env == "CliffWalking-v1" and reached == 36 and at + step != 36
            if reached != state and not fell:
                assert int(np.flatnonzero(states == reached)[0]) == at + step
                checked += 1
    assert checked > 20


def test_blackjack_has_a_table_with_and_one_without_a_usable_ace() -> None:
    lesson = lesson_of("Blackjack-v1")
    table = lesson.agent.action_values
    encode = lesson._task.gymnasium_environment().encode
    table[encode((20, 10, 0))] = [0.9, -0.9]
    table[encode((13, 2, 1))] = [-0.3, 0.2]
    lesson.agent.fill(table)
    snapshot = lesson.snapshot()
    assert snapshot.values is not None and snapshot.policy is not None and snapshot.action_values is None
    values, policy = snapshot.values.reshape(10, 21), snapshot.policy.reshape(10, 21, 5)
    assert values[1, 9] == 0.9 and policy[1, 9].tolist() == [0, 0, 0, 0, 1], "20 against ten: the disc, stick"
    assert values[8, 12] == 0.2 and policy[8, 12].tolist() == [1, 0, 0, 0, 0], "soft 13 against two: the arrow, hit"
    assert lesson.backup(1 * 21 + 9)[0].endswith("20 against 10")
    assert np.isnan(lesson.errors[0]) and len(lesson.strips()) == 1


def test_around_the_hands_stand_their_sums_and_the_dealers_cards_where_there_is_room(drawn: Drawn) -> None:
    view = LessonView([lesson_of("Blackjack-v1")], (1216, 792))
    check(drawn, view, "at first")
    said = [words for words, _, _ in drawn.words]
    assert said.count("no usable ace") == said.count("a usable ace") == said.count("your sum") == 1
    assert said.count("dealer's card") == said.count("A") == 2
    place, area = view.areas[0]
    for total, row in (("21", 0), ("12", 9)):
        middle = place.top + area.middle(row * 21)[1]
        (beside,) = (rect for words, rect, _ in drawn.words if words == total and rect.right < place.left + area.left)
        assert abs(beside.centery - middle) <= 2
    drawn.words.clear()
    small = LessonView([lesson_of("Blackjack-v1")], (640, 480))
    assert small.areas[0][1].cell >= 9, "cells before words"


def test_the_books_blackjack_stands_where_gymnasiums_does() -> None:
    lesson = lesson_of("gridworld:SuttonBlackjack-v0")
    table = lesson.agent.action_values
    table[state_of(20, 10, False)] = [0.9, -0.9]
    table[state_of(13, 2, True)] = [-0.3, 0.2]
    lesson.agent.fill(table)
    snapshot = lesson.snapshot()
    assert snapshot.values is not None and snapshot.policy is not None
    values, policy = snapshot.values.reshape(10, 21), snapshot.policy.reshape(10, 21, 5)
    assert values[1, 9] == 0.9 and policy[1, 9].tolist() == [0, 0, 0, 0, 1]
    assert values[8, 12] == 0.2 and policy[8, 12].tolist() == [1, 0, 0, 0, 0]
    assert lesson.backup(1 * 21 + 9)[0].endswith("20 against 10")
    assert lesson._board.place(200) == "the hand is over"


TRACK = """
grid = '''
# . F
. . #
. . #
S S #
'''
[cells.F]
terminal = true
"""


@pytest.fixture
def race(tmp_path: Path) -> EnvironmentLesson:
    """Off-policy Monte Carlo control on a small track without noise."""
    (tmp_path / "track.toml").write_text(TRACK, encoding="utf-8")
    settings = (f"map={tmp_path / 'track.toml'}", "noise=0")
    return lesson_of("gridworld:Racetrack-v0", monte_carlo_off_policy_control, settings, discount=1.0, epsilon=0.5)


def test_a_car_is_shown_where_it_is_with_the_speed_that_it_has(race: EnvironmentLesson) -> None:
    view = LessonView([race], (700, 700))
    track = race._task.track
    assert track is not None
    press(view, pygame.K_UP)
    step = race.record.transition
    assert step is not None and track.parts_of(step.next_state) == (track.parts_of(step.state)[0] - 3, 1, 0)
    assert race.snapshot().agent == track.parts_of(step.next_state)[0]
    shown = race._board.states(step.next_state)
    assert [track.parts_of(state)[1:] for state in shown.tolist() if state >= 0] == [(1, 0)] * len(track.cells)
    assert (shown < 0).tolist() == track.world.where("wall").ravel().tolist()
    row, column = track.world.row_column(track.parts_of(step.next_state)[0])
    assert race._board.place(step.next_state) == f"({row}, {column}) going (1, 0)"
    press(view, pygame.K_LEFT)
    trail = race.snapshot().trail
    assert trail == (race._board.cell_of(step.next_state), race.snapshot().agent)


def test_an_arrow_points_where_its_action_accelerates(race: EnvironmentLesson) -> None:
    for move, action in enumerate(race._board.moves):
        down, right = DIRECTIONS[move]
        assert ACCELERATIONS[action] == (-down, right)
    assert race._board.actions[race._board.moves[0]] == "(+1, +0)"


def test_a_crash_leaves_the_way_behind_and_the_dotted_line_is_the_greedy_way(race: EnvironmentLesson) -> None:
    view = LessonView([race], (700, 700))
    press(view, pygame.K_RIGHT)
    press(view, pygame.K_RIGHT)
    track = race._task.track
    assert track is not None and race.record.state in track.starts
    assert race.snapshot().trail == (race.snapshot().agent,)
    table = race.agent.action_values
    up, coast, right = (ACCELERATIONS.index(by) for by in ((1, 0), (0, 0), (-1, 1)))
    first = track.starts[1]
    for state, action in (
        (first, up),
        (track.state_of(7, 1, 0), coast),
        (track.state_of(4, 1, 0), coast),
        (track.state_of(1, 1, 0), right),
    ):
        table[state, action] = 1.0
    race.agent.fill(table)
    assert race._board.path is not None and race._board.path(table, first) == [10, 7, 4, 1, 2]
    assert race.snapshot().path is not None and race.shows_path and not race.counts_falls


def test_the_weights_of_a_race_run_back_along_its_way(race: EnvironmentLesson) -> None:
    """Entry by entry: the first weighs 1, each cell that was passed keeps its own, and C grows with them."""
    race.agent.fill(np.full_like(race.agent.action_values, -9.0))
    while race.pending < 2:
        race.advance(1)
        assert race.trial.total_steps < 5000
    entries = [race.entry, *race._replay]
    ratios = []
    for entry in entries:
        assert entry is not None and race.entry is entry and entry.ratio is not None and entry.weights is not None
        ratios.append(entry.ratio)
        snapshot = race.snapshot()
        track = race._task.track
        assert snapshot.weights is not None and track is not None
        here = track.parts_of(entry.update.state)[0]
        assert snapshot.ratios[here] == entry.ratio
        if race.pending:  # once none is left the board is again that of the car's present speed
            assert snapshot.weights[here] >= entry.weights * (1 - 1e-9)
        rows = dict(race.status())
        assert rows["weight W"] == f"{entry.ratio:.3g}" and rows["weights C(s, a)"] == f"{entry.weights:.3g}"
        race.advance(1)
    assert ratios[0] == 1 and (np.diff(ratios) > 0).all()


@pytest.mark.parametrize("env", BOARDS)
def test_it_learns_in_the_window_and_its_map_is_its_own(env: str) -> None:
    lesson = lesson_of(env)
    view = LessonView([lesson], (900, 700))
    before = lesson.world
    view.pass_time(0.0)
    assert view.commands.message == f"{lesson._board.note}; Space plays"
    press(view, pygame.K_w)
    assert "has no file" in view.commands.message
    click(view, cell(view, 0))
    assert lesson.world is before
    with pytest.raises(UserError, match="only maps can be changed"):
        lesson.edit(before)
    for _ in range(5):
        press(view, pygame.K_n)
    lesson.advance(1000)
    press(view, pygame.K_UP)
    assert lesson.trial.total_steps >= 1001
    snapshot = lesson.snapshot()
    assert snapshot.visits is not None and snapshot.visits.sum() > 0
    assert {setting.label for setting in view.commands.settings()} == {"discount", "step size", "epsilon"}
    assert "Move" not in {button.label for button in view.commands.buttons()}
    press(view, pygame.K_r)
    assert lesson.trial.total_steps == 0


def test_where_there_is_no_picture_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    monkeypatch.setattr("tabular.parts.experiment.has_display", lambda: True)
    gymnasium.register("Treadmill-v0", lambda: MDPEnv(TREADMILL))
    options = q_learning.Options(env="Treadmill-v0", episodes=1, max_steps=20, out=tmp_path)
    assert Experiment("q_learning", options).run(q_learning.method(options)) == 0
    said = capsys.readouterr().out
    assert said.startswith("there is no picture of Treadmill-v0 to learn in, so no window is opened\n")
