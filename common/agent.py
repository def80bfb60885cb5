"""What a run asks of an agent."""

from typing import Protocol

from common.checkpoint import State
from common.evaluation import BatchPolicy
from common.weights import Weights


class Agent(Protocol):
    """What a run asks of an agent."""

    def weights(self) -> Weights:
        """The weights to save and to play."""

    def policy(self, weights: Weights) -> BatchPolicy:
        """The greedy policy of such weights: observations [n, ...] -> actions [n, ...]."""

    def status(self) -> dict[str, float]:
        """Numbers for the progress bar, progress.csv and TensorBoard, such as epsilon and loss."""

    def state(self) -> State:
        """Everything that `restore` needs to go on bit for bit: weights, optimiser, memory, counters, generators."""

    def restore(self, state: State) -> None:
        """Take over a state."""
