"""The ladder of policy gradients against the policy-gradient theorem, by exact enumeration of a two-state world."""

import itertools
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from deep import actor_critic, policy_gradient, q_actor_critic, reinforce, reinforce_baseline
from deep.parts.compiled import compiled
from deep.parts.episodes import Episode
from deep.parts.lazy import tf

import numpy as np
import pytest

# Two states, two actions, two steps. TO_ONE[s, a] is the probability of going to state 1; REWARD[s, a] is paid.
TO_ONE = np.array([[0.2, 0.9], [0.6, 0.3]])
REWARD = np.array([[1.0, -0.5], [2.0, 0.3]])
STEPS = 2
STATES = np.eye(2, dtype=np.float32)
KERNEL, BIAS = np.array([[0.3, -0.4], [0.5, 0.2]]), np.array([0.1, -0.2])


def policy(kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """[S, A] the probabilities of a softmax policy without hidden layers."""
    powers = np.exp(kernel + bias)
    return powers / powers.sum(axis=1, keepdims=True)


def trajectories(pi: np.ndarray) -> Iterator[tuple[float, list[int], list[int]]]:
    """Every way in which an episode can go: (probability, S_0 .. S_2, A_0 A_1)."""
    for actions in itertools.product((0, 1), repeat=STEPS):
        for later in itertools.product((0, 1), repeat=STEPS):
            states = [0, *later]
            chance = 1.0
            for state, action, after in zip(states, actions, later, strict=False):
                chance *= pi[state, action] * (TO_ONE[state, action] if after else 1 - TO_ONE[state, action])
            yield chance, states, list(actions)


def episode(states: list[int], actions: list[int]) -> Episode:
    rewards = np.array([REWARD[pair] for pair in zip(states, actions, strict=False)])
    return Episode(STATES[states[:-1]], np.array(actions), rewards, STATES[states[-1]], True, {})


def expected_return(kernel: np.ndarray, bias: np.ndarray, discount: float) -> float:
    """J, solved exactly."""
    return sum(
        chance * float(episode(states, actions).rewards @ discount ** np.arange(STEPS))
        for chance, states, actions in trajectories(policy(kernel, bias))
    )


def gradient_by_differences(discount: float) -> np.ndarray:
    """[6] the gradient of J with respect to kernel and bias."""
    flat = np.concatenate([KERNEL.ravel(), BIAS])
    step = 1e-6
    slopes = []
    for index in range(6):
        ends = []
        for sign in (1, -1):
            moved = flat.copy()
            moved[index] += sign * step
            ends.append(expected_return(moved[:4].reshape(2, 2), moved[4:], discount))
        slopes.append((ends[0] - ends[1]) / (2 * step))
    return np.array(slopes)


AGENTS: dict[ModuleType, Any] = {
    policy_gradient: policy_gradient.PolicyGradient,
    reinforce: reinforce.Reinforce,
    reinforce_baseline: reinforce_baseline.ReinforceBaseline,
    actor_critic: actor_critic.ActorCritic,
    q_actor_critic: q_actor_critic.QActorCritic,
}


def make_agent(module: ModuleType, **settings: Any) -> Any:
    """The chapter's agent with the policy of this file and no hidden layers."""
    agent = AGENTS[module](2, 2, module.Options(**({"hidden": ()} | settings)), np.random.default_rng(0))
    agent.actor.set_weights([KERNEL, BIAS])
    return agent


def step_once(agent: Any, *arguments: Any) -> tuple[dict[str, Any], np.ndarray, np.ndarray | None]:
    """Run `update` without compiling it: what it returns, and the gradients it would apply to policy and critic."""
    seen: dict[str, np.ndarray] = {}
    names = [name for name in ("optimizer", "critic_optimizer") if hasattr(agent, name)]
    for name in names:
        getattr(agent, name).apply = lambda gradient, variables, name=name: seen.update({name: flat(gradient)})
    tensors = [tf.constant(part, tf.int64 if np.asarray(part).dtype.kind == "i" else tf.float32) for part in arguments]
    numbers = type(agent).update.function(agent, *tensors)
    for name in names:
        del getattr(agent, name).apply
    return numbers, seen["optimizer"], seen.get("critic_optimizer")


def flat(gradient: list[Any]) -> np.ndarray:
    return np.concatenate([np.ravel(part.numpy()) for part in gradient])


def ascent(agent: Any, played: Episode, weights: np.ndarray) -> np.ndarray:
    """The direction in which the agent's update goes: the loss is minus the objective."""
    rest = [np.zeros(len(weights), np.float32)] if hasattr(agent, "critic") else []
    return -step_once(agent, played.states, played.actions, np.float32(weights), *rest)[1]


def expected_ascent(agent: Any, weight: Any) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance [6] of the direction over all episodes, each as likely as the policy makes it."""
    chances, directions = [], []
    for chance, states, actions in trajectories(policy(KERNEL, BIAS)):
        played = episode(states, actions)
        chances.append(chance)
        directions.append(ascent(agent, played, weight(played)))
    mean = np.average(directions, axis=0, weights=chances)
    return mean, np.average(np.square(directions - mean), axis=0, weights=chances)


@pytest.mark.parametrize("discount", [1.0, 0.7])
def test_the_whole_return_gives_the_gradient_of_the_expected_return(discount: float) -> None:
    agent = make_agent(policy_gradient, discount=discount)
    mean, _ = expected_ascent(agent, agent.returns)
    np.testing.assert_allclose(mean, gradient_by_differences(discount), atol=1e-5)


def test_the_return_to_go_gives_the_same_gradient_with_less_variance() -> None:
    """Rewards before an action do not depend on it: leaving them out changes nothing but the noise."""
    whole, to_go = make_agent(policy_gradient, discount=1.0), make_agent(reinforce, discount=1.0)
    mean_of_whole, variance_of_whole = expected_ascent(whole, whole.returns)
    mean, variance = expected_ascent(to_go, to_go.returns)
    np.testing.assert_allclose(mean, gradient_by_differences(1.0), atol=1e-5)
    np.testing.assert_allclose(mean, mean_of_whole, atol=1e-5)
    assert variance.sum() < variance_of_whole.sum()


@pytest.mark.parametrize("values", [[0.0, 0.0], [1.0, 1.0], [-3.0, 5.0]])
def test_any_baseline_of_the_state_leaves_the_mean_alone(values: list[float]) -> None:
    """sum_a pi(a|s) b(s) grad log pi(a|s) = b(s) grad sum_a pi(a|s) = b(s) grad 1 = 0."""
    agent = make_agent(reinforce_baseline, discount=1.0)
    agent.critic.set_weights([np.array(values)[:, None], np.zeros(1)])
    mean, _ = expected_ascent(agent, lambda played: agent.returns(played) - agent.critic(played.states).numpy()[:, 0])
    np.testing.assert_allclose(mean, gradient_by_differences(1.0), atol=1e-5)


def exact_values() -> np.ndarray:
    """[2 steps, S] the value of a state with two steps left and with one left."""
    pi = policy(KERNEL, BIAS)
    last = (pi * REWARD).sum(axis=1)
    first = (pi * (REWARD + TO_ONE * last[1] + (1 - TO_ONE) * last[0])).sum(axis=1)
    return np.stack([first, last])


def test_the_td_error_of_the_true_values_gives_the_gradient_too() -> None:
    """E[delta | s, a] = q(s, a) - v(s), the advantage, when V is right."""
    agent = make_agent(reinforce, discount=1.0)
    values = exact_values()

    def td_errors(played: Episode) -> np.ndarray:
        states = played.states.argmax(axis=1)
        following = [values[1, played.states[1].argmax()], 0.0]
        return played.rewards + following - values[[0, 1], states]

    mean, _ = expected_ascent(agent, td_errors)
    np.testing.assert_allclose(mean, gradient_by_differences(1.0), atol=1e-5)


def test_a_good_baseline_lowers_the_variance() -> None:
    agent = make_agent(reinforce, discount=1.0)
    values = exact_values()
    _, plain = expected_ascent(agent, agent.returns)
    _, with_baseline = expected_ascent(
        agent, lambda played: agent.returns(played) - values[[0, 1], played.states.argmax(axis=1)]
    )
    assert with_baseline.sum() < plain.sum()


@pytest.mark.parametrize("discount", [1.0, 0.7])
def test_the_factor_that_everybody_drops_is_what_the_gradient_lacks(discount: float) -> None:
    """With --discount-states the mean is grad J; without it, as by default, only where the discount is 1."""
    asked, default = (make_agent(reinforce, discount=discount, **more) for more in ({"discount_states": True}, {}))
    exact, _ = expected_ascent(asked, asked.returns)
    np.testing.assert_allclose(exact, gradient_by_differences(discount), atol=1e-5)
    dropped, _ = expected_ascent(default, default.returns)
    error = np.abs(dropped - gradient_by_differences(discount)).max()
    assert error < 1e-5 if discount == 1.0 else error > 0.05


@pytest.mark.parametrize("module", [policy_gradient, reinforce, reinforce_baseline])
def test_an_update_averages_over_its_episodes(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    more = {"discount_states": True} if module is reinforce else {}
    agent = make_agent(module, discount=0.7, episodes_per_update=2, **more)
    if module is reinforce_baseline:
        agent.critic.set_weights([np.zeros((2, 1)), np.zeros(1)])
    played = [episode([0, 1, 0], [1, 0]), episode([0, 0, 1], [0, 1])]
    each = [ascent(agent, one, agent.returns(one)) for one in played]
    batches: list[Any] = []
    monkeypatch.setattr(compiled, "__get__", lambda self, agent, owner=None: lambda *batch: batches.append(batch))
    for one in played:
        agent.learn()  # does nothing until both have ended
        assert not batches
        agent.memory.ended.append(one)
    agent.learn()
    monkeypatch.undo()
    (batch,) = batches
    np.testing.assert_allclose(-step_once(agent, *batch)[1], np.mean(each, axis=0), rtol=1e-5)


def test_the_baseline_is_subtracted(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = make_agent(reinforce_baseline, discount=0.9, episodes_per_update=1)
    agent.critic.set_weights([np.array([[4.0], [8.0]]), np.zeros(1)])
    agent.refresh()
    batches: list[Any] = []
    monkeypatch.setattr(compiled, "__get__", lambda self, agent, owner=None: lambda *batch: batches.append(batch))
    agent.memory.ended.append(episode([0, 1, 0], [1, 0]))
    agent.learn()
    _, _, weights, returns = batches[0]
    np.testing.assert_allclose(returns, [-0.5 + 0.9 * 2.0, 2.0])
    np.testing.assert_allclose(weights, returns - [4.0, 8.0])


def log_probability(kernel: np.ndarray, bias: np.ndarray, state: int, action: int) -> float:
    return float(np.log(policy(kernel, bias)[state, action]))


def differences(function: Any, point: np.ndarray) -> np.ndarray:
    """The gradient of a function of a flat array."""
    steps = 1e-6 * np.eye(len(point))
    return np.array([(function(point + step) - function(point - step)) / 2e-6 for step in steps])


V = np.array([2.0, 7.0])


@pytest.mark.parametrize("terminated", [False, True])
def test_one_step_of_actor_critic_by_finite_differences_with_the_target_held_fixed(terminated: bool) -> None:
    """The policy follows delta * grad log pi, the critic half a gradient: its target is a constant to both."""
    agent = make_agent(actor_critic, discount=0.9)
    agent.critic.set_weights([V[:, None], np.zeros(1)])
    target = 3.0 + (0.0 if terminated else 0.9 * V[1])
    delta = target - V[0]
    numbers, actor, critic = step_once(agent, STATES[0], np.int64(1), 3.0, STATES[1], float(terminated))
    assert float(numbers["td_error"]) == pytest.approx(delta)
    actor_slope = differences(
        lambda flat: delta * log_probability(flat[:4].reshape(2, 2), flat[4:], 0, 1),
        np.concatenate([KERNEL.ravel(), BIAS]),
    )
    np.testing.assert_allclose(-actor, actor_slope, atol=1e-4)
    # With the target fixed only V(S_0) = kernel[0] + bias moves; a gradient through the target would move kernel[1] too
    critic_slope = differences(lambda flat: (target - flat[0] - flat[2]) ** 2, np.array([*V, 0.0]))
    assert critic is not None and critic[1] == 0.0
    np.testing.assert_allclose(critic, critic_slope, atol=1e-4)


@pytest.mark.parametrize("terminated", [False, True])
@pytest.mark.parametrize("advantage", [False, True])
def test_one_step_of_q_actor_critic_by_hand(advantage: bool, terminated: bool) -> None:
    agent = make_agent(q_actor_critic, discount=0.9, advantage=advantage)
    action_values = np.array([[1.0, 4.0], [2.0, 8.0]])
    agent.critic.set_weights([action_values, np.zeros(2)])
    pi = policy(KERNEL, BIAS)
    target = 3.0 + (0.0 if terminated else 0.9 * pi[1] @ action_values[1])  # Expected SARSA
    numbers, actor, _ = step_once(agent, STATES[0], np.int64(1), 3.0, STATES[1], float(terminated))
    assert float(numbers["td_error"]) == pytest.approx(target - 4.0, rel=1e-5)
    weight = 4.0 - (pi[0] @ action_values[0] if advantage else 0.0)
    slope = differences(
        lambda flat: weight * log_probability(flat[:4].reshape(2, 2), flat[4:], 0, 1),
        np.concatenate([KERNEL.ravel(), BIAS]),
    )
    np.testing.assert_allclose(-actor, slope, atol=1e-4)
