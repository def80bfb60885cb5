"""Learners stepped together are the same learners as one by one."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

from common.errors import UserError
from dp.parts.exact import optimal_action_values
from gridworld import MDP, GridWorld
from gridworld.env import MDPEnv
from tabular import expected_sarsa, q_learning, sarsa
from tabular.parts.table_agent import ActionTable
from tabular.parts.trial import Trial
from tabular.parts.vector import Bootstrap, VectorLearner, _Choice, best_value, expected_value, next_value

import numpy as np
import pytest

SLIPPERY = GridWorld.load("slippery").mdp()
CLIFF = GridWorld.load("cliff").mdp()
KINDS: dict[str, tuple[Any, Bootstrap]] = {
    "SARSA": (sarsa, next_value),
    "Expected SARSA": (expected_sarsa, expected_value),
    "Q-learning": (q_learning, best_value),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mdp", [SLIPPERY, CLIFF], ids=["slippery", "cliff"])
def test_the_same_statistics_as_one_by_one(kind: str, mdp: MDP) -> None:
    """Means of returns, lengths and table entries over 300 learners of each sort differ by no more than chance."""
    chapter, bootstrap = KINDS[kind]
    learners, episodes, limit = 300, 10, 60
    options = chapter.Options(
        step_size=0.3, step_size_decay=0.1, epsilon=0.3, epsilon_decay=0.999, epsilon_final=0.1, seeds=learners
    )
    runs = VectorLearner(mdp, bootstrap, options, limit).run(episodes)
    trials = []
    for seed in range(learners):
        env = MDPEnv(mdp, limit)
        trial = Trial(ActionTable(env, replace(options, seed=seed)), env, chapter.train, seed)
        for _ in range(episodes):
            trial.episode()
        trials.append(trial)
    for together, alone in (
        (runs.returns, np.array([trial.returns for trial in trials])),
        (runs.lengths, np.array([trial.lengths for trial in trials])),
        (runs.action_values, np.array([trial.agent.action_values for trial in trials])),
    ):
        spread = np.sqrt((together.var(axis=0) + alone.var(axis=0)) / learners)
        difference = np.abs(together.mean(axis=0) - alone.mean(axis=0))
        settled = spread > 1e-9
        assert (difference[~settled] < 1e-9).all()
        # Four and a half standard errors: chance passes them once in 150,000 comparisons.
        assert (difference[settled] < 4.5 * spread[settled]).all()


def test_without_chance_every_learner_does_what_one_does() -> None:
    """One action in every state and no slip: nothing is drawn, so the tables agree to the last bit."""
    corridor = MDP(
        [[[1]], [[2]], [[2]]], np.ones((3, 1, 1)), [[[1.0]], [[5.0]], [[0.0]]], [[[0]], [[1]], [[1]]], [1, 0, 0]
    )
    for chapter, bootstrap in KINDS.values():
        options = chapter.Options(step_size=0.5, seeds=3)
        runs = VectorLearner(corridor, bootstrap, options).run(20)
        env = MDPEnv(corridor)
        trial = Trial(ActionTable(env, options), env, chapter.train, seed=0)
        for _ in range(20):
            trial.episode()
        for table in runs.action_values:
            np.testing.assert_array_equal(table, trial.agent.action_values)
        assert (runs.lengths == 2).all()
        assert (runs.returns == 6.0).all()


def test_a_truncated_episode_bootstraps() -> None:
    """A state that leads to itself for ever and pays 1: its value is 1 / (1 - discount), time limit or not."""
    treadmill = MDP([[[0]]], [[[1.0]]], [[[1.0]]], [[[False]]], [1.0])
    for chapter, bootstrap in KINDS.values():
        runs = VectorLearner(treadmill, bootstrap, chapter.Options(step_size=0.5, seeds=4), max_steps=10).run(60)
        assert (runs.lengths == 10).all()
        assert runs.action_values == pytest.approx(np.full((4, 1, 1), 10.0))


def test_the_same_seed_gives_the_same_tables() -> None:
    first, again, other = (
        VectorLearner(SLIPPERY, best_value, q_learning.Options(seeds=5, seed=seed)).run(30) for seed in (7, 7, 8)
    )
    np.testing.assert_array_equal(first.action_values, again.action_values)
    np.testing.assert_array_equal(first.returns, again.returns)
    assert (first.action_values != other.action_values).any()
    assert all((one != two).any() for one, two in pairwise(first.action_values))


def test_q_learning_together_finds_the_optimal_values() -> None:
    options = q_learning.Options(step_size=1.0, step_size_decay=0.7, epsilon=0.5, seeds=100)
    runs = VectorLearner(SLIPPERY, best_value, options).run(1500)
    error = np.abs(runs.action_values.mean(axis=0) - optimal_action_values(SLIPPERY, 0.9))
    assert error[SLIPPERY.reachable].max() < 0.1


@pytest.mark.parametrize("n_actions", [1, 2, 4, 6, 9])
def test_the_choice_is_epsilon_greedy_with_ties_drawn_evenly(n_actions: int) -> None:
    dice = np.random.default_rng(1)
    choice = _Choice(n_actions, dice)
    rows = np.zeros((n_actions, 60_000))
    tied = list(range(0, n_actions, 2))
    rows[tied] = 1.0
    chosen = np.bincount(choice(rows, 0.3), minlength=n_actions) / 60_000
    expected = np.full(n_actions, 0.3 / n_actions)
    expected[tied] += 0.7 / len(tied)
    assert chosen == pytest.approx(expected, abs=0.012)
    assert choice(rows, 0.0).max() <= tied[-1]


def test_a_model_without_a_start_is_refused() -> None:
    with pytest.raises(UserError, match="where an episode starts"):
        VectorLearner(MDP([[[0]]], [[[1.0]]], [[[1.0]]], [[[False]]]), next_value, sarsa.Options(seeds=2))
