"""One learner in one world, and what has come of it so far."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from common.options import UserError
from gridworld import exact
from gridworld.greedy import greedy_policy
from gridworld.mdp import MDP
from gridworld.simulator import Experience, Simulator
from tabular.parts.table_agent import ActionTable, StateTable, epsilon_soft

Agent = ActionTable | StateTable
Train = Callable[..., Iterator[bool]]
"""A chapter's loop, train(env, agent): learns from one environment step each time it is asked for the next item, which
is true where that step ended an episode."""


class Trial:
    """An agent that learns from experience by a chapter's loop.

    returns, lengths: of every episode that is over, undiscounted.
    """

    def __init__(self, agent: Agent, experience: Experience, train: Train) -> None:
        self.agent = agent
        self.experience = experience
        self._train = train
        self._steps = train(experience, agent)
        self.returns: list[float] = []
        self.lengths: list[int] = []

    def step(self) -> bool:
        """Learn from one step; whether it ended an episode."""
        ended = next(self._steps)
        if ended:
            self._note()
        return ended

    def episode(self) -> None:
        """Learn from the rest of the episode."""
        for ended in self._steps:
            if ended:
                break
        self._note()

    def use(self, mdp: MDP) -> None:
        """Go on in an edited world with what has been learned; the episode that was under way is left."""
        assert isinstance(self.experience, Simulator)
        self.experience.use(mdp)
        self._steps = self._train(self.experience, self.agent)

    def _note(self) -> None:
        self.returns.append(self.experience.episode_return)
        self.lengths.append(self.experience.steps)


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
        self.learned = learnable(mdp)

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


def learnable(mdp: MDP) -> NDArray[np.bool_]:
    """[S] the states from which an agent can act: those that it can reach, but for the ends of episodes."""
    assert mdp.start is not None
    goes_on = (mdp.probability > 0) & ~mdp.terminated
    reached = mdp.start > 0
    ring: NDArray[np.integer] = np.flatnonzero(reached)
    while ring.size:
        found = np.unique(mdp.next_state[ring][goes_on[ring]])
        ring = found[~reached[found]]
        reached[ring] = True
    return reached


def start_value(mdp: MDP, values: NDArray[np.float64]) -> float:
    """The value of a start, the mean over them where there are several."""
    assert mdp.start is not None
    starts = mdp.start > 0
    return float(mdp.start[starts] @ values[starts])


def greedy_value(mdp: MDP, action_values: NDArray[np.float64], discount: float, epsilon: float = 0.0) -> float:
    """What the policy that is greedy, or epsilon-greedy, on these action values is truly worth at the start."""
    policy = epsilon_soft(greedy_policy(action_values), epsilon)
    return start_value(mdp, exact.policy_values(mdp, policy, discount))
