"""The textbook's figures and examples: a chapter draws one by its number and prints its numbers beside the book's.

A chapter lists what it draws, each a `Figure` whose experiment has the book's settings, and gives its options the
field `figure`. `python benchmarks/figures.py` (`make figures`) draws those of all chapters.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from common import fonts
from common.errors import UserError
from common.files import atomic_write, check_writable
from common.language import N_, _, titled
from common.runs.curves import COLOURS, Line, save_csv

KEPT = ("figure", "seed", "out", "headless")
"""Options that may stand beside --figure; the rest of the settings is the book's."""
KINDS = N_({"Figure": "Figure {number}", "Example": "Example {number}", "Exercise": "Exercise {number}"})


@dataclass(frozen=True)
class Number:
    """One number of an experiment: what it is, in words, ours, and the book's in the book's own words.

    error: the standard error of ours, where it is a mean over runs. digits: decimals that are shown. book: empty where
    the book draws a curve but states no number.
    """

    what: str
    ours: float
    book: str = ""
    error: float | None = None
    digits: int = 2
    unit: str = ""

    @property
    def shown(self) -> str:
        """Our number as it is printed: 12,345 or 0.67 or 91 %."""
        return f"{self.ours:,.{self.digits}f}{self.unit}"


@dataclass(frozen=True)
class Panel:
    """One pair of axes. lines: curves with their bands. matrix: a picture [rows, columns], its row 0 on top; lines are
    drawn over it as they are.

    x_ticks, y_ticks: names of its columns and rows. texts: words [rows, columns] in its cells; written:
    whether its numbers stand there, instead of a scale beside it. kind: how lines are drawn: line, steps, dots or bars.
    limits: of the y axis, or of a matrix's colours.
    """

    title: str
    x_label: str
    y_label: str
    lines: Sequence[Line] = ()
    matrix: Any = None
    x_ticks: Sequence[str] = ()
    y_ticks: Sequence[str] = ()
    written: bool = False
    texts: Sequence[Sequence[str]] = ()
    kind: str = "line"
    limits: tuple[float, float] | None = None
    log_x: bool = False
    log_y: bool = False


@dataclass(frozen=True)
class Drawn:
    """What came of an experiment."""

    panels: Sequence[Panel]
    numbers: Sequence[Number]


@dataclass(frozen=True)
class Figure:
    """A figure or example of Sutton & Barto (2018).

    name: "Figure 2.2", "Example 6.5". make: the experiment with the book's settings, from a seed.
    """

    name: str
    title: str
    make: Callable[[int], Drawn] = field(repr=False)

    @property
    def number(self) -> str:
        """The number alone, which --figure takes."""
        return self.name.split()[-1]

    @property
    def argument(self) -> str:
        """What --figure is given for it on the pages: the number, with its kind where that is an exercise."""
        return self.file_name if self.name.startswith("Exercise") else self.number

    @property
    def file_name(self) -> str:
        """figure-2.2, without an ending."""
        return re.sub(r"[^\w.]+", "-", self.name.lower())


def find(figures: Sequence[Figure], number: str) -> Figure:
    """The figure with this number, or of this name ("example-6.5"); a number alone that two share is the figure's.

    Raises UserError for one that is not there.
    """
    wanted = number.lower().replace("-", " ").strip()
    found = [figure for figure in figures if wanted in (figure.number, figure.name.lower())]
    found.sort(key=lambda figure: not figure.name.startswith("Figure"))
    if found:
        return found[0]
    if not figures:
        raise UserError("--figure {number}: this script draws no figure of the book", number=number)
    raise UserError(
        "--figure {number} is not drawn here: choose {figures}",
        number=number,
        figures=", ".join(each.argument for each in figures),
    )


def run_figure(figures: Sequence[Figure], chapter: str, options: Any) -> int:
    """Draw the figure that the options name: picture and lines go to a folder, its numbers are printed.

    Raises UserError for an unknown number, and where the options set what the book has set.
    """
    figure = find(figures, options.figure)
    for option in fields(options):
        default = option.default_factory() if option.default_factory is not MISSING else option.default
        if option.name not in KEPT and getattr(options, option.name) != default:
            flag = "--" + option.name.replace("_", "-")
            raise UserError(
                "--figure {figure} has the book's settings: leave out {flag}", figure=options.figure, flag=flag
            )
    folder = options.out or Path("results") / chapter
    check_writable(folder / f"{figure.file_name}.png")
    draw(figure, folder, options.seed)
    return 0


def draw(figure: Figure, folder: Path, seed: int = 0) -> tuple[Drawn, float]:
    """Run a figure's experiment, write figure-N.png and figure-N.csv, print the numbers; (what came of it, seconds)."""
    begin = time.perf_counter()
    drawn = figure.make(seed)
    seconds = time.perf_counter() - begin
    heading = f"{_(KINDS[figure.name.split()[0]], number=figure.number)}: {titled(figure.title)}"
    print(heading)
    print(numbers_text(drawn.numbers))
    save_panels(folder / f"{figure.file_name}.png", heading, drawn.panels, drawn.numbers)
    columns = lines_as_columns(drawn.panels)
    if columns:
        save_csv(folder / f"{figure.file_name}.csv", columns)
    print(_("{file}.png is in {folder}; {seconds:.1f} s", file=figure.file_name, folder=folder, seconds=seconds))
    return drawn, seconds


