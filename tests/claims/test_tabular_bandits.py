"""What tabular/README.md says of bandits, beside the commands that show it."""

import re
from pathlib import Path

from common.options import parse
from tabular.double_q_learning import Options
from tabular.parts.watch.bias_lesson import bias_lessons
from tests.claims.kept_figures import is_drawn_again, kept
from tests.claims.running import run_here
from tests.claims.tabular_page import RUN, says

import pytest


@pytest.fixture(autouse=True)
def in_an_empty_folder_without_a_display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


def earned(name: str) -> dict[str, tuple[str, str]]:
    """Of each learner: the reward a pull over all pulls and over the last 100, as printed."""
    said = run_here(f"python tabular/{RUN[name]}")
    found = re.findall(r"^([\w-]+): .*reward a pull ([\d.]+) .*last 100 ([\d.]+),", said, re.MULTILINE)
    return {title: (whole, last) for title, whole, last in found}


@pytest.mark.slow
def test_what_bandits_earn() -> None:
    by_chance, greedy, optimists = earned("bandits"), earned("greedy bandits"), earned("optimists")
    says("Two thousand runs of each, all at once, and each run with arms of its own.")
    says("Epsilon-greedy earns 1.301 a pull over 1,000 pulls, UCB 1.387, the gradient bandit 1.352.")
    assert [whole for whole, _ in by_chance.values()] == ["1.301", "1.387", "1.352"]
    says("Without exploration, epsilon 0, it is 1.038")
    assert greedy["Epsilon-greedy"][0] == "1.038"
    says("That earns 1.293, less in the beginning, but 1.500 in the last 100 pulls, where epsilon 0.1 earns 1.370.")
    assert optimists["Epsilon-greedy"] == ("1.293", "1.500") and by_chance["Epsilon-greedy"][1] == "1.370"


def test_the_picture_is_what_its_command_makes() -> None:
    assert "bandit.png" in run_here(f"python tabular/{RUN['bandits, picture']}")
    assert Path("bandit.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_without_a_display_the_window_is_left_out() -> None:
    assert run_here(f"python tabular/{RUN['bandits by hand']}").count("2,000 runs of 1,000 pulls") == 3


SLOW = ("Figure 2.3", "Figure 2.4", "Figure 2.5")


@pytest.mark.parametrize(
    "name", ["Figure 2.1", "Figure 2.2", *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)]
)
def test_a_figure_drawn_again_has_the_numbers_that_were_kept(name: str) -> None:
    assert is_drawn_again(name)


def test_the_numbers_of_chapter_2_are_the_books() -> None:
    """Within four standard errors where the book is exact; where it says "about", of what it rounds to."""
    best, error = kept("Figure 2.1", "the best of ten")
    assert abs(best - 1.54) < 0.005 + 4 * error
    greedy, error = kept("Figure 2.2", "greedy: reward")
    assert abs(greedy - 1.0) < 0.05 + 4 * error
    share, error = kept("Figure 2.2", "greedy: tasks")
    assert abs(share - 100 / 3) < 4 * error
    assert kept("Figure 2.2", "epsilon 0.1: its best share")[0] <= 91


def test_the_figures_of_chapter_2_show_what_the_book_says_of_them() -> None:
    assert kept("Figure 2.3", "optimistic, first")[0] > kept("Figure 2.3", "realistic")[0]
    assert kept("Figure 2.3", "step 11")[0] > kept("Figure 2.3", "step 12")[0], "Exercise 2.6: the spike"
    assert kept("Figure 2.4", "UCB: reward a step")[0] > kept("Figure 2.4", "epsilon 0.1")[0]
    assert kept("Figure 2.4", "UCB: reward in step 11")[0] > kept("Figure 2.4", "UCB: reward in step 12")[0]
    for size in ("0.1", "0.4"):
        assert kept("Figure 2.5", f"{size}, with baseline")[0] > kept("Figure 2.5", f"{size}, without")[0]
    best = {kind: kept("Figure 2.6", kind)[0] for kind in ("UCB", "greedy, step", "gradient", "epsilon-greedy")}
    assert max(best, key=best.__getitem__) == "UCB", "section 2.8: UCB performs best"
    assert kept("Exercise 2.5", "step size 0.1")[0] > kept("Exercise 2.5", "mean of all")[0]
    says("then the mean of all rewards remembers too much, and `--step-size 0.1` does better")


def test_the_maximisation_bias_to_watch() -> None:
    says("`python tabular/double_q_learning.py --bias 10` opens the window on it: a thousand learners of each kind")
    said = run_here(f"python tabular/{RUN['bias']}")
    most = [float(share) for share in re.findall(r"left at the most ([\d.]+) %", said)]
    assert said.count("1,000 learners") == 2 and most[0] > 90 > 60 > most[1]
    says("watch Q-learning take B for more than the -0.1 that it is worth.")
    options = parse(Options, ["--bias", "10"])
    plain, double = bias_lessons(100, options)
    plain.advance(100)
    double.advance(100)
    assert plain.believed() > 0 > double.believed()
