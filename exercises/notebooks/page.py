"""A page cut into sections and blocks, and which of them belong to a chapter.

A section belongs to a chapter as a whole where it links most of the chapter's lines (it teaches the chapter), where
it links no other chapter's lines, and where it links none and names few chapters. What stands before the first of a
part's sections that teach a chapter goes with it, and so does a section that names no chapter with the one after it.
Of all other sections a chapter gets what names it: rows, commands, questions, experiments.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, takewhile

FEW = 3
"""Chapters that a section may name and still be about each of them."""
SEVERAL = 6
"""Chapters that a section may name and still teach one of them, where no section links its lines."""

Lines = tuple[int, ...] | None
"""Places of lines in a block, or all of them."""

ANCHOR = re.compile(r'^<a id="[^"]+"></a>$')


@dataclass(frozen=True)
class Block:
    """kind: text, table, fence, details or picture; lines as they stand on the page."""

    kind: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def only(self, numbers: Lines) -> "Block":
        """The block with these of its lines."""
        return self if numbers is None else Block(self.kind, tuple(self.lines[number] for number in numbers))

    @property
    def is_navigation(self) -> bool:
        """Whether it leads to other pages, or opens the page's notebook."""
        return self.lines[0].startswith(("[한국어]", "[English]", "[![Open in Colab]"))

    @property
    def is_lead(self) -> bool:
        """Whether it begins with bold words: an experiment, an advice."""
        return self.kind == "text" and self.lines[0].startswith("**")


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it, up to the next heading of any level. number: its place on the page."""

    number: int
    level: int
    title: str
    blocks: tuple[Block, ...]

    @cached_property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks)

    @property
    def asks(self) -> bool:
        """Whether it is a list of questions with folded answers."""
        return any(block.kind == "details" for block in self.blocks)


@dataclass(frozen=True)
class Choice:
    """A section that a chapter gets something of. kept: the lines of each block that is kept, by its place."""

    number: int
    kept: dict[int, Lines]
    whole: bool


@dataclass(frozen=True)
class Excerpt:
    """A part of a page that belongs to a chapter. whole: the section as it stands."""

    section: Section
    blocks: tuple[Block, ...]
    whole: bool


def sections(text: str) -> list[Section]:
    """The sections of a page in their order; the first one has the page's title."""
    found: list[Section] = []
    lines: list[str] = []
    title, level, fenced = "", 0, False
    for line in [*text.splitlines(), "# "]:
        fenced ^= line.startswith("```")
        heading = None if fenced else re.match(r"(#{1,6}) (.*)", line)
        if not heading:
            lines.append(line)
            continue
        if level:
            found.append(Section(len(found), level, title, tuple(blocks(lines))))
        lines, level, title = [], len(heading[1]), heading[2]
    return found


def blocks(lines: list[str]) -> list[Block]:
    """Paragraphs, tables, fences, folded answers and pictures."""
    found: list[Block] = []
    current: list[str] = []
    kind = ""
    ends = {"fence": "```", "details": "</details>"}
    for line in [*lines, ""]:
        if kind in ends:
            current.append(line)
            if line.strip() == ends[kind]:
                found, current, kind = [*found, Block(kind, tuple(current))], [], ""
            continue
        begins = _kind(line)
        if current and begins != kind:
            found, current = [*found, Block(kind, tuple(current))], []
        kind = begins
        if kind:
            current.append(line)
    return found


def _kind(line: str) -> str:
    """What a line begins, or goes on with."""
    if not line.strip() or ANCHOR.match(line):
        return ""
    marks = {"```": "fence", "<details>": "details", "|": "table", "![": "picture"}
    return next((kind for mark, kind in marks.items() if line.startswith(mark)), "text")


