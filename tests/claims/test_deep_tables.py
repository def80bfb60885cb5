"""What deep/README.md says of runs that take minutes: their outcomes stand in the raw tables."""

import csv
import re
from itertools import pairwise
from pathlib import Path

from benchmarks.ladder import against, steps_of
from benchmarks.parts import experiments
from deep.dqn import Options

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


def beside(name: str) -> tuple[str, dict[str, float]]:
    """The row that peers.py printed of the raw table that it wrote, and the medians that stand in it."""
    rows = seeds_of(f"peers-{name}")
    columns = ("our_steps", "our_seconds", "their_steps", "their_seconds")
    median = {column: float(np.median([float(row[column]) for row in rows])) for column in columns}
    steps, seconds, their_steps, their_seconds = median.values()
    ours, theirs = (sum(row[f"{side}_solved"] == "True" for row in rows) for side in ("our", "their"))
    assert ours == len(rows)
    wanted = f"{seconds:.1f} | {steps:,.0f} | {theirs}/{len(rows)} | {their_seconds:.1f} | {their_steps:,.0f}"
    return f"\n| {name} | {ours}/{len(rows)} | {wanted} | {their_seconds / seconds:.1f} |\n", median


@pytest.mark.parametrize("name", ["dqn", "a2c", "ppo", "trpo"])
def test_the_rows_beside_stable_baselines(name: str) -> None:
    """Medians of the raw table that peers.py wrote, on both pages; ours is quicker, and in no more steps."""
    line, median = beside(name)
    assert all(line in (ROOT / "deep" / page).read_text(encoding="utf-8") for page in ("README.md", "README.ko.md"))
    assert median["our_steps"] <= median["their_steps"] and median["our_seconds"] < median["their_seconds"]
    assert name != "trpo" or 3 * median["our_seconds"] <= median["their_seconds"]


def test_the_ratios_without_their_evaluations() -> None:
    ratios = []
    for name in ("dqn", "a2c", "ppo", "trpo"):
        rows = seeds_of(f"peers-{name}")
        learning = np.median([float(row["their_seconds"]) - float(row["their_evaluation_seconds"]) for row in rows])
        ratios.append(f"{learning / np.median([float(row['our_seconds']) for row in rows]):.1f}")
    for page, before_last in (("README.md", " and "), ("README.ko.md", ", ")):
        assert f"{', '.join(ratios[:-1])}{before_last}{ratios[-1]}" in (ROOT / "deep" / page).read_text(
            encoding="utf-8"
        )


def test_reinforce_takes_a_fraction_of_the_steps_of_the_plain_gradient() -> None:
    assert median_steps("reinforce") < median_steps("policy_gradient") / 2


# -- What is normal


def medians(name: str) -> list[tuple[int, float]]:
    """(steps, median of the seeds' greedy returns) at every evaluation."""
    with (RESULTS / f"{name}-curve.csv").open(encoding="utf-8", newline="") as file:
        return [(int(float(row["steps"])), float(row["median"])) for row in csv.DictReader(file)]


def steps(name: str) -> list[int]:
    return sorted(int(row["steps"]) for row in seeds_of(name))


def reaches(name: str, mark: float) -> int:
    """The step at which the median is there for the first time."""
    return next(step for step, median in medians(name) if median >= mark)


BY_VALUES = ("dqn", *LADDER)
BY_POLICY = (
    *("policy_gradient", "reinforce", "reinforce_baseline"),
    *("actor_critic", "q_actor_critic", "rollout_actor_critic", "a2c"),
)


@pytest.mark.parametrize("page", ["README.md", "README.ko.md"])
def test_what_is_normal_are_the_raw_tables_numbers(page: str) -> None:
    text = (ROOT / "deep" / page).read_text(encoding="utf-8")
    for name in (*BY_VALUES, *BY_POLICY):
        first, *_, last = steps(name)
        assert f"\n| [`{name}.py`]({name}.py) | {reaches(name, 100):,} | {first:,} | {last:,} | " in text, name


def test_every_chapter_says_what_is_normal() -> None:
    """In one of the two tables, or in a paragraph where its equations stand."""
    pages = "".join((ROOT / "deep" / page).read_text(encoding="utf-8") for page in ("README.md", "control.md"))
    sections = [each for each in re.split(r"^##+ ", pages, flags=re.MULTILINE) if "**What is normal.**" in each]
    for chapter in sorted(path.stem for path in (ROOT / "deep").glob("[a-z]*.py")):
        said = any(f"({chapter}.py#L" in each for each in sections)
        assert said or chapter in (*BY_VALUES, *BY_POLICY), f"{chapter}.py: what is normal, when to worry?"


