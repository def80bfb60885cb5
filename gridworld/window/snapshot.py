"""What there is to see of an agent at one moment: what the painter draws over a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class UpdatedCells:
    """The cells of the last update: the entry of `state` (and `action`) moved because of what followed it.

    next_state: where the step led, None where the target is no single step's; next_actions: those that the target used
    there. explored: whether the action was an exploratory one.
    """

    state: int
    action: int | None = None
    next_state: int | None = None
    next_actions: Sequence[int] = ()
    explored: bool = False


@dataclass(frozen=True)
class Sides:
    """What is written around a board: at its rows and columns, "" for nothing; what they count; and headings above.

    headings: (first column, columns, words) of each part of the board.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    x: str
    y: str
    headings: Sequence[tuple[int, int, str]]


@dataclass(frozen=True)
class Snapshot:
    """The agent's values, policy and counts, and where it is; a part that is None is not drawn.

    values: [S] state values; action_values: [S, A]; policy: [S, A] probabilities; visits: [S] counts.
    agent: the state it stands on; trail: the states it came through, oldest first, the agent's own last.
    traces: [S] how much each state has to do with what happens now, 0 for nothing.
    weights: [S] the sum of the importance weights that each state's returns had; ratios: the weight of the return that
    has just run back through a state, for those that it has come through.
    updated: the entry that was just updated, and what its target used; it is outlined. planned: states whose entries
    moved besides; they flash. path: the states that the greedy policy leads through.
    obstacles: (row, column) of what moves about. sides: what is written around the cells.
    """

    values: np.ndarray | None = None
    action_values: np.ndarray | None = None
    policy: np.ndarray | None = None
    visits: np.ndarray | None = None
    agent: int | None = None
    trail: Sequence[int] = ()
    updated: UpdatedCells | None = None
    planned: Sequence[int] = ()
    obstacles: Sequence[tuple[int, int]] = ()
    traces: np.ndarray | None = None
    path: Sequence[int] | None = None
    weights: np.ndarray | None = None
    ratios: Mapping[int, float] = field(default_factory=dict)
    sides: Sides | None = None
