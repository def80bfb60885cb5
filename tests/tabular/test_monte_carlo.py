"""Monte Carlo by hand and by its definition: first and every visit, returns, importance sampling, episodes cut off."""

from typing import Any

from dp.parts import exact
from gridworld import MDP, GridWorld
from gridworld.env import GridWorldEnv, MDPEnv
from tabular import (
    monte_carlo_control,
    monte_carlo_off_policy,
    monte_carlo_off_policy_control,
    monte_carlo_prediction,
)
from tabular.parts.experiment import Experiment
from tests.tabular.calls import refuse

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


# Exploring starts


def test_exploring_starts_begin_in_any_state_with_any_action() -> None:
    """Every pair that an agent can come to begins as many episodes as any other; the walls and the goal none."""
    world = GridWorld.load("course")
    options = monte_carlo_control.Options(exploring_starts=True, epsilon=0.0, max_steps=1)
    experiment = Experiment("none", options)
    trial = experiment.trial(monte_carlo_control.method(options), 0)
    for _ in range(9600):
        trial.episode()
    begun = np.array(trial.agent.visits)
    assert begun.sum() == 9600
    can = ~(world.where("wall") | world.where("terminal")).ravel()
    assert (begun[~can] == 0).all()
    assert begun[can].min() > 60 and begun[can].max() < 145, "100 on average, a standard deviation of 10"


def test_only_exploring_starts_judge_what_a_greedy_policy_never_does() -> None:
    """Left pays 1, right 2; who began with left and is greedy never finds out. Neither pair needs epsilon."""
    fork = MDP(
        [[[1], [1]], [[1], [1]]], np.ones((2, 2, 1)), [[[1.0], [2.0]], [[0.0], [0.0]]], np.ones((2, 2, 1)), [1, 0]
    )
    tables = []
    for exploring in (False, True):
        options = monte_carlo_control.Options(exploring_starts=exploring, epsilon=0.0, step_size=1.0)
        agent = monte_carlo_control.MonteCarloTable(MDPEnv(fork), options)
        agent.write(0, 0, 0.5)
        for _ in monte_carlo_control.train(MDPEnv(fork), agent, 40):
            pass
        tables.append(agent.table[0])
    assert tables == [[1.0, 0.0], [1.0, 2.0]]


def test_exploring_starts_need_a_model() -> None:
    said = refuse("monte_carlo_control", "--env", "Blackjack-v1", "--exploring-starts", "--headless")
    assert "--exploring-starts begins anywhere, which Blackjack-v1 has no way to" in said


# Off-policy control


def off_policy_controller(**options: Any) -> monte_carlo_off_policy_control.OffPolicyTable:
    settings = monte_carlo_off_policy_control.Options(**options)
    return monte_carlo_off_policy_control.OffPolicyTable(MDPEnv(THREE_STATES), settings)


def test_an_episode_teaches_its_end_from_the_last_action_on_that_was_not_greedy() -> None:
    agent = off_policy_controller(discount=0.5)
    agent.write(A, 1, 9.0)
    agent.learn([(GOAL, 0, 64.0, 0.5), (A, 0, 4.0, 0.5), (B, 1, 2.0, 0.5), (GOAL, 0, 8.0, 0.5)], 0.0)
    assert agent.table == [[7.0, 9.0], [0.0, 6.0], [8.0, 0.0]], "the first step is beyond A, where 1 is greedy"
    assert agent.visits == [[1, 0], [0, 1], [1, 0]]


def test_a_return_weighs_what_it_is_likelier_under_the_greedy_policy() -> None:
    """Taken with 1/4 and 1/2: 4 and 2 times as likely when nothing else is done."""
    agent = off_policy_controller(discount=1.0)
    agent.learn([(A, 0, 1.0, 0.9), (B, 0, 1.0, 0.5), (GOAL, 0, 1.0, 0.25)], 0.0)
    assert [row[0] for row in agent.weights] == [8.0, 4.0, 1.0]
    agent.learn([(A, 0, 7.0, 1.0)], 0.0)
    assert agent.table[A][0] == pytest.approx((8 * 3 + 1 * 7) / 9), "the mean by weight"


def test_off_policy_control_against_its_definition() -> None:
    """Section 5.7: the weighted mean of all returns that count, kept as lists."""
    dice = np.random.default_rng(4)
    agent = off_policy_controller(discount=0.8)
    kept: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for _ in range(60):
        length = int(dice.integers(1, 9))
        episode = [
            (int(dice.integers(3)), int(dice.integers(2)), float(dice.normal()), float(dice.uniform(0.1, 1.0)))
            for _ in range(length)
        ]
        agent.learn(episode, 0.0)
        total, weight = 0.0, 1.0
        for state, action, reward, probability in reversed(episode):
            total = reward + 0.8 * total
            kept.setdefault((state, action), []).append((weight, total))
            means = [
                np.average([g for _, g in pairs], weights=[w for w, _ in pairs])
                if (pairs := kept.get((state, a)))
                else 0.0
                for a in (0, 1)
            ]
            if action != int(np.argmax(means)):
                break
            weight /= probability
    for (state, action), pairs in kept.items():
        weights, returns = zip(*pairs, strict=True)
        assert agent.table[state][action] == pytest.approx(np.average(returns, weights=weights))
        assert agent.weights[state][action] == pytest.approx(sum(weights))


@pytest.mark.parametrize("values", [[0.0, 0.0], [1.0, 0.0], [-1.0, 2.0]])
def test_the_behaviours_probabilities_are_those_it_acts_with(values: list[float]) -> None:
    agent = off_policy_controller(epsilon=0.3)
    for action, value in enumerate(values):
        agent.write(A, action, value)
    chances = [agent.probability(A, action) for action in (0, 1)]
    assert sum(chances) == pytest.approx(1)
    drawn = np.bincount([agent.act(A) for _ in range(4000)], minlength=2) / 4000
    assert drawn == pytest.approx(chances, abs=4 * 0.5 / 4000**0.5)


def test_weights_end_before_they_are_infinite() -> None:
    agent = off_policy_controller(discount=1.0)
    agent.learn([(A, 0, 1.0, 0.001)] * 200, 0.0)
    assert np.isfinite(agent.weights).all() and np.isfinite(agent.table).all()
    before = agent.visits[A][0]
    agent.learn([(A, 0, 1.0, 0.0), (B, 0, 1.0, 0.0)], 0.0)  # by hand, where the policy would never have gone
    assert (agent.visits[A][0], agent.visits[B][0]) == (before, 1)


def test_off_policy_control_learns_the_optimal_values_where_on_policy_learns_those_of_its_exploration() -> None:
    """On ice, with a third of the actions at random, 20,000 episodes of each."""
    world = GridWorld(["S..", ".#G", "..T"], GridWorld.load("course").cells, slip=0.2, step_reward=-0.1)
    optimal = exact.optimal_action_values(world.mdp(), 0.9)
    errors = []
    for chapter, settings in (
        (monte_carlo_off_policy_control, {}),
        (monte_carlo_control, {"step_size": 1.0, "step_size_decay": 1.0}),
    ):
        options = chapter.Options(epsilon=0.33, **settings)
        env = GridWorldEnv(world, max_steps=100)
        agent = chapter.method(options).agent(env, 0)
        env.reset(seed=0)
        for _ in chapter.train(env, agent, 20_000):
            pass
        errors.append(np.abs(agent.action_values - optimal)[world.mdp().reachable].max(axis=1))
    off, on = errors
    assert off[0] < 0.03 and on[0] > 0.1, (off, on)
