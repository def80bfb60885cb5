"""What the front page and the teacher's plan promise: how long it takes, and experiments that the pages explain."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRONT = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ko.md")]
PLANS = [ROOT / "docs" / name for name in ("syllabus.md", "syllabus.ko.md")]
SECONDS = re.compile(r"^\| [\w-]+ \| \d+/\d+ \| [\d,]+ \| [\d,]+ \| ([\d.]+) \| ([\d.]+) \|", re.MULTILINE)
COMMAND = re.compile(r"`(python [^`]+)`")


def words(page: str) -> int:
    return len((ROOT / page).read_text(encoding="utf-8").split())


def test_the_minutes_to_read_are_those_of_200_words_a_minute() -> None:
    said = {
        page: int(minutes)
        for page, minutes in re.findall(r"^\| \[[^\]]+\]\((\w+/\w+\.md)\) .*\| (\d+) minutes \|", FRONT[0], re.M)
    }
    assert set(said) == {"gridworld/README.md", "dp/README.md", "tabular/README.md", "deep/control.md"}
    deep = sum(int(minutes) for minutes in re.findall(r"^\| \[Deep, .*\| (\d+) minutes \|", FRONT[0], re.M))
    for page, minutes in {**said, "deep/README.md": deep}.items():
        assert minutes == pytest.approx(words(page) / 200, rel=0.15), page
    english, korean = (re.findall(r"\| (\d+)(?: minutes|분) \|", page) for page in FRONT)
    assert english == korean


def test_the_minutes_to_run_are_those_of_the_table() -> None:
    for page in FRONT:
        rows = SECONDS.findall(page)
        assert len(rows) >= 13
        assert all(float(median) <= 30 and float(worst) <= 600 for median, worst in rows)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_every_command_of_the_plan_is_explained_on_a_page(plan: Path) -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *ROOT.glob("[a-z]*/*.md")])
    explained = {" ".join(command.split()) for command in re.findall(r"python [^`#\n]+", pages)}
    commands = COMMAND.findall(plan.read_text(encoding="utf-8"))
    assert len(commands) > 15
    assert [command for command in commands if command not in explained] == []


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_every_week_says_what_to_show_what_to_set_and_what_to_expect(plan: Path) -> None:
    weeks = re.split(r"^## (?=Week|\d주)", plan.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert len(weeks) == 8
    for week in weeks:
        parts = re.findall(r"^- \*\*(.+?)\*\*", week, re.MULTILINE)
        for part in (("Show", "보여 주기."), ("Set", "과제."), ("Expected", "나와야 하는 것.")):
            assert any(each.startswith(part) for each in parts), (week[:40], part)
