"""The options that mean the same in every deep chapter; a chapter sets their defaults, one line each."""

from dataclasses import dataclass
from typing import ClassVar

from common.options import Count, Fraction, NotNegative, Positive, Rate, Sizes
from common.runs.run_options import RunOptions


@dataclass(frozen=True)
class LearningOptions(RunOptions):
    """What every deep agent learns with."""

    renamed: ClassVar = {
        "--trace": "--trace-decay",
        "--gradient-steps": "--learn-every",
        "--n-step": "n_step_dqn.py --n-step",
        "--prioritised": "prioritised_dqn.py",
        "--no-target-network": "--target-every 1",
        "--shared": "rollout_actor_critic.py",
    }

    hidden: Sizes = (64, 64)
    """sizes of the hidden layers"""
    learning_rate: Rate = 1e-3
    """of Adam; the policy's, where a critic has one of its own"""
    discount: Fraction = 0.99
    """what a reward one step later is worth"""


@dataclass(frozen=True)
class ExplorationOptions(LearningOptions):
    """For agents that explore with probability epsilon."""

    epsilon_start: Fraction = 1.0
    """exploration falls from this ..."""
    epsilon_end: Fraction = 0.04
    """... to this ..."""
    epsilon_decay: Fraction = 0.9995
    """... by this factor every step"""


@dataclass(frozen=True)
class ReplayOptions(LearningOptions):
    """For agents that learn from a replay memory."""

    memory: Count = 1_000
    """transitions in the replay memory"""
    batch: Count = 64
    """transitions a gradient step learns from"""
    learning_starts: Count = 500
    """steps before the first gradient step"""
    learn_every: Count = 64
    """steps between two calls of the compiled update, which makes as many gradient steps; 1 learns at every step"""


@dataclass(frozen=True)
class ContinuousOptions(ReplayOptions):
    """For agents with a continuous action that learn from a replay memory."""

    env: str = "Pendulum-v1"
    evaluate_every: Count = 500
    critic_learning_rate: Rate = 2e-3
    """of the critic's Adam"""
    memory: Count = 50_000
    learning_starts: Count = 500
    """steps before the first gradient step, with random actions"""
    learn_every: Count = 50
    reward_scale: Positive = 0.1
    """the reward learned from is multiplied with this"""


@dataclass(frozen=True)
class NoiseOptions(ContinuousOptions):
    """For those that explore with noise on the action."""

    theta: Fraction = 0.15
    """the part of the noise that is lost at each step (Ornstein-Uhlenbeck); with 1 it is Gaussian"""
    sigma: NotNegative = 0.3
    """deviation of what the noise gains at each step, in halves of the way from one bound of the action to the other"""
