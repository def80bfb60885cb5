"""PPO: the clipped objective and its slope by hand, epochs of minibatches, how far one rollout moves the policy."""

import csv
from pathlib import Path
from typing import Any

import deep.a2c
from benchmarks.parts.chapter_process import train_chapter
from common.environments.training import TrainingEnvironments
from common.networks.activations import softmax
from deep.a2c import A2C
from deep.parts.compiled import compiled
from deep.parts.lazy import keras, tf
from deep.ppo import PPO, Options, train
from tests.deep.worlds import Counter, Steps

import gymnasium as gym
import numpy as np
import pytest


def make(lengths: tuple[int, ...] = (7, 50), kind: Any = PPO, **settings: Any) -> tuple[TrainingEnvironments, Any]:
    """Environments whose episodes last that long, and a linear agent."""
    keras.utils.set_random_seed(0)
    envs = gym.vector.SyncVectorEnv([lambda length=length: Counter(length, True) for length in lengths])
    agent = kind(2, 2, Options(**({"hidden": ()} | settings)), np.random.default_rng(1))
    return TrainingEnvironments(envs, np.random.default_rng(0), lambda score: None), agent


def slope_of_the_loss(ratio: float, advantage: float, clip: float = 0.2) -> tuple[float, np.ndarray]:
    """L of one step in the state (1, 0) whose ratio to the old policy is this, and dL / d logits, from the update."""
    _, agent = make(clip=clip)
    agent.actor.set_weights([np.array([[0.3, -0.4], [0.0, 0.0]]), np.zeros(2)])
    seen: list[np.ndarray] = []
    for optimizer in (agent.optimizer, agent.critic_optimizer):
        optimizer.apply = lambda gradient, variables: seen.append(-np.asarray(gradient[1]))  # loss = -L; of the biases
    losses: list[float] = []
    minimum = tf.minimum
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tf, "minimum", lambda *both: losses.append(float(minimum(*both)[0])) or minimum(*both))
        old = np.log(softmax(np.array([0.3, -0.4]))[1] / ratio)
        numbers = [tf.constant([part], tf.float32) for part in ([1.0, 0.0], advantage, 0.0, old)]
        type(agent).update.function(agent, numbers[0], tf.constant([1]), *numbers[1:])
    return losses[0] if losses else np.nan, seen[0]


PUSHED = {
    "inside, good": (1.1, 2.0, 1.1 * 2.0, True),
    "inside, bad": (0.9, -2.0, 0.9 * -2.0, True),
    "just before the clip, good": (1.199, 2.0, 1.199 * 2.0, True),
    "just past the clip, good": (1.201, 2.0, 1.2 * 2.0, False),
    "just before the clip, bad": (0.801, -2.0, 0.801 * -2.0, True),
    "just past the clip, bad": (0.799, -2.0, 0.8 * -2.0, False),
    "far outside, good: it has gained enough": (3.0, 2.0, 1.2 * 2.0, False),
    "far outside, bad: it has lost enough": (0.1, -2.0, 0.8 * -2.0, False),
    "far outside the wrong way, good: it may come back": (0.1, 2.0, 0.1 * 2.0, True),
    "far outside the wrong way, bad: it may come back": (3.0, -2.0, 3.0 * -2.0, True),
}


@pytest.mark.parametrize("case", PUSHED)
def test_the_objective_by_hand(case: str) -> None:
    ratio, advantage, objective, _ = PUSHED[case]
    assert slope_of_the_loss(ratio, advantage)[0] == pytest.approx(objective, rel=1e-5)


@pytest.mark.parametrize("case", PUSHED)
def test_the_slope_of_the_objective_by_hand(case: str) -> None:
    """dL / d logits = r A (indicator of the action - pi) where L is not flat: grad r = r grad log pi."""
    ratio, advantage, _, has_slope = PUSHED[case]
    _, slope = slope_of_the_loss(ratio, advantage)
    expected = ratio * advantage * (np.array([0.0, 1.0]) - softmax(np.array([0.3, -0.4]))) * has_slope
    np.testing.assert_allclose(slope, expected, atol=1e-5)


@pytest.mark.parametrize(("ratio", "advantage"), [(1.2, 2.0), (0.8, -2.0)])
def test_at_the_clip_the_objective_has_no_jump(ratio: float, advantage: float) -> None:
    assert slope_of_the_loss(ratio, advantage)[0] == pytest.approx(ratio * advantage, rel=1e-5)


