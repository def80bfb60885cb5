"""The two ways in which `MDP.action_values` backs up all states, timed on maps of growing size.

    python benchmarks/backup.py

The line is the chapter's own sum over outcomes; the product is gridworld/backup.py, used from LARGE states on. They
take turns, and each number is the quickest of its runs, the one that other work on the machine disturbed least. Making
the product's matrix and loading scipy are outside of the clock.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from common.options import CheckedOptions, Count, Fraction, Natural, launch
from gridworld import mdp as model
from gridworld.mdp import MDP
from gridworld.world import GridWorld

import numpy as np

SIZES = (4, 5, 7, 10, 15, 20, 30, 100, 300)
SECONDS = 0.5
"""Of each way on each map."""


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Time one backup of all states, by the line and by the product."""

    sizes: tuple[Count, ...] = SIZES
    """rows and columns of the maps"""
    slip: Fraction = 0.2
    """probability that a move goes to one of its two sides: three outcomes an action, or with 0 one"""
    seed: Natural = 0
    """of the random maps and values"""


def backups(mdp: MDP, seed: int) -> dict[str, Callable[[], None]]:
    """Each way by its name; calling it backs up all states once."""
    values = np.random.default_rng(seed).normal(size=mdp.n_states)

    def by(large: int) -> Callable[[], None]:
        def run() -> None:
            usual, model.LARGE = model.LARGE, large
            try:
                mdp.action_values(values, 0.9)
            finally:
                model.LARGE = usual

        return run

    return {"line": by(mdp.n_states + 1), "product": by(1)}


def main(options: Options) -> None:
    print(f"slip {options.slip:g}; the product is used from {model.LARGE} states on")
    for size in options.sizes:
        ways = backups(GridWorld.random(size, options.seed, slip=options.slip).mdp(), options.seed)
        quickest = dict.fromkeys(ways, np.inf)
        for run in ways.values():
            run()
        until = time.perf_counter() + SECONDS * len(ways)
        while time.perf_counter() < until:
            for name, run in ways.items():
                begin = time.perf_counter()
                run()
                quickest[name] = min(quickest[name], time.perf_counter() - begin)
        line, product = quickest["line"], quickest["product"]
        print(
            f"{size * size:7,d} states   line {1000 * line:8.4f} ms   product {1000 * product:8.4f} ms   "
            f"ratio {line / product:5.1f}",
            flush=True,
        )


if __name__ == "__main__":
    launch(main, Options)
