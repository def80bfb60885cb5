"""What the genetic algorithm's chapter does around its algorithm: the window, or breeding and printing."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import common.options
from common.errors import UserError
from common.language import N_, _
from common.runs.curves import Line, save_curve
from common.watch.display import has_display
from dp.parts.exact import optimal_values
from dp.parts.genetic.options import GeneticOptions
from dp.parts.model import Model, load_model
from dp.parts.planning import Planner, draw_problem, open_or_film, print_result
from dp.parts.planning_options import ValueIterationOptions
from dp.parts.progress import watching
from gridworld import text
from gridworld.mdp import MDP, Floats
from gridworld.outcomes import Outcomes
from gridworld.window.lesson import Lesson
from gridworld.world import GridWorld

import numpy as np
from numpy.typing import NDArray

NEARLY = 0.01
"""How far from the optimum, in proportion, a policy is counted as nearly optimal."""
WHERE = {"everywhere": N_("on average over all states"), "start": N_("at the start")}
LONGEST = 1000
"""Steps of an episode that is played."""
FOLDER = Path("results") / "genetic_algorithm"


class Breeder(Protocol):
    """The agent of the chapter genetic_algorithm.py."""

    options: GeneticOptions
    discount: float
    fitness: Floats
    weights: Floats
    generation: int
    evaluations: int
    parents: Any
    children: Any

    @property
    def mdp(self) -> MDP:
        """The model, by which policies are evaluated."""

    @property
    def values(self) -> Floats:
        """[S] of the best policy."""

    @property
    def policy(self) -> Floats:
        """[S, A] the best one."""

    @property
    def shares(self) -> Floats:
        """[S, A] how many of the population take each action."""

    def take_over(self, other: Any) -> None:
        """Go on with another's population."""

    def select(self) -> None:
        """Choose the parents."""

    def cross(self) -> None:
        """Make the children."""

    def mutate(self) -> None:
        """Change them, and let them be the population."""


Make = Callable[[MDP, Any], Breeder]
Rival = Callable[[MDP, Any], Planner]


class LessonType(Protocol):
    """The chapter's lesson."""

    name: str

    def __call__(self, world: GridWorld, make: Any, options: GeneticOptions) -> Lesson:
        """The lesson on a world."""


def launch(make: Make, options: type[GeneticOptions], lesson: LessonType, rival: Rival) -> None:
    """Run the chapter as a script. rival: value iteration, for the comparison."""
    common.options.launch(lambda given: run(given, make, lesson, rival), options)


def run(options: GeneticOptions, make: Make, lesson: LessonType, rival: Rival) -> None:
    """Open the window; without a display, or headless, breed, print, and film if asked to."""
    model = load_model(options)
    if options.fitness == "start" and model.mdp.start is None:
        raise UserError("--fitness start: {name} does not say where an episode starts; leave it out", name=model.name)
    world = model.world
    wants_window = world is not None and not options.headless
    if not (wants_window and has_display()):
        breed_and_print(model, options, make, lesson.name, rival)
    if world is not None:
        open_or_film(model, options, lesson.name, lambda: lesson(world, make, options), wants_window)


