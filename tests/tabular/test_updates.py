"""Each chapter's loop against a number worked out by hand and against a literal transcription of its equation."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from gridworld import MDP
from gridworld.env import MDPEnv
from tabular import (
    double_q_learning,
    dyna_q,
    expected_sarsa,
    q_learning,
    sarsa,
    sarsa_lambda,
    td_prediction,
)
from tabular.parts.table_agent import ActionTable, StateTable

import gymnasium as gym
import numpy as np
import pytest

HALF: dict[str, float] = {"step_size": 0.5, "epsilon": 0.2, "discount": 0.9}
TABLE = np.array([[1.0, 2.0], [4.0, 3.0], [0.0, 0.0]])
UNIFORM = np.full((3, 2), 0.5)
STATES, ACTIONS = 5, 3


class OneStep(gym.Env[Any, Any]):
    """State 0, where every action pays 1 and leads to state 1 of three; terminated or not."""

    def __init__(self, terminated: bool = False) -> None:
        self.observation_space, self.action_space = gym.spaces.Discrete(3), gym.spaces.Discrete(2)
        self.terminated = terminated

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[int, dict[str, Any]]:
        return 0, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        return 1, 1.0, self.terminated, False, {}


def one_step(chapter: Any, agent: Any, terminated: bool = False) -> Any:
    """The agent after one step of the chapter's loop, in which it takes action 1 whatever it would like."""
    agent.act = lambda state: 1
    next(chapter.train(OneStep(terminated), agent, 1))
    return agent


# By hand: q(0, 1) = 2, step size 0.5, discount 0.9, reward 1, next state 1 with the values 4 and 3, next action 1.
TARGETS: dict[str, tuple[Any, Callable[..., ActionTable], float]] = {
    "SARSA": (sarsa, ActionTable, 1 + 0.9 * 3.0),
    "Expected SARSA": (expected_sarsa, ActionTable, 1 + 0.9 * (0.8 * 4.0 + 0.2 * 3.5)),
    "SARSA(lambda)": (sarsa_lambda, sarsa_lambda.TracedTable, 1 + 0.9 * 3.0),
    "Q-learning": (q_learning, ActionTable, 1 + 0.9 * 4.0),
    "Dyna-Q": (dyna_q, dyna_q.DynaTable, 1 + 0.9 * 4.0),
}


@pytest.mark.parametrize("kind", TARGETS)
def test_the_target_by_hand(kind: str) -> None:
    chapter, make, target = TARGETS[kind]
    more = {"planning_steps": 0} if kind == "Dyna-Q" else {}
    agent = make(OneStep(), chapter.Options(**HALF, **more))
    agent.fill(TABLE)
    one_step(chapter, agent)
    assert agent.table[0][1] == pytest.approx(2 + 0.5 * (target - 2))
    assert agent.last_update is not None
    assert agent.last_update[2:] == pytest.approx((2.0, target, 0.5, 2 + 0.5 * (target - 2)))
    assert agent.visits == [[0, 1], [0, 0], [0, 0]]


@pytest.mark.parametrize("kind", TARGETS)
def test_nothing_follows_a_terminal_state(kind: str) -> None:
    chapter, make, _ = TARGETS[kind]
    agent = make(OneStep(), chapter.Options(**HALF))
    agent.fill(TABLE)
    if kind == "Dyna-Q":  # what is planned is worth no more than what happened
        agent.fill(np.array([[1.0, 1.0], [4.0, 3.0], [0.0, 0.0]]))
    one_step(chapter, agent, terminated=True)
    assert agent.table[0][1] == pytest.approx(1.0 if kind == "Dyna-Q" else 2 + 0.5 * (1 - 2))


def test_double_q_learning_lets_the_other_table_judge() -> None:
    agent = double_q_learning.DoubleTable(OneStep(), double_q_learning.Options(**HALF))
    agent.fill(TABLE)
    first, second = agent.halves
    first.fill(np.array([[1.0, 2.0], [4.0, 3.0], [0.0, 0.0]]))  # prefers action 0, of which the other one thinks 10
    second.fill(np.array([[1.0, 2.0], [10.0, 20.0], [0.0, 0.0]]))  # prefers action 1, of which the first one thinks 3
    one_step(double_q_learning, agent)
    new = [half.table[0][1] for half in agent.halves]
    assert sorted(value == 2.0 for value in new) == [False, True], "one of them is updated"
    judged = 10.0 if new[1] == 2.0 else 3.0
    expected = 2 + 0.5 * (1 + 0.9 * judged - 2)
    assert [value for value in new if value != 2.0] == [pytest.approx(expected)]
    assert agent.table[0][1] == pytest.approx(sum(new) / 2), "it acts on the mean"


