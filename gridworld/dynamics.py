"""Where the moves of a gridworld lead and what they pay, for all cells at once."""

from gridworld.actions import DIRECTIONS, SIDES
from gridworld.grid_map import GridMap
from gridworld.mdp import MDP, Floats

import numpy as np
from numpy.typing import NDArray


def build(world: GridMap) -> MDP:
    """The world's model as an MDP; see `MDP.from_moves`."""
    next_state = np.empty((world.n_states, world.n_actions), dtype=np.int32)
    reward = np.empty((world.n_states, world.n_actions))
    for move in range(world.n_actions):
        next_state[:, move], reward[:, move] = _one_move(world, move)
    _leave(world, next_state, reward)
    terminal = world.where("terminal").ravel()
    terminated = terminal[next_state]
    # A terminal state loops to itself, and so does a wall, which nothing enters: both have the value 0.
    absorbing = np.flatnonzero(terminal | world.where("wall").ravel())
    next_state[absorbing] = absorbing[:, None]
    reward[absorbing] = 0.0
    terminated[absorbing] = True
    start = np.zeros(world.n_states)
    start[list(world.starts)] = 1 / len(world.starts)
    return MDP.from_moves(next_state, reward, terminated, _mixture(world), start)


def _mixture(world: GridMap) -> Floats:
    """[A, M] how likely each action makes each move: 1 - slip for its own, slip / 2 for either side."""
    mixture = np.eye(world.n_actions)
    for action, sides in enumerate(SIDES[: world.n_actions]):
        if sides:
            mixture[action, action] = 1 - world.slip
            mixture[action, list(sides)] = world.slip / 2
    return mixture


def _one_move(world: GridMap, move: int) -> tuple[NDArray[np.int32], Floats]:
    """([S] next state, [S] reward) of one move from every cell, leaving rules and absorbing cells aside."""
    wall = world.where("wall")
    origin = np.arange(world.n_states, dtype=np.int32).reshape(wall.shape)
    down, right = DIRECTIONS[move]
    landed = _step(origin, origin, down, right, wall)
    bumped = landed == origin if (down, right) != (0, 0) else np.zeros_like(wall)
    if world.wind is not None:
        landed = _blown(world, origin, landed, down, right, wall)
    entered = landed != origin
    reward = np.full(wall.shape, world.step_reward)
    reward[bumped] += world.bump_reward
    reward[entered] += _entry_rewards(world)[landed[entered]]
    next_state = landed.copy()
    for letter, cell in world.cells.items():
        if cell.goes_to is not None:
            target = world.starts[0] if cell.goes_to == "start" else cell.goes_to[0] * world.width + cell.goes_to[1]
            next_state[entered & (world.letters.ravel()[landed] == letter)] = target
    return next_state.ravel(), reward.ravel()


def _step(
    at: NDArray[np.int32], origin: NDArray[np.int32], down: int, right: int, wall: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """One cell on from `at` in the direction, or `at` itself where a wall or the edge is in the way."""
    height, width = wall.shape
    row, column = np.divmod(at, width)
    row, column = row + down, column + right
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    ahead = np.where(inside, at + down * width + right, at)
    return np.where(wall.ravel()[ahead], at, ahead).astype(np.int32)


def _blown(
    world: GridMap,
    origin: NDArray[np.int32],
    landed: NDArray[np.int32],
    down: int,
    right: int,
    wall: NDArray[np.bool_],
) -> NDArray[np.int32]:
    """Where the wind of the column in which the move began carries it.

    The agent's own step up or down and the wind's add up to one journey, cut short by a wall or the edge; a step to the
    side comes before the wind. In an open grid that is Sutton & Barto's Example 6.5: the sum, clipped to the grid.
    """
    downward = np.broadcast_to(down - np.array(world.wind, dtype=np.int64), wall.shape)
    at = landed if right else origin
    for stride in range(int(np.abs(downward).max())):
        for sign in (-1, 1):
            still = downward * sign > stride
            at = np.where(still, _step(at, origin, sign, 0, wall), at)
    return at


def _entry_rewards(world: GridMap) -> Floats:
    """[S] what entering each cell pays."""
    rewards = np.zeros(world.n_states)
    for letter, cell in world.cells.items():
        if cell.reward != 0:
            rewards[world.letters.ravel() == letter] = cell.reward
    return rewards


def _leave(world: GridMap, next_state: NDArray[np.int32], reward: Floats) -> None:
    """Let every move from a cell with leaves_to lead there."""
    for letter, cell in world.cells.items():
        if cell.leaves_to is not None:
            here = np.flatnonzero(world.letters == letter)
            next_state[here] = cell.leaves_to[0] * world.width + cell.leaves_to[1]
            reward[here] = world.step_reward + cell.leave_reward
