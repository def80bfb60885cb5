"""The exact values against textbook tables and against each other."""

from common.errors import UserError
from dp.parts.exact import optimal_action_values, optimal_values, policy_values
from dp.parts.greedy import greedy_policy
from gridworld import MDP, GridWorld
from tabular.parts.given_policy import epsilon_soft

import numpy as np
import pytest


def test_the_random_policy_of_example_4_1() -> None:
    mdp = GridWorld.load("sutton-4-1").mdp()
    values = policy_values(mdp, np.full((16, 4), 0.25), 1.0).reshape(4, 4)
    assert np.abs(values[0]) == pytest.approx([0, 14, 20, 22])
    assert np.abs(values[3]) == pytest.approx([22, 20, 14, 0])


def test_the_random_walk_of_example_6_2() -> None:
    mdp = GridWorld.load("random-walk").mdp()
    values = policy_values(mdp, np.tile([0, 0, 0.5, 0.5], (7, 1)), 1.0)
    assert values == pytest.approx(np.array([0, 1, 2, 3, 4, 5, 0]) / 6)


def test_the_optimal_values_are_those_of_their_greedy_policy() -> None:
    for name, discount in (("course", 0.9), ("slippery", 1.0), ("maze", 0.95), ("cliff", 1.0)):
        mdp = GridWorld.load(name).mdp()
        values = optimal_values(mdp, discount)
        policy = greedy_policy(mdp.action_values(values, discount))
        if discount < 1:
            assert policy_values(mdp, policy, discount) == pytest.approx(values, abs=1e-8)
        start = int(np.flatnonzero(mdp.start)[0])
        assert policy_values(mdp, policy, discount)[start] == pytest.approx(values[start], abs=1e-8)


def test_the_best_epsilon_soft_policy_is_greedy_on_its_own_values() -> None:
    mdp = GridWorld.load("cliff").mdp()
    action_values = optimal_action_values(mdp, 1.0, epsilon=0.1)
    policy = epsilon_soft(greedy_policy(action_values), 0.1)
    values = (policy * action_values).sum(axis=1)
    start = int(np.flatnonzero(mdp.start)[0])
    assert policy_values(mdp, policy, 1.0)[start] == pytest.approx(values[start], abs=1e-6)
    assert values[start] < -13


def test_epsilon_1_is_the_random_policy() -> None:
    mdp = GridWorld.load("course").mdp()
    assert optimal_values(mdp, 0.9, epsilon=1.0) == pytest.approx(policy_values(mdp, np.full((25, 4), 0.25), 0.9))


def test_wandering_for_ever_is_worth_minus_infinity_if_it_costs_and_nothing_if_not() -> None:
    up = np.tile([1.0, 0.0, 0.0, 0.0], (48, 1))
    cliff = GridWorld.load("cliff").mdp()
    assert policy_values(cliff, up, 1.0)[36] == -np.inf
    assert policy_values(cliff, up, 0.9)[36] == pytest.approx(-10.0)
    assert policy_values(GridWorld.load("course").mdp(), up[:25], 1.0)[0] == 0.0


def test_a_large_map_is_solved_by_sweeping_to_the_same_values() -> None:
    world = GridWorld.random(45, seed=1)
    mdp = world.mdp()
    values = optimal_values(mdp, 0.95)
    policy = greedy_policy(mdp.action_values(values, 0.95))
    assert policy_values(mdp, policy, 0.95) == pytest.approx(values, abs=1e-7)


def test_values_without_bound_are_refused() -> None:
    treadmill = MDP([[[0]]], [[[1.0]]], [[[1.0]]], [[[False]]], [1.0])
    with pytest.raises(UserError, match="discount"):
        optimal_values(treadmill, 1.0)
