"""What there is to learn: a map, or a gymnasium environment whose states and actions are discrete."""

import functools
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from common.environments.arguments import make_with_settings
from common.environments.checked import STEP_LIMIT
from common.environments.make import make_to_watch
from common.errors import UserError
from common.language import N_
from gridworld.actions import DIAGONAL_LEGEND
from gridworld.discrete import DiscreteEnv, Numbered, table_sizes
from gridworld.env import GridWorldEnv, MDPEnv
from gridworld.mdp import MDP
from gridworld.problems import blackjack
from gridworld.problems.changing import ChangingEnv
from gridworld.problems.racetrack import Racetrack, RacetrackEnv
from gridworld.world import GridWorld

import numpy as np
from numpy.typing import NDArray

_GRIDS: dict[str, Callable[[Any], tuple[int, int]]] = {
    "FrozenLake": lambda env: env.desc.shape,
    "CliffWalking": lambda env: env.shape,
}
"""Environments whose states are the cells of a grid: its rows and columns."""
_SIGNS = {
    "FrozenLake": ("<v>^", N_("G goal, H hole")),
    "CliffWalking": ("^>v<", N_("G goal, # never entered")),
    "Taxi": ("v^><pd", N_("p pick up, d drop off")),
    "Blackjack": ("sh", N_("s stick, h hit")),
    "SuttonBlackjack": ("sh", N_("s stick, h hit")),
}
"""A sign for each action, and what those mean that do not speak for themselves."""
_PARTS = {"Blackjack": N_(("your sum", "dealer's card", "usable ace"))}
"""What the parts of a state are called."""


@dataclass(frozen=True)
class Part:
    """One part of a state: name for people, how many values it has, and the first of them.

    is_a_fact: whether the name says what is so where the value is 1, and not so where it is 0.
    """

    name: str
    size: int
    first: int

    @property
    def is_a_fact(self) -> bool:
        return self.name == "usable ace"


