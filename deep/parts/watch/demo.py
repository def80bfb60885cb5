"""Trained weights at play: in a window, on film, or as a list of returns.

No TensorFlow: the weights are read with h5py and act in NumPy, so the first frame comes at once. pygame is imported
only when there is something to draw.
"""

import functools
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.environments.arguments import make_with_settings
from common.environments.make import make_to_watch
from common.errors import UserError
from common.language import _, plural
from common.networks.trained import MakeAgent, ReadCheckpoint, shipped, trained
from common.runs.run_options import RunOptions
from common.screen import typed
from common.watch.display import has_display
from common.watch.viewer import demo_command, training_command
from deep.parts.spaces import sizes
from deep.parts.watch.news import News
from deep.parts.watch.played_episodes import PlayedEpisodes

import gymnasium as gym
import numpy as np


def play(
    chapter: str,
    options: RunOptions,
    roles: Mapping[str, str],
    make_agent: MakeAgent,
    read_checkpoint: ReadCheckpoint,
    *,
    takes_both: bool = False,
) -> int:
    """Play `--episodes` episodes; print each return and their mean.

    roles: what the chapter's networks are. make_agent: the chapter's agent, for layers that only Keras
    knows. read_checkpoint: for files that only TensorFlow knows. takes_both: whether the agent's actions may be
    counted as well as continuous.
    Draws a window unless --headless or without a display; with --record it films what the window shows, or would show.
    Raises UserError for weights or an environment that do not fit.
    """
    windowed = not options.headless and has_display()
    if options.follow and not windowed:
        print(_("there is no display to watch the training on"), file=sys.stderr)
        return 0
    make = functools.partial(make_with_settings, options.env, options.env_arg)
    env = make_to_watch(make) if windowed or options.record else make()
    path = options.weights or _shipped(chapter, options, env, None if takes_both else "action" in roles)
    load = functools.partial(trained, path, chapter, roles, env, make_agent, read_checkpoint)
    env_name, news = options.env.rpartition(":")[2], News() if options.follow else None
    title = f"{chapter} on {env_name}"
    lesson = PlayedEpisodes(title, env, load, options, source=path.name, news=news, told=_say)
    if not windowed and options.record is None:
        print(_("{chapter} on {env}, {name}, no window", chapter=chapter, env=options.env, name=path.name))
    _play(lesson, options, windowed)
    env.close()
    if scores := lesson.scores:
        episodes = plural("{n} episode", "{n} episodes", len(scores))
        print(_("mean return {mean:g} over {episodes}", mean=np.mean(scores), episodes=episodes))
    return 0


def _shipped(chapter: str, options: RunOptions, env: gym.Env[Any, Any], continuous: bool | None) -> Path:
    """The course's weights for the environment. Raises UserError where there are none, or could be none."""
    path = shipped(chapter, options.env)
    record = path.with_name(f"{path.name.removesuffix('.weights.h5')}.json")
    if record.is_file() and json.loads(record.read_text(encoding="utf-8")).get("env", options.env) == options.env:
        return path
    sizes(env, options.env, continuous)
    saved = Path("results") / chapter / f"seed-{options.seed}" / f"{chapter}.weights.h5"
    raise UserError(
        "no weights for {env} come with the course: train them with  {train}  and watch them with  {watch}",
        env=options.env,
        train=typed(training_command(options)),
        watch=typed(demo_command(saved, options)),
    )


def _play(lesson: PlayedEpisodes, options: RunOptions, windowed: bool) -> None:
    """Play the episodes through: in a window, on film, or unseen."""
    if windowed or options.record is not None:
        from gridworld.window.episodes.show_episodes import film_episodes, show_episodes

        if windowed and (show_episodes(lesson, options.record) or options.follow):
            return
        if options.record is not None:
            film_episodes(lesson, options.record)
    while not lesson.over:
        lesson.advance(1)


def _say(number: int, score: float) -> None:
    print(_("episode {number}: return {score:g}", number=number, score=score), flush=True)
