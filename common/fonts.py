"""The course's Hangul: a typeface that is there on every system, found without importing what draws with it.

common/locale/fonts/CourseHangul.ttf is a part of NanumGothic under another name, as its licence (OFL.txt beside it)
asks for: ASCII, some signs, the letters of the catalogues and the 2,350 syllables of KS X 1001.
`python -m common.fonts NanumGothic.ttf` makes it from the whole typeface.
"""

import sys
import unicodedata
from pathlib import Path

from common import language

HANGUL = Path(__file__).parent / "locale" / "fonts" / "CourseHangul.ttf"
NAME = "Course Hangul"
SIGNS = "·×÷±–—“”…→←↑↓√πσρδγαελθμτΣΔ≤≥∞≠°²³▶■●○"  # what stands beside Hangul in a line


def is_wide(letter: str) -> bool:
    """Whether it is one of the Korean, Chinese or Japanese letters, which Western typefaces lack."""
    return 0x1100 <= ord(letter) < 0x1200 or ord(letter) >= 0x2E80


def columns(words: str) -> int:
    """Columns that the words take on a terminal: letters of Korean take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def for_plots() -> None:
    """Let matplotlib find Hangul where its own typefaces have none."""
    from matplotlib import font_manager, rcParams

    rcParams["font.family"] = families("sans-serif")
    if language.current() != "en" and NAME not in font_manager.get_font_names():
        font_manager.fontManager.addfont(HANGUL)


def families(usual: str) -> list[str]:
    """The typefaces of matplotlib's to take letters from, first that which has them."""
    return [usual] if language.current() == "en" else [usual, NAME]


def syllables() -> str:
    """The 2,350 of KS X 1001, with which all but rare words and names are written."""
    rows, places = range(0xB0, 0xC9), range(0xA1, 0xFF)
    return "".join(bytes((row, place)).decode("euc-kr") for row in rows for place in places)


def make(source: Path) -> None:
    """Write the typeface from the whole one."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(hinting=False, layout_features=[], name_IDs=[0, 1, 2, 3, 4, 5, 6, 8, 9, 13, 14])
    options.drop_tables += ["TSI0", "TSI1", "TSI2", "TSI3", "TSI5"]
    whole = TTFont(source)
    part = subset.Subsetter(options)
    jamo = "".join(map(chr, range(0x3131, 0x3164)))
    part.populate(text="".join(map(chr, range(0x20, 0x7F))) + SIGNS + jamo + syllables())
    part.subset(whole)
    licence = "SIL Open Font License, Version 1.1: see OFL.txt"
    for number, words in ((1, NAME), (3, f"{NAME} 1"), (4, NAME), (6, "CourseHangul")):
        whole["name"].setName(words, number, 3, 1, 0x409)
    whole["name"].setName(licence, 13, 3, 1, 0x409)
    whole["name"].names = [name for name in whole["name"].names if (name.platformID, name.langID) == (3, 0x409)]
    # The tails of letters, made bold by a thicker pen, would otherwise be cut off at some sizes.
    whole["hhea"].ascent, whole["hhea"].descent = 960, -300
    whole["OS/2"].usWinAscent, whole["OS/2"].usWinDescent = 960, 300
    whole.save(HANGUL)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
