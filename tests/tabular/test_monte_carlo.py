"""Monte Carlo by hand and by its definition: first and every visit, returns, importance sampling, episodes cut off."""

from typing import Any

from gridworld import MDP
from gridworld.env import MDPEnv
from tabular import monte_carlo_control, monte_carlo_off_policy, monte_carlo_prediction

import numpy as np
import pytest

UNIFORM = np.full((3, 2), 0.5)
THREE_STATES = MDP(
    np.zeros((3, 2, 1), int), np.ones((3, 2, 1)), np.zeros((3, 2, 1)), np.zeros((3, 2, 1), bool), [1, 0, 0]
)
A, B, GOAL = 0, 1, 2
EPISODE = [(B, 0, 0.0), (A, 0, 0.0), (B, 0, 0.0), (GOAL, 0, 100.0)]
"""B, A, B, goal; of these four steps only the one in the goal is paid."""


def predictor(**options: Any) -> monte_carlo_prediction.MonteCarloTable:
    return monte_carlo_prediction.MonteCarloTable(UNIFORM, monte_carlo_prediction.Options(**options))


def test_first_visit_monte_carlo_of_b_a_b_goal() -> None:
    agent = predictor()
    agent.learn(EPISODE, 0.0)
    assert agent.table == pytest.approx([81.0, 72.9, 100.0])  # not the 90 of the last visit to B


def test_every_visit_monte_carlo_takes_the_mean_of_both_visits() -> None:
    agent = predictor(every_visit=True)
    agent.learn(EPISODE, 0.0)
    assert agent.table == pytest.approx([81.0, (72.9 + 90.0) / 2, 100.0])


def test_by_default_prediction_is_the_mean_of_the_returns() -> None:
    agent = predictor()
    paid = [3.0, -1.0, 4.0, 10.0]
    for reward in paid:
        agent.learn([(A, 0, reward)], 0.0)
    assert agent.table[A] == pytest.approx(np.mean(paid))


def controller(**options: Any) -> monte_carlo_control.MonteCarloTable:
    return monte_carlo_control.MonteCarloTable(MDPEnv(THREE_STATES), monte_carlo_control.Options(**options))


def test_monte_carlo_control_counts_pairs_and_never_a_next_state() -> None:
    agent = controller(step_size=1.0)
    agent.learn([(B, 0, 0.0), (A, 0, 0.0), (B, 1, 0.0), (GOAL, 0, 100.0)], 0.0)
    assert agent.table[B] == pytest.approx([72.9, 90.0])
    first, every = controller(step_size=0.5), controller(step_size=0.5, every_visit=True)
    for learner in (first, every):
        learner.learn(EPISODE, 0.0)
    assert first.table[B][0] == pytest.approx(0.5 * 72.9)
    assert every.table[B][0] == pytest.approx(0.5 * 90 + 0.5 * (72.9 - 0.5 * 90))


def test_a_truncated_episode_goes_on_by_what_is_believed() -> None:
    treadmill = MDP(
        [[[1, 1]], [[1, 1]]], [[[1.0, 0]], [[1.0, 0]]], np.ones((2, 1, 2)), np.zeros((2, 1, 2), bool), [1, 0]
    )
    prediction = monte_carlo_prediction.MonteCarloTable(np.ones((2, 1)), monte_carlo_prediction.Options(discount=0.9))
    prediction.fill(np.array([0.0, 10.0]))
    control = monte_carlo_control.MonteCarloTable(
        MDPEnv(treadmill), monte_carlo_control.Options(discount=0.9, step_size=1.0)
    )
    control.fill(np.array([[0.0], [10.0]]))
    always = np.ones((2, 1))
    elsewhere = monte_carlo_off_policy.OffPolicyTable(always, always, monte_carlo_off_policy.Options(discount=0.9))
    elsewhere.fill(np.array([0.0, 10.0]))
    for chapter, agent in (
        (monte_carlo_prediction, prediction),
        (monte_carlo_control, control),
        (monte_carlo_off_policy, elsewhere),
    ):
        assert list(chapter.train(MDPEnv(treadmill, max_steps=2), agent, 1)) == [(1.0, False), (1.0, True)]
        assert np.ravel(agent.table)[0] == pytest.approx(1 + 0.9 * (1 + 0.9 * 10.0))


def test_returns_by_brute_force() -> None:
    dice = np.random.default_rng(3)
    for _ in range(50):
        agent = monte_carlo_prediction.MonteCarloTable(
            np.ones((20, 1)), monte_carlo_prediction.Options(discount=dice.random())
        )
        rewards, rest = dice.normal(size=int(dice.integers(1, 20))), float(dice.normal())
        agent.learn([(t, 0, float(reward)) for t, reward in enumerate(rewards)], rest)
        paid = [*rewards, rest]
        brute = [sum(agent.discount**k * r for k, r in enumerate(paid[t:])) for t in range(len(rewards))]
        assert agent.table[: len(rewards)] == pytest.approx(brute)


@pytest.mark.parametrize("importance", ["weighted", "ordinary"])
def test_importance_sampling_against_its_definition(importance: Any) -> None:
    """Sutton & Barto, equations 5.5 and 5.6, over first visits."""
    dice = np.random.default_rng(11)
    target, behaviour = dice.dirichlet(np.ones(2), size=3), dice.dirichlet(np.ones(2), size=3)
    options = monte_carlo_off_policy.Options(discount=0.9, importance=importance)
    agent = monte_carlo_off_policy.OffPolicyTable(target, behaviour, options)
    ratios: list[list[float]] = [[], [], []]
    scaled: list[list[float]] = [[], [], []]
    for _ in range(40):
        length = int(dice.integers(1, 8))
        steps = zip(dice.integers(3, size=length), dice.integers(2, size=length), dice.normal(size=length), strict=True)
        episode = [(int(s), int(a), float(r)) for s, a, r in steps]
        agent.learn(episode, 0.0)
        for state in {s for s, _, _ in episode}:
            t = [s for s, _, _ in episode].index(state)
            rho = np.prod([target[s, a] / behaviour[s, a] for s, a, _ in episode[t:]])
            g = sum(0.9**k * r for k, (_, _, r) in enumerate(episode[t:]))
            ratios[state].append(float(rho))
            scaled[state].append(float(rho * g))
    below = [sum(r) if importance == "weighted" else len(r) for r in ratios]
    assert agent.table == pytest.approx([sum(top) / bottom for top, bottom in zip(scaled, below, strict=True)])


def test_the_first_weighted_estimate_is_the_return_itself() -> None:
    """Biased, but never outside what was seen; the ordinary one multiplies the return by the ratio."""
    target, behaviour = np.array([[1.0, 0.0]]), np.array([[0.25, 0.75]])
    for importance, value in (("weighted", 5.0), ("ordinary", 20.0)):
        options = monte_carlo_off_policy.Options(importance=importance)  # type: ignore[arg-type]
        agent = monte_carlo_off_policy.OffPolicyTable(target, behaviour, options)
        agent.learn([(0, 0, 5.0)], 0.0)
        assert agent.table == [pytest.approx(value)]
