"""Walk a map by hand, change it, and save it.

    python -m gridworld                          the course's map, in a window
    python -m gridworld --map cliff              another map, by its name or its file
    python -m gridworld --map cliff --headless   print it; with --record cliff.png, draw it

The arrow keys move; every move says its reward and the return so far. A click changes a cell, W saves the map.
"""

from dataclasses import dataclass
from pathlib import Path

from common.options import CheckedOptions, Fraction, Natural, launch
from common.watch.display import has_display
from gridworld.window.show import show
from gridworld.window.walk_by_hand import WalkByHand
from gridworld.world import GridWorld


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Walk a map by hand, change it and save it."""

    map: str = "course"
    """A map's name or the path of its TOML file."""
    headless: bool = False
    """Print the map instead of opening a window."""
    record: Path | None = None
    """Write what the window shows to this .png, .gif or .mp4."""
    discount: Fraction = 1.0
    """Below 1, the panel also says the discounted return."""
    seed: Natural = 0
    """Of the slips and of the choice among several starts."""


def main(options: Options) -> None:
    """Open the window, or print the map."""
    world = GridWorld.load(options.map)
    lesson = WalkByHand(world, options.seed, options.discount)

    if options.headless or not has_display():
        print("\n".join(" ".join(row) for row in world.letters.tolist()))
    show(lesson, headless=options.headless, record=options.record)


if __name__ == "__main__":
    launch(main, Options)
