"""A2C: rollouts of several environments, their ends and restarts, shared trunks and Gaussian policies."""

from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from common.options import UserError
from common.training_environment import TrainingEnvironments
from deep.a2c import Agent, Options, main
from deep.parts.returns import generalised_advantages


class Counter(gym.Env[np.ndarray, Any]):
    """Counts its steps; the observation is (1, count / 10). Reward 1 a step; ends after `length` steps."""

    observation_space = gym.spaces.Box(-1.0, 10.0, (2,), np.float32)

    def __init__(self, length: int, terminates: bool, action_space: gym.Space[Any] | None = None) -> None:
        self.length, self.terminates = length, terminates
        self.action_space = gym.spaces.Discrete(2) if action_space is None else action_space
        self.count = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict]:
        super().reset(seed=seed)
        self.count = 0
        return self.observation(), {}

    def observation(self) -> np.ndarray:
        return np.array([1.0, self.count / 10], np.float32)

    def reward(self, action: Any) -> float:
        return 1.0

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict]:
        self.count += 1
        ended = self.count == self.length
        return self.observation(), self.reward(action), ended and self.terminates, ended and not self.terminates, {}


class Reach(Counter):
    """One step an episode; the closer the continuous action is to 3 (of 2 .. 6), the better."""

    def __init__(self) -> None:
        super().__init__(1, True, gym.spaces.Box(2.0, 6.0, (1,), np.float32))

    def reward(self, action: Any) -> float:
        assert self.action_space.contains(action)
        return -float((action[0] - 3.0) ** 2)


def environments(kinds: Sequence[Any]) -> TrainingEnvironments:
    return TrainingEnvironments(gym.vector.SyncVectorEnv(kinds), np.random.default_rng(0), lambda score: None)


def make(kinds: Sequence[Any], **settings: Any) -> tuple[TrainingEnvironments, Agent]:
    envs = environments(kinds)
    return envs, Agent(envs, Options(**({"hidden": ()} | settings)), np.random.default_rng(1))


def play(envs: TrainingEnvironments, agent: Agent, steps: int) -> list[tuple[np.ndarray, ...]]:
    """The loop of the chapter; returns the batches that the updates got."""
    batches: list[tuple[np.ndarray, ...]] = []
    ascend = agent.ascend
    agent.ascend = lambda *batch: (batches.append(batch), ascend(*batch))[1]
    states, _ = envs.reset()
    for _ in range(steps):
        actions = agent.act(states)
        next_states, rewards, terminated, truncated, _ = envs.step(agent.distribution.to_environment(actions))
        agent.rollout.add(states, actions, rewards, terminated, truncated, envs.restarted)
        states = next_states
        if agent.rollout.full:
            agent.learn(states)
    agent.ascend = ascend
    return batches


def test_the_step_that_only_restarts_an_environment_is_not_learned_from() -> None:
    """Episodes of 2 and of 3 steps: every third and every fourth step is a restart, whose action was ignored."""
    envs, agent = make([lambda: Counter(2, True), lambda: Counter(3, True)], rollout=12)
    (states, actions, credits, returns) = play(envs, agent, 12)[0]
    counts = np.rint(10 * states[:, 1]).astype(int)
    assert sorted(counts) == sorted([0, 1] * 4 + [0, 1, 2] * 3)
    assert len(actions) == len(credits) == len(returns) == 17


@pytest.mark.parametrize("terminates", [False, True])
def test_a_truncated_episode_goes_on_with_the_value_of_its_own_last_observation(terminates: bool) -> None:
    """The critic says 100 * count / 10: 20 for the last observation of a two-step episode, 0 for the first one."""
    envs, agent = make([lambda: Counter(2, terminates)], rollout=3, discount=0.5, trace=1.0, normalise=False)
    agent.critic.set_weights([np.array([[0.0], [100.0]]), np.zeros(1)])
    agent.refresh()
    _, _, credits, returns = play(envs, agent, 3)[0]
    last = 0.0 if terminates else 20.0
    np.testing.assert_allclose(returns, [1 + 0.5 * (1 + 0.5 * last), 1 + 0.5 * last], rtol=1e-5)
    np.testing.assert_allclose(credits, returns - [0.0, 10.0], rtol=1e-5)


