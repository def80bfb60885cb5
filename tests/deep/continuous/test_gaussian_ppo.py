"""PPO, A2C and TRPO with continuous actions: the clipped objective by hand, probes, statistics saved with weights."""

import importlib
from functools import cache
from pathlib import Path
from typing import Any

from common.environments.checked import Checked
from common.environments.training import TrainingEnvironments
from common.networks.trained import trained
from common.networks.weights import load_networks, save_networks
from common.options import parse
from common.runs.evaluation import Evaluation
from deep.parts.checkpoints import read_checkpoint
from deep.parts.compiled import compiled
from deep.parts.continuous.gaussian import Gaussian
from deep.parts.launch import fitting
from deep.parts.lazy import keras, tf
from deep.parts.spaces import ContinuousActions
from deep.ppo import PPO, ContinuousOptions, Options, train
from tests.deep import probes
from tests.deep.worlds import Steps

import gymnasium as gym
import numpy as np
import pytest

BOUNDS = ContinuousActions(np.float32([0]), np.float32([1]))
QUICK = {"environments": 4, "hidden": (8,), "discount": 0.8, "learning_rate": 0.03, "critic_learning_rate": 0.03}


def make(kind: Any = PPO, **settings: Any) -> Any:
    keras.utils.set_random_seed(0)
    return kind(1, BOUNDS, ContinuousOptions(**(QUICK | settings)), np.random.default_rng(0))


def gradient_of_the_loss(ratio: float, advantage: float) -> tuple[np.ndarray, np.ndarray]:
    """-dL / d(mean, log deviation) of one step whose ratio to the old policy is this; and its z."""
    agent = make(hidden=(), normalise=False, clip=0.2)
    agent.refresh()
    seen: list[np.ndarray] = []
    agent.optimizer.apply = lambda gradient, variables: seen.extend(map(np.asarray, gradient))
    agent.critic_optimizer.apply = lambda gradient, variables: None
    state, action = tf.constant([[0.0]]), tf.constant([[1.1]])
    outputs = agent.actor(state)
    old = agent._policy.log_probability(outputs, action) - np.log(ratio)
    type(agent).update.function(agent, state, action, tf.constant([advantage]), tf.constant([0.0]), old)
    mean, deviation = float(outputs[0, 0]), float(np.exp(outputs[0, 1]))
    z = (1.1 - mean) / deviation
    _, of_the_mean, _, of_the_deviation = seen  # kernel and bias of each; the mean's bias is stretched by half = 0.5
    return np.array([of_the_mean[0] / 0.5, of_the_deviation[0]]), np.array([z / deviation, z**2 - 1])


@pytest.mark.parametrize(
    ("ratio", "advantage", "has_slope"),
    [
        (1.0, 2.0, True),
        (1.19, 2.0, True),
        (1.21, 2.0, False),
        (0.81, -2.0, True),
        (0.79, -2.0, False),
        (3.0, -2.0, True),
    ],
)
def test_the_clipped_slope_in_mean_and_deviation_by_hand(ratio: float, advantage: float, has_slope: bool) -> None:
    """grad L = r A grad log pi where L is not flat; the deviation's part is r A (z^2 - 1)."""
    found, slopes = gradient_of_the_loss(ratio, advantage)
    np.testing.assert_allclose(-found, ratio * advantage * slopes * has_slope, rtol=1e-4, atol=1e-6)


VALUES: dict[type[probes.Probe], dict[int, float]] = {
    probes.ConstantReward: {0: 1.0},
    probes.RewardIsObservation: {-1: -1.0, 1: 1.0},
    probes.TwoSteps: {0: 0.8, 1: 1.0},
    probes.ActionDecides: {0: 1.0},
    probes.ActionTimesObservation: {-1: 1.0, 1: 1.0},
    probes.CutOff: {0: 5.0},
}
ACTIONS = {probes.ActionDecides: {0: 1}, probes.ActionTimesObservation: {-1: 0, 1: 1}}


@cache
def learner(chapter: str) -> tuple[Any, Any, dict[str, np.ndarray]]:
    """The chapter, its agent, which is compiled once, and the state in which the agent begins each probe."""
    module = importlib.import_module(f"deep.{chapter}")
    keras.utils.set_random_seed(0)
    known = vars(module.ContinuousOptions())
    options = module.ContinuousOptions(**{name: value for name, value in QUICK.items() if name in known}, rollout=8)
    agent = getattr(module, chapter.upper())(1, BOUNDS, options, np.random.default_rng(0))
    if hasattr(agent, "optimizer"):
        agent.optimizer.build(agent.actor.trainable_variables)
    agent.critic_optimizer.build(agent.critic.trainable_variables)
    return module, agent, agent.state()


def several(probe: type[probes.Probe]) -> TrainingEnvironments:
    """Four of them, which take any number and bring it back to their bounds."""

    def one() -> Checked:
        env = probe()
        env.action_space = gym.spaces.Box(0.0, 1.0, (1,))
        return Checked(env, "probe", 1000)

    return TrainingEnvironments(gym.vector.SyncVectorEnv([one] * 4), np.random.default_rng(0), lambda score: None)


@pytest.mark.parametrize("probe", VALUES, ids=lambda probe: probe.__name__)
@pytest.mark.parametrize("chapter", ["a2c", "ppo", "trpo"])
def test_the_value_and_the_action_that_theory_gives(chapter: str, probe: type[probes.Probe]) -> None:
    module, agent, beginning = learner(chapter)
    agent.restore(beginning)
    module.train(several(probe), agent, Steps(200 if chapter == "trpo" else 400))
    states = np.array([[observation] for observation in VALUES[probe]], np.float32)
    if probe in ACTIONS:
        assert np.clip(agent.greedy(states), 0, 1).ravel() == pytest.approx(list(ACTIONS[probe].values()), abs=0.05)
    assert agent.predict(agent.critic, states).ravel() == pytest.approx(list(VALUES[probe].values()), rel=0.15)


