"""Every figure and example of Sutton & Barto that the chapters draw, with the experiments' numbers beside the book's.

    python benchmarks/figures.py                      all of them (`make figures`)
    python benchmarks/figures.py --only 2.2 6.5       those with these numbers
    python benchmarks/figures.py --keep               also keep the numbers in benchmarks/results/figures.csv, which the
                                                      tables of the pages are held against

A chapter of tabular/ or dp/ offers its figures in a list FIGURES; what it has there is found here and drawn.
"""

import csv
import importlib
import sys
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
    """write the numbers to benchmarks/results/figures.csv; with --only, the others keep theirs"""


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


def read_table() -> list[list[str]]:
    """The rows that were kept; none where no table is there yet."""
    if not TABLE.exists():
        return []
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def main(options: Options) -> None:
    figures = [pair for pair in all_figures() if not options.only or pair[1].number in options.only]
    if not figures:
        known = ", ".join(figure.number for _, figure in all_figures())
        raise UserError(f"--only {' '.join(options.only)}: there is no such figure, choose from {known}")
    rows = {(row[0], row[1]): [each for each in read_table() if each[:2] == row[:2]] for row in read_table()}
    if not options.only:
        rows.clear()
    total = 0.0
    for script, figure in figures:
        drawn, seconds = draw(figure, options.out, options.seed)
        rows[figure.name, script] = rows_of(script, figure, drawn)
        total += seconds
    print(f"{len(figures)} figures in {total:.0f} s")
    if options.keep:
        order = {(figure.name, script): at for at, (script, figure) in enumerate(all_figures())}
        kept = sorted((key for key in rows if key in order), key=order.__getitem__)
        with atomic_write(TABLE) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([COLUMNS, *(row for key in kept for row in rows[key])])
        print(f"the numbers are in {TABLE}")


if __name__ == "__main__":
    launch(main, Options)
