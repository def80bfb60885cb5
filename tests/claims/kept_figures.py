"""The numbers of the book's figures as they were kept, and drawn again."""

import re

from benchmarks.figures import all_figures, read_table, rows_of

KEPT = read_table()


def kept(name: str, what: str) -> tuple[float, float]:
    """A number that was kept, and its standard error."""
    [row] = [row for row in KEPT if row[0] == name and row[2].startswith(what)] or [
        row for row in KEPT if row[0] == name and what in row[2]
    ]
    return float(re.sub(r"[^\d.-]", "", row[3])), float(row[4] or "nan")


def is_drawn_again(name: str) -> bool:
    """Whether the figure, made anew, has the numbers that were kept."""
    [(script, figure)] = [(script, each) for script, each in all_figures() if each.name == name]
    return [row[:4] for row in rows_of(script, figure, figure.make(0))] == [row[:4] for row in KEPT if row[0] == name]
