"""The sentences of dp/README.md, each beside the command that shows it; numbers are compared as they stand.

A command is run within this process: its options are read as on the command line, and its planner solves its model.
"""

import csv
import re
import shlex
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from common.options import parse
from dp import genetic_algorithm, policy_iteration, value_iteration
from dp.parts.exact import optimal_values
from dp.parts.genetic import report
from dp.parts.model import Model, load_model
from dp.parts.planning import Planner
from dp.policy_iteration import PolicyIteration
from dp.value_iteration import ValueIteration
from gridworld.text import policy_grid

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "dp"
PAGES = [(FOLDER / name).read_text(encoding="utf-8") for name in ("README.md", "README.ko.md")]
POLICY, VALUE = "policy_iteration.py", "value_iteration.py"


def says(sentence: str) -> None:
    """Both pages say so: the sentence in English, its numbers in Korean as well."""
    assert sentence in PAGES[0], sentence
    for number in re.findall(r"-?\d+(?:,\d{3})*(?:\.\d+)?", sentence):
        assert number in PAGES[1], f"{number} of {sentence!r}"


def ready(command: str) -> tuple[Model, PolicyIteration | ValueIteration]:
    """The model and the planner of a command that both pages have, before it is solved."""
    assert all(f"python dp/{command}" in page for page in PAGES), command
    name, *arguments = shlex.split(command)
    model: Model
    if name == POLICY:
        evaluating = parse(policy_iteration.Options, arguments)
        model = load_model(evaluating)
        return model, PolicyIteration(model.mdp, evaluating)
    sweeping = parse(value_iteration.Options, arguments)
    model = load_model(sweeping)
    return model, ValueIteration(model.mdp, sweeping)


def solved(command: str) -> tuple[Model, Planner]:
    model, agent = ready(command)
    agent.solve()
    return model, agent


def start_of(model: Model) -> int:
    assert model.world is not None
    return model.world.starts[0]


def arrows(model: Model, agent: Planner, state: int) -> str:
    """What the policy printed for a state."""
    assert model.shape is not None
    lines = policy_grid(agent.policy, model.letters.reshape(model.shape), model.signs).splitlines()
    row, column = divmod(state, model.shape[1])
    return lines[row].split()[column]


# What to expect


def test_what_both_do_on_the_course_map() -> None:
    says("4 improvements, 368 sweeps, in the window as with `--headless`.")
    model, agent = solved(POLICY)
    assert (agent.counts["improvement"], agent.counts["sweep"]) == (4, 368)
    says("`python dp/value_iteration.py --record dp/images/value-iteration.png`, after 7 sweeps")
    _, other = solved(VALUE)
    assert other.sweeps == 7
    says("Both end with the same values; `python dp/value_iteration.py --headless` prints them.")
    np.testing.assert_allclose(agent.values, other.values, atol=2e-8)
    says("every step that it is further away costs a factor of 0.9.")
    assert agent.values[start_of(model)] == pytest.approx(0.9**5)


def test_after_the_first_improvement_the_start_hides_in_its_corner() -> None:
    says("after the first improvement the start hides in its corner and walks into the wall.")
    model, agent = ready(POLICY)
    assert isinstance(agent, PolicyIteration)
    while not agent.evaluated:
        agent.evaluate()
    agent.improve()
    chosen = np.flatnonzero(agent.policy[start_of(model)])
    assert (model.mdp.next_state[start_of(model), chosen] == start_of(model)).all()


# What is normal


@pytest.mark.parametrize(
    ("slip", "sweeps"), [("", [156, 205, 5, 2]), (" --slip 0.2", [156, 203, 104, 11])], ids=["sure", "slippery"]
)
def test_how_many_sweeps_are_normal(slip: str, sweeps: list[int]) -> None:
    says("156, 205, 5 and 2 of them before its 4 improvements.")
    says("With `--slip 0.2` they take 474 and 39 sweeps, and the improvements are still 4.")
    says("the largest change falls by a tenth or more with every sweep")
    mdp = load_model(parse(policy_iteration.Options, shlex.split(slip))).mdp
    agent, made = PolicyIteration(mdp), []
    while not agent.stable:
        changes = []
        while not agent.evaluated:
            changes.append(agent.evaluate())
        agent.improve()
        made.append(len(changes))
        assert all(after <= 0.9 * before + 1e-15 for before, after in pairwise(changes))
    assert made == sweeps and sum(sweeps) == (474 if slip else 368)
    assert agent.values.max() <= 1
    other = ValueIteration(mdp)
    other.solve()
    assert other.sweeps == (39 if slip else 7)


