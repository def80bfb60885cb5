"""Example 6.7 in the window: a thousand learners, one of them in its parts, and how many of them went left."""

from dataclasses import fields
from functools import partial

from common.errors import UserError
from common.language import N_, _, titled
from common.watch.display import has_display
from gridworld.window.lesson import Button, Lesson, Setting, Strip
from gridworld.window.pictures.picture import Arrow, Chart, Diagram, Node, Picture
from gridworld.world import GridWorld
from tabular.parts.learning_options import ControlOptions
from tabular.parts.textbook.bias import LEFT, MEAN, Learners, learners

import numpy as np

RUNS = 1_000
FEWEST, MOST = 2, 100
"""Actions of B."""
_A, _B, _END = (0.74, 0.55), (0.38, 0.55), (0.97, 0.55)
_MOST_WRITTEN = 30
"""Actions of B that have their numbers."""


class BiasLesson(Lesson):
    """An episode of every learner is a step. tables: 1 for Q-learning, 2 for Double Q-learning.

    agent: all learners; learner: the one that is drawn; left: % of them that went left in each episode.
    """

    on_map = False

    def __init__(self, title: str, tables: int, actions: int, options: ControlOptions) -> None:
        super().__init__(title, GridWorld(["S"], name="Example 6.7", continuing=True), options.seed)
        self._tables, self._options, self._episodes = tables, options, options.episodes
        self._first = self._actions = actions
        self._begin()

    def _begin(self) -> None:
        self.agent: Learners = learners(self._tables, self._options.seed, RUNS, self._actions)
        self.agent.step_size, self.agent.epsilon = self._options.step_size, self._options.epsilon
        self.left: list[float] = []
        self.learner = 0
        self.last: str | None = None

    @property
    def subtitle(self) -> str:
        return _(
            "Example 6.7: two states, {actions} actions in B, {learners:,} learners",
            actions=self._actions,
            learners=RUNS,
        )

    @property
    def done(self) -> bool:
        return len(self.left) >= self._episodes

    def advance(self, steps: int) -> None:
        for _episode in range(min(steps, self._episodes - len(self.left))):
            went_left = self.agent.episode()
            self.left.append(100 * float(went_left.mean()))
            self.last = "left" if went_left[self.learner] else "right"

    # What is shown

    def believed(self) -> float:
        """What the learners take B for on average: the largest of its values, or what the other table says of that."""
        rows = np.arange(RUNS)
        best = self.agent.b[0].argmax(axis=1)
        return float(self.agent.b[-1, rows, best].mean())

    def status(self) -> list[tuple[str, str]]:
        left, right = self.agent.a[:, self.learner].mean(axis=0)
        return [
            ("episode", _("{done:,} of {all:,}", done=len(self.left), all=self._episodes)),
            ("went left", f"{self.left[-1]:.1f} %" if self.left else _("nobody yet")),
            ("B is taken for", f"{self.believed():z.3f}"),
            ("B is worth", f"{MEAN:g}"),
            (_("learner {number} went", number=self.learner + 1), _(self.last) if self.last else _("not yet")),
            ("q(A, left)", f"{left:z.3f}"),
            ("q(A, right)", f"{right:z.3f}"),
        ]

    def pictures(self) -> list[Picture]:
        a, b = self.agent.a[:, self.learner], self.agent.b[:, self.learner]
        limit = max(0.2, float(np.abs(a).max()), float(np.abs(b).max()))
        return [self._diagram(a.mean(axis=0), b.mean(axis=0), limit), self._bars(b, limit)]

    def _diagram(self, a: np.ndarray, b: np.ndarray, limit: float) -> Diagram:
        arrows = [
            Arrow(_A, _B, float(a[LEFT]), f"{_('left')}\n{a[LEFT]:z.3f}"),
            Arrow(_A, _END, float(a[1 - LEFT]), f"{_('right')}\n{a[1 - LEFT]:z.3f}"),
        ]
        for value, y in zip(b.tolist(), np.linspace(0.08, 0.96, len(b)).tolist(), strict=True):
            words = f"{value:z.2f}" if len(b) <= _MOST_WRITTEN else ""
            arrows.append(Arrow(_B, (0.13, y), value, words, at_end=True))
        nodes = [Node(_A, "A"), Node(_B, "B"), Node(_END, ends=True)]
        return Diagram(_("learner {number}: its values", number=self.learner + 1), nodes, arrows, limit)

    def _bars(self, b: np.ndarray, limit: float) -> Chart:
        actions = np.arange(1, b.shape[1] + 1)
        names = [""] if len(b) == 1 else [_("first table"), _("second table")]
        lines = {name: (actions, row) for name, row in zip(names, b, strict=True)}
        ends = (0.4, b.shape[1] + 0.6)
        up = (-1.05 * limit, 1.05 * limit)
        level = (_("the truth, {number:g}", number=MEAN), MEAN)
        return Chart(N_("values in B"), N_("action"), "q(B, a)", lines, ends, up, level, kind="bars", by_state=False)

    def strips(self) -> list[Strip]:
        least = 50 * self.agent.epsilon
        level = (
            _("the least with epsilon {epsilon:.2g}, {least:.3g} %", epsilon=self.agent.epsilon, least=least),
            least,
        )
        return [Strip("% of the learners that went left", {"": self.left}, x="episode", floor=0.0, level=level)]

    # What can be done

    def buttons(self) -> list[Button]:
        return [Button("Other learner", self.show_another, key="o")]

    def show_another(self) -> None:
        """Draw the next of the learners."""
        self.learner = (self.learner + 1) % RUNS
        self.last = None

    def settings(self) -> list[Setting]:
        def slider(label: str, name: str, low: float) -> Setting:
            change = partial(setattr, self.agent, name)
            return Setting(label, lambda: float(getattr(self.agent, name)), change, low, 1.0)

        return [
            Setting("actions of B", lambda: self._actions, self._set_actions, FEWEST, MOST, digits=0),
            slider("step size", "step_size", 0.01),
            slider("epsilon", "epsilon", 0.0),
        ]

    def _set_actions(self, actions: float) -> None:
        """Other actions are other values: all learners begin again, with the other sliders where they are."""
        before, self._actions = self.agent, int(actions)
        self._begin()
        self.agent.step_size, self.agent.epsilon = before.step_size, before.epsilon
        self.say("{count} actions in B: all learners begin again", count=self._actions)

    def reset(self) -> None:
        super().reset()
        self._actions = self._first
        self._begin()


