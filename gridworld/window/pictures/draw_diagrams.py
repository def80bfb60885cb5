"""A diagram of a few states: circles, squares where it ends, actions as arrows in their values' colours."""

from __future__ import annotations

import math

from common.language import _
from gridworld.window.drawing.palette import INK, LINES, PAPER, Colour, ValueScale, mix, pygame, text_width, wrap
from gridworld.window.panels.controls import BODY, SMALL, Easel
from gridworld.window.pictures.picture import Arrow, Diagram, Node, Point

import numpy as np


def draw_diagram(easel: Easel, place: pygame.Rect, diagram: Diagram) -> None:
    """Draw it into the place."""
    easel.card(place)
    inner = place.inflate(-easel.px(20), -easel.px(12))
    for words in wrap(_(diagram.title), easel.px(BODY), inner.width):
        easel.write(words, (inner.left, inner.top + 0.65 * easel.px(BODY)), BODY, INK, inner.width)
        inner.top += round(1.3 * easel.px(BODY))
        inner.height -= round(1.3 * easel.px(BODY))
    scale = ValueScale(np.array([diagram.limit]))
    radius = min(easel.px(22), round(0.12 * inner.height), round(0.07 * inner.width))

    def at(point: Point) -> tuple[int, int]:
        return round(inner.left + point[0] * inner.width), round(inner.top + point[1] * inner.height)

    for arrow in diagram.arrows:
        _draw_arrow(easel, at(arrow.start), at(arrow.end), arrow, scale.colour(arrow.value), radius)
    for node in diagram.nodes:
        _draw_node(easel, at(node.place), node, radius)
    free = -math.inf
    for arrow in sorted(diagram.arrows, key=lambda each: each.end[1]):
        x, y = at(arrow.end)
        if arrow.at_end and arrow.words and y >= free:
            easel.write(arrow.words, (x - easel.px(6), y), SMALL, INK, anchor="midright")
            free = y + 1.1 * easel.px(SMALL)


def _draw_node(easel: Easel, middle: tuple[int, int], node: Node, radius: int) -> None:
    if node.ends:
        side = round(0.9 * radius)
        square = pygame.Rect(0, 0, side, side)
        square.center = middle
        pygame.draw.rect(easel.surface, mix(PAPER, INK, 0.55), square)
        return
    pygame.draw.aacircle(easel.surface, INK, middle, radius)
    pygame.draw.aacircle(easel.surface, PAPER, middle, radius - max(1, easel.px(2)))
    easel.write(node.name, middle, BODY, INK, anchor="center", strong=True)


def _draw_arrow(
    easel: Easel, start: tuple[int, int], end: tuple[int, int], arrow: Arrow, colour: Colour, radius: int
) -> None:
    """A line with a head; pale colours have a dark edge, so that they are seen."""
    length = math.hypot(end[0] - start[0], end[1] - start[1])
    if length <= 2 * radius:
        return
    along = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    stop = length - (easel.px(2) if arrow.at_end else radius)
    width = easel.px(2 if arrow.at_end else 4)
    head = easel.px(7 if arrow.at_end else 12)

    def point(forward: float, aside: float) -> tuple[float, float]:
        return (
            start[0] + along[0] * forward - along[1] * aside,
            start[1] + along[1] * forward + along[0] * aside,
        )

    for ink, more in ((mix(LINES, INK, 0.35), max(1, easel.px(1))), (colour, 0)):
        half = width / 2 + more
        shaft = [point(0, -half), point(stop - head, -half), point(stop - head, half), point(0, half)]
        pygame.draw.polygon(easel.surface, ink, shaft)
        neck, wing = stop - head - more, head / 2 + more
        tip = [point(stop + more, 0), point(neck, wing), point(neck, -wing)]
        pygame.draw.polygon(easel.surface, ink, tip)
    if arrow.words and not arrow.at_end:
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        lines = arrow.words.split("\n")
        for number, words in enumerate(lines):
            room = text_width(words, easel.px(SMALL)) <= length - 1.5 * radius
            if room:
                y = middle[1] - easel.px(SMALL) * (0.5 + 1.2 * (len(lines) - number))
                easel.write(words, (middle[0], y), SMALL, INK, anchor="center")
