"""Deep learning: the chapters in which a network replaces the table."""

import gridworld  # noqa: F401  # registers MovingObstacles-v0 with gymnasium