_OWN = {"bias", "episodes", "seed", "step_size", "epsilon", "headless", "record"}
"""Options that have a meaning here."""


def bias_lessons(actions: int, options: ControlOptions) -> list[BiasLesson]:
    """Q-learning and Double Q-learning, side by side."""
    titles = ("Q-learning", 1), ("Double Q-learning", 2)
    return [BiasLesson(title, tables, actions, options) for title, tables in titles]


def run_bias(actions: int, options: ControlOptions) -> int:
    """Open the window on both; without one, let them learn and print how many went left. Returns the exit status.

    actions: of B. Raises UserError for options that mean nothing here.
    """
    for option in fields(options):
        given = getattr(options, option.name)
        if option.name not in _OWN and given != option.default:
            raise UserError(
                "{flag} {given} is not for --bias: leave it out", flag="--" + option.name.replace("_", "-"), given=given
            )
    lessons = bias_lessons(actions, options)
    in_a_window = has_display() and not options.headless
    if options.record is not None or in_a_window:
        from gridworld.window.pictures.view import DiagramView
        from gridworld.window.show import show

        show(*lessons, headless=options.headless, record=options.record, view=DiagramView, steps=options.episodes)
    for lesson in lessons if not in_a_window else ():
        lesson.advance(options.episodes - len(lesson.left))
        last = float(np.mean(lesson.left[-20:]))
        print(
            _(
                "{title}, {actions} actions in B, {learners:,} learners, {episodes} episodes:",
                title=titled(lesson.title),
                actions=actions,
                learners=RUNS,
                episodes=options.episodes,
            )
        )
        most = max(lesson.left)
        print(_("  left at the most {most:.1f} %, in the last 20 episodes {last:.1f} %", most=most, last=last))
        print(_("  B is worth {worth:g} and is taken for {believed:.3f}", worth=MEAN, believed=lesson.believed()))
    return 0
