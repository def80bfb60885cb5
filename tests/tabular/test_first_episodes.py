"""What one episode teaches: the drive home, and the first way to a goal."""

from tabular import n_step_sarsa, sarsa_lambda
from tabular.parts.textbook import driving

import numpy as np


def test_td_errors_on_the_way_home_add_up_to_monte_carlos() -> None:
    """Exercise 6.1: while the predictions stand, G_t - v(s_t) is the sum of the TD errors from t on."""
    td, monte_carlo = driving.changes()
    assert monte_carlo.tolist() == [13, 3, 8, 3, 0] and td.tolist() == [10, -5, 5, 3, 0]
    assert np.cumsum(td[::-1])[::-1].tolist() == monte_carlo.tolist()
    assert (driving.MINUTES + driving.TO_GO).tolist() == [30, 40, 35, 40, 43, 43], "the book's predicted totals"


def test_what_the_first_way_to_the_goal_teaches() -> None:
    for seed in range(5):
        one, ten = n_step_sarsa.FIGURES[0].make(seed).numbers
        assert one.ours == 1 and 5 <= ten.ours <= 10
        without, traced = sarsa_lambda.FIGURES[0].make(seed).numbers
        assert without.ours == 1 and traced.ours > ten.ours
        steps = {each.what.rpartition("in ")[2] for each in (one, ten, without, traced)}
        assert len(steps) == 1, "the same way, for nothing was known on it"
