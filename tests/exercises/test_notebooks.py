"""Notebooks: those in the folder are what the command makes, hold the whole script, and lead nowhere that is not."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from common.options import parse
from exercises.__main__ import Options, main
from exercises.bugs import bugs, find
from exercises.exercise import ROOT, catalogue
from exercises.notebooks import write
from exercises.notebooks.book import REPOSITORY, Book, books, read_page
from exercises.notebooks.page import blocks, sections
from exercises.notebooks.script import chapters, cut
from exercises.notebooks.session import answered, asked, command, grade_cell
from exercises.notebooks.text import translated
from exercises.notebooks.words import WORDS
from tests.test_pages import anchors as anchors_of

import pytest


@cache
def made() -> dict[str, str]:
    return write.made()


@cache
def anchors(page: Path) -> set[str]:
    return anchors_of(page)


def cells(book: Book, kind: str) -> list[str]:
    """The cells of a kind, as the file has them."""
    whole = json.loads(made()[book.file])["cells"]
    return ["".join(cell["source"]) for cell in whole if cell["cell_type"] == kind]


def code(book: Book) -> list[str]:
    return cells(book, "code")


def prose(book: Book) -> list[str]:
    return cells(book, "markdown")


EACH_BOOK = pytest.mark.parametrize("book", books(), ids=lambda book: book.file)
EACH_CHAPTER = pytest.mark.parametrize(
    "book", [book for book in books() if book.language == "en"], ids=lambda b: b.file
)


def test_the_folder_holds_what_the_command_makes() -> None:
    """Say  make notebooks  where this fails: a page, a chapter or an exercise has changed since."""
    kept = {path.relative_to(write.FOLDER).as_posix() for path in write.FOLDER.rglob("*") if path.is_file()}
    assert kept == made().keys()
    for name, text in made().items():
        assert (write.FOLDER / name).read_text(encoding="utf-8") == text, f"{name}: make notebooks"


def test_the_command_leaves_nothing_of_an_earlier_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dp").mkdir()
    (tmp_path / "dp" / "gone.ipynb").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(write, "made", lambda: {"dp/new.ipynb": "{}\n"})
    assert write.write(tmp_path) == 1
    assert [path.name for path in (tmp_path / "dp").iterdir()] == ["new.ipynb"]


def test_the_command_is_known(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exercises.__main__.write", lambda: 3)
    assert main(parse(Options, ["notebooks", "--language", "en"])) == 0
    assert capsys.readouterr().out == "3 files are in notebooks\n"


def test_every_notebook_is_one_to_jupyter() -> None:
    nbformat = pytest.importorskip("nbformat")
    for name, text in made().items():
        if name.endswith(".ipynb"):
            nbformat.validate(json.loads(text))


def test_every_chapter_has_one_in_each_language() -> None:
    wanted = {f"{chapter.with_suffix('')}{end}" for chapter in chapters() for end in (".ipynb", ".ko.ipynb")}
    assert {name for name in made() if name.endswith(".ipynb")} == {Path(name).as_posix() for name in wanted}


@EACH_CHAPTER
def test_a_chapter_has_the_section_that_teaches_it(book: Book) -> None:
    """Whole, with its formulas and not words alone."""
    main = read_page(book.page).main(book.chapter.stem)
    assert [each.whole for each in book.excerpts if each.section is main] == [True]
    assert {block.kind for each in book.excerpts if each.section is main for block in each.blocks} > {"text"}


@pytest.mark.parametrize("page", sorted({book.page for book in books() if book.language == "en"}))
def test_twins_are_cut_alike(page: str) -> None:
    """Paragraph for paragraph and line for line of a table or a command: what is chosen of one is chosen of both."""
    for english, korean in zip(
        read_page(page).sections, read_page(page.replace(".md", ".ko.md")).sections, strict=True
    ):
        shapes = [
            [(b.kind, b.kind in ("table", "fence") and len(b.lines)) for b in each.blocks] for each in (english, korean)
        ]
        assert shapes[0] == shapes[1], english.title


@EACH_CHAPTER
def test_both_languages_run_the_same_cells(book: Book) -> None:
    assert [each.replace('begin("en")', 'begin("ko")') for each in code(book)] == code(book.twin)


@EACH_CHAPTER
def test_the_cells_hold_the_whole_script(book: Book) -> None:
    """Every line but the docstring, which is text, and the question whether this is a script."""
    source = (ROOT / book.chapter).read_text(encoding="utf-8")
    script = cut(source)
    cells = "\n".join([*script.cells, *(f"    {line}" for line in script.launch.splitlines())])
    wanted = source[source.index('"""', 3) + 3 :].replace('if __name__ == "__main__":\n', "")
    assert [line for line in cells.splitlines() if line] == [line for line in wanted.splitlines() if line]
    shown = code(book)
    for cell in script.cells:
        compile(cell, book.file, "exec")
        assert cell in shown


@EACH_BOOK
def test_a_notebook_has_no_formula_and_no_diagram_of_githubs(book: Book) -> None:
    for text in prose(book):
        assert "$`" not in text and "```m" not in text
        assert text.count("$$") % 2 == 0
        assert text.count("```") % 2 == 0
        assert text.count("<details>") == text.count("</details>")


@EACH_BOOK
def test_links_and_pictures_lead_somewhere(book: Book) -> None:
    folder = (write.FOLDER / book.file).parent
    for text in prose(book):
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            file, _, place = target.partition("#")
            if file.startswith("https://"):
                continue
            assert (folder / file).resolve().exists() or file == Path(book.twin.file).name, target
            assert place.startswith("L") or not place or place in anchors((folder / file).resolve()), target
    for cell in code(book):
        assert all((ROOT / file).is_file() for file in re.findall(r'^picture\("(.+)"\)$', cell, re.MULTILINE))


