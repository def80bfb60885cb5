"""DDPG: the actor's gradient, targets, soft updates, exploration, and probes whose best action and value are known."""

import csv
from pathlib import Path
from typing import Any

from benchmarks.parts.chapter_process import train_chapter
from common.errors import UserError
from common.networks.network import Network
from deep.ddpg import DDPG, Options, train
from deep.parts.spaces import sizes
from tests.deep.continuous.agents import ACTIONS, STATES, Aim, exact, learned, make, randomised, slopes, update
from tests.deep.worlds import Counter, Steps

import gymnasium as gym
import numpy as np
import pytest


@pytest.mark.parametrize("bounds", [((-2.0,), (2.0,)), ((0.0,), (5.0,))])
def test_the_actors_gradient_by_finite_differences_of_q_at_mu(bounds: Any) -> None:
    """Of minus the mean of Q(s, mu(s)) in the actor's weights; the critic is a constant to it."""
    agent = randomised(make(DDPG, *bounds))
    _, (_, gradient) = update(agent, [1.0, 2.0, 3.0], [0.0, 0.0, 1.0])
    critic = exact(agent.critic)
    weights = [array.astype(np.float64) for array in agent.actor.get_weights()]
    actor = Network(agent.actor.to_json(), weights)

    def loss() -> float:
        states = STATES.astype(np.float64)
        return -float(critic(np.concatenate([states, actor(states)], axis=1)).mean())

    for found, wanted in zip(gradient, slopes(loss, weights), strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_the_critics_gradient_by_finite_differences_with_the_target_held_fixed() -> None:
    agent = randomised(make(DDPG, discount=0.5))
    _, (gradient, _) = update(agent, [1.0, 2.0, 3.0], [0.0, 0.0, 1.0])
    following = STATES[::-1].astype(np.float64)
    next_pairs = np.concatenate([following, exact(agent.actor_target)(following)], axis=1)
    agent = randomised(make(DDPG, discount=0.5))  # as it was: the update has moved the targets
    next_pairs[:, 2:] = exact(agent.actor_target)(following)
    target = np.array([1.0, 2.0, 3.0]) + 0.5 * np.array([1, 1, 0]) * exact(agent.critic_target)(next_pairs)[:, 0]
    weights = [array.astype(np.float64) for array in agent.critic.get_weights()]
    critic = Network(agent.critic.to_json(), weights)

    def loss() -> float:
        return float(
            np.mean((target - critic(np.concatenate([STATES, ACTIONS], axis=1).astype(np.float64))[:, 0]) ** 2)
        )

    for found, wanted in zip(gradient, slopes(loss, weights), strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-3)


@pytest.mark.parametrize("terminated", [0.0, 1.0])
def test_the_target_by_hand(terminated: float) -> None:
    """Q = 0, mu_target = 2 tanh(1) everywhere, Q_target(s, a) = 10 a: y = R + 0.5 * 10 * 2 tanh(1), or R alone."""
    agent = make(DDPG, hidden=(), discount=0.5)
    for network in (agent.critic, agent.actor):
        network.set_weights([np.zeros_like(array) for array in network.get_weights()])
    agent.actor_target.set_weights([np.zeros((2, 1)), np.ones(1)])
    agent.critic_target.set_weights([np.array([[0.0], [0.0], [10.0]]), np.zeros(1)])
    returned, _ = update(agent, [3.0] * 3, [terminated] * 3)
    y = 3.0 + (1 - terminated) * 0.5 * 10 * 2 * np.tanh(1)
    assert float(returned["loss"]) == pytest.approx(y**2, rel=1e-5)


@pytest.mark.parametrize("tau", [0.1, 1.0])
def test_the_targets_follow_by_a_fraction(tau: float) -> None:
    agent = randomised(make(DDPG, tau=tau))
    pairs = [(agent.actor, agent.actor_target), (agent.critic, agent.critic_target)]
    before = [(new.get_weights(), old.get_weights()) for new, old in pairs]
    update(agent, [1.0] * 3, [0.0] * 3)
    for (_, target), (new, old) in zip(pairs, before, strict=True):
        for found, weight, target_weight in zip(target.get_weights(), new, old, strict=True):
            np.testing.assert_allclose(found, tau * weight + (1 - tau) * target_weight, atol=1e-6)


def test_at_first_the_targets_are_copies_and_actions_near_the_middle() -> None:
    agent = make(DDPG, low=(0.0, -1.0), high=(4.0, 1.0))
    for new, old in ((agent.actor, agent.actor_target), (agent.critic, agent.critic_target)):
        assert all(np.array_equal(a, b) for a, b in zip(new.get_weights(), old.get_weights(), strict=True))
    np.testing.assert_allclose(agent.greedy(STATES), [[2.0, 0.0]] * 3, atol=0.05)


def test_actions_are_random_at_first_and_then_those_of_the_policy_with_noise_within_the_bounds() -> None:
    agent = randomised(make(DDPG, sigma=0.0, learning_starts=10, learn_every=1000))
    drawn = np.array([agent.act(STATES[0])[0] for _ in range(2000)])
    assert np.abs(drawn).max() <= 2 and drawn.mean() == pytest.approx(0, abs=0.1)
    assert drawn.var() == pytest.approx(4**2 / 12, rel=0.1), "uniform"
    agent.learn(9)
    assert agent.act(STATES[0]) != agent.act(STATES[0])
    agent.learn(10)
    np.testing.assert_allclose(agent.act(STATES[0]), agent.actor(STATES[:1])[0], rtol=1e-5)
    noisy = randomised(make(DDPG, sigma=3.0))
    noisy.learn(501)
    played = np.array([noisy.act(STATES[0]) for _ in range(200)])
    assert played.min() == -2 and played.max() == 2 and played.dtype == np.float32


@pytest.mark.parametrize("terminates", [False, True])
def test_the_loop_keeps_what_happened_and_begins_each_episode_without_noise(
    terminates: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A time limit is no end of the world, and what follows it is the old episode's last state."""
    agent = make(DDPG, learning_starts=1, learn_every=1000, reward_scale=0.5)
    resets: list[int] = []
    monkeypatch.setattr(agent.noise, "reset", lambda: resets.append(len(agent.memory)))
    train(Counter(3, terminates), agent, Steps(6))  # type: ignore[arg-type]  # a run in short
    states, actions, rewards, next_states, ends = (column[:6] for column in agent.memory.columns)
    assert resets == [3, 6] and actions.shape == (6, 1)
    np.testing.assert_allclose(states[:, 1], [0, 0.1, 0.2] * 2)
    np.testing.assert_allclose(next_states[:, 1], [0.1, 0.2, 0.3] * 2)
    assert (rewards == 0.5).all() and ends.tolist() == [False, False, terminates] * 2


def test_the_best_action_and_its_value_of_a_world_of_one_step() -> None:
    agent = learned(Aim(1, True), 800, DDPG)
    for aim in (-1.0, 1.0):
        state = np.array([1.0, aim], np.float32)
        assert agent.greedy(state[None])[0, 0] == pytest.approx(aim / 2, abs=0.15)
        assert agent.greedy.decide(state).value == pytest.approx(0.0, abs=0.15)


def test_the_same_seed_gives_the_same_weights() -> None:
    first, second = (learned(Aim(1, True), 140, DDPG, learn_every=20).state() for _ in range(2))
    assert first.keys() == second.keys() and all(np.array_equal(first[name], second[name]) for name in first)


def test_a_demo_shows_the_action_and_what_it_is_worth() -> None:
    agent = randomised(make(DDPG))
    decision = agent.greedy.decide(STATES[0])
    action = agent.actor(STATES[:1]).numpy()[0]
    np.testing.assert_allclose(decision.action, action, rtol=1e-5)
    assert decision.title == "action" and decision.numbers is decision.action
    value = float(agent.critic(np.concatenate([STATES[:1], action[None]], axis=1))[0, 0])
    assert decision.value == pytest.approx(value, rel=1e-4)


class Box(gym.Env[Any, Any]):
    """An environment of no more than its spaces."""

    observation_space = gym.spaces.Box(-1, 1, (3,))

    def __init__(self, action_space: gym.Space[Any]) -> None:
        self.action_space = action_space


def test_the_bounds_of_the_actions_are_asked_for() -> None:
    inputs, actions = sizes(Box(gym.spaces.Box(np.float32([0, -3]), np.float32([1, 3]))), "Box", continuous=True)
    assert (inputs, actions.size) == (3, 2)
    np.testing.assert_allclose(actions.half, [0.5, 3])
    np.testing.assert_allclose(actions.within(np.array([2.0, -4.0])), [1, -3])


@pytest.mark.parametrize(
    ("space", "continuous", "words"),
    [
        (gym.spaces.Discrete(3), True, "discrete actions"),
        (gym.spaces.Box(-1, 1, (2,)), False, "continuous actions"),
        (gym.spaces.Box(-np.inf, np.inf, (2,)), True, "no vector between two bounds"),
        (gym.spaces.Box(-1, 1, (2, 2)), True, "no vector between two bounds"),
        (gym.spaces.MultiDiscrete([2, 2]), True, "of the kind MultiDiscrete"),
        (gym.spaces.MultiDiscrete([2, 2]), None, "of the kind MultiDiscrete"),
        (gym.spaces.Box(-1, np.inf, (2,)), None, "no vector between two bounds"),
    ],
)
def test_actions_that_a_chapter_cannot_take_are_one_line(space: Any, continuous: bool | None, words: str) -> None:
    with pytest.raises(UserError, match=words) as error:
        sizes(Box(space), "Box", continuous)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "settings", [{"tau": 0.0}, {"theta": 1.5}, {"sigma": -1.0}, {"reward_scale": 0.0}, {"critic_learning_rate": 0.0}]
)
def test_options_out_of_range_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=next(iter(settings)).replace("_", "-")):
        Options(**settings)


@pytest.mark.slow
def test_what_the_page_calls_normal(tmp_path: Path) -> None:
    """Low at first, solved soon after; the critic's values sink below 0 and stay there."""
    assert train_chapter("ddpg", 0, tmp_path)["solved"]
    with (tmp_path / "progress.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(-1600 < float(row["evaluation"]) < -1000 for row in rows[:2])
    assert all(-1.63 / (1 - 0.95) < float(row["value"]) < 0 for row in rows)
