"""Figures 8.7 and 8.8: an update by hand, what sampling leaves of an error, where updates along episodes help."""

from dp.parts.exact import optimal_values
from gridworld.mdp import MDP
from tabular.parts.textbook.updates import BRANCHING, CASES, CONTINUES, Tasks, expected_and_sample_updates
from tests.claims.kept_figures import kept

import numpy as np
import pytest


def small(tasks: int = 3) -> Tasks:
    return Tasks(states=20, b=2, tasks=tasks, random=np.random.default_rng(0))


def test_an_expected_update_by_hand() -> None:
    tasks = small()
    tasks.q[1, tasks.following[1, 4, 1]] = [[2.0, 5.0], [3.0, 1.0]]
    tasks.update(np.array([0, 4, 0]), np.array([0, 1, 0]))
    assert tasks.q[1, 4, 1] == pytest.approx(CONTINUES * (tasks.reward[1, 4, 1].mean() + (5.0 + 3.0) / 2))


def test_updates_everywhere_end_at_the_optimal_values_and_so_does_the_greedy_policy() -> None:
    """Against the linear equations of dynamic programming: an undiscounted step that goes on nine times in ten is a
    discounted one that goes on always."""
    tasks = small()
    tasks.curve(Tasks.everywhere)
    tasks.everywhere(200 * 2 * 20)
    chances = np.full((20, 2, 2), 0.5)
    for task in range(3):
        goes_on = np.zeros((20, 2, 2), bool)
        model = MDP(tasks.following[task], chances, CONTINUES * tasks.reward[task], goes_on, np.eye(20)[0])
        best = optimal_values(model, CONTINUES)
        assert tasks.q[task].max(axis=1) == pytest.approx(best, abs=1e-4)
    assert tasks.worth() == pytest.approx(tasks.q[:, 0].max(axis=1).mean(), abs=2e-3)


def test_the_way_is_that_of_an_epsilon_greedy_agent() -> None:
    """What is updated are the pairs that it takes; one in twenty is the other one, one in ten ends it."""
    tasks, taken, states = small(400), [], []
    tasks.q[:, :, 1] = 1e9
    tasks.update = lambda state, action: (taken.append(action), states.append(state))  # type: ignore[method-assign, assignment]
    tasks.along_the_way(50)
    assert np.mean(taken) == pytest.approx(0.95, abs=0.01)
    assert (np.array(states)[0] == 0).all() and np.mean(np.array(states)[1] == 0) == pytest.approx(
        0.1 + 0.9 / 20, abs=0.06
    )


def test_figure_8_7_is_the_books_formula() -> None:
    """sqrt((b - 1) / (b t)) after t sample updates."""
    lines = expected_and_sample_updates().make(1).panels[0].lines
    for b, line in zip(BRANCHING, lines, strict=False):
        t = np.arange(1, 2 * b + 1)
        theory = np.sqrt((b - 1) / (b * t))
        assert np.abs(np.asarray(line.y)[1:] - theory).max() < 0.1
        assert kept("Figure 8.7", f"b = {b}:")[0] == pytest.approx(theory[b - 1], abs=0.02)


def test_figure_8_8_as_it_was_kept() -> None:
    """Updates along episodes are ahead at first, and behind in the long run on the smaller tasks."""
    for states, b in CASES:
        early, late = (
            kept("Figure 8.8", f"{states:,} states, b = {b}: on-policy ahead by, after {when}")[0]
            for when in ("a quarter of a sweep", "ten")
        )
        assert early > 0 > late, (states, b)
