"""A user's environment: its faults are one line, wherever it is used, and what is merely unusual just works."""

from pathlib import Path
from typing import Any, ClassVar

import tests.common.environments.odd_environments as odd
from common.environments.checked import STEP_LIMIT, say_once
from common.environments.make import make_environment, make_environments, make_to_watch
from common.environments.training import TrainingEnvironment
from common.errors import UserError
from common.runs.evaluation import Evaluation

import gymnasium as gym
import numpy as np
import pytest


def nothing(observations: np.ndarray) -> np.ndarray:
    return np.zeros(len(observations), int)


def play(name: str) -> None:
    env = TrainingEnvironment(make_environment(name), np.random.default_rng(0), lambda score: None)
    env.reset()
    for _ in range(3):
        env.step(0)


def play_several(name: str) -> None:
    envs = make_environments(name, 2)
    envs.reset(seed=0)
    for _ in range(3):
        envs.step(np.zeros(2, int))


def evaluate(name: str) -> None:
    Evaluation(name).returns(nothing, 1, seed=0)


@pytest.mark.parametrize("use", [play, play_several, evaluate])
@pytest.mark.parametrize(("environment", "words"), odd.DEEP_FAULTS.items())
def test_a_fault_is_one_line_that_names_the_environment(environment: Any, words: str, use: Any) -> None:
    name = odd.registered(environment)
    with pytest.raises(UserError) as error:
        use(name)
    assert str(error.value).startswith(f"--env {name}") and words in str(error.value)
    assert len(str(error.value).splitlines()) == 1 and "did you mean" not in str(error.value)


@pytest.mark.parametrize("use", [play, play_several, evaluate])
def test_what_is_merely_unusual_just_works(use: Any) -> None:
    use(odd.registered(odd.Unusual))


def test_observations_are_the_agents_own_and_actions_count_from_0() -> None:
    env = make_environment(odd.registered(odd.Unusual))
    states = [env.reset(seed=0)[0], *(env.step(1)[0] for _ in range(2))]
    assert [state[0] for state in states] == [0, 1, 2]
    assert env.action_space == gym.spaces.Discrete(2)
    assert make_environments(odd.registered(odd.Unusual), 2).single_action_space == gym.spaces.Discrete(2)


def test_an_episode_without_an_end_is_cut_off_and_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    say_once.cache_clear()
    name = odd.registered(odd.Endless)
    assert Evaluation(name).returns(nothing, 2, seed=0).tolist() == [STEP_LIMIT, STEP_LIMIT]
    [line] = capsys.readouterr().out.splitlines()
    assert line == f"{name} has no time limit: an episode was cut off after 1,000 steps; " + (
        "--env-arg max_episode_steps=N sets another"
    )
    assert Evaluation(name, ["max_episode_steps=7"]).returns(nothing, 1, seed=0) == [7]
    envs = make_environments(name, 2, max_episode_steps=2)
    envs.reset(seed=0)
    assert [envs.step(np.zeros(2, int))[3].tolist() for _ in range(2)] == [[False, False], [True, True]]
    assert not capsys.readouterr().out, "a limit that the user set needs no saying"
    with pytest.raises(UserError, match="max_episode_steps is 0; it must be"):
        make_environment(name, max_episode_steps=0)


def test_the_environments_own_time_limit_counts() -> None:
    env = make_environment("CartPole-v1")
    assert env.time_limit == 500 and make_environment("CartPole-v1", max_episode_steps=3).time_limit == 3
    assert Evaluation("CartPole-v1", ["max_episode_steps=4"]).returns(nothing, 3, seed=0).tolist() == [4, 4, 4]


def test_a_native_vector_version_is_checked_and_shifted_too() -> None:
    class Several(gym.vector.VectorEnv[Any, Any, Any]):
        metadata: ClassVar = {"autoreset_mode": gym.vector.AutoresetMode.NEXT_STEP}

        def __init__(self, num_envs: int, max_episode_steps: int) -> None:
            self.num_envs = num_envs
            self.single_observation_space, self.single_action_space = odd.BOX, gym.spaces.Discrete(2, start=5)
            self.actions: list[int] = []

        def reset(self, **_: Any) -> Any:
            return np.zeros((self.num_envs, 4)), {}

        def step(self, actions: Any) -> Any:
            self.actions += list(actions)
            rewards = np.full(self.num_envs, np.nan if len(self.actions) > 3 else 1.0)
            return np.zeros((self.num_envs, 4)), rewards, rewards < 0, rewards < 0, {}

    if "OddSeveral-v0" not in gym.registry:
        gym.register("OddSeveral-v0", odd.Unusual, vector_entry_point=Several, max_episode_steps=9)  # type: ignore[arg-type]
    envs = make_environments("OddSeveral-v0", 2)
    envs.reset(seed=0)
    envs.step(np.array([0, 1]))
    assert envs.unwrapped.actions == [5, 6] and envs.single_action_space == gym.spaces.Discrete(2)  # type: ignore[attr-defined]
    with pytest.raises(UserError, match="--env OddSeveral-v0: returned nan among its rewards at step 2"):
        envs.step(np.array([0, 1]))


def test_a_native_vector_version_without_a_time_limit_might_never_end_and_is_not_used() -> None:
    if "OddUnbounded-v0" not in gym.registry:
        gym.register("OddUnbounded-v0", odd.Endless, vector_entry_point="nowhere:Nothing")  # type: ignore[arg-type]
    assert isinstance(make_environments("OddUnbounded-v0", 2), gym.vector.SyncVectorEnv)


def test_a_retired_id_steps_together_too() -> None:
    envs = make_environments("Taxi-v3", 2)
    assert envs.reset(seed=0)[0].shape == (2,)


# Pictures


@pytest.mark.parametrize("environment", [odd.Plain, odd.Unrendered])
def test_without_pictures_it_is_played_without_them(environment: Any, capsys: pytest.CaptureFixture[str]) -> None:
    say_once.cache_clear()
    name = odd.registered(environment)
    env = make_to_watch(lambda **ours: make_environment(name, **ours))
    env.reset(seed=0)
    assert env.render() is None and env.render() is None
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{name} is played without its picture (")


def test_pictures_where_there_are_some() -> None:
    env = make_to_watch(lambda **ours: make_environment("FrozenLake-v1", **ours))
    env.reset(seed=0)
    picture = env.render()
    assert picture is not None and picture.ndim == 3 and picture.dtype == np.uint8


def test_a_constructor_without_render_mode_is_told_so() -> None:
    name = odd.registered(odd.Unrendered)
    with pytest.raises(UserError, match="unexpected keyword argument 'render_mode'") as error:
        make_environment(name, render_mode="rgb_array")
    assert "did you mean" not in str(error.value) and len(str(error.value)) < 200


def test_environments_are_made_in_one_place() -> None:
    """So that no use of a user's environment goes unchecked."""
    root = Path(__file__).parents[3]
    makers = [
        path.name
        for folder in ("common", "deep", "tabular", "dp", "gridworld")
        for path in (root / folder).rglob("*.py")
        if any(call in path.read_text(encoding="utf-8") for call in ("gym.make(", "gym.make_vec", "(gym.make,"))
    ]
    assert makers == ["make.py"]
