"""Each chapter's update against a number worked out by hand and against a literal transcription of its equation."""

import random
from typing import Any

import numpy as np
import pytest

from tabular.monte_carlo import MonteCarloControl, MonteCarloPrediction, OffPolicyPrediction, returns
from tabular.parts.table_agent import Schedule
from tabular.q_learning import DoubleQLearning, DynaQ, QLearning
from tabular.sarsa import ExpectedSarsa, Sarsa, SarsaLambda
from tabular.td_prediction import TDPrediction

HALF = Schedule(step_size=0.5, epsilon=0.2, discount=0.9)
TABLE = np.array([[1.0, 2.0], [4.0, 3.0], [0.0, 0.0]])
UNIFORM = np.full((3, 2), 0.5)
STATES, ACTIONS = 4, 3


def filled(agent: Any) -> Any:
    agent.fill(TABLE)
    return agent


# By hand: q(0, 1) = 2, step size 0.5, discount 0.9, reward 1, next state 1 with the values 4 and 3.


@pytest.mark.parametrize(
    ("agent", "target"),
    [
        (Sarsa(3, 2, HALF, 0), 1 + 0.9 * 3.0),  # the next action is 1
        (ExpectedSarsa(3, 2, HALF, 0), 1 + 0.9 * (0.8 * 4.0 + 0.2 * 3.5)),
        (SarsaLambda(3, 2, HALF, 0, trace=0.7), 1 + 0.9 * 3.0),
    ],
)
def test_sarsas_targets_by_hand(agent: Sarsa, target: float) -> None:
    filled(agent).learn(0, 1, 1.0, 1, 1, terminated=False)
    assert agent.table[0][1] == pytest.approx(2 + 0.5 * (target - 2))
    assert agent.last_update is not None
    assert agent.last_update[2:] == pytest.approx((2.0, target, 0.5, 2 + 0.5 * (target - 2)))


def test_q_learnings_target_by_hand() -> None:
    agent = filled(QLearning(3, 2, HALF, 0))
    agent.learn(0, 1, 1.0, 1, terminated=False)
    assert agent.table[0][1] == pytest.approx(2 + 0.5 * (1 + 0.9 * 4.0 - 2))


def test_double_q_learning_lets_the_other_table_judge() -> None:
    agent = filled(DoubleQLearning(3, 2, HALF, 0))
    agent.tables[0][1][:] = [4.0, 3.0]  # prefers action 0, of which the other one thinks 10
    agent.tables[1][1][:] = [10.0, 20.0]  # prefers action 1, of which the first one thinks 3
    agent.learn(0, 1, 1.0, 1, terminated=False)
    first, second = agent.tables[0][0][1], agent.tables[1][0][1]
    assert sorted((first == 2.0, second == 2.0)) == [False, True]
    expected = 1 + 0.9 * 10.0 if second == 2.0 else 1 + 0.9 * 3.0
    assert (first if second == 2.0 else second) == pytest.approx(2 + 0.5 * (expected - 2))
    assert agent.table[0][1] == pytest.approx((first + second) / 2)


def test_temporal_difference_by_hand() -> None:
    agent = TDPrediction(UNIFORM, HALF, 0)
    agent.fill(np.array([1.0, 4.0, 0.0]))
    agent.learn(0, 1.0, 1, terminated=False)
    assert agent.table[0] == pytest.approx(1 + 0.5 * (1 + 0.9 * 4 - 1))


@pytest.mark.parametrize("kind", [Sarsa, ExpectedSarsa])
def test_nothing_follows_a_terminal_state(kind: type[Sarsa]) -> None:
    agent = filled(kind(3, 2, HALF, 0))
    agent.learn(0, 1, 1.0, 1, 1, terminated=True)
    assert agent.table[0][1] == pytest.approx(2 + 0.5 * (1 - 2))


def test_nothing_follows_a_terminal_state_off_policy_or_in_prediction() -> None:
    for agent in (filled(QLearning(3, 2, HALF, 0)), filled(DynaQ(3, 2, HALF, 0, planning=0))):
        agent.learn(0, 1, 1.0, 1, terminated=True)
        assert agent.table[0][1] == pytest.approx(1.5)
    td = TDPrediction(UNIFORM, HALF, 0)
    td.fill(np.array([2.0, 4.0, 0.0]))
    td.learn(0, 1.0, 1, terminated=True)
    assert td.table[0] == pytest.approx(1.5)


A, B, GOAL = 0, 1, 2
EPISODE = [(B, 0, 0.0), (A, 0, 0.0), (B, 0, 0.0), (GOAL, 0, 100.0)]
"""B, A, B, goal; of these four steps only the one in the goal is paid."""
MEAN = Schedule(step_size=1.0, step_size_decay=1.0, discount=0.9)


