"""Changing the map while its lesson runs.

A click cycles a cell, a drag paints on or moves the start, the wheel changes what a cell pays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from common.errors import UserError
from common.language import _
from gridworld.cell import BUILT_IN
from gridworld.window.lesson import Lesson
from gridworld.world import GridWorld


def next_letter(world: GridWorld, state: int, backwards: bool = False) -> str:
    """What a click turns the cell into: floor, wall, trap, goal, then the map's other letters, and round again."""
    letters = world.palette()
    letter = str(world.letters[world.row_column(state)])
    if letter not in letters:
        return letters[0]
    return letters[(letters.index(letter) + (-1 if backwards else 1)) % len(letters)]


def edit(lessons: Sequence[Lesson], change: Callable[[GridWorld], GridWorld]) -> str:
    """Change every lesson's map, or none: the message of what is wrong, empty where all went well."""
    before = [lesson.world for lesson in lessons]
    done: list[Lesson] = []
    try:
        after = [change(world) for world in before]
        for lesson, world in zip(lessons, after, strict=True):
            lesson.edit(world)
            done.append(lesson)
    except UserError as error:
        for lesson, world in zip(done, before, strict=False):
            lesson.edit(world)
        return str(error)
    return ""


def with_reward(world: GridWorld, state: int, direction: int, *, alike: bool = False) -> GridWorld:
    """The world in which this cell pays a notch more (direction 1) or less (-1); alike: and all cells of its letter.

    A notch is 0.1, and larger where rewards are. A cell of its own gets a letter of its own, floor that pays nothing
    any more its dot back. Raises UserError for walls, and for floor and start where all of them are meant.
    """
    letter = str(world.letters[world.row_column(state)])
    cell = world.cells[letter]
    if cell.wall:
        raise UserError("a wall is never entered, so it pays nothing; click to make the cell a trap or a goal")
    reward = getattr(cell, cell.paying_key)
    notch = next(size for size, limit in ((0.1, 2.0), (1.0, 20.0), (10.0, math.inf)) if abs(reward) < limit)
    changed = replace(cell, **{cell.paying_key: round(reward + direction * notch, 6)})
    if alike:
        if letter in BUILT_IN:
            raise UserError("all floor cells together: set the step reward instead; the wheel alone changes one cell")
        return world.with_rules(cells={**world.cells, letter: changed})
    known = (name for name, other in world.cells.items() if other == changed and name != "S")
    own = next(known, None)
    cells = dict(world.cells)
    if own is None:
        single = letter not in BUILT_IN and (world.letters == letter).sum() == 1
        own = letter if single else next((name for name in _OWN_LETTERS if name not in cells), None)
        if own is None:
            raise UserError("every letter of this map is taken; hold Shift to change all cells like this one")
        cells[own] = changed
    letters = world.letters.copy()
    letters[world.row_column(state)] = own
    starts = {*world.extra_starts, *((state,) if state in world.starts else ())}
    grid = ["".join(row) for row in letters.tolist()]
    return world.with_rules(grid=grid, cells=cells, start=[world.row_column(start) for start in sorted(starts)])


_OWN_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFHIJKLMNOPQRUVWXYZ"


def turn_wheel(lessons: Sequence[Lesson], state: int, direction: int, *, alike: bool = False) -> str:
    """Change what this cell pays, or all cells of its letter, in every lesson's map; returns what it pays now."""
    wrong = edit(lessons, lambda world: with_reward(world, state, direction, alike=alike))
    if wrong:
        return wrong
    world = lessons[0].world
    cell = world.cell(state)
    reward = getattr(cell, cell.paying_key)
    if alike:
        return _(
            "every {letter} now has the reward {reward:g}", letter=world.letters[world.row_column(state)], reward=reward
        )
    return _(
        "this cell now has the reward {reward:g}; with Shift the wheel changes all cells of its letter", reward=reward
    )


class Pencil:
    """One press of the mouse on the grid, until it is let go.

    message: what went wrong, if anything did.
    """

    def __init__(self, lessons: Sequence[Lesson], state: int, backwards: bool = False) -> None:
        """Begin on a state: a start is taken up, any other cell is cycled at once."""
        self._lessons = lessons
        self._state = state
        self._moved = False
        world = lessons[0].world
        self._holds_start = state in world.starts and len(world.starts) < world.n_states // 2
        self._letter = next_letter(world, state, backwards)
        self.message = "" if self._holds_start else self._draw(state)

    def drag(self, state: int) -> bool:
        """Go on to another state: the start moves there, or the cell becomes what the first one became."""
        if state == self._state:
            return False
        self._state = state
        self._moved = True
        if self._holds_start:
            self.message = edit(self._lessons, lambda world: world.with_start(state))
        elif state not in self._lessons[0].world.starts:
            self.message = self._draw(state)
        return True

    def lift(self) -> None:
        """Let go; a start that was only clicked says how it is moved."""
        if self._holds_start and not self._moved:
            self.message = _("this is the start: drag it to move it")

    def _draw(self, state: int) -> str:
        return edit(self._lessons, lambda world: world.with_cell(state, self._letter))