def test_double_q_learning_takes_the_reward_alone_at_the_end() -> None:
    agent = double_q_learning.DoubleTable(OneStep(), double_q_learning.Options(**HALF))
    agent.fill(TABLE)
    one_step(double_q_learning, agent, terminated=True)
    assert sorted(half.table[0][1] for half in agent.halves) == pytest.approx([2 + 0.5 * (1 - 2), 2])


def test_double_q_learning_updates_either_table_as_often() -> None:
    """And each has its own count of visits: with step size 1 / n a constant reward of 1 is 1.0 after few updates."""
    options = double_q_learning.Options(step_size=1.0, step_size_decay=1.0)
    agent = double_q_learning.DoubleTable(OneStep(), options)
    agent.act = lambda state: 1  # type: ignore[method-assign]
    for updates, _ in enumerate(double_q_learning.train(OneStep(terminated=True), agent, 400), start=1):
        visited = [half.visits[0][1] for half in agent.halves]
        assert sum(visited) == agent.visits[0][1] == updates
        if updates == 10:
            assert min(visited) > 0
            assert agent.table[0][1] == pytest.approx(1.0)
    assert min(visited) > 150


def test_temporal_difference_by_hand() -> None:
    for terminated, target in ((False, 1 + 0.9 * 4), (True, 1.0)):
        agent = StateTable(UNIFORM, td_prediction.Options(step_size=0.5, discount=0.9))
        agent.fill(np.array([2.0, 4.0, 0.0]))
        one_step(td_prediction, agent, terminated)
        assert agent.table[0] == pytest.approx(2 + 0.5 * (target - 2))


# Whole loops against literal transcriptions, over random experience.

Lived = tuple[int, int, float, int, int, bool, bool]
"""(state, action, reward, next state, what the agent chose there, terminated, whether the episode was its last)"""


def random_world(seed: int) -> MDPEnv:
    """Every action leads anywhere, pays anything, and now and then ends the episode or is cut off after 20 steps."""
    dice = np.random.default_rng(seed)
    shape = (STATES, ACTIONS, 4)
    probability = dice.dirichlet(np.ones(4), size=shape[:2])
    ends = dice.random(shape) < 0.15
    start = np.full(STATES, 1 / STATES)
    return MDPEnv(MDP(dice.integers(STATES, size=shape), probability, dice.normal(size=shape), ends, start), 20)


def live(chapter: Any, agent: ActionTable, steps: int) -> Iterator[Lived]:
    """What happens to the agent in the chapter's loop, an item a step."""
    env, chosen, happened = random_world(7), list[tuple[int, int]](), list[Any]()
    env.reset(seed=0)
    act, step = agent.act, env.step
    agent.act = lambda state: (chosen.append((state, act(state))), chosen[-1][1])[1]  # type: ignore[func-returns-value, method-assign]
    env.step = lambda action: (happened.append((action, step(action))), happened[-1][1])[1]  # type: ignore[func-returns-value, method-assign]
    loop = chapter.train(env, agent, 10**6)
    for _, ended in islice(loop, steps):
        action, (next_state, reward, terminated, _, _) = happened[-1]
        state = chosen[-2][0]
        assert chosen[-2][1] == action, "it takes the action that it chose, and SARSA's target used, before"
        assert chosen[-1][0] == next_state
        yield state, action, reward, next_state, chosen[-1][1], terminated, ended


