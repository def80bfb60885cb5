"""A notebook: a chapter's part of its page, its script in cells, its run, its exercises."""

import json
import posixpath
import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from exercises.bugs import Bug, bugs
from exercises.exercise import ROOT, Exercise, Language, catalogue
from exercises.notebooks.page import Excerpt, Page, Section
from exercises.notebooks.script import chapters, cut
from exercises.notebooks.session import asked
from exercises.notebooks.text import anchor, translated
from exercises.notebooks.words import WORDS

RUNS: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "runs.toml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REPOSITORY: str = PROJECT["urls"]["Repository"]
BADGE = "https://colab.research.google.com/assets/colab-badge.svg"

SET_UP = """\
import os
import subprocess
import sys
from pathlib import Path

# The course's folder: around this notebook, or where an earlier run of this cell put it; on Colab it is fetched.
places = [Path.cwd() / "{name}", Path.cwd(), *Path.cwd().parents]
folder = next((place for place in places if (place / "exercises" / "notebooks").is_dir()), None)
if folder is None:
    folder = places[0]
    fetch = ["git", "clone", "-q", "--depth", "1", "{repository}", str(folder)]
    subprocess.run(fetch, check=True)
    wanted = ["-r", "{requirements}", "pytest", "hypothesis"]
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", *wanted], cwd=folder, check=True)
os.chdir(folder)
sys.path.insert(0, str(folder))

from exercises.notebooks.session import begin, command, picture, pictures

begin("{language}")"""


@dataclass(frozen=True)
class Cell:
    """kind: markdown or code. tag: parameters, of the cell that says what is run."""

    kind: str
    source: str
    tag: str = ""

    def data(self, number: int) -> dict[str, Any]:
        """As nbformat 4.5 has it; its id is its place."""
        common = {"cell_type": self.kind, "id": f"cell-{number}", "metadata": {"tags": [self.tag]} if self.tag else {}}
        source = self.source.splitlines(keepends=True)
        return common | ({"execution_count": None, "outputs": []} if self.kind == "code" else {}) | {"source": source}


