"""Twin delayed DDPG (TD3): three repairs of a critic whose errors the actor looks for.

    a'       =   mu_target(s') + noise, clipped                                  no single peak of Q is trusted
    y        =   R + discount * min(Q1_target(s', a'), Q2_target(s', a'))        terminated: R alone
    mu and all target networks move once in `delay` steps of the critics

A maximum over noisy values is too high on average, and an actor that climbs a critic finds such a maximum.
Fujimoto, van Hoof & Meger (2018), Addressing function approximation error in actor-critic methods, algorithm 1.
    python deep/td3.py                      train on Pendulum-v1 until it is solved
    python deep/td3.py --demo               watch the weights that come with the course
"""

from dataclasses import dataclass
from typing import Any

from common.options import Count, NotNegative
from deep.ddpg import DDPG, train
from deep.ddpg import Options as DDPGOptions
from deep.parts.agent import Array
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.launch import launch
from deep.parts.lazy import keras, tf
from deep.parts.spaces import ContinuousActions

import numpy as np
from numpy.random import Generator


@dataclass(frozen=True)
class Options(DDPGOptions):
    """Twin delayed deep deterministic policy gradient."""

    delay: Count = 2
    """steps of the critics to one of the actor and of the target networks"""
    target_sigma: NotNegative = 0.2
    """deviation of the noise on the target's action, in halves of the way from one bound to the other ..."""
    target_clip: NotNegative = 0.5
    """... and the most of it, in the same unit"""


class TD3(DDPG):
    """DDPG with a second critic, noise on the target's action, and an actor that waits."""

    def __init__(self, inputs: int, actions: ContinuousActions, options: Options, generator: Generator) -> None:
        super().__init__(inputs, actions, options, generator)
        self.second, self.second_target = (self.network(inputs + actions.size, keras.layers.Dense(1)) for _ in (1, 2))
        self.second_target.set_weights(self.second.get_weights())
        self.optimizer.build(self.actor.trainable_variables)  # its first step may be one that is left out
        self.updates = 0

    def batches(self, count: int) -> tuple[Array, ...]:
        """What so many gradient steps learn from, the noise of each target, and whether the actor's step is due."""
        o, half = self.options, self._actions.half
        drawn = self.generator.normal(size=(count, o.batch, len(half)))
        # noise = clip(sigma * N(0, 1), -c, c)
        noise = np.clip(o.target_sigma * drawn, -o.target_clip, o.target_clip) * half
        due = (self.updates + np.arange(1, count + 1)) % o.delay == 0
        self.updates += count
        return (*super().batches(count), noise, due)

    @compiled
    def update(
        self, state: Tensor, action: Tensor, reward: Tensor, next_state: Tensor, terminated: Tensor,
        noise: Tensor, due: Tensor,
    ) -> Numbers:  # fmt: skip
        """One step of both critics towards one target; where it is due, one of the actor and of the targets."""
        # y = R + discount * min(Q1_target(s', a'), Q2_target(s', a')), R alone where the episode terminated
        target = reward + self.options.discount * (1 - terminated) * self.next_value(next_state, noise)
        loss = self.fit(target, state, action)
        # mu and all targets once in `delay` steps
        value = tf.cond(due > 0, lambda: self.move(state), lambda: self.worth(state))
        return {"loss": loss, "value": value}

    def next_value(self, next_state: Tensor, noise: Tensor) -> Tensor:  # type: ignore[override]  # noise
        """What the less hopeful of the two target critics says of the target actor's action, give or take the noise."""
        # a' = mu_target(s') + noise, within the bounds
        action = tf.clip_by_value(self.actor_target(next_state) + noise, self._actions.low, self._actions.high)
        return self.lower((self.critic_target, self.second_target), next_state, action)

    def lower(self, critics: tuple[Any, Any], state: Tensor, action: Tensor) -> Tensor:
        """What the less hopeful of two critics says of each state and action."""
        # min(Q1(s, a), Q2(s, a))
        return tf.minimum(*[self.value(critic, state, action) for critic in critics])

    def fit(self, target: Tensor, state: Tensor, action: Tensor) -> Tensor:
        """One step of both critics towards the same target, a constant; returns the sum of their losses."""
        with tf.GradientTape() as tape:
            first, second = (self.value(each, state, action) for each in (self.critic, self.second))
            # L = mean of (y - Q1(s, a))^2 + mean of (y - Q2(s, a))^2
            loss = tf.reduce_mean(tf.square(target - first)) + tf.reduce_mean(tf.square(target - second))
        variables = self.critic.trainable_variables + self.second.trainable_variables
        self.critic_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def move(self, state: Tensor) -> Tensor:
        """One step of the actor up the first critic, as in DDPG, and one of the three targets."""
        value = self.improve(state)
        self.follow(self.actor, self.actor_target)
        self.follow(self.critic, self.critic_target)
        self.follow(self.second, self.second_target)
        return value

    def worth(self, state: Tensor) -> Tensor:
        """What the first critic thinks of the actor's actions; nothing moves."""
        return tf.reduce_mean(self.value(self.critic, state, self.actor(state)))


if __name__ == "__main__":
    launch("td3", Options, TD3, train)