def test_the_changes_of_value_iteration() -> None:
    says("Value iteration's largest change is 1, 0.9, 0.81, ... and after 7 sweeps 0.")
    says("the largest changes of value iteration are 1, 0.9, 0.81, 0.729, ... until the wave has passed")
    _, agent = ready(VALUE)
    assert isinstance(agent, ValueIteration)
    changes = [agent.sweep() for _ in range(7)]
    assert changes == pytest.approx([*(0.9**sweep for sweep in range(6)), 0])


def test_a_discount_closer_to_1_needs_more_sweeps() -> None:
    says("take 22 and 186.")
    for discount, sweeps in (("0.5", 22), ("0.99", 186)):
        assert solved(f"{VALUE} --slip 0.2 --discount {discount} --headless")[1].sweeps == sweeps


# Three experiments


def test_the_discount_decides_what_is_worth_the_trouble() -> None:
    says("Watch the arrow of the start, the first cell of the fourth row.")
    model, agent = solved(f"{POLICY} --map discount --headless")
    start = start_of(model)
    assert model.shape is not None and divmod(start, model.shape[1]) == (3, 0)
    says("it goes up (`^`): far around, away from the chasm, worth 3.254.")
    assert (arrows(model, agent, start), round(agent.values[start], 3)) == ("^", 3.254)
    says("it goes right along the edge to the far goal, worth 6.561.")
    model, agent = solved(f"{POLICY} --map discount --slip 0 --headless")
    assert (arrows(model, agent, start), round(agent.values[start], 3)) == (">", 6.561)
    says("the third cell of that row turns up into the near goal: the start is worth 0.040.")
    model, agent = solved(f"{POLICY} --map discount --slip 0 --discount 0.2 --headless")
    assert (arrows(model, agent, start + 2), round(agent.values[start], 3)) == ("^", 0.040)


def test_a_risk_is_a_matter_of_arithmetic() -> None:
    says("the start's arrow shows both, `^>`, worth 0.800.")
    says("enough to make it choose the long way, `^`, worth 0.786.")
    says("At one in five even the cell to its right turns back, `<`, and the start is worth 0.705")
    for slip, arrow, worth in (("0", "^>", 0.800), ("0.05", "^", 0.786), ("0.2", "^", 0.705)):
        model, agent = solved(f"{VALUE} --map slippery --discount 1 --slip {slip} --headless")
        start = start_of(model)
        assert (arrows(model, agent, start), round(agent.values[start], 3)) == (arrow, worth)
    assert arrows(model, agent, start + 1) == "<"


def test_the_number_of_sweeps_soon_stops_growing() -> None:
    says("The number of sweeps soon stops growing (19, 197, 197)")
    for size, sweeps in ((10, 19), (100, 197)):
        assert solved(f"{VALUE} --size {size} --headless")[1].sweeps == sweeps


@pytest.mark.slow
def test_the_number_of_sweeps_of_a_million_states() -> None:
    assert solved(f"{VALUE} --size 1000 --headless")[1].sweeps == 197


