"""Environments that a table can learn in: gymnasium's, with states and actions numbered from 0."""

from itertools import product
from typing import Any, Protocol

from common.errors import UserError
from common.language import _

import gymnasium as gym
import numpy as np
from gymnasium import spaces


class DiscreteEnv(Protocol):
    """What a chapter's loop needs of an environment: gymnasium's `reset` and `step`, between whole numbers."""

    observation_space: Any
    action_space: Any

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]: ...

    def step(self, action: int, /) -> tuple[int, float, bool, bool, dict[str, Any]]: ...


class Numbered(gym.Wrapper[Any, Any, Any, Any]):
    """Any environment whose observations and actions are discrete, each with a number of its own.

    A Tuple of Discrete spaces, such as Blackjack's (hand, dealer's card, usable ace), becomes one number, the last
    part varying fastest; so do MultiDiscrete and MultiBinary, and a Discrete space that does not start at 0.
    sizes, first: how many values each part of an observation has, and the first of them.
    Raises UserError for continuous states or actions.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        action_sizes, first_actions = _parts(env.action_space, "actions")
        self.sizes, self.first = _parts(env.observation_space, "states")
        plain = isinstance(env.action_space, spaces.Discrete)
        listed = [np.add(parts, first_actions) for parts in product(*(range(size) for size in action_sizes))]
        self._actions = [int(parts[0]) if plain else parts for parts in listed]
        self.observation_space = spaces.Discrete(int(np.prod(self.sizes)))
        self.action_space = spaces.Discrete(len(self._actions))

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        observation, info = self.env.reset(seed=seed, options=options)
        return self.encode(observation), info

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        observation, reward, terminated, truncated, info = self.env.step(self._actions[action])
        return self.encode(observation), float(reward), bool(terminated), bool(truncated), info

    def encode(self, observation: Any) -> int:
        """The observation's number in 0 .. n - 1."""
        parts = observation if isinstance(observation, tuple) else np.ravel(observation)
        number = 0
        try:
            for part, size, first in zip(parts, self.sizes, self.first, strict=True):
                index = int(part) - first
                if not 0 <= index < size:
                    raise ValueError
                number = number * size + index
        except (TypeError, ValueError):
            name = f"--env {self.spec.id}" if self.spec else _("the environment")
            where = _("which is not in {space}", space=self.env.observation_space)
            raise UserError(
                "{name}: returned the observation {observation!r:.60}, {where}",
                name=name,
                observation=observation,
                where=where,
            ) from None
        return number

    def decode(self, number: int) -> tuple[int, ...]:
        """The observation's parts, from its number."""
        parts = np.unravel_index(number, self.sizes)
        return tuple(int(part) + first for part, first in zip(parts, self.first, strict=True))


def table_sizes(env: DiscreteEnv) -> tuple[int, int]:
    """(states, actions) of an environment that numbers both from 0; UserError for any other."""
    sizes = []
    for kind, space in (("states", env.observation_space), ("actions", env.action_space)):
        parts, first = _parts(space, kind)
        if not isinstance(space, spaces.Discrete) or first != [0]:
            raise UserError(
                "a table needs {kind} that are numbered from 0; these are {space}: wrap it, Numbered(env)",
                kind=kind,
                space=space,
            )
        sizes += parts
    return sizes[0], sizes[1]


def _parts(space: Any, kind: str) -> tuple[list[int], list[int]]:
    """(how many values, the smallest value) of each part of a discrete space; UserError for any other space."""
    if isinstance(space, spaces.Discrete):
        return [int(space.n)], [int(space.start)]
    if isinstance(space, spaces.MultiDiscrete):
        return [int(size) for size in np.ravel(space.nvec)], [int(first) for first in np.ravel(space.start)]
    if isinstance(space, spaces.MultiBinary):
        size = int(np.prod(space.shape))
        return [2] * size, [0] * size
    if isinstance(space, spaces.Tuple) and all(isinstance(part, spaces.Discrete) for part in space.spaces):
        parts = [_parts(part, kind) for part in space.spaces]
        return [sizes[0] for sizes, _ in parts], [first[0] for _, first in parts]
    chapter = {"states": "deep/deep_sarsa.py or deep/dqn.py", "actions": "deep/a2c.py"}[kind]
    raise UserError(
        "a table needs discrete {kind}; this environment's are {space}: use {chapter}",
        kind=kind,
        space=space,
        chapter=chapter,
    )
