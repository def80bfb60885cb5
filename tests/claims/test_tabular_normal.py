"""What tabular/README.md calls normal is what ten seeds of each chapter do, and what it worries about is not."""

import csv
import functools
import re
from dataclasses import dataclass
from pathlib import Path

from tests.claims.running import run_here
from tests.claims.tabular_page import ENGLISH, KOREAN, ROOT, says, worth

import numpy as np
import pytest

SEEDS = range(10)
BEST, LONGER = 0.5905, 0.4783
[SECTION] = re.findall(r"^## What is normal.*?(?=^## )", ENGLISH, re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def in_an_empty_folder_without_a_display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@dataclass
class Seen:
    """What one seed printed, and the lengths and returns of its episodes."""

    said: str
    steps: np.ndarray
    returns: np.ndarray


@functools.cache
def seen(script: str) -> list[Seen]:
    """Ten seeds of a chapter with its defaults."""
    runs = []
    for seed in SEEDS:
        said = run_here(f"python tabular/{script}.py --headless --seed {seed} --out {script}-{seed}")
        with Path(f"{script}-{seed}", "curve.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        columns = [
            [float(row[name]) for row in rows]
            for what in (": steps", ": return")
            for name in rows[0]
            if name.endswith(what)
        ]
        runs.append(Seen(said, np.array(columns[0]), np.array(columns[len(columns) // 2])))
    return runs


def worths(script: str) -> list[float]:
    return [worth(run.said) for run in seen(script)]


def cut_off(script: str) -> int:
    """On how many seeds an episode of the first fifty was cut off."""
    return sum(run.steps[:50].max() == 1000 for run in seen(script))


def first_ten(script: str) -> np.ndarray:
    return np.array([run.steps[:10].mean() for run in seen(script)])


def errors(script: str) -> np.ndarray:
    """[seeds, tables] the distances from the truth."""
    return np.array([[float(each) for each in re.findall(r"of the model: ([\d.]+)", run.said)] for run in seen(script)])


def test_every_chapter_says_what_is_normal_in_both_languages() -> None:
    """In a row of the table, or in its own section."""
    sections = [each for each in re.split(r"^##+ ", ENGLISH, flags=re.MULTILINE) if "**What is normal.**" in each]
    rows = re.findall(r"^\| \[(\w+\.py)\]", SECTION, re.MULTILINE)
    for script in sorted(path.name for path in (ROOT / "tabular").glob("[a-z]*.py")):
        assert script in rows or any(f"({script}#L" in each for each in sections), f"{script}: what is normal?"
    for number in re.findall(r"\d[\d,]*(?:\.\d+)?", SECTION):
        assert number in KOREAN, number


@pytest.mark.slow
def test_bandits() -> None:
    says("80 in 100 are of the best arm with epsilon-greedy, 86 with UCB, 84 with the gradient bandit")
    said = run_here("python tabular/bandit.py --headless")
    assert re.findall(r"best arm (\d+)%", said) == ["80", "86", "84"]


@pytest.mark.slow
def test_prediction() -> None:
    says("A random policy needs about 36 steps an episode", "stays between -2.3 and -1.2", "ends 0.03 to 0.06 from")
    runs = seen("monte_carlo_prediction")
    assert np.mean([run.steps.mean() for run in runs]) == pytest.approx(36, abs=0.5)
    assert all(-2.3 < run.returns[-100:].mean() < -1.2 for run in runs)
    assert errors("monte_carlo_prediction").min() > 0.025 and errors("monte_carlo_prediction").max() < 0.065
    says("it ends 0.21 to 0.40 from the truth, and some cells still hold 0")
    assert errors("monte_carlo_off_policy").min() > 0.21 and errors("monte_carlo_off_policy").max() < 0.405
    assert all(" 0.000" in run.said for run in seen("monte_carlo_off_policy"))
    says("TD(0) ends 0.07 to 0.17 from the truth", "beside it, 0.12 to 0.29, further off on every seed")
    bootstrapping, waiting = errors("td_prediction").T
    assert bootstrapping.min() > 0.07 and bootstrapping.max() < 0.175
    assert waiting.min() > 0.12 and waiting.max() < 0.295
    assert (bootstrapping < waiting).all()
    says("with `--step-size 0.02 --episodes 5000` TD(0) ends 0.03 from it.")
    nearer = run_here("python tabular/td_prediction.py --headless --step-size 0.02 --episodes 5000")
    assert float(re.findall(r"of the model: ([\d.]+)", nearer)[0]) == pytest.approx(0.03, abs=0.005)


@pytest.mark.slow
def test_n_steps_and_traces() -> None:
    says("ends 0.08 to 0.23 from the truth: further off than TD(0)", "ends 0.07 to 0.22 from the truth, with replacing")
    assert errors("n_step_td").min() > 0.08 and errors("n_step_td").max() < 0.235
    assert errors("n_step_td").mean() > errors("td_prediction")[:, 0].mean()
    assert errors("td_lambda").min() > 0.065 and errors("td_lambda").max() < 0.225
    says("with replacing traces 0.07 to 0.19")
    ends = []
    for seed in SEEDS:
        said = run_here(f"python tabular/td_lambda.py --headless --traces replacing --seed {seed} --out replacing")
        ends.append(float(re.findall(r"of the model: ([\d.]+)", said)[0]))
    assert min(ends) > 0.07 and max(ends) < 0.195
    says(
        "the first ten episodes take 37 to 372 steps on average, and are cut off on four seeds; the best policy on four"
    )
    assert first_ten("n_step_sarsa").min() > 36.5 and first_ten("n_step_sarsa").max() < 372.5
    assert cut_off("n_step_sarsa") == 4 and sorted(worths("n_step_sarsa")) == [LONGER] * 6 + [BEST] * 4


@pytest.mark.slow
def test_batches() -> None:
    says("100 episodes: ends 0.02 to 0.12 from the truth, batch Monte Carlo 0.07 to 0.16; TD is nearer on nine seeds")
    bootstrapping, waiting = errors("batch_td").T
    assert bootstrapping.min() > 0.015 and bootstrapping.max() < 0.125
    assert waiting.min() > 0.07 and waiting.max() < 0.16 and (bootstrapping < waiting).sum() == 9


@pytest.mark.slow
def test_control() -> None:
    says("the shortest good way has six, and makes the start worth 0.5905.")
    says("on five seeds the best one, on four one that is worth 0.4783, on one 0.3138. On three seeds early episodes")
    assert sorted(worths("monte_carlo_control")) == [0.3138, *[LONGER] * 4, *[BEST] * 5]
    assert cut_off("monte_carlo_control") == 3
    says("although the last hundred episodes return 0.97 on average")
    assert sorted(worths("monte_carlo_off_policy_control")) == [0.0, *[BEST] * 9]
    [stuck] = [run for run in seen("monte_carlo_off_policy_control") if worth(run.said) == 0]
    assert stuck.returns[-100:].mean() == pytest.approx(0.97, abs=0.005)
    says("take 6.5 to 7.2 steps on average and return 0.90 to 0.99; the greedy policy is the best there is on all ten")
    assert worths("sarsa") == [BEST] * 10
    assert all(
        6.45 < run.steps[-100:].mean() < 7.25 and 0.895 < run.returns[-100:].mean() < 0.995 for run in seen("sarsa")
    )
    says("the best policy on nine seeds, 0.4783 on one. The table ends 0.55 to 0.61 from the optimal values")
    assert sorted(worths("q_learning")) == [LONGER, *[BEST] * 9]
    assert errors("q_learning").min() > 0.545 and errors("q_learning").max() < 0.615


@pytest.mark.slow
def test_one_change_at_a_time() -> None:
    says("early episodes are cut off on every seed", "The best policy on five seeds, 0.4783 on five")
    assert cut_off("expected_sarsa") == 10
    assert sorted(worths("expected_sarsa")) == [LONGER] * 5 + [BEST] * 5
    says(
        "longer than Q-learning's on nine seeds",
        "on one seed they are cut off time and again. The best policy on eight",
    )
    assert (first_ten("double_q_learning") > first_ten("q_learning")).sum() == 9
    assert sum((run.steps == 1000).sum() > 50 for run in seen("double_q_learning")) == 1
    assert worths("double_q_learning").count(BEST) == 8
    says("the first ten episodes take 11 to 27 steps on average, Q-learning's 22 to 42; the best policy on all ten")
    for script, low, high in (("dyna_q", 10.5, 27), ("q_learning", 22, 42)):
        assert low < first_ten(script).min() and first_ten(script).max() < high
    assert worths("dyna_q") == [BEST] * 10
    says(
        "the first ten episodes take 16 to 34 steps on average, for it wants to see everything; the best policy on all"
    )
    says("the first ten episodes take 9 to 28 steps on average; the best policy on nine seeds, 0.4783 on one")
    for script, low, high in (("dyna_q_plus", 16, 34), ("prioritised_sweeping", 9, 28)):
        assert low < first_ten(script).min() and first_ten(script).max() < high
    assert worths("dyna_q_plus") == [BEST] * 10
    assert sorted(worths("prioritised_sweeping")) == [LONGER, *[BEST] * 9]
    says("early episodes are cut off on three seeds; the best policy on nine")
    assert cut_off("sarsa_lambda") == 3 and worths("sarsa_lambda").count(BEST) == 9


@pytest.mark.slow
def test_where_the_cut_off_episodes_are_spent() -> None:
    """Bumping into the wall of the first corner, on the first seed of Expected SARSA."""
    says("and the agent stays there until exploration finds the goal")
    from gridworld.task import Task
    from tabular import expected_sarsa

    method = expected_sarsa.method(expected_sarsa.Options())
    env = Task("course").environment()
    env.reset(seed=0)
    agent = method.agent(env, 0)
    visited = []
    act = agent.act
    agent.act = lambda state: visited.append(state) or act(state)  # type: ignore[method-assign, func-returns-value]
    lengths, length = [], 0
    for _, ended in method.train(env, agent, 10):
        length += 1
        if ended:
            lengths.append(length)
            length = 0
    assert max(lengths) == 1000
    assert visited.count(0) > 0.8 * len(visited)


@pytest.mark.slow
def test_the_cliff() -> None:
    says("both curves rise within the first hundred episodes and then stay noisy, SARSA's above Q-learning's")
    run_here("python tabular/cliff_walking.py --headless --seeds 30 --out cliff")
    with Path("cliff/curve.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    curves = {
        name: np.array([float(row[name]) for row in rows]) for name in rows[0] if "return" in name or "mean" in name
    }
    assert len(curves) >= 2, list(rows[0])
    [sarsa, *_], [q_learning, *_] = ([c for name, c in curves.items() if name.startswith(t)] for t in ("SARSA", "Q-"))
    for curve in (sarsa, q_learning):
        assert curve[:5].mean() < 2 * curve[95:105].mean() < 0
        assert curve[100:].std() > 1
    assert sarsa[-100:].mean() > q_learning[-100:].mean()


@pytest.mark.slow
def test_no_value_is_above_1() -> None:
    says("when a value on this map is above 1", "Only ordinary importance sampling may do that")
    for script in ("monte_carlo_prediction", "monte_carlo_off_policy", "td_prediction"):
        for run in seen(script):
            assert max(float(each) for each in re.findall(r"^ .*?(-?\d\.\d{3})", run.said, re.MULTILINE)) <= 1
    said = run_here("python tabular/monte_carlo_off_policy.py --headless --importance ordinary")
    assert max(float(each) for each in re.findall(r"(?<= )-?\d+\.\d{3}(?= |$)", said, re.MULTILINE)) > 1
