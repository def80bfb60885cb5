"""Predictions: every answer is what its command shows, or a number of a figure's table; near, far and bad numbers."""

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

from common.errors import UserError
from common.options import parse
from dp.value_iteration import Options as DPOptions
from dp.value_iteration import ValueIteration
from exercises.__main__ import Options, main
from exercises.exercise import ROOT
from exercises.predict import Prediction, find, predictions
from gridworld.task import Task
from tests.claims.running import run_here

import pytest

EACH = pytest.mark.parametrize("prediction", predictions(), ids=lambda prediction: prediction.name)


@cache
def said(command: str) -> str:
    return run_here(command)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what the commands write."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@EACH
def test_the_answer_is_what_is_shown(prediction: Prediction, elsewhere: Path) -> None:
    assert bool(prediction.shows) != bool(prediction.row)
    if prediction.row:
        with (ROOT / "benchmarks" / "results" / "figures.csv").open(encoding="utf-8", newline="") as file:
            rows = {(row["figure"], row["what"]): row for row in csv.DictReader(file)}
        row = rows[prediction.row[0], prediction.row[1]]
        shown = row["ours"].removesuffix(" %")
        figure = prediction.row[0].split()[1]
        assert prediction.command == f"python {row['script']} --figure {figure}"
    else:
        found = re.findall(prediction.shows, said(prediction.command))
        assert len(found) == 1, said(prediction.command)
        shown = found[0]
    decimals = len(f"{prediction.answer:g}".partition(".")[2])
    assert round(float(shown), decimals) == prediction.answer


@EACH
def test_a_question_has_both_languages_and_does_not_give_its_answer_away(prediction: Prediction) -> None:
    english, korean = (prediction.words[language] for language in ("en", "ko"))
    for told, other in ((english, korean), (korean, english)):
        numbers = re.findall(r"\d+(?:\.\d+)?", told.question)
        assert f"{abs(prediction.answer):g}" not in numbers
        assert numbers and "?" in told.question + other.question
    assert not re.search("[가-힣]", english.question + english.explanation)
    assert re.search("[가-힣]", korean.question) and re.search("[가-힣]", korean.explanation)


def test_a_tolerance_is_wider_than_what_chance_leaves_open_and_narrower_than_what_the_question_tells(
    elsewhere: Path,
) -> None:
    for name, kind, told in (("cliff-sarsa", "SARSA", -27), ("cliff-q-learning", "Q-learning", -50)):
        prediction = find(name)
        interval = re.search(rf"{kind} on cliff: .*interval (-[\d.]+) to (-[\d.]+)\)", said(prediction.command))
        assert interval is not None and all(prediction.is_near(float(end)) for end in interval.groups())
        assert not prediction.is_near(told)
    for name, numbers in (("slip", (0.8, 0.705)), ("in-place", (16,)), ("gambler", (0.4,)), ("sweeps", (5,))):
        assert not any(find(name).is_near(number) for number in numbers)
    assert not find("near-sighted").is_near(10 * 0.2**4) and not find("bias").is_near(50)


def test_what_the_explanations_say(elsewhere: Path) -> None:
    """The start learns in the sixth sweep, and the seventh changes nothing; four times the loss on the cliff."""
    mdp = Task("course").mdp
    assert mdp is not None
    agent = ValueIteration(mdp, DPOptions())
    changes = []
    for sweep in range(1, 8):
        changes.append(agent.sweep())
        assert (agent.values[0] > 0) == (sweep >= 6)
    assert agent.settled and changes[5] > 0 and changes[6] == 0
    assert "16 sweeps" in said("python dp/value_iteration.py --map maze --headless")
    assert find("cliff-q-learning").answer / -50 == pytest.approx(4, abs=0.1)


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Say a command; gives the exit status and what was printed."""

    def command(*words: str, language: str = "en") -> tuple[int, str]:
        status = main(parse(Options, ["predict", *words, "--student", str(tmp_path / "my"), "--language", language]))
        return status, capsys.readouterr().out

    return command


def test_from_the_questions_to_the_tick(say: Any) -> None:
    status, printed = say()
    assert status == 0 and printed.count("[ ]") == len(predictions()) >= 5 and "[x]" not in printed
    slip = find("slip")
    assert say("slip")[1].startswith(slip.words["en"].question)
    for number, status, told in (("0.81", 1, "too large"), ("0.7799", 1, "too small"), ("0.78", 0, "near enough")):
        found, printed = say("slip", number)
        assert found == status and told in printed.splitlines()[0] and slip.words["en"].explanation in printed
        assert f"Now run it:  {slip.command}" in printed
    assert "[x] slip" in say()[1]
    assert say("cliff-sarsa", "-70")[0] == 0 and "맞았습니다" in say("slip", "0.79", language="ko")[1]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["nothing"], "there is nothing to predict called 'nothing'"),
        (["slip", "nan"], "nan cannot be what a run shows"),
        (["slip", "1", "--json"], "--all and --json belong to check"),
    ],
)
def test_bad_input_is_one_line(say: Any, words: list[str], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        say(*words)
    with pytest.raises(UserError, match="a number belongs to predict, not to start"):
        parse(Options, ["start", "q-target", "3"])


@pytest.mark.parametrize(("language", "page"), [("en", "README.md"), ("ko", "README.ko.md")])
def test_the_page_shows_what_is_said(language: str, page: str, say: Any) -> None:
    printed = say("slip", "0.75", language=language)[1]
    assert f"```\n{printed}```\n" in (ROOT / "exercises" / page).read_text(encoding="utf-8")
