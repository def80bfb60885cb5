"""A3C: gradients where they are computed and where they are applied, their age, and what one learner alone is."""

from pathlib import Path
from typing import Any

import deep.a2c
from common.errors import UserError
from common.networks.weights import load_networks
from common.options import parse
from common.runs.run import Run
from deep.a2c import A2C
from deep.a3c import A3C, Options, train
from deep.parts.launch import start
from deep.parts.lazy import keras, tf
from deep.parts.learners.vectors import one_vector, parts_of
from tests.deep.asynchronous.team import in_turn
from tests.deep.worlds import Counter, Steps

import gymnasium as gym
import numpy as np
import pytest

STATES = np.float32([[1.0, 0.0], [1.0, 0.5], [-0.5, 2.0]])
ACTIONS, ADVANTAGES, RETURNS = np.array([0, 1, 1]), np.float32([1.0, -2.0, 0.5]), np.float32([3.0, 1.0, -1.0])


def linear(**settings: Any) -> A3C:
    """An agent without hidden layers."""
    keras.utils.set_random_seed(0)
    return A3C(2, 2, Options(hidden=(), **settings), np.random.default_rng(1))


def envs() -> gym.vector.VectorEnv:
    return gym.vector.SyncVectorEnv([lambda: Counter(7, True), lambda: Counter(50, False)])


def test_a_gradient_is_a2cs_by_finite_differences_and_moves_nothing() -> None:
    """Of both losses, policy first; entropy and value error come with it."""
    agent = linear(entropy_bonus=0.1)
    before = agent.weights()
    found = agent.gradients(STATES, ACTIONS, ADVANTAGES, RETURNS)
    assert all(np.array_equal(a, b) for a, b in zip(before, agent.weights(), strict=True))

    def loss(flat: np.ndarray) -> float:
        logits = STATES @ flat[:4].reshape(2, 2) + flat[4:6]
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        entropy = -(np.exp(logs) * logs).sum(axis=1)
        value = STATES @ flat[6:8] + flat[8]
        return float(np.mean(-ADVANTAGES * logs[[0, 1, 2], ACTIONS] - 0.1 * entropy + (RETURNS - value) ** 2))

    flat = np.concatenate([array.ravel().astype(np.float64) for array in before])
    slopes = [(loss(flat + step) - loss(flat - step)) / 2e-6 for step in 1e-6 * np.eye(9)]
    np.testing.assert_allclose(found["gradient"], slopes, atol=1e-4)
    assert found.keys() == {"gradient", "entropy", "value_error"}


def test_the_shared_network_makes_a_step_along_a_gradient_that_came_by_hand() -> None:
    """theta <- theta - 0.5 d, every number of the vector in its place; the critic's step is ten times as long."""
    agent = linear()
    agent.optimizer, agent.critic_optimizer = keras.optimizers.SGD(0.5), keras.optimizers.SGD(5.0)
    before = agent.weights()
    agent.update(np.arange(9, dtype=np.float32))
    steps = [[[0, 1], [2, 3]], [4, 5], [[60], [70]], [80]]
    for old, new, step in zip(before, agent.weights(), steps, strict=True):
        np.testing.assert_allclose(new, old - 0.5 * np.float32(step), rtol=1e-5)


def test_a_vector_is_taken_apart_as_it_was_put_together() -> None:
    parts = [tf.constant([[1.0, 2.0, 3.0]]), tf.constant([4.0]), tf.constant([[5.0], [6.0]])]
    for part, again in zip(parts, parts_of(one_vector(parts), parts), strict=True):
        assert np.array_equal(part, again)


def test_in_turn_a_gradient_is_as_old_as_there_are_other_learners() -> None:
    """And it is the gradient at the weights that the learner took home, not at those that it is applied to."""
    agent = linear(learners=3, rollout=4, environments=2)
    team = in_turn(agent, envs)
    home: list[Any] = []
    for turn in range(7):
        team.hand_out(agent.weights())
        home += [agent.weights()] * (3 if turn == 0 else 1)
        worker = team._transport._learners[turn % 3]._agent  # type: ignore[attr-defined]
        gradient, numbers = team.first()
        assert all(np.array_equal(a, b) for a, b in zip(worker.weights(), home[turn], strict=True))
        assert numbers["age"] == pytest.approx(np.mean([min(each, 2) for each in range(turn + 1)]))
        agent.update(gradient)
    train(team, agent, Steps(2))  # type: ignore[arg-type]  # a run in short
    assert agent.status().keys() == {"entropy", "value_error", "age"}
    assert agent.optimizer.iterations.numpy() == agent.critic_optimizer.iterations.numpy() == 9


def weights_after(module: Any, kind: Any, folder: Path, *arguments: str) -> list[np.ndarray]:
    """Of a run of 300 steps that plays no evaluation before its end."""
    command = ["--headless", "--steps", "300", "--evaluate-every", "1000", "--out", str(folder), *arguments]
    start(folder.name, parse(module.Options, command), kind, module.train)
    networks = load_networks(folder / f"{folder.name}.weights.h5").networks.values()
    return [array for network in networks for array in network.weights]


def test_one_learner_alone_is_a2c_weight_for_weight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rollouts and the same updates, bit for bit, for the four updates that these steps hold."""
    monkeypatch.setattr(Run, "_final_evaluation", lambda run: setattr(run, "best", (0.0, run.agent.weights(), STATES)))
    ours = weights_after(deep.a3c, A3C, tmp_path / "a3c", "--in-turn", "--learners", "1")
    theirs = weights_after(deep.a2c, A2C, tmp_path / "a2c", "--steps", "320")
    assert [array.shape for array in ours] == [array.shape for array in theirs]
    assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_it_has_a2cs_options_and_what_the_lesson_adds() -> None:
    ours, theirs = vars(Options()), vars(deep.a2c.Options())
    assert ours.keys() - theirs.keys() == {"learners", "in_turn", "ray"}
    with pytest.raises(UserError, match="leave one of them out"):
        Options(in_turn=True, ray="local")
    with pytest.raises(UserError, match="--normalise is for"):
        Options(normalise=True)