def test_sarsa_q_learning_and_expected_sarsa_against_their_equations() -> None:
    numbers: dict[str, Any] = {"step_size": 0.3, "discount": 0.8, "epsilon": 0.25}
    for chapter in (sarsa, q_learning, expected_sarsa):
        agent = ActionTable(random_world(7), chapter.Options(**numbers))
        q = np.zeros((STATES, ACTIONS))
        for s, a, r, s2, a2, terminated, _ in live(chapter, agent, 600):
            pi = np.full(ACTIONS, 0.25 / ACTIONS)
            pi[q[s2].argmax()] += 0.75
            following = {sarsa: q[s2, a2], q_learning: q[s2].max(), expected_sarsa: pi @ q[s2]}[chapter]
            if chapter is expected_sarsa and (q[s2] == q[s2].max()).sum() > 1:
                following = q[s2].max() * 0.75 + q[s2].mean() * 0.25
            q[s, a] += 0.3 * (r + (0.0 if terminated else 0.8 * following) - q[s, a])
            np.testing.assert_allclose(agent.action_values, q, atol=1e-12)
            assert agent.best == pytest.approx(agent.action_values.max(axis=1).tolist())


@pytest.mark.parametrize("decay", [0.0, 0.7])
@pytest.mark.parametrize("trace_decay", [0.0, 0.6, 1.0])
def test_sarsa_lambda_against_traces_kept_for_every_pair(trace_decay: float, decay: float) -> None:
    """And with one rule for the step size: that of the pair's own visits, whether it is visited or traced."""
    options = sarsa_lambda.Options(
        step_size=0.3, discount=0.8, epsilon=0.25, trace_decay=trace_decay, step_size_decay=decay
    )
    agent = sarsa_lambda.TracedTable(random_world(7), options)
    q, e, visits = (np.zeros((STATES, ACTIONS)) for _ in range(3))
    for s, a, r, s2, a2, terminated, ended in live(sarsa_lambda, agent, 400):
        error = r + (0.0 if terminated else 0.8 * q[s2, a2]) - q[s, a]
        e[s] = 0.0
        e[s, a] = 1.0
        visits[s, a] += 1
        q += 0.3 / np.maximum(visits, 1) ** decay * error * e
        e *= 0.0 if ended else 0.8 * trace_decay
        np.testing.assert_allclose(agent.action_values, q, atol=1e-9)
    assert agent.best == pytest.approx(agent.action_values.max(axis=1).tolist())


