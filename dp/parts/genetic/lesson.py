"""The genetic algorithm in the window."""

from collections.abc import Callable
from dataclasses import replace

from common.language import _
from dp.parts.exact import optimal_values
from dp.parts.genetic.options import GeneticOptions
from dp.parts.genetic.report import WHERE, Breeder, standing
from gridworld.mdp import MDP, Floats
from gridworld.window.lesson import Button, Lesson, Setting, Strip
from gridworld.window.snapshot import Snapshot
from gridworld.window.walk import Walk
from gridworld.world import GridWorld

import numpy as np


class GeneticLesson(Lesson):
    """Select, Cross, Mutate, Run, Move, in the order of a generation, which is a step.

    The values are those of the best policy that lives; an arrow is as long as many of the population take its action.
    """

    name = "Genetic algorithm"

    def __init__(
        self, world: GridWorld, make: Callable[[MDP, GeneticOptions], Breeder], options: GeneticOptions
    ) -> None:
        super().__init__(self.name, world, options.seed)
        self._make, self._options = make, options
        self._begin()

    def _begin(self, options: GeneticOptions | None = None) -> None:
        self._options = options or self._options
        self.agent = self._make(self.world.mdp(), self._options)
        self.history = [standing(self.agent)]
        self._look()

    def _look(self) -> None:
        self.values: Floats = self.agent.values
        self.best = float(self.agent.weights @ optimal_values(self.agent.mdp, self.discount))

    @property
    def discount(self) -> float:
        return self._options.discount

    @property
    def done(self) -> bool:
        return self.agent.generation >= self._options.generations

    def snapshot(self) -> Snapshot:
        return Snapshot(values=self.values, policy=self.agent.shares)

    def status(self) -> list[tuple[str, str]]:
        evaluations, best, mean = self.history[-1]
        return [
            (
                "generation",
                _(
                    "{done:,} of {all:,}",
                    done=self.agent.generation,
                    all=self._options.generations,
                ),
            ),
            ("policies evaluated", f"{evaluations:,}"),
            ("best, mean worth", f"{best:.3f},  {mean:.3f}"),
            ("possible", f"{self.best:.3f}"),
        ]

    def strips(self) -> list[Strip]:
        # What is worth -inf has no place in a plot.
        best, mean = ([each[at] for each in self.history if np.isfinite(each[at])] for at in (1, 2))
        return [
            Strip(
                "worth of the best policy and mean of the population",
                {"best": best, "mean": mean},
                x="generation",
                first=0,
            )
        ]

    def buttons(self) -> list[Button]:
        agent = self.agent
        return [
            Button("Select", self.select, lambda: agent.parents is None and not self.done, "e"),
            Button("Cross", self.cross, lambda: agent.parents is not None and agent.children is None, "c"),
            Button("Mutate", self.mutate, lambda: agent.children is not None, "t"),
            Button("Run", self.play, lambda: not self.done, "u"),
            Button("Move", self.move, key="m"),
        ]

    def settings(self) -> list[Setting]:
        def slider(label: str, low: float, high: float, digits: int) -> Setting:
            return Setting(
                label, lambda: getattr(self._options, label), lambda x: self._change(label, x), low, high, digits
            )

        return [slider("discount", 0.0, 1.0, 2), slider("mutation", 0.0, 0.2, 3)]

    def _change(self, name: str, value: float) -> None:
        """The population lives on under another rule; under another discount it is worth something else."""
        self._options = replace(self._options, **{name: value})  # type: ignore[arg-type]
        self._carry_on(self.world.mdp())

    def _carry_on(self, mdp: MDP) -> None:
        agent = self._make(mdp, self._options)
        agent.take_over(self.agent)
        self.agent = agent
        self.history[-1] = standing(agent)
        self._look()

    def play(self) -> None:
        """What the Run button presses: play to the end."""
        self.playing = True

    def select(self) -> None:
        self.agent.select()
        chosen = len(np.unique(self.agent.parents))
        self.say("{chosen} of {population} policies become parents", chosen=chosen, population=self._options.population)

    def cross(self) -> None:
        self.agent.cross()
        self.say(
            "{count} children, each with one parent's action or the other's in every state",
            count=len(self.agent.children),
        )

    def mutate(self) -> None:
        self.agent.mutate()
        self.history.append(standing(self.agent))
        self.values = self.agent.values
        if self.done:
            reached = float(self.agent.weights @ self.values)
            where = WHERE[self._options.fitness]
            self.say(
                "the best policy is worth {reached:.3f} {where}, {best:.3f} is possible",
                reached=reached,
                where=_(where),
                best=self.best,
            )

    def advance(self, steps: int) -> None:
        for _step in range(steps):
            if self.done:
                return
            if self.agent.parents is None:
                self.select()
            if self.agent.children is None:
                self.cross()
            self.mutate()

    def move(self) -> None:
        """Walk along the best policy, not along what the population does on average."""
        start = int(self._walk_random.choice(self.world.starts))
        self.walk = Walk(self.world.mdp(), self.agent.policy, start, self._walk_random, self.discount)

    def reset(self) -> None:
        super().reset()
        self._begin()

    def edit(self, world: GridWorld) -> None:
        mdp = world.mdp()
        super().edit(world)
        self._carry_on(mdp)
