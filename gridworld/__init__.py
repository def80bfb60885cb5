"""The worlds of the course and the window around them.

Importing the package registers `gymnasium.make("gridworld:GridWorld-v0", map="cliff")`,
"gridworld:MovingObstacles-v0", "gridworld:RandomObstacles-v0", in which the obstacles begin anywhere,
"gridworld:RlcodeObstacles-v0", which rlcode's networks read, and of the problems of Sutton & Barto's book
"gridworld:Racetrack-v0" (map="racetrack-right" is the other turn) and "gridworld:SuttonBlackjack-v0".
"""

from gridworld.actions import ACTION_NAMES
from gridworld.cell import Cell
from gridworld.maps.map_file import map_names
from gridworld.mdp import MDP
from gridworld.world import GridWorld

from gymnasium.envs.registration import register, registry

__all__ = ["ACTION_NAMES", "MDP", "Cell", "GridWorld", "map_names"]

# (id, class, its settings, time limit in steps, mean return that counts as solved)
for _id, _entry_point, _settings, _time_limit, _solved in (
    ("GridWorld-v0", "gridworld.env:GridWorldEnv", {}, 1000, None),
    ("MovingObstacles-v0", "gridworld.obstacles:MovingObstaclesEnv", {}, 200, 0.99),
    ("RandomObstacles-v0", "gridworld.obstacles:MovingObstaclesEnv", {"randomise": True}, 200, 0.98),
    ("SuttonBlackjack-v0", "gridworld.problems.blackjack:BlackjackEnv", {}, None, None),
    ("Racetrack-v0", "gridworld.problems.racetrack:RacetrackEnv", {}, None, None),
    ("RlcodeObstacles-v0", "gridworld.layouts.rlcode:RlcodeObstaclesEnv", {}, 200, 0.99),
):
    if _id not in registry:
        register(_id, _entry_point, reward_threshold=_solved, max_episode_steps=_time_limit, kwargs=_settings)