class Page:
    """A page, and the chapters of its folder. names: theirs, without .py.

    links: how many lines of each chapter each section links; named: how often each section names each chapter.
    """

    def __init__(self, text: str, names: list[str]) -> None:
        self.sections = sections(text)
        self.links = [{name: lines_linked(section, name) for name in names} for section in self.sections]
        self.named = [{name: len(places(section.text, name)) for name in names} for section in self.sections]
        self.mains = {name: self._main(name) for name in names}

    def main(self, name: str) -> Section:
        """The section that teaches the chapter. Raises ValueError where there is none."""
        main = self.mains[name]
        if main is None:
            raise ValueError(f"no section of the page is about {name}")
        return main

    def _main(self, name: str) -> Section | None:
        below = [section for section in self.sections if section.level > 1 and not section.asks]
        most = max(below, key=lambda section: self.links[section.number][name])
        if self.links[most.number][name]:
            return most
        few = [section for section in below if len(self._named(section)) <= SEVERAL and name in self._named(section)]
        return max(few, key=lambda section: self.named[section.number][name], default=None)

    def _named(self, section: Section) -> list[str]:
        return [name for name, times in self.named[section.number].items() if times]

    def is_whole(self, section: Section, name: str) -> bool:
        """Whether the section is about the chapter as a whole."""
        if section.level == 1 or section.asks:
            return False
        if self.mains[name] in (section, self._opened(section)):
            return True
        linked = [other for other, lines in self.links[section.number].items() if lines]
        if linked:
            return linked == [name]
        named = self._named(section)
        if named:
            return name in named and len(named) <= FEW
        after = self.sections[section.number + 1 : section.number + 2]
        return bool(after) and section.level == after[0].level and self.is_whole(after[0], name)

    def _opened(self, section: Section) -> Section | None:
        """The first section of a part of the page that teaches a chapter, for those of the part that stand before."""
        over = [each for each in self.sections[: section.number] if each.level < section.level]
        if section.level < 3 or not over:
            return None
        part = takewhile(lambda each: each.level >= section.level, self.sections[over[-1].number + 1 :])
        first = next((each for each in part if each in self.mains.values()), None)
        return first if first and first.number > section.number else None

    def choose(self, name: str) -> list[Choice]:
        """What belongs to the chapter, in the page's order. The list of exercises does not: they are made anew."""
        found = []
        for section in self.sections:
            if re.search(r"^\| `[\w-]+` \| \[`\w+\.py`\]", section.text, re.MULTILINE):
                continue
            whole = self.is_whole(section, name)
            kept = dict.fromkeys(range(len(section.blocks))) if whole else self._picked(section, name)
            if kept:
                found.append(Choice(section.number, kept, whole))
        return found

    def take(self, choices: list[Choice]) -> list[Excerpt]:
        """The chosen parts. A page's twin has the same parts in the same places, so one choice serves both."""
        found = []
        for choice in choices:
            section = self.sections[choice.number]
            chosen = [section.blocks[at].only(lines) for at, lines in sorted(choice.kept.items())]
            found.append(Excerpt(section, tuple(chosen), choice.whole))
        return found

    def _picked(self, section: Section, name: str) -> dict[int, Lines]:
        introduces = self._introduces(section, name)
        kept = pick(section, name, introduces)
        for at, block in enumerate(section.blocks):
            if introduces and section.level > 1 and not any(places(block.text, other) for other in self.mains):
                kept[at] = None
        return {at: lines for at, lines in kept.items() if not section.blocks[at].is_navigation}

    def _introduces(self, section: Section, name: str) -> bool:
        """Whether it is the page's beginning, or stands over sections of which one is about the chapter."""
        below = takewhile(lambda other: other.level > section.level, self.sections[section.number + 1 :])
        return section.level == 1 or any(self.is_whole(other, name) for other in below)


def lines_linked(section: Section, name: str) -> int:
    """How many lines of the chapter the section links."""
    return 0 if section.asks else len(re.findall(rf"(?<!\w){name}\.py#L\d+", section.text))


def places(text: str, name: str) -> list[str]:
    """Each place where a text names the chapter: a link, a command, a row of numbers."""
    return re.findall(rf"(?<!\w){name}\.py|^\| `?{name}(?:-[\w-]+)?`? \|", text, re.MULTILINE)


def pick(section: Section, name: str, introduces: bool) -> dict[int, Lines]:
    """The blocks of a section that name the chapter, tables and commands by the line; and what leads to them.

    introduces: what leads to them is kept even where nothing names the chapter.
    """
    kept: dict[int, Lines] = {}
    for at, block in enumerate(section.blocks):
        frame = {"table": {0, 1}, "fence": {0, len(block.lines) - 1}}.get(block.kind, set())
        if block.kind == "table" or block.lines[0] == "```sh":
            inner = {number for number, line in enumerate(block.lines) if number not in frame and places(line, name)}
            if inner:
                kept[at] = tuple(sorted(frame | inner))
        elif block.kind == "picture":
            if re.search(rf"/{name}(?:-[\w-]+)?\.\w+\)", block.text):
                kept[at] = None
        elif places(block.text, name):
            kept[at] = None
    for group in _groups(section.blocks):
        if any(at in kept for at in group):
            kept |= dict.fromkeys(group)
    leading = len(list(takewhile(lambda block: block.kind == "text" and not block.is_lead, section.blocks)))
    if kept or introduces:
        kept |= dict.fromkeys(range(leading))
    for at, block in enumerate(section.blocks[1:]):
        if at + 1 in kept and block.kind != "text" and section.blocks[at].kind == "text":
            kept[at] = None
    return kept


def _groups(parts: tuple[Block, ...]) -> list[range]:
    """From each block that begins with bold words up to the next one: an experiment with its commands."""
    begins = [at for at, block in enumerate(parts) if block.is_lead]
    return [range(at, after) for at, after in pairwise([*begins, len(parts)])]
