"""The catalogues: what is said in the sources, and how it is said in another language.

    make translations                      every catalogue brought up to date with the sources, and compiled
    python -m common.translations --check  says what is missing, with status 1

What is found, besides _("..."), N_("...") and plural("...", "..."): the messages of UserError and `say`, the labels of
buttons, settings and plots, the label of each pair that a `status` returns, the docstrings of options, and what
learners are called (with the context "title"; an f-string is an entry with {places}). Put the words of another language
into common/locale/LANGUAGE/LC_MESSAGES/course.po, then say `make translations` again. Babel reads and writes the files.
"""

import ast
import functools
import io
import itertools
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from common.language import DOMAIN, LANGUAGES, LOCALE, TITLE
from common.option_help import field_docstrings, one_paragraph

ROOT = Path(__file__).parent.parent
FOLDERS = ("common", "gridworld", "dp", "tabular", "deep", "exercises")
FIRST = {
    "_",
    "N_",
    "UserError",
    "_fault",
    "Interrupt",
    "say",
    "Button",
    "Setting",
    "Strip",
    "button",
    "switch",
    "slider",
    "rule",
}
"""Calls of functions and classes of these names have a message as their first argument."""
TITLES = {
    "Method": 1,
    "Figure": 2,
    "Panel": 3,
    "Line": 1,
    "Number": 1,
    "save_curve": 4,
    "save_panels": 2,
    "hands_panel": 1,
    "first_episode": 2,
}
"""Calls whose first arguments, so many, are what something is called: f-strings are entries with {places}."""
PAIRS = ("list[tuple[str, str]]", "list[Row]")
"""What a function returns whose pairs are lines of the panel: a label, which is a message, and its value."""
NAMED = {"Strip": ("title", "x", "truth"), "ArmsPicture": ("note",), "with_": ("note",)}
"""Arguments with a name that are messages."""
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
"""In place of now: the same words are the same file."""
NOT_SAID = re.compile(r"(Figure|Example|Exercise) [\d.]+|[^a-z:]*(\{\w+\}[^a-z:]*)+")
"""In an experiment: what a figure is called in the book, and values with nothing said between them."""
Message = tuple[str | None, str, str | None]
"""(context, the message, its plural)"""


def messages(tree: ast.Module) -> Iterator[Message]:
    """Everything that a source says to its user."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.ClassDef):
            yield from _of_class(node)
        elif isinstance(node, ast.FunctionDef) and node.returns and ast.unparse(node.returns) in PAIRS:
            pairs = (each for each in ast.walk(node) if isinstance(each, ast.Tuple) and len(each.elts) == 2)
            yield from ((None, words, None) for pair in pairs for words in _written(pair.elts[0]))
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("title", "self.title"):
            yield from ((TITLE, words, None) for words in _written(node.value, templates=True))


def names_in_experiments(tree: ast.Module) -> Iterator[Message]:
    """What a module of the textbook's experiments calls its lines, axes and numbers: all that has more than a word."""
    inside = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)} - {
        node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
    }
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and node not in inside | docstrings:
            written = (words for words in _written(node, templates=True) if " " in words.strip())
            yield from ((TITLE, words, None) for words in written if not NOT_SAID.fullmatch(words))


def _of_call(node: ast.Call) -> Iterator[Message]:
    name = ast.unparse(node.func).split(".")[-1]
    if name == "plural":
        one, many = (words for argument in node.args[:2] for words in _written(argument))
        yield None, one, many
    elif name == "__init__" and ast.unparse(node.func) == "super().__init__" and node.args:
        yield from ((TITLE, words, None) for words in _written(node.args[0], templates=True) if "{" in words)
    elif name in TITLES:
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        parts = [
            *node.args[name in ("Figure", "first_episode") : TITLES[name]],
            *(named[each] for each in ("title", "label", "book") if each in named),
        ]
        yield from ((TITLE, words, None) for part in parts for words in _written(part, templates=True))
    elif name in FIRST and node.args:
        inner = ast.walk(node.args[0]) if name == "N_" else [node.args[0]]
        yield from ((None, words, None) for part in inner for words in _written(part))
    if name == "Strip":
        tables = (each for each in node.args[1:] if isinstance(each, ast.Dict))
        yield from ((None, words, None) for table in tables for key in table.keys if key for words in _written(key))
    for keyword in node.keywords:
        if keyword.arg in NAMED.get(name, ()):
            yield from ((None, words, None) for words in _written(keyword.value))


