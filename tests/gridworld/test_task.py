"""What there is to learn, and where."""

from common.errors import UserError
from gridworld import GridWorld
from gridworld.discrete import Numbered
from gridworld.env import GridWorldEnv, MDPEnv
from gridworld.task import Task, fingerprint

import gymnasium as gym
import numpy as np
import pytest


def test_a_map_and_gymnasiums_environment_of_it_are_the_same_world() -> None:
    task = Task("course")
    through_gymnasium = Task("course", env="gridworld:GridWorld-v0")
    assert through_gymnasium.world is None and through_gymnasium.mdp is not None
    assert task.fingerprint == through_gymnasium.fingerprint


def test_where_there_is_a_model_it_is_sampled_and_elsewhere_the_environment_is_stepped() -> None:
    assert isinstance(Task("course").environment(), GridWorldEnv)
    frozen = Task("course", env="FrozenLake-v1")
    assert isinstance(frozen.environment(), MDPEnv)
    assert frozen.grid_shape == (4, 4)
    assert frozen.max_steps == gym.spec("FrozenLake-v1").max_episode_steps
    blackjack = Task("course", env="Blackjack-v1")
    assert isinstance(blackjack.environment(), Numbered)
    assert (blackjack.mdp, blackjack.n_states) == (None, 704)


def test_the_sampled_lake_is_gymnasiums() -> None:
    """The mean return of a random agent agrees with gymnasium's own environment."""
    task, dice = Task("course", env="FrozenLake-v1"), np.random.default_rng(0)
    means = []
    for env in (task.environment(), gym.make("FrozenLake-v1")):
        env.reset(seed=0)
        total = 0.0
        for _ in range(3000):
            env.reset()
            ended = False
            while not ended:
                _, reward, terminated, truncated, _ = env.step(int(dice.integers(4)))
                total += float(reward)
                ended = terminated or truncated
        means.append(total / 3000)
    assert means[0] == pytest.approx(means[1], abs=0.012)


def test_every_rule_of_a_map_counts_for_its_fingerprint() -> None:
    world = GridWorld.load("course")
    edited = world.with_cell(24, "T")
    assert fingerprint(world.mdp()) == fingerprint(GridWorld.load("course").mdp())
    assert fingerprint(world.mdp()) != fingerprint(edited.mdp())


def test_the_settings_of_an_environment_are_part_of_it() -> None:
    slippery, sure = Task("", "FrozenLake-v1"), Task("", "FrozenLake-v1", env_args=["is_slippery=False"])
    assert slippery.fingerprint != sure.fingerprint
    assert sure.mdp is not None and (sure.mdp.probability.max(axis=2) == 1.0).all()
    assert sure.name == "FrozenLake-v1 is_slippery=False"
    plain, sab = Task("", "Blackjack-v1"), Task("", "Blackjack-v1", env_args=["sab=True"])
    assert plain.fingerprint != sab.fingerprint
    assert Task("", "FrozenLake-v1", env_args=["max_episode_steps=7"]).max_steps == 7
    with pytest.raises(UserError, match="--env-arg sab=True is for an environment"):
        Task("course", env_args=["sab=True"])
