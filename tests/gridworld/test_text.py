"""Grids as text."""

from gridworld import text

import numpy as np

LETTERS = np.array([["", "#"], ["G", ""]])


def test_values_and_policies_line_up() -> None:
    values = np.array([0.5, 0.0, 0.0, -12.3456])
    policy = np.array([[0.5, 0.0, 0.0, 0.5], [0.25] * 4, [0.25] * 4, [0.0, 0.0, 1.0, 0.0]])
    assert text.value_grid(values, LETTERS).splitlines() == ["    0.500        #", "        G  -12.346"]
    assert text.policy_grid(policy, LETTERS).splitlines() == ["  ^>   #", "   G   <"]


def test_everything_is_ascii() -> None:
    policy = np.full((4, 5), 0.2)
    words = text.policy_grid(policy, LETTERS) + text.value_grid(np.array([1e9, -1e-9, 0, 2]), LETTERS)
    words += text.state_list(np.zeros(2), policy[:2]) + text.summary(np.zeros(4), (2, 2), np.full(4, 0.25))
    assert words.isascii()


def test_minus_zero_is_zero() -> None:
    assert text.number(-0.0001) == "0.000"
    assert text.number(-1.0) == "-1.000"


def test_a_summary_names_the_places() -> None:
    words = text.summary(np.array([0.0, 3.0, -1.0, 2.0]), (2, 2), np.array([0.5, 0.5, 0, 0]))
    assert words == "values from -1.000 at row 1, column 0 to 3.000 at row 0, column 1; at the start 1.5"
    assert "state 2" in text.summary(np.array([0.0, 3.0, -1.0, 2.0]), None, None)
