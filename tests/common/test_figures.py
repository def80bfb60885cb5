"""Figures of the book: found by number, drawn to files, refused in one line; the pages say what was kept of them."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks import figures as all_of_them
from common.errors import UserError
from common.figures import Drawn, Figure, Number, Panel, find, numbers_text, run_figure, save_panels
from common.runs.curves import Line

import numpy as np
import pytest
from imageio.v3 import imread

ROOT = Path(__file__).parents[2]


def made(seed: int) -> Drawn:
    line = Line("a curve", [0, 1], [seed, 1.0])
    panels = [Panel("lines", "x", "y", [line]), Panel("bars", "x", "y", [line], kind="bars")]
    panels.append(Panel("matrix", "x", "y", matrix=np.eye(2), x_ticks=["a", "b"], written=True))
    return Drawn(
        panels, [Number("steps", 8215.4, "about 8,000", 7.2, digits=0), Number("share", 91, unit=" %", digits=0)]
    )


FIGURES = [Figure("Figure 6.5", "bias", made), Figure("Example 6.5", "wind", made), Figure("Figure 6.3", "both", made)]


@dataclass(frozen=True)
class Options:
    figure: str | None = None
    seed: int = 3
    epsilon: float = 0.1
    out: Path | None = None


def test_a_figure_is_found_by_its_number_and_by_its_name_where_two_share_one() -> None:
    assert find(FIGURES, "6.3").name == "Figure 6.3"
    assert find(FIGURES, "example-6.5").title == "wind" and find(FIGURES, "Figure 6.5").title == "bias"
    assert find(FIGURES[::-1], "6.5").title == "bias", "a number alone is the figure's"
    with pytest.raises(UserError, match=r"--figure 7 is not drawn here: choose 6.5, 6.5, 6.3"):
        find(FIGURES, "7")
    with pytest.raises(UserError, match=r"--figure 2.2: this script draws no figure"):
        find([], "2.2")


def test_a_figure_leaves_picture_and_lines_and_prints_its_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_figure(FIGURES, "chapter", Options("6.3", out=tmp_path)) == 0
    assert (tmp_path / "figure-6.3.png").read_bytes().startswith(b"\x89PNG")
    table = (tmp_path / "figure-6.3.csv").read_text(encoding="utf-8").splitlines()
    assert table[0].split(",")[:2] == ["lines: a curve: x", "lines: a curve: y"] and table[1].startswith("0,3,")
    assert "steps  8,215 ± 7.2   book: about 8,000" in capsys.readouterr().out


def test_the_numbers_stand_below_the_picture(tmp_path: Path) -> None:
    drawn = made(0)
    save_panels(tmp_path / "bare.png", "title", drawn.panels)
    save_panels(tmp_path / "numbers.png", "title", drawn.panels, drawn.numbers)
    bare, numbers = (imread(tmp_path / f"{name}.png") for name in ("bare", "numbers"))
    assert numbers.shape[0] > bare.shape[0] and numbers.shape[1] == bare.shape[1]
    below = numbers[-25:, : numbers.shape[1] // 3]
    assert below.min() < 128 and bare[-4:].min() > 200, "dark letters where there were none"


def test_the_settings_are_the_books(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"--figure 6.3 has the book's settings: leave out --epsilon"):
        run_figure(FIGURES, "chapter", Options("6.3", epsilon=0.2, out=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_numbers_stand_below_each_other() -> None:
    first, second = numbers_text(made(0).numbers).splitlines()
    assert first.index("8,215") > 0 and second.endswith("91 %")


def kept() -> list[tuple[str, list[list[str]]]]:
    rows = all_of_them.read_table()
    return [(name, [row for row in rows if row[0] == name]) for name in dict.fromkeys(row[0] for row in rows)]


def test_every_figure_of_a_chapter_has_its_numbers_in_the_table() -> None:
    assert [name for name, _ in kept()] == [figure.name for _, figure in all_of_them.all_figures()]


@pytest.mark.parametrize("language", ["README.md", "README.ko.md"])
def test_the_table_of_the_pages_says_what_was_measured(language: str) -> None:
    """A row a figure: its name, the command, our numbers and the book's."""
    for name, rows in kept():
        folder, script = rows[0][1].split("/")
        number = Figure(name, "", made).argument
        page = (ROOT / folder / language).read_text(encoding="utf-8")
        found = [line for line in page.splitlines() if f"| `python {folder}/{script} --figure {number}` |" in line]
        assert len(found) == 1, f"{name} has {len(found)} rows in {folder}/{language}"
        for _, _, what, ours, _, book in rows:
            assert ours in found[0], f"{name}: {what} is {ours}"
            for part in book.replace("about ", "").split():
                assert not part[:1].isdigit() or part in found[0], f"{name}: the book says {book}"
