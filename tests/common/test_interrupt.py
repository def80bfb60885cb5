"""The first Ctrl-C waits for the work in hand, the second does not."""

import signal

from common.interrupt import ASKING_TO_END, Interrupt, signals_as_ctrl_c

import pytest


def test_first_ctrl_c_is_noted_and_the_second_interrupts() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupt() as ctrl_c:
        assert not ctrl_c.pressed
        signal.raise_signal(signal.SIGINT)
        assert ctrl_c.pressed
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("number", ASKING_TO_END)
def test_what_asks_to_end_is_noted_however_often_it_comes(number: int) -> None:
    """A terminal that is closed sends SIGHUP by itself, and its shell sends it again."""
    before = signal.getsignal(number)
    with signals_as_ctrl_c():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        with Interrupt() as ctrl_c:
            for _ in range(3):
                signal.raise_signal(number)
            assert ctrl_c.pressed
    assert signal.getsignal(number) is before


def test_what_is_ignored_stays_ignored() -> None:
    """nohup starts a script that way."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with signals_as_ctrl_c(), Interrupt() as ctrl_c:
            signal.raise_signal(signal.SIGTERM)
            assert not ctrl_c.pressed
    finally:
        signal.signal(signal.SIGTERM, before)
