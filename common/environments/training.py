"""Environments to train in: seeded, counted, and able to go back to the very step at which a run was stopped.

An environment is put back by playing: reset with the episode's seed, then the same actions again. That works for any
seeded environment, needs nothing of its insides and no pickle.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from common.environments.snapshot import put_snapshot_back, snapshot
from common.language import _
from common.runs.checkpoint import (
    State,
    generator_state,
    packed,
    set_generator_state,
    unpacked,
    with_prefix,
    without_prefix,
)

import gymnasium as gym
import numpy as np
from tqdm import tqdm

ScoreListener = Callable[[float], None]


class TrainingEnvironment(gym.Wrapper[Any, Any, Any, Any]):
    """One environment, as `make_environment` gives it. Every episode has a seed of its own, of the run's generator.

    on_episode: called with the raw return when an episode ends.
    """

    def __init__(self, env: gym.Env[Any, Any], generator: np.random.Generator, on_episode: ScoreListener) -> None:
        super().__init__(env)
        self.generator = generator
        self.on_episode = on_episode
        self.episode_seed = 0
        self.actions: list[Any] = []
        self.score = 0.0
        self._put_back = False

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin the next episode; after `restore`, return to the middle of the one that was being played."""
        if self._put_back:
            return self._play_again()
        self.episode_seed = int(self.generator.integers(2**31)) if seed is None else seed
        self.actions = []
        self.score = 0.0
        return self.env.reset(seed=self.episode_seed, options=options)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step, adding up the return."""
        self.actions.append(action)
        observation, reward, terminated, truncated, info = self.env.step(action)
        self.score += float(reward)
        if terminated or truncated:
            self.on_episode(self.score)
        return observation, reward, terminated, truncated, info

    def state(self) -> State:
        """Where the environment stands."""
        return {
            "generator": generator_state(self.generator),
            "seed": packed(self.episode_seed),
            "actions": np.asarray(self.actions),
        }

    def restore(self, state: State) -> None:
        """The next `reset` returns to where `state` was taken."""
        set_generator_state(self.generator, state["generator"])
        self.episode_seed = unpacked(state["seed"])
        self.actions = list(state["actions"])
        self._put_back = True

    def _play_again(self) -> tuple[Any, dict[str, Any]]:
        self._put_back = False
        self.score = 0.0
        observation, info = self.env.reset(seed=self.episode_seed)
        for action in self.actions:
            observation, reward, _, _, info = self.env.step(action)
            self.score += float(reward)
        return observation, info


class TrainingEnvironments(gym.vector.VectorWrapper):
    """Several environments that step together and restart by themselves (gymnasium's next-step autoreset).

    They are seeded once; what follows is decided by that seed and the actions. They are put back as they stand where
    they hold nothing but numbers, as a native vector version does, and by playing all steps again where they do not.

    After an episode's last step, one step ignores its action and returns the first observation of the next episode:
    `self.restarted` [n] is true for it, and such a step is not a transition to learn from.
    on_episode: called with the raw return when one of the environments ends an episode.
    """

    def __init__(self, env: gym.vector.VectorEnv, generator: np.random.Generator, on_episode: ScoreListener) -> None:
        super().__init__(env)
        self.generator = generator
        self.on_episode = on_episode
        self.seed = 0
        self.actions: list[np.ndarray] = []
        self._observations: Any = None
        self._inside: State = {}
        self.restarted = np.zeros(env.num_envs, bool)
        self._ended = np.zeros(env.num_envs, bool)
        self._scores = np.zeros(env.num_envs)
        self._put_back = False

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin; after `restore`, return to where the run was stopped."""
        if self._put_back:
            return self._go_back()
        self.seed = int(self.generator.integers(2**31))
        return self._begin()

    def _begin(self) -> tuple[Any, dict[str, Any]]:
        self.actions = []
        for array in (self.restarted, self._ended, self._scores):
            array[:] = 0
        self._observations, info = self.env.reset(seed=self.seed)
        return self._observations, info

    def _go_back(self) -> tuple[Any, dict[str, Any]]:
        self._put_back = False
        actions, inside = self.actions, self._inside
        observations, info = self._begin()
        if inside:
            put_snapshot_back(self.env.unwrapped, without_prefix("env", inside))
            self.restarted, self._ended, self._scores = (inside[name] for name in ("restarted", "ended", "scores"))
            self._observations = observations = inside["observations"]
        for action in tqdm(actions, _("back to where the run stopped"), unit="step", delay=1.0, leave=False):
            observations, *_rest, info = self._step(action)
        return observations, info

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Step all; `restarted` tells which of them only began a new episode."""
        result = self._step(actions)
        for score in self._scores[self._ended]:
            self.on_episode(float(score))
        return result

    def _step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        self._scores[self._ended] = 0.0
        self.restarted = self._ended
        if not self._holds_numbers_alone:
            self.actions.append(np.array(actions))
        result = self.env.step(actions)
        self._observations = result[0]
        self._scores += np.where(self.restarted, 0.0, result[1])
        self._ended = result[2] | result[3]
        return result

    @cached_property
    def _holds_numbers_alone(self) -> bool:
        return snapshot(self.env.unwrapped) is not None

    def state(self) -> State:
        """Where the environments stand."""
        state = {
            "generator": generator_state(self.generator),
            "seed": packed(self.seed),
            "actions": np.asarray(self.actions),
        }
        inside = snapshot(self.env.unwrapped)
        if inside is None or self._observations is None:
            return state
        numbers = {"restarted": self.restarted, "ended": self._ended, "scores": self._scores}
        here = with_prefix("env", inside) | numbers | {"observations": self._observations}
        return state | with_prefix("inside", {name: np.array(value) for name, value in here.items()})

    def restore(self, state: State) -> None:
        """The next `reset` returns to where `state` was taken."""
        set_generator_state(self.generator, state["generator"])
        self.seed = unpacked(state["seed"])
        self.actions = list(state["actions"])
        self._inside = without_prefix("inside", state)
        self._put_back = True