@dataclass(frozen=True)
class Book:
    """The notebook of a chapter in one language. chapter: its path in the course's folder."""

    chapter: Path
    language: Language

    @property
    def file(self) -> str:
        """Its path within the folder of notebooks."""
        return self.chapter.with_suffix(".ipynb" if self.language == "en" else ".ko.ipynb").as_posix()

    @property
    def colab(self) -> str:
        """Where Colab opens it."""
        owner_and_name = REPOSITORY.removeprefix("https://github.com/")
        return f"https://colab.research.google.com/github/{owner_and_name}/blob/main/notebooks/{self.file}"

    @property
    def badge(self) -> str:
        return f"[![Open in Colab]({BADGE})]({self.colab})"

    @property
    def twin(self) -> "Book":
        """The same in the other language."""
        return Book(self.chapter, "ko" if self.language == "en" else "en")

    @cached_property
    def page(self) -> str:
        """The page that teaches the chapter, as a path in the course's folder."""
        return page_of(self.chapter, self.language)

    @cached_property
    def excerpts(self) -> list[Excerpt]:
        """Its part of the page."""
        return read_page(self.page).take(read_page(page_of(self.chapter, "en")).choose(self.chapter.stem))

    @property
    def run_options(self) -> str:
        return of_chapter(RUNS["options"], self.chapter)

    def sentence(self, key: str, **facts: Any) -> str:
        """A sentence of the notebook's own."""
        script = self.chapter.as_posix()
        facts = {"page": self.place(self._main), "script": script, "link": f"../../{script}", **facts}
        return WORDS[self.language][key].format(**facts)

    def moved(self, target: str) -> str:
        """A link of the page, as it leads on from the notebook's folder."""
        target = posixpath.basename(self.page) + target if target.startswith("#") else target
        return posixpath.normpath(f"../../{posixpath.dirname(self.page)}/{target}")

    def place(self, section: Section) -> str:
        """Where the section stands on its page; both languages call the place as the English heading."""
        english = read_page(page_of(self.chapter, "en")).sections[section.number]
        return self.moved(f"#{anchor(english.title)}")

    @property
    def _main(self) -> Section:
        return read_page(page_of(self.chapter, "en")).main(self.chapter.stem)

    def cells(self) -> list[Cell]:
        """The whole notebook: up to the section that teaches the chapter, the script, the rest, the exercises."""
        before = [each for each in self.excerpts if each.section.number <= self._main.number]
        after = [each for each in self.excerpts if each.section.number > self._main.number]
        return [
            *self._beginning(),
            *(cell for excerpt in before for cell in self._text(excerpt)),
            *self._script(),
            *(cell for excerpt in after for cell in self._text(excerpt)),
            *self._exercises(),
        ]

    def _beginning(self) -> list[Cell]:
        heading = f"# `{self.chapter.as_posix()}`: {ideas(self.language)[self.chapter.as_posix()]}"
        twin = self.sentence("twin", file=posixpath.basename(self.twin.file))
        everything = "" if self.chapter.parts[0] == "deep" else "-grid"
        facts = {"name": PROJECT["name"], "repository": REPOSITORY, "language": self.language}
        set_up = SET_UP.format(**facts, requirements=f"requirements{everything}.txt")
        return [Cell("markdown", f"{heading}\n\n{self.badge} · {twin}\n\n{self.sentence('made')}"), Cell("code", set_up)]

    def _text(self, excerpt: Excerpt) -> list[Cell]:
        """A section of the page: text, and a cell for each of its pictures."""
        section, cells = excerpt.section, []
        diagram = self.sentence("diagram", page=self.place(section))
        parts = [f"## {section.title}" if section.level == 1 else f"{'#' * section.level} {section.title}"]
        for block in excerpt.blocks:
            if block.kind != "picture":
                parts.append(translated(block.text, self.moved, diagram))
                continue
            cells.append(Cell("markdown", "\n\n".join(parts)))
            shown = re.findall(r"^!\[(.*?)\]\(([^)]+)\)", block.text, re.MULTILINE)
            folder = posixpath.dirname(self.page)
            cells += [Cell("code", "\n".join(f'picture("{folder}/{file}")' for _, file in shown))]
            parts = ["\n\n".join(f"*{words}*" for words, _ in shown)]
        return [*cells, Cell("markdown", "\n\n".join(parts))]

    def _script(self) -> list[Cell]:
        """The chapter's definitions, and the run."""
        script = cut((ROOT / self.chapter).read_text(encoding="utf-8"))
        launch = "\n".join(f"    {line}" for line in script.launch.splitlines())
        run = f'with command("{self.chapter.as_posix()}", options):\n{launch}\npictures()'
        return [
            Cell("markdown", f"{self.sentence('script')}\n\n{self.sentence('cells')}\n\n```text\n{script.text}\n```"),
            *(Cell("code", cell) for cell in script.cells),
            Cell("markdown", f"{self.sentence('run')}\n\n{self.sentence('options')}"),
            Cell("code", f'options = "{self.run_options}"', "parameters"),
            Cell("code", run),
        ]

    def _exercises(self) -> list[Cell]:
        mine = [each for each in everything() if Path(each.chapter) == self.chapter]
        cells = [Cell("markdown", self.sentence("exercises"))] if mine else []
        for exercise in mine:
            cells += [self._task(exercise), Cell("code", f"%%exercise {exercise.name}\n{asked(exercise)}")]
        return cells

    def _task(self, exercise: Exercise) -> Cell:
        words = exercise.words[self.language]
        if isinstance(exercise, Bug):
            task = self.sentence("bug", symptom=exercise.told[self.language].symptom)
        else:
            task = self.sentence("task", file=exercise.file, name=exercise.name)
        hints = [
            f"<details>\n<summary>{self.sentence('hint', number=number)}</summary>\n\n{hint}\n</details>"
            for number, hint in enumerate(exercise.hints(self.language), start=1)
        ]
        return Cell("markdown", "\n\n".join([f"### {words.title}", task, *hints]))

    @property
    def text(self) -> str:
        """The file, byte for byte the same whenever page, script and exercises are the same."""
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
        cells = [cell.data(number) for number, cell in enumerate(self.cells())]
        whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def of_chapter(table: dict[str, str], chapter: Path) -> str:
    """The chapter's own entry, else that of its folder."""
    return table.get(chapter.as_posix(), table[chapter.parts[0]])


@cache
def everything() -> list[Exercise]:
    """The exercises, then the bugs, in the order of the lectures."""
    return [*catalogue(), *bugs()]


@cache
def read_page(page: str) -> Page:
    """A page, by its path in the course's folder."""
    folder = posixpath.dirname(page)
    names = [chapter.stem for chapter in chapters() if chapter.parts[0] == folder]
    return Page((ROOT / page).read_text(encoding="utf-8"), names)


@cache
def page_of(chapter: Path, language: Language) -> str:
    """The page of the chapter's folder with the section that links most of its lines."""

    def links(page: str) -> int:
        read = read_page(page)
        main = read.mains[chapter.stem]
        return -1 if main is None else read.links[main.number][chapter.stem]

    twins = sorted((ROOT / chapter.parts[0]).glob("*.ko.md"))
    pages = [f"{chapter.parts[0]}/{path.name.removesuffix('.ko.md')}" for path in twins]
    page = max(pages, key=lambda page: links(f"{page}.md"))
    return f"{page}.md" if language == "en" else f"{page}.ko.md"


@cache
def ideas(language: Language) -> dict[str, str]:
    """What each script is about, as the front page says it, in the order of the course."""
    front = (ROOT / ("README.md" if language == "en" else "README.ko.md")).read_text(encoding="utf-8")
    return dict(re.findall(r"^\|[^|]*\| `python ([\w/]+\.py)` \| (.+) \|$", front, re.MULTILINE))


def books() -> list[Book]:
    """A notebook for each chapter in each language, in the order of the course."""
    order = list(ideas("en"))
    in_order = sorted(chapters(), key=lambda chapter: order.index(chapter.as_posix()))
    return [Book(chapter, language) for chapter in in_order for language in ("en", "ko")]
