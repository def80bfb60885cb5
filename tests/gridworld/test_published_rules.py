"""The rules that published grids need: pay for every step, exits, king's moves, gusts."""

from gridworld import Cell, GridWorld
from gridworld.actions import DIRECTIONS
from gridworld.window.drawing.layers import Layers
from gridworld.window.drawing.painter import grid_area, paint, to_array
from gridworld.window.drawing.palette import INK, PAPER, POSITIVE
from gridworld.window.lesson_view import LessonView
from gridworld.window.snapshot import Snapshot
from gridworld.window.walk import backup_lines
from gridworld.window.walk_by_hand import WalkByHand
from tests.gridworld.test_world import DOWN, GOAL, LEFT, RIGHT, STAY, TRAP, UP, outcome, outcomes

import numpy as np
import pygame
import pytest


def test_a_reward_can_be_paid_for_every_step_that_ends_in_the_cell() -> None:
    cells = {"T": Cell(reward=-1, pays_every_step=True), "G": GOAL, "U": Cell(reward=5)}
    rules = {"step_reward": -0.1, "bump_reward": -0.5, "stay": True}
    world = GridWorld(["S#", "TG", "U."], cells, **rules)
    assert outcome(world, 0, DOWN) == (2, -1.1, False)  # once for entering, not twice
    assert outcome(world, 2, LEFT) == (2, -1.6, False)
    assert outcome(world, 2, STAY) == (2, -1.1, False)
    assert outcome(world, 2, UP) == (0, -0.1, False)
    assert outcome(world, 2, RIGHT) == (3, 0.9, True)
    assert outcome(world, 4, STAY) == (4, -0.1, False)  # another cell still pays on entering alone
    everywhere = GridWorld(["S#", "TG", "U."], {**cells, "T": TRAP}, pays_every_step=True, **rules)
    assert outcome(everywhere, 2, LEFT) == (2, -1.6, False)
    assert outcome(everywhere, 4, STAY) == (4, 4.9, False)
    assert outcome(everywhere, 0, UP) == (0, -0.6, False)


def test_a_step_that_is_put_down_elsewhere_ends_there() -> None:
    cells = {
        "T": Cell(reward=-1, pays_every_step=True),
        "A": Cell(leaves_to=(0, 2), leave_reward=10),
        "C": Cell(reward=3, goes_to=(0, 2)),
    }
    world = GridWorld(["SAT", "C.."], cells, continuing=True)
    assert outcome(world, 1, UP) == (2, 9.0, False)
    assert outcome(world, 0, DOWN) == (2, 2.0, False)
    # A map on which everything pays for every step still pays for entering a cell in which no step ends.
    assert outcome(world.with_rules(pays_every_step=True), 0, DOWN) == (2, 2.0, False)


def test_an_exit_ends_the_episode_a_step_after_it_was_entered() -> None:
    world = GridWorld(["SE", ".."], {"E": Cell(reward=0.5, exit_reward=2.0)}, step_reward=-0.1, slip=0.4)
    assert (1, 0.4, False) in outcomes(world, 0, RIGHT)  # entering it is an ordinary step
    for action in range(4):
        assert outcomes(world, 1, action) == pytest.approx({(1, 2.0, True): 1.0})  # and nothing of the step's -0.1


def test_kings_moves_are_numbered_after_the_others() -> None:
    world = GridWorld(["...", ".S.", "..G"], {"G": GOAL}, diagonals=True)
    assert world.action_names == ("up", "down", "left", "right", "up-left", "up-right", "down-left", "down-right")
    assert [outcome(world, 4, action)[0] for action in range(8)] == [1, 7, 3, 5, 0, 2, 6, 8]
    with_stay = world.with_rules(stay=True)
    assert with_stay.action_names[STAY] == "stay" and with_stay.action_signs == "^v<>o7913"
    assert [outcome(with_stay, 4, action)[0] for action in range(9)] == [1, 7, 3, 5, 4, 0, 2, 6, 8]