def _of_class(node: ast.ClassDef) -> Iterator[Message]:
    """The docstrings of options, which are their help, and the names of lessons."""
    if node.name.endswith("Lesson"):
        names = (each for each in node.body if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "name")
        yield from ((TITLE, words, None) for each in names for words in _written(each.value))
    if node.name.endswith("Options") and node.decorator_list:
        yield from ((None, words, None) for words in field_docstrings(node.body).values() if words)
        first, _, _ = (ast.get_docstring(node) or "").partition("\n\n")
        yield from ((None, one_paragraph(words), None) for words in [first] if words)


def _written(node: ast.AST, *, templates: bool = False) -> list[str]:
    """The words of a string that is written out, if there are any in it; of an f-string where templates are meant."""
    return [words for words in _strings(node, templates) if re.search(r"[a-z][A-Za-z]|[A-Z]{2}", words)]


def _strings(node: ast.AST, templates: bool) -> list[str]:
    """Everything that an expression may be, as far as it is written out."""
    if isinstance(node, ast.IfExp):
        return _strings(node.body, templates) + _strings(node.orelse, templates)
    if isinstance(node, ast.BinOp) and templates:
        sides = (_strings(side, templates) for side in (node.left, node.right))
        return [first + second for first, second in itertools.product(*sides)]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr) and templates:
        return ["".join(parts) for parts in itertools.product(*map(_parts, node.values))]
    return []


def _parts(part: ast.expr) -> list[str]:
    """What a part of an f-string may be: its words, or the last name of a value as a {place}."""
    value = part.value if isinstance(part, ast.FormattedValue) else part
    written = _strings(value, templates=True)
    return written or ["{" + re.findall(r"[A-Za-z_]\w*", ast.unparse(value))[-1] + "}"]


@functools.cache
def sources() -> dict[Path, ast.Module]:
    """The files that may say something, read once."""
    files = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}


def in_sources() -> dict[Message, list[str]]:
    """Every message of the sources, with the files that have it."""
    found: dict[Message, list[str]] = {}
    for file, tree in sources().items():
        of_the_book = names_in_experiments(tree) if "textbook" in file.as_posix() else ()
        for message in (*messages(tree), *of_the_book):
            places = found.setdefault(message, [])
            if (place := file.relative_to(ROOT).as_posix()) not in places:
                places.append(place)
    return found


def catalogue_of(language: str) -> Path:
    """Where a language's words are written."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def updated(language: str) -> Any:
    """The catalogue of a language with exactly the messages of the sources, translated as far as it was."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    with catalogue_of(language).open("rb") as file:
        before = read_po(file, locale=language, domain=DOMAIN)
    after = Catalog(locale=language, domain=DOMAIN, project="reinforcement-learning-course", fuzzy=False)
    after.creation_date = _NO_DATE
    for (context, one, many), places in sorted(in_sources().items(), key=lambda item: (item[0][1], item[0][0] or "")):
        known = before.get(one, context)
        words: Any = known.string if known is not None else ""
        if many is not None and not isinstance(words, tuple):
            words = (words,)
        key = one if many is None else (one, many)
        no_line: list[Any] = [(place, None) for place in places]
        entry = after.add(key, words, no_line, context=context)
        # Babel would guess at %-formats where a message has a per cent sign.
        entry.flags = {"fuzzy"} if known is not None and known.fuzzy else set()
    return after


def written(catalogue: Any) -> tuple[bytes, bytes]:
    """A catalogue as the bytes of its .po and its .mo."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import write_po

    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalogue, width=120, omit_header=True)
    po.seek(0)
    header = f'msgid ""\nmsgstr ""\n"Language: {catalogue.locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    plurals = f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    write_mo(mo, catalogue)
    return (header + plurals).encode() + po.getvalue(), mo.getvalue()


def missing(catalogue: Any) -> list[str]:
    """The messages of a catalogue without words, or with words that nobody has looked at since the message changed."""
    entries = [entry for entry in catalogue if entry.id]
    return [str(entry.id) for entry in entries if entry.fuzzy or not all(_texts(entry.string))]


def _texts(words: str | tuple[str, ...]) -> tuple[str, ...]:
    return words if isinstance(words, tuple) else (words,)


def main() -> int:
    """Bring the catalogues up to date, or check them."""
    status = 0
    for language in LANGUAGES[1:]:
        catalogue, path = updated(language), catalogue_of(language)
        po, mo = written(catalogue)
        if "--check" not in sys.argv:
            path.write_bytes(po)
            path.with_suffix(".mo").write_bytes(mo)
        for message in missing(catalogue):
            print(f"{language}: {message}")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
