"""What deep/control.md says of trust regions: the corridor computed once more by other means, and the raw tables."""

import csv
from pathlib import Path

from benchmarks.trust_region import (
    LONG,
    START,
    Options,
    divergence,
    draw_corridor,
    draw_divergences,
    fisher,
    gradient,
    judged,
    natural_step,
    policy,
    surrogate,
)
from deep.trpo import Options as TRPOOptions

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = [(ROOT / "deep" / name).read_text(encoding="utf-8") for name in ("control.md", "control.ko.md")]
OLD = judged(START)
ALONG = gradient(OLD) / np.linalg.norm(gradient(OLD))


def on_both_pages(number: str) -> bool:
    return all(number in page for page in PAGES)


def test_the_corridors_value_is_that_of_episodes() -> None:
    """10,000 steps' worth of -1, discounted by 0.95: mean over 4,000 episodes of the starting policy."""
    random, cell, value, factor = np.random.default_rng(0), np.zeros(4000, int), np.zeros(4000), 1.0
    right = np.append(policy(START)[:, 1], 0.0)
    for _ in range(300):
        value -= factor * (cell < 3)
        goes_right = random.random(4000) < right[cell]
        cell = np.where(cell == 3, 3, np.array([[0, 1], [2, 0], [1, 3], [3, 3]])[cell, goes_right.astype(int)])
        factor *= 0.95
    assert value.mean() == pytest.approx(OLD.value, abs=0.3)


def test_slope_and_bowl_are_those_of_finite_differences() -> None:
    h = 1e-4
    for axis in np.eye(2):
        slope = (judged(START + h * axis).value - judged(START - h * axis).value) / (2 * h)
        same = (surrogate(OLD, START + h * axis) - surrogate(OLD, START - h * axis)) / (2 * h)
        assert slope == pytest.approx(axis @ gradient(OLD), rel=1e-5) == same
    for step in np.random.default_rng(0).normal(size=(5, 2)):
        assert divergence(OLD, START + 1e-3 * step) == pytest.approx(0.5e-6 * step @ fisher(OLD) @ step, rel=0.01)


def test_a_step_too_long_on_the_page() -> None:
    """-9.8 at first, -7.4 after a step of 1, -17.6 after one of 4, of which L promises 5.4."""
    assert [round(judged(START + length * ALONG).value, 1) for length in (0, 1, LONG)] == [-9.8, -7.4, -17.6]
    assert round(surrogate(OLD, START + LONG * ALONG), 1) == 5.4
    assert all(on_both_pages(number) for number in ("-9.8", "-7.4", "-17.6", "5.4"))


def test_the_natural_step_ends_on_the_bowls_rim_and_a_little_outside_the_true_one() -> None:
    delta = Options().delta
    step = natural_step(OLD, delta)
    assert 0.5 * step @ fisher(OLD) @ step == pytest.approx(delta)
    assert round(divergence(OLD, START + step), 3) == 0.059 and on_both_pages("0.059")
    around = np.array([[np.cos(turn), np.sin(turn)] for turn in np.linspace(0, 2 * np.pi, 400)])
    rim = np.sqrt(2 * delta / np.einsum("ni,ij,nj->n", around, fisher(OLD), around))[:, None] * around
    assert (rim @ gradient(OLD)).max() <= step @ gradient(OLD) * (1 + 1e-9), "no other step on the rim gains more"


def test_the_pictures_are_drawn(tmp_path: Path) -> None:
    draw_corridor(tmp_path / "corridor.png", 0.05)
    draw_divergences(tmp_path / "kl.png", Options().table)
    assert all((tmp_path / name).stat().st_size > 10_000 for name in ("corridor.png", "kl.png"))


def kl_of(old: float, new: float) -> float:
    """Between two policies over two actions that give the first one these probabilities."""
    return float(old * np.log(old / new) + (1 - old) * np.log((1 - old) / (1 - new)))


def test_what_the_page_says_of_the_kl_divergence() -> None:
    assert round(kl_of(0.5, 0.6), 2) == 0.02 == TRPOOptions().delta and round(kl_of(0.5, 0.71), 1) == 0.1
    assert kl_of(0.99, 0.96) < 0.02 < kl_of(0.99, 0.95) and kl_of(0.99, 0.89) > 0.05


def test_the_size_of_the_matrix_that_is_never_written_down() -> None:
    [hidden] = TRPOOptions().hidden
    weights = 4 * hidden + hidden + 2 * hidden + 2
    assert on_both_pages(str(weights)) and on_both_pages(f"{weights**2:,}")


def updates() -> list[dict[str, float]]:
    """Every update of the ten seeds."""
    with Options().table.open(encoding="utf-8", newline="") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def test_no_update_of_ten_seeds_left_the_region() -> None:
    delta = TRPOOptions().delta
    assert {row["seed"] for row in updates()} == set(range(10))
    assert all(0 <= row["kl"] <= row["largest_kl"] <= delta for row in updates())


def test_what_the_page_calls_normal() -> None:
    """Most updates use more than half of the bound; the computed length holds, or the first shorter one does."""
    rows, options = updates(), TRPOOptions()
    assert np.mean([row["kl"] > options.delta / 2 for row in rows]) > 0.75
    assert np.mean([row["length"] >= options.shrink for row in rows]) > 0.9
    assert all(row["length"] > 0 for row in rows), "no update was given up"
    last = [[row for row in rows if row["seed"] == seed][-1] for seed in range(10)]
    assert all(row["score"] < 300 for row in last) and np.median([row["score"] for row in last]) < 100
    assert all(row["entropy"] > 0.4 for row in last) and max(row["entropy"] for row in rows) <= np.log(2)
