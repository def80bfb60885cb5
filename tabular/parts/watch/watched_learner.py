"""What the window shows of a learner: its table, its last update in its parts, and how far it is from the truth."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from common.language import N_, _
from dp.parts.greedy import greedy_policy
from gridworld.env import GridWorldEnv
from gridworld.mdp import MDP
from gridworld.problems.changing import ChangingEnv
from gridworld.window.lesson import Lesson, Strip
from gridworld.window.snapshot import Snapshot
from gridworld.world import GridWorld
from tabular.parts.method import Method
from tabular.parts.paths import greedy_path
from tabular.parts.table_agent import ActionTable
from tabular.parts.trial import Trial, Truth
from tabular.parts.watch.record import Entry, Record
from tabular.parts.watch.update_rows import knowledge, update_rows, updated_cells

import numpy as np

_TRUTHS = {
    "optimal": N_("the optimal values"),
    "epsilon-soft": N_("the best epsilon-soft values"),
    "policy": N_("the policy's values"),
}
"""What learners are measured against: two beside each other may have two truths, and their curves say which."""
TRAIL = 60
"""States of the present episode that the trail shows at most."""
RECENT = 100
"""Episodes that the curve of returns is a mean of."""


class WatchedLearner(Lesson):
    """A method with its trial, and what there is to see of it.

    make: begins a trial of the method in an environment, with the seed it has always had. episodes: where Play stops.
    max_steps: of an episode. then, after: the map that the map becomes, and after how many steps. entry: the update on
    show. falls: of every episode, the present one's last.
    """

    def __init__(
        self,
        world: GridWorld,
        method: Method,
        make: Callable[[Method, Any], Trial],
        *,
        episodes: int,
        max_steps: int,
        seed: int = 0,
        then: GridWorld | None = None,
        after: int = 0,
    ) -> None:
        super().__init__(method.title, world, seed)
        self._first, self._then, self._after = world, then, after
        self.method = method
        self._make = make
        self._limit = self._episodes = episodes
        self._max_steps = max_steps
        self._begin()

    def _begin(self) -> None:
        self.env = self.environment(self.world)
        self.trial = self._make(self.method, self.env)
        self.agent = self.trial.agent
        self.record = Record(self.agent, self.env, self.method.target)
        model = self.model()
        self.truth = Truth(model, self.method.tends_to) if model is not None else None
        self.entry: Entry | None = None
        self.falls = [0]
        self._replay: deque[Entry] = deque()
        self._replayed = self._table()
        self._replayed_weights = self._weights()
        self._ratios: dict[int, float] = {}
        self._trail: deque[int] = deque([self.record.state], maxlen=TRAIL)
        self._fresh = True
        self.errors = [self.error()]

    def environment(self, world: GridWorld) -> Any:
        """Where the method learns. A map that is edited stays what it was made."""
        if self._then is None or world is not self._first:
            return GridWorldEnv(world, max_steps=self._max_steps)
        return ChangingEnv(world, self._then, self._after, self._max_steps)

    def model(self) -> MDP | None:
        """By which the method is judged; None where there is none to know."""
        return self.world.mdp()

    @property
    def action_names(self) -> Sequence[str]:
        """What the environment's actions are called."""
        return self.world.action_names

    def error(self) -> float:
        """How far the table is from the truth; NaN where nobody knows that."""
        return float("nan") if self.truth is None else self.truth.error(self.agent)

    def _table(self) -> np.ndarray:
        return self.agent.action_values if isinstance(self.agent, ActionTable) else self.agent.values

    # What is shown

    @property
    def discount(self) -> float:
        return self.agent.discount

    @property
    def done(self) -> bool:
        return len(self.trial.returns) >= self._limit and not self._replay

    @property
    def pending(self) -> int:
        return len(self._replay)

    @property
    def counts_falls(self) -> bool:
        """Whether one can fall on this map, as from the cliff."""
        return isinstance(self.agent, ActionTable) and bool(self.world.where("goes_to").any())

    @property
    def shows_path(self) -> bool:  # type: ignore[override]
        """Where one can fall, the path that the greedy policy takes is half of the story; the falls are the other."""
        return self.counts_falls

    @property
    def reads(self) -> str:
        return _("what the learner knows of it")

    def snapshot(self) -> Snapshot:
        agent, entry = self.agent, self.entry
        table = self._replayed if self._replay else self._table()
        visits = np.array(agent.visits)
        trail = tuple(self._trail)
        here = trail[-1]
        if self._replay and entry is not None:
            here = entry.update.state
        cells = None if entry is None else updated_cells(entry)
        planned = [state for state, _ in self.record.planned]
        traces = self._traces()
        weights = self._replayed_weights if self._replay else self._weights()
        if not isinstance(agent, ActionTable):
            shown = Snapshot(table, None, agent.policy, visits, here, trail, cells, planned, (), traces)
            return replace(shown, weights=weights, ratios=self._ratios)
        return Snapshot(
            values=table.max(axis=1) if self.truth is None else np.where(self.truth.learned, table.max(axis=1), 0.0),
            action_values=table,
            policy=greedy_policy(table),
            visits=visits.sum(axis=1),
            agent=here,
            trail=trail,
            updated=cells,
            planned=planned,
            traces=traces,
            path=self.greedy_path(table),
            weights=None if weights is None else weights.max(axis=1),
            ratios=self._ratios,
        )

    def greedy_path(self, table: np.ndarray) -> list[int] | None:
        """The states from the start along the greedy policy; None where no model says where that leads."""
        return greedy_path(self.world, table)

    def _weights(self) -> np.ndarray | None:
        """[S] or [S, A] the importance weights' sums; None for a learner without."""
        kept = getattr(self.agent, "weights", None)
        return None if kept is None else np.array(kept)

    def _traces(self) -> np.ndarray | None:
        """[S] each state's trace, the largest of its actions' where pairs have them; None for a learner without."""
        kept = getattr(self.agent, "traces", None)
        if kept is None:
            return None
        traces = np.zeros(len(self.agent.table))
        for place, trace in kept.items():
            state = place[0] if isinstance(place, tuple) else place
            traces[state] = max(traces[state], trace)
        return traces

    def status(self) -> list[tuple[str, str]]:
        trial = self.trial
        lines = [
            (
                "episode",
                _("{done:,} of {all:,}", done=len(trial.returns) + (not self._fresh), all=self._limit),
            ),
            ("step, in all", f"{trial.steps:,}, {trial.total_steps:,}"),
            ("return so far", f"{trial.episode_return:z.3g}"),
        ]
        if self.record.planned:
            lines.append(("also moved", _("{count:,} entries", count=len(self.record.planned))))
        if hasattr(self.agent, "queue"):
            lines.append(("queue", _("{count:,} pairs", count=len(self.agent.queue))))
        if self.entry is None:
            return lines
        if self._replay:
            lines.append(("entries to go", f"{len(self._replay):,}"))
        parts = update_rows(self.entry, self.method.target, self.discount, self._place, self.action_names)
        return [*lines, ("last update", ""), *parts]

    def _place(self, state: int) -> str:
        row, column = self.world.row_column(state)
        return f"({row}, {column})"

    def strips(self) -> list[Strip]:
        title = _("return, mean of the last {count}", count=RECENT)
        strips = [Strip(title, {"": self.trial.returns}, x="episode", recent=RECENT)]
        if self.counts_falls:
            falls = {"": self.falls[: len(self.trial.returns)]}
            strips.append(
                Strip(
                    _("falls an episode, mean of the last {count}", count=RECENT),
                    falls,
                    x="episode",
                    recent=RECENT,
                    floor=0,
                )
            )
        if np.isfinite(self.errors[-1]):
            title, truth = N_("RMS distance"), _TRUTHS[self.method.tends_to]
            strips.append(Strip(title, {"": self.errors}, x="episode", first=0, floor=0.0, truth=truth))
        return strips

    def backup(self, state: int) -> list[str]:
        """The learner's own entries of the state; the model is none of its business."""
        row, column = self.world.row_column(state)
        where = _("row {row}, column {column}", row=row, column=column)
        if self.world.is_wall(state):
            return [where, _("a wall: never entered")]
        if self.world.is_terminal(state):
            return [where, _("terminal: the episode ends here")]
        return knowledge(self.agent, state, where, self.action_names, self.method.own_step_size)
