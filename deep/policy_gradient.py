"""The policy gradient, plain: every action of an episode becomes more likely by as much as the whole episode was worth.

    grad J  =  E[ sum_t  G(tau) * grad log pi(A_t|S_t) ]         J = E[G(tau)], the expected return of an episode tau

Williams (1992), Simple statistical gradient-following algorithms; Sutton & Barto (2018), section 13.2.
    python deep/policy_gradient.py                      train on CartPole-v1 until it is solved
    python deep/policy_gradient.py --demo               watch the weights that come with the course
    python deep/policy_gradient.py --env Acrobot-v1     any environment with a vector observation and discrete actions
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
from deep.parts.networks import layer_shapes, sizes
from deep.parts.policies import ActingPolicy, PolicyAgent, check_policy_options, tanh_network
from deep.parts.returns import discounted_returns
from deep.parts.sampling import entropy, log_probability, sample

CHAPTER = Path(__file__).stem


@dataclass(frozen=True)
class Options(RunOptions):
    """The plain policy gradient, every step weighted by the return of the whole episode."""

    steps: int = 300_000
    """environment steps after which training gives up"""
    hidden: tuple[int, ...] = (32,)
    """sizes of the hidden layers"""
    learning_rate: float = 5e-3
    """of the policy's Adam"""
    discount: float = 0.998
    """what a reward one step later is worth; 1 / (1 - 0.998) = 500, the steps of a full episode"""
    episodes_per_update: int = 4
    """episodes over which one gradient is averaged"""


class Agent(PolicyAgent):
    """A policy network: states [n, inputs] -> logits [n, actions]. The NumPy copy `acting` plays it."""

    remembered = ("actor", "optimizer", "memory", "generator", "entropy")
    player = ActingPolicy

    def __init__(self, inputs: int, actions: int, options: Options, generator: np.random.Generator) -> None:
        self.options, self.generator = options, generator
        self.actor = tanh_network(inputs, options.hidden, actions, generator)
        self.networks = [self.actor]
        self.optimizer = keras.optimizers.Adam(options.learning_rate)
        self.optimizer.build(self.actor.trainable_variables)
        self.memory = EpisodeMemory()
        self.acting = self.player(self.weights())
        batch = [tf.TensorSpec([None, inputs]), tf.TensorSpec([None], tf.int64), tf.TensorSpec([None])]
        self.ascend = Compiled(self.gradient_step, batch)
        self.entropy = 0.0

    def act(self, state: np.ndarray) -> int:
        """Draw an action from pi(.|s)."""
        return int(sample(self.acting.probabilities(state), self.generator))

    def credit(self, episode: Episode) -> np.ndarray:
        """[T] the weight of each step's log-probability."""
        # G(tau) = sum_k discount^k R_{k+1}, one number for the whole episode: it also pays for what came before
        return np.full(len(episode.rewards), discounted_returns(episode.rewards, self.options.discount)[0])

    def learn(self) -> None:
        """After every few episodes, one step along the gradient that they estimate; then they are forgotten."""
        if len(self.memory) < self.options.episodes_per_update:
            return
        episodes = self.memory.take()
        states = np.concatenate([episode.states for episode in episodes])
        actions = np.concatenate([episode.actions for episode in episodes])
        credits = np.concatenate([self.credit(episode) for episode in episodes])
        mean_entropy, trained = self.ascend(states, actions, np.float32(credits / len(episodes)))
        self.entropy = float(mean_entropy)
        self.refresh(trained)

    def gradient_step(self, states: Any, actions: Any, credits: Any) -> Any:
        """One step of the policy; credits are constants. Returns the policy's mean entropy and the new weights."""
        with tf.GradientTape() as tape:
            logits = self.actor(states)
            # J ~ mean over episodes of sum_t credit_t * log pi(A_t|S_t); a loss is minus an objective
            loss = -tf.reduce_sum(credits * log_probability(logits, actions))
        gradient = tape.gradient(loss, self.actor.trainable_variables)
        self.optimizer.apply(gradient, self.actor.trainable_variables)
        return tf.reduce_mean(entropy(logits)), self.trained()

    def status(self) -> dict[str, float]:
        """How undecided the policy is, in nats; ln(actions) when it draws blindly."""
        return {"entropy": self.entropy}


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
        return play(CHAPTER, options, Agent.player, lambda env: layer_shapes(*sizes(env), hidden=options.hidden))
    run = Run(CHAPTER, options)
    env = run.environment()
    agent = Agent(*sizes(env), run.options, run.generator)
    run.begin(agent)
    train(env, agent, run)
    return run.finish()


if __name__ == "__main__":
    launch(main, Options)
