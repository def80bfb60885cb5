"""The options that both chapters of dynamic programming have, and the model that they ask for."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.options import UserError, check_at_least, check_between
from common.recording import check_recordable
from dp.parts.convergence import check_tolerance
from gridworld.actions import ACTION_SIGNS
from gridworld.mdp import MDP
from gridworld.world import GridWorld


@dataclass(frozen=True)
class PlanningOptions:
    """What to solve, how, and what to show of it."""

    map: str = "course"
    """a map of the course, or the path of a TOML map"""
    env: str | None = None
    """solve this gymnasium environment instead, by its id; it must show its model as a table P"""
    size: int | None = None
    """solve a random map of so many rows and columns instead"""
    slip: float | None = None
    """probability that a move goes to one of its two sides, in place of the map's own"""
    seed: int = 0
    """the one number behind the random map and the walk"""
    discount: float = 0.9
    """how much a reward counts a step later; 1 only where every episode ends"""
    tolerance: float = 1e-8
    """how far the values may be from the true ones at the end"""
    in_place: bool = False
    """back up one half of the states from the values that the other half has just got"""
    headless: bool = False
    """open no window: solve at full speed and print values and policy"""
    record: Path | None = None
    """film what the window shows, as .gif, .mp4 or .png"""


@dataclass(frozen=True)
class Model:
    """What is to be solved.

    name: for people; mdp: the model; world: the map, None where there is none; shape: rows and columns where the states
    are cells of a grid; letters: [height, width] what stands in cells without a choice, "" elsewhere; signs: of the
    actions.
    """

    name: str
    mdp: MDP
    world: GridWorld | None = None
    shape: tuple[int, int] | None = None
    letters: NDArray[np.str_] | None = None
    signs: str = ACTION_SIGNS


def load_model(options: PlanningOptions) -> Model:
    """The model that the options name. Raises UserError for the first option that is out of range."""
    check_between("--discount", options.discount, 0, 1)
    check_tolerance(options.tolerance)
    check_at_least("--seed", options.seed, 0)
    if options.slip is not None:
        check_between("--slip", options.slip, 0, 1)
    if options.size is not None and options.size < 2:
        raise UserError(f"--size is {options.size}; a map needs a size of at least 2")
    if options.record is not None:
        check_recordable(options.record)
    if options.env is None:
        return _of_world(_world(options))
    for flag, given in (("--size", options.size), ("--slip", options.slip), ("--record", options.record)):
        if given is not None:
            raise UserError(f"{flag} {given} is for maps: leave it out, or leave out --env {options.env}")
    return _of_environment(options.env)


def _world(options: PlanningOptions) -> GridWorld:
    if options.size is not None:
        return GridWorld.random(options.size, options.seed, slip=options.slip or 0.0)
    world = GridWorld.load(options.map)
    if options.slip is None:
        return world
    return GridWorld(**{**world.definition(), "slip": options.slip}, name=world.name)


def _of_world(world: GridWorld) -> Model:
    letters = np.where(world.where("wall") | world.where("terminal"), world.letters, "")
    return Model(world.name, world.mdp(), world, (world.height, world.width), letters)


def _of_environment(identifier: str) -> Model:
    # Environments take a while to import, which no map needs to wait for.
    from gridworld.task import Task

    try:
        task = Task("", identifier)
    except UserError as error:
        raise UserError(str(error) if identifier in str(error) else f"--env {identifier}: {error}") from None
    if task.mdp is None:
        raise UserError(f"--env {identifier} shows no model as a table P, which dynamic programming needs")
    if task.grid_shape is None:
        return Model(task.name, task.mdp)
    ends = (task.mdp.terminated | (task.mdp.probability == 0)).all(axis=(1, 2)).reshape(task.grid_shape)
    return Model(task.name, task.mdp, None, task.grid_shape, np.where(ends, "#", ""), task.signs)
