"""Soft actor-critic (SAC): as much reward as possible, as randomly as possible.

    J        =   E[ sum of discounted  R + temperature * H(pi(.|S)) ]            H: the policy's entropy
    y        =   R + discount * ( min(Q1_target(s', a'), Q2_target(s', a')) - temperature * log pi(a'|s') ),  a' ~ pi
    actor    :   up  E[ min(Q1(s, a), Q2(s, a)) - temperature * log pi(a|s) ],  a = tanh(mean + deviation * N(0, 1))
    temperature: down where the entropy is above its target, up where it is below

The policy explores by itself: no noise is added. Haarnoja et al. (2018), Soft actor-critic algorithms and applications.
    python deep/sac.py                      train on Pendulum-v1 until it is solved
    python deep/sac.py --demo               watch the weights that come with the course
"""

import math
from dataclasses import dataclass
from typing import Annotated, Any

from common.options import Bounds, Fraction, Positive, Rate
from common.runs.run import Run
from deep.parts.agent import Array
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.continuous.squashed import log_normal, log_slope
from deep.parts.launch import launch
from deep.parts.lazy import keras, tf
from deep.parts.learning_options import ContinuousOptions
from deep.parts.replay import ReplayMemory
from deep.parts.spaces import ContinuousActions
from deep.td3 import TD3

import gymnasium as gym
import numpy as np
from numpy.random import Generator


@dataclass(frozen=True)
class Options(ContinuousOptions):
    """Soft actor-critic."""

    discount: Fraction = 0.95
    tau: Rate = 0.01
    """how far the target networks follow at each gradient step; 1 makes them copies"""
    temperature: Positive = 0.1
    """what a nat of entropy is worth, in scaled rewards, until it is learned"""
    target_entropy: Annotated[float, Bounds(-1000, math.log(2))] = -1.0
    """of the policy, in nats for each part of an action from -1 to 1; drawn evenly it has log 2, the most there is"""


