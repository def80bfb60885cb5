"""Learners in this process, in worlds of a test's own."""

from collections.abc import Callable
from typing import Any

from common.environments.training import TrainingEnvironments
from deep.parts.learners.learner import Learner
from deep.parts.learners.team import Learners
from deep.parts.learners.transport import InTurn

import gymnasium as gym
import numpy as np


class Here(Learner):
    """A learner with this agent and these environments."""

    def __init__(self, agent: Any, envs: gym.vector.VectorEnv) -> None:
        self._scores: list[float] = []
        self._envs = TrainingEnvironments(envs, np.random.default_rng(0), self._scores.append)
        self._agent, self._states = agent, None


def alone(shared: Any, envs: gym.vector.VectorEnv) -> Learners:
    """One learner, whose copy of the network is the shared one itself: nobody moves it meanwhile."""
    learners = Learners(InTurn([Here(shared, envs)]), 1, lambda score: None)
    learners.begin()
    return learners


def in_turn(shared: Any, envs: Callable[[], gym.vector.VectorEnv]) -> Learners:
    """As many learners as the options of the shared agent say, with an agent each that draws for itself."""
    inputs, actions = shared.actor.input_shape[1], shared.actor.output_shape[1]
    draws = [np.random.default_rng([0, index]) for index in range(shared.options.learners)]
    apart = [Here(type(shared)(inputs, actions, shared.options, each), envs()) for each in draws]
    learners = Learners(InTurn(apart), len(apart), lambda score: None)
    learners.begin()
    return learners
