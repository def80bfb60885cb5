"""Advantage actor-critic (A2C): several environments at once, and advantages that look a few steps ahead.

    grad J  =  E[ A_t * grad log pi(A_t|S_t)  +  beta * grad H(pi(.|S_t)) ]       H, the entropy, keeps pi from settling
    A_t  =  delta_t + discount * lambda * A_{t+1}                                 delta_t, the TD error; lambda, --trace

Mnih et al. (2016), Asynchronous methods for deep reinforcement learning; Schulman et al. (2016), equation 16.
    python deep/a2c.py                                           train on CartPole-v1 until it is solved
    python deep/a2c.py --demo                                    watch the weights that come with the course
    python deep/a2c.py --environments 1 --rollout 10 --shared    the TD actor-critic of the course's notebooks
    python deep/a2c.py --env Pendulum-v1                         continuous actions; options for it in README.md
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np

from common.demo import play
from common.environments import make_environment
from common.options import launch
from common.run import Run
from common.run_options import RunOptions
from common.training_environment import TrainingEnvironments
from deep.parts.compilation import Compiled
from deep.parts.distributions import action_distribution
from deep.parts.lazy import keras, tf
from deep.parts.networks import observation_size
from deep.parts.policies import (
    ActingPolicyAndValue,
    PolicyAgent,
    check_policy_options,
    policy_and_value_shapes,
    tanh_network,
)
from deep.parts.returns import generalised_advantages
from deep.parts.rollout import Rollout

CHAPTER = Path(__file__).stem


@dataclass(frozen=True)
class Options(RunOptions):
    """Advantage actor-critic. The defaults solve CartPole-v1 in some 7,000 steps."""

    steps: int = 300_000
    """environment steps after which training gives up"""
    evaluate_every: int = 500
    """environment steps between two greedy evaluations"""
    environments: int = 4
    """environments that step together"""
    rollout: int = 16
    """steps of each environment between two updates"""
    shared: bool = False
    """one network whose last layer has both heads, policy and value, instead of two networks"""
    hidden: tuple[int, ...] = (64,)
    """sizes of the hidden layers"""
    learning_rate: float = 3e-3
    """of the policy's Adam, and of a shared network's"""
    critic_learning_rate: float = 1e-2
    """of the value network's Adam"""
    discount: float = 0.99
    """what a reward one step later is worth"""
    trace: float = 1.0
    """lambda: 0 trusts the values after one step, 1 only at the end of the rollout"""
    normalise: bool = True
    """give the advantages of a rollout mean 0 and standard deviation 1"""
    entropy_bonus: float = 0.0
    """beta: what a nat of entropy is worth"""
    value_coefficient: float = 0.5
    """weight of the value's squared error in the loss"""
    gradient_norm: float = 0.5
    """longer gradients are shortened to this length"""
    reward_scale: float = 1.0
    """what rewards are multiplied with to learn from; the scores stay raw"""


