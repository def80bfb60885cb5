"""Trained weights at play: in a window, on film, or as a list of returns.

No TensorFlow: the weights are read with h5py and act in NumPy, so the first frame comes at once. pygame is imported
only when there is something to draw.
"""

import functools
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from common.environments.arguments import make_with_settings
from common.environments.make import make_to_watch
from common.language import _, plural
from common.networks.acting import Greedy
from common.networks.trained import MakeAgent, ReadCheckpoint, shipped, trained
from common.runs.evaluation import seeds
from common.runs.run_options import RunOptions
from common.watch.action_names import action_names
from common.watch.display import has_display
from common.watch.recording import LiveRecorder, film_rate

import gymnasium as gym
import numpy as np


def play(
    chapter: str,
    options: RunOptions,
    roles: Mapping[str, str],
    make_agent: MakeAgent,
    read_checkpoint: ReadCheckpoint,
) -> int:
    """Play `--episodes` episodes; print each return and their mean.

    roles: what the chapter's networks are. make_agent: the chapter's agent, for layers that only Keras
    knows. read_checkpoint: for files that only TensorFlow knows.
    Draws a window unless --headless or without a display; with --record it films what the window shows, or would show.
    Raises UserError for weights or an environment that do not fit.
    """
    path = options.weights if options.weights is not None else shipped(chapter, options.env)
    windowed = not options.headless and has_display()
    make = functools.partial(make_with_settings, options.env, options.env_arg)
    env = make_to_watch(make) if windowed or options.record else make()
    load = _Loader(lambda: trained(path, chapter, roles, env, make_agent, read_checkpoint), options.follow)
    if windowed or options.record:
        from common.watch.stage import Stage

        title = f"{chapter} on {options.env.rpartition(':')[2]}"
        recorder = None if options.record is None else LiveRecorder(options.record, film_rate(_frame_rate(env)))
        with Stage(title, action_names(env), _frame_rate(env), windowed, recorder) as stage:
            scores = _play_on_stage(env, load, options, stage)
    else:
        print(_("{chapter} on {env}, {name}, no window", chapter=chapter, env=options.env, name=path.name))
        scores = []
        for number, seed in enumerate(seeds(options.seed, options.episodes), start=1):
            scores.append(_play_episode(env, load(), seed))
            print(_("episode {number}: return {score:g}", number=number, score=scores[-1]), flush=True)
    env.close()
    if scores:
        episodes = plural("{n} episode", "{n} episodes", len(scores))
        print(_("mean return {mean:g} over {episodes}", mean=np.mean(scores), episodes=episodes))
    return 0


class _Loader:
    """Gives the greedy policy; with --follow, of the newest weights."""

    def __init__(self, load: Callable[[], Greedy], follow: bool) -> None:
        self._load = load
        self._policy = load()
        self._follow = follow
        self.open_input = threading.Event()
        if follow:
            self.open_input.set()
            threading.Thread(target=self._wait_for_end, daemon=True).start()

    def _wait_for_end(self) -> None:
        sys.stdin.read()
        self.open_input.clear()

    def __call__(self) -> Greedy:
        if self._follow:
            self._policy = self._load()
        return self._policy

    @property
    def over(self) -> bool:
        """Whether the training that is followed has ended."""
        return self._follow and not self.open_input.is_set()


def _play_episode(env: gym.Env[Any, Any], policy: Greedy, seed: int) -> float:
    state, _ = env.reset(seed=seed)
    score, ended = 0.0, False
    while not ended:
        state, reward, terminated, truncated, _ = env.step(policy.decide(state).action)
        score += float(reward)
        ended = terminated or truncated
    return score


def _play_on_stage(env: gym.Env[Any, Any], load: _Loader, options: RunOptions, stage: Any) -> list[float]:
    """Play until the episodes are over or the window is closed."""
    scores: list[float] = []
    episodes = 10**6 if options.follow else options.episodes
    for number, seed in enumerate(seeds(options.seed, episodes), start=1):
        last = load.over  # the training has ended: these are its best weights
        policy = load()
        state, _info = env.reset(seed=seed)
        score, steps, ended = 0.0, 0, False
        stage.begin_episode(number, None if options.follow else episodes)
        while not ended:
            decision = policy.decide(state)
            if not stage.show(env.render(), decision, score, steps):
                return scores
            state, reward, terminated, truncated, _info = env.step(decision.action)
            score, steps = score + float(reward), steps + 1
            ended = terminated or truncated
        scores.append(score)
        if not options.follow:
            print(_("episode {number}: return {score:g}", number=number, score=score), flush=True)
        if not stage.show(env.render(), policy.decide(state), score, steps, hold_seconds=0.7) or last:
            break
    return scores


def _frame_rate(env: gym.Env[Any, Any]) -> float:
    return float(env.metadata.get("render_fps", 30))
