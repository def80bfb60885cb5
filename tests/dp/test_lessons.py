"""The chapters in the window: which button is locked when, what a step does, and what an edit leaves standing."""

from common.errors import UserError
from dp.parts.planning_lesson import MOST_UNSEEN
from dp.parts.policy_iteration_lesson import PolicyIterationLesson
from dp.parts.value_iteration_lesson import ValueIterationLesson
from dp.policy_iteration import Options as PolicyOptions
from dp.policy_iteration import PolicyIteration
from dp.value_iteration import Options as ValueOptions
from dp.value_iteration import ValueIteration
from gridworld import GridWorld
from gridworld.window.lesson import WINDOW_KEYS, Button, Lesson

import numpy as np
import pytest


def policy_lesson(name: str = "course", **options: float) -> PolicyIterationLesson:
    return PolicyIterationLesson(world_of(name), PolicyIteration, PolicyOptions(**options))


def value_lesson(name: str = "course", **options: float) -> ValueIterationLesson:
    return ValueIterationLesson(world_of(name), ValueIteration, ValueOptions(**options))


BOTH = [(policy_lesson, PolicyIteration), (value_lesson, ValueIteration)]


def world_of(name: str) -> GridWorld:
    """A map by its name; "course 0.2" is one with slip."""
    name, _, slip = name.partition(" ")
    world = GridWorld.load(name)
    return GridWorld(**{**world.definition(), "slip": float(slip)}) if slip else world


def button(lesson: Lesson, label: str) -> Button:
    return next(button for button in lesson.buttons() if button.label == label)


def ready(lesson: Lesson) -> dict[str, bool]:
    return {button.label: button.ready() for button in lesson.buttons()}


def finish(lesson: Lesson) -> None:
    for _ in range(10_000):
        if lesson.done:
            return
        lesson.advance(1)
    raise AssertionError("the lesson does not end")


def optimum(world: GridWorld, discount: float = 0.9) -> np.ndarray:
    agent = ValueIteration(world.mdp(), ValueOptions(discount=discount, tolerance=1e-10))
    agent.solve()
    return agent.values


def test_policy_iteration_unlocks_in_the_order_of_the_idea() -> None:
    lesson = policy_lesson()
    assert ready(lesson) == {"Evaluate": True, "Improve": False, "Run": True, "Move": False}
    button(lesson, "Evaluate").press()
    assert ready(lesson) == {"Evaluate": True, "Improve": True, "Run": True, "Move": False}
    button(lesson, "Improve").press()
    assert ready(lesson) == {"Evaluate": True, "Improve": False, "Run": True, "Move": True}
    button(lesson, "Run").press()
    assert lesson.playing


def test_value_iteration_unlocks_in_the_order_of_the_idea() -> None:
    lesson = value_lesson()
    assert ready(lesson) == {"Sweep": True, "Run": True, "Policy": False, "Move": False}
    assert lesson.snapshot().policy is None
    button(lesson, "Sweep").press()
    assert ready(lesson) == {"Sweep": True, "Run": True, "Policy": True, "Move": False}
    button(lesson, "Policy").press()
    assert ready(lesson) == {"Sweep": True, "Run": True, "Policy": True, "Move": True}
    policy = lesson.snapshot().policy
    assert policy is not None
    # Below the goal the arrow points at it.
    assert policy[17].tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize("make", [policy_lesson, value_lesson])
def test_buttons_keep_away_from_the_keys_of_the_window(make) -> None:  # type: ignore[no-untyped-def]
    keys = [button.key for button in make().buttons()]
    assert len(set(keys)) == len(keys)
    assert not set(keys) & WINDOW_KEYS


@pytest.mark.parametrize("make", [policy_lesson, value_lesson])
def test_playing_ends_at_the_optimum_and_locks_run(make) -> None:  # type: ignore[no-untyped-def]
    lesson = make()
    finish(lesson)
    np.testing.assert_allclose(lesson.snapshot().values, optimum(lesson.world), atol=2e-8)
    assert not ready(lesson)["Run"]
    assert "the values are within 1e-08 of the optimal ones" in lesson.take_message()
    assert dict(lesson.status())["sweeps"] == str(lesson.agent.sweeps)
    assert len(lesson.strips()[0].lines["change"]) == lesson.agent.sweeps
    # The actions that the arrows show are the best of the four triangles.
    lesson.finale()
    snapshot = lesson.snapshot()
    best = snapshot.action_values == snapshot.action_values.max(axis=1, keepdims=True)
    assert (best | (snapshot.policy == 0)).all()


