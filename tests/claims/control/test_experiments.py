"""What the deep pages say of their experiments beside the chapters' defaults: rank tests on the raw tables."""

from tests.claims.test_deep_tables import BOTH, CONTROL, median_of, median_steps, of, seeds_of, together

import pytest
from scipy.stats import mannwhitneyu

ALIKE = (
    "dqn.py --fall-penalty 100",
    "dqn.py --loss mean_squared_error",
    "n_step_dqn.py --n-step 20",
    "a2c.py --entropy-bonus 0.05",
    "ppo.py --clip 1",
    "trpo.py --iterations 1",
    "ddpg.py --theta 1",
    "ddpg.py --sigma 0",
    "ddpg.py --discount 0.99",
    "td3.py --target-sigma 0",
)
"""Commands whose steps cannot be told from those of the chapter's default."""
SLOWER = (
    "a2c.py --trace-decay 0",
    "a2c.py --environments 16 --rollout 5",
    "trpo.py --delta 0.5",
    "ddpg.py --tau 1",
)


def chance(command: str) -> float:
    """p of a rank test of an experiment's steps against those of the chapter's default."""
    default, other = ([int(row["steps"]) for row in rows] for rows in (seeds_of(command.split(".py")[0]), of(command)))
    return float(mannwhitneyu(default, other).pvalue)


@pytest.mark.parametrize("command", ALIKE)
def test_what_cannot_be_told_from_the_default(command: str) -> None:
    assert chance(command) > 0.05 and {row["solved"] for row in of(command)} == {"True"}


def test_the_ends_of_exploration() -> None:
    """Neither costs steps that could be told from luck; who never explores may repeat for ever what came first."""
    never, always = "dqn.py --epsilon-end 0 --epsilon-decay 0", "dqn.py --epsilon-decay 1 --epsilon-end 1 --steps 20000"
    assert chance(never) > 0.05 and chance(always) > 0.05
    [stuck] = [row for row in of(never) if row["solved"] == "False"]
    assert (stuck["steps"], round(float(stuck["mean_return"]))) == ("300000", 9) and len(of(never)) == 10
    unsolved = [float(row["mean_return"]) for row in of(always) if row["solved"] == "False"]
    assert len(unsolved) == 2 and min(unsolved) > 400


def test_along_the_plain_gradient() -> None:
    command = "trpo.py --iterations 1"
    assert f"{chance(command):.2f}" == "0.06" and 2.8 < median_of(command) / median_steps("trpo") < 3.3
    assert together(["0.06"], CONTROL)


@pytest.mark.parametrize("command", SLOWER)
def test_what_costs_steps(command: str) -> None:
    assert chance(command) < 0.05 and median_of(command) > median_steps(command.split(".py")[0])


def test_td3_is_quicker_without_its_delay() -> None:
    command = "td3.py --delay 1"
    assert median_of(command) < median_steps("td3") and chance(command) < 0.001
    assert together([f"{median_of(command):,.0f}", "0.001"], CONTROL)


def test_a_critic_slower_than_its_actor() -> None:
    assert {row["solved"] for row in of("actor_critic.py --critic-learning-rate 0.0005 --steps 20000")} == {"False"}
    assert max(int(row["steps"]) for row in seeds_of("actor_critic")) == 13_000


def test_one_epoch_takes_about_twice_as_many_steps() -> None:
    assert 1.6 < median_of("ppo.py --epochs 1 --minibatch 128") / median_steps("ppo") < 2.4


def test_long_steps_with_old_gradients() -> None:
    short, long = (median_of(f"a3c.py --learners 8 --in-turn{more}") for more in ("", " --learning-rate 0.02"))
    assert long > 3 * short


def test_the_defaults_beside_which_the_experiments_stand() -> None:
    """Of ten seeds: their median number of steps, as the paragraphs below the tables give it."""
    assert together([f"{median_steps('dqn'):,.0f}"], BOTH) and together([f"{median_steps('a2c'):,.0f}"], BOTH)
    assert together([f"{median_steps(name):,.0f}" for name in ("ppo", "trpo")], CONTROL)
    assert together([f"{median_steps(name):,.0f}" for name in ("ddpg", "td3")], CONTROL)
