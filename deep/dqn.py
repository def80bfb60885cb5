"""DQN: Q-learning with a network, a replay memory and a target network.

    Q(s, a)  <-  R + discount * max_a' Q_target(s', a')          terminated: R alone

Mnih et al. (2015), Human-level control through deep reinforcement learning; Sutton & Barto (2018), section 16.5.
    python deep/dqn.py                      train on CartPole-v1 until it is solved
    python deep/dqn.py --demo               watch the weights that come with the course
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from common.options import Count, Fraction, NotNegative, Rate
from common.runs.run import Run
from deep.parts.agent import Agent, Array
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.launch import launch
from deep.parts.lazy import keras, tf
from deep.parts.learning_options import ExplorationOptions, ReplayOptions
from deep.parts.replay import ReplayMemory

import gymnasium as gym
import numpy as np


@dataclass(frozen=True)
class Options(ReplayOptions, ExplorationOptions):
    """Deep Q-network: one-step Q-learning on the environment's own reward."""

    evaluate_every: Count = 256
    learning_rate: Rate = 4e-3
    discount: Fraction = 0.96
    memory: Count = 1_000
    batch: Count = 128
    learning_starts: Count = 500
    learn_every: Count = 64
    target_every: Count = 64
    """steps between two copies of the network into the target network"""
    loss: Literal["huber", "mean_squared_error"] = "huber"
    """of the TD error"""
    fall_penalty: NotNegative = 0.0
    """subtracted from the reward of the step that terminates; the lecture takes 100"""


class DQN(Agent):
    """Epsilon-greedy on a network that learns what the actions are worth."""

    roles: ClassVar = {"q": "online"}

    def __init__(self, inputs: int, actions: int, options: Options, generator: np.random.Generator) -> None:
        self.actions, self.options, self.generator = actions, options, generator
        self.online, self.target = self.network(inputs, actions), self.network(inputs, actions)
        self.target.set_weights(self.online.get_weights())
        self.optimizer = keras.optimizers.Adam(options.learning_rate)
        self.memory, self.epsilon = ReplayMemory(options.memory), options.epsilon_start

    def network(self, inputs: int, actions: int) -> Any:
        """Q(s, .): states [n, inputs] -> action values [n, actions]."""
        hidden = [keras.layers.Dense(size, "relu") for size in self.options.hidden]
        return keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(actions)])

    def act(self, state: Array) -> int:
        """Explore with probability epsilon, else take the action of the highest value."""
        if self.generator.random() < self.epsilon:
            return int(self.generator.integers(self.actions))
        return int(self.predict(self.online, state).argmax())

    def remember(self, state: Array, action: int, reward: Any, next_state: Array, terminated: bool, _: bool) -> None:
        """Keep the transition; whether it was truncated does not matter, for the world would have gone on."""
        self.memory.add(state, action, reward - self.options.fall_penalty * terminated, next_state, terminated)

    def learn(self, step: int) -> None:
        """Explore less; once enough is in the memory, learn from it; now and then take a new target network."""
        o = self.options
        self.epsilon = max(o.epsilon_end, self.epsilon * o.epsilon_decay)
        if step >= o.learning_starts and step % o.learn_every == 0:
            self.replay()
        if step % o.target_every == 0:
            self.target.set_weights(self.online.get_weights())

    def replay(self) -> None:
        """One gradient step for each step since the last call, each on a batch of its own, all in one call."""
        self.update.each(*self.memory.sample(self.options.learn_every, self.options.batch, self.generator))

    @compiled
    def update(self, state: Tensor, action: Tensor, reward: Tensor, next_state: Tensor, terminated: Tensor) -> Numbers:
        """Move Q(s, a) towards its target, which is a constant."""
        # y = R + discount * max_a' Q_target(s', a'), R alone where the episode terminated
        target = reward + self.options.discount * (1 - terminated) * self.next_value(next_state)
        with tf.GradientTape() as tape:
            value = tf.gather(self.online(state), action, axis=1, batch_dims=1)
            loss = keras.losses.get(self.options.loss)(target, value)
        gradient = tape.gradient(loss, self.online.trainable_variables)
        self.optimizer.apply(gradient, self.online.trainable_variables)
        return {"loss": loss}

    def next_value(self, next_state: Tensor) -> Tensor:
        """max_a' Q_target(s', a') for a batch of next states."""
        return tf.reduce_max(self.target(next_state), axis=1)


def train(env: gym.Env[Any, Any], agent: DQN, run: Run) -> None:
    """The loop of the chapter."""
    state, _ = env.reset()
    for step in run.steps():
        action = agent.act(state)
        next_state, reward, terminated, truncated, _ = env.step(action)
        agent.remember(state, action, reward, next_state, terminated, truncated)
        agent.learn(step)
        state = next_state
        if terminated or truncated:
            state, _ = env.reset()


if __name__ == "__main__":
    launch("dqn", Options, DQN, train)
