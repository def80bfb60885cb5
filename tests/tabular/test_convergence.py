"""What the learners tend to, over ten seeds: the values that dynamic programming computes on the same map."""

import dataclasses

import numpy as np
import pytest

from gridworld import GridWorld
from gridworld.env import MDPEnv
from gridworld.exact import optimal_action_values, policy_values
from tabular import monte_carlo, q_learning, sarsa, td_prediction
from tabular.parts.table_agent import ActionTable, Schedule, StateTable, epsilon_soft
from tabular.parts.trial import Train, Trial, learnable

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
DECAYING = Schedule(step_size=1.0, step_size_decay=0.7, discount=0.9, epsilon=0.5)
MEAN = dataclasses.replace(DECAYING, step_size_decay=1.0)


def learned(agent: ActionTable | StateTable, train: Train, seed: int, steps: int) -> np.ndarray:
    trial = Trial(agent, MDPEnv(MDP, max_steps=1000), train, seed)
    while trial.total_steps < steps:
        trial.episode()
    return agent.action_values if isinstance(agent, ActionTable) else agent.values


@pytest.fixture(scope="module")
def uniform() -> np.ndarray:
    return np.full((MDP.n_states, MDP.n_actions), 0.25)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("method", ["TD", "first visit", "every visit"])
def test_prediction_finds_the_policys_values(method: str, seed: int, uniform: np.ndarray) -> None:
    if method == "TD":
        values = learned(td_prediction.TDPrediction(uniform, DECAYING, seed), td_prediction.train, seed, 40_000)
    else:
        agent = monte_carlo.MonteCarloPrediction(uniform, MEAN, seed, every_visit=method == "every visit")
        values = learned(agent, monte_carlo.train, seed, 40_000)
    truth = policy_values(MDP, uniform, 0.9)
    assert np.abs(values - truth)[learnable(MDP)].max() < 0.1


@pytest.mark.parametrize("weighted", [True, False])
def test_importance_sampling_finds_the_other_policys_values(weighted: bool, uniform: np.ndarray) -> None:
    target = epsilon_soft(np.tile([0.0, 0.5, 0.0, 0.5], (MDP.n_states, 1)), 0.3)
    agent = monte_carlo.OffPolicyPrediction(target, uniform, weighted, Schedule(discount=0.9), 0)
    values = learned(agent, monte_carlo.train, 0, 300_000)
    # The start is visited first in every episode and has by far the most returns.
    assert values[0] == pytest.approx(policy_values(MDP, target, 0.9)[0], abs=0.06)


@pytest.mark.parametrize("seed", SEEDS)
def test_q_learning_finds_the_optimal_values(seed: int) -> None:
    agent = q_learning.QLearning(MDP.n_states, MDP.n_actions, DECAYING, seed)
    error = np.abs(learned(agent, q_learning.train, seed, 80_000) - optimal_action_values(MDP, 0.9))
    assert error[learnable(MDP)].max() < 0.1


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", [sarsa.Sarsa, sarsa.ExpectedSarsa])
def test_sarsa_finds_the_best_epsilon_soft_values(kind: type[sarsa.Sarsa], seed: int) -> None:
    agent = kind(MDP.n_states, MDP.n_actions, DECAYING, seed)
    truth = optimal_action_values(MDP, 0.9, epsilon=DECAYING.epsilon)
    error = np.abs(learned(agent, sarsa.train, seed, 80_000) - truth)[learnable(MDP)]
    assert error.max() < 0.16
    # And they are not the optimal ones, which lie further away than the error.
    assert np.abs(truth - optimal_action_values(MDP, 0.9))[learnable(MDP)].max() > 0.2


@pytest.mark.parametrize("seed", SEEDS)
def test_monte_carlo_control_learns_to_act_as_well_as_an_epsilon_soft_policy_can(seed: int) -> None:
    agent = monte_carlo.MonteCarloControl(
        MDP.n_states, MDP.n_actions, dataclasses.replace(DECAYING, step_size_decay=0.8), seed
    )
    action_values = learned(agent, monte_carlo.train, seed, 40_000)
    policy = epsilon_soft(np.eye(MDP.n_actions)[action_values.argmax(axis=1)], DECAYING.epsilon)
    best = optimal_action_values(MDP, 0.9, epsilon=DECAYING.epsilon)
    value = policy_values(MDP, policy, 0.9)[0]
    most = (1 - DECAYING.epsilon) * best[0].max() + DECAYING.epsilon * best[0].mean()
    assert most - 0.03 <= value <= most + 1e-9


def test_double_q_learning_and_dyna_q_find_the_optimal_policy() -> None:
    truth = optimal_action_values(MDP, 0.9)
    constant = dataclasses.replace(DECAYING, step_size=0.1, step_size_decay=0.0)
    for agent in (
        q_learning.DoubleQLearning(MDP.n_states, MDP.n_actions, DECAYING, 0),
        q_learning.DynaQ(MDP.n_states, MDP.n_actions, constant, 0, planning=2),
    ):
        action_values = learned(agent, q_learning.train, 0, 60_000)
        greedy = np.eye(MDP.n_actions)[action_values.argmax(axis=1)]
        assert policy_values(MDP, greedy, 0.9)[0] == pytest.approx(truth[0].max(), abs=0.02)


def test_the_maximum_of_noisy_estimates_is_too_high_and_two_tables_mend_it() -> None:
    """Example 6.7: from A, left leads to B, whose many actions pay -0.1 on average with a standard deviation of 1.
    Q-learning is drawn to the left at first; Double Q-learning much less."""
    taken = {}
    for kind in (q_learning.QLearning, q_learning.DoubleQLearning):
        lefts = 0
        for seed in range(60):
            lefts += _lefts(kind, seed)
        taken[kind] = lefts / (60 * 100)
    assert taken[q_learning.QLearning] > taken[q_learning.DoubleQLearning] + 0.1


def _lefts(kind: type[q_learning.QLearning], seed: int) -> int:
    """How often 100 episodes take the left, action 1 of A; action 0 ends with 0, and A has no others."""
    dice = np.random.default_rng(seed)
    a, b, end, actions = 0, 1, 2, 10
    agent = kind(3, actions, Schedule(step_size=0.1, epsilon=0.1, discount=1.0), seed)
    for action in range(2, actions):
        agent.write(a, action, -1e9)
    lefts = 0
    for _ in range(100):
        action = agent.act(a)
        if action == 1:
            lefts += 1
            agent.learn(a, 1, 0.0, b, False)
            agent.learn(b, agent.act(b), dice.normal(-0.1, 1.0), end, True)
        elif action == 0:
            agent.learn(a, 0, 0.0, end, True)
    return lefts
