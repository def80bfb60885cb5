"""DQN: Q-learning with a network, a replay memory and a target network.

    Q(s, a)  <-  R + discount * max_a' Q_target(s', a')          terminated: R alone

Mnih et al. (2015), Human-level control through deep reinforcement learning; Sutton & Barto (2018), section 16.5.
    python deep/dqn.py                      train on CartPole-v1 until it is solved
    python deep/dqn.py --demo               watch the weights that come with the course
    python deep/dqn.py --env Acrobot-v1     any environment with a vector observation and discrete actions
"""

from dataclasses import dataclass
from typing import Any, Literal

import gymnasium as gym
import numpy as np

from common.demo import play
from common.options import launch
from common.run import Run
from common.run_options import RunOptions
from deep.parts.lazy import keras, tf
from deep.parts.networks import dense_network, sizes
from deep.parts.replay import PrioritisedReplayBuffer, ReplayBuffer
from deep.parts.value_agent import ValueAgent, check_value_options


@dataclass(frozen=True)
class Options(RunOptions):
    """Deep Q-network. The defaults solve CartPole-v1 in a few thousand steps."""

    evaluate_every: int = 256
    """environment steps between two greedy evaluations"""
    hidden: tuple[int, ...] = (64, 64)
    """sizes of the hidden layers"""
    initializer: Literal["glorot_uniform", "he_uniform"] = "glorot_uniform"
    """how the first weights are drawn"""
    learning_rate: float = 4e-3
    """of Adam"""
    discount: float = 0.99
    """what a reward one step later is worth"""
    n_step: int = 5
    """rewards in a target before it bootstraps; 1 is the plain DQN"""
    epsilon_end: float = 0.04
    """exploration falls from 1 to this ..."""
    epsilon_decay: float = 0.9995
    """... by this factor every step"""
    memory: int = 1000
    """transitions in the replay memory"""
    batch: int = 64
    """transitions a gradient step learns from"""
    learning_starts: int = 500
    """steps before the first gradient step"""
    learn_every: int = 64
    """environment steps between two bursts of learning"""
    gradient_steps: int = 64
    """gradient steps in a burst"""
    target_every: int = 100
    """steps between two copies of the network into the target network; 0 copies at the end of every episode"""
    target_network: bool = True
    """without it, the network is its own target"""
    loss: Literal["huber", "squared"] = "huber"
    """of the TD error"""
    prioritised: bool = False
    """replay what surprised most, instead of uniformly"""
    reward_scale: float | None = None
    """learn from the raw reward times this; CartPole: 0, because only the fall counts; elsewhere 1"""
    fall_penalty: float | None = None
    """subtracted from the reward of the step that terminates; CartPole: 1, elsewhere 0"""


