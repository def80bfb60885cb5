"""Batches: what all data say, by the equations that the values must solve; the figure's arrays are the chapter."""

import itertools
from pathlib import Path
from typing import Any

from common.errors import UserError
from gridworld.env import GridWorldEnv
from tabular import batch_td
from tabular.batch_td import BatchMonteCarlo, BatchTable, Options
from tabular.parts.textbook.batches import STATES, batch_values
from tabular.parts.textbook.random_walk import walks
from tests.tabular.calls import call

import numpy as np
import pytest

ANY = np.full((30, 4), 0.25)
WORLD: dict[str, Any] = {"map": "course", "episodes": 15}


def learned(kind: type[BatchTable], **settings: Any) -> BatchTable:
    agent = kind(ANY, Options(**WORLD | settings))
    env = GridWorldEnv("course", max_steps=50)
    env.reset(seed=3)
    list(batch_td.train(env, agent, 15))
    return agent


@pytest.mark.parametrize("step_size", [1.0, 0.4])
def test_batch_td_solves_the_world_that_was_counted(step_size: float) -> None:
    """v = rewards + discount * P v with the frequencies that were seen; a state never seen keeps its first value."""
    agent = learned(BatchTable, step_size=step_size, initial_value=0.5)
    values, visits = np.full(30, 0.5), np.array(agent.visits)
    system, known = np.eye(30), np.full(30, 0.5)
    for state in np.flatnonzero(visits):
        known[state] = 0.0
    for state, reward, next_state, onward in agent.steps.elements():
        known[state] += reward / visits[state]
        system[state, next_state] -= 0.9 * onward / visits[state]
    values = np.linalg.solve(system, known)
    assert np.array(agent.table) == pytest.approx(values, abs=1e-4)
    assert (visits > 0).sum() > 10 and agent.table[29] == 0.5


def test_batch_monte_carlo_is_the_mean_return() -> None:
    agent = BatchMonteCarlo(ANY, Options(discount=0.5))
    agent.remember([(1, 2.0, 2, 1), (2, 4.0, 1, 1), (1, 8.0, 3, 0)])
    agent.remember([(2, 1.0, 3, 0)])
    agent.settle()
    assert agent.table[1] == pytest.approx(((2 + 0.5 * (4 + 0.5 * 8)) + 8) / 2)
    assert agent.table[2] == pytest.approx(((4 + 0.5 * 8) + 1) / 2)
    assert agent.visits[1:3] == [2, 2]


def test_an_episode_that_was_cut_off_goes_on_from_its_last_state() -> None:
    for kind in (BatchTable, BatchMonteCarlo):
        agent = kind(ANY, Options(discount=0.5))
        agent.table[7] = 10.0
        agent.remember([(1, 2.0, 7, 1)])
        agent.settle()
        assert agent.table[1] == pytest.approx(2 + 0.5 * 10), kind


def test_values_that_grow_for_ever_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Discount 1, and an episode that was cut off where it had begun: each go adds what it paid."""
    monkeypatch.setattr(batch_td, "MOST_GOES", 50)
    agent = BatchTable(ANY, Options(discount=1.0))
    agent.remember([(1, -1.0, 1, 1)])
    with pytest.raises(UserError, match="have not settled after 50 goes"):
        agent.settle()


def test_the_arrays_of_the_figure_settle_where_the_chapter_does() -> None:
    random = np.random.default_rng(4)
    sets = [walks(random, 3, STATES, left=0.0) for _ in range(6)]
    td, monte_carlo = batch_values(sets)
    for run in range(3):
        for kind, found in ((BatchTable, td), (BatchMonteCarlo, monte_carlo)):
            agent = kind(np.full((6, 2), 0.5), Options(discount=1.0, initial_value=0.5))
            for walk in sets:
                states = [*walk.states[run, : walk.lengths[run]].tolist(), STATES]
                last = len(states) - 2
                pairs = enumerate(itertools.pairwise(states))
                agent.remember([(s, walk.ends[run] * (t == last), s2, int(t < last)) for t, (s, s2) in pairs])
            agent.settle()
            assert np.array(agent.table[:STATES]) == pytest.approx(found[run], abs=1e-4), kind


def test_both_learn_beside_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = call("batch_td", "--headless", "--episodes", "10")
    assert "Batch TD on course: 10 episodes" in said and "Batch Monte Carlo on course: 10 episodes" in said


def test_the_curve_of_many_learners_has_their_mean_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    call("sarsa", "--headless", "--episodes", "4", "--seeds", "3", "--out", "many")
    lengths = []
    for seed in range(3):
        call("sarsa", "--headless", "--episodes", "4", "--seed", str(seed), "--out", "one")
        lengths.append(np.genfromtxt("one/curve.csv", delimiter=",", names=True)["SARSA_steps"])
    assert np.genfromtxt("many/curve.csv", delimiter=",", names=True)["SARSA_steps"] == pytest.approx(
        np.mean(lengths, axis=0)
    )
