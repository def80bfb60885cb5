"""When sweeping may stop."""

import numpy as np
import pytest

from common.errors import UserError
from dp.parts.convergence import check_sweeps, check_tolerance, is_settled


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


def test_undiscounted_sweeps_that_go_on_for_ever_end_with_a_line() -> None:
    check_sweeps(10**9, 1.0, 0.9)
    check_sweeps(1000, 1.0, 1)
    with pytest.raises(UserError, match="does not converge"):
        check_sweeps(10**6, 1.0, 1)


@pytest.mark.parametrize("tolerance", [0, -1, float("nan"), float("inf")])
def test_tolerances(tolerance: float) -> None:
    with pytest.raises(UserError, match="--tolerance"):
        check_tolerance(tolerance)
