"""How much the gradient scatters from episode to episode, for the four weights of the ladder, at the same policy.

    python benchmarks/variance.py         about two minutes; writes benchmarks/results/variance.csv and
                                          deep/images/variance.png, and prints the table of the page

A policy is trained with deep/reinforce_baseline.py and stopped a few times. At each stop it is frozen; a value network
is fitted to the returns of fresh episodes, and for each of many more episodes the gradient of the sum over t of
weight_t * log pi(A_t|S_t) is computed with each weight: G(tau), G_t, G_t - V(S_t), and the TD error. The variance is
that of the gradient of one episode, summed over the policy's parameters. Rewards are not discounted, so that the first
three have the same mean, and the fourth too as far as V is right.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from benchmarks.parts.chapter_process import ROOT
from common.files import check_writable
from common.options import Bounds, CheckedOptions, Count, launch
from common.runs.curves import Line, save_csv, save_curve
from common.runs.run_options import RunOptions
from deep.parts.agent import Agent, Array
from deep.parts.compiled import Numbers, Tensor, compiled
from deep.parts.episodes import Episode, EpisodeMemory
from deep.parts.lazy import keras, tf
from deep.parts.policies import log_probability
from deep.parts.returns import discounted_returns, td_errors
from deep.reinforce_baseline import Options as TrainingOptions
from deep.reinforce_baseline import ReinforceBaseline

import gymnasium as gym
import numpy as np

WEIGHTS = ("G(tau)", "G_t", "G_t - V(S_t)", "TD error")


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Measure the variance of the policy gradient."""

    seed: int = 0
    """the one number behind all randomness"""
    stops: tuple[int, ...] = (0, 1000, 2000, 4000, 6000)
    """environment steps of training after which the policy is frozen"""
    episodes: Annotated[int, Bounds(2)] = 400
    """episodes whose gradients are compared at each stop"""
    fitting_episodes: Count = 200
    """episodes to which the value network is fitted at each stop"""
    table: Path = ROOT / "benchmarks" / "results" / "variance.csv"
    """where the table goes"""
    picture: Path = ROOT / "deep" / "images" / "variance.png"
    """where the figure goes"""


def train_until(env: gym.Env[Any, Any], agent: ReinforceBaseline, steps: int) -> None:
    """Train as the chapter does, for whole episodes of at least this many steps together."""
    while steps > 0:
        episode = play(env, agent, agent.memory)
        agent.learn()
        steps -= len(episode.rewards)


def play(env: gym.Env[Any, Any], agent: ReinforceBaseline, memory: EpisodeMemory) -> Episode:
    """Play one episode into a memory."""
    state, _ = env.reset(seed=int(agent.generator.integers(2**31)))
    ended = False
    while not ended:
        action = agent.act(state)
        next_state, reward, terminated, truncated, _ = env.step(action)
        memory.add(state, action, reward, next_state, terminated, truncated)
        state, ended = next_state, terminated or truncated
    return memory.ended[-1]


class ValueFit(Agent):
    """A value network, fitted to the undiscounted returns of whatever episodes it is given."""

    roles: ClassVar = {"value": "critic"}

    def __init__(self, inputs: int, actions: int, options: RunOptions, generator: np.random.Generator) -> None:
        self.options, self.generator = options, generator
        hidden = [keras.layers.Dense(64, "tanh"), keras.layers.Dense(64, "tanh")]
        self.critic = keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(1)])
        self.optimizer = keras.optimizers.Adam(3e-3)
        self.scale = 1.0

    def fit(self, episodes: list[Episode]) -> None:
        """3,000 gradient steps on these episodes."""
        states = np.concatenate([episode.states for episode in episodes])
        returns = np.concatenate([discounted_returns(episode.rewards, 1.0) for episode in episodes])
        self.scale = float(returns.std())
        batches = self.generator.integers(len(states), size=(3000, 256))
        self.update.each(states[batches], returns[batches] / self.scale)

    @compiled
    def update(self, states: Tensor, targets: Tensor) -> Numbers:
        """One step towards the least squared error."""
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(targets - self.critic(states)[:, 0]))
        gradient = tape.gradient(loss, self.critic.trainable_variables)
        self.optimizer.apply(gradient, self.critic.trainable_variables)
        return {"loss": loss}

    def values(self, states: Array) -> Array:
        """V(s) of states [n, inputs]."""
        return np.asarray(self.scale * self.predict(self.critic, states)[:, 0])


def weights_of(episode: Episode, fitted: ValueFit) -> Array:
    """[4, T] the weight of each step's log-probability on each rung."""
    returns = discounted_returns(episode.rewards, 1.0)
    value = fitted.values(np.concatenate([episode.states, episode.last_state[None]]))
    ends = np.arange(len(returns)) == len(returns) - 1  # the time limit ends the sum of rewards like a fall
    errors = td_errors(episode.rewards, value[:-1], value[1:], ends, 1.0)
    return np.stack([np.full_like(returns, returns[0]), returns, returns - value[:-1], errors])


