"""What tabular/README.md says of n steps and traces on the walk over nineteen states."""

from pathlib import Path

from tabular.parts.textbook.random_walk import walks
from tests.claims.kept_figures import is_drawn_again, kept
from tests.claims.running import run_here
from tests.claims.tabular_page import RUN, says

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def in_an_empty_folder_without_a_display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


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
