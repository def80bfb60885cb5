"""What a letter of a map stands for."""

import math
from dataclasses import dataclass
from typing import Any, Literal

from common.errors import UserError
from common.language import _

Place = tuple[int, int]
"""(row, column), both from 0 at the top left."""

SHAPES = ("none", "circle", "triangle", "square", "diamond", "star", "cross")
"""What can be drawn in a cell."""

COLOURS = {
    "black": "#000000",
    "white": "#ffffff",
    "grey": "#999999",
    "orange": "#e69f00",
    "sky": "#56b4e9",
    "green": "#009e73",
    "yellow": "#f0e442",
    "blue": "#0072b2",
    "red": "#d55e00",
    "purple": "#cc79a7",
}
"""The colours that have a name: Okabe and Ito's palette, made for colour-blind readers. Others are "#rrggbb"."""


@dataclass(frozen=True)
class Cell:
    """The rules of one letter of a map, as the keys of its [cells.X] table.

    Raises UserError where they contradict each other or hold a value of the wrong kind.
    """

    reward: float = 0.0
    """Paid on entering, on top of the map's step_reward."""
    pays_every_step: bool = False
    """Its reward is paid for every step that ends in it, not on entering alone: also for one that bumps or stays."""
    terminal: bool = False
    """Entering it ends the episode."""
    wall: bool = False
    """It cannot be entered; moving into it bumps."""
    goes_to: Place | Literal["start"] | None = None
    """Entering it pays its reward and puts the agent down elsewhere: at the map's first start, or at (row, column)."""
    leaves_to: Place | None = None
    """Any action taken in it leads to (row, column) and pays step_reward + leave_reward, nothing of the cell there."""
    leave_reward: float = 0.0
    """Paid for leaving by leaves_to."""
    exit_reward: float | None = None
    """Any action taken in it ends the episode and pays this, and nothing else."""
    shape: str = ""
    """One of SHAPES; empty leaves the choice to the painter."""
    colour: str = ""
    """A name of COLOURS or "#rrggbb"; empty leaves the choice to the painter."""

    def __post_init__(self) -> None:
        for key in ("reward", "leave_reward"):
            object.__setattr__(self, key, number(key, getattr(self, key)))
        for key in ("terminal", "wall", "pays_every_step"):
            truth(key, getattr(self, key))
        if self.exit_reward is not None:
            object.__setattr__(self, "exit_reward", number("exit_reward", self.exit_reward))
        if self.goes_to is not None and self.goes_to != "start":
            object.__setattr__(self, "goes_to", place("goes_to", self.goes_to, _(' or "start"')))
        if self.leaves_to is not None:
            object.__setattr__(self, "leaves_to", place("leaves_to", self.leaves_to))
        kinds = {
            "wall": self.wall,
            "terminal": self.terminal,
            "goes_to": self.goes_to is not None,
            "leaves_to": self.leaves_to is not None,
            "exit_reward": self.exit_reward is not None,
        }
        chosen = [name for name, is_so in kinds.items() if is_so]
        if len(chosen) > 1:
            raise UserError(
                "{chosen} contradict each other; a cell has at most one of {kinds}",
                chosen=" and ".join(chosen),
                kinds=", ".join(kinds),
            )
        if self.wall and self.reward != 0:
            raise UserError(
                "reward is {reward:g}, but a wall is never entered; leave its reward out", reward=self.reward
            )
        if self.pays_every_step and (self.wall or self.goes_to is not None):
            kind = _("a wall is never entered") if self.wall else _("goes_to puts the agent elsewhere")
            raise UserError("pays_every_step is true, but no step ends in this cell: {kind}; leave it out", kind=kind)
        if self.leave_reward != 0 and self.leaves_to is None:
            raise UserError(
                "leave_reward is {leave_reward:g}, but there is no leaves_to; add leaves_to = [row, column]",
                leave_reward=self.leave_reward,
            )
        if self.shape and self.shape not in SHAPES:
            raise UserError("shape is {shape!r}; the shapes are {known}", shape=self.shape, known=", ".join(SHAPES))
        if self.colour and self.rgb is None:
            raise UserError(
                'colour is {colour!r}; it must be "#rrggbb" or one of {known}',
                colour=self.colour,
                known=", ".join(COLOURS),
            )

    @property
    def exits(self) -> bool:
        """Whether any action taken in it ends the episode."""
        return self.exit_reward is not None

    @property
    def paying_key(self) -> str:
        """The key that says what the cell pays: exit_reward, leave_reward or reward."""
        if self.exits:
            return "exit_reward"
        return "reward" if self.leaves_to is None else "leave_reward"

    @property
    def rgb(self) -> tuple[int, int, int] | None:
        """The colour as red, green and blue from 0 to 255; None where the painter is to choose."""
        code = COLOURS.get(self.colour, self.colour) if isinstance(self.colour, str) else ""
        digits = code.removeprefix("#")
        if len(code) != 7 or len(digits) != 6 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
            return None
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def number(key: str, value: Any) -> float:
    """The value as a finite float; UserError for anything else, a truth value included."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserError("{key} is {value}; it must be a number", key=key, value=_toml(value))
    try:
        as_float = float(value)
    except OverflowError:
        as_float = math.inf
    if not math.isfinite(as_float):
        raise UserError("{key} is {value}; it must be a finite number", key=key, value=as_float)
    return as_float


def truth(key: str, value: Any) -> bool:
    """The value, if it is true or false; UserError otherwise."""
    if not isinstance(value, bool):
        raise UserError("{key} is {value}; it must be true or false", key=key, value=_toml(value))
    return value


def place(key: str, value: Any, alternative: str = "") -> Place:
    """The value as (row, column); UserError for anything but a pair of whole numbers."""
    is_pair = isinstance(value, list | tuple) and len(value) == 2
    if not is_pair or any(isinstance(part, bool) or not isinstance(part, int) for part in value):
        raise UserError(
            "{key} is {value}; it must be [row, column]{alternative}, whole numbers from 0",
            key=key,
            value=_toml(value),
            alternative=alternative,
        )
    return value[0], value[1]


def _toml(value: Any) -> str:
    """The value as its author wrote it, shortened."""
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


BUILT_IN = {"S": Cell(), ".": Cell(), "#": Cell(wall=True)}
"""The letters that every map knows: start, floor and wall."""

EDITING = {"T": Cell(reward=-1.0), "G": Cell(reward=1.0, terminal=True)}
"""What a trap and a goal mean when they are drawn into a map that does not define them."""
