"""Learning curves: as a table and as a picture. matplotlib is imported only when a picture is drawn."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import fonts
from common.files import atomic_write
from common.language import titled

import numpy as np

# Okabe and Ito (2008): eight colours that colour-blind readers tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")


@dataclass(frozen=True)
class Line:
    """One line of a figure: x [n], y [n]; low and high [n] bound the band around it."""

    label: str
    x: Any
    y: Any
    low: Any = None
    high: Any = None
    dashed: bool = False


def save_csv(path: Path, columns: Mapping[str, Sequence[Any]]) -> None:
    """Write columns of equal length under their names, atomically, as UTF-8."""
    with atomic_write(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def save_curve(
    path: Path,
    title: str,
    x_label: str,
    y_label: str,
    lines: Sequence[Line],
    *,
    log_x: bool = False,
    log_y: bool = False,
    y_limits: tuple[float, float] | None = None,
    target: tuple[str, float] | None = None,
) -> None:
    """Draw the lines with their bands and write the figure, atomically, its words in the user's language.

    target: a label and a height, drawn as a dotted line (the score that counts as solved, the optimal value).
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    fonts.for_plots()
    figure = Figure(figsize=(8, 4.8), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for line, colour in zip(lines, _colours(len(lines)), strict=True):
        style = "--" if line.dashed else "-"
        axes.plot(line.x, line.y, style, label=titled(line.label), color=colour, linewidth=1.8)
        if line.low is not None:
            axes.fill_between(line.x, line.low, line.high, color=colour, alpha=0.2, linewidth=0)
    if target is not None:
        axes.axhline(target[1], linestyle=":", color="#555555", label=titled(target[0]))
    axes.set(title=titled(title), xlabel=titled(x_label), ylabel=titled(y_label))
    if log_x:
        axes.set_xscale("log")
    if log_y:
        axes.set_yscale("log")
    if y_limits is not None:
        axes.set_ylim(*y_limits)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    if len(lines) > 1 or target is not None or lines[0].label:
        figure.legend(loc="outside lower center", ncols=2, frameon=False)  # inside, a line could run through its text
    with atomic_write(path) as temporary:
        figure.savefig(temporary, dpi=120)


def _colours(count: int) -> list[str]:
    return [COLOURS[index % len(COLOURS)] for index in range(count)]


def running_mean(values: Sequence[float], window: int) -> np.ndarray:
    """[n] the mean of each value and up to window - 1 values before it."""
    totals = np.concatenate([[0.0], np.cumsum(np.asarray(values, float))])
    ends = np.arange(1, len(totals))
    begins = np.maximum(ends - window, 0)
    return (totals[ends] - totals[begins]) / (ends - begins)


def band_over_seeds(curves: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean over seeds and the normal 95 % interval of that mean. curves: [seeds, n]; returns three arrays [n]."""
    mean = curves.mean(axis=0)
    if len(curves) < 2:
        return mean, mean, mean
    half_width = 1.96 * curves.std(axis=0, ddof=1) / np.sqrt(len(curves))
    return mean, mean - half_width, mean + half_width


def quartiles_over_seeds(curves: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Median over seeds with the lower and the upper quartile. curves: [seeds, n]; returns three arrays [n]."""
    low, median, high = np.percentile(curves, [25, 50, 75], axis=0)
    return median, low, high
