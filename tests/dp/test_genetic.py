"""The genetic algorithm: each of its parts does what it says, together they find good policies, and knows no model."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from common.errors import UserError
from common.options import parse
from dp.genetic_algorithm import GeneticAlgorithm, Options
from dp.parts.exact import optimal_values
from dp.parts.genetic.lesson import GeneticLesson
from dp.parts.genetic.report import evaluations_until_nearly, standing
from gridworld import GridWorld
from gridworld.mdp import MDP

import numpy as np
import pytest

Result = tuple[int, str, str]
COURSE = GridWorld.load("course")
TWO_CELLS = GridWorld.load("two-cells")
RIGHT, LEFT = 3, 2


def bred(mdp: MDP, **options: object) -> GeneticAlgorithm:
    return GeneticAlgorithm(mdp, replace(Options(), **options))  # type: ignore[arg-type]


def test_fitness_is_the_mean_worth_of_a_policy_or_its_worth_at_the_start() -> None:
    """Back and forth is worth 4/3 and 2/3 on the two cells, computed by hand on the worlds' page."""
    policies = np.array([[RIGHT, LEFT], [LEFT, RIGHT]])
    agent = bred(TWO_CELLS.mdp(), discount=0.5)
    assert agent.evaluate(policies) == pytest.approx([1.0, -2.0])
    assert agent.evaluations == 100 + 2
    assert bred(TWO_CELLS.mdp(), discount=0.5, fitness="start").evaluate(policies) == pytest.approx([4 / 3, -2.0])


def test_walls_and_ends_do_not_count() -> None:
    agent = bred(GridWorld.load("slippery").mdp())
    assert np.flatnonzero(agent.weights == 0).tolist() == [3, 5, 7]
    assert agent.weights.sum() == pytest.approx(1)


def test_a_played_policy_is_worth_what_the_model_says_where_nothing_is_left_to_chance() -> None:
    exact = bred(COURSE.mdp(), fitness="start")
    played = bred(COURSE.mdp(), fitness="start", episodes=1)
    assert (exact.policies == played.policies).all() and exact.fitness == pytest.approx(played.fitness, abs=1e-9)
    slippery = COURSE.with_rules(slip=0.3).mdp()
    exact, played = bred(slippery, population=3), bred(slippery, population=3, episodes=3000)
    assert exact.fitness == pytest.approx(played.fitness, abs=0.15)
    assert (exact.fitness != played.fitness).all()


def test_the_best_of_a_tournament_becomes_a_parent() -> None:
    """The best of n wins a tournament of k unless all k draws miss it: 1 - (1 - 1/n)^k."""
    agent = bred(COURSE.mdp(), population=20, elite=0, tournament=4)
    agent.fitness = np.arange(20.0)
    agent.policies = np.zeros((4000, 25), dtype=int)[:20]
    agent.options = replace(agent.options, population=4000)
    agent.select()
    assert agent.parents is not None and agent.parents.shape == (4000, 2)
    assert (agent.parents == 19).mean() == pytest.approx(1 - (1 - 1 / 20) ** 4, abs=0.02)
    assert (agent.parents == 0).mean() == pytest.approx(20**-4, abs=0.001)
    agent.options = replace(agent.options, tournament=1)
    agent.select()
    assert np.bincount(agent.parents.ravel(), minlength=20) / 8000 == pytest.approx(np.full(20, 0.05), abs=0.015)


def test_a_child_has_each_action_of_one_parent_or_the_other_half_of_the_time() -> None:
    agent = bred(COURSE.mdp(), population=400, elite=0)
    agent.policies = np.arange(400)[:, None] * np.ones(25, dtype=int)  # every policy has one action of its own
    agent.parents = np.stack([np.arange(400), np.arange(400)[::-1]], axis=1)
    agent.cross()
    assert agent.children is not None
    from_first = agent.children == np.arange(400)[:, None]
    assert (from_first | (agent.children == 399 - np.arange(400)[:, None])).all()
    assert from_first.mean() == pytest.approx(0.5, abs=0.02)
    assert 0.5 < from_first.mean(axis=1).max() < 1, "state by state, not one parent for the whole child"


@pytest.mark.parametrize("mutation", [0.0, 0.1, 1.0])
def test_a_mutated_action_is_any_of_those_that_the_state_has(mutation: float) -> None:
    agent = bred(COURSE.mdp(), population=400, elite=0, mutation=mutation)
    agent.children = np.full((400, 25), 2)
    agent.mutate()
    shares = np.bincount(agent.policies.ravel(), minlength=4) / agent.policies.size
    assert shares == pytest.approx([mutation / 4, mutation / 4, 1 - 3 * mutation / 4, mutation / 4], abs=0.02)
    assert (agent.generation, agent.parents, agent.children) == (1, None, None)


