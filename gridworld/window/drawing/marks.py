"""The small pictures that the painter puts into cells: arrows, icons, the agent and its trail.

Each is drawn once at four times its size, shrunk to smooth its edges, and kept; drawing it again is one blit.
"""

from __future__ import annotations

import math
from functools import lru_cache

from gridworld.actions import DIRECTIONS
from gridworld.window.drawing.palette import AGENT, INK, PAPER, Colour, pygame

_OVERSAMPLING = 4

Point = tuple[float, float]


def _canvas(width: int, height: int) -> pygame.Surface:
    return pygame.Surface((max(1, width) * _OVERSAMPLING, max(1, height) * _OVERSAMPLING), pygame.SRCALPHA)


def _shrink(canvas: pygame.Surface) -> pygame.Surface:
    # Shrinking averages the colour of transparent pixels in, so every colour is weighed by its alpha first.
    size = (canvas.get_width() // _OVERSAMPLING, canvas.get_height() // _OVERSAMPLING)
    return pygame.transform.smoothscale(canvas.premul_alpha(), size)


def put(surface: pygame.Surface, sprite: pygame.Surface, x: float, y: float) -> None:
    """Draw a sprite of this module with its middle at (x, y)."""
    surface.blit(*centred(sprite, x, y), special_flags=pygame.BLEND_PREMULTIPLIED)


def centred(sprite: pygame.Surface, x: float, y: float) -> tuple[pygame.Surface, Point]:
    """The sprite and the corner that brings its middle to (x, y), for many at once with BLEND_PREMULTIPLIED."""
    width, height = sprite.get_size()
    return sprite, (round(x - width / 2), round(y - height / 2))


@lru_cache(maxsize=16)
def _unit(direction: int) -> Point:
    """(y, x) of length 1 in the direction of a move."""
    y, x = DIRECTIONS[direction]
    length = math.hypot(y, x)
    return y / length, x / length


@lru_cache(maxsize=2048)
def _arrow(direction: int, length: int, thickness: int, head: int, colour: Colour) -> pygame.Surface:
    head = min(head, length)
    wing = head * 0.62
    breadth = 2 * math.ceil(wing) + 2
    y, x = _unit(direction)
    # The box of a shaft of this length and breadth, turned this way.
    canvas = _canvas(
        *(math.ceil(abs(along) * length + abs(aside) * breadth - 1e-9) for along, aside in ((x, y), (y, x)))
    )
    middle_x, middle_y = canvas.get_width() / 2, canvas.get_height() / 2

    def at(along: float, aside: float) -> Point:
        along -= length / 2
        return middle_x + (x * along - y * aside) * _OVERSAMPLING, middle_y + (y * along + x * aside) * _OVERSAMPLING

    neck = length - head
    if neck > 0:
        side = thickness / 2
        pygame.draw.polygon(canvas, colour, [at(0, -side), at(neck + 1, -side), at(neck + 1, side), at(0, side)])
    pygame.draw.polygon(canvas, colour, [at(length, 0), at(neck, -wing), at(neck, wing)])
    return _shrink(canvas)


def arrow(
    tail: Point,
    direction: int,
    length: int,
    thickness: int,
    head: int,
    colour: Colour = INK,
) -> tuple[pygame.Surface, Point]:
    """An arrow from its tail towards an action's direction, and its corner; length, thickness and head in pixels."""
    y, x = _unit(direction)
    sprite = _arrow(direction, length, thickness, head, colour)
    return centred(sprite, tail[0] + x * length / 2, tail[1] + y * length / 2)


@lru_cache(maxsize=512)
def disc(radius: int, colour: Colour, rim: Colour | None = None, rim_width: int = 0) -> pygame.Surface:
    """A filled circle, with an optional rim outside it."""
    outer = radius + rim_width
    canvas = _canvas(2 * outer + 2, 2 * outer + 2)
    middle = ((outer + 1) * _OVERSAMPLING, (outer + 1) * _OVERSAMPLING)
    if rim is not None:
        pygame.draw.circle(canvas, rim, middle, outer * _OVERSAMPLING)
    pygame.draw.circle(canvas, colour, middle, radius * _OVERSAMPLING)
    return _shrink(canvas)


# Cards up to this many pixels are kept as sprites; larger ones are quicker filled.
_LARGEST_KEPT_CARD = 60_000


def put_card(
    surface: pygame.Surface, rect: pygame.Rect, colour: Colour, border: Colour, radius: int, line: int
) -> None:
    """Draw a rounded rectangle with a border of so many pixels."""
    if rect.width * rect.height <= _LARGEST_KEPT_CARD:
        card = _card(rect.width, rect.height, colour, border, radius, line)
        surface.blit(card, rect, special_flags=pygame.BLEND_PREMULTIPLIED)
    else:
        _draw_card(surface, rect, colour, border, radius, line)


@lru_cache(maxsize=256)
def _card(width: int, height: int, colour: Colour, border: Colour, radius: int, line: int) -> pygame.Surface:
    card = pygame.Surface((width, height), pygame.SRCALPHA)
    _draw_card(card, card.get_rect(), colour, border, radius, line)
    return card


def _draw_card(
    surface: pygame.Surface, rect: pygame.Rect, colour: Colour, border: Colour, radius: int, line: int
) -> None:
    fill_rounded(surface, rect, border, radius)
    fill_rounded(surface, rect.inflate(-2 * line, -2 * line), colour, max(1, radius - line))


def fill_rounded(surface: pygame.Surface, rect: pygame.Rect, colour: Colour, radius: int) -> None:
    """Fill a rectangle with smooth round corners."""
    surface.fill(colour, rect.inflate(-2 * radius, 0))
    surface.fill(colour, rect.inflate(0, -2 * radius))
    corner = disc(radius, colour)
    for x in (rect.left + radius, rect.right - radius):
        for y in (rect.top + radius, rect.bottom - radius):
            put(surface, corner, x, y)


@lru_cache(maxsize=64)
def agent(radius: int) -> pygame.Surface:
    """The agent: a disc with a light rim that stands out on every value colour, and a dark line around that."""
    rim = max(1, radius // 4)
    canvas = _canvas(2 * radius + 4, 2 * radius + 4)
    middle = (canvas.get_width() / 2, canvas.get_height() / 2)
    for colour, size in ((INK, radius + 1), (PAPER, radius), (AGENT, radius - rim)):
        pygame.draw.circle(canvas, colour, middle, max(1, size) * _OVERSAMPLING)
    return _shrink(canvas)


@lru_cache(maxsize=256)
def bar(width: int, height: int, colour: Colour, alpha: int) -> pygame.Surface:
    """A see-through rounded rectangle: one piece of a trail."""
    canvas = _canvas(width, height)
    pygame.draw.rect(canvas, (*colour, alpha), canvas.get_rect(), border_radius=min(canvas.get_size()) // 2)
    return _shrink(canvas)


def _regular(corners: int, radius: float, turn: float = -math.pi / 2) -> list[Point]:
    angles = [turn + 2 * math.pi * corner / corners for corner in range(corners)]
    return [(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles]


def _star(radius: float) -> list[Point]:
    outer, inner = _regular(5, radius), _regular(5, radius * 0.45, -math.pi / 2 + math.pi / 5)
    return [point for pair in zip(outer, inner, strict=True) for point in pair]


def _turned(point: Point, quarters: int) -> Point:
    """The point after quarter turns, and an eighth on top: a cross stands on two feet."""
    angle = quarters * math.pi / 2 + math.pi / 4
    x, y = point
    return x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)


def _outline(shape: str, radius: float) -> list[Point]:
    if shape == "triangle":
        return [(x, y + radius * 0.18) for x, y in _regular(3, radius * 1.1)]
    if shape == "diamond":
        return _regular(4, radius)
    if shape == "star":
        return [(x, y + radius * 0.06) for x, y in _star(radius * 1.12)]
    if shape == "cross":
        long, short = radius * 0.95, radius * 0.34
        arm = [(-short, -long), (short, -long), (short, -short)]
        return [point for quarter in range(4) for point in (_turned(corner, quarter) for corner in arm)]
    side = 0.8 * radius
    return [(-side, -side), (side, -side), (side, side), (-side, side)]


@lru_cache(maxsize=512)
def icon(shape: str, radius: int, colour: Colour, rim: Colour = INK, alpha: int = 255) -> pygame.Surface:
    """One of the shapes of `gridworld.cell.SHAPES` but "none", filled, with a thin rim."""
    side = 2 * radius + 4
    canvas = _canvas(side, side)
    middle = side * _OVERSAMPLING / 2
    width = max(1.0, radius / 14)
    for fill, size in ((rim, float(radius)), (colour, radius - width * (2.0 if shape == "triangle" else 1.3))):
        size *= _OVERSAMPLING
        if shape == "circle":
            pygame.draw.circle(canvas, (*fill, 255), (middle, middle), size)
        else:
            pygame.draw.polygon(canvas, (*fill, 255), [(middle + x, middle + y) for x, y in _outline(shape, size)])
    if alpha < 255:
        canvas.fill((255, 255, 255, alpha), special_flags=pygame.BLEND_RGBA_MULT)
    return _shrink(canvas)


@lru_cache(maxsize=16)
def diagonals(size: int, width: int, colour: Colour, alpha: int) -> pygame.Surface:
    """The two diagonals of a square cell, which part its four action values."""
    canvas = _canvas(size, size)
    end = size * _OVERSAMPLING
    for start, stop in (((0, 0), (end, end)), ((0, end), (end, 0))):
        pygame.draw.line(canvas, (*colour, alpha), start, stop, max(1, round(width * _OVERSAMPLING * 1.4)))
    return _shrink(canvas)
