"""Prioritised sweeping: Dyna-Q that plans where it matters, backwards from what has just changed.

    P(s, a) = | sum_{s', r} p(s', r | s, a) [ r + discount * max_a' q(s', a') ] - q(s, a) |       p: as it was seen
    take the pair with the largest P;  q(s, a) <- q(s, a) + step_size * P(s, a), with its sign
    look again at the P of every pair that was seen to lead to s;  and so on, --planning-steps times

Dyna-Q picks its pairs blindly: until the goal has been found, and far away from it long after, nearly all of them
change nothing. Here a surprise goes into a queue, and each update calls in those that it makes wrong.

Moore & Atkeson (1993); Peng & Williams (1993). Sutton & Barto (2018), section 8.4.
    python tabular/prioritised_sweeping.py --map maze --discount 0.95                    watch it
    python tabular/prioritised_sweeping.py --map maze --discount 0.95 --versus dyna_q
    python tabular/prioritised_sweeping.py --figure 8.4                                  growing mazes
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

from common.figures import run_figure
from common.options import Positive, Rate, launch
from gridworld.discrete import DiscreteEnv
from tabular import dyna_q
from tabular.parts.experiment import Experiment
from tabular.parts.method import Method
from tabular.parts.rivals import rival
from tabular.parts.textbook import mazes, updates


@dataclass(frozen=True)
class Options(dyna_q.Options):
    step_size: Rate = 1.0
    """how far an update moves an entry towards its target, which is a mean over all that was seen"""
    threshold: Positive = 1e-4
    """changes smaller than this are not worth an update"""


class SweepingTable(dyna_q.DynaTable):
    """A queue of the pairs that are wrong by the model, the worst first; waiting: the P of each; before: the pairs that
    were seen to lead to a state."""

    def __init__(self, env: DiscreteEnv, options: Options) -> None:
        super().__init__(env, options)
        self.threshold = options.threshold
        self.queue: list[tuple[float, int, int]] = []
        self.waiting: dict[tuple[int, int], float] = {}
        self.before: dict[int, set[tuple[int, int]]] = {}

    def remember(self, step: dyna_q.Step) -> None:
        """Count what the pair has led to, and the visit; see how wrong it is now."""
        super().remember(step)
        state, action, _, next_state, _ = step
        self.visits[state][action] += 1
        self.before.setdefault(next_state, set()).add((state, action))
        self.look_at(state, action)

    def error(self, state: int, action: int) -> float:
        """How far the model is above the table."""
        seen = self.seen[state, action]
        # target = sum_{s', r} p(s', r | s, a) [ r + discount * max_a' q(s', a') ]
        total = sum(n * (r + self.discount * (1 - end) * max(self.table[s2])) for (_, _, r, s2, end), n in seen.items())
        return total / sum(seen.values()) - self.table[state][action]

    def look_at(self, state: int, action: int) -> None:
        """Queue the pair, if it is wrong by enough and not yet queued for as much."""
        priority = abs(self.error(state, action))
        if priority > max(self.threshold, self.waiting.get((state, action), 0.0)):
            self.waiting[state, action] = priority
            heapq.heappush(self.queue, (-priority, state, action))

    def urgent(self) -> tuple[int, int] | None:
        """Take the pair with the largest P out of the queue; None where nothing is left to do."""
        while self.queue:
            priority, state, action = heapq.heappop(self.queue)
            # A pair that was queued again for more has left its older, smaller entry behind.
            if self.waiting.get((state, action)) == -priority:
                del self.waiting[state, action]
                return state, action
        return None


def train(env: DiscreteEnv, agent: SweepingTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset()
        action = agent.act(state)
        ended = False
        while not ended:
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.decay_epsilon()
            agent.remember((state, action, reward, next_state, terminated))
            agent.planned = []
            while len(agent.planned) < agent.planning_steps and (pair := agent.urgent()) is not None:
                # q(s, a) <- q(s, a) + step_size * [ target - q(s, a) ]
                agent.move(*pair, agent.error(*pair))
                agent.planned.append((*pair, 0.0, 0, False))
                for other in (pair, *agent.before.get(pair[0], ())):
                    agent.look_at(*other)
            next_action = agent.act(next_state)
            state, action, ended = next_state, next_action, terminated or truncated
            yield reward, ended


def method(options: Options) -> Method:
    """Prioritised sweeping, for the experiments."""
    title = f"Prioritised sweeping, {options.planning_steps} planning steps"
    return Method(title, SweepingTable, train, options, "optimal", target="best")


FIGURES = [mazes.growing_mazes(method, Options, dyna_q.method, dyna_q.Options), *updates.FIGURES]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "prioritised_sweeping", options)
    return Experiment("prioritised_sweeping", options).run(method(options), *rival(options))


if __name__ == "__main__":
    launch(main, Options)
