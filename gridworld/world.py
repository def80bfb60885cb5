"""A gridworld: a map whose moves have outcomes and rewards, which is a Markov decision process.

A move that bumps stays where it is, which is not entering: it pays step_reward + bump_reward and nothing of the cell,
unless that pays for every step.
The maps' file format is described in `gridworld/maps/map_file.py`.
"""

from pathlib import Path
from typing import Self

from common.errors import UserError
from gridworld import dynamics
from gridworld.cell import EDITING
from gridworld.grid_map import GridMap
from gridworld.maps import map_file, random_map
from gridworld.mdp import MDP

import numpy as np


class GridWorld(GridMap):
    """A map with its model. Made of a grid and rules (see GridMap), of a file, or at random."""

    _mdp: MDP | None = None

    @classmethod
    def load(cls, name_or_path: str | Path) -> Self:
        """The shipped map of that name, or the map in that TOML file; UserError where there is none or it is wrong."""
        return cls.from_toml(*map_file.read(name_or_path))

    @classmethod
    def from_toml(cls, text: str, name: str = "map") -> Self:
        """The world that a TOML map describes; UserError, with the line for a TOML error, where it is wrong."""
        try:
            return cls(**map_file.parse(text), name=name)
        except UserError as error:
            raise UserError("{name}: {error}", name=name, error=error) from None

    @classmethod
    def random(cls, size: int, seed: int | np.random.Generator, slip: float = 0.0) -> Self:
        """A size x size map with walls, traps of -1 and a goal of +1; every step costs 0.01.

        From every cell that is no wall the goal can be reached. The same seed gives the same map.
        Raises UserError for a size below 2, a negative seed, or slip outside [0, 1].
        """
        if isinstance(seed, int) and seed < 0:
            raise UserError("seed is {seed}; it must be at least 0", seed=seed)
        grid = random_map.draw(size, np.random.default_rng(seed))
        name = f"random {size} x {size}"
        return cls(grid, {letter: EDITING[letter] for letter in "TG"}, name=name, step_reward=-0.01, slip=slip)

    def mdp(self) -> MDP:
        """The world's model, made once: K is 1 where nothing is left to chance; every start is equally likely."""
        if self._mdp is None:
            self._mdp = dynamics.build(self)
        return self._mdp

    def to_toml(self) -> str:
        """The map as TOML, which `from_toml` reads back as an equal world."""
        return map_file.write(self)

    def save(self, path: str | Path) -> None:
        """Write the map to a TOML file, whole or not at all; UserError where that is not possible."""
        map_file.save(self, Path(path))
