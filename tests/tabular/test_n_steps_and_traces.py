"""n-step targets and traces: their ends are TD(0), SARSA and Monte Carlo, and what is between is the book's."""

from collections import deque
from typing import Any

from gridworld.env import GridWorldEnv
from tabular import n_step_sarsa, n_step_td, sarsa, td_lambda, td_prediction
from tabular.parts.table_agent import ActionTable, StateTable
from tabular.parts.textbook import random_walk
from tabular.parts.textbook.random_walk import STATES, Walks, walks

import numpy as np
import pytest

EITHER_WAY = np.tile([0.0, 0.0, 0.5, 0.5], (21, 1))
WALK: dict[str, Any] = {"discount": 1.0, "map": "random-walk-19", "step_size": 0.3}


def learned(module: Any, agent: Any, map_name: str, episodes: int = 20, max_steps: int = 1000) -> np.ndarray:
    env = GridWorldEnv(map_name, max_steps=max_steps)
    env.reset(seed=5)
    list(module.train(env, agent, episodes))
    return np.array(agent.table)


def predicted(module: Any, max_steps: int = 1000, **settings: Any) -> np.ndarray:
    options = module.Options(**WALK | settings)
    kind = {n_step_td: "NStepTable", td_lambda: "TracedTable"}.get(module)
    agent = getattr(module, kind)(EITHER_WAY, options) if kind else StateTable(EITHER_WAY, options)
    return learned(module, agent, "random-walk-19", max_steps=max_steps)


# The ends


@pytest.mark.parametrize("max_steps", [1000, 30])
@pytest.mark.parametrize("decay", [0.0, 0.7])
def test_one_step_and_lambda_0_are_td_0(max_steps: int, decay: float) -> None:
    """Where episodes are truncated as well, and where step sizes fall."""
    td_0 = predicted(td_prediction, max_steps, step_size_decay=decay)
    assert predicted(n_step_td, max_steps, n=1, step_size_decay=decay) == pytest.approx(td_0, abs=1e-12)
    for kind in ("accumulating", "replacing", "dutch"):
        traced = predicted(td_lambda, max_steps, trace_decay=0.0, traces=kind, step_size_decay=decay)
        assert traced == pytest.approx(td_0, abs=1e-12), kind


def test_one_step_sarsa_is_sarsa() -> None:
    env = GridWorldEnv("course")
    one = learned(n_step_sarsa, n_step_sarsa.NStepTable(env, n_step_sarsa.Options(n=1)), "course", 200)
    assert (one == learned(sarsa, ActionTable(env, sarsa.Options()), "course", 200)).all()
    assert (one != 0).any()


def test_more_steps_than_an_episode_has_take_its_return() -> None:
    """Discount 0.5 on two rewards: 1 + 0.5 * 4 = 3 for the first state, 4 for the second."""
    options = n_step_td.Options(discount=0.5, step_size=0.1, n=9)
    agent = n_step_td.NStepTable(EITHER_WAY, options)
    list(n_step_td.train(Replay([[3, 7, 20]], rewards=[1.0, 4.0]), agent, 1))
    assert (agent.table[3], agent.table[7]) == (pytest.approx(0.3), pytest.approx(0.4))


def test_a_target_of_two_steps_in_numbers() -> None:
    agent = n_step_td.NStepTable(EITHER_WAY, n_step_td.Options(discount=0.5, step_size=1.0, n=2))
    agent.learn(deque([(4, 1.0), (5, 2.0)]), 8.0)
    assert agent.table[4] == 1 + 0.5 * 2 + 0.25 * 8


def test_the_goal_teaches_the_last_n_actions_at_once() -> None:
    env = GridWorldEnv("maze")
    for n in (1, 4, 10):
        agent = n_step_sarsa.NStepTable(env, n_step_sarsa.Options(n=n, map="maze", discount=0.95))
        learned(n_step_sarsa, agent, "maze", 1, 100_000)
        changed = (np.array(agent.table) != 0).sum()
        assert changed == n or (changed < n and n > 4), "a pair on the way twice counts once"


