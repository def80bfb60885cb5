"""Which parts of a snapshot are drawn."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layers:
    """What is drawn over the map; numbers: whether the layers write theirs where they fit."""

    values: bool = True
    policy: bool = True
    action_values: bool = False
    visits: bool = False
    agent: bool = True
    traces: bool = True
    weights: bool = True
    path: bool = False
    numbers: bool = True