class Agent(PolicyAgent):
    """A policy and a value network, or one network for both; rollout: what was played since the last update."""

    remembered = (
        *("actor", "critic", "optimizer", "critic_optimizer", "rollout", "generator", "entropy", "value_error"),
    )

    def __init__(self, env: gym.vector.VectorEnv, options: Options, generator: np.random.Generator) -> None:
        self.options, self.generator = options, generator
        inputs = observation_size(env.single_observation_space, options.env)
        self.distribution = action_distribution(env.single_action_space, options.env)
        size = self.distribution.size
        self.actor = tanh_network(inputs, options.hidden, size + options.shared, generator)
        self.critic = self.actor if options.shared else tanh_network(inputs, options.hidden, 1, generator)
        self.networks = [self.actor] if options.shared else [self.actor, self.critic]
        self.optimizer = keras.optimizers.Adam(options.learning_rate, global_clipnorm=options.gradient_norm)
        self.optimizer.build(self.actor.trainable_variables)
        self.critic_optimizer = keras.optimizers.Adam(
            options.critic_learning_rate, global_clipnorm=options.gradient_norm
        )
        self.critic_optimizer.build(self.critic.trainable_variables)
        kind = self.distribution
        self.rollout = Rollout(options.rollout, env.num_envs, inputs, kind.action_shape, kind.action_type)
        self.player = partial(ActingPolicyAndValue, kind, options.shared)
        self.acting = self.player(self.weights())
        actions = tf.TensorSpec([None, *kind.action_shape], kind.action_type)
        batch = [tf.TensorSpec([None, inputs]), actions, tf.TensorSpec([None]), tf.TensorSpec([None])]
        self.ascend = Compiled(self.gradient_step, batch)
        self.entropy, self.value_error = 0.0, 0.0

    def act(self, states: np.ndarray) -> np.ndarray:
        """Draw an action for each environment."""
        return self.acting.sample(states, self.generator)

    def learn(self, last_states: np.ndarray) -> None:
        """After every rollout, one update; last_states [n, inputs] are where it ended."""
        o, rollout = self.options, self.rollout
        # An environment restarts by itself one step after its end: what follows a step is always its true next state
        values = self.acting.values(np.concatenate([rollout.states, last_states[None]]))
        ends = rollout.terminated, rollout.truncated
        # A_t = delta_t + discount * lambda * A_{t+1}
        advantages = generalised_advantages(
            o.reward_scale * rollout.rewards, values[:-1], values[1:], *ends, o.discount, o.trace
        )
        returns = advantages + values[:-1]
        played = rollout.played
        credits = advantages[played]
        if o.normalise:
            credits = (credits - credits.mean()) / (credits.std() + 1e-8)
        batch = rollout.states[played], rollout.actions[played], np.float32(credits), np.float32(returns[played])
        numbers, trained = self.ascend(*batch)
        self.entropy, self.value_error = numbers.numpy().tolist()
        self.refresh(trained)

    def gradient_step(self, states: Any, actions: Any, credits: Any, returns: Any) -> Any:
        """One step of all networks; credits and returns are constants.

        Returns the policy's mean entropy and the squared error of V, and the new weights."""
        o = self.options
        with tf.GradientTape() as tape:
            # A shared network's last output is the value, the others are the policy's
            policy, value = self.actor(states)[:, : self.distribution.size], self.critic(states)[:, -1]
            # J ~ mean over steps of A_t * log pi(A_t|S_t)
            objective = tf.reduce_mean(credits * self.distribution.log_probability(policy, actions))
            mean_entropy = tf.reduce_mean(self.distribution.entropy(policy))
            # V(S_t) moves towards A_t + V(S_t), what the rollout says the state is worth
            value_error = tf.reduce_mean(tf.square(returns - value))
            loss = -objective - o.entropy_bonus * mean_entropy + o.value_coefficient * value_error
        gradients = tape.gradient(loss, [network.trainable_variables for network in self.networks])
        self.optimizer.apply(gradients[0], self.actor.trainable_variables)
        if not o.shared:
            self.critic_optimizer.apply(gradients[1], self.critic.trainable_variables)
        return tf.stack([mean_entropy, value_error]), self.trained()

    def status(self) -> dict[str, float]:
        """How undecided the policy is, in nats (ln(actions) when it draws blindly), and how far off the values are."""
        return {"entropy": self.entropy, "value_error": self.value_error}


def train(envs: TrainingEnvironments, agent: Agent, run: Run) -> None:
    """The loop of the chapter."""
    states, _ = envs.reset()
    for _ in run.steps(envs.num_envs):
        actions = agent.act(states)
        next_states, rewards, terminated, truncated, _ = envs.step(agent.distribution.to_environment(actions))
        agent.rollout.add(states, actions, rewards, terminated, truncated, envs.restarted)
        states = next_states
        if agent.rollout.full:
            agent.learn(states)


def main(options: Options) -> int:
    """Play the demo, or train."""
    check_policy_options(options)
    if options.demo:
        return demo(options)
    run = Run(CHAPTER, options)
    envs = run.environments(run.options.environments)
    agent = Agent(envs, run.options, run.generator)
    run.begin(agent)
    train(envs, agent, run)
    return run.finish()


def demo(options: Options) -> int:
    """Play trained weights; which numbers they are depends on the environment's actions."""
    distribution = action_distribution(make_environment(options.env).action_space, options.env)

    def shapes(env: gym.Env[Any, Any]) -> list[tuple[int, ...]]:
        inputs = observation_size(env.observation_space, options.env)
        return policy_and_value_shapes(inputs, distribution.size, options.shared, options.hidden)

    return play(CHAPTER, options, partial(ActingPolicyAndValue, distribution, options.shared), shapes)


if __name__ == "__main__":
    launch(main, Options)
