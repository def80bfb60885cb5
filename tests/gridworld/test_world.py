"""Gridworlds: the dynamics of their moves, editing, random maps."""

import copy
import pickle
import time

from common.errors import UserError
from gridworld import ACTION_NAMES, Cell, GridWorld
from gridworld.maps.random_map import distances

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

UP, DOWN, LEFT, RIGHT, STAY = range(5)
GOAL = Cell(reward=1.0, terminal=True)
TRAP = Cell(reward=-1.0)


def outcomes(world: GridWorld, state: int, action: int) -> dict[tuple[int, float, bool], float]:
    """{(next state, reward, terminated): probability} of an action."""
    listed: dict[tuple[int, float, bool], float] = {}
    for probability, *outcome in world.mdp().to_table()[state][action]:
        next_state, reward, terminated = outcome
        key = (next_state, round(reward, 9), terminated)
        listed[key] = listed.get(key, 0.0) + probability
    return listed


def outcome(world: GridWorld, state: int, action: int) -> tuple[int, float, bool]:
    """(next state, reward, terminated) of an action without chance."""
    (only,) = outcomes(world, state, action)
    return only


def test_states_are_numbered_row_by_row_and_actions_are_up_down_left_right() -> None:
    world = GridWorld(["...", ".S.", "..G"], {"G": GOAL})
    assert ACTION_NAMES[:4] == ("up", "down", "left", "right")
    assert [outcome(world, 4, action)[0] for action in range(4)] == [1, 7, 3, 5]
    assert world.row_column(5) == (1, 2)
    assert world.starts == (4,)
    assert (world.height, world.width, world.n_states, world.n_actions) == (3, 3, 9, 4)


def test_a_bump_stays_and_is_not_entering() -> None:
    world = GridWorld("S#\nTG", {"T": TRAP, "G": GOAL}, step_reward=-0.1, bump_reward=-0.5)
    assert outcome(world, 0, UP) == (0, -0.6, False)
    assert outcome(world, 0, RIGHT) == (0, -0.6, False)
    assert outcome(world, 2, LEFT) == (2, -0.6, False)  # staying on the trap does not pay the trap again


def test_reward_is_paid_on_entering_on_top_of_the_step() -> None:
    world = GridWorld("S.\nTG", {"T": TRAP, "G": GOAL}, step_reward=-0.1)
    assert outcome(world, 0, DOWN) == (2, -1.1, False)
    assert outcome(world, 2, UP) == (0, -0.1, False)
    assert outcome(world, 2, RIGHT) == (3, 0.9, True)


def test_terminal_cells_and_walls_loop_to_themselves_for_nothing() -> None:
    world = GridWorld("S#\nTG", {"T": TRAP, "G": GOAL}, step_reward=-0.1, bump_reward=-0.5, slip=0.2)
    for state in (1, 3):
        for action in range(4):
            assert outcome(world, state, action) == (state, 0.0, True)
    assert world.is_wall(1) and world.is_terminal(3)


def test_slip_goes_to_the_sides_half_each() -> None:
    world = GridWorld(["...", ".S.", "..G"], {"G": GOAL}, slip=0.2)
    assert world.mdp().n_outcomes == 3
    assert outcomes(world, 4, UP) == pytest.approx({(1, 0.0, False): 0.8, (3, 0.0, False): 0.1, (5, 0.0, False): 0.1})
    assert outcomes(world, 4, RIGHT) == pytest.approx(
        {(5, 0.0, False): 0.8, (1, 0.0, False): 0.1, (7, 0.0, False): 0.1}
    )
    # In the corner two of the three outcomes bump.
    assert outcomes(world, 0, UP) == pytest.approx({(0, 0.0, False): 0.9, (1, 0.0, False): 0.1})


def test_slip_of_one_never_goes_where_it_is_told() -> None:
    world = GridWorld(["...", ".S.", "..G"], {"G": GOAL}, slip=1.0)
    assert outcomes(world, 4, UP) == pytest.approx({(3, 0.0, False): 0.5, (5, 0.0, False): 0.5})


def test_staying_neither_slips_nor_enters_nor_bumps() -> None:
    world = GridWorld("ST\n.G", {"T": TRAP, "G": GOAL}, step_reward=-0.1, bump_reward=-5, slip=0.4, stay=True)
    assert world.n_actions == 5
    assert outcomes(world, 1, STAY) == {(1, -0.1, False): 1.0}


