"""The catalogues hold what the sources say, in words that fit, in letters that can be drawn."""

import ast
import gettext
import re
import string
from pathlib import Path

from common import fonts
from common.language import DOMAIN, LANGUAGES, LOCALE
from common.option_help import TYROS_HINTS, TYROS_OWN
from common.translations import ROOT, in_sources, messages, sources
from tests.test_korean import NOT_USED

import pytest

TRANSLATED = [language for language in LANGUAGES if language != "en"]


def compiled(language: str) -> dict[object, str]:
    """What scripts read: (message or (message, 0) -> words), a context before the message."""
    catalogue = gettext.translation(DOMAIN, LOCALE, [language])
    return {key: words for key, words in catalogue._catalog.items() if key}  # type: ignore[attr-defined]


def places(words: str) -> list[str]:
    """The {places} of a message, with how their values are shown."""
    parts = string.Formatter().parse(words)
    return sorted(f"{name}!{conversion}:{shape}" for _, name, shape, conversion in parts if name is not None)


@pytest.mark.parametrize("language", TRANSLATED)
def test_everything_that_the_sources_say_is_translated_and_nothing_else(language: str) -> None:
    """Where this fails: `make translations`, fill in the new entries of course.po, `make translations` again."""
    known = compiled(language)
    wanted = set()
    for context, one, many in in_sources():
        key = one if context is None else f"{context}\x04{one}"
        wanted.add(key if many is None else (key, 0))
    assert wanted - known.keys() == set()
    assert known.keys() - wanted == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_what_the_readable_one_says(language: str) -> None:
    pytest.importorskip("babel")
    from common.translations import catalogue_of, missing, updated, written

    catalogue, path = updated(language), catalogue_of(language)
    assert missing(catalogue) == []
    po, mo = written(catalogue)
    assert path.read_bytes().replace(b"\r\n", b"\n") == po, "make translations"
    assert path.with_suffix(".mo").read_bytes() == mo, "make translations"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_places_of_its_message(language: str) -> None:
    for key, words in compiled(language).items():
        message = key[0] if isinstance(key, tuple) else str(key)
        message = str(message).partition("\x04")[2] or str(message)
        if isinstance(key, tuple):
            assert {"n"} <= {place.split("!")[0] for place in places(words)}
        assert places(words) == places(message), message
        assert (words[:1] == " ") == (message[:1] == " ") or message in (" and ", " or "), message
        assert not ("\n" in words and "\n" not in message), message


def test_korean_is_said_in_the_words_of_the_course() -> None:
    said = compiled("ko").values()
    wrong = {instead: words for pattern, instead in NOT_USED.items() for words in said if re.search(pattern, words)}
    assert wrong == {}
    # One register, as on the pages: -니다, or a request.
    assert [words for words in said if re.search(r"[한는었했있없이]다([.:]|$)", words)] == []
    assert [words for words in said if re.search(r"(?:[아어여해]요|예요|에요)([.:]|$)", words)] == []


def test_every_letter_of_a_translation_can_be_drawn() -> None:
    drawn = {*map(chr, range(0x20, 0x7F)), *fonts.SIGNS, *fonts.syllables(), "\n"}
    assert {letter for words in compiled("ko").values() for letter in words} - drawn == set()


def test_the_typeface_is_what_it_says_and_comes_with_its_licence() -> None:
    from fontTools.ttLib import TTFont

    with TTFont(fonts.HANGUL) as font:
        known = font.getBestCmap()
        names = " ".join(str(name) for name in font["name"].names if name.nameID in (1, 3, 4, 6))
    assert {ord(letter) for letter in fonts.syllables() + fonts.SIGNS} <= known.keys()
    assert len(fonts.syllables()) == 2350 and {"가", "힝", "톰"} <= set(fonts.syllables())
    assert "Nanum" not in names  # the licence reserves the name
    assert "SIL OPEN FONT LICENSE" in (fonts.HANGUL.parent / "OFL.txt").read_text(encoding="utf-8")
    assert fonts.HANGUL.stat().st_size < 1_000_000


