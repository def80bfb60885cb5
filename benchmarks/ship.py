"""Makes the weights that come with the course: trains a chapter, plays it 100 times, writes to deep/weights/.

    python benchmarks/ship.py dqn --seed 1

The weights are those of `python deep/dqn.py --seed 1`; NAME.json beside them records how they were made and what they
score. A chapter whose run is not solved, or whose score on the fresh episodes is below the target, ships nothing.
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
    runs: Path = Path("results") / "ship"
    """folder for the run"""


def main(options: Options) -> int:
    """Train, play, write both files."""
    summary: dict[str, Any] = train_chapter(options.chapter, options.seed, options.runs / options.chapter)
    trained = Path(summary["weights"])
    scores = demo_returns(options.chapter, trained, PLAY_EPISODES, PLAY_SEED)
    mean = float(scores.mean())
    print(f"{options.chapter}, seed {options.seed}: mean return {mean:.2f} over {len(scores)} episodes")
    if not summary["solved"] or mean < summary["target"]:
        raise UserError(f"seed {options.seed} is not good enough to ship: take another seed")
    shipped = SHIPPED / f"{options.chapter}.weights.h5"
    with atomic_write(shipped) as temporary:
        shutil.copyfile(trained, temporary)
    script = f"python deep/{options.chapter}.py"
    write_json(
        SHIPPED / f"{options.chapter}.json",
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
