"""The actor-critic of rollouts: its gradient, where a rollout ends, what a time limit is to it."""

from typing import Any

from deep import rollout_actor_critic
from deep.parts.lazy import tf
from deep.rollout_actor_critic import RolloutActorCritic
from tests.deep.worlds import Counter, Steps

import numpy as np
import pytest

STATES = np.array([[1.0, 0.0], [1.0, 0.5], [-0.5, 2.0]], np.float32)
ACTIONS = np.array([0, 1, 1])


def slopes(loss: Any, weights: list[np.ndarray]) -> np.ndarray:
    """The gradient of a function of a list of arrays, by finite differences."""
    shapes, ends = [array.shape for array in weights], np.cumsum([array.size for array in weights])
    flat = np.concatenate([array.astype(np.float64).ravel() for array in weights])

    def at(point: np.ndarray) -> float:
        parts = np.split(point, ends[:-1])
        return float(loss([part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]))

    return np.array([(at(flat + step) - at(flat - step)) / 2e-6 for step in 1e-6 * np.eye(len(flat))])


def log_policy(logits: np.ndarray) -> np.ndarray:
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def gradient_of(agent: Any, *batch: Any) -> np.ndarray:
    seen: list[Any] = []
    agent.optimizer.apply = lambda gradient, variables: seen.extend(gradient)
    type(agent).update.function(agent, *map(tf.constant, batch))
    return np.concatenate([np.ravel(part.numpy()) for part in seen])


def test_the_rollout_gradient_by_finite_differences_with_targets_held_fixed() -> None:
    """- delta * log pi + smooth L1 of delta; delta and y are constants to the policy, y to the value."""
    settings = {"hidden": (3,), "discount": 0.9, "reward_scale": 0.5}
    agent = RolloutActorCritic(2, 2, rollout_actor_critic.Options(**settings), np.random.default_rng(0))
    rewards, terminated = np.float32([1.0, 6.0, -1.0]), np.float32([0.0, 0.0, 1.0])
    weights = agent.network.get_weights()

    def outputs(weights: list[np.ndarray], states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        kernel, bias, policy, policy_bias, value, value_bias = weights
        trunk = np.maximum(states @ kernel + bias, 0)
        return log_policy(trunk @ policy + policy_bias), (trunk @ value + value_bias)[:, 0]

    targets = 0.5 * rewards + 0.9 * (1 - terminated) * outputs(weights, STATES[::-1])[1]
    errors = targets - outputs(weights, STATES)[1]

    def loss(weights: list[np.ndarray]) -> float:
        logs, values = outputs(weights, STATES)
        size = np.abs(targets - values)
        smooth = np.where(size < 1, size**2 / 2, size - 0.5)
        return np.mean(-errors * logs[np.arange(3), ACTIONS] + smooth)

    gradient = gradient_of(agent, STATES, ACTIONS, rewards, STATES[::-1].copy(), terminated)
    np.testing.assert_allclose(gradient, slopes(loss, weights), atol=1e-4)


@pytest.mark.parametrize("terminates", [False, True])
def test_a_rollout_ends_with_its_episode_and_keeps_what_a_time_limit_is(terminates: bool) -> None:
    """Rollouts of 4 in episodes of 6: 4, 2, 4, 2 steps; only a true end is stored as one."""
    agent = RolloutActorCritic(2, 2, rollout_actor_critic.Options(hidden=(), rollout=4), np.random.default_rng(0))
    seen: list[Any] = []
    agent._steps = {RolloutActorCritic.update: lambda *batch: seen.append(batch)}
    rollout_actor_critic.train(Counter(6, terminates), agent, Steps(12))
    assert [len(batch[0]) for batch in seen] == [4, 2, 4, 2]
    assert [bool(each) for batch in seen for each in batch[4]] == ([False] * 5 + [terminates]) * 2
    assert np.allclose(seen[1][3][-1], [1.0, 0.6]), "the last state of the old episode, not the first of the next"


def test_the_two_heads_share_what_lies_below() -> None:
    agent = RolloutActorCritic(2, 2, rollout_actor_critic.Options(hidden=(3,)), np.random.default_rng(0))
    shared = {id(variable) for variable in agent.actor.variables} & {id(each) for each in agent.critic.variables}
    assert len(shared) == 2 and len(agent.network.trainable_variables) == 6
