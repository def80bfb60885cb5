"""The loops of the value chapters on small worlds: exploration counts steps, ends are told apart, what is stored and
replayed is what the page says."""

from typing import Any

from deep import deep_sarsa, dqn, n_step_dqn, prioritised_dqn
from deep.deep_sarsa import DeepSARSA
from deep.dqn import DQN
from deep.n_step_dqn import NStepDQN
from deep.parts.replay import PrioritisedReplayMemory
from deep.prioritised_dqn import PrioritisedDQN
from tests.deep.worlds import Steps

import gymnasium as gym
import numpy as np
import pytest

OPTIONS: dict[Any, Any] = {PrioritisedDQN: prioritised_dqn.Options, NStepDQN: n_step_dqn.Options}
STATE = np.eye(2, dtype=np.float32)


def agent(kind: type[DQN] = DQN, seed: int = 0, **settings: Any) -> Any:
    defaults = {"hidden": (8,), "memory": 1000, "batch": 16, "learning_starts": 16, "learn_every": 8, "discount": 0.9}
    options = OPTIONS.get(kind, dqn.Options)(**(defaults | settings))
    return kind(2, 2, options, np.random.default_rng(seed))


def sarsa(**settings: Any) -> Any:
    options = deep_sarsa.Options(**({"hidden": (), "discount": 0.9} | settings))
    return DeepSARSA(2, 2, options, np.random.default_rng(0))


class Probe(gym.Env[np.ndarray, Any]):
    """Two states, drawn anew each step; `pay` says what an action is worth, an episode ends after `length` steps."""

    observation_space = gym.spaces.Box(0, 1, (2,), np.float32)
    action_space = gym.spaces.Discrete(2)

    def __init__(self, pay: Any, length: int, terminates: bool, states: int = 2) -> None:
        self.pay, self.length, self.terminates, self.states = pay, length, terminates, states
        self.generator, self.count, self.state = np.random.default_rng(1), 0, 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict]:
        self.count, self.state = 0, int(self.generator.integers(self.states))
        return STATE[self.state], {}

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict]:
        reward = float(self.pay(self.state, action))
        self.count, self.state = self.count + 1, int(self.generator.integers(self.states))
        ended = self.count == self.length
        return STATE[self.state], reward, ended and self.terminates, ended and not self.terminates, {}


@pytest.mark.parametrize("terminates", [False, True])
@pytest.mark.parametrize("kind", [DQN, DeepSARSA])
def test_epsilon_counts_environment_steps(kind: Any, terminates: bool) -> None:
    """300 steps of episodes of 3: 300 decays, however often an action is drawn; the first at epsilon_start."""
    settings = {"epsilon_start": 0.9, "epsilon_decay": 0.999, "epsilon_end": 0.0}
    learner = agent(learning_starts=1000, **settings) if kind is DQN else sarsa(learn_every=16, **settings)
    at: list[float] = []
    act = learner.act
    learner.act = lambda state: (at.append(learner.epsilon), act(state))[1]
    loop = dqn.train if kind is DQN else deep_sarsa.train
    loop(Probe(lambda state, action: 0.0, 3, terminates), learner, Steps(300))
    assert learner.epsilon == pytest.approx(0.9 * 0.999**300)
    assert at[0] == 0.9


def stored(learner: Any, episode: list[float], terminated: bool) -> list[tuple[float, ...]]:
    """(first action, sum of rewards, where it led, terminated, steps) of what an episode leaves in the memory."""
    for number, reward in enumerate(episode):
        last = number == len(episode) - 1
        state, following = np.float32([number, 0]), np.float32([number + 1, 0])
        learner.remember(state, number % 2, reward, following, last and terminated, last and not terminated)
    size = len(learner.memory)
    state, _, total, following, ended, *steps = (column[:size] for column in learner.memory.columns)
    return list(zip(state[:, 0], total, following[:, 0], ended, *steps, strict=True))


@pytest.mark.parametrize("terminated", [False, True])
def test_n_step_transitions_by_hand(terminated: bool) -> None:
    """Rewards 1, 10, 100, 1000, three steps each: at the end of an episode they grow shorter."""
    learner = agent(NStepDQN, n_step=3, discount=0.5)
    expected = [
        (0, 1 + 5 + 25, 3, False, 3),
        (1, 10 + 50 + 250, 4, terminated, 3),
        (2, 100 + 500, 4, terminated, 2),
        (3, 1000, 4, terminated, 1),
    ]
    assert stored(learner, [1.0, 10.0, 100.0, 1000.0], terminated) == expected
    assert not learner.recent, "no step of one episode is counted in the next"


