"""What deep/README.md says of runs that take minutes: their outcomes stand in the raw tables."""

import csv
from pathlib import Path

from benchmarks.ladder import against, steps_of

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results"


def seeds_of(name: str) -> list[dict[str, str]]:
    with (RESULTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def median_steps(name: str) -> float:
    return float(np.median([int(row["steps"]) for row in seeds_of(name)]))


def test_what_the_page_says_of_q_and_q_minus_v() -> None:
    assert median_steps("q-advantage") < median_steps("q_actor_critic") / 2
    assert median_steps("q-fast") > median_steps("q_actor_critic")
    assert any(row["solved"] == "False" for row in seeds_of("q-fast"))


LADDER = ("double_dqn", "dueling_dqn", "prioritised_dqn", "n_step_dqn")


@pytest.mark.parametrize("page", ["README.md", "README.ko.md"])
def test_the_ladders_rows_are_those_of_the_raw_tables(page: str) -> None:
    text = (ROOT / "deep" / page).read_text(encoding="utf-8")
    for name in LADDER:
        sooner, ratio, chance = against(steps_of(name), steps_of("dqn"))
        assert f"\n| {name} | {sooner}/10 | {ratio:.2f} | {chance:.2f} |\n" in text


def test_only_n_step_returns_stand_apart_from_dqn() -> None:
    chance = {name: against(steps_of(name), steps_of("dqn"))[2] for name in LADDER}
    assert chance.pop("n_step_dqn") < 0.05 and median_steps("n_step_dqn") < median_steps("dqn")
    assert all(each > 0.1 for each in chance.values())


@pytest.mark.parametrize("name", ["dqn", "a2c", "ppo"])
def test_the_rows_beside_stable_baselines(name: str) -> None:
    """Medians of the raw table that peers.py wrote, on both pages; ours is quicker, and in no more steps."""
    rows = seeds_of(f"peers-{name}")
    steps, seconds, their_steps, their_seconds = (
        float(np.median([float(row[column]) for row in rows]))
        for column in ("our_steps", "our_seconds", "their_steps", "their_seconds")
    )
    wanted = f"{seconds:.1f} | {steps:,.0f} | 10/10 | {their_seconds:.1f} | {their_steps:,.0f}"
    line = f"\n| {name} | 10/10 | {wanted} | {their_seconds / seconds:.1f} |\n"
    assert all(line in (ROOT / "deep" / page).read_text(encoding="utf-8") for page in ("README.md", "README.ko.md"))
    assert steps <= their_steps and seconds < their_seconds


def test_the_ratios_without_their_evaluations() -> None:
    ratios = []
    for name in ("dqn", "a2c", "ppo"):
        rows = seeds_of(f"peers-{name}")
        learning = np.median([float(row["their_seconds"]) - float(row["their_evaluation_seconds"]) for row in rows])
        ratios.append(f"{learning / np.median([float(row['our_seconds']) for row in rows]):.1f}")
    for page, before_last in (("README.md", " and "), ("README.ko.md", ", ")):
        assert f"{', '.join(ratios[:-1])}{before_last}{ratios[-1]}" in (ROOT / "deep" / page).read_text(
            encoding="utf-8"
        )


def test_reinforce_takes_a_fraction_of_the_steps_of_the_plain_gradient() -> None:
    assert median_steps("reinforce") < median_steps("policy_gradient") / 2
