"""Deep SARSA: a network in place of the table, learning from every step as it comes.

    Q(s, a)  <-  R + discount * Q(s', a')          terminated: R alone; a' is the action that is taken next

Semi-gradient SARSA, Sutton & Barto (2018), section 10.1: the loss is the squared TD error, the target a constant.
Every episode begins with the obstacles somewhere else: the network must read where they are.
    python deep/deep_sarsa.py               train on RandomObstacles-v0 until it is solved
    python deep/deep_sarsa.py --demo        watch the weights that come with the course
    python deep/deep_sarsa.py --env MovingObstacles-v0      the easy case: obstacles always begin at the same places
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from common.options import Count, Fraction, Rate, Sizes
from common.runs.run import Run
from deep.parts.agent import Agent, Array
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.launch import launch
from deep.parts.lazy import keras, tf
from deep.parts.learning_options import ExplorationOptions
from deep.parts.rollout import Rollout

import gymnasium as gym
import numpy as np


@dataclass(frozen=True)
class Options(ExplorationOptions):
    """Deep SARSA. The defaults solve RandomObstacles-v0, the grid with obstacles that begin anywhere."""

    env: str = "RandomObstacles-v0"
    hidden: Sizes = (64, 64)
    learning_rate: Rate = 5e-4
    discount: Fraction = 0.99
    epsilon_end: Fraction = 0.01
    epsilon_decay: Fraction = 0.9998
    learn_every: Count = 16
    """steps that are learned from in one compiled call, one gradient step each; 1 is the textbook's pace"""


class DeepSARSA(Agent):
    """Epsilon-greedy on a network that learns what the actions are worth under its own exploration."""

    roles: ClassVar = {"q": "online"}

    def __init__(self, inputs: int, actions: int, options: Options, generator: np.random.Generator) -> None:
        self.actions, self.options, self.generator = actions, options, generator
        hidden = [keras.layers.Dense(size, "relu") for size in options.hidden]
        self.online = keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(actions)])
        self.optimizer = keras.optimizers.Adam(options.learning_rate)
        self.rollout = Rollout()
        self.epsilon = options.epsilon_start
        self.next_action: int | None = None

    def act(self, state: Array) -> int:
        """Explore with probability epsilon, else take the action of the highest value."""
        if self.generator.random() < self.epsilon:
            return int(self.generator.integers(self.actions))
        return int(self.predict(self.online, state).argmax())

    def learn(self, *transition: Any) -> None:
        """Explore less; every few transitions S, A, R, S', A', terminated, learn from them in their order."""
        self.epsilon = max(self.options.epsilon_end, self.epsilon * self.options.epsilon_decay)
        self.rollout.add(*transition)
        if len(self.rollout) == self.options.learn_every:
            self.update.each(*self.rollout.take())

    @compiled
    def update(self, state: Tensor, action: Tensor, reward: Tensor, *following: Tensor) -> Numbers:
        """Move Q(s, a) towards its target, which is a constant."""
        next_state, next_action, terminated = following
        # y = R + discount * Q(s', a'), or R alone where the episode terminated
        target = reward + self.options.discount * (1 - terminated) * self.value(next_state, next_action)
        with tf.GradientTape() as tape:
            error = target - self.value(state, action)
            loss = error**2
        gradient = tape.gradient(loss, self.online.trainable_variables)
        self.optimizer.apply(gradient, self.online.trainable_variables)
        return {"loss": loss}

    def value(self, state: Tensor, action: Tensor) -> Tensor:
        """Q(s, a) of one state, which becomes a batch of one, and one action."""
        return self.online(state[None])[0, action]


def train(env: gym.Env[Any, Any], agent: DeepSARSA, run: Run) -> None:
    """The loop of the chapter."""
    state, _ = env.reset()
    action = agent.act(state) if agent.next_action is None else agent.next_action  # with --resume, already chosen
    for _ in run.steps():
        next_state, reward, terminated, truncated, _ = env.step(action)
        next_action = action if terminated else agent.act(next_state)  # of a terminal state nothing is asked
        agent.learn(state, action, reward, next_state, next_action, terminated)
        state, action = next_state, next_action  # the action of the target is the action that is taken
        if terminated or truncated:
            state, _ = env.reset()
            action = agent.act(state)
        agent.next_action = action


if __name__ == "__main__":
    launch("deep_sarsa", Options, DeepSARSA, train)
