"""How fast the learners of tabular/README.md are, and how long `make figures` takes, against the raw tables."""

import csv
import re

from benchmarks import figures, tabular
from benchmarks.figures import all_figures
from tests.claims.tabular_page import ENGLISH, KOREAN, says


def speeds() -> dict[str, float]:
    with tabular.TABLE.open(encoding="utf-8", newline="") as file:
        return {row["what"]: float(row["steps a second"]) for row in csv.DictReader(file)}


def test_the_table_of_speeds_is_the_raw_one() -> None:
    rows = tabular.page_rows(speeds())
    assert len(rows) == 14 and "| |" in rows[0].replace("|  |", "| |") and rows[5].count(",") >= 1
    for page in (ENGLISH, KOREAN):
        assert re.findall(r"^\| `\w+\.py` \| [\d,]+ \| [\d,]* ?\|$", page, re.MULTILINE) == rows


def test_what_is_said_of_the_speeds() -> None:
    found = speeds()
    bare, lake, ours = (
        tabular.thousands(found, what)
        for what in ("bare loop, 5 x 5", "FrozenLake-v1, default wrappers, NumPy table", "sarsa, FrozenLake-v1")
    )
    says(f"A bare loop of SARSA on the same grid, with nothing around it, takes {bare} thousand steps a second;")
    says(f"on FrozenLake-v1 gymnasium's default wrappers and a NumPy table take {lake} and SARSA as it is here {ours}.")
    assert found["sarsa, FrozenLake-v1"] > 2 * found["FrozenLake-v1, default wrappers, NumPy table"]
    says("a thousand together take more than that all the same")
    together = [found[f"{chapter}, cliff, 1,000 at once"] for chapter in tabular.TOGETHER]
    assert min(together) > 2 * found["sarsa, cliff"]


def test_how_long_the_figures_take() -> None:
    rows = figures.read_table(figures.SECONDS)
    assert [(row[0], row[1]) for row in rows] == [(figure.name, script) for script, figure in all_figures()]
    says(f"`make figures` draws them all, {len(rows)} in {sum(float(row[2]) for row in rows):.0f} s of processor time")
