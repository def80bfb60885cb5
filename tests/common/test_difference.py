"""The difference of two chapters, as the pages show it."""

from pathlib import Path

from common.difference import Line, Options, differences, lines_of, main
from common.errors import UserError

import pytest

ROOT = Path(__file__).resolve().parents[2]


def numbered(*texts: str) -> list[Line]:
    return [Line(number, text) for number, text in enumerate(texts, 1)]


def test_lines_that_go_and_lines_that_come() -> None:
    found = list(differences(numbered("a", "b", "c"), numbered("a", "B", "c", "d"), context=0))
    assert found == ["@@ -2 +2 @@", "-b", "+B", "@@ -4 +4 @@", "+d"]
    assert list(differences(numbered("a", "b"), numbered("a"), context=1)) == ["@@ -1 +1 @@", " a", "-b"]


def test_a_line_that_begins_with_dashes_is_kept() -> None:
    assert list(differences(numbered("-- x"), numbered("++ x"), context=0)) == ["@@ -1 +1 @@", "--- x", "+++ x"]


def test_two_chapters_and_a_file_beside_itself(capsys: pytest.CaptureFixture[str]) -> None:
    main(Options(ROOT / "tabular" / "sarsa.py", ROOT / "tabular" / "q_learning.py"))
    printed = capsys.readouterr().out
    assert "max(" in printed and "\x1b" not in printed and "Rummery" not in printed
    main(Options(ROOT / "tabular" / "sarsa.py", ROOT / "tabular" / "q_learning.py", docstrings=True))
    assert "Rummery" in capsys.readouterr().out
    main(Options(ROOT / "tabular" / "sarsa.py", ROOT / "tabular" / "sarsa.py"))
    assert capsys.readouterr().out == ""


def test_docstrings_are_left_out_and_the_numbers_are_the_files(tmp_path: Path) -> None:
    """Of a module, a class, a function and an option; a string that is a value stays, and so does other text."""
    file = tmp_path / "chapter.py"
    file.write_text('"""A.\n\nB."""\nx = "c"\nclass D:\n    """D."""\n    e: int = 1\n    """E."""\n', encoding="utf-8")
    assert lines_of(file, docstrings=False) == [Line(4, 'x = "c"'), Line(5, "class D:"), Line(7, "    e: int = 1")]
    assert len(lines_of(file)) == 8
    page = tmp_path / "page.md"
    page.write_text('"""A."""\n', encoding="utf-8")
    assert lines_of(page, docstrings=False) == [Line(1, '"""A."""')]
    file.write_text("def (", encoding="utf-8")
    with pytest.raises(UserError, match="line 1, is no Python"):
        lines_of(file, docstrings=False)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read"):
        lines_of(tmp_path / "none.py")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(UserError, match="no text file"):
        lines_of(tmp_path / "binary")
