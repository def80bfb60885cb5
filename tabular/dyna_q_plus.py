"""Dyna-Q+: Dyna-Q that is curious. In planning, what has not been tried for long pays a little more.

    r <- r + kappa * sqrt(tau)          tau: steps since the pair was last tried in earnest

A model that was right once is never tested again by an agent that is content with it, and a shortcut that has opened
is never found. The bonus grows until a plan leads there and finds out. Whatever could be tried from a state that was
visited is part of the plan: before it is known, it is thought to lead back to where it began, for nothing.

dyna_q.py with another reward in the plan. Sutton & Barto (2018), section 8.3.
    python tabular/dyna_q_plus.py --map opening-left --then opening-both --after 3000 --discount 0.95     watch it
    python tabular/dyna_q_plus.py --figure 8.5
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from common.figures import run_figure
from common.options import Bounds, launch
from gridworld.discrete import DiscreteEnv
from tabular import dyna_q
from tabular.parts.experiment import Experiment
from tabular.parts.method import Method
from tabular.parts.rivals import rival
from tabular.parts.textbook.planning import blocking_maze, shortcut_maze


@dataclass(frozen=True)
class Options(dyna_q.Options):
    kappa: Annotated[float, Bounds(0, 1e9)] = 1e-3
    """bonus in planning for a pair, times the square root of the steps since it was last tried"""
    model: Literal["counts", "last"] = "last"
    """what is remembered of a pair: all that it has led to and how often, or only what it led to last"""


class CuriousTable(dyna_q.DynaTable):
    """Action values, a model, and for each pair when it was last tried."""

    def __init__(self, env: DiscreteEnv, options: Options) -> None:
        super().__init__(env, options)
        self.kappa, self.now = options.kappa, 0
        self.tried: dict[tuple[int, int], int] = {}

    def remember(self, step: dyna_q.Step) -> None:
        """Count what the pair has led to, and when; a new state's other actions are thought to lead back to it."""
        state, action = step[:2]
        self.now += 1
        if (state, 0) not in self.tried:
            for other in range(self.n_actions):
                super().remember((state, other, 0.0, state, False))
                self.tried[state, other] = 0
        if self.tried[state, action] == 0:
            self.seen[state, action] = {}
        super().remember(step)
        self.tried[state, action] = self.now

    def imagine(self) -> dyna_q.Step:
        """A step as Dyna-Q imagines it, which pays more the longer ago it was tried."""
        state, action, reward, next_state, terminated = super().imagine()
        # r <- r + kappa * sqrt(tau)
        reward += self.kappa * math.sqrt(self.now - self.tried[state, action])
        return state, action, reward, next_state, terminated


def train(env: DiscreteEnv, agent: CuriousTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """Dyna-Q's loop."""
    return dyna_q.train(env, agent, episodes)


def method(options: Options) -> Method:
    """Dyna-Q+, for the experiments."""
    return Method(
        f"Dyna-Q+, {options.planning_steps} planning steps", CuriousTable, train, options, "optimal", target="best"
    )


FIGURES = [figure(method, Options, dyna_q.method, dyna_q.Options) for figure in (blocking_maze, shortcut_maze)]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "dyna_q_plus", options)
    return Experiment("dyna_q_plus", options).run(method(options), *rival(options))


if __name__ == "__main__":
    launch(main, Options)
