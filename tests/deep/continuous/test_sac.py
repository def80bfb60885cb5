"""SAC: a density with the tanh's correction, the soft target, the policy's slope, a temperature; resumed as it was."""

import csv
import math
from pathlib import Path
from typing import Any

from benchmarks.parts.chapter_process import train_chapter
from common.errors import UserError
from common.networks.network import Network
from deep.parts.lazy import tf
from deep.parts.spaces import ContinuousActions
from deep.sac import SAC, Options
from tests.deep.continuous.agents import STATES, Aim, exact, learned, make, randomised, slopes, update

import numpy as np
import pytest

NOISE = np.array([[0.3], [-0.8], [1.1]])


def log_density(u: np.ndarray, mean: Any, log_deviation: Any) -> np.ndarray:
    """log pi(a|s) of a = tanh(u), u [n, size], by the code, from a policy with this mean and deviation."""
    agent = SAC.__new__(SAC)  # without its networks
    ones = np.ones(u.shape[1], np.float32)
    agent._actions = ContinuousActions(-ones, ones)
    mean, log_deviation = (np.broadcast_to(part, u.shape).astype(np.float32) for part in (mean, log_deviation))
    agent.policy = lambda state: (tf.constant(mean), tf.constant(log_deviation))
    noise = (u - mean) / np.exp(log_deviation)
    action, log_pi = agent.draw(None, tf.constant(noise, tf.float32))
    np.testing.assert_allclose(action, np.tanh(u), atol=1e-5)
    return log_pi.numpy().astype(np.float64)


def density(u: np.ndarray, mean: Any, log_deviation: Any) -> np.ndarray:
    """pi(a|s) of a = tanh(u), u [n, size]."""
    return np.exp(log_density(u, mean, log_deviation))


@pytest.mark.parametrize(("mean", "log_deviation"), [(0.0, 0.0), (0.7, -1.0), (-1.2, 0.5), (2.0, -2.0)])
def test_the_density_adds_up_to_the_chance_of_an_action_below_any_bound(mean: float, log_deviation: float) -> None:
    """The integral of pi over ]-1, x] is P(tanh(u) <= x) = Phi((atanh(x) - mean) / deviation), and 1 over all."""
    ends = np.tanh(np.linspace(mean - 9 * math.exp(log_deviation), mean + 9 * math.exp(log_deviation), 40_001))
    middle = (ends[1:] + ends[:-1]) / 2
    inside = np.abs(middle) < 1
    u = np.arctanh(middle[inside])[:, None]
    chance = (density(u, mean, log_deviation) * np.diff(ends)[inside]).cumsum()
    z = (np.arctanh(np.clip(ends[1:][inside], -1 + 1e-15, 1 - 1e-15)) - mean) / math.exp(log_deviation)
    np.testing.assert_allclose(chance, [(1 + math.erf(each / math.sqrt(2))) / 2 for each in z], atol=2e-3)
    assert chance[-1] == pytest.approx(1, abs=2e-3)


def test_the_parts_of_an_action_are_drawn_independently_and_far_out_nothing_is_infinite() -> None:
    u, mean, log_deviation = np.array([[0.2, -1.0]]), np.array([[0.1, 0.4]]), np.array([[-0.5, 0.3]])
    each = [density(u[:, [i]], mean[:, [i]], log_deviation[:, [i]])[0] for i in (0, 1)]
    assert density(u, mean, log_deviation)[0] == pytest.approx(each[0] * each[1], rel=1e-4)
    far = log_density(np.array([[40.0]]), 40.0, 0.0)
    # log(1 - tanh(40)^2) = 2 log 2 - 80, but for what is smaller than any float
    assert float(far[0]) == pytest.approx(-0.5 * math.log(2 * math.pi) - 2 * math.log(2) + 80, rel=1e-5)


def set_policy(agent: SAC, mean: float, bounded: float) -> None:
    """The same in every state: this mean, and the log deviation 3 tanh(bounded) - 1. No hidden layers."""
    agent.policy.set_weights([np.zeros((2, 1)), np.array([bounded]), np.zeros((2, 1)), np.array([mean])])


