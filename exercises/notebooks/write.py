"""The folder of notebooks: what the command makes, and the page that lists it."""

from pathlib import Path

from common.files import atomic_write
from exercises.exercise import ROOT, Language
from exercises.notebooks.book import Book, books, ideas
from exercises.notebooks.words import WORDS

FOLDER = ROOT / "notebooks"


def made() -> dict[str, str]:
    """Every file of the folder by its name in it, and its text."""
    files = {book.file: book.text for book in books()}
    return files | {"README.md": index("en"), "README.ko.md": index("ko")}


def index(language: Language) -> str:
    """The page that lists the notebooks, each with its badge."""
    said, mine = WORDS[language], [book for book in books() if book.language == language]
    rows = [
        f"| [{book.chapter.as_posix()}]({book.file}) | {book.badge} | {ideas(language)[book.chapter.as_posix()]} |"
        for book in mine
    ]
    table = "\n".join([said["head"], "|---|---|---|", *rows])
    return "\n\n".join([said["index"], said["links"], said["about"], said["open"], table]) + "\n"


def badge_of(page: str, language: Language) -> str:
    """The line with which a page opens its first notebook, and leads to the others. Raises ValueError for none."""
    mine = [book for book in books() if book.language == language and book.page == page]
    if not mine:
        raise ValueError(f"{page} teaches no chapter")
    return f"{mine[0].badge} {WORDS[language]['others']}"


def write(folder: Path = FOLDER) -> int:
    """Make the folder anew; a notebook that belongs to no chapter any more goes. Returns how many were written."""
    files = made()
    for stale in folder.rglob("*.ipynb"):
        if stale.relative_to(folder).as_posix() not in files:
            stale.unlink()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="\n")
    return len(files)
