"""Dyna-Q: Q-learning that also learns a model and, between two real steps, learns from what the model gives it.

    q(s, a) <- q(s, a) + step_size * [ r + discount * max_a' q(s', a') - q(s, a) ]          from (s, a, r, s') as it was
    the same, --planning-steps times                                                        from pairs that were visited

The model remembers what each pair has led to and how often, and draws from that: where outcomes are random, planning
with the last one alone would learn what happened to happen last. Where the world changes, the last one is the better
memory; --model last is the book's.

Sutton (1990). Sutton & Barto (2018), section 8.2.
    python tabular/dyna_q.py --map maze --discount 0.95                       watch it
    python tabular/dyna_q.py --map maze --discount 0.95 --versus q_learning
    python tabular/dyna_q.py --map maze --discount 0.95 --planning-steps 50 --episodes 30 --headless
    python tabular/dyna_q.py --figure 8.2
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from common.figures import run_figure
from common.options import Natural, launch
from gridworld.discrete import DiscreteEnv
from tabular.parts.experiment import Experiment
from tabular.parts.learning_options import ControlOptions
from tabular.parts.method import Method
from tabular.parts.rivals import rival
from tabular.parts.table_agent import ActionTable
from tabular.parts.textbook.planning import maze_episodes, maze_policies

Step = tuple[int, int, float, int, bool]
"""(state, action, reward, next state, terminated)"""


@dataclass(frozen=True)
class Options(ControlOptions):
    planning_steps: Natural = 10
    """updates from the model after each real one; 0 is Q-learning"""
    model: Literal["counts", "last"] = "counts"
    """what is remembered of a pair: all that it has led to and how often, or only what it led to last"""


class DynaTable(ActionTable):
    """Action values, and a model of the world as it was seen: p(s', r | s, a) is how often it came so."""

    def __init__(self, env: DiscreteEnv, options: Options) -> None:
        super().__init__(env, options)
        self.planning_steps, self.keeps_counts = options.planning_steps, options.model == "counts"
        self.pairs: list[tuple[int, int]] = []
        self.seen: dict[tuple[int, int], dict[Step, int]] = {}
        self.planned: list[Step] = []

    def remember(self, step: Step) -> None:
        """Count what the pair has led to."""
        pair = step[:2]
        if pair not in self.seen:
            self.pairs.append(pair)
        if pair not in self.seen or not self.keeps_counts:
            self.seen[pair] = {}
        self.seen[pair][step] = self.seen[pair].get(step, 0) + 1

    def imagine(self) -> Step:
        """A step from one of the visited pairs, all equally likely; what it leads to comes as often as it was seen."""
        seen = self.seen[self.pairs[int(self.random() * len(self.pairs))]]
        if len(seen) == 1:
            return next(iter(seen))
        return self.dice.choices(list(seen), list(seen.values()))[0]


def train(env: DiscreteEnv, agent: DynaTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset()
        action = agent.act(state)
        ended = False
        while not ended:
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.decay_epsilon()
            # target = r + discount * max_a' q(s', a')          r alone where the episode terminated
            target = reward + agent.discount * (1 - terminated) * max(agent.table[next_state])
            agent.update(state, action, target)
            agent.remember((state, action, reward, next_state, terminated))
            agent.planned = [agent.imagine() for _ in range(agent.planning_steps)]
            for s, a, r, s2, end in agent.planned:
                # planned target = r + discount * max_a' q(s', a')          from what the model draws
                target = r + agent.discount * (1 - end) * max(agent.table[s2])
                agent.move(s, a, target - agent.table[s][a])
            next_action = agent.act(next_state)
            state, action, ended = next_state, next_action, terminated or truncated
            yield reward, ended


def method(options: Options) -> Method:
    """Dyna-Q, for the experiments."""
    title = f"Dyna-Q, {options.planning_steps} planning steps"
    return Method(title, DynaTable, train, options, "optimal", target="best")


FIGURES = [maze_episodes(method, Options), maze_policies(method, Options)]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "dyna_q", options)
    return Experiment("dyna_q", options).run(method(options), *rival(options))


if __name__ == "__main__":
    launch(main, Options)
