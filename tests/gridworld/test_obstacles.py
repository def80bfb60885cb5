"""MovingObstacles-v0: the world of Deep SARSA, whose observation must be Markov."""

import pickle
from collections import defaultdict
from functools import lru_cache
from itertools import product
from typing import Any

from common.errors import UserError
from gridworld.obstacles import FIRST_SCENE, GOAL, N_ACTIONS, MovingObstaclesEnv, Scene, follow, observe
from gridworld.rendering import GridEnv

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

NAME = "gridworld:MovingObstacles-v0"
UP, DOWN, LEFT, RIGHT, STAY = range(5)


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setitem(GridEnv.metadata, "render_fps", 1000)


def reachable(*scenes: Scene) -> set[Scene]:
    """Every scene in which an episode can be, those in which it has ended left out."""
    found, edge = set(scenes), list(scenes)
    while edge:
        scene = edge.pop()
        for action in range(N_ACTIONS):
            following, _, terminated = follow(scene, action)
            if not terminated and following not in found:
                found.add(following)
                edge.append(following)
    return found


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("randomise", [False, True])
@pytest.mark.parametrize("mode", [None, "human", "rgb_array", "ansi"])
def test_gymnasiums_own_check_finds_nothing(randomise: bool, mode: str | None) -> None:
    env = gymnasium.make(NAME, randomise=randomise, render_mode=mode)
    check_env(env.unwrapped)
    env.close()


def test_first_observation_by_hand() -> None:
    env = gymnasium.make(NAME)
    observation, _ = env.reset(seed=0)
    assert observation.dtype == np.float32
    assert observation.tolist() == [1, 0, -1, 1, 2, 1, -1, 1, 3, 2, -1, 1, 4, 4, 1]


def test_obstacles_move_every_second_step_and_turn_at_the_edge() -> None:
    env = MovingObstaclesEnv()
    env.reset()
    columns, velocities = [env.scene.columns], []
    for _ in range(20):
        observation = env.step(STAY)[0]
        columns.append(env.scene.columns)
        velocities.append(observation[3])
    assert [first for first, _, _ in columns[::2]] == [0, 1, 2, 3, 4, 3, 2, 1, 0, 1, 2]
    assert [third for _, _, third in columns[::2]] == [2, 3, 4, 3, 2, 1, 0, 1, 2, 3, 4]
    # They move with the first step, then rest for one.
    assert all(columns[step] == columns[step + 1] for step in range(1, 20, 2))
    # At the edge (after move 4, the 7th step) the velocity already points back.
    assert velocities[:9] == [0.5, 1, 0.5, 1, 0.5, 1, -0.5, -1, -0.5]


def test_the_velocity_tells_the_next_move_of_every_scene() -> None:
    for scene in reachable(FIRST_SCENE):
        velocity = observe(scene)[3:12:4]
        following = follow(scene, STAY)[0].columns
        moved = np.subtract(following, scene.columns)
        assert (moved == np.where(np.abs(velocity) == 1, velocity, 0)).all()


@lru_cache(maxsize=1)
def all_scenes() -> frozenset[Scene]:
    """Every scene in which an episode can begin, or can be afterwards."""
    sides = (1, -1)
    starts = {
        Scene(
            0,
            columns,
            tuple(1 if c == 0 else -1 if c == 4 else d for c, d in zip(columns, directions, strict=True)),
            moving,
        )
        for columns in product(range(5), repeat=3)
        for directions in product(sides, repeat=3)
        for moving in (True, False)
    }
    return frozenset(reachable(*starts))


def test_the_observation_is_markov() -> None:
    """Equal observations have equal futures: reward, end and next observation of every action. In fact no two scenes
    look alike."""
    scenes = all_scenes()
    assert reachable(FIRST_SCENE) < scenes
    futures: dict[bytes, set[Any]] = defaultdict(set)
    for scene in scenes:
        future = []
        for action in range(N_ACTIONS):
            following, reward, terminated = follow(scene, action)
            future.append((observe(following).tobytes(), reward, terminated))
        futures[observe(scene).tobytes()].add(tuple(future))
    assert all(len(different) == 1 for different in futures.values())
    assert len(futures) == len(scenes)


def test_without_the_resting_velocity_it_would_not_be_markov() -> None:
    """The reason for the encoding: with the direction alone, scenes that look alike have different futures."""
    futures = defaultdict(set)
    for scene in reachable(FIRST_SCENE):
        directions_only = observe(scene).copy()
        directions_only[3:12:4] = np.sign(directions_only[3:12:4])
        futures[directions_only.tobytes()].add(follow(scene, STAY)[0].columns)
    assert any(len(different) > 1 for different in futures.values())


def test_observations_lie_in_their_space_and_reach_its_bounds() -> None:
    space = MovingObstaclesEnv().observation_space
    observations = np.stack([observe(scene) for scene in all_scenes()])
    assert (observations >= space.low).all() and (observations <= space.high).all()
    relative = [0, 1, 4, 5, 8, 9, 12, 13]
    assert observations[:, relative].max() == 4 and observations[:, relative].min() == -4


