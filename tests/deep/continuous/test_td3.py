"""TD3: the minimum, the smoothed action and the delay of its three repairs; without them it is DDPG."""

import csv
from pathlib import Path
from typing import Any

from benchmarks.parts.chapter_process import train_chapter
from common.errors import UserError
from common.networks.network import Network
from deep.ddpg import DDPG
from deep.parts.lazy import tf
from deep.td3 import TD3, Options
from tests.deep.continuous.agents import ACTIONS, STATES, Aim, exact, learned, make, randomised, slopes, update

import numpy as np
import pytest

TARGETS = ("actor_target", "critic_target", "second_target")


def weights(agent: Any, *names: str) -> list[np.ndarray]:
    return [array for name in names for array in getattr(agent, name).get_weights()]


def same(left: list[np.ndarray], right: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


@pytest.mark.parametrize("terminated", [0.0, 1.0])
def test_the_target_is_of_the_smaller_critic_at_the_action_with_noise_within_the_bounds(terminated: float) -> None:
    """mu_target = 2 tanh(0.5); Q1_target = 10 a, Q2_target = 12 - a: the smaller one changes at a = 12 / 11."""
    agent = make(TD3, hidden=(), discount=0.5)
    for network in (agent.critic, agent.second):
        network.set_weights([np.zeros_like(array) for array in network.get_weights()])
    agent.actor_target.set_weights([np.zeros((2, 1)), np.array([0.5])])
    agent.critic_target.set_weights([np.array([[0.0], [0.0], [10.0]]), np.zeros(1)])
    agent.second_target.set_weights([np.array([[0.0], [0.0], [-1.0]]), np.array([12.0])])
    rewards, noise = np.array([3.0, 1.0, -2.0]), np.array([0.0, 0.5, 9.0])
    returned, _ = update(agent, rewards, [terminated] * 3, noise[:, None], 0.0)
    action = np.array([2 * np.tanh(0.5), 2 * np.tanh(0.5) + 0.5, 2.0])
    lower = np.array([10 * action[0], 12 - action[1], 10.0])
    y = rewards + (1 - terminated) * 0.5 * lower
    assert float(returned["loss"]) == pytest.approx(2 * np.mean(y**2), rel=1e-5), "one target for both critics, at 0"


def test_each_critics_gradient_by_finite_differences_with_the_target_held_fixed() -> None:
    agent = randomised(make(TD3, discount=0.5))
    following, noise = STATES[::-1].astype(np.float64), np.array([[0.1], [-0.2], [0.3]])
    action = np.clip(exact(agent.actor_target)(following) + noise, -2, 2)
    pairs = np.concatenate([following, action], axis=1)
    lower = np.minimum(exact(agent.critic_target)(pairs), exact(agent.second_target)(pairs))[:, 0]
    target = np.array([1.0, 2.0, 3.0]) + 0.5 * np.array([1, 1, 0]) * lower
    arrays = [array.astype(np.float64) for array in weights(agent, "critic", "second")]
    half = len(arrays) // 2
    critics = [Network(agent.critic.to_json(), part) for part in (arrays[:half], arrays[half:])]

    def loss() -> float:
        taken = np.concatenate([STATES, ACTIONS], axis=1).astype(np.float64)
        return sum(float(np.mean((target - critic(taken)[:, 0]) ** 2)) for critic in critics)

    _, [gradient] = update(agent, [1.0, 2.0, 3.0], [0.0, 0.0, 1.0], noise, 0.0)
    for found, wanted in zip(gradient, slopes(loss, arrays), strict=True):
        np.testing.assert_allclose(found, wanted, atol=2e-3)


def test_the_noise_has_its_deviation_and_is_clipped_in_halves_of_the_way_between_the_bounds() -> None:
    bounds = {"low": (-2.0, 0.0), "high": (2.0, 1.0)}
    half = np.array([2.0, 0.5])
    agent = make(TD3, **bounds, target_clip=100.0)
    agent.memory.add(STATES[0], [0.0, 0.5], 1.0, STATES[0], False)
    *_, noise, _ = agent.batches(200)
    assert noise.shape == (200, agent.options.batch, 2)
    np.testing.assert_allclose(noise.reshape(-1, 2).std(axis=0), 0.2 * half, rtol=0.03)
    agent = make(TD3, **bounds, target_sigma=50.0, target_clip=0.5)
    agent.memory.add(STATES[0], [0.0, 0.5], 1.0, STATES[0], False)
    *_, noise, _ = agent.batches(20)
    np.testing.assert_allclose(noise.reshape(-1, 2).max(axis=0), 0.5 * half)
    np.testing.assert_allclose(noise.reshape(-1, 2).min(axis=0), -0.5 * half)


def test_every_third_step_is_the_actors_and_the_count_goes_on_from_call_to_call() -> None:
    agent = make(TD3, delay=3)
    agent.memory.add(STATES[0], ACTIONS[0], 1.0, STATES[0], False)
    assert [agent.batches(4)[-1].tolist() for _ in range(2)] == [
        [False, False, True, False], [False, True, False, False]]  # fmt: skip
    other = make(TD3, delay=3)
    other.memory.add(STATES[0], ACTIONS[0], 1.0, STATES[0], False)
    other.restore(agent.state())
    assert other.batches(4)[-1].tolist() == [True, False, False, True]


def test_where_it_is_not_due_only_the_critics_move() -> None:
    agent = randomised(make(TD3, tau=0.5))
    others = ("actor", *TARGETS)
    for due in (0.0, 1.0):
        critics, rest = weights(agent, "critic", "second"), weights(agent, *others)
        batch = (STATES, ACTIONS, np.ones(3), STATES, np.zeros(3), np.zeros((3, 1)), due)
        TD3.update.function(agent, *(tf.constant(np.float32(part)) for part in batch))
        assert not same(critics, weights(agent, "critic", "second"))
        assert [same(rest, weights(agent, *others)), not due] in ([True, True], [False, False])
    for name, old in zip(TARGETS, (rest[4:8], rest[8:12], rest[12:]), strict=True):
        new = weights(agent, name.removesuffix("_target"))
        for found, weight, target_weight in zip(weights(agent, name), new, old, strict=True):
            np.testing.assert_allclose(found, 0.5 * weight + 0.5 * target_weight, atol=1e-6)


def test_without_its_three_repairs_it_is_ddpg() -> None:
    """Both critics alike, no noise, no delay: the same actor, the same critic, and the second one like the first."""
    ddpg = randomised(make(DDPG))
    td3 = make(TD3)
    for name in ("actor", "actor_target", "critic", "critic_target"):
        getattr(td3, name).set_weights(weights(ddpg, name))
    td3.second.set_weights(weights(ddpg, "critic"))
    td3.second_target.set_weights(weights(ddpg, "critic_target"))
    batch = [tf.constant(np.float32(part)) for part in (STATES, ACTIONS, np.ones(3), STATES[::-1], [0, 0, 1])]
    for _ in range(3):
        DDPG.update.function(ddpg, *batch)
        TD3.update.function(td3, *batch, tf.zeros((3, 1)), tf.constant(1.0))
    for name in ("actor", "actor_target", "critic", "critic_target"):
        for found, wanted in zip(weights(td3, name), weights(ddpg, name), strict=True):
            np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert same(weights(td3, "second"), weights(td3, "critic"))


def test_the_same_seed_gives_the_same_weights() -> None:
    first, second = (learned(Aim(1, True), 140, TD3, learn_every=20).state() for _ in range(2))
    assert first.keys() == second.keys() and all(np.array_equal(first[name], second[name]) for name in first)
    assert {"updates/value", "second/0", "second_target/0"} <= first.keys()


@pytest.mark.parametrize("settings", [{"delay": 0}, {"target_sigma": -1.0}, {"target_clip": -0.5}])
def test_options_out_of_range_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=next(iter(settings)).replace("_", "-")):
        Options(**settings)


@pytest.mark.slow
def test_what_the_page_calls_normal(tmp_path: Path) -> None:
    """Low at first, solved later than DDPG is; the value stays between what the worst policy gets and 0."""
    assert train_chapter("td3", 0, tmp_path)["steps"] > 2_500
    with (tmp_path / "progress.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(float(row["evaluation"]) < -1000 for row in rows[:2]) and float(rows[-1]["evaluation"]) >= -200
    assert all(-1.63 / (1 - 0.95) < float(row["value"]) < 0 for row in rows)
