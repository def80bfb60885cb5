"""DQN and its two relatives: targets and losses by hand, gradients, what is learned in the limit."""

from typing import Any

import numpy as np
import pytest

from deep.deep_sarsa import DeepSARSAAgent
from deep.deep_sarsa import Options as SARSAOptions
from deep.double_dqn import DoubleDQNAgent
from deep.dqn import DQNAgent, Options
from deep.dueling_dqn import DuelingDQNAgent
from deep.parts.lazy import tf

AGENTS = [DQNAgent, DoubleDQNAgent, DuelingDQNAgent]
STATE = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
NEXT = np.array([[0.0, 1.0], [1.0, 0.0]], np.float32)


def agent(kind: type[DQNAgent] = DQNAgent, seed: int = 0, **settings: Any) -> DQNAgent:
    defaults = {
        "hidden": (8,),
        "memory": 1000,
        "batch": 16,
        "learning_starts": 16,
        "learn_every": 8,
        "gradient_steps": 8,
    }
    options = Options(**(defaults | {"n_step": 1, "discount": 0.9} | settings))
    return kind(2, 2, options, np.random.default_rng(seed))


def table(network: Any, values: list[list[float]]) -> None:
    """Make a network without hidden layers put out these action values for the states (1, 0) and (0, 1)."""
    network.set_weights([np.array(values, np.float32), np.zeros(2, np.float32)])


def batch(reward: list[float], factor: list[float], weight: tuple[float, float] = (1.0, 1.0)) -> tuple[Any, ...]:
    arrays = (STATE, np.array([0, 1], np.int32), reward, NEXT, factor, weight)
    return tuple(tf.constant(array, tf.int32 if index == 1 else tf.float32) for index, array in enumerate(arrays))


def test_the_target_by_hand() -> None:
    """Q = (1, 2; 3, 4) online, (10, 20; 40, 30) in the target network; action 0 in state 0, action 1 in state 1."""
    kinds = {DQNAgent: (1 + 0.9 * 40, -1), DoubleDQNAgent: (1 + 0.9 * 30, -1)}
    for kind, targets in kinds.items():
        learner = agent(kind, hidden=())
        table(learner.online, [[1, 2], [3, 4]])
        table(learner.target, [[10, 20], [40, 30]])
        errors = learner.gradient_step(batch([1.0, -1.0], [0.9, 0.0])).numpy()
        # DQN takes the target network's best action (40), Double DQN the online network's (action 1: 30);
        # the second transition terminated: its target is the reward alone
        assert errors == pytest.approx([targets[0] - 1, targets[1] - 4])


@pytest.mark.parametrize("loss", ["squared", "huber"])
def test_the_gradient_is_the_finite_difference_with_targets_held_fixed(loss: str) -> None:
    learner = agent(hidden=(), loss=loss)
    online, target = [[0.3, -0.4], [0.5, 2.0]], [[0.1, 0.2], [0.3, -0.5]]
    table(learner.online, online)
    table(learner.target, target)
    data = batch([1.0, -1.0], [0.9, 0.0], weight=(1.0, 0.5))
    seen: list[Any] = []
    learner.optimizer.apply = lambda gradient, variables: seen.extend(gradient)
    learner.gradient_step(data)

    def total(values: np.ndarray) -> float:
        errors = np.array([1.0 + 0.9 * 0.3 - values[0, 0], -1.0 - values[1, 1]])
        size = np.abs(errors)
        huber = np.where(size < 1, errors**2 / 2, size - 0.5)
        return float(np.mean(np.array([1.0, 0.5]) * (huber if loss == "huber" else errors**2 / 2)))

    step = 1e-5
    for index in np.ndindex(2, 2):
        up, down = np.array(online), np.array(online)
        up[index] += step
        down[index] -= step
        assert seen[0].numpy()[index] == pytest.approx((total(up) - total(down)) / (2 * step), abs=1e-4)


def test_dueling_advantages_have_mean_zero() -> None:
    """The mean of Q over the actions is V: adding a constant to A moves nothing."""
    learner = agent(DuelingDQNAgent, hidden=(4,))
    weights = learner.weights()
    states = np.random.default_rng(0).standard_normal((5, 2)).astype(np.float32)
    features = np.maximum(states @ weights[0] + weights[1], 0)
    value = features @ weights[2] + weights[3]
    q = learner.online(states).numpy()
    assert q.mean(axis=1, keepdims=True) == pytest.approx(value, abs=1e-5)
    shifted = [*weights[:-1], weights[-1] + 7]
    learner.online.set_weights(shifted)
    assert learner.online(states).numpy() == pytest.approx(q, abs=1e-5)


@pytest.mark.parametrize("kind", AGENTS)
def test_the_numpy_copy_equals_keras(kind: type[DQNAgent]) -> None:
    learner = agent(kind, hidden=(16, 8))
    states = np.random.default_rng(0).standard_normal((50, 2)).astype(np.float32)
    assert learner.acting(states) == pytest.approx(learner.online(states).numpy(), rel=1e-5, abs=1e-5)
    assert learner.acting(states[0]) == pytest.approx(learner.acting(states)[0], abs=1e-6)
    assert [array.shape for array in learner.weights()] == list(kind.shapes(2, 2, hidden=(16, 8)))


