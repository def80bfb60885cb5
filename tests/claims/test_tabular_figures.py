"""What tabular/README.md says of the figures of chapters 6, 7 and 12, against the numbers that were kept."""

from pathlib import Path

from tabular import q_learning
from tabular.parts.experiment import Experiment
from tabular.parts.textbook.random_walk import walks
from tabular.parts.trial import Truth
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
