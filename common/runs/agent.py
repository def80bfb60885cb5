"""What a run asks of an agent."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from common.networks.acting import Greedy
from common.networks.weights import Saved, Weights
from common.runs.checkpoint import State

import numpy as np


class Agent(Protocol):
    """What a run asks of an agent."""

    @property
    def greedy(self) -> Greedy:
        """The greedy policy of its networks as they are: states [n, inputs] -> actions [n]."""

    @property
    def bounded(self) -> Mapping[str, str]:
        """Numbers of its status that an option bounds -> that option: each gets a picture."""

    def begin(self) -> None:
        """Before the first step: raise UserError for what could not be evaluated, saved or resumed."""

    def weights(self) -> Weights:
        """The weights to keep while they are the best."""

    def set_weights(self, weights: Sequence[np.ndarray]) -> None:
        """Take over what `weights` gave."""

    def networks(self, weights: Sequence[np.ndarray]) -> dict[str, Saved]:
        """The networks by role as they are saved, with what `weights` gave."""

    def status(self) -> dict[str, float]:
        """Numbers for the progress bar, progress.csv and TensorBoard, such as epsilon and loss."""

    def state(self) -> State:
        """Everything that `restore` needs to go on bit for bit: weights, optimiser, memory, counters, generators."""

    def restore(self, state: State) -> None:
        """Take over a state."""
