"""A learner in the window, and everything that can be done to it."""

from collections.abc import Callable
from typing import Any

from common.language import N_, _, titled
from gridworld.window.lesson import Button, Setting
from gridworld.world import GridWorld
from tabular.parts.method import Method
from tabular.parts.table_agent import ActionTable
from tabular.parts.trial import Truth
from tabular.parts.watch.record import Entry, fell
from tabular.parts.watch.sliders import sliders
from tabular.parts.watch.watched_learner import WatchedLearner


class LearnerLesson(WatchedLearner):
    """A step is a step in the environment; where it moves many entries, as one at an episode's end may, single steps
    show one after the other before the next.

    "More" gives as many episodes again. others: asked for the methods that a button changes to, one after the other;
    other_button: its label and key. The rest is the watched learner's.
    """

    def __init__(
        self,
        *arguments: Any,
        others: Callable[[], list[Method]] | None = None,
        other_button: tuple[str, str] = (N_("Learner"), "l"),
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self._others, self._other_button = others, other_button

    # What can be done

    def buttons(self) -> list[Button]:
        buttons = [
            Button("Finish", self.finish_episode, lambda: not self.done, "e"),
            Button("Move", self.move, key="m"),
            Button("More", self._go_on, lambda: self.done, "o"),
        ]
        if self._others is not None:
            label, key = self._other_button
            buttons.append(Button(label, self.change_learner, key=key))
        return buttons

    def settings(self) -> list[Setting]:
        return sliders(self.agent, own_step_size=self.method.own_step_size)

    def change_learner(self) -> None:
        """Let the next method go on with what has been learned, and with the sliders where they are."""
        assert self._others is not None
        others, before = self._others(), self.method
        trains = [other.train for other in others]
        place = trains.index(before.train) + 1 if before.train in trains else 0
        self.method = others[place % len(others)]
        old, trial, playing = self.agent, self.trial, self.playing
        kept = [(setting.label, setting.get()) for setting in self.settings()]
        errors, falls, limit, table = self.errors, self.falls, self._limit, self._table()
        self._begin()
        self.agent.fill(table)
        self.agent.visits = old.visits
        self.trial.take_over(trial)
        self.errors, self.falls, self._limit = errors, falls, limit
        self.playing, self.title = playing, self.method.title
        for setting in self.settings():
            for label, value in kept:
                if setting.label == label:
                    setting.set(value)
        self.say(
            "{learner} goes on with what {before} has learned",
            learner=titled(self.method.title),
            before=titled(before.title),
        )

    def advance(self, steps: int) -> None:
        if steps == 1 and self._replay:
            self._replay_one()
            return
        for _step in range(steps):
            self._replay.clear()
            if self.done:
                break
            self._learn()

    def _learn(self) -> None:
        """A step in the environment, with what is learned from it."""
        if self._fresh:
            self._trail.clear()
        self.record.begin_step()
        self._ratios = {}
        ended = self.trial.step()
        self._fresh = ended
        self.falls[-1] += fell(self.world, self.record.transition)
        self._trail.append(self.record.state)
        if self._then is not None and self.env.world is not self.world:
            self._changed()
        if ended:
            self.errors.append(self.error())
            self.falls.append(0)
        entries = self.record.entries
        if len(entries) > 1:
            self._replayed, self._replayed_weights = self._table(), self._weights()
            for entry in reversed(entries):
                self._replayed[_index(entry)] = entry.update.old
                if self._replayed_weights is not None and entry.weights is not None:
                    # The step size is w / C, so what C was before is
                    self._replayed_weights[_index(entry)] = entry.weights * (1 - entry.update.step_size)
            self._replay.extend(entries)
            self._replay_one()
        elif entries:
            self.entry = entries[0]
            self._passed(self.entry)

    def _changed(self) -> None:
        """The map has become the other one, as it was to."""
        self.world = self.env.world
        self.truth = Truth(self.world.mdp(), self.method.tends_to)
        self.say(
            "after {steps:,} steps the map is another one: {name}",
            steps=self.trial.total_steps,
            name=self.world.name,
        )

    def steer(self, action: int) -> None:
        """Take the agent's next action by hand; the learner learns from it as from its own."""
        self.playing = False
        self._replay.clear()
        if self.done or not isinstance(self.agent, ActionTable) or self.method.target is None:
            self.say("nothing is left to learn: press O for more" if self.done else "this learner cannot be steered")
            return
        record, name = self.record, self.action_names[action]
        begins = self.method.target != "return" and not record.has_taken
        if begins and not self._fresh:
            record.resume(self.record.state)
            self.trial.begin_loop()
        record.commands.append(action)
        if self.method.target != "drawn":
            self._learn()
            if record.transition is not None:
                self.say("you took {name}: reward {reward:g}", name=_(name), reward=record.transition.reward)
            return
        # The target is to hold the action that comes next: the move is made now, what it teaches waits for that.
        if record.has_taken:
            self._learn()
        elif self._fresh:
            record.resume(self.env.reset()[0])
            self._trail.clear()
            self._trail.append(self.record.state)
            self._fresh = False
        if record.take(action):
            self._learn()
            self.say("you took {name}, and the episode is over", name=_(name))
        else:
            self._trail.append(self.record.state)
            self.say("you took {name}: the update waits for your next action, which its target needs", name=_(name))

    def _replay_one(self) -> None:
        """Show the next of the entries that moved together."""
        self.entry = self._replay.popleft()
        self._replayed[_index(self.entry)] = self.entry.update.new
        if self._replayed_weights is not None and self.entry.weights is not None:
            self._replayed_weights[_index(self.entry)] = self.entry.weights
        self._passed(self.entry)

    def _passed(self, entry: Entry) -> None:
        """Keep the weight with which the return has run back through the entry's state."""
        if entry.ratio is not None:
            self._ratios[entry.update.state] = entry.ratio

    def finish_episode(self) -> None:
        """Learn to the end of this episode, and from all of it."""
        before = len(self.trial.returns)
        self._replay.clear()
        while len(self.trial.returns) == before and not self.done:
            self._learn()

    def _go_on(self) -> None:
        self._limit += self._episodes
        self.playing = True

    def reset(self) -> None:
        super().reset()
        if self.world is self._then:
            self.world = self._first
        self._limit = self._episodes
        self._begin()

    def edit(self, world: GridWorld) -> None:
        self.env = self.environment(world)
        self.trial.use(self.env)
        self.record.use(self.env)
        super().edit(world)
        self.truth = Truth(world.mdp(), self.method.tends_to)
        self._replay.clear()
        self._fresh = True
        self._trail.clear()
        self._trail.append(world.starts[0])


def _index(entry: Entry) -> tuple[int, ...]:
    """Where the entry stands in its table."""
    update = entry.update
    return (update.state,) if update.action is None else (update.state, update.action)