def test_the_elite_lives_on_and_is_not_evaluated_again() -> None:
    agent = bred(COURSE.mdp(), population=30, elite=2, mutation=0.5)
    for generation in range(8):
        before = np.sort(agent.fitness)[::-1]
        agent.select()
        agent.cross()
        agent.mutate()
        assert agent.fitness[:2].tolist() == before[:2].tolist()
        assert agent.evaluations == 30 + 28 * (generation + 1)
        assert agent.evaluate(agent.policies) == pytest.approx(agent.fitness)
        agent.evaluations -= 30


def test_a_state_is_given_no_action_that_it_does_not_have() -> None:
    table = {0: {0: [(1.0, 1, 1.0, False)]}, 1: {0: [(1.0, 0, 0.0, False)], 1: [(1.0, 0, 1.0, True)]}}
    agent = bred(MDP.from_table(table), mutation=1.0, generations=3)
    agent.solve()
    assert (agent.policies[:, 0] == 0).all() and set(agent.policies[:, 1].tolist()) == {0, 1}


def test_it_comes_close_to_the_optimum_and_the_same_seed_does_the_same() -> None:
    first, second = (bred(COURSE.mdp(), generations=25, seed=3) for _ in range(2))
    for agent in (first, second):
        agent.solve()
    assert (first.policies == second.policies).all()
    best = first.weights @ optimal_values(COURSE.mdp(), 0.9)
    assert first.fitness.max() > 0.99 * best
    assert first.weights @ first.values == pytest.approx(first.fitness.max())
    history = [(100, 0.1, 0.0), (200, 0.8, 0.0), (300, 0.995, 0.0)]
    assert (evaluations_until_nearly(history, 1.0), evaluations_until_nearly(history, 2.0)) == (300, None)


def test_the_window_goes_through_a_generation_button_by_button() -> None:
    lesson = GeneticLesson(COURSE, GeneticAlgorithm, Options(generations=4, population=20))
    names = ["Select", "Cross", "Mutate", "Run", "Move"]
    for pressed in range(3):
        buttons = lesson.buttons()
        assert [button.label for button in buttons] == names
        assert [button.ready() for button in buttons[:3]] == [at == pressed for at in range(3)]
        buttons[pressed].press()
    assert dict(lesson.status())["generation"] == "1 of 4"
    shares = lesson.snapshot().policy
    assert shares is not None and shares.sum(axis=1) == pytest.approx(np.ones(25))
    assert shares[0] == pytest.approx(np.bincount(lesson.agent.policies[:, 0], minlength=4) / 20)
    lesson.select()
    lesson.advance(99)  # goes on from where the buttons left it
    assert lesson.done and lesson.agent.generation == 4
    assert "possible" in lesson.take_message()
    assert len(lesson.strips()[0].lines["best"]) == 5
    lesson.move()
    assert lesson.walk is not None
    assert (lesson.walk._policy == lesson.agent.policy).all()


def test_a_population_lives_on_in_an_edited_world_and_under_another_discount() -> None:
    lesson = GeneticLesson(COURSE, GeneticAlgorithm, Options(generations=9, population=20))
    lesson.advance(2)
    before = lesson.agent.policies
    lesson.edit(COURSE.with_cell(24, "T"))
    assert (lesson.agent.policies == before).all() and lesson.agent.generation == 2
    assert lesson.agent.fitness == pytest.approx(lesson.agent.evaluate(before))
    next(setting for setting in lesson.settings() if setting.label == "discount").set(0.5)
    assert lesson.discount == 0.5 and lesson.agent.fitness == pytest.approx(lesson.agent.evaluate(before))
    lesson.reset()
    assert lesson.agent.generation == 0 and len(lesson.history) == 1
    assert lesson.history == [standing(lesson.agent)]


def test_the_report(call: Callable[..., Result], tmp_path: Path) -> None:
    status, said, _ = call("genetic_algorithm", "--headless", "--generations", "3", "--population", "30")
    assert status == 0
    assert "3 generations, 117 policies evaluated" in said
    assert "on average over all states, 0.812 is possible" in said
    assert "value iteration, which reads the model: 7 sweeps" in said
    assert (tmp_path / "results" / "genetic_algorithm" / "curve.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--population", "5", "--elite", "5"], "--elite is 5; it must be less than the --population of 5"),
        (["--population", "1"], "--population is 1"),
        (["--mutation", "1.5"], "--mutation is 1.5"),
    ],
)
def test_what_cannot_be_is_refused(flags: list[str], says: str) -> None:
    with pytest.raises(UserError, match=says):
        parse(Options, flags)


def test_a_problem_without_a_start_is_judged_everywhere_or_refused(call: Callable[..., Result]) -> None:
    status, _, complaint = call("genetic_algorithm", "--problem", "gambler", "--fitness", "start")
    assert status == 2 and "--fitness start: gambler does not say where an episode starts" in complaint
