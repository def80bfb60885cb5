"""What is to be solved: a map, or an environment that shows its model."""

from dataclasses import dataclass

from common.errors import UserError
from dp.parts.planning_options import WorldOptions
from dp.parts.problems import PROBLEMS, Problem
from gridworld.actions import ACTION_SIGNS, DIAGONAL_LEGEND
from gridworld.mdp import MDP
from gridworld.task import Task
from gridworld.world import GridWorld

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Model:
    """A model by its name for people.

    world: the map, None where there is none; shape: rows and columns where the states are cells of a grid; letters: [S]
    what stands where there is no choice, "" elsewhere; signs: of the actions; legend: what they mean. problem: how it
    is printed and drawn, for one of the textbook's.
    """

    name: str
    mdp: MDP
    letters: NDArray[np.str_]
    world: GridWorld | None = None
    shape: tuple[int, int] | None = None
    signs: str = ACTION_SIGNS
    legend: str = ""
    problem: Problem | None = None

    @property
    def has_picture(self) -> bool:
        """Whether the window can show it."""
        return self.world is not None or self.problem is not None


def load_model(options: WorldOptions) -> Model:
    """The model that the options name. Raises UserError where there is none."""
    if options.env is not None:
        return _of_environment(options)
    if options.problem is not None:
        problem = PROBLEMS[options.problem]
        mdp = problem.make()
        return Model(options.problem, mdp, np.full(mdp.n_states, ""), problem=problem)
    world = _world(options)
    letters = np.where(world.where("wall") | world.where("terminal"), world.letters, "").ravel()
    shape, legend = (world.height, world.width), DIAGONAL_LEGEND if world.diagonals else ""
    return Model(world.name, world.mdp(), letters, world, shape, world.action_signs, legend)


def _world(options: WorldOptions) -> GridWorld:
    if options.size is not None:
        return GridWorld.random(options.size, options.seed, slip=options.slip or 0.0)
    world = GridWorld.load(options.map)
    if options.slip is None:
        return world
    return GridWorld(**{**world.definition(), "slip": options.slip}, name=world.name)


def _of_environment(options: WorldOptions) -> Model:
    try:
        task = Task("", options.env, env_args=options.env_arg)
    except UserError as error:
        named = str(options.env) in str(error) or "--env-arg" in str(error)
        raise UserError(str(error) if named else f"--env {options.env}: {error}") from None
    if task.mdp is None:
        raise UserError("--env {name} shows no model as a table P, which dynamic programming needs", name=task.name)
    return Model(task.name, task.mdp, task.letters, None, task.grid_shape, task.signs, task.legend)
