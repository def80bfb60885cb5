"""The worlds of the course and the window around them.

Importing the package registers two environments: `gymnasium.make("gridworld:GridWorld-v0", map="cliff")` and
`gymnasium.make("gridworld:MovingObstacles-v0")`.
"""

from gymnasium.envs.registration import register, registry

from gridworld.actions import ACTION_NAMES
from gridworld.cell import Cell
from gridworld.maps.map_file import map_names
from gridworld.mdp import MDP
from gridworld.world import GridWorld

__all__ = ["ACTION_NAMES", "MDP", "Cell", "GridWorld", "map_names"]

# (id, class, time limit in steps, mean return that counts as solved)
for _id, _entry_point, _time_limit, _solved in (
    ("GridWorld-v0", "gridworld.env:GridWorldEnv", 1000, None),
    ("MovingObstacles-v0", "gridworld.obstacles:MovingObstaclesEnv", 200, 0.99),
):
    if _id not in registry:
        register(_id, entry_point=_entry_point, max_episode_steps=_time_limit, reward_threshold=_solved)