def test_the_best_return_is_one() -> None:
    """An exact search: the best that is left of each scene, backed up until nothing changes."""
    scenes = reachable(FIRST_SCENE)
    best = dict.fromkeys(scenes, 0.0)  # standing still away from the rows of the obstacles costs nothing
    changed = True
    while changed:
        changed = False
        for scene in scenes:
            value = max(
                reward + (0.0 if terminated else best[following])
                for following, reward, terminated in (follow(scene, action) for action in range(N_ACTIONS))
            )
            if value > best[scene]:
                best[scene], changed = value, True
    assert best[FIRST_SCENE] == 1.0
    assert max(best.values()) == 1.0


def test_some_way_reaches_the_goal_unharmed_within_the_time_limit() -> None:
    layer, steps = {FIRST_SCENE}, 0
    reached = False
    while not reached:
        steps += 1
        outcomes = [follow(scene, action) for scene in layer for action in range(N_ACTIONS)]
        reached = any(terminated and reward == 1 for _, reward, terminated in outcomes)
        layer = {scene for scene, reward, terminated in outcomes if reward == 0 and not terminated}
    assert steps == 8  # no longer than without obstacles


def test_meeting_an_obstacle_costs_one_each_time_and_ends_nothing() -> None:
    # Agent and first obstacle both go to (1, 1); the obstacle then rests there, and the agent with it.
    scene, reward, terminated = follow(FIRST_SCENE._replace(agent=1), DOWN)
    assert (scene.agent, reward, terminated) == (6, -1.0, False)
    scene, reward, terminated = follow(scene, STAY)
    assert (reward, terminated) == (-1.0, False)


def test_swapping_places_is_no_meeting() -> None:
    scene = Scene(agent=6, columns=(0, 1, 2), directions=(1, 1, 1), moving=True)
    assert follow(scene, LEFT)[:2] == (Scene(5, (1, 2, 3), (1, 1, 1), False), 0.0)


def test_the_goal_pays_one_and_terminates() -> None:
    for before, action in ((GOAL - 1, RIGHT), (GOAL - 5, DOWN)):
        scene, reward, terminated = follow(Scene(before, (0, 0, 0), (1, 1, 1), True), action)
        assert (scene.agent, reward, terminated) == (GOAL, 1.0, True)


def test_the_edge_stops_the_agent() -> None:
    assert follow(FIRST_SCENE, UP)[0].agent == 0
    assert follow(FIRST_SCENE, LEFT)[0].agent == 0


def test_the_option_randomises_obstacles_and_phase() -> None:
    env = MovingObstaclesEnv()
    scenes = set()
    env.reset(seed=0)
    for _ in range(200):
        env.reset(options={"randomise": True})
        scenes.add(env.scene)
    assert len(scenes) > 100
    assert {scene.moving for scene in scenes} == {True, False}
    for obstacle in range(3):
        assert {scene.columns[obstacle] for scene in scenes} == set(range(5))
    assert scenes <= all_scenes()
    env.reset()
    assert env.scene == FIRST_SCENE


def test_randomise_as_an_argument_and_against_it() -> None:
    env = MovingObstaclesEnv(randomise=True)
    assert len({env.reset(seed=seed)[0].tobytes() for seed in range(20)}) > 10
    env.reset(options={"randomise": False})
    assert env.scene == FIRST_SCENE


def rollout(env: gymnasium.Env[Any, Any], seed: int) -> list[Any]:
    log = [env.reset(seed=seed)[0].tolist()]
    for action in np.random.default_rng(seed).integers(N_ACTIONS, size=100).tolist():
        observation, reward, terminated, _, _ = env.step(action)
        log.append((observation.tolist(), reward, terminated))
        if terminated:
            log.append(env.reset()[0].tolist())
    return log


def test_the_same_seed_gives_the_same_episodes() -> None:
    make = lambda: gymnasium.make(NAME, randomise=True)  # noqa: E731  two alike
    assert rollout(make(), 5) == rollout(make(), 5) != rollout(make(), 6)


def test_pickles() -> None:
    env = gymnasium.make(NAME, randomise=True)
    env.reset(seed=1)
    again = pickle.loads(pickle.dumps(env))
    for action in (DOWN, RIGHT, STAY):
        np.testing.assert_array_equal(env.step(action)[0], again.step(action)[0])


def test_an_observation_can_be_changed_without_harm() -> None:
    env = MovingObstaclesEnv()
    observation, _ = env.reset()
    observation[:] = 9
    assert env.reset()[0][0] == 1


def test_the_time_limit_truncates() -> None:
    env = gymnasium.make(NAME)
    env.reset()
    assert [env.step(STAY)[2:4] for _ in range(200)][-2:] == [(False, False), (False, True)]


@pytest.mark.parametrize("action", [-1, 5])
def test_actions_outside_the_space_are_refused(action: int) -> None:
    env = MovingObstaclesEnv()
    env.reset()
    with pytest.raises(UserError, match="actions are 0 to 4"):
        env.step(action)


def test_text_and_picture_show_the_obstacles() -> None:
    env = gymnasium.make(NAME, render_mode="ansi")
    env.reset()
    assert env.render() == "\n[S] .  .  .  .\n o  .  .  .  .\n .  o  .  .  .\n .  .  o  .  .\n .  .  .  .  G\n"
    picture_env = gymnasium.make(NAME, render_mode="rgb_array")
    picture_env.reset()
    picture: Any = picture_env.render()
    picture_env.step(STAY)
    moved: Any = picture_env.render()
    assert picture.shape == moved.shape and (picture != moved).any()
