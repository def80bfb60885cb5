"""What tabular/README.md says of the figures of chapters 6, 7 and 12, against the numbers that were kept."""

import re
from pathlib import Path

from common.tables import load_table
from dp.parts.exact import optimal_action_values, optimal_values, policy_values
from gridworld.problems.blackjack import blackjack
from gridworld.problems.racetrack import Racetrack
from gridworld.task import Task
from gridworld.world import GridWorld
from tabular import monte_carlo_off_policy_control, q_learning
from tabular.parts.experiment import Experiment
from tabular.parts.textbook.racetrack import learned
from tabular.parts.textbook.random_walk import walks
from tabular.parts.trial import Truth, start_value
from tests.claims.kept_figures import is_drawn_again, kept
from tests.claims.running import run_here
from tests.claims.tabular_page import RUN, says

import numpy as np
import pytest

CHAPTER_6 = ["Example 6.2", "Figure 6.2", "Figure 6.3", "Example 6.4", "Example 6.5", "Figure 6.5", "Example 6.6"]
QUICK = ("Example 6.2", "Example 6.4", "Example 6.5")


@pytest.fixture(autouse=True)
def in_an_empty_folder_without_a_display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in CHAPTER_6]
)
def test_a_figure_drawn_again_has_the_numbers_that_were_kept(name: str) -> None:
    assert is_drawn_again(name)


def test_the_windy_gridworld_takes_about_8000_steps() -> None:
    """The book shows one learner's 170 episodes; the spread from learner to learner is the tolerance."""
    spread, _ = kept("Example 6.5", "standard deviation")
    assert abs(kept("Example 6.5", "steps for 170 episodes")[0] - 8000) < 2 * spread
    assert kept("Example 6.5", "at the least")[0] == 17.0


def test_batches() -> None:
    says("its error after 100 episodes is 0.035, that of Monte Carlo 0.055")
    assert (kept("Figure 6.2", "batch TD")[0], kept("Figure 6.2", "batch Monte Carlo")[0]) == (0.035, 0.055)
    says("and it is the smaller one from the third episode on (Figure 6.2)")
    assert kept("Figure 6.2", "from the third on")[0] == 100
    says("B is worth 3/4. And A?", "Monte Carlo says 0: the one return that was seen from A. TD says 3/4")
    assert kept("Example 6.4", "batch TD: v(A)")[0] == kept("Example 6.4", "batch TD: v(B)")[0] == 3 / 4
    assert (
        kept("Example 6.4", "batch Monte Carlo: v(A)")[0] == 0 and kept("Example 6.4", "Monte Carlo: v(B)")[0] == 3 / 4
    )
    assert "100 episodes" in run_here(f"python tabular/{RUN['batches']}")


def test_the_maximisation_bias() -> None:
    says("Q-learning goes left in 94.2 % of the runs in episode 23 and in 11.7 % at the end, where epsilon alone would")
    most, _ = kept("Figure 6.5", "Q-learning: left at the most, in episode 23")
    last, error = kept("Figure 6.5", "Q-learning: left in the last 20 of")
    assert (most, last) == (94.2, 11.7) and last - 5 > 4 * error, "significantly more than 5 %"
    says("Double Q-learning never goes there more often than at the start, 50.9 %, and in 6.8 % at the end.")
    assert kept("Figure 6.5", "Double Q-learning: left at the most") == (50.9, pytest.approx(0.5, abs=0.01))
    assert kept("Figure 6.5", "Double Q-learning: left in")[0] == 6.8
    says("with two of them in B Q-learning goes left in 63 % of the runs at the most, with a hundred in 96 %.")
    assert (kept("Figure 6.5", " 2 actions")[0], kept("Figure 6.5", "100 actions")[0]) == (63, 96)


@pytest.mark.slow
def test_on_the_courses_map_q_learning_is_too_low() -> None:
    says("after 500 episodes Q-learning's table is too low on average, because much of it is still 0.")
    experiment = Experiment("none", q_learning.Options(headless=True))
    assert experiment.task.mdp is not None
    truth = Truth(experiment.task.mdp, "optimal")
    for seed in range(10):
        trial = experiment.trial(q_learning.method(q_learning.Options()), seed)
        for _ in range(500):
            trial.episode()
        values = truth.values(trial.agent)
        assert values is not None
        too_low = (trial.agent.action_values - values)[truth.learned]  # type: ignore[union-attr]
        assert too_low.mean() < -0.4 and (trial.agent.action_values[truth.learned] == 0).mean() > 0.2  # type: ignore[union-attr]


def test_step_sizes_on_the_cliff() -> None:
    """Section 6.6: Expected SARSA keeps its advantage over all step sizes; SARSA needs a small one in the long run."""
    for when in ("first 100", "in the long run, best"):
        sarsa, q, expected = (
            kept("Figure 6.3", f"{name}, {when}")[0] for name in ("SARSA", "Q-learning", "Expected SARSA")
        )
        assert expected > sarsa > q
    assert kept("Figure 6.3", "Expected SARSA, in the long run, step size 1")[0] == -20.6
    assert kept("Figure 6.3", "SARSA, in the long run, best at step size 0.1")[0] > -23


def test_the_cliffs_paths() -> None:
    says("only one learner in four has it (25 %), and one in six (16 %) ends with a greedy policy that never arrives")
    assert (kept("Example 6.6", "SARSA: learners that have")[0], kept("Example 6.6", "SARSA: greedy policies")[0]) == (
        25,
        16,
    )
    says("With epsilon 0.3 that is half of them (54 %).")
    assert kept("Example 6.6", "SARSA with epsilon 0.3")[0] == 54


