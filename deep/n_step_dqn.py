"""n-step DQN: a target looks n rewards ahead before it trusts the network.

    Q(S_t, A_t)  <-  R_{t+1} + discount * R_{t+2} + ... + discount^(n-1) * R_{t+n}
                     + discount^n * max_a Q_target(S_{t+n}, a)                       terminated: rewards alone

A reward reaches the actions before it n times sooner. The price: the rewards on the way came from what the agent did
then, exploration and older policies included, while Q-learning asks for the best that can follow. Nothing corrects for
that here, so the targets are biased (Sutton & Barto 2018, section 7.3); a small n keeps the bias small.
Sutton & Barto, section 7.1; as a part of DQN: Hessel et al. (2018), Rainbow, section "Multi-step learning".
    python deep/n_step_dqn.py
    python deep/n_step_dqn.py --demo
"""

from collections import deque
from dataclasses import dataclass
from typing import Any

import deep.dqn
from common.options import Count
from deep.dqn import DQN, train
from deep.parts.agent import Array
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.launch import launch
from deep.parts.lazy import keras, tf

import numpy as np


@dataclass(frozen=True)
class Options(deep.dqn.Options):
    """Deep Q-network with n-step returns."""

    n_step: Count = 5
    """rewards in a target before it bootstraps; 1 is DQN"""


class NStepDQN(DQN):
    """DQN with transitions of n steps."""

    def __init__(self, inputs: int, actions: int, options: Options, generator: np.random.Generator) -> None:
        super().__init__(inputs, actions, options, generator)
        self.recent: deque[tuple[Array, int, float]] = deque()

    def remember(
        self, state: Array, action: int, reward: Any, next_state: Array, terminated: bool, truncated: bool
    ) -> None:
        """A step becomes a transition once n rewards are in, or the episode has ended."""
        self.recent.append((state, action, reward - self.options.fall_penalty * terminated))
        while len(self.recent) == self.options.n_step or (self.recent and (terminated or truncated)):
            steps = len(self.recent)
            # R_{t+1} + discount * R_{t+2} + ... + discount^(n-1) * R_{t+n}
            total = sum(self.options.discount**k * reward for k, (_, _, reward) in enumerate(self.recent))
            first_state, first_action, _ = self.recent.popleft()
            self.memory.add(first_state, first_action, total, next_state, terminated, float(steps))

    @compiled
    def update(self, state: Tensor, action: Tensor, *following: Tensor) -> Numbers:
        """Move Q(s, a) towards its target, which is a constant."""
        total, next_state, terminated, steps = following
        # y = R_{t+1} + ... + discount^(n-1) * R_{t+n} + discount^n * max_a Q_target(S_{t+n}, a)
        target = total + self.options.discount**steps * (1 - terminated) * self.next_value(next_state)
        with tf.GradientTape() as tape:
            value = tf.gather(self.online(state), action, axis=1, batch_dims=1)
            loss = keras.losses.get(self.options.loss)(target, value)
        gradient = tape.gradient(loss, self.online.trainable_variables)
        self.optimizer.apply(gradient, self.online.trainable_variables)
        return {"loss": loss}


if __name__ == "__main__":
    launch("n_step_dqn", Options, NStepDQN, train)
