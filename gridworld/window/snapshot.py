"""What there is to see of an agent at one moment: what the painter draws over a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Snapshot:
    """The agent's values, policy and counts, and where it is; a part that is None is not drawn.

    values: [S] state values; action_values: [S, A]; policy: [S, A] probabilities; visits: [S] counts.
    agent: the state it stands on; trail: the states it came through, oldest first, the agent's own last.
    traces: [S] how much each state has to do with what happens now, 0 for nothing.
    changed: the state whose entry was just updated (it flashes). obstacles: (row, column) of what moves about.
    """

    values: np.ndarray | None = None
    action_values: np.ndarray | None = None
    policy: np.ndarray | None = None
    visits: np.ndarray | None = None
    agent: int | None = None
    trail: Sequence[int] = ()
    changed: int | None = None
    obstacles: Sequence[tuple[int, int]] = ()
    traces: np.ndarray | None = None
