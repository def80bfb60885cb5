"""Every figure and example of Sutton & Barto that the chapters draw, with the experiments' numbers beside the book's.

    python benchmarks/figures.py                      all of them (`make figures`)
    python benchmarks/figures.py --only 2.2 6.5       those with these numbers
    python benchmarks/figures.py --keep               also keep the numbers in benchmarks/results/figures.csv, which the
                                                      tables of the pages are held against, and the seconds of each
                                                      in figures-seconds.csv

A chapter of tabular/ or dp/ offers its figures in a list FIGURES; what it has there is found here and drawn.
"""

import csv
import importlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from benchmarks.parts.chapter_process import ROOT
from common.errors import UserError
from common.figures import Drawn, Figure, draw
from common.files import atomic_write
from common.options import CheckedOptions, Natural, launch

import tyro

TABLE = ROOT / "benchmarks" / "results" / "figures.csv"
COLUMNS = ("figure", "script", "what", "ours", "standard error", "book")
SECONDS = TABLE.with_name("figures-seconds.csv")
"""Of processor time, from the experiment to the picture: other work on the machine disturbs them little."""
Key = tuple[str, str]
"""(figure, script)"""


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Draw the book's figures."""

    only: Annotated[tuple[str, ...], tyro.conf.arg(metavar="2.2 ...")] = ()
    """numbers of the figures to draw, instead of all"""
    seed: Natural = 0
    """the one number behind all randomness"""
    out: Path = Path("results") / "figures"
    """where the pictures go"""
    keep: bool = False
    """write numbers and seconds to benchmarks/results/; with --only, the others keep theirs"""


def all_figures() -> Iterator[tuple[str, Figure]]:
    """(script, figure) of every chapter, in the book's order."""
    # Run as a script, this file stands among dp.py and tabular.py, which would be taken for the packages of that name.
    sys.path = [folder for folder in sys.path if Path(folder).resolve() != Path(__file__).resolve().parent]
    found = []
    for folder in ("dp", "tabular"):
        for path in sorted((ROOT / folder).glob("[a-z]*.py")):
            chapter = importlib.import_module(f"{folder}.{path.stem}")
            found += [(f"{folder}/{path.name}", figure) for figure in getattr(chapter, "FIGURES", ())]
    yield from sorted(found, key=lambda pair: place_in_book(pair[1]))


def place_in_book(figure: Figure) -> tuple[int, int, bool, str]:
    """Chapter, number, figures first."""
    chapter, number = figure.number.split(".")
    return int(chapter), int(number), not figure.name.startswith("Figure"), figure.name


def rows_of(script: str, figure: Figure, drawn: Drawn) -> list[list[str]]:
    """The table's rows of one figure."""
    return [
        [figure.name, script, each.what, each.shown, f"{each.error:.4g}" if each.error else "", each.book]
        for each in drawn.numbers
    ]


def read_table(path: Path = TABLE) -> list[list[str]]:
    """The rows that were kept; none where no table is there yet."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def keep(path: Path, columns: tuple[str, ...], rows: dict[Key, list[list[str]]]) -> None:
    """Write the rows of the figures that there are, in the book's order; those made elsewhere keep their old ones."""
    for row in read_table(path):
        if (row[0], row[1]) not in rows:
            rows[row[0], row[1]] = [each for each in read_table(path) if each[:2] == row[:2]]
    kept = [(figure.name, script) for script, figure in all_figures() if (figure.name, script) in rows]
    with atomic_write(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *(row for key in kept for row in rows[key])])


def main(options: Options) -> None:
    figures = [pair for pair in all_figures() if not options.only or pair[1].number in options.only]
    if not figures:
        known = ", ".join(figure.number for _, figure in all_figures())
        raise UserError(f"--only {' '.join(options.only)}: there is no such figure, choose from {known}")
    rows: dict[Key, list[list[str]]] = {}
    seconds: dict[Key, list[list[str]]] = {}
    total = 0.0
    for script, figure in figures:
        begin = time.process_time()
        drawn, _ = draw(figure, options.out, options.seed)
        spent = time.process_time() - begin
        rows[figure.name, script] = rows_of(script, figure, drawn)
        seconds[figure.name, script] = [[figure.name, script, f"{spent:.1f}"]]
        total += spent
    print(f"{len(figures)} figures in {total:.0f} s of processor time")
    if options.keep:
        keep(TABLE, COLUMNS, rows)
        keep(SECONDS, ("figure", "script", "seconds"), seconds)
        print(f"the numbers are in {TABLE}")


if __name__ == "__main__":
    launch(main, Options)
