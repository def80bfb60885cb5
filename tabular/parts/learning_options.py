"""The options that every learner on a table has, and what must hold for them."""

from dataclasses import dataclass
from pathlib import Path

from common.options import UserError, check_at_least, check_between
from common.recording import check_recordable
from common.tables import check_table_path
from tabular.parts.table_agent import Schedule


@dataclass(frozen=True)
class LearningOptions:
    """Subclassed by the chapters, which add what their algorithm needs."""

    map: str = "course"
    """a map of the course, or the path of a TOML map"""
    env: str | None = None
    """learn in this gymnasium environment instead, by its id: any with discrete states and actions"""
    episodes: int = 500
    """episodes to learn from"""
    max_steps: int | None = None
    """steps after which an episode is truncated (default: the environment's own limit, 1000 on a map)"""
    seed: int = 0
    """the one number behind all randomness: the same seed gives the same table"""
    seeds: int = 1
    """learners with the seeds seed, seed + 1, ...: draws their mean and its 95 % interval"""
    discount: float = 0.9
    """how much a reward counts a step later"""
    step_size: float = 0.1
    """how far an update moves an entry towards its target"""
    step_size_decay: float = 0.0
    """the n-th update of an entry uses step_size / n ** this; 0 is constant, 1 with step size 1 is the mean"""
    initial_value: float = 0.0
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


@dataclass(frozen=True)
class ControlOptions(LearningOptions):
    """Options of learners that also choose how to act."""

    epsilon: float = 0.1
    """probability of an action at random instead of the best one"""
    epsilon_decay: float = 1.0
    """epsilon is multiplied by this after every environment step"""
    epsilon_final: float = 0.0
    """what epsilon does not fall below"""
    versus: str | None = None
    """learn beside this one, by its name (sarsa, q_learning, ...), with the same numbers"""
    demo: bool = False
    """do not learn: walk greedily with the table of --load"""


def check_learning_options(options: LearningOptions) -> Schedule:
    """The numbers to learn by; UserError for the first option that is out of range."""
    check_at_least("--episodes", options.episodes, 1)
    check_at_least("--seed", options.seed, 0)
    check_at_least("--seeds", options.seeds, 1)
    if options.max_steps is not None:
        check_at_least("--max-steps", options.max_steps, 1)
    check_between("--discount", options.discount, 0, 1)
    check_between("--step-size", options.step_size, 0, 1, open_low=True)
    check_between("--step-size-decay", options.step_size_decay, 0, 1)
    check_between("--initial-value", options.initial_value, -1e9, 1e9)
    if options.save is not None:
        check_table_path(options.save)
    if options.record is not None:
        check_recordable(options.record)
    if options.seeds > 1:
        for flag, given in (("--save", options.save), ("--record", options.record), ("--load", options.load)):
            if given is not None:
                raise UserError(f"{flag} {given} is for one learner: leave out --seeds {options.seeds}")
    schedule = {name: getattr(options, name) for name in ("step_size", "step_size_decay", "discount", "initial_value")}
    if isinstance(options, ControlOptions):
        check_between("--epsilon", options.epsilon, 0, 1)
        check_between("--epsilon-decay", options.epsilon_decay, 0, 1, open_low=True)
        check_between("--epsilon-final", options.epsilon_final, 0, 1)
        if options.demo and options.load is None:
            raise UserError("--demo walks with a table: say which with --load table.npz (--save writes one)")
        schedule |= {name: getattr(options, name) for name in ("epsilon", "epsilon_decay", "epsilon_final")}
    return Schedule(**schedule)
