"""What a chapter hands to the window: what to draw, what can be pressed, and what a step is.

A chapter subclasses `Lesson` around its own agent; the window asks it for its `snapshot` and tells it to `advance`.
Nothing here touches pygame, so a lesson runs and is tested without a window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from common.language import N_, _
from gridworld.window.pictures.picture import Picture
from gridworld.window.snapshot import Snapshot
from gridworld.window.walk import Walk, backup_lines
from gridworld.world import GridWorld

import numpy as np

# Keys that the window keeps for itself; a lesson's button cannot have them.
WINDOW_KEYS = frozenset(
    (
        "space",
        "n",
        "-",
        "+",
        "=",
        "r",
        "h",
        "s",
        "g",
        "w",
        "escape",
        "tab",
        "[",
        "]",
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
    )
)


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Button:
    """A labelled action; locked (grey, and deaf to its key) while `ready()` is false.

    key: a letter or pygame's name of a key ("e", "left"), not one of WINDOW_KEYS; raises ValueError if it is.
    """

    label: str
    press: Callable[[], None]
    ready: Callable[[], bool] = _always
    key: str | None = None

    def __post_init__(self) -> None:
        if self.key in WINDOW_KEYS:
            raise ValueError(f"the button {self.label!r} wants the key {self.key!r}, which the window keeps for itself")


@dataclass(frozen=True)
class Setting:
    """A number that a slider changes while the lesson runs, between low and high (both included).

    digits: decimals shown, and the slider's grid. enabled: whether it has an effect; greyed otherwise. Lessons side by
    side share the settings whose labels agree.
    """

    label: str
    get: Callable[[], float]
    set: Callable[[float], None]
    low: float
    high: float
    digits: int = 2
    enabled: Callable[[], bool] = _always


@dataclass(frozen=True)
class Strip:
    """A small plot under the grid: each line's y values in order, one an episode or sweep.

    title: what the y axis measures. logarithmic: whether it is (values that are not above zero are then left out).
    x: what is counted along the other axis, from `first` on. floor: what no value can be below. recent: the line is the
    mean of so many values, the last one's among them; 0 draws the values. truth: what the lines are compared with,
    which titles and legends say. level: a dashed line across, whose name the title says. at: where each line's values
    lie along the other axis; one after the other, if empty.
    """

    title: str
    lines: Mapping[str, Sequence[float]]
    logarithmic: bool = False
    x: str = ""
    first: int = 1
    floor: float | None = None
    recent: int = 0
    truth: str = ""
    level: tuple[str, float] | None = None
    at: Mapping[str, Sequence[float]] = field(default_factory=dict)


class Lesson:
    """One agent on one map, as the window sees it. Subclasses override what they have; the rest has a default.

    title: shown over the grid. world: the map now. playing: the window calls `advance` while this is true; the
    lesson may set it itself (a Run button starts, the end of learning stops). walk: a walk along the policy in
    progress, which the window moves by `advance_walk`.

    on_map: whether the map is what is shown, with its layers; own_map: whether it can be changed and saved;
    shows_path: whether the greedy path is one of the layers from the start; subtitle: a line below the title.

    The window itself supplies play, step, speed, reset, help, screenshot, recording and saving the map.
    """

    on_map = True
    own_map = True
    shows_path = False

    def __init__(self, title: str, world: GridWorld, seed: int = 0) -> None:
        self.title = title
        self.world = world
        self.playing = False
        self.walk: Walk | None = None
        self._walk_random = np.random.default_rng(seed)
        self._message = ""
        self._first_rules = world.slip, world.step_reward

    # What is shown

    @property
    def subtitle(self) -> str:
        """What is worked on, below the title."""
        return _(
            "{name}, {height} x {width} cells", name=self.world.name, height=self.world.height, width=self.world.width
        )

    @property
    def discount(self) -> float:
        """The discount in the hover backup and the walk's return; subclasses return their agent's."""
        return 1.0

    @property
    def done(self) -> bool:
        """Nothing is left to advance: Play stops here, and a recording ends."""
        return False

    @property
    def pending(self) -> int:
        """Single steps in which the last one is still to be shown; lessons beside it wait meanwhile."""
        return 0

    @property
    def reads(self) -> str:
        """What the hover panel says of a cell."""
        return _("its backup in numbers")

    def snapshot(self) -> Snapshot:
        """What to draw now. Called once a frame, so hand out arrays as they are instead of copies."""
        return Snapshot()

    def shown(self) -> Snapshot:
        """The snapshot, with the walk's agent and trail in place of the lesson's own while there is a walk."""
        snapshot = self.snapshot()
        if self.walk is None:
            return snapshot
        return replace(snapshot, agent=self.walk.state, trail=self.walk.trail, updated=None, planned=())

    def status(self) -> list[tuple[str, str]]:
        """(label, value) lines beside the grid: sweeps, episode, return, the last update in numbers."""
        return []

    def strips(self) -> list[Strip]:
        """Small plots under the grid."""
        return []

    def pictures(self) -> Sequence[Picture]:
        """What to draw where the map is not what is shown."""
        return []

    def backup(self, state: int) -> list[str]:
        """What the hover panel says of a state: each action's reward + discount * next value, in numbers.

        A line is "name: expression = result"; a line that starts with a space explains the one above. By default
        from the map's model and the snapshot's values, or the largest action value where there are no state values.
        """
        snapshot = self.snapshot()
        values = snapshot.values
        if values is None and snapshot.action_values is not None:
            values = snapshot.action_values.max(axis=1)
        return backup_lines(self.world, values, self.discount, state, snapshot.policy)

    # What can be done

    def buttons(self) -> list[Button]:
        """The lesson's own buttons, in the order in which the idea is taught. Reset is the window's."""
        return []

    def settings(self) -> list[Setting]:
        """Sliders: discount, epsilon, step size."""
        return []

    def world_settings(self) -> list[Setting]:
        """Sliders of the map's own rules: its slip, and what every step pays."""
        if not self.on_map:
            return []

        def rule(label: str, name: str, low: float, high: float) -> Setting:
            def change(value: float) -> None:
                self.edit(self.world.with_rules(**{name: value}))

            return Setting(label, lambda: getattr(self.world, name), change, low, high)

        lowest = min(-1.0, self.world.step_reward)
        return [rule(N_("slip"), "slip", 0.0, 1.0), rule(N_("step reward"), "step_reward", lowest, 1.0)]

    def advance(self, steps: int) -> None:
        """Do this many of the lesson's steps (a sweep, an environment step); fewer where it is done before."""

    def steer(self, action: int) -> None:
        """Take the agent's next action by hand, where there is a learner that learns from it."""

    def reset(self) -> None:
        """Forget everything and begin again, on the map as edited but for its sliders; subclasses call this first."""
        slip, step_reward = self._first_rules
        if (self.world.slip, self.world.step_reward) != (slip, step_reward):
            self.edit(self.world.with_rules(slip=slip, step_reward=step_reward))
        self.playing = False
        self.walk = None

    def edit(self, world: GridWorld) -> None:
        """Go on with an edited map of the same size: values carry on, only what depends on the map is made anew.

        A subclass makes its new model first and calls this last, so that a UserError leaves it as it was.
        """
        self.world = world
        self.walk = None

    # The walk that every grid chapter shares

    def move(self) -> None:
        """Start a walk along the snapshot's policy, from a start of the map; what a Move button presses."""
        policy = self.snapshot().policy
        if policy is None:
            self.say(_("there is no policy to follow yet"))
            return
        start = int(self._walk_random.choice(self.world.starts))
        self.walk = Walk(self.world.mdp(), policy.copy(), start, self._walk_random, self.discount)

    def advance_walk(self, steps: int = 1) -> None:
        """Move the walk on, if there is one; its last move leaves a message."""
        if self.walk is None or self.walk.over:
            return
        for _move in range(steps):
            if self.walk.over:
                break
            self.walk.step()
        if self.walk.over:
            self.say(self.walk.message)

    def finale(self) -> None:
        """What a recording shows once the lesson is done: by default a walk along the policy, if there is one."""
        if self.snapshot().policy is not None:
            self.move()

    # What it says

    def say(self, message: str, /, **values: Any) -> None:
        """Show one line under the grid, in place of the one before: a message with values for its {places}."""
        self._message = _(message, **values)

    def take_message(self) -> str:
        """The line to show, once: empty until something new is said."""
        message, self._message = self._message, ""
        return message
