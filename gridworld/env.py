"""Models and maps as gymnasium environments.

    env = gymnasium.make("gridworld:GridWorld-v0", map="cliff")

Observation: the state's number. Actions of a map: 0 up, 1 down, 2 left, 3 right and, where the map has it, 4 stay.
"""

import sys
from pathlib import Path
from typing import Any

from common.errors import UserError
from gridworld.mdp import MDP
from gridworld.outcomes import Outcomes
from gridworld.rendering import GridEnv
from gridworld.world import GridWorld

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

_AT_ONCE = 256
"""Random numbers that are drawn at a time, because one by one each of them costs as much as a step."""


class MDPEnv(gym.Env[Any, Any]):
    """A model to learn from without being shown it: an agent sees states and rewards, never probabilities.

    state: where the agent is now. max_steps: an episode is truncated after so many; None leaves that to a wrapper, as
    `gymnasium.make` adds one. `reset(options={"anywhere": True})` begins an episode in any state that the agent can
    come to and act in, each equally likely, instead of on one of the model's starts. Raises UserError where the model
    does not say where an episode starts or lacks actions in some states, and for an action outside the action space.
    """

    def __init__(self, mdp: MDP, max_steps: int | None = None) -> None:
        if mdp.start is None:
            raise UserError("this model does not say where an episode starts")
        if not mdp.has_all_actions:
            raise UserError("some states of this model lack actions; an environment offers the same ones everywhere")
        self.mdp = mdp
        self.observation_space = spaces.Discrete(mdp.n_states)
        self.action_space = spaces.Discrete(mdp.n_actions)
        self.initial_state_distrib: NDArray[np.float64] = mdp.start
        """[S] probability of starting in each state, under toy-text's name"""
        starts = np.flatnonzero(mdp.start)
        rungs = np.cumsum(mdp.start[starts]).tolist()
        self._starts = list(zip(rungs, starts.tolist(), mdp.start[starts].tolist(), strict=True))
        self.state: int = self._starts[0][1]
        self._anywhere: list[int] | None = None
        self._outcomes = Outcomes(mdp)
        self._certain = self._outcomes.certain
        self._limit = self._left = sys.maxsize if max_steps is None else max_steps
        self._numbers: list[float] = []
        self._watched = self.render_mode is not None
        self._table: dict[int, dict[int, list[tuple[float, int, float, bool]]]] | None = None

    @property
    def P(self) -> dict[int, dict[int, list[tuple[float, int, float, bool]]]]:
        """P[state][action] = [(probability, next state, reward, terminated), ...], gymnasium's toy-text convention."""
        if self._table is None:
            self._table = self.mdp.to_table()
        return self._table

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Begin an episode where the model says one starts; info["prob"] is the probability that this start had."""
        if seed is not None:
            super().reset(seed=seed)
            self._numbers.clear()
        self._left = self._limit
        self.state, probability = self._begin(options or {})
        if self._watched:
            self._moved(self.state, None)
        return self.state, {"prob": probability}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        """Take the action; info["prob"] is the probability that the outcome had."""
        try:
            outcome = (self._certain[self.state] or self._outcomes.look_up(self.state))[action]
        except (KeyError, TypeError):
            raise UserError(
                "action is {action}; the actions are 0 to {last}", action=action, last=self.mdp.n_actions - 1
            ) from None
        if outcome is None:
            outcome = self._outcomes.draw(self.state, action, self._random)
        self.state, reward, terminated, probability = outcome
        self._left = left = self._left - 1
        if self._watched:
            self._moved(self.state, int(action))
        return self.state, reward, terminated, left <= 0 and not terminated, {"prob": probability}

    def _begin(self, options: dict[str, Any]) -> tuple[int, float]:
        """(state, probability) of a start."""
        if options.get("anywhere"):
            if self._anywhere is None:
                self._anywhere = np.flatnonzero(self.mdp.reachable).tolist()
            return self._anywhere[int(self._random() * len(self._anywhere))], 1 / len(self._anywhere)
        if len(self._starts) == 1:
            return self._starts[0][1:]
        drawn = self._random()
        possible = (start for cumulative, *start in self._starts if drawn < cumulative)
        state, probability = next(possible, self._starts[-1][1:])
        return state, probability

    def _moved(self, state: int, action: int | None) -> None:
        """What an environment that draws itself does after a step; action is None at the beginning of an episode."""

    def _random(self) -> float:
        """A number in [0, 1) from the environment's generator."""
        try:
            return self._numbers.pop()
        except IndexError:
            self._numbers = self.np_random.random(_AT_ONCE).tolist()
            return self._numbers.pop()


class GridWorldEnv(GridEnv[Any], MDPEnv):
    """The environment of a map.

    map: the name of a shipped map, the path of a TOML file, or a GridWorld. As `gymnasium.make` makes it, its time
    limit is the registration's; `gymnasium.make(..., max_episode_steps=...)` gives another. An episode begins on one of
    the map's starts, each equally likely, or where `reset(options={"start": state})` says. Raises UserError for a map
    that there is not or that is wrong, a start that is no cell to start on, and an action outside the action space.
    """

    def __init__(
        self, map: str | Path | GridWorld = "course", render_mode: str | None = None, max_steps: int | None = None
    ) -> None:
        GridEnv.__init__(self, map if isinstance(map, GridWorld) else GridWorld.load(map), render_mode)
        MDPEnv.__init__(self, self.world.mdp(), max_steps)

    def _begin(self, options: dict[str, Any]) -> tuple[int, float]:
        start = options.get("start")
        if start is None:
            return super()._begin(options)
        is_state = (
            isinstance(start, int | np.integer) and not isinstance(start, bool) and start in self.observation_space
        )
        if not is_state or self.world.is_wall(start) or self.world.is_terminal(start):
            raise UserError(
                "the start {start!r} is not a state of {name} that an episode can begin in",
                start=start,
                name=self.world.name,
            )
        return int(start), 1.0
