"""Steering a learner by hand: it does what the key says, and learns from it what its own equation says."""

import importlib
from typing import Any

from gridworld import GridWorld
from gridworld.window.lesson_view import LessonView
from tabular.parts.learner_lesson import LearnerLesson
from tabular.parts.method import Method
from tabular.parts.trial import Trial
from tests.gridworld.window.hands import press

import numpy as np
import pygame
import pytest

UP, DOWN, LEFT, RIGHT = range(4)
LEARNERS = ["sarsa", "q_learning", "expected_sarsa", "double_q_learning", "sarsa_lambda", "dyna_q", "n_step_sarsa"]
LEARNERS += ["monte_carlo_control"]
WAY = (RIGHT, RIGHT, DOWN, DOWN)
"""From the start through a trap into the goal."""


def lesson_of(chapter: str, **options: Any) -> LearnerLesson:
    module = importlib.import_module(f"tabular.{chapter}")

    def make(method: Method, env: Any) -> Trial:
        return Trial(method.agent(env, seed=0), env, method.train, seed=0)

    method = module.method(module.Options(step_size=0.5, discount=0.9, **options))
    return LearnerLesson(GridWorld.load("course"), method, make, episodes=30, max_steps=100)


@pytest.mark.parametrize("chapter", LEARNERS)
def test_the_agent_goes_where_the_keys_say_and_learns_from_it(chapter: str) -> None:
    lesson = lesson_of(chapter)
    cells = []
    for action in WAY:
        lesson.steer(action)
        cells.append(lesson.snapshot().trail[-1])
    assert cells == [1, 2, 7, 12]
    assert (lesson.trial.returns, lesson.trial.lengths) == ([0.0], [4])
    visits = np.array(lesson.agent.visits)
    assert [visits[state, action] for state, action in zip((0, 1, 2, 7), WAY, strict=True)] == [1] * 4
    assert visits.sum() == 4, "it has learned from nothing else"
    lesson.steer(DOWN)
    assert lesson.snapshot().trail[-1] == 5, "another episode begins at the start"


def test_the_update_of_sarsa_holds_the_action_that_was_taken_next() -> None:
    lesson = lesson_of("sarsa")
    lesson.agent.fill(np.tile([1.0, 2.0, 3.0, 4.0], (25, 1)))
    lesson.steer(RIGHT)
    assert lesson.entry is None and "waits for your next action" in lesson.take_message()
    lesson.steer(DOWN)
    assert lesson.entry is not None
    assert lesson.entry.update[:2] == (0, RIGHT)
    assert lesson.entry.update.target == pytest.approx(0.9 * 2.0), "q(s', down), not the greedy 4"
    lesson.advance(1)
    assert lesson.entry.update[:2] == (1, DOWN), "the learner goes on from there, with what it was taught"


def test_q_learning_learns_at_once_from_the_best() -> None:
    lesson = lesson_of("q_learning")
    lesson.agent.fill(np.tile([1.0, 2.0, 3.0, 4.0], (25, 1)))
    lesson.steer(DOWN)
    assert lesson.entry is not None and lesson.entry.update.target == pytest.approx(0.9 * 4.0)
    assert lesson.entry.transition is not None and lesson.entry.transition.explored


@pytest.mark.parametrize("chapter", LEARNERS)
def test_the_hand_takes_over_in_the_middle_of_an_episode_and_gives_back(chapter: str) -> None:
    lesson = lesson_of(chapter)
    lesson.advance(3)
    state = lesson.env.state
    lesson.steer(LEFT)
    lesson.steer(LEFT)
    column = max(state % 5 - 2, 0)
    assert lesson.snapshot().trail[-1] in (state - state % 5 + column, 12)
    lesson.advance(20)
    assert lesson.trial.total_steps >= 20 and not lesson.record.has_taken


def test_a_learner_of_a_given_policy_cannot_be_steered() -> None:
    from gridworld.task import Task
    from tabular import td_prediction
    from tabular.parts.given_policy import uniform_policy

    def make(method: Method, env: Any) -> Trial:
        return Trial(method.agent(env, seed=0), env, method.train, seed=0)

    method = td_prediction.method(td_prediction.Options(), uniform_policy(Task("course")))
    lesson = LearnerLesson(GridWorld.load("course"), method, make, episodes=3, max_steps=100)
    lesson.steer(UP)
    assert lesson.take_message() == "this learner cannot be steered"
    assert lesson.trial.total_steps == 0


def test_an_arrow_key_steers_both_learners() -> None:
    view = LessonView([lesson_of("sarsa"), lesson_of("q_learning")])
    for key in (pygame.K_RIGHT, pygame.K_DOWN):
        press(view, key)
    assert [lesson.snapshot().trail[-1] for lesson in view.lessons] == [6, 6]
    assert "you took down" in view.commands.message
