"""Makes the weights that come with the course: trains a chapter, plays it 100 times, writes to deep/weights/.

    python benchmarks/ship.py dqn --seed 1
    python benchmarks/ship.py ppo --seed 1 --env Pendulum-v1 --label ppo-pendulum

The weights are those of `python deep/dqn.py --seed 1`; NAME.json beside them records how they were made and what they
score. The second command makes another file of a chapter, for another environment than its default. A chapter whose
run is not solved, or whose score on the fresh episodes is below the target, ships nothing.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from benchmarks.parts.chapter_process import demo_returns, train_chapter
from common.errors import UserError
from common.files import atomic_write
from common.networks.trained import SHIPPED
from common.networks.weights import file_digest
from common.options import launch
from common.runs.results import versions, write_json

import tyro

PLAY_SEED = 20_261
PLAY_EPISODES = 100


@dataclass(frozen=True)
class Options:
    """Train and ship a chapter's weights."""

    chapter: Annotated[str, tyro.conf.Positional]
    """the chapter's name: dqn, a2c, ..."""
    seed: int = 0
    """seed of the training run"""
    env: str = ""
    """another environment than the chapter's default"""
    label: str = ""
    """name of the files instead of the chapter's"""
    runs: Path = Path("results") / "ship"
    """folder for the run"""


def main(options: Options) -> int:
    """Train, play, write both files."""
    name = options.label or options.chapter
    arguments = ["--env", options.env] if options.env else []
    summary: dict[str, Any] = train_chapter(options.chapter, options.seed, options.runs / name, arguments)
    trained = Path(summary["weights"])
    scores = demo_returns(options.chapter, trained, PLAY_EPISODES, PLAY_SEED, arguments)
    mean = float(scores.mean())
    print(f"{name}, seed {options.seed}: mean return {mean:.2f} over {len(scores)} episodes")
    if not summary["solved"] or mean < summary["target"]:
        raise UserError(f"seed {options.seed} is not good enough to ship: take another seed")
    shipped = SHIPPED / f"{name}.weights.h5"
    with atomic_write(shipped) as temporary:
        shutil.copyfile(trained, temporary)
    script = " ".join([f"python deep/{options.chapter}.py", *arguments])
    write_json(
        SHIPPED / f"{name}.json",
        {
            "chapter": options.chapter,
            "env": summary["env"],
            "seed": options.seed,
            "command": f"{script} --seed {options.seed}",
            "versions": versions(),
            "sha256": file_digest(shipped),
            "steps": summary["steps"],
            "play": {
                "command": f"{script} --demo --headless --episodes {PLAY_EPISODES} --seed {PLAY_SEED}",
                "episodes": PLAY_EPISODES,
                "seed": PLAY_SEED,
                "mean": mean,
                "std": float(scores.std()),
                "min": float(scores.min()),
            },
        },
    )
    return 0


if __name__ == "__main__":
    launch(main, Options)