def test_what_else_is_normal_with_values() -> None:
    for name in BY_VALUES:  # falls back more than once on the way from 100 to 475
        way = [median for step, median in medians(name) if reaches(name, 100) <= step <= reaches(name, 475)]
        assert sum(after < before - 5 for before, after in pairwise(way)) > 1
    assert steps("dqn")[0] < 1000 and steps("dqn")[-1] > 20 * steps("dqn")[0]
    for name in ("double_dqn", "dueling_dqn"):
        assert reaches(name, 200) - reaches(name, 100) > 5000
    assert steps("prioritised_dqn")[-1] < 20_000
    assert steps("n_step_dqn")[-1] < median_steps("dqn")


def test_what_else_is_normal_with_policies() -> None:
    assert steps("policy_gradient")[-1] > 14 * steps("policy_gradient")[0]
    for name, low, high, seeds in (
        ("reinforce", 11_000, 14_000, 5),
        ("actor_critic", 5_000, 12_000, 8),
        ("q_actor_critic", 17_000, 22_000, 6),
    ):
        assert sum(low <= each <= high for each in steps(name)) == seeds
    assert steps("reinforce_baseline")[0] < median_steps("reinforce_baseline") / 3
    assert steps("rollout_actor_critic")[-1] > 9 * median_steps("rollout_actor_critic")
    assert steps("a2c")[0] == medians("a2c")[0][0]
    assert sum(each > 3 * median_steps("a2c") for each in steps("a2c")) == 2


def test_who_worries_is_right_to() -> None:
    """After three times the steps of the median, three seeds out of four are there."""
    for name in (*BY_VALUES, *BY_POLICY):
        with (RESULTS / f"{name}-curve.csv").open(encoding="utf-8", newline="") as file:
            there = [float(row["steps"]) for row in csv.DictReader(file) if float(row["low"]) >= 100]
        assert there[0] <= 3 * reaches(name, 100), name


def test_reinforce_among_the_obstacles_stands_aside_where_it_fails() -> None:
    rows = seeds_of("reinforce-obstacles")
    assert {row["return_mean"] for row in rows if row["solved"] == "False"} == {"0.0"}


@pytest.mark.parametrize("page", ["README.md", "README.ko.md"])
def test_what_the_factor_gamma_to_the_t_costs(page: str) -> None:
    """Nothing that ten seeds would show, whether the discount is 0.998 or 0.99."""
    text = (ROOT / "deep" / page).read_text(encoding="utf-8")
    labels = {
        "reinforce": r"[\w ]+",
        "reinforce-discount-states": "`--discount-states`",
        "reinforce-99": "`--discount 0.99`",
        "reinforce-99-discount-states": "`--discount 0.99 --discount-states`",
    }
    for name, said in labels.items():
        assert [row["solved"] for row in seeds_of(name)] == ["True"] * 10
        assert re.search(rf"^\| {said} \| 10/10 \| {median_steps(name):,.0f} \| {steps(name)[-1]:,} \|$", text, re.M), (
            name
        )
    for name in ("reinforce", "reinforce-99"):
        assert against(steps_of(f"{name}-discount-states"), steps_of(name))[2] > 0.1
    assert steps("reinforce-discount-states")[-1] < steps("reinforce")[-1]
    assert steps("reinforce-99-discount-states")[-1] > 2 * steps("reinforce-99")[-1]
    assert pytest.approx(0.018, abs=5e-4) == 0.99**400


def test_dqn_does_nothing_for_500_steps() -> None:
    before, after = ([median for step, median in medians("dqn") if (step > 512) == late] for late in (False, True))
    assert max(before) < 15 and 50 < after[0] < 250


def test_the_score_of_the_drawn_actions_lags_behind_the_greedy_return() -> None:
    runs = [row for row in experiments.table() if row["entropy"] and row["solved"] == "True"]
    assert len(runs) > 3 and all(float(row["score"]) < float(row["mean_return"]) for row in runs)


BOTH = [(ROOT / "deep" / page).read_text(encoding="utf-8") for page in ("README.md", "README.ko.md")]
CONTROL = [(ROOT / "deep" / page).read_text(encoding="utf-8") for page in ("control.md", "control.ko.md")]


def of(command: str) -> list[dict[str, str]]:
    """What the seeds of an experiment came to."""
    return [row for row in experiments.table() if row["command"] == command]


def returns_of(command: str) -> list[float]:
    return sorted(float(row["mean_return"]) for row in of(command))


def median_of(command: str) -> float:
    return float(np.median([int(row["steps"]) for row in of(command)]))


