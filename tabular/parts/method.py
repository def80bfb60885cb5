"""A way to learn, as a chapter offers it to the experiments."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from common.language import N_
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

Target = Literal["drawn", "best", "expected", "judged", "value", "return"]
"""What a target adds to the reward: the value of the next action that was drawn, of the best one, the mean over all,
that of one table's best action in the other table's eyes, the next state's value, or everything that followed."""


TRUTHS = N_(("optimal", "epsilon-soft", "policy"))
BATCHES = N_(("Batch TD", "Batch Monte Carlo"))
VARIANTS = N_(("first-visit", "every-visit", "ordinary", "weighted", "accumulating", "replacing", "dutch"))
"""What a title has behind the method's name."""


@dataclass(frozen=True)
class Method:
    """title: for people. make: an agent for an environment, by the options. train: the chapter's loop. options: the
    numbers it learns by. tends_to: what its table tends to. bootstrap: how many such learners, stepped together, value
    the state they come to; None where they can only go one by one. measured: its error after every episode is recorded.
    target: what its target uses, which the window says; None shows the target as it is. own_step_size: its updates have
    one of their own, whatever the options say.
    """

    title: str
    make: Callable[[DiscreteEnv, Any], Agent]
    train: Train
    options: LearningOptions
    tends_to: Truth
    bootstrap: Bootstrap | None = None
    measured: bool = False
    target: Target | None = None
    own_step_size: bool = False

    def agent(self, env: DiscreteEnv, seed: int) -> Agent:
        """The agent with this seed."""
        return self.make(env, replace(self.options, seed=seed))
