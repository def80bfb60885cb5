"""REINFORCE: every action becomes more likely by as much as what came after it was worth.

    grad J  =  E[ sum_t  discount^t * G_t * grad log pi(A_t|S_t) ]         G_t = R_{t+1} + discount * R_{t+2} + ...

The factor discount^t belongs to the gradient of J. It is left out unless --discount-states asks for it, as nearly
everybody does: with it, late steps of an episode are hardly learned from. Without it the direction is the gradient of
no objective unless the discount is 1 (Nota & Thomas 2020, Is the policy gradient a gradient?).
Williams (1992), Simple statistical gradient-following algorithms; Sutton & Barto (2018), section 13.3.
    python deep/reinforce.py                            train on CartPole-v1 until it is solved
    python deep/reinforce.py --demo                     watch the weights that come with the course
    python deep/reinforce.py --env gridworld:MovingObstacles-v0     the grid with obstacles; options for it in README.md
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
    """REINFORCE, every step weighted by the return from that step on."""

    hidden: Sizes = (32,)
    learning_rate: Rate = 5e-3
    discount: Fraction = 0.998
    episodes_per_update: Count = 4
    """episodes over which one gradient is averaged"""
    discount_states: bool = False
    """weigh step t with discount^t, as the gradient of the expected discounted return does"""


class Reinforce(Agent):
    """A policy network: states [n, inputs] -> logits [n, actions]."""

    roles: ClassVar = {"policy": "actor"}

    def __init__(self, inputs: int, actions: int, options: Options, generator: np.random.Generator) -> None:
        self.options, self.generator = options, generator
        self.actor = self.network(inputs, actions)
        self.optimizer = keras.optimizers.Adam(options.learning_rate)
        self.memory = EpisodeMemory()

    def network(self, inputs: int, outputs: int) -> Any:
        """States [n, inputs] -> [n, outputs]. With tanh, more seeds are solved than with ReLU, and sooner."""
        hidden = [keras.layers.Dense(size, "tanh") for size in self.options.hidden]
        return keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(outputs)])

    def act(self, state: Array) -> int:
        """Draw an action from pi(.|s)."""
        return int(sample(self.predict(self.actor, state), self.generator))

    def returns(self, episode: Episode) -> Array:
        """[T] what the log-probability of each step is weighted with."""
        # G_t = R_{t+1} + discount * G_{t+1}: an action is paid only for what comes after it
        returns = discounted_returns(episode.rewards, self.options.discount)
        if self.options.discount_states:
            # discount^t * G_t: a state counts less the later it is visited
            returns = self.options.discount ** np.arange(len(returns)) * returns
        return returns

    def learn(self) -> None:
        """After every few episodes, one step along the gradient that they estimate; then they are forgotten."""
        if len(self.memory) < self.options.episodes_per_update:
            return
        episodes = self.memory.take()
        states = np.concatenate([episode.states for episode in episodes])
        actions = np.concatenate([episode.actions for episode in episodes])
        returns = np.concatenate([self.returns(episode) for episode in episodes])
        self.update(states, actions, returns / len(episodes))

    @compiled
    def update(self, states: Tensor, actions: Tensor, weights: Tensor) -> Numbers:
        """One step of the policy; the weights are constants."""
        with tf.GradientTape() as tape:
            logits = self.actor(states)
            # J ~ mean over episodes of sum_t weight_t * log pi(A_t|S_t); a loss is minus an objective
            loss = -tf.reduce_sum(weights * log_probability(logits, actions))
        gradient = tape.gradient(loss, self.actor.trainable_variables)
        self.optimizer.apply(gradient, self.actor.trainable_variables)
        return {"entropy": tf.reduce_mean(entropy(logits))}


def train(env: gym.Env[Any, Any], agent: Reinforce, run: Run) -> None:
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
    launch("reinforce", Options, Reinforce, train)