# Chapter 5


@pytest.mark.slow
def test_blackjack_by_exploring_starts_is_the_books_optimal_policy() -> None:
    says("The 200 hands are worth 0.0942 on average under this policy, and more there is not to get.")
    said = run_here(f"python tabular/{RUN['exploring starts']} --save hands.npz --out here")
    assert "exact: 0.0942 under this greedy policy, 0.0942 at best" in said
    assert Path("here/policy.png").stat().st_size > 10_000
    task = Task("", "gridworld:SuttonBlackjack-v0")
    values = load_table(Path("hands.npz"), (201, 2), task.fingerprint, task.name)
    best = optimal_action_values(blackjack(), 1.0)
    costs = best.max(axis=1) - best[np.arange(201), values.argmax(axis=1)]
    assert (costs > 0).sum() <= 3 and costs.max() < 0.01, "but for hands where both are worth nearly the same"


def test_the_racetrack_as_it_was_kept() -> None:
    greedy, best, arrives = {}, {}, {}
    for name in ("left", "right"):
        greedy[name] = kept("Figure 5.5", f"{name} track: steps of the greedy")[0]
        best[name] = kept("Figure 5.5", f"{name} track: steps of the optimal")[0]
        arrives[name] = kept("Figure 5.5", f"{name} track: of ")[0]
        model = Racetrack(GridWorld.load(f"racetrack-{name}")).model()
        assert -start_value(model, optimal_values(model, 1.0)) == pytest.approx(best[name], abs=0.005)
    says("on the left track its greedy policy needs 12.39 steps, where 11.69 are possible", "11.78 and 8.90.")
    assert (greedy["left"], best["left"], greedy["right"], best["right"]) == (12.39, 11.69, 11.78, 8.90)
    says("by the optimal policy 11.69 and 8.90; without noise it arrives from 5 of 6 and 19 of 23 starts")
    assert (arrives["left"], arrives["right"]) == (5, 19)


@pytest.mark.slow
def test_the_racetrack_is_driven_again_on_the_left() -> None:
    """Half of Figure 5.5, with its numbers; from the last start the car leaves the track at once."""
    says("From the last start of the left track it crashes at once, on purpose, and so does the optimal policy")
    track = Racetrack(GridWorld.load("racetrack-left"))
    model = track.model()
    learner = monte_carlo_off_policy_control
    actions = learned(learner.method, learner.Options, model, 0).action_values.argmax(axis=1)
    worth = start_value(model, policy_values(model, np.eye(9)[actions], 1.0))
    assert -worth == pytest.approx(kept("Figure 5.5", "left track: steps of the greedy")[0], abs=0.005)
    runs = [track.run(actions, start) for start in track.starts]
    assert sum(track.is_over(run[-1]) for run in runs) == 5 and runs[-1] == [track.starts[-1]]


def test_the_race_of_the_page_is_told_on_its_track() -> None:
    """A hundredth of its episodes: what is printed, not what is learned."""
    said = run_here(f"python tabular/{RUN['race']} --headless".replace("100000", "300"))
    assert re.search(r"^\d of 6 starts arrive without noise, in steps: ", said, re.MULTILINE)
    assert sum(line.endswith("F") or "S" in line or "o" in line for line in said.splitlines()) >= 6


# Chapters 7 and 12


def test_an_intermediate_number_of_steps_is_best() -> None:
    """The book's Figure 7.2: n = 4, at a step size near 0.4, just below 0.27."""
    error, spread = kept("Figure 7.2", "best: n = 4, step size 0.4")
    assert abs(error - 0.27) < 4 * spread
    says("Four are best: 0.266, where one step comes to 0.346 and 512 steps, longer than nearly all walks, to 0.483.")
    assert (error, kept("Figure 7.2", "n = 1,")[0], kept("Figure 7.2", "n = 512")[0]) == (0.266, 0.346, 0.483)
    assert (walks(np.random.default_rng(0), 5000).lengths > 512).mean() < 0.01


def test_an_intermediate_lambda_is_best_and_traces_do_what_the_book_says() -> None:
    says("is best, with 0.263; with dutch traces, 0.256.")
    assert kept("Figure 12.6", "TD(lambda), best: lambda = 0.8")[0] == 0.263
    assert kept("Figure 12.8", "true online TD(lambda), best: lambda = 0.8")[0] == 0.256
    off, spread = kept("Figure 12.3", "off-line lambda-return, best: lambda = 0.8")
    assert abs(off - kept("Figure 12.3", "n-step TD, best")[0]) < spread, "section 12.1: comparable"
    assert kept("Figure 12.3", "n = 512")[0] == kept("Figure 12.3", "lambda = 1,")[0]
    assert (
        kept("Figure 12.6", "TD(lambda): lambda = 1")[0] > kept("Figure 12.6", "off-line lambda-return: lambda = 1")[0]
    )


def test_figure_7_2_drawn_again() -> None:
    assert is_drawn_again("Figure 7.2")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Figure 12.3", "Figure 12.6", "Figure 12.8"])
def test_a_figure_of_chapter_12_drawn_again(name: str) -> None:
    assert is_drawn_again(name)


def test_both_commands_learn() -> None:
    for name in ("n steps", "traces"):
        assert "500 episodes" in run_here(f"python tabular/{RUN[name]}")
