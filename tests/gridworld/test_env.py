"""GridWorld-v0 keeps gymnasium's promises and the map's."""

import os
import pickle
import subprocess
import sys
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

from common.errors import UserError
from gridworld import MDP, GridWorld, map_names
from gridworld.env import GridWorldEnv
from gridworld.rendering import GridEnv

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given
from hypothesis import strategies as st

NAME = "gridworld:GridWorld-v0"


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setitem(GridEnv.metadata, "render_fps", 1000)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", map_names())
def test_gymnasiums_own_check_finds_nothing(name: str) -> None:
    check_env(gymnasium.make(NAME, map=name).unwrapped)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("mode", ["human", "rgb_array", "ansi"])
def test_gymnasiums_own_check_finds_nothing_while_it_draws(mode: str) -> None:
    env = gymnasium.make(NAME, render_mode=mode)
    check_env(env.unwrapped)
    env.reset(seed=0)
    env.step(1)
    env.close()


def test_one_line_makes_it_in_a_fresh_process_without_a_warning() -> None:
    program = f"import gymnasium; env = gymnasium.make({NAME!r}, map='cliff'); print(env.reset(seed=0)[0], env.spec.id)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["36", "GridWorld-v0"]
    assert done.stderr == ""


def test_importing_again_registers_nothing_twice() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        import gridworld

        before = gymnasium.registry["GridWorld-v0"]
        import importlib

        importlib.reload(gridworld)
        assert gymnasium.registry["GridWorld-v0"] is before


