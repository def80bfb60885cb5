"""Everything that a key or a press can do to the lessons on show, and what the window remembers about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from common.errors import UserError
from common.language import N_, _
from gridworld.window.captures import FRAMES_PER_SECOND, Film, fresh_path, save_screenshot
from gridworld.window.drawing.layers import Layers
from gridworld.window.drawing.palette import pygame
from gridworld.window.lesson import Button, Lesson, Setting
from gridworld.window.playback import Playback, step_together

KEYBOARD_STEPS = 50
"""How many key presses take a slider from end to end, at most."""


@dataclass(frozen=True)
class LayerSwitch:
    """A layer of the painter: its field, its label, its key, and the part of a snapshot that it shows."""

    field: str
    label: str
    key: str
    shows: str


LAYERS = (
    LayerSwitch("values", N_("State values"), "1", "values"),
    LayerSwitch("policy", N_("Policy"), "2", "policy"),
    LayerSwitch("action_values", N_("Action values"), "3", "action_values"),
    LayerSwitch("visits", N_("Visits"), "4", "visits"),
    LayerSwitch("agent", N_("Agent, trail"), "5", ""),
    LayerSwitch("numbers", N_("Numbers"), "6", ""),
    LayerSwitch("traces", N_("Traces"), "7", "traces"),
    LayerSwitch("path", N_("Greedy path"), "8", "path"),
    LayerSwitch("weights", N_("Weights"), "9", "weights"),
)
_OF_SOME = ("traces", "path", "weights")
"""Layers that are offered only where there is something to show."""


class Commands:
    """The lessons side by side as one: a command goes to all of them.

    layers, playback: how they are shown and how fast. message: the line under the grid. running: false once the window
    should close. help_open: the help covers the window. film: the recording in progress. wants_screenshot: the next
    picture is to be saved. film_rate: frames a second of a recording. selected: index of the setting that the keyboard
    changes. snapshots: of the lessons, from when they were last looked at.
    """

    def __init__(self, lessons: Sequence[Lesson], playback: Playback | None = None) -> None:
        self.lessons = list(lessons)
        self.playback = playback or Playback()
        self.message = ""
        self.running = True
        self.help_open = False
        self.film: Film | None = None
        self.film_rate: float = FRAMES_PER_SECOND
        self.selected = 0
        self.wants_screenshot = False
        self.snapshots = [lesson.shown() for lesson in self.lessons]
        only_action_values = all(
            snapshot.values is None and snapshot.action_values is not None for snapshot in self.snapshots
        )
        self.layers = Layers(action_values=only_action_values, path=any(lesson.shows_path for lesson in self.lessons))

    def look(self) -> None:
        """Take in what the lessons show now; once a picture, since a learner may have to put its table together."""
        self.snapshots = [lesson.shown() for lesson in self.lessons]

    @property
    def playing(self) -> bool:
        """Whether any lesson plays."""
        return any(lesson.playing for lesson in self.lessons)

    def can_show(self, switch: LayerSwitch) -> bool:
        """Whether any lesson has what the layer would show."""
        return not switch.shows or any(getattr(snapshot, switch.shows) is not None for snapshot in self.snapshots)

    def switches(self) -> list[LayerSwitch]:
        """The layers to offer: traces, paths and weights only of lessons that have some."""
        return [switch for switch in LAYERS if switch.field not in _OF_SOME or self.can_show(switch)]

    # Playing

    def toggle_play(self) -> None:
        """Play all lessons that have something left, or pause all."""
        start = not self.playing
        for lesson in self.lessons:
            lesson.playing = start and not lesson.done
        if start and not self.playing:
            self.message = _("nothing is left to do: press R to begin again")

    def stop(self, message: str) -> None:
        """Pause because of what the message says."""
        for lesson in self.lessons:
            lesson.playing = False
        self.message = message

    def step(self) -> None:
        """Pause, and make one step."""
        for lesson in self.lessons:
            lesson.playing = False
        step_together(self.lessons, 1)

    def reset(self) -> None:
        """Let every lesson begin again."""
        for lesson in self.lessons:
            lesson.reset()
        self.message = _("started again")

    def steer(self, name: str) -> None:
        """Take every agent's next action by hand, if its map has one of that name."""
        for lesson in self.lessons:
            if name in lesson.world.action_names:
                lesson.steer(lesson.world.action_names.index(name))

    # The lessons' own buttons and settings

    def buttons(self) -> list[Button]:
        """The lessons' buttons; those with the same label are one, which presses every lesson's that is ready."""
        by_label: dict[str, list[Button]] = {}
        for lesson in self.lessons:
            for button in lesson.buttons():
                by_label.setdefault(button.label, []).append(button)
        return [buttons[0] if len(buttons) == 1 else _together(buttons) for buttons in by_label.values()]

    def press(self, button: Button) -> None:
        """Press a button if it is not locked; a user's error becomes the message."""
        if not button.ready():
            return
        for lesson in self.lessons:
            if lesson.walk is not None and lesson.walk.over:
                lesson.walk = None
        try:
            button.press()
        except UserError as error:
            self.message = str(error)

    def settings(self) -> list[Setting]:
        """The lessons' settings; those with the same label are one."""
        by_label: dict[str, list[Setting]] = {}
        for lesson in self.lessons:
            for setting in [*lesson.settings(), *lesson.world_settings()]:
                by_label.setdefault(setting.label, []).append(setting)
        return [settings[0] if len(settings) == 1 else _shared(settings) for settings in by_label.values()]

    def change(self, setting: Setting, value: float) -> None:
        """Give a setting a value, kept within its bounds and decimals; a user's error becomes the message."""
        value = round(min(max(value, setting.low), setting.high), setting.digits)
        if not setting.enabled():
            self.message = _("{label} has no effect on this method", label=_(setting.label))
            return
        if value == setting.get():
            return
        try:
            setting.set(value)
        except UserError as error:
            self.message = str(error)

    def slide(self, setting: Setting, share: float) -> None:
        """Give a setting the value that is this share (0 to 1) of the way between its bounds."""
        self.change(setting, setting.low + share * (setting.high - setting.low))

    def select_next(self) -> None:
        """Let the keyboard change the next setting."""
        count = len(self.settings())
        self.selected = (self.selected + 1) % count if count else 0

    def nudge(self, direction: int) -> None:
        """Move the selected setting one notch down (-1) or up (1)."""
        settings = self.settings()
        if settings:
            setting = settings[self.selected % len(settings)]
            notch = max(10.0**-setting.digits, round((setting.high - setting.low) / KEYBOARD_STEPS, setting.digits))
            self.change(setting, setting.get() + direction * notch)
            if not setting.enabled():
                return
            self.message = _("{label} is {value}", label=_(setting.label), value=f"{setting.get():.{setting.digits}f}")

    # What is shown

    def toggle_layer(self, switch: LayerSwitch) -> None:
        """Show or hide a layer, if the lessons have what it shows."""
        if self.can_show(switch):
            self.layers = replace(self.layers, **{switch.field: not getattr(self.layers, switch.field)})

    def toggle_help(self) -> None:
        """Open or close the help."""
        self.help_open = not self.help_open

    def quit(self) -> None:
        """Close the window."""
        self.running = False

    # What is written

    def request_screenshot(self) -> None:
        """Have the next picture saved."""
        self.wants_screenshot = True

    def screenshot(self, picture: pygame.Surface) -> None:
        """Save the picture of the window."""
        self.wants_screenshot = False
        self._write(lambda: _("saved {path}", path=save_screenshot(picture, self.lessons[0].title)))

    def save_map(self) -> None:
        """Save the map as it is now, if one is shown."""
        if not self.lessons[0].on_map:
            return
        if not self.lessons[0].own_map:
            self.message = _("this map belongs to its environment and has no file")
            return

        def save() -> str:
            path = fresh_path(self.lessons[0].world.name, ".toml")
            self.lessons[0].world.save(path)
            return _("saved {path}: open it again with --map {path}", path=path)

        self._write(save)

    def toggle_film(self) -> None:
        """Begin a recording, or end it and say where it is."""
        if self.film is not None:
            self.end_film()
        else:
            self._write(self._begin_film)

    def end_film(self) -> None:
        """Write the recording, if there is one."""
        film, self.film = self.film, None
        if film is not None:
            self._write(lambda: _finish(film))

    def _begin_film(self) -> str:
        path = fresh_path(self.lessons[0].title, ".gif")
        self.film = Film(path, rate=self.film_rate)
        return _("recording: press G again to stop")

    def _write(self, write: Callable[[], str]) -> None:
        try:
            self.message = write()
        except (OSError, UserError, pygame.error) as error:
            self.message = _("could not be saved: {error}", error=error)

    def listen(self) -> bool:
        """Take over what the lessons say; whether one said something."""
        said = [message for lesson in self.lessons if (message := lesson.take_message())]
        if said:
            self.message = "   |   ".join(said)
        return bool(said)


def record_to(path: Path, rate: float = FRAMES_PER_SECOND) -> Film:
    """A film under a name of the user's choice, without a bound. Raises UserError where it cannot be written."""
    return Film(path, None, rate)


def _finish(film: Film) -> str:
    film.close()
    return (
        _("saved {path} ({frames} frames)", path=film.path, frames=film.frames)
        if film.frames
        else _("nothing was recorded")
    )


def _together(buttons: list[Button]) -> Button:
    def press() -> None:
        for button in buttons:
            if button.ready():
                button.press()

    def ready() -> bool:
        return any(button.ready() for button in buttons)

    return Button(buttons[0].label, press, ready, buttons[0].key)


def _shared(settings: list[Setting]) -> Setting:
    def set_all(value: float) -> None:
        for setting in settings:
            setting.set(value)

    def any_enabled() -> bool:
        return any(setting.enabled() for setting in settings)

    return replace(settings[0], set=set_all, enabled=any_enabled)
