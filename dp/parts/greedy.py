"""The greedy policy of action values, and where it is better than another."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUNDING = 1e-10
"""Action values this close, in proportion to the largest, are equal but for the rounding of floating-point numbers."""


def uniform_policy(available: NDArray[np.bool_]) -> Floats:
    """[S, A] the policy that takes every action that a state has, by available [S, A], with the same probability."""
    return available / available.sum(axis=1, keepdims=True)


def expected(policy: Floats, action_values: Floats) -> Floats:
    """[S] sum_a pi(a | s) q(s, a); an action that is never taken adds nothing, even where it is worth -inf."""
    taken: Floats = np.multiply(policy, action_values, out=np.zeros_like(action_values), where=policy != 0)
    return taken.sum(axis=1)


def greedy_policy(action_values: Floats, margin: float = 0.0) -> Floats:
    """[S, A] the probabilities that share 1 evenly among the best actions of each state.

    action_values: [S, A]; margin: how far below the best an action may lie and still count as equal to it. Never less
    than rounding alone puts between equal actions: summed in another order, 0.1 + 0.2 + 0.3 is another number.
    """
    best = action_values.max(axis=1)
    margin = _at_least_rounding(margin, best)
    # Action by action, because NumPy is slow to reduce along an axis as short as the actions.
    tied = np.empty(action_values.shape[::-1])
    for values, ties in zip(action_values.T, tied, strict=True):
        np.greater_equal(values, best - margin, out=ties, casting="unsafe")
    tied /= tied.sum(axis=0)
    return tied.T


def is_better(policy: Floats, than: Floats, action_values: Floats, margin: float = 0.0) -> NDArray[np.bool_]:
    """[S] where the first policy [S, A] gains more than the margin over the second, by these action values [S, A]."""
    gains = expected(policy - than, action_values)
    return gains > _at_least_rounding(margin, action_values)


def _at_least_rounding(margin: float, values: Floats) -> float:
    largest = float(np.abs(values).max(initial=0.0))
    if largest == np.inf:
        largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    return max(margin, ROUNDING * largest)
