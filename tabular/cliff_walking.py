"""On-policy against off-policy: SARSA and Q-learning on the edge of a cliff.

    SARSA         target = r + discount * q(s', a')             a': the action that will be taken, exploration included
    Q-learning    target = r + discount * max_a' q(s', a')      the best action, whichever will be taken

Q-learning learns the shortest path, along the edge, and falls off it whenever it explores there. SARSA learns what its
own behaviour is worth and keeps away: a longer path, and more reward while it learns. Once nobody explores any more,
Q-learning's path is the better one.

Sutton & Barto (2018), Example 6.6.
    python tabular/cliff_walking.py                    watch both, side by side
    python tabular/cliff_walking.py --headless         the figure: mean and 95 % interval of 1,000 learners of each
    python tabular/cliff_walking.py --headless --epsilon-decay 0.999
    python tabular/cliff_walking.py --figure 6.6
"""

from dataclasses import dataclass, replace

from common.errors import UserError
from common.figures import run_figure
from common.options import Count, Fraction, Rate, launch
from tabular import q_learning, sarsa
from tabular.parts.experiment import Experiment, opens_window
from tabular.parts.learning_options import ControlOptions
from tabular.parts.paths import compare_paths
from tabular.parts.textbook.control import cliff_walking


@dataclass(frozen=True)
class Options(ControlOptions):
    map: str = "cliff"
    """the world to compare them in; a map of the course, or the path of a TOML map"""
    discount: Fraction = 1.0
    """how much a reward counts a step later"""
    step_size: Rate = 0.5
    """how far an update moves an entry towards its target"""
    seeds: Count = 1000
    """learners of each kind, stepped together for the figure"""


FIGURES = [cliff_walking([sarsa.method(Options()), q_learning.method(Options())])]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "cliff_walking", options)
    if options.env is not None:
        raise UserError("--env {env}: this chapter draws paths on a map, use --map", env=options.env)
    if options.versus is not None:
        raise UserError(
            "--versus {versus}: this chapter compares SARSA and Q-learning, leave it out", versus=options.versus
        )
    if opens_window(options) or options.demo:
        options = replace(options, seeds=1)
    methods = [sarsa.method(options), q_learning.method(options)]
    experiment = Experiment("cliff_walking", options)
    experiment.report.y_limits = (-100.0, 0.0) if options.map == "cliff" else None
    status = experiment.run(*methods)
    if experiment.task.world is not None and len(experiment.results) == len(methods):
        compare_paths(experiment.task.world, experiment.results, experiment.report.folder)
    return status


if __name__ == "__main__":
    launch(main, Options)