def pendulum(turns: int = 40, **settings: Any) -> PPO:
    """An agent that has trained a little in Pendulum."""
    keras.utils.set_random_seed(0)
    bounds = ContinuousActions(np.float32([-2]), np.float32([2]))
    options = ContinuousOptions(hidden=(8,), environments=2, rollout=8, **settings)
    agent = PPO(3, bounds, options, np.random.default_rng(0))
    envs = gym.make_vec("Pendulum-v1", 2, vectorization_mode="sync")
    train(TrainingEnvironments(envs, np.random.default_rng(0), lambda score: None), agent, Steps(turns))  # type: ignore[arg-type]  # a run in short
    return agent


def test_the_old_probabilities_are_those_of_the_policy_that_played(monkeypatch: pytest.MonkeyPatch) -> None:
    """The statistics move between two rollouts, not under one, so the ratio is 1 at first."""
    drawn: list[Any] = []

    def recorded(policy: Gaussian, outputs: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        action = outputs[:, :1] + np.float32(generator.normal(size=(len(outputs), 1)))
        drawn.append(policy.log_probability(np.array(outputs), action).numpy())
        return action

    class Recorder:
        def each(self, *arguments: np.ndarray) -> None:
            self.old = arguments[-1]

    recorder = Recorder()
    monkeypatch.setattr(Gaussian, "sample", recorded)
    monkeypatch.setattr(compiled, "__get__", lambda self, agent, owner=None: recorder)
    agent = pendulum(turns=24, epochs=1)
    assert agent.normalisation.states.count == 48 and not np.allclose(agent.actor.layers[0].kernel, np.eye(3))
    np.testing.assert_allclose(np.sort(recorder.old.ravel()), np.sort(np.ravel(drawn[16:])), rtol=1e-4)


def test_statistics_are_saved_with_the_weights_and_frozen_while_they_are_played(tmp_path: Path) -> None:
    """A file plays as the agent does, knows its kind of actions, and neither it nor an evaluation changes anything."""
    agent = pendulum()
    assert not np.allclose(agent.actor.layers[0].kernel, np.eye(3))
    path = tmp_path / "ppo.weights.h5"
    save_networks(path, agent.networks(agent.weights()), "ppo")
    assert list(load_networks(path).networks) == ["gaussian", "value"]
    env = gym.make("Pendulum-v1")
    policy = trained(path, "ppo", dict(PPO.roles), env, pytest.fail, read_checkpoint)
    states = np.random.default_rng(0).normal(0, 3, (20, 3)).astype(np.float32)
    before = agent.state()
    np.testing.assert_allclose(policy(states), agent.greedy(states), rtol=1e-5)
    assert policy.decide(states[0]).value == pytest.approx(agent.greedy.decide(states[0]).value, rel=1e-5)
    evaluation = Evaluation("Pendulum-v1")
    np.testing.assert_allclose(evaluation.returns(policy, 2, 0), evaluation.returns(agent.greedy, 2, 0), rtol=1e-4)
    after = agent.state()
    assert all(np.array_equal(before[name], after[name]) for name in before)
    with pytest.raises(Exception, match="give --env"):
        trained(path, "ppo", dict(PPO.roles), gym.make("CartPole-v1"), pytest.fail, read_checkpoint)


def test_the_best_weights_bring_their_statistics_back() -> None:
    agent = pendulum()
    kept, states = [array.copy() for array in agent.weights()], np.float32([[1, 0, 3]])
    action = agent.greedy(states)
    agent.act(np.float32([[1, 0, 3], [0, 1, -3]]))
    whole = np.ones((9, 2), bool)
    agent.normalisation.see(np.full((9, 2, 3), 7.0), np.full((9, 2), 1.0), whole)
    agent.normalisation.set_front()
    agent.refresh()
    assert not np.allclose(agent.greedy(states), action)
    agent.set_weights(kept)
    np.testing.assert_array_equal(agent.greedy(states), action)


@pytest.mark.parametrize(("command", "kind"), [("", Options), ("--env Pendulum-v1", ContinuousOptions)])
def test_the_environments_actions_choose_the_defaults(command: str, kind: type, capsys: pytest.CaptureFixture) -> None:
    """What is typed counts before them; --help shows them."""
    choose = fitting(Options, ContinuousOptions)
    given = parse(Options, [*command.split(), "--clip", "0.3"], choose)
    assert type(given) is kind and given == kind(clip=0.3, env=given.env)
    with pytest.raises(SystemExit):
        parse(Options, [*command.split(), "--help"], choose)
    assert f"default: {kind().discount}" in capsys.readouterr().out
    assert {name for name, value in vars(ContinuousOptions()).items() if value != vars(Options())[name]} >= {
        "normalise"
    }


def test_an_action_beyond_the_bounds_is_the_bound() -> None:
    """On the environment's side only: the agent learns from what it drew."""
    seen = []

    class Recorder(probes.Probe):
        action_space = gym.spaces.Box(np.float32([-1, 0]), np.float32([1, 5]))

        def step(self, action: Any) -> Any:
            seen.append(action)
            return super().step(0)

    env = Checked(Recorder(), "recorder", 1000)
    env.reset()
    drawn = np.float32([-3, 2])
    env.step(drawn)
    np.testing.assert_array_equal(seen, [[-1, 2]])
    np.testing.assert_array_equal(drawn, [-3, 2])
