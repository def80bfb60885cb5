"""REINFORCE with a baseline: an action becomes more likely by as much as its return was better than expected.

    grad J  =  E[ sum_t  (G_t - V(S_t)) * grad log pi(A_t|S_t) ]      V, a network of its own, learns E[G_t | S_t]

Williams (1992), Simple statistical gradient-following algorithms; Sutton & Barto (2018), section 13.4.
    python deep/reinforce_baseline.py                   train on CartPole-v1 until it is solved
    python deep/reinforce_baseline.py --demo            watch the weights that come with the course
    python deep/reinforce_baseline.py --env Acrobot-v1  any environment with a vector observation and discrete actions
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
from deep.parts.episodes import Episode, EpisodeMemory
from deep.parts.lazy import keras, tf
from deep.parts.networks import sizes
from deep.parts.policies import ActingActorCritic, PolicyAgent, actor_critic_shapes, check_policy_options, tanh_network
from deep.parts.returns import discounted_returns
from deep.parts.sampling import entropy, log_probability, sample

CHAPTER = Path(__file__).stem


@dataclass(frozen=True)
class Options(RunOptions):
    """REINFORCE with a baseline, every step weighted by its return minus the value of its state."""

    steps: int = 300_000
    """environment steps after which training gives up"""
    hidden: tuple[int, ...] = (32,)
    """sizes of the hidden layers"""
    learning_rate: float = 5e-3
    """of the policy's Adam"""
    critic_learning_rate: float = 1e-2
    """of the value network's Adam"""
    discount: float = 0.998
    """what a reward one step later is worth; 1 / (1 - 0.998) = 500, the steps of a full episode"""
    episodes_per_update: int = 4
    """episodes over which one gradient is averaged"""


class Agent(PolicyAgent):
    """A policy network, states [n, inputs] -> logits [n, actions], and a value network, states -> values [n, 1]."""

    remembered = ("actor", "critic", "optimizer", "critic_optimizer", "memory", "generator", "entropy", "value_error")
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
        self.memory = EpisodeMemory()
        self.acting = self.player(self.weights())
        batch = [tf.TensorSpec([None, inputs]), tf.TensorSpec([None], tf.int64), *[tf.TensorSpec([None])] * 2]
        self.ascend = Compiled(self.gradient_step, batch)
        self.entropy, self.value_error = 0.0, 0.0

    def act(self, state: np.ndarray) -> int:
        """Draw an action from pi(.|s)."""
        return int(sample(self.acting.probabilities(state), self.generator))

    def returns(self, episode: Episode) -> np.ndarray:
        """[T] what came after each step; an episode that was only cut off goes on with the value of its last state."""
        bootstrap = 0.0 if episode.terminated else float(self.acting.values(episode.last_state))
        # G_t = R_{t+1} + discount * G_{t+1}: an action is paid only for what comes after it
        return discounted_returns(episode.rewards, self.options.discount, bootstrap)

    def learn(self) -> None:
        """After every few episodes, one step along the gradient that they estimate; then they are forgotten."""
        if len(self.memory) < self.options.episodes_per_update:
            return
        episodes = self.memory.take()
        states = np.concatenate([episode.states for episode in episodes])
        actions = np.concatenate([episode.actions for episode in episodes])
        returns = np.concatenate([self.returns(episode) for episode in episodes])
        # G_t - V(S_t): the better-than-expected part; subtracting V changes the gradient's variance, not its mean
        credits = returns - self.acting.values(states)
        batch = states, actions, np.float32(credits / len(episodes)), np.float32(returns)
        numbers, trained = self.ascend(*batch)
        self.entropy, self.value_error = numbers.numpy().tolist()
        self.refresh(trained)

    def gradient_step(self, states: Any, actions: Any, credits: Any, returns: Any) -> Any:
        """One step of each network; credits and returns are constants.

        Returns the policy's mean entropy and the squared error of V, and the new weights."""
        with tf.GradientTape() as tape:
            logits = self.actor(states)
            # J ~ mean over episodes of sum_t credit_t * log pi(A_t|S_t); a loss is minus an objective
            loss = -tf.reduce_sum(credits * log_probability(logits, actions))
        gradient = tape.gradient(loss, self.actor.trainable_variables)
        self.optimizer.apply(gradient, self.actor.trainable_variables)
        with tf.GradientTape() as tape:
            # V(S_t) moves towards G_t: mean squared error
            value_error = tf.reduce_mean(tf.square(returns - self.critic(states)[:, 0]))
        gradient = tape.gradient(value_error, self.critic.trainable_variables)
        self.critic_optimizer.apply(gradient, self.critic.trainable_variables)
        return tf.stack([tf.reduce_mean(entropy(logits)), value_error]), self.trained()

    def status(self) -> dict[str, float]:
        """How undecided the policy is, in nats (ln(actions) when it draws blindly), and how far off the values are."""
        return {"entropy": self.entropy, "value_error": self.value_error}


def train(env: gym.Env[Any, Any], agent: Agent, run: Run) -> None:
    """The loop of the chapter."""
    state, _ = env.reset()
    for _ in run.steps():
        action = agent.act(state)
        next_state, reward, terminated, truncated, _ = env.step(action)
        agent.memory.add(state, action, reward, next_state, terminated, truncated)
        state = next_state
        if terminated or truncated:
            agent.learn()
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
