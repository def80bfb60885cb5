"""Traces in the window: a frame around each cell that has one, and a switch of its own."""

from gridworld.env import GridWorldEnv
from gridworld.window.drawing.layers import Layers
from gridworld.window.drawing.painter import grid_area, paint, to_array
from gridworld.window.drawing.palette import PAPER, RATIO, TRACE
from gridworld.window.lesson_view import LessonView
from gridworld.window.snapshot import Snapshot
from gridworld.world import GridWorld
from tabular import monte_carlo_off_policy_control, q_learning, sarsa_lambda
from tabular.parts.learner_lesson import LearnerLesson
from tabular.parts.method import Method
from tabular.parts.trial import Trial
from tests.gridworld.window.hands import press

import numpy as np
import pygame
import pytest

FLOOR = GridWorld(["S..", "..G"], {"G": GridWorld.load("course").cells["G"]})
SIZE = (600, 400)


def corner(snapshot: Snapshot, layers: Layers, state: int) -> tuple[int, ...]:
    """The colour a few pixels inside a cell's corner."""
    left, top, *_ = grid_area(FLOOR, snapshot, SIZE).cell_rect(state)
    return tuple(to_array(paint(FLOOR, snapshot, layers, SIZE))[top + 1, left + 1].tolist())


def test_a_cell_with_a_trace_has_a_frame() -> None:
    snapshot = Snapshot(traces=np.array([0.0, 1.0, 0.3, 0.001, 0.0, 0.0]))
    assert corner(snapshot, Layers(), 1) == TRACE
    assert corner(snapshot, Layers(), 2) not in (TRACE, PAPER)
    assert corner(snapshot, Layers(), 0) == corner(snapshot, Layers(), 3) == PAPER
    assert corner(snapshot, Layers(traces=False), 1) == PAPER


def test_weights_are_a_bar_and_the_return_that_runs_back_leaves_frames() -> None:
    """Cell 1 has all the weight, cell 2 little, cell 3 none; the return has come through cell 1 alone."""
    snapshot = Snapshot(weights=np.array([0.0, 100.0, 1.0, 0.0, 0.0, 0.0]), ratios={1: 5.0})
    for layers in (Layers(), Layers(weights=False)):
        drawn = to_array(paint(FLOOR, snapshot, layers, SIZE))
        bars = []
        for state in (1, 2, 3):
            left, top, side, _ = (round(each) for each in grid_area(FLOOR, snapshot, SIZE).cell_rect(state))
            row = drawn[top + side - 4, left : left + side - 2]
            bars.append(int((row != PAPER).any(axis=1).sum()) / side)
        if layers.weights:
            assert bars[0] > 0.95 and 0.1 < bars[1] < 0.2 and bars[2] < 0.02
        else:
            assert max(bars) < 0.02, "nothing but the line between the cells"
    assert corner(snapshot, Layers(), 1) == RATIO
    assert corner(snapshot, Layers(), 2) == corner(snapshot, Layers(weights=False), 1) == PAPER


def test_9_hides_the_weights_of_an_off_policy_learner() -> None:
    view = LessonView([lesson(monte_carlo_off_policy_control)])
    assert "Weights" in {control.name for control in view.controls} and view.commands.layers.weights
    press(view, pygame.K_9, "9")
    assert not view.commands.layers.weights
    assert "Weights" not in {control.name for control in LessonView([lesson(q_learning)]).controls}


def lesson(module: object) -> LearnerLesson:
    method = module.method(module.Options())  # type: ignore[attr-defined]
    world = GridWorld.load("course")

    def make(method: Method, env: GridWorldEnv) -> Trial:
        return Trial(method.agent(env, 0), env, method.train, 0)

    return LearnerLesson(world, method, make, episodes=5, max_steps=100)


def test_the_learners_traces_are_shown_and_7_hides_them() -> None:
    view = LessonView([lesson(sarsa_lambda)])
    view.lessons[0].advance(3)
    traces = view.lessons[0].snapshot().traces
    assert traces is not None and traces.max() == pytest.approx(0.81) and (traces > 0).sum() >= 1
    assert "Traces" in {control.name for control in view.controls} and view.commands.layers.traces
    press(view, pygame.K_7, "7")
    assert not view.commands.layers.traces


def test_a_learner_without_traces_has_no_switch_for_them() -> None:
    view = LessonView([lesson(q_learning)])
    assert "Traces" not in {control.name for control in view.controls}
    press(view, pygame.K_7, "7")
    assert view.commands.layers.traces, "there is nothing to hide"


def test_two_learners_with_two_truths_say_which() -> None:
    """SARSA tends to the best epsilon-soft values, Q-learning to the optimal ones."""
    truths = [lesson(module).strips()[1].truth for module in (sarsa_lambda, q_learning)]
    assert truths == ["the best epsilon-soft values", "the optimal values"]