def test_a_page_opens_its_first_notebook_and_leads_to_all() -> None:
    assert {book.page for book in books()} >= {"dp/README.md", "tabular/README.ko.md", "deep/control.md"}
    for book in books():
        assert write.badge_of(book.page, book.language) in (ROOT / book.page).read_text(encoding="utf-8"), book.page
    with pytest.raises(ValueError, match="teaches no chapter"):
        write.badge_of("docs/notation.md", "en")


def test_colab_is_asked_for_the_repository_of_the_project() -> None:
    book = Book(Path("deep/dqn.py"), "ko")
    assert REPOSITORY.startswith("https://github.com/") and REPOSITORY in code(book)[0]
    owner_and_name = REPOSITORY.split("/", 3)[3]
    assert book.colab.endswith(f"/github/{owner_and_name}/blob/main/notebooks/deep/dqn.ko.ipynb")
    assert WORDS["en"].keys() == WORDS["ko"].keys()


@pytest.mark.parametrize(("chapter", "wanted"), [("dp/value_iteration.py", "-grid"), ("deep/dqn.py", "")])
def test_the_first_cell_fetches_the_course_where_there_is_none(
    chapter: str, wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And finds it the next time, as it finds the one around a notebook."""
    said: list[list[str]] = []

    def run(command: list[str], **_: Any) -> None:
        said.append(command)
        (tmp_path / "reinforcement-learning-course" / "exercises" / "notebooks").mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr("subprocess.run", run)
    looking = code(Book(Path(chapter), "en"))[0].split("os.chdir")[0]
    for place, folder in ((tmp_path, tmp_path / "reinforcement-learning-course"), (write.FOLDER / "dp", ROOT)):
        monkeypatch.chdir(place)
        for _ in range(2):
            names: dict[str, Any] = {}
            exec(looking, names)
            assert names["folder"] == folder
    fetch, install = said
    assert fetch[:2] == ["git", "clone"] and REPOSITORY in fetch
    file = install[install.index("-r") + 1]
    assert file == f"requirements{wanted}.txt" and (ROOT / file).is_file()


PAGE = """# Page

[한국어](x.ko.md)

Begin. $`a|b`$

## Many

| x | y |
|---|---|
| [one.py](one.py) | 1 |
| [two.py](two.py) | $`p(a\\|s)`$ |

**An experiment.**

```sh
python f/one.py   # first
python f/two.py
```

Its end.

**Another.** Nothing.

```math
a
```
"""


def test_a_page_is_cut_at_its_headings_and_blocks() -> None:
    first, many = sections(PAGE)
    assert [first.title, many.title] == ["Page", "Many"]
    kinds = ["table", "text", "fence", "text", "text", "fence"]
    assert [block.kind for block in many.blocks] == kinds
    assert "\n\n".join(block.text for block in many.blocks) == PAGE.split("## Many\n\n")[1].rstrip("\n")
    assert blocks(["<details>", "", "```", "x", "```", "</details>"])[0].text.count("\n") == 5


def test_formulas_and_links_are_as_jupyter_has_them() -> None:
    def moved(target: str) -> str:
        return f"../{target}"

    assert translated("| $`p(a\\|s)`$ | [x](y.md#z) |", moved, "") == "| $p(a\\mid s)$ | [x](../y.md#z) |"
    assert translated("$`\\|x\\|`$ [w](https://w)", moved, "") == "$\\|x\\|$ [w](https://w)"
    assert translated("```math\na\n```\n```mermaid\nb\n```\n```sh\n$`c`$\n```", moved, "D") == (
        "$$\na\n$$\nD\n```sh\n$`c`$\n```"
    )


@pytest.mark.parametrize("exercise", [*catalogue(), *bugs()], ids=lambda exercise: exercise.name)
def test_the_chapters_own_definition_makes_the_chapter(exercise: Any) -> None:
    """What a cell asks for, put back with the right statement in it, is the chapter to the last byte."""
    assert answered(exercise, asked(exercise)) == exercise.blank
    source = exercise.blank.splitlines()
    number = exercise.statement.first - 1
    assert source[number].strip() in asked(exercise), "the line is in the cell"


def test_a_cell_is_graded_by_the_chapters_tests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exercise = find("q-target")
    grade_cell("q-target", asked(exercise) + "\n", "ko", tmp_path)
    assert "아직 고친 것이 없습니다" in capsys.readouterr().out and not list(tmp_path.iterdir())
    wrong = asked(exercise).replace(exercise.blank_line, exercise.mistakes[0].code)
    grade_cell("q-target", wrong, "ko", tmp_path)
    said = capsys.readouterr().out
    assert said.startswith("- q-target") and exercise.mistakes[0].ko in said
    grade_cell("no-such", wrong, "en", tmp_path)
    assert "there is no exercise 'no-such'" in capsys.readouterr().err


def test_what_a_cell_defines_is_what_learns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cells run one after the other, with another loop in place of the chapter's."""
    monkeypatch.chdir(tmp_path)
    script = cut((ROOT / "tabular/q_learning.py").read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__", "learned": []}
    line = "            agent.update(state, action, target)\n"
    for cell in script.cells:
        exec(cell.replace(line, f"{line}            learned.append(target)\n"), names)
    with command("tabular/q_learning.py", "--headless --episodes 3"):
        exec(script.launch, names)
    assert len(names["learned"]) > 3


def test_a_run_that_ends_badly_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    script = cut((ROOT / "tabular/q_learning.py").read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in script.cells:
        exec(cell, names)
    with command("tabular/q_learning.py", "--episodes 0"):
        exec(script.launch, names)
    said = capsys.readouterr().err
    assert "--episodes is 0" in said and said.endswith("ended with status 2\n")