@pytest.mark.parametrize("kind", AGENTS)
def test_an_identity_environment_is_solved_in_1000_steps(kind: type[DQNAgent]) -> None:
    """The state names the action that pays 1; the other pays nothing."""
    learner = agent(kind, discount=0.0, epsilon_decay=0.99, learning_rate=1e-2)
    generator = np.random.default_rng(1)
    state = int(generator.integers(2))
    for step in range(1, 1001):
        action = learner.act(STATE[state])
        next_state = int(generator.integers(2))
        learner.memory.add(STATE[state], action, float(action == state), STATE[next_state], False, False)
        learner.learn(step, episode_ended=False)
        state = next_state
    assert learner.acting.greedy(STATE).tolist() == [0, 1]
    assert learner.acting(STATE) == pytest.approx(np.eye(2), abs=0.1)


@pytest.mark.parametrize("n_step", [1, 3])
def test_a_time_limit_is_no_end(n_step: int) -> None:
    """One pound a step for ever is worth 1 / (1 - discount), although every episode is cut after ten steps."""
    learner = agent(discount=0.8, n_step=n_step, learning_rate=1e-2, target_every=16, loss="squared")
    for step in range(1, 1501):
        cut = step % 10 == 0
        learner.memory.add(STATE[0], step % 2, 1.0, STATE[0], False, cut)
        learner.learn(step, cut)
    assert learner.acting(STATE[0]) == pytest.approx([5.0, 5.0], abs=0.1)


@pytest.mark.parametrize("settings", [{}, {"prioritised": True, "n_step": 3}, {"target_every": 0}], ids=str)
def test_resumed_equals_uninterrupted(settings: dict[str, Any]) -> None:
    """And the same seed gives the same weights, bit for bit."""

    def run(learner: DQNAgent, first: int, last: int) -> None:
        for step in range(first, last):
            state = STATE[step % 2]
            action = learner.act(state)
            learner.memory.add(state, action, float(action), NEXT[step % 2], step % 7 == 0, step % 11 == 0)
            learner.learn(step, step % 7 == 0 or step % 11 == 0)

    whole, first_half, second_half = agent(**settings), agent(**settings), agent(seed=5, **settings)
    run(whole, 1, 120)
    run(first_half, 1, 60)
    second_half.restore(first_half.state())
    run(second_half, 60, 120)
    run(first_half, 60, 120)
    for other in (first_half, second_half):
        assert all(np.array_equal(a, b) for a, b in zip(whole.weights(), other.weights(), strict=True))


def test_without_a_target_network_the_network_is_its_own() -> None:
    learner = agent(target_network=False)
    assert learner.target is learner.online


def test_exploration_falls_with_steps_down_to_its_end() -> None:
    learner = agent(epsilon_decay=0.9, epsilon_end=0.2)
    shown = []
    for _ in range(20):
        learner.act(STATE[0])
        shown.append(learner.epsilon)
    assert shown[:2] == pytest.approx([0.9, 0.81]) and shown[-1] == 0.2
    learner = agent(epsilon_decay=0.0, epsilon_end=1.0)
    actions = [learner.act(STATE[0]) for _ in range(400)]
    assert np.mean(actions) == pytest.approx(0.5, abs=0.1), "epsilon 1 ignores the values"


def sarsa(**settings: Any) -> DeepSARSAAgent:
    return DeepSARSAAgent(2, 2, SARSAOptions(**({"hidden": (), "discount": 0.9} | settings)), np.random.default_rng(0))


def test_sarsas_target_by_hand() -> None:
    learner = sarsa()
    table(learner.online, [[1, 2], [3, 4]])
    for terminated, target in ((0.0, 1 + 0.9 * 3), (1.0, 1.0)):
        table(learner.online, [[1, 2], [3, 4]])
        transition = [STATE[0], 1.0, 1.0, NEXT[0], 0.0, terminated]
        error = learner.gradient_step([tf.constant(part, tf.float32) for part in transition])
        # Q(s', a') is that of the action taken, 3, not that of the best one, 4
        assert float(error) == pytest.approx(target - 2)


def test_sarsa_learns_in_order_and_only_once() -> None:
    """Every few steps one compiled call, which equals as many single steps."""
    bursts, singly = sarsa(learn_every=4), sarsa(learn_every=1)
    for step in range(8):
        for learner in (bursts, singly):
            learner.learn(STATE[step % 2], step % 2, 1.0, NEXT[step % 2], 0, step == 5)
    assert bursts.experience == [] and bursts.next_action == 0
    for a, b in zip(bursts.weights(), singly.weights(), strict=True):
        assert a == pytest.approx(b, abs=1e-6)
