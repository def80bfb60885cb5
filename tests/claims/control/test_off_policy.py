"""What deep/control.md says of TD3 and SAC: numbers of its text, and outcomes of runs, which stand in raw tables."""

import math

from tests.claims.test_deep_tables import median_steps, seeds_of

import numpy as np


def test_the_smaller_of_two_errors_is_0_56_deviations_too_low_on_average() -> None:
    """By the density of the smaller one of two independent normal numbers, 2 phi(x) (1 - Phi(x))."""
    x = np.linspace(-8, 8, 100_001)
    phi = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    above = np.array([math.erfc(each / math.sqrt(2)) / 2 for each in x])
    mean = float((x * 2 * phi * above).sum() * (x[1] - x[0]))
    assert abs(mean + 1 / math.sqrt(math.pi)) < 1e-6 and round(mean, 2) == -0.56


def test_td3_is_solved_by_all_seeds_in_more_steps_than_ddpg() -> None:
    assert all(row["solved"] == "True" for row in seeds_of("td3"))
    assert median_steps("td3") > median_steps("ddpg")