def test_an_episode_that_was_cut_off_bootstraps() -> None:
    """Four steps in an episode of three: the target is what the last state is thought to be worth."""
    options = n_step_td.Options(discount=0.5, step_size=1.0, n=4)
    agent = n_step_td.NStepTable(EITHER_WAY, options)
    agent.table[9] = 16.0
    list(n_step_td.train(Replay([[3, 7, 8, 9]], rewards=[0.0, 0.0, 0.0], truncated=True), agent, 1))
    assert [agent.table[state] for state in (3, 7, 8)] == [2, 4, 8]


# In between


class Replay:
    """An environment in which what happens is written down: the states of each episode, the last of them the end."""

    def __init__(self, episodes: list[list[int]], rewards: list[float], truncated: bool = False) -> None:
        self.episodes, self.rewards, self.truncated = iter(episodes), rewards, truncated

    def reset(self, **_: Any) -> tuple[int, dict[str, Any]]:
        self.states, self.at = next(self.episodes), 0
        return self.states[0], {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        self.at += 1
        over = self.at == len(self.states) - 1
        reward = self.rewards[self.at - 1] if len(self.rewards) > 1 else self.rewards[0] * over
        return self.states[self.at], reward, over and not self.truncated, over and self.truncated, {}


def lambda_returns(
    states: list[int], rewards: list[float], values: np.ndarray, discount: float, decay: float
) -> list[float]:
    """Equation 12.18 on an episode or its beginning; what comes after the last state is its value."""
    g = values[states[-1]]
    found = []
    for state, reward in zip(states[:0:-1], rewards[::-1], strict=True):
        g = reward + discount * ((1 - decay) * values[state] + decay * g)
        found.append(g)
    return found[::-1]


STATES_SEEN, PAID = [2, 3, 2, 4, 3, 2, 5, 20], [0.3, -1.0, 0.5, 0.0, 2.0, -0.4, 1.5]


def begun(kind: str, step_size: float, decay: float) -> td_lambda.TracedTable:
    options = td_lambda.Options(discount=0.9, step_size=step_size, trace_decay=decay, traces=kind)  # type: ignore[arg-type]
    agent = td_lambda.TracedTable(EITHER_WAY, options)
    agent.table[:20] = [float(value) for value in np.linspace(-1, 1, 20)]
    return agent


@pytest.mark.parametrize("decay", [0.3, 0.8, 1.0])
def test_for_small_steps_accumulating_traces_are_the_lambda_return(decay: float) -> None:
    """Section 12.2: the sum of TD(lambda)'s updates is that of the off-line algorithm, up to the square of the step."""
    agent = begun("accumulating", 1e-6, decay)
    before = np.array(agent.table)
    list(td_lambda.train(Replay([STATES_SEEN], PAID), agent, 1))
    expected = np.zeros(21)
    for state, g in zip(STATES_SEEN, lambda_returns(STATES_SEEN, PAID, before, 0.9, decay), strict=False):
        expected[state] += g - before[state]
    assert (np.array(agent.table) - before) / 1e-6 == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("decay", [0.3, 0.8, 1.0])
def test_dutch_traces_are_the_online_lambda_return_algorithm(decay: float) -> None:
    """Section 12.4: at every horizon h all updates are made anew, with lambda-returns that end at h."""
    agent = begun("dutch", 0.4, decay)
    start = np.array(agent.table)
    previous = start.copy()
    for horizon in range(1, len(PAID) + 1):
        values = start.copy()
        seen = STATES_SEEN[: horizon + 1]
        # The return up to h takes each value as the weights before it had it, so the targets are made one by one.
        targets = online_targets(seen, PAID[:horizon], histories(start, decay, horizon), decay)
        for state, g in zip(seen, targets, strict=False):
            values[state] += 0.4 * (g - values[state])
        previous = values
    list(td_lambda.train(Replay([STATES_SEEN], PAID), agent, 1))
    assert np.array(agent.table) == pytest.approx(previous, abs=1e-10)


def histories(start: np.ndarray, decay: float, horizon: int) -> list[np.ndarray]:
    """[horizon] the tables w_0^0, w_1^1, ... that the algorithm has at each time before the horizon."""
    tables = [start]
    for h in range(1, horizon):
        values = start.copy()
        targets = online_targets(STATES_SEEN[: h + 1], PAID[:h], tables, decay)
        for state, g in zip(STATES_SEEN, targets, strict=False):
            values[state] += 0.4 * (g - values[state])
        tables.append(values)
    return tables


def online_targets(states: list[int], rewards: list[float], tables: list[np.ndarray], decay: float) -> list[float]:
    """Of each time t the lambda-return up to the horizon, v(S_{t+n}) taken from the table of time t + n - 1."""
    horizon = len(rewards)

    def value(at: int) -> float:
        return 0.0 if states[at] == 20 else float(tables[at - 1][states[at]])

    def n_step(t: int, n: int) -> float:
        return sum(0.9**k * rewards[t + k] for k in range(n)) + 0.9**n * value(t + n)

    found = []
    for t in range(horizon):
        left = horizon - t
        mixed = (1 - decay) * sum(decay ** (n - 1) * n_step(t, n) for n in range(1, left))
        found.append(mixed + decay ** (left - 1) * n_step(t, left))
    return found


def test_traces_of_a_state_that_is_seen_twice() -> None:
    """Discount 0.9, lambda 0.5: 0.45 is left after a step, 0.2025 after two."""
    for kind, expected in (("accumulating", 1.2025), ("replacing", 1.0), ("dutch", 1 + 0.2025 * (1 - 0.4))):
        agent = begun(kind, 0.4, 0.5)
        for state, next_state in ((2, 3), (3, 2), (2, 4)):
            agent.update_traced(state, 0.0, next_state)
        assert agent.traces == {2: pytest.approx(expected), 3: pytest.approx(0.45)}
        agent.begin_episode()
        assert agent.traces == {}


# The array programs of the figures


def replayed(seed: int, episodes: int = 4) -> tuple[list[Walks], list[list[list[int]]], list[list[float]]]:
    """Walks of three runs, and the same as lists of states for each run."""
    random = np.random.default_rng(seed)
    sets = [walks(random, 3) for _ in range(episodes)]
    lists = [[[*walk.states[run, : walk.lengths[run]].tolist(), STATES] for walk in sets] for run in range(3)]
    return sets, lists, [[float(walk.ends[run]) for walk in sets] for run in range(3)]


@pytest.mark.parametrize("n", [1, 3, 64])
def test_n_step_td_of_the_figure_is_the_chapters(n: int) -> None:
    sets, lists, ends = replayed(0)
    values = np.zeros((2, 3, STATES))
    for walk in sets:
        random_walk.n_step(values, walk, np.array([[0.1], [0.6]]), n)
    for at, size in enumerate((0.1, 0.6)):
        for run in range(3):
            agent = n_step_td.NStepTable(EITHER_WAY, n_step_td.Options(discount=1.0, step_size=size, n=n))
            for states, end in zip(lists[run], ends[run], strict=True):
                list(n_step_td.train(Replay([states], [end]), agent, 1))
            assert values[at, run] == pytest.approx(np.array(agent.table[:STATES]), abs=1e-12)


@pytest.mark.parametrize("kind", ["accumulating", "replacing", "dutch"])
def test_traces_of_the_figure_are_the_chapters(kind: str) -> None:
    sets, lists, ends = replayed(1)
    values = np.zeros((1, 3, STATES))
    for walk in sets:
        random_walk.traced(values, walk, np.array([[0.3]]), 0.8, kind)
    for run in range(3):
        options = td_lambda.Options(discount=1.0, step_size=0.3, trace_decay=0.8, traces=kind)  # type: ignore[arg-type]
        agent = td_lambda.TracedTable(EITHER_WAY, options)
        for states, end in zip(lists[run], ends[run], strict=True):
            list(td_lambda.train(Replay([states], [end]), agent, 1))
        assert values[0, run] == pytest.approx(np.array(agent.table[:STATES]), abs=1e-9)


def test_off_line_lambda_1_is_monte_carlo_and_lambda_0_looks_one_step_ahead() -> None:
    [walk, *_], lists, ends = replayed(2)
    start = np.tile(np.linspace(-0.5, 0.5, STATES), (1, 3, 1))
    for decay in (0.0, 0.6, 1.0):
        values = start.copy()
        random_walk.off_line(values, walk, np.array([[0.2]]), decay)
        for run in range(3):
            states, table = lists[run][0], start[0, run].copy()
            rewards = [*[0.0] * (len(states) - 2), ends[run][0]]
            for state, g in zip(
                states, lambda_returns(states, rewards, np.append(start[0, run], 0), 1.0, decay), strict=False
            ):
                table[state] += 0.2 * (g - table[state])
            assert values[0, run] == pytest.approx(table, abs=1e-12)
