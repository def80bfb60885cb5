"""TRPO: the Fisher-vector product against the matrix, the natural gradient, and the bound after every update."""

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.parts.chapter_process import train_chapter
from common.environments.training import TrainingEnvironments
from common.networks.activations import softmax
from deep.parts.lazy import keras, tf
from deep.parts.spaces import ContinuousActions
from deep.trpo import TRPO, Options, train
from tests.deep.worlds import Counter, Steps

import gymnasium as gym
import numpy as np
import pytest

Vector = np.ndarray
STATES = np.random.default_rng(3).normal(size=(6, 2)).astype(np.float32)
ACTIONS = np.array([0, 2, 1, 0, 2, 2])
ADVANTAGES = np.array([1.0, -0.5, 0.3, -1.2, 0.9, -0.5], np.float32)


@cache
def compiled_once(hidden: tuple[int, ...], damping: float) -> TRPO:
    return TRPO(2, 3, Options(hidden=hidden, damping=damping), np.random.default_rng(1))


def make(hidden: tuple[int, ...] = (3,), damping: float = 0.0, **settings: Any) -> TRPO:
    """A small network for two numbers and three actions, with weights and biases that are not 0."""
    agent, random = compiled_once(hidden, damping), np.random.default_rng(2)
    agent.options = replace(Options(hidden=hidden, damping=damping), **settings)
    agent.actor.set_weights([random.normal(0, 0.7, each.shape) for each in agent.actor.get_weights()])
    agent.refresh()
    return agent


def vector_of(agent: TRPO) -> Vector:
    return np.concatenate([each.ravel() for each in agent.actor.get_weights()]).astype(np.float64)


def policy(vector: Vector, hidden: int = 3) -> Vector:
    """[states, actions] pi of the network with these weights, written out once more, in double precision."""
    shapes, begin, parts = [(2, hidden), (hidden,), (hidden, 3), (3,)], 0, []
    for shape in shapes:
        parts.append(vector[begin : begin + np.prod(shape)].reshape(shape))
        begin += int(np.prod(shape))
    return softmax(np.tanh(STATES.astype(np.float64) @ parts[0] + parts[1]) @ parts[2] + parts[3])


def kl(old: Vector, new: Vector) -> float:
    """The mean KL divergence of policies [states, actions]."""
    return float((old * np.log(old / new)).sum(axis=1).mean())


def fisher_matrix(agent: TRPO) -> Vector:
    """F = E[ grad log pi grad log pi^T ]: over the states, and over the actions as often as pi chooses them."""
    matrix: Any = 0.0
    for state in STATES:
        for action in range(3):
            with tf.GradientTape() as tape:
                log_pi = tf.nn.log_softmax(agent.actor(state[None]))[0, action]
            parts = tape.gradient(log_pi, agent.actor.trainable_variables)
            score = np.concatenate([part.numpy().ravel() for part in parts]).astype(np.float64)
            matrix = matrix + np.exp(float(log_pi)) * np.outer(score, score) / len(STATES)
    return np.asarray(matrix)


def test_the_fisher_vector_product_is_that_of_the_explicit_matrix() -> None:
    agent = make()
    matrix = fisher_matrix(agent)
    products = [agent.fisher(STATES, axis)["product"] for axis in np.eye(len(matrix))]
    np.testing.assert_allclose(np.array(products).T, matrix, atol=1e-5)
    assert np.abs(matrix).max() > 0.05, "there is something to compare"


def test_the_fisher_vector_product_is_the_curvature_of_the_kl_divergence() -> None:
    """By finite differences: u^T F v = (KL(h(u + v)) - KL(h(u - v))) / 2h^2, for KL(hx) = h^2/2 x^T F x."""
    agent, h = make(), 1e-3
    w, v = vector_of(agent), np.random.default_rng(5).normal(size=21)
    old = policy(w)
    measured = [
        (kl(old, policy(w + h * (u + v))) - kl(old, policy(w + h * (u - v)))) / (2 * h**2) for u in np.eye(len(w))
    ]
    np.testing.assert_allclose(agent.fisher(STATES, v)["product"], measured, atol=1e-3)


