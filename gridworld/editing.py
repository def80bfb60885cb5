"""Changing the map while its lesson runs: a click cycles a cell, a drag paints on or moves the start."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from common.options import UserError
from gridworld.lesson import Lesson
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
            self.message = "this is the start: drag it to move it"

    def _draw(self, state: int) -> str:
        return edit(self._lessons, lambda world: world.with_cell(state, self._letter))
