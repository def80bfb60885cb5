"""DQN, its relatives and Deep SARSA: targets and losses by hand, gradients, what is learned in the limit."""

from typing import Any

from deep import deep_sarsa, n_step_dqn, prioritised_dqn
from deep.deep_sarsa import DeepSARSA
from deep.double_dqn import DoubleDQN
from deep.dqn import DQN, Options, train
from deep.dueling_dqn import DuelingDQN
from deep.n_step_dqn import NStepDQN
from deep.parts.lazy import tf
from deep.prioritised_dqn import PrioritisedDQN
from tests.deep.worlds import Forever, Steps

import gymnasium as gym
import numpy as np
import pytest

OPTIONS: dict[Any, Any] = {PrioritisedDQN: prioritised_dqn.Options, NStepDQN: n_step_dqn.Options}
STATE = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
NEXT = np.array([[0.0, 1.0], [1.0, 0.0]], np.float32)


def agent(kind: type[DQN] = DQN, seed: int = 0, **settings: Any) -> Any:
    defaults = {"hidden": (8,), "memory": 1000, "batch": 16, "learning_starts": 16, "learn_every": 8, "discount": 0.9}
    options = OPTIONS.get(kind, Options)(**(defaults | settings))
    return kind(2, 2, options, np.random.default_rng(seed))


def table(network: Any, values: list[list[float]]) -> None:
    """Make a network without hidden layers put out these action values for the states (1, 0) and (0, 1)."""
    network.set_weights([np.array(values, np.float32), np.zeros(2, np.float32)])


