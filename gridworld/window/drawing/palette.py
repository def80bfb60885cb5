"""Colours, the value scale, and text: what the painter and the window's controls draw with.

Blue is above zero, orange below, white is zero: a pair that people with any colour blindness tell apart. Both ends stay
light enough for the same dark ink to be read on them, so numbers and arrows never change colour.
"""

from __future__ import annotations

import importlib.util
import io
import os
from functools import lru_cache
from pathlib import Path

from common import fonts

import numpy as np

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

Colour = tuple[int, int, int]

INK: Colour = (22, 32, 46)
MUTED: Colour = (98, 110, 126)
PAPER: Colour = (255, 255, 255)
BACKGROUND: Colour = (243, 245, 248)
LINES: Colour = (205, 212, 221)
WALL: Colour = (66, 77, 92)
POSITIVE: Colour = (74, 152, 219)
NEGATIVE: Colour = (240, 138, 44)
UNKNOWN: Colour = (190, 190, 190)
VISITED: Colour = (150, 120, 205)
AGENT: Colour = (176, 22, 104)
TRACE: Colour = (124, 62, 168)
PATH: Colour = (0, 104, 74)
RATIO: Colour = (168, 112, 0)
FLASH: Colour = (255, 214, 10)
FOLLOWING: Colour = (0, 176, 170)
GOAL: Colour = (0, 142, 98)
TRAP: Colour = (200, 60, 40)

_STEPS = 256


@lru_cache(maxsize=4096)
def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour that is `share` (0 to 1) of the way from the first to the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _scale_table() -> np.ndarray:
    """[2 * _STEPS + 2, 3] colours from -1 to 1; the last row stands for a number that is none."""
    half = np.linspace(0.0, 1.0, _STEPS + 1)[:, None]
    paper = np.array(PAPER, dtype=float)
    below = paper + half * (np.array(NEGATIVE) - paper)
    above = paper + half * (np.array(POSITIVE) - paper)
    table = np.concatenate([below[:0:-1], above, np.array([UNKNOWN])])
    return np.rint(table).astype(np.uint8)


_TABLE = _scale_table()
_TABLE_LIST: list[Colour] = [(int(r), int(g), int(b)) for r, g, b in _TABLE]


class ValueScale:
    """A colour for each value: white at zero, full blue at +limit, full orange at -limit.

    limit: the largest finite magnitude among the arrays given, or 1 where all are zero.
    """

    def __init__(self, *arrays: np.ndarray | None) -> None:
        limit = 0.0
        for array in arrays:
            if array is not None and array.size:
                magnitudes = np.abs(array[np.isfinite(array)])
                limit = max(limit, float(magnitudes.max(initial=0.0)))
        self.limit = limit if limit > 1e-12 else 1.0

    def _index(self, values: np.ndarray) -> np.ndarray:
        values = np.asarray(values, dtype=float)
        scaled = np.clip(values / self.limit, -1.0, 1.0)
        return np.where(np.isnan(values), 2 * _STEPS + 1, np.rint(np.nan_to_num(scaled) * _STEPS) + _STEPS).astype(int)

    def colour(self, value: float) -> Colour:
        """The colour of one value."""
        return _TABLE_LIST[int(self._index(np.array(value)))]

    def colours(self, values: np.ndarray) -> list[Colour]:
        """The colours of values of any shape, flattened."""
        return [_TABLE_LIST[index] for index in self._index(values).ravel().tolist()]

    def colour_array(self, values: np.ndarray) -> np.ndarray:
        """uint8 [..., 3] colours of values [...]."""
        return _TABLE[self._index(values)]


# pygame's own font is asked for in units of which 0.6875 make a pixel.
_BUNDLED_FONT_UNIT = 0.6875


