"""Example 8.4 of the book: the maze at growing resolutions, and how many updates a good way takes."""

from collections.abc import Callable
from typing import Any

from common.figures import Drawn, Figure, Number, Panel
from common.runs.curves import Line
from gridworld.env import GridWorldEnv
from gridworld.maps.random_map import distances
from gridworld.world import GridWorld
from tabular.parts.method import Method
from tabular.parts.paths import greedy_path
from tabular.parts.trial import Trial

import numpy as np

RESOLUTIONS = (1, 2, 3)
RUNS = 5
PLANNING = 5
LONGER = 1.2
"""A way is good if it is no longer than this many times the shortest: in a fine maze many are nearly as short."""


def finer(world: GridWorld, resolution: int) -> GridWorld:
    """The map with every cell parted into resolution x resolution; one start, the first of its block."""
    letters = world.letters.repeat(resolution, axis=0).repeat(resolution, axis=1)
    first = np.argwhere(letters == "S")[0]
    letters = np.where(letters == "S", ".", letters)
    letters[tuple(first)] = "S"
    return world.with_rules(grid=["".join(row) for row in letters.tolist()])


def shortest(world: GridWorld) -> int:
    """Moves of the shortest way from the start to a goal."""
    goals = np.flatnonzero(world.where("terminal")).tolist()
    ways = [distances(world.where("wall"), goal).ravel()[world.starts[0]] for goal in goals]
    return int(min(way for way in ways if way >= 0))


def updates_until_good(method: Method, world: GridWorld, seed: int, real: int) -> int:
    """Updates of entries until the greedy way is good enough, looked at after every episode.

    real: updates that each step in the world brings besides those from the model.
    """
    env, moves = GridWorldEnv(world), shortest(world)
    agent = method.agent(env, seed)
    trial, updates = Trial(agent, env, method.train, seed), 0
    while True:
        ended = trial.step()
        updates += real + len(agent.planned)  # type: ignore[union-attr]
        if ended:
            path = greedy_path(world, agent.action_values)  # type: ignore[union-attr]
            if world.is_terminal(path[-1]) and len(path) - 1 <= LONGER * moves:
                return updates


def growing_mazes(
    sweeping: Callable[[Any], Method],
    sweeping_options: Callable[..., Any],
    dyna: Callable[[Any], Method],
    dyna_options: Callable[..., Any],
) -> Figure:
    """Example 8.4: prioritised sweeping against Dyna-Q, five updates a step at most."""

    def make(seed: int) -> Drawn:
        shared = {"discount": 0.95, "epsilon": 0.1, "planning_steps": PLANNING}
        # Dyna-Q's update from a real step is one more.
        learners = {
            "prioritised sweeping": (sweeping(sweeping_options(**shared)), 0),
            "Dyna-Q": (dyna(dyna_options(step_size=1.0, **shared)), 1),
        }
        worlds = [finer(GridWorld.load("maze"), resolution) for resolution in RESOLUTIONS]
        sizes = [int((~world.where("wall")).sum()) for world in worlds]
        means = {}
        for label, (method, real) in learners.items():
            counts = [[updates_until_good(method, w, seed + run, real) for run in range(RUNS)] for w in worlds]
            means[label] = np.mean(counts, axis=1)
        lines = [Line(label, sizes, mean) for label, mean in means.items()]
        numbers = []
        for at, size in enumerate(sizes):
            ours, theirs = (means[label][at] for label in learners)
            numbers += [
                Number(f"{size} cells: updates of prioritised sweeping", ours, digits=0),
                Number(f"{size} cells: as a share of Dyna-Q's", 100 * ours / theirs, unit=" %", digits=0),
            ]
        panel = Panel("", "cells of the maze", "updates until the way is good", lines, log_x=True, log_y=True)
        return Drawn([panel], numbers)

    return Figure("Example 8.4", "updates until the way is at most a fifth too long, mean of 5 learners", make)
