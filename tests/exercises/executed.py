"""A notebook, executed in a kernel of its own."""

import re
from pathlib import Path

from exercises.exercise import ROOT
from exercises.notebooks.book import RUNS, Book, of_chapter

import pytest


def execute(book: Book, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From its first cell to its last, with a short run in the folder: it leaves a film, and no cell complains."""
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    threads = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    for name, value in (*((name, "1") for name in threads), ("XDG_RUNTIME_DIR", str(folder))):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    notebook = nbformat.reads(book.text, as_version=4)
    (at,) = [at for at, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])]
    shorter = f"os.chdir({str(folder)!r})\noptions += ' {of_chapter(RUNS['shorter'], book.chapter)}'"
    notebook.cells.insert(at + 1, nbformat.v4.new_code_cell(shorter))
    there = {"metadata": {"path": str((ROOT / "notebooks" / book.file).parent)}}
    nbclient.NotebookClient(notebook, timeout=300, resources=there).execute()
    outputs = [cell.get("outputs", []) for cell in notebook.cells]
    said = "".join(output.get("text", "") for each in outputs for output in each)
    assert any("image/gif" in output.get("data", {}) for output in outputs[at + 2]), said
    assert not re.search(r"^(error:|ended with status|Traceback)", said, re.MULTILINE), said
    assert said.count("nothing is changed in") == sum(cell.source.startswith("%%") for cell in notebook.cells)
