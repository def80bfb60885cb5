"""What there is to learn: a map, or a gymnasium environment whose states and actions are discrete."""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.environments import make_environment
from common.errors import UserError
from gridworld.actions import ACTION_SIGNS
from gridworld.discrete import DiscreteEnv, Numbered, table_sizes
from gridworld.env import GridWorldEnv, MDPEnv
from gridworld.mdp import MDP
from gridworld.world import GridWorld

DEFAULT_MAX_STEPS = 1000

_GRIDS: dict[str, tuple[Callable[[Any], tuple[int, int]], str]] = {
    "FrozenLake": (lambda env: env.desc.shape, "<v>^"),
    "CliffWalking": (lambda env: env.shape, "^>v<"),
}
"""Environments whose states are the cells of a grid: its rows and columns, and signs for the actions."""


class Task:
    """A map by its name or path or, where env is given, the gymnasium environment of that id.

    world: the map, None for an environment; mdp: its model, None where the environment has none to show.
    name: for people. grid_shape, signs: rows and columns where states are cells of a grid, and a
    sign for each action. max_steps: an episode's time limit; by default the environment's own, or 1,000.
    Raises UserError for a map or environment that there is not, and for continuous states or actions.
    """

    def __init__(self, map: str, env: str | None = None, max_steps: int | None = None) -> None:
        self.env = env
        self.world = GridWorld.load(map) if env is None else None
        self.name = map if env is None else env
        self.grid_shape: tuple[int, int] | None = None
        self.signs = ACTION_SIGNS
        limit: int | None = None
        if self.world is not None:
            self.mdp: MDP | None = self.world.mdp()
            self.n_states, self.n_actions = self.mdp.n_states, self.mdp.n_actions
            self.grid_shape = (self.world.height, self.world.width)
        else:
            environment = Numbered(make_environment(str(env)))
            self.n_states, self.n_actions = table_sizes(environment)
            self.mdp = _model(environment)
            limit = environment.spec.max_episode_steps if environment.spec else None
            for name, (rows_and_columns, signs) in _GRIDS.items():
                if str(env).startswith(name):
                    self.grid_shape, self.signs = rows_and_columns(environment.unwrapped), signs
            environment.close()
        self.max_steps = max_steps or limit or DEFAULT_MAX_STEPS

    @property
    def fingerprint(self) -> str:
        """A number by which a saved table knows its world again: of the model, or else of the environment's id."""
        if self.mdp is None:
            return f"{self.env} {self.n_states} {self.n_actions}"
        return fingerprint(self.mdp)

    def environment(self) -> DiscreteEnv:
        """A new environment to learn in. Where a model is shown it is sampled, which is much faster."""
        if self.world is not None:
            return GridWorldEnv(self.world, max_steps=self.max_steps)
        if self.mdp is not None:
            return MDPEnv(self.mdp, self.max_steps)
        return Numbered(make_environment(str(self.env), max_episode_steps=self.max_steps))


def fingerprint(mdp: MDP) -> str:
    """A hash of everything that the model says."""
    digest = hashlib.sha256()
    for part in (mdp.next_state, mdp.probability, mdp.reward, mdp.terminated):
        digest.update(f"{part.shape}{part.dtype}".encode())
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def _model(environment: Numbered) -> MDP | None:
    """The model that toy-text environments show as P, with where their episodes start."""
    table = getattr(environment.unwrapped, "P", None)
    start: NDArray[np.float64] | None = getattr(environment.unwrapped, "initial_state_distrib", None)
    if table is None or start is None:
        return None
    try:
        mdp = MDP.from_table(table, start)
    except UserError:
        return None
    return mdp if (mdp.n_states, mdp.n_actions) == table_sizes(environment) else None
