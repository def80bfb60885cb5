"""The shipped maps are the textbooks' worlds: their tables come out of them."""

from importlib import resources
from typing import Any

from gridworld import MDP, Cell, GridWorld, map_names
from gridworld.maps.random_map import distances

import gymnasium
import numpy as np
import pytest


def random_policy_values(mdp: MDP, discount: float) -> np.ndarray:
    """The values of the policy that takes every action alike, from v = r + discount * P v as linear equations."""
    chance = mdp.probability / mdp.n_actions
    goes_on = chance * ~mdp.terminated
    transition = np.zeros((mdp.n_states, mdp.n_states))
    origin = np.broadcast_to(np.arange(mdp.n_states)[:, None, None], chance.shape)
    np.add.at(transition, (origin, mdp.next_state), goes_on)
    return np.linalg.solve(np.eye(mdp.n_states) - discount * transition, (chance * mdp.reward).sum((1, 2)))


def optimal_action_values(mdp: MDP, discount: float) -> np.ndarray:
    """[S, A] action values where backing them up changes nothing any more."""
    values = np.full(mdp.n_states, np.nan)
    following = np.zeros(mdp.n_states)
    while not np.abs(following - values).max() < 1e-12:
        values = following
        action_values = mdp.action_values(values, discount)
        following = action_values.max(axis=1)
    return action_values


def optimal_values(name: str, discount: float) -> np.ndarray:
    world = GridWorld.load(name)
    return optimal_action_values(world.mdp(), discount).max(axis=1).reshape(world.height, world.width)


def greedy_path(world: GridWorld, discount: float) -> list[tuple[int, int]]:
    """The cells that the best actions lead through from the first start, each action's likeliest outcome taken."""
    mdp = world.mdp()
    best = optimal_action_values(mdp, discount).argmax(axis=1)
    path = [world.starts[0]]
    while not world.is_terminal(path[-1]) and len(path) < world.n_states:
        path.append(int(mdp.next_state[path[-1], best[path[-1]], 0]))
    return [world.row_column(state) for state in path]


def test_the_maps_that_there_are() -> None:
    assert {"course", "sutton-3-5", "sutton-4-1", "windy", "cliff"} < set(map_names())
    assert len(map_names()) >= 7
    assert map_names() == sorted(map_names())


@pytest.mark.parametrize("name", map_names())
def test_every_map_can_be_solved_from_everywhere_and_says_where_it_is_from(name: str) -> None:
    world = GridWorld.load(name)
    assert GridWorld.from_toml(world.to_toml(), name) == world
    goals = np.flatnonzero(world.where("terminal") | world.where("exits"))
    if goals.size:
        nearest = np.stack([distances(world.where("wall"), int(goal)) for goal in goals]).max(axis=0)
        assert ((nearest >= 0) == ~world.where("wall")).all()
    else:
        assert world.continuing
    text = (resources.files("gridworld.maps") / f"{name}.toml").read_text(encoding="utf-8")
    assert text.startswith("# ") and max(map(len, text.splitlines())) <= 120


def test_the_course_map() -> None:
    world = GridWorld.load("course")
    assert ["".join(row) for row in world.letters] == ["S....", "..T..", ".TG..", ".....", "....."]
    goal, trap = world.cells["G"], world.cells["T"]
    assert (goal.reward, goal.terminal, trap.reward, trap.terminal) == (1.0, True, -1.0, False)
    assert (world.step_reward, world.bump_reward, world.slip) == (0.0, 0.0, 0.0)
    # Without traps in the way, a cell is worth the discount to the number of moves before the last.
    values = optimal_values("course", 0.9)
    assert values[2, 2] == 0
    assert [values[3, 2], values[2, 3], values[1, 2], values[4, 2]] == pytest.approx([1, 1, 1, 0.9])
    assert values[0, 0] == pytest.approx(0.9**5)


def test_example_4_1_random_policy() -> None:
    table = [[0, -14, -20, -22], [-14, -18, -20, -20], [-20, -20, -18, -14], [-22, -20, -14, 0]]
    mdp = GridWorld.load("sutton-4-1").mdp()
    np.testing.assert_allclose(random_policy_values(mdp, 1.0 - 1e-12).reshape(4, 4), table, atol=1e-6)


def test_example_4_1_optimal() -> None:
    table = [[0, -1, -2, -3], [-1, -2, -3, -2], [-2, -3, -2, -1], [-3, -2, -1, 0]]
    np.testing.assert_array_equal(optimal_values("sutton-4-1", 1.0), table)


