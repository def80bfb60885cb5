"""An actor-learner, wherever it runs: its environments, its agent, and what it hands in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from common.environments.arguments import make_several_with_settings
from common.environments.training import TrainingEnvironments
from common.runs.checkpoint import State, generator_state, set_generator_state, without_prefix

import numpy as np

Array = np.ndarray

MakeAgent = Callable[[Any, np.random.Generator], Any]
"""The chapter's agent for an environment, with its Keras models: it loads TensorFlow."""


@dataclass(frozen=True)
class Work:
    """What a learner hands in.

    gradient: one vector. numbers: what the gradient came with, by name. scores: of the episodes that ended meanwhile.
    """

    gradient: Array
    numbers: dict[str, float]
    scores: list[float]


class Learner:
    """The agent of a chapter, which has `gather`, and environments of its own.

    index: which of the learners this is. The first one draws what A2C draws with the same seed.
    """

    def __init__(self, make: MakeAgent, options: Any, index: int) -> None:
        which = [index] if index else []
        env = make_several_with_settings(options.env, options.env_arg, options.environments)
        self._scores: list[float] = []
        self._envs = TrainingEnvironments(env, np.random.default_rng([options.seed, 2, *which]), self._scores.append)
        self._agent = make(env, np.random.default_rng([options.seed, 1, *which]))
        self._states: Any = None

    def begin(self, state: State) -> None:
        """Begin the first episodes, or go on where `state` was taken; without one it is empty."""
        if state:
            self._envs.restore(without_prefix("environment", state))
            set_generator_state(self._agent.generator, state["generator"])
        self._states, _ = self._envs.reset()

    def work(self, weights: Sequence[Array]) -> Work:
        """Play some steps with these weights of the shared network."""
        self._agent.set_weights(weights)
        self._states, found = self._agent.gather(self._envs, self._states)
        scores = [*self._scores]
        self._scores.clear()
        gradient = found.pop("gradient")
        return Work(gradient, found, scores)

    def state(self) -> State:
        """Where environments and randomness stand; everything else comes with the weights."""
        environment = {f"environment/{name}": array for name, array in self._envs.state().items()}
        return environment | {"generator": generator_state(self._agent.generator)}
