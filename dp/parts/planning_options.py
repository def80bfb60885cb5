"""The options of the chapters that solve a model. What they may be stands in their types."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from common.environments.arguments import EnvArguments
from common.errors import UserError
from common.options import Bounds, CheckedOptions, Count, Fraction, Natural, Positive
from common.watch.recording import check_recordable

import tyro

Size = Annotated[int, Bounds(2, 10_000), tyro.conf.arg(metavar="2,3,...")]
Sizes = Annotated[tuple[Annotated[int, Bounds(2, 10_000)], ...], tyro.conf.arg(metavar="2,3,... ...")]


UNDISCOUNTED = ("gambler", "blackjack")
"""The problems whose every episode ends, and whose values the book does not discount."""


class Unsaid(float):
    """A default that gives way where another fits better; the same number typed is no such one."""


_DISCOUNT = Unsaid(0.9)


@dataclass(frozen=True)
class WorldOptions(CheckedOptions):
    """What to solve, and what to show of it."""

    map: str = "course"
    """a map of the course, or the path of a TOML map"""
    env: str | None = None
    """solve this gymnasium environment instead, by its id; it must show its model as a table P"""
    env_arg: EnvArguments = ()
    """a setting of the environment, such as is_slippery=False; may be given several times"""
    problem: Literal["car-rental", "gambler", "blackjack"] | None = None
    """solve one of the textbook's problems that are no grid instead"""
    size: Size | None = None
    """solve a random map of so many rows and columns instead"""
    slip: Fraction | None = None
    """probability that a move goes to one of its two sides, in place of the map's own"""
    seed: Natural = 0
    """the one number behind all randomness, the random map and the walk included"""
    discount: Fraction = _DISCOUNT
    """how much a reward counts a step later; 1 only where every episode ends, the default of gambler and blackjack"""
    headless: bool = False
    """open no window: solve at full speed and print values and policy"""
    record: Path | None = None
    """film what the window shows, as .gif, .mp4 or .png"""
    out: Path | None = None
    """folder for the pictures that are drawn instead of results/<chapter>"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.problem in UNDISCOUNTED and isinstance(self.discount, Unsaid):
            object.__setattr__(self, "discount", 1.0)
        if self.record is not None:
            check_recordable(self.record)
        self._refuse_together("env", "problem")
        other = f"--env {self.env}" if self.env is not None else f"--problem {self.problem}"
        if self.env is not None or self.problem is not None:
            unseen = self.record if self.env is not None else None
            for flag, given in (("--size", self.size), ("--slip", self.slip), ("--record", unseen)):
                if given is not None:
                    raise UserError(
                        "{flag} {given} is for maps: leave it out, or leave out {other}",
                        flag=flag,
                        given=given,
                        other=other,
                    )
        if self.env is None and self.env_arg:
            raise UserError(
                "--env-arg {env_arg} is for an environment: say which with --env, or leave it out",
                env_arg=self.env_arg[0],
            )

    def _refuse_together(self, name: str, *others: str) -> None:
        """Raise UserError if the option is given and one of the others is, too."""
        for other in others:
            if getattr(self, name) and getattr(self, other):
                flags = " and ".join("--" + flag.replace("_", "-") for flag in (name, other))
                raise UserError("{flags} exclude each other: leave one of them out", flags=flags)


@dataclass(frozen=True)
class PlanningOptions(WorldOptions):
    """How dynamic programming solves it."""

    tolerance: Positive = 1e-8
    """how far the values may be from the optimal ones at the end"""
    in_place: bool = False
    """back up one state after the other, and use new values at once"""
    quick: bool = False
    """solve by dp/parts/quick.py, made for large maps, instead of by the chapter's own loop, and print"""
    figure: str | None = None
    """draw this figure of Sutton & Barto, with the book's settings, and print its numbers"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.out is not None and self.problem is None and self.figure is None:
            raise UserError("--out {out} is for the pictures of --problem and --figure: leave it out", out=self.out)
        self._refuse_together("quick", "in_place", "record")
        if self.quick and self.discount == 1:
            raise UserError("--quick needs a --discount below 1")

    def sweep_order(self, n_states: int) -> list[slice]:
        """The states in the order of a sweep: all at once, or with in_place one after the other."""
        return [slice(state, state + 1) for state in range(n_states)] if self.in_place else [slice(None)]


@dataclass(frozen=True)
class PolicyIterationOptions(PlanningOptions):
    """Find the optimal policy of a world by policy iteration."""

    exact: bool = False
    """evaluate by linear solves instead of sweeps; after 1000 sweeps of a policy its evaluation ends with one anyway"""
    sweeps_per_improvement: Count | None = None
    """improve after so many sweeps, settled or not: modified policy iteration (default: once the values are settled)"""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._refuse_together("exact", "in_place", "sweeps_per_improvement")
        self._refuse_together("quick", "exact", "sweeps_per_improvement")
        if self.sweeps_per_improvement is not None and self.discount == 1:
            raise UserError("--sweeps-per-improvement needs a --discount below 1: a policy half evaluated may circle")


@dataclass(frozen=True)
class ValueIterationOptions(PlanningOptions):
    """Find the optimal values of a world by value iteration, and a policy that is greedy in them."""
