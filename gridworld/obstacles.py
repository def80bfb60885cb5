"""MovingObstacles-v0: cross a 5 x 5 grid while three obstacles walk along their rows. Deep SARSA's world.

    env = gymnasium.make("gridworld:MovingObstacles-v0")

    S . . . .      Start (0, 0); goal G, bottom right: reward +1, and the episode ends.
    o . . . .      Obstacles o begin at (1, 0), (2, 1) and (3, 2), walking to the right.
    . o . . .      They go one column with every second step, the first one included, and turn at the edge.
    . . o . .      Agent and obstacles move at the same time; then each obstacle on the agent's cell costs -1.
    . . . . G      To swap places with an obstacle is not to meet it. Standing outside the goal is free.

Actions: 0 up, 1 down, 2 left, 3 right, 4 stay; a move off the grid stays.

Observation, 15 float32 in cells: for each obstacle its row and its column relative to the agent, the label -1 and its
velocity; then the goal's relative row and column and the label +1. The velocity is the columns that the obstacle's next
move takes it, with the coming step (+1 right, -1 left) or, while it rests, with the one after (+0.5, -0.5). So it tells
whether the obstacle moves now and where to, a turn at the edge included, and the observation is Markov: equal
observations have equal futures.
"""

import operator
from functools import lru_cache
from typing import Any, NamedTuple

from common.errors import UserError
from common.language import N_
from gridworld.actions import DIRECTIONS, STAY
from gridworld.cell import EDITING
from gridworld.rendering import GridEnv
from gridworld.world import GridWorld

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

SIZE = 5
GOAL = SIZE * SIZE - 1
OBSTACLE_ROWS = (1, 2, 3)
N_ACTIONS = STAY + 1


class Scene(NamedTuple):
    """Everything there is to know: the agent's state, each obstacle's column and direction (+1 right, -1 left; already
    turned where it stands at the edge), and whether they move with the next step."""

    agent: int
    columns: tuple[int, ...]
    directions: tuple[int, ...]
    moving: bool


FIRST_SCENE = Scene(agent=0, columns=(0, 1, 2), directions=(1, 1, 1), moving=True)


def follow(scene: Scene, action: int) -> tuple[Scene, float, bool]:
    """(next scene, reward, terminated) of an action; the world has no chance in it."""
    down, right = DIRECTIONS[action]
    row, column = divmod(scene.agent, SIZE)
    row, column = min(max(row + down, 0), SIZE - 1), min(max(column + right, 0), SIZE - 1)
    agent = row * SIZE + column
    columns, directions = scene.columns, scene.directions
    if scene.moving:
        columns, directions = _walked(columns, directions)
    met = row in OBSTACLE_ROWS and columns[OBSTACLE_ROWS.index(row)] == column
    reached = agent == GOAL
    return Scene(agent, columns, directions, not scene.moving), float(reached - met), reached


@lru_cache(maxsize=512)
def _walked(columns: tuple[int, ...], directions: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Columns and directions after every obstacle has moved once."""
    columns = tuple(map(operator.add, columns, directions))
    return columns, tuple(map(_turned, columns, directions))


def _turned(column: int, direction: int) -> int:
    """The direction of the next move from a column: towards the grid at either edge."""
    return 1 if column == 0 else -1 if column == SIZE - 1 else direction


@lru_cache(maxsize=1)
def _world() -> GridWorld:
    """The grid without its obstacles, as the pictures show it."""
    rows = ["S....", ".....", ".....", ".....", "....G"]
    return GridWorld(rows, {"G": EDITING["G"]}, name="moving obstacles", stay=True)


@lru_cache(maxsize=1 << 15)  # there are 25,600 scenes
def observe(scene: Scene) -> NDArray[np.float32]:
    """[15] the observation of a scene; shared, so copy it before you hand it on."""
    row, column = divmod(scene.agent, SIZE)
    speed = 1.0 if scene.moving else 0.5
    numbers: list[float] = []
    for obstacle_row, obstacle_column, direction in zip(OBSTACLE_ROWS, scene.columns, scene.directions, strict=True):
        numbers += (obstacle_row - row, obstacle_column - column, -1.0, speed * direction)
    numbers += (SIZE - 1 - row, SIZE - 1 - column, 1.0)
    observation = np.array(numbers, dtype=np.float32)
    observation.flags.writeable = False
    return observation


class MovingObstaclesEnv(GridEnv[NDArray[np.float32]]):
    """The environment described above.

    randomise: begin every episode with the obstacles on random columns of their rows, walking either way, and moving
    with the first step or resting first; `reset(options={"randomise": True})` does so, or not, for one episode.
    Raises UserError for an action outside the action space.
    """

    other_layout = N_(
        "if it comes from rlcode's course, which has columns before rows and right before left, "
        "add --env gridworld:RlcodeObstacles-v0"
    )

    def __init__(self, randomise: bool = False, render_mode: str | None = None) -> None:
        super().__init__(_world(), render_mode)
        self.randomise = randomise
        reach = np.array([SIZE - 1, SIZE - 1, 1, 1] * len(OBSTACLE_ROWS) + [SIZE - 1, SIZE - 1, 1], dtype=np.float32)
        self.observation_space = spaces.Box(-reach, reach, dtype=np.float32)
        self.action_space = spaces.Discrete(N_ACTIONS)
        self.scene = FIRST_SCENE

    @property
    def marks(self) -> dict[str, float]:
        """Mean returns to read a score by: of the best policy, and of the path down the left edge, then right."""
        return {N_("the best policy"): 1.0, N_("one that looks at no obstacle"): 0.65 if self.randomise else 1.0}

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin an episode; see the class for the option "randomise"."""
        super().reset(seed=seed)
        self.scene = self._random_scene() if (options or {}).get("randomise", self.randomise) else FIRST_SCENE
        self._moved(self.scene.agent, None)
        return observe(self.scene).copy(), {}

    def step(self, action: int) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Take the action while the obstacles take theirs."""
        if not 0 <= action < N_ACTIONS:
            raise UserError("action is {action}; the actions are 0 to {last}", action=action, last=N_ACTIONS - 1)
        self.scene, reward, terminated = follow(self.scene, int(action))
        if self.render_mode is not None:
            self._moved(self.scene.agent, int(action))
        return observe(self.scene).copy(), reward, terminated, False, {}

    def _random_scene(self) -> Scene:
        draw = self.np_random.integers
        columns = tuple(int(draw(SIZE)) for _ in OBSTACLE_ROWS)
        directions = tuple(_turned(column, int(draw(2)) * 2 - 1) for column in columns)
        return Scene(0, columns, directions, bool(draw(2)))

    def _obstacles(self) -> list[tuple[int, int]]:
        return list(zip(OBSTACLE_ROWS, self.scene.columns, strict=True))

    def _letters(self) -> NDArray[np.str_]:
        letters = self.world.letters.copy()
        for at in self._obstacles():
            letters[at] = "o"
        return letters
