"""A run whose environments are not in this process but with its learners."""

from collections.abc import Callable
from typing import Any

from common.errors import UserError
from common.runs.run import Run
from deep.parts.learners.learner import Learner, MakeAgent
from deep.parts.learners.on_ray import RayActors
from deep.parts.learners.processes import Processes
from deep.parts.learners.team import Learners
from deep.parts.learners.transport import InTurn, LearnerLost, Transport
from deep.parts.spaces import sizes


def train_with_learners(run: Run, make: MakeAgent, train: Callable[[Any, Any, Run], None]) -> int:
    """Train with as many learners as the options say; returns the exit status.

    make: the chapter's agent for an environment, here for the shared network and in each learner for its copy.
    Raises UserError, once everything is saved, where a learner dies.
    """
    sizes(run.evaluation.env, run.options.env)
    with Learners(transport(run.options, make), run.options.learners, run.episode_ended) as learners:
        run.env = learners
        run.begin(make(run.evaluation.env, run.generator))
        learners.begin()
        lost = None
        try:
            train(learners, run.agent, run)
        except LearnerLost as error:
            lost = str(error)  # and not the error itself, which would keep the loop from being closed
        run.interrupted |= lost is not None
        status = run.finish()
        if lost is not None:
            raise UserError(
                "{lost}; what was learned is saved, go on with --resume {folder}", lost=lost, folder=run.folder.folder
            )
        return status


def transport(options: Any, make: MakeAgent) -> Transport:
    """Where the learners run: in processes, on Ray, or in turn."""
    if options.in_turn:
        return InTurn([Learner(make, options, index) for index in range(options.learners)])
    if options.ray is not None:
        return RayActors(make, options, options.learners, options.ray)
    return Processes(make, options, options.learners)