def test_import_is_light() -> None:
    program = """
import sys, time
import gymnasium, numpy  # what they cost is not ours
begin = time.process_time()
import gridworld
seconds = time.process_time() - begin
print(seconds, *{name.split(".")[0] for name in sys.modules} & {"pygame", "matplotlib", "tensorflow", "keras", "tyro"})
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    seconds, *heavy = done.stdout.split()
    assert heavy == []
    assert float(seconds) < 0.5, "our own part takes a few hundredths of a second where nothing else runs"


@given(st.integers(2, 6), st.integers(0, 10**6), st.floats(0, 1))
def test_rows_of_P_sum_to_one_and_name_states_of_the_space(size: int, seed: int, slip: float) -> None:
    env = GridWorldEnv(GridWorld.random(size, seed, slip))
    assert set(env.P) == set(range(size * size))
    for actions in env.P.values():
        assert set(actions) == {0, 1, 2, 3}
        for outcomes in actions.values():
            assert sum(probability for probability, *_ in outcomes) == pytest.approx(1)
            assert all(type(part) is kind for part, kind in zip(outcomes[0], (float, int, float, bool), strict=True))
            assert all(following in env.observation_space for _, following, _, _ in outcomes)


def test_P_is_the_model_and_can_be_read_back() -> None:
    world = GridWorld.load("slippery")
    env: Any = gymnasium.make(NAME, map=world).unwrapped
    mdp = MDP.from_table(env.P, start=env.initial_state_distrib)
    values = np.arange(world.n_states, dtype=float)
    np.testing.assert_allclose(mdp.action_values(values, 0.9), world.mdp().action_values(values, 0.9), atol=1e-12)


@pytest.mark.parametrize("name", ["slippery", "windy", "cliff", "sutton-3-5"])
def test_steps_follow_P(name: str) -> None:
    """Every outcome that happens is listed, and about as often as its probability says."""
    env = GridWorldEnv(name)
    env.action_space.seed(0)
    state, _ = env.reset(seed=0)
    seen: dict[tuple[int, int], Counter[tuple[int, float, bool]]] = {}
    for _ in range(20_000):
        action = int(env.action_space.sample())
        following, reward, terminated, truncated, info = env.step(action)
        assert not truncated
        listed = [
            (p, s, r, end) for p, s, r, end in env.P[state][action] if (s, r, end) == (following, reward, terminated)
        ]
        assert info["prob"] in [p for p, *_ in listed]
        seen.setdefault((state, action), Counter())[following, reward, terminated] += 1
        state = env.reset()[0] if terminated else following
    (state, action), counts = max(seen.items(), key=lambda item: item[1].total())
    for outcome, count in counts.items():
        probability = sum(p for p, *rest in env.P[state][action] if tuple(rest) == outcome)
        spread = 5 * np.sqrt(probability * (1 - probability) / counts.total())
        assert abs(count / counts.total() - probability) <= spread


def rollout(env: gymnasium.Env[Any, Any], seed: int, steps: int = 200) -> list[Any]:
    actions = np.random.default_rng(seed).integers(4, size=steps)
    log: list[Any] = [env.reset(seed=seed)[0]]
    for action in actions.tolist():
        state, reward, terminated, truncated, _ = env.step(action)
        log.append((state, reward, terminated, truncated))
        if terminated or truncated:
            log.append(env.reset()[0])
    return log


def test_the_same_seed_gives_the_same_episodes() -> None:
    for name in ("slippery", "rooms"):
        assert rollout(gymnasium.make(NAME, map=name), 7) == rollout(gymnasium.make(NAME, map=name), 7)
    assert rollout(gymnasium.make(NAME, map="slippery"), 7) != rollout(gymnasium.make(NAME, map="slippery"), 8)


@pytest.mark.parametrize("mode", [None, "rgb_array", "human"])
def test_a_pickled_environment_goes_on_where_it_was(mode: str | None) -> None:
    env = gymnasium.make(NAME, map="rooms", render_mode=mode)
    env.reset(seed=3)
    env.step(1)
    again = pickle.loads(pickle.dumps(env))
    assert [env.step(a)[:4] for a in (1, 3, 3, 1)] == [again.step(a)[:4] for a in (1, 3, 3, 1)]
    env.close()
    again.close()


def test_the_time_limit_truncates_and_does_not_terminate() -> None:
    for env, limit in ((gymnasium.make(NAME), 1000), (gymnasium.make(NAME, max_episode_steps=7), 7)):
        env.reset(seed=0)
        ends = [env.step(0)[2:4] for _ in range(limit)]
        assert ends == [(False, False)] * (limit - 1) + [(False, True)]


def test_episodes_begin_on_every_start_and_where_they_are_told_to() -> None:
    env = GridWorldEnv("rooms")
    assert {env.reset(seed=seed)[0] for seed in range(30)} == set(env.world.starts)
    assert env.reset(options={"start": 2})[0] == env.state == 2
    for start in (5, 96, -1, 121, 1.5, True, "2"):  # a wall, the goal, no states
        with pytest.raises(UserError, match="start"):
            env.reset(options={"start": start})


def test_a_finished_episode_stays_finished() -> None:
    env = GridWorldEnv("course")
    env.reset(options={"start": 7})
    assert env.step(1)[:3] == (12, 1.0, True)
    assert env.step(0)[:3] == (12, 0.0, True)


def test_a_map_is_a_name_a_path_or_a_world(tmp_path: Path) -> None:
    world = GridWorld.random(5, seed=1).with_rules(stay=True)
    world.save(tmp_path / "지도.toml")
    for given_map in (world, tmp_path / "지도.toml", str(tmp_path / "지도.toml")):
        env: Any = gymnasium.make(NAME, map=given_map)
        assert env.unwrapped.world == world
        assert env.action_space.n == 5


@pytest.mark.parametrize("arguments", [{"map": "corse"}, {"map": "/no/such.toml"}, {"render_mode": "3d"}])
def test_bad_arguments_are_refused_in_one_line(arguments: dict[str, str]) -> None:
    with pytest.raises(UserError) as caught:
        GridWorldEnv(**arguments)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("action", [-1, 4])
def test_actions_outside_the_space_are_refused(action: int) -> None:
    env = GridWorldEnv()
    env.reset()
    with pytest.raises(UserError, match="actions are 0 to 3"):
        env.step(action)


# Pictures


def test_text_shows_the_map_and_brackets_the_agent() -> None:
    env = gymnasium.make(NAME, render_mode="ansi")
    env.reset(seed=0)
    env.step(3)
    assert env.render() == "right\n S [.] .  .  .\n .  .  T  .  .\n .  T  G  .  .\n .  .  .  .  .\n .  .  .  .  .\n"


def test_pictures_are_as_long_as_the_map_and_show_the_agent() -> None:
    env = gymnasium.make(NAME, map="cliff", render_mode="rgb_array")
    env.reset(seed=0)
    first: Any = env.render()
    assert first.dtype == np.uint8 and first.shape[2] == 3
    assert first.shape[1] > 2 * first.shape[0]
    env.step(0)
    assert (env.render() != first).any()


def test_a_closed_window_stays_closed_and_the_agent_goes_on() -> None:
    import pygame

    env = gymnasium.make(NAME, render_mode="human")
    env.reset(seed=0)
    assert pygame.display.get_surface() is not None
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    env.step(1)
    assert pygame.display.get_surface() is None
    assert env.step(1)[0] == 10
    env.close()
    env.close()


def test_two_windows_of_one_process_do_not_trip_over_each_other() -> None:
    import pygame

    first, second = (gymnasium.make(NAME, map=name, render_mode="human") for name in ("course", "cliff"))
    first.reset(seed=0)
    second.reset(seed=0)  # pygame has one window: the second environment takes it over
    first.step(1)
    second.close()
    first.step(1)
    assert pygame.display.get_surface() is not None
    first.close()
    assert pygame.display.get_surface() is None


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_no_display_is_said_in_one_line() -> None:
    program = f"import gymnasium; gymnasium.make({NAME!r}, render_mode='human').reset()"
    environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment["SDL_VIDEODRIVER"] = "x11"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert "UserError: no window can be opened" in done.stderr.splitlines()[-1]
