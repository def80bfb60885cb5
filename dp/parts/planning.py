"""What both chapters of dynamic programming do around their algorithm: the window, or solving and printing."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import common.options
from common.figures import Figure, run_figure, save_panels
from common.language import _, plural
from common.watch.display import has_display
from dp.parts import quick
from dp.parts.convergence import error_bound
from dp.parts.model import Model, load_model
from dp.parts.planning_options import PlanningOptions, WorldOptions
from dp.parts.progress import watching
from gridworld import text
from gridworld.mdp import MDP, Floats
from gridworld.window.lesson import Lesson
from gridworld.world import GridWorld

LARGEST_FILM = 40
"""Rows or columns up to which a run without a display leaves a film behind by itself."""


class Solution(Protocol):
    """Values [S] and a policy [S, A]."""

    @property
    def values(self) -> Floats:
        """[S] what each state is worth."""

    @property
    def policy(self) -> Floats:
        """[S, A] the probability of each action."""


class Planner(Protocol):
    """An algorithm that finds the optimal values of a model: values [S], policy [S, A]."""

    discount: float
    values: Floats
    sweeps: int

    @property
    def mdp(self) -> MDP:
        """The model it plans with."""

    @property
    def policy(self) -> Floats:
        """[S, A] the probability of each action."""

    @property
    def counts(self) -> dict[str, int]:
        """What was done so far (sweep, improvement, ...) and how often."""

    def solve(self) -> None:
        """Find the values to within the tolerance."""


class LessonType(Protocol):
    """A chapter's lesson, which makes its agent by the planner, of a model and options."""

    name: str

    def __call__(
        self,
        world: GridWorld,
        planner: Callable[..., Any],
        options: PlanningOptions,
        model: Model | None = None,
    ) -> Lesson:
        """The lesson on a world, or on a model that is none."""


def launch(
    planner: Callable[[MDP, Any], Planner],
    options: type[PlanningOptions],
    lesson: LessonType,
    figures: Sequence[Figure] = (),
) -> None:
    """Run a chapter as a script: `run` with the options of the command line, or draw one of its figures of the book."""

    def main(given: PlanningOptions) -> None:
        if given.figure is not None:
            run_figure(figures, folder_name(lesson), given)
        else:
            run(given, planner, lesson)

    common.options.launch(main, options)


def folder_name(lesson: LessonType) -> str:
    """Where the chapter's pictures go within results: policy_iteration."""
    return lesson.name.lower().replace(" ", "_")


def run(options: PlanningOptions, planner: Callable[[MDP, Any], Planner], lesson: LessonType) -> None:
    """Open the window on the lesson; without a display, or headless, solve, print, and film if asked to.

    planner: makes the algorithm of (model, options). A script that wanted to open its window and could not leaves a
    film in its place, in the folder recordings. A problem that is no grid is printed and drawn as well.
    """
    with watching(lambda: _("making the model")):
        model = load_model(options)
    planner = beginning_on(model, planner)
    wants_window = model.has_picture and not options.headless and not options.quick
    if not (wants_window and has_display()):
        solver = quick.Quick if options.quick else planner
        agent = solver(model.mdp, options)
        solve_and_print(model, agent, options.tolerance)
        draw_problem(model, agent, lesson.name, options.out or Path("results") / folder_name(lesson))
    open_or_film(model, options, lesson.name, lambda: make_lesson(lesson, model, planner, options), wants_window)


def beginning_on(model: Model, planner: Callable[[MDP, Any], Planner]) -> Callable[[MDP, Any], Planner]:
    """The planner; one that keeps a policy begins with the problem's own, where it has one."""

    def make(mdp: MDP, options: Any) -> Planner:
        agent = planner(mdp, options)
        first = None if model.problem is None else model.problem.first_policy
        if first is not None and "policy" in vars(agent):
            vars(agent)["policy"] = first()
        return agent

    return make


def make_lesson(
    lesson: LessonType, model: Model, planner: Callable[[MDP, Any], Planner], options: PlanningOptions
) -> Lesson:
    """The lesson on the model's map, or on its problem."""
    if model.world is not None:
        return lesson(model.world, planner, options)
    return lesson(GridWorld(["S"], name=model.name, continuing=True), planner, options, model)


