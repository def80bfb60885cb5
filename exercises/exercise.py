"""An exercise: a chapter, one of its equations, and the statement under it, which is the student's to write."""

import ast
import textwrap
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal

from common.language import N_
from exercises.sentences import SENTENCES
from exercises.shelf import in_order, pick

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = Path(__file__).parent / "catalogue"

Language = Literal["en", "ko"]

NO_EXERCISE = N_("there is no exercise {name}; python -m exercises lists them")


@dataclass(frozen=True)
class Statement:
    """A statement in a source: its lines, counted from 1, and how far it is indented."""

    first: int
    last: int
    indent: int

    def text(self, source: str) -> str:
        """The statement itself, without its indent."""
        return textwrap.dedent("\n".join(source.splitlines()[self.first - 1 : self.last]))

    def replaced(self, source: str, code: str) -> str:
        """The source with other code in the statement's place, indented as the statement was."""
        lines = source.splitlines()
        lines[self.first - 1 : self.last] = textwrap.indent(code, " " * self.indent).splitlines()
        return "\n".join(lines) + "\n"


def statement_under(source: str, equation: str) -> Statement:
    """The statement that stands under the comment which begins with this equation.

    Raises ValueError where no comment or more than one begins so, where a block or nothing stands under it, and what
    `ast.parse` raises (SyntaxError) where the source is no Python.
    """
    lines = source.splitlines()
    found = [at for at, line in enumerate(lines, start=1) if line.strip().startswith(f"# {equation}")]
    if len(found) != 1:
        raise ValueError(f"{len(found)} comments begin with {equation!r}, not one")
    statements = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt) and node.lineno > found[0]]
    under = min(statements, key=lambda node: (node.lineno, -node.col_offset), default=None)
    if under is None or hasattr(under, "body"):
        raise ValueError(f"no simple statement stands under {equation!r}")
    return Statement(under.lineno, under.end_lineno or under.lineno, under.col_offset)


@dataclass(frozen=True)
class Case:
    """A test that grades the exercise, and the case it tries in words of each language."""

    test: str
    en: str
    ko: str


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that many give, and the sentence that says what is wrong with it."""

    code: str
    en: str
    ko: str


@dataclass(frozen=True)
class Words:
    """What a reader of one language is told: a title, and three hints: where to read, a question, shape and names."""

    title: str
    read: str
    question: str
    shape: str


@dataclass(frozen=True)
class Exercise:
    """name: what the commands call it. equation: how the comment over the statement begins. run: flags to watch it."""

    order: int
    name: str
    chapter: str
    equation: str
    minutes: int
    run: str
    cases: tuple[Case, ...]
    mistakes: tuple[Mistake, ...]
    words: dict[str, Words]

    right: ClassVar[str] = "right"
    """the sentence for who has got it"""

    @property
    def module(self) -> str:
        """The chapter as Python imports it."""
        return self.chapter.removesuffix(".py").replace("/", ".")

    @property
    def file(self) -> str:
        """What the student's file is called."""
        return self.name.replace("-", "_") + ".py"

    @property
    def seconds(self) -> int:
        """How long the tests may take before an endless loop is suspected."""
        return 120 if self.chapter.startswith("deep/") else 60

    @cached_property
    def source(self) -> str:
        """The chapter as it is shipped."""
        return (ROOT / self.chapter).read_text(encoding="utf-8")

    @cached_property
    def statement(self) -> Statement:
        """Where the answer stands in it. Raises ValueError, with the exercise's name, where it has lost its place."""
        try:
            return statement_under(self.source, self.equation)
        except ValueError as error:
            raise ValueError(f"exercise {self.name} has lost its place in {self.chapter}: {error}") from None

    @property
    def answer(self) -> str:
        """The chapter's own statement."""
        return self.statement.text(self.source)

    def with_code(self, code: str) -> str:
        """The chapter with other code in the answer's place."""
        return self.statement.replaced(self.source, code)

    @property
    def blank(self) -> str:
        """The student's file: the chapter without the answer."""
        return self.with_code(self.blank_line)

    @property
    def blank_line(self) -> str:
        """What stands in the answer's place until there is one."""
        return f"raise NotImplementedError({self.equation!r})"

    def is_blank(self, text: str) -> bool:
        """Whether the line is still to be written in this file."""
        return self.blank_line in text

    def task(self, file: str, language: str) -> str:
        """What the student is told as the file is written."""
        facts = {"title": self.words[language].title, "line": self.statement.first}
        return SENTENCES[language]["started"].format(**facts, file=file, name=self.name)

    def hints(self, language: str) -> list[str]:
        """One hint after the other: where to read, a question, the shape and the names in scope."""
        words = self.words[language]
        return [words.read, words.question, words.shape]

    def beside(self, source: str, language: str) -> list[tuple[str, str]]:
        """Titles and texts: the student's statement and the chapter's. Raises as `statement_under` does."""
        mine, said = statement_under(source, self.equation).text(source), SENTENCES[language]
        return [(said["mine"], mine), (said["chapter's"].format(chapter=self.chapter), self.answer)]


def read(path: Path) -> Exercise:
    """An exercise from its file in the catalogue."""
    data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {each: Words(**data.pop(each)) for each in ("en", "ko")}
    cases = tuple(Case(**case) for case in data.pop("case"))
    mistakes = tuple(Mistake(**mistake) for mistake in data.pop("mistake"))
    return Exercise(name=path.stem, cases=cases, mistakes=mistakes, words=words, **{"run": "", **data})


def catalogue() -> list[Exercise]:
    """All exercises, in the order of the lectures."""
    return in_order(CATALOGUE, read)


def find(name: str) -> Exercise:
    """The exercise of this name. Raises UserError where there is none."""
    return pick(name, catalogue(), NO_EXERCISE)
