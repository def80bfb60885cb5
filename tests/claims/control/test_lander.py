"""What deep/control.md says of LunarLander-v3: its commands and the raw tables that solve.py wrote of them."""

import re
import shlex

import deep.ppo
import deep.sac
from benchmarks.parts.experiments import ELSEWHERE
from benchmarks.parts.result_rows import row
from common.options import parse
from tests.claims.test_deep_tables import ROOT, seeds_of

import gymnasium as gym
import numpy as np
import pytest

PAGES = pytest.mark.parametrize("page", ["control.md", "control.ko.md"])
NAMES = ("ppo-lander", "ppo-lander-untuned", "sac-lander")


def text(page: str) -> str:
    """The section on LunarLander."""
    whole = (ROOT / "deep" / page).read_text(encoding="utf-8")
    [section] = [each for each in re.split(r"^### ", whole, flags=re.MULTILINE) if each.startswith("LunarLander")]
    return section


@PAGES
def test_the_rows_of_the_lander(page: str) -> None:
    assert all(f"\n{row(name)}\n" in text(page) for name in NAMES)


def test_every_seed_is_worth_200_or_more_over_episodes_that_were_not_looked_at_before() -> None:
    assert gym.spec("LunarLander-v3").reward_threshold == 200 and gym.spec("LunarLander-v3").max_episode_steps == 1000
    for name, seeds in (("ppo-lander", 5), ("sac-lander", 3)):
        assert [each["seed"] for each in seeds_of(name)] == [str(seed) for seed in range(seeds)]
        assert all(each["solved"] == "True" and float(each["return_mean"]) >= 200 for each in seeds_of(name))


@PAGES
def test_seeds_on_which_nothing_was_tuned(page: str) -> None:
    untuned = seeds_of("ppo-lander-untuned")
    assert [each["seed"] for each in untuned] == ["300", "301", "302", "303", "304"]
    [failed] = [each for each in untuned if each["solved"] == "False"]
    assert failed["steps"] == "600000" and "600,000" in text(page)
    assert f"{float(failed['return_mean']):.0f}" in re.findall(r"\d+", text(page))


@PAGES
def test_the_commands_are_those_that_were_measured_and_their_options_exist(page: str) -> None:
    found = re.findall(r"^python deep/(\w+\.py --env LunarLander[^#\n]*)", text(page), re.MULTILINE)
    commands = [each.strip() for each in found]
    assert [ELSEWHERE[each] for each in commands] == ["ppo-lander", "sac-lander"]
    ppo, sac = (
        parse(chapter.Options, shlex.split(command)[1:])
        for chapter, command in zip((deep.ppo, deep.sac), commands, strict=True)
    )
    assert (ppo.discount, ppo.environments, ppo.rollout, ppo.learning_rate) == (0.995, 16, 128, 1e-3)
    assert (sac.discount, sac.batch, sac.hidden) == (0.99, 64, (64, 64))


@PAGES
def test_how_far_it_looks_ahead(page: str) -> None:
    assert f"$`0.995^{{200}} = {0.995**200:.2f}`$" in text(page) and 0.95**200 < 1e-4


def length(name: str) -> float:
    """Steps of an episode, on average; the median over the seeds."""
    return float(np.median([int(each["steps"]) / int(each["episodes"]) for each in seeds_of(name)]))


@PAGES
def test_what_is_normal_of_a_lander(page: str) -> None:
    lengths, worst = [f"{length(name):.0f}" for name in ("sac-lander", "ppo-lander")], seeds_of("sac-lander")
    numbers = [*lengths, f"{min(float(each['return_min']) for each in worst):.0f}"]
    assert all(re.search(rf"(?<![\d,]){re.escape(number)}(?!\d)", text(page)) for number in numbers), numbers
    assert length("sac-lander") > 1.5 * length("ppo-lander")
