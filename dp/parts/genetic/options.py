"""The options of the genetic algorithm. What they may be stands in their types."""

from dataclasses import dataclass
from typing import Annotated, Literal

from common.errors import UserError
from common.options import Bounds, Count, Fraction, Natural
from dp.parts.planning_options import WorldOptions

import tyro

Population = Annotated[int, Bounds(2, 100_000), tyro.conf.arg(metavar="2,3,...")]


@dataclass(frozen=True)
class GeneticOptions(WorldOptions):
    """Find a good policy of a world by a genetic algorithm."""

    fitness: Literal["everywhere", "start"] = "everywhere"
    """what a policy is judged by: its mean worth over all states, or its worth at the start"""
    population: Population = 100
    """policies that live at a time"""
    generations: Count = 50
    """how often the population is replaced by its children"""
    tournament: Count = 5
    """policies that are drawn at random to compete for being a parent; 1 is no selection at all"""
    mutation: Fraction = 0.02
    """probability that a child's action in a state is drawn anew"""
    elite: Natural = 1
    """best policies that live on as they are; fewer than the population"""
    episodes: Natural = 0
    """play so many episodes to find out what a policy is worth; 0 asks the model instead, and gets the exact number"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.problem is not None and self.record is not None:
            raise UserError(
                "{flag} {given} is for maps: leave it out, or leave out {other}",
                flag="--record",
                given=self.record,
                other=f"--problem {self.problem}",
            )
        if self.elite >= self.population:
            raise UserError(
                "--elite is {elite}; it must be less than the --population of {population}",
                elite=self.elite,
                population=self.population,
            )
