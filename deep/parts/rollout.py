"""The last few steps of the current policy, from which an on-policy agent learns once."""

from typing import Any

from common.runs.checkpoint import State
from common.runs.remember import recalled, remembered

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Rollout:
    """The steps since the last update, of one environment or of several side by side. `len` counts them.

    A step is what `add` is given, any numbers and arrays; what is stored is a copy.
    """

    def __init__(self) -> None:
        self._steps: list[list[Array]] = []

    def __len__(self) -> int:
        return len(self._steps)

    def add(self, *step: Any) -> None:
        """Append a step: the same parts in the same order each time."""
        self._steps.append([np.array(part) for part in step])

    def take(self) -> tuple[Array, ...]:
        """Hand over the steps, an array [T, ...] for each of their parts, and forget them."""
        steps, self._steps = self._steps, []
        return tuple(np.stack(parts) for parts in zip(*steps, strict=True))

    def state(self) -> State:
        """Everything remembered, as a flat dict of arrays."""
        return remembered(self._steps)

    def restore(self, state: State) -> None:
        """Take over what `state` gave."""
        self._steps = recalled(state)
