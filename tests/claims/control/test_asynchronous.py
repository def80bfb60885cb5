"""What deep/control.md says of A3C's learners: their rows and their ages, from the raw tables."""

import csv
from pathlib import Path

from benchmarks.learners.asynchronous import printed

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

ROOT = Path(__file__).resolve().parents[3]
PAGES = [(ROOT / "deep" / name).read_text(encoding="utf-8") for name in ("control.md", "control.ko.md")]


def runs(name: str) -> dict[str, list[dict[str, str]]]:
    """The rows of the raw table by the number of learners."""
    with (ROOT / "benchmarks" / "results" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [row for row in rows if row["learners"] == name] for name in {row["learners"] for row in rows}}


def median(rows: list[dict[str, str]], column: str) -> float:
    return float(np.median([float(row[column]) for row in rows]))


@pytest.mark.parametrize("name", ["asynchronous", "asynchronous-in-turn"])
def test_the_rows_of_learners_are_those_of_the_raw_table(name: str) -> None:
    found = runs(name)
    assert len({tuple(row["seed"] for row in rows) for rows in found.values()}) == 1, "the same seeds"
    for learners, rows in found.items():
        assert all(f"\n{printed(learners, rows, name.endswith('in-turn'))}\n" in page for page in PAGES)


@pytest.mark.parametrize("name", ["asynchronous", "asynchronous-in-turn"])
def test_the_mean_age_is_the_number_of_learners_less_one(name: str) -> None:
    """Of the last hundred gradients; in a run that had few more, the first ones are among them, which are younger."""
    found = runs(name)
    for learners in found.keys() - {"a2c"}:
        late = [row for row in found[learners] if int(row["steps"]) > 64 * (100 + int(learners))]
        assert late and all(float(row["age"]) == pytest.approx(int(learners) - 1, abs=0.1) for row in late)


def test_what_the_page_says_of_old_gradients() -> None:
    steps = {name: [int(row["steps"]) for row in rows] for name, rows in runs("asynchronous-in-turn").items()}
    chance = {name: float(mannwhitneyu(steps[name], steps["1"]).pvalue) for name in steps}
    assert all(chance[name] > 0.2 for name in ("2", "4", "8"))
    assert f"{chance['16']:.3f}" == "0.007" and 1.7 < np.median(steps["16"]) / np.median(steps["1"]) < 2
    assert max(steps["16"]) == 154_048


def test_on_two_cores_the_processes_do_not_pay() -> None:
    """Steps a second: fewer than A2C's with any number of learners, the fewest with four; starting takes longer."""
    found = runs("asynchronous")
    speed = {
        name: np.median([float(row["steps"]) / float(row["seconds"]) for row in rows]) for name, rows in found.items()
    }
    start = {name: median(rows, "startup_seconds") for name, rows in found.items()}
    assert speed["4"] < speed["1"] < speed["2"] < speed["a2c"]
    assert start["a2c"] < min(start["1"], start["2"], start["4"])
