"""Greedy evaluation: whole episodes, raw returns, seeds of its own."""

from common.runs.evaluation import Evaluation, play_side_by_side, seeds

import gymnasium as gym
import numpy as np
import pytest


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
    singly = np.array([play_side_by_side([env], always_left, [seed])[0] for seed in seeds(1, 100)])
    assert set(at_once) | set(singly) <= {8.0, 9.0, 10.0, 11.0}
    assert abs(at_once.mean() - singly.mean()) < 0.4
    assert not evaluation.solves(at_once)


def test_same_seed_same_episodes(evaluation: Evaluation) -> None:
    assert np.array_equal(evaluation.returns(always_left, 20, 3), evaluation.returns(always_left, 20, 3))
    assert not set(seeds(0, 100)) & set(seeds(1, 100))


def swing(observations: np.ndarray) -> np.ndarray:
    """A hand-made torque for Pendulum, which depends on the state."""
    return np.clip(observations[:, 1:2] - observations[:, 2:3], -2, 2).astype(np.float32)


@pytest.mark.parametrize("episodes", [3, 20, 43])
def test_side_by_side_is_what_one_after_the_other_would_be(episodes: int) -> None:
    """No episode is lost between two groups, and each has its own seed; episodes of different lengths do not mix."""
    at_once = Evaluation("Pendulum-v1").returns(swing, episodes, seed=5)
    env = gym.make("Pendulum-v1")
    singly = [play_side_by_side([env], swing, [seed])[0] for seed in seeds(5, episodes)]
    assert np.array_equal(at_once, singly) and len(set(singly)) == episodes


def test_episodes_that_end_sooner_wait_for_the_others() -> None:
    envs = [gym.make("CartPole-v1") for _ in range(8)]
    chosen = seeds(1, 8)
    at_once = play_side_by_side(envs, always_left, chosen)
    singly = [play_side_by_side(envs[3:4], always_left, [seed])[0] for seed in chosen]
    assert at_once.tolist() == singly and len(set(singly)) > 1


def test_an_environment_without_a_threshold_is_never_solved() -> None:
    assert not Evaluation("Blackjack-v1").solves(np.zeros(100))
    assert Evaluation("Blackjack-v1", target=-1.0).solves(np.zeros(100))


def test_what_counts_as_solved_where_the_environment_does_not_say() -> None:
    assert Evaluation("Pendulum-v1").target == -200
    assert Evaluation("Pendulum-v1", target=0.0).target == 0
