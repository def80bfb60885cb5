"""The pages' links into the code: the line that a page quotes is the line that it links to."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(ROOT.glob("*/README*.md"))
# [`code`](file.py#L12); code that ends in .py only names the file
QUOTED_LINE = re.compile(r"\[`([^`]+)`\]\(([\w./]+\.py)#L(\d+)\)")


def quoted_lines(page: Path) -> list[tuple[str, Path, int]]:
    """(code, file, line) of every link whose text is a piece of code."""
    found = QUOTED_LINE.findall(page.read_text(encoding="utf-8"))
    return [
        (code.replace("\\|", "|"), page.parent / file, int(line)) for code, file, line in found if code[-3:] != ".py"
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_quoted_line_is_the_line_that_is_linked(page: Path) -> None:
    for code, file, line in quoted_lines(page):
        lines = file.read_text(encoding="utf-8").splitlines()
        at = [number for number, text in enumerate(lines, start=1) if code in text]
        assert line in at, f"{page.name} links {code!r} to {file.name}#L{line}; it stands in line {at}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_linked_line_exists(page: Path) -> None:
    for file, line in re.findall(r"\]\(([\w./]+\.py)#L(\d+)", page.read_text(encoding="utf-8")):
        lines = (page.parent / file).read_text(encoding="utf-8").splitlines()
        assert int(line) <= len(lines) and lines[int(line) - 1].strip(), f"{page.name} links to {file}#L{line}"


def test_the_deep_pages_quote_lines_in_both_languages() -> None:
    english, korean = (quoted_lines(ROOT / "deep" / name) for name in ("README.md", "README.ko.md"))
    assert english and sorted(english, key=str) == sorted(korean, key=str)
