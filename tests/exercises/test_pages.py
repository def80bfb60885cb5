"""The pages name every exercise of their chapters, and show what a check really says."""

import re
from pathlib import Path

from common.options import parse
from exercises.__main__ import Options, main
from exercises.exercise import ROOT, Exercise, catalogue, find
from exercises.sentences import SENTENCES

import pytest

ROW = re.compile(r"^\| `[\w-]+` \| \[`\w+\.py`\]\(\w+\.py\) \| .* \|$", re.MULTILINE)


def page_of(exercise: Exercise, language: str) -> Path:
    """Where an exercise says to read: the page of its chapter."""
    return ROOT / re.split(r"[,;]|\.$|의 ", exercise.words[language].read)[0].removesuffix(".")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_exercise_is_on_the_page_of_its_chapter(language: str) -> None:
    rows: dict[Path, list[str]] = {}
    for exercise in catalogue():
        file = Path(exercise.chapter).name
        row = f"| `{exercise.name}` | [`{file}`]({file}) | {exercise.words[language].title} |"
        rows.setdefault(page_of(exercise, language), []).append(row)
    for page, wanted in rows.items():
        found = re.findall(
            r"^\| `[\w-]+` \| \[`\w+\.py`\]\(\w+\.py\) \| .* \|$", page.read_text(encoding="utf-8"), re.M
        )
        assert found[-len(wanted) :] == wanted, page


@pytest.mark.parametrize(("language", "page"), [("en", "README.md"), ("ko", "README.ko.md")])
def test_what_the_page_shows_is_what_a_check_says(
    language: str, page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exercise = find("q-target")
    (tmp_path / exercise.file).write_text(exercise.with_code(exercise.mistakes[0].code), encoding="utf-8")
    assert main(parse(Options, ["check", "q-target", "--student", str(tmp_path), "--language", language])) == 1
    assert f"```\n{capsys.readouterr().out}```\n" in (ROOT / "exercises" / page).read_text(encoding="utf-8")


def test_the_minutes_of_the_front_page_are_those_of_the_list() -> None:
    assert {min(each.minutes for each in catalogue()), max(each.minutes for each in catalogue())} == {5, 15}
    assert SENTENCES["en"].keys() == SENTENCES["ko"].keys()
