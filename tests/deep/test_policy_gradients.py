"""The ladder of policy gradients against the policy-gradient theorem, by exact enumeration of a two-state world."""

import ast
import difflib
import itertools
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from deep import actor_critic, policy_gradient, q_actor_critic, reinforce, reinforce_baseline
from deep.parts.episodes import Episode

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
    return Episode(STATES[states[:-1]], np.array(actions), rewards, STATES[states[-1]], True)


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


def make_agent(module: ModuleType, **settings: Any) -> Any:
    """The chapter's agent with the policy of this file and no hidden layers; `seen` gets the gradients it applies."""
    agent = module.Agent(2, 2, module.Options(**({"hidden": ()} | settings)), np.random.default_rng(0))
    agent.actor.set_weights([KERNEL, BIAS])
    agent.refresh()
    agent.seen = []
    agent.optimizer.apply = lambda gradient, variables: agent.seen.append(flat(gradient))
    if hasattr(agent, "critic"):
        agent.seen_by_critic = []
        agent.critic_optimizer.apply = lambda gradient, variables: agent.seen_by_critic.append(flat(gradient))
    return agent


def flat(gradient: list[Any]) -> np.ndarray:
    return np.concatenate([np.ravel(part.numpy()) for part in gradient])


def ascent(agent: Any, played: Episode, credits: np.ndarray) -> np.ndarray:
    """The direction in which the agent's gradient step goes: the loss is minus the objective."""
    rest = [np.zeros(len(credits), np.float32)] if hasattr(agent, "critic") else []
    agent.gradient_step(played.states, played.actions, np.float32(credits), *rest)
    return -agent.seen.pop()


