"""A learner at work, the truth about it, and the policies to predict."""

from pathlib import Path
from typing import Any

from common.errors import UserError
from common.tables import save_table
from dp.parts.exact import optimal_action_values
from gridworld import GridWorld
from gridworld.discrete import Numbered
from gridworld.env import GridWorldEnv, MDPEnv
from gridworld.task import Task
from tabular import q_learning, sarsa
from tabular.parts.given_policy import given_policy
from tabular.parts.learning_options import ControlOptions, PredictionOptions
from tabular.parts.rivals import rival
from tabular.parts.table_agent import ActionTable
from tabular.parts.trial import Trial, Truth, greedy_value

import gymnasium as gym
import numpy as np
import pytest


@pytest.mark.parametrize(
    ("name", "settings"), [("FrozenLake-v1", {"is_slippery": False}), ("CliffWalking-v1", {}), ("Blackjack-v1", {})]
)
def test_a_chapter_learns_in_what_gymnasium_makes(name: str, settings: dict[str, Any]) -> None:
    """A student hands `gymnasium.make(...)` to a chapter's loop, as it is where its spaces are Discrete."""
    env: Any = gym.make(name, **settings)
    if name == "Blackjack-v1":
        env = Numbered(env)
    agent = ActionTable(env, q_learning.Options(epsilon=0.3, step_size=0.5))
    env.reset(seed=0)
    total, episodes = 0.0, 0
    for reward, ended in q_learning.train(env, agent, 1000):
        total += reward
        episodes += ended
    assert episodes == 1000
    state, _ = env.reset(seed=1)
    if name == "FrozenLake-v1":
        greedy = [state]
        for _ in range(6):
            state, reward, terminated, _, _ = env.step(int(np.argmax(agent.table[state])))
            greedy.append(state)
        assert terminated and reward == 1.0, greedy


def test_steps_and_episodes_count_the_same_experience() -> None:
    trials = []
    for _ in range(2):
        env = GridWorldEnv("slippery", max_steps=50)
        trials.append(Trial(ActionTable(env, sarsa.Options()), env, sarsa.train, seed=3))
    by_episode, by_step = trials
    for _ in range(30):
        by_episode.episode()
    while len(by_step.returns) < 30:
        before = len(by_step.returns)
        assert by_step.step() == (len(by_step.returns) > before)
    assert by_step.returns == by_episode.returns
    assert by_step.lengths == by_episode.lengths
    assert by_step.total_steps == by_episode.total_steps == sum(by_episode.lengths)
    assert (by_step.steps, by_step.episode_return) == (by_step.lengths[-1], by_step.returns[-1])
    by_step.step()
    assert (by_step.steps, by_step.total_steps) == (1, sum(by_step.lengths) + 1)
    by_step.episode()
    assert sum(by_step.lengths) == by_step.total_steps


def test_the_seed_of_a_learner_decides_what_it_draws() -> None:
    method, env = sarsa.method(sarsa.Options(seed=9)), GridWorldEnv("course")
    draws = [method.agent(env, seed).random() for seed in (3, 3, 4)]
    assert draws[0] == draws[1] != draws[2]


def test_a_rival_has_the_same_numbers_and_its_own_options() -> None:
    [other] = rival(sarsa.Options(versus="sarsa_lambda", step_size=0.37, seed=5, epsilon=0.2))
    assert (other.options.step_size, other.options.seed, other.title) == (0.37, 5, "SARSA(0.9)")
    assert other.options.epsilon == 0.2  # type: ignore[attr-defined]
    assert rival(sarsa.Options()) == []


def test_only_what_can_be_reached_is_measured() -> None:
    world = GridWorld.from_toml('grid = "S . G # ."\n[cells.G]\nreward = 1.0\nterminal = true')
    assert world.mdp().reachable.tolist() == [True, True, False, False, False]
    truth = Truth(world.mdp(), "optimal")
    agent = ActionTable(GridWorldEnv(world), ControlOptions())
    agent.fill(optimal_action_values(world.mdp(), 0.9))
    assert truth.error(agent) == pytest.approx(0.0)
    agent.discount = 0.5
    assert truth.error(agent) > 0.1, "the truth follows the slider"


def test_the_truth_of_sarsa_follows_epsilon() -> None:
    truth = Truth(GridWorld.load("cliff").mdp(), "epsilon-soft")
    agent = ActionTable(MDPEnv(truth.mdp), ControlOptions(discount=1.0))
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

    def named(name: str, epsilon: float = 0.0) -> np.ndarray:
        return given_policy(task, PredictionOptions(policy=name, epsilon=epsilon))

    assert (named("uniform") == 0.25).all()
    assert named("left-right")[0].tolist() == [0.0, 0.0, 0.5, 0.5]
    optimal = named("optimal")
    assert optimal[0].tolist() == [0.0, 0.5, 0.0, 0.5]
    assert named("optimal", 0.4) == pytest.approx(0.6 * optimal + 0.1)
    best = optimal_action_values(GridWorld.load("course").mdp(), 0.9)
    save_table(tmp_path / "t.npz", best, task.fingerprint, "course")
    assert named(str(tmp_path / "t.npz")) == pytest.approx(optimal)
    for name, words in (("worst", "not known"), ("missing.npz", "there is no table")):
        with pytest.raises(UserError, match=words):
            named(name)
