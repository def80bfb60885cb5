"""The chapters' two pages: every equation is linked to the line that computes it, in both languages."""

import importlib
import re
import shlex
from pathlib import Path

from common.options import parse

import pytest

DEEP = Path(__file__).resolve().parents[2] / "deep"
PAGES = ("README", "control")
EACH_PAGE = pytest.mark.parametrize("name", [f"{page}{language}.md" for page in PAGES for language in ("", ".ko")])


def twins(page: str) -> list[str]:
    """The texts of a page, English and Korean."""
    return [(DEEP / f"{page}{language}.md").read_text(encoding="utf-8") for language in ("", ".ko")]


def english() -> str:
    """All English pages, one behind the other."""
    return "".join(twins(page)[0] for page in PAGES)


@EACH_PAGE
def test_a_linked_line_holds_the_code_that_the_page_quotes(name: str) -> None:
    page = (DEEP / name).read_text(encoding="utf-8")
    links = re.findall(r"\[`([^`\]]+(?:\[[^\]]*\][^`\]]*)*)`\]\(([\w/]+\.py)#L(\d+)\)", page)
    assert len(links) >= 10
    for code, file, line in links:
        assert code in (DEEP / file).read_text(encoding="utf-8").splitlines()[int(line) - 1], f"{name}: {file}#L{line}"


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_show_the_same_numbers_commands_and_links(page: str) -> None:
    """A reader of either language sees the same tables, runs the same commands, follows the same links."""
    texts = twins(page)
    for pattern in (
        r"\]\(((?![^)]*(?:README|control\.|docs/|/notebooks/))[^)]+)\)",
        r"python (?:deep|benchmarks)/[^`#\n]*",
        r"\| [\d,./]+ \|",
    ):
        found = [[part.strip() for part in re.findall(pattern, text)] for text in texts]
        assert sorted(found[0]) == sorted(found[1]), pattern
    assert len({text.count("<details>") for text in texts}) == 1


EQUATION = re.compile(r"^ +# (?:\w+ )?[\w(|).\[\], *_']+ (?:=|~) .+$")
COMMAND = re.compile(r"python deep/(\w+)\.py([^`#\n]*)")


def test_every_equation_of_a_chapter_is_on_the_page() -> None:
    """The line under an equation is quoted; where several chapters have the same line, from one of them."""
    quoted = re.findall(r"\[`([^`]+)`\]\(", english())
    for chapter in DEEP.glob("[a-z]*.py"):
        lines = chapter.read_text(encoding="utf-8").splitlines()
        for at, comment in enumerate(lines):
            if EQUATION.match(comment):
                code = next(line for line in lines[at:] if not line.strip().startswith("#"))
                assert any(each in code for each in quoted), f"{chapter.name}: {comment}"


@EACH_PAGE
def test_every_command_of_the_page_is_understood(name: str) -> None:
    """No page shows an option that its chapter does not have, or a value out of bounds."""
    commands = COMMAND.findall((DEEP / name).read_text(encoding="utf-8"))
    assert len(commands) >= 10
    for chapter, arguments in commands:
        module = importlib.import_module(f"deep.{chapter}")
        if "--help" not in arguments:
            parse(module.Options, shlex.split(arguments))


def test_every_chapter_is_on_the_page_and_in_a_table() -> None:
    page = english()
    for chapter in DEEP.glob("[a-z]*.py"):
        assert f"[`{chapter.name}`]({chapter.name})" in page, chapter.name
        assert re.search(rf"^\| {chapter.stem} \|", page, re.MULTILINE), chapter.name


def test_every_picture_of_the_page_exists() -> None:
    pictures = re.findall(r"\]\((images/[^)]+)\)", english())
    assert pictures and all((DEEP / picture).is_file() for picture in pictures)


@pytest.mark.parametrize("page", PAGES)
def test_headings_and_numbers_of_tables_come_in_the_same_order_in_both_languages(page: str) -> None:
    for pattern in (r"^(#+) ", r"^\| ([\w-]+ \|(?: ?[\d/,.-]* \|){6})$"):
        found = [re.findall(pattern, text, re.MULTILINE) for text in twins(page)]
        assert found[0] and found[0] == found[1]
