"""The tables of the textbook (Sutton & Barto, 2nd edition) and the optima of gymnasium's toy-text environments."""

from common.figures import Drawn
from dp import policy_iteration, value_iteration
from dp.policy_iteration import Options, PolicyIteration
from dp.value_iteration import ValueIteration
from gridworld import MDP, GridWorld

import gymnasium
import numpy as np
import pytest

BOTH = pytest.mark.parametrize("planner", [PolicyIteration, ValueIteration])
IN_PLACE = pytest.mark.parametrize("in_place", [False, True])

# Figure 4.1, the random policy after k sweeps, as printed there: to one decimal.
EXAMPLE_4_1 = {
    0: [[0.0] * 4] * 4,
    1: [[0.0, -1.0, -1.0, -1.0], [-1.0] * 4, [-1.0] * 4, [-1.0, -1.0, -1.0, 0.0]],
    2: [[0.0, -1.75, -2.0, -2.0], [-1.75, -2.0, -2.0, -2.0], [-2.0, -2.0, -2.0, -1.75], [-2.0, -2.0, -1.75, 0.0]],
    3: [[0.0, -2.4, -2.9, -3.0], [-2.4, -2.9, -3.0, -2.9], [-2.9, -3.0, -2.9, -2.4], [-3.0, -2.9, -2.4, 0.0]],
    10: [[0.0, -6.1, -8.4, -9.0], [-6.1, -7.7, -8.4, -8.4], [-8.4, -8.4, -7.7, -6.1], [-9.0, -8.4, -6.1, 0.0]],
}
EXAMPLE_4_1_RANDOM = [[0, -14, -20, -22], [-14, -18, -20, -20], [-20, -20, -18, -14], [-22, -20, -14, 0]]
EXAMPLE_4_1_OPTIMAL = [[0, -1, -2, -3], [-1, -2, -3, -2], [-2, -3, -2, -1], [-3, -2, -1, 0]]
EXAMPLE_3_5_RANDOM = [
    [3.3, 8.8, 4.4, 5.3, 1.5],
    [1.5, 3.0, 2.3, 1.9, 0.5],
    [0.1, 0.7, 0.7, 0.4, -0.4],
    [-1.0, -0.4, -0.4, -0.6, -1.2],
    [-1.9, -1.3, -1.2, -1.4, -2.0],
]
EXAMPLE_3_5_OPTIMAL = [
    [22.0, 24.4, 22.0, 19.4, 17.5],
    [19.8, 22.0, 19.8, 17.8, 16.0],
    [17.8, 19.8, 17.8, 16.0, 14.4],
    [16.0, 17.8, 16.0, 14.4, 13.0],
    [14.4, 16.0, 14.4, 13.0, 11.7],
]


@pytest.mark.parametrize("sweeps", EXAMPLE_4_1)
def test_random_policy_of_example_4_1_sweep_by_sweep(sweeps: int) -> None:
    agent = PolicyIteration(GridWorld.load("sutton-4-1").mdp(), Options(discount=1))
    for _ in range(sweeps):
        agent.evaluate()
    np.testing.assert_allclose(agent.values.reshape(4, 4), EXAMPLE_4_1[sweeps], atol=0.0501)


@IN_PLACE
def test_random_policy_of_example_4_1(in_place: bool) -> None:
    agent = PolicyIteration(GridWorld.load("sutton-4-1").mdp(), Options(discount=1, in_place=in_place))
    while agent.evaluate() > 1e-12:
        pass
    np.testing.assert_allclose(agent.values.reshape(4, 4), EXAMPLE_4_1_RANDOM, atol=1e-8)
    # One improvement of the random policy is enough.
    assert agent.improve()
    while agent.evaluate() > 1e-12:
        pass
    np.testing.assert_allclose(agent.values.reshape(4, 4), EXAMPLE_4_1_OPTIMAL, atol=1e-8)
    assert not agent.improve()


@BOTH
@IN_PLACE
def test_optimal_values_of_example_4_1(planner: type, in_place: bool) -> None:
    agent = planner(GridWorld.load("sutton-4-1").mdp(), Options(discount=1, in_place=in_place))
    agent.solve()
    np.testing.assert_allclose(agent.values.reshape(4, 4), EXAMPLE_4_1_OPTIMAL, atol=1e-8)
    # Figure 4.1, bottom right: the arrows of the corner opposite to neither end point both ways.
    assert agent.policy[3].tolist() == [0, 0.5, 0.5, 0]
    assert agent.policy[6].tolist() == [0.25] * 4


def test_random_policy_of_example_3_5() -> None:
    agent = PolicyIteration(GridWorld.load("sutton-3-5").mdp())
    while agent.evaluate() > 1e-10:
        pass
    np.testing.assert_allclose(agent.values.reshape(5, 5), EXAMPLE_3_5_RANDOM, atol=0.0501)


