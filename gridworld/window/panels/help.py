"""The help that H lays over the window."""

from __future__ import annotations

from collections.abc import Sequence

from common.language import N_, _
from gridworld.window.drawing.palette import INK, LINES, MUTED, PAPER, mix, pygame, text_width
from gridworld.window.lesson import Button
from gridworld.window.panels.controls import ACCENT, BODY, SMALL, Easel

SECTIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = N_(
    (
        (
            "Playing",
            (
                ("Space", "play or pause"),
                ("N", "one step"),
                ("- / +", "slower / faster"),
                ("R", "begin again, sliders back"),
                ("arrows", "take a learner's next action"),
            ),
        ),
        (
            "Layers",
            (
                ("1", "state values: blue above 0, orange below"),
                ("2", "policy: the longer, the likelier"),
                ("3", "action values, one triangle each"),
                ("4", "visits: count, and a bar by its logarithm"),
                ("5 / 6", "agent and trail / numbers"),
                ("8", "the greedy path, dotted"),
                ("7", "traces, where the learner has them"),
                ("9", "importance weights: C a bar, rho a frame"),
            ),
        ),
        (
            "The map",
            (
                ("point", "read a cell in numbers"),
                ("click", "floor, wall, trap, goal, ...; right: back"),
                ("drag", "paint on; from S: move the start"),
                ("wheel", "change what a cell pays; Shift: all alike"),
                ("W", "save the map as TOML"),
            ),
        ),
        (
            "Window",
            (
                ("Tab, [ ]", "choose a slider, move it"),
                ("S / G", "screenshot / begin and end a GIF"),
                ("Ctrl - / +", "smaller / larger text"),
                ("H / Esc", "this help / quit"),
            ),
        ),
    )
)

THIS_LESSON = N_("This lesson")
OF_MAPS = ("Layers", "The map")
Section = tuple[str, tuple[tuple[str, str], ...]]

_LINE = 23
_KEY_WIDTH = 76


def general_sections(instead: Section | None = None, without: Sequence[str] = ()) -> list[Section]:
    """What every window has. instead: what there is in place of a map, and of its keys. without: keys left out."""
    sections = [(title, tuple(row for row in rows if row[0] not in without)) for title, rows in SECTIONS]
    return sections if instead is None else [instead, *(each for each in sections if each[0] not in OF_MAPS)]


def draw_help(easel: Easel, buttons: Sequence[Button], general: Sequence[Section]) -> None:
    """A card in the middle of the surface with every key, the lesson's own before the general ones."""
    surface = easel.surface
    veil = pygame.Surface(surface.get_size(), pygame.SRCALPHA)
    veil.fill((*INK, 110))
    surface.blit(veil, (0, 0))
    own = tuple(
        (button.key.upper() if len(button.key) == 1 else button.key, button.label) for button in buttons if button.key
    )
    sections = [(THIS_LESSON, own), *general] if own else list(general)
    sections = [(_(title), tuple((_(key), _(words)) for key, words in rows)) for title, rows in sections]
    easel = _fitting(easel, sections)
    columns = _columns(sections)
    widths = [_column_width(easel, column) for column in columns]
    pad = easel.px(26)
    width = sum(widths) + pad * (len(widths) + 1)
    height = easel.px(60) + max(_height(easel, column) for column in columns) + pad
    card = pygame.Rect(0, 0, width, height)
    card.center = surface.get_rect().center
    easel.card(card, PAPER, LINES, radius=12)
    easel.write(_("Help"), (card.left + pad, card.top + easel.px(34)), 20, INK, strong=True)
    easel.write(
        _("any key or click closes it"), (card.right - pad, card.top + easel.px(34)), SMALL, MUTED, anchor="midright"
    )
    x = card.left + pad
    for column, column_width in zip(columns, widths, strict=True):
        _draw_column(easel, x, card.top + easel.px(62), column)
        x += column_width + pad


def _columns(sections: list[Section]) -> list[list[Section]]:
    """Two columns of about the same height."""
    half = sum(len(rows) + 2 for _, rows in sections) / 2
    left: list[Section] = []
    while sections and sum(len(rows) + 2 for _, rows in left) + len(sections[0][1]) / 2 < half:
        left.append(sections.pop(0))
    return [left, sections] if sections else [left]


def _fitting(easel: Easel, sections: list[Section]) -> Easel:
    """The easel, with smaller text where the card would be larger than the window."""
    columns = _columns(list(sections))
    pad = easel.px(26)
    width = sum(_column_width(easel, column) for column in columns) + pad * (len(columns) + 1)
    height = easel.px(60) + max(_height(easel, column) for column in columns) + pad
    share = min(1.0, 0.98 * easel.surface.get_width() / width, 0.98 * easel.surface.get_height() / height)
    return easel if share == 1.0 else Easel(easel.surface, easel.scale * share, easel.pointer)


def _column_width(easel: Easel, column: list[Section]) -> int:
    words = [words for _, rows in column for _, words in rows]
    return easel.px(_KEY_WIDTH) + max(text_width(line, easel.px(BODY)) for line in words)


def _height(easel: Easel, column: list[Section]) -> int:
    return sum(easel.px(_LINE) * (len(rows) + 1) + easel.px(12) for _, rows in column)


def _draw_column(easel: Easel, left: int, top: int, column: list[Section]) -> None:
    y = top
    line = easel.px(_LINE)
    for title, rows in column:
        easel.write(title, (left, y + line / 2), BODY, ACCENT, strong=True)
        y += line
        for key, words in rows:
            easel.write(key, (left, y + line / 2), BODY, mix(INK, PAPER, 0.1))
            easel.write(words, (left + easel.px(_KEY_WIDTH), y + line / 2), BODY, MUTED)
            y += line
        y += easel.px(12)
