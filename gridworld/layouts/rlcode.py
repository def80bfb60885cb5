"""RlcodeObstacles-v0: MovingObstacles-v0 as rlcode's course has it, so that networks trained there play here.

    python deep/deep_sarsa.py --demo --env gridworld:RlcodeObstacles-v0 --weights deep_sarsa_trained.h5

The world is the same. Actions: 0 up, 1 down, 2 right, 3 left, 4 stay. Observation, 15 float32: for each obstacle its
column and its row relative to the agent, the label -1 and the way it last moved (-1 right, +1 left; -1 before its first
move); then the goal's relative column and row and the label +1. Whether the obstacles move with the coming step it does
not tell, nor the turn at an edge before it is made: unlike ours it is not Markov.
Source: github.com/rlcode/reinforcement-learning-kr, 1-grid-world/6-deep-sarsa/environment.py.
"""

from typing import Any

from common.language import N_
from gridworld.actions import ACTION_NAMES
from gridworld.obstacles import OBSTACLE_ROWS, SIZE, MovingObstaclesEnv

import numpy as np
from numpy.typing import NDArray

OUR_ACTIONS = (0, 1, 3, 2, 4)
"""Our number of each of the actions there."""


class RlcodeObstaclesEnv(MovingObstaclesEnv):
    """The environment described above. Raises UserError for an action outside the action space."""

    other_layout = N_("if it acts oddly, it may be one of ours: leave out --env")

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(render_mode=render_mode)
        self._walked = self.scene.directions

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return tuple(ACTION_NAMES[action] for action in OUR_ACTIONS)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin an episode, as in MovingObstacles-v0."""
        super().reset(seed=seed, options=options)
        self._walked = self.scene.directions
        return self._observation(), {}

    def step(self, action: int) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Take the action while the obstacles take theirs."""
        before = self.scene
        known = 0 <= action < len(OUR_ACTIONS)
        _, reward, terminated, truncated, info = super().step(OUR_ACTIONS[action] if known else action)
        if before.moving:
            self._walked = before.directions
        return self._observation(), reward, terminated, truncated, info

    def _observation(self) -> NDArray[np.float32]:
        row, column = divmod(self.scene.agent, SIZE)
        numbers: list[float] = []
        for obstacle_row, obstacle_column, walked in zip(OBSTACLE_ROWS, self.scene.columns, self._walked, strict=True):
            numbers += (obstacle_column - column, obstacle_row - row, -1, -walked)
        numbers += (SIZE - 1 - column, SIZE - 1 - row, 1)
        return np.array(numbers, np.float32)
