"""Tasks, the truth about them, and the policies to predict."""

from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest

from common.options import UserError
from common.tables import save_table
from gridworld import GridWorld
from gridworld.discrete import Numbered
from gridworld.env import GridWorldEnv, MDPEnv
from gridworld.exact import optimal_action_values
from gridworld.task import Task, fingerprint
from tabular.parts.given_policy import policy_named
from tabular.parts.table_agent import ActionTable, Schedule
from tabular.parts.trial import Truth, greedy_value, learnable


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


def test_only_what_can_be_reached_is_measured() -> None:
    world = GridWorld.from_toml('grid = "S . G # ."\n[cells.G]\nreward = 1.0\nterminal = true')
    assert learnable(world.mdp()).tolist() == [True, True, False, False, False]
    truth = Truth(world.mdp(), "optimal")
    agent = ActionTable(5, 4, Schedule(discount=0.9), seed=0)
    agent.fill(optimal_action_values(world.mdp(), 0.9))
    assert truth.error(agent) == pytest.approx(0.0)
    agent.discount = 0.5
    assert truth.error(agent) > 0.1, "the truth follows the slider"


def test_the_truth_of_sarsa_follows_epsilon() -> None:
    truth = Truth(GridWorld.load("cliff").mdp(), "epsilon-soft")
    agent = ActionTable(48, 4, Schedule(discount=1.0, epsilon=0.1), seed=0)
    careful = truth.values(agent)
    agent.epsilon = 0.0
    assert truth.values(agent) == pytest.approx(optimal_action_values(truth.mdp, 1.0))
    assert careful is not None and careful[36].max() < -13.5


def test_the_worth_of_a_greedy_policy_is_exact() -> None:
    mdp = GridWorld.load("cliff").mdp()
    best = optimal_action_values(mdp, 1.0)
    assert greedy_value(mdp, best, 1.0) == pytest.approx(-13.0)
    assert greedy_value(mdp, best, 1.0, epsilon=0.1) < -40
    assert greedy_value(mdp, np.tile([1.0, 0, 0, 0], (48, 1)), 1.0) == -np.inf


def test_policies_by_name(tmp_path: Path) -> None:
    task = Task("course")
    assert (policy_named("uniform", 0.0, task, 0.9) == 0.25).all()
    assert policy_named("left-right", 0.0, task, 0.9)[0].tolist() == [0.0, 0.0, 0.5, 0.5]
    optimal = policy_named("optimal", 0.0, task, 0.9)
    assert optimal[0].tolist() == [0.0, 0.5, 0.0, 0.5]
    assert policy_named("optimal", 0.4, task, 0.9) == pytest.approx(0.6 * optimal + 0.1)
    save_table(
        tmp_path / "t.npz", optimal_action_values(GridWorld.load("course").mdp(), 0.9), task.fingerprint, "course"
    )
    assert policy_named(str(tmp_path / "t.npz"), 0.0, task, 0.9) == pytest.approx(optimal)
    for name, words in (("worst", "not known"), ("missing.npz", "there is no table")):
        with pytest.raises(UserError, match=words):
            policy_named(name, 0.0, task, 0.9)
    with pytest.raises(UserError, match="--epsilon is 2"):
        policy_named("optimal", 2.0, task, 0.9)