class DQNAgent(ValueAgent):
    """Epsilon-greedy on a network that learns in bursts: many gradient steps in one compiled call.

    online, target: Keras models, states [n, inputs] -> action values [n, actions]. acting: the NumPy copy of online.
    """

    remembered = ("online", "target", "optimizer", "memory", "generator", "epsilon", "td_error")

    def __init__(self, inputs: int, actions: int, options: Options, generator: np.random.Generator) -> None:
        self.actions, self.options, self.generator = actions, options, generator
        self.online = self.network(inputs, actions)
        self.target = self.network(inputs, actions) if options.target_network else self.online
        self.target.set_weights(self.online.get_weights())
        self.optimizer = keras.optimizers.Adam(options.learning_rate)
        self.optimizer.build(self.online.trainable_variables)
        buffer = PrioritisedReplayBuffer if options.prioritised else ReplayBuffer
        self.memory = buffer(options.memory, inputs, options.n_step, options.discount)
        self.acting = self.player(self.online.get_weights())
        self.burst = tf.function(self.gradient_steps, autograph=False)

    def network(self, inputs: int, actions: int) -> Any:
        """Q(s, .) as a Keras model."""
        return dense_network(inputs, self.options.hidden, actions, self.generator, self.options.initializer)

    def act(self, state: np.ndarray) -> int:
        """Explore with probability epsilon, else take the action of the highest value."""
        self.epsilon = max(self.options.epsilon_end, self.epsilon * self.options.epsilon_decay)
        if self.generator.random() < self.epsilon:
            return int(self.generator.integers(self.actions))
        return int(self.acting(state).argmax())

    def learn(self, step: int, episode_ended: bool) -> None:
        """Every `learn_every` steps a burst of gradient steps; now and then a new target network."""
        o = self.options
        if step < o.learning_starts:
            return
        if step % o.learn_every == 0:
            batches = self.memory.sample(o.gradient_steps, o.batch, self.generator)
            errors = self.burst(*batches).numpy()
            self.memory.learned(errors)
            self.learned(errors)
        if o.target_network and (step % o.target_every == 0 if o.target_every else episode_ended):
            self.target.set_weights(self.online.get_weights())

    def gradient_steps(self, *batches: Any) -> Any:
        """One gradient step a batch, one after the other; returns the TD errors [count, size]."""
        return tf.map_fn(self.gradient_step, batches, fn_output_signature=tf.float32, parallel_iterations=1)

    def gradient_step(self, batch: Any) -> Any:
        """Move Q(s, a) towards its target, which is a constant; returns the TD errors [size]."""
        state, action, reward, next_state, factor, weight = batch
        # y = R + discount^n * Q_target(s', best a'), factor being 0 where the episode terminated
        target = reward + factor * self.next_value(next_state)
        with tf.GradientTape() as tape:
            error = target - tf.gather(self.online(state), action, axis=1, batch_dims=1)
            loss = tf.reduce_mean(weight * self.penalty(error))
        gradient = tape.gradient(loss, self.online.trainable_variables)
        self.optimizer.apply(gradient, self.online.trainable_variables)
        return error

    def next_value(self, next_state: Any) -> Any:
        """max_a' Q_target(s', a') for a batch of next states."""
        return tf.reduce_max(self.target(next_state), axis=1)

    def penalty(self, error: Any) -> Any:
        """error^2 / 2, with the Huber loss only up to an error of 1 and linear beyond."""
        if self.options.loss == "squared":
            return 0.5 * error**2
        size = tf.abs(error)
        return tf.where(size < 1.0, 0.5 * error**2, size - 0.5)


def train(env: gym.Env[Any, Any], agent: DQNAgent, run: Run) -> None:
    """The loop of the chapter."""
    scale, penalty = learning_reward(run.options)
    state, _ = env.reset()
    for step in run.steps():
        action = agent.act(state)
        next_state, reward, terminated, truncated, _ = env.step(action)
        learned = scale * float(reward) - penalty * terminated
        agent.memory.add(state, action, learned, next_state, terminated, truncated)
        agent.learn(step, terminated or truncated)
        state = next_state
        if terminated or truncated:
            state, _ = env.reset()


def learning_reward(options: Options) -> tuple[float, float]:
    """What the raw reward is multiplied with, and what termination costs, for the agent to learn from."""
    scale, penalty = (0.0, 1.0) if options.env.startswith("CartPole") else (1.0, 0.0)
    given_scale, given_penalty = options.reward_scale, options.fall_penalty
    return (scale if given_scale is None else given_scale, penalty if given_penalty is None else given_penalty)


def main(options: Options, chapter: str = "dqn", agent_class: type[DQNAgent] = DQNAgent) -> int:
    """Play the demo, or train."""
    check_value_options(options)
    if options.demo:
        return play(
            chapter, options, agent_class.player, lambda env: agent_class.shapes(*sizes(env), hidden=options.hidden)
        )
    run = Run(chapter, options)
    env = run.environment()
    agent = agent_class(*sizes(env), run.options, run.generator)
    run.begin(agent)
    train(env, agent, run)
    return run.finish()


if __name__ == "__main__":
    launch(main, Options)
