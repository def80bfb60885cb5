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
from deep.parts.policies import ActingQActorCritic, PolicyAgent, actor_critic_shapes, check_policy_options, tanh_network
from deep.parts.sampling import entropy, log_probability, sample

CHAPTER = Path(__file__).stem


@dataclass(frozen=True)
class Options(RunOptions):
    """Q actor-critic, every step weighted by the estimated value of its action."""

    steps: int = 300_000
    """environment steps after which training gives up"""
    evaluate_every: int = 500
    """environment steps between two greedy evaluations"""
    hidden: tuple[int, ...] = (32,)
    """sizes of the hidden layers"""
    learning_rate: float = 2e-4
    """of the policy's Adam"""
    critic_learning_rate: float = 1e-2
    """of the value network's Adam"""
    discount: float = 0.95
    """what a reward one step later is worth"""
    advantage: bool = False
    """weight with Q(s, a) - V(s), how much better than the policy's average, instead of Q(s, a)"""


class Agent(PolicyAgent):
    """A policy network, states [n, inputs] -> logits [n, actions], and a value network, states -> [n, actions]."""

    remembered = ("actor", "critic", "optimizer", "critic_optimizer", "generator", "entropy", "td_error")
    player = ActingQActorCritic

    def __init__(self, inputs: int, actions: int, options: Options, generator: np.random.Generator) -> None:
        self.options, self.generator = options, generator
        self.actor = tanh_network(inputs, options.hidden, actions, generator)
        self.critic = tanh_network(inputs, options.hidden, actions, generator)
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
        # y = R + discount * sum_a pi(a|S') Q(S', a), a constant, or the critic would move its own goal
        next_value = tf.reduce_sum(tf.nn.softmax(self.actor(next_state)) * self.critic(next_state), axis=1)
        target = reward + self.options.discount * goes_on * next_value
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
            credit = tf.gather(action_values, action, axis=1, batch_dims=1) - value
            # the credit is to the policy a number like any other
            loss = -tf.reduce_sum(tf.stop_gradient(credit) * log_probability(logits, action))
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
        return play(CHAPTER, options, Agent.player, lambda env: actor_critic_shapes(*sizes(env), hidden=options.hidden))
    run = Run(CHAPTER, options)
    env = run.environment()
    agent = Agent(*sizes(env), run.options, run.generator)
    run.begin(agent)
    train(env, agent, run)
    return run.finish()


if __name__ == "__main__":
    launch(main, Options)