def test_damping_is_added_to_the_diagonal() -> None:
    v = np.random.default_rng(5).normal(size=21)
    bare, damped = (make(damping=damping).fisher(STATES, v)["product"] for damping in (0.0, 0.25))
    np.testing.assert_allclose(damped, bare + 0.25 * v, atol=1e-5)


def test_the_slope_of_the_objective_is_that_of_a2c() -> None:
    """Of a linear policy: dL / d biases = mean of A (indicator of the action - pi)."""
    agent = make(hidden=())
    given = agent.slope(STATES, ACTIONS, ADVANTAGES)
    pi = softmax(agent.actor(STATES).numpy())
    by_hand = ADVANTAGES[:, None] * (np.eye(3)[ACTIONS] - pi)
    np.testing.assert_allclose(given["gradient"][-3:], by_hand.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(given["gradient"][:-3], (STATES.T @ by_hand / 6).ravel(), atol=1e-6)
    np.testing.assert_allclose(softmax(given["outputs"]), pi, rtol=1e-6)
    np.testing.assert_allclose(given["weights"], vector_of(agent), rtol=1e-6)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("delta", [1e-4, 1e-3, 0.01, 0.1, 1.0])
def test_the_kl_divergence_after_an_update_is_within_the_bound(delta: float, sign: int) -> None:
    """Measured apart, in double precision. While the bowl is right, for small steps, the bound is used up."""
    agent = make(delta=delta)
    before = policy(vector_of(agent))
    agent.improve(STATES, ACTIONS, sign * ADVANTAGES)
    after = policy(vector_of(agent))
    moved = kl(before, after)
    assert 0 < moved <= delta * (1 + 1e-3)
    assert agent.numbers["kl"] == pytest.approx(moved, rel=0.01, abs=1e-6)
    ratio = (after / before)[np.arange(6), ACTIONS]
    gain = ((ratio - 1) * sign * ADVANTAGES).mean()
    assert gain > 0 and agent.numbers["gain"] == pytest.approx(gain, rel=0.01)
    if delta < 1e-3:
        assert moved == pytest.approx(agent.numbers["length"] ** 2 * delta, rel=0.1)


def test_damping_above_the_curvature_leaves_most_of_the_region_unused() -> None:
    agent = make(damping=10.0)
    agent.improve(STATES, ACTIONS, ADVANTAGES)
    assert 0 < agent.numbers["kl"] < agent.options.delta / 10 and agent.numbers["length"] == 1.0


def test_a_step_that_is_too_long_is_shortened(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound that the bowl misjudges: the first of the lengths 1, 0.5, 0.25, ... whose KL divergence is within it."""
    agent = make(delta=2.0, shrink=0.5)
    before, tried, move = vector_of(agent), [], agent.move
    with monkeypatch.context() as patch:
        patch.setattr(TRPO, "move", lambda self, *arguments: tried.append(move(*arguments)) or tried[-1])
        agent.improve(STATES, ACTIONS, -ADVANTAGES)
    assert tried[0]["kl"] > 2.0 and tried[0]["gain"] > 0, "what is wrong with it is its length alone"
    assert len(tried) > 1 and agent.numbers["length"] == 0.5 ** (len(tried) - 1)
    assert all(each["kl"] > 2.0 or each["gain"] <= 0 for each in tried[:-1])
    assert kl(policy(before), policy(vector_of(agent))) <= 2.0


def test_where_no_length_holds_the_policy_stays() -> None:
    agent = make(delta=2.0, tries=1)
    before = agent.weights()
    agent.improve(STATES, ACTIONS, -ADVANTAGES)
    assert agent.numbers["length"] == 0.0 and abs(agent.numbers["kl"]) < 1e-6
    assert all(np.array_equal(a, b) for a, b in zip(before, agent.weights(), strict=True))


def test_where_nothing_is_better_than_anything_the_policy_stays() -> None:
    agent = make()
    before = agent.weights()
    agent.improve(STATES, ACTIONS, np.zeros(6, np.float32))
    assert agent.numbers["length"] == 0.0
    assert all(np.array_equal(a, b) for a, b in zip(before, agent.weights(), strict=True))


def test_one_iteration_of_conjugate_gradient_is_the_gradient_with_a_length() -> None:
    agent = make(iterations=1, delta=0.001)
    before, gradient = vector_of(agent), agent.slope(STATES, ACTIONS, ADVANTAGES)["gradient"]
    agent.improve(STATES, ACTIONS, ADVANTAGES)
    step = vector_of(agent) - before
    assert step @ gradient == pytest.approx(np.linalg.norm(step) * np.linalg.norm(gradient), rel=1e-3)
    assert agent.numbers["kl"] > 0.0005


def test_the_step_is_the_same_in_other_units() -> None:
    """The natural gradient knows policies, not weights: with a state in metres or in centimetres it ends at the same
    policy, though the weights are a hundred times as small. The plain gradient does not."""
    policies, plain = [], []
    for unit in (1.0, 10.0):
        agent = make(hidden=(), delta=0.001, iterations=9)
        kernel, bias = agent.actor.get_weights()
        agent.actor.set_weights([kernel / unit, bias])
        agent.refresh()
        gradient = agent.slope(unit * STATES, ACTIONS, ADVANTAGES)["gradient"]
        plain.append(softmax(unit * STATES @ (kernel / unit + 0.05 * gradient[:6].reshape(2, 3)) + bias))
        agent.improve(unit * STATES, ACTIONS, ADVANTAGES)
        policies.append(softmax(agent.actor(unit * STATES).numpy()))
    np.testing.assert_allclose(policies[0], policies[1], atol=2e-4)
    assert np.abs(plain[0] - plain[1]).max() > 0.02
    assert np.abs(policies[0] - softmax(make(hidden=()).actor(STATES).numpy())).max() > 0.01


def environments(lengths: tuple[int, ...] = (7, 50)) -> TrainingEnvironments:
    """Environments whose episodes last that long."""
    envs = gym.vector.SyncVectorEnv([lambda length=length: Counter(length, True) for length in lengths])
    return TrainingEnvironments(envs, np.random.default_rng(0), lambda score: None)


def loop(turns: int, **settings: Any) -> Any:
    keras.utils.set_random_seed(0)
    agent = TRPO(2, 2, Options(**({"hidden": (8,), "rollout": 16} | settings)), np.random.default_rng(1))
    train(environments(), agent, Steps(turns))  # type: ignore[arg-type]  # a run in short
    return agent


def test_continuous_actions_have_the_same_bound() -> None:
    """A Gaussian policy on normalised observations: F v by finite differences of its divergence, and an update."""
    keras.utils.set_random_seed(0)
    options = Options(hidden=(3,), damping=0.0, normalise=True, delta=0.01)
    agent = TRPO(2, ContinuousActions(np.float32([-2]), np.float32([2])), options, np.random.default_rng(0))
    assert set(agent.roles) == {"gaussian", "value"}
    actions = np.random.default_rng(1).normal(size=(6, 1)).astype(np.float32)
    start, h = agent.slope(STATES, actions, ADVANTAGES), 0.05
    v = np.random.default_rng(2).normal(size=len(start["weights"]))
    v /= np.linalg.norm(v)
    moved = [
        agent.move(start["weights"] + side * h * v, STATES, actions, ADVANTAGES, start["outputs"])["kl"]
        for side in (1, -1)
    ]
    agent.move(start["weights"], STATES, actions, ADVANTAGES, start["outputs"])
    assert v @ agent.fisher(STATES, v)["product"] == pytest.approx(sum(moved) / h**2, rel=0.05)
    agent.improve(STATES, actions, ADVANTAGES)
    outputs = agent.predict(agent.actor, STATES)
    divergence = agent._policy.divergence(start["outputs"], outputs).numpy().mean()
    assert 0.003 < divergence <= 0.01 * (1 + 1e-3) and agent.numbers["gain"] > 0


def test_the_same_seed_gives_the_same_weights_and_the_largest_divergence_is_kept() -> None:
    first, second = loop(64), loop(64)  # four updates
    assert all(np.array_equal(a, b) for a, b in zip(first.weights(), second.weights(), strict=True))
    assert 0 < first.numbers["kl"] <= first.numbers["largest_kl"] <= first.options.delta


def test_the_values_learn_from_the_whole_rollout_as_often_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """20 turns of two environments whose episodes take 10 steps and one to restart: 38 steps."""
    seen: list[Any] = []
    monkeypatch.setattr(TRPO, "improve", lambda *arguments: None)
    monkeypatch.setattr(TRPO, "fit", SimpleNamespace(each=lambda *arguments: seen.append(arguments)))
    train(environments((10, 10)), make(rollout=20, critic_steps=7), Steps(20))  # type: ignore[arg-type]  # in short
    [(states, returns)] = seen
    assert states.shape == (7, 38, 2) and returns.shape == (7, 38)
    assert (states == states[0]).all() and (returns == returns[0]).all()


def test_one_step_of_the_values_is_adams() -> None:
    """Adam's first step moves each weight by the learning rate, down the squared error."""
    agent = make(critic_learning_rate=0.005)
    returns, before = np.full(6, 3.0, np.float32), agent.critic.get_weights()
    errors = [agent.fit(STATES, returns)["value_error"] for _ in range(2)]
    kernel, first = agent.critic.get_weights()[0], before[0]
    assert errors[1] < errors[0] == pytest.approx(((agent_values(before) - 3.0) ** 2).mean(), rel=1e-4)
    assert 0 < np.abs(kernel - first).max() <= 0.0101


def agent_values(weights: list[Vector]) -> Vector:
    return (np.tanh(STATES @ weights[0] + weights[1]) @ weights[2] + weights[3])[:, 0]


def progress(folder: Path, *arguments: str) -> list[dict[str, float]]:
    """progress.csv of a run of the chapter."""
    train_chapter("trpo", 0, folder, arguments)
    with (folder / "progress.csv").open(encoding="utf-8", newline="") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


class TwoArms(Counter):
    """An episode of one step, in which the second action pays 1."""

    def __init__(self) -> None:
        super().__init__(1, True)

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict]:
        observation, _, *ends = super().step(action)
        return observation, float(action == 1), *ends


@cache
def two_arms_agent() -> TRPO:
    return TRPO(2, 2, Options(hidden=(), rollout=20, damping=0.0), np.random.default_rng(0))


@pytest.mark.parametrize("delta", [0.001, 0.02, 0.1])
def test_one_rollout_moves_an_undecided_policy_as_far_as_the_bound_says(delta: float) -> None:
    """KL(0.5 || p) = -1/2 log(4 p (1 - p)) = delta where p = (1 + sqrt(1 - e^(-2 delta))) / 2: 0.6 for 0.02."""
    agent = two_arms_agent()
    agent.options = replace(agent.options, delta=delta)
    agent.actor.set_weights([np.zeros((2, 2)), np.zeros(2)])
    agent.refresh()
    envs = TrainingEnvironments(gym.vector.SyncVectorEnv([TwoArms] * 4), np.random.default_rng(0), lambda score: None)
    train(envs, agent, Steps(20))  # type: ignore[arg-type]  # a run in short
    far = (1 + np.sqrt(1 - np.exp(-2 * delta))) / 2
    moved = softmax(agent.predict(agent.actor, np.float32([1.0, 0.0])))[1]
    assert 0.5 + 0.75 * (far - 0.5) < moved <= far + 1e-3
