"""What dynamic programming promises without a discount, and close to it."""

from collections.abc import Callable
from fractions import Fraction

from common.errors import UserError
from dp.policy_iteration import Options, PolicyIteration
from dp.value_iteration import ValueIteration
from gridworld import MDP, Cell, GridWorld

import numpy as np
import pytest

BOTH = pytest.mark.parametrize("planner", [PolicyIteration, ValueIteration])
LinearValues = Callable[[MDP, np.ndarray, float], np.ndarray]

UNDISCOUNTED = {
    "a reward that can be collected for ever": ([[(1.0, 0, 1.0, False)], [(1.0, 0, 0.0, True)]], False),
    "a cost that cannot be escaped": ([[(1.0, 0, -1.0, False)]], False),
    "a cost that can be escaped": ([[(1.0, 0, -1.0, False)], [(1.0, 0, -5.0, True)]], True),
    "a reward that chance brings to an end": ([[(0.9, 0, 1.0, False), (0.1, 0, 0.0, True)]], True),
    "nothing, for ever": ([[(1.0, 0, 0.0, False)]], True),
    "an outcome that never happens": ([[(1.0, 0, 0.0, True), (0.0, 0, 1.0, False)]], True),
}


@BOTH
@pytest.mark.parametrize("case", UNDISCOUNTED)
def test_a_discount_of_1_is_taken_where_values_are_finite(planner: type, case: str) -> None:
    actions, accepted = UNDISCOUNTED[case]
    mdp = MDP.from_table({0: dict(enumerate(actions))})
    if accepted:
        agent = planner(mdp, Options(discount=1))
        agent.solve()
        best = {"a cost that can be escaped": -5.0, "a reward that chance brings to an end": 9.0}.get(case, 0.0)
        assert agent.values[0] == pytest.approx(best, abs=1e-9)
    else:
        with pytest.raises(UserError, match="does not converge"):
            planner(mdp, Options(discount=1))


@BOTH
@pytest.mark.parametrize(
    ("name", "accepted"),
    [("course", True), ("sutton-4-1", True), ("windy", True), ("cliff", True), ("sutton-3-5", False)],
)
def test_a_discount_of_1_on_the_shipped_maps(planner: type, name: str, accepted: bool) -> None:
    mdp = GridWorld.load(name).mdp()
    if accepted:
        planner(mdp, Options(discount=1)).solve()
    else:
        with pytest.raises(UserError, match="collected for ever"):
            planner(mdp, Options(discount=1))


def test_a_region_without_an_exit_is_refused_undiscounted() -> None:
    world = GridWorld(["S.#.", "..#.", "G.#."], {"G": Cell(reward=1.0, terminal=True)}, step_reward=-1.0)
    with pytest.raises(UserError, match="end cannot be reached"):
        ValueIteration(world.mdp(), Options(discount=1))
    free = GridWorld(["S.#.", "..#.", "G.#."], {"G": Cell(reward=1.0, terminal=True)})
    agent = ValueIteration(free.mdp(), Options(discount=1))
    agent.solve()
    assert agent.values[[0, 3]] == pytest.approx([1.0, 0.0])


def test_undiscounted_policy_iteration_by_hand_keeps_every_policy_proper() -> None:
    """Rewards of 0 and shared ties: a policy that walked in circles would never see the goal's reward."""
    agent = PolicyIteration(GridWorld.load("course").mdp(), Options(discount=1))
    changed = True
    while changed:
        while agent.evaluate() > 1e-13:
            pass
        changed = agent.improve()
    ends = agent.mdp.terminated.all(axis=(1, 2))
    np.testing.assert_allclose(agent.values[~ends], 1.0, atol=1e-9)


def test_a_discount_close_to_1_is_exact_by_a_linear_solve() -> None:
    agent = PolicyIteration(GridWorld.load("sutton-3-5").mdp(), Options(discount=0.99999))
    agent.solve()
    assert agent.values[1] == pytest.approx(10 / (1 - 0.99999**5), abs=1e-5)
    assert agent.sweeps < 5000


@BOTH
def test_undiscounted_values_are_right_at_the_default_tolerance(planner: type, linear_values: LinearValues) -> None:
    """Slippery ground, where a change of 1e-8 leaves thirty times as much to go.

    A policy that ends, is worth these values and has no better action is optimal.
    """
    mdp = GridWorld.random(20, seed=0, slip=0.9).mdp()
    agent = planner(mdp, Options(discount=1))
    agent.solve()
    np.testing.assert_allclose(agent.values, linear_values(mdp, agent.policy, 1), atol=1e-10)
    np.testing.assert_allclose(agent.values, mdp.action_values(agent.values, 1).max(axis=1), atol=1e-12)


def gamblers_problem(chance: float) -> MDP:
    """Sutton & Barto, Example 4.3: a gambler with 1 to 99 coins stakes some, up to what 100 still takes; 100 pays 1.

    An action is a stake, 1 to 50; stakes that may not be made are the stake 1.
    """
    table = {}
    for coins in range(101):
        table[coins] = {}
        for action in range(50):
            stake = action + 1 if action + 1 <= min(coins, 100 - coins) else 1
            won, lost = coins + stake, coins - stake
            if coins in (0, 100):
                outcomes = [(1.0, coins, 0.0, True)]
            else:
                outcomes = [(chance, won, float(won == 100), won == 100), (1 - chance, lost, 0.0, lost == 0)]
            table[coins][action] = outcomes
    return MDP.from_table(table)


@BOTH
def test_the_gamblers_problem_has_its_stakes_and_its_ties(planner: type) -> None:
    """With chances below a half, to stake all or what is missing is optimal, and v(50) is the chance itself.

    The other optimal stakes are those whose backup is as large, in exact fractions.
    """
    chance = Fraction(2, 5)
    agent = planner(gamblers_problem(0.4), Options(discount=1))
    agent.solve()
    bold = [bold_play(coins, chance) for coins in range(101)]
    np.testing.assert_allclose(agent.values[1:100], [float(value) for value in bold[1:100]], atol=1e-12)
    for coins in range(1, 100):
        stakes = range(1, min(coins, 100 - coins) + 1)
        worth = {stake: chance * bold[coins + stake] + (1 - chance) * bold[coins - stake] for stake in stakes}
        best = {stake for stake in stakes if worth[stake] == max(worth.values())}
        shown = {action + 1 for action in np.flatnonzero(agent.policy[coins]) if action + 1 in stakes}
        assert shown == best, coins


def bold_play(coins: int, chance: Fraction) -> Fraction:
    """v(c) = p v(2c) up to 50 coins and p + (1 - p) v(2c - 100) above: doubling, until the coins come round again."""
    gained, share = Fraction(0), Fraction(1)
    seen: dict[int, tuple[Fraction, Fraction]] = {}
    while coins not in (0, 100) and coins not in seen:
        seen[coins] = gained, share
        if coins <= 50:
            share *= chance
            coins = 2 * coins
        else:
            gained += share * chance
            share *= 1 - chance
            coins = 2 * coins - 100
    if coins in (0, 100):
        return gained + share * (coins == 100)
    before, part = seen[coins]
    return gained + share * ((gained - before) / part) / (1 - share / part)
