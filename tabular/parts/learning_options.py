"""The options that every learner on a table has. What they may be stands in their types."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

from common.environments.arguments import EnvArguments
from common.errors import UserError
from common.options import Bounds, CheckedOptions, Count, Fraction, Natural, Rate
from common.tables import check_table_path
from common.watch.recording import check_recordable


@dataclass(frozen=True)
class LearningOptions(CheckedOptions):
    """Subclassed by the chapters, which add what their algorithm needs."""

    renamed: ClassVar = {
        "--task": "monte_carlo_control.py, monte_carlo_prediction.py or monte_carlo_off_policy.py",
        "--average": "--step-size 1 --step-size-decay 1",
        "--expected": "expected_sarsa.py",
        "--trace": "--trace-decay, of sarsa_lambda.py",
        "--double": "double_q_learning.py",
        "--planning": "--planning-steps, of dyna_q.py",
    }

    map: str = "course"
    """a map of the course, or the path of a TOML map"""
    env: str | None = None
    """learn in this gymnasium environment instead, by its id: any with discrete states and actions"""
    env_arg: EnvArguments = ()
    """a setting of that environment, such as is_slippery=False; may be given several times"""
    episodes: Count = 500
    """episodes to learn from"""
    max_steps: Count | None = None
    """steps after which an episode is truncated (default: the environment's own limit, else 1000)"""
    seed: Natural = 0
    """the one number behind all randomness: the same seed gives the same table"""
    seeds: Count = 1
    """learners with the seeds seed, seed + 1, ...: draws their mean and its 95 % interval"""
    discount: Fraction = 0.9
    """how much a reward counts a step later"""
    step_size: Rate = 0.1
    """how far an update moves an entry towards its target"""
    step_size_decay: Fraction = 0.0
    """at its n-th visit an entry moves by step_size / n ** this; 0 is constant, 1 with step size 1 is the mean"""
    initial_value: Annotated[float, Bounds(-1e9, 1e9)] = 0.0
    """what every entry is before anything is learned"""
    save: Path | None = None
    """write the learned table to this .npz file"""
    load: Path | None = None
    """begin with the table of this .npz file"""
    headless: bool = False
    """open no window: learn at full speed and print the result"""
    record: Path | None = None
    """film what the window shows, as .gif, .mp4 or .png"""
    out: Path | None = None
    """folder for curve and numbers instead of results/<chapter>/..."""
    figure: str | None = None
    """draw this figure or example of Sutton & Barto, with the book's settings, and print its numbers"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.save is not None:
            check_table_path(self.save)
        if self.record is not None:
            check_recordable(self.record)


@dataclass(frozen=True)
class ControlOptions(LearningOptions):
    """Options of learners that also choose how to act."""

    epsilon: Fraction = 0.1
    """probability of an action at random instead of the best one"""
    epsilon_decay: Rate = 1.0
    """epsilon is multiplied by this after every environment step"""
    epsilon_final: Fraction = 0.0
    """what epsilon does not fall below"""
    then: str | None = None
    """a map of the same size that the map becomes after --after steps"""
    after: Count | None = None
    """steps, over all episodes, until --then (default: 1000)"""
    versus: str | None = None
    """learn beside the learner of this chapter (sarsa, q_learning, ...), with the same numbers"""
    demo: bool = False
    """do not learn: walk greedily with the table of --load"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.then is not None and self.env is not None:
            raise UserError(
                "--then {then} is for maps: leave it out, or leave out --env {env}", then=self.then, env=self.env
            )
        if self.after is not None and self.then is None:
            raise UserError("--after {after}: say which map comes then with --then, or leave it out", after=self.after)
        if self.demo and self.load is None:
            raise UserError("--demo walks with a table: say which with --load table.npz (--save writes one)")


@dataclass(frozen=True)
class PredictionOptions(LearningOptions):
    """Options of learners that find out what a given policy is worth."""

    policy: str = "uniform"
    """the policy to predict: uniform, left-right, optimal, or a table.npz to be greedy on"""
    epsilon: Fraction = 0.0
    """probability with which an optimal or greedy policy takes any action instead"""
