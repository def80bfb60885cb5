"""The quick solver finds what the chapters' loops find."""

from common.errors import UserError
from dp.parts.planning_options import PlanningOptions
from dp.parts.quick import Quick
from gridworld import MDP, GridWorld

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def solved(mdp: MDP, discount: float, tolerance: float = 1e-9) -> Quick:
    agent = Quick(mdp, PlanningOptions(discount=discount, tolerance=tolerance))
    agent.solve()
    return agent


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    discount=st.sampled_from([0.0, 0.3, 0.9, 0.99]),
    tolerance=st.sampled_from([1e-2, 1e-5, 1e-9]),
)
def test_it_finds_the_exact_optimum_within_the_tolerance(  # type: ignore[no-untyped-def]
    seed: int, discount: float, tolerance: float, random_model, exact_optimum
) -> None:
    mdp = random_model(seed)
    agent = solved(mdp, discount, tolerance)
    assert np.abs(agent.values - exact_optimum(mdp, discount)).max() <= tolerance * (1 + 1e-9) + 1e-11


@pytest.mark.parametrize("name", ["course", "slippery", "sutton-3-5", "cliff", "rooms", "windy"])
def test_it_finds_the_optimum_of_maps_and_the_policy_with_its_ties(name: str, exact_optimum) -> None:  # type: ignore[no-untyped-def]
    mdp = GridWorld.load(name).mdp()
    agent, optimum = solved(mdp, 0.9), exact_optimum(mdp, 0.9)
    np.testing.assert_allclose(agent.values, optimum, atol=1e-9)
    action_values = mdp.action_values(optimum, 0.9)
    assert ((agent.policy > 0) == (action_values > action_values.max(axis=1, keepdims=True) - 1e-8)).all()


def test_staying_where_one_is_is_solved_for() -> None:
    """A move that succeeds half of the time pays 1 for every try: one improvement finds it, one more sees no change."""
    mdp = MDP.from_table({0: {0: [(0.5, 0, 1.0, False), (0.5, 0, 1.0, True)]}})
    agent = solved(mdp, 0.9)
    assert agent.improvements == 2
    assert agent.values[0] == pytest.approx(1 / (1 - 0.9 * 0.5))


def test_states_from_which_nothing_goes_on_are_worth_their_reward() -> None:
    """State 1 pays 3 and ends; state 0 leads there without an end."""
    mdp = MDP.from_table({0: {0: [(1.0, 1, 1.0, False)]}, 1: {0: [(1.0, 0, 3.0, True)]}})
    assert solved(mdp, 0.5).values.tolist() == [2.5, 3.0]


def test_a_map_of_many_cells_is_solved_to_the_same_values_by_fewer_sweeps_of_all_actions() -> None:
    from dp.value_iteration import ValueIteration

    mdp = GridWorld.random(50, seed=0, slip=0.2).mdp()
    options = PlanningOptions(discount=0.99, tolerance=1e-9)
    agent, sweeps = Quick(mdp, options), ValueIteration(mdp, options)
    agent.solve()
    sweeps.solve()
    np.testing.assert_allclose(agent.values, sweeps.values, atol=2e-9)
    assert agent.improvements < sweeps.sweeps / 10


def test_values_that_need_not_be_finite_are_refused() -> None:
    with pytest.raises(UserError, match="does not converge"):
        Quick(GridWorld.load("sutton-3-5").mdp(), PlanningOptions(discount=1.0))
