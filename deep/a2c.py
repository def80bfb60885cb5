"""Advantage actor-critic (A2C): several environments at once, and advantages that look a few steps ahead.

    grad J  =  E[ A_t * grad log pi(A_t|S_t)  +  beta * grad H(pi(.|S_t)) ]       H, the entropy, keeps pi from settling
    A_t  =  delta_t + discount * lambda * A_{t+1}                                 delta_t, the TD error of rollout t

Mnih et al. (2016), Asynchronous methods for deep reinforcement learning; Schulman et al. (2016), equation 16.
    python deep/a2c.py                          train on CartPole-v1 until it is solved
    python deep/a2c.py --demo                   watch the weights that come with the course
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from common.environments.training import TrainingEnvironments
from common.options import Count, Fraction, NotNegative, Rate, Several, Sizes
from common.runs.run import Run
from deep.parts.agent import Agent, Array
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.continuous.normalisation import Normalisation
from deep.parts.launch import launch
from deep.parts.lazy import keras, tf
from deep.parts.learning_options import LearningOptions
from deep.parts.policies import policy_of
from deep.parts.returns import generalised_advantages
from deep.parts.rollout import Rollout

import numpy as np


@dataclass(frozen=True)
class Options(LearningOptions):
    """Advantage actor-critic."""

    evaluate_every: Count = 500
    environments: Several = 4
    """environments that step together"""
    rollout: Count = 16
    """steps of each environment between two updates"""
    hidden: Sizes = (64,)
    learning_rate: Rate = 3e-3
    critic_learning_rate: Rate = 1e-2
    """of the value network's Adam"""
    discount: Fraction = 0.99
    trace_decay: Fraction = 1.0
    """lambda: 0 trusts the values after one step, 1 only at the end of the rollout"""
    entropy_bonus: NotNegative = 0.0
    """beta: what a nat of entropy is worth"""
    normalise: bool = False
    """bring observations, and rewards for the value network, to a common scale by running statistics"""


@dataclass(frozen=True)
class ContinuousOptions(Options):
    """Advantage actor-critic with continuous actions: the defaults where the environment has these."""

    evaluate_every: Count = 3200
    environments: Several = 16
    hidden: Sizes = (64, 64)
    discount: Fraction = 0.95
    trace_decay: Fraction = 0.9
    normalise: bool = True


class A2C(Agent):
    """A policy network: states [n, inputs] -> logits [n, actions], and a value network: states -> values [n, 1]."""

    roles: ClassVar = {"policy": "actor", "value": "critic"}
    takes_both: ClassVar = True
    normalisation: Normalisation | None = None

    def __init__(self, inputs: int, actions: Any, options: Options, generator: np.random.Generator) -> None:
        self.options, self.generator, self._policy = options, generator, policy_of(actions)
        self.plays(**{self._policy.role: "actor", "value": "critic"})
        self.actor = self._policy.network(self.network(inputs, self._policy.outputs))
        self.critic = self.network(inputs, 1)
        if options.normalise:
            self.normalisation = Normalisation(inputs, options.discount)
            self.actor, self.critic = self.normalisation.before(self.actor), self.normalisation.around(self.critic)
        self.rollout = Rollout()
        self.make_optimizers()

    def make_optimizers(self) -> None:
        """One for each network."""
        self.optimizer = keras.optimizers.Adam(self.options.learning_rate, global_clipnorm=0.5)
        self.critic_optimizer = keras.optimizers.Adam(self.options.critic_learning_rate, global_clipnorm=0.5)

    def network(self, inputs: int, outputs: int) -> Any:
        """States [n, inputs] -> [n, outputs]; apart, policy and value solve CartPole-v1 sooner than with one trunk."""
        hidden = [keras.layers.Dense(size, "tanh") for size in self.options.hidden]
        return keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(outputs)])

    def act(self, states: Array) -> Array:
        """Draw an action from pi(.|s) for each environment."""
        if self.normalisation is not None and len(self.rollout) == 0:
            self.normalisation.set_front()
            self.refresh()
        return self._policy.sample(self.predict(self.actor, states), self.generator)

    def learn(self, last_states: Array) -> None:
        """After every rollout, one update; last_states [N, inputs] are where it ended."""
        if len(self.rollout) == self.options.rollout:
            self.update(*self.batch(last_states))

    def batch(self, last_states: Array) -> tuple[Array, ...]:
        """States, actions, advantages and returns of the steps of the rollout, which is forgotten."""
        states, actions, rewards, terminated, truncated, restarted = self.rollout.take()
        if self.normalisation is not None:
            self.normalisation.see(states, rewards, ~restarted)
            self.refresh()
        # An environment restarts by itself one step after its end: what follows a step is always its true next state
        values = self.predict(self.critic, np.concatenate([states, last_states[None]]))[..., 0]
        # A_t = delta_t + discount * lambda * A_{t+1}
        advantages = generalised_advantages(
            rewards, values[:-1], values[1:], terminated, truncated, self.options.discount, self.options.trace_decay
        )
        played = ~restarted  # what was "done" while an environment only began its next episode was ignored
        advantages, returns = advantages[played], (advantages + values[:-1])[played]
        advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
        return states[played], actions[played], advantages, returns

    @compiled
    def update(self, states: Tensor, actions: Tensor, advantages: Tensor, returns: Tensor) -> Numbers:
        """One step of each network; advantages and returns are constants."""
        with tf.GradientTape() as tape:
            outputs = self.actor(states)
            # J ~ mean over steps of A_t * log pi(A_t|S_t)
            objective = tf.reduce_mean(advantages * self._policy.log_probability(outputs, actions))
            mean_entropy = tf.reduce_mean(self._policy.entropy(outputs))
            loss = -objective - self.options.entropy_bonus * mean_entropy
        gradient = tape.gradient(loss, self.actor.trainable_variables)
        self.optimizer.apply(gradient, self.actor.trainable_variables)
        with tf.GradientTape() as tape:
            # V(S_t) moves towards A_t + V(S_t), what the rollout says the state is worth
            value_error = tf.reduce_mean(tf.square(returns - self.critic(states)[:, 0]))
        gradient = tape.gradient(value_error, self.critic.trainable_variables)
        self.critic_optimizer.apply(gradient, self.critic.trainable_variables)
        return {"entropy": mean_entropy, "value_error": value_error}


def train(envs: TrainingEnvironments, agent: A2C, run: Run) -> None:
    """The loop of the chapter."""
    states, _ = envs.reset()
    for _ in run.steps(envs.num_envs):
        actions = agent.act(states)
        next_states, rewards, terminated, truncated, _ = envs.step(actions)
        agent.rollout.add(states, actions, rewards, terminated, truncated, envs.restarted)
        states = next_states
        agent.learn(states)


if __name__ == "__main__":
    launch("a2c", Options, A2C, train, ContinuousOptions)
