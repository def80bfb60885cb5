"""Actor-critic: no waiting for the end of an episode; every step is judged at once by the value of where it led.

    grad J  =  E[ sum_t  discount^t * delta_t * grad log pi(A_t|S_t) ]       delta = R + discount * V(S') - V(S)

The factor discount^t is left out below, as by default in reinforce.py. V(S') is 0 where the episode terminated.
Barto, Sutton & Anderson (1983); Sutton & Barto (2018), section 13.5.
    python deep/actor_critic.py                         train on CartPole-v1 until it is solved
    python deep/actor_critic.py --demo                  watch the weights that come with the course
    python deep/actor_critic.py --env Acrobot-v1        any environment with a vector observation and discrete actions
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from common.options import Fraction, Rate, Sizes
from common.runs.run import Run
from deep.parts.agent import Agent, Array
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.launch import launch
from deep.parts.lazy import keras, tf
from deep.parts.learning_options import LearningOptions
from deep.parts.policies import entropy, log_probability, sample

import gymnasium as gym
import numpy as np


@dataclass(frozen=True)
class Options(LearningOptions):
    """One-step actor-critic, every step weighted by its temporal-difference error."""

    hidden: Sizes = (32,)
    learning_rate: Rate = 1e-3
    critic_learning_rate: Rate = 5e-3
    """of the value network's Adam"""
    discount: Fraction = 0.99


class ActorCritic(Agent):
    """A policy network: states [n, inputs] -> logits [n, actions], and a value network: states -> values [n, 1]."""

    roles: ClassVar = {"policy": "actor", "value": "critic"}

    def __init__(self, inputs: int, actions: int, options: Options, generator: np.random.Generator) -> None:
        self.options, self.generator = options, generator
        self.actor, self.critic = self.network(inputs, actions), self.network(inputs, 1)
        self.optimizer = keras.optimizers.Adam(options.learning_rate)
        self.critic_optimizer = keras.optimizers.Adam(options.critic_learning_rate)

    def network(self, inputs: int, outputs: int) -> Any:
        """States [n, inputs] -> [n, outputs]. With tanh, more seeds are solved than with ReLU, and sooner."""
        hidden = [keras.layers.Dense(size, "tanh") for size in self.options.hidden]
        return keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(outputs)])

    def act(self, state: Array) -> int:
        """Draw an action from pi(.|s)."""
        return int(sample(self.predict(self.actor, state), self.generator))

    @compiled
    def update(self, state: Tensor, action: Tensor, reward: Tensor, next_state: Tensor, terminated: Tensor) -> Numbers:
        """After every step, one step of each network; the transition is not kept."""
        state, next_state, action = state[None], next_state[None], action[None]
        # y = R + discount * V(S'), computed outside the tape: a constant, or the critic would move its own goal
        target = reward + self.options.discount * (1 - terminated) * self.critic(next_state)[:, 0]
        with tf.GradientTape() as tape:
            # delta = R + discount * V(S') - V(S)
            td_error = target - self.critic(state)[:, 0]
            value_error = tf.reduce_mean(tf.square(td_error))
        gradient = tape.gradient(value_error, self.critic.trainable_variables)
        self.critic_optimizer.apply(gradient, self.critic.trainable_variables)
        with tf.GradientTape() as tape:
            logits = self.actor(state)
            # delta is to the policy a number like any other: it estimates the advantage of A over what pi does in S
            loss = -tf.reduce_sum(td_error * log_probability(logits, action))
        gradient = tape.gradient(loss, self.actor.trainable_variables)
        self.optimizer.apply(gradient, self.actor.trainable_variables)
        return {"entropy": tf.reduce_mean(entropy(logits)), "td_error": td_error[0]}


def train(env: gym.Env[Any, Any], agent: ActorCritic, run: Run) -> None:
    """The loop of the chapter."""
    state, _ = env.reset()
    for _ in run.steps():
        action = agent.act(state)
        next_state, reward, terminated, truncated, _ = env.step(action)
        agent.update(state, action, reward, next_state, terminated)
        state = next_state
        if terminated or truncated:
            state, _ = env.reset()


if __name__ == "__main__":
    launch("actor_critic", Options, ActorCritic, train)