def breed_and_print(model: Model, options: GeneticOptions, make: Make, title: str, rival: Rival) -> None:
    """All generations, the best policy, and what it took, beside value iteration."""
    begin = time.perf_counter()
    agent = make(model.mdp, options)
    history = [standing(agent)]
    with watching(lambda: _("generation {number}", number=agent.generation)):
        while agent.generation < options.generations:
            agent.select()
            agent.cross()
            agent.mutate()
            history.append(standing(agent))
    seconds = time.perf_counter() - begin
    best = float(agent.weights @ optimal_values(model.mdp, options.discount))
    print(
        _(
            "{name}: {count:,} states, discount {discount:g}; the best policy bred",
            name=model.name,
            count=model.mdp.n_states,
            discount=options.discount,
        )
    )
    print_result(model, agent)
    print(
        _(
            "{generations:,} generations, {evaluations:,} policies evaluated, {seconds:.3g} seconds",
            generations=agent.generation,
            evaluations=agent.evaluations,
            seconds=seconds,
        )
    )
    reached = float(agent.weights @ agent.values)
    where = WHERE[options.fitness]
    print(
        _(
            "the best policy is worth {reached} {where}, {best} is possible",
            reached=text.number(reached),
            where=_(where),
            best=text.number(best),
        )
    )
    print(when_nearly(history, best))
    print(beside_value_iteration(model, options, rival))
    folder = options.out or FOLDER
    evaluations, worths, means = (np.array(column) for column in zip(*history, strict=True))
    # A policy that wanders for ever has a worth without a bound, and no place on the curve.
    lines = [Line("the best policy", evaluations, worths), Line("mean of the population", evaluations, means)]
    labels = "policies evaluated", f"worth {where}"
    save_curve(folder / "curve.png", f"{title}: {model.name}", *labels, lines, target=("optimal", best))
    print(_("curve.png is in {folder}", folder=folder))
    draw_problem(model, agent, title, folder)


def standing(agent: Breeder) -> tuple[int, float, float]:
    """(policies evaluated, the best one's exact worth, the mean fitness of all whose fitness is finite)."""
    finite = agent.fitness[np.isfinite(agent.fitness)]
    return agent.evaluations, float(agent.weights @ agent.values), float(finite.mean()) if len(finite) else -np.inf


def evaluations_until_nearly(history: list[tuple[int, float, float]], best: float) -> int | None:
    """Policies evaluated when the best one had come nearly to the best there is; None where none had."""
    least = best - NEARLY * abs(best)
    return next((evaluations for evaluations, worth, _ in history if worth >= least), None)


def when_nearly(history: list[tuple[int, float, float]], best: float) -> str:
    """The same in words."""
    evaluations = evaluations_until_nearly(history, best)
    if evaluations is None:
        return _("no policy came within {share:.0%} of that", share=NEARLY)
    return _(
        "within {share:.0%} of that after {evaluations:,} policies evaluated", share=NEARLY, evaluations=evaluations
    )


def beside_value_iteration(model: Model, options: GeneticOptions, rival: Rival) -> str:
    """What value iteration takes to solve the same model."""
    begin = time.perf_counter()
    planner = rival(model.mdp, ValueIterationOptions(discount=options.discount))
    planner.solve()
    seconds = time.perf_counter() - begin
    return _(
        "value iteration, which reads the model: {sweeps:,} sweeps, {seconds:.3g} seconds",
        sweeps=planner.sweeps,
        seconds=seconds,
    )


def weights(mdp: MDP, options: GeneticOptions) -> Floats:
    """[S] how much each state counts in what a policy is worth: those that are not an end alike, or the start alone."""
    if options.fitness == "start" and mdp.start is not None:
        return mdp.start
    goes_on = ~mdp.terminated.all(axis=(1, 2))
    return np.asarray(goes_on / goes_on.sum())


class Player:
    """Plays the episodes that the options ask for, in a world whose model it does not show."""

    def __init__(self, mdp: MDP, weights: Floats, options: GeneticOptions, random: np.random.Generator) -> None:
        self._outcomes, self._weights, self._options, self._random = Outcomes(mdp), weights, options, random

    def mean_return(self, actions: NDArray[np.intp]) -> float:
        """The mean discounted return of episodes along the actions [S], each cut off after LONGEST steps."""
        options, draw, random = self._options, self._outcomes.draw, self._random.random
        total = 0.0
        for first in self._random.choice(len(self._weights), size=options.episodes, p=self._weights).tolist():
            state, weight = first, 1.0
            for _step in range(LONGEST):
                state, reward, terminated, _ = draw(state, int(actions[state]), random)
                total += weight * reward
                weight *= options.discount
                if terminated:
                    break
        return total / options.episodes
