"""Double DQN: the online network chooses the next action, the target network says what it is worth.

    Q(s, a)  <-  R + discount * Q_target(s', argmax_a' Q(s', a'))

A maximum over noisy values is too high on average, because it picks the luckiest error; two networks seldom err alike.
van Hasselt, Guez & Silver (2016), Deep reinforcement learning with double Q-learning; Sutton & Barto, section 6.7.
    python deep/double_dqn.py
    python deep/double_dqn.py --demo
"""

from deep.dqn import DQN, Options, train
from deep.parts.compiled import Tensor
from deep.parts.launch import launch
from deep.parts.lazy import tf


class DoubleDQN(DQN):
    """DQN with another value of the next state."""

    def next_value(self, next_state: Tensor) -> Tensor:
        """Q_target(s', argmax_a' Q(s', a')) for a batch of next states."""
        # a* = argmax_a' Q(s', a')
        best_action = tf.argmax(self.online(next_state), axis=1)
        # Q_target(s', a*)
        return tf.gather(self.target(next_state), best_action, axis=1, batch_dims=1)


if __name__ == "__main__":
    launch("double_dqn", Options, DoubleDQN, train)
