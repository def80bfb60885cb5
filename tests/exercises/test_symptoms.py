"""The symptom of every bug is what a run of the planted file shows, in numbers and in what else is said of it."""

import csv
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deep.parts.returns import discounted_returns
from dp.parts.exact import optimal_values
from exercises.bugs import Bug, bugs
from gridworld.task import Task
from tabular.parts.learning_options import ControlOptions
from tests.claims import test_not_learning as claims
from tests.claims.running import run_here

import numpy as np
import pytest

BUGS = {bug.name: bug for bug in bugs()}
QUICK = ("bug-timid", "bug-against-the-arrows", "bug-deaf", "bug-lost")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the student's file and for what the runs write."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(bug: Bug, flags: str = "") -> str:
    """What the planted file prints."""
    Path(bug.file).write_text(bug.blank, encoding="utf-8")
    return run_here(f"python {Path(bug.file).resolve()} {bug.run} {flags}")


def around_the_goal(bug: Bug, printed: str) -> None:
    """The values of the chapter; none of the goal's four neighbours points at it."""
    chapter = run_here(f"python {bug.chapter} {bug.run}")
    assert printed.split("policy")[0] == chapter.split("policy")[0] and printed.count(" 1.000") == 4
    for said, points in ((printed, False), (chapter, True)):
        arrows = [line.split() for line in said.split("policy\n")[1].splitlines()[:5]]
        at = {"v": arrows[1][2], ">": arrows[2][1], "<": arrows[2][3], "^": arrows[3][2]}
        assert arrows[2][2] == "G" and all((way in cell) == points for way, cell in at.items())


def values(printed: str) -> np.ndarray:
    """The table of the first learner that is printed, without the goal."""
    rows = [line.split() for line in printed.splitlines()[:5]]
    return np.array([[np.nan if cell == "G" else float(cell) for cell in row] for row in rows])


def only_the_start(bug: Bug, printed: str) -> None:
    found = values(printed)
    assert found[0, 0] == values(run_here(f"python {bug.chapter} {bug.run}"))[0, 0] != 0
    assert np.count_nonzero(np.nan_to_num(found)) == 1


def next_to_a_reward(bug: Bug, printed: str) -> None:
    """The cells beside the goal or a trap and no others; nor after four times as many episodes."""
    rewarded = {(1, 2), (2, 1), (2, 2)}
    near = {(row + dy, column + dx) for row, column in rewarded for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0))}
    for said in (printed, shown(bug, "--episodes 2000")):
        found = np.nan_to_num(values(said))
        assert {(int(row), int(column)) for row, column in np.argwhere(found)} == near - {(2, 2)}


def along_the_edge(bug: Bug, printed: str) -> None:
    assert printed.splitlines()[2].split() == [">"] * 11 + ["v"]


def in_a_circle(bug: Bug, printed: str) -> None:
    """Follow the arrows from the start: the walk comes back to where it was, in the two upper rows."""
    arrows = [line.split() for line in printed.splitlines()[:4]]
    moves = {"^": (-1, 0), "v": (1, 0), "<": (0, -1), ">": (0, 1)}
    at, walk = (3, 0), []
    while at not in walk:
        walk.append(at)
        row, column = moves[arrows[at[0]][at[1]]]
        at = min(max(at[0] + row, 0), 3), min(max(at[1] + column, 0), 11)
    assert {row for row, _ in walk[walk.index(at) :]} <= {0, 1}


def a_tenth_too_small(bug: Bug, printed: str) -> None:
    """Wherever an optimal action is worth something, the planted table has 0.9 of what the chapter's has."""
    found, right = (np.max(table_of(source), axis=1) for source in (bug.blank, bug.source))
    assert found[right != 0] / right[right != 0] == pytest.approx(0.9, abs=0.01)


def table_of(source: str) -> Any:
    """The action values that Q-learning of this source ends with, after what the command runs."""
    chapter: dict[str, Any] = {"__name__": "chapter"}
    exec(source, chapter)
    env, options = Task("course").environment(), ControlOptions(epsilon=1.0)
    agent = chapter["method"](options).agent(env, 0)
    for _ in chapter["train"](env, agent, 500):
        pass
    return agent.table


def right_of_the_start(bug: Bug, printed: str) -> None:
    """Below 0 there, though the target policy is worth 0.9^4: the goal with the fifth move, and no trap before it."""
    assert values(printed)[0, 1] == -0.629
    mdp = Task("course").mdp
    assert mdp is not None and optimal_values(mdp, 0.9)[1] == pytest.approx(0.9**4)


LOOKS: dict[str, Callable[[Bug, str], None]] = {
    "bug-against-the-arrows": around_the_goal,
    "bug-lonely-start": only_the_start,
    "bug-two-masters": right_of_the_start,
    "bug-islands": next_to_a_reward,
    "bug-edge": along_the_edge,
    "bug-lost": in_a_circle,
    "bug-scale": a_tenth_too_small,
}
TABLES = [name for name, bug in BUGS.items() if not bug.chapter.startswith("deep/")]


@pytest.mark.parametrize(
    "bug", [pytest.param(BUGS[name], id=name, marks=() if name in QUICK else pytest.mark.slow) for name in TABLES]
)
def test_the_symptom_of_a_table_is_what_the_run_prints(bug: Bug, elsewhere: Path) -> None:
    assert bug.shows or bug.name in LOOKS
    printed, chapter = shown(bug), run_here(f"python {bug.chapter} {bug.run}")
    for text in bug.shows:
        assert text in printed
    for text in bug.instead:
        assert text in chapter
    assert not bug.shows or not all(text in chapter for text in bug.shows)
    for told in bug.told.values():
        assert all(text.split()[0] in told.symptom for text in (*bug.shows, *bug.instead))
    if bug.name in LOOKS:
        LOOKS[bug.name](bug, printed)


def test_the_symptoms_of_networks_are_those_of_the_page() -> None:
    """The page's own tests plant these mistakes or an option that does the same, and run the same commands."""
    growing, surely, undecided = (BUGS[f"bug-{name}"] for name in ("growing-loss", "surely-bad", "undecided"))
    assert re.sub(r"\s", "", growing.blank) == re.sub(r"\s", "", growing.source.replace("(1 - terminated) * ", ""))
    assert surely.blank == surely.source.replace("-tf.reduce_sum(weights", "tf.reduce_sum(weights")
    assert undecided.planted == "returns = np.asarray(episode.rewards)"
    rewards = np.ones(5, np.float32)
    np.testing.assert_array_equal(discounted_returns(rewards, 0.0), rewards)
    symptoms = {"growing-loss": 10, "surely-bad": 13, "undecided": 14, "splendid-loss": 15}
    for name, number in symptoms.items():
        bug = BUGS[f"bug-{name}"]
        claims.says(number, bug.run)
        for language, page in zip(("en", "ko"), claims.SYMPTOMS, strict=True):
            assert re.search(rf"(?<!\d){number}(?!\d)", bug.words[language].read)
            said = page[number - 1].split("\n- ")[1]
            for value in re.findall(r"0\.\d+|\b9\b", bug.told[language].symptom):
                assert value in said


@pytest.mark.slow
def test_a_target_network_that_is_not_copied_again(elsewhere: Path) -> None:
    bug = BUGS["bug-splendid-loss"]
    (elsewhere / "chapter.py").write_text(bug.blank, encoding="utf-8")
    command = [sys.executable, "chapter.py", *bug.run.split(), "--headless", "--out", "run"]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    with (elsewhere / "run" / "progress.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[-1]["loss"]) < 0.01
    assert np.median([float(row["evaluation"]) for row in rows if row["evaluation"]]) < 11
