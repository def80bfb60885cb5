"""The panel beside the grid: every control, the numbers of the lesson, and the backup of the cell under the pointer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from common.language import N_, _, titled
from gridworld.actions import ACTION_NAMES
from gridworld.window.commands import Commands
from gridworld.window.drawing.palette import BACKGROUND, INK, LINES, MUTED, PAPER, mix, pygame, text_width
from gridworld.window.panels.controls import ACCENT, BODY, SMALL, Easel
from gridworld.window.panels.numbers import draw_numbers
from gridworld.window.panels.pen import Pen

WIDTH = 330
WIDTH_OF_TWO = 410
_PAD = 16
_ROW = 34
_GAP = 7
_LEAST_BODY = 120
"""Points that the part that scrolls has at least, before the backup is drawn elsewhere."""


@dataclass(frozen=True)
class Drawn:
    """What came of drawing the panel. fits: whether there was room for the backup; body: the part that scrolls;
    hidden: pixels of it that are out of sight, above and below together."""

    fits: bool
    body: pygame.Rect
    hidden: int


def panel_width(commands: Commands) -> int:
    """Points across: two lessons have their numbers side by side."""
    return WIDTH_OF_TWO if len(commands.lessons) == 2 else WIDTH


def draw_panel(
    easel: Easel,
    rect: pygame.Rect,
    commands: Commands,
    backup: list[str],
    scroll: int = 0,
    more: Callable[[Pen], None] | None = None,
) -> Drawn:
    """Draw the panel: what is pressed often above, tools below, and between them what scrolls by so many pixels.

    more: draws what stands before the numbers.
    """
    pygame.draw.rect(easel.surface, PAPER, rect)
    pygame.draw.line(easel.surface, LINES, rect.topleft, rect.bottomleft, max(1, easel.px(1)))
    pad = easel.px(_PAD)
    tools_height = easel.px(30 + _GAP + 8)
    pen = Pen(easel, rect.left + pad, rect.width - 2 * pad, rect.top + easel.px(12), rect.bottom - tools_height - pad)
    _title(pen, commands)
    _lesson_buttons(pen, commands)
    _playback(pen, commands)
    pen.rule()
    tools = Pen(easel, pen.left, pen.width, pen.bottom + easel.px(6), rect.bottom)
    _tools(tools, commands)
    fits = _backup(pen, backup)
    body = pygame.Rect(rect.left + easel.px(1), pen.y, rect.width - easel.px(1), max(0, pen.room))
    return Drawn(fits, body, _body(pen, body, commands, scroll, more))


def _body(pen: Pen, body: pygame.Rect, commands: Commands, scroll: int, more: Callable[[Pen], None] | None) -> int:
    """Layers, sliders and numbers; returns how many pixels of them are out of sight."""
    easel = pen.easel
    before = len(easel.controls)
    scroll = max(0, scroll)
    inner = Pen(easel, pen.left, pen.width, body.top - scroll, body.bottom)
    easel.surface.set_clip(body)
    if commands.lessons[0].on_map:
        _layers(inner, commands)
        inner.rule()
    _settings(inner, commands)
    if more is not None:
        more(inner)
    draw_numbers(inner, commands.lessons)
    easel.surface.set_clip(None)
    # What is cut off cannot be pressed.
    easel.controls[before:] = [control for control in easel.controls[before:] if body.contains(control.rect)]
    height = inner.y + scroll - body.top
    if height > body.height > 0:
        track = pygame.Rect(body.right - easel.px(7), body.top, easel.px(4), body.height)
        pygame.draw.rect(easel.surface, mix(PAPER, LINES, 0.5), track, border_radius=easel.px(2))
        grip = pygame.Rect(track.left, 0, track.width, max(easel.px(20), body.height * body.height // height))
        grip.top = track.top + round((track.height - grip.height) * min(1.0, scroll / (height - body.height)))
        pygame.draw.rect(easel.surface, MUTED, grip, border_radius=easel.px(2))
    return max(0, height - body.height)


def _backup(pen: Pen, lines: list[str]) -> bool:
    """The backup at the panel's foot, without its single outcomes where there is no room for them."""
    if not lines:
        return True
    for shown in (lines, without_outcomes(lines)):
        height = pen.easel.px(_backup_height(shown))
        if height + pen.easel.px(_LEAST_BODY) <= pen.room:
            place = pygame.Rect(pen.left, pen.bottom - height, pen.width, height)
            draw_backup(pen.easel, place, shown)
            pen.bottom = place.top - pen.easel.px(8)
            return True
    return False


def without_outcomes(lines: list[str]) -> list[str]:
    """The backup's lines but for those that only explain the one above."""
    return [line for line in lines if not line.startswith(" ")]


def _title(pen: Pen, commands: Commands) -> None:
    words = titled(commands.lessons[0].title) if len(commands.lessons) == 1 else _("Side by side")
    pen.lines(words, 18, INK, strong=True)
    pen.lines(commands.lessons[0].subtitle, SMALL, MUTED)
    pen.down(7)


def _lesson_buttons(pen: Pen, commands: Commands) -> None:
    buttons = commands.buttons()
    count = len(buttons) + 1
    columns = 3 if count in (3, 5, 6) or count > 8 else 4 if count in (4, 7, 8) else max(2, count)
    if columns == 4 and any(len(_(button.label)) > 7 for button in buttons):
        columns = 2 if count == 4 else 3
    places: list[pygame.Rect] = []
    while len(places) < count:
        places += pen.cells(columns, _ROW)
    for button, place in zip(buttons, places, strict=False):
        pen.easel.button(
            button.label,
            place,
            partial(commands.press, button),
            key=_key_label(button.key),
            enabled=button.ready(),
        )
    pen.easel.button("Reset", places[len(buttons)], commands.reset, key="R")


