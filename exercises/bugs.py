"""A bug: a chapter with a mistake in one line. A run shows the symptom; the line is the student's to find."""

import ast
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from common.errors import UserError
from exercises.exercise import NO_EXERCISE, Case, Exercise, Statement, Words, catalogue, statement_under
from exercises.exercise import find as find_exercise
from exercises.sentences import SENTENCES
from exercises.shelf import in_order, pick

BUGS = Path(__file__).parent / "bugs"
PREFIX = "bug-"


@dataclass(frozen=True)
class Told:
    """What a reader of one language is told besides the hints: what the run shows, and afterwards what was wrong."""

    symptom: str
    wrong: str


@dataclass(frozen=True)
class Bug(Exercise):
    """planted: the mistake. line: the chapter's line that it replaces; without it, the statement under the equation.

    run: what shows the symptom. shows, instead: what the file then prints, and what the chapter prints, of a table.
    """

    planted: str
    line: str
    shows: tuple[str, ...]
    instead: tuple[str, ...]
    told: dict[str, Told]

    right: ClassVar[str] = "mended"

    @cached_property
    def statement(self) -> Statement:
        """Where the mistake is planted. Raises ValueError, with the bug's name, where it has lost its place."""
        try:
            return line_that_reads(self.source, self.line) if self.line else statement_under(self.source, self.equation)
        except ValueError as error:
            raise ValueError(f"{self.name} has lost its place in {self.chapter}: {error}") from None

    @property
    def blank(self) -> str:
        """The student's file: the chapter with the mistake in it."""
        return self.with_code(self.planted)

    def is_blank(self, text: str) -> bool:
        """Never: there is something in the line, and the tests say what is wrong with it."""
        return False

    def task(self, file: str, language: str) -> str:
        """What the student is told as the file is written."""
        typed = f'"{file}"' if " " in file else file
        facts = {"command": f"python {typed} {self.run}", "file": file, "name": self.name}
        said = [SENTENCES[language][part].format(**facts) for part in ("see", "name it", "mend it")]
        return "\n".join([self.words[language].title, self.told[language].symptom, *said])

    def hints(self, language: str) -> list[str]:
        """One hint after the other: where to read, a question, the function that the line is in."""
        function = SENTENCES[language]["function"].format(function=function_at(self.source, self.statement.first))
        return [*super().hints(language)[:2], function]

    def is_at(self, number: int) -> bool:
        """Whether the mistake is in this line of the file as it was written. Raises UserError for no line of it."""
        if not 1 <= number <= len(self.blank.splitlines()):
            raise UserError(
                "the file has the lines 1 to {last}, and no line {number}",
                last=len(self.blank.splitlines()),
                number=number,
            )
        return 0 <= number - self.statement.first < len(self.planted.splitlines())

    def beside(self, source: str, language: str) -> list[tuple[str, str]]:
        """Titles and texts: what was planted, what is wrong with it, and what the chapter has in its place."""
        said = SENTENCES[language]
        chapters = (said["chapter's"].format(chapter=self.chapter), self.answer)
        return [(said["was planted"], self.planted), (self.told[language].wrong, ""), chapters]


def line_that_reads(source: str, text: str) -> Statement:
    """The one line that reads so apart from its indent. Raises ValueError where none or more than one does."""
    lines = source.splitlines()
    found = [at for at, line in enumerate(lines, start=1) if line.strip() == text]
    if len(found) != 1:
        raise ValueError(f"{len(found)} lines read {text!r}, not one")
    line = lines[found[0] - 1]
    return Statement(found[0], found[0], len(line) - len(line.lstrip()))


def function_at(source: str, line: int) -> str:
    """The function around a line, with the class that it belongs to: DQN.learn."""
    around = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return ".".join(node.name for node in sorted(around, key=lambda node: node.lineno))


def read(path: Path, exercises: dict[str, Exercise]) -> Bug:
    """A bug from its file. What it does not say itself it has from its exercise: chapter, equation, cases, mistake."""
    data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    exercise, number = exercises[data.pop("exercise")], data.pop("mistake", 0)
    mistake = exercise.mistakes[number - 1] if number else None
    words, told = {}, {}
    for language in ("en", "ko"):
        text = data.pop(language)
        wrong = getattr(mistake, language) if mistake else text.pop("wrong")
        told[language] = Told(text.pop("symptom"), wrong)
        words[language] = Words(**text, shape="")
    cases = tuple(Case(**case) for case in data.pop("case", ())) or exercise.cases
    facts: dict[str, Any] = {"chapter": exercise.chapter, "equation": exercise.equation, "cases": cases, "mistakes": ()}
    facts |= {name: tuple(data.pop(name, ())) for name in ("shows", "instead")}
    facts |= {"planted": mistake.code if mistake else data.pop("planted"), "line": data.pop("line", "")}
    return Bug(name=PREFIX + path.stem, words=words, told=told, **facts, **data)


def bugs() -> list[Bug]:
    """All bugs, in the order of the lectures."""
    exercises = {exercise.name: exercise for exercise in catalogue()}
    return in_order(BUGS, lambda path: read(path, exercises))


def find(name: str) -> Exercise:
    """The exercise or the bug of this name. Raises UserError where there is none."""
    if not name.startswith(PREFIX):
        return find_exercise(name)
    return pick(name, bugs(), NO_EXERCISE)


def named(name: str, number: int) -> Bug:
    """The bug whose line is named. Raises UserError where the name is an exercise's."""
    bug = find(name)
    if not isinstance(bug, Bug):
        raise UserError(
            "--line names the line of a bug, and {name} is none; line {number} is yours to write",
            name=name,
            number=number,
        )
    return bug
