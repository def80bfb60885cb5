"""A line on what goes on, for work of more than a second."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

PATIENCE = 1.0
"""Seconds of silence."""
INTERVAL = 0.2


@contextmanager
def watching(describe: Callable[[], str]) -> Iterator[None]:
    """While the block runs, show on a terminal what `describe` says and the seconds gone by; nothing is left of it.

    It looks on from a thread of its own, so the algorithm that it watches need not know of it.
    """
    done = threading.Event()

    def look() -> None:
        if done.wait(PATIENCE):
            return
        with tqdm(disable=None, leave=False, bar_format="{desc}, {elapsed}") as line:
            while not done.wait(INTERVAL):
                line.set_description_str(describe())

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
