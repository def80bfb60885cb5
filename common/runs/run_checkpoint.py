"""A run's whole state: the agent, the environment, the best weights and the counters, to stop and to go on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.environments.training import TrainingEnvironment, TrainingEnvironments
from common.errors import UserError
from common.networks.weights import Weights
from common.runs.agent import Agent
from common.runs.checkpoint import State, in_order, numbered, packed, unpacked, with_prefix, without_prefix

Best = tuple[float, Weights, np.ndarray]
"""mean return, weights, and the returns [episodes] that it is the mean of"""


@dataclass
class Counters:
    """Where a run stands."""

    chapter: str
    step: int
    solved: bool
    seconds: float
    progress: dict[str, Any]


def collect(
    agent: Agent, env: TrainingEnvironment | TrainingEnvironments, best: Best | None, counters: Counters
) -> State:
    """The state of a run between two turns of its loop."""
    state = with_prefix("agent", agent.state()) | with_prefix("environment", env.state())
    if best is not None:
        state |= with_prefix("best", numbered(best[1])) | {"best_scores": best[2]}
    return state | {"run": packed(vars(counters) | {"best": None if best is None else best[0]})}


def put_back(
    state: State,
    folder: Path,
    agent: Agent,
    env: TrainingEnvironment | TrainingEnvironments,
    chapter: str,
    steps: int,
) -> tuple[Best | None, Counters]:
    """Put agent and environment where `collect` found them; returns the best weights and the counters.

    Raises UserError for a state of something else, of a finished run, or of one that has made all its steps.
    """
    try:
        counters = unpacked(state["run"])
        mean = counters.pop("best")
        run = Counters(**counters)
        if run.chapter != chapter:
            raise UserError(f"{folder} is a run of {run.chapter}, not of {chapter}")
        if run.solved:
            raise UserError(f"the run in {folder} is solved: there is nothing left to do")
        if run.step >= steps:
            raise UserError(f"the run in {folder} made {run.step} steps: give --steps more than that")
        agent.restore(without_prefix("agent", state))
        env.restore(without_prefix("environment", state))
        best = None if mean is None else (mean, in_order(without_prefix("best", state)), state["best_scores"])
    except (KeyError, ValueError, TypeError) as error:
        raise UserError(f"the checkpoint in {folder} does not fit this chapter: {error}") from error
    return best, run
