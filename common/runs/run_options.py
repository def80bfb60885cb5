"""The options that every deep chapter has, and what must hold between them."""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from common.environments.arguments import EnvArguments
from common.errors import UserError
from common.files import check_writable
from common.options import Bounds, CheckedOptions, Count, Natural
from common.watch.recording import check_recordable


@dataclass(frozen=True)
class RunOptions(CheckedOptions):
    """Subclassed by the chapters, which add what their algorithm needs.

    Raises UserError for the first option that is out of its bounds, and for options that contradict each other.
    """

    env: str = "CartPole-v1"
    """gymnasium's name of the environment"""
    env_arg: EnvArguments = ()
    """a setting of the environment, such as sutton_barto_reward=True; may be given several times"""
    seed: Natural = 0
    """the one number behind all randomness: the same seed gives the same weights"""
    steps: Count = 300_000
    """environment steps after which training gives up"""
    evaluate_every: Count = 1000
    """environment steps between two greedy evaluations"""
    stop_score: Annotated[float, Bounds(-math.inf)] | None = None
    """also stop once the mean of the last ten training scores reaches this: the lecture's rule"""
    out: Path | None = None
    """folder for the results instead of results/<chapter>/seed-<n>"""
    resume: Path | None = None
    """folder of a stopped run to go on with, exactly as if it had not been stopped"""
    headless: bool = False
    """open no window"""
    render: bool = False
    """watch training now and then, in a window of its own that does not slow it down"""
    record: Path | None = None
    """film a demo, or the best weights after training, as .gif, .mp4 or .png"""
    tensorboard: Path | None = None
    """folder for TensorBoard's event files"""
    demo: bool = False
    """do not train: play trained weights"""
    weights: Path | None = None
    """weights to play in a demo instead of those that come with the course"""
    episodes: Annotated[Count, Bounds(1, 1_000_000)] = 5
    """episodes of a demo"""
    follow: bool = False
    """in a demo, read the weights again before every episode and end with standard input: what --render starts"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.record is not None:
            check_recordable(self.record)
        if self.tensorboard is not None:
            check_writable(self.tensorboard / "events")
        if self.weights is not None and not self.demo:
            raise UserError(
                "--weights {weights} is for --demo: add --demo, or leave it out to train", weights=self.weights
            )


ABOUT_THE_SESSION = frozenset(
    {"steps", "out", "resume", "headless", "render", "record", "tensorboard"}
    | {"demo", "weights", "episodes", "follow", "ray"}
)
"""Options that may change when a run goes on; all others decide what is learned."""

SomeOptions = TypeVar("SomeOptions", bound=RunOptions)


def resumed(options: SomeOptions, saved: Mapping[str, Any]) -> SomeOptions:
    """The options that the run in --resume was made with, with this command's --steps, --out and window.

    saved: those in its checkpoint. Raises UserError where this command asks for something else.
    """
    decided: dict[str, Any] = {}
    for field in dataclasses.fields(options):
        if field.name in ABOUT_THE_SESSION or field.name not in saved:
            continue
        before, now = _like(field.default, saved[field.name]), getattr(options, field.name)
        if now not in (before, field.default):
            flag = "--" + field.name.replace("_", "-")
            raise UserError(
                "{flag} is {now}, but the run in {resume} has {before}: leave it out to go on",
                flag=flag,
                now=now,
                resume=options.resume,
                before=before,
            )
        decided[field.name] = before
    return dataclasses.replace(options, **decided)


def _like(default: Any, value: Any) -> Any:
    """JSON knows no tuples."""
    return tuple(value) if isinstance(default, tuple) else value
