"""Deep SARSA: a network in place of the table, learning from every step as it comes.

    Q(s, a)  <-  R + discount * Q(s', a')          terminated: R alone; a' is the action that is taken next

Semi-gradient SARSA, Sutton & Barto (2018), section 10.1: the loss is the squared TD error, the target a constant.
The obstacles move, so a table would need a row for every place of all of them; the network reads 15 numbers instead.
    python deep/deep_sarsa.py               train on MovingObstacles-v0 until it is solved
    python deep/deep_sarsa.py --demo        watch the weights that come with the course
"""

from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np

from common.demo import play
from common.options import launch
from common.run import Run
from common.run_options import RunOptions
from deep.parts.acting import ActingNetwork
from deep.parts.lazy import keras, tf
from deep.parts.networks import dense_network, layer_shapes, sizes
from deep.parts.value_agent import ValueAgent, check_value_options


@dataclass(frozen=True)
class Options(RunOptions):
    """Deep SARSA. The defaults solve MovingObstacles-v0 in a few thousand steps."""

    env: str = "MovingObstacles-v0"
    """gymnasium's name of the environment"""
    hidden: tuple[int, ...] = (30, 30)
    """sizes of the hidden layers"""
    learning_rate: float = 1e-3
    """of Adam"""
    discount: float = 0.99
    """what a reward one step later is worth"""
    epsilon_end: float = 0.01
    """exploration falls from 1 to this ..."""
    epsilon_decay: float = 0.9995
    """... by this factor every step"""
    learn_every: int = 16
    """steps that are learned from in one compiled call, one gradient step each; 1 is the textbook's pace"""


class DeepSARSAAgent(ValueAgent):
    """Epsilon-greedy on a network. online: states [n, inputs] -> action values [n, actions]."""

    remembered = ("online", "optimizer", "generator", "epsilon", "td_error", "next_action", "experience")

    def __init__(self, inputs: int, actions: int, options: Options, generator: np.random.Generator) -> None:
        self.actions, self.options, self.generator = actions, options, generator
        self.online = dense_network(inputs, options.hidden, actions, generator)
        self.optimizer = keras.optimizers.Adam(options.learning_rate)
        self.optimizer.build(self.online.trainable_variables)
        self.acting = ActingNetwork(self.online.get_weights())
        self.burst = tf.function(self.gradient_steps, autograph=False)
        self.experience: list[list[Any]] = []
        self.next_action: int | None = None

    def begin(self, state: np.ndarray) -> int:
        """The first action of an episode; after --resume, the one that had been chosen already."""
        return self.act(state) if self.next_action is None else self.next_action

    def act(self, state: np.ndarray) -> int:
        """Explore with probability epsilon, else take the action of the highest value."""
        self.epsilon = max(self.options.epsilon_end, self.epsilon * self.options.epsilon_decay)
        if self.generator.random() < self.epsilon:
            return int(self.generator.integers(self.actions))
        return int(self.acting(state).argmax())

    def learn(self, *experience: Any) -> None:
        """Take in one S, A, R, S', A' and whether it terminated; every few steps, learn from them in their order."""
        *_, self.next_action, _ = experience
        self.experience.append([part.tolist() if isinstance(part, np.ndarray) else part for part in experience])
        if len(self.experience) == self.options.learn_every:
            columns = (np.array(column, np.float32) for column in zip(*self.experience, strict=True))
            self.learned(self.burst(*columns).numpy())
            self.experience = []

    def gradient_steps(self, *experience: Any) -> Any:
        """One gradient step a transition, one after the other; returns the TD errors [learn_every]."""
        return tf.map_fn(self.gradient_step, experience, fn_output_signature=tf.float32, parallel_iterations=1)

    def gradient_step(self, transition: Any) -> Any:
        """Move Q(s, a) towards its target, which is a constant; returns the TD error."""
        state, action, reward, next_state, next_action, terminated = transition
        # y = R + discount * Q(s', a'), or R alone where the episode terminated
        target = reward + (1.0 - terminated) * self.options.discount * self.value(next_state, next_action)
        with tf.GradientTape() as tape:
            error = target - self.value(state, action)
            loss = error**2
        gradient = tape.gradient(loss, self.online.trainable_variables)
        self.optimizer.apply(gradient, self.online.trainable_variables)
        return error

    def value(self, state: Any, action: Any) -> Any:
        """Q(s, a) of one state, which becomes a batch of one, and one action."""
        return self.online(state[None])[0, tf.cast(action, tf.int32)]


def train(env: gym.Env[Any, Any], agent: DeepSARSAAgent, run: Run) -> None:
    """The loop of the chapter."""
    state, _ = env.reset()
    action = agent.begin(state)
    for _ in run.steps():
        next_state, reward, terminated, truncated, _ = env.step(action)
        next_action = agent.act(next_state)
        agent.learn(state, action, float(reward), next_state, next_action, terminated)
        state, action = next_state, next_action  # the action of the target is the action that is taken
        if terminated or truncated:
            state, _ = env.reset()
            action = agent.next_action = agent.act(state)


def main(options: Options) -> int:
    """Play the demo, or train."""
    check_value_options(options)
    if options.demo:
        return play("deep_sarsa", options, ActingNetwork, lambda env: layer_shapes(*sizes(env), hidden=options.hidden))
    run = Run("deep_sarsa", options)
    env = run.environment()
    agent = DeepSARSAAgent(*sizes(env), run.options, run.generator)
    run.begin(agent)
    train(env, agent, run)
    return run.finish()


if __name__ == "__main__":
    launch(main, Options)
