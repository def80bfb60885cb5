"""When sweeping may stop."""

from dp.parts.convergence import error_bound, is_settled, largest
from gridworld import MDP

import numpy as np
import pytest


def test_the_bound_of_the_contraction() -> None:
    """One state that pays 1 for ever is worth 10; after n sweeps 10 * 0.9 ** n is missing, and the bound is exact."""
    values, sweeps = np.zeros(1), 0
    while True:
        before, values = values, 1 + 0.9 * values
        sweeps += 1
        if is_settled(float(values[0] - before[0]), values, 0.9, 0.01):
            break
    assert 10 - values[0] <= 0.01 < 10 - before[0]
    assert sweeps == np.ceil(np.log(0.01 / 10) / np.log(0.9))


def test_discount_0_needs_one_sweep() -> None:
    assert is_settled(5.0, np.array([5.0]), 0.0, 1e-12)


def test_changes_below_rounding_count_as_none() -> None:
    assert is_settled(1e-7, np.array([1e9]), 0.999999, 1e-12)
    assert not is_settled(1e-3, np.array([1e9]), 0.999999, 1e-12)


def test_undiscounted_the_change_itself_counts() -> None:
    assert is_settled(1e-9, np.ones(1), 1, 1e-8)
    assert not is_settled(1e-7, np.ones(1), 1, 1e-8)
    assert not is_settled(1e-12, np.ones(1), 1, 0.0)


def test_the_error_bound_holds_and_is_reached() -> None:
    """One state that pays 1 for ever is worth 10: from below, the bound is the distance itself."""
    mdp = MDP.from_table({0: {0: [(1.0, 0, 1.0, False)]}})
    assert error_bound(mdp, np.array([4.0]), 0.9) == pytest.approx(6.0)
    assert error_bound(mdp, np.array([10.0]), 0.9) == pytest.approx(0.0, abs=1e-12)
    assert error_bound(mdp, np.array([4.0]), 1) == np.inf


def test_the_largest_of_no_values_is_0() -> None:
    assert largest(np.array([1.0, -3.0])) == 3.0
    assert largest(np.array([])) == 0.0
