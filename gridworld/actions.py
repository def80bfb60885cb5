"""The actions of a gridworld, in the order of their numbers: 0 up, 1 down, 2 left, 3 right, 4 stay."""

ACTION_NAMES = ("up", "down", "left", "right", "stay")
ACTION_SIGNS = "^v<>o"
"""ASCII, because not every terminal shows arrows."""
DIRECTIONS = ((-1, 0), (1, 0), (0, -1), (0, 1), (0, 0))
"""(rows, columns) that each of them moves."""
SIDES = ((2, 3), (2, 3), (0, 1), (0, 1), ())
"""The actions to the two sides of each of them."""
