"""A prediction: a question about a run, answered with a number before the run; what the run shows is the answer."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.language import N_
from exercises.sentences import SENTENCES
from exercises.shelf import in_order, pick

PREDICTIONS = Path(__file__).parent / "predictions"


@dataclass(frozen=True)
class Told:
    """What a reader of one language is told: the question, and afterwards why the answer is what it is."""

    question: str
    explanation: str


@dataclass(frozen=True)
class Prediction:
    """answer: what the command shows; tolerance: by how much a prediction may differ and be right.

    shows: a pattern whose group is the answer in what the command prints; row: the figure and the number of
    benchmarks/results/figures.csv that is the answer. One of them is given.
    """

    order: int
    name: str
    command: str
    answer: float
    tolerance: float
    words: dict[str, Told]
    shows: str = ""
    row: tuple[str, ...] = ()

    def is_near(self, number: float) -> bool:
        """Whether a prediction is right."""
        return abs(number - self.answer) <= self.tolerance * (1 + 1e-9)

    def asked(self, language: str) -> list[str]:
        """The question, and how to answer it."""
        return [self.words[language].question, SENTENCES[language]["predict"].format(name=self.name)]

    def judged(self, number: float, language: str) -> list[str]:
        """How a prediction did, the command that shows it, and why."""
        said = SENTENCES[language]
        verdict = "near" if self.is_near(number) else "too small" if number < self.answer else "too large"
        numbers = {"number": f"{number:g}", "answer": f"{self.answer:g}", "tolerance": f"{self.tolerance:g}"}
        told = [said[verdict].format(**numbers), said["run"].format(command=self.command)]
        return [*told, self.words[language].explanation]


NOTHING = N_("there is nothing to predict called {name}; python -m exercises predict lists what there is")


def read(path: Path) -> Prediction:
    """A prediction from its file."""
    data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {each: Told(**data.pop(each)) for each in ("en", "ko")}
    return Prediction(name=path.stem, words=words, row=tuple(data.pop("row", ())), **data)


def predictions() -> list[Prediction]:
    """All predictions, in the order of the lectures."""
    return in_order(PREDICTIONS, read)


def find(name: str) -> Prediction:
    """The prediction of this name. Raises UserError where there is none."""
    return pick(name, predictions(), NOTHING)
