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
"""

from dataclasses import dataclass, replace

from common.options import UserError, launch
from tabular import q_learning, sarsa
from tabular.parts.experiment import Experiment, opens_window
from tabular.parts.learning_options import ControlOptions
from tabular.parts.paths import draw_path, most_common_path, save_picture, side_by_side


@dataclass(frozen=True)
class Options(ControlOptions):
    map: str = "cliff"
    """the world to compare them in; a map of the course, or the path of a TOML map"""
    discount: float = 1.0
    """how much a reward counts a step later"""
    step_size: float = 0.5
    """how far an update moves an entry towards its target"""
    seeds: int = 1000
    """learners of each kind, stepped together for the figure"""


def compare_paths(experiment: Experiment) -> None:
    """Print and draw the greedy path that most learners of each kind have."""
    world = experiment.task.world
    assert world is not None
    drawings, tables, paths = [], [], []
    for title, runs in experiment.results:
        path, share = most_common_path(world, runs.action_values)
        drawings.append(
            [f"{title}: {len(path) - 1} moves, {share:.0%}".ljust(2 * world.width - 1), *draw_path(world, path)]
        )
        tables.append(runs.action_values.mean(axis=0))
        paths.append(path)
    print("the greedy path that most learners have, and how many have it")
    print(side_by_side(*drawings))
    picture = experiment.report.folder / "paths.png"
    save_picture(picture, world, tables, paths)
    print(f"paths.png is in {experiment.report.folder}")


def main(options: Options) -> int:
    if options.env is not None:
        raise UserError(f"--env {options.env}: this chapter draws paths on a map, use --map")
    if options.versus is not None:
        raise UserError(f"--versus {options.versus}: this chapter compares SARSA and Q-learning, leave it out")
    methods = [chapter.make_method(chapter.Options(map=options.map)) for chapter in (sarsa, q_learning)]
    if opens_window(options) or options.demo:
        return Experiment("cliff_walking", replace(options, seeds=1)).run(*methods)
    experiment = Experiment("cliff_walking", options)
    experiment.report.y_limits = (-100.0, 0.0) if options.map == "cliff" else None
    status = experiment.run(*methods)
    if len(experiment.results) == len(methods):
        compare_paths(experiment)
    return status


if __name__ == "__main__":
    launch(main, Options)
