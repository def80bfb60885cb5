"""How a script tells its user that something is wrong that the user can mend."""

import re
from typing import Any

from common.language import _

LONGEST_WORD = 200
LONGEST_MESSAGE = 1000


class UserError(Exception):
    """Something the user can mend: the message is one line that says what, which value, and what to do.

    It is a message of the catalogue with {places} for values, and is told in the user's language.
    """

    def __init__(self, message: str, /, **values: Any) -> None:
        super().__init__(_(message, **values))


def one_line(message: str) -> str:
    """The message as a line that a person can read: a value of thousands of characters is shortened."""
    words = re.sub(rf"\S{{{LONGEST_WORD + 1},}}", lambda word: _shortened(word[0], LONGEST_WORD), message)
    return _shortened(" ".join(words.split()), LONGEST_MESSAGE)


def _shortened(text: str, longest: int) -> str:
    """Beginning and end, and how much there is between them."""
    if len(text) <= longest:
        return text
    begin, end = text[: longest // 2], text[-longest // 4 :]
    return _("{begin}...({count} more)...{end}", begin=begin, count=len(text) - len(begin) - len(end), end=end)


def is_ctrl_c(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind this error: compiled modules that are interrupted while they load raise ImportError."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt) or (isinstance(error, ImportError) and _NAME in str(error)):
            return True
        error = error.__cause__ or (error.__context__ if isinstance(error, ImportError) else None)
    return False


_NAME = KeyboardInterrupt.__name__


def check_between(
    name: str, value: float, low: float, high: float, *, open_low: bool = False, open_high: bool = False
) -> None:
    """Raise UserError unless low <= value <= high (an open end excludes its bound; NaN is never inside)."""
    above = value > low if open_low else value >= low
    below = value < high if open_high else value <= high
    if not (above and below):
        interval = f"{'(' if open_low else '['}{low:g}, {high:g}{')' if open_high else ']'}"
        raise UserError("{name} is {value:g}; it must lie in {interval}", name=name, value=value, interval=interval)
