"""The chapter's pages: every equation is linked to the line that computes it, in both languages."""

import re
from pathlib import Path

import pytest

DEEP = Path(__file__).resolve().parents[2] / "deep"


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_a_linked_line_holds_the_code_that_the_page_quotes(name: str) -> None:
    page = (DEEP / name).read_text(encoding="utf-8")
    links = re.findall(r"\[`([^`\]]+(?:\[[^\]]*\][^`\]]*)*)`\]\(([\w/]+\.py)#L(\d+)\)", page)
    assert len(links) >= 10
    for code, file, line in links:
        assert code in (DEEP / file).read_text(encoding="utf-8").splitlines()[int(line) - 1], f"{name}: {file}#L{line}"


def test_both_languages_show_the_same_numbers_commands_and_links() -> None:
    """A reader of either page sees the same tables, runs the same commands, follows the same links."""
    english, korean = ((DEEP / name).read_text(encoding="utf-8") for name in ("README.md", "README.ko.md"))
    for pattern in (r"\]\(((?![^)]*README)[^)]+)\)", r"python (?:deep|benchmarks)/[^`#\n]*", r"\| [\d,./]+ \|"):
        found = [[part.strip() for part in re.findall(pattern, page)] for page in (english, korean)]
        assert sorted(found[0]) == sorted(found[1]), pattern
    assert english.count("<details>") == korean.count("<details>")
