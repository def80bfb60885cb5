"""Deep learning: the chapters in which a network replaces the table."""

import common  # noqa: F401  # Ctrl-C while the rest is being imported
import gridworld  # noqa: F401  # registers MovingObstacles-v0 with gymnasium