@pytest.mark.parametrize("terminated", [0.0, 1.0])
def test_the_target_by_hand(terminated: float) -> None:
    """The smaller target critic at a drawn action, and the temperature times its surprise; Q = 0 learns towards it."""
    agent = make(SAC, hidden=(), discount=0.5, temperature=0.2)
    set_policy(agent, 0.4, 0.25)
    for network in (agent.critic, agent.second):
        network.set_weights([np.zeros_like(array) for array in network.get_weights()])
    agent.critic_target.set_weights([np.array([[0.0], [0.0], [10.0]]), np.zeros(1)])
    agent.second_target.set_weights([np.array([[0.0], [0.0], [-1.0]]), np.array([12.0])])
    rewards = np.array([3.0, 1.0, -2.0])
    returned, _ = update(agent, rewards, [terminated] * 3, NOISE, np.zeros((3, 1)))
    log_deviation = 3 * math.tanh(0.25) - 1
    u = 0.4 + math.exp(log_deviation) * NOISE
    action = 2 * np.tanh(u[:, 0])
    soft = np.minimum(10 * action, 12 - action) - 0.2 * np.log(density(u, 0.4, log_deviation))
    y = rewards + (1 - terminated) * 0.5 * soft
    assert float(returned["loss"]) == pytest.approx(2 * np.mean(y**2), rel=1e-4)


def test_the_policys_gradient_by_finite_differences_through_the_drawn_action() -> None:
    """Of minus the mean of min(Q1, Q2) - temperature log pi; the critics and the temperature are constants to it."""
    agent = randomised(make(SAC, temperature=0.3))
    _, (_, gradient, _) = update(agent, [0.0] * 3, [1.0] * 3, np.zeros((3, 1)), NOISE)
    weights = [array.astype(np.float64) for array in agent.policy.get_weights()]
    policy, critics = Network(agent.policy.to_json(), weights), (exact(agent.critic), exact(agent.second))

    def loss() -> float:
        states = STATES.astype(np.float64)
        mean, log_deviation = policy(states)
        u = mean + np.exp(log_deviation) * NOISE
        pairs = np.concatenate([states, 2 * np.tanh(u)], axis=1)
        normal = -0.5 * NOISE**2 - log_deviation - 0.5 * math.log(2 * math.pi)
        log_pi = (normal - np.log(1 - np.tanh(u) ** 2))[:, 0]
        return -float(np.mean(np.minimum(*(critic(pairs)[:, 0] for critic in critics)) - 0.3 * log_pi))

    for found, wanted in zip(gradient, slopes(loss, weights), strict=True):
        np.testing.assert_allclose(found, wanted, atol=2e-4)


def test_the_temperature_falls_above_the_target_entropy_and_rises_below_it() -> None:
    """Its slope is that of temperature * (H - target) in log temperature, with a target for each part of an action."""
    agent = make(SAC, low=(-1.0, -1.0), high=(1.0, 1.0), temperature=0.2, target_entropy=-1.5)
    found = []
    agent.temperature_optimizer.apply = lambda gradient, variables: found.append(float(gradient[0]))
    for entropy in (-2.0, -3.0, -4.0):
        assert float(agent.adjust(tf.constant(entropy))) == pytest.approx(0.2)
    assert found == pytest.approx([0.2, 0.0, -0.2], abs=1e-6)
    for entropy, way in ((1.0, -1), (-1.0, 1)):
        agent = make(SAC, target_entropy=0.0)
        before = float(agent.log_temperature.value.numpy())
        for _ in range(3):
            agent.adjust(tf.constant(entropy))
        assert np.sign(float(agent.log_temperature.value.numpy()) - before) == way


