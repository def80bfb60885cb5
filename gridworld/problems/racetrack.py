"""The racetrack: a car with a velocity on a map's cells. Sutton & Barto (2018), Exercise 5.12 and Figure 5.5.

A step adds the acceleration to the velocity and moves the car by the velocity. It costs 1 until the car crosses the
finish, a terminal cell of the map. A car that leaves the track is put back on a start, each equally likely, and stands
still there.

    state   (cell, velocity up, velocity right), each velocity 0 to 4; walls are no cells
    action  one of nine accelerations, -1, 0 or 1 up and -1, 0 or 1 right, 0 with the probability noise whatever it is

A velocity stays between 0 and 4, and a car that is under way does not stop: where both parts would become 0 on another
cell than a start, the velocity stays what it was.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common.errors import UserError, check_between
from gridworld.env import MDPEnv
from gridworld.mdp import MDP
from gridworld.rendering import GridEnv
from gridworld.world import GridWorld

import numpy as np
from numpy.typing import NDArray

FASTEST = 4
SPEEDS = FASTEST + 1
NOISE = 0.1
ACCELERATIONS = tuple((up, right) for up in (-1, 0, 1) for right in (-1, 0, 1))
"""(up, right) of each action."""
COASTING = ACCELERATIONS.index((0, 0))
CRASHED = -1


def on_the_way(row: int, column: int, up: int, right: int) -> Iterator[tuple[int, int]]:
    """The cells that a car comes through, the last one included: the straight line in as many equal parts as the larger
    velocity has cells, each point in its nearest cell, the farther one where two are as near."""
    parts = max(up, right)
    for part in range(1, parts + 1):
        yield row - (2 * part * up + parts) // (2 * parts), column + (2 * part * right + parts) // (2 * parts)


class Racetrack:
    """A map's cells as a track.

    world: the map; cells: [N] its states that are no walls, in order; starts: the states in which a race begins. There
    are 25 states for each of the cells. Raises UserError for a map without a finish, or a noise that is no probability.
    """

    def __init__(self, world: GridWorld, noise: float = NOISE) -> None:
        check_between("noise", noise, 0, 1)
        self.world, self.noise = world, noise
        self._wall, self._finish = world.where("wall"), world.where("terminal")
        if not self._finish.any():
            raise UserError("{map} has no terminal cell: a racetrack needs a finish", map=world.name)
        self.cells = np.flatnonzero(~self._wall.ravel())
        self.number = np.full(world.n_states, -1)
        self.number[self.cells] = np.arange(len(self.cells))
        self.starts = [self.state_of(cell, 0, 0) for cell in world.starts]

    def state_of(self, cell: int, up: int, right: int) -> int:
        """The number of a state, from that of the map's cell."""
        return (int(self.number[cell]) * SPEEDS + up) * SPEEDS + right

    def parts_of(self, state: int) -> tuple[int, int, int]:
        """(the map's cell, velocity up, velocity right) of a state."""
        place, velocity = divmod(int(state), SPEEDS * SPEEDS)
        return int(self.cells[place]), velocity // SPEEDS, velocity % SPEEDS

    @staticmethod
    def accelerated(velocity: tuple[int, int], acceleration: tuple[int, int], may_stop: bool) -> tuple[int, int]:
        """The velocity (up, right) after an acceleration. may_stop: whether the car is on a start."""
        up, right = (min(max(v + a, 0), FASTEST) for v, a in zip(velocity, acceleration, strict=True))
        return (up, right) if may_stop or (up, right) != (0, 0) else velocity

    def drive(self, cell: int, up: int, right: int) -> int:
        """The state that a car with this velocity comes to: `CRASHED`, or on the finish with no velocity."""
        row, column = start = self.world.row_column(cell)
        for row, column in on_the_way(*start, up, right):
            if not (0 <= row < self.world.height and 0 <= column < self.world.width) or self._wall[row, column]:
                return CRASHED
            if self._finish[row, column]:
                return self.state_of(row * self.world.width + column, 0, 0)
        return self.state_of(row * self.world.width + column, up, right)

    def run(self, actions: NDArray[np.integer], state: int) -> list[int]:
        """The states that a car comes through which takes these actions [S] without noise: to the finish, to where it
        leaves the track, or to the second visit of a state, after which it would go on in circles."""
        states = [int(state)]
        while not self.is_over(states[-1]) and states[-1] not in states[:-1]:
            cell, *velocity = self.parts_of(states[-1])
            by = ACCELERATIONS[actions[states[-1]]]
            up, right = self.accelerated((velocity[0], velocity[1]), by, cell in self.world.starts)
            reached = self.drive(cell, up, right)
            if reached == CRASHED:
                break
            states.append(reached)
        return states

    def is_over(self, state: int) -> bool:
        """Whether the car has crossed the finish."""
        return self.world.is_terminal(self.parts_of(state)[0])

    def model(self) -> MDP:
        """[S, 9, 2 + starts]: where the acceleration leads, where coasting leads, and the starts after a crash."""
        n_cells, n_speeds, n_starts = len(self.cells), SPEEDS * SPEEDS, len(self.starts)
        velocities = [divmod(velocity, SPEEDS) for velocity in range(n_speeds)]
        # [N, 25] where a car comes to with this velocity, and then [N, 25, 9] with this one before the acceleration
        driven = np.array([[self.drive(cell, *each) for each in velocities] for cell in self.cells.tolist()])
        faster = np.array(
            [
                [[self.accelerated(each, by, stops) for by in ACCELERATIONS] for each in velocities]
                for stops in (False, True)
            ]
        ) @ [SPEEDS, 1]
        is_start = np.isin(self.cells, self.world.starts).astype(int)
        led_to = driven[np.arange(n_cells)[:, None, None], faster[is_start]].reshape(-1, len(ACCELERATIONS))
        following = np.zeros((*led_to.shape, 2 + n_starts), dtype=np.int32)
        following[:, :, 0], following[:, :, 1], following[:, :, 2:] = led_to, led_to[:, [COASTING]], self.starts
        crashed = following[:, :, :2] == CRASHED
        likely = np.array([1 - self.noise, self.noise])
        probability = np.empty(following.shape)
        probability[:, :, :2] = np.where(crashed, 0.0, likely)
        probability[:, :, 2:] = (crashed @ likely)[:, :, None] / n_starts
        over = np.repeat(self._finish.ravel()[self.cells], n_speeds)
        following[:, :, :2][crashed] = 0
        following[over], probability[over] = np.flatnonzero(over)[:, None, None], np.eye(2 + n_starts)[0]
        reward = np.where(over[:, None, None], np.zeros(following.shape), -1.0)
        start = np.bincount(self.starts, minlength=len(following)) / n_starts
        return MDP(following, probability, reward, over[following], start)


class RacetrackEnv(GridEnv[Any], MDPEnv):
    """The environment. map: racetrack-left, racetrack-right, the path of a TOML file, or a GridWorld.

    Observation: the state's number; see `Racetrack.parts_of`. Raises UserError as `Racetrack` does.
    """

    def __init__(
        self,
        map: str | Path | GridWorld = "racetrack-left",
        noise: float = NOISE,
        render_mode: str | None = None,
        max_steps: int | None = None,
    ) -> None:
        GridEnv.__init__(self, map if isinstance(map, GridWorld) else GridWorld.load(map), render_mode)
        self.track = Racetrack(self.world, noise)
        MDPEnv.__init__(self, self.track.model(), max_steps)

    @property
    def action_names(self) -> tuple[str, ...]:
        """Each acceleration, up and right."""
        return tuple(f"({up:+d}, {right:+d})" for up, right in ACCELERATIONS)

    def _moved(self, state: int, action: int | None) -> None:
        """A car that was put back has left its way behind."""
        cell, up, right = self.track.parts_of(state)
        if action is not None and (up, right) == (0, 0) and cell in self.world.starts:
            self._trail.clear()
        super()._moved(cell, action)
