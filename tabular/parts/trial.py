"""One learner in one world, and what has come of it so far."""

import itertools
import sys
from collections.abc import Iterator

from common.errors import UserError
from dp.parts import exact
from dp.parts.greedy import greedy_policy
from gridworld.discrete import DiscreteEnv
from gridworld.mdp import MDP
from tabular.parts.given_policy import epsilon_soft
from tabular.parts.method import Agent, Train
from tabular.parts.table_agent import ActionTable, StateTable

import numpy as np
from numpy.typing import NDArray


class Trial:
    """An agent that learns in an environment by a chapter's loop.

    steps, episode_return: of this episode, or of the last one while no other has begun; the return is undiscounted.
    total_steps: of all episodes. returns, lengths: of every episode that is over. seed: the environment's.
    """

    def __init__(self, agent: Agent, env: DiscreteEnv, train: Train, seed: int) -> None:
        self.agent = agent
        self._train, self._seed = train, seed
        self.total_steps = 0
        self.returns: list[float] = []
        self.lengths: list[int] = []
        self.use(env)

    def use(self, env: DiscreteEnv) -> None:
        """Go on in this environment with what has been learned; the episode that was under way is left."""
        self.env = env
        self._over, self.steps, self.episode_return = False, 0, 0.0
        env.reset(seed=self._seed)
        self.begin_loop()

    def begin_loop(self) -> None:
        """Begin the chapter's loop anew, as at the start of an episode."""
        self._steps = self._train(self.env, self.agent, sys.maxsize)

    def take_over(self, other: "Trial") -> None:
        """Count on from where another has come to; the episode that was under way is left."""
        self.returns, self.lengths, self.total_steps = other.returns, other.lengths, other.total_steps

    def step(self) -> bool:
        """Learn from one step; whether it ended an episode."""
        self._learn(itertools.islice(self._steps, 1))
        return self._over

    def episode(self) -> None:
        """Learn from the rest of the episode."""
        self._learn(self._steps)

    def _learn(self, steps: Iterator[tuple[float, bool]]) -> None:
        """Take these steps, but none beyond the episode's end."""
        if self._over:
            self.steps, self.episode_return = 0, 0.0
        number, total, ended = self.steps, self.episode_return, False
        for reward, ended in steps:
            number += 1
            total += reward
            if ended:
                self.returns.append(total)
                self.lengths.append(number)
                break
        self.total_steps += number - self.steps
        self._over, self.steps, self.episode_return = ended, number, total


class Truth:
    """What a learner's table should become, by dynamic programming on the model; the learner never sees it.

    kind: "optimal" action values, "epsilon-soft": those of the best epsilon-soft policy, or "policy": the state values
    of the policy that the agent is given. Computed again only when the model, the discount or epsilon has changed.
    """

    def __init__(self, mdp: MDP, kind: str) -> None:
        self.mdp = mdp
        self.kind = kind
        self._key: tuple[float, float] | None = None
        self._values: NDArray[np.float64] | None = None
        self.learned = mdp.reachable

    def values(self, agent: Agent) -> NDArray[np.float64] | None:
        """[S, A] or [S]; None where there are none, as with a discount of 1 in a world without an end."""
        epsilon = agent.epsilon if isinstance(agent, ActionTable) and self.kind == "epsilon-soft" else 0.0
        if self._key != (agent.discount, epsilon):
            self._key = (agent.discount, epsilon)
            try:
                if isinstance(agent, StateTable):
                    self._values = exact.policy_values(self.mdp, agent.policy, agent.discount)
                else:
                    self._values = exact.optimal_action_values(self.mdp, agent.discount, epsilon)
            except UserError:
                self._values = None
        return self._values

    def error(self, agent: Agent) -> float:
        """Root mean square distance of the agent's table from the truth, over all states that can be reached."""
        truth = self.values(agent)
        if truth is None:
            return float("nan")
        learned = agent.values if isinstance(agent, StateTable) else agent.action_values
        return float(np.sqrt(np.mean((learned - truth)[self.learned] ** 2)))


def start_value(mdp: MDP, values: NDArray[np.float64]) -> float:
    """The value of a start, the mean over them where there are several."""
    assert mdp.start is not None
    starts = mdp.start > 0
    return float(mdp.start[starts] @ values[starts])


def greedy_value(mdp: MDP, action_values: NDArray[np.float64], discount: float, epsilon: float = 0.0) -> float:
    """What the policy that is greedy, or epsilon-greedy, on these action values is truly worth at the start."""
    policy = epsilon_soft(greedy_policy(action_values), epsilon)
    return start_value(mdp, exact.policy_values(mdp, policy, discount))
