"""Which weights a run keeps, and on which episodes they are judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from common.networks.acting import Greedy
from common.networks.weights import Saved, Weights, load_networks
from common.options import Count
from common.runs.checkpoint import State
from common.runs.results import ResultsFolder, read_json
from common.runs.run import Run
from common.runs.run_options import RunOptions

import numpy as np
import pytest

RETURNS = {0: 0.0, 50: 3.0, 100: 9.0, 150: 5.0, 200: 1.0}
"""What the agent's policy is worth after so many steps: the best comes in the middle."""


@dataclass(frozen=True)
class Options(RunOptions):
    """Options of a chapter."""

    steps: Count = 200
    evaluate_every: Count = 50


class Counting:
    """An agent whose only weight says how many steps it has learned from."""

    learned = 0
    bounded: ClassVar[dict[str, str]] = {}

    def begin(self) -> None:
        pass

    @property
    def greedy(self) -> Greedy:
        return Greedy({"q": lambda states: np.zeros((len(states), 2))})

    def weights(self) -> Weights:
        return [np.full((4, 2), self.learned, np.float32), np.zeros(2, np.float32)]

    def set_weights(self, weights: Sequence[np.ndarray]) -> None:
        self.learned = int(weights[0][0, 0])

    def networks(self, weights: Sequence[np.ndarray]) -> dict[str, Saved]:
        return {"q": Saved("", list(weights), ("layers/dense/vars/0", "layers/dense/vars/1"))}

    def status(self) -> dict[str, float]:
        return {}

    def state(self) -> State:
        return {"learned": np.array(self.learned)}

    def restore(self, state: State) -> None:
        self.learned = int(state["learned"])


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
    """A run to its end; (weights, episodes, seed) of every evaluation."""
    monkeypatch.setattr(ResultsFolder, "save_progress", lambda self, *arguments: None)
    run, agent, seen = Run("counting", Options(out=tmp_path)), Counting(), []
    run.environment().reset()
    run.begin(agent)  # type: ignore[arg-type]  # all that a run asks of an agent

    def returns(policy: Any, episodes: int, seed: int) -> np.ndarray:
        seen.append((agent.learned, episodes, seed))
        return np.full(episodes, RETURNS[agent.learned])

    monkeypatch.setattr(run.evaluation, "returns", returns)
    for step in run.steps():
        agent.learned = step
    assert run.finish() == 0
    return seen


def test_the_best_weights_get_the_verdict_not_the_last_ones(played: list[tuple[int, int, int]], tmp_path: Path) -> None:
    assert [(weights, episodes) for weights, episodes, _ in played] == [
        (50, 10),
        (100, 10),
        (150, 10),
        (200, 10),
        (100, 100),
    ]
    assert read_json(tmp_path / "summary.json")["evaluation"]["mean"] == 9.0
    saved = load_networks(tmp_path / "counting.weights.h5").networks["q"].weights
    assert (saved[0] == 100).all()


def test_every_evaluation_plays_episodes_of_its_own(played: list[tuple[int, int, int]]) -> None:
    """What was chosen for its luck on ten episodes would keep that luck if it were judged by them."""
    assert len({seed for _, _, seed in played}) == len(played) == 5
