"""A way to learn, as a chapter offers it to the experiments."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from gridworld.discrete import DiscreteEnv
from tabular.parts.learning_options import LearningOptions
from tabular.parts.table_agent import ActionTable, StateTable
from tabular.parts.vector import Bootstrap

Agent = ActionTable | StateTable
Train = Callable[..., Iterator[tuple[float, bool]]]
"""A chapter's loop, train(env, agent, episodes): learns from one environment step each time it is asked for the next
item, which is that step's reward and whether it ended an episode."""
Truth = Literal["optimal", "epsilon-soft", "policy"]
"""What a table tends to: the optimal action values, those of the best epsilon-soft policy, or the state values of the
policy that the agent is given."""


@dataclass(frozen=True)
class Method:
    """title: for people. make: an agent for an environment, by the options. train: the chapter's loop. options: the
    numbers it learns by. tends_to: what its table tends to. bootstrap: how many such learners, stepped together, value
    the state they come to; None where they can only go one by one. measured: its error after every episode is recorded.
    """

    title: str
    make: Callable[[DiscreteEnv, Any], Agent]
    train: Train
    options: LearningOptions
    tends_to: Truth
    bootstrap: Bootstrap | None = None
    measured: bool = False

    def agent(self, env: DiscreteEnv, seed: int) -> Agent:
        """The agent with this seed."""
        return self.make(env, replace(self.options, seed=seed))
