"""What deep/control.md says of DDPG, TD3 and SAC beside Stable-Baselines3's: the raw tables that peers.py wrote."""

import deep.ddpg
import deep.sac
import deep.td3
from benchmarks.parts.peer_settings import OFF_POLICY, variants
from tests.claims.test_deep_tables import ROOT, beside, seeds_of

import numpy as np
import pytest

ROWS = [variant for algorithm in OFF_POLICY for variant in variants(algorithm)]
PAGES = pytest.mark.parametrize("page", ["control.md", "control.ko.md"])


@PAGES
@pytest.mark.parametrize("name", ROWS)
def test_the_rows_beside_stable_baselines_on_pendulum(page: str, name: str) -> None:
    assert beside(name)[0] in (ROOT / "deep" / page).read_text(encoding="utf-8")


@PAGES
def test_the_ratios_on_pendulum_without_their_evaluations(page: str) -> None:
    ratios = []
    for name in ROWS:
        rows = seeds_of(f"peers-{name}")
        learning = np.median([float(row["their_seconds"]) - float(row["their_evaluation_seconds"]) for row in rows])
        ratios.append(f"{learning / np.median([float(row['our_seconds']) for row in rows]):.1f}")
    last = " and " if page == "control.md" else ", "
    assert f"{', '.join(ratios[:-1])}{last}{ratios[-1]}" in (ROOT / "deep" / page).read_text(encoding="utf-8")


def test_ours_is_at_least_10_times_faster_whenever_theirs_begins_to_learn() -> None:
    for name in ROWS:
        _, median = beside(name)
        assert 10 * median["our_seconds"] <= median["their_seconds"]


@pytest.mark.parametrize("name", ["ddpg", "td3"])
def test_the_early_start_takes_theirs_fewer_steps_and_no_less_time_for_it_learns_from_more_of_them(name: str) -> None:
    (_, late), (_, early) = beside(name), beside(f"{name}-early")
    assert early["their_steps"] < late["their_steps"] and early["their_seconds"] >= late["their_seconds"]
    assert early["their_steps"] - 500 > late["their_steps"] - 10_000


def test_how_many_seeds_there_are() -> None:
    assert all([row["seed"] for row in seeds_of(f"peers-{name}")] == ["0", "1", "2"] for name in ROWS)


def test_our_side_is_as_the_page_says() -> None:
    for chapter in (deep.ddpg, deep.td3, deep.sac):
        ours = chapter.Options()
        assert (ours.hidden, ours.batch, ours.learning_starts, ours.learn_every) == ((64, 64), 64, 500, 50)
