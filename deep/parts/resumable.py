"""What an agent is made of, as one state: networks, optimisers, memories, generators and counters."""

from typing import Any, ClassVar

import numpy as np

from common.checkpoint import (
    State,
    generator_state,
    in_order,
    numbered,
    packed,
    set_generator_state,
    unpacked,
    with_prefix,
    without_prefix,
)


class Resumable:
    """Gives an agent `state` and `restore` for the attributes that it lists in `remembered`.

    An attribute may be a Keras model, a Keras optimiser, a NumPy generator or array, anything with `state` and
    `restore` of its own, or what JSON can say (numbers, text, lists).
    """

    remembered: ClassVar[tuple[str, ...]] = ()

    def state(self) -> State:
        """Everything that the agent has learned and remembers, as a flat dict of arrays."""
        state: State = {}
        for name in self.remembered:
            part = getattr(self, name)
            if hasattr(part, "get_weights"):
                state |= with_prefix(name, numbered(part.get_weights()))
            elif hasattr(part, "variables"):
                state |= with_prefix(name, numbered([variable.numpy() for variable in part.variables]))
            elif isinstance(part, np.random.Generator):
                state[name] = generator_state(part)
            elif hasattr(part, "restore"):
                state |= with_prefix(name, part.state())
            else:
                state[name] = part.copy() if isinstance(part, np.ndarray) else packed(part)
        return state

    def restore(self, state: State) -> None:
        """Take over what `state` gave; raises KeyError or ValueError where it does not fit."""
        for name in self.remembered:
            part: Any = getattr(self, name)
            own = without_prefix(name, state)
            if hasattr(part, "get_weights"):
                part.set_weights(in_order(own))
            elif hasattr(part, "variables"):
                for variable, value in zip(part.variables, in_order(own), strict=True):
                    variable.assign(value)
            elif isinstance(part, np.random.Generator):
                set_generator_state(part, state[name])
            elif hasattr(part, "restore"):
                part.restore(own)
            else:
                setattr(self, name, state[name] if isinstance(part, np.ndarray) else unpacked(state[name]))