def test_side_by_side_with_quantecon() -> None:
    """The table that the figures' command wrote."""
    says("On every map the quickest of this course takes 0.45 to 0.87 times as long as quantecon's quickest")
    with (FOLDER.parent / "benchmarks" / "results" / "dp.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ratios = []
    for discount, size in {(row["discount"], row["size"]) for row in rows}:
        seconds = {
            row["method"]: float(row["seconds"]) for row in rows if (row["discount"], row["size"]) == (discount, size)
        }
        theirs = min(seconds[method] for method in seconds if method.startswith("quantecon"))
        ours = {method: seconds[method] for method in seconds if not method.startswith("quantecon")}
        ratios.append(min(ours.values()) / theirs)
        says("from 30 x 30 on it is `--quick`")
        assert min(ours, key=lambda method: ours[method]) == "quick" or int(size) < 30
    assert len(ratios) == 8
    assert (round(min(ratios), 2), round(max(ratios), 2)) == (0.45, 0.87)


def test_more_to_try() -> None:
    says("`python dp/value_iteration.py --map maze --headless` takes 16 sweeps, with `--in-place` it takes 13.")
    assert solved(f"{VALUE} --map maze --headless")[1].sweeps == 16
    in_place = parse(value_iteration.Options, ["--map", "maze", "--in-place"])
    agent = ValueIteration(load_model(in_place).mdp, in_place)
    agent.solve()
    assert agent.sweeps == 13
    says("And `--env FrozenLake-v1 --discount 1` solves any gymnasium environment that shows its model: the 0.824")
    lake = parse(value_iteration.Options, ["--env", "FrozenLake-v1", "--discount", "1"])
    agent = ValueIteration(load_model(lake).mdp, lake)
    agent.solve()
    assert round(agent.values[0], 3) == 0.824


# Questions


@pytest.mark.slow
def test_side_by_side_on_a_large_map() -> None:
    flags = "--size 300 --slip 0.2 --discount 0.99"
    says("needs 1833 sweeps")
    assert solved(f"{VALUE} {flags} --headless")[1].sweeps == 1833
    says("needs 2597 and 130 improvements.")
    counts = solved(f"{POLICY} {flags} --sweeps-per-improvement 20 --headless")[1].counts
    assert (counts["sweep"], counts["improvement"]) == (2597, 130)


def test_problems_that_are_no_grid() -> None:
    """The numbers of the table are held against benchmarks/results/figures.csv, those of the text here."""
    says("in which of the 441 evenings? Starting from the policy that moves none, four improvements find the best one.")
    says("worth 421.41, and yet not little, for cars come back. With twenty at each place it is 636.99.")
    _, jack = ready("policy_iteration.py --problem car-rental")
    assert jack.mdp.n_states == 441
    values = optimal_values(jack.mdp, 0.9)
    assert (round(values[0], 2), round(values[-1], 2), values.argmin()) == (421.41, 636.99, 0)
    says("From 50 stake all")
    _, agent = solved("value_iteration.py --problem gambler --discount 1")
    assert np.flatnonzero(agent.policy[50]).tolist() == [50]
    assert ((agent.policy[1:100] > 0).sum(axis=1) > 1).mean() > 0.5
    says("after the second sweep those of 25, 50 and 75 have settled.")
    _, twice = ready("value_iteration.py --problem gambler --discount 1")
    twice.sweep()
    twice.sweep()
    assert np.flatnonzero(twice.values == agent.values).tolist() == [0, 25, 50, 75, 100]


def evaluations_until_nearly(seed: int, **settings: str | float) -> int | None:
    """How many policies are evaluated until one is within 1 % of the optimum; None where none is in 50 generations."""
    options = replace(genetic_algorithm.Options(seed=seed), **settings)  # type: ignore[arg-type]
    model = load_model(options).mdp
    agent = genetic_algorithm.GeneticAlgorithm(model, options)
    best = float(agent.weights @ optimal_values(model, options.discount))
    history = [report.standing(agent)]
    while (found := report.evaluations_until_nearly(history, best)) is None and agent.generation < options.generations:
        agent.select()
        agent.cross()
        agent.mutate()
        history.append(report.standing(agent))
    return found


def test_breeding_on_the_courses_map() -> None:
    says("within 1 % of the optimum after 892 to 1,684 policies evaluated (seeds 0 to 9 and 300 to 304)")
    assert [evaluations_until_nearly(seed) for seed in (301, 3)] == [892, 1684]
    says("does not know which of its 24 actions made it so")
    assert (
        np.count_nonzero(genetic_algorithm.GeneticAlgorithm(load_model(genetic_algorithm.Options()).mdp).weights) == 24
    )


def test_what_is_normal_when_breeding() -> None:
    says("The best fitness never falls from one generation to the next")
    says("The mean of the population stays below it, because of the mutations.")
    for fitness, rises in (("everywhere", True), ("start", False)):
        options = parse(genetic_algorithm.Options, ["--fitness", fitness, "--seed", "3"])
        agent, best = genetic_algorithm.GeneticAlgorithm(load_model(options).mdp, options), []
        for _ in range(10):
            best.append(agent.fitness.max())
            agent.select()
            agent.cross()
            agent.mutate()
            assert agent.fitness.mean() < agent.fitness.max()
        assert best == sorted(best)
        assert (best[-1] > best[0] + 1e-9) == rises


@pytest.mark.slow
def test_breeding_over_seeds() -> None:
    says("On a frozen lake of 64 cells it takes 2,377 to 4,357:")
    says("With 14 of those 15 seeds no policy comes within 1 % in fifty generations")
    seeds = [*range(10), *range(300, 305)]
    course = [evaluations_until_nearly(seed) for seed in seeds]
    assert (min(course), max(course)) == (892, 1684)  # type: ignore[type-var]
    at_the_start = [evaluations_until_nearly(seed, fitness="start") for seed in seeds]
    assert [found for found in at_the_start if found is not None] == [100]
    lake = [evaluations_until_nearly(s, fitness="start", env="FrozenLake8x8-v1", discount=0.99) for s in seeds]
    assert (min(lake), max(lake)) == (2377, 4357)  # type: ignore[type-var]