def gradients(agent: ReinforceBaseline, episodes: list[Episode], fitted: ValueFit) -> Array:
    """[4, episodes, parameters] the gradient that each episode alone would give."""
    variables = agent.actor.trainable_variables
    inputs = int(agent.actor.inputs[0].shape[1])

    @tf.function(
        input_signature=[tf.TensorSpec([None, inputs]), tf.TensorSpec([None], tf.int64), tf.TensorSpec([4, None])]
    )
    def gradient(states: Tensor, actions: Tensor, weights: Tensor) -> Tensor:
        with tf.GradientTape(persistent=True) as tape:
            log_probabilities = log_probability(agent.actor(states), actions)
            objectives = [tf.reduce_sum(weights[rung] * log_probabilities) for rung in range(len(WEIGHTS))]
        parts = [tape.gradient(objective, variables) for objective in objectives]
        return tf.stack([tf.concat([tf.reshape(part, [-1]) for part in rung], axis=0) for rung in parts])

    each = [gradient(e.states, e.actions, np.float32(weights_of(e, fitted))).numpy() for e in episodes]
    return np.stack(each, axis=1).astype(np.float64)


def variance_with_interval(gradient: np.ndarray, generator: np.random.Generator) -> tuple[float, float, float]:
    """The variance of gradients [episodes, parameters], summed over the parameters, and its 95 % bootstrap interval."""
    squares = np.square(gradient - gradient.mean(axis=0)).sum(axis=1)
    draws = generator.integers(len(squares), size=(2000, len(squares)))
    low, high = np.quantile(squares[draws].mean(axis=1), (0.025, 0.975))
    return float(squares.sum() / (len(squares) - 1)), float(low), float(high)


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    """Of the angle between two vectors."""
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


def main(options: Options) -> None:
    """Measure at each stop; write the table and the picture; print the page's table."""
    check_writable(options.table)
    check_writable(options.picture)
    generator = np.random.default_rng(options.seed)
    env = gym.make("CartPole-v1")
    keras.utils.set_random_seed(options.seed)
    agent = ReinforceBaseline(4, 2, TrainingOptions(), generator)
    fitted = ValueFit(4, 2, TrainingOptions(), generator)
    rows: list[dict[str, Any]] = []
    trained = 0
    for stop in sorted(options.stops):
        train_until(env, agent, stop - trained)
        trained = stop
        fresh = EpisodeMemory()
        for _ in range(options.fitting_episodes + options.episodes):
            play(env, agent, fresh)
        episodes = fresh.take()
        fitted.fit(episodes[: options.fitting_episodes])
        measured = episodes[options.fitting_episodes :]
        gradient = gradients(agent, measured, fitted)
        mean_return = float(np.mean([episode.rewards.sum() for episode in measured]))
        print(f"\nafter {stop:,} steps of training, mean return {mean_return:.0f}:")
        print("| weight | variance | against the TD error's | direction of the mean, against G_t - V |")
        print("|---|---:|---:|---:|")
        variances = [variance_with_interval(of_weight, generator) for of_weight in gradient]
        for weight, (variance, low, high), of_weight in zip(WEIGHTS, variances, gradient, strict=True):
            angle = cosine(of_weight.mean(axis=0), gradient[2].mean(axis=0))
            print(f"| {weight} | {variance:,.3g} | {variance / variances[-1][0]:,.3g} | {angle:.2f} |")
            rows.append(
                {
                    "training_steps": stop,
                    "mean_return": round(mean_return, 1),
                    "weight": weight,
                    "variance": variance,
                    "low": low,
                    "high": high,
                    "cosine_of_mean": round(angle, 4),
                    "episodes": len(measured),
                }
            )
    save_csv(options.table, {name: [row[name] for row in rows] for name in rows[0]})
    save_picture(options.picture, rows)
    print(f"\nwritten: {options.table} and {options.picture}")


def save_picture(path: Path, rows: list[dict[str, Any]]) -> None:
    """The variances over the policy's mean return, on a logarithmic axis."""
    lines = []
    for weight in WEIGHTS:
        of_weight = sorted((row for row in rows if row["weight"] == weight), key=lambda row: row["mean_return"])
        x, y, low, high = ([row[name] for row in of_weight] for name in ("mean_return", "variance", "low", "high"))
        lines.append(Line(weight, x, y, low, high))
    title = "Variance of the gradient of one episode, at the same policy (CartPole-v1)"
    save_curve(path, title, "mean return of the policy", "variance, summed over the parameters", lines, log_y=True)


if __name__ == "__main__":
    launch(main, Options)
