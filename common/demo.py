"""Trained weights at play: in a window, on film, or as a list of returns.

No TensorFlow: the weights are read with h5py and act in NumPy, so the first frame comes at once. pygame is imported
only when there is something to draw.
"""

import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import gymnasium as gym
import numpy as np

from common.environments import make_environment
from common.evaluation import seeds
from common.recording import Recorder
from common.run_options import RunOptions, check_run_options
from common.weights import Weights, load_weights

SHIPPED = Path(__file__).resolve().parents[1] / "deep" / "weights"
"""Where the weights lie that come with the course."""


@dataclass(frozen=True)
class Thought:
    """What a player thinks of one state: the action it takes, and numbers to draw as bars.

    title: what the numbers are, "action values" or "probabilities" (these fill bars from 0 to 1).
    value: the critic's value of the state, drawn over time as a strip; None without a critic.
    """

    action: Any
    title: str
    numbers: np.ndarray
    value: float | None = None


class Player(Protocol):
    """Weights that play."""

    def thought(self, state: np.ndarray) -> Thought:
        """Look at one observation and decide."""


def play(
    chapter: str,
    options: RunOptions,
    player: Callable[[Weights], Player],
    shapes: Callable[[gym.Env[Any, Any]], Sequence[tuple[int, ...]]],
) -> int:
    """Play `--episodes` episodes; print each return and their mean.

    player: makes a player of weights. shapes: the layers that this chapter's network has for an environment.
    Draws a window unless --headless or without a display; with --record it films what the window shows, or would show.
    Raises UserError for weights or an environment that do not fit.
    """
    check_run_options(options)
    path = options.weights if options.weights is not None else SHIPPED / f"{chapter}.weights.h5"
    windowed = not options.headless and has_display()
    mode = "rgb_array" if windowed or options.record else None
    env = make_environment(options.env, render_mode=mode, disable_env_checker=True)
    load = _Loader(path, shapes(env), chapter, player, options.follow)
    if windowed or options.record:
        from common.stage import Stage

        title = f"{chapter} on {options.env.rpartition(':')[2]}"
        recorder = None if options.record is None else Recorder(options.record, film_rate(_frame_rate(env)))
        with Stage(title, action_names(options.env, env), _frame_rate(env), windowed, recorder) as stage:
            scores = _play_on_stage(env, load, options, stage)
    else:
        print(f"{chapter} on {options.env}, {path.name}, no window")
        scores = []
        for number, seed in enumerate(seeds(options.seed, options.episodes), start=1):
            scores.append(_play_episode(env, load(), seed))
            print(f"episode {number}: return {scores[-1]:g}", flush=True)
    env.close()
    if scores:
        print(f"mean return {np.mean(scores):g} over {len(scores)} episode{'s' if len(scores) > 1 else ''}")
    return 0


class _Loader:
    """Gives the player; with --follow, of the newest weights."""

    def __init__(
        self,
        path: Path,
        shapes: Sequence[tuple[int, ...]],
        chapter: str,
        player: Callable[[Weights], Player],
        follow: bool,
    ) -> None:
        self._load = lambda: player(load_weights(path, shapes, chapter))
        self._player = self._load()
        self._follow = follow
        self.open_input = threading.Event()
        if follow:
            self.open_input.set()
            threading.Thread(target=self._wait_for_end, daemon=True).start()

    def _wait_for_end(self) -> None:
        sys.stdin.read()
        self.open_input.clear()

    def __call__(self) -> Player:
        if self._follow:
            self._player = self._load()
        return self._player

    @property
    def over(self) -> bool:
        """Whether the training that is followed has ended."""
        return self._follow and not self.open_input.is_set()


def _play_episode(env: gym.Env[Any, Any], player: Player, seed: int) -> float:
    state, _ = env.reset(seed=seed)
    score, ended = 0.0, False
    while not ended:
        state, reward, terminated, truncated, _ = env.step(player.thought(state).action)
        score += float(reward)
        ended = terminated or truncated
    return score


def _play_on_stage(env: gym.Env[Any, Any], load: _Loader, options: RunOptions, stage: Any) -> list[float]:
    """Play until the episodes are over or the window is closed."""
    scores: list[float] = []
    episodes = 10**6 if options.follow else options.episodes
    for number, seed in enumerate(seeds(options.seed, episodes), start=1):
        last = load.over  # the training has ended: these are its best weights
        player = load()
        state, _ = env.reset(seed=seed)
        score, steps, ended = 0.0, 0, False
        stage.begin_episode(number, None if options.follow else episodes)
        while not ended:
            thought = player.thought(state)
            if not stage.show(env.render(), thought, score, steps):
                return scores
            state, reward, terminated, truncated, _ = env.step(thought.action)
            score, steps = score + float(reward), steps + 1
            ended = terminated or truncated
        scores.append(score)
        if not options.follow:
            print(f"episode {number}: return {score:g}", flush=True)
        if not stage.show(env.render(), player.thought(state), score, steps, hold_seconds=0.7) or last:
            break
    return scores


def action_names(environment_id: str, env: gym.Env[Any, Any]) -> list[str]:
    """Names for the actions, or the parts of an action, of the environments of the course; numbers for any other."""
    known = {
        "CartPole": ["left", "right"],
        "MovingObstacles": ["up", "down", "left", "right", "stay"],
        "GridWorld": ["up", "down", "left", "right", "stay"],
        "Acrobot": ["torque -1", "no torque", "torque +1"],
        "MountainCar": ["left", "coast", "right"],
        "LunarLander": ["nothing", "left engine", "main engine", "right engine"],
        "Pendulum": ["torque"],
    }
    name = environment_id.rpartition(":")[2].rpartition("-v")[0]
    space = env.action_space
    if isinstance(space, gym.spaces.Discrete):
        return known.get(name, [str(action) for action in range(space.n)])[: space.n]
    return known.get(name, [f"part {index} of the action" for index in range(int(np.prod(space.shape or (1,))))])


def film_rate(frames_per_second: float) -> float:
    """Frames a second of a film: half of them where an environment shows more than 30."""
    return frames_per_second / 2 if frames_per_second > 30 else frames_per_second


def _frame_rate(env: gym.Env[Any, Any]) -> float:
    return float(env.metadata.get("render_fps", 30))


def has_display() -> bool:
    """Whether a window can be opened here."""
    if os.environ.get("SDL_VIDEODRIVER") == "dummy":
        return False
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True
