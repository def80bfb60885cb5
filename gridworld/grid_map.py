"""The map of a gridworld: letters and what each of them stands for.

State = row * width + column, row 0 at the top, walls included.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from common.errors import UserError, check_between
from common.language import _
from gridworld.actions import ACTION_NAMES, ACTION_SIGNS, STAY
from gridworld.cell import BUILT_IN, EDITING, Cell, Place, number, truth

import numpy as np
from numpy.typing import NDArray

_STRONGEST_WIND = 1000
"""cells that a move may be blown; more than any map is high that one can look at"""


class GridMap:
    """A map and its rules; never changes: editing returns a new one.

    grid: rows from the top, one letter a cell, blanks between letters ignored; cells: the rules of every letter but the
    built-in `S` start, `.` floor and `#` wall; step_reward: added to every move; bump_reward: added when a move runs
    into a wall or the edge; pays_every_step: whether every cell pays its reward for every step that ends in it, not on
    entering alone; slip: probability that a move goes to one of its two sides instead, half each;
    wind: for each column, how many cells up (below 0: down) a move that begins there is blown; gusts: whether a wind
    blows one cell less, as its column says, or one cell more, each a third of the time; stay: whether there is an
    action that does not move; diagonals: whether there are four more actions, the king's moves of chess; start:
    (row, column) of starts besides the letters `S`; continuing: whether the map may do without a goal, because its task
    never ends; name: what to call it.

    Attributes: all of these, and letters: [height, width] array of str; starts: state numbers, in order;
    moves: for each action its number in `gridworld.actions`; height, width, n_states, n_actions.

    Raises UserError for a map that cannot be: ragged or empty grid, unknown letter, no start, no cell that ends the
    episode (unless continuing), start on a wall or a terminal cell, numbers that are not finite, slip outside [0, 1],
    gusts without wind, places off the map.
    """

    def __init__(
        self,
        grid: str | Iterable[str],
        cells: Mapping[str, Cell] | None = None,
        *,
        name: str = "map",
        step_reward: float = 0.0,
        bump_reward: float = 0.0,
        pays_every_step: bool = False,
        slip: float = 0.0,
        wind: Sequence[int] | None = None,
        gusts: bool = False,
        stay: bool = False,
        diagonals: bool = False,
        start: Iterable[Place] = (),
        continuing: bool = False,
    ) -> None:
        self.name = name
        self.letters = _letters(grid)
        self.letters.flags.writeable = False
        self.height, self.width = self.letters.shape
        self.n_states = self.height * self.width
        self.cells: dict[str, Cell] = {**BUILT_IN, **(cells or {})}
        self.step_reward = number("step_reward", step_reward)
        self.bump_reward = number("bump_reward", bump_reward)
        self.pays_every_step = truth("pays_every_step", pays_every_step)
        self.slip = number("slip", slip)
        check_between("slip", self.slip, 0, 1)
        self.wind = self._checked_wind(wind)
        self.gusts = truth("gusts", gusts)
        if gusts and wind is None:
            raise UserError("gusts is true, but there is no wind; add wind = [...], one number for each column")
        self.stay, self.diagonals = truth("stay", stay), truth("diagonals", diagonals)
        self.moves = (*range(STAY), *([STAY] if stay else []), *(range(STAY + 1, 9) if diagonals else []))
        self.n_actions = len(self.moves)
        self.continuing = truth("continuing", continuing)
        self._check_cells()
        self.extra_starts = tuple(sorted({self._state("start", at) for at in start}))
        self.starts = tuple(sorted({*np.flatnonzero(self.letters == "S").tolist(), *self.extra_starts}))
        self._check_starts_and_goals()

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return tuple(ACTION_NAMES[move] for move in self.moves)

    @property
    def action_signs(self) -> str:
        """A sign for each action, for text."""
        return "".join(ACTION_SIGNS[move] for move in self.moves)

    def row_column(self, state: int) -> Place:
        """Where the state lies."""
        row, column = divmod(int(state), self.width)
        return row, column

    def cell(self, state: int) -> Cell:
        """The rules of the state's cell."""
        return self.cells[str(self.letters[self.row_column(state)])]

    def is_wall(self, state: int) -> bool:
        """Whether the state is a wall, which is never entered."""
        return self.cell(state).wall

    def is_terminal(self, state: int) -> bool:
        """Whether entering the state ends the episode."""
        return self.cell(state).terminal

    def where(self, rule: str) -> NDArray[np.bool_]:
        """[height, width] the cells whose rule, a Cell's attribute such as "wall" or "terminal", is set."""
        marked = np.zeros(self.letters.shape, dtype=np.bool_)
        for letter, cell in self.cells.items():
            if getattr(cell, rule):
                marked |= self.letters == letter
        return marked

    def palette(self) -> tuple[str, ...]:
        """The letters to edit with: floor, wall, a trap, a goal, then the map's others."""
        return tuple(dict.fromkeys((".", "#", *EDITING, *(letter for letter in self.cells if letter != "S"))))

    def with_cell(self, state: int, letter: str) -> Self:
        """The world with another letter in one cell; `T` and `G` are known even where the map does not define them.

        Raises UserError where the result would be no world: the last start or the last goal painted over.
        """
        if len(letter) != 1:
            raise UserError("{letter!r} is no letter; a cell holds a single one", letter=letter)
        letters = self.letters.copy()
        letters[self.row_column(self._checked_state(state))] = letter
        known = {letter: EDITING[letter]} if letter in EDITING else {}
        extra_starts = [self.row_column(at) for at in self.extra_starts if at != state]
        return self.with_rules(grid=_rows(letters), cells={**known, **self.cells}, start=extra_starts)

    def with_start(self, state: int) -> Self:
        """The world with this state as its only start; UserError where the state is a wall or terminal."""
        letters = np.where(self.letters == "S", ".", self.letters)
        at = self.row_column(self._checked_state(state))
        if letters[at] == ".":
            letters[at] = "S"
            return self.with_rules(grid=_rows(letters), start=())
        return self.with_rules(grid=_rows(letters), start=(at,))

    def with_rules(self, **changes: Any) -> Self:
        """The world with other arguments of its constructor, such as slip=0.2 or step_reward=-0.1."""
        return type(self)(**{**self.definition(), "name": self.name, **changes})

    def definition(self) -> dict[str, Any]:
        """The arguments, but for the name, from which an equal world can be made."""
        return {
            "grid": _rows(self.letters),
            "cells": self.cells,
            "step_reward": self.step_reward,
            "bump_reward": self.bump_reward,
            "pays_every_step": self.pays_every_step,
            "slip": self.slip,
            "wind": self.wind,
            "gusts": self.gusts,
            "stay": self.stay,
            "diagonals": self.diagonals,
            "start": [self.row_column(state) for state in self.extra_starts],
            "continuing": self.continuing,
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GridMap) and self.definition() == other.definition()

    def __hash__(self) -> int:
        return hash((self.letters.tobytes(), self.starts, self.slip))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.height} x {self.width})"

    def _checked_state(self, state: int) -> int:
        if not 0 <= state < self.n_states:
            raise UserError(
                "state {state} is not on the map; its states are 0 to {last}",
                state=state,
                last=self.n_states - 1,
            )
        return int(state)

    def _state(self, key: str, at: Place) -> int:
        row, column = at
        if not (0 <= row < self.height and 0 <= column < self.width):
            raise UserError(
                "{key} is [{row}, {column}], which is off the map of {height} x {width} cells",
                key=key,
                row=row,
                column=column,
                height=self.height,
                width=self.width,
            )
        return row * self.width + column

    def _checked_wind(self, wind: Sequence[int] | None) -> tuple[int, ...] | None:
        if wind is None:
            return None
        numbers = isinstance(wind, Sequence) and not isinstance(wind, str)
        if not numbers or any(isinstance(blow, bool) or not isinstance(blow, int) for blow in wind):
            raise UserError("wind must be a list of whole numbers, one for each column")
        if len(wind) != self.width:
            raise UserError("wind has {count} numbers; the map has {width} columns", count=len(wind), width=self.width)
        if (strongest := max(wind, key=abs)) not in range(-_STRONGEST_WIND, _STRONGEST_WIND + 1):
            raise UserError(
                "wind blows {strongest} cells; it must lie in [-{limit}, {limit}]",
                strongest=strongest,
                limit=_STRONGEST_WIND,
            )
        return tuple(wind)

    def _check_cells(self) -> None:
        if not self.cells["#"].wall:
            raise UserError("cells.#: wall is false, but # is the wall; choose another letter")
        for letter in map(chr, np.unique(self.letters.view(np.uint32)).tolist()):
            if letter not in self.cells:
                row, column = np.argwhere(self.letters == letter)[0].tolist()
                raise UserError(
                    "the letter {letter!r} in row {row}, column {column} is unknown; add a [cells.{letter}] table",
                    letter=letter,
                    row=row,
                    column=column,
                )
        for letter, cell in self.cells.items():
            for key in ("goes_to", "leaves_to"):
                target = getattr(cell, key)
                if isinstance(target, tuple) and self.is_wall(self._state(f"cells.{letter}: {key}", target)):
                    raise UserError(
                        "cells.{letter}: {key} is {target}, which is a wall; choose another cell",
                        letter=letter,
                        key=key,
                        target=list(target),
                    )

    def _check_starts_and_goals(self) -> None:
        if not self.starts:
            raise UserError("the map has no start; put an S into the grid")
        for state in self.starts:
            cell = self.cell(state)
            if cell.wall or cell.terminal:
                kind = _("a wall") if cell.wall else _("a terminal cell")
                raise UserError(
                    "the start {place} is {kind}; start on a floor cell", place=list(self.row_column(state)), kind=kind
                )
        if not self.continuing and not (self.where("terminal") | self.where("exits")).any():
            raise UserError("the map has no goal; give it a terminal cell, or say continuing = true")


def _letters(grid: str | Iterable[str]) -> NDArray[np.str_]:
    """[height, width] the letters of the rows."""
    lines = grid.split("\n") if isinstance(grid, str) else list(grid)
    rows = ["".join(line.split()) for line in lines]
    while rows and not rows[0]:
        rows.pop(0)
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise UserError("the grid is empty; draw it with one letter a cell")
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise UserError(
                "row {index} of the grid has {count} cells, row 0 has {first}; make all rows as long, "
                "and write a floor as . because blanks are no cells",
                index=index,
                count=len(row),
                first=len(rows[0]),
            )
        if not row.isprintable():
            raise UserError(
                "row {index} of the grid holds a character that cannot be printed; use letters and signs", index=index
            )
    return np.array(rows, dtype=f"<U{len(rows[0])}").view("<U1").reshape(len(rows), -1)


def _rows(letters: NDArray[np.str_]) -> list[str]:
    return np.ascontiguousarray(letters).view(f"<U{letters.shape[1]}").ravel().tolist()