def expected_ascent(agent: Any, credit: Any) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance [6] of the direction over all episodes, each as likely as the policy makes it."""
    chances, directions = [], []
    for chance, states, actions in trajectories(policy(KERNEL, BIAS)):
        played = episode(states, actions)
        chances.append(chance)
        directions.append(ascent(agent, played, credit(played)))
    mean = np.average(directions, axis=0, weights=chances)
    return mean, np.average(np.square(directions - mean), axis=0, weights=chances)


@pytest.mark.parametrize("discount", [1.0, 0.7])
def test_the_whole_return_gives_the_gradient_of_the_expected_return(discount: float) -> None:
    agent = make_agent(policy_gradient, discount=discount)
    mean, _ = expected_ascent(agent, agent.credit)
    np.testing.assert_allclose(mean, gradient_by_differences(discount), atol=1e-5)


def test_the_return_to_go_gives_the_same_gradient_with_less_variance() -> None:
    """Rewards before an action do not depend on it: leaving them out changes nothing but the noise."""
    whole, to_go = make_agent(policy_gradient, discount=1.0), make_agent(reinforce, discount=1.0)
    mean_of_whole, variance_of_whole = expected_ascent(whole, whole.credit)
    mean, variance = expected_ascent(to_go, to_go.credit)
    np.testing.assert_allclose(mean, gradient_by_differences(1.0), atol=1e-5)
    np.testing.assert_allclose(mean, mean_of_whole, atol=1e-5)
    assert variance.sum() < variance_of_whole.sum()


@pytest.mark.parametrize("values", [[0.0, 0.0], [1.0, 1.0], [-3.0, 5.0]])
def test_any_baseline_of_the_state_leaves_the_mean_alone(values: list[float]) -> None:
    """sum_a pi(a|s) b(s) grad log pi(a|s) = b(s) grad sum_a pi(a|s) = b(s) grad 1 = 0."""
    agent = make_agent(reinforce_baseline, discount=1.0)
    agent.critic.set_weights([np.array(values)[:, None], np.zeros(1)])
    agent.refresh()
    mean, _ = expected_ascent(agent, lambda played: agent.returns(played) - agent.acting.values(played.states))
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
    _, plain = expected_ascent(agent, agent.credit)
    _, with_baseline = expected_ascent(
        agent, lambda played: agent.credit(played) - values[[0, 1], played.states.argmax(axis=1)]
    )
    assert with_baseline.sum() < plain.sum()


def test_an_update_averages_over_its_episodes() -> None:
    agent = make_agent(reinforce, discount=1.0, episodes_per_update=2)
    played = [episode([0, 1, 0], [1, 0]), episode([0, 0, 1], [0, 1])]
    each = [ascent(agent, one, agent.credit(one)) for one in played]
    for one in played:
        agent.learn()  # does nothing until both have ended
        assert not agent.seen
        agent.memory.ended.append(one)
    batch = [np.concatenate(parts) for parts in zip(*[(one.states, one.actions) for one in played], strict=True)]
    credits = np.concatenate([agent.credit(one) for one in played]) / 2
    agent.gradient_step(*batch, np.float32(credits))
    np.testing.assert_allclose(-agent.seen.pop(), np.mean(each, axis=0), rtol=1e-5)


def test_the_baseline_bootstraps_where_an_episode_was_only_cut_off() -> None:
    agent = make_agent(reinforce_baseline, discount=0.5)
    agent.critic.set_weights([np.array([[4.0], [8.0]]), np.zeros(1)])
    agent.refresh()
    cut = Episode(STATES[[0]], np.array([0]), np.array([1.0]), STATES[1], False)
    np.testing.assert_allclose(agent.returns(cut), [1.0 + 0.5 * 8.0])
    np.testing.assert_allclose(agent.returns(cut._replace(terminated=True)), [1.0])


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
    numbers, _ = agent.gradient_step(STATES[0], np.int64(1), np.float32(3.0), STATES[1], np.float32(not terminated))
    assert float(numbers[1]) == pytest.approx(delta)
    actor_slope = differences(
        lambda flat: delta * log_probability(flat[:4].reshape(2, 2), flat[4:], 0, 1),
        np.concatenate([KERNEL.ravel(), BIAS]),
    )
    np.testing.assert_allclose(-agent.seen[0], actor_slope, atol=1e-4)
    # With the target fixed only V(S_0) = kernel[0] + bias moves; a gradient through the target would move kernel[1] too
    critic_slope = differences(lambda flat: (target - flat[0] - flat[2]) ** 2, np.array([*V, 0.0]))
    np.testing.assert_allclose(agent.seen_by_critic[0], critic_slope, atol=1e-4)
    assert agent.seen_by_critic[0][1] == 0.0


@pytest.mark.parametrize("advantage", [False, True])
def test_one_step_of_q_actor_critic_by_hand(advantage: bool) -> None:
    agent = make_agent(q_actor_critic, discount=0.9, advantage=advantage)
    action_values = np.array([[1.0, 4.0], [2.0, 8.0]])
    agent.critic.set_weights([action_values, np.zeros(2)])
    pi = policy(KERNEL, BIAS)
    target = 3.0 + 0.9 * pi[1] @ action_values[1]  # Expected SARSA
    numbers, _ = agent.gradient_step(STATES[0], np.int64(1), np.float32(3.0), STATES[1], np.float32(1.0))
    assert float(numbers[1]) == pytest.approx(target - 4.0, rel=1e-5)
    credit = 4.0 - (pi[0] @ action_values[0] if advantage else 0.0)
    slope = differences(
        lambda flat: credit * log_probability(flat[:4].reshape(2, 2), flat[4:], 0, 1),
        np.concatenate([KERNEL.ravel(), BIAS]),
    )
    np.testing.assert_allclose(-agent.seen[0], slope, atol=1e-4)


def test_actor_critic_learns_the_value_of_a_constant_reward_under_a_time_limit() -> None:
    """1 / (1 - discount) = 2: a time limit is no reason to expect less."""
    agent = actor_critic.Agent(
        2, 2, actor_critic.Options(discount=0.5, hidden=(), critic_learning_rate=0.03), np.random.default_rng(0)
    )
    for _ in range(600):
        agent.learn(STATES[0], 0, 1.0, STATES[0], terminated=False)
    assert float(agent.acting.values(STATES[0])) == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("module", [policy_gradient, reinforce, reinforce_baseline, actor_critic, q_actor_critic])
def test_every_rung_finds_the_better_of_two_arms(module: ModuleType) -> None:
    agent = module.Agent(2, 2, module.Options(learning_rate=0.02, hidden=()), np.random.default_rng(0))
    for _ in range(400):
        action = agent.act(STATES[0])
        reward = float(action == 1)
        if hasattr(agent, "memory"):
            agent.memory.add(STATES[0], action, reward, STATES[0], True, False)
            agent.learn()
        else:
            agent.learn(STATES[0], action, reward, STATES[0], terminated=True)
    assert agent.acting.probabilities(STATES[0])[1] > 0.8


def functions(module: ModuleType) -> dict[str, str]:
    """Every function of a chapter without its docstring, as text."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            found[node.name] = "\n".join(ast.unparse(line) for line in [node.args, *body])
    return found


@pytest.mark.parametrize(
    ("lower", "upper", "lesson"),
    [
        (policy_gradient, reinforce, {"credit"}),
        (reinforce, reinforce_baseline, {"__init__", "credit", "returns", "learn", "gradient_step", "status", "main"}),
        (actor_critic, q_actor_critic, {"__init__", "gradient_step", "main"}),
    ],
)
def test_consecutive_rungs_differ_in_their_lesson_only(lower: ModuleType, upper: ModuleType, lesson: set[str]) -> None:
    before, after = functions(lower), functions(upper)
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert changed <= lesson
    before_lines, after_lines = ("\n".join(found.values()).splitlines() for found in (before, after))
    diff = [line for line in difflib.unified_diff(before_lines, after_lines, n=0) if line[0] in "+-"]
    assert len(diff) <= 45