class Task:
    """A map by its name or path or, where env is given, the gymnasium environment of that id.

    then, after: the map that the map becomes, None for one that stays, and how many steps come before.
    env_args: the environment's settings, each "name=value". world: the map, None for an environment; mdp: its model,
    None where the environment has none to show. name: for people. signs: one for each action; legend: what they mean.
    grid_shape: rows and columns where states are cells of a grid, and letters: [S] what stands where nothing is chosen,
    "" elsewhere. parts: of a state, where it has several; order: the states, the last part varying fastest. track: of a
    racetrack. max_steps: an episode's time limit; by default the environment's own, or 1,000; unlimited: whether it is
    1,000 because the environment has none.
    Raises UserError for a map or environment that there is not, and for continuous states or actions.
    """

    def __init__(
        self,
        map: str,
        env: str | None = None,
        max_steps: int | None = None,
        env_args: Sequence[str] = (),
        then: str | None = None,
        after: int = 0,
    ) -> None:
        if env_args and env is None:
            raise UserError(
                "--env-arg {env_args} is for an environment: say which with --env, or leave it out",
                env_args=env_args[0],
            )
        self.env, self._env_args = env, env_args
        self.world = GridWorld.load(map) if env is None else None
        self.then, self.after = None if then is None else GridWorld.load(then), after
        self.name = map if env is None else " ".join([env, *env_args])
        self.grid_shape: tuple[int, int] | None = None
        self.parts: list[Part] = []
        self.order: NDArray[np.integer] = np.arange(0)
        self.track: Racetrack | None = None
        limit: int | None = None
        if self.world is not None:
            self.mdp: MDP | None = self.world.mdp()
            self.n_states, self.n_actions = self.mdp.n_states, self.mdp.n_actions
            self._draw_as(self.world)
        else:
            environment = self.gymnasium_environment()
            self.n_states, self.n_actions = table_sizes(environment)
            self.mdp = _model(environment)
            limit = environment.get_wrapper_attr("time_limit")
            name = environment.spec.name if environment.spec else ""
            self.signs, self.legend = _SIGNS.get(name, ("0123456789abcdefghijklmnopqrstuvwxyz", ""))
            if name in _GRIDS:
                self.grid_shape = _GRIDS[name](environment.unwrapped)
            names = _PARTS.get(name, tuple(f"part {index}" for index in range(len(environment.sizes))))
            self.order = np.arange(self.n_states)
            if isinstance(environment.unwrapped, RacetrackEnv):
                self.track = environment.unwrapped.track
            if isinstance(environment.unwrapped, blackjack.BlackjackEnv):
                self.parts = [Part(*part) for part in zip(_PARTS["Blackjack"], *blackjack.PARTS, strict=True)]
                self.order = blackjack.IN_ORDER
            elif len(environment.sizes) > 1:
                self.parts = [Part(*part) for part in zip(names, environment.sizes, environment.first, strict=True)]
            self.letters = np.full(self.n_states, "") if self.mdp is None else _letters(self.mdp)
            if isinstance(environment.unwrapped, GridWorldEnv):
                self._draw_as(environment.unwrapped.world)
            environment.close()
        self.max_steps = max_steps or limit or STEP_LIMIT
        self.unlimited = env is not None and not (max_steps or limit)

    def _draw_as(self, world: GridWorld) -> None:
        self.grid_shape = (world.height, world.width)
        self.signs, self.legend = world.action_signs, DIAGONAL_LEGEND if world.diagonals else ""
        self.letters = np.where(world.where("terminal") | world.where("wall"), world.letters, "").ravel()

    @property
    def fingerprint(self) -> str:
        """A number by which a saved table knows its world again: of the model, or else of the environment's id."""
        if self.mdp is None:
            return f"{self.name} {self.n_states} {self.n_actions}"
        return fingerprint(self.mdp)

    def environment(self) -> DiscreteEnv:
        """A new environment to learn in. Where a model is shown it is sampled, which is much faster."""
        if self.world is not None and self.then is not None:
            return ChangingEnv(self.world, self.then, self.after, self.max_steps)
        if self.world is not None:
            return GridWorldEnv(self.world, max_steps=self.max_steps)
        if self.mdp is not None:
            return MDPEnv(self.mdp, self.max_steps)
        return self.gymnasium_environment(max_episode_steps=self.max_steps)

    def gymnasium_environment(self, **settings: Any) -> Numbered:
        """The environment of the id itself, as gymnasium makes it with these settings and those of the user."""
        return Numbered(make_with_settings(str(self.env), self._env_args, **settings))

    def watched_environment(self) -> Numbered:
        """The same, for `render` to draw; raises UserError where it does not."""
        make = functools.partial(make_with_settings, str(self.env), self._env_args, max_episode_steps=self.max_steps)
        env = make_to_watch(make)
        env.reset(seed=0)
        if env.render() is None:
            raise UserError(
                "--record films the environment's pictures, but {env} draws none: leave it out", env=self.env
            )
        return Numbered(env)


def fingerprint(mdp: MDP) -> str:
    """A hash of everything that the model says."""
    digest = hashlib.sha256()
    for part in (mdp.next_state, mdp.probability, mdp.reward, mdp.terminated):
        digest.update(f"{part.shape}{part.dtype}".encode())
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def _model(environment: Numbered) -> MDP | None:
    """The model that toy-text environments show as P, with where their episodes start."""
    if isinstance(environment.unwrapped, MDPEnv):
        return environment.unwrapped.mdp
    table = getattr(environment.unwrapped, "P", None)
    start: NDArray[np.float64] | None = getattr(environment.unwrapped, "initial_state_distrib", None)
    if table is None or start is None:
        return None
    try:
        mdp = MDP.from_table(table, start)
    except UserError:
        return None
    return mdp if (mdp.n_states, mdp.n_actions) == table_sizes(environment) else None


def _letters(mdp: MDP) -> NDArray[np.str_]:
    """[S] "G" where episodes end and nothing pays more, "H" where they end for less, "#" for what is never entered."""
    here = np.arange(mdp.n_states)[:, None, None]
    entered = (mdp.probability > 0) & (mdp.next_state != here)
    pay = np.full(mdp.n_states, -np.inf)
    ending = entered & mdp.terminated
    np.maximum.at(pay, mdp.next_state[ending], mdp.reward[ending])
    letters = np.full(mdp.n_states, "#")
    assert mdp.start is not None
    letters[mdp.start > 0] = letters[mdp.next_state[entered]] = ""
    letters[pay > -np.inf] = "H"
    letters[(pay > -np.inf) & (pay == pay.max())] = "G"
    return letters