def test_example_3_5_random_policy() -> None:
    """Figure 3.2."""
    table = [
        [3.3, 8.8, 4.4, 5.3, 1.5],
        [1.5, 3.0, 2.3, 1.9, 0.5],
        [0.1, 0.7, 0.7, 0.4, -0.4],
        [-1.0, -0.4, -0.4, -0.6, -1.2],
        [-1.9, -1.3, -1.2, -1.4, -2.0],
    ]
    values = random_policy_values(GridWorld.load("sutton-3-5").mdp(), 0.9).reshape(5, 5)
    np.testing.assert_allclose(values, table, atol=0.05)


def test_example_3_5_optimal() -> None:
    """Figure 3.5."""
    table = [
        [22.0, 24.4, 22.0, 19.4, 17.5],
        [19.8, 22.0, 19.8, 17.8, 16.0],
        [17.8, 19.8, 17.8, 16.0, 14.4],
        [16.0, 17.8, 16.0, 14.4, 13.0],
        [14.4, 16.0, 14.4, 13.0, 11.7],
    ]
    values = optimal_values("sutton-3-5", 0.9)
    np.testing.assert_allclose(values, table, atol=0.051)
    assert values[0, 1] == pytest.approx(10 / (1 - 0.9**5))  # A again and again, every five moves


def test_example_6_5_shortest_way_takes_15_moves() -> None:
    values = optimal_values("windy", 1.0)
    assert values[3, 0] == -15
    assert len(greedy_path(GridWorld.load("windy"), 1.0)) == 16


def test_example_6_5_dynamics_are_the_clipped_sum_of_move_and_wind() -> None:
    wind = [0, 0, 0, 1, 1, 1, 2, 2, 1, 0]
    mdp = GridWorld.load("windy").mdp()
    goal = 3 * 10 + 7
    for state in set(range(70)) - {goal}:
        row, column = divmod(state, 10)
        for action, (down, right) in enumerate([(-1, 0), (1, 0), (0, -1), (0, 1)]):
            following = np.clip(row + down - wind[column], 0, 6) * 10 + np.clip(column + right, 0, 9)
            assert mdp.next_state[state, action, 0] == following
            assert mdp.reward[state, action, 0] == -1
            assert mdp.terminated[state, action, 0] == (following == goal)


def test_example_6_6_is_gymnasiums_cliff_walking() -> None:
    theirs: Any = gymnasium.make("CliffWalking-v1").unwrapped
    world = GridWorld.load("cliff")
    ours = world.mdp().to_table()
    # Nobody is ever on the cliff, and an episode ends on the goal.
    visited = [state for state in range(48) if world.letters.ravel()[state] not in "CG"]
    their_action = (0, 2, 3, 1)  # of our up, down, left, right
    for state in visited:
        for action in range(4):
            assert ours[state][action] == [tuple(outcome) for outcome in theirs.P[state][their_action[action]]]
    assert optimal_values("cliff", 1.0)[3, 0] == -13


def test_russell_and_norvigs_utilities() -> None:
    """Artificial Intelligence: A Modern Approach, the figure of the 4 x 3 world's utilities for a step of -0.04."""
    table = [[0.812, 0.868, 0.918, 0], [0.762, 0, 0.660, 0], [0.705, 0.655, 0.611, 0.388]]
    np.testing.assert_allclose(optimal_values("slippery", 1.0), table, atol=0.0005)


@pytest.mark.parametrize(
    ("step_reward", "beside_the_trap", "at_the_start"),
    [(-0.01, "left", "up"), (-0.04, "up", "up"), (-0.1, "up", "up"), (-2.0, "right", "right")],
)
def test_the_price_of_a_step_decides_how_much_is_risked(
    step_reward: float, beside_the_trap: str, at_the_start: str
) -> None:
    mdp = GridWorld.load("slippery").with_rules(step_reward=step_reward).mdp()
    best = optimal_action_values(mdp, 1.0).argmax(axis=1)
    names = ("up", "down", "left", "right")
    assert (names[best[6]], names[best[8]]) == (beside_the_trap, at_the_start)


def test_example_8_1_way_takes_14_moves() -> None:
    assert optimal_values("maze", 0.95)[2, 0] == pytest.approx(0.95**13)


