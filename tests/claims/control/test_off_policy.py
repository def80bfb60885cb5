"""What deep/control.md says of TD3 and SAC: numbers of its text, and outcomes of runs, which stand in raw tables."""

import math
from types import ModuleType, SimpleNamespace

import deep.ddpg
import deep.sac
import deep.td3
from benchmarks.overestimation import Comparing
from benchmarks.overestimation import Options as Compare
from tests.claims.test_deep_tables import ROOT, median_steps, seeds_of

import numpy as np
import pytest


def test_the_smaller_of_two_errors_is_0_56_deviations_too_low_on_average() -> None:
    """By the density of the smaller one of two independent normal numbers, 2 phi(x) (1 - Phi(x))."""
    x = np.linspace(-8, 8, 100_001)
    phi = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    above = np.array([math.erfc(each / math.sqrt(2)) / 2 for each in x])
    mean = float((x * 2 * phi * above).sum() * (x[1] - x[0]))
    assert abs(mean + 1 / math.sqrt(math.pi)) < 1e-6 and round(mean, 2) == -0.56


def test_td3_is_solved_by_all_seeds_in_more_steps_than_ddpg() -> None:
    assert all(row["solved"] == "True" for row in seeds_of("td3"))
    assert median_steps("td3") > median_steps("ddpg")


def compared(chapter: str, steps: int, column: str = "difference") -> list[float]:
    """What benchmarks/overestimation.py found for each seed."""
    rows = seeds_of("overestimation")
    return [float(row[column]) for row in rows if (row["chapter"], int(row["steps"])) == (chapter, steps)]


@pytest.mark.parametrize("page", ["control.md", "control.ko.md"])
def test_the_rows_of_what_critics_say_and_what_is_got(page: str) -> None:
    text = (ROOT / "deep" / page).read_text(encoding="utf-8")
    for chapter in ("ddpg", "td3"):
        medians = [np.median(compared(chapter, steps)) for steps in range(1000, 5001, 1000)]
        assert f"\n| {chapter} | " + " | ".join(f"{median:+.2f}" for median in medians) + " |\n" in text


def test_ddpg_overestimates_in_every_seed_and_td3_does_not() -> None:
    ddpg, td3 = (compared(chapter, 5000) for chapter in ("ddpg", "td3"))
    assert len(ddpg) == len(td3) == 10 and min(ddpg) > max(np.abs(td3))
    assert min(td3) < 0 < max(td3) and max(np.abs(td3)) <= 0.11
    assert np.median(compared("ddpg", 5000, "return") + compared("td3", 5000, "return")) == pytest.approx(-1.5, abs=0.1)
    assert min(compared("ddpg", 500) + compared("td3", 500)) > 10, "out of ignorance"
    assert np.median(compared("td3", 2000)) > np.median(compared("ddpg", 2000)), "later"


def test_a_critic_that_is_right_is_found_to_be_right() -> None:
    """Looking no step ahead an action is worth its reward: minus angle^2 + 0.1 velocity^2 + 0.001 torque^2."""

    def right(_: None, pairs: np.ndarray) -> np.ndarray:
        cosine, sine, velocity, torque = pairs.T
        return -0.5 * (np.arctan2(sine, cosine) ** 2 + 0.1 * velocity**2 + 0.001 * torque**2)[:, None]

    options = SimpleNamespace(reward_scale=0.5, discount=0.0)
    agent = SimpleNamespace(greedy=lambda states: states[:, 1:2], predict=right, critic=None, options=options)
    found = Comparing(agent, 0, Compare()).compare()
    assert found["difference"] == pytest.approx(0, abs=1e-5) and -8.2 < found["return"] < 0


def test_sac_is_solved_by_all_seeds_in_as_few_steps_as_ddpg() -> None:
    assert all(row["solved"] == "True" for row in seeds_of("sac"))
    assert median_steps("sac") == median_steps("ddpg")


def test_drawn_evenly_there_is_as_much_entropy_as_between_these_bounds_can_be() -> None:
    """A density of 1/2 over ]-1, 1[; the wider normal distribution gains none of it by being squashed at the bounds."""
    assert -math.log(1 / 2) == math.log(2) and round(math.log(2), 2) == 0.69
    u = np.linspace(-60, 60, 200_001)
    for deviation in (0.3, 0.87, 3.0):
        log_normal = -((u / deviation) ** 2) / 2 - math.log(deviation) - math.log(2 * math.pi) / 2
        log_pi = log_normal - 2 * (math.log(2) - u - np.logaddexp(0, -2 * u))
        assert -float((np.exp(log_normal) * log_pi).sum() * (u[1] - u[0])) < math.log(2)


@pytest.mark.parametrize("chapter", [deep.ddpg, deep.td3, deep.sac])
def test_a_transition_is_learned_from_64_times_on_average(chapter: ModuleType) -> None:
    """A gradient step for each environment step, each on a batch of 64."""
    memory = Counted()
    agent = SimpleNamespace(options=chapter.Options(), update=memory, batches=lambda count: (count,), learning=False)
    for step in range(1, 1001):
        deep.ddpg.DDPG.learn(agent, step)
    assert memory.steps * chapter.Options().batch == 64 * (1000 - chapter.Options().learning_starts + 50)


class Counted:
    """Counts the gradient steps of its calls."""

    steps = 0

    def each(self, count: int) -> None:
        self.steps += count
