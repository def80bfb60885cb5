"""The notebooks of the grid chapters run, in English; those in Korean have the same cells."""

from pathlib import Path

from exercises.notebooks.book import Book, books
from tests.exercises.executed import execute

import pytest

MINE = [book for book in books() if book.language == "en" and book.chapter.parts[0] != "deep"]


@pytest.mark.slow
@pytest.mark.parametrize("book", MINE, ids=lambda book: book.file)
def test_a_notebook_runs(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    execute(book, tmp_path, monkeypatch)
