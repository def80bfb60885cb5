"""Actor-critic with one network for both: a shared trunk with two heads learns from a few steps at a time.

    grad J  =  E[ delta_t * grad log pi(A_t|S_t) ]          delta_t = R_{t+1} + discount * V(S_{t+1}) - V(S_t)
    loss    =  mean over the last few steps of  - delta_t * log pi(A_t|S_t) + smooth L1 of delta_t

What the trunk learns to see for the value, the policy sees as well. A gradient over several steps is less noisy than
one over a single step, and costs one call instead of several.
Mnih et al. (2016), Asynchronous methods for deep reinforcement learning, section 5.1 (sharing); Sutton & Barto, 13.5.
    python deep/rollout_actor_critic.py         train on CartPole-v1 until it is solved
    python deep/rollout_actor_critic.py --demo  watch the weights that come with the course
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from common.options import Count, Fraction, Positive, Rate, Sizes
from common.runs.run import Run
from deep.parts.agent import Agent, Array
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.launch import launch
from deep.parts.lazy import keras, tf
from deep.parts.learning_options import LearningOptions
from deep.parts.policies import entropy, log_probability, sample
from deep.parts.rollout import Rollout

import gymnasium as gym
import numpy as np


@dataclass(frozen=True)
class Options(LearningOptions):
    """Actor-critic with a shared trunk, every step weighted by its temporal-difference error."""

    hidden: Sizes = (256,)
    learning_rate: Rate = 1e-3
    discount: Fraction = 0.98
    rollout: Count = 10
    """steps between two updates; an episode's end brings one at once"""
    reward_scale: Positive = 0.01
    """what rewards are multiplied with to learn from; the scores stay raw"""


class RolloutActorCritic(Agent):
    """One network with two heads: states [n, inputs] -> logits [n, actions] and values [n, 1]."""

    roles: ClassVar = {"policy": "actor", "value": "critic"}

    def __init__(self, inputs: int, actions: int, options: Options, generator: np.random.Generator) -> None:
        self.options, self.generator = options, generator
        state = trunk = keras.Input((inputs,))
        for size in options.hidden:
            trunk = keras.layers.Dense(size, "relu")(trunk)
        logits, value = keras.layers.Dense(actions)(trunk), keras.layers.Dense(1)(trunk)
        self.network = keras.Model(state, [logits, value])
        self.actor, self.critic = keras.Model(state, logits), keras.Model(state, value)
        self.optimizer = keras.optimizers.Adam(options.learning_rate)
        self.rollout = Rollout()

    def act(self, state: Array) -> int:
        """Draw an action from pi(.|s)."""
        return int(sample(self.predict(self.actor, state), self.generator))

    def learn(self, ended: bool) -> None:
        """After a few steps, or at the end of an episode, one update from all of them."""
        if ended or len(self.rollout) == self.options.rollout:
            self.update(*self.rollout.take())

    @compiled
    def update(self, states: Tensor, actions: Tensor, rewards: Tensor, *following: Tensor) -> Numbers:
        """One step of the network from the steps of a rollout."""
        next_states, terminated = following
        # y = R + discount * V(S'), computed outside the tape: a constant, or the critic would move its own goal
        next_values = self.network(next_states)[1][:, 0]
        targets = self.options.reward_scale * rewards + self.options.discount * (1 - terminated) * next_values
        with tf.GradientTape() as tape:
            logits, values = self.network(states)
            # delta = R + discount * V(S') - V(S): to the policy a number like any other
            td_errors = tf.stop_gradient(targets - values[:, 0])
            policy_loss = -tf.reduce_mean(td_errors * log_probability(logits, actions))
            value_loss = keras.losses.huber(targets, values[:, 0])
            loss = policy_loss + value_loss
        gradient = tape.gradient(loss, self.network.trainable_variables)
        self.optimizer.apply(gradient, self.network.trainable_variables)
        return {"entropy": tf.reduce_mean(entropy(logits)), "value_loss": value_loss}


def train(env: gym.Env[Any, Any], agent: RolloutActorCritic, run: Run) -> None:
    """The loop of the chapter."""
    state, _ = env.reset()
    for _ in run.steps():
        action = agent.act(state)
        next_state, reward, terminated, truncated, _ = env.step(action)
        agent.rollout.add(state, action, reward, next_state, terminated)
        agent.learn(terminated or truncated)
        state = next_state
        if terminated or truncated:
            state, _ = env.reset()


if __name__ == "__main__":
    launch("rollout_actor_critic", Options, RolloutActorCritic, train)
