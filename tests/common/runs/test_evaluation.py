"""Greedy evaluation: whole episodes, raw returns, seeds of its own."""

import gymnasium as gym
import numpy as np
import pytest

from common.runs.evaluation import Evaluation, play_episode, seeds


def balance(observations: np.ndarray) -> np.ndarray:
    """A hand-made controller for CartPole that never drops the pole."""
    return (observations @ np.array([0.1, 0.5, 1.0, 1.0]) > 0).astype(int)


def always_left(observations: np.ndarray) -> np.ndarray:
    return np.zeros(len(observations), int)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return Evaluation("CartPole-v1")


def test_a_controller_that_never_falls_solves_it(evaluation: Evaluation) -> None:
    scores = evaluation.returns(balance, 100, seed=0)
    assert (scores == 500).all(), "the step that restarts an ended episode is not counted"
    assert evaluation.target == 475 and evaluation.solves(scores)


def test_native_vector_and_one_by_one_agree(evaluation: Evaluation) -> None:
    """Pushed always to one side the pole falls after 8 to 11 steps, whichever way it is stepped."""
    at_once = evaluation.returns(always_left, 100, seed=1)
    env = gym.make("CartPole-v1")
    singly = np.array([play_episode(env, always_left, seed) for seed in seeds(1, 100)])
    assert set(at_once) | set(singly) <= {8.0, 9.0, 10.0, 11.0}
    assert abs(at_once.mean() - singly.mean()) < 0.4
    assert not evaluation.solves(at_once)


def test_same_seed_same_episodes(evaluation: Evaluation) -> None:
    assert np.array_equal(evaluation.returns(always_left, 20, 3), evaluation.returns(always_left, 20, 3))
    assert not set(seeds(0, 100)) & set(seeds(1, 100))


def test_an_environment_without_a_threshold_is_never_solved() -> None:
    assert not Evaluation("Pendulum-v1").solves(np.zeros(100))
    assert Evaluation("Pendulum-v1", target=-1.0).solves(np.zeros(100))
