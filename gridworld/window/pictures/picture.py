"""What a lesson whose world is no grid hands to the window: pictures of its states. Nothing here touches pygame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Table:
    """A coloured cell for each of a rectangle of states.

    numbers, states: [rows, columns] what each cell's colour stands for, and its state; the top row comes first.
    x, y: what columns and rows count; columns, rows: what is written at each, "" for nothing. limits: the numbers at
    the ends of the colour scale (default: the least and the largest); a scale that has 0 within is white there.
    words: [rows][columns] what is written in the cells, where it fits. bar: whether the colours' numbers stand beside.
    """

    title: str
    numbers: np.ndarray
    states: np.ndarray
    x: str
    y: str
    columns: Sequence[str]
    rows: Sequence[str]
    limits: tuple[float, float] | None = None
    words: Sequence[Sequence[str]] | None = None
    bar: bool = True

    aspect = 1.1
    """Width to height, about."""


@dataclass(frozen=True)
class Chart:
    """Lines over an axis, or dots. lines: (x, y) of each by its name; the last one is drawn over the others.

    x_limits, y_limits: by default what holds everything. level: a dashed line across, whose name the title says.
    kind: "lines", "dots" or "bars". by_state: whether x is the number of a state.
    """

    title: str
    x: str
    y: str
    lines: Mapping[str, tuple[np.ndarray, np.ndarray]]
    x_limits: tuple[float, float] | None = None
    y_limits: tuple[float, float] | None = None
    level: tuple[str, float] | None = None
    kind: str = "lines"
    by_state: bool = True

    aspect = 2.2


Point = tuple[float, float]


@dataclass(frozen=True)
class Node:
    """A state in a diagram. place: (x, y) from 0 to 1, from the upper left corner; ends: whether it is the end."""

    place: Point
    name: str = ""
    ends: bool = False


@dataclass(frozen=True)
class Arrow:
    """An action in a diagram, from a place to a place, in the colour of what it is thought to be worth.

    words: what stands at it, above its middle or, at_end, behind its end.
    """

    start: Point
    end: Point
    value: float
    words: str = ""
    at_end: bool = False


@dataclass(frozen=True)
class Diagram:
    """States as circles, ends as squares, and actions between them. limit: the value of the darkest colour."""

    title: str
    nodes: Sequence[Node]
    arrows: Sequence[Arrow]
    limit: float

    aspect = 2.0


Picture = Table | Chart | Diagram
