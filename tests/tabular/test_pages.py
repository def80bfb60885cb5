"""The chapter's pages: every equation is linked to the line that computes it, in both languages."""

import importlib
import re
import shlex
from pathlib import Path

from common.options import parse

import pytest

FOLDER = Path(__file__).parents[2] / "tabular"
PAGES = [FOLDER / "README.md", FOLDER / "README.ko.md"]
ROW = re.compile(r"^\| .*? \| (?P<equation>\$.+?\$) \| \[[\w.]+\]\((?P<file>[^)#]+)#L(?P<line>\d+)\) \|$", re.MULTILINE)
COMMENT = re.compile(r"^ +# (.+ (?:<-|=) .+)$", re.MULTILINE)
MEANINGS = {"alpha": "step_size", "gamma": "discount", "delta": "error", "rho": "rho", "max": "max", "arg": "argmax"}


def equations(page: Path) -> list[tuple[str, str, int]]:
    """(equation, file, line) of every linked equation."""
    text = page.read_text(encoding="utf-8")
    return [(found["equation"], found["file"], int(found["line"])) for found in ROW.finditer(text)]


def letters(equation: str) -> set[str]:
    """The names in an equation: one letter each, or a word."""
    return set(re.findall(r"[a-zA-Z]+", equation)) & {"v", "q", "r", "e", "w", "C", "b", "pi", "rho", "max", "discount"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_an_equation_links_to_the_line_under_its_comment(page: Path) -> None:
    found = equations(page)
    assert len(found) >= 17
    for equation, file, line in found:
        lines = (page.parent / file).read_text(encoding="utf-8").splitlines()
        comment, code = lines[line - 2].strip(), lines[line - 1].strip()
        where = f"{file}:{line - 1} reads {comment!r}, the page says {equation!r}"
        assert re.match(r"# .+ (<-|=) .+", comment), where
        assert code and not code.startswith("#"), where
        spelled = equation
        for sign, word in MEANINGS.items():
            spelled = re.sub(rf"\\{sign}(?![a-z])", f" {word} ", spelled)
        spelled = re.sub(r"\\\w+", lambda command: " pi " if command[0] == r"\pi" else " ", spelled)
        assert letters(spelled) == letters(comment.split("    ")[0].replace("argmax", "argmax max")), where


def test_every_equation_of_a_chapter_is_on_the_page() -> None:
    """Where several chapters have the same equation, one of them is linked."""
    linked = {(FOLDER / file).read_text(encoding="utf-8").splitlines()[at - 2] for _, file, at in equations(PAGES[0])}
    shown = {line.strip(" #").split("    ")[0] for line in linked}
    for chapter in FOLDER.glob("[a-z]*.py"):
        for comment in COMMENT.finditer(chapter.read_text(encoding="utf-8")):
            assert comment[1].split("    ")[0] in shown, f"{chapter.name}: {comment[1]}"


def test_both_languages_link_the_same_equations_and_run_the_same_commands() -> None:
    english, korean = PAGES
    assert equations(english) == equations(korean)
    commands = [re.findall(r"^python .*", page.read_text(encoding="utf-8"), re.MULTILINE) for page in PAGES]
    assert commands[0] == commands[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_is_understood(page: Path) -> None:
    commands = re.findall(r"python tabular/(\w+)\.py([^`\n#]*)", page.read_text(encoding="utf-8"))
    assert len(commands) > 20
    for chapter, arguments in commands:
        parse(importlib.import_module(f"tabular.{chapter}").Options, shlex.split(arguments))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_line_reference_anywhere_exists(page: Path) -> None:
    for file, line in re.findall(r"\]\(([\w./]+\.py)#L(\d+)\)", page.read_text(encoding="utf-8")):
        assert int(line) <= len((page.parent / file).read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_question_is_folded_with_an_answer(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    answers = re.findall(r"<details>\n<summary>(.+?)</summary>\n\n(.+?)</details>", text, re.DOTALL)
    assert len(answers) >= 6
    assert all(len(answer) > 100 and "python tabular/" in answer for _, answer in answers)
