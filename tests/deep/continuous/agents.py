"""Small agents with continuous actions, what one update of them does, and a world whose answer is known."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

from common.networks.network import Network
from deep.parts.lazy import is_model, is_optimizer, keras, tf
from deep.parts.spaces import ContinuousActions
from tests.deep.worlds import Counter, Steps

import gymnasium as gym
import numpy as np

STATES = np.array([[1.0, 0.0], [0.5, -1.0], [-0.5, 2.0]], np.float32)
ACTIONS = np.array([[0.5], [-2.0], [1.0]], np.float32)


def make(kind: type[Any], low: Sequence[float] = (-2.0,), high: Sequence[float] = (2.0,), **settings: Any) -> Any:
    """A chapter's agent for two inputs and actions between these bounds."""
    keras.utils.set_random_seed(0)
    actions = ContinuousActions(np.array(low, np.float32), np.array(high, np.float32))
    options = sys.modules[kind.__module__].Options(**({"hidden": (8,)} | settings))
    return kind(2, actions, options, np.random.default_rng(0))


def randomised(agent: Any) -> Any:
    """With weights that are not small."""
    generator = np.random.default_rng(1)
    for network in filter(is_model, vars(agent).values()):
        network.set_weights([generator.normal(0, 0.7, array.shape) for array in network.get_weights()])
    agent.refresh()
    return agent


def update(
    agent: Any, rewards: Sequence[float], terminated: Sequence[float], *more: Any
) -> tuple[dict[str, Any], list[Any]]:
    """What one update returns, and the gradients that its optimisers are given, critic first; they move nothing.

    more: what the chapter's update is given behind terminated."""
    seen: list[Any] = []
    for optimizer in filter(is_optimizer, vars(agent).values()):
        optimizer.apply = lambda gradient, variables: seen.append([np.asarray(each) for each in gradient])
    batch = (STATES, ACTIONS, np.float32(rewards), STATES[::-1].copy(), np.float32(terminated), *map(np.float32, more))
    return type(agent).update.function(agent, *map(tf.constant, batch)), seen


def exact(model: Any) -> Network:
    """The network in double precision."""
    return Network(model.to_json(), [array.astype(np.float64) for array in model.get_weights()])


def slopes(function: Callable[[], float], weights: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Finite differences of the function in each number of the arrays, which it reads."""
    found = []
    for array in weights:
        slope = np.zeros(array.shape)
        for place in np.ndindex(array.shape):
            kept, ends = array[place], []
            for step in (1e-6, -1e-6):
                array[place] = kept + step
                ends.append(function())
            array[place], slope[place] = kept, (ends[0] - ends[1]) / 2e-6
        found.append(slope)
    return found


class Aim(Counter):
    """One step an episode: the nearer the action to half the state's second number, the better. Best value 0."""

    aim = 0.0

    def reset(self, **arguments: Any) -> tuple[np.ndarray, dict]:
        _, info = super().reset(**arguments)
        self.aim = float(self.np_random.choice([-1.0, 1.0]))
        return self.observation(), info

    def observation(self) -> np.ndarray:
        return np.array([1.0, self.aim], np.float32)

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict]:
        observation, _, *ends = super().step(action)
        return observation, -float((action[0] - self.aim / 2) ** 2), *ends


def learned(env: gym.Env[Any, Any], steps: int, kind: type[Any], **settings: Any) -> Any:
    """An agent after some steps of its chapter's loop."""
    defaults = {"hidden": (32,), "batch": 32, "learning_starts": 100, "reward_scale": 1.0, "tau": 0.1}
    agent = make(kind, **(defaults | {"learning_rate": 3e-3, "critic_learning_rate": 1e-2} | settings))
    env.reset(seed=0)
    sys.modules[kind.__module__].train(env, agent, Steps(steps))
    return agent
