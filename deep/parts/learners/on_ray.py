"""Learners as actors of Ray, on this machine or on a cluster."""

import importlib.util
import os
import signal
from typing import Any

from common.errors import UserError, one_line
from common.language import _
from deep.parts.learners.learner import Learner, MakeAgent
from deep.parts.learners.transport import LearnerLost

LOCAL = "local"


def connect(option: str, address: str | None, **settings: Any) -> Any:
    """Ray itself, connected to the cluster at this address; None for the one that it finds, or else starts.

    option: the one that names the address. Raises UserError where Ray is not installed or the cluster not reached.
    """
    if importlib.util.find_spec("ray") is None:
        raise UserError(
            "{option} needs Ray, which is not installed: python -m pip install -r requirements-ray.txt", option=option
        )
    import ray

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        ray.init(address=address, log_to_driver=False, logging_level="ERROR", **settings)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise UserError(
            "{option} {address} cannot be reached: {error}", option=option, address=address, error=error
        ) from error
    finally:
        for number, handler in before.items():  # Ray has its own way to end
            signal.signal(number, handler)
    return ray


class RayActors:
    """An actor a learner, each on a processor of its own.

    address: of a cluster, as Ray takes it, or "local" for one that is started on this machine and ends with the script.
    Every machine of a cluster has to have the course installed.
    """

    def __init__(self, make: MakeAgent, options: Any, count: int, address: str) -> None:
        here = {"num_cpus": max(count, os.cpu_count() or 1), "include_dashboard": False} if address == LOCAL else {}
        self._ray = connect("--ray", address, **here)
        processors = int(self._ray.cluster_resources().get("CPU", 0))
        if processors < count:
            self._ray.shutdown()
            raise UserError(
                "--learners {count} need a processor each, and --ray {address} has {processors}",
                count=count,
                address=address,
                processors=processors,
            )
        actor = self._ray.remote(num_cpus=1)(Learner)
        self._actors = [actor.remote(make, options, index) for index in range(count)]
        self._asked: dict[Any, int] = {}

    def ask(self, learner: int, method: str, *arguments: Any) -> None:
        """Call the actor; what it returns will come."""
        self._asked[getattr(self._actors[learner], method).remote(*arguments)] = learner

    def receive(self) -> tuple[int, Any]:
        """Those asked first are heard first, where several are ready."""
        [ready], _waiting = self._ray.wait(list(self._asked), num_returns=1)
        learner = self._asked.pop(ready)
        try:
            return learner, self._ray.get(ready)
        except self._ray.exceptions.RayActorError as error:
            raise LearnerLost(learner, one_line(_("died: {error}", error=str(error).partition("\n")[0]))) from None
        except self._ray.exceptions.RayTaskError as error:
            raise LearnerLost(learner, one_line(_("failed: {error}", error=error.cause))) from None

    def close(self) -> None:
        """Leave the cluster, which ends its actors."""
        self._ray.shutdown()
