"""What the learners tend to, over ten seeds: the values that dynamic programming computes on the same map."""

from typing import Any

from dp.parts.exact import optimal_action_values, policy_values
from gridworld import GridWorld
from gridworld.env import GridWorldEnv, MDPEnv
from gridworld.task import Task
from tabular import (
    double_q_learning,
    dyna_q,
    expected_sarsa,
    monte_carlo_control,
    monte_carlo_off_policy,
    monte_carlo_prediction,
    q_learning,
    sarsa,
    sarsa_lambda,
    td_prediction,
)
from tabular.parts.given_policy import epsilon_soft
from tabular.parts.method import Agent
from tabular.parts.table_agent import ActionTable, StateTable
from tabular.parts.trial import Trial, Truth, greedy_value

import gymnasium as gym
import numpy as np
import pytest

SEEDS = range(10)
# A map small enough to see every pair thousands of times, with slip, a wall and a trap.
WORLD = GridWorld.from_toml('''
grid = """
S . .
. # T
. . G
"""
slip = 0.2
[cells.G]
reward = 1.0
terminal = true
[cells.T]
reward = -1.0
''')
MDP = WORLD.mdp()
DECAYING: dict[str, Any] = {"step_size": 1.0, "step_size_decay": 0.7, "discount": 0.9}
EXPLORING: dict[str, Any] = {**DECAYING, "epsilon": 0.5}
UNIFORM = np.full((MDP.n_states, MDP.n_actions), 0.25)


def learned(agent: Agent, chapter: Any, seed: int, steps: int) -> np.ndarray:
    trial = Trial(agent, MDPEnv(MDP, max_steps=1000), chapter.train, seed)
    while trial.total_steps < steps:
        trial.episode()
    return agent.action_values if isinstance(agent, ActionTable) else agent.values


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("method", ["TD", "first visit", "every visit"])
def test_prediction_finds_the_policys_values(method: str, seed: int) -> None:
    agent: StateTable
    if method == "TD":
        agent = StateTable(UNIFORM, td_prediction.Options(**DECAYING, seed=seed))
        values = learned(agent, td_prediction, seed, 40_000)
    else:
        options = monte_carlo_prediction.Options(every_visit=method == "every visit", seed=seed)
        agent = monte_carlo_prediction.MonteCarloTable(UNIFORM, options)
        values = learned(agent, monte_carlo_prediction, seed, 40_000)
    truth = policy_values(MDP, UNIFORM, 0.9)
    assert np.abs(values - truth)[MDP.reachable].max() < 0.1


@pytest.mark.parametrize("importance", ["weighted", "ordinary"])
def test_importance_sampling_finds_the_other_policys_values(importance: Any) -> None:
    target = epsilon_soft(np.tile([0.0, 0.5, 0.0, 0.5], (MDP.n_states, 1)), 0.3)
    options = monte_carlo_off_policy.Options(importance=importance)
    agent = monte_carlo_off_policy.OffPolicyTable(target, UNIFORM, options)
    values = learned(agent, monte_carlo_off_policy, 0, 300_000)
    # The start is visited first in every episode and has by far the most returns.
    assert values[0] == pytest.approx(policy_values(MDP, target, 0.9)[0], abs=0.06)


@pytest.mark.parametrize("seed", SEEDS)
def test_q_learning_finds_the_optimal_values(seed: int) -> None:
    agent = ActionTable(MDPEnv(MDP), q_learning.Options(**EXPLORING, seed=seed))
    error = np.abs(learned(agent, q_learning, seed, 80_000) - optimal_action_values(MDP, 0.9))
    assert error[MDP.reachable].max() < 0.1


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("chapter", [sarsa, expected_sarsa], ids=["sarsa", "expected_sarsa"])
def test_sarsa_finds_the_best_epsilon_soft_values(chapter: Any, seed: int) -> None:
    agent = ActionTable(MDPEnv(MDP), chapter.Options(**EXPLORING, seed=seed))
    truth = optimal_action_values(MDP, 0.9, epsilon=0.5)
    error = np.abs(learned(agent, chapter, seed, 80_000) - truth)[MDP.reachable]
    assert error.max() < 0.16
    # And they are not the optimal ones, which lie further away than the error.
    assert np.abs(truth - optimal_action_values(MDP, 0.9))[MDP.reachable].max() > 0.2


