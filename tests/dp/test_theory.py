"""What dynamic programming promises, on any model."""

from collections.abc import Callable

from dp.policy_iteration import Options, PolicyIteration
from dp.value_iteration import ValueIteration
from gridworld import MDP, GridWorld

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

BOTH = pytest.mark.parametrize("planner", [PolicyIteration, ValueIteration])
SEEDS = st.integers(0, 10**6)
DISCOUNTS = st.sampled_from([0.0, 0.3, 0.9, 0.99])
Model = Callable[[int], MDP]
Optimum = Callable[[MDP, float], np.ndarray]
LinearValues = Callable[[MDP, np.ndarray, float], np.ndarray]


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, discount=DISCOUNTS, in_place=st.booleans(), tolerance=st.sampled_from([1e-2, 1e-5, 1e-9]))
def test_both_find_the_exact_optimum_within_the_tolerance(
    seed: int, discount: float, in_place: bool, tolerance: float, random_model: Model, exact_optimum: Optimum
) -> None:
    mdp = random_model(seed)
    optimum = exact_optimum(mdp, discount)
    for planner in (PolicyIteration, ValueIteration):
        agent = planner(mdp, Options(discount=discount, in_place=in_place, tolerance=tolerance))
        agent.solve()
        assert np.abs(agent.values - optimum).max() <= tolerance * (1 + 1e-9) + 1e-11


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, size=st.integers(2, 6), slip=st.sampled_from([0.0, 0.2, 1.0]), discount=st.sampled_from([0.5, 0.95]))
def test_both_find_the_exact_optimum_of_maps(
    seed: int, size: int, slip: float, discount: float, exact_optimum: Optimum
) -> None:
    world = GridWorld.random(size, seed, slip=slip)
    options = Options(discount=discount, tolerance=1e-9)
    policy, value = PolicyIteration(world.mdp(), options), ValueIteration(world.mdp(), options)
    policy.solve()
    value.solve()
    optimum = exact_optimum(world.mdp(), discount)
    np.testing.assert_allclose(policy.values, optimum, atol=2e-9)
    np.testing.assert_allclose(value.values, optimum, atol=2e-9)
    walls = world.where("wall").ravel() | world.where("terminal").ravel()
    assert (policy.values[walls] == 0).all()
    assert (value.values[walls] == 0).all()


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, discount=DISCOUNTS)
def test_policy_iteration_by_hand_ends_at_the_optimum(
    seed: int, discount: float, random_model: Model, exact_optimum: Optimum
) -> None:
    """The loop of the book, ended by improve() alone: ties of rounded numbers must not keep it going."""
    agent = PolicyIteration(random_model(seed), Options(discount=discount))
    improvements = 0
    changed = True
    while changed:
        while agent.evaluate() > 1e-12:
            pass
        changed = agent.improve()
        improvements += 1
        assert improvements < 100
    np.testing.assert_allclose(agent.values, exact_optimum(agent.mdp, discount), atol=1e-8)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, discount=st.sampled_from([0.3, 0.9, 0.99]))
def test_improvement_never_lowers_a_value(
    seed: int,
    discount: float,
    random_model: Model,
    linear_values: LinearValues,
) -> None:
    agent = PolicyIteration(random_model(seed), Options(discount=discount))
    before = linear_values(agent.mdp, agent.policy, discount)
    for _ in range(5):
        agent.values = before
        agent.improve()
        after = linear_values(agent.mdp, agent.policy, discount)
        assert (after >= before - 1e-7).all()
        before = after


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, discount=DISCOUNTS, in_place=st.booleans(), scale=st.sampled_from([1e-3, 1.0, 1e3]))
def test_a_sweep_is_a_contraction_by_the_discount(
    seed: int, discount: float, in_place: bool, scale: float, random_model: Model
) -> None:
    mdp = random_model(seed)
    random = np.random.default_rng(seed)
    start = random.normal(scale=scale, size=(2, mdp.n_states))
    for sweep in ("evaluate", "sweep"):
        ends = []
        for values in start:
            planner = PolicyIteration if sweep == "evaluate" else ValueIteration
            agent = planner(mdp, Options(discount=discount, in_place=in_place))
            agent.values = values.copy()
            getattr(agent, sweep)()
            ends.append(agent.values)
        apart = np.abs(start[0] - start[1]).max()
        assert np.abs(ends[0] - ends[1]).max() <= discount * apart + 1e-9 * scale


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_a_policy_is_a_distribution_over_the_best_actions(seed: int, random_model: Model) -> None:
    mdp = random_model(seed)
    for planner in (PolicyIteration, ValueIteration):
        agent = planner(mdp, Options(tolerance=1e-10))
        agent.solve()
        np.testing.assert_allclose(agent.policy.sum(axis=1), 1)
        action_values = mdp.action_values(agent.values, 0.9)
        gap = action_values.max(axis=1, keepdims=True) - action_values
        assert (gap[agent.policy > 0] < 1e-8).all()
        # Ties share: of n best actions each has 1 / n.
        np.testing.assert_allclose(agent.policy.max(axis=1), 1 / (agent.policy > 0).sum(axis=1))


