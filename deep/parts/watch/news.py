"""How the training goes that a window stands beside: what `common.watch.viewer` writes, read line by line."""

import json
import sys
import threading
from typing import Any, TextIO

import numpy as np


class News:
    """Numbers of a training run as they come. A thread of its own reads them, until the run ends.

    step of steps: environment steps; status: the agent's last numbers; target: the return that counts as solved.
    scores: [(step, return)] of the training episodes; evaluations: the same of the greedy ones; numbers: by its name,
    the course of each of the agent's.
    taken: how many messages there were. over: whether the training has ended.
    """

    def __init__(self, source: TextIO | None = None) -> None:
        """source: standard input, if None."""
        self.step, self.steps, self.episodes = 0, 0, 0
        self.target: float | None = None
        self.status: dict[str, float] = {}
        self.scores: list[tuple[int, float]] = []
        self.evaluations: list[tuple[int, float]] = []
        self.numbers: dict[str, list[tuple[int, float]]] = {}
        self.weights_step = self.taken = 0
        self.over = self._fresh = False
        self._source = sys.stdin if source is None else source
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._source:
            try:
                told = json.loads(line)
            except ValueError:  # the last line of a run that was killed
                continue
            if isinstance(told, dict):
                self.take(told)
        self.over = self._fresh = True

    def take(self, told: dict[str, Any]) -> None:
        """Take in one message."""
        self.step, self.steps = told["step"], told["steps"]
        self.episodes, self.target = told["episodes"], told["target"]
        self.weights_step = told["weights_step"]
        self.status = told["status"]
        self.scores += [(step, score) for step, score in told["scores"]]
        self.evaluations += [(step, mean) for step, mean in told["evaluations"]]
        for name, number in self.status.items():
            self.numbers.setdefault(name, []).append((self.step, number))
        self.taken += 1
        self._fresh = True

    def fresh(self) -> bool:
        """Whether there is something new since this was asked before."""
        fresh, self._fresh = self._fresh, False
        return fresh

    def recent_score(self, episodes: int = 10) -> float:
        """Mean return of the last training episodes; NaN before the first has ended."""
        return float(np.mean([score for _, score in self.scores[-episodes:]])) if self.scores else float("nan")


def course(points: list[tuple[int, float]], recent: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Steps and numbers of a course, each number the mean of so many, the last one's among them."""
    table = np.array(points[:], float).reshape(-1, 2)
    sums = np.concatenate([[0.0], np.cumsum(table[:, 1])])
    ends = np.arange(1, len(table) + 1)
    begins = np.maximum(ends - recent, 0)
    return table[:, 0], (sums[ends] - sums[begins]) / (ends - begins)
