"""Quizzes: what a page teaches, asked; a wrong answer is told why it is wrong.

python -m exercises quiz                 the list
python -m exercises quiz dp              type the number of an answer; Enter goes on, Ctrl-C ends
python -m exercises quiz dp < /dev/null  the questions alone, as a sheet
"""

import io
import itertools
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import UserError
from exercises.exercise import Language
from exercises.shelf import in_order

QUIZZES = Path(__file__).parent / "quizzes"

SENTENCES = {
    "en": {
        "begin": "Begin with one:  python -m exercises quiz NAME",
        "prompt": "Your answer, 1 to {count} (Enter goes on): ",
        "which": "Type a number from 1 to {count}.",
        "right": "Right.",
        "wrong": "No. {why}",
        "score": "{right} of {asked} right at once; it is all on the page {page}",
    },
    "ko": {
        "begin": "하나를 골라 시작하세요:  python -m exercises quiz NAME",
        "prompt": "답의 번호, 1부터 {count}까지 (Enter를 누르면 다음으로): ",
        "which": "1부터 {count}까지의 번호를 입력하세요.",
        "right": "맞았습니다.",
        "wrong": "아닙니다. {why}",
        "score": "{asked}문제 가운데 {right}문제를 한 번에 맞혔습니다. 모두 {page}에 있습니다",
    },
}


@dataclass(frozen=True)
class Answer:
    """One of the answers, in each language. A wrong one has a reason, why it is wrong."""

    en: str
    ko: str
    right: bool = False
    why_en: str = ""
    why_ko: str = ""

    def text(self, language: Language) -> str:
        """The answer itself."""
        return self.ko if language == "ko" else self.en

    def why(self, language: Language) -> str:
        """What is wrong with it."""
        return self.why_ko if language == "ko" else self.why_en


@dataclass(frozen=True)
class Question:
    """name: what it is about, for whoever looks for it."""

    name: str
    en: str
    ko: str
    answers: tuple[Answer, ...]

    def lines(self, number: str, language: Language) -> list[str]:
        """The question, and its answers from 1 on."""
        answers = [f"   {at}  {answer.text(language)}" for at, answer in enumerate(self.answers, start=1)]
        return ["", f"{number}  {self.ko if language == 'ko' else self.en}", *answers]


@dataclass(frozen=True)
class Quiz:
    """page: what it asks about, in English; a Korean reader's page stands beside it."""

    order: int
    name: str
    page: str
    en: str
    ko: str
    questions: tuple[Question, ...]

    def title(self, language: Language) -> str:
        """What it is about."""
        return self.ko if language == "ko" else self.en

    def page_in(self, language: Language) -> str:
        """The page in the reader's language."""
        return self.page.replace(".md", ".ko.md") if language == "ko" else self.page


def read(path: Path) -> Quiz:
    """A quiz from its file."""
    data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    questions = []
    for question in data.pop("question"):
        answers = tuple(Answer(**answer) for answer in question.pop("answer"))
        questions.append(Question(answers=answers, **question))
    return Quiz(name=path.stem, questions=tuple(questions), **data)


def quizzes() -> list[Quiz]:
    """All quizzes, in the order of the pages."""
    return in_order(QUIZZES, read)


def show_list(language: Language, kept: dict[str, Any]) -> int:
    """The quizzes, and how many answers were right the last time that one was played."""
    every = quizzes()
    width = max(len(quiz.name) for quiz in every)
    for quiz in every:
        right = kept.get(f"quiz {quiz.name}", {}).get("right", "-")
        print(
            f"{right:>2}/{len(quiz.questions)}  {quiz.name:{width}}  {quiz.page_in(language)}: {quiz.title(language)}"
        )
    print(SENTENCES[language]["begin"])
    return 0


def quiz(name: str, language: Language, kept: dict[str, Any], remember: Callable[..., None]) -> int:
    """Play one, print it where nobody answers, or show the list. kept, remember: what is known of the student.

    Status 130 where Ctrl-C ended it. Raises UserError where there is none of this name.
    """
    if not name:
        return show_list(language, kept)
    named = {each.name: each for each in quizzes()}
    if name not in named:
        raise UserError("there is no quiz {name!r}, but {named}", name=name, named=", ".join(named))
    lines = typed()
    if not sys.stdin or not sys.stdin.isatty():
        first = next(lines, None)
        if first is None:
            return show_sheet(named[name], language)
        lines = itertools.chain([first], lines)
    return play(named[name], language, lines, remember)


def typed() -> Iterator[str]:
    """What is typed, line by line, until there is no more."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    yield from iter(sys.stdin.readline, "") if sys.stdin else ()


def show_sheet(asked: Quiz, language: Language) -> int:
    """The questions and their answers, without a word on which are right."""
    print(asked.title(language))
    for number, question in enumerate(asked.questions, start=1):
        print("\n".join(question.lines(f"{number}", language)))
    return 0


def play(asked: Quiz, language: Language, lines: Iterator[str], remember: Callable[..., None]) -> int:
    """Ask until the end or the end of the input, and say the score. A question may be tried again and again."""
    said, status = SENTENCES[language], 0
    scores: list[bool] = []
    print(asked.title(language))
    try:
        for number, question in enumerate(asked.questions, start=1):
            print("\n".join(question.lines(f"{number}/{len(asked.questions)}", language)))
            right = ask(question, language, lines)
            if right is None:
                break
            scores.append(right)
    except KeyboardInterrupt:
        status = 130
    print("\n" + said["score"].format(right=sum(scores), asked=len(scores), page=asked.page_in(language)))
    if len(scores) == len(asked.questions):
        remember(f"quiz {asked.name}", right=sum(scores))
    return status


def ask(question: Question, language: Language, lines: Iterator[str]) -> bool | None:
    """Whether the first answer was right, once the question is done with; None where the input ends before."""
    said, count, first = SENTENCES[language], len(question.answers), True
    while True:
        print(said["prompt"].format(count=count), end="", flush=True)
        line = next(lines, None)
        if line is None:
            return None
        if not line.strip():
            return False
        if line.strip() not in [str(at) for at in range(1, count + 1)]:
            print(said["which"].format(count=count))
            continue
        answer = question.answers[int(line) - 1]
        if answer.right:
            print(said["right"])
            return first
        print(said["wrong"].format(why=answer.why(language)))
        first = False
