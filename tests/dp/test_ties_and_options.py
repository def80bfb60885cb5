"""What decides between equal actions, and what the options of an evaluation change."""

from dp.policy_iteration import Options, PolicyIteration
from dp.value_iteration import ValueIteration
from gridworld import MDP, GridWorld

import numpy as np
import pytest


def two_ways(sure: float) -> MDP:
    """State 0: action 0 leads to state 1, which pays 1 for ever; action 1 pays `sure` and ends.

    With the discount 0.9 the first is worth 9, which sweeps reach from below.
    """
    for_ever = [(1.0, 1, 1.0, False)]
    return MDP.from_table({0: {0: [(1.0, 1, 0.0, False)], 1: [(1.0, 0, sure, True)]}, 1: {0: for_ever, 1: for_ever}})


# Ties


def test_policy_iteration_keeps_an_action_that_is_as_good_until_the_policy_is_stable() -> None:
    """State 0 has a tie, and state 1 something to improve; at the end all that are equal share."""
    tie = {action: [(1.0, 0, 1.0, True)] for action in (0, 1)}
    mdp = MDP.from_table({0: tie, 1: {0: [(1.0, 1, 0.0, True)], 1: [(1.0, 1, 2.0, True)]}})
    agent = PolicyIteration(mdp)
    agent.policy = np.array([[0.0, 1.0], [1.0, 0.0]])
    while not agent.evaluated:
        agent.evaluate()
    assert agent.improve()
    assert agent.policy.tolist() == [[0, 1], [0, 1]]
    agent.solve()
    assert agent.policy.tolist() == [[0.5, 0.5], [0, 1]]


@pytest.mark.parametrize("tolerance", [1e-2, 1e-4])
def test_value_iteration_shares_what_is_equal_as_far_as_the_values_are_known(tolerance: float) -> None:
    """Sweeping stops short of 9 by up to the tolerance: 9 is a tie all the same, and what is clearly less is none."""
    for sure, policy in ((9.0, [0.5, 0.5]), (9.0 - 5 * tolerance, [1, 0])):
        agent = ValueIteration(two_ways(sure), Options(tolerance=tolerance))
        agent.solve()
        assert 0 < 10 - agent.values[1] <= tolerance
        assert agent.policy[0].tolist() == policy


# Options


@pytest.mark.parametrize("sweeps", [1, 2, 7])
def test_modified_policy_iteration_improves_after_so_many_sweeps(sweeps: int) -> None:
    agent = PolicyIteration(GridWorld.load("course").mdp(), Options(sweeps_per_improvement=sweeps))
    for _ in range(sweeps):
        assert not agent.evaluated
        agent.evaluate()
    assert agent.evaluated
    agent.solve()
    # Only at the end, where nothing moves any more, may a policy have fewer.
    assert sweeps * (agent.improvements - 1) < agent.sweeps <= sweeps * agent.improvements


def test_improving_after_every_sweep_is_value_iteration() -> None:
    """Sutton & Barto, section 4.4: a sweep under the policy that is greedy in the values is the optimality backup."""
    mdp = GridWorld.load("slippery").mdp()
    agent = PolicyIteration(mdp, Options(sweeps_per_improvement=1))
    for _ in range(20):
        agent.evaluate()
        before = agent.values
        agent.improve()
        agent.evaluate()
        np.testing.assert_allclose(agent.values, mdp.action_values(before, 0.9).max(axis=1), atol=1e-8)


def test_exact_is_one_linear_solve_a_policy(linear_values) -> None:  # type: ignore[no-untyped-def]
    mdp = GridWorld.load("slippery").mdp()
    agent = PolicyIteration(mdp, Options(exact=True))
    agent.evaluate()
    np.testing.assert_allclose(agent.values, linear_values(mdp, agent.policy, 0.9), atol=1e-12)
    assert agent.evaluated
    agent.solve()
    assert agent.counts == {"improvement": agent.improvements, "sweep": 0, "linear solve": agent.improvements}