def together(numbers: list[str], pages: list[str] = BOTH) -> bool:
    """Whether these stand on one line of each page, in their order."""
    pattern = r"(?<![\d.,-])" + r"(?!\d)[^\n]*?(?<![\d.,])".join(re.escape(each) for each in numbers) + r"(?!\d)"
    return all(re.search(pattern, page) for page in pages)


SHORT = "dqn.py --learn-every 1 --memory 128 --learning-starts 128 --steps 20000"


def test_every_experiment_was_made_over_the_same_seeds_and_the_pages_say_how_many() -> None:
    seeds = {command: [int(row["seed"]) for row in of(command)] for command in experiments.commands()}
    assert all(each == list(range(10)) for each in seeds.values())
    said = "`python -m benchmarks.parts.experiments --seeds 10`"
    assert all(said in page for page in (*BOTH, *CONTROL))


def test_reinforce_among_obstacles_that_begin_anywhere_falls_behind_the_blind_path_as_a_rule() -> None:
    [command] = [each for each in experiments.commands() if "RandomObstacles" in each]
    returns = returns_of(command)
    assert {row["solved"] for row in of(command)} == {"False"}
    assert together([f"{returns[0]:.2f}", f"{returns[-1]:.2f}"])
    assert sum(each < 0.65 for each in returns) == 6 and f"{returns[-3]:.2f}" == "0.79" and returns[-4] < 0.7


def test_what_each_part_of_dqn_was_worth() -> None:
    """Both parts solve it; without a target network no seed does, and without replay one of ten."""
    parts = [each for each in experiments.commands() if each.startswith("dqn.py --learn-every 1 -") and each != SHORT]
    whole, *without = parts
    assert {row["solved"] for row in of(whole)} == {"True"}
    assert [[row["solved"] for row in of(part)].count("True") for part in without] == [0, 1]
    below, (low, high) = max(returns_of(without[0])), (returns_of(without[1])[0], returns_of(without[1])[-2])
    rounded = [-(-below // 10) * 10, low // 10 * 10, -(-high // 10) * 10]
    assert together([f"{each:.0f}" for each in rounded])


def test_the_lectures_setting_comes_to_its_490() -> None:
    [command] = [each for each in experiments.commands() if "--stop-score 490" in each]
    assert {row["solved"] for row in of(command)} == {"True"} and together(["490", f"{median_of(command):,.0f}"])


def test_two_steps_ahead_are_not_far_enough_as_a_rule() -> None:
    short = of("dqn.py --discount 0.5 --steps 20000")
    unsolved = sorted(float(row["mean_return"]) for row in short if row["solved"] == "False")
    assert len(unsolved) > 2 * len(short) / 3
    assert together([f"{unsolved[0]:.0f}", f"{unsolved[-1]:.0f}"])


def test_the_correlation_of_one_episode_does_a2c_no_harm_that_one_could_see() -> None:
    one, four = (median_of(f"a2c.py --trace-decay 0{more}") for more in (" --environments 1 --rollout 64", ""))
    assert one < four and together([f"{one:,.0f}", f"{four:,.0f}"])


def test_without_the_clip_the_policy_has_made_up_its_mind_on_every_seed() -> None:
    clipped, free = (
        sorted(float(row["entropy"]) for row in of(f"ppo.py --epochs 30 --steps 1000{more}"))
        for more in ("", " --clip 1")
    )
    assert clipped[0] > free[-1]
    assert together([f"{each:.2f}" for each in (clipped[0], clipped[-1], free[0], free[-1])], CONTROL)


def test_a_short_memory_is_between_none_and_a_long_one() -> None:
    """By the seeds that are solved and the median return; a step adds one transition and draws a batch of 128."""
    none, short, long = (
        [row for row in experiments.table() if row["command"] == f"dqn.py --learn-every 1{more} --steps 20000"]
        for more in (" --memory 1 --batch 1 --learning-starts 1", " --memory 128 --learning-starts 128", "")
    )
    page = (ROOT / "deep" / "README.md").read_text(encoding="utf-8")
    solved = [sum(row["solved"] == "True" for row in rows) for rows in (none, short, long)]
    words = {7: "seven", 8: "eight", 9: "nine", 10: "ten"}[len(short)]
    assert f"{solved[1]} of the {words} are solved within 20,000 steps" in page
    assert solved[0] == 1 < solved[1] < len(short) and solved[2] == len(long)
    returns = [np.median([float(row["mean_return"]) for row in rows]) for rows in (none, short, long)]
    assert returns[0] < returns[1] < returns[2] and Options().batch == 128