def test_a_cell_can_send_the_agent_elsewhere() -> None:
    cells = {"G": GOAL, "C": Cell(reward=-9, goes_to="start"), "D": Cell(reward=2, goes_to=(0, 2))}
    world = GridWorld(["..T", "SCD", "..G"], {**cells, "T": TRAP}, step_reward=-1)
    assert outcome(world, 1, DOWN) == (3, -10.0, False)
    # Put down on the trap: that is not entering it. And one such cell does not pass on to another.
    assert outcome(world, 8 - 1, UP) == (3, -10.0, False)
    assert outcome(world, 4, RIGHT) == (2, 1.0, False)


def test_a_cell_can_send_the_agent_to_a_goal() -> None:
    world = GridWorld(["S.C", "..G"], {"G": GOAL, "C": Cell(reward=3, goes_to=(1, 2))})
    assert outcome(world, 1, RIGHT) == (5, 3.0, True)


def test_any_action_leaves_a_cell_that_leads_elsewhere() -> None:
    world = GridWorld(
        ["A.S", "..T"],
        {"A": Cell(leaves_to=(1, 2), leave_reward=10), "T": TRAP},
        step_reward=-1,
        slip=0.5,
        continuing=True,
    )
    for action in range(4):
        assert outcome(world, 0, action) == (5, 9.0, False)
    assert (0, -1.0, False) in outcomes(world, 1, LEFT)  # entering it is an ordinary step


def test_wind_carries_a_move_upwards_by_the_column_it_begins_in() -> None:
    world = GridWorld(["....", "....", "S...", "...G"], {"G": GOAL}, wind=[0, 1, 2, 0])
    assert outcome(world, 8, RIGHT)[0] == 9  # column 0 has no wind
    assert outcome(world, 9, RIGHT)[0] == 6
    assert outcome(world, 10, LEFT)[0] == 1
    assert outcome(world, 9, DOWN)[0] == 9
    assert outcome(world, 14, UP)[0] == 2
    assert outcome(world, 14, DOWN)[0] == 10  # as in the book: the sum of both, clipped to the grid


def test_wind_stops_at_walls_and_blows_downwards_below_zero() -> None:
    world = GridWorld(["..", ".#", "S.", ".G"], {"G": GOAL}, wind=[-1, 3], bump_reward=-1)
    assert outcome(world, 0, RIGHT) == (3 - 2, 0.0, False)
    assert outcome(world, 4, RIGHT) == (7, 1.0, True)
    assert outcome(world, 5, UP) == (5, -1.0, False)
    # Held by the edge, and carried away all the same: the bump is paid, and so is what is entered.
    assert outcome(world, 0, LEFT) == (2, -1.0, False)


@given(st.integers(0, 10**6), st.integers(2, 8), st.sampled_from([0.0, 0.1, 1.0]), st.booleans())
def test_probabilities_sum_to_one_and_moves_go_one_cell(seed: int, size: int, slip: float, stay: bool) -> None:
    world = GridWorld.random(size, seed, slip).with_rules(stay=stay)
    mdp = world.mdp()
    np.testing.assert_allclose(mdp.probability.sum(axis=2), 1.0)
    rows, columns = np.divmod(mdp.next_state, world.width)
    own_row, own_column = np.divmod(np.arange(world.n_states), world.width)
    assert (np.abs(rows - own_row[:, None, None]) + np.abs(columns - own_column[:, None, None]) <= 1).all()
    walls = world.where("wall").ravel()
    assert not walls[mdp.next_state[~walls]].any()
    terminal = world.where("terminal").ravel()
    assert (mdp.terminated[~walls] == terminal[mdp.next_state[~walls]]).all()
    assert mdp.start is not None and mdp.start[list(world.starts)].sum() == 1


def test_several_starts_are_equally_likely() -> None:
    world = GridWorld(["S.S", "..G"], {"G": GOAL}, start=[(1, 0)])
    assert world.starts == (0, 2, 3)
    assert world.mdp().start == pytest.approx([1 / 3, 0, 1 / 3, 1 / 3, 0, 0])


def test_the_model_is_made_once() -> None:
    world = GridWorld.load("course")
    assert world.mdp() is world.mdp()


# Editing


def test_editing_returns_a_new_world() -> None:
    world = GridWorld.load("course")
    edited = world.with_cell(6, "#")
    assert edited.is_wall(6) and not world.is_wall(6)
    assert edited.with_cell(6, ".") == world
    assert edited.name == world.name