def numbers_text(numbers: Sequence[Number]) -> str:
    """A line a number: what it is, ours with its standard error, the book's."""
    ours = [f"{each.shown} ± {each.error:.{each.digits + 1}f}" if each.error else each.shown for each in numbers]
    names = [titled(each.what) for each in numbers]
    width = max(map(fonts.columns, names), default=0)
    room = max(map(len, ours), default=0)
    return "\n".join(
        f"  {name}{' ' * (width - fonts.columns(name))}  {mine.rjust(room)}"
        + (_("   book: {words}", words=titled(each.book)) if each.book else "")
        for name, each, mine in zip(names, numbers, ours, strict=True)
    )


def lines_as_columns(panels: Sequence[Panel]) -> dict[str, list[Any]]:
    """The x and y of every line of every panel, padded with nothing to the longest."""
    columns: dict[str, list[Any]] = {}
    for panel in panels:
        for line in panel.lines:
            name = f"{panel.title}: {line.label}" if len(panels) > 1 else line.label
            columns |= {f"{name}: x": list(line.x), f"{name}: y": list(line.y)}
    longest = max(map(len, columns.values()), default=0)
    return {name: [*values, *[""] * (longest - len(values))] for name, values in columns.items()}


def save_panels(path: Path, title: str, panels: Sequence[Panel], numbers: Sequence[Number] = ()) -> None:
    """Draw the panels side by side, at most three in a row, the numbers below, and write the picture, atomically."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Picture

    fonts.for_plots()
    columns = min(len(panels), 3 if len(panels) != 4 else 2)
    rows = -(-len(panels) // columns)
    height = 4.6 * rows + 0.14 * len(numbers)
    picture = Picture(figsize=(8 if columns == 1 else 5.2 * columns, height), layout="constrained")
    FigureCanvasAgg(picture)
    picture.suptitle(titled(title))
    if numbers:
        picture.supxlabel(numbers_text(numbers), x=0.01, ha="left", family=fonts.families("monospace"), fontsize=8)
    for number, panel in enumerate(panels, start=1):
        _draw_panel(picture.add_subplot(rows, columns, number), panel, picture)
    with atomic_write(path) as temporary:
        picture.savefig(temporary, dpi=110)


def _draw_panel(axes: Any, panel: Panel, picture: Any) -> None:
    axes.set(xlabel=titled(panel.x_label), ylabel=titled(panel.y_label), title=titled(panel.title))
    if panel.matrix is not None:
        _draw_matrix(axes, panel, picture)
        return
    ways = {"line": "-", "steps": "-", "dots": "o", "bars": "-"}
    for index, line in enumerate(panel.lines):
        colour = COLOURS[index % len(COLOURS)]
        if panel.kind == "bars":
            axes.bar(line.x, line.y, color=colour, label=titled(line.label))
            continue
        style = "--" if line.dashed else ways[panel.kind]
        drawn = "steps-mid" if panel.kind == "steps" else "default"
        axes.plot(
            line.x, line.y, style, label=titled(line.label), color=colour, linewidth=1.4, markersize=4, drawstyle=drawn
        )
        if line.low is not None:
            axes.fill_between(line.x, line.low, line.high, color=colour, alpha=0.2, linewidth=0)
    if panel.log_x:
        axes.set_xscale("log", base=2)
    if panel.log_y:
        axes.set_yscale("log")
    if panel.limits is not None:
        axes.set_ylim(*panel.limits)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    if any(line.label for line in panel.lines):
        # Below the axes: inside, a line could run through its text.
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=_columns(panel), frameon=False, fontsize="small"
        )


def _columns(panel: Panel) -> int:
    """Names of lines that fit beside each other."""
    return max(1, min(4, 70 // max(fonts.columns(titled(line.label)) + 5 for line in panel.lines)))


def _draw_matrix(axes: Any, panel: Panel, picture: Any) -> None:
    low, high = panel.limits or (None, None)
    shown = axes.imshow(
        panel.matrix, aspect="auto", cmap="gray" if panel.texts or panel.lines else "viridis", vmin=low, vmax=high
    )
    if panel.x_ticks:
        axes.set_xticks(range(len(panel.x_ticks)), panel.x_ticks)
    if panel.y_ticks:
        axes.set_yticks(range(len(panel.y_ticks)), panel.y_ticks)
    for index, line in enumerate(panel.lines):
        axes.plot(line.x, line.y, "-o", color=COLOURS[index % len(COLOURS)], linewidth=1.4, markersize=3)
    if panel.texts:
        for row, words in enumerate(panel.texts):
            for column, word in enumerate(words):
                axes.text(column, row, word, ha="center", va="center", fontsize="medium")
        if not panel.x_ticks:
            axes.set(xticks=[], yticks=[])
    elif panel.lines:
        axes.set_aspect("equal")
    elif panel.written:
        for row, values in enumerate(panel.matrix):
            for column, value in enumerate(values):
                axes.text(column, row, f"{value:g}", ha="center", va="center", color="white", fontsize="x-small")
    else:
        picture.colorbar(shown, ax=axes)
