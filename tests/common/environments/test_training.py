"""Environments to train in return to the very step at which they were left."""

from common.environments.make import make_environment, make_environments
from common.environments.training import TrainingEnvironment, TrainingEnvironments

import numpy as np
import pytest


def single(seed: int, scores: list[float]) -> TrainingEnvironment:
    return TrainingEnvironment(make_environment("CartPole-v1"), np.random.default_rng(seed), scores.append)


def several(seed: int, scores: list[float]) -> TrainingEnvironments:
    env = make_environments("CartPole-v1", 3)
    return TrainingEnvironments(env, np.random.default_rng(seed), scores.append)


@pytest.mark.parametrize("steps", [0, 1, 7, 40])
def test_one_environment_goes_on_bit_for_bit(steps: int) -> None:
    def walk(env: TrainingEnvironment, state: np.ndarray, count: int, start: int) -> list[np.ndarray]:
        seen = []
        for step in range(start, start + count):
            state, _, terminated, truncated, _ = env.step(step % 3 % 2)
            if terminated or truncated:
                state, _ = env.reset()
            seen.append(state)
        return seen

    scores: list[float] = []
    env = single(0, scores)
    state, _ = env.reset()
    before = walk(env, state, steps, 0)
    stopped = env.state()
    resumed_scores: list[float] = []
    again = single(99, resumed_scores)
    again.restore(stopped)
    state_again, _ = again.reset()
    assert np.array_equal(state_again, before[-1] if before else state)
    ended = len(scores)
    assert np.array_equal(walk(again, state_again, 50, steps), walk(env, state_again, 50, steps))
    assert resumed_scores == scores[ended:], "the score of the episode in between counts from its start"


def test_several_environments_go_on_bit_for_bit() -> None:
    scores: list[float] = []
    env = several(0, scores)
    env.reset()
    actions = np.random.default_rng(1).integers(2, size=(80, 3))
    for action in actions[:30]:
        env.step(action)
    stopped, ended = env.state(), len(scores)
    resumed_scores: list[float] = []
    again = several(99, resumed_scores)
    again.restore(stopped)
    again.reset()
    for action in actions[30:]:
        expected, got = env.step(action), again.step(action)
        assert all(np.array_equal(a, b) for a, b in zip(expected[:4], got[:4], strict=True))
        assert np.array_equal(env.restarted, again.restarted)
    assert resumed_scores == scores[ended:] and resumed_scores


@pytest.mark.parametrize(("name", "played_again"), [("CartPole-v1", 0), ("Acrobot-v1", 9)])
def test_only_what_holds_more_than_numbers_is_played_again(name: str, played_again: int) -> None:
    """CartPole-v1 has a vector version of its own. A run of a million steps is not made twice to be gone on with."""

    def make() -> TrainingEnvironments:
        return TrainingEnvironments(make_environments(name, 2), np.random.default_rng(0), lambda score: None)

    env, again = make(), make()
    env.reset()
    for _ in range(9):
        last, *_ = env.step(np.ones(2, int))
    again.restore(env.state())
    steps: list[int] = []
    step = again.env.step
    again.env.step = lambda actions: (steps.append(1), step(actions))[1]
    observations, _ = again.reset()
    assert np.array_equal(observations, last) and len(steps) == played_again
    expected, got = env.step(np.ones(2, int))[:4], again.step(np.ones(2, int))[:4]
    assert all(np.array_equal(*both) for both in zip(expected, got, strict=True))
    assert sum(array.size for array in env.state().values()) < 100


def test_the_restarting_step_is_marked_and_pays_nothing() -> None:
    scores: list[float] = []
    env = several(0, scores)
    env.reset()
    lengths, running = [], np.zeros(3, int)
    for _ in range(60):
        _, rewards, terminated, _, _ = env.step(np.ones(3, int))
        assert (rewards[env.restarted] == 0).all()
        running = np.where(env.restarted, 0, running + 1)
        lengths += list(running[terminated])
    assert scores == lengths, "CartPole pays one a step, so a return is a length"
