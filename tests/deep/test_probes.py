"""Every chapter's own loop on the probes: the value and the action that theory gives."""

import importlib
from functools import cache
from types import ModuleType
from typing import Any

from benchmarks.parts.chapter_process import deep_chapters
from common.environments.training import TrainingEnvironments
from common.networks.activations import softmax
from deep.parts.agent import Agent
from deep.parts.lazy import is_model, keras
from deep.parts.spaces import ContinuousActions
from tests.deep.asynchronous.team import alone
from tests.deep.probes import (
    ActionDecides,
    ActionTimesObservation,
    ConstantReward,
    CutOff,
    Probe,
    RewardIsObservation,
    TwoSteps,
)
from tests.deep.worlds import Steps

import gymnasium as gym
import numpy as np
import pytest

DISCOUNT, SCALE = 0.8, 0.5
QUICK: dict[str, Any] = {
    "hidden": (8,),
    "discount": DISCOUNT,
    "learning_rate": 0.03,
    "critic_learning_rate": 0.03,
    "epsilon_decay": 0.99,
    "batch": 32,
    "learning_starts": 32,
    "learn_every": 16,
    "target_every": 16,
    "loss": "mean_squared_error",
    "episodes_per_update": 2,
    "rollout": 4,
    "reward_scale": SCALE,
    "n_step": 3,
    "tau": 0.1,
    "temperature": 0.01,
    "target_entropy": -3.0,
    "iterations": 5,
    "learners": 1,
}
"""Small networks and big steps: a chapter takes of these what it has."""
OWN: dict[str, dict[str, Any]] = {"sac": {"hidden": (16,)}}
"""The smaller of two critics is flat where most of its units have died, and only a slope moves a policy."""

VALUES: dict[type[Probe], dict[int, float]] = {
    ConstantReward: {0: 1.0},
    RewardIsObservation: {-1: -1.0, 1: 1.0},
    TwoSteps: {0: DISCOUNT, 1: 1.0},
    ActionDecides: {0: 1.0},
    ActionTimesObservation: {-1: 1.0, 1: 1.0},
    CutOff: {0: 1 / (1 - DISCOUNT)},
}
"""What each observation is worth under a policy that has learned to decide."""
ACTIONS: dict[type[Probe], dict[int, int]] = {ActionDecides: {0: 1}, ActionTimesObservation: {-1: 0, 1: 1}}

CHAPTERS = deep_chapters()
WITHOUT_VALUES = {"policy_gradient", "reinforce"}
"""Their policies are asked where there is something to decide."""
PROBES = [(chapter, probe) for chapter in CHAPTERS for probe in VALUES
          if probe in ACTIONS or chapter not in WITHOUT_VALUES]  # fmt: skip
TURNS = {CutOff: 800}
LONGER_OR_SHORTER = {
    ("reinforce_baseline", CutOff): 4000,
    ("rollout_actor_critic", CutOff): 1600,
    ("trpo", CutOff): 400,
}


@cache
def learner(chapter: str) -> tuple[ModuleType, Any, dict[str, np.ndarray]]:
    """The chapter, its agent, which is compiled once, and the state in which the agent begins each probe."""
    module = importlib.import_module(f"deep.{chapter}")
    [kind] = [
        each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__
        and issubclass(each, Agent)
    ]  # fmt: skip
    known = vars(module.Options())
    options = module.Options(**{name: value for name, value in (QUICK | OWN.get(chapter, {})).items() if name in known})
    keras.utils.set_random_seed(0)
    actions: Any = ContinuousActions(np.float32([0]), np.float32([1])) if "action" in kind.roles else 2
    agent: Any = kind(1, actions, options, np.random.default_rng(0))
    if hasattr(agent, "optimizer"):
        agent.optimizer.build(next(filter(is_model, vars(agent).values())).trainable_variables)
    if hasattr(agent, "critic_optimizer"):
        critics = [getattr(agent, name) for name in ("critic", "second") if hasattr(agent, name)]
        agent.critic_optimizer.build([variable for critic in critics for variable in critic.trainable_variables])
    if hasattr(agent, "temperature_optimizer"):
        agent.temperature_optimizer.build([agent.log_temperature])
    return module, agent, agent.state()


def trained(chapter: str, probe: type[Probe]) -> Any:
    """The agent after some hundred turns of the chapter's loop in a probe."""
    module, agent, beginning = learner(chapter)
    agent.restore(beginning)
    env: Any = probe()
    turns = LONGER_OR_SHORTER.get((chapter, probe), TURNS.get(probe, 250))
    if hasattr(agent.options, "environments"):
        env = TrainingEnvironments(gym.vector.SyncVectorEnv([probe] * 4), np.random.default_rng(0), lambda score: None)
    if hasattr(agent.options, "learners"):
        env, turns = alone(agent, gym.vector.SyncVectorEnv([probe] * 4)), turns // agent.options.rollout
    module.train(env, agent, Steps(turns))
    return agent


def values(agent: Any, states: np.ndarray) -> np.ndarray:
    """[n] what the agent expects: of the best action, or of its policy."""
    if "action" in agent.roles:
        return np.array([agent.greedy.decide(state).value for state in states])
    if hasattr(agent, "online"):
        return agent.predict(agent.online, states).max(axis=1)
    outputs = agent.predict(agent.critic, states)
    return outputs[:, 0] if outputs.shape[1] == 1 else (softmax(agent.predict(agent.actor, states)) * outputs).sum(1)


def expected(chapter: str, probe: type[Probe]) -> list[float]:
    if (chapter, probe) == ("reinforce_baseline", CutOff):
        # A Monte Carlo return ends where the episode was cut: k rewards, and every k from 1 to 20 as often.
        return [float(np.mean((1 - DISCOUNT ** np.arange(1, 21)) / (1 - DISCOUNT)))]
    scale = getattr(learner(chapter)[1].options, "reward_scale", 1.0)
    return [value * scale for value in VALUES[probe].values()]


@pytest.mark.parametrize(("chapter", "probe"), PROBES, ids=lambda part: getattr(part, "__name__", part))
def test_the_value_and_the_action_that_theory_gives(chapter: str, probe: type[Probe]) -> None:
    agent = trained(chapter, probe)
    states = np.array([[observation] for observation in VALUES[probe]], np.float32)
    if chapter not in WITHOUT_VALUES:
        assert values(agent, states) == pytest.approx(expected(chapter, probe), rel=0.06)
    if probe in ACTIONS:
        right = list(ACTIONS[probe].values())
        assert agent.greedy(states).ravel() == pytest.approx(right, abs=0.05)
        if "policy" in agent.roles:
            chances = softmax(agent.predict(agent.actor, states))
            assert (chances[np.arange(len(right)), right] > 0.9).all()