def _key_label(key: str | None) -> str:
    if key is None or key in ACTION_NAMES:  # the arrow keys have the names of the moves
        return ""
    return key.upper() if len(key) == 1 else key


def _playback(pen: Pen, commands: Commands) -> None:
    easel = pen.easel
    row = pen.cells(12, _ROW, gap=_GAP)
    y, height = row[0].top, row[0].height

    def across(first: int, last: int) -> pygame.Rect:
        return pygame.Rect(row[first].left, y, row[last].right - row[first].left, height)

    playing = commands.playing
    label = N_("Pause") if playing else N_("Play")
    busy = playing or any(not lesson.done for lesson in commands.lessons)
    easel.button(label, across(0, 3), commands.toggle_play, key="Space", enabled=busy, filled=True)
    easel.button("Step", across(4, 6), commands.step, key="N", enabled=any(not x.done for x in commands.lessons))
    easel.button("-", across(7, 7), commands.playback.slower, enabled=commands.playback.level > 0)
    speed = across(8, 10)
    top = (speed.centerx, speed.centery - easel.px(6))
    easel.write(commands.playback.label, top, SMALL, INK, speed.width + easel.px(10), "center")
    easel.write(_("speed"), (speed.centerx, speed.centery + easel.px(8)), 10, MUTED, anchor="center")
    easel.button("+", across(11, 11), commands.playback.faster, enabled=not commands.playback.is_fastest)


def _layers(pen: Pen, commands: Commands) -> None:
    places: list[pygame.Rect] = []
    switches = commands.switches()
    while len(places) < len(switches):
        places += pen.cells(2, 24, gap=3)
    for switch, place in zip(switches, places, strict=False):
        pen.easel.switch(
            switch.label,
            place,
            partial(commands.toggle_layer, switch),
            key=switch.key,
            on=getattr(commands.layers, switch.field) and commands.can_show(switch),
            enabled=commands.can_show(switch),
        )


def _settings(pen: Pen, commands: Commands) -> None:
    settings = commands.settings()
    size = pen.easel.px(BODY)
    widest = max((text_width(_(setting.label), size) for setting in settings), default=0)
    label_width = min(max(widest, round(0.3 * pen.width)), round(0.62 * pen.width))
    for index, setting in enumerate(settings):
        value = setting.get()
        width = setting.high - setting.low
        share = (value - setting.low) / width if width > 0 else 0.0
        pen.easel.slider(
            setting.label,
            pen.cells(1, 24, gap=2)[0],
            min(max(share, 0.0), 1.0),
            f"{value:.{setting.digits}f}",
            partial(commands.slide, setting),
            label_width=label_width,
            selected=len(settings) > 1 and index == commands.selected % len(settings),
            enabled=setting.enabled(),
        )
    if settings:
        pen.rule()


def _tools(pen: Pen, commands: Commands) -> None:
    tools = [(N_("Help"), commands.toggle_help, "H"), (N_("Picture"), commands.request_screenshot, "S")]
    tools.append((N_("GIF"), commands.toggle_film, "G"))
    if commands.lessons[0].on_map:
        tools.insert(1, (N_("Save"), commands.save_map, "W"))
    for place, (label, press, key) in zip(pen.cells(len(tools), 30), tools, strict=True):
        pen.easel.button(label, place, press, key=key)


_BACKUP_LINE = 18


def _backup_height(lines: list[str]) -> int:
    return _BACKUP_LINE * len(lines) + 12


def backup_size(lines: list[str], scale: float) -> tuple[int, int]:
    """(width, height) in pixels that the backup needs."""
    return round((WIDTH - 2 * _PAD) * scale), round(_backup_height(lines) * scale)


def draw_backup(easel: Easel, rect: pygame.Rect, lines: list[str]) -> None:
    """The backup's lines in three columns: name, expression, result."""
    easel.card(rect, mix(PAPER, BACKGROUND, 0.8), mix(LINES, ACCENT, 0.25))
    line, size = easel.px(_BACKUP_LINE), 13
    left, right = rect.left + easel.px(10), rect.right - easel.px(10)
    y = rect.top + easel.px(6) + line / 2
    indent = 50 if all(len(words.partition(": ")[0]) < 7 for words in lines if " = " in words) else 78
    summed_up = (_("policy"), _("best"))
    for index, words in enumerate(lines):
        if y + line / 2 > rect.bottom:
            return
        name, _colon, rest = words.partition(": ")
        if words.startswith(" "):
            easel.write(words.strip(), (left + easel.px(10), y), SMALL, MUTED, right - left)
        elif " = " not in rest:
            easel.write(words, (left, y), size, ACCENT if index == 0 else INK, right - left, strong=index == 0)
        else:
            expression, _equals, result = rest.rpartition(" = ")
            easel.write(name, (left, y), size, MUTED if name in summed_up else INK)
            result_rect = easel.write(result, (right, y), size, INK, anchor="midright")
            place = (left + easel.px(indent), y)
            easel.write(expression, place, size, MUTED, result_rect.left - place[0] - easel.px(8))
        y += line
