"""Greedy policies and actions."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gridworld.greedy import greedy_actions, greedy_policy


def test_ties_share_the_probability() -> None:
    action_values = np.array([[1.0, 2.0, 2.0], [0.0, 0.0, 0.0], [3.0, -1.0, 2.0]])
    assert greedy_policy(action_values).tolist() == [[0, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3], [1, 0, 0]]


def test_rounding_makes_no_difference_and_a_margin_makes_one() -> None:
    action_values = np.array([[0.1 + 0.2, 0.3], [1.0, 0.999]])
    assert greedy_policy(action_values).tolist() == [[0.5, 0.5], [1, 0]]
    assert greedy_policy(action_values, margin=0.01).tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_small_values_are_compared_at_their_own_size() -> None:
    assert greedy_policy(np.array([[1e-20, 2e-20]])).tolist() == [[0, 1]]


@given(st.integers(0, 2**32 - 1))
def test_the_first_best_action_is_that_of_argmax(seed: int) -> None:
    random = np.random.default_rng(seed)
    # Few different numbers, so that ties are frequent.
    action_values = random.integers(0, 3, (random.integers(1, 20), random.integers(1, 6))).astype(float)
    actions = greedy_actions(action_values, action_values.max(axis=1))
    np.testing.assert_array_equal(actions, action_values.argmax(axis=1))
