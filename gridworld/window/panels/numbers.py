"""The lessons' numbers: label and value lines, those of two lessons in two columns."""

from __future__ import annotations

from collections.abc import Sequence

from common.language import _, titled
from gridworld.window.drawing.palette import INK, MUTED, text_width, wrap
from gridworld.window.lesson import Lesson
from gridworld.window.panels.controls import ACCENT, BODY
from gridworld.window.panels.pen import Pen

_LINE = 19
_SIZE = 13


def draw_numbers(pen: Pen, lessons: Sequence[Lesson], headings: bool = True) -> None:
    """A line for each label, a column for each of two lessons; a value too long for it goes on in the next line.

    More than two lessons stand one below the other. headings: whether a label without a value is one.
    """
    if len(lessons) > 2:
        for lesson in lessons:
            middle = (pen.left, pen.y + pen.easel.px(_LINE) / 2)
            pen.easel.write(titled(lesson.title), middle, BODY, ACCENT, pen.width, strong=True)
            pen.y += pen.easel.px(_LINE)
            draw_numbers(pen, [lesson], headings=False)
        return
    tables = [lesson.status() for lesson in lessons]
    if not any(tables):
        return
    easel, gap = pen.easel, pen.easel.px(10)
    labels = merged_labels([[label for label, _ in rows] for rows in tables])
    size, line = easel.px(_SIZE), easel.px(_LINE)
    first = max(text_width(_(label), size) for label in labels)
    first = min(first, pen.width // 2 if len(lessons) == 1 else pen.width // 3)
    column = (pen.width - first - gap * len(lessons)) // len(lessons)
    if len(lessons) > 1:
        titles = [wrap(titled(lesson.title), size, int(0.85 * column)) for lesson in lessons]  # bold letters are wider
        _row(pen, "", titles, first, column, heading=True)
    for label in labels:
        values = [next((value for name, value in rows if name == label), None) for rows in tables]
        if headings and not any(values):
            pen.y += easel.px(4)
            easel.write(_(label), (pen.left, pen.y + line / 2), BODY, ACCENT, pen.width, strong=True)
            pen.y += line
            continue
        _row(pen, _(label), [wrap(value or "", size, column) for value in values], first, column)
    pen.down(6)


def _row(pen: Pen, label: str, cells: list[list[str]], first: int, column: int, heading: bool = False) -> None:
    """One row of the table; the only column is set against the right edge."""
    easel, line, gap = pen.easel, pen.easel.px(_LINE), pen.easel.px(10)
    labels = wrap(label, easel.px(_SIZE), first)
    for number, words in enumerate(labels):
        easel.write(words, (pen.left, pen.y + line * (number + 0.5)), _SIZE, MUTED, first)
    for index, lines in enumerate(cells):
        for number, words in enumerate(lines):
            y = pen.y + line * (number + 0.5)
            right = pen.left + first + (index + 1) * (gap + column)
            easel.write(words, (right, y), _SIZE, ACCENT if heading else INK, column, "midright", strong=heading)
    pen.y += line * max(1, len(labels), *(len(lines) for lines in cells))


def merged_labels(lists: Sequence[Sequence[str]]) -> list[str]:
    """Every label once; one that only a later list has stands behind the label that it has there before it."""
    merged: list[str] = []
    for labels in lists:
        place = 0
        for label in labels:
            if label in merged:
                place = merged.index(label) + 1
            else:
                merged.insert(place, label)
                place += 1
    return merged