def test_credits_are_generalised_advantages() -> None:
    envs, agent = make([lambda: Counter(50, False)] * 2, rollout=4, discount=0.9, trace=0.7, normalise=False)
    value = agent.acting.values(np.array([[1.0, count / 10] for count in range(5)], np.float32))
    never = np.zeros(4, bool)
    expected = generalised_advantages(np.ones(4), value[:-1], value[1:], never, never, 0.9, 0.7)
    _, _, credits, returns = play(envs, agent, 4)[0]
    np.testing.assert_allclose(credits.reshape(4, 2), np.stack([expected] * 2, axis=1), rtol=1e-5)
    np.testing.assert_allclose(returns.reshape(4, 2)[:, 0], expected + value[:-1], rtol=1e-5)


def test_normalised_credits_have_mean_0_and_deviation_1() -> None:
    envs, agent = make([lambda: Counter(7, True)] * 3, rollout=10)
    for _, _, credits, _ in play(envs, agent, 30):
        assert credits.mean() == pytest.approx(0.0, abs=1e-5) and credits.std() == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("shared", [False, True])
def test_the_gradient_by_finite_differences_with_credits_and_returns_held_fixed(shared: bool) -> None:
    settings = {"entropy_bonus": 0.1, "value_coefficient": 0.5, "hidden": (3,), "shared": shared}
    _, agent = make([lambda: Counter(5, True)], **settings)
    states = np.array([[1.0, 0.0], [1.0, 0.5], [-0.5, 2.0]], np.float32)
    actions, credits, returns = np.array([0, 1, 1]), np.float32([1.0, -2.0, 0.5]), np.float32([3.0, 1.0, -1.0])
    seen: list[Any] = []
    for optimizer in {id(each): each for each in (agent.optimizer, agent.critic_optimizer)}.values():
        optimizer.apply = lambda gradient, variables: seen.extend(gradient)
    agent.gradient_step(states, actions, credits, returns)
    gradient = np.concatenate([np.ravel(part.numpy()) for part in seen])

    weights = [array.astype(np.float64) for array in agent.weights()]
    shapes, ends = [array.shape for array in weights], np.cumsum([array.size for array in weights])

    def loss(flat: np.ndarray) -> float:
        acting = agent.player(
            [part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)]
        )
        logits = acting.outputs(states.astype(np.float64))
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        entropy = -(np.exp(logs) * logs).sum(axis=1)
        errors = returns - acting.values(states.astype(np.float64))
        return float(np.mean(-credits * logs[np.arange(3), actions] - 0.1 * entropy + 0.5 * errors**2))

    flat = np.concatenate([array.ravel() for array in weights])
    steps = 1e-6 * np.eye(len(flat))
    slopes = np.array([(loss(flat + step) - loss(flat - step)) / 2e-6 for step in steps])
    np.testing.assert_allclose(gradient, slopes, atol=1e-4)


@pytest.mark.parametrize("shared", [False, True])
def test_the_value_of_a_constant_reward_under_a_time_limit(shared: bool) -> None:
    """1 / (1 - discount) = 2, wherever the episodes are cut off; 1 in the last step if that ended the sum."""
    settings = {"discount": 0.5, "rollout": 8, "learning_rate": 0.02, "critic_learning_rate": 0.02, "shared": shared}
    envs, agent = make([lambda: Counter(3, False), lambda: Counter(5, False)], **settings, gradient_norm=100.0)
    for network in agent.networks:
        network.set_weights([np.zeros_like(array) for array in network.get_weights()])
    play(envs, agent, 2400)
    for count in range(5):
        assert float(agent.acting.values(np.array([1.0, count / 10]))) == pytest.approx(2.0, abs=0.2)


def test_a_gaussian_policy_finds_the_best_action_within_the_bounds() -> None:
    envs, agent = make([Reach] * 8, rollout=4, learning_rate=0.02, critic_learning_rate=0.05)
    play(envs, agent, 1500)
    assert float(agent.acting.greedy(np.array([1.0, 0.0]))[0]) == pytest.approx(3.0, abs=0.3)


def test_spaces_without_a_distribution_are_refused() -> None:
    spaces = [gym.spaces.MultiBinary(3), gym.spaces.Box(-np.inf, np.inf, (1,)), gym.spaces.Box(0, 1, (2, 2))]
    for space in spaces:
        with pytest.raises(UserError, match="no chapter here fits"):
            make([lambda space=space: Counter(3, True, space)])


@pytest.mark.parametrize(
    "settings",
    [{"environments": 0}, {"rollout": 0}, {"trace": 1.5}, {"entropy_bonus": -1.0}, {"gradient_norm": 0.0}],
)
def test_options_out_of_range_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=next(iter(settings)).replace("_", "-")):
        main(Options(**settings))
