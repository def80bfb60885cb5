"""A learner in the window: its table, its last update in numbers, and how far it is from the truth."""

from collections import deque
from collections.abc import Callable

from dp.parts.greedy import greedy_policy
from gridworld.env import GridWorldEnv
from gridworld.window.lesson import Button, Lesson, Setting, Strip
from gridworld.window.snapshot import Snapshot
from gridworld.world import GridWorld
from tabular.parts.table_agent import ActionTable, Update
from tabular.parts.trial import Trial, Truth

import numpy as np

_TRUTHS = {
    "optimal": "the optimal values",
    "epsilon-soft": "the best epsilon-soft values",
    "policy": "the policy's values",
}
"""What learners are measured against: two beside each other may have two truths, each a plot of its own."""
TRAIL = 60
"""States of the present episode that the trail shows at most."""


class LearnerLesson(Lesson):
    """A trial as the window shows it. A step is a step in the environment.

    make: begins the trial anew in an environment, with the seed it has always had. truth: the kind of `Truth` that the
    table is measured against. episodes: where Play stops; "More" gives as many again. max_steps: of an episode.
    """

    def __init__(
        self,
        title: str,
        world: GridWorld,
        make: Callable[[GridWorldEnv], Trial],
        truth: str,
        *,
        episodes: int,
        max_steps: int,
        seed: int = 0,
    ) -> None:
        super().__init__(title, world, seed)
        self._make = make
        self._kind = truth
        self._limit = self._episodes = episodes
        self._max_steps = max_steps
        self._begin()

    def _begin(self) -> None:
        self.env = GridWorldEnv(self.world, max_steps=self._max_steps)
        self.trial = self._make(self.env)
        self.agent = self.trial.agent
        self.truth = Truth(self.world.mdp(), self._kind)
        self._trail: deque[int] = deque([self.world.starts[0]], maxlen=TRAIL)
        self._fresh = True
        self.errors = [self.truth.error(self.agent)]

    # What is shown

    @property
    def discount(self) -> float:
        return self.agent.discount

    @property
    def done(self) -> bool:
        return len(self.trial.returns) >= self._limit

    def snapshot(self) -> Snapshot:
        agent = self.agent
        last = agent.last_update
        changed = None if last is None else last.state
        trail = tuple(self._trail)
        if isinstance(agent, ActionTable):
            action_values = agent.action_values
            visits = np.array(agent.visits).sum(axis=1)
            return Snapshot(
                values=np.where(self.truth.learned, action_values.max(axis=1), 0.0),
                action_values=action_values,
                policy=greedy_policy(action_values),
                visits=visits,
                agent=trail[-1],
                trail=trail,
                changed=changed,
                traces=self._traces(),
            )
        visits = np.array(agent.visits)
        return Snapshot(agent.values, None, agent.policy, visits, trail[-1], trail, changed, traces=self._traces())

    def _traces(self) -> np.ndarray | None:
        """[S] each state's trace, the largest of its actions' where pairs have them; None for a learner without."""
        kept = getattr(self.agent, "traces", None)
        if kept is None:
            return None
        traces = np.zeros(self.world.n_states)
        for place, trace in kept.items():
            state = place[0] if isinstance(place, tuple) else place
            traces[state] = max(traces[state], trace)
        return traces

    def status(self) -> list[tuple[str, str]]:
        trial = self.trial
        score = f"{trial.episode_return:.3g}"
        if isinstance(self.agent, ActionTable):
            score += f",  {self.agent.epsilon:.3g}"
        lines = [
            ("episode", f"{len(trial.returns) + (not self._fresh):,} of {self._limit:,}"),
            ("step", f"{trial.steps:,}  ({trial.total_steps:,} in all)"),
            ("return, epsilon" if isinstance(self.agent, ActionTable) else "return", score),
        ]
        last = self.agent.last_update
        return lines if last is None else lines + self._in_numbers(last)

    def _in_numbers(self, last: Update) -> list[tuple[str, str]]:
        """new = old + step size * (target - old)."""
        row, column = self.world.row_column(last.state)
        entry = (
            f"v({row}, {column})"
            if last.action is None
            else f"q({row}, {column}, {self.world.action_names[last.action]})"
        )
        return [
            (entry, f"{last.old:.3f} → {last.new:.3f}"),
            ("target", f"{last.target:.3f}"),
            ("", f"{last.old:.3f} + {last.step_size:.3g} × ({last.target:.3f} - {last.old:.3f})"),
        ]

    def strips(self) -> list[Strip]:
        strips = [Strip("return of each episode", {"return": self.trial.returns})]
        if np.isfinite(self.errors[-1]):
            strips.append(Strip(f"distance from {_TRUTHS[self._kind]}", {"RMS error": self.errors}))
        return strips

    # What can be done

    def buttons(self) -> list[Button]:
        return [
            Button("Finish", self.finish_episode, lambda: not self.done, "e"),
            Button("Move", self.move, key="m"),
            Button("More", self._go_on, lambda: self.done, "o"),
        ]

    def settings(self) -> list[Setting]:
        def slider(label: str, name: str, low: float, high: float, digits: int) -> Setting:
            agent = self.agent
            return Setting(label, lambda: getattr(agent, name), lambda x: setattr(agent, name, x), low, high, digits)

        sliders = [slider("discount", "discount", 0.0, 1.0, 2), slider("step size", "step_size", 0.01, 1.0, 2)]
        if isinstance(self.agent, ActionTable):
            sliders.append(slider("epsilon", "epsilon", 0.0, 1.0, 2))
        return sliders

    def advance(self, steps: int) -> None:
        trial, trail = self.trial, self._trail
        for _ in range(steps):
            if self.done:
                break
            if self._fresh:
                trail.clear()
            ended = trial.step()
            if self._fresh:
                self._fresh = False
            trail.append(self.env.state)
            if ended:
                self._fresh = True
                self.errors.append(self.truth.error(self.agent))

    def finish_episode(self) -> None:
        """Learn to the end of this episode."""
        before = len(self.trial.returns)
        while len(self.trial.returns) == before and not self.done:
            self.advance(1)

    def _go_on(self) -> None:
        self._limit += self._episodes
        self.playing = True

    def reset(self) -> None:
        super().reset()
        self._limit = self._episodes
        kept = {setting.label: setting.get() for setting in self.settings()}
        self._begin()
        for setting in self.settings():
            if setting.label != "epsilon":
                setting.set(kept[setting.label])

    def edit(self, world: GridWorld) -> None:
        self.env = GridWorldEnv(world, max_steps=self._max_steps)
        self.trial.use(self.env)
        super().edit(world)
        self.truth = Truth(world.mdp(), self._kind)
        self._fresh = True
        self._trail.clear()
        self._trail.append(world.starts[0])
