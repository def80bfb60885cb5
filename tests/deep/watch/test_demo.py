"""The demo: what it prints and films, and what it says where it cannot play. No TensorFlow, no real display."""

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tests.common.environments.odd_environments as odd
from common.errors import UserError
from common.networks.weights import Saved, save_networks
from common.options import parse
from common.runs.run_options import RunOptions
from common.watch.viewer import demo_command
from deep.parts.watch.demo import play

import imageio.v3 as imageio
import numpy as np
import pytest


def dense(*weights: Any, activation: str = "relu") -> Saved:
    """Dense layers one after the other, the last one linear, as they are saved."""
    kernels = [np.asarray(array, np.float32) for array in weights[::2]]
    arrays = [np.asarray(array, np.float32) for array in weights]
    layers = [{"class_name": "InputLayer", "config": {"batch_shape": [None, kernels[0].shape[0]]}}]
    for index, kernel in enumerate(kernels):
        named = "linear" if index == len(kernels) - 1 else activation
        layers.append({"class_name": "Dense", "config": {"units": kernel.shape[1], "activation": named}})
    description = json.dumps({"class_name": "Sequential", "config": {"layers": layers}})
    stems = ["dense" if index == 0 else f"dense_{index}" for index in range(len(kernels))]
    return Saved(description, arrays, tuple(f"layers/{stem}/vars/{index}" for stem in stems for index in (0, 1)))


@dataclass(frozen=True)
class Options(RunOptions):
    """Options of a demo."""

    demo: bool = True
    headless: bool = True
    episodes: int = 2


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    good = np.array([0.1, 0.5, 1.0, 1.0], np.float32)
    path = tmp_path / "good.weights.h5"
    save_networks(path, {"q": dense(np.stack([-good, good], axis=1), np.zeros(2))}, "walker")
    return path


def demo(**settings: Any) -> int:
    return play("walker", Options(**settings), {"q": "online"}, no_agent, no_agent)


def no_agent(env: Any, generator: np.random.Generator) -> Any:
    raise AssertionError("a file of dense layers needs no Keras")


