"""The chapter's pages: every equation is linked to the line that computes it, in both languages."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "tabular"
PAGES = [FOLDER / "README.md", FOLDER / "README.ko.md"]
EQUATION = re.compile(r"^- `(?P<equation>[^`]+)`.*?\]\((?P<file>[^)#]+)#L(?P<line>\d+)\)", re.MULTILINE)


def equations(page: Path) -> list[tuple[str, str, int]]:
    """(equation, file, line) of every linked equation."""
    text = page.read_text(encoding="utf-8")
    return [(found["equation"], found["file"], int(found["line"])) for found in EQUATION.finditer(text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_an_equation_links_to_the_line_under_its_comment(page: Path) -> None:
    found = equations(page)
    assert len(found) >= 12
    for equation, file, line in found:
        lines = (page.parent / file).read_text(encoding="utf-8").splitlines()
        comment, code = lines[line - 2].strip(), lines[line - 1].strip()
        assert comment.startswith(f"# {equation}"), f"{file}:{line - 1} reads {comment!r}, the page says {equation!r}"
        assert code and not code.startswith("#")


def test_both_languages_link_the_same_equations_and_run_the_same_commands() -> None:
    english, korean = PAGES
    assert equations(english) == equations(korean)
    commands = [re.findall(r"^python .*", page.read_text(encoding="utf-8"), re.MULTILINE) for page in PAGES]
    assert commands[0] == commands[1]


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
