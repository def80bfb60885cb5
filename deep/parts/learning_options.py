"""The options that mean the same in every deep chapter; a chapter sets their defaults, one line each."""

from dataclasses import dataclass
from typing import ClassVar

from common.options import Fraction, Rate, Sizes
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
