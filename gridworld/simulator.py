"""Experience at a fraction of a microsecond: environments whose states and actions are plain whole numbers.

Both classes have gymnasium's `reset` and `step`, and keep count of the episode's steps and its return. `Simulator`
draws its outcomes from a model, `Encoded` passes any discrete gymnasium environment on.
"""

import random
from collections.abc import Iterator
from itertools import accumulate, product
from typing import Any

import gymnasium as gym
import numpy as np

from common.options import UserError
from gridworld.mdp import MDP

Step = tuple[int, float, bool, bool, dict[str, Any]]
"""(next state, reward, terminated, truncated, info), as gymnasium's step returns it."""

_INFO: dict[str, Any] = {}
_BLOCK = 64


class Experience:
    """What a learner learns from. A step that is truncated reports so and ends the episode; it does not terminate.

    n_states, n_actions: sizes of the table. state: where the agent is now. steps, episode_return: of this episode so
    far, the return undiscounted. total_steps: of all episodes together.
    """

    n_states: int
    n_actions: int
    state: int = 0
    steps: int = 0
    episode_return: float = 0.0
    _steps_before: int = 0

    @property
    def total_steps(self) -> int:
        return self._steps_before + self.steps

    def reset(self) -> tuple[int, dict[str, Any]]:
        """Begin an episode; returns (state, info)."""
        raise NotImplementedError

    def step(self, action: int) -> Step:
        """Take an action."""
        raise NotImplementedError

    def _begin(self) -> None:
        self._steps_before += self.steps
        self.steps = 0
        self.episode_return = 0.0


class Simulator(Experience):
    """A model to learn from without being shown it. The learner sees states and rewards, never probabilities.

    max_steps: an episode is truncated after so many. The same seed gives the same outcomes.
    Lists instead of arrays, and each state's outcomes only once they are needed: a step costs a fraction of a
    microsecond however large the map. Raises UserError where the model says nothing about the first state.
    """

    def __init__(self, mdp: MDP, seed: int, max_steps: int = 1000) -> None:
        self.max_steps = max_steps
        self._random = random.Random(seed).random
        self.use(mdp)

    def use(self, mdp: MDP) -> None:
        """Go on in another model of the same size, as after the map was edited; call `reset` next."""
        if mdp.start is None:
            raise UserError("this model does not say where an episode starts")
        self.mdp = mdp
        self.n_states, self.n_actions = mdp.n_states, mdp.n_actions
        starts = np.flatnonzero(mdp.start)
        self._starts = list(zip(np.cumsum(mdp.start[starts]).tolist(), starts.tolist(), strict=True))
        self._rows: list[list[Step | None] | None] = [None] * mdp.n_states
        self._choices: dict[tuple[int, int], list[tuple[float, Step]]] = {}

    def reset(self) -> tuple[int, dict[str, Any]]:
        self._begin()
        draw = self._random()
        self.state = next((state for cumulative, state in self._starts if draw < cumulative), self._starts[-1][1])
        return self.state, _INFO

    def step(self, action: int) -> Step:
        outcome = (self._rows[self.state] or self._look_up(self.state))[action]
        if outcome is None:
            outcome = self._draw(self.state, action)
        self.state = outcome[0]
        self.episode_return += outcome[1]
        self.steps = steps = self.steps + 1
        if steps >= self.max_steps:
            return outcome[0], outcome[1], outcome[2], not outcome[2], _INFO
        return outcome

    def _look_up(self, state: int) -> list[Step | None]:
        """The state's row: the outcome of each action, None where it is left to chance. Made for a block at a time."""
        first = state - state % _BLOCK
        block = slice(first, first + _BLOCK)
        model = (self.mdp.probability, self.mdp.next_state, self.mdp.reward, self.mdp.terminated)
        for at, actions in enumerate(zip(*(part[block].tolist() for part in model), strict=True), start=first):
            row: list[Step | None] = []
            for action, outcomes in enumerate(zip(*actions, strict=True)):
                choices = [
                    (probability, (next_state, reward, ends, False, _INFO))
                    for probability, next_state, reward, ends in zip(*outcomes, strict=True)
                    if probability > 0
                ]
                row.append(choices[0][1] if len(choices) == 1 else None)
                if len(choices) > 1:
                    ladder = accumulate(probability for probability, _ in choices)
                    self._choices[at, action] = [(rung, step) for rung, (_, step) in zip(ladder, choices, strict=True)]
            self._rows[at] = row
        return self._rows[state] or []

    def _draw(self, state: int, action: int) -> Step:
        draw = self._random()
        choices = self._choices[state, action]
        for cumulative, outcome in choices:
            if draw < cumulative:
                return outcome
        return choices[-1][1]  # probabilities that sum to a hair less than 1


