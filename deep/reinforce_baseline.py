"""REINFORCE with a baseline: an action becomes more likely by as much as its return was better than expected.

    grad J  =  E[ sum_t  discount^t * (G_t - V(S_t)) * grad log pi(A_t|S_t) ]      V learns E[G_t | S_t]

The factor discount^t is left out below, as by default in reinforce.py.
Williams (1992), Simple statistical gradient-following algorithms; Sutton & Barto (2018), section 13.4.
    python deep/reinforce_baseline.py                   train on CartPole-v1 until it is solved
    python deep/reinforce_baseline.py --demo            watch the weights that come with the course
    python deep/reinforce_baseline.py --env Acrobot-v1  any environment with a vector observation and discrete actions
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from common.options import Count, Fraction, Rate, Sizes
from common.runs.run import Run
from deep.parts.agent import Agent, Array
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.episodes import Episode, EpisodeMemory
from deep.parts.launch import launch
from deep.parts.lazy import keras, tf
from deep.parts.learning_options import LearningOptions
from deep.parts.policies import entropy, log_probability, sample
from deep.parts.returns import discounted_returns

import gymnasium as gym
import numpy as np


@dataclass(frozen=True)
class Options(LearningOptions):
    """REINFORCE with a baseline, every step weighted by its return minus the value of its state."""

    hidden: Sizes = (32,)
    learning_rate: Rate = 5e-3
    critic_learning_rate: Rate = 1e-2
    """of the value network's Adam"""
    discount: Fraction = 0.998
    episodes_per_update: Count = 4
    """episodes over which one gradient is averaged"""


class ReinforceBaseline(Agent):
    """A policy network: states [n, inputs] -> logits [n, actions], and a value network: states -> values [n, 1]."""

    roles: ClassVar = {"policy": "actor", "value": "critic"}

    def __init__(self, inputs: int, actions: int, options: Options, generator: np.random.Generator) -> None:
        self.options, self.generator = options, generator
        self.actor, self.critic = self.network(inputs, actions), self.network(inputs, 1)
        self.optimizer = keras.optimizers.Adam(options.learning_rate)
        self.critic_optimizer = keras.optimizers.Adam(options.critic_learning_rate)
        self.memory = EpisodeMemory()

    def network(self, inputs: int, outputs: int) -> Any:
        """States [n, inputs] -> [n, outputs]. With tanh, more seeds are solved than with ReLU, and sooner."""
        hidden = [keras.layers.Dense(size, "tanh") for size in self.options.hidden]
        return keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(outputs)])

    def act(self, state: Array) -> int:
        """Draw an action from pi(.|s)."""
        return int(sample(self.predict(self.actor, state), self.generator))

    def returns(self, episode: Episode) -> Array:
        """[T] what the value of each step's state moves towards."""
        # G_t = R_{t+1} + discount * G_{t+1}: an action is paid only for what comes after it
        return discounted_returns(episode.rewards, self.options.discount)

    def learn(self) -> None:
        """After every few episodes, one step along the gradient that they estimate; then they are forgotten."""
        if len(self.memory) < self.options.episodes_per_update:
            return
        episodes = self.memory.take()
        states = np.concatenate([episode.states for episode in episodes])
        actions = np.concatenate([episode.actions for episode in episodes])
        returns = np.concatenate([self.returns(episode) for episode in episodes])
        # G_t - V(S_t): the better-than-expected part; subtracting V changes the gradient's variance, not its mean
        weights = returns - self.predict(self.critic, states)[:, 0]
        self.update(states, actions, weights / len(episodes), returns)

    @compiled
    def update(self, states: Tensor, actions: Tensor, weights: Tensor, returns: Tensor) -> Numbers:
        """One step of each network; weights and returns are constants."""
        with tf.GradientTape() as tape:
            logits = self.actor(states)
            # J ~ mean over episodes of sum_t weight_t * log pi(A_t|S_t); a loss is minus an objective
            loss = -tf.reduce_sum(weights * log_probability(logits, actions))
        gradient = tape.gradient(loss, self.actor.trainable_variables)
        self.optimizer.apply(gradient, self.actor.trainable_variables)
        with tf.GradientTape() as tape:
            # V(S_t) moves towards G_t: mean squared error
            value_error = tf.reduce_mean(tf.square(returns - self.critic(states)[:, 0]))
        gradient = tape.gradient(value_error, self.critic.trainable_variables)
        self.critic_optimizer.apply(gradient, self.critic.trainable_variables)
        return {"entropy": tf.reduce_mean(entropy(logits)), "value_error": value_error}


def train(env: gym.Env[Any, Any], agent: ReinforceBaseline, run: Run) -> None:
    """The loop of the chapter."""
    state, _ = env.reset()
    for _ in run.steps():
        action = agent.act(state)
        next_state, reward, terminated, truncated, _ = env.step(action)
        agent.memory.add(state, action, reward, next_state, terminated, truncated)
        state = next_state
        if terminated or truncated:
            agent.learn()
            state, _ = env.reset()


if __name__ == "__main__":
    launch("reinforce_baseline", Options, ReinforceBaseline, train)
