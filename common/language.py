"""The language that a script speaks: English, as its sources are written, or that of a gettext catalogue.

    _("saved {path}", path=path)         a message, in the language of now
    N_("State values")                   one that is written down before the language is known: _(it) where it is shown
    plural("{n} cell", "{n} cells", n)   one for a count
    titled("SARSA(0.9)")                 what a learner or a line of a plot is called, which chapters say in English

`--language` on the command line chooses, then LANGUAGE, LC_ALL, LC_MESSAGES or LANG, then the system's own setting;
English where none of them names a language that is here. What a run writes into files stays English: it is data.
Catalogues: `make translations` (common/translations.py).
"""

import contextlib
import functools
import gettext
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, TypeVar

Words = TypeVar("Words")

LANGUAGES = ("en", "ko")
FLAG = "--language"
DOMAIN = "course"
LOCALE = Path(__file__).parent / "locale"
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""As gettext reads them: the first that is set decides."""
TITLE = "title"
"""The context in a catalogue of what learners are called."""
_KOREAN = 0x12
"""Windows' number of the language, in the lowest ten bits of its number of language and country."""


def _(message: str, /, **values: Any) -> str:
    """The message in the language of now, with the values in its {places}."""
    spoken = _catalogue(current()).gettext(message) if message else ""
    return spoken.format(**values) if values else spoken


def N_(message: Words) -> Words:
    """The message, or a table of messages, as it is: this marks them for the catalogue."""
    return message


def plural(one: str, many: str, n: int, **values: Any) -> str:
    """The message for n of something, which is its {n}."""
    return _catalogue(current()).ngettext(one, many, n).format(n=n, **values)


def titled(name: str) -> str:
    """What a learner or a line of a plot is called, in the language of now."""
    return _titled(current(), name) if name else ""


@functools.lru_cache(maxsize=1024)
def _titled(language: str, name: str) -> str:
    """A name with numbers in it fits the catalogue's entry with {places} for them."""
    catalogue = _catalogue(language)
    for found in (catalogue.pgettext(TITLE, name), catalogue.gettext(name)):
        if found != name:
            return found
    for pattern, translated in _title_patterns(language):
        if match := pattern.fullmatch(name):
            return translated.format(**{place: _titled(language, words) for place, words in match.groupdict().items()})
    return name


@functools.cache
def _title_patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    """The catalogue's names with {places}, those with the most letters first."""
    entries = getattr(_catalogue(language), "_catalog", {})
    names = [key.partition("\x04")[2] for key in entries if isinstance(key, str) and key.startswith(f"{TITLE}\x04")]
    patterns = []
    for name in sorted(names, key=lambda name: len(re.sub(r"\{\w+\}", "", name)), reverse=True):
        pieces = re.split(r"\{(\w+)\}", name)
        if len(pieces) > 1:
            pieces[::2] = [re.escape(piece) for piece in pieces[::2]]
            pieces[1::2] = [f"(?P<{place}>.+)" for place in pieces[1::2]]
            patterns.append((re.compile("".join(pieces)), entries[f"{TITLE}\x04{name}"]))
    return patterns


@functools.cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, [language], fallback=True)


_chosen: str | None = None


def current() -> str:
    """The language of now: "en" or "ko"."""
    return _chosen or choose(asked_for(sys.argv) or from_system())


def choose(language: str) -> str:
    """Speak this language from now on, here and in the processes that are started from here."""
    global _chosen
    _chosen = os.environ["LANGUAGE"] = language
    return language


def asked_for(arguments: list[str]) -> str | None:
    """What --language names on a command line, if it is one of ours; before the options are read."""
    for flag, value in zip(arguments, [*arguments[1:], ""], strict=True):
        name, equals, own = flag.partition("=")
        if name == FLAG and (own if equals else value) in LANGUAGES:
            return own if equals else value
    return None


def from_system() -> str:
    """The language that the environment's variables ask for, or else the user's own setting; English as a last word."""
    wanted = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), None)
    names = wanted.split(":") if wanted is not None else [_of_desktop()]
    known = (name for name in names for code in LANGUAGES if re.fullmatch(rf"{code}([_.@-].*)?", name))
    return next(known, "en")[:2]


def _of_desktop() -> str:
    """The language of Windows' or macOS' own windows."""
    if sys.platform == "win32":
        import ctypes

        return "ko" if ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == _KOREAN else "en"
    if sys.platform == "darwin":
        asked = ["defaults", "read", "-g", "AppleLocale"]  # en_KR: English, as it is written in Korea
        with contextlib.suppress(OSError):
            return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return ""
