"""A run's whole state: the agent, the environment, the best weights and the counters, to stop and to go on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from common.errors import UserError
from common.language import _
from common.networks.weights import Weights
from common.runs.agent import Agent
from common.runs.checkpoint import (
    State,
    in_order,
    load_state,
    numbered,
    packed,
    unpacked,
    with_prefix,
    without_prefix,
)
from common.runs.results import read_json

import numpy as np

Best = tuple[float, Weights, np.ndarray]
"""mean return, weights, and the returns [episodes] that it is the mean of"""


class Resumable(Protocol):
    """An environment to train in, or several, wherever they are."""

    def state(self) -> State:
        """Where it stands."""

    def restore(self, state: State) -> None:
        """Go back to where `state` was taken."""


@dataclass
class Counters:
    """Where a run stands, and what it was made with."""

    chapter: str
    step: int
    solved: bool
    seconds: float
    progress: dict[str, Any]
    options: dict[str, Any]
    versions: dict[str, str]
    best: float | None = None


def collect(agent: Agent, env: Resumable, best: Best | None, counters: Counters) -> State:
    """The state of a run between two turns of its loop."""
    state = with_prefix("agent", agent.state()) | with_prefix("environment", env.state())
    if best is not None:
        state |= with_prefix("best", numbered(best[1])) | {"best_scores": best[2]}
    return state | {"run": packed(vars(counters) | {"best": None if best is None else best[0]})}


def load(folder: Path, chapter: str) -> tuple[State, Counters]:
    """The checkpoint in a folder, and its counters. Raises UserError where it is missing or of something else."""
    state = load_state(folder / "checkpoint.npz")
    try:
        counters = Counters(**unpacked(state["run"]))
    except (KeyError, ValueError, TypeError) as error:
        raise UserError(
            "the checkpoint in {folder} is not one of this version: train again ({error})", folder=folder, error=error
        ) from error
    if counters.chapter != chapter:
        raise UserError(
            "{folder} is a run of {chapter}, not of {wanted}",
            folder=folder,
            chapter=counters.chapter,
            wanted=chapter,
        )
    return state, counters


def check_resumable(run: Counters, folder: Path, steps: int, versions: Mapping[str, str]) -> None:
    """Say where versions differ, and where only the verdict is missing.

    Raises UserError for a run that is finished, or that has made all its steps.
    """
    judged = _is_judged(folder, run)
    if run.solved and judged:
        raise UserError("the run in {folder} is solved: there is nothing left to do", folder=folder)
    if not run.solved and run.step >= steps and (judged or steps != run.options.get("steps")):
        raise UserError(
            "the run in {folder} made {step} steps: give --steps more than that", folder=folder, step=run.step
        )
    if run.solved or run.step >= steps:
        print(_("the run in {folder} had ended: what is missing is its verdict", folder=folder))
    here = [(name, old, versions.get(name)) for name, old in run.versions.items()]
    other = [f"{name} {old} (here {new})" for name, old, new in here if new != old]
    if other:
        print(
            _(
                "the run in {folder} was made with {other}: it goes on, but not bit for bit",
                folder=folder,
                other=", ".join(other),
            )
        )


def _is_judged(folder: Path, run: Counters) -> bool:
    """Whether the summary in the folder is of a run that ended where this one stands: it is written last."""
    if not (folder / "summary.json").exists():
        return False
    summary = read_json(folder / "summary.json")
    return (summary.get("chapter"), summary.get("steps"), summary.get("interrupted")) == (run.chapter, run.step, False)


def put_back(state: State, run: Counters, folder: Path, agent: Agent, env: Resumable) -> Best | None:
    """Put agent and environment where `collect` found them; returns the best weights.

    Raises UserError for a state that does not fit.
    """
    try:
        agent.restore(without_prefix("agent", state))
        env.restore(without_prefix("environment", state))
        return None if run.best is None else (run.best, in_order(without_prefix("best", state)), state["best_scores"])
    except (KeyError, ValueError, TypeError) as error:
        raise UserError(
            "the checkpoint in {folder} does not fit this chapter: {error}", folder=folder, error=error
        ) from error
