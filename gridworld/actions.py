"""The moves of a gridworld. 0 up, 1 down, 2 left, 3 right everywhere; 4 stay, where a map has it; then the diagonals.

A map numbers its actions without a gap: on one that has the diagonals but not stay, they are 4 to 7. What an action of
a map is called, is printed as and moves is asked of the map; see `GridMap.moves`.
"""

from common.language import N_

ACTION_NAMES = N_(("up", "down", "left", "right", "stay", "up-left", "up-right", "down-left", "down-right"))
ACTION_SIGNS = "^v<>o7913"
"""ASCII, because not every terminal shows arrows; the diagonals are where they lie on a number pad."""
DIAGONAL_LEGEND = N_("7 9 1 3 are the diagonals, as they lie on a number pad")
DIRECTIONS = ((-1, 0), (1, 0), (0, -1), (0, 1), (0, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))
"""(rows, columns) that each of them moves."""
SIDES = ((2, 3), (2, 3), (0, 1), (0, 1), (), (6, 7), (5, 8), (5, 8), (6, 7))
"""The moves to the two sides of each of them."""
STAY = 4
