"""A run's whole state: the agent, the environment, the best weights and the counters, to stop and to go on."""

from typing import TYPE_CHECKING

from common.checkpoint import State, in_order, numbered, packed, unpacked, with_prefix, without_prefix
from common.options import UserError

if TYPE_CHECKING:
    from common.run import Run


def collect(run: "Run") -> State:
    """The state of a run between two turns of its loop."""
    assert run.env is not None
    state = with_prefix("agent", run.agent.state()) | with_prefix("environment", run.env.state())
    best_mean = None
    if run.best is not None:
        best_mean, weights, scores = run.best
        state |= with_prefix("best", numbered(weights)) | {"best_scores": scores}
    counters = {
        "chapter": run.chapter,
        "step": run.step,
        "solved": run.solved,
        "seconds": run.seconds,
        "best": best_mean,
        "progress": run.progress.as_dict(),
    }
    return state | {"run": packed(counters)}


def put_back(run: "Run", state: State) -> None:
    """Put a run where `collect` found it. Raises UserError for a state of something else, or of a finished run."""
    assert run.env is not None
    folder = run.options.resume
    try:
        counters = unpacked(state["run"])
        if counters["chapter"] != run.chapter:
            raise UserError(f"{folder} is a run of {counters['chapter']}, not of {run.chapter}")
        if counters["solved"]:
            raise UserError(f"the run in {folder} is solved: there is nothing left to do")
        if counters["step"] >= run.options.steps:
            raise UserError(f"the run in {folder} made {counters['step']} steps: give --steps more than that")
        run.agent.restore(without_prefix("agent", state))
        run.env.restore(without_prefix("environment", state))
        run.step, run.seconds = counters["step"], counters["seconds"]
        run.progress.restore(counters["progress"])
        if counters["best"] is not None:
            run.best = (counters["best"], in_order(without_prefix("best", state)), state["best_scores"])
    except UserError:
        raise
    except (KeyError, ValueError, TypeError) as error:
        raise UserError(f"the checkpoint in {folder} does not fit this chapter: {error}") from error
