"""How each letter of a map looks: its background, icon and words, from its own choice or its rules."""

from __future__ import annotations

from dataclasses import dataclass

from gridworld.cell import Cell
from gridworld.window.drawing.palette import GOAL, PAPER, TRAP, WALL, Colour, mix
from gridworld.world import GridWorld


@dataclass(frozen=True)
class Look:
    """How a letter is drawn. fill: its background, None where the value's colour is; inside: whether arrows and
    numbers mean something there; shape: its icon, or empty; mark: words in its corner; exits: whether every action
    there does the same, so that arrows would say nothing."""

    fill: Colour | None
    inside: bool
    shape: str
    colour: Colour | None
    mark: str
    exits: bool = False


def look_of(letter: str, cell: Cell, step_reward: float) -> Look:
    """The letter's own shape and colour, or ones that fit its rules; its words are what entering it pays."""
    if cell.wall:
        return Look(cell.rgb or WALL, False, cell.shape, cell.rgb, "")
    shape, colour, mark = cell.shape, cell.rgb, ""
    if cell.reward != 0:
        mark = f"{cell.reward + step_reward:+.4g}"
    if cell.terminal:
        shape = shape or ("circle" if cell.reward >= 0 else "triangle")
        colour = colour or (GOAL if cell.reward >= 0 else TRAP)
        return Look(mix(PAPER, colour, 0.28), False, shape, colour, mark)
    if cell.goes_to is not None:
        colour = colour or TRAP
        return Look(mix(PAPER, colour, 0.45), False, shape or "cross", colour, mark)
    if cell.exit_reward is not None:
        shape = shape or ("circle" if cell.exit_reward >= 0 else "triangle")
        colour = colour or (GOAL if cell.exit_reward >= 0 else TRAP)
        return Look(None, True, shape, colour, f"exit {cell.exit_reward:+.4g}", exits=True)
    if cell.leaves_to is not None:
        return Look(None, True, shape, colour or GOAL, f"{letter} {cell.leave_reward + step_reward:+.4g}")
    if letter == "S":
        return Look(None, True, shape, colour, "S")
    if cell.reward != 0:
        shape = shape or ("triangle" if cell.reward < 0 else "star")
        colour = colour or (TRAP if cell.reward < 0 else GOAL)
    return Look(None, True, shape, colour, mark)


class Looks:
    """A world's letters and how each is drawn."""

    def __init__(self, world: GridWorld) -> None:
        self.letters, self.moves = world.letters, world.moves
        self.by_letter = {letter: look_of(letter, cell, world.step_reward) for letter, cell in world.cells.items()}
        self.by_state = [self.by_letter[letter] for letter in world.letters.ravel().tolist()]
        self._marks: dict[int, str] = {}
        # Where any cell may be the start, as for exploring starts, marking them all would say nothing.
        if len(world.starts) < world.n_states // 2:
            self._marks |= dict.fromkeys(world.starts, "S")
        for letter, cell in world.cells.items():
            if cell.leaves_to is not None and letter in world.letters:
                row, column = cell.leaves_to
                self._marks.setdefault(row * world.width + column, f"{letter}'")

    def corner(self, state: int) -> str:
        """The words in the cell's corner: what it pays, S on a start, A' where the cell A leads to."""
        return self.by_state[state].mark or self._marks.get(state, "")