def draw_problem(model: Model, agent: Solution, title: str, folder: Path) -> None:
    """The picture of a problem that is no grid; nothing for other models."""
    if model.problem is not None:
        picture = folder / f"{model.name}.png"
        save_panels(picture, f"{title}: {model.name}", model.problem.panels(agent.values, agent.policy))
        print(_("{file} is in {folder}", file=picture.name, folder=picture.parent))


def open_or_film(
    model: Model, options: WorldOptions, title: str, lesson: Callable[[], Lesson], wants_window: bool
) -> None:
    """Open the window if it is wanted and there is a display, else film what it would have shown, for maps of a size
    to be seen; a film that was asked for is made in any case."""
    with_window = wants_window and has_display()
    record = options.record
    if record is None and wants_window and not with_window and max(model.shape or (0,)) <= LARGEST_FILM:
        record = Path("recordings") / f"{title.lower().replace(' ', '-')}.gif"
        print(_("there is no display to open a window on, so what it would have shown is filmed"))
    if model.has_picture and (with_window or record is not None):
        # Imported where it is wanted: without it, solving and printing start a quarter of a second sooner.
        from gridworld.window.lesson_view import LessonView
        from gridworld.window.pictures.view import PictureView
        from gridworld.window.show import show

        view = LessonView if model.world is not None else PictureView
        if with_window:
            show(lesson(), record=record, view=view)
        elif record is not None:
            with watching(lambda: "filming"):
                show(lesson(), headless=True, record=record, view=view)
            print(_("the film is in {file}", file=record))


def solve_and_print(model: Model, planner: Planner, tolerance: float) -> None:
    """Solve the model and print values and policy, and what it took."""
    begin = time.perf_counter()
    with watching(lambda: effort(planner)):
        planner.solve()
    seconds = time.perf_counter() - begin
    print(
        _(
            "{name}: {count:,} states, discount {discount:g}",
            name=model.name,
            count=model.mdp.n_states,
            discount=planner.discount,
        )
    )
    print_result(model, planner)
    print(
        _(
            "{effort}, {seconds:.3g} seconds; {verdict}",
            effort=effort(planner),
            seconds=seconds,
            verdict=verdict(planner, tolerance),
        )
    )


COUNTED: dict[str, Callable[[int], str]] = {
    "sweep": lambda n: plural("{n:,} sweep", "{n:,} sweeps", n),
    "improvement": lambda n: plural("{n:,} improvement", "{n:,} improvements", n),
    "linear solve": lambda n: plural("{n:,} linear solve", "{n:,} linear solves", n),
}
"""What planners count, in words."""


def effort(planner: Planner) -> str:
    """What it took so far, in words: "4 improvements, 368 sweeps"."""
    done = [(name, times) for name, times in planner.counts.items() if times or name == "sweep"]
    return ", ".join(COUNTED[name](times) for name, times in done)


def verdict(planner: Planner, tolerance: float) -> str:
    """How good a solved planner's values and policy are, in words."""
    if planner.discount == 1:
        return _("no action is better than the policy's")
    bound = error_bound(planner.mdp, planner.values, planner.discount)
    return _(
        "the values are within {distance:.3g} of the optimal ones", distance=tolerance if bound <= tolerance else bound
    )


def print_result(model: Model, planner: Solution) -> None:
    """Values and policy: as grids, as a list, or in one line where they are many."""
    if model.problem is not None:
        print(model.problem.text(planner.values, planner.policy))
    elif model.shape is not None and text.fits(model.shape):
        letters = model.letters.reshape(model.shape)
        print(_("values"), text.value_grid(planner.values, letters), sep="\n")
        print(_("policy"), text.policy_grid(planner.policy, letters, model.signs), sep="\n")
        if model.legend:
            print(f"({_(model.legend)})")
    elif model.mdp.n_states <= text.MOST_LISTED:
        print(text.state_list(planner.values, planner.policy))
    else:
        print(text.summary(planner.values, model.shape, model.mdp.start))
