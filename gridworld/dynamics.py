"""Where the moves of a gridworld lead and what they pay, for all cells at once."""

from gridworld.actions import DIRECTIONS, SIDES
from gridworld.grid_map import GridMap
from gridworld.mdp import MDP, Floats

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
States = NDArray[np.int32]


def build(world: GridMap) -> MDP:
    """The world's model as an MDP; see `MDP.from_moves`. A gust is a move of its own, left to chance."""
    blows = (0, -1, 1) if world.gusts else (0,)
    moves = [_one_move(world, move, blow) for blow in blows for move in world.moves]
    next_state, reward = (np.stack(part, axis=1) for part in zip(*moves, strict=True))
    _leave(world, next_state, reward)
    always = _pays_every_step(world)
    if always.any():
        reward += np.where(always, _entry_rewards(world), 0.0)[next_state]
    terminal = world.where("terminal").ravel()
    terminated = terminal[next_state]
    # A terminal state loops to itself, and so does a wall, which nothing enters: both have the value 0.
    absorbing = np.flatnonzero(terminal | world.where("wall").ravel())
    next_state[absorbing] = absorbing[:, None]
    reward[absorbing] = 0.0
    terminated[absorbing] = True
    _exit(world, next_state, reward, terminated)
    start = np.zeros(world.n_states)
    start[list(world.starts)] = 1 / len(world.starts)
    mixture = np.tile(_mixture(world) / len(blows), len(blows))
    return MDP.from_moves(next_state, reward, terminated, mixture, start)


def _mixture(world: GridMap) -> Floats:
    """[A, M] how likely each action makes each move: 1 - slip for its own, slip / 2 for either side."""
    mixture = np.eye(world.n_actions)
    for action, move in enumerate(world.moves):
        if SIDES[move]:
            mixture[action, action] = 1 - world.slip
            mixture[action, [world.moves.index(side) for side in SIDES[move]]] = world.slip / 2
    return mixture


def _one_move(world: GridMap, move: int, blow: int) -> tuple[States, Floats]:
    """([S] next state, [S] reward) of one move from every cell, leaving rules and absorbing cells aside.

    blow: cells that a wind blows more than its column says; a column without wind has no gusts either.
    """
    wall = world.where("wall")
    origin = np.arange(world.n_states, dtype=np.int32).reshape(wall.shape)
    down, right = DIRECTIONS[move]
    landed = _step(origin, down, right, wall)
    bumped = landed == origin if (down, right) != (0, 0) else np.zeros_like(wall)
    if world.wind is not None:
        wind = np.array([strength + blow if strength else 0 for strength in world.wind], dtype=np.int64)
        landed = _blown(wind, origin, down, right, wall)
    entered = landed != origin
    reward = np.full(wall.shape, world.step_reward)
    reward[bumped] += world.bump_reward
    # Cells that pay for every step are left to `build`, which knows where the step ends.
    reward[entered] += np.where(_pays_every_step(world), 0.0, _entry_rewards(world))[landed[entered]]
    next_state = landed.copy()
    for letter, cell in world.cells.items():
        if cell.goes_to is not None:
            target = world.starts[0] if cell.goes_to == "start" else cell.goes_to[0] * world.width + cell.goes_to[1]
            next_state[entered & (world.letters.ravel()[landed] == letter)] = target
    return next_state.ravel(), reward.ravel()


def _step(at: States, down: int, right: int, wall: Flags) -> States:
    """One cell on from `at` in the direction, or `at` itself where a wall or the edge is in the way."""
    height, width = wall.shape
    row, column = np.divmod(at, width)
    row, column = row + down, column + right
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    ahead = np.where(inside, at + down * width + right, at)
    return np.where(wall.ravel()[ahead], at, ahead).astype(np.int32)


def _blown(wind: NDArray[np.int64], origin: States, down: int, right: int, wall: Flags) -> States:
    """Where the wind of the column in which the move began carries it.

    The agent's own step up or down and the wind's add up to one journey, cut short by a wall or the edge; a step to the
    side, the sideward half of a diagonal included, comes before the wind. In an open grid that is Sutton & Barto's
    Example 6.5: the sum, clipped to the grid.
    """
    downward = np.broadcast_to(down - wind, wall.shape)
    at = _step(origin, 0, right, wall)
    for stride in range(int(np.abs(downward).max())):
        for sign in (-1, 1):
            still = downward * sign > stride
            at = np.where(still, _step(at, sign, 0, wall), at)
    return at


def _pays_every_step(world: GridMap) -> Flags:
    """[S] the cells that pay for every step that ends in them. None ends in one that puts the agent elsewhere."""
    pays = world.where("pays_every_step") | world.pays_every_step
    return (pays & ~world.where("goes_to")).ravel()


def _entry_rewards(world: GridMap) -> Floats:
    """[S] what entering each cell pays."""
    rewards = np.zeros(world.n_states)
    for letter, cell in world.cells.items():
        if cell.reward != 0:
            rewards[world.letters.ravel() == letter] = cell.reward
    return rewards


def _leave(world: GridMap, next_state: States, reward: Floats) -> None:
    """Let every move from a cell with leaves_to lead there."""
    for letter, cell in world.cells.items():
        if cell.leaves_to is not None:
            here = np.flatnonzero(world.letters == letter)
            next_state[here] = cell.leaves_to[0] * world.width + cell.leaves_to[1]
            reward[here] = world.step_reward + cell.leave_reward


def _exit(world: GridMap, next_state: States, reward: Floats, terminated: Flags) -> None:
    """Let every move from a cell with exit_reward end the episode on the spot."""
    for letter, cell in world.cells.items():
        if cell.exit_reward is not None:
            here = np.flatnonzero(world.letters == letter)
            next_state[here], reward[here], terminated[here] = here[:, None], cell.exit_reward, True
