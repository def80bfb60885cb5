"""What every script shares and no lecture is about.

Ctrl-C while a script is still importing ends it as it does later on: one word, and status 130.
"""

import os
import sys
from types import TracebackType

from common.errors import is_ctrl_c
from common.language import _

_usual = sys.excepthook


def _end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Called by Python for an exception that nobody has caught."""
    if not is_ctrl_c(error) or hasattr(sys, "ps1"):  # at a prompt, Ctrl-C ends a line, not Python
        _usual(kind, error, trace)
        return
    print(_("stopped"), file=sys.stderr, flush=True)
    os._exit(130)


sys.excepthook = _end