def test_a_diagonal_bumps_whole_and_slips_to_the_diagonals_beside_it() -> None:
    world = GridWorld(["#..", ".S.", "..G"], {"G": GOAL}, diagonals=True, bump_reward=-1, slip=0.2)
    assert outcomes(world, 4, 4) == pytest.approx({(4, -1.0, False): 0.8, (2, 0.0, False): 0.1, (6, 0.0, False): 0.1})
    assert outcomes(world, 4, 7) == pytest.approx({(8, 1.0, True): 0.8, (2, 0.0, False): 0.1, (6, 0.0, False): 0.1})
    # It does not slide along the edge.
    assert outcome(world.with_rules(slip=0.0), 1, 4) == (1, -1.0, False)


def test_gusts_leave_a_column_without_wind_alone() -> None:
    world = GridWorld(["...", "...", "S..", "..G"], {"G": GOAL}, wind=[0, 1, 0], gusts=True)
    assert outcomes(world, 6, LEFT) == pytest.approx({(6, 0.0, False): 1.0})
    assert outcomes(world, 7, RIGHT) == pytest.approx(
        {(8, 0.0, False): 1 / 3, (5, 0.0, False): 1 / 3, (2, 0.0, False): 1 / 3}
    )


def test_a_backup_of_an_exit_has_one_line() -> None:
    lines = backup_lines(GridWorld.load("exits"), None, 0.9, 3)
    assert lines == ["row 0, column 3", "exit: 1.00 + 0.9 × 0.00 = 1.00", "best: the largest of these = 1.00"]


def test_the_keys_of_the_diagonals_walk() -> None:
    lesson = WalkByHand(GridWorld(["...", ".S.", "..G"], {"G": GOAL}, diagonals=True, stay=True))
    for key, state in ((pygame.K_y, 0), (pygame.K_m, 4), (pygame.K_u, 2), (pygame.K_b, 4), (pygame.K_PERIOD, 4)):
        LessonView([lesson]).handle(pygame.Event(pygame.KEYDOWN, key=key, unicode="", mod=0))
        assert lesson.snapshot().agent == state


def test_a_diagonal_arrow_and_nine_action_values_lie_where_the_moves_lead() -> None:
    world = GridWorld(["S.", ".G"], {"G": GOAL}, diagonals=True, stay=True)
    policy = np.eye(9)[[8, 0, 0, 0]]
    size = (400, 400)
    area = grid_area(world, Snapshot(), size)

    def colour(snapshot: Snapshot, x: float, y: float) -> tuple[int, ...]:
        drawn = to_array(paint(world, snapshot, Layers(numbers=False, agent=False), size))
        return tuple(drawn[round(area.top + y * area.cell), round(area.left + x * area.cell)].tolist())

    arrow = Snapshot(policy=policy)
    assert colour(arrow, 0.6, 0.6) == INK
    assert all(colour(arrow, x, y) == PAPER for x, y in ((0.4, 0.4), (0.6, 0.4), (0.4, 0.6), (0.75, 0.5)))
    for move, (down, right) in zip(world.moves, DIRECTIONS, strict=True):
        values = np.zeros((4, 9))
        values[0, move] = 1.0
        blocks = Snapshot(action_values=values)
        area = grid_area(world, blocks, size)
        layers = Layers(values=False, policy=False, action_values=True, numbers=False)
        drawn = to_array(paint(world, blocks, layers, size))
        place = (0.5 + down / 3, 0.5 + right / 3)
        y, x = (round(edge + part * area.cell) for edge, part in zip((area.top, area.left), place, strict=True))
        assert tuple(drawn[y, x].tolist()) == POSITIVE
        y, x = (
            round(edge + 0.5 * area.cell - (part - 0.5) * area.cell)
            for edge, part in zip((area.top, area.left), place, strict=True)
        )
        assert move == STAY or tuple(drawn[y, x].tolist()) != POSITIVE
