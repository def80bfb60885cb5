"""Values and policies of a grid as plain text, for a terminal of any encoding."""

from collections.abc import Sequence

from common.language import _
from gridworld.actions import ACTION_SIGNS

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LARGEST_SIDE = 20
"""Rows or columns up to which a grid is printed cell by cell."""
MOST_LISTED = 25
"""States up to which values that lie on no grid are printed one by one."""


def fits(shape: tuple[int, int]) -> bool:
    """Whether a grid of so many rows and columns is worth printing."""
    return max(shape) <= LARGEST_SIDE


def number(value: float) -> str:
    """A value in a few letters: three decimals, or four digits where it is large."""
    if abs(value) >= 1000:
        return f"{value:.4g}"
    # Adding 0.0 turns the rounded -0.0 into 0.0.
    return f"{round(value, 3) + 0.0:.3f}"


def arrows(probabilities: Sequence[float], signs: str) -> str:
    """The signs of the actions that may be taken: "^>" for up or right."""
    return "".join(sign for probability, sign in zip(probabilities, signs, strict=False) if probability > 0)


def value_grid(values: Floats, letters: NDArray[np.str_]) -> str:
    """One line a row. values: [S]; letters: [height, width], what to print in place of a value, "" for the value."""
    return _grid([letter or number(value) for letter, value in zip(letters.ravel(), values, strict=True)], letters)


def policy_grid(policy: Floats, letters: NDArray[np.str_], signs: str = ACTION_SIGNS) -> str:
    """One line a row, the signs of the actions that may be taken in each cell. policy: [S, A]; letters as above."""
    return _grid([letter or arrows(row, signs) for letter, row in zip(letters.ravel(), policy, strict=True)], letters)


def state_list(values: Floats, policy: Floats) -> str:
    """One line a state: number, value, the actions that may be taken. values: [S]; policy: [S, A]."""
    lines = [_("state     value  actions")]
    for state, (value, row) in enumerate(zip(values, policy, strict=True)):
        actions = " ".join(str(action) for action in np.flatnonzero(row))
        lines.append(f"{state:5d} {number(value):>9}  {actions}")
    return "\n".join(lines)


def summary(values: Floats, shape: tuple[int, int] | None, start: Floats | None) -> str:
    """A line on values too many to print. start: [S] probabilities of the first state, or None."""
    lowest, highest = int(values.argmin()), int(values.argmax())
    words = _(
        "values from {lowest} at {its_place} to {highest} at {other_place}",
        lowest=number(values[lowest]),
        its_place=_place(lowest, shape),
        highest=number(values[highest]),
        other_place=_place(highest, shape),
    )
    return words if start is None else words + _("; at the start {value:.6g}", value=values @ start)


def _place(state: int, shape: tuple[int, int] | None) -> str:
    if shape is None:
        return _("state {state}", state=state)
    row, column = divmod(state, shape[1])
    return _("row {row}, column {column}", row=row, column=column)


def _grid(words: list[str], letters: NDArray[np.str_]) -> str:
    width = max(len(word) for word in words) + 2
    rows = np.array(words, dtype=object).reshape(letters.shape)
    return "\n".join("".join(word.rjust(width) for word in row) for row in rows)