@pytest.mark.parametrize("advantage", [2.0, -2.0])
@pytest.mark.parametrize("ratio", [1.2, 0.8])
def test_exactly_at_the_clip_the_slope_is_that_of_the_inside(
    ratio: float, advantage: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A corner has no slope of its own; TensorFlow gives a number that clip_by_value leaves as it is the slope 1, and
    where minimum has two equals, the first of them all of it. So the step still counts, with either sign."""
    exp = tf.exp
    monkeypatch.setattr(tf, "exp", lambda x: exp(x) + tf.stop_gradient(tf.constant(ratio) - exp(x)))
    objective, slope = slope_of_the_loss(ratio, advantage)
    assert objective == np.float32(ratio) * np.float32(advantage)
    expected = ratio * advantage * (np.array([0.0, 1.0]) - softmax(np.array([0.3, -0.4])))
    np.testing.assert_allclose(slope, expected, atol=1e-5)


@pytest.mark.parametrize(("ratio", "advantage"), [(50.0, 2.0), (0.01, -2.0)])
def test_a_clip_of_a_million_is_none(ratio: float, advantage: float) -> None:
    assert slope_of_the_loss(ratio, advantage, clip=1e6)[0] == pytest.approx(ratio * advantage, rel=1e-5)


def batches_of(agent: PPO, envs: TrainingEnvironments, monkeypatch: pytest.MonkeyPatch, turns: int) -> list[Any]:
    """What the updates of the chapter's own loop are given, without learning from it."""
    seen: list[Any] = []

    class Recorder:
        def each(self, *arguments: np.ndarray) -> None:
            seen.append(arguments)

    with monkeypatch.context() as patch:
        patch.setattr(compiled, "__get__", lambda self, agent, owner=None: Recorder())
        train(envs, agent, Steps(turns))  # type: ignore[arg-type]  # a run in short
    return seen


def test_old_probabilities_are_those_of_the_policy_that_played(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the ratio is 1 in the first epoch, and nothing is clipped."""
    envs, agent = make(hidden=(8,), rollout=20, minibatch=64)
    [(states, actions, _, _, old)] = batches_of(agent, envs, monkeypatch, 20)
    pi = softmax(np.array([[agent.actor(batch).numpy() for batch in states]])[0])
    chosen = np.take_along_axis(pi, actions[..., None], axis=-1)[..., 0]
    np.testing.assert_allclose(chosen / np.exp(old), 1.0, rtol=1e-5)
    envs, agent = make(hidden=(8,), rollout=20, minibatch=64, epochs=1)
    train(envs, agent, Steps(20))  # type: ignore[arg-type]  # a run in short
    assert agent.numbers["clipped"] == 0.0


def test_every_epoch_goes_through_the_rollout_in_an_order_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """21 environment steps of two environments, two of them restarts: 40 steps, in 4 minibatches of 10 of at most 13.

    Episodes of 10 steps take 11 turns, so turn 11 restarts both of them; 42 - 2 = 40."""
    envs, agent = make((10, 10), rollout=21, minibatch=13, epochs=3)
    [(states, actions, advantages, returns, old)] = batches_of(agent, envs, monkeypatch, 21)
    assert states.shape == (12, 10, 2)
    assert actions.shape == advantages.shape == returns.shape == old.shape == (12, 10)
    epochs = states[..., 1].reshape(3, 40)
    assert not np.array_equal(epochs[0], epochs[1]) and not np.array_equal(epochs[1], epochs[2])
    for epoch in epochs:
        np.testing.assert_array_equal(np.sort(epoch), np.sort(np.float32(np.repeat(np.arange(10) / 10, 4))))


@pytest.mark.parametrize(("size", "minibatch"), [(256, 128), (253, 128), (5, 128), (129, 128), (7, 3), (1, 1)])
def test_minibatches_are_no_larger_than_asked_and_repeat_nothing(size: int, minibatch: int) -> None:
    """Of steps that cannot be shared out evenly fewer than one a minibatch are left out, others each epoch."""
    _, agent = make(minibatch=minibatch, epochs=4)
    steps = agent.minibatches(size)
    count = len(steps) // 4
    assert steps.shape[1] <= minibatch and count * steps.shape[1] > size - count
    for epoch in steps.reshape(4, -1):
        assert len(set(epoch)) == len(epoch) and set(epoch) <= set(range(size))


def test_one_epoch_of_one_minibatch_is_a2c() -> None:
    """With r = 1 the gradient of r A is A grad log pi: both chapters make the same step from the same rollout."""
    learned = []
    for kind, module in ((PPO, deep.ppo), (A2C, deep.a2c)):
        envs, agent = make(kind=kind, hidden=(8,), rollout=30, epochs=1, minibatch=60)
        before = agent.weights()
        module.train(envs, agent, Steps(30))
        assert any(np.abs(a - b).max() > 1e-4 for a, b in zip(before, agent.weights(), strict=True))
        learned.append(agent.weights())
    for ours, theirs in zip(*learned, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


class TwoArms(Counter):
    """An episode of one step, in which the second action pays 1."""

    def __init__(self) -> None:
        super().__init__(1, True)

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict]:
        observation, _, *ends = super().step(action)
        return observation, float(action == 1), *ends


def probability_after_one_rollout(**settings: Any) -> float:
    """Of the better arm, from an undecided policy, after one rollout of 40 steps and very many epochs."""
    options = Options(hidden=(), rollout=20, minibatch=1000, learning_rate=1e-3, **settings)
    agent = PPO(2, 2, options, np.random.default_rng(0))
    agent.actor.set_weights([np.zeros((2, 2)), np.zeros(2)])
    agent.refresh()
    envs = TrainingEnvironments(gym.vector.SyncVectorEnv([TwoArms] * 4), np.random.default_rng(0), lambda score: None)
    train(envs, agent, Steps(20))  # type: ignore[arg-type]  # a run in short
    return float(softmax(agent.predict(agent.actor, np.float32([1.0, 0.0])))[1])


@pytest.mark.parametrize("epochs", [150, 300])
def test_one_rollout_moves_the_policy_about_as_far_as_the_clip(epochs: int) -> None:
    """Two arms, 0.5 each: the ratios are 1.2 and 0.8 at 0.6 and 0.4, and there L becomes flat for both of them."""
    assert probability_after_one_rollout(clip=0.2, epochs=epochs) == pytest.approx(0.6, abs=0.02)


def test_a_clip_that_never_clips_lets_one_rollout_go_on() -> None:
    """Ratios up to 2 gain with --clip 1, and 2 is certainty."""
    assert probability_after_one_rollout(clip=1.0, epochs=300) > 0.75


def test_the_same_seed_gives_the_same_weights() -> None:
    learned = []
    for _ in range(2):
        envs, agent = make(hidden=(8,), rollout=16, minibatch=16)
        train(envs, agent, Steps(48))  # type: ignore[arg-type]  # a run in short
        learned.append(agent.weights())
    assert all(np.array_equal(a, b) for a, b in zip(*learned, strict=True))


def test_it_has_a2cs_options_and_what_the_lesson_adds() -> None:
    ours, theirs = vars(Options()), vars(deep.a2c.Options())
    assert ours.keys() - theirs.keys() == {"clip", "epochs", "minibatch"}


def progress(folder: Path, column: str, *arguments: str) -> list[float]:
    """A column of progress.csv of a run of the chapter."""
    train_chapter("ppo", 0, folder, arguments)
    with (folder / "progress.csv").open(encoding="utf-8", newline="") as file:
        return [float(row[column]) for row in csv.DictReader(file)]


@pytest.mark.slow
def test_what_the_page_calls_normal(tmp_path: Path) -> None:
    """The share of ratios outside the clip, over a default run."""
    clipped = progress(tmp_path, "clipped")
    assert max(clipped) < 0.5 and np.median(clipped) < 0.2


@pytest.mark.slow
def test_without_the_clip_many_epochs_soon_decide_the_policy(tmp_path: Path) -> None:
    """Entropy after 1,000 steps of the two runs that the page asks to compare."""
    run = ("--epochs", "30", "--steps", "1000")
    assert progress(tmp_path / "clipped", "entropy", *run)[-1] == pytest.approx(0.55, abs=0.05)
    assert progress(tmp_path / "free", "entropy", *run, "--clip", "1")[-1] == pytest.approx(0.30, abs=0.05)
