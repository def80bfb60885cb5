"""Prioritised DQN: what surprised most is replayed most often, and its weight in the loss makes up for it.

    P(i) = p_i^alpha / sum_k p_k^alpha,   p_i = |TD error of transition i|          how often a transition is drawn
    w_i  = (N P(i))^-beta / max_j w_j                                               what its loss is multiplied with

Drawn more often, a transition counts more often in the mean that the loss estimates. With beta = 1 the weights undo
that completely; beta rises to 1, because the bias matters most when the values settle.
Schaul et al. (2016), Prioritized experience replay, section 3.
    python deep/prioritised_dqn.py
    python deep/prioritised_dqn.py --demo
"""

from dataclasses import dataclass

import deep.dqn
from common.options import Count, Fraction
from deep.dqn import DQN, train
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.launch import launch
from deep.parts.lazy import keras, tf
from deep.parts.replay import PrioritisedReplayMemory

import numpy as np


@dataclass(frozen=True)
class Options(deep.dqn.Options):
    """Deep Q-network with prioritised replay."""

    alpha: Fraction = 0.6
    """how much priorities count: 0 draws uniformly"""
    beta: Fraction = 0.4
    """how much of the bias is corrected in the beginning ..."""
    beta_steps: Count = 20_000
    """... and steps until all of it is"""


class PrioritisedDQN(DQN):
    """DQN with another memory, and a weight for each transition in the loss."""

    def __init__(self, inputs: int, actions: int, options: Options, generator: np.random.Generator) -> None:
        super().__init__(inputs, actions, options, generator)
        self.memory: PrioritisedReplayMemory = PrioritisedReplayMemory(options.memory, options.alpha)
        self.beta = options.beta

    def learn(self, step: int) -> None:
        """As DQN, while beta rises."""
        o = self.options
        self.beta = min(1.0, o.beta + (1.0 - o.beta) * step / o.beta_steps)
        super().learn(step)

    def replay(self) -> None:
        """Gradient steps on what is drawn by priority; the new TD errors are the new priorities."""
        o = self.options
        batches = self.memory.sample_by_priority(o.learn_every, o.batch, self.generator, self.beta)
        self.memory.set_priorities(self.update.each(*batches)["error"])

    @compiled
    def update(self, state: Tensor, action: Tensor, *following: Tensor) -> Numbers:
        """Move Q(s, a) towards its target by as much as the transition's weight allows."""
        reward, next_state, terminated, weight = following
        target = reward + self.options.discount * (1 - terminated) * self.next_value(next_state)
        with tf.GradientTape() as tape:
            value = tf.gather(self.online(state), action, axis=1, batch_dims=1)
            each = keras.losses.get(self.options.loss)(target[:, None], value[:, None])
            # loss = mean_i w_i * loss of transition i
            loss = tf.reduce_mean(weight * each)
        gradient = tape.gradient(loss, self.online.trainable_variables)
        self.optimizer.apply(gradient, self.online.trainable_variables)
        return {"loss": loss, "error": target - value}


if __name__ == "__main__":
    launch("prioritised_dqn", Options, PrioritisedDQN, train)
