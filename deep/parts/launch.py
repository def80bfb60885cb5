"""The last line of every deep chapter: the command line, then the demo or the training run."""

import functools
from collections.abc import Callable
from typing import Any

import common.options
from common.environments.arguments import make_with_settings
from common.runs.run import Run
from common.runs.run_options import RunOptions
from deep.parts.agent import Agent
from deep.parts.checkpoints import read_checkpoint
from deep.parts.lazy import keras
from deep.parts.learners.run import train_with_learners
from deep.parts.spaces import sizes
from deep.parts.tensorboard import TensorBoardWriter
from deep.parts.watch.demo import play

import gymnasium as gym

Train = Callable[[Any, Any, Run], None]


def launch(
    chapter: str,
    options: type[RunOptions],
    agent: type[Agent],
    train: Train,
    continuous: type[RunOptions] | None = None,
) -> None:
    """Run a chapter with the options of the command line, and leave with its exit status.

    continuous: the options of an environment with continuous actions, which have defaults of their own.
    """
    choose = None if continuous is None else fitting(options, continuous)
    common.options.launch(lambda given: start(chapter, given, agent, train), options, choose)


def fitting(discrete: type[RunOptions], continuous: type[RunOptions]) -> Callable[[Any], type]:
    """Which of the two fits, by the actions of the environment in the options."""

    def choose(options: RunOptions) -> type:
        env = make_with_settings(options.env, options.env_arg)
        env.close()
        return continuous if isinstance(env.action_space, gym.spaces.Box) else discrete

    return choose


def start(chapter: str, options: RunOptions, agent: type[Agent], train: Train) -> int:
    """Play the demo, or train; returns the exit status.

    agent: called with the number of inputs and of actions, the options and a random generator. Where the options have
    `environments`, that many step together; where they have `learners`, each of these has as many of its own.
    Raises UserError for options that do not fit.
    """
    if options.demo:
        make = functools.partial(_make, agent, options)
        return play(chapter, options, dict(agent.roles), make, read_checkpoint, takes_both=agent.takes_both)
    run = Run(chapter, options, scalars=TensorBoardWriter)
    make = functools.partial(_make, agent, run.options)
    if hasattr(run.options, "learners"):
        return train_with_learners(run, make, train)
    several = getattr(run.options, "environments", None)
    env = run.environment() if several is None else run.environments(several)
    run.begin(make(env, run.generator))
    train(env, run.agent, run)
    return run.finish()


def _make(agent: type[Agent], options: RunOptions, env: Any, generator: Any) -> Agent:
    """The agent for an environment; Keras draws its first weights from the run's seed."""
    inputs, actions = sizes(env, options.env, None if agent.takes_both else "action" in agent.roles)
    keras.utils.set_random_seed(options.seed)
    return agent(inputs, actions, options, generator)