@pytest.mark.parametrize("make", [policy_lesson, value_lesson])
def test_moving_along_the_optimal_policy_arrives(make) -> None:  # type: ignore[no-untyped-def]
    lesson = make()
    finish(lesson)
    lesson.finale()
    while not lesson.walk.over:
        lesson.advance_walk()
    assert lesson.walk.moves == 6
    assert lesson.take_message() == "arrived after 6 moves, return 0.59"


CASES = [
    ("course", {}),
    ("course 0.2", {"discount": 0.99}),
    ("course 0.2", {"discount": 0.999}),
    ("discount", {"in_place": True}),
    ("sutton-4-1", {"discount": 1.0}),
    ("slippery", {"discount": 1.0}),
    ("rooms", {"tolerance": 1e-3}),
]
ONLY_POLICY = [("course", {"exact": True}), ("rooms", {"sweeps_per_improvement": 3}), ("windy", {"discount": 1.0})]


@pytest.mark.parametrize(
    ("make", "planner", "name", "options"),
    [(make, planner, *case) for make, planner in BOTH for case in CASES] + [(*BOTH[0], *case) for case in ONLY_POLICY],
)
def test_the_window_does_what_solve_does(make, planner, name, options) -> None:  # type: ignore[no-untyped-def]
    """The same sweeps, improvements and linear solves, and the same values to the last bit."""
    lesson = make(name, **options)
    finish(lesson)
    agent = planner(lesson.world.mdp(), lesson.agent.options)
    agent.solve()
    assert lesson.agent.counts == agent.counts
    np.testing.assert_array_equal(lesson.agent.values, agent.values)
    np.testing.assert_array_equal(lesson.agent.policy, agent.policy)


def test_the_last_line_of_policy_iteration_is_a_sentence() -> None:
    lesson = policy_lesson()
    finish(lesson)
    values = "the values are within 1e-08 of the optimal ones"
    assert lesson.take_message() == f"nothing left to improve: the policy is stable, {values}"


def test_what_is_called_optimal_is_optimal(linear_values, exact_optimum) -> None:  # type: ignore[no-untyped-def]
    """Evaluation to the eye would lose 0.005 here: a far-sighted agent on slippery ground."""
    lesson = policy_lesson("course 0.2", discount=0.999)
    finish(lesson)
    assert "stable" in lesson.take_message()
    mdp = lesson.world.mdp()
    lost = exact_optimum(mdp, 0.999) - linear_values(mdp, lesson.agent.policy, 0.999)
    assert np.abs(lost).max() < 1e-8


def test_a_policy_that_only_looks_stable_is_not_called_so() -> None:
    """Improved after every sweep, the policy stops changing long before its values are known."""
    lesson, improved = policy_lesson("discount"), True
    while improved:
        button(lesson, "Evaluate").press()
        improved = lesson.agent.improve()
    assert not lesson.done
    assert lesson.take_message() == ""


def test_sweeps_that_nobody_could_see_are_made_in_one_step() -> None:
    lesson, steps = policy_lesson("course"), 0
    while not lesson.done:
        lesson.advance(1)
        steps += 1
    assert steps < 0.3 * lesson.agent.sweeps
    lesson = policy_lesson("course")
    button(lesson, "Evaluate").press()
    assert lesson.agent.sweeps == 1


def test_a_discount_close_to_1_does_not_freeze_the_window() -> None:
    """271,124 sweeps, nearly all of which move less than can be seen."""
    lesson = value_lesson("sutton-3-5", discount=0.9999)
    lesson.agent.values += 19_000
    lesson.advance(1)
    assert lesson.agent.sweeps == MOST_UNSEEN
    assert not lesson.done