def test_entropy_is_the_mean_surprise_of_its_drawn_actions() -> None:
    """As far as 400,000 draws tell: of the density itself, - integral of pi log pi; at most log 2."""
    agent = make(SAC, hidden=())
    set_policy(agent, 0.4, 0.25)
    drawn = np.random.default_rng(0).normal(size=(400_000, 1)).astype(np.float32)
    _, log_pi = agent.draw(tf.zeros((400_000, 2)), tf.constant(drawn))
    log_deviation = 3 * math.tanh(0.25) - 1
    u = np.linspace(-6, 6, 60_001)[:, None]
    pi = density(u, 0.4, log_deviation)
    wanted = -float((pi * np.log(pi) * (1 - np.tanh(u[:, 0]) ** 2)).sum() * (u[1, 0] - u[0, 0]))
    assert -float(log_pi.numpy().mean()) == pytest.approx(wanted, abs=5e-3) and wanted < math.log(2)


def test_it_plays_what_it_draws_within_the_bounds_and_greedily_the_middle() -> None:
    agent = make(SAC, low=(0.0,), high=(4.0,), hidden=(), learning_starts=10, learn_every=1000)
    set_policy(agent, 0.4, 0.25)
    agent.refresh()
    evenly = np.array([agent.act(STATES[0])[0] for _ in range(2000)])
    assert evenly.mean() == pytest.approx(2, abs=0.1) and evenly.var() == pytest.approx(4**2 / 12, rel=0.1)
    agent.learn(10)
    played = np.array([agent.act(STATES[0])[0] for _ in range(4000)])
    assert played.dtype == np.float32 and played.min() >= 0 and played.max() <= 4
    u = np.arctanh(np.clip(played.astype(np.float64) / 2 - 1, -1 + 1e-7, 1 - 1e-7))
    assert u.mean() == pytest.approx(0.4, abs=0.05)
    assert u.std() == pytest.approx(math.exp(3 * math.tanh(0.25) - 1), rel=0.05)
    np.testing.assert_allclose(agent.greedy(STATES), np.full((3, 1), 2 + 2 * math.tanh(0.4)), rtol=1e-5)
    saved = agent.networks(agent.weights())["action"]
    np.testing.assert_allclose(Network(saved.description, saved.weights)(STATES), agent.greedy(STATES), rtol=1e-5)


def test_the_same_seed_gives_the_same_weights_and_what_acts_has_learned_too() -> None:
    first, second = (learned(Aim(1, True), 140, SAC, learn_every=20) for _ in range(2))
    one, other = first.state(), second.state()
    assert one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)
    for found, wanted in zip(first.predict(first.policy, STATES), first.policy(STATES), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def test_restored_it_goes_on_as_it_would_have() -> None:
    agent = learned(Aim(1, True), 120, SAC, learn_every=20)
    other = make(SAC, **{name: getattr(agent.options, name) for name in ("hidden", "batch", "learn_every", "tau")})
    other.options = agent.options
    other.optimizer.learning_rate = other.temperature_optimizer.learning_rate = agent.options.learning_rate
    other.critic_optimizer.learning_rate = agent.options.critic_learning_rate
    state = agent.state()
    assert state["log_temperature/variable"] != pytest.approx(math.log(agent.options.temperature), abs=1e-6)
    other.restore(state)
    for each in (agent, other):
        each.learn(120)
    one, same = agent.state(), other.state()
    assert all(np.array_equal(one[name], same[name]) for name in one)


@pytest.mark.parametrize(
    "settings", [{"temperature": 0.0}, {"target_entropy": 0.7}, {"target_entropy": math.nan}, {"tau": 2.0}]
)
def test_options_out_of_range_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=next(iter(settings)).replace("_", "-")):
        Options(**settings)


@pytest.mark.slow
def test_what_the_page_calls_normal(tmp_path: Path) -> None:
    """Entropy sinks towards its target of -1 and the temperature falls; the soft value stays below a nat a step."""
    assert train_chapter("sac", 0, tmp_path)["solved"]
    with (tmp_path / "progress.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(float(row["evaluation"]) < -1000 for row in rows[:2])
    entropies, temperatures = ([float(row[name]) for row in rows] for name in ("entropy", "temperature"))
    assert entropies[0] > 0 and -1 < entropies[-1] < -0.3
    assert temperatures == sorted(temperatures, reverse=True) and temperatures[-1] < 0.04
    assert all(-1.63 / (1 - 0.95) < float(row["value"]) < 0 for row in rows)
