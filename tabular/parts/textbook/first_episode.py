"""Figure 7.4 and Example 12.1 of the book: what the first episode that finds the goal has taught."""

from collections.abc import Sequence
from dataclasses import replace

from common.figures import Drawn, Figure, Number, Panel
from gridworld.task import Task
from tabular.parts.method import Method
from tabular.parts.table_agent import ActionTable
from tabular.parts.trial import Trial

MAP, DISCOUNT, UNLIMITED = "maze", 0.95, 10**9


def first_episode(name: str, title: str, methods: Sequence[Method], books: Sequence[str]) -> Figure:
    """The same first episode for every method: nothing is known, so nothing differs before the goal is reached."""

    def make(seed: int) -> Drawn:
        panels, numbers = [], []
        for method, book in zip(methods, books, strict=True):
            options = replace(method.options, map=MAP, discount=DISCOUNT)
            env = Task(MAP, None, UNLIMITED).environment()
            trial = Trial(replace(method, options=options).agent(env, seed), env, method.train, seed)
            trial.episode()
            agent = trial.agent
            assert isinstance(agent, ActionTable)
            values = agent.action_values.max(axis=1)
            shape = env.world.letters.shape  # type: ignore[attr-defined]
            panels.append(Panel(method.title, "column", "row", matrix=values.reshape(shape)))
            learned = int((agent.action_values != 0).sum())
            what = f"{method.title}: action values that changed in {trial.lengths[0]:,} steps"
            numbers.append(Number(what, learned, book, digits=0))
        return Drawn(panels, numbers)

    return Figure(name, title, make)


def example_12_1(methods: Sequence[Method]) -> Figure:
    """methods: without traces, and with them."""
    title = "what the first way to the goal has taught, without and with traces"
    return first_episode("Example 12.1", title, methods, ["1, the last", "many, the less the further back"])
