"""The worlds of the course and the window around them."""

from gridworld.cell import Cell
from gridworld.mdp import MDP
from gridworld.world import ACTION_NAMES, GridWorld, map_names

__all__ = ["ACTION_NAMES", "MDP", "Cell", "GridWorld", "map_names"]
