"""The difference of two chapters, as the pages show it."""

from pathlib import Path

from common.difference import Options, differences, lines_of, main
from common.errors import UserError

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_lines_that_go_and_lines_that_come() -> None:
    found = list(differences(["a", "b", "c"], ["a", "B", "c", "d"], context=0))
    assert found == ["@@ -2 +2 @@", "-b", "+B", "@@ -3,0 +4 @@", "+d"]


def test_a_line_that_begins_with_dashes_is_kept() -> None:
    assert list(differences(["-- x"], ["++ x"], context=0)) == ["@@ -1 +1 @@", "--- x", "+++ x"]


def test_two_chapters_and_a_file_beside_itself(capsys: pytest.CaptureFixture[str]) -> None:
    main(Options(ROOT / "tabular" / "sarsa.py", ROOT / "tabular" / "q_learning.py"))
    printed = capsys.readouterr().out
    assert "max(" in printed and "\x1b" not in printed
    main(Options(ROOT / "tabular" / "sarsa.py", ROOT / "tabular" / "sarsa.py"))
    assert capsys.readouterr().out == ""


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read"):
        lines_of(tmp_path / "none.py")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(UserError, match="no text file"):
        lines_of(tmp_path / "binary")