def step_once(learner: Any, *arguments: Any) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Run `update` without compiling it; returns what it returns and the gradients that it would apply."""
    seen: list[np.ndarray] = []
    learner.optimizer.apply = lambda gradient, variables: seen.extend(part.numpy() for part in gradient)
    tensors = [tf.constant(part, tf.int64 if np.asarray(part).dtype.kind == "i" else tf.float32) for part in arguments]
    numbers = type(learner).update.function(learner, *tensors)
    del learner.optimizer.apply
    return {name: value.numpy() for name, value in numbers.items()}, seen


REWARD, ACTION, ENDED = [1.0, -1.0], np.array([0, 1]), [0.0, 1.0]
EXTRA: dict[Any, list[list[float]]] = {PrioritisedDQN: [[1.0, 1.0]], NStepDQN: [[1.0, 1.0]]}


@pytest.mark.parametrize(
    ("kind", "next_value"), [(DQN, 40.0), (DoubleDQN, 30.0), (PrioritisedDQN, 40.0), (NStepDQN, 40.0)]
)
def test_the_target_by_hand(kind: type[DQN], next_value: float) -> None:
    """Q = (1, 2; 3, 4) online, (10, 20; 40, 30) in the target network; action 0 in state 0, action 1 in state 1.

    DQN takes the target network's best action (40), Double DQN the online network's (action 1: 30); the second
    transition terminated: its target is the reward alone."""
    learner = agent(kind, hidden=(), loss="mean_squared_error")
    table(learner.online, [[1, 2], [3, 4]])
    table(learner.target, [[10, 20], [40, 30]])
    numbers, _ = step_once(learner, STATE, ACTION, REWARD, NEXT, ENDED, *EXTRA.get(kind, []))
    errors = np.array([1 + 0.9 * next_value - 1, -1 - 4])
    assert numbers["loss"] == pytest.approx(np.mean(errors**2), rel=1e-5)
    if kind is PrioritisedDQN:
        assert numbers["error"] == pytest.approx(errors)


def test_an_n_step_target_discounts_by_the_steps_that_it_spans() -> None:
    learner = agent(NStepDQN, hidden=(), loss="mean_squared_error")
    table(learner.online, [[0, 0], [0, 0]])
    table(learner.target, [[10, 20], [40, 30]])
    numbers, _ = step_once(learner, STATE, ACTION, [5.0, 5.0], NEXT, [0.0, 0.0], [3.0, 2.0])
    targets = np.array([5 + 0.9**3 * 40, 5 + 0.9**2 * 20])
    assert numbers["loss"] == pytest.approx(np.mean(targets**2), rel=1e-5)


@pytest.mark.parametrize(("terminated", "truncated"), [(True, False), (False, True)])
def test_a_three_step_return_by_hand(terminated: bool, truncated: bool) -> None:
    """R = r_1 + 0.9 r_2 + 0.81 r_3, fewer at the end of an episode; what was only cut off would have gone on."""
    learner = agent(NStepDQN, n_step=3)
    for step, reward in enumerate([1.0, 2.0, 4.0, 8.0]):
        last = step == 3
        learner.remember(
            np.array([step, 0.0]), 0, reward, np.array([step + 1, 0.0]), last and terminated, last and truncated
        )
    state, _, total, next_state, ended, steps = (column[:4] for column in learner.memory.columns)
    assert len(learner.memory) == 4 and state[:, 0].tolist() == [0, 1, 2, 3]
    assert total == pytest.approx([1 + 0.9 * 2 + 0.81 * 4, 2 + 0.9 * 4 + 0.81 * 8, 4 + 0.9 * 8, 8])
    assert steps.tolist() == [3, 3, 2, 1] and next_state[:, 0].tolist() == [3, 4, 4, 4]
    assert ended.tolist() == [False, terminated, terminated, terminated]


@pytest.mark.parametrize("loss", ["mean_squared_error", "huber"])
@pytest.mark.parametrize("kind", [DQN, PrioritisedDQN])
def test_the_gradient_is_the_finite_difference_with_targets_held_fixed(kind: type[DQN], loss: str) -> None:
    learner = agent(kind, hidden=(), loss=loss)
    online, target = [[0.3, -0.4], [0.5, 2.0]], [[0.1, 0.2], [0.3, -0.5]]
    table(learner.online, online)
    table(learner.target, target)
    weight = np.array([1.0, 0.5]) if kind is PrioritisedDQN else np.ones(2)
    more = [weight.tolist()] if kind is PrioritisedDQN else []
    _, seen = step_once(learner, STATE, ACTION, REWARD, NEXT, ENDED, *more)

    def total(values: np.ndarray) -> float:
        errors = np.array([1.0 + 0.9 * 0.3 - values[0, 0], -1.0 - values[1, 1]])
        size = np.abs(errors)
        huber = np.where(size < 1, errors**2 / 2, size - 0.5)
        return float(np.mean(weight * (huber if loss == "huber" else errors**2)))

    step = 1e-5
    for index in np.ndindex(2, 2):
        up, down = np.array(online), np.array(online)
        up[index] += step
        down[index] -= step
        assert seen[0][index] == pytest.approx((total(up) - total(down)) / (2 * step), abs=1e-4)


def test_dueling_advantages_have_mean_zero() -> None:
    """The mean of Q over the actions is V: adding a constant to A moves nothing."""
    learner = agent(DuelingDQN, hidden=(4,))
    weights = learner.weights()
    states = np.random.default_rng(0).standard_normal((5, 2)).astype(np.float32)
    features = np.maximum(states @ weights[0] + weights[1], 0)
    value = features @ weights[2] + weights[3]
    q = learner.online(states).numpy()
    assert q.mean(axis=1, keepdims=True) == pytest.approx(value, abs=1e-5)
    shifted = [*weights[:-1], weights[-1] + 7]
    learner.online.set_weights(shifted)
    assert learner.online(states).numpy() == pytest.approx(q, abs=1e-5)


def test_exploration_counts_environment_steps_down_to_its_end() -> None:
    learner = agent(epsilon_start=0.8, epsilon_decay=0.9, epsilon_end=0.2)
    shown = [learner.epsilon]
    train(gym.wrappers.TimeLimit(Forever(), 3), learner, Steps(2))  # type: ignore[arg-type]  # a run in short
    shown.append(learner.epsilon)
    assert shown == pytest.approx([0.8, 0.8 * 0.81]), "the first action is drawn at the epsilon that the option names"
    train(gym.wrappers.TimeLimit(Forever(), 3), learner, Steps(30))  # type: ignore[arg-type]  # a run in short
    assert learner.epsilon == 0.2
    blind = agent(epsilon_decay=0.0, epsilon_end=1.0)
    actions = [blind.act(STATE[0]) for _ in range(400)]
    assert np.mean(actions) == pytest.approx(0.5, abs=0.1), "epsilon 1 ignores the values"


def test_beta_rises_to_1() -> None:
    learner = agent(PrioritisedDQN, beta=0.4, beta_steps=100, learning_starts=1000)
    shown = []
    for step in (1, 50, 100, 200):
        learner.learn(step)
        shown.append(learner.beta)
    assert shown == pytest.approx([0.406, 0.7, 1.0, 1.0])


def test_the_penalty_for_falling_is_off_until_it_is_asked_for() -> None:
    for penalty, learned in ((0.0, 1.0), (100.0, -99.0)):
        learner = agent(fall_penalty=penalty)
        learner.remember(STATE[0], 0, 1.0, NEXT[0], True, False)
        assert learner.memory.columns[2][0] == learned


def sarsa(**settings: Any) -> DeepSARSA:
    options = deep_sarsa.Options(**({"hidden": (), "discount": 0.9} | settings))
    return DeepSARSA(2, 2, options, np.random.default_rng(0))


def test_sarsas_target_by_hand() -> None:
    learner = sarsa()
    for terminated, target in ((0.0, 1 + 0.9 * 3), (1.0, 1.0)):
        table(learner.online, [[1, 2], [3, 4]])
        numbers, _ = step_once(learner, STATE[0], np.int64(1), 1.0, NEXT[0], np.int64(0), terminated)
        # Q(s', a') is that of the action taken, 3, not that of the best one, 4
        assert numbers["loss"] == pytest.approx((target - 2) ** 2)


def test_sarsa_learns_in_order_and_only_once() -> None:
    """Every few steps one compiled call, which equals as many single steps."""
    from deep.parts.lazy import keras

    learners = []
    for every in (4, 1):
        keras.utils.set_random_seed(3)
        learner = sarsa(learn_every=every)
        for step in range(8):
            learner.learn(STATE[step % 2], step % 2, 1.0, NEXT[step % 2], 0, step == 5)
        learners.append(learner)
    assert len(learners[0].rollout) == 0
    for a, b in zip(learners[0].weights(), learners[1].weights(), strict=True):
        assert a == pytest.approx(b, abs=1e-6)


def test_sarsas_epsilon_falls_once_a_step_and_its_next_action_is_the_one_it_takes() -> None:
    """300 steps of three-step episodes are 300 decays; at the end of an episode nothing is asked of the last state."""
    learner = sarsa(epsilon_decay=0.999, learn_every=1000)
    taken: list[int] = []

    class Three(Forever):
        def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
            taken.append(action)
            return STATE[0], 1.0, len(taken) % 3 == 0, False, {}

    deep_sarsa.train(Three(), learner, Steps(300))  # type: ignore[arg-type]  # a run in short
    assert learner.epsilon == pytest.approx(0.999**300)
    _, action, _, _, next_action, terminated = learner.rollout.take()
    assert action.tolist() == taken
    assert all(a == b for a, b, end in zip(next_action, action[1:], terminated, strict=False) if not end)
    assert terminated.sum() == 100