@lru_cache(maxsize=2)
def _font_file(strong: bool) -> Path | None:
    """DejaVu Sans as matplotlib carries it, found without importing matplotlib; None where that is not installed."""
    package = importlib.util.find_spec("matplotlib")
    for folder in (package.submodule_search_locations or []) if package is not None else []:
        path = Path(folder) / "mpl-data" / "fonts" / "ttf" / ("DejaVuSans-Bold.ttf" if strong else "DejaVuSans.ttf")
        if path.is_file():
            return path
    return None


@lru_cache(maxsize=128)
def font(pixels: int, strong: bool = False) -> pygame.font.Font:
    """The font with this many pixels to the em, rendered at that size and never scaled afterwards.

    DejaVu Sans, whose digits are all as wide; pygame's bundled font where it is not to be found.
    """
    if not pygame.font.get_init():
        pygame.font.init()
    pygame.register_quit(forget_fonts)
    path = _font_file(strong)
    if path is None:
        return pygame.font.Font(None, max(1, round(pixels / _BUNDLED_FONT_UNIT)))
    return pygame.font.Font(io.BytesIO(_bytes_of(path)), max(1, pixels))


@lru_cache(maxsize=4)
def _bytes_of(path: Path) -> bytes:
    """Read here, because SDL on Windows cannot open every path; once for all sizes."""
    return path.read_bytes()


@lru_cache(maxsize=64)
def _hangul_font(pixels: int, strong: bool) -> pygame.font.Font:
    """The course's own; its strong letters are the same, drawn with a thicker pen."""
    if not pygame.font.get_init():
        pygame.font.init()
    pygame.register_quit(forget_fonts)
    found = pygame.font.Font(io.BytesIO(_bytes_of(fonts.HANGUL)), max(1, pixels))
    found.set_bold(strong)
    return found


@lru_cache(maxsize=16)
def _system_font(pixels: int) -> pygame.font.Font:
    """A system font for rare syllables, Chinese and Japanese in titles and paths; the course's where there is none."""
    names = "malgungothic,applesdgothicneo,notosanscjkkr,notosanskr,nanumgothic,nanumsquareround,unifont"
    found = pygame.font.match_font(names)
    return pygame.font.Font(found, pixels) if found else _hangul_font(pixels, False)


@lru_cache(maxsize=1)
def _hangul() -> frozenset[str]:
    return frozenset(fonts.syllables())


def _font_for(words: str, pixels: int, strong: bool) -> pygame.font.Font:
    wide = [letter for letter in words if fonts.is_wide(letter)]
    if not wide:
        return font(pixels, strong)
    return _hangul_font(pixels, strong) if _hangul().issuperset(wide) else _system_font(pixels)


@lru_cache(maxsize=8192)
def text(words: str, pixels: int, colour: Colour = INK, strong: bool = False) -> pygame.Surface:
    """The words as a surface with a transparent background; the same words are rendered only once."""
    return _font_for(words, pixels, strong).render(words, True, colour)


def forget_fonts() -> None:
    """Drop all cached fonts and words: pygame.quit() closes every font, and calls this."""
    font.cache_clear()
    _hangul_font.cache_clear()
    _system_font.cache_clear()
    text.cache_clear()


@lru_cache(maxsize=8192)
def text_width(words: str, pixels: int, strong: bool = False) -> int:
    """How wide the words are, in pixels."""
    return _font_for(words, pixels, strong).size(words)[0]


def shorten(words: str, pixels: int, room: int, strong: bool = False) -> str:
    """The words, or as many of them as fit into the room with dots behind."""
    if text_width(words, pixels, strong) <= room:
        return words
    while words and text_width(words + "...", pixels, strong) > room:
        words = words[:-1]
    return words + "..." if words else ""


def wrap(words: str, pixels: int, room: int) -> list[str]:
    """The words in lines that fit into the room, broken at blanks."""
    lines: list[str] = []
    line = ""
    for word in words.split():
        longer = f"{line} {word}" if line else word
        if line and text_width(longer, pixels) > room:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines
