"""Q actor-critic: the critic learns what each action is worth, and weights the policy's gradient with that.

    grad J  =  E[ Q(S, A) * grad log pi(A|S) ]        Q(S, A) <- R + discount * sum_a pi(a|S') Q(S', a)
    --advantage subtracts V(S) = sum_a pi(a|S) Q(S, a) from the weight

Sutton et al. (2000), Policy gradient methods with function approximation, theorem 1; the critic is Expected SARSA
(Sutton & Barto 2018, section 6.6), which needs no second draw of the next action.
    python deep/q_actor_critic.py                       train on CartPole-v1 until it is solved
    python deep/q_actor_critic.py --advantage           weight with Q - V instead of Q
    python deep/q_actor_critic.py --demo                watch the weights that come with the course
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from common.options import Count, Fraction, Rate, Sizes
from common.runs.run import Run
from deep.parts.agent import Agent, Array
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.launch import launch
from deep.parts.lazy import keras, tf
from deep.parts.learning_options import LearningOptions
from deep.parts.policies import entropy, log_probability, sample

import gymnasium as gym
import numpy as np


@dataclass(frozen=True)
class Options(LearningOptions):
    """Q actor-critic, every step weighted by the estimated value of its action."""

    evaluate_every: Count = 500
    hidden: Sizes = (32,)
    learning_rate: Rate = 2e-4
    critic_learning_rate: Rate = 1e-2
    """of the value network's Adam"""
    discount: Fraction = 0.95
    advantage: bool = False
    """weight with Q(s, a) - V(s), how much better than the policy's average, instead of Q(s, a)"""


class QActorCritic(Agent):
    """A policy network: states [n, inputs] -> logits [n, actions], and a critic: states -> values [n, actions]."""

    roles: ClassVar = {"policy": "actor", "q": "critic"}

    def __init__(self, inputs: int, actions: int, options: Options, generator: np.random.Generator) -> None:
        self.options, self.generator = options, generator
        self.actor, self.critic = self.network(inputs, actions), self.network(inputs, actions)
        self.optimizer = keras.optimizers.Adam(options.learning_rate)
        self.critic_optimizer = keras.optimizers.Adam(options.critic_learning_rate)

    def network(self, inputs: int, outputs: int) -> Any:
        """States [n, inputs] -> [n, outputs]. With tanh, more seeds are solved than with ReLU, and sooner."""
        hidden = [keras.layers.Dense(size, "tanh") for size in self.options.hidden]
        return keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(outputs)])

    def act(self, state: Array) -> int:
        """Draw an action from pi(.|s)."""
        return int(sample(self.predict(self.actor, state), self.generator))

    @compiled
    def update(self, state: Tensor, action: Tensor, reward: Tensor, next_state: Tensor, terminated: Tensor) -> Numbers:
        """After every step, one step of each network; the transition is not kept."""
        state, next_state, action = state[None], next_state[None], action[None]
        # y = R + discount * sum_a pi(a|S') Q(S', a), a constant, or the critic would move its own goal
        next_value = tf.reduce_sum(tf.nn.softmax(self.actor(next_state)) * self.critic(next_state), axis=1)
        target = reward + self.options.discount * (1 - terminated) * next_value
        with tf.GradientTape() as tape:
            action_values = self.critic(state)
            # delta = y - Q(S, A)
            td_error = target - tf.gather(action_values, action, axis=1, batch_dims=1)
            value_error = tf.reduce_mean(tf.square(td_error))
        gradient = tape.gradient(value_error, self.critic.trainable_variables)
        self.critic_optimizer.apply(gradient, self.critic.trainable_variables)
        with tf.GradientTape() as tape:
            logits = self.actor(state)
            # Q(S, A), or Q(S, A) - sum_a pi(a|S) Q(S, a)
            value = tf.reduce_sum(tf.nn.softmax(logits) * action_values, axis=1) if self.options.advantage else 0.0
            weight = tf.stop_gradient(tf.gather(action_values, action, axis=1, batch_dims=1) - value)
            loss = -tf.reduce_sum(weight * log_probability(logits, action))
        gradient = tape.gradient(loss, self.actor.trainable_variables)
        self.optimizer.apply(gradient, self.actor.trainable_variables)
        return {"entropy": tf.reduce_mean(entropy(logits)), "td_error": td_error[0]}


def train(env: gym.Env[Any, Any], agent: QActorCritic, run: Run) -> None:
    """The loop of the chapter."""
    state, _ = env.reset()
    for _ in run.steps():
        action = agent.act(state)
        next_state, reward, terminated, truncated, _ = env.step(action)
        agent.update(state, action, reward, next_state, terminated)
        state = next_state
        if terminated or truncated:
            state, _ = env.reset()


if __name__ == "__main__":
    launch("q_actor_critic", Options, QActorCritic, train)