def said_in(source: str) -> set[tuple[str | None, str, str | None]]:
    return set(messages(ast.parse(source)))


def test_what_is_found_in_a_source() -> None:
    assert said_in('_("a word", x=1)\nN_(("one", {"k": "two"}))') == {
        (None, each, None) for each in ("a word", "one", "two")
    }
    assert said_in('plural("{n} cell", "{n} cells", 2)') == {(None, "{n} cell", "{n} cells")}
    assert said_in('raise UserError("no {x}", x=1)\nraise UserError(f"no {x}")') == {(None, "no {x}", None)}
    assert said_in('self.say("left" if a else "right")') == {(None, "left", None), (None, "right", None)}
    assert said_in('Button("Run", f)\nStrip("title", {"best": ys}, x="sweep", truth="v")') == {
        (None, each, None) for each in ("Run", "title", "best", "sweep")
    }
    assert said_in('def status(self) -> list[tuple[str, str]]:\n    return [("moves", str(1)), ("s", "0")]') == {
        (None, "moves", None)
    }
    assert said_in('Method(f"{options.n}-step SARSA", train)') == {("title", "{n}-step SARSA", None)}
    options = '@dataclass\nclass Options(X):\n    """Find it.\n\n    More."""\n    n: int = 1\n    """how\n    many"""'
    assert said_in(options) == {(None, "Find it.", None), (None, "how many", None)}


def test_messages_are_written_so_that_they_can_be_found() -> None:
    """An f-string is put together before anybody could translate it."""
    wrong = []
    for file, tree in sources().items():
        for node in ast.walk(tree):
            name = ast.unparse(node.func).split(".")[-1] if isinstance(node, ast.Call) else ""
            if name in ("_", "N_", "UserError", "say", "plural"):
                parts = node.args[:1]
                wrong += [f"{file.name}:{node.lineno}" for part in parts if isinstance(part, ast.JoinedStr)]
    assert wrong == []


def test_nothing_is_printed_past_the_catalogue() -> None:
    wrong = []
    for file, tree in sources().items():
        for node in ast.walk(tree) if file.parts[len(ROOT.parts)] != "exercises" else ():  # has sentences of its own
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "say_once", "easel.write"):
                said = [words for words in node.args[:1] if isinstance(words, ast.Constant | ast.JoinedStr)]
                parts = [part for words in said for part in getattr(words, "values", [words])]
                written = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
                wrong += [f"{file.name}:{node.lineno}: {written}"] if re.search("[a-z]{3}", written) else []
    assert wrong == []


def test_underscore_is_nothing_else_where_it_speaks() -> None:
    """`state, _ = env.reset()` in a function that says _("...") would call a dict."""
    for file, tree in sources().items():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                assert not (speaks(function) and assigns(function)), f"{file.name}: {function.name}"


def speaks(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Call) and ast.unparse(node.func) == "_" for node in ast.walk(function))


def assigns(node: ast.AST) -> bool:
    """Whether _ gets a value there; a comprehension keeps its own to itself."""
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.Lambda):
        return False
    is_it = isinstance(node, ast.Name) and node.id == "_" and isinstance(node.ctx, ast.Store)
    return is_it or any(assigns(child) for child in ast.iter_child_nodes(node))


def test_tyros_own_words_are_still_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """The help's frame is tyro's: words of it that are translated must be there."""
    from dataclasses import dataclass

    from common.options import CheckedOptions

    import tyro

    @dataclass(frozen=True)
    class Some(CheckedOptions):
        where: tyro.conf.Positional[str]
        n: int = 1
        several: tyro.conf.UseAppendAction[tuple[int, ...]] = ()

    with pytest.raises(SystemExit):
        tyro.cli(Some, args=["--help"])
    shown = capsys.readouterr().out
    assert [words for words in (*TYROS_OWN, *TYROS_HINTS) if words not in shown] == []


def test_licence_and_catalogues_are_installed() -> None:
    text = (Path(ROOT) / "pyproject.toml").read_text(encoding="utf-8")
    assert '"locale/*/LC_MESSAGES/*.mo"' in text and '"locale/fonts/*"' in text
