"""The chapter's pages keep up with the code: links at equations, commands that run, the same in both languages."""

import re
import shlex
from pathlib import Path

from common.options import parse
from dp import genetic_algorithm, policy_iteration, value_iteration

import pytest

FOLDER = Path(__file__).parents[2] / "dp"
PAGES = [FOLDER / "README.md", FOLDER / "README.ko.md"]
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
CHAPTERS = {
    "policy_iteration.py": policy_iteration,
    "value_iteration.py": value_iteration,
    "genetic_algorithm.py": genetic_algorithm,
}
EQUATION = re.compile(r"\s*# (?:(?:v|q|pi)\(s.*\)|f\(pi\)|parent) (?:<-|=) ")


def equations() -> set[tuple[str, int]]:
    """(file, line) of every equation that stands as a comment above the line that computes it."""
    return {
        (name, number)
        for name in CHAPTERS
        for number, line in enumerate((FOLDER / name).read_text(encoding="utf-8").splitlines(), 1)
        if EQUATION.match(line)
    }


def test_the_chapters_have_their_equations_in_the_code() -> None:
    assert len(equations()) == 10


@EACH_PAGE
def test_links_point_at_the_lines_of_the_equations(page: Path) -> None:
    links = re.findall(r"\]\((\w+\.py)#L(\d+)\)", page.read_text(encoding="utf-8"))
    assert {(name, int(number)) for name, number in links} == equations()


@EACH_PAGE
def test_commands_are_understood(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = re.findall(r"python dp/(\w+\.py)([^`\n#]*)", page.read_text(encoding="utf-8"))
    assert len(commands) > 20
    for name, arguments in commands:
        parse(CHAPTERS[name].Options, shlex.split(arguments))


def test_both_languages_have_the_same_parts() -> None:
    english, korean = (page.read_text(encoding="utf-8") for page in PAGES)
    for pattern in (r"^##? ", r"<summary>", r"^!\[", r"^```math", r"^\|", r"^python "):
        counts = [len(re.findall(pattern, text, flags=re.MULTILINE)) for text in (english, korean)]
        assert counts[0] == counts[1], pattern
    commands = [re.findall(r"python (?:-m )?[\w/.]+(?: --?[\w./-]+)*", text) for text in (english, korean)]
    assert sorted(commands[0]) == sorted(commands[1])


@EACH_PAGE
def test_every_question_is_answered_with_something_to_run(page: Path) -> None:
    answers = re.findall(r"<details>\n<summary>.*?</summary>\n(.*?)</details>", page.read_text(encoding="utf-8"), re.S)
    assert len(answers) == 6
    for answer in answers:
        assert "`python " in answer.strip().split("\n\n")[-1]


@EACH_PAGE
def test_the_backup_is_linked_where_its_equation_stands(page: Path) -> None:
    (file, number), *others = re.findall(r"\]\((\.\./gridworld/mdp\.py)#L(\d+)\)", page.read_text(encoding="utf-8"))
    lines = (FOLDER / file).read_text(encoding="utf-8").splitlines()
    assert EQUATION.match(lines[int(number) - 2]), "the line below its equation"
    assert others == []