def test_first_visit_monte_carlo_of_b_a_b_goal() -> None:
    agent = MonteCarloPrediction(UNIFORM, MEAN, 0)
    agent.learn(EPISODE, next_state=GOAL, terminated=True)
    assert agent.table == pytest.approx([81.0, 72.9, 100.0])  # not the 90 of the last visit to B


def test_every_visit_monte_carlo_takes_the_mean_of_both_visits() -> None:
    agent = MonteCarloPrediction(UNIFORM, MEAN, 0, every_visit=True)
    agent.learn(EPISODE, next_state=GOAL, terminated=True)
    assert agent.table == pytest.approx([81.0, (72.9 + 90.0) / 2, 100.0])


def test_monte_carlo_control_counts_pairs_and_never_a_next_state() -> None:
    agent = MonteCarloControl(3, 2, MEAN, 0)
    agent.learn([(B, 0, 0.0), (A, 0, 0.0), (B, 1, 0.0), (GOAL, 0, 100.0)], next_state=GOAL, terminated=True)
    assert agent.table[B] == pytest.approx([72.9, 90.0])


def test_a_truncated_episode_goes_on_by_what_is_believed() -> None:
    prediction = MonteCarloPrediction(UNIFORM, MEAN, 0)
    prediction.fill(np.array([0.0, 0.0, 10.0]))
    prediction.learn([(A, 0, 1.0), (B, 0, 1.0)], next_state=GOAL, terminated=False)
    assert prediction.table[A] == pytest.approx(1 + 0.9 * (1 + 0.9 * 10.0))
    control = filled(MonteCarloControl(3, 2, HALF, 0))
    control.learn([(A, 0, 1.0)], next_state=B, terminated=False)
    assert control.table[A][0] == pytest.approx(1 + 0.5 * (1 + 0.9 * (0.8 * 4.0 + 0.2 * 3.5) - 1))


def test_returns_by_brute_force() -> None:
    dice = np.random.default_rng(3)
    for _ in range(50):
        episode = [(0, 0, float(reward)) for reward in dice.normal(size=dice.integers(1, 20))]
        discount, rest = dice.random(), dice.normal()
        rewards = [reward for _, _, reward in episode] + [rest]
        brute = [sum(discount**k * r for k, r in enumerate(rewards[t:])) for t in range(len(episode))]
        assert returns(episode, discount, rest) == pytest.approx(brute)


def test_the_running_mean_is_the_mean() -> None:
    agent = MonteCarloPrediction(UNIFORM, MEAN, 0)
    paid = [3.0, -1.0, 4.0, 10.0]
    for reward in paid:
        agent.learn([(A, 0, reward)], next_state=GOAL, terminated=True)
    assert agent.table[A] == pytest.approx(np.mean(paid))


# Against literal transcriptions, over random experience.


def experience(number: int, seed: int) -> list[tuple[int, int, float, int, int, bool]]:
    dice = random.Random(seed)
    draws = []
    state, action = dice.randrange(STATES), dice.randrange(ACTIONS)
    for _ in range(number):
        following, next_action = dice.randrange(STATES), dice.randrange(ACTIONS)
        draws.append((state, action, dice.gauss(0, 1), following, next_action, dice.random() < 0.2))
        state, action = following, next_action
    return draws


def test_sarsa_and_q_learning_against_their_equations() -> None:
    schedule = Schedule(step_size=0.3, discount=0.8, epsilon=0.25)
    sarsa, expected, greedy = (kind(STATES, ACTIONS, schedule, 0) for kind in (Sarsa, ExpectedSarsa, QLearning))
    q_sarsa, q_expected, q_greedy = (np.zeros((STATES, ACTIONS)) for _ in range(3))
    for s, a, r, s2, a2, ended in experience(400, seed=5):
        sarsa.learn(s, a, r, s2, a2, ended)
        expected.learn(s, a, r, s2, a2, ended)
        greedy.learn(s, a, r, s2, ended)
        live = 0.0 if ended else 1.0
        pi = np.full(ACTIONS, 0.25 / ACTIONS)
        pi[q_expected[s2].argmax()] += 0.75
        q_sarsa[s, a] += 0.3 * (r + 0.8 * live * q_sarsa[s2, a2] - q_sarsa[s, a])
        q_expected[s, a] += 0.3 * (r + 0.8 * live * (pi @ q_expected[s2]) - q_expected[s, a])
        q_greedy[s, a] += 0.3 * (r + 0.8 * live * q_greedy[s2].max() - q_greedy[s, a])
    np.testing.assert_allclose(sarsa.action_values, q_sarsa, atol=1e-12)
    np.testing.assert_allclose(expected.action_values, q_expected, atol=1e-12)
    np.testing.assert_allclose(greedy.action_values, q_greedy, atol=1e-12)
    for agent in (sarsa, expected, greedy):
        assert agent.best == pytest.approx(agent.action_values.max(axis=1).tolist())


