"""The chapters as a student runs them: as processes, with good input and bad."""

import csv
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from tabular.parts.rivals import learners
from tests.tabular.calls import call, refuse

import gymnasium as gym
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted(path.stem for path in (ROOT / "tabular").glob("[a-z]*.py") if path.stem != "bandit")
CONTROL = tuple(name for name, _ in learners())


@pytest.fixture(autouse=True)
def in_an_empty_folder_without_a_display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


def run(chapter: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The chapter as a process."""
    command = [sys.executable, str(ROOT / "tabular" / f"{chapter}.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_as_a_process_it_ends_with_0_and_refuses_in_one_line(chapter: str) -> None:
    good = ["--seeds", "20"] if chapter == "cliff_walking" else []
    done = run(chapter, "--headless", "--episodes", "20", *good)
    assert done.returncode == 0, done.stderr
    assert "20 episodes" in done.stdout
    assert refuse(chapter, "--headless", "--discount", "2") == "--discount is 2; it must lie in [0, 1]"


def test_as_a_process_it_refuses_with_2() -> None:
    done = run("sarsa", "--headless", "--discount", "2")
    assert (done.returncode, done.stderr) == (2, "error: --discount is 2; it must lie in [0, 1]\n")
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("chapter", CONTROL)
def test_a_headless_run_prints_policy_worth_and_summary_and_writes_the_curve(chapter: str, tmp_path: Path) -> None:
    said = call(chapter, "--headless", "--episodes", "300")
    assert len([line for line in said.splitlines() if re.fullmatch(r"( +[v^<>.G]+){5}", line)]) == 5
    assert re.search(r"value of the start, exact: -?[\d.]+ under this greedy policy, 0\.5905 at best", said)
    assert re.search(r"on course: 300 episodes, [\d,]+ steps in [\d.]+ s; mean return of the last 100", said)
    [table] = tmp_path.rglob("curve.csv")
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["episode"]) for row in rows] == list(range(1, 301))
    assert (table.parent / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_the_random_walk_draws_the_figure_of_example_6_2(tmp_path: Path) -> None:
    said = call("td_prediction", "--random-walk", "--headless", "--out", "walk")
    assert said.count("100 learners, 100 episodes each") == 7
    with (tmp_path / "walk" / "curve.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    # What the book's figure shows: TD(0) is ahead of Monte Carlo all the way, and a smaller step size ends lower.
    for row in rows[9::10]:
        assert float(row["TD(0), step size 0.1: mean"]) < float(row["Monte Carlo, step size 0.02: mean"])
    last = {name: float(value) for name, value in rows[-1].items()}
    assert (
        last["TD(0), step size 0.05: mean"] < last["TD(0), step size 0.1: mean"] < last["TD(0), step size 0.15: mean"]
    )
    assert last["TD(0), step size 0.05: mean"] == pytest.approx(0.04, abs=0.01)
    assert last["Monte Carlo, step size 0.01: mean"] == pytest.approx(0.1, abs=0.02)


def test_the_cliff_draws_its_figure_and_both_paths(tmp_path: Path) -> None:
    said = call("cliff_walking", "--headless", "--seeds", "100", "--out", "cliff")
    earned = {
        kind: float(re.search(rf"{kind} on cliff.* episodes (-[\d.]+)", said)[1]) for kind in ("SARSA", "Q-learning")
    }
    assert earned["SARSA"] == pytest.approx(-26, abs=3)
    assert earned["Q-learning"] == pytest.approx(-50, abs=4)
    assert "Q-learning: 13 moves" in said
    assert {path.name for path in (tmp_path / "cliff").iterdir()} == {"curve.png", "curve.csv", "paths.png"}


def test_a_table_is_saved_walked_with_and_learned_on(tmp_path: Path) -> None:
    call("sarsa", "--headless", "--episodes", "400", "--save", "표.npz", "--out", "a")
    said = call("q_learning", "--headless", "--load", "표.npz", "--demo")
    assert "arrived after 6 moves, return 0.59" in said
    said = call("sarsa", "--headless", "--load", "표.npz", "--episodes", "20", "--out", "b")
    assert "0.5905 under this greedy policy" in said
    films = call("sarsa", "--headless", "--load", "표.npz", "--demo", "--record", "walk.gif")
    assert "arrived" in films
    assert (tmp_path / "walk.gif").read_bytes().startswith(b"GIF8")
    refused = refuse("sarsa", "--headless", "--load", "표.npz", "--map", "maze")
    assert "shape (25, 4)" in refused


def test_the_same_seed_gives_the_same_table(tmp_path: Path) -> None:
    for chapter in (*CONTROL, "td_prediction", "monte_carlo_prediction", "monte_carlo_off_policy"):
        tables = []
        for name, seed in (("one", "4"), ("two", "4"), ("three", "5")):
            file = tmp_path / f"{chapter}-{name}.npz"
            common = ["--headless", "--episodes", "60", "--map", "slippery"]
            call(chapter, *common, "--seed", seed, "--save", str(file))
            with np.load(file) as saved:
                tables.append(saved["table"])
        np.testing.assert_array_equal(tables[0], tables[1])
        assert (tables[0] != tables[2]).any()


@pytest.mark.parametrize("name", ["FrozenLake-v1", "CliffWalking-v1", "Taxi-v3", "Blackjack-v1"])
def test_any_discrete_environment_can_be_learned(name: str, tmp_path: Path) -> None:
    if name not in gym.registry and name != "Taxi-v3":
        pytest.skip(f"this gymnasium has no {name}")
    said = call("q_learning", "--env", name, "--headless", "--episodes", "40", "--save", "t.npz")
    assert f"on {name}: 40 episodes" in said
    said = call("q_learning", "--env", name, "--headless", "--demo", "--load", "t.npz")
    assert said.count("episode ") == 5
    said = call("sarsa", "--env", name, "--episodes", "10", "--seeds", "3")
    assert "3 learners, 10 episodes each" in said


def test_rivals_and_options_of_chapters_run(tmp_path: Path) -> None:
    for chapter, *arguments in (
        ("expected_sarsa", "--versus", "q_learning"),
        ("double_q_learning", "--versus", "monte_carlo_control"),
        ("q_learning", "--seeds", "30", "--versus", "sarsa_lambda"),
        ("monte_carlo_control", "--every-visit", "--versus", "dyna_q"),
        ("monte_carlo_prediction", "--every-visit"),
        ("monte_carlo_off_policy", "--policy", "optimal", "--epsilon", "0.2", "--importance", "ordinary"),
        ("td_prediction", "--policy", "optimal", "--epsilon", "0.2"),
    ):
        said = call(chapter, "--headless", "--episodes", "30", *arguments)
        assert "30 episodes" in said


def test_the_window_can_be_filmed_without_one(tmp_path: Path) -> None:
    call("sarsa", "--headless", "--episodes", "5", "--record", "learning.png")
    assert (tmp_path / "learning.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a whole console")
def test_ctrl_c_keeps_and_reports_what_was_learned(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "tabular" / "sarsa.py"), "--headless", "--episodes", "100000000"]
    process = subprocess.Popen(
        [*command, "--save", "t.npz"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stderr is not None
    seen = ""
    while "mean of 100" not in seen:
        more = process.stderr.read(40)
        assert more, seen
        seen += more
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopped after" in said and "mean return" in said
    assert (tmp_path / "t.npz").exists() and list(tmp_path.rglob("curve.csv"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--step-size", "0"), r"--step-size is 0; it must lie in \(0, 1\]"),
        (("--step-size", "nan"), "--step-size is nan"),
        (("--step-size-decay", "1.5"), "--step-size-decay is 1.5"),
        (("--epsilon", "-0.1"), r"--epsilon is -0.1; it must lie in \[0, 1\]"),
        (("--epsilon-decay", "0"), "--epsilon-decay is 0"),
        (("--epsilon-decay", "nan"), "--epsilon-decay is nan"),
        (("--epsilon-final", "2"), "--epsilon-final is 2"),
        (("--discount", "1.01"), "--discount is 1.01"),
        (("--episodes", "0"), "--episodes is 0; it must be at least 1"),
        (("--max-steps", "0"), "--max-steps is 0"),
        (("--seeds", "0"), "--seeds is 0"),
        (("--initial-value", "inf"), "--initial-value is inf"),
        (("--map", "nowhere"), "nowhere"),
        (("--env", "NoSuchThing-v0"), "NoSuchThing-v0 is not a known environment"),
        (("--env", "CartPole-v1"), r"discrete states.*deep/dqn\.py"),
        (("--load", "missing.npz"), "there is no table missing.npz"),
        (("--demo",), "say which with --load"),
        (("--save", "table.csv"), r"must end in \.npz"),
        (("--save", "readme/table.npz"), "is a file, not a folder"),
        (("--out", "readme"), "is a file"),
        (("--record", "film.avi"), r"must end in \.gif"),
        (("--seeds", "3", "--save", "t.npz"), "leave out --seeds"),
        (("--versus", "nobody"), "nobody"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing_behind(
    arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    (tmp_path / "readme").write_text("a file")
    assert re.search(words, refuse("sarsa", "--headless", *arguments))


def test_bad_input_of_the_other_chapters(tmp_path: Path) -> None:
    assert "--planning-steps is -1" in refuse("dyna_q", "--planning-steps", "-1")
    assert "--trace-decay is 1.5" in refuse("sarsa_lambda", "--trace-decay", "1.5")
    assert "--trace-decay is nan" in refuse("sarsa_lambda", "--trace-decay", "nan")
    assert "best is not known" in refuse("td_prediction", "--policy", "best")
    assert "needs a model" in refuse("td_prediction", "--policy", "optimal", "--env", "Blackjack-v1")
    assert "use --map" in refuse("cliff_walking", "--env", "Blackjack-v1")
    assert "leave it out" in refuse("cliff_walking", "--versus", "dyna_q")
    assert "--versus" in refuse("monte_carlo_prediction", "--versus", "sarsa")
    assert "choose double_q_learning, dyna_q" in refuse("sarsa", "--versus", "td_prediction")
    (tmp_path / "table.npz").write_bytes(b"not a table")
    assert "cannot be read" in refuse("monte_carlo_control", "--headless", "--load", "table.npz")


def test_a_failed_run_overwrites_nothing(tmp_path: Path) -> None:
    call("sarsa", "--headless", "--episodes", "5", "--save", "t.npz")
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    refuse("sarsa", "--headless", "--episodes", "9", "--save", "t.npz", "--discount", "7")
    refuse("sarsa", "--headless", "--map", "maze", "--load", "t.npz", "--save", "t.npz")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == kept


def test_the_benchmark_runs_as_a_script(tmp_path: Path) -> None:
    """From its own folder Python would take it for the package that it measures."""
    command = [sys.executable, str(ROOT / "benchmarks" / "tabular.py")]
    command += ["--rounds", "1", "--steps", "2000", "--seeds", "40", "--table", str(tmp_path / "tabular.csv")]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    assert "40 at once against one, steps" in done.stdout
    assert "sarsa, cliff, 40 at once" in (tmp_path / "tabular.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--expected", "expected_sarsa.py"),
        ("--trace 0.9", "--trace-decay, of sarsa_lambda.py"),
        ("--double", "double_q_learning.py"),
        ("--planning 5", "--planning-steps, of dyna_q.py"),
        ("--task prediction", "monte_carlo_prediction.py"),
        ("--average", "--step-size 1 --step-size-decay 1"),
    ],
)
def test_an_old_option_gets_one_line_that_says_the_new_one(arguments: str, words: str) -> None:
    assert words in refuse("sarsa", *arguments.split())


def test_the_learner_of_every_chapter_that_acts_can_be_the_rival_by_its_name() -> None:
    names = refuse("sarsa", "--headless", "--versus", "nobody").partition("choose ")[2].split(", ")
    assert set(names) == set(CHAPTERS) - {
        "cliff_walking",
        "td_prediction",
        "monte_carlo_prediction",
        "monte_carlo_off_policy",
        "batch_td",
        "n_step_td",
        "td_lambda",
    }
    for name in names:
        assert "2 episodes" in call("sarsa", "--headless", "--episodes", "2", "--versus", name)