@pytest.mark.parametrize(
    ("discount", "slip", "goal", "along_the_chasm"),
    [(0.9, 0.2, "F", False), (0.9, 0.0, "F", True), (0.3, 0.2, "N", False), (0.3, 0.0, "N", True)],
)
def test_discount_and_slip_choose_among_four_ways(
    discount: float, slip: float, goal: str, along_the_chasm: bool
) -> None:
    world = GridWorld.load("discount").with_rules(slip=slip)
    path = greedy_path(world, discount)
    assert world.letters[path[-1]] == goal
    assert ((3, 1) in path) is along_the_chasm


def test_rooms_have_a_start_in_three_of_them() -> None:
    world = GridWorld.load("rooms")
    assert len(world.starts) == 3
    assert world.cells["G"] == Cell(reward=1.0, terminal=True)
    # The goal's own room is worth more than any other.
    values = optimal_values("rooms", 0.9)
    assert values[7:, 6:].max() > values[:5, 6:].max() > values[:5, :5].max()


def test_the_random_policy_on_the_grid_of_deep_learning_from_scratch() -> None:
    """Saito (2022), the picture of chapter 4: two decimals, from the bomb and the bumps on it."""
    world = GridWorld.load("scratch-3-4")
    published = [[0.03, 0.10, 0.21, 0.00], [-0.03, 0, -0.50, -0.37], [-0.10, -0.22, -0.43, -0.78]]
    values = random_policy_values(world.mdp(), 0.9).reshape(3, 4)
    np.testing.assert_allclose(values, published, atol=0.01)
    assert values[1, 3] == pytest.approx(-0.3727, abs=5e-5)
    on_entering = world.with_rules(pays_every_step=False).mdp()
    assert random_policy_values(on_entering, 0.9)[7] == pytest.approx(0.0778, abs=5e-5)


def test_the_book_grid_of_cs188() -> None:
    """Berkeley's lecture on Markov decision processes: the values after 100 iterations, discount 0.9, noise 0.2."""
    table = [[0.64, 0.74, 0.85, 1.00], [0.57, 0, 0.57, -1.00], [0.49, 0.43, 0.48, 0.28]]
    np.testing.assert_allclose(optimal_values("exits", 0.9), table, atol=0.0051)


def test_a_target_that_is_not_the_end_and_pays_for_staying() -> None:
    """Zhao, Mathematical Foundations of Reinforcement Learning, chapter 3: 10 = 1 / (1 - 0.9) on the target."""
    world = GridWorld(
        ["S....", ".FF..", "..F..", ".FTF.", ".F..."],
        {"F": Cell(reward=-1, pays_every_step=True), "T": Cell(reward=1, pays_every_step=True)},
        bump_reward=-1,
        stay=True,
        continuing=True,
    )
    table = [
        [5.8, 5.6, 6.2, 6.5, 5.8],
        [6.5, 7.2, 8.0, 7.2, 6.5],
        [7.2, 8.0, 10, 8.0, 7.2],
        [8.0, 10, 10, 10, 8.0],
        [7.2, 9.0, 10, 9.0, 8.1],
    ]
    np.testing.assert_allclose(optimal_action_values(world.mdp(), 0.9).max(axis=1).reshape(5, 5), table, atol=0.051)


def test_exercise_6_9_and_6_10() -> None:
    """Seven king's moves to the goal, and a ninth action that only lets the wind blow does not help."""
    world = GridWorld.load("windy-king")
    assert len(greedy_path(world, 1.0)) == 8
    for rules, worth in (({}, -7.0), ({"stay": True}, -7.0), ({"gusts": True}, -10.9646)):
        mdp = world.with_rules(**rules).mdp()
        assert optimal_action_values(mdp, 1.0)[30].max() == pytest.approx(worth, abs=5e-5)


def test_exercise_6_9_dynamics_are_the_clipped_sum_of_move_and_wind() -> None:
    world = GridWorld.load("windy-king")
    mdp, gusty = world.mdp(), world.with_rules(gusts=True).mdp()
    directions = [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)]
    for state in set(range(70)) - {37}:
        row, column = divmod(state, 10)
        for action, (down, right) in enumerate(directions):
            side = np.clip(column + right, 0, 9)
            mean = world.wind[column]
            assert mdp.next_state[state, action, 0] == np.clip(row + down - mean, 0, 6) * 10 + side
            blows = [mean - 1, mean, mean + 1] if mean else [0, 0, 0]
            expected = np.bincount([np.clip(row + down - blow, 0, 6) * 10 + side for blow in blows], minlength=70) / 3
            drawn = np.bincount(gusty.next_state[state, action], gusty.probability[state, action], minlength=70)
            np.testing.assert_allclose(drawn, expected)
