"""Actor-critic: no waiting for the end of an episode; every step is judged at once by the value of where it led.

    grad J  =  E[ delta * grad log pi(A|S) ]          delta = R + discount * V(S') - V(S)      terminated: V(S') is 0

Barto, Sutton & Anderson (1983); Sutton & Barto (2018), section 13.5.
    python deep/actor_critic.py                         train on CartPole-v1 until it is solved
    python deep/actor_critic.py --demo                  watch the weights that come with the course
    python deep/actor_critic.py --env Acrobot-v1        any environment with a vector observation and discrete actions
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np

from common.demo import play
from common.options import launch
from common.run import Run
from common.run_options import RunOptions
from deep.parts.compilation import Compiled
from deep.parts.lazy import keras, tf
from deep.parts.networks import sizes
from deep.parts.policies import ActingActorCritic, PolicyAgent, actor_critic_shapes, check_policy_options, tanh_network
from deep.parts.sampling import entropy, log_probability, sample

CHAPTER = Path(__file__).stem


@dataclass(frozen=True)
class Options(RunOptions):
    """One-step actor-critic, every step weighted by its temporal-difference error."""

    steps: int = 300_000
    """environment steps after which training gives up"""
    hidden: tuple[int, ...] = (32,)
    """sizes of the hidden layers"""
    learning_rate: float = 1e-3
    """of the policy's Adam"""
    critic_learning_rate: float = 5e-3
    """of the value network's Adam"""
    discount: float = 0.99
    """what a reward one step later is worth"""


class Agent(PolicyAgent):
    """A policy network, states [n, inputs] -> logits [n, actions], and a value network, states -> values [n, 1]."""

    remembered = ("actor", "critic", "optimizer", "critic_optimizer", "generator", "entropy", "td_error")
    player = ActingActorCritic

    def __init__(self, inputs: int, actions: int, options: Options, generator: np.random.Generator) -> None:
        self.options, self.generator = options, generator
        self.actor = tanh_network(inputs, options.hidden, actions, generator)
        self.critic = tanh_network(inputs, options.hidden, 1, generator)
        self.networks = [self.actor, self.critic]
        self.optimizer = keras.optimizers.Adam(options.learning_rate)
        self.optimizer.build(self.actor.trainable_variables)
        self.critic_optimizer = keras.optimizers.Adam(options.critic_learning_rate)
        self.critic_optimizer.build(self.critic.trainable_variables)
        self.acting = self.player(self.weights())
        state, number, action = tf.TensorSpec([inputs]), tf.TensorSpec([]), tf.TensorSpec([], tf.int64)
        transition = [state, action, number, state, number]
        self.ascend = Compiled(self.gradient_step, transition)
        self.entropy, self.td_error = 0.0, 0.0

    def act(self, state: np.ndarray) -> int:
        """Draw an action from pi(.|s)."""
        return int(sample(self.acting.probabilities(state), self.generator))

    def learn(self, state: np.ndarray, action: int, reward: Any, next_state: np.ndarray, terminated: bool) -> None:
        """After every step, one step of both networks; the transition is not kept."""
        numbers, trained = self.ascend(state, action, float(reward), next_state, 1.0 - terminated)
        self.entropy, self.td_error = numbers.numpy().tolist()
        self.refresh(trained)

    def gradient_step(self, state: Any, action: Any, reward: Any, next_state: Any, goes_on: Any) -> Any:
        """One step of each network from one transition.

        Returns the policy's entropy and the TD error, and the new weights."""
        state, next_state, action = state[None], next_state[None], action[None]
        # y = R + discount * V(S'), computed outside the tape: a constant, or the critic would move its own goal
        target = reward + self.options.discount * goes_on * self.critic(next_state)[:, 0]
        with tf.GradientTape() as tape:
            # delta = R + discount * V(S') - V(S)
            td_error = target - self.critic(state)[:, 0]
            value_error = tf.reduce_mean(tf.square(td_error))
        gradient = tape.gradient(value_error, self.critic.trainable_variables)
        self.critic_optimizer.apply(gradient, self.critic.trainable_variables)
        with tf.GradientTape() as tape:
            logits = self.actor(state)
            # delta is to the policy a number like any other: it estimates the advantage of A over what pi does in S
            loss = -tf.reduce_sum(tf.stop_gradient(td_error) * log_probability(logits, action))
        gradient = tape.gradient(loss, self.actor.trainable_variables)
        self.optimizer.apply(gradient, self.actor.trainable_variables)
        return tf.stack([tf.reduce_mean(entropy(logits)), td_error[0]]), self.trained()

    def status(self) -> dict[str, float]:
        """How undecided the policy is, in nats (ln(actions) when it draws blindly), and the last TD error."""
        return {"entropy": self.entropy, "td_error": self.td_error}


def train(env: gym.Env[Any, Any], agent: Agent, run: Run) -> None:
    """The loop of the chapter."""
    state, _ = env.reset()
    for _ in run.steps():
        action = agent.act(state)
        next_state, reward, terminated, truncated, _ = env.step(action)
        agent.learn(state, action, reward, next_state, terminated)
        state = next_state
        if terminated or truncated:
            state, _ = env.reset()


def main(options: Options) -> int:
    """Play the demo, or train."""
    check_policy_options(options)
    if options.demo:
        return play(
            CHAPTER, options, Agent.player, lambda env: actor_critic_shapes(*sizes(env), 1, hidden=options.hidden)
        )
    run = Run(CHAPTER, options)
    env = run.environment()
    agent = Agent(*sizes(env), run.options, run.generator)
    run.begin(agent)
    train(env, agent, run)
    return run.finish()


if __name__ == "__main__":
    launch(main, Options)
