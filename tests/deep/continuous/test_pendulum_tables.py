"""What deep/control.md says about the chapters on Pendulum-v1, against the raw tables of ten seeds."""

import csv
import re
import statistics
from pathlib import Path

from benchmarks.parts import pendulum
from benchmarks.parts.chapter_process import train_chapter

import pytest

ROOT = Path(__file__).parents[3]
PAGES = [(ROOT / "deep" / name).read_text(encoding="utf-8") for name in ("control.md", "control.ko.md")]


def rows(name: str) -> list[dict[str, str]]:
    with (ROOT / "benchmarks" / "results" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def median_steps(name: str) -> float:
    return statistics.median(int(row["steps"]) for row in rows(name))


@pytest.mark.parametrize("page", PAGES, ids=["en", "ko"])
def test_every_chapter_that_was_measured_on_pendulum_is_in_the_table_and_the_figure(page: str) -> None:
    named = set(re.findall(r"^\| ([\w-]+) \| \d+/\d+ \|", page, re.MULTILINE))
    assert set(pendulum.measured()) <= named and "](images/pendulum.png)" in page


def test_off_policy_takes_a_tenth_of_the_steps() -> None:
    assert median_steps("ddpg") < median_steps("ppo-pendulum") / 10
    assert all(row["solved"] == "True" for name in ("ppo-pendulum", "ddpg") for row in rows(name))


def curve(name: str) -> list[tuple[float, float]]:
    return [(float(row["steps"]), float(row["median"])) for row in rows(f"{name}-curve")]


@pytest.mark.parametrize("page", PAGES, ids=["en", "ko"])
def test_what_the_page_calls_normal_and_measured(page: str) -> None:
    """Steps at which the median of ten seeds passes -1,000 and -300, the slowest seed, and the medians compared."""
    marks = [next(step for step, median in curve("ppo-pendulum") if median >= mark) for mark in (-1000, -300)]
    slowest = [max(int(row["steps"]) for row in rows(f"ppo-pendulum{seeds}")) for seeds in ("", "-untuned")]
    for number in (*marks, *slowest, median_steps("ppo-pendulum"), median_steps("ddpg")):
        assert f" {number:,.0f}" in page
    assert max(slowest) < 200_000


CLIP_OR_EPOCHS = ("no-clip", "one-epoch")


def solved(name: str) -> str:
    """How many of the seeds that were measured, as the pages write it."""
    return f"{sum(row['solved'] == 'True' for row in rows(name))}/{len(rows(name))}"


@pytest.mark.parametrize("page", PAGES, ids=["en", "ko"])
def test_what_a2c_lacks(page: str) -> None:
    """On seeds that PPO solves well within the limit neither A2C nor PPO without its clip or epochs solves any."""
    limit = 100_000
    assert max(int(row["steps"]) for row in rows("ppo-pendulum")) < limit
    for name in ("a2c-pendulum", "ppo-no-clip", "ppo-one-epoch"):
        assert [row["seed"] for row in rows(name)] == [row["seed"] for row in rows("ppo-pendulum")]
        assert {(row["solved"], int(row["steps"])) for row in rows(name)} == {("False", limit)}
        assert f"**{solved(name)}**" in page
        best = max(float(row["return_mean"]) for row in rows(name))
        assert f" {best:,.0f}" in page and best < -200
    alone = [statistics.median(float(row["return_mean"]) for row in rows(f"ppo-{what}")) for what in CLIP_OR_EPOCHS]
    assert all(f" {median:,.0f}" in page for median in alone) and alone[0] < alone[1]


@pytest.mark.parametrize("page", PAGES, ids=["en", "ko"])
def test_trpo_with_continuous_actions(page: str) -> None:
    """One step of the policy from a rollout in place of PPO's ten epochs, on the same ten seeds."""
    seeds, untuned = rows("trpo-pendulum"), rows("trpo-pendulum-untuned")
    assert [row["seed"] for row in seeds] == [row["seed"] for row in rows("ppo-pendulum")] and len(untuned) == 5
    assert f" {median_steps('trpo-pendulum'):,.0f}" in page
    assert f" {max(int(row['steps']) for row in seeds):,}" in page
    solved_seeds, solved_untuned = (sum(row["solved"] == "True" for row in each) for each in (seeds, untuned))
    said = (f"solves {solved_seeds} of ten seeds", f"and {solved_untuned} of the five")
    assert all(each in page for each in said) or (
        f"열 개 가운데 {solved_seeds}개를 풀고" in page and f"다섯 개 가운데서는 {solved_untuned}개를" in page
    )
    assert solved_seeds >= 9 and median_steps("trpo-pendulum") < 2 * median_steps("ppo-pendulum")
    assert all(int(row["steps"]) == 200_000 for row in untuned if row["solved"] == "False") and " 200,000" in page


@pytest.mark.slow
def test_the_mean_is_good_before_the_policy_is_sure(tmp_path: Path) -> None:
    """A default run: entropy begins near log 2 + 1.42; once solved, the greedy policy is ahead of the training."""
    train_chapter("ppo", 4, tmp_path, ["--env", "Pendulum-v1"])
    with (tmp_path / "progress.csv").open(encoding="utf-8", newline="") as file:
        first, *_, last = list(csv.DictReader(file))
    assert float(first["entropy"]) == pytest.approx(2.11, abs=0.1) and float(last["entropy"]) > 1.1
    assert float(last["evaluation"]) > -200 > float(last["score"])


@pytest.mark.slow
def test_without_the_clip_the_policy_is_soon_sure_of_something_wrong(tmp_path: Path) -> None:
    train_chapter("ppo", 0, tmp_path, ["--env", "Pendulum-v1", "--clip", "1e6", "--steps", "32000"])
    with (tmp_path / "progress.csv").open(encoding="utf-8", newline="") as file:
        *_, last = list(csv.DictReader(file))
    assert float(last["entropy"]) < 1 and float(last["evaluation"]) < -800 and float(last["clipped"]) == 0