class SAC(TD3):
    """A policy that is drawn from, two critics with a target each, a temperature; nothing here has a target actor."""

    def __init__(self, inputs: int, actions: ContinuousActions, options: Options, generator: Generator) -> None:
        self.options, self.generator, self._actions = options, generator, actions
        self.policy, self.actor = self.heads(inputs)
        self.critic, self.critic_target, self.second, self.second_target = (
            self.network(inputs + actions.size, keras.layers.Dense(1)) for _ in range(4)
        )
        self.critic_target.set_weights(self.critic.get_weights())
        self.second_target.set_weights(self.second.get_weights())
        self.log_temperature = keras.Variable(math.log(options.temperature))
        self.optimizer = keras.optimizers.Adam(options.learning_rate)
        self.critic_optimizer = keras.optimizers.Adam(options.critic_learning_rate)
        self.temperature_optimizer = keras.optimizers.Adam(options.learning_rate)
        self.memory, self.learning = ReplayMemory(options.memory), False

    def heads(self, inputs: int) -> tuple[Any, Any]:
        """The policy, states -> mean, log deviation; and its middle, states -> action, of the same layers."""
        hidden = states = keras.Input((inputs,))
        for size in self.options.hidden:
            hidden = keras.layers.Dense(size, "relu")(hidden)
        mean = keras.layers.Dense(self._actions.size)(hidden)
        bounded = keras.layers.Dense(self._actions.size, "tanh")(hidden)
        log_deviation = keras.layers.Rescaling(3.0, -1.0)(bounded)  # from -4 to 2
        middle = self._actions.stretch()(keras.layers.Activation("tanh")(mean))
        return keras.Model(states, [mean, log_deviation]), keras.Model(states, middle)

    def act(self, state: Array) -> Array:
        """Drawn from the policy; before learning starts, any action."""
        if not self.learning:
            return self._actions.random(self.generator)
        mean, log_deviation = self.predict(self.policy, state)
        # A = tanh(mean + deviation * N(0, 1)), stretched to the bounds
        drawn = np.tanh(mean + np.exp(log_deviation) * self.generator.normal(size=mean.shape))
        return self._actions.within(self._actions.stretched(drawn))

    def batches(self, count: int) -> tuple[Array, ...]:
        """What so many gradient steps learn from, and N(0, 1) for the actions that they draw in S' and in S."""
        shape = (2, count, self.options.batch, self._actions.size)
        return (*self.memory.sample(count, self.options.batch, self.generator), *self.generator.normal(size=shape))

    @compiled
    def update(
        self, state: Tensor, action: Tensor, reward: Tensor, next_state: Tensor, terminated: Tensor,
        next_noise: Tensor, noise: Tensor,
    ) -> Numbers:  # fmt: skip
        """One step of both critics towards one target, one of policy, temperature and targets."""
        # y = R + discount * (min(Q1_target(s', a'), Q2_target(s', a')) - temperature * log pi(a'|s'))
        target = reward + self.options.discount * (1 - terminated) * self.next_value(next_state, next_noise)
        loss = self.fit(target, state, action)
        value, entropy = self.improve(state, noise)
        temperature = self.adjust(entropy)
        self.follow(self.critic, self.critic_target)
        self.follow(self.second, self.second_target)
        return {"loss": loss, "value": value, "entropy": entropy, "temperature": temperature}

    def draw(self, state: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """An action of the policy in each state, and its log-probability."""
        mean, log_deviation = self.policy(state)
        # a = tanh(u), u = mean + deviation * N(0, 1): the weights move a drawn action as they move a chosen one
        u = mean + tf.exp(log_deviation) * noise
        # log pi(a|s) = sum over the parts of log N(u; mean, deviation) - log tanh'(u)
        log_pi = tf.reduce_sum(log_normal(u, mean, log_deviation) - log_slope(u), axis=-1)
        return self._actions.stretched(tf.tanh(u)), log_pi

    def next_value(self, next_state: Tensor, noise: Tensor) -> Tensor:  # type: ignore[override]  # noise
        """The soft value of each next state: of one action drawn there, with what its surprise is worth."""
        action, log_pi = self.draw(next_state, noise)
        value = self.lower((self.critic_target, self.second_target), next_state, action)
        # min(Q1_target(s', a'), Q2_target(s', a')) - temperature * log pi(a'|s')
        return value - tf.exp(self.log_temperature) * log_pi

    def improve(self, state: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]  # draws
        """One step of the policy up the critics and its entropy; returns what they think of its actions, and that."""
        with tf.GradientTape() as tape:
            action, log_pi = self.draw(state, noise)
            value = tf.reduce_mean(self.lower((self.critic, self.second), state, action))
            # H = - E[ log pi(a|s) ]
            entropy = -tf.reduce_mean(log_pi)
            # J = E[ min(Q1(s, a), Q2(s, a)) ] + temperature * H, with a minus, for the optimiser goes down
            loss = -(value + tf.exp(self.log_temperature) * entropy)
        gradient = tape.gradient(loss, self.policy.trainable_variables)
        self.optimizer.apply(gradient, self.policy.trainable_variables)
        return value, entropy

    def adjust(self, entropy: Tensor) -> Tensor:
        """One step of the temperature, down where there is more entropy than its target; returns what it was."""
        temperature = tf.exp(self.log_temperature)
        # d/d(log temperature) of  temperature * (H - target entropy)
        slope = temperature * (entropy - self._actions.size * self.options.target_entropy)
        self.temperature_optimizer.apply([slope], [self.log_temperature])
        return temperature


def train(env: gym.Env[Any, Any], agent: SAC, run: Run) -> None:
    """The loop of the chapter."""
    state, _ = env.reset()
    for step in run.steps():
        action = agent.act(state)
        next_state, reward, terminated, truncated, _ = env.step(action)
        agent.memory.add(state, action, agent.options.reward_scale * float(reward), next_state, terminated)
        agent.learn(step)
        state = next_state
        if terminated or truncated:
            state, _ = env.reset()


if __name__ == "__main__":
    launch("sac", Options, SAC, train)
