"""Random maps, for the question what happens when the grid is n x n."""

from common.errors import UserError

import numpy as np
from numpy.typing import NDArray

WALLS = 0.2
TRAPS = 0.06
"""The shares of cells that are walls and traps."""

SMALLEST_PART = 0.6
"""The share of cells that can be reached from the start, at least."""


def draw(size: int, random: np.random.Generator) -> list[str]:
    """The rows of a size x size map: start top left, goal as far from it as it gets, walls, traps.

    Cells that cannot be reached from the start are turned into walls. Raises UserError for a size below 2.
    """
    if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 2:
        raise UserError("size is {size}; a map needs a size of at least 2", size=size)
    distance = np.full((size, size), -1, dtype=np.int32)
    # Now and then the start is walled in; another draw helps.
    while (distance >= 0).mean() < SMALLEST_PART:
        is_wall = random.random((size, size)) < WALLS
        is_wall[0, 0] = False
        distance = distances(is_wall, 0)
    letters = np.where(random.random((size, size)) < TRAPS, "T", ".")
    letters[distance < 0] = "#"
    letters[0, 0] = "S"
    letters[np.unravel_index(int(distance.argmax()), distance.shape)] = "G"
    return ["".join(row) for row in letters.tolist()]


def distances(is_wall: NDArray[np.bool_], start: int) -> NDArray[np.int32]:
    """[height, width] the number of moves from the start state to each cell, -1 where there is no way.

    A breadth-first search that expands a whole ring of cells at a time.
    """
    height, width = is_wall.shape
    border = np.ones((height + 2, width + 2), dtype=np.bool_)
    border[1:-1, 1:-1] = is_wall
    is_open = ~border.ravel()
    distance = np.full(is_open.shape, -1, dtype=np.int32)
    order = np.empty(is_open.shape, dtype=np.intp)
    ring = np.array([(start // width + 1) * (width + 2) + start % width + 1])
    steps = 0
    while ring.size:
        distance[ring], is_open[ring] = steps, False
        around = (ring[:, None] + np.array([-width - 2, width + 2, -1, 1])).ravel()
        around = around[is_open[around]]
        # A cell next to two cells of the ring appears twice; the last one to write its place stays.
        order[around] = np.arange(around.size)
        ring = around[order[around] == np.arange(around.size)]
        steps += 1
    return distance.reshape(height + 2, width + 2)[1:-1, 1:-1]
