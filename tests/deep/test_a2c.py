"""A2C: rollouts of several environments, their ends and restarts, advantages, gradients."""

from collections.abc import Sequence
from typing import Any

from common.environments.training import TrainingEnvironments
from common.errors import UserError
from deep.a2c import A2C, Options, train
from deep.parts.compiled import compiled
from deep.parts.lazy import tf
from deep.parts.returns import generalised_advantages
from tests.deep.worlds import Counter, Steps

import gymnasium as gym
import numpy as np
import pytest


def environments(kinds: Sequence[Any]) -> TrainingEnvironments:
    return TrainingEnvironments(gym.vector.SyncVectorEnv(kinds), np.random.default_rng(0), lambda score: None)


def make(kinds: Sequence[Any], **settings: Any) -> tuple[TrainingEnvironments, A2C]:
    options = Options(**({"hidden": ()} | settings))
    return environments(kinds), A2C(2, 2, options, np.random.default_rng(1))


def play(envs: TrainingEnvironments, agent: A2C, steps: int, monkeypatch: Any = None) -> list[tuple[np.ndarray, ...]]:
    """The chapter's own loop; with monkeypatch, returns the batches that the updates get instead of learning."""
    batches: list[tuple[np.ndarray, ...]] = []
    if monkeypatch is not None:
        monkeypatch.setattr(compiled, "__get__", lambda self, agent, owner=None: lambda *batch: batches.append(batch))
    train(envs, agent, Steps(steps))  # type: ignore[arg-type]  # a run in short
    return batches


def test_the_step_that_only_restarts_an_environment_is_not_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Episodes of 2 and of 3 steps: every third and every fourth step is a restart, whose action was ignored."""
    envs, agent = make([lambda: Counter(2, True), lambda: Counter(3, True)], rollout=12)
    (states, actions, advantages, returns) = play(envs, agent, 12, monkeypatch)[0]
    counts = np.rint(10 * states[:, 1]).astype(int)
    assert sorted(counts) == sorted([0, 1] * 4 + [0, 1, 2] * 3)
    assert len(actions) == len(advantages) == len(returns) == 17


@pytest.mark.parametrize("terminates", [False, True])
def test_a_truncated_episode_goes_on_with_the_value_of_its_own_last_observation(
    terminates: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The critic says 100 * count / 10: 20 for the last observation of a two-step episode, 0 for the first one."""
    envs, agent = make([lambda: Counter(2, terminates)], rollout=3, discount=0.5, trace_decay=1.0)
    agent.critic.set_weights([np.array([[0.0], [100.0]]), np.zeros(1)])
    agent.refresh()
    _, _, _, returns = play(envs, agent, 3, monkeypatch)[0]
    last = 0.0 if terminates else 20.0
    np.testing.assert_allclose(returns, [1 + 0.5 * (1 + 0.5 * last), 1 + 0.5 * last], rtol=1e-5)


def test_a_truncation_ends_the_sum_but_not_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """As above with lambda 0.5: errors 1 + 5 - 0 and 1 + 10 - 10; that of the restart, -20, belongs to neither."""
    envs, agent = make([lambda: Counter(2, False)], rollout=3, discount=0.5, trace_decay=0.5)
    agent.critic.set_weights([np.array([[0.0], [100.0]]), np.zeros(1)])
    agent.refresh()
    _, _, _, returns = play(envs, agent, 3, monkeypatch)[0]
    np.testing.assert_allclose(returns, [6 + 0.25 * 1, 1 + 10], rtol=1e-5)


def test_returns_are_generalised_advantages_plus_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    envs, agent = make([lambda: Counter(50, False)] * 2, rollout=4, discount=0.9, trace_decay=0.7)
    value = agent.predict(agent.critic, np.array([[1.0, count / 10] for count in range(5)], np.float32))[:, 0]
    never = np.zeros(4, bool)
    expected = generalised_advantages(np.ones(4), value[:-1], value[1:], never, never, 0.9, 0.7)
    _, _, _, returns = play(envs, agent, 4, monkeypatch)[0]
    np.testing.assert_allclose(returns.reshape(4, 2)[:, 0], expected + value[:-1], rtol=1e-5)


def test_advantages_have_mean_0_and_deviation_1(monkeypatch: pytest.MonkeyPatch) -> None:
    envs, agent = make([lambda: Counter(7, True)] * 3, rollout=10)
    for _, _, advantages, _ in play(envs, agent, 30, monkeypatch):
        assert advantages.mean() == pytest.approx(0.0, abs=1e-5)
        assert advantages.std() == pytest.approx(1.0, abs=1e-4)


def test_the_gradients_by_finite_differences_with_advantages_and_returns_held_fixed() -> None:
    _, agent = make([lambda: Counter(5, True)], entropy_bonus=0.1)
    states = np.array([[1.0, 0.0], [1.0, 0.5], [-0.5, 2.0]])
    actions, advantages, returns = np.array([0, 1, 1]), np.array([1.0, -2.0, 0.5]), np.array([3.0, 1.0, -1.0])
    seen: list[np.ndarray] = []
    for optimizer in (agent.optimizer, agent.critic_optimizer):
        optimizer.apply = lambda gradient, variables: seen.append(np.concatenate([np.ravel(g) for g in gradient]))
    numbers = [tf.constant(part, tf.float32) for part in (states, advantages, returns)]
    type(agent).update.function(agent, numbers[0], tf.constant(actions), *numbers[1:])

    def policy_loss(flat: np.ndarray) -> float:
        logits = states @ flat[:4].reshape(2, 2) + flat[4:]
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        entropy = -(np.exp(logs) * logs).sum(axis=1)
        return float(np.mean(-advantages * logs[np.arange(3), actions] - 0.1 * entropy))

    def value_loss(flat: np.ndarray) -> float:
        return float(np.mean((returns - states @ flat[:2] - flat[2]) ** 2))

    for loss, network, gradient in ((policy_loss, agent.actor, seen[0]), (value_loss, agent.critic, seen[1])):
        flat = np.concatenate([array.ravel().astype(np.float64) for array in network.get_weights()])
        steps = 1e-6 * np.eye(len(flat))
        slopes = np.array([(loss(flat + step) - loss(flat - step)) / 2e-6 for step in steps])
        np.testing.assert_allclose(gradient, slopes, atol=1e-4)


def test_a_gradient_is_no_longer_than_one_half() -> None:
    """Of either network, however large the errors are. Adam's first moments hold a tenth of the first gradient."""
    _, agent = make([lambda: Counter(5, True)])
    agent.update(np.eye(2, dtype=np.float32), np.array([0, 1]), np.float32([100, -100]), np.float32([1000, -1000]))
    for optimizer in (agent.optimizer, agent.critic_optimizer):
        moments = [variable.numpy() for variable in optimizer.variables if "momentum" in variable.path]
        assert len(moments) == 2
        assert np.sqrt(sum((moment**2).sum() for moment in moments)) == pytest.approx(0.1 * 0.5, rel=1e-4)


@pytest.mark.parametrize(
    "settings", [{"environments": 0}, {"rollout": 0}, {"trace_decay": 1.5}, {"entropy_bonus": -1.0}]
)
def test_options_out_of_range_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=next(iter(settings)).replace("_", "-")):
        Options(**settings)
