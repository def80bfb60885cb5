"""Draws the curves of several `solve.py` runs in one picture.

python benchmarks/compare.py dqn dqn-no-target dqn-no-replay --picture deep/images/ablations.png
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from benchmarks.parts.chapter_process import ROOT
from common.errors import UserError
from common.options import launch
from common.runs.curves import Line, save_curve

import numpy as np
import tyro


@dataclass(frozen=True)
class Options:
    """Compare what solve.py has measured."""

    names: Annotated[tuple[str, ...], tyro.conf.Positional]
    """names of the results in benchmarks/results/"""
    picture: Path = Path("comparison.png")
    """where the picture goes"""


def line(name: str) -> Line:
    """The curve of one name, with its quartiles."""
    path = ROOT / "benchmarks" / "results" / f"{name}-curve.csv"
    if not path.is_file():
        raise UserError(f"there is no {path}: run  python benchmarks/solve.py  for it first")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {column: np.array([float(row[column]) for row in rows]) for column in rows[0]}
    return Line(name, columns["steps"], columns["median"], columns["low"], columns["high"])


def main(options: Options) -> int:
    """Draw and save."""
    lines = [line(name) for name in options.names]
    save_curve(options.picture, "median and quartiles over seeds", "environment steps", "greedy return", lines)
    return 0


if __name__ == "__main__":
    launch(main, Options)
