"""Sutton & Barto's Example 6.6, over 100 seeds: epsilon 0.1, step size 0.5, 500 episodes, undiscounted."""

from gridworld import GridWorld
from tabular.parts.learning_options import ControlOptions
from tabular.parts.paths import draw_path, greedy_path, most_common_path, side_by_side
from tabular.parts.vector import Runs, VectorLearner, best_value, next_value

import numpy as np
import pytest

WORLD = GridWorld.load("cliff")
OPTIONS = ControlOptions(step_size=0.5, epsilon=0.1, discount=1.0, seeds=100)


@pytest.fixture(scope="module")
def on_policy() -> Runs:
    return VectorLearner(WORLD.mdp(), next_value, OPTIONS).run(500)


@pytest.fixture(scope="module")
def off_policy() -> Runs:
    return VectorLearner(WORLD.mdp(), best_value, OPTIONS).run(500)


def test_sarsa_earns_about_minus_25_while_it_learns(on_policy: Runs) -> None:
    assert on_policy.returns[:, -100:].mean() == pytest.approx(-26, abs=3)


def test_q_learning_earns_about_minus_50(off_policy: Runs) -> None:
    assert off_policy.returns[:, -100:].mean() == pytest.approx(-50, abs=4)


def test_q_learnings_greedy_path_is_the_shortest_one(off_policy: Runs) -> None:
    paths = [greedy_path(WORLD, table) for table in off_policy.action_values]
    assert np.mean([len(path) - 1 == 13 and WORLD.is_terminal(path[-1]) for path in paths]) > 0.95
    path, share = most_common_path(WORLD, off_policy.action_values)
    assert share > 0.95
    assert [WORLD.row_column(state)[0] for state in path] == [3] + [2] * 12 + [3]


def test_sarsas_greedy_path_keeps_away_from_the_edge(on_policy: Runs) -> None:
    path, _ = most_common_path(WORLD, on_policy.action_values)
    assert WORLD.is_terminal(path[-1])
    assert len(path) - 1 > 13
    along_the_edge = [state for state in path[2:-2] if WORLD.row_column(state)[0] == 2]
    assert len(along_the_edge) < 5


def test_a_path_that_loops_ends(on_policy: Runs) -> None:
    up_for_ever = np.zeros((WORLD.n_states, 4))
    up_for_ever[:, 0] = 1.0
    path = greedy_path(WORLD, up_for_ever)
    assert not WORLD.is_terminal(path[-1])
    assert len(path) == 5  # three moves up, and the bump that brings it back to where it is


def test_paths_are_drawn_side_by_side(off_policy: Runs) -> None:
    path, _ = most_common_path(WORLD, off_policy.action_values)
    rows = draw_path(WORLD, path)
    assert rows[2] == " ".join("o" * 12)
    assert rows[3] == "S C C C C C C C C C C G"
    assert side_by_side(rows, rows).splitlines()[0] == f"{rows[0]}     {rows[0]}"