@pytest.mark.parametrize("kind", [DQN, NStepDQN])
@pytest.mark.parametrize("terminated", [False, True])
def test_the_fall_penalty_is_for_falling_only(kind: type[DQN], terminated: bool) -> None:
    learner = agent(kind, fall_penalty=100.0, **({"n_step": 1} if kind is NStepDQN else {}))
    rows = stored(learner, [1.0, 1.0], terminated)
    assert [row[1] for row in rows] == [1.0, -99.0 if terminated else 1.0]


@pytest.mark.parametrize("terminated", [False, True])
def test_truncation_is_stored_as_going_on(terminated: bool) -> None:
    assert [bool(row[3]) for row in stored(agent(), [1.0, 1.0], terminated)] == [False, terminated]


def test_the_target_network_follows_now_and_then() -> None:
    learner = agent(target_every=32, learning_starts=8)
    probe = Probe(lambda state, action: 1.0, 10, False)
    dqn.train(probe, learner, Steps(31))
    differ = [
        not np.array_equal(a, b)
        for a, b in zip(learner.online.get_weights(), learner.target.get_weights(), strict=True)
    ]
    assert all(differ), "the online network learns alone"
    learner.learn(32)
    assert all(
        np.array_equal(a, b) for a, b in zip(learner.online.get_weights(), learner.target.get_weights(), strict=True)
    )


def test_priorities_draw_and_weights_undo_by_hand() -> None:
    """Priorities 1, 2, 4, 1 with alpha 0.5; weights with beta 0.5."""
    memory = PrioritisedReplayMemory(8, alpha=0.5)
    for number in range(4):
        memory.add(np.float32([number]))
    assert memory.probabilities() == pytest.approx([0.25] * 4), "new ones have the same, the highest priority"
    memory._chosen = np.arange(4)[None]
    memory.set_priorities(np.array([[1.0, -2.0, 4.0, 1.0]]) - np.array([1e-3, -1e-3, 1e-3, 1e-3]))
    chance = np.sqrt([1.0, 2.0, 4.0, 1.0]) / np.sqrt([1.0, 2.0, 4.0, 1.0]).sum()
    assert memory.probabilities() == pytest.approx(chance)
    drawn, weight = memory.sample_by_priority(50, 64, np.random.default_rng(0), beta=0.5)
    numbers = drawn[..., 0].astype(int)
    assert np.bincount(numbers.ravel(), minlength=4) / numbers.size == pytest.approx(chance, abs=0.03)
    by_hand = (4 * chance) ** -0.5
    assert weight == pytest.approx((by_hand / by_hand.max())[numbers], rel=1e-5) and weight.dtype == np.float32
    memory.add(np.float32([4]))
    assert memory.priority[4] == memory.priority[:4].max() == pytest.approx(4.0), "new: as likely as the worst error"
    _, weight = memory.sample_by_priority(1, 8, np.random.default_rng(0), beta=0.0)
    assert weight == pytest.approx(1.0)


def test_the_agent_replays_by_priority_and_beta_rises() -> None:
    learner = agent(PrioritisedDQN, beta=0.4, beta_steps=100, learning_starts=8)
    dqn.train(Probe(lambda state, action: state * 5.0, 10, True), learner, Steps(50))
    assert learner.beta == pytest.approx(0.7)
    assert len(np.unique(learner.memory.priority[:50])) > 10, "the TD errors are the priorities"
    learner.learn(500)
    assert learner.beta == 1.0


@pytest.mark.parametrize("terminates", [False, True])
def test_sarsas_loop_learns_from_the_action_that_is_taken_and_from_truncated_ends(terminates: bool) -> None:
    learner = sarsa(learn_every=1000, epsilon_decay=1.0)
    taken: list[int] = []
    probe = Probe(lambda state, action: taken.append(action) or 1.0, 3, terminates)
    deep_sarsa.train(probe, learner, Steps(30))
    _, actions, _, _, next_actions, terminated = learner.rollout.take()
    assert actions.tolist() == taken
    inside = np.arange(30) % 3 != 2
    assert np.array_equal(next_actions[:-1][inside[:-1]], actions[1:][inside[:-1]])
    assert terminated.tolist() == [terminates and not each for each in inside]