@pytest.mark.parametrize("trace", [0.0, 0.6, 1.0])
def test_sarsa_lambda_against_traces_kept_for_every_pair(trace: float) -> None:
    agent = SarsaLambda(STATES, ACTIONS, Schedule(step_size=0.3, discount=0.8), 0, trace)
    q = np.zeros((STATES, ACTIONS))
    for seed in range(5):
        agent.start(0)
        e = np.zeros((STATES, ACTIONS))
        for s, a, r, s2, a2, ended in experience(60, seed):
            agent.learn(s, a, r, s2, a2, ended)
            error = r + (0.0 if ended else 0.8 * q[s2, a2]) - q[s, a]
            e[s, a] = 1.0
            q += 0.3 * error * e
            e *= 0.8 * trace
    np.testing.assert_allclose(agent.action_values, q, atol=1e-9)
    assert agent.best == pytest.approx(agent.action_values.max(axis=1).tolist())


def test_sarsa_lambda_with_lambda_0_is_sarsa() -> None:
    schedule = Schedule(step_size=0.3)
    traced, plain = SarsaLambda(STATES, ACTIONS, schedule, 0, trace=0.0), Sarsa(STATES, ACTIONS, schedule, 0)
    for s, a, r, s2, a2, ended in experience(200, seed=8):
        traced.learn(s, a, r, s2, a2, ended)
        plain.learn(s, a, r, s2, a2, ended)
    assert traced.table == plain.table


def test_dyna_q_without_planning_is_q_learning_and_planning_repeats_what_was_seen() -> None:
    schedule = Schedule(step_size=0.5, discount=0.9)
    plain, still, dyna = QLearning(3, 2, schedule, 0), DynaQ(3, 2, schedule, 0, 0), DynaQ(3, 2, schedule, 0, 200)
    for agent in (plain, still, dyna):
        agent.learn(0, 0, 0.0, 1, terminated=False)
        agent.learn(1, 1, 1.0, 2, terminated=True)
    assert plain.table == still.table
    # Two pairs seen, again and again: the values of the world that they describe.
    assert dyna.table[1][1] == pytest.approx(1.0)
    assert dyna.table[0][0] == pytest.approx(0.9)
    assert dyna.visits == plain.visits


@pytest.mark.parametrize("weighted", [True, False])
def test_importance_sampling_against_its_definition(weighted: bool) -> None:
    """Sutton & Barto, equations 5.5 and 5.6, over first visits."""
    dice = np.random.default_rng(11)
    target, behaviour = dice.dirichlet(np.ones(2), size=3), dice.dirichlet(np.ones(2), size=3)
    agent = OffPolicyPrediction(target, behaviour, weighted, Schedule(discount=0.9), 0)
    ratios: list[list[float]] = [[], [], []]
    scaled: list[list[float]] = [[], [], []]
    for _ in range(40):
        length = int(dice.integers(1, 8))
        steps = zip(dice.integers(3, size=length), dice.integers(2, size=length), dice.normal(size=length), strict=True)
        episode = [(int(s), int(a), float(r)) for s, a, r in steps]
        agent.learn(episode, next_state=0, terminated=True)
        for state in {s for s, _, _ in episode}:
            t = [s for s, _, _ in episode].index(state)
            rho = np.prod([target[s, a] / behaviour[s, a] for s, a, _ in episode[t:]])
            g = sum(0.9**k * r for k, (_, _, r) in enumerate(episode[t:]))
            ratios[state].append(float(rho))
            scaled[state].append(float(rho * g))
    below = [sum(r) if weighted else len(r) for r in ratios]
    assert agent.table == pytest.approx([sum(top) / bottom for top, bottom in zip(scaled, below, strict=True)])


def test_the_first_weighted_estimate_is_the_return_itself() -> None:
    """Biased, but never outside what was seen; the ordinary one multiplies the return by the ratio."""
    target, behaviour = np.array([[1.0, 0.0]]), np.array([[0.25, 0.75]])
    for weighted, value in ((True, 5.0), (False, 20.0)):
        agent = OffPolicyPrediction(target, behaviour, weighted, Schedule(), 0)
        agent.learn([(0, 0, 5.0)], next_state=0, terminated=True)
        assert agent.table == [pytest.approx(value)]
