"""What both chapters of dynamic programming do around their algorithm: the window, or solving and printing."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from common.display import has_display
from dp.parts.planning_options import Model, PlanningOptions, load_model
from gridworld import text
from gridworld.mdp import MDP
from gridworld.window.lesson import Lesson
from gridworld.world import GridWorld

Floats = NDArray[np.float64]

LARGEST_FILM = 40
"""Rows or columns up to which a run without a display leaves a film behind by itself."""


class Planner(Protocol):
    """An algorithm that finds the optimal values of a model: values [S], policy [S, A]."""

    discount: float
    values: Floats

    @property
    def mdp(self) -> MDP:
        """The model it plans with."""

    @property
    def policy(self) -> Floats:
        """[S, A] the probability of each action."""

    def solve(self, tolerance: float) -> int:
        """Find the values to within the tolerance; return the number of sweeps."""


class PlanningLessonType(Protocol):
    """A chapter's lesson, which makes its planner by `plan`, of a model and a discount."""

    def __call__(
        self, title: str, world: GridWorld, plan: Callable[..., Any], discount: float, tolerance: float, seed: int
    ) -> Lesson:
        """The lesson on a world."""


def run(options: PlanningOptions, plan: Callable[..., Planner], lesson: PlanningLessonType, title: str) -> None:
    """Open the window on the lesson; without a display, or headless, solve, print, and film if asked to.

    plan: makes the planner of (model) or (model, discount). A script that wanted to open its window and
    could not leaves a film in its place, in the folder recordings.
    """
    model = load_model(options)
    with_window = model.world is not None and not options.headless and has_display()
    if not with_window:
        solve_and_print(model, plan(model.mdp), options.tolerance)
    record = options.record
    wants_window = model.world is not None and not options.headless
    if record is None and wants_window and not with_window and max(model.shape or (0,)) <= LARGEST_FILM:
        record = Path("recordings") / f"{title.lower().replace(' ', '-')}.gif"
        print("there is no display to open a window on, so what it would have shown is filmed")
    if model.world is not None and (with_window or record is not None):
        # Imported where it is wanted: without it, solving and printing start a quarter of a second sooner.
        from gridworld.window.show import show

        show(
            lesson(title, model.world, plan, options.discount, options.tolerance, options.seed),
            headless=options.headless,
            record=record,
            play=True,
        )
        if record is not None and not with_window:
            print(f"the film is in {record}")


def solve_and_print(model: Model, planner: Planner, tolerance: float) -> None:
    """Solve the model and print values and policy, sweeps and seconds."""
    begin = time.perf_counter()
    sweeps = planner.solve(tolerance)
    seconds = time.perf_counter() - begin
    print(f"{model.name}: {model.mdp.n_states:,} states, discount {planner.discount:g}")
    print_result(model, planner)
    meaning = "of the optimal values" if planner.discount < 1 else "moved by the last sweep at most"
    print(f"{sweeps} sweeps, {seconds:.3g} seconds, within {tolerance:g} {meaning}")


def print_result(model: Model, planner: Planner) -> None:
    """Values and policy: as grids, as a list, or in one line where they are many."""
    if model.letters is not None and text.fits(model.letters.shape):
        print("values", text.value_grid(planner.values, model.letters), sep="\n")
        print("policy", text.policy_grid(planner.policy, model.letters, model.signs), sep="\n")
    elif model.mdp.n_states <= text.MOST_LISTED:
        print(text.state_list(planner.values, planner.policy))
    else:
        print(text.summary(planner.values, model.shape, model.mdp.start))