@BOTH
@IN_PLACE
def test_optimal_values_of_example_3_5(planner: type, in_place: bool) -> None:
    agent = planner(GridWorld.load("sutton-3-5").mdp(), Options(in_place=in_place))
    agent.solve()
    np.testing.assert_allclose(agent.values.reshape(5, 5), EXAMPLE_3_5_OPTIMAL, atol=0.0501)
    # Figure 3.5 and its text: v*(A) = 10 / (1 - 0.9 ** 5).
    assert agent.values[1] == pytest.approx(10 / (1 - 0.9**5), abs=1e-8)


@BOTH
def test_windy_gridworld_takes_fifteen_moves(planner: type) -> None:
    world = GridWorld.load("windy")
    agent = planner(world.mdp(), Options(discount=1))
    agent.solve()
    assert agent.values[world.starts[0]] == pytest.approx(-15)


@BOTH
def test_cliff_takes_thirteen_moves(planner: type) -> None:
    for mdp, start in [(GridWorld.load("cliff").mdp(), 36), (model_of("CliffWalking-v1"), 36)]:
        agent = planner(mdp, Options(discount=1))
        agent.solve()
        assert agent.values[start] == pytest.approx(-13)


def model_of(identifier: str, **settings: object) -> MDP:
    environment = gymnasium.make(identifier, **settings)
    return MDP.from_table(environment.unwrapped.P)  # type: ignore[attr-defined]


@BOTH
@pytest.mark.parametrize("identifier", ["FrozenLake-v1", "FrozenLake8x8-v1", "Taxi-v4", "CliffWalking-v1"])
def test_toy_text_optima(planner: type, identifier: str, exact_optimum) -> None:  # type: ignore[no-untyped-def]
    if identifier == "Taxi-v4" and identifier not in gymnasium.registry:
        identifier = "Taxi-v3"
    mdp = model_of(identifier)
    for discount in (0.9, 0.99):
        agent = planner(mdp, Options(discount=discount, tolerance=1e-9))
        agent.solve()
        np.testing.assert_allclose(agent.values, exact_optimum(mdp, discount), atol=1e-8)


@BOTH
def test_undiscounted_frozen_lake_is_the_chance_to_arrive(planner: type) -> None:
    """14 in 17 on the 4 x 4 lake; the 8 x 8 lake can be crossed with certainty."""
    for identifier, chance in (("FrozenLake-v1", 14 / 17), ("FrozenLake8x8-v1", 1.0)):
        agent = planner(model_of(identifier), Options(discount=1))
        agent.solve()
        assert agent.values[0] == pytest.approx(chance, abs=1e-9)


def words(drawn: Drawn, panel: int) -> list[list[str]]:
    """[cell] the value and the arrows that a panel shows."""
    return [str(text).split("\n") for row in drawn.panels[panel].texts for text in row]


def figure(number: str) -> Drawn:
    figures = {each.number: each for each in policy_iteration.FIGURES + value_iteration.FIGURES}
    return figures[number].make(0)


def test_figures_3_2_and_3_5_are_the_books() -> None:
    """Every cell as printed, and the arrows of Figure 3.5: all four in A and B, towards A elsewhere."""
    random, best = figure("3.2"), figure("3.5")
    for drawn, table in ((random, EXAMPLE_3_5_RANDOM), (best, EXAMPLE_3_5_OPTIMAL)):
        assert [float(value) for value, *_ in words(drawn, 0)] == np.ravel(table).tolist()
        assert drawn.numbers[0].ours == 25
    arrows = [text[1] for text in words(best, 0)]
    assert arrows[:5] == ["\u2192", "\u2191\u2193\u2190\u2192", "\u2190", "\u2191\u2193\u2190\u2192", "\u2190"]
    assert arrows[5::5] == ["\u2191\u2192"] * 4 and arrows[6::5] == ["\u2191"] * 4


def test_figure_4_1_is_the_books() -> None:
    """The values at k = 0, 1, 2, 3, 10 and in the end; from k = 3 on the greedy policy is the optimal one."""
    drawn = figure("4.1")
    for panel, table in enumerate([*EXAMPLE_4_1.values(), EXAMPLE_4_1_RANDOM]):
        shown = [float(value) for value, *_ in words(drawn, panel)]
        np.testing.assert_allclose(shown, np.ravel(table), atol=0.0501)
    arrows = [[text[1:] for text in words(drawn, panel)] for panel in range(6)]
    assert arrows[0][1] == ["\u2191\u2193\u2190\u2192"] and arrows[3] == arrows[4] == arrows[5] != arrows[2]
    assert arrows[5][0] == arrows[5][15] == [""] and arrows[5][1] == ["\u2190"] and arrows[5][3] == ["\u2193\u2190"]
    assert drawn.numbers[-1].ours == 3