@pytest.mark.parametrize("seed", SEEDS)
def test_monte_carlo_control_learns_to_act_as_well_as_an_epsilon_soft_policy_can(seed: int) -> None:
    options = monte_carlo_control.Options(step_size=1.0, step_size_decay=0.8, epsilon=0.5, seed=seed)
    agent = monte_carlo_control.MonteCarloTable(MDPEnv(MDP), options)
    action_values = learned(agent, monte_carlo_control, seed, 40_000)
    policy = epsilon_soft(np.eye(MDP.n_actions)[action_values.argmax(axis=1)], 0.5)
    best = optimal_action_values(MDP, 0.9, epsilon=0.5)
    value = policy_values(MDP, policy, 0.9)[0]
    most = 0.5 * best[0].max() + 0.5 * best[0].mean()
    assert most - 0.03 <= value <= most + 1e-9


def test_double_q_learning_and_dyna_q_find_the_optimal_policy() -> None:
    truth = optimal_action_values(MDP, 0.9)
    for chapter, agent in (
        (double_q_learning, double_q_learning.DoubleTable(MDPEnv(MDP), double_q_learning.Options(**EXPLORING))),
        (dyna_q, dyna_q.DynaTable(MDPEnv(MDP), dyna_q.Options(epsilon=0.5, planning_steps=2))),
        (dyna_q, dyna_q.DynaTable(MDPEnv(MDP), dyna_q.Options(**EXPLORING, planning_steps=10))),
    ):
        action_values = learned(agent, chapter, 0, 60_000)
        greedy = np.eye(MDP.n_actions)[action_values.argmax(axis=1)]
        assert policy_values(MDP, greedy, 0.9)[0] == pytest.approx(truth[0].max(), abs=0.02)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("decay", [0.5, 0.7, 1.0])
def test_sarsa_lambda_with_a_decaying_step_size_stays_finite_and_learns_the_course(decay: float, seed: int) -> None:
    env = GridWorldEnv("course", max_steps=1000)
    options = sarsa_lambda.Options(step_size=1.0, step_size_decay=decay, seed=seed)
    trial = Trial(sarsa_lambda.TracedTable(env, options), env, sarsa_lambda.train, seed)
    for _ in range(500):
        trial.episode()
    assert Truth(env.mdp, "epsilon-soft").error(trial.agent) < 1.0
    if decay == 0.7:
        assert greedy_value(env.mdp, trial.agent.action_values, 0.9) >= 0.57  # type: ignore[union-attr]


@pytest.mark.parametrize("planning_steps", [0, 10])
def test_where_outcomes_are_random_dyna_q_is_as_good_as_q_learning(planning_steps: int) -> None:
    """FrozenLake is worth 0.5420 at best; a model that keeps the last outcome alone makes it 0.16."""
    task = Task("", "FrozenLake-v1")
    options = dyna_q.Options(discount=0.99, epsilon=0.2, planning_steps=planning_steps)
    env = task.environment()
    trial = Trial(dyna_q.DynaTable(env, options), env, dyna_q.train, 0)
    for _ in range(2000):
        trial.episode()
    assert task.mdp is not None
    assert greedy_value(task.mdp, trial.agent.action_values, 0.99) > 0.5  # type: ignore[union-attr]


class NoisyLeft(gym.Env[Any, Any]):
    """Example 6.7 of the book: from A (0), the even actions end with 0 and the odd ones, left, lead to B (1), where
    every action ends and pays -0.1 on average with a standard deviation of 1."""

    def __init__(self, seed: int) -> None:
        self.observation_space, self.action_space = gym.spaces.Discrete(3), gym.spaces.Discrete(10)
        self.dice = np.random.default_rng(seed)
        self.lefts = self.state = 0

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[int, dict[str, Any]]:
        self.state = 0
        return 0, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        if self.state == 0 and action % 2:
            self.state, self.lefts = 1, self.lefts + 1
            return 1, 0.0, False, False, {}
        return 2, float(self.dice.normal(-0.1, 1.0)) if self.state == 1 else 0.0, True, False, {}


def test_the_maximum_of_noisy_estimates_is_too_high_and_two_tables_mend_it() -> None:
    """Q-learning is drawn to the left at first; Double Q-learning much less."""
    taken = {}
    for chapter, make in ((q_learning, ActionTable), (double_q_learning, double_q_learning.DoubleTable)):
        lefts = 0
        for seed in range(60):
            env = NoisyLeft(seed)
            agent = make(env, chapter.Options(discount=1.0, seed=seed))
            assert sum(ended for _, ended in chapter.train(env, agent, 100)) == 100
            lefts += env.lefts
        taken[chapter] = lefts / (60 * 100)
    assert taken[q_learning] > taken[double_q_learning] + 0.1
