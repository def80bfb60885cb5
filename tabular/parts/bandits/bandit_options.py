"""The options of the bandit chapter."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from common.options import Bounds, CheckedOptions, Count, Fraction, Natural, NotNegative
from common.watch.recording import check_recordable

import tyro


@dataclass(frozen=True)
class BanditOptions(CheckedOptions):
    """Learners on the k-armed testbed."""

    arms: Annotated[int, Bounds(2, 20), tyro.conf.arg(metavar="2..20")] = 10
    """how many arms there are"""
    mean: Annotated[float, Bounds(-1e6, 1e6)] = 0.0
    """what the arms pay on average; each differs from it by a draw from the standard normal distribution"""
    drift: NotNegative = 0.0
    """standard deviation of the step that what an arm pays takes after every pull; 0: the arms stay as they are"""
    pulls: Annotated[int, Bounds(1, 1_000_000), tyro.conf.arg(metavar="1,2,...")] = 1000
    """pulls of a run"""
    epsilon: Fraction = 0.1
    """epsilon-greedy: probability of any arm instead of the best one"""
    step_size: Fraction = 0.0
    """epsilon-greedy and UCB: how far a value moves towards a reward; 0 stands for 1 / n, the mean of the rewards"""
    initial_value: Annotated[float, Bounds(-1e6, 1e6)] = 0.0
    """epsilon-greedy and UCB: what every arm is thought to be worth before it is pulled"""
    confidence: NotNegative = 2.0
    """UCB: how much uncertainty counts"""
    gradient_step_size: Annotated[float, Bounds(0, 100, open_low=True), tyro.conf.arg(metavar="(0,100]")] = 0.1
    """gradient: how far preferences move"""
    baseline: bool = True
    """gradient: judge a reward by the mean of all rewards so far"""
    seed: Natural = 0
    """the one number behind all randomness"""
    seeds: Annotated[Count, Bounds(1, 100_000)] = 2000
    """--headless: runs of each learner, all at once, each on arms of its own"""
    headless: bool = False
    """open no window: print what every learner earns, and draw its curves"""
    record: Path | None = None
    """film what the window shows, as .gif, .mp4 or .png"""
    out: Path | None = None
    """folder for curves and numbers instead of results/bandit"""
    figure: str | None = None
    """draw this figure or exercise of Sutton & Barto, with the book's settings, and print its numbers"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.record is not None:
            check_recordable(self.record)