@pytest.mark.parametrize("decay", [0.0, 0.7])
@pytest.mark.parametrize("trace_decay", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("kind", ["accumulating", "dutch"])
def test_traces_of_sarsa_lambda_by_the_equations(kind: Any, trace_decay: float, decay: float) -> None:
    """Accumulating: e <- e + 1. Dutch: true online SARSA(lambda) as its box in section 12.7 writes it, x being 1 for
    the pair just visited: z <- gamma lambda z + (1 - alpha gamma lambda z.x) x, and then
    w <- w + alpha (delta + Q - Q_old) z - alpha (Q - Q_old) x, with Q_old = 0 at the start of an episode."""
    options = sarsa_lambda.Options(
        step_size=0.3, discount=0.8, epsilon=0.25, trace_decay=trace_decay, step_size_decay=decay, traces=kind
    )
    agent = sarsa_lambda.TracedTable(random_world(7), options)
    w, z, visits = (np.zeros((STATES, ACTIONS)) for _ in range(3))
    q_old = 0.0
    for s, a, r, s2, a2, terminated, ended in live(sarsa_lambda, agent, 400):
        x = np.zeros((STATES, ACTIONS))
        x[s, a] = 1.0
        visits += x
        alpha = 0.3 / np.maximum(visits, 1) ** decay
        q, q_next = w[s, a], 0.0 if terminated else w[s2, a2]
        delta, moved = r + 0.8 * q_next - q, q - q_old if kind == "dutch" else 0.0
        z *= 0.8 * trace_decay
        z += (1 - (alpha[s, a] * z[s, a] if kind == "dutch" else 0.0)) * x
        w += alpha * (delta + moved) * z - alpha * moved * x
        q_old = q_next
        if ended:
            z, q_old = z * 0.0, 0.0
        np.testing.assert_allclose(agent.action_values, w, atol=1e-9)
    assert agent.best == pytest.approx(agent.action_values.max(axis=1).tolist())


@pytest.mark.parametrize("kind", ["accumulating", "replacing", "dutch"])
def test_sarsa_lambda_with_lambda_0_is_sarsa(kind: Any) -> None:
    traced = sarsa_lambda.TracedTable(random_world(7), sarsa_lambda.Options(trace_decay=0.0, traces=kind))
    plain = ActionTable(random_world(7), sarsa.Options())
    assert list(live(sarsa_lambda, traced, 300)) == list(live(sarsa, plain, 300))
    assert traced.table == plain.table


def test_the_window_is_told_what_traces_made_of_the_pair() -> None:
    """A pair visited twice in a row, its trace 0.9 * 0.5 in between, moves by its share of both visits."""
    options = sarsa_lambda.Options(step_size=0.5, discount=0.9, trace_decay=0.5, traces="accumulating")
    agent = sarsa_lambda.TracedTable(OneStep(), options)
    for target in (0.0, 1.0):
        agent.update_traced(0, 1, target, (1, 0))
    assert agent.last_update == (0, 1, 0.0, 1.0, 0.5, pytest.approx(0.5 * 1.45))
    assert agent.traces == {(0, 1): pytest.approx(0.45 * 1.45)}


def test_dyna_q_without_planning_is_q_learning() -> None:
    still = dyna_q.DynaTable(random_world(7), dyna_q.Options(planning_steps=0))
    plain = ActionTable(random_world(7), q_learning.Options())
    assert list(live(dyna_q, still, 300)) == list(live(q_learning, plain, 300))
    assert still.table == plain.table


CORRIDOR = MDP([[[1]], [[2]], [[2]]], np.ones((3, 1, 1)), [[[0.0]], [[1.0]], [[0.0]]], [[[0]], [[1]], [[1]]], [1, 0, 0])
"""Two steps to the end, the second of which pays 1."""


def test_planning_repeats_what_was_seen_until_it_is_known() -> None:
    env, options = MDPEnv(CORRIDOR), dyna_q.Options(step_size=0.5, planning_steps=200)
    agent = dyna_q.DynaTable(env, options)
    agent.fill(np.array([[0.0], [0.0], [5.0]]))  # what stands beyond the end is never asked for
    assert len(list(dyna_q.train(env, agent, 1))) == 2
    assert np.ravel(agent.table) == pytest.approx([0.9, 1.0, 5.0])
    assert np.ravel(agent.visits).tolist() == [1, 1, 0], "what is imagined is no visit"


def test_a_planned_target_asks_for_the_best_next_action() -> None:
    """By hand: q(0, 1) becomes 2 + 0.5 x (1 + 0.9 x 4 - 2) = 3.3; imagined is a step from state 2 to 0 that costs 1."""
    agent = dyna_q.DynaTable(OneStep(), dyna_q.Options(**HALF, planning_steps=1))
    agent.fill(TABLE)
    agent.imagine = lambda: (2, 0, -1.0, 0, False)  # type: ignore[method-assign]
    one_step(dyna_q, agent)
    assert agent.table[2][0] == pytest.approx(0.5 * (-1 + 0.9 * 3.3))


def test_the_model_draws_outcomes_as_often_as_they_were_seen() -> None:
    agent = dyna_q.DynaTable(OneStep(), dyna_q.Options())
    often, seldom, other = (0, 1, 1.0, 1, False), (0, 1, -1.0, 2, True), (1, 0, 0.0, 0, False)
    for step in (often, seldom, often, often, other):
        agent.remember(step)
    drawn = [agent.imagine() for _ in range(20_000)]
    assert drawn.count(other) / 20_000 == pytest.approx(0.5, abs=0.015)
    assert drawn.count(seldom) / 20_000 == pytest.approx(0.125, abs=0.01)


def test_planned_updates_obey_the_step_size_decay() -> None:
    env = MDPEnv(CORRIDOR)
    agent = dyna_q.DynaTable(env, dyna_q.Options(step_size=0.5, step_size_decay=1.0, planning_steps=1))
    agent.visits[1][0] = 9
    moved: list[float] = []
    move = agent.move
    agent.move = lambda s, a, error: (move(s, a, error), moved.append(error))[1]  # type: ignore[func-returns-value, method-assign, assignment]
    agent.imagine = lambda: (1, 0, 1.0, 2, True)  # type: ignore[method-assign]
    next(dyna_q.train(env, agent, 1))
    assert agent.table[1][0] == pytest.approx(0.5 / 9 * 1.0)
    assert moved == [1.0]