class Encoded(Experience):
    """Any gymnasium environment whose observations and actions are discrete, with both numbered from 0.

    A Tuple of Discrete spaces, such as Blackjack's (hand, dealer's card, usable ace), becomes one number, the last
    part varying fastest; so does MultiDiscrete. max_steps: where the environment has no time limit of its own.
    Raises UserError for continuous states or actions.
    """

    def __init__(self, env: gym.Env[Any, Any], seed: int, max_steps: int = 1000) -> None:
        self.env = env
        self.max_steps = max_steps
        self._action_sizes = _parts(env.action_space, "actions")
        self._sizes = _parts(env.observation_space, "states")
        self._first = _first_of_parts(env.observation_space)
        self._first_action = _first_of_parts(env.action_space)
        self.n_states = int(np.prod(self._sizes))
        self.n_actions = int(np.prod(self._action_sizes))
        self._plain = isinstance(env.action_space, gym.spaces.Discrete)
        self._actions = list(product(*(range(size) for size in self._action_sizes)))
        self._seed: int | None = seed

    def reset(self) -> tuple[int, dict[str, Any]]:
        self._begin()
        observation, info = self.env.reset(seed=self._seed)
        self._seed = None  # later episodes go on from the first one's generator
        self.state = self.encode(observation)
        return self.state, info

    def step(self, action: int) -> Step:
        parts = self._actions[action]
        chosen = parts[0] + self._first_action[0] if self._plain else np.add(parts, self._first_action)
        observation, reward, terminated, truncated, info = self.env.step(chosen)
        self.state = self.encode(observation)
        self.steps += 1
        self.episode_return += float(reward)
        truncated = bool(truncated) or (self.steps >= self.max_steps and not terminated)
        return self.state, float(reward), bool(terminated), truncated, info

    def encode(self, observation: Any) -> int:
        """The observation's number in 0 .. n_states - 1."""
        parts = observation if isinstance(observation, tuple | list | np.ndarray) else (observation,)
        number = 0
        for part, size, first in zip(np.ravel(parts), self._sizes, self._first, strict=True):
            number = number * size + int(part) - first
        return number

    def decode(self, number: int) -> tuple[int, ...]:
        """The observation's parts, from its number."""
        parts = np.unravel_index(number, self._sizes)
        return tuple(int(part) + first for part, first in zip(parts, self._first, strict=True))


def _parts(space: Any, kind: str) -> list[int]:
    """How many values each part of a discrete space has; UserError where the space is no discrete one."""
    if isinstance(space, gym.spaces.Discrete):
        return [int(space.n)]
    if isinstance(space, gym.spaces.MultiDiscrete):
        return [int(size) for size in np.ravel(space.nvec)]
    if isinstance(space, gym.spaces.MultiBinary):
        return [2] * int(np.prod(space.shape))
    if isinstance(space, gym.spaces.Tuple) and all(isinstance(part, gym.spaces.Discrete) for part in space.spaces):
        return [int(part.n) for part in space.spaces]  # type: ignore[attr-defined]
    chapter = {"states": "deep/deep_sarsa.py or deep/dqn.py", "actions": "deep/a2c.py"}[kind]
    raise UserError(f"a table needs discrete {kind}; this environment's are {space}: use {chapter}")


def _first_of_parts(space: Any) -> list[int]:
    """The smallest value of each part."""
    if isinstance(space, gym.spaces.Discrete):
        return [int(space.start)]
    if isinstance(space, gym.spaces.Tuple):
        return [int(part.start) for part in space.spaces]  # type: ignore[attr-defined]
    if isinstance(space, gym.spaces.MultiDiscrete):
        return [int(first) for first in np.ravel(space.start)]
    return [0] * len(_parts(space, "states"))


def episodes(steps: Iterator[bool], number: int) -> Iterator[None]:
    """Take from the steps of a learner (true where an episode ended) until that many episodes are over."""
    for _ in range(number):
        for ended in steps:
            if ended:
                break
        yield