def test_headless_prints_every_return_and_the_mean(weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo(weights=weights) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == ["episode 1: return 500", "episode 2: return 500", "mean return 500 over 2 episodes"]


@pytest.mark.usefixtures("dead_display")
def test_without_a_screen_that_answers_the_returns_are_printed(
    weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo(weights=weights, headless=False, episodes=1) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith("no window")


def test_a_film_shows_what_the_window_would(tmp_path: Path) -> None:
    film, falling = tmp_path / "demo.png", tmp_path / "falling.weights.h5"
    policy, value = dense(np.zeros((4, 2)), [1, 0]), dense(np.ones((4, 1)), [0.5])
    save_networks(falling, {"policy": policy, "value": value}, "walker")
    assert demo(weights=falling, record=film, episodes=1) == 0
    picture = imageio.imread(film)[..., :3]
    assert picture.shape == (640, 960, 3)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 20


def test_an_environment_without_pictures_is_played_and_filmed_without_them(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = odd.registered(odd.Unrendered)
    assert demo(weights=weights, env=name, record=tmp_path / "bars.png") == 0
    said = capsys.readouterr().out
    assert f"{name} is played without its picture (" in said and "mean return 3 over 2 episodes" in said
    assert len(np.unique(imageio.imread(tmp_path / "bars.png")[..., :3].reshape(-1, 3), axis=0)) > 20


@pytest.mark.parametrize("environment", [odd.OldReset, odd.OldStep, odd.NaNSeen])
def test_a_fault_of_the_environment_is_one_line(environment: Any, weights: Path) -> None:
    with pytest.raises(UserError, match=f"--env {odd.registered(environment)}: "):
        demo(weights=weights, env=odd.registered(environment))


def test_the_environments_settings_are_those_of_the_command_line(
    weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = Options(weights=weights, env_arg=("sutton_barto_reward=True", "max_episode_steps=20"))
    assert demo(weights=weights, env_arg=options.env_arg) == 0
    assert "mean return 0 over 2 episodes" in capsys.readouterr().out, "the book's reward is -1 for a fall"
    command = demo_command(weights, options)
    assert command[-4:] == ["--env-arg", "sutton_barto_reward=True", "--env-arg", "max_episode_steps=20"]
    assert parse(Options, command[2:]).env_arg == options.env_arg


def test_weights_that_do_not_fit_are_one_line(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there are no weights"):
        demo(weights=tmp_path / "none.weights.h5")
    with pytest.raises(UserError, match="chooses among 2 actions, but Acrobot-v1 has 6 numbers and 3 actions"):
        demo(weights=weights, env="Acrobot-v1")


def test_where_no_weights_come_with_the_course_it_says_how_to_make_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["deep/dqn.py"])
    with pytest.raises(UserError) as error:
        play("dqn", Options(env="Acrobot-v1", seed=3), {"q": "online"}, no_agent, no_agent)
    said = str(error.value)
    assert said.startswith("no weights for Acrobot-v1 come with the course: train them with  ")
    train, watch = re.findall(r"python deep/dqn.py.*?(?=  |$)", said)
    assert parse(Options, [*shlex.split(train)[2:], "--no-demo"]).env == "Acrobot-v1" and "--demo" not in train
    options = parse(Options, shlex.split(watch)[2:])
    assert (options.env, options.seed, options.demo) == ("Acrobot-v1", 3, True)
    assert options.weights == Path("results/dqn/seed-3/dqn.weights.h5"), "where that run leaves them"


def test_nobody_is_sent_to_train_what_the_chapter_cannot_learn() -> None:
    with pytest.raises(UserError, match="continuous actions, and this chapter chooses among n"):
        play("dqn", Options(env="Pendulum-v1"), {"q": "online"}, no_agent, no_agent)
    with pytest.raises(UserError, match="no weights for MountainCarContinuous-v0 come with the course"):
        roles = {"policy": "actor", "value": "critic"}
        play("a2c", Options(env="MountainCarContinuous-v0"), roles, no_agent, no_agent, takes_both=True)


def test_beside_a_training_without_a_display_there_is_nothing_to_play(
    weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo(weights=weights, follow=True) == 0
    assert capsys.readouterr() == ("", "there is no display to watch the training on\n")


@pytest.mark.skipif(not os.environ.get("DISPLAY") and not Path("/usr/bin/Xvfb").exists(), reason="no display, no Xvfb")
def test_the_demo_plays_on_a_virtual_screen(tmp_path: Path) -> None:
    """The shipped DQN in a window of a real X server, and without TensorFlow."""
    script = (
        "import sys; from pathlib import Path\n"
        "from deep.dqn import DQN, Options, train\n"
        "from deep.parts.launch import start\n"
        "short = ('max_episode_steps=50',)\n"
        f"film = Path({str(tmp_path / 'film.png')!r})\n"
        "options = Options(demo=True, episodes=1, env_arg=short, record=film)\n"
        "start('dqn', options, DQN, train)\n"
        "assert 'tensorflow' not in sys.modules\n"
    )
    number = 90 + os.getpid() % 400
    command = [sys.executable, "-c", script]
    environment = {name: value for name, value in os.environ.items() if name != "SDL_VIDEODRIVER"}
    server = None
    if Path("/usr/bin/Xvfb").exists():
        server = subprocess.Popen(
            ["/usr/bin/Xvfb", f":{number}", "-screen", "0", "1024x768x24"], stderr=subprocess.DEVNULL
        )
        environment["DISPLAY"] = f":{number}"
    try:
        subprocess.run([sys.executable, "-c", "import time; time.sleep(1)"], check=True)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    finally:
        if server is not None:
            server.terminate()
            server.wait()
    assert done.returncode == 0, done.stderr
    assert "episode 1: return 50" in done.stdout and (tmp_path / "film.png").exists()