def test_a_trap_or_a_goal_can_be_drawn_into_a_map_that_has_none() -> None:
    world = GridWorld.load("windy").with_cell(0, "T").with_cell(1, "G")
    assert world.cell(0) == TRAP
    assert world.cell(1) == Cell(terminal=True)  # windy has goals of its own, which pay nothing
    assert GridWorld.from_toml(world.to_toml()) == world


def test_the_last_goal_and_the_last_start_cannot_be_painted_over() -> None:
    world = GridWorld.load("course")
    with pytest.raises(UserError, match="no goal"):
        world.with_cell(12, ".")
    with pytest.raises(UserError, match="no start"):
        world.with_cell(0, "#")
    assert world.with_cell(24, "G").with_cell(12, ".").is_terminal(24)


def test_the_start_can_be_moved_onto_any_cell_that_is_no_wall_and_no_goal() -> None:
    world = GridWorld.load("course").with_cell(20, "#")
    assert world.with_start(24).starts == (24,)
    assert world.with_start(24).letters[0, 0] == "."
    on_trap = world.with_start(7)
    assert on_trap.starts == (7,) and on_trap.cell(7) == world.cell(7)
    assert GridWorld.from_toml(on_trap.to_toml()) == on_trap
    assert on_trap.with_start(0) == world
    for state, kind in ((20, "wall"), (12, "terminal")):
        with pytest.raises(UserError, match=kind):
            world.with_start(state)


@pytest.mark.parametrize(("state", "letter"), [(25, "."), (-1, "."), (3, "Q"), (3, "GG"), (3, "")])
def test_edits_that_cannot_be_are_refused(state: int, letter: str) -> None:
    with pytest.raises(UserError):
        GridWorld.load("course").with_cell(state, letter)


@pytest.mark.parametrize("state", [-1, 25])
def test_a_start_off_the_map_is_refused(state: int) -> None:
    with pytest.raises(UserError, match="0 to 24"):
        GridWorld.load("course").with_start(state)


def test_the_palette_has_floor_wall_trap_and_goal_first() -> None:
    assert GridWorld.load("course").palette() == (".", "#", "T", "G")
    assert GridWorld.load("cliff").palette() == (".", "#", "T", "G", "C")


def test_rules_can_be_changed() -> None:
    assert GridWorld.load("course").with_rules(slip=0.5).mdp().n_outcomes == 3
    with pytest.raises(UserError, match="slip"):
        GridWorld.load("course").with_rules(slip=2)


def test_worlds_compare_copy_and_pickle() -> None:
    world = GridWorld.random(6, seed=1, slip=0.1)
    assert world == copy.deepcopy(world) == pickle.loads(pickle.dumps(world))
    assert hash(world) == hash(copy.deepcopy(world))
    assert world != world.with_rules(slip=0.2)
    with pytest.raises(ValueError, match="read-only"):
        world.letters[0, 0] = "."


# Random maps


@given(st.integers(2, 30), st.integers(0, 10**9))
def test_every_open_cell_of_a_random_map_reaches_the_goal(size: int, seed: int) -> None:
    world = GridWorld.random(size, seed)
    assert world.starts == (0,)
    (goal,) = np.flatnonzero(world.where("terminal"))
    wall = world.where("wall")
    assert ((distances(wall, int(goal)) >= 0) == ~wall).all()
    assert world == GridWorld.random(size, seed)


def test_random_maps_have_walls_and_traps_and_differ_by_the_seed() -> None:
    world = GridWorld.random(30, seed=0)
    assert 0.1 < world.where("wall").mean() < 0.4
    assert (world.letters == "T").sum() > 10
    assert world != GridWorld.random(30, seed=1)


@pytest.mark.parametrize("size", [1, 0, -3, True, 2.5])
def test_a_random_map_needs_a_size_of_two(size: int) -> None:
    with pytest.raises(UserError, match="at least 2"):
        GridWorld.random(size, seed=0)


def test_a_random_map_needs_a_seed_that_is_not_negative() -> None:
    with pytest.raises(UserError, match="seed"):
        GridWorld.random(5, seed=-1)


def test_distances_are_numbers_of_moves() -> None:
    wall = np.array([[0, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=bool)
    assert distances(wall, 0).tolist() == [[0, 1, 2], [-1, -1, 3], [-1, -1, 4]]


def test_an_edit_is_quick_enough_for_every_click() -> None:
    world = GridWorld.random(20, seed=0, slip=0.1)
    begin = time.process_time()
    for state in range(20, 40):
        world = world.with_cell(state, "#")
        world.mdp()
    assert (time.process_time() - begin) / 20 < 0.02
