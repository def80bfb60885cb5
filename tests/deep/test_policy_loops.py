"""The policy chapters' own loops, on worlds whose answer theory gives."""

from types import ModuleType
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from common.networks.activations import softmax
from deep import actor_critic, policy_gradient, q_actor_critic, reinforce, reinforce_baseline, rollout_actor_critic
from tests.deep.worlds import STATES, Forever, Steps

AGENTS: dict[ModuleType, Any] = {
    policy_gradient: policy_gradient.PolicyGradient,
    reinforce: reinforce.Reinforce,
    reinforce_baseline: reinforce_baseline.ReinforceBaseline,
    actor_critic: actor_critic.ActorCritic,
    q_actor_critic: q_actor_critic.QActorCritic,
    rollout_actor_critic: rollout_actor_critic.RolloutActorCritic,
}


class TwoArms(Forever):
    """An episode of one step, in which the second action pays."""

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        return STATES[0], float(action == 1), True, False, {}


def test_actor_critic_learns_the_value_of_a_constant_reward_under_a_time_limit() -> None:
    """1 / (1 - discount) = 2: a time limit is no reason to expect less."""
    options = actor_critic.Options(hidden=(), discount=0.5, critic_learning_rate=0.03)
    agent = actor_critic.ActorCritic(2, 2, options, np.random.default_rng(0))
    actor_critic.train(gym.wrappers.TimeLimit(Forever(), 5), agent, Steps(600))  # type: ignore[arg-type]  # in short
    assert float(agent.predict(agent.critic, STATES[0])[0]) == pytest.approx(2.0, abs=0.05)


def test_the_shared_trunk_learns_that_value_too() -> None:
    options = rollout_actor_critic.Options(discount=0.5, learning_rate=0.01, reward_scale=1.0, hidden=(8,))
    agent = rollout_actor_critic.RolloutActorCritic(2, 2, options, np.random.default_rng(0))
    env = gym.wrappers.TimeLimit(Forever(), 7)
    rollout_actor_critic.train(env, agent, Steps(4000))  # type: ignore[arg-type]  # a run in short
    assert float(agent.predict(agent.critic, STATES[0])[0]) == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("module", AGENTS)
def test_every_rung_finds_the_better_of_two_arms(module: ModuleType) -> None:
    """In the chapter's own loop."""
    options = module.Options(learning_rate=0.02, **({"reward_scale": 1.0} if module is rollout_actor_critic else {}))
    agent = AGENTS[module](2, 2, options, np.random.default_rng(0))
    module.train(TwoArms(), agent, Steps(400))
    assert softmax(agent.predict(agent.actor, STATES[0]))[1] > 0.8
