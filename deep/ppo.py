"""Proximal policy optimisation (PPO): A2C that learns several times from one rollout, and clips what it gains by it.

    L  =  E[ min( r_t * A_t,  clip(r_t, 1 - epsilon, 1 + epsilon) * A_t ) ]       r_t = pi(A_t|S_t) / pi_old(A_t|S_t)

pi_old is the policy that played the rollout. At first r_t = 1, and the gradient of L is that of A2C. Once r_t has moved
by epsilon in the direction in which A_t pushes it, L is flat there: nothing is gained by moving further away from the
policy that the data is of, so the rollout may be gone through again.
Schulman et al. (2017), Proximal policy optimization algorithms, equation 7 and algorithm 1.
    python deep/ppo.py                          train on CartPole-v1 until it is solved
    python deep/ppo.py --env Pendulum-v1        the same with continuous actions and the defaults for these
    python deep/ppo.py --demo                   watch the weights that come with the course, --env Pendulum-v1 others
"""

from dataclasses import dataclass

import deep.a2c
from common.options import Count, Fraction, NotNegative, Rate, Several, Sizes
from deep.a2c import A2C, train
from deep.parts.agent import Array
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.launch import launch
from deep.parts.lazy import tf

import numpy as np


@dataclass(frozen=True)
class Options(deep.a2c.Options):
    """Proximal policy optimisation."""

    rollout: Count = 32
    learning_rate: Rate = 2e-3
    critic_learning_rate: Rate = 5e-3
    trace_decay: Fraction = 0.95
    clip: NotNegative = 0.2
    """epsilon: how far from 1 the ratio of new to old probability may gain; a large one never clips"""
    epochs: Count = 8
    """how often an update goes through the rollout: the paper's K"""
    minibatch: Count = 64
    """steps in a minibatch, at most: the paper's M"""


@dataclass(frozen=True)
class ContinuousOptions(Options):
    """Proximal policy optimisation with continuous actions: the defaults where the environment has these."""

    evaluate_every: Count = 3200
    environments: Several = 16
    rollout: Count = 100
    hidden: Sizes = (64, 64)
    learning_rate: Rate = 1e-3
    critic_learning_rate: Rate = 3e-3
    discount: Fraction = 0.95
    trace_decay: Fraction = 0.9
    normalise: bool = True
    epochs: Count = 10
    minibatch: Count = 80


class PPO(A2C):
    """A2C with the clipped objective."""

    def learn(self, last_states: Array) -> None:
        """After every rollout, several epochs of minibatches; last_states [N, inputs] are where it ended."""
        if len(self.rollout) < self.options.rollout:
            return
        states, actions, advantages, returns = self.batch(last_states)
        # log pi_old(A_t|S_t), of the policy that played: a constant
        old = self._policy.log_probability(self.predict(self.actor, states), actions).numpy()
        steps = self.minibatches(len(states))
        self.update.each(*(part[steps] for part in (states, actions, advantages, returns, old)))

    def minibatches(self, size: int) -> Array:
        """[minibatches of all epochs, steps in one]: which steps of a rollout of that size; a new order each epoch."""
        count = -(-size // self.options.minibatch)
        orders = [self.generator.permutation(size)[: size // count * count] for _ in range(self.options.epochs)]
        return np.reshape(orders, (self.options.epochs * count, -1))

    @compiled
    def update(self, states: Tensor, actions: Tensor, advantages: Tensor, returns: Tensor, old: Tensor) -> Numbers:
        """One step of each network from a minibatch; advantages, returns and old log-probabilities are constants."""
        clip = self.options.clip
        with tf.GradientTape() as tape:
            outputs = self.actor(states)
            # r_t = pi(A_t|S_t) / pi_old(A_t|S_t)
            ratio = tf.exp(self._policy.log_probability(outputs, actions) - old)
            clipped = tf.clip_by_value(ratio, 1 - clip, 1 + clip)
            # L ~ mean over steps of min(r_t * A_t, clip(r_t, 1 - epsilon, 1 + epsilon) * A_t)
            objective = tf.reduce_mean(tf.minimum(ratio * advantages, clipped * advantages))
            mean_entropy = tf.reduce_mean(self._policy.entropy(outputs))
            loss = -objective - self.options.entropy_bonus * mean_entropy
        gradient = tape.gradient(loss, self.actor.trainable_variables)
        self.optimizer.apply(gradient, self.actor.trainable_variables)
        with tf.GradientTape() as tape:
            value_error = tf.reduce_mean(tf.square(returns - self.critic(states)[:, 0]))
        gradient = tape.gradient(value_error, self.critic.trainable_variables)
        self.critic_optimizer.apply(gradient, self.critic.trainable_variables)
        outside = tf.reduce_mean(tf.cast(tf.abs(ratio - 1) > clip, tf.float32))
        return {"entropy": mean_entropy, "value_error": value_error, "clipped": outside}


if __name__ == "__main__":
    launch("ppo", Options, PPO, train, ContinuousOptions)