def test_moving_along_a_policy_that_loops_ends_and_says_so() -> None:
    lesson = policy_lesson()
    while lesson.agent.improvements < 1:
        lesson.advance(1)
    # After the first improvement the start walks into the walls of its corner.
    lesson.move()
    assert lesson.walk is not None
    for _ in range(lesson.walk.bound + 1):
        lesson.advance_walk()
    assert lesson.walk.over
    assert "stopped after" in lesson.take_message()


def test_an_improvement_says_in_how_many_cells_it_changed_the_policy() -> None:
    lesson = policy_lesson()
    lesson.evaluate()
    before = lesson.agent.policy
    lesson.improve()
    changed = sum(1 for row, other in zip(before.tolist(), lesson.agent.policy.tolist(), strict=True) if row != other)
    assert 0 < changed < 25
    assert dict(lesson.status())["last improvement"] == f"{changed} cells"
    assert lesson.take_message() == f"the improvement changed the policy in {changed} cells"
    lesson.reset()
    assert "last improvement" not in dict(lesson.status())


@pytest.mark.parametrize("make", [policy_lesson, value_lesson])
def test_an_edit_carries_the_values_on_and_play_resumes(make) -> None:  # type: ignore[no-untyped-def]
    lesson = make()
    finish(lesson)
    before = lesson.snapshot().values.copy()
    lesson.edit(lesson.world.with_cell(13, "#"))
    after = lesson.snapshot().values
    assert after[13] == 0
    np.testing.assert_array_equal(np.delete(after, 13), np.delete(before, 13))
    assert lesson.playing
    assert not lesson.done
    finish(lesson)
    np.testing.assert_allclose(lesson.snapshot().values, optimum(lesson.world), atol=2e-8)
    lesson.edit(lesson.world.with_cell(13, "."))
    assert lesson.snapshot().values[13] == 0
    finish(lesson)
    np.testing.assert_allclose(lesson.snapshot().values, optimum(lesson.world), atol=2e-8)


@pytest.mark.parametrize("make", [policy_lesson, value_lesson])
def test_the_discount_is_changed_while_it_runs(make) -> None:  # type: ignore[no-untyped-def]
    lesson = make()
    finish(lesson)
    (setting,) = lesson.settings()
    assert (setting.label, setting.get(), setting.low, setting.high) == ("discount", 0.9, 0.0, 1.0)
    setting.set(0.5)
    assert lesson.discount == 0.5
    assert lesson.playing
    finish(lesson)
    np.testing.assert_allclose(lesson.snapshot().values, optimum(lesson.world, 0.5), atol=2e-8)


@pytest.mark.parametrize("make", [policy_lesson, value_lesson])
def test_a_discount_or_edit_that_would_not_converge_changes_nothing(make) -> None:  # type: ignore[no-untyped-def]
    lesson = make("sutton-3-5")
    with pytest.raises(UserError, match="does not converge"):
        lesson.settings()[0].set(1.0)
    assert lesson.discount == 0.9
    undiscounted = make("sutton-4-1", discount=1.0)
    world = undiscounted.world
    # Walling in the cell above the last one leaves a start without a way to either end.
    for state in (2, 6):
        world = world.with_cell(state, "#")
    with pytest.raises(UserError, match="end cannot be reached"):
        undiscounted.edit(world.with_cell(7, "#"))
    assert undiscounted.world.letters[1, 3] != "#"


@pytest.mark.parametrize("make", [policy_lesson, value_lesson])
def test_reset_forgets_everything_but_the_map(make) -> None:  # type: ignore[no-untyped-def]
    lesson = make()
    lesson.edit(lesson.world.with_cell(24, "T"))
    lesson.settings()[0].set(0.7)
    finish(lesson)
    lesson.finale()
    lesson.reset()
    assert lesson.agent.sweeps == 0
    assert not lesson.done
    assert not lesson.playing
    assert (lesson.snapshot().values == 0).all()
    assert lesson.discount == 0.9, "the command line's"
    assert lesson.world.letters[4, 4] == "T"
    assert not ready(lesson)["Move"]
    fresh = make()
    fresh.edit(fresh.world.with_cell(24, "T"))
    assert lesson.buttons()[0].label == fresh.buttons()[0].label