def test_ties_of_rounded_numbers_are_shared() -> None:
    """0.1 + 0.2 is not 0.3 in floating-point numbers, but going one way pays what going the other does."""
    table = {0: {0: [(1.0, 1, 0.1, False)], 1: [(1.0, 2, 0.3, True)]}, 1: {}, 2: {}}
    table[1] = {action: [(1.0, 2, 0.2, True)] for action in (0, 1)}
    table[2] = {action: [(1.0, 2, 0.0, True)] for action in (0, 1)}
    mdp = MDP.from_table(table)
    agent = PolicyIteration(mdp, Options(discount=1))
    while agent.evaluate() > 0:
        pass
    assert np.ptp(mdp.action_values(agent.values, 1)[0]) > 0
    assert not agent.improve()
    assert agent.policy.tolist() == [[0.5, 0.5]] * 3


@BOTH
@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_the_size_of_the_rewards_changes_no_policy(planner: type, scale: float) -> None:
    world = GridWorld.load("course")
    mdp = world.mdp()
    scaled = MDP(mdp.next_state, mdp.probability, mdp.reward * scale, mdp.terminated)
    plain, agent = planner(mdp), planner(scaled, Options(tolerance=1e-8 * scale))
    plain.solve()
    agent.solve()
    np.testing.assert_allclose(agent.policy, plain.policy)


def test_in_place_is_gauss_seidel_state_by_state() -> None:
    """The book's algorithm in place, written out: every state is backed up from the newest values."""
    mdp = GridWorld.load("slippery").mdp()
    agent, values = PolicyIteration(mdp, Options(in_place=True)), np.zeros(mdp.n_states)
    for _ in range(3):
        for state in range(mdp.n_states):
            values[state] = mdp.action_values(values, 0.9)[state].mean()
        agent.evaluate()
        np.testing.assert_allclose(agent.values, values, atol=1e-15)


def test_in_place_sweeps_go_further() -> None:
    mdp = GridWorld.load("sutton-3-5").mdp()
    for planner in (PolicyIteration, ValueIteration):
        at_once, in_place = planner(mdp), planner(mdp, Options(in_place=True))
        at_once.solve()
        in_place.solve()
        assert in_place.sweeps < 0.6 * at_once.sweeps
        np.testing.assert_allclose(at_once.values, in_place.values, atol=2e-8)


def test_evaluating_does_not_touch_values_handed_out() -> None:
    agent = PolicyIteration(GridWorld.load("course").mdp(), Options(in_place=True))
    before = agent.values
    agent.evaluate()
    assert (before == 0).all()
    assert (agent.values != 0).any()


@BOTH
@pytest.mark.parametrize("discount", [0.999999, 1 - 1e-12])
def test_a_tolerance_beyond_floating_point_still_ends(planner: type, discount: float) -> None:
    """A state that pays 0.1 and ends the episode half of the time; rounding alone is larger than the tolerance."""
    mdp = MDP.from_table({0: {0: [(0.5, 0, 0.1, False), (0.5, 0, 0.1, True)]}})
    agent = planner(mdp, Options(discount=discount, tolerance=1e-300))
    agent.solve()
    assert agent.values[0] == pytest.approx(0.2, rel=1e-5)
