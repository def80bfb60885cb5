"""Greedy policies and actions."""

from dp.parts.greedy import greedy_policy, is_better

import numpy as np


def test_ties_share_the_probability() -> None:
    action_values = np.array([[1.0, 2.0, 2.0], [0.0, 0.0, 0.0], [3.0, -1.0, 2.0]])
    assert greedy_policy(action_values).tolist() == [[0, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3], [1, 0, 0]]


def test_rounding_makes_no_difference_and_a_margin_makes_one() -> None:
    action_values = np.array([[0.1 + 0.2, 0.3], [1.0, 0.999]])
    assert greedy_policy(action_values).tolist() == [[0.5, 0.5], [1, 0]]
    assert greedy_policy(action_values, margin=0.01).tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_small_values_are_compared_at_their_own_size() -> None:
    assert greedy_policy(np.array([[1e-20, 2e-20]])).tolist() == [[0, 1]]


def test_where_a_policy_is_better() -> None:
    """By what it gains on average over its actions; a gain that rounding could have made is none."""
    action_values = np.array([[1.0, 2.0], [0.1 + 0.2, 0.3], [5.0, 5.0]])
    random, greedy = np.full((3, 2), 0.5), greedy_policy(action_values)
    assert is_better(greedy, random, action_values).tolist() == [True, False, False]
    assert is_better(random, greedy, action_values).tolist() == [False, False, False]
    assert is_better(greedy, random, action_values, margin=0.5).tolist() == [False, False, False]
    assert is_better(greedy, random, action_values, margin=0.49).tolist() == [True, False, False]
